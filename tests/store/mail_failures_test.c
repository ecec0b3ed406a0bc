/* mail_failures_test.c - mail that cannot be sent: tried again, when and how often, and what it
 * says then. */
#include "../support/spool.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

static void failures_are_retried_with_growing_waits(void **state)
{
	(void)state;
	struct id id = spool_queue("ada@alder.example", "retention");
	spool_lose();
	for (unsigned attempt = 1; attempt <= MAIL_ATTEMPTS; attempt++) {
		struct mail_report report = spool_send();
		struct db_rows rows = spool_outbox();

		assert_int_equal(report.sent, 0);
		assert_int_equal(report.deferred, attempt < MAIL_ATTEMPTS);
		assert_int_equal(report.failed, attempt == MAIL_ATTEMPTS);
		assert_int_equal(db_int(&rows, 0, OUTBOX_ATTEMPTS), attempt);
		assert_non_null(strstr(db_text(&rows, 0, OUTBOX_ERROR), "/proc/nowhere"));
		if (attempt == MAIL_ATTEMPTS)
			break;
		assert_string_equal(db_text(&rows, 0, OUTBOX_STATE), "waiting");
		assert_int_equal(
		    db_time(&rows, 0, OUTBOX_NEXT), world->clock.fixed_us + mail_wait_us(attempt));
		/* Not a microsecond too early. */
		world->clock.fixed_us += mail_wait_us(attempt) - 1;
		assert_int_equal(spool_send().deferred, 0);
		world->clock.fixed_us++;
	}
	struct db_rows rows = spool_outbox();
	assert_string_equal(db_text(&rows, 0, OUTBOX_STATE), "failed");
	assert_true(db_is_null(&rows, 0, OUTBOX_SENT));
	world->clock.fixed_us += 100 * CLOCK_DAY_US;
	assert_int_equal(spool_send().failed, 0);
	assert_int_not_equal(access(spool_path(&id), F_OK), 0);
}

static void a_failure_holds_up_no_other_mail(void **state)
{
	(void)state;
	(void)spool_queue("ada@alder.example", "no_such_template");
	struct id fine = spool_queue("ben@alder.example", "retention");
	struct mail_report report = spool_send();
	assert_int_equal(report.deferred, 1);
	assert_int_equal(report.sent, 1);
	assert_non_null(strstr(spool_message(&fine), "To: <ben@alder.example>"));
	struct db_rows rows = spool_outbox();
	assert_non_null(strstr(db_text(&rows, 0, OUTBOX_ERROR), "no_such_template"));
	assert_false(db_is_null(&rows, 0, OUTBOX_DATA));
}

static void a_spool_out_of_reach_is_tried_once_a_run(void **state)
{
	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	(void)spool_queue("ben@alder.example", "retention");
	spool_lose();
	struct mail_report report = spool_send();
	assert_true(report.out_of_reach);
	assert_int_equal(report.deferred, 1);
	struct db_rows rows = spool_outbox();
	assert_int_equal(db_int(&rows, 1, OUTBOX_ATTEMPTS), 0);
	spool_find();
	report = spool_send();
	assert_false(report.out_of_reach);
	assert_int_equal(report.sent, 1);
}

/* A worker under a later clock (with the spool out of reach) puts nothing off until that day. */
static void a_later_clock_keeps_no_mail_waiting(void **state)
{
	int64_t now = world->clock.fixed_us;

	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	world->clock.fixed_us = now + 30 * CLOCK_DAY_US;
	(void)spool_queue("ben@alder.example", "retention"); /* never tried */
	spool_lose();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(spool_send().deferred, 1);
		world->clock.fixed_us += mail_wait_us((unsigned)i + 1);
	}
	spool_find();
	world->clock.fixed_us = now + CLOCK_SECOND_US;
	assert_int_equal(spool_send().sent, 2);
}

/* What was put off a little ahead of this clock waits as long as it would anyhow: clocks differ,
 * and a mail that is being sent is nobody else's. */
static void a_wait_of_this_time_is_kept(void **state)
{
	int64_t next, wait = mail_wait_us(5), slack = MAIL_FIRST_WAIT_US;

	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	trash_sql(world, "UPDATE mail_outbox SET attempts = 5");
	next = world->clock.fixed_us + wait;
	trash_sql(world,
	    "UPDATE mail_outbox SET next_attempt_at = TIMESTAMPADD(MICROSECOND, %lld,"
	    " '1970-01-01')",
	    (long long)next);
	world->clock.fixed_us = next - wait - slack;
	assert_int_equal(spool_send().sent, 0);
	world->clock.fixed_us--;
	assert_int_equal(spool_send().sent, 1);
}

/* A retry sends what the first attempt would have sent, whatever the templates say by then. */
static void a_retry_says_the_same(void **state)
{
	(void)state;
	struct id id = spool_queue("ada@alder.example", "retention");
	spool_lose();
	assert_int_equal(spool_send().deferred, 1);
	spool_config.base_url = "https://moved.example";
	spool_find();
	world->clock.fixed_us += CLOCK_DAY_US;
	assert_int_equal(spool_send().sent, 1);
	assert_null(strstr(spool_message(&id), "moved.example"));
	assert_non_null(strstr(spool_message(&id), "Date: Wed, 21 Jan 2026 12:53:20 +0000\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SPOOL_TEST(a_later_clock_keeps_no_mail_waiting),
	    SPOOL_TEST(a_wait_of_this_time_is_kept),
	    SPOOL_TEST(failures_are_retried_with_growing_waits),
	    SPOOL_TEST(a_failure_holds_up_no_other_mail),
	    SPOOL_TEST(a_spool_out_of_reach_is_tried_once_a_run),
	    SPOOL_TEST(a_retry_says_the_same),
	};

	return cmocka_run_group_tests(tests, spool_start, spool_stop);
}
