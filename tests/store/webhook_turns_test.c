/* webhook_turns_test.c - receivers that are away or slow hold up nobody else's events. */
#include "../support/hooks.h"
#include "../support/receiver.h"
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>

#define MINUTE_US (60 * CLOCK_SECOND_US)

DB_STATEMENT(TEST_TURNS, "SELECT state, attempts, next_attempt_at FROM webhook_outbox ORDER BY id");
enum { STATE, ATTEMPTS, NEXT };

static struct webhook made;
static struct webhook_report report;
static struct webhook_run run;

static int start(void **state)
{
	(void)scene_start(state);
	receiver_start(false);
	log_set_level(LOG_ERROR);
	return 0;
}

static int stop(void **state)
{
	receiver_stop();
	return scene_stop(state);
}

static int set_up(void **state)
{
	(void)state;
	scene_people();
	world->domain.webhook_private = true;
	run = (struct webhook_run){.db = world->db, .clock = &world->clock, .allow_private = true};
	receiver_clear();
	return 0;
}

static void subscribe(const char *path)
{
	made = hooks_subscribe(world, &admin, receiver_url(world->arena, path));
}

static struct db_rows outbox(void)
{
	struct db_rows rows = {0};

	assert_int_equal(
	    db_query(world->db, world->arena, &TEST_TURNS, DB_NO_VALUES, &rows), DB_OK);
	return rows;
}

/* One that is away holds up its own events alone, and their attempts are not counted. */
static void test_one_away(void **state)
{
	struct db_rows rows;

	(void)state;
	subscribe("500");
	for (int i = 0; i < 3; i++)
		(void)hooks_tell(world, &admin, &made);
	subscribe("204");
	(void)hooks_tell(world, &admin, &made);
	report = hooks_deliver(&run, 100);
	assert_int_equal(report.sent, 1);
	assert_int_equal(report.deferred, 1);
	rows = outbox();
	assert_int_equal(rows.count, 4);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(db_int(&rows, i, ATTEMPTS), i == 0);
		assert_int_equal(db_time(&rows, i, NEXT), world->clock.fixed_us + MINUTE_US);
	}
	assert_string_equal(db_text(&rows, 3, STATE), "sent");
}

/* However many events wait for it. */
static void test_one_away_from_much(void **state)
{
	static const struct db_statement due = {"test_due",
	    "SELECT COUNT(*) FROM webhook_outbox WHERE state = 'waiting' AND attempts = 0"
	    " AND next_attempt_at < created_at + INTERVAL 60 SECOND"};

	(void)state;
	subscribe("500");
	(void)hooks_tell(world, &admin, &made);
	trash_sql(world, "INSERT INTO webhook_outbox (id, organization_id, subscription_id, event,"
			 " payload, next_attempt_at, created_at) SELECT UNHEX(MD5(s.seq)),"
			 " o.organization_id, o.subscription_id, o.event, o.payload,"
			 " o.next_attempt_at, o.created_at FROM webhook_outbox o, seq_1_to_2500 s");
	assert_int_equal(world_number(world, &due), 2501);
	report = hooks_deliver(&run, 100);
	assert_int_equal(report.deferred, 1);
	assert_int_equal(world_number(world, &due), 0);
}

/* One that is slow and has much to take goes on only when others have had a turn. */
static void test_one_slow(void **state)
{
	struct db_rows rows;

	(void)state;
	subscribe("late");
	for (int i = 0; i < 3; i++)
		(void)hooks_tell(world, &admin, &made);
	subscribe("204");
	(void)hooks_tell(world, &admin, &made);
	(void)hooks_tell(world, &admin, &made);
	world->clock.fixed_us += 1000;
	report = hooks_deliver(&run, 3);
	assert_int_equal(report.sent, 3);
	rows = outbox();
	assert_string_equal(db_text(&rows, 0, STATE), "sent");
	assert_string_equal(db_text(&rows, 1, STATE), "sent");
	assert_string_equal(db_text(&rows, 2, STATE), "waiting");
	assert_string_equal(db_text(&rows, 3, STATE), "sent");
	assert_string_equal(db_text(&rows, 4, STATE), "waiting");
	/* Where nobody else waits it does not, either. */
	report = hooks_deliver(&run, 3);
	assert_int_equal(report.sent, 2);
}

/* Other work has its turn when a round is over; without a round all of it is done. */
static void test_rounds(void **state)
{
	(void)state;
	subscribe("204");
	for (int i = 0; i < 4; i++)
		(void)hooks_tell(world, &admin, &made);
	run.round_us = 1;
	assert_int_equal(hooks_deliver(&run, 100).sent, 1);
	run.round_us = 0;
	assert_int_equal(hooks_deliver(&run, 100).sent, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_one_away, set_up),
	    cmocka_unit_test_setup(test_one_away_from_much, set_up),
	    cmocka_unit_test_setup(test_one_slow, set_up),
	    cmocka_unit_test_setup(test_rounds, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
