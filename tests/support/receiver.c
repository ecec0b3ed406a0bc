/* receiver.c - starting and asking the receiver of webhooks. */
#include "receiver.h"

#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PYTHON    "/usr/bin/python3"
#define FILE_SIZE 200000

static char program[] = LETHE_SHARE_DIR "/tests/support/webhook_receiver.py";
static char folder[64];
static pid_t server;

static const char *path_of(struct arena *arena, const char *name)
{
	return arena_join(arena, folder, "/", name, NULL);
}

static const char *read_file(struct arena *arena, const char *name)
{
	char *text = arena_alloc(arena, FILE_SIZE);
	FILE *file = fopen(path_of(arena, name), "r");

	if (file && fread(text, 1, FILE_SIZE - 1, file) == 0)
		text[0] = '\0';
	if (file)
		fclose(file);
	return text;
}

void receiver_start(bool tls)
{
	char *const arguments[] = {PYTHON, program, folder, NULL};
	struct arena *arena = arena_create();

	receiver_stop();
	strcpy(folder, "/tmp/lethe-hooks-XXXXXX");
	assert_non_null(mkdtemp(folder));
	if (tls)
		assert_true(
		    program_certify(path_of(arena, "certificate.pem"), path_of(arena, "key.pem")));
	server = program_serve(arguments, path_of(arena, "port"));
	arena_destroy(&arena);
}

void receiver_stop(void)
{
	if (server <= 0)
		return;
	program_end(&server);
	program_remove_folder(folder);
}

int receiver_port(void)
{
	struct arena *arena = arena_create();
	int port = atoi(read_file(arena, "port"));

	arena_destroy(&arena);
	return port;
}

const char *receiver_url(struct arena *arena, const char *path)
{
	return arena_printf(arena, "http://127.0.0.1:%d/%s", receiver_port(), path);
}

void receiver_set_secret(const char *secret)
{
	struct arena *arena = arena_create();
	FILE *file = fopen(path_of(arena, "secret"), "w");

	assert_non_null(file);
	fputs(secret, file);
	fclose(file);
	arena_destroy(&arena);
}

void receiver_clear(void)
{
	struct arena *arena = arena_create();

	(void)unlink(path_of(arena, "inbox"));
	arena_destroy(&arena);
}

void receiver_hold(bool hold)
{
	struct arena *arena = arena_create();
	FILE *file = hold ? fopen(path_of(arena, "hold"), "w") : NULL;

	assert_true(hold ? file && fclose(file) == 0 : unlink(path_of(arena, "hold")) == 0);
	arena_destroy(&arena);
}

const char *receiver_inbox(struct arena *arena)
{
	return read_file(arena, "inbox");
}

const char *receiver_body(struct arena *arena)
{
	return read_file(arena, "body");
}

unsigned receiver_count(const char *text)
{
	struct arena *arena = arena_create();
	const char *inbox = receiver_inbox(arena);
	unsigned count = 0;

	for (const char *line = inbox; *line; line += strcspn(line, "\n") + 1) {
		const char *found = strstr(line, text);
		count += found && found < line + strcspn(line, "\n");
		if (!strchr(line, '\n'))
			break;
	}
	arena_destroy(&arena);
	return count;
}
