/* login_test.c - logins: one answer for all that is wrong, limits at both sides. */
#include "../support/identity.h"

#include <auth/login.h>
#include <auth/rate.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <store/rates.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MINUTE_US (INT64_C(60) * CLOCK_SECOND_US)
#define WINDOW_US (15 * MINUTE_US)

static struct identity *id_;

static int reset(void **state)
{
	(void)state;
	identity_reset(id_);
	return 0;
}

static bool login_from(const char *ip, const char *email, const char *password, struct error *error)
{
	struct auth_caller caller = id_->caller;
	struct user user;

	caller.ip = ip;
	error_clear(error);
	return login_check(
	    &id_->auth, id_->arena, email, password, "password", &caller, &user, error);
}

static enum error_kind try(const char *ip, const char *email, const char *password)
{
	struct error error = {0};

	if (login_from(ip, email, password, &error))
		return ERROR_NONE;
	return error.kind;
}

static void test_right(void **state)
{
	struct user user;
	struct error error = {0};

	(void)state;
	assert_true(login_check(&id_->auth, id_->arena, "  ADA@Alder.test ", IDENTITY_PASSWORD,
	    "password", &id_->caller, &user, &error));
	assert_true(id_equal(&user.id, &id_->ada.id));
	/* Nothing is left counted. */
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM rate_hits"), 0);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log"), 0);
}

/* Seconds of processor time that one refused login takes. */
static double measure(const char *email, const char *password, struct error *error)
{
	clock_t before = clock();

	assert_false(login_from("192.0.2.7", email, password, error));
	return (double)(clock() - before) / CLOCKS_PER_SEC;
}

static void test_all_that_is_wrong_looks_alike(void **state)
{
	static const struct {
		const char *email;
		const char *password;
	} cases[] = {
	    {"nobody@alder.test", IDENTITY_PASSWORD},
	    {"root@birch.test", IDENTITY_PASSWORD}, /* deleted */
	    {"ben@alder.test", IDENTITY_PASSWORD},  /* has no password */
	    {"ada@alder.test", ""},
	    {"ada@alder.test", NULL},
	    {"not an address", IDENTITY_PASSWORD},
	    {NULL, IDENTITY_PASSWORD},
	};
	struct error wrong = {0};
	struct error error = {0};

	(void)state;
	identity_sql(
	    id_, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'", &id_->root.id);
	double hash_s = measure("ada@alder.test", "wrong password", &wrong);
	assert_int_equal(wrong.kind, ERROR_UNAUTHENTICATED);
	assert_string_equal(wrong.code, "wrong_credentials");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* The hash is nearly all of it: without one it would be a few hundredths. */
		double took_s = measure(cases[i].email, cases[i].password, &error);

		assert_true(took_s > hash_s / 3 && took_s < hash_s * 3);
		assert_memory_equal(&error, &wrong, sizeof(error));
	}
}

static void test_deleted_organisation(void **state)
{
	(void)state;
	identity_sql(
	    id_, "UPDATE organizations SET deleted_at = created_at WHERE id = x'%s'", &id_->alder);
	assert_int_equal(
	    try("192.0.2.1", "ada@alder.test", IDENTITY_PASSWORD), ERROR_UNAUTHENTICATED);
	assert_int_equal(try("192.0.2.1", "root@birch.test", IDENTITY_PASSWORD), ERROR_NONE);
}

static void test_limit_per_address(void **state)
{
	const char *ada = "ada@alder.test";
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 9; i++) {
		assert_int_equal(try("192.0.2.1", ada, "wrong password"), ERROR_UNAUTHENTICATED);
		id_->clock.fixed_us += CLOCK_SECOND_US;
	}
	/* Before the tenth failure the right password still works, and counts nothing. */
	assert_int_equal(try("192.0.2.1", "ADA@alder.test", IDENTITY_PASSWORD), ERROR_NONE);
	assert_int_equal(
	    try("192.0.2.1", "Ada@Alder.Test", "wrong password"), ERROR_UNAUTHENTICATED);
	assert_false(login_from("192.0.2.1", ada, IDENTITY_PASSWORD, &error));
	assert_int_equal(error.kind, ERROR_RATE_LIMITED);
	assert_int_equal(error.retry_after_s, 15 * 60 - 9);
	/* Only this address from this IP address. */
	assert_int_equal(try("192.0.2.2", ada, IDENTITY_PASSWORD), ERROR_NONE);
	assert_int_equal(try("192.0.2.1", "root@birch.test", IDENTITY_PASSWORD), ERROR_NONE);
	/* The other connection, as another machine would, counts the same. */
	struct user user;
	assert_false(login_check(
	    &id_->other, id_->arena, ada, IDENTITY_PASSWORD, "token", &id_->caller, &user, &error));
	assert_int_equal(error.kind, ERROR_RATE_LIMITED);
	/* To the microsecond: when the first failure leaves the window. */
	id_->clock.fixed_us = IDENTITY_START_US + WINDOW_US - 1;
	assert_false(login_from("192.0.2.1", ada, IDENTITY_PASSWORD, &error));
	assert_int_equal(error.retry_after_s, 1);
	id_->clock.fixed_us++;
	assert_int_equal(try("192.0.2.1", ada, IDENTITY_PASSWORD), ERROR_NONE);
	assert_int_equal(try("192.0.2.1", ada, "wrong password"), ERROR_UNAUTHENTICATED);
	assert_int_equal(try("192.0.2.1", ada, IDENTITY_PASSWORD), ERROR_RATE_LIMITED);
	/* What is refused by the limit is not counted: the next failure leaves as it came. */
	id_->clock.fixed_us += CLOCK_SECOND_US;
	assert_int_equal(try("192.0.2.1", ada, IDENTITY_PASSWORD), ERROR_NONE);
}

static void test_unknown_addresses_are_limited_alike(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(
		    try("192.0.2.1", "nobody@alder.test", "wrong password"), ERROR_UNAUTHENTICATED);
	assert_int_equal(
	    try("192.0.2.1", "nobody@alder.test", "wrong password"), ERROR_RATE_LIMITED);
}

/* All addresses of a /64 are one line's. */
static void test_networks(void **state)
{
	static const struct {
		const char *ip, *network;
	} cases[] = {
	    {"192.0.2.7", "192.0.2.7"},
	    {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
	    {"2001:0DB8:1:2:ffff::1", "2001:db8:1:2::/64"},
	    {"2001:db8:1:3::1", "2001:db8:1:3::/64"},
	    {"::ffff:192.0.2.7", "192.0.2.7"},
	    {"::1", "::/64"},
	    {"unix:", "unix:"},
	    {"", ""},
	};
	struct arena *arena = arena_create();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(rate_network(arena, cases[i].ip), cases[i].network);
	assert_null(rate_network(arena, NULL));
	arena_destroy(&arena);
}

static void test_limit_per_network(void **state)
{
	char ip[64];

	(void)state;
	for (int i = 0; i < 50; i++) {
		char email[40];

		snprintf(ip, sizeof(ip), "2001:db8:0:1::%d", i);
		snprintf(email, sizeof(email), "nobody%d@alder.example", i);
		assert_int_equal(try(ip, email, "wrong"), ERROR_UNAUTHENTICATED);
	}
	assert_int_equal(
	    try("2001:db8:0:1:ffff::1", "another@alder.example", "wrong"), ERROR_RATE_LIMITED);
	assert_int_equal(
	    try("2001:db8:0:2::1", "another@alder.example", "wrong"), ERROR_UNAUTHENTICATED);
}

static void test_limit_per_ip(void **state)
{
	(void)state;
	for (int i = 0; i < 49; i++)
		assert_int_equal(
		    try("192.0.2.1", arena_printf(id_->arena, "user%d@alder.test", i), "wrong one"),
		    ERROR_UNAUTHENTICATED);
	assert_int_equal(try("192.0.2.1", "ada@alder.test", IDENTITY_PASSWORD), ERROR_NONE);
	assert_int_equal(try("192.0.2.1", "last@alder.test", "wrong one"), ERROR_UNAUTHENTICATED);
	assert_int_equal(try("192.0.2.1", "ada@alder.test", IDENTITY_PASSWORD), ERROR_RATE_LIMITED);
	assert_int_equal(try("192.0.2.2", "ada@alder.test", IDENTITY_PASSWORD), ERROR_NONE);
	/* Two hits for each failure; the refused one left none. */
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM rate_hits"), 100);
	id_->clock.fixed_us += WINDOW_US;
	assert_int_equal(try("192.0.2.1", "ada@alder.test", IDENTITY_PASSWORD), ERROR_NONE);
}

static void test_refusals_are_in_the_trail_without_the_address(void **state)
{
	(void)state;
	assert_int_equal(
	    try("192.0.2.1", "ada@alder.test", "wrong password"), ERROR_UNAUTHENTICATED);
	assert_int_equal(
	    try("192.0.2.1", "nobody@alder.test", "wrong password"), ERROR_UNAUTHENTICATED);
	assert_int_equal(
	    identity_count(id_, "SELECT COUNT(*) FROM audit_log WHERE action = 'session.refused'"
				" AND actor = 'visitor' AND details = '{\"method\":\"password\"}'"),
	    2);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log a JOIN users u"
					     " ON u.id = a.item_id AND"
					     " u.organization_id = a.organization_id"),
	    1);
	assert_int_equal(identity_count(id_,
			     "SELECT COUNT(*) FROM audit_log WHERE CONCAT_WS(' ', actor, details,"
			     " request_id) LIKE '%alder%' OR details LIKE '%192.%'"),
	    0);
}

static const struct rate_limit THREE_A_MINUTE = {"test", 3, MINUTE_US};

static bool hit(const char *subject, struct error *error)
{
	return rate_check_and_hit(&id_->auth, &THREE_A_MINUTE, subject, NULL, error);
}

static void test_rate(void **state)
{
	const struct rate_limit other = {"other", 3, MINUTE_US};
	struct error error = {0};
	struct id last;
	uint64_t removed = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_true(hit("a", &error));
		id_->clock.fixed_us += 10 * CLOCK_SECOND_US;
	}
	assert_true(rate_check_and_hit(&id_->auth, &THREE_A_MINUTE, "a", &last, &error));
	assert_false(hit("a", &error));
	assert_int_equal(error.kind, ERROR_RATE_LIMITED);
	assert_int_equal(error.retry_after_s, 40);
	id_->clock.fixed_us++;
	assert_false(hit("a", &error));
	assert_int_equal(error.retry_after_s, 40);
	id_->clock.fixed_us += CLOCK_SECOND_US - 1;
	assert_false(hit("a", &error));
	assert_int_equal(error.retry_after_s, 39);
	/* Another subject and another purpose count for themselves. */
	assert_true(hit("b", &error));
	assert_true(hit(NULL, &error));
	assert_true(rate_check_and_hit(&id_->auth, &other, "a", NULL, &error));
	/* What was forgiven makes room. */
	assert_true(rate_forgive(&id_->auth, &last, &error));
	assert_true(rate_forgive(&id_->auth, &last, &error));
	assert_true(hit("a", &error));
	assert_false(hit("a", &error));
	id_->clock.fixed_us = IDENTITY_START_US + MINUTE_US - 1;
	assert_false(hit("a", &error));
	id_->clock.fixed_us++;
	assert_true(hit("a", &error));
	assert_int_equal(rates_prune(id_->db, IDENTITY_START_US, 100, &removed), DB_NONE);
	assert_int_equal(rates_prune(id_->db, IDENTITY_START_US + 1, 100, &removed), DB_OK);
	assert_int_equal(removed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_right, reset),
	    cmocka_unit_test_setup(test_all_that_is_wrong_looks_alike, reset),
	    cmocka_unit_test_setup(test_deleted_organisation, reset),
	    cmocka_unit_test_setup(test_limit_per_address, reset),
	    cmocka_unit_test_setup(test_unknown_addresses_are_limited_alike, reset),
	    cmocka_unit_test_setup(test_limit_per_ip, reset),
	    cmocka_unit_test(test_networks),
	    cmocka_unit_test_setup(test_limit_per_network, reset),
	    cmocka_unit_test_setup(test_refusals_are_in_the_trail_without_the_address, reset),
	    cmocka_unit_test_setup(test_rate, reset),
	};

	id_ = identity_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	identity_close(&id_);
	return failed;
}
