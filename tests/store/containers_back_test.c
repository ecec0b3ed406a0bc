/* containers_back_test.c - what comes back from deleted containers, and what stands in its way. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <store/container.h>
#include <string.h>
#include <time.h>

DB_STATEMENT(live_in_deleted,
    "SELECT COUNT(*) FROM photos p LEFT JOIN projects a ON a.id = p.project_id"
    " LEFT JOIN sites b ON b.id = p.site_id WHERE p.deleted_at IS NULL AND p.archived_at IS NULL"
    " AND (a.deleted_at IS NOT NULL OR b.deleted_at IS NOT NULL)");

static void an_album_goes_and_comes_with_its_list(void **state)
{
	struct id album = world_place(world, &ada, PLACE_ALBUM, "Best");
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion_impact impact;
	struct deletion deletion;
	struct snapshot before, after;

	(void)state;
	trash_place(world, &album, &photo);
	before = containers_snapshot(world);
	assert_string_equal(
	    containers_delete(world, &ben, ITEM_ALBUM, &album, PHOTO_ACTION_NONE, NULL, NULL),
	    "forbidden");
	assert_string_equal(
	    containers_impact(world, &ada, ITEM_ALBUM, &album, PHOTO_ACTION_NONE, &impact), "");
	assert_string_equal(
	    containers_delete(world, &ada, ITEM_ALBUM, &album, PHOTO_ACTION_NONE, NULL, &deletion),
	    "");
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.origin, ORIGIN_OWNER);
	assert_memory_equal(impact.counts, deletion.counts, sizeof(impact.counts));
	assert_int_equal(deletion.counts[COUNT_ALBUM], 1);
	assert_true(trash_is_live(world, &photo));
	assert_int_equal(trash_rows(world, "album_photos"), 1);
	assert_string_equal(trash_restore(world, &ben, &deletion.id, NULL), "not_found");
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	after = containers_snapshot(world);
	assert_null(containers_compare(&before, &after));
	assert_string_equal(containers_delete(world, &admin, ITEM_ALBUM, &album, PHOTO_ACTION_NONE,
				NULL, &deletion),
	    "");
	assert_int_equal(deletion.origin, ORIGIN_ADMIN);
	world->clock.fixed_us = deletion.recover_until_us;
	assert_int_equal(trash_purge(world).deletions, 1);
	assert_int_equal(trash_rows(world, "albums"), 0);
	assert_int_equal(trash_rows(world, "album_photos"), 0);
	assert_true(trash_is_live(world, &photo));
}

static void a_photo_deleted_before_waits_for_its_container(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct restore_choice without = {.without_container = true};
	struct deletion project, deletion;
	struct error error = {0};
	struct photo photo;

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ORPHAN, "Orchard", &project),
	    "");
	assert_string_equal(trash_restore(world, &admin, &f.deletion, NULL), "container_deleted");
	assert_string_equal(trash_error()->reference_name, "deletion_id");
	assert_true(deletions_restore(
	    &world->domain, &admin, world->arena, &f.deletion, &without, &deletion, &error));
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.deleted, &photo, &error));
	assert_true(id_is_none(&photo.project_id));
}

static void what_was_put_elsewhere_stays_there(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct id other = world_place(world, &admin, PLACE_PROJECT, "Stall");
	struct deletion deletion;
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ORPHAN, "Orchard", &deletion),
	    "");
	trash_sql(world, "UPDATE photos SET project_id = %s WHERE id = %s",
	    trash_hex(world, &other), trash_hex(world, &f.photo));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.photo, &photo, &error));
	assert_true(id_equal(&photo.project_id, &other));
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.made, &photo, &error));
	assert_true(id_equal(&photo.project_id, &f.id));
}

static void what_was_archived_anew_stays_archived(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct deletion deletion;
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ARCHIVE, "Orchard", &deletion),
	    "");
	assert_true(photos_find(&world->domain, &admin, world->arena, &f.asked, &photo, &error));
	assert_string_equal(photo.archive_reason, "Project deleted");
	assert_true(id_equal(&photo.archived_by, &admin.user_id));
	assert_int_equal(photo.purge_after_us, world->clock.fixed_us + 720 * HOUR_US);
	/* Taken out while the project is in the trash it is in no project; put away again it is in
	 * an archive of its own. */
	assert_true(
	    photos_unarchive(&world->domain, &admin, world->arena, &f.asked, NULL, &photo, &error));
	assert_true(id_is_none(&photo.project_id));
	assert_true(
	    photos_archive(&world->domain, &admin, world->arena, &f.asked, NULL, &photo, &error));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_true(photos_find(&world->domain, &admin, world->arena, &f.asked, &photo, &error));
	assert_true(photo.archived_at_us != 0);
	assert_true(id_equal(&photo.project_id, &f.id));
	assert_true(photos_find(&world->domain, &ada, world->arena, &f.photo, &photo, &error));
	assert_int_equal(photo.archived_at_us, 0);
}

/* Two containers of one photo, deleted and restored in every order. */
static void two_containers_of_a_photo_come_back_in_any_order(void **state)
{
	(void)state;
	for (int round = 0; round < 36; round++) {
		enum photo_action first = (enum photo_action)(1 + round % 3);
		enum photo_action second = (enum photo_action)(1 + round / 3 % 3);
		bool swapped = round / 9 % 2, stepwise = round / 18 % 2;
		struct id project, site, photo;
		struct deletion one, two;
		struct snapshot before, after;

		scene_people();
		project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
		site = world_place(world, &admin, PLACE_SITE, "Stall");
		photo = world_photo(world, &ada, "Both", &project, &site);
		(void)photo;
		before = containers_snapshot(world);
		world->domain.step_rows = stepwise ? 1 : DOMAIN_STEP_ROWS;
		assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project, first,
					"Orchard", &one),
		    "");
		trash_continue(world);
		assert_string_equal(
		    containers_delete(world, &admin, ITEM_SITE, &site, second, "Stall", &two), "");
		trash_continue(world);
		assert_string_equal(
		    trash_restore(world, &admin, swapped ? &two.id : &one.id, NULL), "");
		trash_continue(world);
		assert_int_equal(world_number(world, &live_in_deleted), 0);
		assert_string_equal(
		    trash_restore(world, &admin, swapped ? &one.id : &two.id, NULL), "");
		trash_continue(world);
		after = containers_snapshot(world);
		if (containers_compare(&before, &after)) {
			fail_msg("%s: %d then %d, %s", containers_compare(&before, &after), first,
			    second, swapped ? "second restored first" : "first restored first");
		}
	}
}

static void a_taken_slug_stands_in_the_way(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "Stall");
	struct id other;
	struct deletion deletion;
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_SITE, &site, PHOTO_ACTION_DELETE,
				"Stall", &deletion),
	    "");
	other = world_place(world, &admin, PLACE_SITE, "Stall");
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "slug_taken");
	assert_string_equal(trash_error()->reference_name, "site_id");
	id_format(&other, text);
	assert_string_equal(trash_error()->reference, text);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_TRASHED);
	trash_sql(
	    world, "UPDATE sites SET slug = 'elsewhere' WHERE id = %s", trash_hex(world, &other));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
}

static void nothing_goes_into_a_deleted_container(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	struct photos_upload upload = {.original = world_picture(world), .project_id = project};
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_ORPHAN, "Orchard", NULL),
	    "");
	assert_false(photos_add(&world->domain, &ada, world->arena, &upload, &photo, &error));
	assert_string_equal(error.code, "container_deleted");
	assert_int_equal(world_objects(world), 0);
}

static void some_photos_come_out_of_a_larger_deletion(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct deletion deletion, after;

	(void)state;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_DELETE, "Orchard", &deletion),
	    "");
	assert_string_equal(
	    trash_restore_items(world, &admin, &deletion.id, &f.photo, 1, false, NULL),
	    "container_deleted");
	assert_string_equal(
	    trash_restore_items(world, &admin, &deletion.id, &f.photo, 1, true, &after), "");
	assert_int_equal(after.counts[COUNT_PHOTO], deletion.counts[COUNT_PHOTO] - 1);
	assert_true(after.bytes < deletion.bytes);
	assert_true(trash_is_live(world, &f.photo));
	assert_false(trash_is_live(world, &f.made));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_true(trash_is_live(world, &f.made));
}

/* --- a container deleted while something comes back into it ------------------------------ */

/* By another connection. */
struct deleter {
	struct domain domain;
	const struct furnished *f;
	pthread_t thread;
	bool ok;
};

static void *delete_container(void *context)
{
	struct deleter *c = context;
	struct arena *arena = arena_create();
	struct deletion deletion;
	struct error error = {0};
	struct deletion_act act = {.kind = c->f->kind,
	    .item_id = c->f->id,
	    .origin = ORIGIN_BY_ACTOR,
	    .photo_action = PHOTO_ACTION_DELETE,
	    .confirmation = c->f->name};

	c->ok = deletions_delete(&c->domain, &admin, arena, &act, &deletion, &error);
	arena_destroy(&arena);
	return NULL;
}

/* What is read of containers before photos come back, in a transaction under way. */
struct coming_back {
	struct deleter deleter;
	struct deletion deletion; /* of the photos */
	struct id photo;          /* unarchived; none: those of the deletion are restored */
	bool waited;
};

static enum db_result read_containers(struct db_tx *tx, const struct coming_back *c)
{
	struct id upto, blocking;

	memset(upto.bytes, 0xff, sizeof(upto.bytes));
	if (!id_is_none(&c->photo)) {
		return effects_orphan_photo(tx, &admin.organization_id, &c->photo);
	}
	return c->deletion.kind == ITEM_PHOTO
		   ? container_deleted(tx, &c->deletion, NULL, &blocking)
		   : effects_orphan_others(tx, &c->deletion, &id_none, &upto);
}

static bool come_back(struct db_tx *tx, void *context, struct error *error)
{
	struct coming_back *c = context;
	struct root_item item = {0};
	enum db_result result = read_containers(tx, c);

	(void)error;
	assert_true(result == DB_OK || result == DB_NONE);
	assert_int_equal(
	    pthread_create(&c->deleter.thread, NULL, delete_container, &c->deleter), 0);
	for (int i = 0; i < 30 && item.deleted_at_us == 0; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
		assert_int_equal(root_read(tx->db, tx->arena, c->deleter.f->kind,
				     &admin.organization_id, &c->deleter.f->id, &item),
		    DB_OK);
	}
	c->waited = item.deleted_at_us == 0;
	return true;
}

static void expect_waiting(struct coming_back *c, const struct furnished *f)
{
	struct db *db = NULL;
	struct error error = {0};

	c->deleter.f = f;
	c->deleter.domain = world_second_domain(world, &db);
	assert_true(db_transaction(world->db, come_back, c, &error));
	pthread_join(c->deleter.thread, NULL);
	assert_true(c->waited);
	assert_true(c->deleter.ok);
	db_close(&db);
}

static void a_container_is_not_deleted_while_photos_come_back(void **state)
{
	static const enum item_kind kinds[] = {ITEM_PROJECT, ITEM_SITE};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct coming_back restored = {0}, unarchived = {0};
		struct furnished f, other;

		scene_people();
		f = containers_furnish(world, &admin, &ada, kinds[i], "First");
		restored.deletion = trash_find(world, &f.deletion);
		expect_waiting(&restored, &f);
		other = containers_furnish(world, &admin, &ada, kinds[i], "Second");
		unarchived.photo = other.archived;
		expect_waiting(&unarchived, &other);
	}
}

/* Photos of a project's deletion that are in a site as well. */
static void a_site_is_not_deleted_while_its_photos_project_comes_back(void **state)
{
	struct furnished site;
	struct id project;
	struct coming_back restored = {0};

	(void)state;
	scene_people();
	site = containers_furnish(world, &admin, &ada, ITEM_SITE, "Stall");
	project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	(void)world_photo(world, &ada, "Both", &project, &site.id);
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, "Orchard", &restored.deletion),
	    "");
	expect_waiting(&restored, &site);
}

/* Its restore and the new deletion would meet in its rows. */
static void what_is_being_restored_is_not_deleted_anew(void **state)
{
	struct furnished f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
	struct deletion deletion;
	char text[ID_TEXT_SIZE];

	(void)state;
	world->domain.step_rows = 2;
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_ORPHAN, "Orchard", &deletion),
	    "");
	trash_continue(world);
	assert_string_equal(trash_restore(world, &admin, &deletion.id, &deletion), "");
	assert_int_equal(deletion.state, DELETION_RESTORING);
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_DELETE, "Orchard", NULL),
	    "still_restoring");
	id_format(&deletion.id, text);
	assert_string_equal(containers_error()->reference, text);
	trash_continue(world);
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
				PHOTO_ACTION_DELETE, "Orchard", NULL),
	    "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(an_album_goes_and_comes_with_its_list),
	    SCENE_TEST(a_photo_deleted_before_waits_for_its_container),
	    SCENE_TEST(what_was_put_elsewhere_stays_there),
	    SCENE_TEST(what_was_archived_anew_stays_archived),
	    cmocka_unit_test(two_containers_of_a_photo_come_back_in_any_order),
	    SCENE_TEST(a_taken_slug_stands_in_the_way),
	    SCENE_TEST(nothing_goes_into_a_deleted_container),
	    SCENE_TEST(some_photos_come_out_of_a_larger_deletion),
	    cmocka_unit_test(a_container_is_not_deleted_while_photos_come_back),
	    cmocka_unit_test(a_site_is_not_deleted_while_its_photos_project_comes_back),
	    SCENE_TEST(what_is_being_restored_is_not_deleted_anew),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
