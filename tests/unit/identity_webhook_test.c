/* identity_webhook_test.c - telling a service of the operator's own, played by
 * tests/support/webhook_receiver.py, which checks the signatures with Python's own hmac. */
#include "../support/receiver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/clock.h>
#include <base/id.h>
#include <identity/identity.h>
#include <jansson.h>
#include <string.h>

#define SECRET "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OTHER  "whsec_BAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define NOW_US (INT64_C(1770000000) * CLOCK_SECOND_US)

static struct arena *arena;
static struct clock test_clock;
static struct config config;
static struct identity_service *service;
static struct identity_subject subject;
static char why[200];

static int start(void **state)
{
	(void)state;
	arena = arena_create();
	receiver_start(false);
	receiver_set_secret(SECRET);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	receiver_stop();
	arena_destroy(&arena);
	return 0;
}

static void open_service(const char *path, long timeout_ms)
{
	struct identity_options options = {.clock = &test_clock, .timeout_ms = timeout_ms};
	struct error error = {0};

	config = (struct config){.identity = "webhook",
	    .identity_url = receiver_url(arena, path),
	    .identity_secret = SECRET};
	identity_service_close(&service);
	service = identity_service_open(&config, &options, &error);
	if (!service)
		fail_msg("%s", error.message);
}

static int set_up(void **state)
{
	(void)state;
	receiver_clear();
	test_clock = clock_fixed(NOW_US);
	subject = (struct identity_subject){
	    .uid = "provider-42",
	    .user_id = id_generate(NOW_US),
	    .organization_id = id_generate(NOW_US),
	    .deletion_id = id_generate(NOW_US - CLOCK_DAY_US),
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	identity_service_close(&service);
	return 0;
}

static enum identity_outcome remove_user(void)
{
	const struct identity_provider *provider = identity_service_provider(service);

	why[0] = '\0';
	return provider->remove(provider->context, &subject, why, sizeof(why));
}

static void expect_id(const json_t *object, const char *name, const struct id *id)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	assert_string_equal(json_string_value(json_object_get(object, name)), text);
}

static void the_message_is_signed(void **state)
{
	json_t *message, *data;

	(void)state;
	open_service("204", 20000);
	assert_int_equal(remove_user(), IDENTITY_DONE);
	assert_int_equal(receiver_count(" identity.delete good"), 1);
	message = json_loads(receiver_body(arena), 0, NULL);
	assert_int_equal(json_object_size(message), 4);
	expect_id(message, "id", &subject.user_id);
	data = json_object_get(message, "data");
	assert_int_equal(json_object_size(data), 4);
	assert_string_equal(json_string_value(json_object_get(data, "uid")), "provider-42");
	expect_id(data, "user_id", &subject.user_id);
	expect_id(data, "organization_id", &subject.organization_id);
	expect_id(data, "deletion_id", &subject.deletion_id);
	json_decref(message);
}

/* The receiver's check is one. */
static void another_secret_does_not_do(void **state)
{
	(void)state;
	receiver_set_secret(OTHER);
	open_service("204", 20000);
	assert_int_equal(remove_user(), IDENTITY_DONE);
	assert_int_equal(receiver_count("signature"), 1);
	receiver_set_secret(SECRET);
}

static void a_repeat_is_the_same_message(void **state)
{
	const char *first;

	(void)state;
	open_service("200", 20000);
	assert_int_equal(remove_user(), IDENTITY_DONE);
	first = receiver_body(arena);
	test_clock.fixed_us += CLOCK_DAY_US;
	assert_int_equal(remove_user(), IDENTITY_DONE);
	assert_string_equal(receiver_body(arena), first);
	assert_int_equal(receiver_count(" identity.delete good"), 2);
}

static void answers(void **state)
{
	static const struct {
		const char *path;
		enum identity_outcome outcome;
		const char *why;
	} cases[] = {
	    {"200", IDENTITY_DONE, ""},
	    {"202", IDENTITY_DONE, ""},
	    {"299", IDENTITY_DONE, ""},
	    {"410", IDENTITY_ABSENT, ""},
	    {"400", IDENTITY_RETRY, "identity_http_400"},
	    {"401", IDENTITY_RETRY, "identity_http_401"},
	    {"403", IDENTITY_RETRY, "identity_http_403"},
	    {"404", IDENTITY_RETRY, "identity_http_404"},
	    {"409", IDENTITY_RETRY, "identity_http_409"},
	    {"429", IDENTITY_RETRY, "identity_http_429"},
	    {"500", IDENTITY_RETRY, "identity_http_500"},
	    {"503", IDENTITY_RETRY, "identity_http_503"},
	    {"redirect", IDENTITY_RETRY, "identity_http_307"},
	    {"hangup", IDENTITY_RETRY, "identity_unreachable"},
	    {"long", IDENTITY_DONE, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		open_service(cases[i].path, 20000);
		assert_int_equal(remove_user(), cases[i].outcome);
		assert_string_equal(why, cases[i].why);
	}
	assert_int_equal(receiver_count("followed"), 0);
}

static void silence_is_not_waited_for(void **state)
{
	int64_t before_us = clock_monotonic_us();

	(void)state;
	open_service("slow", 300);
	assert_int_equal(remove_user(), IDENTITY_RETRY);
	assert_string_equal(why, "identity_timeout");
	assert_true(clock_monotonic_us() - before_us < 20 * CLOCK_SECOND_US);
}

/* A certificate that nobody vouches for. */
static void tls_is_verified(void **state)
{
	(void)state;
	receiver_start(true);
	receiver_set_secret(SECRET);
	open_service("204", 20000);
	identity_service_close(&service);
	config.identity_url = arena_printf(arena, "https://localhost:%d/204", receiver_port());
	service = identity_service_open(
	    &config, &(struct identity_options){.clock = &test_clock}, &(struct error){0});
	assert_int_equal(remove_user(), IDENTITY_RETRY);
	assert_string_equal(why, "identity_unreachable");
	assert_int_equal(receiver_count(""), 0);
	receiver_start(false);
	receiver_set_secret(SECRET);
}

#define CASE(function_) cmocka_unit_test_setup_teardown(function_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(the_message_is_signed),
	    CASE(another_secret_does_not_do),
	    CASE(a_repeat_is_the_same_message),
	    CASE(answers),
	    CASE(silence_is_not_waited_for),
	    CASE(tls_is_verified),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
