/* program.c - run other programs from a test. */
#include "program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Read until the other end is closed; what does not fit is read and dropped. */
static void read_all(int fd, char *output, size_t size)
{
	char rest[4096];
	size_t length = 0;
	ssize_t got = 1;

	while (got > 0) {
		if (length < size - 1) {
			got = read(fd, output + length, size - 1 - length);
			length += got > 0 ? (size_t)got : 0;
		} else {
			got = read(fd, rest, sizeof(rest));
		}
	}
	output[length] = '\0';
}

static int wait_for(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

int program_run(const char *const arguments[], char *output, size_t size)
{
	posix_spawn_file_actions_t actions;
	int ends[2] = {-1, -1};
	pid_t child;
	int failed;

	if (output != NULL && pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	if (output != NULL)
		posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	failed =
	    posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (output != NULL) {
		close(ends[1]);
		read_all(ends[0], output, size);
		close(ends[0]);
	}
	return failed != 0 ? -1 : wait_for(child);
}

void program_remove_folder(const char *folder)
{
	if (program_run((const char *const[]){"rm", "-rf", folder, NULL}, NULL, 0) != 0) {
		fprintf(stderr, "cannot remove %s\n", folder);
		exit(1);
	}
}

bool program_is_free(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_taken;

	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	is_taken = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	close(fd);
	return !is_taken;
}

int program_free_ports(int from)
{
	int port = from + (int)(getpid() % 900) * 2;

	while (!program_is_free(port) || !program_is_free(port + 1))
		port += 2;
	return port;
}

/* A minute, on a machine under load. */
#define SERVE_TRIES 6000

pid_t program_serve(char *const arguments[], const char *ready)
{
	pid_t server = fork();

	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(arguments[0], arguments);
		_exit(127);
	}
	for (int i = 0; i < SERVE_TRIES && access(ready, F_OK) != 0; i++)
		usleep(10 * 1000);
	if (server < 0 || access(ready, F_OK) != 0) {
		fprintf(stderr, "%s: %s has not come up\n", ready, arguments[1]);
		abort();
	}
	return server;
}

void program_end(pid_t *server)
{
	if (*server > 0) {
		kill(*server, SIGKILL);
		waitpid(*server, NULL, 0);
	}
	*server = 0;
}

bool program_certify(const char *certificate, const char *key)
{
	const char *const arguments[] = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
	    "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
	    "-keyout", key, "-out", certificate, NULL};
	char output[4000];

	return program_run(arguments, output, sizeof(output)) == 0;
}
