/* edge_test.c - the FastCGI edge with a toy handler behind a real nginx. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <http/server.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define LIMIT_S     110 /* of the whole program */
#define BODY_BYTES  (26 * 1024 * 1024)
#define CLIENTS     20
#define ANSWER_SIZE (256 * 1024)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

/* --- the toy: this program again, started with "--serve SOCKET THREADS"
 * --------------------------- */

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

static struct http_server toy_server(const char *socket_path, int threads)
{
	return (struct http_server){.socket_path = socket_path,
	    .threads = threads,
	    .stop_s = 3,
	    .stack_bytes = IS_SANITIZED ? 1024 * 1024 : 0,
	    .clock = &clock_system,
	    .thread_open = toy_open,
	    .handle = toy_handle,
	    .thread_close = toy_close};
}

static int serve_toy(const char *socket_path, int threads)
{
	struct error error = {0};
	struct http_server server = toy_server(socket_path, threads);
	if (http_serve(&server, &error))
		return 0;
	fprintf(stderr, "toy: %s: %s\n", error.code, error.message);
	_exit(strcmp(error.code, "stop_timeout") == 0 ? 3 : 1);
}

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

static pid_t spawn(char *const args[])
{
	pid_t pid = fork();
	if (pid == 0) {
		execvp(args[0], args);
		_exit(127);
	}
	assert_true(pid > 0);
	return pid;
}

/* Wait for a child: its exit status, or -1 if it has not ended within `limit_ms`. */
static int wait_exit(pid_t pid, int limit_ms)
{
	for (int waited = 0; waited <= limit_ms; waited += 10) {
		int status;
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		usleep(10 * 1000);
	}
	return -1;
}

static int connect_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

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

static void start_toy(struct place *place, int threads)
{
	char count[16];
	snprintf(count, sizeof(count), "%d", threads);
	char *args[] = {"/proc/self/exe", "--serve", place->socket, count, NULL};
	place->toy = spawn(args);
	int fd = -1;
	for (int i = 0; i < 500 && fd < 0; i++) {
		usleep(10 * 1000);
		fd = connect_unix(place->socket);
	}
	assert_true(fd >= 0);
	close(fd);
}

static void stop_toy(struct place *place)
{
	if (place->toy > 0) {
		kill(place->toy, SIGTERM);
		assert_int_equal(wait_exit(place->toy, 9000), 0);
	}
	place->toy = 0;
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
	place->nginx = spawn(args);
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
	start_toy(place, 24);
	start_nginx(place);
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	if (place->nginx > 0) {
		kill(place->nginx, SIGTERM);
		wait_exit(place->nginx, 5000);
	}
	stop_toy(place);
	char *args[] = {"rm", "-rf", place->folder, NULL};
	wait_exit(spawn(args), 5000);
	free(place);
	return 0;
}

/* --- talking HTTP ------------------------------------------------------------------------------
 */

static void send_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
		assert_true(sent > 0);
		bytes += sent;
		length -= (size_t)sent;
	}
}

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
	send_all(fd, head, (size_t)length);
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
	send_all(fd, head, (size_t)head_length);
	for (size_t left = length; left > 0;) {
		size_t piece = left < 65536 ? left : 65536;
		send_all(fd, bytes, piece);
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

/* Resident memory of a process in KiB. */
static long resident_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	fclose(file);
	return kib;
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
	if (!IS_SANITIZED)
		assert_true(resident_kib(place->toy) < 20 * 1024);
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
	if (!IS_SANITIZED)
		assert_true(resident_kib(place->toy) < 40 * 1024);
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
		send_all(fd, early, sizeof(early) - 1);
		close(fd);
		fd = connect_port(place->port);
		send_all(fd, half, sizeof(half) - 1);
		close(fd);
	}
	assert_int_equal(ask(place, "GET", "/hello", "", answer), 200);
}

/* FastCGI by hand, as a gateway that breaks off would leave it. */
static void broken_gateway_is_survived(void **state)
{
	struct place *place = *state;
	static const char pieces[][24] = {
	    "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0",           /* begin, then nothing */
	    "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0\1\4\0\1", /* half of a params header */
	    "garbage, not FastCGI",
	};
	need_nginx(place);
	for (size_t i = 0; i < 3 * 24; i++) {
		int fd = connect_unix(place->socket);
		assert_true(fd >= 0);
		send_all(fd, pieces[i % 3], i / 3 + 1);
		close(fd);
	}
	assert_int_equal(ask(place, "GET", "/hello", "", answer), 200);
}

/* Append a FastCGI record of request 1 to `out`. */
static void put_record(struct buf *out, int type, const char *content, size_t length)
{
	char header[] = {1, (char)type, 0, 1, (char)(length >> 8), (char)length, 0, 0};
	buf_append(out, header, sizeof(header));
	buf_append(out, content, length);
}

/* Send a POST to `uri` in FastCGI, with a Content-Length and a body that may be another; the
 * gateway keeps the connection. */
static void send_fastcgi(int fd, const char *uri, const char *promised, size_t length)
{
	struct buf out = {0}, params = {0};
	char *body = calloc(1, length + 1);
	buf_printf(&params, "%c%cREQUEST_METHODPOST", 14, 4);
	buf_printf(&params, "%c%cREQUEST_URI%s", 11, (int)strlen(uri), uri);
	buf_printf(&params, "%c%cCONTENT_LENGTH%s", 14, (int)strlen(promised), promised);
	put_record(&out, 1, "\0\1\1\0\0\0\0\0", 8);
	put_record(&out, 4, params.data, params.length);
	put_record(&out, 4, "", 0);
	put_record(&out, 5, body, length);
	put_record(&out, 5, "", 0);
	send_all(fd, out.data, out.length);
	buf_free(&out);
	buf_free(&params);
	free(body);
}

/* Read FastCGI records into `answer` until the request's end has come; false if it never does. */
static bool read_fastcgi(int fd)
{
	static const char end[] = "\1\3\0\1\0\10";
	size_t used = 0;
	memset(answer, 0, 4096);
	while (!memmem(answer, used, end, 6)) {
		ssize_t got = recv(fd, answer + used, ANSWER_SIZE - 1 - used, 0);
		if (got <= 0)
			return false;
		used += (size_t)got;
	}
	return true;
}

static bool answer_has(const char *text)
{
	return memmem(answer, 1024, text, strlen(text)) != NULL;
}

/* nginx would never send this. */
static void short_body_is_truncated(void **state)
{
	struct place *place = *state;
	need_nginx(place);
	int fd = connect_unix(place->socket);
	send_fastcgi(fd, "/sum", "9", 3);
	assert_true(read_fastcgi(fd));
	assert_true(answer_has("Status: 400") && answer_has("body_truncated"));
	close(fd);
}

/* What a handler leaves of a body must not be taken for the next request's beginning. */
static void connection_survives_an_unread_body(void **state)
{
	struct place *place = *state;
	need_nginx(place);
	int fd = connect_unix(place->socket);
	for (int i = 0; i < 3; i++) {
		send_fastcgi(fd, "/hello", "30000", 30000);
		assert_true(read_fastcgi(fd));
		assert_true(answer_has("Status: 200"));
	}
	close(fd);
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
	serves_many_at_once(state);             /* nginx now keeps idle connections */
	int idle = connect_unix(place->socket); /* and one that never says anything */
	for (int i = 0; i < 3; i++)
		pthread_create(&slow[i], NULL, ask_slow, place);
	usleep(300 * 1000);
	kill(place->toy, SIGTERM);
	int result = wait_exit(place->toy, 3000);
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
	start_toy(place, 40);
	serves_many_at_once(state);
}

static void request_that_never_ends_is_given_up(void **state)
{
	struct place *place = *state;
	static const char hang[] = "GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n";
	need_nginx(place);
	int fd = connect_port(place->port);
	send_all(fd, hang, sizeof(hang) - 1);
	usleep(200 * 1000);
	kill(place->toy, SIGTERM);
	int result = wait_exit(place->toy, 6000);
	assert_int_equal(result, 3);
	close(fd);
	start_toy(place, 24); /* over the stale socket file that was left */
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
	if (count == 4 && strcmp(args[1], "--serve") == 0)
		return serve_toy(args[2], atoi(args[3]));
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers),
	    cmocka_unit_test(refuses_before_the_handler),
	    cmocka_unit_test(broken_answer_is_500),
	    cmocka_unit_test(nothing_is_left_of_a_request),
	    cmocka_unit_test(unread_body_does_not_spoil_the_connection),
	    cmocka_unit_test(streams_a_large_body),
	    cmocka_unit_test(serves_many_at_once),
	    cmocka_unit_test(client_that_goes_away_is_no_error),
	    cmocka_unit_test(broken_gateway_is_survived),
	    cmocka_unit_test(short_body_is_truncated),
	    cmocka_unit_test(connection_survives_an_unread_body),
	    cmocka_unit_test(stops_with_idle_connections_and_finishes_requests),
	    cmocka_unit_test(request_that_never_ends_is_given_up),
	    cmocka_unit_test(start_is_refused_with_a_reason),
	};
	alarm(LIMIT_S);
	return cmocka_run_group_tests_name("edge", tests, set_up, tear_down);
}
