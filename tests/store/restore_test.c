/* restore_test.c - restoring: the window to the microsecond, exactly what the act took, parts of a
 * deletion, containers, and against other acts at the same moment. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <store/places.h>
#include <string.h>

DB_STATEMENT(photos_requested, "SELECT COUNT(*) FROM photos WHERE status = 'deletion_requested'");
DB_STATEMENT(photos_pending, "SELECT COUNT(*) FROM photos WHERE status = 'pending'");
DB_STATEMENT(live_shares, "SELECT COUNT(*) FROM photo_shares WHERE revoked_at IS NULL");
DB_STATEMENT(archived_photos, "SELECT COUNT(*) FROM photos WHERE archived_at IS NOT NULL");
DB_STATEMENT(detached_photos, "SELECT COUNT(*) FROM photos WHERE original_id IS NULL");
DB_STATEMENT(photos_in_projects, "SELECT COUNT(*) FROM photos WHERE project_id IS NOT NULL");

static void a_restore_gives_back_what_the_act_took(void **state)
{
	struct id album = world_place(world, &ada, PLACE_ALBUM, "Best");
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id early = world_derivative(world, &ada, &photo);
	struct id late = world_derivative(world, &ada, &photo);
	struct deletion before, deletion;

	(void)state;
	trash_note(world, &ben, &photo);
	trash_tag(world, &ada, &photo, "winter");
	trash_place(world, &album, &photo);
	trash_share(world, &ada, &photo, 1);
	assert_string_equal(trash_delete(world, &ada, &early, &before), "");
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_restore(world, &ada, &deletion.id, &deletion), "");

	assert_int_equal(deletion.state, DELETION_RESTORED);
	assert_int_equal(deletion.settled_at_us, WORLD_START_US);
	assert_true(trash_is_live(world, &photo));
	assert_true(trash_is_live(world, &late));
	assert_false(trash_is_live(world, &early)); /* deleted before, by itself */
	assert_int_equal(trash_live(world, "photo_notes"), 1);
	assert_int_equal(trash_rows(world, "photo_tags"), 1);
	assert_int_equal(trash_rows(world, "album_photos"), 1);
	assert_int_equal(world_number(world, &live_shares), 0); /* a dead link stays dead */
	assert_int_equal(trash_entries(world, "photo.restore"), 1);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "already_restored");
	assert_string_equal(trash_restore(world, &ada, &before.id, NULL), "");
	assert_true(trash_is_live(world, &early));
}

static void the_window_closes_to_the_microsecond(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id other = world_photo(world, &ada, "Pond", NULL, NULL);
	struct deletion deletion, second;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_delete(world, &ada, &other, &second), "");
	world->clock.fixed_us = deletion.recover_until_us - 1;
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	world->clock.fixed_us = second.recover_until_us;
	assert_string_equal(trash_restore(world, &ada, &second.id, NULL), "window_closed");
	assert_int_equal(trash_error()->kind, ERROR_GONE);
	assert_string_equal(trash_restore(world, &admin, &second.id, NULL), "window_closed");
	assert_string_equal(trash_restore(world, &ben, &second.id, NULL), "not_found");
	assert_false(trash_is_live(world, &other));
}

static void a_window_of_nothing_is_closed_at_once(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	trash_sql(world, "UPDATE organizations SET photo_recovery_s = 0");
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "window_closed");
}

static void only_who_deleted_and_admins_restore(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_restore(world, &ben, &deletion.id, NULL), "not_found");
	assert_string_equal(trash_restore(world, &stranger, &deletion.id, NULL), "not_found");
	assert_false(trash_is_live(world, &photo));
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
}

/* Whether the actor, no admin (any more), finds the deletion by its id and in the trash. */
static bool finds(const struct actor *actor, const struct id *deletion_id)
{
	struct deletion_query query = {.any_kind = true, .recoverable = true, .limit = 10};
	struct deletion_page page;
	struct deletion found;
	struct error error = {0};
	bool listed = false;

	assert_true(deletions_list(&world->domain, actor, world->arena, &query, &page, &error));
	for (size_t i = 0; i < page.count; i++) {
		listed = listed || id_equal(&page.items[i].id, deletion_id);
	}
	assert_int_equal(listed,
	    deletions_find(&world->domain, actor, world->arena, deletion_id, &found, &error));
	return listed;
}

static void having_deleted_as_an_admin_does_not_outlive_the_role(void **state)
{
	struct id bens = world_photo(world, &ben, "Barn", NULL, NULL);
	struct id own = world_photo(world, &admin, "Lake", NULL, NULL);
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Walks");
	struct deletion of_bens, of_own, of_project;
	struct actor member = admin;
	struct photo photo;
	struct error error = {0};

	(void)state;
	assert_string_equal(trash_delete(world, &admin, &bens, &of_bens), "");
	assert_string_equal(trash_delete(world, &admin, &own, &of_own), "");
	assert_true(deletions_delete(&world->domain, &admin, world->arena,
	    &(struct deletion_act){.kind = ITEM_PROJECT,
		.item_id = project,
		.origin = ORIGIN_BY_ACTOR,
		.confirmation = "Walks"},
	    &of_project, &error));
	member.role = ROLE_MEMBER;
	assert_false(finds(&member, &of_bens.id));
	assert_false(finds(&member, &of_project.id));
	assert_true(finds(&member, &of_own.id));
	assert_false(photos_find(&world->domain, &member, world->arena, &bens, &photo, &error));
	assert_string_equal(trash_restore(world, &member, &of_bens.id, NULL), "not_found");
	assert_string_equal(trash_restore(world, &member, &of_project.id, NULL), "not_found");
	assert_string_equal(trash_restore(world, &member, &of_own.id, NULL), "");
}

static void a_purged_one_is_gone_for_who_could_have_restored_it(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	trash_purge(world);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "window_closed");
	assert_int_equal(trash_error()->kind, ERROR_GONE);
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "window_closed");
	assert_string_equal(trash_restore(world, &ben, &deletion.id, NULL), "not_found");
}

static void an_archived_photo_comes_back_archived(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct photo archived;
	struct deletion deletion;
	struct error error = {0};

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, NULL, &archived, &error));
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	assert_int_equal(world_number(world, &archived_photos), 1);
}

static void a_photo_gets_back_the_status_before_a_request(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id photo = world_photo(world, &ada, "Shop", NULL, &site);
	struct deletion deletion;

	(void)state;
	trash_request(world, &ada, &photo, "pending");
	trash_request(world, &ben, &photo, "pending");
	assert_string_equal(trash_delete(world, &admin, &photo, &deletion), "");
	assert_int_equal(world_number(world, &photos_requested), 1);
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_int_equal(world_number(world, &photos_requested), 0);
	assert_int_equal(world_number(world, &photos_pending), 1);
}

static void some_photos_can_be_taken_out(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct id other = world_photo(world, &ada, "Pond", NULL, NULL);
	struct deletion deletion;
	struct id both[2] = {small, photo};

	(void)state;
	trash_note(world, &ben, &photo);
	trash_note(world, &ben, &small);
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, &other, 1, false, NULL),
	    "not_in_deletion");
	assert_string_equal(trash_error()->field, "items");
	assert_string_equal(
	    trash_restore_items(world, &ada, &deletion.id, &photo, 1, false, &deletion), "");
	assert_true(trash_is_live(world, &photo));
	assert_false(trash_is_live(world, &small));
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 1);
	assert_int_equal(deletion.counts[COUNT_NOTE], 1);
	assert_int_equal(trash_live(world, "photo_notes"), 1);
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, both, 2, false, NULL),
	    "not_in_deletion");
	assert_string_equal(
	    trash_restore_items(world, &ada, &deletion.id, both, 1, false, &deletion), "");
	assert_int_equal(deletion.state, DELETION_RESTORED);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 0);
	assert_true(trash_is_live(world, &small));
	assert_int_equal(trash_entries(world, "photo.restore"), 2);
}

/* In whatever order they are named, an original among the items comes back before its derivative.
 */
static void a_derivative_comes_back_with_its_original(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct deletion deletion;
	struct id items[2] = {small, photo};

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, items, 1, false, NULL),
	    "container_deleted");
	assert_int_equal(trash_error()->kind, ERROR_CONFLICT);
	assert_false(trash_is_live(world, &small));
	assert_string_equal(
	    trash_restore_items(world, &ada, &deletion.id, items, 2, false, &deletion), "");
	assert_int_equal(deletion.state, DELETION_RESTORED);
	assert_int_equal(world_number(world, &detached_photos), 1);
}

/* Past the window what stands in the way is still told first; then that it is too late. */
static void conflicts_of_some_come_before_that_it_is_too_late(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct id other = world_photo(world, &ada, "Lake", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, &other, 1, false, NULL),
	    "not_in_deletion");
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, &small, 1, false, NULL),
	    "container_deleted");
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, &photo, 1, false, NULL),
	    "window_closed");
	assert_int_equal(trash_error()->kind, ERROR_GONE);
	assert_string_equal(
	    trash_restore_items(world, &ada, &deletion.id, &small, 1, true, NULL), "window_closed");
	assert_false(trash_is_live(world, &photo));
	assert_false(trash_is_live(world, &small));
	assert_int_equal(trash_find(world, &deletion.id).counts[COUNT_PHOTO], 2);
	(void)trash_purge(world);
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, &photo, 1, false, NULL),
	    "window_closed");
}

static void a_derivative_can_leave_its_deleted_original(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct deletion alone, whole;
	char id[ID_TEXT_SIZE];
	struct restore_choice without = {.without_container = true};
	struct error error = {0};

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &small, &alone), "");
	assert_string_equal(trash_delete(world, &ada, &photo, &whole), "");
	assert_string_equal(trash_restore(world, &ada, &alone.id, NULL), "container_deleted");
	id_format(&whole.id, id);
	assert_string_equal(trash_error()->reference, id);
	assert_false(trash_is_live(world, &small));
	assert_true(deletions_restore(
	    &world->domain, &ada, world->arena, &alone.id, &without, &alone, &error));
	assert_true(trash_is_live(world, &small));
	assert_int_equal(world_number(world, &detached_photos), 2);
}

static void a_photo_can_leave_its_deleted_project(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Meadow");
	struct id photo = world_photo(world, &ada, "Barn", &project, NULL);
	struct deletion deletion;
	struct restore_choice without = {.without_container = true};
	struct error error = {0};
	struct id act = id_generate(WORLD_START_US);

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	trash_sql(world,
	    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, origin, mode, "
	    "state,"
	    " deleted_at, recover_until) SELECT %s, organization_id, id, 'project', id, 'admin',"
	    " 'soft', 'trashed', '2026-01-21', '2026-01-28' FROM projects",
	    trash_hex(world, &act));
	trash_sql(world, "UPDATE projects SET deleted_at = '2026-01-21', deletion_id = %s",
	    trash_hex(world, &act));
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "container_deleted");
	assert_true(deletions_restore(
	    &world->domain, &ada, world->arena, &deletion.id, &without, &deletion, &error));
	assert_true(trash_is_live(world, &photo));
	assert_int_equal(world_number(world, &photos_in_projects), 0);
}

static void a_large_one_is_restored_in_steps(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;
	unsigned steps;
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 10; i++) {
		trash_note(world, &ben, &photo);
	}
	world->domain.step_rows = 4;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_restore_items(world, &ada, &deletion.id, &photo, 1, false, NULL),
	    "still_marking");
	trash_continue(world);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, &deletion), "");
	assert_int_equal(deletion.state, DELETION_RESTORING);
	assert_int_equal(deletion.progress_total, 11);
	assert_true(trash_is_live(world, &photo));
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "already_restored");
	assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORING);
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	assert_int_equal(trash_live(world, "photo_notes"), 10);
}

static void what_is_still_marking_can_be_restored(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;
	unsigned steps;
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 10; i++) {
		trash_note(world, &ben, &photo);
	}
	world->domain.step_rows = 4;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	assert_int_equal(trash_live(world, "photo_notes"), 10);
	assert_true(trash_is_live(world, &photo));
}

static void undo_takes_back_the_act(void **state)
{
	struct deletion_act act = {.kind = ITEM_PHOTO, .origin = ORIGIN_BY_ACTOR};
	struct id photos[3];
	struct deletion deletion;
	struct act_result *results;
	size_t count;
	struct error error = {0};

	(void)state;
	act.act_id = deletions_new_act(&world->domain);
	for (int i = 0; i < 3; i++) {
		world->clock.fixed_us++;
		photos[i] = world_photo(world, &ada, "Photo", NULL, NULL);
		act.item_id = photos[i];
		assert_true(
		    deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, &error));
	}
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	assert_false(deletions_restore_act(
	    &world->domain, &ben, world->arena, &act.act_id, &results, &count, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(deletions_restore_act(
	    &world->domain, &ada, world->arena, &act.act_id, &results, &count, &error));
	assert_int_equal(count, 3);
	assert_true(results[0].changed && results[1].changed);
	assert_true(id_equal(&results[0].item_id, &photos[0]));
	assert_false(results[2].changed);
	assert_string_equal(results[2].code, "already_restored");
	assert_int_equal(trash_live(world, "photos"), 3);
}

static void too_many_or_no_items_are_refused(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(
	    trash_restore_items(world, &ada, &deletion.id, &photo, 1001, false, NULL),
	    "too_many_items");
	assert_string_equal(
	    trash_restore_items(world, &ada, &deletion.id, &photo, 0, false, NULL), "no_items");
}

/* What another connection does at the same moment. */
struct rival {
	struct domain domain;
	struct clock clock;
	struct id photo, deletion;
	bool purges; /* else it deletes forever */
	char code[48];
};

static void *compete(void *context)
{
	struct rival *c = context;
	struct arena *arena = arena_create();
	struct purge_report report;
	struct deletion deletion;
	struct error error = {0};

	if (c->purges) {
		(void)!purge_due(&c->domain, arena, NULL, &report, &error);
	} else {
		(void)!deletions_delete_forever(
		    &c->domain, &admin, arena, ITEM_PHOTO, &c->photo, NULL, &deletion, &error);
	}
	snprintf(c->code, sizeof(c->code), "%s", error.code);
	arena_destroy(&arena);
	return NULL;
}

/* A restore whose clock stands before the end against a rival, by two connections: one of the two
 * has all of it. */
static void race(bool purges)
{
	for (int round = 0; round < 8; round++) {
		struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
		struct deletion deletion;
		struct rival rival = {.purges = purges, .photo = photo};
		struct db *db;
		pthread_t thread;
		const char *code;

		trash_note(world, &ben, &photo);
		assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
		rival.domain = world_second_domain(world, &db);
		rival.clock = clock_fixed(deletion.recover_until_us);
		rival.domain.clock = &rival.clock;
		pthread_create(&thread, NULL, compete, &rival);
		code = trash_restore(world, &ada, &deletion.id, NULL);
		pthread_join(thread, NULL);
		db_close(&db);
		deletion = trash_find(world, &deletion.id);
		if (strcmp(code, "") == 0) {
			assert_int_equal(deletion.state, DELETION_RESTORED);
			assert_true(trash_is_live(world, &photo));
			assert_int_equal(trash_live(world, "photo_notes"), 1);
			trash_sql(world, "DELETE FROM photo_notes");
		} else {
			assert_string_equal(code, "window_closed");
			assert_int_equal(deletion.state, DELETION_PURGED);
			assert_false(trash_is_live(world, &photo));
			assert_int_equal(trash_rows(world, "photo_notes"), 0);
		}
	}
}

static void against_a_purge_one_wins(void **state)
{
	(void)state;
	race(true);
}

static void against_deleting_forever_one_wins(void **state)
{
	(void)state;
	race(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(a_restore_gives_back_what_the_act_took),
	    SCENE_TEST(the_window_closes_to_the_microsecond),
	    SCENE_TEST(a_window_of_nothing_is_closed_at_once),
	    SCENE_TEST(only_who_deleted_and_admins_restore),
	    SCENE_TEST(having_deleted_as_an_admin_does_not_outlive_the_role),
	    SCENE_TEST(a_purged_one_is_gone_for_who_could_have_restored_it),
	    SCENE_TEST(an_archived_photo_comes_back_archived),
	    SCENE_TEST(a_photo_gets_back_the_status_before_a_request),
	    SCENE_TEST(some_photos_can_be_taken_out),
	    SCENE_TEST(a_derivative_comes_back_with_its_original),
	    SCENE_TEST(conflicts_of_some_come_before_that_it_is_too_late),
	    SCENE_TEST(a_derivative_can_leave_its_deleted_original),
	    SCENE_TEST(a_photo_can_leave_its_deleted_project),
	    SCENE_TEST(a_large_one_is_restored_in_steps),
	    SCENE_TEST(what_is_still_marking_can_be_restored),
	    SCENE_TEST(undo_takes_back_the_act),
	    SCENE_TEST(too_many_or_no_items_are_refused),
	    SCENE_TEST(against_a_purge_one_wins),
	    SCENE_TEST(against_deleting_forever_one_wins),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
