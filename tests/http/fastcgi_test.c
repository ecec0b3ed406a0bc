/* fastcgi_test.c - the FastCGI edge spoken to by hand: what a gateway would never, or seldom, do.
 */
#include "../support/toy.h"
#include <base/buf.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define LIMIT_S     60
#define ANSWER_SIZE (64 * 1024)

/* A toy server and the folder of its socket. */
struct place {
	char folder[64];
	char socket[96];
	pid_t toy;
};

static char answer[ANSWER_SIZE];

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	*state = place;
	snprintf(place->folder, sizeof(place->folder), "/tmp/lethe-fastcgi-XXXXXX");
	if (!mkdtemp(place->folder))
		return -1;
	snprintf(place->socket, sizeof(place->socket), "%s/app.sock", place->folder);
	/* One thread: what it is left with after a request is what the next one meets. */
	place->toy = toy_start(place->socket, 1);
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	toy_stop(&place->toy);
	rmdir(place->folder);
	free(place);
	return 0;
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
	toy_send(fd, out.data, out.length);
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
	int fd = toy_connect(place->socket);
	send_fastcgi(fd, "/sum", "9", 3);
	assert_true(read_fastcgi(fd));
	assert_true(answer_has("Status: 400") && answer_has("body_truncated"));
	close(fd);
}

/* What a handler leaves of a body must not be taken for the next request's beginning. */
static void connection_survives_an_unread_body(void **state)
{
	struct place *place = *state;
	int fd = toy_connect(place->socket);
	for (int i = 0; i < 3; i++) {
		send_fastcgi(fd, "/hello", "30000", 30000);
		assert_true(read_fastcgi(fd));
		assert_true(answer_has("Status: 200"));
	}
	close(fd);
}

/* As a gateway that breaks off would leave it. */
static void broken_gateway_is_survived(void **state)
{
	struct place *place = *state;
	static const char pieces[][24] = {
	    "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0",           /* begin, then nothing */
	    "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0\1\4\0\1", /* half of a params header */
	    "garbage, not FastCGI",
	};
	for (size_t i = 0; i < 3 * 24; i++) {
		int fd = toy_connect(place->socket);
		assert_true(fd >= 0);
		toy_send(fd, pieces[i % 3], i / 3 + 1);
		close(fd);
	}
	int fd = toy_connect(place->socket);
	send_fastcgi(fd, "/hello", "0", 0);
	assert_true(read_fastcgi(fd));
	close(fd);
}

/* With more connections than threads, who waits comes before who is kept. */
static void waiting_connection_comes_before_a_kept_one(void **state)
{
	struct place *place = *state;
	char byte;
	int kept = toy_connect(place->socket);
	send_fastcgi(kept, "/hello", "0", 0);
	assert_true(read_fastcgi(kept));
	int waiting = toy_connect(place->socket);
	send_fastcgi(waiting, "/hello", "0", 0);
	send_fastcgi(kept, "/hello", "0", 0);
	assert_true(read_fastcgi(kept));
	assert_true(read_fastcgi(waiting));
	assert_int_equal(recv(kept, &byte, 1, 0), 0);
	/* Nobody waits any more: this one is kept. */
	send_fastcgi(waiting, "/hello", "0", 0);
	assert_true(read_fastcgi(waiting));
	close(kept);
	close(waiting);
}

/* A connection that an idle thread is about to take is no reason to close another: the gateway may
 * have sent its next request on that already. With so many threads one is idle nearly always: not
 * while they begin, or when none of them gets any time. */
static void connection_is_kept_while_a_thread_is_idle(void **state)
{
	struct place *place = *state;
	char path[sizeof(place->socket) + 2], byte;
	int dropped = 0;
	snprintf(path, sizeof(path), "%s2", place->socket);
	pid_t toy = toy_start(path, 40);
	int kept = toy_connect(path);
	for (int i = 0; i < 500; i++) {
		send_fastcgi(kept, "/hello", "0", 0);
		int other = toy_connect(path);
		assert_true(read_fastcgi(kept));
		close(other);
		usleep(200);
		if (recv(kept, &byte, 1, MSG_DONTWAIT) >= 0) {
			dropped++;
			close(kept);
			kept = toy_connect(path);
		}
	}
	close(kept);
	toy_stop(&toy);
	assert_in_range(dropped, 0, 10);
}

/* What the gateway gave up while it waited costs nobody anything: served, it would hold the only
 * thread beyond this test's limit. */
static void an_abandoned_request_is_not_served(void **state)
{
	struct place *place = *state;
	int held = toy_connect(place->socket);
	send_fastcgi(held, "/slow", "0", 0);
	usleep(100 * 1000);
	int abandoned = toy_connect(place->socket);
	send_fastcgi(abandoned, "/hang", "0", 0);
	close(abandoned);
	int waiting = toy_connect(place->socket);
	send_fastcgi(waiting, "/hello", "0", 0);
	assert_true(read_fastcgi(held));
	assert_true(read_fastcgi(waiting));
	assert_true(answer_has("Status: 200"));
	close(held);
	close(waiting);
}

/* A request that has arrived when the server is told to stop is still answered. */
static void request_in_hand_is_finished(void **state)
{
	struct place *place = *state;
	int fd = toy_connect(place->socket);
	send_fastcgi(fd, "/slow", "0", 0);
	usleep(200 * 1000);
	kill(place->toy, SIGTERM);
	assert_true(read_fastcgi(fd));
	assert_true(answer_has("slow"));
	assert_int_equal(toy_wait(place->toy, 2000), 0);
	place->toy = 0;
	assert_int_equal(access(place->socket, F_OK), -1);
	close(fd);
}

int main(int count, char **args)
{
	int status;
	if (toy_main(count, args, &status))
		return status;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_body_is_truncated),
	    cmocka_unit_test(connection_survives_an_unread_body),
	    cmocka_unit_test(broken_gateway_is_survived),
	    cmocka_unit_test(waiting_connection_comes_before_a_kept_one),
	    cmocka_unit_test(connection_is_kept_while_a_thread_is_idle),
	    cmocka_unit_test(an_abandoned_request_is_not_served),
	    cmocka_unit_test(request_in_hand_is_finished),
	};
	alarm(LIMIT_S);
	return cmocka_run_group_tests_name("fastcgi", tests, set_up, tear_down);
}
