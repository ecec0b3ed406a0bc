/* google.c - starting, telling and asking Google's side of Firebase. */
#include "google.h"

#include "program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PYTHON    "/usr/bin/python3"
#define FILE_SIZE 100000

static char program[] = LETHE_SHARE_DIR "/tests/support/google.py";
static char folder[64];
static pid_t server;

const char *google_file(struct arena *arena, const char *name)
{
	return arena_join(arena, folder, "/", name, NULL);
}

static const char *read_file(struct arena *arena, const char *name)
{
	char *text = arena_alloc(arena, FILE_SIZE);
	FILE *file = fopen(google_file(arena, name), "r");

	if (file && fread(text, 1, FILE_SIZE - 1, file) == 0)
		text[0] = '\0';
	if (file)
		fclose(file);
	return text;
}

void google_start(void)
{
	char *const arguments[] = {PYTHON, program, folder, NULL};
	struct arena *arena = arena_create();

	google_stop();
	strcpy(folder, "/tmp/lethe-google-XXXXXX");
	assert_non_null(mkdtemp(folder));
	server = program_serve(arguments, google_file(arena, "port"));
	arena_destroy(&arena);
}

void google_stop(void)
{
	if (server <= 0)
		return;
	program_end(&server);
	program_remove_folder(folder);
}

void google_fall_silent(void)
{
	int status;

	assert_int_equal(kill(server, SIGSTOP), 0);
	assert_int_equal(waitpid(server, &status, WUNTRACED), server);
	assert_true(WIFSTOPPED(status));
}

void google_go_on(void)
{
	assert_int_equal(kill(server, SIGCONT), 0);
}

void google_set(const char *name, const char *value)
{
	struct arena *arena = arena_create();
	const char *path = google_file(arena, name);
	FILE *file;

	if (!value) {
		(void)unlink(path);
	} else {
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(value, file);
		fclose(file);
	}
	arena_destroy(&arena);
}

void google_clear(void)
{
	static const char *const names[] = {"inbox", "token", "delete", "expires", "access",
	    "revoked", "deaf", "token_url", "pause"};
	struct arena *arena = arena_create();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		google_set(names[i], NULL);
	program_remove_folder(google_file(arena, "users"));
	assert_int_equal(
	    program_run((const char *const[]){"mkdir", google_file(arena, "users"), NULL}, NULL, 0),
	    0);
	arena_destroy(&arena);
}

void google_add(const char *uid)
{
	char name[200];

	snprintf(name, sizeof(name), "users/%s", uid);
	google_set(name, "");
}

bool google_has(const char *uid)
{
	struct arena *arena = arena_create();
	bool has = access(google_file(arena, arena_join(arena, "users/", uid, NULL)), F_OK) == 0;

	arena_destroy(&arena);
	return has;
}

unsigned google_count(const char *text)
{
	struct arena *arena = arena_create();
	char *rest = arena_dup(arena, read_file(arena, "inbox")), *line;
	unsigned count = 0;

	while ((line = strsep(&rest, "\n")))
		count += *line && strstr(line, text);
	arena_destroy(&arena);
	return count;
}

const char *google_url(struct arena *arena, const char *path)
{
	return arena_printf(arena, "http://127.0.0.1:%d%s", atoi(read_file(arena, "port")), path);
}

struct config google_config(struct arena *arena)
{
	return (struct config){
	    .identity = "firebase",
	    .firebase_account = google_file(arena, "account.json"),
	    .firebase_url = google_url(arena, "/"),
	    .firebase_token_url = google_url(arena, "/token"),
	    .identity_url = "",
	    .identity_secret = "",
	};
}
