/* storage_test.c - the cleanup queue and the check: what is removed, retried, found and repaired.
 */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/storage_queue.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <storage/check.h>
#include <storage/cleanup.h>
#include <store/queue.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

DB_STATEMENT(QUEUED, "SELECT COUNT(*) FROM storage_cleanup_queue");
DB_STATEMENT(REMOVE_FILES, "DELETE FROM files");
DB_STATEMENT(CHANGE_SIZE, "UPDATE files SET bytes = bytes + 1");
DB_STATEMENT(CHANGE_DIGEST, "UPDATE files SET digest = REPEAT('x', 32)");
DB_STATEMENT(
    ITEM, "SELECT attempts, state, next_attempt_at, last_error FROM storage_cleanup_queue");
DB_STATEMENT(RETRIES, "SELECT COUNT(*) FROM audit_log WHERE action = 'storage.retry'");

/* An object without a row, made at the world's time. */
static struct storage_object object(const char *text)
{
	struct storage_stage *stage = world_stage(world, text, strlen(text));
	struct storage_object stored = {0};
	struct id id = id_generate(world->clock.fixed_us);

	assert_true(storage_commit(&stage, &id, &stored, NULL));
	return stored;
}

static bool run_add(struct db_tx *tx, void *context, struct error *error)
{
	enum db_result result = store_queue_add(tx, context);

	return result == DB_OK || db_fail(result, error);
}

static struct id queue(const char *key, const struct id *organization_id, bool failed)
{
	struct queue_item item = {
	    .id = id_generate(world->clock.fixed_us),
	    .organization_id = *organization_id,
	    .storage_key = key,
	    .bytes = 5,
	    .failed = failed,
	    .attempts = failed ? 10 : 0,
	    .next_attempt_at_us = world->clock.fixed_us,
	    .created_at_us = world->clock.fixed_us,
	};

	assert_true(db_transaction(world->db, run_add, &item, NULL));
	return item.id;
}

static struct cleanup_report clean(unsigned limit)
{
	struct cleanup_report report;
	struct error error = {0};

	if (!storage_cleanup_run(
		world->db, &world->clock, world->storage, limit, &report, &error)) {
		fail_msg("%s", error.message);
	}
	return report;
}

/* Make an object impossible to remove: a folder stands in its place. */
static void stand_in_the_way(const char *key, bool in_the_way)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", world->folder, key);
	if (in_the_way) {
		unlink(path);
		assert_int_equal(mkdir(path, 0700), 0);
	} else {
		assert_int_equal(rmdir(path), 0);
	}
}

static void objects_go_and_their_rows_with_them(void **state)
{
	struct cleanup_report report;

	(void)state;
	for (int i = 0; i < 120; i++) {
		struct storage_object stored = object("water");

		queue(stored.key, &ada.organization_id, false);
	}
	report = clean(70);
	assert_int_equal(report.removed, 70);
	assert_int_equal(report.bytes, 350);
	assert_int_equal(world_objects(world), 50);
	assert_int_equal(world_number(world, &QUEUED), 50);
	report = clean(1000);
	assert_int_equal(report.removed, 50);
	assert_int_equal(world_objects(world), 0);
	assert_int_equal(world_number(world, &QUEUED), 0);
	assert_int_equal(clean(1000).removed, 0);
}

/* A run under a later clock keeps no later run from working: nobody queues for the future. */
static void what_a_clock_ahead_has_queued_is_due(void **state)
{
	struct storage_object stored = object("water");

	(void)state;
	queue(stored.key, &ada.organization_id, false);
	world->clock.fixed_us -= 30 * CLOCK_DAY_US;
	assert_int_equal(clean(10).removed, 1);
}

static void an_absent_object_counts_as_removed(void **state)
{
	struct storage_object stored = object("water");

	(void)state;
	assert_true(storage_remove(world->storage, stored.key, NULL));
	queue(stored.key, &ada.organization_id, false);
	assert_int_equal(clean(10).removed, 1);
	assert_int_equal(world_number(world, &QUEUED), 0);
}

static void check_item(unsigned attempts, const char *item_state, int64_t next_us)
{
	struct db_rows rows = {0};

	assert_int_equal(db_query(world->db, world->arena, &ITEM, DB_NO_VALUES, &rows), DB_OK);
	assert_int_equal(db_int(&rows, 0, 0), attempts);
	assert_string_equal(db_text(&rows, 0, 1), item_state);
	assert_int_equal(db_time(&rows, 0, 2), next_us);
	assert_int_equal(db_text(&rows, 0, 3) != NULL, attempts > 0);
}

/* Ten attempts, further and further apart; then it is failed, and stays. */
static void a_failed_removal_is_tried_again_and_never_dropped(void **state)
{
	struct storage_object stored = object("water");
	int64_t wait_us = 60 * CLOCK_SECOND_US;

	(void)state;
	queue(stored.key, &ada.organization_id, false);
	stand_in_the_way(stored.key, true);
	for (unsigned attempt = 1; attempt <= 9; attempt++) {
		struct cleanup_report report = clean(10);

		assert_int_equal(report.deferred, 1);
		assert_int_equal(report.failed, 0);
		check_item(attempt, "waiting", world->clock.fixed_us + wait_us);
		assert_int_equal(clean(10).deferred, 0); /* not due yet */
		world->clock.fixed_us += wait_us - 1;
		assert_int_equal(clean(10).deferred, 0);
		world->clock.fixed_us += 1;
		wait_us *= 2;
	}
	assert_int_equal(clean(10).failed, 1);
	check_item(10, "failed", world->clock.fixed_us + wait_us);
	world->clock.fixed_us += 30 * CLOCK_DAY_US;
	assert_int_equal(clean(10).removed, 0);
	assert_int_equal(world_number(world, &QUEUED), 1);
}

/* The same for what it has put off; but clocks may differ by a minute. */
static void what_a_clock_ahead_has_put_off_is_due(void **state)
{
	struct storage_object stored = object("water");

	(void)state;
	queue(stored.key, &ada.organization_id, false);
	stand_in_the_way(stored.key, true);
	assert_int_equal(clean(10).deferred, 1);
	world->clock.fixed_us -= 60 * CLOCK_SECOND_US;
	assert_int_equal(clean(10).deferred, 0);
	world->clock.fixed_us -= 1;
	assert_int_equal(clean(10).deferred, 1);
	stand_in_the_way(stored.key, false);
}

static void one_that_fails_does_not_hold_up_the_others(void **state)
{
	struct storage_object bad = object("fire");
	struct storage_object good = object("water");
	struct cleanup_report report;

	(void)state;
	queue(bad.key, &ada.organization_id, false);
	queue(good.key, &ada.organization_id, false);
	stand_in_the_way(bad.key, true);
	report = clean(10);
	assert_int_equal(report.removed, 1);
	assert_int_equal(report.deferred, 1);
	stand_in_the_way(bad.key, false);
}

static void an_object_that_a_row_names_is_kept(void **state)
{
	struct id photo = world_photo(world, &ada, "x", NULL, NULL);
	struct file file;

	(void)state;
	assert_true(
	    photos_file(&world->domain, &ada, world->arena, &photo, FILE_ORIGINAL, &file, NULL));
	queue(file.storage_key, &ada.organization_id, false);
	assert_int_equal(clean(10).removed, 0);
	assert_int_equal(world_objects(world), 1);
	assert_int_equal(world_number(world, &QUEUED), 0);
}

struct runner {
	struct domain domain;
	unsigned removed;
};

static void *run_cleanup(void *context)
{
	struct runner *runner = context;
	struct cleanup_report report;

	assert_true(storage_cleanup_run(
	    runner->domain.db, runner->domain.clock, runner->domain.storage, 1000, &report, NULL));
	runner->removed = report.removed;
	return NULL;
}

static void several_runs_share_the_work(void **state)
{
	struct db *dbs[3];
	struct runner runners[3];
	pthread_t threads[3];
	unsigned removed = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct storage_object stored = object("water");

		queue(stored.key, &ada.organization_id, false);
	}
	for (int i = 0; i < 3; i++) {
		runners[i].domain = world_second_domain(world, &dbs[i]);
		pthread_create(&threads[i], NULL, run_cleanup, &runners[i]);
	}
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		removed += runners[i].removed;
		db_close(&dbs[i]);
	}
	removed += clean(1000).removed; /* what was locked by another at the time */
	assert_int_equal(removed, 300);
	assert_int_equal(world_number(world, &QUEUED), 0);
	assert_int_equal(world_objects(world), 0);
}

/* What another run holds is passed over, not waited for. */
static bool clean_beside(struct db_tx *tx, void *context, struct error *error)
{
	struct queue_rows held = {0};

	(void)context;
	(void)error;
	assert_int_equal(
	    store_queue_claim(tx, tx->arena, 0, world->clock.fixed_us, 1, &held), DB_OK);
	assert_int_equal(held.count, 1);
	assert_int_equal(clean(10).removed, 1);
	return true;
}

static void what_another_run_holds_is_passed_over(void **state)
{
	struct db *other = NULL;
	struct domain domain = world_second_domain(world, &other);
	int64_t before_us = clock_monotonic_us();

	(void)state;
	queue(object("water").key, &ada.organization_id, false);
	queue(object("water").key, &ada.organization_id, false);
	assert_true(db_transaction(domain.db, clean_beside, NULL, NULL));
	assert_true(clock_monotonic_us() - before_us < 5 * CLOCK_SECOND_US);
	assert_int_equal(clean(10).removed, 1);
	db_close(&other);
}

/* --- as admins see it --------------------------------------------------------------------- */

static void the_queue_shows_failed_ones_first_and_each_once(void **state)
{
	struct storage_queue_cursor cursor = {0};
	struct storage_queue_page page;
	bool waiting_seen = false;
	int seen = 0;

	(void)state;
	for (int i = 0; i < 9; i++) {
		world->clock.fixed_us += 1000;
		queue(object("water").key, &ada.organization_id, i % 3 == 0);
	}
	queue(object("water").key, &stranger.organization_id, false);
	do {
		assert_true(storage_queue_list(
		    &world->domain, &admin, world->arena, &cursor, 2, &page, NULL));
		for (size_t i = 0; i < page.count; i++) {
			waiting_seen = waiting_seen || !page.items[i].failed;
			assert_true(!page.items[i].failed || !waiting_seen);
		}
		assert_true(page.count <= 2);
		seen += (int)page.count;
		cursor = page.next;
	} while (page.more);
	assert_int_equal(seen, 9);
	assert_int_equal(page.counts.failed, 3);
	assert_int_equal(page.counts.waiting, 6);
	assert_int_equal(page.counts.bytes, 45);
}

#define FILL_QUEUE                                                                                 \
	"INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes, state,"       \
	" next_attempt_at, created_at) SELECT UNHEX(LPAD(HEX(seq), 32, '0')), %s, seq, 2, '%s',"   \
	" '2026-01-01', '2026-01-01' FROM seq_%d_to_%d"

/* However long the queue, its page reads a bounded part of it. */
static void counts_of_the_queue_end_at_their_bound(void **state)
{
	const char *owner = trash_hex(world, &alder);
	struct storage_queue_page page;

	(void)state;
	trash_sql(world, FILL_QUEUE, owner, "waiting", 1, QUEUE_MOST);
	trash_sql(
	    world, FILL_QUEUE, owner, "failed", QUEUE_MOST + 1, QUEUE_MOST + QUEUE_MOST_SUMMED);
	assert_true(storage_queue_list(&world->domain, &admin, world->arena, NULL, 0, &page, NULL));
	assert_int_equal(page.counts.waiting, QUEUE_MOST);
	assert_int_equal(page.counts.failed, QUEUE_MOST_SUMMED);
	assert_int_equal(page.counts.bytes, 2 * 2 * QUEUE_MOST_SUMMED);
	assert_true(page.counts.bytes_more);
	assert_false(page.counts.waiting_more || page.counts.failed_more);
	trash_sql(world, FILL_QUEUE, owner, "waiting", 2 * QUEUE_MOST, 2 * QUEUE_MOST);
	assert_true(storage_queue_list(&world->domain, &admin, world->arena, NULL, 0, &page, NULL));
	assert_int_equal(page.counts.waiting, QUEUE_MOST);
	assert_true(page.counts.waiting_more);
	assert_true(
	    storage_queue_list(&world->domain, &stranger, world->arena, NULL, 0, &page, NULL));
	assert_int_equal(page.counts.waiting + page.counts.failed + page.counts.bytes, 0);
}

static void who_sees_the_queue_and_retries(void **state)
{
	struct storage_object stored = object("water");
	struct storage_queue_page page;
	struct error error = {0};
	struct id item;

	(void)state;
	item = queue(stored.key, &ada.organization_id, true);
	assert_false(
	    storage_queue_list(&world->domain, &ada, world->arena, NULL, 0, &page, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(storage_queue_retry(&world->domain, &ada, world->arena, &item, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(storage_queue_retry(&world->domain, &stranger, world->arena, &item, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(
	    storage_queue_list(&world->domain, &stranger, world->arena, NULL, 0, &page, &error));
	assert_int_equal(page.count, 0);
	assert_int_equal(clean(10).removed, 0);
	assert_true(storage_queue_retry(&world->domain, &admin, world->arena, &item, &error));
	check_item(0, "waiting", world->clock.fixed_us);
	assert_int_equal(world_number(world, &RETRIES), 1);
	assert_int_equal(clean(10).removed, 1);
	assert_false(storage_queue_retry(&world->domain, &admin, world->arena, &item, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_false(
	    storage_queue_list(&world->domain, &admin, world->arena, NULL, 201, &page, &error));
	assert_string_equal(error.field, "limit");
}

/* --- the check ---------------------------------------------------------------------------- */

static struct check_report check(bool repair, bool digests)
{
	struct check_options options = {.repair = repair, .digests = digests};
	struct check_report report;
	struct error error = {0};

	if (!storage_check(
		world->db, &world->clock, world->storage, &options, NULL, NULL, &report, &error)) {
		fail_msg("%s", error.message);
	}
	return report;
}

static void all_is_well(void **state)
{
	struct check_report report;

	(void)state;
	world_photo(world, &ada, "x", NULL, NULL);
	world->clock.fixed_us += CHECK_GRACE_US;
	report = check(true, true);
	assert_int_equal(report.objects, 1);
	assert_int_equal(report.rows, 1);
	assert_int_equal(report.without_row + report.without_object + report.damaged, 0);
	assert_int_equal(report.queued + report.swept, 0);
}

/* An upload's object is there before its row: for an hour it is left alone. */
static void an_object_without_a_row_is_queued_after_its_grace(void **state)
{
	struct check_report report;
	struct storage_object stored = object("water");
	struct id id;

	(void)state;
	assert_true(id_parse(strrchr(stored.key, '/') + 1, &id));
	world->clock.fixed_us = id_time_us(&id) + CHECK_GRACE_US - 1;
	report = check(true, false);
	assert_int_equal(report.young, 1);
	assert_int_equal(report.queued, 0);
	world->clock.fixed_us++;
	report = check(false, false);
	assert_int_equal(report.without_row, 1);
	assert_int_equal(report.queued, 0);
	assert_int_equal(world_number(world, &QUEUED), 0);
	report = check(true, false);
	assert_int_equal(report.without_row, 1);
	assert_int_equal(report.queued, 1);
	report = check(true, false);
	assert_int_equal(report.without_row, 0); /* the queue names it now */
	assert_int_equal(clean(10).removed, 1);
	assert_int_equal(world_objects(world), 0);
}

static void an_object_from_the_future_is_young(void **state)
{
	(void)state;
	world->clock.fixed_us += 40 * CLOCK_DAY_US;
	object("water");
	world->clock.fixed_us -= 40 * CLOCK_DAY_US;
	assert_int_equal(check(true, false).young, 1);
}

static void a_crash_between_object_and_row_leaves_nothing_in_the_end(void **state)
{
	(void)state;
	world_photo(world, &ada, "x", NULL, NULL);
	assert_int_equal(db_exec(world->db, &REMOVE_FILES, DB_NO_VALUES, NULL), DB_OK);
	world->clock.fixed_us += CHECK_GRACE_US + 1000;
	assert_int_equal(check(true, false).queued, 1);
	assert_int_equal(clean(10).removed, 1);
	assert_int_equal(world_objects(world), 0);
}

static void rows_without_their_object_are_told(void **state)
{
	struct id photo = world_photo(world, &ada, "x", NULL, NULL);
	struct file file;
	struct check_report report;

	(void)state;
	assert_true(
	    photos_file(&world->domain, &ada, world->arena, &photo, FILE_ORIGINAL, &file, NULL));
	assert_true(storage_remove(world->storage, file.storage_key, NULL));
	for (int digests = 0; digests < 2; digests++) {
		report = check(true, digests);
		assert_int_equal(report.without_object, 1);
		assert_int_equal(report.damaged, 0);
	}
}

static void damaged_objects_are_told(void **state)
{
	(void)state;
	world_photo(world, &ada, "x", NULL, NULL);
	assert_int_equal(db_exec(world->db, &CHANGE_DIGEST, DB_NO_VALUES, NULL), DB_OK);
	assert_int_equal(check(false, false).damaged, 0);
	assert_int_equal(check(false, true).damaged, 1);
	assert_int_equal(db_exec(world->db, &CHANGE_SIZE, DB_NO_VALUES, NULL), DB_OK);
	assert_int_equal(check(false, false).damaged, 1);
}

static void stale_uploads_are_swept_by_a_repair(void **state)
{
	struct storage_stage *stage = world_stage(world, "water", 5);
	const time_t old = (time_t)((WORLD_START_US - CHECK_STALE_US) / CLOCK_SECOND_US);
	const struct timespec times[2] = {{old, 0}, {old, 0}};
	struct check_report report;

	(void)state;
	assert_int_equal(utimensat(AT_FDCWD, storage_stage_path(stage), times, 0), 0);
	report = check(false, false);
	assert_int_equal(report.stale, 1);
	assert_int_equal(report.swept, 0);
	report = check(true, false);
	assert_int_equal(report.swept, 1);
	assert_int_equal(world_staged(world), 0);
	storage_discard(&stage);
}

static bool name_object(struct db_tx *tx, void *context, struct error *error)
{
	const struct storage_object *stored = context;
	struct file file = {
	    .id = id_generate(world->clock.fixed_us),
	    .organization_id = ada.organization_id,
	    .owner_id = ada.user_id,
	    .storage_key = stored->key,
	    .content_type = "text/plain",
	    .bytes = (int64_t)stored->bytes,
	    .created_at_us = world->clock.fixed_us,
	};
	enum db_result result = store_file_insert(tx, &file);

	return result == DB_OK || db_fail(result, error);
}

/* More rows than one reading takes. */
static void every_row_is_looked_at(void **state)
{
	struct check_report report;

	(void)state;
	for (int i = 0; i < 501; i++) {
		struct storage_object stored = object("water");

		assert_true(db_transaction(world->db, name_object, &stored, NULL));
	}
	report = check(false, false);
	assert_int_equal(report.rows, 501);
	assert_int_equal(report.objects, 501);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(objects_go_and_their_rows_with_them),
	    SCENE_TEST(what_a_clock_ahead_has_queued_is_due),
	    SCENE_TEST(an_absent_object_counts_as_removed),
	    SCENE_TEST(a_failed_removal_is_tried_again_and_never_dropped),
	    SCENE_TEST(what_a_clock_ahead_has_put_off_is_due),
	    SCENE_TEST(one_that_fails_does_not_hold_up_the_others),
	    SCENE_TEST(an_object_that_a_row_names_is_kept),
	    SCENE_TEST(several_runs_share_the_work),
	    SCENE_TEST(what_another_run_holds_is_passed_over),
	    SCENE_TEST(the_queue_shows_failed_ones_first_and_each_once),
	    SCENE_TEST(counts_of_the_queue_end_at_their_bound),
	    SCENE_TEST(who_sees_the_queue_and_retries),
	    SCENE_TEST(all_is_well),
	    SCENE_TEST(an_object_without_a_row_is_queued_after_its_grace),
	    SCENE_TEST(an_object_from_the_future_is_young),
	    cmocka_unit_test_setup(
		a_crash_between_object_and_row_leaves_nothing_in_the_end, scene_set_up),
	    SCENE_TEST(rows_without_their_object_are_told),
	    SCENE_TEST(damaged_objects_are_told),
	    SCENE_TEST(stale_uploads_are_swept_by_a_repair),
	    SCENE_TEST(every_row_is_looked_at),
	};

	return cmocka_run_group_tests_name("storage", tests, scene_start, scene_stop);
}
