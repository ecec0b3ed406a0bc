/* edge_test.c - the FastCGI edge with a toy handler behind a real nginx. */
#include "../support/memory.h"
#include "../support/toy.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define LIMIT_S     110 /* of the whole program */
#define BODY_BYTES  (26 * 1024 * 1024)
#define CLIENTS     20
#define ANSWER_SIZE (256 * 1024)

/* --- starting and stopping ---------------------------------------------------------------------
 */

/* The processes and places of this test. */
struct place {
	char folder[64];
	char socket[96];
	char conf[96];
	int port;
	pid_t toy;
	pid_t nginx;
};

static int connect_port(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval limit = {.tv_sec = 20};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static int free_port(void)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static const char nginx_conf[] =
    "%s daemon off; worker_processes 1; pid %s/nginx.pid; error_log %s/error.log warn;\n"
    "events { worker_connections 256; }\n"
    "http { access_log off; client_max_body_size 64m; keepalive_requests 100000;\n"
    " client_body_temp_path %s/b; proxy_temp_path %s/p; fastcgi_temp_path %s/f;\n"
    " uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n"
    " upstream app { server unix:%s max_fails=0; keepalive 4; }\n"
    " server { listen 127.0.0.1:%d; location / { include /etc/nginx/fastcgi_params;\n"
    "  fastcgi_param X_REQUEST_ID $request_id; fastcgi_pass app; fastcgi_keep_conn on;\n"
    "  add_header X-Nginx-Id $request_id always; } } }\n";

static void start_nginx(struct place *place)
{
	const char *dir = place->folder;
	FILE *file = fopen(place->conf, "w");
	assert_non_null(file);
	fprintf(file, nginx_conf, geteuid() == 0 ? "user root;" : "", dir, dir, dir, dir, dir, dir,
	    dir, place->socket, place->port);
	fclose(file);
	char log[128];
	snprintf(log, sizeof(log), "%s/error.log", dir);
	char *args[] = {"nginx", "-e", log, "-p", place->folder, "-c", place->conf, NULL};
	place->nginx = toy_spawn(args);
	int fd = -1;
	for (int i = 0; i < 500 && fd < 0; i++) {
		usleep(10 * 1000);
		fd = connect_port(place->port);
	}
	assert_true(fd >= 0);
	close(fd);
}

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	*state = place;
	snprintf(place->folder, sizeof(place->folder), "/tmp/lethe-edge-XXXXXX");
	if (!place || !mkdtemp(place->folder))
		return -1;
	snprintf(place->socket, sizeof(place->socket), "%s/app.sock", place->folder);
	snprintf(place->conf, sizeof(place->conf), "%s/nginx.conf", place->folder);
	place->port = free_port();
	if (access("/usr/sbin/nginx", X_OK) != 0)
		return 0;
	place->toy = toy_start(place->socket, 24);
	start_nginx(place);
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	if (place->nginx > 0) {
		kill(place->nginx, SIGTERM);
		toy_wait(place->nginx, 5000);
	}
	toy_stop(&place->toy);
	char *args[] = {"rm", "-rf", place->folder, NULL};
	toy_wait(toy_spawn(args), 5000);
	free(place);
	return 0;
}

/* --- talking HTTP ------------------------------------------------------------------------------
 */

/* Read one answer: head, and as much body as its Content-Length says. Returns the status. */
static int read_answer(int fd, bool has_body, char *out)
{
	size_t used = 0, need = SIZE_MAX;
	out[0] = '\0';
	while (used < need && used < ANSWER_SIZE - 1) {
		ssize_t got = recv(fd, out + used, ANSWER_SIZE - 1 - used, 0);
		if (got <= 0)
			break;
		used += (size_t)got;
		out[used] = '\0';
		char *blank = strstr(out, "\r\n\r\n");
		char *length = strcasestr(out, "\r\nContent-Length: ");
		if (blank && need == SIZE_MAX)
			need = (size_t)(blank + 4 - out) + (has_body && length && length < blank
								   ? strtoul(length + 18, NULL, 10)
								   : 0);
	}
	return used > 12 && strncmp(out, "HTTP/1.1 ", 9) == 0 ? atoi(out + 9) : 0;
}

static int ask_on(int fd, const char *method, const char *target, const char *headers, char *out)
{
	char head[2048];
	int length = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
	    method, target, headers);
	toy_send(fd, head, (size_t)length);
	return read_answer(fd, strcmp(method, "HEAD") != 0, out);
}

static int ask(
    struct place *place, const char *method, const char *target, const char *headers, char *out)
{
	int fd = connect_port(place->port);
	assert_true(fd >= 0);
	int status = ask_on(fd, method, target, headers, out);
	close(fd);
	return status;
}

static const char *body_of(const char *answer)
{
	const char *blank = strstr(answer, "\r\n\r\n");
	return blank ? blank + 4 : "";
}

/* The value of an answer's header, in a buffer of its own. */
static void header_of(const char *answer, const char *name, char out[128])
{
	char pattern[64];
	snprintf(pattern, sizeof(pattern), "\r\n%s: ", name);
	const char *at = strcasestr(answer, pattern);
	out[0] = '\0';
	if (at)
		snprintf(out, 128, "%.*s", (int)strcspn(at + strlen(pattern), "\r"),
		    at + strlen(pattern));
}

static void need_nginx(struct place *place)
{
	if (place->nginx == 0) {
		print_message("skipped: nginx is not installed\n");
		skip();
	}
}

/* --- tests -------------------------------------------------------------------------------------
 */

static char answer[ANSWER_SIZE];

static void answers(void **state)
{
	char id[128], nginx_id[128], length[128];
	need_nginx(*state);
	assert_int_equal(ask(*state, "GET", "/hello", "", answer), 200);
	assert_string_equal(body_of(answer), "hello");
	header_of(answer, "X-Request-Id", id);
	header_of(answer, "X-Nginx-Id", nginx_id);
	assert_int_equal(strlen(id), 32);
	assert_string_equal(id, nginx_id);
	assert_int_equal(ask(*state, "HEAD", "/hello", "", answer), 200);
	assert_string_equal(body_of(answer), "");
	header_of(answer, "Content-Length", length);
	assert_string_equal(length, "5");
	assert_int_equal(ask(*state, "GET", "/large", "", answer), 200);
	assert_int_equal(strlen(body_of(answer)), 200 * 1024);
	assert_int_equal(ask(*state, "GET", "/nowhere", "", answer), 404);
}

static void refuses_before_the_handler(void **state)
{
	need_nginx(*state);
	assert_int_equal(ask(*state, "GET", "/a%2fb", "", answer), 400);
	assert_string_equal(body_of(answer), "Bad Request\n");
	assert_int_equal(ask(*state, "GET", "/hello?q=%ff", "", answer), 400);
	assert_int_equal(ask(*state, "GET", "/hello", "Origin: \xff\r\n", answer), 400);
	assert_int_equal(ask(*state, "GET", "/hello", "User-Agent: \xff\r\n", answer), 200);
}

static void broken_answer_is_500(void **state)
{
	need_nginx(*state);
	assert_int_equal(ask(*state, "GET", "/broken", "", answer), 500);
	assert_null(strstr(answer, "stolen"));
	assert_null(strstr(answer, "not to be seen"));
}

static void nothing_is_left_of_a_request(void **state)
{
	struct place *place = *state;
	need_nginx(place);
	/* One client connection, so that nginx uses one connection and one thread. */
	int fd = connect_port(place->port);
	for (int i = 0; i < 20; i++) {
		char seen[128];
		assert_int_equal(
		    ask_on(fd, "GET", "/state?q=me", "Cookie: session=abc\r\n", answer), 201);
		assert_string_equal(
		    body_of(answer), "status 200 headers 0 body 0 cookie abc query me length -1");
		header_of(answer, "Set-Cookie", seen);
		assert_string_equal(seen, "seen=1; Path=/; Max-Age=5; HttpOnly; SameSite=Lax");
		assert_int_equal(ask_on(fd, "GET", "/state", "", answer), 200);
		assert_string_equal(body_of(answer),
		    "status 200 headers 0 body 0 cookie none query none length -1");
		header_of(answer, "Set-Cookie", seen);
		assert_string_equal(seen, "");
		header_of(answer, "X-Query", seen);
		assert_string_equal(seen, "");
	}
	close(fd);
}

/* Send a POST with `length` bytes of 'x', and read the answer. */
static int post_bytes(int fd, const char *target, size_t length)
{
	char head[256];
	char *bytes = malloc(65536);
	int head_length = snprintf(head, sizeof(head),
	    "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", target, length);
	memset(bytes, 'x', 65536);
	toy_send(fd, head, (size_t)head_length);
	for (size_t left = length; left > 0;) {
		size_t piece = left < 65536 ? left : 65536;
		toy_send(fd, bytes, piece);
		left -= piece;
	}
	free(bytes);
	return read_answer(fd, true, answer);
}

static void unread_body_does_not_spoil_the_connection(void **state)
{
	struct place *place = *state;
	need_nginx(place);
	int fd = connect_port(place->port);
	for (int i = 0; i < 20; i++) {
		/* The smaller fits into the socket's buffer: nginx then keeps the connection. */
		assert_int_equal(post_bytes(fd, "/hello", i % 2 ? 300000 : 100000), 200);
		assert_string_equal(body_of(answer), "hello");
		assert_int_equal(ask_on(fd, "GET", "/state", "", answer), 200);
	}
	close(fd);
}

static void streams_a_large_body(void **state)
{
	struct place *place = *state;
	char expected[64];
	need_nginx(place);
	int fd = connect_port(place->port);
	assert_int_equal(post_bytes(fd, "/sum", BODY_BYTES), 200);
	snprintf(expected, sizeof(expected), "%d %llu", BODY_BYTES, BODY_BYTES * 120ULL);
	assert_string_equal(body_of(answer), expected);
	close(fd);
	assert_true(MEMORY_IS_SANITIZED || memory_resident_kib(place->toy) < 20 * 1024);
}

/* One of many clients: each on a connection of its own. */
static void *run_client(void *context)
{
	struct place *place = context;
	char *out = malloc(ANSWER_SIZE);
	intptr_t good = 0;
	int fd = connect_port(place->port);
	for (int i = 0; i < 50 && fd >= 0; i++)
		good += ask_on(fd, "GET", i % 5 ? "/hello" : "/large", "", out) == 200;
	close(fd);
	free(out);
	return (void *)good;
}

static void serves_many_at_once(void **state)
{
	struct place *place = *state;
	pthread_t clients[CLIENTS];
	need_nginx(place);
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&clients[i], NULL, run_client, place), 0);
	for (int i = 0; i < CLIENTS; i++) {
		void *good;
		pthread_join(clients[i], &good);
		assert_int_equal((intptr_t)good, 50);
	}
	assert_true(MEMORY_IS_SANITIZED || memory_resident_kib(place->toy) < 40 * 1024);
}

static void client_that_goes_away_is_no_error(void **state)
{
	struct place *place = *state;
	static const char early[] = "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
	static const char half[] =
	    "POST /sum HTTP/1.1\r\nHost: l\r\nContent-Length: 900000\r\n\r\nxx";
	need_nginx(place);
	for (int i = 0; i < 8; i++) {
		int fd = connect_port(place->port);
		toy_send(fd, early, sizeof(early) - 1);
		close(fd);
		fd = connect_port(place->port);
		toy_send(fd, half, sizeof(half) - 1);
		close(fd);
	}
	assert_int_equal(ask(place, "GET", "/hello", "", answer), 200);
}

static void *ask_slow(void *context)
{
	char *out = malloc(ANSWER_SIZE);
	intptr_t status = ask(context, "GET", "/slow", "", out);
	free(out);
	return (void *)status;
}

static void stops_with_idle_connections_and_finishes_requests(void **state)
{
	struct place *place = *state;
	pthread_t slow[3];
	void *status;
	need_nginx(place);
	serves_many_at_once(state);            /* nginx now keeps idle connections */
	int idle = toy_connect(place->socket); /* and one that never says anything */
	for (int i = 0; i < 3; i++)
		pthread_create(&slow[i], NULL, ask_slow, place);
	usleep(300 * 1000);
	kill(place->toy, SIGTERM);
	int result = toy_wait(place->toy, 3000);
	place->toy = 0;
	assert_int_equal(result, 0);
	for (int i = 0; i < 3; i++) {
		pthread_join(slow[i], &status);
		assert_int_equal((intptr_t)status, 200);
	}
	close(idle);
	assert_int_equal(access(place->socket, F_OK), -1);
	/* nginx says so at once, and all is well again with the next server. */
	assert_int_equal(ask(place, "GET", "/hello", "", answer), 502);
	place->toy = toy_start(place->socket, 40);
	serves_many_at_once(state);
}

static void request_that_never_ends_is_given_up(void **state)
{
	struct place *place = *state;
	static const char hang[] = "GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n";
	need_nginx(place);
	int fd = connect_port(place->port);
	toy_send(fd, hang, sizeof(hang) - 1);
	usleep(200 * 1000);
	kill(place->toy, SIGTERM);
	int result = toy_wait(place->toy, 6000);
	assert_int_equal(result, 3);
	close(fd);
	place->toy = toy_start(place->socket, 24); /* over the stale socket file that was left */
	assert_int_equal(ask(place, "GET", "/hello", "", answer), 200);
}

/* Try to serve and fail: the error's message. */
static void assert_refused(const struct http_server *server, const char *code, const char *words)
{
	struct error error = {0};
	assert_false(http_serve(server, &error));
	assert_string_equal(error.code, code);
	assert_non_null(strstr(error.message, words));
}

static void start_is_refused_with_a_reason(void **state)
{
	struct place *place = *state;
	char path[160];
	need_nginx(place);
	struct http_server server = toy_server(place->socket, 2);
	assert_refused(&server, "socket_failed", "Another server");
	server.socket_path = place->conf;
	assert_refused(&server, "socket_failed", "not a socket");
	snprintf(path, sizeof(path), "/tmp/%0120d", 1);
	server.socket_path = path;
	assert_refused(&server, "socket_failed", "longer than");
	snprintf(path, sizeof(path), "%s/other.sock", place->folder);
	server.context = place; /* makes toy_open fail */
	assert_refused(&server, "toy_failed", "No.");
	assert_int_equal(access(path, F_OK), -1);
}

int main(int count, char **args)
{
	int status;
	if (toy_main(count, args, &status))
		return status;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers),
	    cmocka_unit_test(refuses_before_the_handler),
	    cmocka_unit_test(broken_answer_is_500),
	    cmocka_unit_test(nothing_is_left_of_a_request),
	    cmocka_unit_test(unread_body_does_not_spoil_the_connection),
	    cmocka_unit_test(streams_a_large_body),
	    cmocka_unit_test(serves_many_at_once),
	    cmocka_unit_test(client_that_goes_away_is_no_error),
	    cmocka_unit_test(stops_with_idle_connections_and_finishes_requests),
	    cmocka_unit_test(request_that_never_ends_is_given_up),
	    cmocka_unit_test(start_is_refused_with_a_reason),
	};
	alarm(LIMIT_S);
	return cmocka_run_group_tests_name("edge", tests, set_up, tear_down);
}
