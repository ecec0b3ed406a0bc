/* webhook_delivery_test.c - posting events to a real receiver, tests/support/webhook_receiver.py,
 * which checks the signatures with Python's own hmac. */
#include "../support/hooks.h"
#include "../support/receiver.h"
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <domain/webhooks.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <webhook/webhook.h>

#define MINUTE_US (60 * CLOCK_SECOND_US)

DB_STATEMENT(TEST_OUTBOX, "SELECT state, attempts, next_attempt_at, last_error, settled_at, id"
			  " FROM webhook_outbox ORDER BY id");
enum { STATE, ATTEMPTS, NEXT, ERROR, SETTLED, ID };

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

static void subscribe_to(const char *url)
{
	made = hooks_subscribe(world, &admin, url);
}

static void subscribe(const char *path)
{
	subscribe_to(receiver_url(world->arena, path));
}

/* An event for the last subscription. */
static struct id tell(void)
{
	return hooks_tell(world, &admin, &made);
}

static void deliver(void)
{
	report = hooks_deliver(&run, 100);
}

static struct db_rows outbox(void)
{
	struct db_rows rows = {0};

	assert_true(
	    db_query(world->db, world->arena, &TEST_OUTBOX, DB_NO_VALUES, &rows) <= DB_NONE);
	return rows;
}

static void expect(const char *state, int64_t attempts, const char *why)
{
	struct db_rows rows = outbox();

	assert_int_equal(rows.count, 1);
	assert_string_equal(db_text(&rows, 0, STATE), state);
	assert_int_equal(db_int(&rows, 0, ATTEMPTS), attempts);
	if (why)
		assert_non_null(strstr(db_text(&rows, 0, ERROR), why));
	else
		assert_null(db_text(&rows, 0, ERROR));
}

/* --- signatures ---------------------------------------------------------------------------- */

/* The expected value is that of Python's hmac over "msg_1.1700000000.{}". */
static void test_signature(void **state)
{
	unsigned char secret[WEBHOOK_SECRET_SIZE];
	char other[WEBHOOK_SIGNATURE_SIZE], signature[WEBHOOK_SIGNATURE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (unsigned char)i;
	webhook_sign(secret, "msg_1", 1700000000, "{}", 2, signature);
	assert_string_equal(signature, "v1,fhksJF5ElKjlPoT/jtefCO5XjQPvhf7Dhf/8R1ad9yU=");
	webhook_sign(secret, "msg_1", 1700000001, "{}", 2, other);
	assert_string_not_equal(signature, other);
	webhook_sign(secret, "msg_2", 1700000000, "{}", 2, other);
	assert_string_not_equal(signature, other);
	webhook_sign(secret, "msg_1", 1700000000, "[]", 2, other);
	assert_string_not_equal(signature, other);
	secret[31] ^= 1;
	webhook_sign(secret, "msg_1", 1700000000, "{}", 2, other);
	assert_string_not_equal(signature, other);
}

static void test_sent_and_signed(void **state)
{
	struct id photo;
	struct db_rows rows;

	(void)state;
	subscribe("204");
	photo = world_photo(world, &ada, "One", NULL, NULL);
	assert_string_equal(trash_delete(world, &ada, &photo, NULL), "");
	deliver();
	assert_int_equal(report.sent, 1);
	assert_int_equal(receiver_count(" photo.deleted good"), 1);
	expect("sent", 1, NULL);
	rows = outbox();
	assert_int_equal(db_time(&rows, 0, SETTLED), world->clock.fixed_us);
	deliver();
	assert_int_equal(report.sent, 0);
	assert_int_equal(receiver_count(""), 1);
}

/* With another secret the receiver says so: its check is one. */
static void test_wrong_secret(void **state)
{
	unsigned char secret[WEBHOOK_SECRET_SIZE] = "another";
	char text[52];

	(void)state;
	subscribe("200");
	sodium_bin2base64(
	    text, sizeof(text), secret, sizeof(secret), sodium_base64_VARIANT_ORIGINAL);
	receiver_set_secret(arena_join(world->arena, "whsec_", text, NULL));
	tell();
	deliver();
	assert_int_equal(receiver_count("signature"), 1);
}

/* --- answers ------------------------------------------------------------------------------- */

static void expect_failure(const char *path, const char *why)
{
	struct db_rows rows;

	set_up(NULL);
	subscribe(path);
	tell();
	deliver();
	assert_int_equal(report.deferred, 1);
	expect("waiting", 1, why);
	rows = outbox();
	assert_int_equal(db_time(&rows, 0, NEXT), world->clock.fixed_us + MINUTE_US);
}

static void test_failures(void **state)
{
	(void)state;
	expect_failure("500", "500");
	expect_failure("503", "503");
	expect_failure("400", "400");
	expect_failure("404", "404");
	expect_failure("hangup", "nothing");
	expect_failure("redirect", "307");
	assert_int_equal(receiver_count("followed"), 0);
	assert_int_equal(receiver_count(" good"), 1);
}

static void test_gone_is_for_good(void **state)
{
	(void)state;
	subscribe("410");
	tell();
	deliver();
	assert_int_equal(report.failed, 1);
	expect("failed", 1, "410");
}

static void test_slow(void **state)
{
	int64_t before_us = clock_monotonic_us();

	(void)state;
	subscribe("slow");
	tell();
	run.timeout_ms = 400;
	deliver();
	expect("waiting", 1, "in time");
	assert_true(clock_monotonic_us() - before_us < 20 * CLOCK_SECOND_US);
}

static void test_refused(void **state)
{
	(void)state;
	subscribe_to("http://127.0.0.1:1024/"); /* nobody listens */
	tell();
	deliver();
	assert_int_equal(report.deferred, 1);
	expect("waiting", 1, "onnect");
}

/* The status was there; what is behind it is not read to its end. */
static void test_endless_answer(void **state)
{
	(void)state;
	subscribe("long");
	tell();
	deliver();
	expect("sent", 1, NULL);
	for (int i = 0; i < 500 && receiver_count(" cut") == 0; i++)
		(void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	assert_int_equal(receiver_count(" cut"), 1);
}

/* A certificate that nobody vouches for. */
static void test_endless_head(void **state)
{
	(void)state;
	subscribe("head");
	tell();
	deliver();
	assert_int_equal(report.deferred, 1);
	expect("waiting", 1, "head");
}

static void test_tls_is_verified(void **state)
{
	(void)state;
	receiver_start(true);
	subscribe_to(arena_printf(world->arena, "https://localhost:%d/200", receiver_port()));
	tell();
	deliver();
	expect("waiting", 1, "certificate");
	assert_int_equal(receiver_count(""), 0);
	receiver_start(false);
}

static void test_waits_longer_and_gives_up(void **state)
{
	struct db_rows rows;

	(void)state;
	assert_int_equal(webhook_wait_us(1), MINUTE_US);
	assert_int_equal(webhook_wait_us(2), 2 * MINUTE_US);
	assert_int_equal(webhook_wait_us(11), 1024 * MINUTE_US);
	assert_int_equal(webhook_wait_us(12), CLOCK_DAY_US);
	assert_int_equal(webhook_wait_us(100), CLOCK_DAY_US);
	subscribe("500");
	tell();
	for (unsigned i = 1; i < WEBHOOK_ATTEMPTS; i++) {
		deliver();
		expect("waiting", i, "500");
		world->clock.fixed_us += webhook_wait_us(i) - 1;
		deliver();
		assert_int_equal(report.deferred, 0);
		world->clock.fixed_us++;
	}
	deliver();
	assert_int_equal(report.failed, 1);
	expect("failed", WEBHOOK_ATTEMPTS, "500");
	rows = outbox();
	assert_int_equal(db_time(&rows, 0, SETTLED), world->clock.fixed_us);
	assert_int_equal(receiver_count(" good"), WEBHOOK_ATTEMPTS);
}

/* What a worker under a later clock has put off is tried under this one; a wait of this time is
 * kept. */
static void test_later_clock(void **state)
{
	int64_t now = world->clock.fixed_us, later = now + 30 * CLOCK_DAY_US;

	(void)state;
	subscribe_to("http://127.0.0.1:1024/");
	(void)tell();
	world->clock.fixed_us = later;
	deliver();
	assert_int_equal(report.deferred, 1);
	world->clock.fixed_us = later + WEBHOOK_FIRST_WAIT_US - WEBHOOK_STOPPED_US -
				WEBHOOK_FIRST_WAIT_US; /* as far as clocks may differ */
	deliver();
	assert_int_equal(report.deferred, 0);
	world->clock.fixed_us--;
	deliver();
	assert_int_equal(report.deferred, 1);
	world->clock.fixed_us = now + CLOCK_SECOND_US;
	deliver();
	assert_int_equal(report.deferred, 1);
}

/* --- where it must not go ------------------------------------------------------------------ */

static void test_private_addresses(void **state)
{
	(void)state;
	subscribe("204");
	tell();
	run.allow_private = false;
	deliver();
	expect("waiting", 1, "private");
	assert_int_equal(receiver_count(""), 0);
	run.allow_private = true;
	world->clock.fixed_us += MINUTE_US;
	deliver();
	expect("sent", 2, NULL);
}

/* A name that was harmless when it was looked at, and now leads home. */
static void test_rebinding(void **state)
{
	static const char *const addresses[] = {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
	    "169.254.169.254", "10.0.0.1", "100.64.0.1", "[fd00::1]", "[fe80::1]", "0.0.0.0",
	    "127.0.0.1,[::1]"};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		set_up(NULL);
		world->domain.webhook_private = false;
		subscribe_to(
		    arena_printf(world->arena, "http://receiver.example:%d/204", receiver_port()));
		tell();
		run.allow_private = false;
		run.resolve = arena_printf(
		    world->arena, "receiver.example:%d:%s", receiver_port(), addresses[i]);
		deliver();
		expect("waiting", 1, "private");
		assert_int_equal(receiver_count(""), 0);
	}
	/* The way through which it would have gone. */
	run.allow_private = true;
	run.resolve = arena_printf(world->arena, "receiver.example:%d:127.0.0.1", receiver_port());
	world->clock.fixed_us += MINUTE_US;
	deliver();
	expect("sent", 2, NULL);
}

/* A proxy of the environment would connect where this run must not. */
static void test_no_proxy(void **state)
{
	(void)state;
	subscribe_to("http://receiver.example:1024/204");
	tell();
	run.resolve = "receiver.example:1024:127.0.0.1"; /* nobody listens */
	assert_int_equal(setenv("http_proxy", receiver_url(world->arena, ""), 1), 0);
	deliver();
	unsetenv("http_proxy");
	expect("waiting", 1, "onnect");
	assert_int_equal(receiver_count(""), 0);
}

/* --- organisations and subscriptions that go ----------------------------------------------- */

static void set_organization_deleted(bool deleted)
{
	trash_sql(world, "UPDATE organizations SET deleted_at = %s WHERE id = %s",
	    deleted ? "'2026-01-21'" : "NULL", trash_hex(world, &admin.organization_id));
}

static void test_deleted_organization(void **state)
{
	(void)state;
	subscribe("204");
	tell();
	set_organization_deleted(true);
	deliver();
	assert_int_equal(report.sent, 0);
	expect("waiting", 0, NULL);
	assert_int_equal(receiver_count(""), 0);
	set_organization_deleted(false);
	world->clock.fixed_us += WEBHOOK_STOPPED_US;
	deliver();
	expect("sent", 1, NULL);
	/* But for what tells of the deletion itself. */
	trash_sql(world,
	    "UPDATE webhook_outbox SET state = 'waiting', next_attempt_at = created_at,"
	    " event = 'organization.deleted'");
	set_organization_deleted(true);
	deliver();
	assert_int_equal(report.sent, 1);
}

static void test_removed_subscription(void **state)
{
	(void)state;
	subscribe("204");
	tell();
	trash_sql(world, "DELETE FROM webhook_subscriptions");
	deliver();
	assert_int_equal(report.dropped, 1);
	assert_int_equal(trash_rows(world, "webhook_outbox"), 0);
	assert_int_equal(receiver_count(""), 0);
}

/* --- several workers, and none ------------------------------------------------------------- */

struct second {
	struct webhook_run run;
	struct webhook_report report;
};

static void *deliver_too(void *context)
{
	struct second *second = context;
	struct error ignored = {0};

	if (!webhook_deliver_due(&second->run, 100, &second->report, &ignored))
		second->report.failed = 1000;
	return NULL;
}

static void test_two_workers(void **state)
{
	struct second second = {.run = run};
	struct domain domain;
	pthread_t thread;

	(void)state;
	subscribe("204");
	for (int i = 0; i < WEBHOOK_TESTS_MAX; i++)
		tell();
	trash_sql(world, "INSERT INTO webhook_outbox (id, organization_id, subscription_id, event,"
			 " payload, next_attempt_at, created_at) SELECT UNHEX(MD5(CONCAT(o.id,"
			 " s.seq))), o.organization_id, o.subscription_id, o.event, o.payload,"
			 " o.next_attempt_at, o.created_at FROM webhook_outbox o, seq_1_to_10 s");
	domain = world_second_domain(world, &second.run.db);
	(void)domain;
	assert_int_equal(pthread_create(&thread, NULL, deliver_too, &second), 0);
	deliver();
	pthread_join(thread, NULL);
	db_close(&second.run.db);
	assert_int_equal(report.sent + second.report.sent, 11 * WEBHOOK_TESTS_MAX);
	assert_int_equal(report.deferred + second.report.deferred, 0);
	assert_int_equal(receiver_count(""), 11 * WEBHOOK_TESTS_MAX);
}

/* What another worker sees while an event is on its way: nothing; and once its lease is over
 * because the first one died: the same event again. */
static void look(void *context)
{
	struct second *second = context;

	(void)deliver_too(second);
	assert_int_equal(second->report.sent, 0);
	world->clock.fixed_us += WEBHOOK_LEASE_US;
	(void)deliver_too(second);
	world->clock.fixed_us++;
}

static void test_died_before_noting(void **state)
{
	struct second second = {.run = run};
	struct domain domain;
	struct id id;
	char text[ID_TEXT_SIZE];

	(void)state;
	subscribe("204");
	id = tell();
	domain = world_second_domain(world, &second.run.db);
	(void)domain;
	run.after_post = look;
	run.context = &second;
	deliver();
	db_close(&second.run.db);
	id_format(&id, text);
	assert_int_equal(second.report.sent, 1);
	assert_int_equal(report.sent, 0); /* what the dead one would note is not noted */
	assert_int_equal(receiver_count(text), 2);
	assert_int_equal(receiver_count(" good"), 2);
	expect("sent", 2, NULL);
}

static bool stop_now(void *context)
{
	(void)context;
	return true;
}

static void test_stopped(void **state)
{
	(void)state;
	subscribe("204");
	tell();
	run.stop = stop_now;
	deliver();
	expect("waiting", 0, NULL);
}

/* --- the end of it ------------------------------------------------------------------------- */

static void test_pruned(void **state)
{
	const int64_t month_us = 30 * CLOCK_DAY_US;
	uint64_t removed = 0;
	int64_t settled_us;

	(void)state;
	subscribe("204");
	tell();
	deliver();
	settled_us = world->clock.fixed_us;
	subscribe("500");
	tell(); /* which waits, for however long */
	assert_int_equal(webhooks_prune(world->db, settled_us - 1, 1000, &removed), DB_NONE);
	assert_int_equal(trash_rows(world, "webhook_outbox"), 2);
	assert_int_equal(webhooks_prune(world->db, settled_us, 1000, &removed), DB_OK);
	assert_int_equal(removed, 1);
	assert_int_equal(
	    webhooks_prune(world->db, settled_us + 100 * month_us, 1000, &removed), DB_NONE);
	assert_int_equal(trash_rows(world, "webhook_outbox"), 1);
	expect("waiting", 0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_signature, set_up),
	    cmocka_unit_test_setup(test_sent_and_signed, set_up),
	    cmocka_unit_test_setup(test_wrong_secret, set_up),
	    cmocka_unit_test_setup(test_failures, set_up),
	    cmocka_unit_test_setup(test_gone_is_for_good, set_up),
	    cmocka_unit_test_setup(test_slow, set_up),
	    cmocka_unit_test_setup(test_refused, set_up),
	    cmocka_unit_test_setup(test_endless_answer, set_up),
	    cmocka_unit_test_setup(test_endless_head, set_up),
	    cmocka_unit_test_setup(test_tls_is_verified, set_up),
	    cmocka_unit_test_setup(test_waits_longer_and_gives_up, set_up),
	    cmocka_unit_test_setup(test_later_clock, set_up),
	    cmocka_unit_test_setup(test_private_addresses, set_up),
	    cmocka_unit_test_setup(test_rebinding, set_up),
	    cmocka_unit_test_setup(test_no_proxy, set_up),
	    cmocka_unit_test_setup(test_deleted_organization, set_up),
	    cmocka_unit_test_setup(test_removed_subscription, set_up),
	    cmocka_unit_test_setup(test_two_workers, set_up),
	    cmocka_unit_test_setup(test_died_before_noting, set_up),
	    cmocka_unit_test_setup(test_stopped, set_up),
	    cmocka_unit_test_setup(test_pruned, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
