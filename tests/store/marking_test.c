/* marking_test.c - what readers see while a container's deletion is still marking: at every step
 * what they see at its end, though the rows say something else. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/generations.h>
#include <domain/shares.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PHOTOS 9

static struct id project, site, tag;
static struct id photos[PHOTOS];
static const char *shared_token;

DB_STATEMENT(marking_tag, "SELECT id FROM tags LIMIT 1");

/* Photos of a project, of a site, of both, of neither; some archived, some of the admin's. */
static void set_up(void)
{
	struct db_rows rows = {0};
	struct error error = {0};
	struct share share;
	struct photo photo;

	scene_people();
	project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	site = world_place(world, &admin, PLACE_SITE, "Stall");
	for (int i = 0; i < PHOTOS; i++) {
		world->clock.fixed_us += 1000000;
		photos[i] = world_photo(world, i % 2 ? &ada : &admin, "A photo",
		    i % 3 != 2 ? &project : NULL, i % 4 == 1 ? &site : NULL);
		trash_tag(world, &ada, &photos[i], "winter");
	}
	trash_sql(world, "UPDATE photos SET status = 'approved'");
	assert_true(
	    photos_archive(&world->domain, &admin, world->arena, &photos[3], NULL, &photo, &error));
	assert_true(share_create(
	    &world->domain, &admin, world->arena, &photos[0], 0, &share, &shared_token, &error));
	assert_int_equal(
	    db_query(world->db, world->arena, &marking_tag, DB_NO_VALUES, &rows), DB_OK);
	tag = db_id(&rows, 0, 0);
}

/* One photo as a reader sees it, as text. */
static void write_photo(char *out, size_t size, const struct photo *photo)
{
	char id[ID_TEXT_SIZE];

	id_format(&photo->id, id);
	snprintf(out + strlen(out), size - strlen(out), "%s%s%s%s%s %lld %lld %s\n", id,
	    photo->deleted_at_us ? " deleted" : "", photo->archived_at_us ? " archived" : "",
	    id_is_none(&photo->project_id) ? "" : " project",
	    id_is_none(&photo->site_id) ? "" : " site", (long long)photo->purge_after_us,
	    (long long)photo->recover_until_us, photo->project_name ? photo->project_name : "");
}

static void write_list(
    char *out, size_t size, const struct actor *reader, const struct photos_query *query)
{
	struct photos_page page;
	struct error error = {0};

	snprintf(out + strlen(out), size - strlen(out), "-- list\n");
	if (!photos_list(&world->domain, reader, world->arena, query, &page, &error)) {
		snprintf(out + strlen(out), size - strlen(out), "%s\n", error.code);
		return;
	}
	for (size_t i = 0; i < page.count; i++) {
		write_photo(out, size, &page.items[i]);
	}
}

static void write_lists(char *out, size_t size, const struct actor *reader)
{
	char text[ID_TEXT_SIZE];

	id_format(&tag, text);
	for (unsigned i = 0; i < 64; i++) {
		struct photos_query query = {
		    .include_archived = i & 1,
		    .include_deleted = (i & 2) && actor_is_admin(reader),
		    .archived_only = i & 4,
		    .mine = i & 8,
		    .project_id = (i & 48) == 16 ? project : id_none,
		    .site_id = (i & 48) == 32 ? site : id_none,
		    .tag = (i & 48) == 48 ? text : NULL,
		};

		/* An orphaned photo is in no list of its container, a deleted one still is. */
		write_list(out, size, reader, &query);
	}
}

static void write_single(char *out, size_t size, const struct actor *reader)
{
	for (int i = 0; i < PHOTOS; i++) {
		struct photo photo;
		struct error error = {0};

		if (photos_find(&world->domain, reader, world->arena, &photos[i], &photo, &error)) {
			write_photo(out, size, &photo);
		} else {
			snprintf(out + strlen(out), size - strlen(out), "%s\n", error.code);
		}
	}
}

/* Acts that must be refused as they will be at the end; none that succeeds is tried. */
static void write_acts(char *out, size_t size)
{
	struct error error = {0};
	struct photo photo;
	struct id generation;

	if (share_open(&world->domain, world->arena, shared_token, &photo, &error)) {
		write_photo(out, size, &photo);
	}
	snprintf(out + strlen(out), size - strlen(out), "open: %s\n", error.code);
	error_clear(&error);
	if (photos_find(&world->domain, &admin, world->arena, &photos[0], &photo, &error) &&
	    photo.deleted_at_us) {
		assert_false(generation_start(
		    &world->domain, &admin, world->arena, &photos[0], &generation, &error));
		snprintf(out + strlen(out), size - strlen(out), "generate: %s\n", error.code);
		snprintf(out + strlen(out), size - strlen(out), "delete: %s\n",
		    trash_delete(world, &admin, &photos[0], NULL));
		assert_false(photos_archive(
		    &world->domain, &admin, world->arena, &photos[0], NULL, &photo, &error));
		snprintf(out + strlen(out), size - strlen(out), "archive: %s\n", error.code);
	} else if (photo.archived_at_us) {
		assert_false(photos_archive(
		    &world->domain, &admin, world->arena, &photos[0], NULL, &photo, &error));
		snprintf(out + strlen(out), size - strlen(out), "archive: %s\n", error.code);
	}
}

static char *everything_seen(void)
{
	const size_t size = 1 << 19;
	char *out = calloc(1, size);

	assert_non_null(out);
	write_single(out, size, &ada);
	write_single(out, size, &admin);
	write_lists(out, size, &ada);
	write_lists(out, size, &admin);
	write_acts(out, size);
	return out;
}

static void same_at_every_step(enum item_kind kind, enum photo_action action)
{
	char *seen[40];
	int count = 0;
	unsigned steps = 1;
	struct deletion deletion;
	struct error error = {0};

	set_up();
	world->domain.step_rows = 1;
	assert_string_equal(
	    containers_delete(world, &admin, kind, kind == ITEM_PROJECT ? &project : &site, action,
		kind == ITEM_PROJECT ? "Orchard" : "Stall", &deletion),
	    "");
	assert_int_equal(deletion.state, DELETION_MARKING);
	while (steps > 0 && count < 40) {
		seen[count++] = everything_seen();
		assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
	}
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_TRASHED);
	assert_true(count > 3);
	for (int i = 0; i < count; i++) {
		assert_string_equal(seen[i], seen[count - 1]);
	}
	for (int i = 0; i < count; i++) {
		free(seen[i]);
	}
}

static void readers_see_the_end_at_every_step(void **state)
{
	(void)state;
	for (int action = PHOTO_ACTION_DELETE; action <= PHOTO_ACTION_ORPHAN; action++) {
		same_at_every_step(ITEM_PROJECT, (enum photo_action)action);
		same_at_every_step(ITEM_SITE, (enum photo_action)action);
	}
}

/* Newest first, so that the first pages are done soonest. */
static void the_newest_are_marked_first(void **state)
{
	struct deletion deletion;
	unsigned steps;
	struct error error = {0};

	(void)state;
	set_up();
	world->domain.step_rows = 2;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard", &deletion),
	    "");
	assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
	assert_false(trash_is_live(world, &photos[7]));
	assert_false(trash_is_live(world, &photos[6]));
	assert_true(trash_is_live(world, &photos[4]));
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.progress_done, 3);
	assert_int_equal(deletion.progress_total, 7);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 2);
}

/* The answer to a large deletion touches no more rows than that to a small one. */
static void a_large_container_is_left_to_the_worker_whole(void **state)
{
	struct deletion deletion;

	(void)state;
	set_up();
	world->domain.step_rows = 6;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard", &deletion),
	    "");
	assert_int_equal(deletion.state, DELETION_MARKING);
	assert_int_equal(trash_marked(world, "photos", &deletion.id), 0);
}

/* What leaves the archive must have arrived there. */
static void a_photo_about_to_be_archived_cannot_leave_the_archive_yet(void **state)
{
	struct photo photo;
	struct error error = {0};

	(void)state;
	set_up();
	world->domain.step_rows = 1;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_ARCHIVE, "Orchard", NULL),
	    "");
	assert_false(photos_unarchive(
	    &world->domain, &admin, world->arena, &photos[0], NULL, &photo, &error));
	assert_string_equal(error.code, "still_marking");
	trash_continue(world);
	assert_true(photos_unarchive(
	    &world->domain, &admin, world->arena, &photos[0], NULL, &photo, &error));
	assert_true(id_is_none(&photo.project_id));
}

static void refused_by(const struct deletion *deletion, const struct error *error, const char *code)
{
	char text[ID_TEXT_SIZE];

	id_format(&deletion->id, text);
	assert_int_equal(error->kind, ERROR_CONFLICT);
	assert_string_equal(error->code, code);
	assert_string_equal(error->reference_name, "deletion_id");
	assert_string_equal(error->reference, text);
}

/* Whether the marking has reached the photo or not, what stands in its way is named. */
static void acts_on_what_is_being_marked_name_the_deletion(void **state)
{
	static const enum photo_action actions[] = {PHOTO_ACTION_DELETE, PHOTO_ACTION_ARCHIVE};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		const bool deletes = actions[i % 2] == PHOTO_ACTION_DELETE;
		struct error error = {0};
		struct deletion deletion;
		struct photo photo;
		unsigned steps;

		set_up();
		world->domain.step_rows = i < 2 ? 1 : 4;
		assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
					actions[i % 2], "Orchard", &deletion),
		    "");
		/* The newest of them is reached in the first steps, the oldest is not. */
		assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
		assert_int_equal(trash_find(world, &deletion.id).state, DELETION_MARKING);
		assert_string_equal(
		    trash_forever(world, &admin, ITEM_PHOTO, &photos[0], NULL), "still_marking");
		refused_by(&deletion, trash_error(), "still_marking");
		assert_false(photos_restore(
		    &world->domain, &admin, world->arena, &photos[0], NULL, &photo, &error));
		refused_by(&deletion, &error, "still_marking");
		error_clear(&error);
		assert_false(photos_archive(
		    &world->domain, &admin, world->arena, &photos[0], NULL, &photo, &error));
		refused_by(&deletion, &error, deletes ? "already_deleted" : "already_archived");
		if (deletes) {
			assert_string_equal(
			    trash_forever(world, &admin, ITEM_PHOTO, &photos[7], NULL),
			    "still_marking");
			refused_by(&deletion, trash_error(), "still_marking");
		}
	}
}

/* From `restoring` on each row says what it is. */
static void from_restoring_on_each_row_is_live_again(void **state)
{
	struct deletion deletion;
	struct photo photo;
	unsigned steps;
	struct error error = {0};

	(void)state;
	set_up();
	world->domain.step_rows = 2;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard", &deletion),
	    "");
	assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, &deletion), "");
	assert_int_equal(deletion.state, DELETION_RESTORING);
	assert_true(photos_find(&world->domain, &admin, world->arena, &photos[0], &photo, &error));
	assert_int_equal(photo.deleted_at_us, 0);
	assert_true(photos_find(&world->domain, &admin, world->arena, &photos[7], &photo, &error));
	assert_true(photo.deleted_at_us != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(readers_see_the_end_at_every_step),
	    cmocka_unit_test(the_newest_are_marked_first),
	    cmocka_unit_test(a_large_container_is_left_to_the_worker_whole),
	    cmocka_unit_test(a_photo_about_to_be_archived_cannot_leave_the_archive_yet),
	    cmocka_unit_test(acts_on_what_is_being_marked_name_the_deletion),
	    cmocka_unit_test(from_restoring_on_each_row_is_live_again),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
