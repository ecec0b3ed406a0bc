/* request.h - one HTTP request, checked before anybody sees it.
 *
 * Everything a request gives lives in its arena and is well-formed UTF-8 without NUL. A request
 * that breaks a rule below never reaches a handler. */
#ifndef LETHE_HTTP_REQUEST_H
#define LETHE_HTTP_REQUEST_H

#include <base/arena.h>
#include <base/clock.h>
#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Methods are bits, so that a set of them is a mask. */
enum http_method {
	HTTP_GET = 1 << 0,
	HTTP_HEAD = 1 << 1,
	HTTP_POST = 1 << 2,
	HTTP_PATCH = 1 << 3,
	HTTP_DELETE = 1 << 4,
	HTTP_OPTIONS = 1 << 5,
	HTTP_PUT = 1 << 6,
	HTTP_OTHER = 1 << 7, /* any other token */
};

#define HTTP_MAX_TARGET       8192 /* bytes of path and query as they came */
#define HTTP_MAX_QUERY_PARAMS 64
#define HTTP_MAX_HEADER_VALUE 16384 /* bytes of one header's value */
#define HTTP_MAX_HEADERS      128
#define HTTP_MAX_COOKIES      64
#define HTTP_REQUEST_ID_SIZE  65 /* 16 to 64 characters and the NUL */

/* A name and a value; in lists that end with a NULL name where no count is given. */
struct http_pair {
	const char *name;
	const char *value;
};

/* Literal pairs as an argument: HTTP_PAIRS({"id", id}, {"tab", "photos"}). */
#define HTTP_PAIRS(...) ((const struct http_pair[]){__VA_ARGS__, {NULL, NULL}})
#define HTTP_NO_PAIRS   ((const struct http_pair[]){{NULL, NULL}})

/* A run of pairs, in the order they came; names may repeat. */
struct http_pairs {
	const struct http_pair *items;
	size_t count;
};

/* The first value of that name, or NULL. */
const char *http_pairs_get(const struct http_pairs *pairs, const char *name);

/* How many pairs have that name. */
size_t http_pairs_count(const struct http_pairs *pairs, const char *name);

/* Where the body comes from. `read` fills at most `size` bytes and stores how many; 0 is the end.
 * False: the connection failed. */
struct http_body {
	int64_t length;   /* Content-Length; -1 where it was not given */
	int64_t consumed; /* bytes read so far */
	bool (*read)(void *context, char *bytes, size_t size, size_t *read_r);
	void *context;
};

struct json_t; /* jansson's; see http/json.h */

struct http_request {
	struct arena *arena;
	char id[HTTP_REQUEST_ID_SIZE]; /* for X-Request-Id, logs and audit */
	enum http_method method;
	const char *path;     /* decoded; begins with '/'; "" if the request was refused early */
	const char *raw_path; /* as it came, without the query, even if it was refused; may carry
			       * tokens: not for logs as is */
	struct http_pairs query;
	struct http_pairs headers; /* names as the gateway gives them: "IF_NONE_MATCH" */
	struct http_pairs cookies;
	const char *remote_address; /* the client's IP address, or "" */
	const char *host;           /* the Host header, checked; "" if there was none */
	const char *listener;       /* "public" or "metrics": the nginx listener it came through */
	bool is_https;
	struct http_body body;
	struct json_t *json; /* owned by the request; set by http_json_read */
};

/* Make a request from FastCGI parameters ("NAME=value" texts ending with NULL; borrowed until the
 * call returns). Read are REQUEST_METHOD, REQUEST_URI, REMOTE_ADDR, HTTPS or REQUEST_SCHEME,
 * CONTENT_TYPE, CONTENT_LENGTH, X_REQUEST_ID, LETHE_LISTENER and HTTP_*. X_REQUEST_ID counts when
 * it is 16 to 64 characters of [0-9A-Za-z-]; else an id is made with `clock`. `body` is copied; its
 * length is set from CONTENT_LENGTH.
 *
 * Never NULL. False with `error` set if the request is to be refused; it then still has an id, an
 * arena, its method, and a path where that much could be read:
 *   invalid "invalid_path"    not beginning with '/', malformed percent-encoding (RFC 3986), not
 *                             UTF-8, a control character or NUL, a segment "." or "..", an encoded
 *                             slash, all also when percent-encoded;
 *   invalid "invalid_query"   malformed percent-encoding, not UTF-8, NUL, more than 64 parameters;
 *   invalid "invalid_header"  CR, LF, NUL or another control character but tab in a value, not
 *                             UTF-8 (User-Agent and Referer are left out instead, Cookie is read
 *                             pair by pair), a second Authorization, Host, Origin, Content-Type,
 *                             X-CSRF-Token or X-Reauth-Token, a bad Host, a bad Content-Length;
 *   too_large                 "uri_too_long" or "header_too_large". */
bool http_request_read(struct arena *arena, const struct clock *clock, const char *const *params,
    const struct http_body *body, struct http_request **request_r, struct error *error)
    __attribute__((warn_unused_result));

/* Free what a request holds outside its arena (a parsed JSON body) and null the handle. */
void http_request_finish(struct http_request **request);

/* The first value of a query parameter, "" where it has none, or NULL. */
const char *http_query(const struct http_request *request, const char *name);

/* A header by its usual name in any case, "If-None-Match"; the first if it came twice, or NULL. */
const char *http_header(const struct http_request *request, const char *name);

/* A cookie's value without surrounding quotes; the first of that name (RFC 6265), or NULL. */
const char *http_cookie(const struct http_request *request, const char *name);

/* True if the Content-Type header is the media type `type` ("application/json"), parameters aside;
 * compared without regard to case. */
bool http_content_type_is(const struct http_request *request, const char *type);

/* A parameter of a header value such as Content-Type, e.g. "boundary", unquoted, or NULL. */
const char *http_header_parameter(struct arena *arena, const char *value, const char *name);

/* True if the answer should be JSON: paths under /api/, or Accept prefers it to HTML. */
bool http_wants_json(const struct http_request *request);

/* True if an If-None-Match value (or NULL) names `etag`, by weak comparison (RFC 9110, 13.1.2). */
bool http_etag_matches(const char *if_none_match, const char *etag);

/* Read the next at most `size` bytes of the body; 0 at its end. Fewer bytes than Content-Length
 * promised, or a lost connection: invalid "body_truncated". */
bool http_body_read(struct http_request *request, char *bytes, size_t size, size_t *read_r,
    struct error *error) __attribute__((warn_unused_result));

/* Read the whole body into the arena, NUL-terminated beyond `*length_r`. More than `limit` bytes:
 * too_large "body_too_large". */
bool http_body_read_all(struct http_request *request, size_t limit, const char **bytes_r,
    size_t *length_r, struct error *error) __attribute__((warn_unused_result));

/* The method of a name ("GET"), HTTP_OTHER if unknown; and its name. */
enum http_method http_method_parse(const char *name);
const char *http_method_name(enum http_method method);

#endif
