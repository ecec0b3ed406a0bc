/* toy.c - a small server on the FastCGI edge, run as a process of its own. */
#include "toy.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* What a toy thread keeps: how many requests it has answered. */
struct toy {
	long answered;
};

static void toy_hello(struct http_request *request, struct http_response *response)
{
	(void)request;
	buf_puts(response->body, "hello");
}

static void toy_slow(struct http_request *request, struct http_response *response)
{
	(void)request;
	nanosleep(&(struct timespec){.tv_nsec = 600 * 1000 * 1000}, NULL);
	buf_puts(response->body, "slow");
}

static void toy_hang(struct http_request *request, struct http_response *response)
{
	(void)request;
	(void)response;
	sleep(60);
}

/* Read the body in pieces: its length and the sum of its bytes. */
static void toy_sum(struct http_request *request, struct http_response *response)
{
	char bytes[16384];
	size_t length;
	uint64_t total = 0, sum = 0;
	struct error error = {0};
	do {
		if (!http_body_read(request, bytes, sizeof(bytes), &length, &error)) {
			http_response_begin(response, 400, "text/plain");
			buf_puts(response->body, error.code);
			return;
		}
		for (size_t i = 0; i < length; i++)
			sum += (unsigned char)bytes[i];
		total += length;
	} while (length > 0);
	buf_printf(response->body, "%llu %llu", (unsigned long long)total, (unsigned long long)sum);
}

static void toy_large(struct http_request *request, struct http_response *response)
{
	(void)request;
	for (int i = 0; i < 200 * 1024; i++)
		buf_putc(response->body, (char)('a' + i % 26));
}

static void toy_broken(struct http_request *request, struct http_response *response)
{
	(void)request;
	buf_puts(response->body, "not to be seen");
	http_response_header(response, "X-Evil", "a\r\nSet-Cookie: stolen=1");
}

/* Show all that a former request could have left behind. */
static void toy_state(struct http_request *request, struct http_response *response)
{
	const char *cookie = http_cookie(request, "session");
	const char *query = http_query(request, "q");
	buf_printf(response->body, "status %d headers %zu body %zu cookie %s query %s length %lld",
	    response->status, response->header_count, response->body->length,
	    cookie ? cookie : "none", query ? query : "none", (long long)request->body.length);
	if (query) {
		response->status = 201;
		http_response_header(response, "X-Query", query);
		http_response_cookie(response,
		    &(struct http_set_cookie){.name = "seen", .value = "1", .max_age_s = 5});
	}
}

static const struct {
	const char *path;
	void (*answer)(struct http_request *request, struct http_response *response);
} toy_pages[] = {
    {"/hello", toy_hello},
    {"/slow", toy_slow},
    {"/hang", toy_hang},
    {"/sum", toy_sum},
    {"/large", toy_large},
    {"/broken", toy_broken},
    {"/state", toy_state},
};

static void toy_handle(void *thread, struct http_request *request, struct http_response *response)
{
	((struct toy *)thread)->answered++;
	for (size_t i = 0; i < sizeof(toy_pages) / sizeof(toy_pages[0]); i++) {
		if (strcmp(toy_pages[i].path, request->path) == 0) {
			toy_pages[i].answer(request, response);
			return;
		}
	}
	response->status = 404;
}

static bool toy_open(void *context, void **thread_r, struct error *error)
{
	if (context)
		return error_set(error, ERROR_INTERNAL, "toy_failed", "No.");
	*thread_r = calloc(1, sizeof(struct toy));
	return *thread_r != NULL;
}

static void toy_close(void *thread)
{
	free(thread);
}

struct http_server toy_server(const char *socket_path, int threads)
{
	return (struct http_server){.socket_path = socket_path,
	    .threads = threads,
	    .stop_s = TOY_STOP_S,
	    .clock = &clock_system,
	    .thread_open = toy_open,
	    .handle = toy_handle,
	    .thread_close = toy_close};
}

static int serve(const char *socket_path, int threads)
{
	struct error error = {0};
	struct http_server server = toy_server(socket_path, threads);
	if (http_serve(&server, &error))
		return 0;
	fprintf(stderr, "toy: %s: %s\n", error.code, error.message);
	_exit(strcmp(error.code, "stop_timeout") == 0 ? 3 : 1);
}

bool toy_main(int count, char **args, int *status_r)
{
	if (count != 4 || strcmp(args[1], "--serve") != 0)
		return false;
	*status_r = serve(args[2], atoi(args[3]));
	return true;
}

pid_t toy_spawn(char *const args[])
{
	pid_t pid = fork();
	if (pid == 0) {
		execvp(args[0], args);
		_exit(127);
	}
	assert_true(pid > 0);
	return pid;
}

int toy_wait(pid_t pid, int limit_ms)
{
	for (int waited = 0; waited <= limit_ms; waited += 10) {
		int status;
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		usleep(10 * 1000);
	}
	return -1;
}

int toy_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct timeval limit = {.tv_sec = 20};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

void toy_send(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
		assert_true(sent > 0);
		bytes += sent;
		length -= (size_t)sent;
	}
}

pid_t toy_start(const char *socket_path, int threads)
{
	char count[16], path[108];
	snprintf(count, sizeof(count), "%d", threads);
	snprintf(path, sizeof(path), "%s", socket_path);
	char *args[] = {"/proc/self/exe", "--serve", path, count, NULL};
	pid_t toy = toy_spawn(args);
	int fd = -1;
	for (int i = 0; i < 500 && fd < 0; i++) {
		usleep(10 * 1000);
		fd = toy_connect(path);
	}
	assert_true(fd >= 0);
	close(fd);
	return toy;
}

void toy_stop(pid_t *toy)
{
	if (*toy > 0) {
		kill(*toy, SIGTERM);
		assert_int_equal(toy_wait(*toy, 9000), 0);
	}
	*toy = 0;
}
