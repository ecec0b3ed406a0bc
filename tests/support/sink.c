/* sink.c - starting and asking the mail server of tests. */
#include "sink.h"

#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PYTHON    "/usr/bin/python3" /* Debian's, which has Debian's packages */
#define MESSAGES  20
#define FILE_SIZE 20000
#define PATH_SIZE 128

static char program[] = LETHE_SHARE_DIR "/tests/support/smtp_sink.py";
static char folder[] = "/tmp/lethe-smtp-XXXXXX";
static char certificate[PATH_SIZE], key[PATH_SIZE];
static pid_t server;

static void path_of(const char *name, char path[PATH_SIZE])
{
	snprintf(path, PATH_SIZE, "%s/%s", folder, name);
}

bool sink_open(void)
{
	const char *const has_server[] = {PYTHON, "-c", "import aiosmtpd", NULL};
	char output[4000];

	if (program_run(has_server, output, sizeof(output)) != 0 || !mkdtemp(folder))
		return false;
	path_of("certificate.pem", certificate);
	path_of("key.pem", key);
	return program_certify(certificate, key);
}

void sink_stop(void)
{
	program_end(&server);
}

void sink_close(void)
{
	sink_stop();
	program_remove_folder(folder);
}

static void forget(const char *name)
{
	char path[PATH_SIZE];

	path_of(name, path);
	(void)unlink(path);
}

static void forget_all(void)
{
	for (int i = 1; i < MESSAGES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d.eml", i);
		forget(name);
	}
	forget("inbox");
	forget("port");
}

void sink_start(const char *feature, int port)
{
	char *const arguments[] = {
	    PYTHON, program, folder, certificate, key, (char *)feature, NULL};
	char text[16], path[PATH_SIZE];

	sink_stop();
	forget_all();
	snprintf(text, sizeof(text), "%d", port);
	path_of("port", path);
	assert_int_equal(setenv("SINK_PORT", text, 1), 0);
	server = program_serve(arguments, path);
}

int sink_port(void)
{
	struct arena *arena = arena_create();
	int port = atoi(sink_read(arena, "port"));

	arena_destroy(&arena);
	return port;
}

const char *sink_certificate(void)
{
	return certificate;
}

const char *sink_read(struct arena *arena, const char *name)
{
	char path[PATH_SIZE];
	char *text = arena_alloc(arena, FILE_SIZE);
	FILE *file;

	path_of(name, path);
	file = fopen(path, "r");
	if (file && fread(text, 1, FILE_SIZE - 1, file) == 0)
		text[0] = '\0';
	if (file)
		fclose(file);
	return text;
}
