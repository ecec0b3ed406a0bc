/* site_second.c - a second server beside the site's, on the same database, set otherwise. */
#include "site_parts.h"

#include "program.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_TRIES 400

/* Start a program, its messages going to `log` in the folder. */
static pid_t start(struct site *site, const char *log, const char *const arguments[])
{
	char *path = arena_printf(site->lasting, "%s/logs/%s", site->second_folder, log);
	pid_t child = fork();
	int log_fd;

	if (child != 0)
		return child;
	log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (log_fd < 0 || !arguments[0])
		_exit(126);
	dup2(log_fd, STDOUT_FILENO);
	dup2(log_fd, STDERR_FILENO);
	execvp(arguments[0], (char *const *)arguments);
	_exit(127);
}

static void write_conf(struct site *site)
{
	static char conf[64 * 1024];
	char *path = arena_printf(site->lasting, "%s/nginx.conf", site->second_folder);
	FILE *file;

	assert_int_equal(
	    program_run((const char *const[]){"app/run/nginx-conf.sh", site->second_folder, NULL},
		conf, sizeof(conf)),
	    0);
	file = fopen(path, "w");
	if (!file || fputs(conf, file) < 0 || fclose(file) != 0)
		fail_msg("%s cannot be written", path);
}

static void wait_ready(struct site *site, const char *base)
{
	const struct http_call call = {.base = base, .method = "GET", .path = "/readyz"};

	for (int i = 0; i < WAIT_TRIES; i++) {
		if (!program_is_free(atoi(strrchr(base, ':') + 1)) &&
		    http_client_send(site->client, &call)->status == 200)
			return;
		nanosleep(&(struct timespec){.tv_nsec = 25 * 1000 * 1000}, NULL);
	}
	fail_msg("the second server does not answer");
}

static void make_folders(struct site *site)
{
	static const char *const names[] = {"logs", "run", "nginx"};

	snprintf(site->second_folder, sizeof(site->second_folder), "/tmp/lethe-second-XXXXXX");
	assert_non_null(mkdtemp(site->second_folder));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(program_run((const char *const[]){"mkdir",
						 arena_printf(site->lasting, "%s/%s",
						     site->second_folder, names[i]),
						 NULL},
				     NULL, 0),
		    0);
}

/* Set for what is started from now on; the site's own configuration has been read. */
static void set_environment(struct site *site, int port, const char *const settings[])
{
	setenv("LETHE_SOCKET", arena_printf(site->lasting, "%s/s.sock", site->second_folder), 1);
	setenv("LETHE_PORT", arena_printf(site->lasting, "%d", port), 1);
	setenv("LETHE_METRICS_PORT", arena_printf(site->lasting, "%d", port + 1), 1);
	for (size_t i = 0; settings[i]; i++)
		putenv(arena_dup(site->lasting, settings[i]));
}

const char *site_open_second(struct site *site, const char *const settings[])
{
	int port = program_free_ports(18000);
	const char *base = arena_printf(site->lasting, "http://127.0.0.1:%d", port);

	make_folders(site);
	set_environment(site, port, settings);
	write_conf(site);
	site->second_serve = start(
	    site, "serve.log", (const char *const[]){getenv("LETHE_TEST_PROGRAM"), "serve", NULL});
	site->second_nginx = start(site, "nginx.log",
	    (const char *const[]){"nginx", "-e",
		arena_printf(site->lasting, "%s/logs/nginx-error.log", site->second_folder), "-p",
		site->second_folder, "-c",
		arena_printf(site->lasting, "%s/nginx.conf", site->second_folder), "-g",
		"daemon off;", NULL});
	wait_ready(site, base);
	return base;
}

static void stop(pid_t *child, int signal)
{
	if (*child > 0) {
		kill(*child, signal);
		waitpid(*child, NULL, 0);
	}
	*child = 0;
}

/* What a sanitizer had to say of the second server is a failure, too. */
static void check_log(const struct site *site)
{
	static char found[16 * 1024];
	char path[sizeof(site->second_folder) + 16];

	snprintf(path, sizeof(path), "%s/logs/serve.log", site->second_folder);
	if (program_run((const char *const[]){"grep", "-E", "-A", "30",
			    "Sanitizer|runtime error:", path, NULL},
		found, sizeof(found)) != 1) {
		fprintf(stderr, "%s\n", found);
		exit(1);
	}
}

void site_second_close(struct site *site)
{
	if (!site->second_folder[0])
		return;
	stop(&site->second_nginx, SIGQUIT);
	stop(&site->second_serve, SIGTERM);
	check_log(site);
	program_remove_folder(site->second_folder);
	site->second_folder[0] = '\0';
}
