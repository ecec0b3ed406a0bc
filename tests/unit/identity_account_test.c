/* identity_account_test.c - what is wrong with a service account's file, or a secret, is said at
 * the start, by its name and never by its value. */
#include "../support/google.h"
#include "../support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <identity/identity.h>
#include <jansson.h>
#include <string.h>

static struct arena *arena;
static struct config config;
static struct error error;

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

static int set_up(void **state)
{
	(void)state;
	config = google_config(arena);
	return 0;
}

/* Whether it opens. */
static bool opens(void)
{
	struct identity_options options = {.clock = &clock_system};
	struct identity_service *service;

	error_clear(&error);
	service = identity_service_open(&config, &options, &error);
	if (!service)
		return false;
	assert_string_equal(identity_service_provider(service)->name, config.identity);
	identity_service_close(&service);
	assert_null(service);
	return true;
}

static void expect_refused(const char *setting, const char *what)
{
	assert_false(opens());
	assert_string_equal(error.field, setting);
	if (!strstr(error.message, what) || !strstr(error.message, setting))
		fail_msg("%s", error.message);
}

static const char *with_file(const char *content)
{
	google_set("other.json", content);
	return google_file(arena, "other.json");
}

/* The account with a member that is otherwise (NULL: missing). */
static void change(const char *member, const char *value)
{
	json_t *object = json_load_file(google_file(arena, "account.json"), 0, NULL);
	char *text;

	assert_non_null(object);
	if (value)
		json_object_set_new(object, member, json_string(value));
	else
		json_object_del(object, member);
	text = json_dumps(object, 0);
	config.firebase_account = with_file(text);
	free(text);
	json_decref(object);
}

static void expect_wrong(const char *member, const char *value)
{
	change(member, value);
	expect_refused("LETHE_FIREBASE_ACCOUNT", arena_printf(arena, "\"%s\"", member));
	if (value && strlen(value) > 4)
		assert_null(strstr(error.message, value));
}

static void a_good_one_is_taken(void **state)
{
	(void)state;
	assert_true(opens());
	config.firebase_token_url = "";
	assert_true(opens());
	change("private_key_id", NULL);
	assert_true(opens());
}

static void nobody_is_one_too(void **state)
{
	(void)state;
	config.identity = "none";
	config.firebase_account = "/nowhere";
	assert_true(opens());
}

static void each_member_is_checked(void **state)
{
	static const char *const cases[][2] = {{"type", "authorized_user"}, {"type", NULL},
	    {"project_id", NULL}, {"project_id", ""}, {"project_id", "../other"},
	    {"client_email", NULL}, {"client_email", "somebody"}, {"client_email", "a@b\n.example"},
	    {"private_key_id", "key\"1"}, {"private_key", NULL}, {"private_key", "secret words"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_wrong(cases[i][0], cases[i][1]);
}

/* In its place the operator's own address may stand, which may be without TLS. */
static void the_token_address_is_checked(void **state)
{
	(void)state;
	config.firebase_token_url = "";
	expect_wrong("token_uri", NULL);
	expect_wrong("token_uri", "http://oauth2.googleapis.com/token");
	expect_wrong("token_uri", "https://oauth2.googleapis.com/a token");
	config.firebase_token_url = "http://127.0.0.1:1/token";
	assert_false(opens());
	change("token_uri", NULL);
	assert_true(opens());
}

static const char *make_key(const char *const arguments[])
{
	char *pem = arena_alloc(arena, 8000);

	assert_int_equal(program_run(arguments, pem, 8000), 0);
	return pem;
}

static void a_key_must_be_of_rsa_and_long(void **state)
{
	(void)state;
	expect_wrong(
	    "private_key", make_key((const char *const[]){"openssl", "genpkey", "-quiet",
			       "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", NULL}));
	expect_wrong("private_key",
	    make_key((const char *const[]){"openssl", "genpkey", "-algorithm", "ED25519", NULL}));
	/* Long, and of RSA by name, but for another algorithm alone. */
	expect_wrong(
	    "private_key", make_key((const char *const[]){"openssl", "genpkey", "-quiet",
			       "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", NULL}));
}

static void a_file_must_be_one_object(void **state)
{
	char large[70000];

	(void)state;
	config.firebase_account = google_file(arena, "missing.json");
	expect_refused("LETHE_FIREBASE_ACCOUNT", "cannot be read");
	config.firebase_account = google_file(arena, "users");
	expect_refused("LETHE_FIREBASE_ACCOUNT", "cannot be read");
	config.firebase_account = with_file("");
	expect_refused("LETHE_FIREBASE_ACCOUNT", "JSON object");
	config.firebase_account = with_file("[]");
	expect_refused("LETHE_FIREBASE_ACCOUNT", "JSON object");
	config.firebase_account = with_file("{\"type\": 1}");
	expect_refused("LETHE_FIREBASE_ACCOUNT", "\"type\"");
	memset(large, ' ', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	config.firebase_account = with_file(large);
	expect_refused("LETHE_FIREBASE_ACCOUNT", "JSON object");
}

static void a_secret_is_checked(void **state)
{
	static const char *const wrong[] = {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	    "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd", "whsec_", "whsec_not base64",
	    "whpub_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	    "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ=="};

	(void)state;
	config.identity = "webhook";
	config.identity_url = "http://127.0.0.1:1/";
	config.identity_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
	assert_true(opens());
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		config.identity_secret = wrong[i];
		expect_refused("LETHE_IDENTITY_SECRET", "32 bytes");
		assert_null(strstr(error.message, "AAEC"));
	}
}

#define CASE(function_) cmocka_unit_test_setup(function_, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_good_one_is_taken),
	    CASE(nobody_is_one_too),
	    CASE(each_member_is_checked),
	    CASE(the_token_address_is_checked),
	    CASE(a_key_must_be_of_rsa_and_long),
	    CASE(a_file_must_be_one_object),
	    CASE(a_secret_is_checked),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
