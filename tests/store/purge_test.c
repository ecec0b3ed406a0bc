/* purge_test.c - purging: what is due to the microsecond, what goes and what stays, in steps, under
 * a brake, and by the end of a retention. */
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

DB_STATEMENT(blanked, "SELECT COUNT(*) FROM deletions WHERE label IS NULL AND reason IS NULL");
DB_STATEMENT(purge_entries_of_worker,
    "SELECT COUNT(*) FROM audit_log WHERE action = 'photo.purge' AND actor = 'worker'");
DB_STATEMENT(reasons_kept, "SELECT COUNT(*) FROM audit_reasons WHERE reason IS NOT NULL");
DB_STATEMENT(open_generations, "SELECT COUNT(*) FROM generations WHERE original_id IS NOT NULL");
DB_STATEMENT(orphans, "SELECT COUNT(*) FROM photos WHERE original_id IS NULL");
DB_STATEMENT(queued_bytes, "SELECT SUM(bytes) FROM storage_cleanup_queue");

static struct actor caretaker;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	caretaker = actor_system("operator", NULL);
	return 0;
}

static void a_purge_is_due_to_the_microsecond(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us - 1;
	assert_int_equal(trash_purge(world).deletions, 0);
	assert_int_equal(trash_rows(world, "photos"), 1);
	world->clock.fixed_us = deletion.recover_until_us;
	assert_int_equal(trash_purge(world).deletions, 1);
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_int_equal(trash_purge(world).deletions, 0);
}

static void a_purge_leaves_the_record_and_nothing_else(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct deletion deletion;
	struct purge_report report;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	report = trash_purge(world);
	assert_int_equal(report.deletions, 1);
	assert_int_equal(report.counts[COUNT_PHOTO], 2);
	assert_int_equal(report.bytes, deletion.bytes);
	assert_int_equal(report.steps, 1);
	assert_false(report.unfinished);
	trash_expect_nothing_left(world);
	assert_int_equal(trash_rows(world, "dead_shares"), 2);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 2);
	assert_int_equal(world_number(world, &queued_bytes), deletion.bytes);
	assert_int_equal(trash_rows(world, "generations"), 1);
	assert_int_equal(world_number(world, &open_generations), 0);
	assert_int_equal(world_number(world, &blanked), 1);
	assert_int_equal(world_number(world, &purge_entries_of_worker), 1);
	assert_int_equal(world_number(world, &reasons_kept), 1); /* the trail keeps its own */
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_PURGED);
	assert_int_equal(deletion.settled_at_us, world->clock.fixed_us);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 2);
}

static void steps_are_bounded_and_give_the_same_end(void **state)
{
	(void)state;
	for (unsigned rows = 1; rows < 8; rows++) {
		struct id photo;
		struct deletion deletion;
		struct purge_report report;

		set_up(NULL);
		photo = trash_furnished(world, &ada, &ben);
		assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
		world->clock.fixed_us = deletion.recover_until_us;
		world->domain.step_rows = rows;
		report = trash_purge(world);
		assert_int_equal(report.deletions, 1);
		/* 2 photos, 2 notes, 1 result, 3 tags, 1 place, 2 shares, 2 files, and 2 links
		 * that are cut: of the derivative and of the generation. */
		assert_true(report.steps >= 15 / rows);
		trash_expect_nothing_left(world);
		assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 2);
		assert_int_equal(trash_rows(world, "dead_shares"), 2);
	}
}

static void limits_end_a_round_and_the_next_goes_on(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct deletion deletion;
	struct purge_limits limits = {.max_steps = 2};
	struct purge_report report;
	struct error error = {0};

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	world->domain.step_rows = 3;
	assert_true(purge_due(&world->domain, world->arena, &limits, &report, &error));
	assert_int_equal(report.steps, 2);
	assert_true(report.unfinished);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGING);
	assert_true(trash_find(world, &deletion.id).progress_done >= 6);
	assert_false(trash_purge(world).unfinished);
	trash_expect_nothing_left(world);
}

static void an_older_deletion_of_a_derivative_outlives_its_original(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct deletion own, whole;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &whole), "");
	/* Make the derivative's deletion the older one that ends later. */
	assert_string_equal(trash_restore(world, &ada, &whole.id, NULL), "");
	trash_sql(world, "UPDATE organizations SET photo_recovery_s = 86400");
	assert_string_equal(trash_delete(world, &ada, &small, &own), "");
	trash_sql(world, "UPDATE organizations SET photo_recovery_s = 60");
	assert_string_equal(trash_delete(world, &ada, &photo, &whole), "");
	world->clock.fixed_us = whole.recover_until_us;
	assert_int_equal(trash_purge(world).deletions, 1);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_int_equal(world_number(world, &orphans), 1);
	assert_string_equal(trash_restore(world, &ada, &own.id, NULL), "");
	assert_true(trash_is_live(world, &small));
}

static void the_brake_stops_every_purge_and_opens_nothing(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;
	struct purge_report report;
	struct installation switches;
	struct error error = {0};

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_false(purge_pause(&world->domain, &admin, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_true(purge_pause(&world->domain, &caretaker, &error));
	assert_false(purge_pause(&world->domain, &caretaker, &error));
	assert_string_equal(error.code, "already_paused");
	assert_true(purge_status(&world->domain, world->arena, &switches, &error));
	assert_string_equal(switches.purge_paused_by, "operator");
	world->clock.fixed_us = deletion.recover_until_us;
	report = trash_purge(world);
	assert_true(report.paused);
	assert_int_equal(report.steps, 0);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "window_closed");
	/* A person's purge waits as well. */
	assert_string_equal(trash_forever(world, &admin, ITEM_PHOTO, &photo, &deletion), "");
	assert_int_equal(deletion.state, DELETION_PURGING);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_true(purge_resume(&world->domain, &caretaker, &error));
	assert_false(purge_resume(&world->domain, &caretaker, &error));
	assert_int_equal(trash_purge(world).deletions, 1);
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_int_equal(trash_entries(world, "purge.pause"), 1);
	assert_int_equal(trash_entries(world, "purge.resume"), 1);
}

/* Pauses after the first step, as an operator would. */
static void pause_now(void *context, const char *name)
{
	struct world *of = context;
	struct db *db;
	struct domain other = world_second_domain(of, &db);
	struct error error = {0};

	(void)name;
	(void)!purge_pause(&other, &caretaker, &error);
	db_close(&db);
}

static void the_brake_works_after_the_step_in_hand(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct deletion deletion;
	struct purge_report report;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	world->domain.step_rows = 2;
	world->domain.after_step = pause_now;
	world->domain.after_step_context = world;
	report = trash_purge(world);
	world->domain.after_step = NULL;
	assert_int_equal(report.steps, 1);
	assert_true(report.paused);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGING);
}

static void a_preview_tells_and_changes_nothing(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct id archived = world_photo(world, &ada, "Old", NULL, NULL);
	struct id later = world_photo(world, &ada, "Later", NULL, NULL);
	struct photo after;
	struct deletion deletion;
	struct purge_report preview, report;
	struct error error = {0};
	int64_t entries;

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &archived, NULL, &after, &error));
	world->clock.fixed_us = after.purge_after_us - 4 * HOUR_US;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = after.purge_after_us;
	assert_string_equal(trash_delete(world, &ada, &later, NULL), "");
	entries = trash_rows(world, "audit_log");
	assert_true(purge_preview(&world->domain, world->arena, &preview, &error));
	assert_int_equal(preview.deletions, 1);
	assert_int_equal(preview.counts[COUNT_PHOTO], 2);
	assert_int_equal(preview.archived, 1);
	assert_true(preview.bytes > 0 && preview.archived_bytes > 0);
	assert_int_equal(trash_rows(world, "photos"), 4);
	assert_int_equal(trash_rows(world, "audit_log"), entries);
	report = trash_purge(world);
	assert_int_equal(report.deletions, preview.deletions + preview.archived);
	assert_int_equal(report.archived, preview.archived);
	assert_int_equal(report.bytes, preview.bytes + preview.archived_bytes);
	assert_int_equal(trash_rows(world, "photos"), 1);
}

static void retention_ends_to_the_microsecond(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct photo after;
	struct error error = {0};

	(void)state;
	(void)small;
	trash_share(world, &ada, &photo, 1);
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, "Old", &after, &error));
	world->clock.fixed_us = after.purge_after_us - 1;
	assert_int_equal(trash_purge(world).archived, 0);
	assert_int_equal(trash_rows(world, "photos"), 2);
	world->clock.fixed_us = after.purge_after_us;
	trash_purge(world);
	trash_expect_nothing_left(world);
	assert_true(trash_entries(world, "retention.purge") >= 1);
	assert_int_equal(trash_entries(world, "photo.purge"), 0);
}

/* The other photo is restored and archived anew once the first one's retention has been ended. */
static void archive_anew(void *context, const char *step)
{
	const struct id *photo = context;
	struct photo after;
	struct error error = {0};

	if (strcmp(step, "retention") != 0 || !trash_is_live(world, photo)) {
		return;
	}
	world->domain.after_step = NULL;
	world->clock.fixed_us -= 1; /* theirs is behind */
	assert_true(
	    photos_unarchive(&world->domain, &ada, world->arena, photo, NULL, &after, &error));
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, photo, "Anew", &after, &error));
	assert_true(after.purge_after_us > world->clock.fixed_us);
}

static void what_is_archived_anew_begins_its_retention_anew(void **state)
{
	struct id first = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id second = world_photo(world, &ada, "Lake", NULL, NULL);
	struct photo after;
	struct error error = {0};

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &first, "Old", &after, &error));
	world->clock.fixed_us += 1000000; /* the first is taken first */
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &second, "Old", &after, &error));
	world->clock.fixed_us = after.purge_after_us;
	world->domain.after_step = archive_anew;
	world->domain.after_step_context = &second;
	assert_int_equal(trash_purge(world).archived, 1);
	assert_null(world->domain.after_step);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_true(trash_is_live(world, &second));
	assert_true(photos_find(&world->domain, &ada, world->arena, &second, &after, &error));
	world->clock.fixed_us = after.purge_after_us;
	assert_int_equal(trash_purge(world).archived, 1);
	assert_int_equal(trash_rows(world, "photos"), 0);
}

static void one_organisation_can_be_purged_alone(void **state)
{
	const struct actor *const owners[] = {&ada, &stranger};
	struct id archived[2], deleted[2];
	struct purge_limits limits = {.organization_id = ada.organization_id};
	struct purge_report report;
	struct deletion deletion;
	struct photo after;
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		archived[i] = world_photo(world, owners[i], "Barn", NULL, NULL);
		deleted[i] = world_photo(world, owners[i], "Lake", NULL, NULL);
		assert_true(photos_archive(
		    &world->domain, owners[i], world->arena, &archived[i], "Old", &after, &error));
		assert_string_equal(trash_delete(world, owners[i], &deleted[i], &deletion), "");
	}
	world->clock.fixed_us = after.purge_after_us;
	assert_true(purge_due(&world->domain, world->arena, &limits, &report, &error));
	assert_int_equal(report.deletions, 2);
	assert_int_equal(report.archived, 1);
	assert_int_equal(trash_rows(world, "photos"), 2);
	assert_true(trash_is_live(world, &archived[1])); /* not deleted */
	assert_true(id_equal(&deletion.item_id, &deleted[1]));
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_TRASHED);
	trash_purge(world);
	assert_int_equal(trash_rows(world, "photos"), 0);
}

/* A project's deletion of which nothing is marked yet, its window closed. */
static struct id large_deletion(void)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	struct deletion_act act = {.kind = ITEM_PROJECT,
	    .item_id = project,
	    .origin = ORIGIN_BY_ACTOR,
	    .photo_action = PHOTO_ACTION_DELETE,
	    .confirmation = "Orchard"};
	struct deletion deletion;
	struct error error = {0};

	for (int i = 0; i < 12; i++) {
		(void)world_photo(world, &ada, "Barn", &project, NULL);
	}
	world->domain.step_rows = 2;
	assert_true(
	    deletions_delete(&world->domain, &admin, world->arena, &act, &deletion, &error));
	assert_int_equal(deletion.state, DELETION_MARKING);
	world->clock.fixed_us = deletion.recover_until_us;
	return deletion.id;
}

static bool stop_at_zero(void *context)
{
	int *left = context;

	return (*left)-- <= 0;
}

static void marking_what_is_due_keeps_within_the_limits(void **state)
{
	struct id id = large_deletion();
	int left = 2;
	struct purge_limits steps = {.max_steps = 2};
	struct purge_limits stopped = {.stop = stop_at_zero, .context = &left};
	struct purge_report report;
	struct error error = {0};

	(void)state;
	assert_true(purge_due(&world->domain, world->arena, &steps, &report, &error));
	assert_int_equal(report.steps, 2);
	assert_true(report.unfinished);
	assert_int_equal(trash_marked(world, "photos", &id), 4);
	assert_true(purge_due(&world->domain, world->arena, &stopped, &report, &error));
	assert_true(report.unfinished);
	assert_in_range(trash_marked(world, "photos", &id), 5, 11);
	assert_int_equal(trash_find(world, &id).state, DELETION_MARKING);
	trash_purge(world);
	assert_int_equal(trash_rows(world, "photos"), 0);
}

static void what_is_archived_and_deleted_keeps_its_window(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct photo after;
	struct deletion deletion;
	struct error error = {0};

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, NULL, &after, &error));
	world->clock.fixed_us = after.purge_after_us - 1;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = after.purge_after_us;
	assert_int_equal(trash_purge(world).archived, 0);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
}

static void *run_worker(void *context)
{
	struct domain *domain = context;
	struct arena *arena = arena_create();
	struct purge_report report;
	struct error error = {0};
	bool ok = purge_due(domain, arena, NULL, &report, &error);

	arena_destroy(&arena);
	return ok ? NULL : context;
}

static void several_workers_share_the_work(void **state)
{
	pthread_t threads[3];
	struct domain domains[3];
	struct db *connections[3];

	(void)state;
	for (int i = 0; i < 12; i++) {
		struct id photo = world_photo(world, &ada, "Photo", NULL, NULL);

		trash_note(world, &ben, &photo);
		assert_string_equal(trash_delete(world, &ada, &photo, NULL), "");
	}
	world->clock.fixed_us += 4 * HOUR_US;
	world->domain.step_rows = 1;
	for (int i = 0; i < 3; i++) {
		domains[i] = world_second_domain(world, &connections[i]);
		pthread_create(&threads[i], NULL, run_worker, &domains[i]);
	}
	for (int i = 0; i < 3; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
		db_close(&connections[i]);
	}
	trash_purge(world);
	trash_expect_nothing_left(world);
	assert_int_equal(trash_entries(world, "photo.purge"), 12);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_purge_is_due_to_the_microsecond, set_up),
	    cmocka_unit_test_setup(a_purge_leaves_the_record_and_nothing_else, set_up),
	    cmocka_unit_test_setup(steps_are_bounded_and_give_the_same_end, set_up),
	    cmocka_unit_test_setup(limits_end_a_round_and_the_next_goes_on, set_up),
	    cmocka_unit_test_setup(an_older_deletion_of_a_derivative_outlives_its_original, set_up),
	    cmocka_unit_test_setup(the_brake_stops_every_purge_and_opens_nothing, set_up),
	    cmocka_unit_test_setup(the_brake_works_after_the_step_in_hand, set_up),
	    cmocka_unit_test_setup(a_preview_tells_and_changes_nothing, set_up),
	    cmocka_unit_test_setup(retention_ends_to_the_microsecond, set_up),
	    cmocka_unit_test_setup(one_organisation_can_be_purged_alone, set_up),
	    cmocka_unit_test_setup(marking_what_is_due_keeps_within_the_limits, set_up),
	    cmocka_unit_test_setup(what_is_archived_anew_begins_its_retention_anew, set_up),
	    cmocka_unit_test_setup(what_is_archived_and_deleted_keeps_its_window, set_up),
	    cmocka_unit_test_setup(several_workers_share_the_work, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
