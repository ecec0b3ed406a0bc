/* mail_outbox_test.c - sending queued mail, forgetting what it said, counting it. To a spool
 * folder, where each mail is a file. */
#include "../support/spool.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

/* --- sending ------------------------------------------------------------------------------- */

static void queued_mail_is_sent_once(void **state)
{
	(void)state;
	struct id id = spool_queue("ada@alder.example", "retention");
	world->clock.fixed_us += 5 * CLOCK_SECOND_US;
	assert_int_equal(spool_send().sent, 1);
	assert_int_equal(spool_send().sent, 0);
	assert_int_equal(spool_count(), 1);
	const char *text = spool_message(&id);
	assert_non_null(strstr(text, "To: <ada@alder.example>\r\n"));
	assert_non_null(
	    strstr(text, "Subject: 2 archived photos of yours will be purged soon\r\n"));
	assert_non_null(strstr(text, "Hello Ada,"));
	/* Queued at WORLD_START_US. */
	assert_non_null(strstr(text, "Date: Wed, 21 Jan 2026 12:53:20 +0000\r\n"));
	struct db_rows rows = spool_outbox();
	assert_string_equal(db_text(&rows, 0, OUTBOX_STATE), "sent");
	assert_int_equal(db_int(&rows, 0, OUTBOX_ATTEMPTS), 1);
	assert_int_equal(db_time(&rows, 0, OUTBOX_SENT), world->clock.fixed_us);
	assert_true(db_is_null(&rows, 0, OUTBOX_ERROR));
	assert_true(db_is_null(&rows, 0, OUTBOX_DATA));
	assert_string_equal(
	    db_text(&rows, 0, OUTBOX_SUBJECT), "2 archived photos of yours will be purged soon");
	assert_non_null(strstr(db_text(&rows, 0, OUTBOX_TEXT), "Hello Ada,"));
	assert_non_null(strstr(db_text(&rows, 0, OUTBOX_HTML), "<p>Hello Ada,</p>"));
}

static void the_spool_is_private(void **state)
{
	struct stat status;

	(void)state;
	struct id id = spool_queue("ada@alder.example", "retention");
	assert_int_equal(spool_send().sent, 1);
	assert_int_equal(stat(spool_folder(), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(stat(spool_path(&id), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static bool add_and_fail(struct db_tx *tx, void *context, struct error *error)
{
	struct id id = id_generate(WORLD_START_US);

	(void)context;
	return spool_add(tx, &id, "ada@alder.example", "retention", error) &&
	       error_set(error, ERROR_CONFLICT, "changed_my_mind", "No.");
}

static void an_act_rolled_back_queues_nothing(void **state)
{
	struct error error = {0};

	(void)state;
	assert_false(db_transaction(world->db, add_and_fail, NULL, &error));
	assert_string_equal(error.code, "changed_my_mind");
	assert_int_equal(spool_outbox().count, 0);
	assert_int_equal(spool_send().sent, 0);
}

static bool stop_at_once(void *context)
{
	(void)context;
	return true;
}

static void a_limit_and_a_stop_end_a_run(void **state)
{
	struct mail_report report;
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 5; i++)
		(void)spool_queue("ada@alder.example", "retention");
	assert_true(
	    mail_send_due(mailer, world->db, &world->clock, 3, NULL, NULL, &report, &error));
	assert_int_equal(report.sent, 3);
	assert_true(mail_send_due(
	    mailer, world->db, &world->clock, 3, stop_at_once, NULL, &report, &error));
	assert_int_equal(report.sent, 0);
	assert_int_equal(spool_send().sent, 2);
}

static void mail_without_a_recipient_is_dropped(void **state)
{
	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	trash_sql(world, "UPDATE mail_outbox SET recipient = NULL");
	assert_int_equal(spool_send().dropped, 1);
	assert_int_equal(spool_count(), 0);
	struct db_rows rows = spool_outbox();
	assert_string_equal(db_text(&rows, 0, OUTBOX_STATE), "dropped");
	assert_true(db_is_null(&rows, 0, OUTBOX_SENT));
	/* What it would have said need not be kept. */
	uint64_t changed = 0;
	assert_int_equal(mails_blank(world->db, world->clock.fixed_us, 10, &changed), DB_OK);
	rows = spool_outbox();
	assert_true(db_is_null(&rows, 0, OUTBOX_DATA));
}

/* --- forgetting ---------------------------------------------------------------------------- */

static void content_is_blanked_thirty_days_after_sending(void **state)
{
	uint64_t changed = 0;

	(void)state;
	(void)spool_queue("ada@alder.example", "retention");
	assert_int_equal(spool_send().sent, 1);
	int64_t sent_us = world->clock.fixed_us;
	assert_int_equal(
	    mails_blank(world->db, sent_us + 30 * CLOCK_DAY_US - 1, 10, &changed), DB_NONE);
	struct db_rows rows = spool_outbox();
	assert_false(db_is_null(&rows, 0, OUTBOX_TEXT));
	assert_int_equal(mails_blank(world->db, sent_us + 30 * CLOCK_DAY_US, 10, &changed), DB_OK);
	assert_int_equal(changed, 1);
	rows = spool_outbox();
	for (int column = OUTBOX_DATA; column <= OUTBOX_UNTIL; column++)
		assert_true(db_is_null(&rows, 0, (size_t)column));
	assert_string_equal(db_text(&rows, 0, OUTBOX_RECIPIENT), "ada@alder.example");
	assert_string_equal(db_text(&rows, 0, OUTBOX_STATE), "sent");
	assert_int_equal(
	    mails_blank(world->db, sent_us + 90 * CLOCK_DAY_US, 10, &changed), DB_NONE);
}

static void content_of_waiting_mail_is_never_blanked(void **state)
{
	(void)state;
	(void)spool_queue("ada@alder.example", "no_such_template");
	assert_int_equal(spool_send().deferred, 1);
	assert_int_equal(
	    mails_blank(world->db, world->clock.fixed_us + 900 * CLOCK_DAY_US, 10, NULL), DB_NONE);
}

static void content_of_failed_mail_is_blanked_too(void **state)
{
	(void)state;
	(void)spool_queue("ada@alder.example", "no_such_template");
	for (int i = 0; i < MAIL_ATTEMPTS; i++) {
		(void)spool_send();
		world->clock.fixed_us += CLOCK_DAY_US;
	}
	int64_t failed_us = world->clock.fixed_us - CLOCK_DAY_US;
	assert_int_equal(
	    mails_blank(world->db, failed_us + 30 * CLOCK_DAY_US - 1, 10, NULL), DB_NONE);
	assert_int_equal(mails_blank(world->db, failed_us + 30 * CLOCK_DAY_US, 10, NULL), DB_OK);
}

static void mails_are_counted_by_state(void **state)
{
	struct mail_counts counts;

	(void)state;
	assert_int_equal(
	    mails_count(world->db, world->arena, world->clock.fixed_us, &counts), DB_OK);
	assert_int_equal(counts.in_state[MAIL_WAITING], 0);
	(void)spool_queue("ada@alder.example", "retention");
	assert_int_equal(spool_send().sent, 1);
	(void)spool_queue("ada@alder.example", "no_such_template");
	assert_int_equal(spool_send().deferred, 1);
	(void)spool_queue("ada@alder.example", "retention");
	assert_int_equal(
	    mails_count(world->db, world->arena, world->clock.fixed_us, &counts), DB_OK);
	assert_int_equal(counts.in_state[MAIL_SENT], 1);
	assert_int_equal(counts.in_state[MAIL_WAITING], 2);
	assert_int_equal(counts.in_state[MAIL_FAILED], 0);
	assert_int_equal(counts.due, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SPOOL_TEST(queued_mail_is_sent_once),
	    SPOOL_TEST(the_spool_is_private),
	    SPOOL_TEST(an_act_rolled_back_queues_nothing),
	    SPOOL_TEST(a_limit_and_a_stop_end_a_run),
	    SPOOL_TEST(mail_without_a_recipient_is_dropped),
	    SPOOL_TEST(content_is_blanked_thirty_days_after_sending),
	    SPOOL_TEST(content_of_waiting_mail_is_never_blanked),
	    SPOOL_TEST(content_of_failed_mail_is_blanked_too),
	    SPOOL_TEST(mails_are_counted_by_state),
	};

	return cmocka_run_group_tests(tests, spool_start, spool_stop);
}
