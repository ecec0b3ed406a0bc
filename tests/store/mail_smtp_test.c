/* mail_smtp_test.c - mail to a real mail server: STARTTLS, accounts, refusals, lost answers.
 *
 * The server is tests/support/smtp_sink.py (Debian's python3-aiosmtpd). */
#include "../../app/mail/transport.h"
#include "../support/program.h"
#include "../support/sink.h"
#include "../support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <mail/outbox.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

DB_STATEMENT(TEST_SMTP_OUTBOX, "SELECT state, last_error, attempts, next_attempt_at"
			       " FROM mail_outbox ORDER BY id");

static struct world *world;
static char url[64];
static struct config config;

/* --- the server ---------------------------------------------------------------------------- */

static const char *contents(const char *name)
{
	return sink_read(world->arena, name);
}

/* Start a server with this feature and use it. */
static void start_sink(const char *feature)
{
	sink_start(feature, 0);
	snprintf(url, sizeof(url), "smtp://localhost:%d", sink_port());
}

static int start(void **state)
{
	(void)state;
	world = world_open();
	signal(SIGPIPE, SIG_IGN);
	log_set_level(LOG_ERROR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sink_close();
	world_close(&world);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	world_clear(world);
	config = (struct config){
	    .share = LETHE_SHARE_DIR,
	    .templates = "",
	    .smtp_url = url,
	    .smtp_user = "",
	    .smtp_password = "",
	    .smtp_ca = sink_certificate(),
	    .smtp_timeout_s = 20,
	    .mail_spool = "/proc/nowhere",
	    .mail_from = "no-reply@lethe.example",
	    .base_url = "https://photos.example",
	    .contact_privacy = "privacy@alder.example",
	    .contact_support = "support@alder.example",
	    .contact_general = "hello@alder.example",
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sink_stop();
	return 0;
}

static void use_account(const char *password)
{
	config.smtp_user = "lethe";
	config.smtp_password = password;
}

/* --- one message --------------------------------------------------------------------------- */

static bool never(void *context)
{
	(void)context;
	return false;
}

/* Send a message; the code of the failure, or "". */
static const char *send_to(const char *to)
{
	static struct error error;
	const struct transport_control control = {never, NULL};
	struct buf message = {0};
	struct smtp *smtp = smtp_open(&config, &error);

	assert_non_null(smtp);
	error = (struct error){0};
	buf_puts(&message, "Subject: x\r\n\r\nline\r\n.\r\n.dots\r\nend\r\n");
	(void)!smtp_send(smtp, config.mail_from, to, &message, &control, &error);
	buf_free(&message);
	smtp_close(&smtp);
	return error.code;
}

static void a_server_without_tls_is_used_in_the_clear(void **state)
{
	(void)state;
	start_sink(NULL);
	assert_string_equal(send_to("ada@alder.example"), "");
	assert_string_equal(
	    contents("inbox"), "1 no-reply@lethe.example ada@alder.example clear -\n");
	assert_string_equal(contents("1.eml"), "Subject: x\r\n\r\nline\r\n.\r\n.dots\r\nend\r\n");
}

static void tls_is_used_where_it_is_offered(void **state)
{
	(void)state;
	start_sink("STARTTLS");
	assert_string_equal(send_to("ada@alder.example"), "");
	assert_string_equal(
	    contents("inbox"), "1 no-reply@lethe.example ada@alder.example tls -\n");
}

static void a_certificate_nobody_vouches_for_is_refused(void **state)
{
	(void)state;
	start_sink("STARTTLS");
	config.smtp_ca = "";
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable");
	assert_string_equal(contents("inbox"), "");
}

static void a_certificate_for_another_name_is_refused(void **state)
{
	(void)state;
	start_sink("STARTTLS");
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%d", sink_port());
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable");
	assert_string_equal(contents("inbox"), "");
}

static void an_account_signs_in(void **state)
{
	(void)state;
	start_sink("AUTH");
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable"); /* 530 */
	use_account("wrong");
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable");
	assert_string_equal(contents("inbox"), "");
	use_account("s3cret");
	assert_string_equal(send_to("ada@alder.example"), "");
	assert_string_equal(
	    contents("inbox"), "1 no-reply@lethe.example ada@alder.example tls lethe\n");
}

static void a_password_never_goes_in_the_clear(void **state)
{
	(void)state;
	start_sink(NULL);
	use_account("s3cret");
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable");
	assert_string_equal(contents("inbox"), "");
}

static void refusals_are_for_now_or_for_good(void **state)
{
	(void)state;
	start_sink("STARTTLS");
	assert_string_equal(send_to("bounce@alder.example"), "smtp_rejected");
	assert_string_equal(send_to("spam@alder.example"), "smtp_rejected");
	assert_string_equal(send_to("later@alder.example"), "smtp_refused");
	assert_string_equal(send_to("full@alder.example"), "smtp_refused");
	sink_stop();
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable");
}

/* Nobody is served: that says nothing of the mail, whatever the code. */
static void a_server_that_turns_everybody_away_is_out_of_reach(void **state)
{
	(void)state;
	start_sink("CLOSED");
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable");
	start_sink("STARTTLS");
	assert_string_equal(send_to("closing@alder.example"), "smtp_unavailable");
	start_sink("BUSY");
	assert_string_equal(send_to("ada@alder.example"), "smtp_unavailable");
}

static void a_slow_server_has_its_time_and_no_more(void **state)
{
	static const struct {
		const char *feature, *recipient;
	} slow[] = {{"STARTTLS", "slow@alder.example"}, {"STARTTLS", "hang@alder.example"},
	    {"MUTE", "ada@alder.example"}};

	(void)state;
	config.smtp_timeout_s = 2;
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		start_sink(slow[i].feature);
		int64_t began_us = clock_monotonic_us();
		assert_string_equal(send_to(slow[i].recipient), "smtp_unavailable");
		assert_in_range(
		    clock_monotonic_us() - began_us, CLOCK_SECOND_US, 15 * CLOCK_SECOND_US);
	}
}

static bool at_once(void *context)
{
	(void)context;
	return true;
}

static void a_stop_does_not_wait_for_a_slow_server(void **state)
{
	const struct transport_control control = {at_once, NULL};
	struct error error = {0};
	struct buf message = {0};

	(void)state;
	start_sink("STARTTLS");
	struct smtp *smtp = smtp_open(&config, &error);
	int64_t began_us = clock_monotonic_us();
	buf_puts(&message, "Subject: x\r\n\r\nx\r\n");
	assert_false(
	    smtp_send(smtp, config.mail_from, "slow@alder.example", &message, &control, &error));
	assert_true(clock_monotonic_us() - began_us < 9 * CLOCK_SECOND_US);
	buf_free(&message);
	smtp_close(&smtp);
}

/* --- the outbox ---------------------------------------------------------------------------- */

static bool run_queue(struct db_tx *tx, void *context, struct error *error)
{
	const struct doc *values = doc_object(tx->arena);
	struct mail mail = {
	    .id = id_generate(world->clock.fixed_us),
	    .recipient = context,
	    .template = "retention",
	    .values = values,
	    .at_us = world->clock.fixed_us,
	};
	enum db_result result = mails_add(tx, &mail);

	return result == DB_OK || db_fail(result, error);
}

static void queue(const char *recipient)
{
	struct error error = {0};

	assert_true(db_transaction(world->db, run_queue, (void *)recipient, &error));
	world->clock.fixed_us++; /* ids of one instant have no order */
}

static struct mail_report run(void)
{
	struct mail_report report;
	struct error error = {0};
	struct mailer *mailer = mailer_open(&config, &error);

	assert_non_null(mailer);
	assert_true(
	    mail_send_due(mailer, world->db, &world->clock, 100, NULL, NULL, &report, &error));
	mailer_close(&mailer);
	return report;
}

static struct db_rows outbox(void)
{
	struct db_rows rows = {0};

	assert_int_equal(
	    db_query(world->db, world->arena, &TEST_SMTP_OUTBOX, DB_NO_VALUES, &rows), DB_OK);
	return rows;
}

static void the_outbox_goes_over_one_connection(void **state)
{
	(void)state;
	start_sink("AUTH");
	use_account("s3cret");
	queue("ada@alder.example");
	queue("bounce@alder.example");
	queue("ben@alder.example");
	struct mail_report report = run();
	assert_int_equal(report.sent, 2);
	assert_int_equal(report.failed, 1);
	struct db_rows rows = outbox();
	assert_string_equal(db_text(&rows, 0, 0), "sent");
	assert_string_equal(db_text(&rows, 1, 0), "failed");
	assert_non_null(strstr(db_text(&rows, 1, 1), "550"));
	assert_null(strstr(db_text(&rows, 1, 1), "bounce@"));
	assert_string_equal(db_text(&rows, 2, 0), "sent");
	assert_non_null(strstr(contents("1.eml"), "To: <ada@alder.example>\r\n"));
	assert_non_null(strstr(contents("2.eml"), "To: <ben@alder.example>\r\n"));
}

/* Come again: a minute later, two, four, ... until the tenth attempt. */
static void what_is_refused_for_now_is_tried_again_later(void **state)
{
	(void)state;
	start_sink("STARTTLS");
	queue("later@alder.example");
	for (unsigned attempt = 1; attempt <= 3; attempt++) {
		struct mail_report report = run();
		assert_int_equal(report.deferred, 1);
		assert_false(report.out_of_reach);
		struct db_rows rows = outbox();
		assert_int_equal(db_int(&rows, 0, 2), attempt);
		assert_int_equal(
		    db_time(&rows, 0, 3), world->clock.fixed_us + mail_wait_us(attempt));
		world->clock.fixed_us += mail_wait_us(attempt) - 1;
		assert_int_equal(run().deferred, 0);
		world->clock.fixed_us++;
	}
	start_sink("KIND");
	assert_int_equal(run().sent, 1);
	assert_string_equal(
	    contents("inbox"), "1 no-reply@lethe.example later@alder.example clear -\n");
}

/* Never: given up at once, for a person to look at, who can have it sent again. */
static void what_is_refused_for_good_waits_for_a_person(void **state)
{
	uint64_t changed = 0;

	(void)state;
	start_sink("STARTTLS");
	queue("spam@alder.example");
	assert_int_equal(run().failed, 1);
	const char *first = contents("1.eml");
	world->clock.fixed_us += 2 * CLOCK_DAY_US;
	assert_int_equal(run().sent + run().failed, 0);
	struct db_rows rows = outbox();
	assert_string_equal(db_text(&rows, 0, 0), "failed");
	assert_int_equal(db_int(&rows, 0, 2), 1);

	start_sink("KIND");
	assert_int_equal(mails_retry(world->db, &id_none, world->clock.fixed_us, &changed), DB_OK);
	assert_int_equal(changed, 1);
	assert_int_equal(run().sent, 1);
	assert_string_equal(contents("1.eml"), first);
	assert_int_equal(
	    mails_retry(world->db, &id_none, world->clock.fixed_us, &changed), DB_NONE);
}

/* One mail learns of it; the others lose no attempt. */
static void a_server_that_is_down_costs_one_attempt(void **state)
{
	(void)state;
	start_sink("STARTTLS");
	sink_stop();
	queue("ada@alder.example");
	queue("ben@alder.example");
	struct mail_report report = run();
	assert_int_equal(report.deferred, 1);
	assert_true(report.out_of_reach);
	struct db_rows rows = outbox();
	assert_int_equal(db_int(&rows, 0, 2), 1);
	assert_int_equal(db_int(&rows, 1, 2), 0);
	start_sink("STARTTLS");
	assert_int_equal(run().sent, 1);
	world->clock.fixed_us += MAIL_FIRST_WAIT_US;
	assert_int_equal(run().sent, 1);
}

/* The server took it, its answer was lost: sent again, the same to the byte. */
static void a_lost_answer_leads_to_the_same_message(void **state)
{
	(void)state;
	start_sink("STARTTLS");
	queue("lost@alder.example");
	assert_int_equal(run().deferred, 1);
	world->clock.fixed_us += CLOCK_DAY_US;
	assert_int_equal(run().deferred, 1);
	const char *first = contents("1.eml");
	assert_non_null(strstr(first, "Message-ID: <"));
	assert_string_equal(first, contents("2.eml"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_server_without_tls_is_used_in_the_clear),
	    TEST(tls_is_used_where_it_is_offered),
	    TEST(a_certificate_nobody_vouches_for_is_refused),
	    TEST(a_certificate_for_another_name_is_refused),
	    TEST(an_account_signs_in),
	    TEST(a_password_never_goes_in_the_clear),
	    TEST(refusals_are_for_now_or_for_good),
	    TEST(a_server_that_turns_everybody_away_is_out_of_reach),
	    TEST(a_slow_server_has_its_time_and_no_more),
	    TEST(a_stop_does_not_wait_for_a_slow_server),
	    TEST(the_outbox_goes_over_one_connection),
	    TEST(what_is_refused_for_now_is_tried_again_later),
	    TEST(what_is_refused_for_good_waits_for_a_person),
	    TEST(a_server_that_is_down_costs_one_attempt),
	    TEST(a_lost_answer_leads_to_the_same_message),
	};

	if (!sink_open()) {
		puts("skipped: there is no mail server to test with; install python3-aiosmtpd");
		return TEST_SKIPPED;
	}
	return cmocka_run_group_tests(tests, start, stop);
}
