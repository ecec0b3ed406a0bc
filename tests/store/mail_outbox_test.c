/* mail_outbox_test.c - sending queued mail: when, how often, what becomes of failures, what is
 * forgotten. To a spool folder, where each mail is a file. */
#include "../support/program.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <dirent.h>
#include <mail/outbox.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

DB_STATEMENT(TEST_OUTBOX,
    "SELECT state, attempts, next_attempt_at, sent_at, last_error, data, subject, body_text,"
    " body_html, body_until, recipient FROM mail_outbox ORDER BY id");
enum { STATE, ATTEMPTS, NEXT, SENT, ERROR, DATA, SUBJECT, TEXT, HTML, UNTIL, RECIPIENT };

static struct world *world;
static struct config config;
static struct mailer *mailer;
static char folder[] = "/tmp/lethe-spool-XXXXXX";
static char spool[64];

static void open_mailer(void)
{
	struct error error = {0};

	mailer_close(&mailer);
	mailer = mailer_open(&config, &error);
	if (!mailer)
		fail_msg("%s", error.message);
}

static int start(void **state)
{
	(void)state;
	world = world_open();
	if (!mkdtemp(folder))
		return -1;
	snprintf(spool, sizeof(spool), "%s/mail", folder);
	config = (struct config){
	    .share = LETHE_SHARE_DIR,
	    .templates = "",
	    .smtp_url = "",
	    .mail_spool = spool,
	    .mail_from = "no-reply@lethe.example",
	    .base_url = "https://photos.example",
	    .contact_privacy = "privacy@alder.example",
	    .contact_support = "support@alder.example",
	    .contact_general = "hello@alder.example",
	};
	log_set_level(LOG_ERROR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	mailer_close(&mailer);
	program_remove_folder(folder);
	world_close(&world);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	world_clear(world);
	if (access(spool, F_OK) == 0)
		program_remove_folder(spool);
	config.mail_spool = spool;
	open_mailer();
	return 0;
}

/* --- what there is ------------------------------------------------------------------------- */

struct queueing {
	const char *recipient, *template, *name;
	struct id id;
};

static bool run_queue(struct db_tx *tx, void *context, struct error *error)
{
	struct queueing *queueing = context;
	struct doc *values = doc_object(tx->arena);
	struct mail mail = {
	    .id = queueing->id,
	    .recipient = queueing->recipient,
	    .template = queueing->template,
	    .values = values,
	    .at_us = world->clock.fixed_us,
	};
	enum db_result result;

	doc_set_text(values, "name", queueing->name);
	doc_set_int(values, "count", 2);
	result = mails_add(tx, &mail);
	return result == DB_OK || db_fail(result, error);
}

static struct id queue(const char *recipient, const char *template)
{
	struct queueing queueing = {recipient, template, "Ada", id_generate(world->clock.fixed_us)};
	struct error error = {0};

	if (!db_transaction(world->db, run_queue, &queueing, &error))
		fail_msg("%s", error.code);
	world->clock.fixed_us++; /* ids of one instant have no order */
	return queueing.id;
}

static struct mail_report run(void)
{
	struct mail_report report;
	struct error error = {0};

	if (!mail_send_due(mailer, world->db, &world->clock, 1000, NULL, NULL, &report, &error))
		fail_msg("%s", error.code);
	return report;
}

static struct db_rows outbox(void)
{
	struct db_rows rows = {0};

	assert_true(
	    db_query(world->db, world->arena, &TEST_OUTBOX, DB_NO_VALUES, &rows) <= DB_NONE);
	return rows;
}

static size_t spooled(void)
{
	DIR *entries = opendir(spool);
	const struct dirent *entry;
	size_t count = 0;

	while (entries && (entry = readdir(entries)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (entries)
		closedir(entries);
	return count;
}

static const char *spool_file(const struct id *id)
{
	char name[ID_TEXT_SIZE];

	id_format(id, name);
	return arena_printf(world->arena, "%s/%s.eml", spool, name);
}

static const char *message(const struct id *id)
{
	FILE *file = fopen(spool_file(id), "r");
	char *text = arena_alloc(world->arena, 20000);

	assert_non_null(file);
	assert_true(fread(text, 1, 19999, file) > 0);
	fclose(file);
	return text;
}

/* --- sending ------------------------------------------------------------------------------- */

static void queued_mail_is_sent_once(void **state)
{
	(void)state;
	struct id id = queue("ada@alder.example", "retention");
	world->clock.fixed_us += 5 * CLOCK_SECOND_US;
	assert_int_equal(run().sent, 1);
	assert_int_equal(run().sent, 0);
	assert_int_equal(spooled(), 1);
	const char *text = message(&id);
	assert_non_null(strstr(text, "To: <ada@alder.example>\r\n"));
	assert_non_null(
	    strstr(text, "Subject: 2 archived photos of yours will be purged soon\r\n"));
	assert_non_null(strstr(text, "Hello Ada,"));
	/* Queued at WORLD_START_US. */
	assert_non_null(strstr(text, "Date: Wed, 21 Jan 2026 12:53:20 +0000\r\n"));
	struct db_rows rows = outbox();
	assert_string_equal(db_text(&rows, 0, STATE), "sent");
	assert_int_equal(db_int(&rows, 0, ATTEMPTS), 1);
	assert_int_equal(db_time(&rows, 0, SENT), world->clock.fixed_us);
	assert_true(db_is_null(&rows, 0, ERROR));
	assert_true(db_is_null(&rows, 0, DATA));
	assert_string_equal(
	    db_text(&rows, 0, SUBJECT), "2 archived photos of yours will be purged soon");
	assert_non_null(strstr(db_text(&rows, 0, TEXT), "Hello Ada,"));
	assert_non_null(strstr(db_text(&rows, 0, HTML), "<p>Hello Ada,</p>"));
}

static void the_spool_is_private(void **state)
{
	struct stat status;

	(void)state;
	struct id id = queue("ada@alder.example", "retention");
	assert_int_equal(run().sent, 1);
	assert_int_equal(stat(spool, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(stat(spool_file(&id), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static bool run_queue_and_fail(struct db_tx *tx, void *context, struct error *error)
{
	return run_queue(tx, context, error) &&
	       error_set(error, ERROR_CONFLICT, "changed_my_mind", "No.");
}

static void an_act_rolled_back_queues_nothing(void **state)
{
	struct queueing queueing = {
	    "ada@alder.example", "retention", "Ada", id_generate(WORLD_START_US)};
	struct error error = {0};

	(void)state;
	assert_false(db_transaction(world->db, run_queue_and_fail, &queueing, &error));
	assert_string_equal(error.code, "changed_my_mind");
	assert_int_equal(outbox().count, 0);
	assert_int_equal(run().sent, 0);
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
		(void)queue("ada@alder.example", "retention");
	assert_true(
	    mail_send_due(mailer, world->db, &world->clock, 3, NULL, NULL, &report, &error));
	assert_int_equal(report.sent, 3);
	assert_true(mail_send_due(
	    mailer, world->db, &world->clock, 3, stop_at_once, NULL, &report, &error));
	assert_int_equal(report.sent, 0);
	assert_int_equal(run().sent, 2);
}

static void mail_without_a_recipient_is_dropped(void **state)
{
	(void)state;
	(void)queue("ada@alder.example", "retention");
	trash_sql(world, "UPDATE mail_outbox SET recipient = NULL");
	assert_int_equal(run().dropped, 1);
	assert_int_equal(spooled(), 0);
	struct db_rows rows = outbox();
	assert_string_equal(db_text(&rows, 0, STATE), "dropped");
	assert_true(db_is_null(&rows, 0, SENT));
	/* What it would have said need not be kept. */
	uint64_t changed = 0;
	assert_int_equal(mails_blank(world->db, world->clock.fixed_us, 10, &changed), DB_OK);
	rows = outbox();
	assert_true(db_is_null(&rows, 0, DATA));
}

/* --- failures ------------------------------------------------------------------------------ */

static void failures_are_retried_with_growing_waits(void **state)
{
	(void)state;
	struct id id = queue("ada@alder.example", "retention");
	config.mail_spool = "/proc/nowhere";
	open_mailer();
	for (unsigned attempt = 1; attempt <= MAIL_ATTEMPTS; attempt++) {
		struct mail_report report = run();
		struct db_rows rows = outbox();

		assert_int_equal(report.sent, 0);
		assert_int_equal(report.deferred, attempt < MAIL_ATTEMPTS);
		assert_int_equal(report.failed, attempt == MAIL_ATTEMPTS);
		assert_int_equal(db_int(&rows, 0, ATTEMPTS), attempt);
		assert_non_null(strstr(db_text(&rows, 0, ERROR), "/proc/nowhere"));
		if (attempt == MAIL_ATTEMPTS)
			break;
		assert_string_equal(db_text(&rows, 0, STATE), "waiting");
		assert_int_equal(
		    db_time(&rows, 0, NEXT), world->clock.fixed_us + mail_wait_us(attempt));
		/* Not a microsecond too early. */
		world->clock.fixed_us += mail_wait_us(attempt) - 1;
		assert_int_equal(run().deferred, 0);
		world->clock.fixed_us++;
	}
	struct db_rows rows = outbox();
	assert_string_equal(db_text(&rows, 0, STATE), "failed");
	assert_true(db_is_null(&rows, 0, SENT));
	world->clock.fixed_us += 100 * CLOCK_DAY_US;
	assert_int_equal(run().failed, 0);
	assert_int_not_equal(access(spool_file(&id), F_OK), 0);
}

static void a_failure_holds_up_no_other_mail(void **state)
{
	(void)state;
	(void)queue("ada@alder.example", "no_such_template");
	struct id fine = queue("ben@alder.example", "retention");
	struct mail_report report = run();
	assert_int_equal(report.deferred, 1);
	assert_int_equal(report.sent, 1);
	assert_non_null(strstr(message(&fine), "To: <ben@alder.example>"));
	struct db_rows rows = outbox();
	assert_non_null(strstr(db_text(&rows, 0, ERROR), "no_such_template"));
	assert_false(db_is_null(&rows, 0, DATA));
}

static void a_spool_out_of_reach_is_tried_once_a_run(void **state)
{
	(void)state;
	(void)queue("ada@alder.example", "retention");
	(void)queue("ben@alder.example", "retention");
	config.mail_spool = "/proc/nowhere";
	open_mailer();
	struct mail_report report = run();
	assert_true(report.out_of_reach);
	assert_int_equal(report.deferred, 1);
	struct db_rows rows = outbox();
	assert_int_equal(db_int(&rows, 1, ATTEMPTS), 0);
	config.mail_spool = spool;
	open_mailer();
	report = run();
	assert_false(report.out_of_reach);
	assert_int_equal(report.sent, 1);
}

/* A worker under a later clock (with the spool out of reach) puts nothing off until that day. */
static void a_later_clock_keeps_no_mail_waiting(void **state)
{
	int64_t now = world->clock.fixed_us;

	(void)state;
	(void)queue("ada@alder.example", "retention");
	world->clock.fixed_us = now + 30 * CLOCK_DAY_US;
	(void)queue("ben@alder.example", "retention"); /* never tried */
	config.mail_spool = "/proc/nowhere";
	open_mailer();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run().deferred, 1);
		world->clock.fixed_us += mail_wait_us((unsigned)i + 1);
	}
	config.mail_spool = spool;
	open_mailer();
	world->clock.fixed_us = now + CLOCK_SECOND_US;
	assert_int_equal(run().sent, 2);
}

/* What was put off a little ahead of this clock waits as long as it would anyhow: clocks differ,
 * and a mail that is being sent is nobody else's. */
static void a_wait_of_this_time_is_kept(void **state)
{
	int64_t next, wait = mail_wait_us(5), slack = MAIL_FIRST_WAIT_US;

	(void)state;
	(void)queue("ada@alder.example", "retention");
	trash_sql(world, "UPDATE mail_outbox SET attempts = 5");
	next = world->clock.fixed_us + wait;
	trash_sql(world,
	    "UPDATE mail_outbox SET next_attempt_at = TIMESTAMPADD(MICROSECOND, %lld,"
	    " '1970-01-01')",
	    (long long)next);
	world->clock.fixed_us = next - wait - slack;
	assert_int_equal(run().sent, 0);
	world->clock.fixed_us--;
	assert_int_equal(run().sent, 1);
}

/* A retry sends what the first attempt would have sent, whatever the templates say by then. */
static void a_retry_says_the_same(void **state)
{
	struct config other = config;

	(void)state;
	struct id id = queue("ada@alder.example", "retention");
	config.mail_spool = "/proc/nowhere";
	open_mailer();
	assert_int_equal(run().deferred, 1);
	config = other;
	config.base_url = "https://moved.example";
	open_mailer();
	world->clock.fixed_us += CLOCK_DAY_US;
	assert_int_equal(run().sent, 1);
	config = other;
	assert_null(strstr(message(&id), "moved.example"));
	assert_non_null(strstr(message(&id), "Date: Wed, 21 Jan 2026 12:53:20 +0000\r\n"));
}

/* --- crashes and two workers --------------------------------------------------------------- */

static struct mail_claim claimed;

static bool run_claim(struct db_tx *tx, void *context, struct error *error)
{
	(void)context;
	return mails_claim(tx, world->arena, world->clock.fixed_us,
		   world->clock.fixed_us + MAIL_LEASE_US, &claimed) == DB_OK ||
	       error_set(error, ERROR_CONFLICT, "nothing_due", "Nothing is due.");
}

/* As a worker that dies after claiming, or after sending and before noting it. */
static void claim_and_die(void)
{
	struct error error = {0};

	assert_true(db_transaction(world->db, run_claim, NULL, &error));
}

static void a_claim_keeps_others_away_until_its_lease_ends(void **state)
{
	(void)state;
	(void)queue("ada@alder.example", "retention");
	claim_and_die();
	world->clock.fixed_us += MAIL_LEASE_US - 1;
	assert_int_equal(run().sent, 0);
	world->clock.fixed_us++;
	assert_int_equal(run().sent, 1);
	struct db_rows rows = outbox();
	assert_int_equal(db_int(&rows, 0, ATTEMPTS), 2);
}

/* Two workers in the same instant: the second passes over what the first has not committed yet. */
static bool claim_beside(struct db_tx *tx, void *context, struct error *error)
{
	struct db *second = context;
	struct mail_claim first;

	assert_int_equal(mails_claim(tx, world->arena, world->clock.fixed_us,
			     world->clock.fixed_us + MAIL_LEASE_US, &first),
	    DB_OK);
	assert_true(db_transaction(second, run_claim, NULL, error));
	assert_false(id_equal(&first.id, &claimed.id));
	assert_false(db_transaction(second, run_claim, NULL, error));
	return true;
}

static void two_claims_at_once_are_of_two_mails(void **state)
{
	struct db *second = test_database_connect(world->database, TEST_APP);
	struct error error = {0};

	(void)state;
	(void)queue("ada@alder.example", "retention");
	(void)queue("ben@alder.example", "retention");
	assert_true(db_transaction(world->db, claim_beside, second, &error));
	db_close(&second);
	assert_int_equal(run().sent, 0);
}

static void sent_but_not_noted_it_is_the_same_file(void **state)
{
	(void)state;
	struct id id = queue("ada@alder.example", "retention");
	assert_int_equal(run().sent, 1);
	const char *before = message(&id);
	trash_sql(world, "UPDATE mail_outbox SET state = 'waiting', sent_at = NULL");
	world->clock.fixed_us += CLOCK_DAY_US;
	assert_int_equal(run().sent, 1);
	assert_int_equal(spooled(), 1);
	assert_string_equal(message(&id), before);
}

static void the_outcome_of_an_old_claim_does_not_count(void **state)
{
	struct mail_outcome outcome = {
	    .state = MAIL_FAILED, .at_us = WORLD_START_US, .body_until_us = WORLD_START_US};

	(void)state;
	(void)queue("ada@alder.example", "retention");
	claim_and_die();
	struct mail_claim old = claimed;
	world->clock.fixed_us += MAIL_LEASE_US;
	claim_and_die();
	assert_int_equal(mails_settle(world->db, &old, &outcome), DB_NONE);
	assert_int_equal(mails_keep_words(world->db, &old, "s", "t", "h"), DB_NONE);
	assert_int_equal(mails_settle(world->db, &claimed, &outcome), DB_OK);
	assert_int_equal(mails_settle(world->db, &claimed, &outcome), DB_NONE);
}

static void a_mail_that_kills_its_worker_is_given_up(void **state)
{
	(void)state;
	(void)queue("ada@alder.example", "retention");
	for (int i = 0; i < MAIL_ATTEMPTS; i++) {
		claim_and_die();
		world->clock.fixed_us += MAIL_LEASE_US;
	}
	assert_int_equal(run().failed, 1);
	assert_int_equal(spooled(), 0);
}

struct other {
	struct mailer *mailer;
	struct db *db;
	struct mail_report report;
	bool ok;
};

static void *run_other(void *context)
{
	struct other *other = context;
	struct error error = {0};

	other->ok = mail_send_due(
	    other->mailer, other->db, &world->clock, 1000, NULL, NULL, &other->report, &error);
	return NULL;
}

#define WORKERS 3
#define MAILS   40

static void workers_side_by_side_send_each_mail_once(void **state)
{
	struct other others[WORKERS];
	pthread_t threads[WORKERS];
	struct error error = {0};
	unsigned sent = 0;

	(void)state;
	for (int i = 0; i < MAILS; i++)
		(void)queue("ada@alder.example", "retention");
	for (int i = 0; i < WORKERS; i++) {
		others[i].mailer = mailer_open(&config, &error);
		others[i].db = test_database_connect(world->database, TEST_APP);
		assert_int_equal(pthread_create(&threads[i], NULL, run_other, &others[i]), 0);
	}
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], NULL);
		assert_true(others[i].ok);
		sent += others[i].report.sent;
		mailer_close(&others[i].mailer);
		db_close(&others[i].db);
	}
	assert_int_equal(sent, MAILS);
	assert_int_equal(spooled(), MAILS);
	struct db_rows rows = outbox();
	for (size_t i = 0; i < rows.count; i++)
		assert_int_equal(db_int(&rows, i, ATTEMPTS), 1);
}

/* --- forgetting ---------------------------------------------------------------------------- */

static void content_is_blanked_thirty_days_after_sending(void **state)
{
	uint64_t changed = 0;

	(void)state;
	(void)queue("ada@alder.example", "retention");
	assert_int_equal(run().sent, 1);
	int64_t sent_us = world->clock.fixed_us;
	assert_int_equal(
	    mails_blank(world->db, sent_us + 30 * CLOCK_DAY_US - 1, 10, &changed), DB_NONE);
	struct db_rows rows = outbox();
	assert_false(db_is_null(&rows, 0, TEXT));
	assert_int_equal(mails_blank(world->db, sent_us + 30 * CLOCK_DAY_US, 10, &changed), DB_OK);
	assert_int_equal(changed, 1);
	rows = outbox();
	for (int column = DATA; column <= UNTIL; column++)
		assert_true(db_is_null(&rows, 0, (size_t)column));
	assert_string_equal(db_text(&rows, 0, RECIPIENT), "ada@alder.example");
	assert_string_equal(db_text(&rows, 0, STATE), "sent");
	assert_int_equal(
	    mails_blank(world->db, sent_us + 90 * CLOCK_DAY_US, 10, &changed), DB_NONE);
}

static void content_of_waiting_mail_is_never_blanked(void **state)
{
	(void)state;
	(void)queue("ada@alder.example", "no_such_template");
	assert_int_equal(run().deferred, 1);
	assert_int_equal(
	    mails_blank(world->db, world->clock.fixed_us + 900 * CLOCK_DAY_US, 10, NULL), DB_NONE);
}

static void content_of_failed_mail_is_blanked_too(void **state)
{
	(void)state;
	(void)queue("ada@alder.example", "no_such_template");
	for (int i = 0; i < MAIL_ATTEMPTS; i++) {
		(void)run();
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
	(void)queue("ada@alder.example", "retention");
	assert_int_equal(run().sent, 1);
	(void)queue("ada@alder.example", "no_such_template");
	assert_int_equal(run().deferred, 1);
	(void)queue("ada@alder.example", "retention");
	assert_int_equal(
	    mails_count(world->db, world->arena, world->clock.fixed_us, &counts), DB_OK);
	assert_int_equal(counts.in_state[MAIL_SENT], 1);
	assert_int_equal(counts.in_state[MAIL_WAITING], 2);
	assert_int_equal(counts.in_state[MAIL_FAILED], 0);
	assert_int_equal(counts.due, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(queued_mail_is_sent_once),
	    TEST(the_spool_is_private),
	    TEST(an_act_rolled_back_queues_nothing),
	    TEST(a_later_clock_keeps_no_mail_waiting),
	    TEST(a_wait_of_this_time_is_kept),
	    TEST(a_limit_and_a_stop_end_a_run),
	    TEST(mail_without_a_recipient_is_dropped),
	    TEST(failures_are_retried_with_growing_waits),
	    TEST(a_failure_holds_up_no_other_mail),
	    TEST(a_spool_out_of_reach_is_tried_once_a_run),
	    TEST(a_retry_says_the_same),
	    TEST(a_claim_keeps_others_away_until_its_lease_ends),
	    TEST(two_claims_at_once_are_of_two_mails),
	    TEST(sent_but_not_noted_it_is_the_same_file),
	    TEST(the_outcome_of_an_old_claim_does_not_count),
	    TEST(a_mail_that_kills_its_worker_is_given_up),
	    TEST(workers_side_by_side_send_each_mail_once),
	    TEST(content_is_blanked_thirty_days_after_sending),
	    TEST(content_of_waiting_mail_is_never_blanked),
	    TEST(content_of_failed_mail_is_blanked_too),
	    TEST(mails_are_counted_by_state),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
