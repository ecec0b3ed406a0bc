/* config_test.c - settings: defaults, values, refusals, and what is shown. */
#include <base/config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))
#define KEY           "k4.public.Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHwBBXQ4gsaI"

/* Each test begins without any LETHE_* variable. */
static int set_up(void **state)
{
	char name[128];
	for (size_t i = 0; environ[i];) {
		size_t length = strcspn(environ[i], "=");
		if (strncmp(environ[i], "LETHE_", 6) != 0 || length >= sizeof(name)) {
			i++;
			continue;
		}
		memcpy(name, environ[i], length);
		name[length] = '\0';
		unsetenv(name);
	}
	*state = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	struct arena *arena = *state;
	arena_destroy(&arena);
	return 0;
}

static struct config load(void **state)
{
	struct config config;
	struct error error = {0};
	if (!config_load(&config, *state, &error))
		fail_msg("%s", error.message);
	return config;
}

static void has_defaults(void **state)
{
	struct config config = load(state);
	assert_string_equal(config.var, "var");
	assert_int_equal(config.port, 8080);
	assert_int_equal(config.metrics_port, 8081);
	assert_true(config.demo);
	assert_string_equal(config.base_url, "http://127.0.0.1:8080");
	assert_string_equal(config.issuer, "http://127.0.0.1:8080");
	assert_string_equal(config.socket, "var/run/lethe.sock");
	assert_int_equal(config.threads, 40);
	assert_string_equal(config.db_name, "lethe");
	assert_string_equal(config.db_socket, "");
	assert_string_equal(config.db_password, "");
	assert_string_equal(config.keys, "var/keys");
	assert_string_equal(config.storage, "var/storage");
	assert_string_equal(config.mail_spool, "var/mail");
	assert_string_equal(config.host_key, "");
	assert_string_equal(config.cors_origins, "");
	assert_string_equal(config.templates, "");
	assert_string_equal(config.contact_privacy, "privacy@lethe.example");
	assert_string_equal(config.contact_support, "support@lethe.example");
	assert_string_equal(config.contact_general, "hello@lethe.example");
	assert_int_equal(config.log_level, LOG_INFO);
	assert_int_equal(config.work_interval_s, 5);
	assert_string_equal(config.identity, "none");
	assert_string_equal(config.firebase_url, "https://identitytoolkit.googleapis.com");
	assert_string_equal(config.firebase_token_url, "");
}

static void reads_the_environment(void **state)
{
	static const char *const values[][2] = {{"LETHE_VAR", "/srv/lethe//"},
	    {"LETHE_PORT", "9000"}, {"LETHE_METRICS_PORT", "9100"}, {"LETHE_DEMO", "0"},
	    {"LETHE_BASE_URL", "HTTPS://Photos.Example:8443"}, {"LETHE_THREADS", "512"},
	    {"LETHE_DB_SOCKET", "/run/db.sock"}, {"LETHE_DB_PASSWORD", "s3cret"},
	    {"LETHE_DB_PORT", "3307"}, {"LETHE_HOST_KEY", KEY},
	    {"LETHE_HOST_ISSUER", "https://host.example"},
	    {"LETHE_CORS_ORIGINS", " https://A.example ,http://[::1]:3000"},
	    {"LETHE_SMTP_URL", "smtps://mail.example:465"}, {"LETHE_MAIL_FROM", "Post@A.example"},
	    {"LETHE_LOG_LEVEL", "error"}, {"LETHE_WORK_INTERVAL", "3600"}, {"LETHE_TEMPLATES", "/"},
	    {"LETHE_CONTACT_PRIVACY", ""}, {"LETHE_TEST_ANYTHING", "1"},
	    {"LETHE_FIREBASE_URL", "http://127.0.0.1:9099/Toolkit.example"},
	    {"LETHE_IDENTITY_URL", "HTTPS://Host.Example/Forget/?a=b"},
	    {"LETHE_PASETO_VECTORS", "/x"}};
	for (size_t i = 0; i < COUNT(values); i++)
		setenv(values[i][0], values[i][1], 1);
	struct config config = load(state);
	assert_string_equal(config.var, "/srv/lethe");
	assert_string_equal(config.keys, "/srv/lethe/keys");
	assert_int_equal(config.port, 9000);
	assert_int_equal(config.metrics_port, 9100);
	assert_false(config.demo);
	assert_string_equal(config.base_url, "https://photos.example:8443");
	assert_string_equal(config.issuer, "https://photos.example:8443");
	assert_int_equal(config.threads, 512);
	assert_string_equal(config.db_socket, "/run/db.sock");
	assert_string_equal(config.db_password, "s3cret");
	assert_int_equal(config.db_port, 3307);
	assert_string_equal(config.host_key, KEY);
	assert_string_equal(config.host_issuer, "https://host.example");
	assert_string_equal(config.cors_origins, "https://a.example,http://[::1]:3000");
	assert_string_equal(config.smtp_url, "smtps://mail.example:465");
	assert_string_equal(config.mail_from, "post@a.example");
	assert_string_equal(config.templates, "/");
	assert_string_equal(config.contact_privacy, "privacy@lethe.example"); /* set to nothing */
	assert_int_equal(config.log_level, LOG_ERROR);
	assert_int_equal(config.work_interval_s, 3600);
	assert_string_equal(config.firebase_url, "http://127.0.0.1:9099/Toolkit.example");
	assert_string_equal(config.identity_url, "https://host.example/Forget/?a=b");
}

#define LONG_110                                                                                   \
	"/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234"   \
	"567890123456789012345678"

static void refuses_wrong_values(void **state)
{
	/* name, value, and what the message must say beside the name */
	static const char *const cases[][3] = {
	    {"LETHE_PORT", "80x",
		"(\"80x\") is not a whole number; allowed: a whole number from 1 to "
		"65535."},
	    {"LETHE_PORT", "-1", "not a whole number"},
	    {"LETHE_PORT", " 80", "not a whole number"},
	    {"LETHE_PORT", "0", "out of range"},
	    {"LETHE_PORT", "65536", "out of range"},
	    {"LETHE_PORT", "99999999999999999999", "out of range"},
	    {"LETHE_THREADS", "0", "from 1 to 512"},
	    {"LETHE_THREADS", "513", "from 1 to 512"},
	    {"LETHE_READ_TIMEOUT", "26", "from 1 to 25"},
	    {"LETHE_WORK_INTERVAL", "3601", "from 1 to 3600"},
	    {"LETHE_DEMO", "yes", "0 or 1"},
	    {"LETHE_LOG_LEVEL", "INFO", "debug, info, warning or error"},
	    {"LETHE_BASE_URL", "http://a.example/", "allowed: http:// or https://"},
	    {"LETHE_BASE_URL", "a.example", "is not the address"},
	    {"LETHE_BASE_URL", "ftp://a.example", "is not the address"},
	    {"LETHE_BASE_URL", "http://", "is not the address"},
	    {"LETHE_BASE_URL", "http://a b", "is not the address"},
	    {"LETHE_BASE_URL", "http://a:", "is not the address"},
	    {"LETHE_BASE_URL", "http://a:0", "is not the address"},
	    {"LETHE_BASE_URL", "http://a:65536", "is not the address"},
	    {"LETHE_BASE_URL", "http://[::1", "is not the address"},
	    {"LETHE_BASE_URL", "http://u@a", "is not the address"},
	    {"LETHE_CORS_ORIGINS", "https://a.example,", "not an origin"},
	    {"LETHE_CORS_ORIGINS", "*", "not an origin"},
	    {"LETHE_CORS_ORIGINS", "https://a.example/path", "not an origin"},
	    {"LETHE_SMTP_URL", "mail.example", "smtp://"},
	    {"LETHE_IDENTITY", "Firebase", "none, firebase or webhook"},
	    {"LETHE_IDENTITY_URL", "host.example/hook", "is not an address"},
	    {"LETHE_IDENTITY_URL", "ftp://host.example/", "is not an address"},
	    {"LETHE_IDENTITY_URL", "https://a:b@host.example/", "is not an address"},
	    {"LETHE_IDENTITY_URL", "https://host.example/a b", "in the path"},
	    {"LETHE_IDENTITY_URL", "https://host.example/a#b", "in the path"},
	    {"LETHE_CONTACT_SUPPORT", "nobody", "not an e-mail address"},
	    {"LETHE_MAIL_FROM", "Lethe <a@b>", "not an e-mail address"},
	    {"LETHE_HOST_KEY", "k4.secret.x", "k4.public."},
	    {"LETHE_HOST_KEY", KEY "A", "k4.public."},
	    {"LETHE_SOCKET", LONG_110,
		"too long for a unix socket; allowed: a path of at most 107"},
	    {"LETHE_STORAGE", "\xFF", "is not UTF-8"},
	    {"LETHE_METRICS_PORT", "8080", "the same as LETHE_PORT"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config;
		struct error error = {0};
		setenv(cases[i][0], cases[i][1], 1);
		if (config_load(&config, *state, &error))
			fail_msg("%s=%s is accepted", cases[i][0], cases[i][1]);
		unsetenv(cases[i][0]);
		assert_int_equal(error.kind, ERROR_INVALID);
		assert_string_equal(error.field, cases[i][0]);
		if (strncmp(error.message, cases[i][0], strlen(cases[i][0])) != 0 ||
		    !strstr(error.message, cases[i][2]) || !strstr(error.message, "; allowed: "))
			fail_msg("%s=%s: %s", cases[i][0], cases[i][1], error.message);
	}
}

static void refuses_unknown_names(void **state)
{
	static const char *const names[] = {
	    "LETHE_PROT", "LETHE_", "LETHE_PORT_", "LETHE_POR", "LETHE_PASETO_VECTORS_"};
	for (size_t i = 0; i < COUNT(names); i++) {
		struct config config;
		struct error error = {0};
		setenv(names[i], "1", 1);
		assert_false(config_load(&config, *state, &error));
		assert_string_equal(error.code, "unknown_setting");
		assert_string_equal(error.field, names[i]);
		assert_non_null(strstr(error.message, names[i]));
		unsetenv(names[i]);
	}
	setenv("LETHAL", "1", 1);
	load(state);
	unsetenv("LETHAL");
}

static void checks_settings_together(void **state)
{
	struct config config;
	struct error error = {0};
	setenv("LETHE_PORT", "65535", 1);
	assert_false(config_load(&config, *state, &error));
	assert_string_equal(error.field, "LETHE_METRICS_PORT");
	unsetenv("LETHE_PORT");
	setenv("LETHE_HOST_KEY", KEY, 1);
	assert_false(config_load(&config, *state, &error));
	assert_string_equal(error.field, "LETHE_HOST_ISSUER");
	setenv("LETHE_HOST_ISSUER", "http://127.0.0.1:8080", 1); /* our own */
	assert_false(config_load(&config, *state, &error));
	assert_string_equal(error.field, "LETHE_HOST_ISSUER");
}

static void demands_what_an_identity_provider_needs(void **state)
{
	static const char *const cases[][3] = {
	    {"firebase", "LETHE_FIREBASE_ACCOUNT", "/run/secrets/account.json"},
	    {"webhook", "LETHE_IDENTITY_URL", "http://10.0.0.1/forget"},
	    {"webhook", "LETHE_IDENTITY_SECRET", "whsec_"},
	};
	struct config config;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {0};
		setenv("LETHE_IDENTITY", cases[i][0], 1);
		assert_false(config_load(&config, *state, &error));
		assert_string_equal(error.field, cases[i][1]);
		assert_non_null(strstr(error.message, cases[i][0]));
		setenv(cases[i][1], cases[i][2], 1);
	}
	assert_string_equal(load(state).identity, "webhook");
}

static void lets_a_default_socket_be_deep(void **state)
{
	setenv("LETHE_VAR", LONG_110, 1);
	struct config config = load(state);
	assert_string_equal(config.socket, LONG_110 "/run/lethe.sock");
}

static char *print(void **state, const struct config *config)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	assert_non_null(out);
	config_print(config, out);
	fclose(out);
	char *copy = arena_dup(*state, text);
	free(text);
	return copy;
}

static void shows_everything_but_secrets(void **state)
{
	static const char *const secrets[] = {"LETHE_DB_PASSWORD", "LETHE_DB_OWNER_PASSWORD",
	    "LETHE_DB_PRUNE_PASSWORD", "LETHE_SMTP_PASSWORD", "LETHE_IDENTITY_SECRET"};
	for (size_t i = 0; i < COUNT(secrets); i++)
		setenv(secrets[i], "hush-hush", 1);
	struct config config = load(state);
	char *text = print(state, &config);
	assert_null(strstr(text, "hush"));
	for (size_t i = 0; i < COUNT(secrets); i++)
		assert_non_null(strstr(text, arena_printf(*state, "%s=(set)\n", secrets[i])));
	assert_non_null(strstr(text, "LETHE_PORT=8080\n    Port"));
	assert_non_null(strstr(text, "    Allowed: a whole number from 1 to 65535.\n"));
	assert_non_null(strstr(text, "LETHE_DEMO=1\n"));
	assert_non_null(strstr(text, "LETHE_LOG_LEVEL=info\n"));
	assert_non_null(strstr(text, "LETHE_HOST_KEY=(not set)\n"));
	assert_non_null(strstr(text, "LETHE_BASE_URL=http://127.0.0.1:8080\n"));
}

static void hides_a_secret_that_is_wrong(void **state)
{
	char secret[400];
	struct config config;
	struct error error = {0};
	memset(secret, 'q', sizeof(secret) - 1);
	secret[sizeof(secret) - 1] = '\0';
	setenv("LETHE_SMTP_PASSWORD", secret, 1);
	assert_false(config_load(&config, *state, &error));
	assert_null(strstr(error.message, "qqq"));
	setenv("LETHE_SMTP_PASSWORD", "q\xFF", 1);
	assert_false(config_load(&config, *state, &error));
	assert_null(strstr(error.message, "\"q"));
}

static void allows_the_origins_it_names(void **state)
{
	setenv("LETHE_CORS_ORIGINS", "https://a.example, https://b.example:8443", 1);
	struct config config = load(state);
	assert_true(config_allows_origin(&config, "https://a.example"));
	assert_true(config_allows_origin(&config, "https://b.example:8443"));
	assert_false(config_allows_origin(&config, "https://b.example"));
	assert_false(config_allows_origin(&config, "https://a.exampl"));
	assert_false(config_allows_origin(&config, "https://a.example,https://b.example:8443"));
	assert_false(config_allows_origin(&config, ""));
	assert_false(config_allows_origin(&config, "null"));
	config.cors_origins = "";
	assert_false(config_allows_origin(&config, "https://a.example"));
	assert_false(config_allows_origin(&config, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(has_defaults, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_the_environment, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_wrong_values, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_unknown_names, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(checks_settings_together, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		demands_what_an_identity_provider_needs, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(lets_a_default_socket_be_deep, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(shows_everything_but_secrets, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(hides_a_secret_that_is_wrong, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(allows_the_origins_it_names, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
