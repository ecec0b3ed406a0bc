/* identity_firebase_test.c - removing users at Firebase, played by tests/support/google.py, which
 * checks signature and claims with nothing of ours. */
#include "../support/google.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <identity/identity.h>
#include <stdio.h>
#include <string.h>

#define NOW_US    (INT64_C(1770000000) * CLOCK_SECOND_US)
#define SECOND_US CLOCK_SECOND_US

static struct arena *arena;
static struct clock test_clock;
static struct config config;
static struct identity_service *identity;
static char why[200];

static int start(void **state)
{
	(void)state;
	arena = arena_create();
	google_start();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	google_stop();
	arena_destroy(&arena);
	return 0;
}

static void open_provider(long timeout_ms)
{
	struct identity_options options = {.clock = &test_clock, .timeout_ms = timeout_ms};
	struct error error = {0};

	identity_service_close(&identity);
	identity = identity_service_open(&config, &options, &error);
	if (!identity)
		fail_msg("%s", error.message);
}

static int set_up(void **state)
{
	(void)state;
	google_clear();
	test_clock = clock_fixed(NOW_US);
	config = google_config(arena);
	open_provider(20000);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	identity_service_close(&identity);
	return 0;
}

static enum identity_outcome remove_user(const char *uid)
{
	const struct identity_provider *provider = identity_service_provider(identity);
	struct identity_subject subject = {.uid = uid};

	why[0] = '\0';
	return provider->remove(provider->context, &subject, why, sizeof(why));
}

/* Again, when it is asked again. */
static void pass_away(void)
{
	test_clock.fixed_us += IDENTITY_AWAY_MAX_US;
}

static void removes_a_user(void **state)
{
	char iat[40];

	(void)state;
	google_add("ada");
	google_add("ben");
	assert_string_equal(identity_service_provider(identity)->name, "firebase");
	assert_int_equal(remove_user("ada"), IDENTITY_DONE);
	assert_false(google_has("ada"));
	assert_true(google_has("ben"));
	snprintf(iat, sizeof(iat), "token good iat=%lld", (long long)(NOW_US / SECOND_US));
	assert_int_equal(google_count(iat), 1);
	assert_int_equal(google_count("error"), 0);
}

static void who_is_not_there_is_absent(void **state)
{
	(void)state;
	assert_int_equal(remove_user("nobody"), IDENTITY_ABSENT);
	assert_int_equal(google_count("delete absent"), 1);
	/* Also with words behind the code; but not by another one that begins so. */
	google_set("delete", "400 USER_NOT_FOUND : There is no such user.");
	assert_int_equal(remove_user("nobody"), IDENTITY_ABSENT);
	google_set("delete", "400 USER_NOT_FOUNDED");
	assert_int_equal(remove_user("nobody"), IDENTITY_RETRY);
}

/* Texts of any kind reach it as they are. */
static void a_uid_is_quoted(void **state)
{
	(void)state;
	google_add("a%22%5C%0Ab%C3%A9");
	assert_int_equal(remove_user("a\"\\\nb\xC3\xA9"), IDENTITY_DONE);
	assert_false(google_has("a%22%5C%0Ab%C3%A9"));
}

static void a_token_is_kept_until_near_its_end(void **state)
{
	(void)state;
	google_set("expires", "600");
	(void)remove_user("one");
	test_clock.fixed_us += (600 - IDENTITY_TOKEN_EARLY_S) * SECOND_US - 1;
	(void)remove_user("two");
	assert_int_equal(google_count("token good"), 1);
	test_clock.fixed_us++;
	(void)remove_user("three");
	assert_int_equal(google_count("token good"), 2);
	/* Nor is one kept that a clock which was ahead has fetched. */
	test_clock.fixed_us -= SECOND_US;
	(void)remove_user("four");
	assert_int_equal(google_count("token good"), 3);
	assert_int_equal(google_count("delete absent"), 4);
}

static void a_token_without_an_end_is_used_once(void **state)
{
	(void)state;
	google_set("expires", "never");
	assert_int_equal(remove_user("one"), IDENTITY_ABSENT);
	assert_int_equal(remove_user("two"), IDENTITY_ABSENT);
	assert_int_equal(google_count("token good"), 2);
}

static void a_refused_token_is_fetched_anew_once(void **state)
{
	(void)state;
	google_add("ada");
	(void)remove_user("nobody");
	google_set("revoked", "yes");
	assert_int_equal(remove_user("ada"), IDENTITY_DONE);
	assert_int_equal(google_count("token good"), 2);
	assert_int_equal(google_count("delete 401"), 1);
	google_set("deaf", "yes");
	assert_int_equal(remove_user("ada"), IDENTITY_RETRY);
	assert_string_equal(why, "identity_http_401 UNAUTHENTICATED");
	assert_int_equal(google_count("token good"), 3);
	assert_int_equal(google_count("delete 401"), 3);
}

/* One answer of its, what becomes of it, and that it passes. */
static void expect_later(const char *name, const char *value, const char *code)
{
	google_add("ada");
	google_set(name, value);
	pass_away();
	open_provider(20000);
	assert_int_equal(remove_user("ada"), IDENTITY_RETRY);
	assert_string_equal(why, code);
	assert_true(google_has("ada"));
	google_set(name, NULL);
	pass_away();
	assert_int_equal(remove_user("ada"), IDENTITY_DONE);
	assert_false(google_has("ada"));
}

static void answers_that_are_for_later(void **state)
{
	(void)state;
	expect_later("delete", "429 RESOURCE_EXHAUSTED", "identity_http_429 RESOURCE_EXHAUSTED");
	expect_later("delete", "500", "identity_http_500");
	expect_later("delete", "503 UNAVAILABLE", "identity_http_503 UNAVAILABLE");
	expect_later("delete", "403 PERMISSION_DENIED", "identity_http_403 PERMISSION_DENIED");
	expect_later("delete", "404 Not here", "identity_http_404");
	expect_later("delete", "400 INVALID_ID", "identity_http_400 INVALID_ID");
	expect_later("delete", "500 USER_NOT_FOUND", "identity_http_500 USER_NOT_FOUND");
	expect_later("delete", "hangup", "identity_unreachable");
	expect_later("delete", "redirect", "identity_http_307");
	expect_later("delete", "html", "identity_unreadable");
	expect_later("delete", "long", "identity_unreadable");
	expect_later("token", "400 invalid_grant", "identity_token_http_400 invalid_grant");
	expect_later("token", "503", "identity_token_http_503");
	expect_later("token", "hangup", "identity_token_unreachable");
	expect_later("token", "redirect", "identity_token_http_307");
	expect_later("token", "html", "identity_token_unreadable");
	expect_later("access", "a\r\nHost: elsewhere", "identity_token_unreadable");
	assert_int_equal(google_count("followed"), 0);
}

/* What the provider says of a person is not passed on. */
static void nothing_personal_is_said(void **state)
{
	(void)state;
	google_set("delete", "400 ada@private.example");
	assert_int_equal(remove_user("ada"), IDENTITY_RETRY);
	assert_string_equal(why, "identity_http_400");
	google_set("delete", "400 0123456789");
	assert_int_equal(remove_user("ada"), IDENTITY_RETRY);
	assert_string_equal(why, "identity_http_400");
}

/* It takes the connection and says nothing; back again, it does what waited, and the next attempt
 * finds nobody. */
static void silence_is_not_waited_for(void **state)
{
	(void)state;
	google_add("ada");
	assert_int_equal(remove_user("nobody"), IDENTITY_ABSENT);
	open_provider(300);
	google_fall_silent();
	assert_int_equal(remove_user("ada"), IDENTITY_RETRY);
	assert_string_equal(why, "identity_token_timeout");
	google_go_on();
	open_provider(20000);
	assert_int_equal(remove_user("nobody"), IDENTITY_ABSENT);
	open_provider(20000);
	assert_int_equal(remove_user("ada"), IDENTITY_DONE);
}

/* Each of the two calls would end in time, both together do not. */
static void the_time_is_of_the_whole_attempt(void **state)
{
	(void)state;
	google_add("ada");
	google_set("pause", "0.7");
	open_provider(1000);
	assert_int_equal(remove_user("ada"), IDENTITY_RETRY);
	assert_non_null(strstr(why, "timeout"));
}

static void nobody_listens(void **state)
{
	(void)state;
	config.firebase_url = config.firebase_token_url = "http://127.0.0.1:1/";
	open_provider(20000);
	assert_int_equal(remove_user("ada"), IDENTITY_RETRY);
	assert_string_equal(why, "identity_token_unreachable");
}

/* One that is away is left alone, longer each time; those asked for meanwhile are told at once. */
static void one_that_is_away_is_left_alone(void **state)
{
	int64_t wait_us = IDENTITY_AWAY_US;

	(void)state;
	google_set("delete", "503");
	for (unsigned asked = 1; asked < 10; asked++) {
		assert_int_equal(remove_user("one"), IDENTITY_RETRY);
		assert_int_equal(google_count("delete 503"), asked);
		test_clock.fixed_us += wait_us - 1;
		assert_int_equal(remove_user("two"), IDENTITY_RETRY);
		assert_string_equal(why, "identity_http_503");
		assert_int_equal(google_count("delete 503"), asked);
		test_clock.fixed_us++;
		wait_us = wait_us * 2 < IDENTITY_AWAY_MAX_US ? wait_us * 2 : IDENTITY_AWAY_MAX_US;
	}
	google_set("delete", NULL);
	assert_int_equal(remove_user("one"), IDENTITY_ABSENT);
	/* And then it begins anew. */
	google_set("delete", "503");
	assert_int_equal(remove_user("one"), IDENTITY_RETRY);
	google_set("delete", NULL);
	test_clock.fixed_us += IDENTITY_AWAY_US;
	assert_int_equal(remove_user("one"), IDENTITY_ABSENT);
}

/* What is wrong with one user is no reason to leave the others. */
static void one_refused_user_is_not_away(void **state)
{
	(void)state;
	google_set("delete", "400 INVALID_ID");
	assert_int_equal(remove_user("one"), IDENTITY_RETRY);
	google_set("delete", NULL);
	assert_int_equal(remove_user("two"), IDENTITY_ABSENT);
}

/* A clock that was set back does not make it wait for the old time. */
static void a_clock_set_back_ends_the_wait(void **state)
{
	(void)state;
	google_set("delete", "503");
	assert_int_equal(remove_user("one"), IDENTITY_RETRY);
	google_set("delete", NULL);
	test_clock.fixed_us -= SECOND_US;
	assert_int_equal(remove_user("one"), IDENTITY_ABSENT);
}

#define CASE(function_) cmocka_unit_test_setup_teardown(function_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(removes_a_user),
	    CASE(who_is_not_there_is_absent),
	    CASE(a_uid_is_quoted),
	    CASE(a_token_is_kept_until_near_its_end),
	    CASE(a_token_without_an_end_is_used_once),
	    CASE(a_refused_token_is_fetched_anew_once),
	    CASE(answers_that_are_for_later),
	    CASE(nothing_personal_is_said),
	    CASE(silence_is_not_waited_for),
	    CASE(nobody_listens),
	    CASE(one_that_is_away_is_left_alone),
	    CASE(one_refused_user_is_not_away),
	    CASE(a_clock_set_back_ends_the_wait),
	    /* Last: what it asked for is still answered after its end. */
	    CASE(the_time_is_of_the_whole_attempt),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
