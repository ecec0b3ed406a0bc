/* firebase_emulator_test.c - removing users at the real emulator of Firebase Authentication
 * (tests/firebase, offline). Tokens come from tests/support/google.py, which checks how they are
 * asked for; the emulator takes any. */
#include "../support/google.h"
#include "../support/program.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <base/call.h>
#include <identity/identity.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIREBASE LETHE_SHARE_DIR "/tests/firebase/node_modules/firebase-tools/lib/bin/firebase.js"
#define PROJECT  "demo-lethe"
#define TOOLKIT  "/identitytoolkit.googleapis.com"
#define SKIPPED  77
#define WAIT_S   120
#define STARTS   3 /* somebody else may have taken the port meanwhile */

static struct arena *arena;
static struct caller *caller;
static struct identity_service *service;
static struct config config;
static char folder[64];
static pid_t emulator;
static const char *base; /* of its toolkit */

/* --- the emulator -------------------------------------------------------------------------- */

static int free_port(void)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(socket_fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(socket_fd, (struct sockaddr *)&address, &size), 0);
	close(socket_fd);
	return ntohs(address.sin_port);
}

static const char *in_folder(const char *name)
{
	return arena_join(arena, folder, "/", name, NULL);
}

static void write_settings(void)
{
	FILE *file = fopen(in_folder("firebase.json"), "w");
	int ports[3];

	for (int i = 0; i < 3; i++)
		ports[i] = free_port();
	assert_non_null(file);
	fprintf(file,
	    "{\"emulators\": {\"auth\": {\"host\": \"127.0.0.1\", \"port\": %d},"
	    " \"hub\": {\"host\": \"127.0.0.1\", \"port\": %d},"
	    " \"logging\": {\"host\": \"127.0.0.1\", \"port\": %d},"
	    " \"ui\": {\"enabled\": false}, \"singleProjectMode\": true}}\n",
	    ports[0], ports[1], ports[2]);
	fclose(file);
	base = arena_printf(arena, "http://127.0.0.1:%d" TOOLKIT, ports[0]);
}

/* In the child: of a group of its own, with a home of its own, and gone with this test. */
static void become_emulator(void)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGINT);
	if (chdir(folder) != 0 || !freopen("log", "w", stdout) || dup2(1, 2) < 0)
		_exit(126);
	setenv("HOME", folder, 1);
	setenv("XDG_CONFIG_HOME", folder, 1);
	setenv("CI", "1", 1);
	setenv("NO_UPDATE_NOTIFIER", "1", 1);
	setenv("FIREBASE_CLI_DISABLE_UPDATE_CHECK", "1", 1);
	execlp("node", "node", FIREBASE, "emulators:start", "--only", "auth", "--project", PROJECT,
	    "--non-interactive", (char *)NULL);
	_exit(127);
}

static void end_emulator(void)
{
	if (emulator <= 0)
		return;
	kill(emulator, SIGINT);
	for (int i = 0; i < 1000 && waitpid(emulator, NULL, WNOHANG) == 0; i++)
		usleep(10 * 1000);
	/* What it started, and it, if it is there still. */
	kill(-emulator, SIGKILL);
	while (waitpid(-emulator, NULL, 0) > 0)
		continue;
	emulator = 0;
}

static bool is_ended(void)
{
	bool ended = waitpid(emulator, NULL, WNOHANG) == emulator;

	if (ended)
		emulator = 0;
	return ended;
}

static bool answers(const char *path)
{
	static const char *const headers[] = {"Content-Type: application/json", NULL};
	struct call call = {.url = arena_join(arena, base, path, NULL),
	    .headers = headers,
	    .body = "{}",
	    .length = 2,
	    .timeout_ms = 20000};
	struct call_answer answer;
	struct error why = {0};

	return caller_post(caller, &call, &answer, &why);
}

static bool start_emulator(void)
{
	write_settings();
	emulator = fork();
	assert_true(emulator >= 0);
	if (emulator == 0)
		become_emulator();
	for (int i = 0; i < WAIT_S * 10 && !is_ended(); i++) {
		if (answers("/v1/accounts:lookup?key=any"))
			return true;
		usleep(100 * 1000);
	}
	end_emulator();
	return false;
}

static void skip_all(const char *why)
{
	printf("skipped: %s\n", why);
	exit(SKIPPED);
}

/* Older ones do not understand it. */
static bool has_node(void)
{
	char version[40] = "";
	const char *const arguments[] = {"node", "--version", NULL};

	return program_run(arguments, version, sizeof(version)) == 0 && version[0] == 'v' &&
	       atoi(version + 1) >= 20;
}

static int start(void **state)
{
	struct call_way way = {.allow_private = true};
	struct identity_options options = {.clock = &clock_system, .timeout_ms = 20000};
	struct error error = {0};
	bool started = false;

	(void)state;
	if (!has_node())
		skip_all("there is no node of version 20 or later");
	if (access(FIREBASE, R_OK) != 0)
		skip_all("firebase-tools are not installed (npm ci in tests/firebase)");
	arena = arena_create();
	strcpy(folder, "/tmp/lethe-firebase-XXXXXX");
	assert_non_null(mkdtemp(folder));
	caller = caller_open(&way, &error);
	assert_non_null(caller);
	for (int i = 0; i < STARTS && !started; i++)
		started = start_emulator();
	if (!started)
		(void)!program_run((const char *const[]){"cat", in_folder("log"), NULL}, NULL, 0);
	assert_true(started);
	google_start();
	config = google_config(arena);
	config.firebase_url = base;
	service = identity_service_open(&config, &options, &error);
	assert_non_null(service);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	identity_service_close(&service);
	google_stop();
	caller_close(&caller);
	end_emulator();
	program_remove_folder(folder);
	arena_destroy(&arena);
	return 0;
}

/* --- its people ---------------------------------------------------------------------------- */

/* Post JSON (with single quotes for double ones); as its owner, or as anybody. */
static json_t *ask(bool as_owner, const char *path, const char *body)
{
	const char *const headers[] = {"Content-Type: application/json",
	    as_owner ? "Authorization: Bearer owner" : "X-Nobody: 1", NULL};
	char *json = arena_dup(arena, body);
	struct call call = {.url = arena_join(arena, base, path, NULL),
	    .headers = headers,
	    .body = json,
	    .length = strlen(json),
	    .timeout_ms = 30000};
	struct call_answer answer;
	struct error why = {0};
	json_t *object;

	for (char *at = json; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	if (!caller_post(caller, &call, &answer, &why))
		fail_msg("%s: %s", path, why.message);
	object = json_loadb(answer.body, answer.length, 0, NULL);
	assert_non_null(object);
	return object;
}

/* Somebody signs up; their uid. */
static const char *sign_up(const char *email)
{
	json_t *answer = ask(false, "/v1/accounts:signUp?key=any",
	    arena_printf(arena, "{'email': '%s', 'password': 's3cret99'}", email));
	const char *uid = arena_dup(arena, json_string_value(json_object_get(answer, "localId")));

	assert_non_null(uid);
	json_decref(answer);
	return uid;
}

static bool can_sign_in(const char *email)
{
	json_t *answer = ask(false, "/v1/accounts:signInWithPassword?key=any",
	    arena_printf(arena, "{'email': '%s', 'password': 's3cret99'}", email));
	bool can = json_object_get(answer, "idToken") != NULL;

	json_decref(answer);
	return can;
}

static size_t count_known(const char *uid)
{
	json_t *answer = ask(true, "/v1/projects/" PROJECT "/accounts:lookup",
	    arena_printf(arena, "{'localId': ['%s']}", uid));
	size_t count = json_array_size(json_object_get(answer, "users"));

	json_decref(answer);
	return count;
}

static enum identity_outcome remove_user(const char *uid)
{
	const struct identity_provider *provider = identity_service_provider(service);
	struct identity_subject subject = {.uid = uid};
	char why[200] = "";
	enum identity_outcome outcome =
	    provider->remove(provider->context, &subject, why, sizeof(why));

	if (why[0])
		print_message("%s\n", why);
	return outcome;
}

static void a_user_is_removed(void **state)
{
	const char *ada = sign_up("ada@alder.example"), *ben = sign_up("ben@alder.example");

	(void)state;
	assert_true(can_sign_in("ada@alder.example"));
	assert_int_equal(count_known(ada), 1);
	assert_int_equal(remove_user(ada), IDENTITY_DONE);
	assert_int_equal(count_known(ada), 0);
	assert_false(can_sign_in("ada@alder.example"));
	assert_int_equal(count_known(ben), 1);
	assert_true(can_sign_in("ben@alder.example"));
	assert_int_equal(google_count("token good"), 1);
}

static void who_is_removed_is_absent(void **state)
{
	const char *carl = sign_up("carl@alder.example");

	(void)state;
	assert_int_equal(remove_user(carl), IDENTITY_DONE);
	assert_int_equal(remove_user(carl), IDENTITY_ABSENT);
	assert_int_equal(remove_user("nobody"), IDENTITY_ABSENT);
}

/* One that the host application has named, of any form. */
static void a_uid_of_ones_own_is_removed(void **state)
{
	json_t *answer = ask(true, "/v1/projects/" PROJECT "/accounts",
	    "{'email': 'dora@alder.example', 'password': 's3cret99', 'localId': 'dora/1 é'}");

	(void)state;
	json_decref(answer);
	assert_int_equal(count_known("dora/1 é"), 1);
	assert_int_equal(remove_user("dora/1 é"), IDENTITY_DONE);
	assert_int_equal(count_known("dora/1 é"), 0);
}

/* A project that nobody serves there is not one without users. */
static void another_address_is_not_absent(void **state)
{
	struct identity_options options = {.clock = &clock_system, .timeout_ms = 20000};
	struct error error = {0};
	const char *eve = sign_up("eve@alder.example");

	(void)state;
	config.firebase_url = arena_join(arena, base, "/elsewhere", NULL);
	identity_service_close(&service);
	service = identity_service_open(&config, &options, &error);
	assert_non_null(service);
	assert_int_equal(remove_user(eve), IDENTITY_RETRY);
	assert_int_equal(count_known(eve), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_user_is_removed),
	    cmocka_unit_test(who_is_removed_is_absent),
	    cmocka_unit_test(a_uid_of_ones_own_is_removed),
	    cmocka_unit_test(another_address_is_not_absent),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
