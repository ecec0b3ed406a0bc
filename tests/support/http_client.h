/* http_client.h - requests to a running Lethe, byte for byte as a test wants them.
 *
 * Everything an answer holds lives until http_client_forget. What cannot be done at all (no server,
 * out of memory) ends the program with a message. */
#ifndef LETHE_TESTS_HTTP_CLIENT_H
#define LETHE_TESTS_HTTP_CLIENT_H

#include <base/arena.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* One answer. Texts end with NUL; `json` is NULL where the body is not JSON. */
struct http_answer {
	const char *request; /* "GET /path", for messages */
	long status;
	const char *head; /* all header lines, names as they came */
	const char *body;
	size_t length;
	json_t *json;
};

/* One request. What is zero is left out. */
struct http_call {
	const char *base; /* NULL: LETHE_TEST_URL */
	const char *method;
	const char *path; /* sent as it is */
	const char *body;
	size_t length;              /* 0: of the text `body` */
	const char *type;           /* Content-Type of the body */
	const char *const *headers; /* "Name: value", the last one NULL */
};

struct http_client;

/* A client with a connection of its own; one thread uses it at a time. Without LETHE_TEST_URL the
 * program says that it is skipped and exits with 77. */
struct http_client *http_client_open(void) __attribute__((warn_unused_result));
void http_client_close(struct http_client **client);

/* Forget all answers and what else is in the arena. */
void http_client_forget(struct http_client *client);

/* Memory that lasts as long as the answers. */
struct arena *http_client_arena(struct http_client *client);

const struct http_answer *http_client_send(struct http_client *client, const struct http_call *call)
    __attribute__((warn_unused_result));

/* Send these bytes to the site's port as they are, and read until the other side closes (ask for
 * "Connection: close"). The answer's `head` and `body` are all that came; status 0 if nothing did.
 */
const struct http_answer *http_client_send_raw(struct http_client *client, const char *bytes,
    size_t length) __attribute__((warn_unused_result));

/* Send these bytes and break the connection off. */
void http_client_send_broken(struct http_client *client, const char *bytes, size_t length);

/* A header's value, or NULL; the first of that name, in any case. */
const char *http_answer_header(
    struct http_client *client, const struct http_answer *answer, const char *name);

/* The value of a cookie that the answer sets, or NULL. */
const char *http_answer_cookie(
    struct http_client *client, const struct http_answer *answer, const char *name);

/* The text between `before` and `after` in the body, or NULL. */
const char *http_answer_between(struct http_client *client, const struct http_answer *answer,
    const char *before, const char *after);

/* A member of the JSON answer by its path: "items.0.id". NULL if there is none. */
json_t *http_answer_member(const struct http_answer *answer, const char *path);

/* The same as text (NULL unless it is a string) or number (-1 unless it is one). */
const char *http_answer_text(const struct http_answer *answer, const char *path);
long http_answer_number(const struct http_answer *answer, const char *path);

/* Whether an item of this id is among the `items` of a JSON answer. */
bool http_answer_lists(const struct http_answer *answer, const char *id);

/* End the test unless the answer has this status and, where `code` is not NULL, this problem code.
 */
#define EXPECT(answer_, status_, code_)                                                            \
	http_answer_expect((answer_), (status_), (code_), __FILE__, __LINE__)
void http_answer_expect(
    const struct http_answer *answer, long status, const char *code, const char *file, int line);

/* The same, with the field at fault. */
#define EXPECT_FIELD(answer_, status_, code_, field_)                                              \
	http_answer_expect_field((answer_), (status_), (code_), (field_), __FILE__, __LINE__)
void http_answer_expect_field(const struct http_answer *answer, long status, const char *code,
    const char *field, const char *file, int line);

#endif
