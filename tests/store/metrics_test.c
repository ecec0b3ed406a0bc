/* metrics_test.c - figures of the installation: each counted, and none of another's. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <store/metrics.h>

#define MOST 10000

/* Rows of a table in a state, due at a time. */
DB_STATEMENT(metrics_mail,
    "INSERT INTO mail_outbox (id, template, state, next_attempt_at, created_at)"
    " VALUES (?, 'x', ?, ?, '2026-01-01')");
DB_STATEMENT(metrics_job, "INSERT INTO jobs (id, task, item_id, run_at, created_at)"
			  " VALUES (?, 'x', ?, ?, '2026-01-01')");
DB_STATEMENT(metrics_state, "UPDATE deletions SET state = ? WHERE id = ?");
DB_STATEMENT(metrics_identity,
    "INSERT INTO jobs (id, task, item_id, last_error, run_at, created_at) VALUES ('i', 'deletion',"
    " 'i', 'identity_timeout', '2040-01-01', ?)");
DB_STATEMENT(metrics_tally,
    "INSERT INTO tallies (organization_id, tallied_until, deleted, restored, purged,"
    " reclaimed_bytes) SELECT id, '2026-01-01', 3, 2, 1, 500 FROM organizations");

static int64_t read_at(int64_t now_us, enum metric metric, int64_t most)
{
	int64_t values[METRIC_COUNT];

	assert_int_equal(metrics_read(world->db, world->arena, now_us, most, values), DB_OK);
	return values[metric];
}

static int64_t value(enum metric metric)
{
	return read_at(world->clock.fixed_us, metric, MOST);
}

static void add_mail(const char *state, int64_t due_us)
{
	struct id id = id_generate(world->clock.fixed_us);

	assert_int_equal(
	    db_exec(world->db, &metrics_mail,
		DB_VALUES(db_bind_id(&id), db_bind_text(state), db_bind_time(due_us)), NULL),
	    DB_OK);
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < METRIC_COUNT; i++)
		assert_int_equal(value((enum metric)i), 0);
}

static void mails_are_counted_by_state(void **state)
{
	int64_t now_us = world->clock.fixed_us;

	(void)state;
	add_mail("waiting", now_us);
	add_mail("waiting", now_us + CLOCK_DAY_US);
	add_mail("failed", now_us - CLOCK_DAY_US);
	add_mail("sent", now_us - CLOCK_DAY_US);
	assert_int_equal(value(METRIC_MAILS_WAITING), 2);
	assert_int_equal(value(METRIC_MAILS_FAILED), 1);
	assert_int_equal(value(METRIC_MAILS_OVERDUE), 0);
	assert_int_equal(read_at(now_us + 90 * CLOCK_SECOND_US, METRIC_MAILS_OVERDUE, MOST), 90);
	assert_int_equal(read_at(now_us, METRIC_MAILS_WAITING, 1), 1); /* as far as the bound */
}

static void deletions_are_counted_while_they_are_worked_on(void **state)
{
	static const struct {
		const char *name;
		enum metric metric;
	} states[] = {{"marking", METRIC_DELETIONS_MARKING},
	    {"restoring", METRIC_DELETIONS_RESTORING}, {"purging", METRIC_DELETIONS_PURGING}};
	struct id photo = world_photo(world, &ada, "river", NULL, NULL);
	struct deletion deletion = {0};
	int64_t due_us;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	due_us = deletion.recover_until_us;
	assert_int_equal(read_at(due_us, METRIC_PURGES_OVERDUE, MOST), 0);
	assert_int_equal(read_at(due_us + 60 * CLOCK_SECOND_US, METRIC_PURGES_OVERDUE, MOST), 60);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		assert_int_equal(value(states[i].metric), 0);
		assert_int_equal(
		    db_exec(world->db, &metrics_state,
			DB_VALUES(db_bind_text(states[i].name), db_bind_id(&deletion.id)), NULL),
		    DB_OK);
		assert_int_equal(value(states[i].metric), 1);
	}
	assert_int_equal(read_at(due_us + 60 * CLOCK_SECOND_US, METRIC_PURGES_OVERDUE, MOST), 0);
}

static void jobs_and_tallies_are_of_all(void **state)
{
	struct id id = id_generate(world->clock.fixed_us);

	(void)state;
	assert_int_equal(
	    db_exec(world->db, &metrics_job,
		DB_VALUES(db_bind_id(&id), db_bind_id(&id), db_bind_time(world->clock.fixed_us)),
		NULL),
	    DB_OK);
	assert_int_equal(value(METRIC_JOBS_WAITING), 1);
	assert_int_equal(
	    read_at(world->clock.fixed_us + 5 * CLOCK_SECOND_US, METRIC_JOBS_OVERDUE, MOST), 5);
	/* Since its first failure, whenever the next attempt is. */
	assert_int_equal(value(METRIC_IDENTITIES_OVERDUE), 0);
	assert_int_equal(db_exec(world->db, &metrics_identity,
			     DB_VALUES(db_bind_time(world->clock.fixed_us)), NULL),
	    DB_OK);
	assert_int_equal(
	    read_at(world->clock.fixed_us + 5 * CLOCK_SECOND_US, METRIC_IDENTITIES_OVERDUE, MOST),
	    5);
	assert_int_equal(db_exec(world->db, &metrics_tally, DB_NO_VALUES, NULL), DB_OK);
	assert_int_equal(value(METRIC_DELETED), 6);
	assert_int_equal(value(METRIC_RESTORED), 4);
	assert_int_equal(value(METRIC_PURGED), 2);
	assert_int_equal(value(METRIC_RECLAIMED_BYTES), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(nothing_is_nothing),
	    SCENE_TEST(mails_are_counted_by_state),
	    SCENE_TEST(deletions_are_counted_while_they_are_worked_on),
	    SCENE_TEST(jobs_and_tallies_are_of_all),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
