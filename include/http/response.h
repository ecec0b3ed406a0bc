/* response.h - the answer, collected whole and then sent at once with its length. */
#ifndef LETHE_HTTP_RESPONSE_H
#define LETHE_HTTP_RESPONSE_H

#include <base/arena.h>
#include <base/buf.h>
#include <http/request.h>
#include <stdbool.h>
#include <stddef.h>

#define HTTP_RESPONSE_MAX_HEADERS 48

/* Takes a piece of a streamed body. False: the client has gone, so stop. */
typedef bool (*http_write_fn)(void *sink, const char *bytes, size_t length);

/* Makes a streamed body piece by piece. False: it could not be finished, and the connection is cut
 * so that the client cannot take a part for the whole. */
typedef bool (*http_stream_fn)(void *context, http_write_fn write, void *sink);

/* Made by the edge for each request; a handler sets status, headers and body. A header that must
 * not be sent makes the response broken: it is then answered as 500 and logged. */
struct http_response {
	struct arena *arena;
	int status; /* 200 unless set */
	struct http_pair headers[HTTP_RESPONSE_MAX_HEADERS];
	size_t header_count;
	struct buf *body;      /* the thread's buffer, empty at first */
	http_stream_fn stream; /* makes the body after the head was sent, or NULL: it is `body` */
	void *stream_context;  /* lives in the arena */
	const char *broken;    /* what was wrong with a header, or NULL */
};

/* Make `response` empty: status 200, no headers, `body` cleared. */
void http_response_init(struct http_response *response, struct arena *arena, struct buf *body);

/* Set a header, replacing one of that name. The name must be a token (RFC 9110) and the value free
 * of control characters but tab; else the response is broken. Texts are copied. Status,
 * Content-Length, X-Request-Id and Set-Cookie cannot be set this way. A NULL value removes it. */
void http_response_header(struct http_response *response, const char *name, const char *value);

/* A header that was set, by its name in any case, or NULL. */
const char *http_response_get(const struct http_response *response, const char *name);

/* What a cookie is to be. Every cookie is HttpOnly and SameSite=Lax. */
struct http_set_cookie {
	const char *name; /* a token */
	const char
	    *value; /* cookie octets (RFC 6265, 4.1.1): no blank, quote, comma, semicolon, \ */
	const char *path;  /* NULL for "/" */
	int64_t max_age_s; /* seconds; negative: until the browser closes; 0: forget it now */
	bool is_secure;    /* set under https */
};

/* Add a Set-Cookie header; several may be added, one of the same name replaces the former. */
void http_response_cookie(struct http_response *response, const struct http_set_cookie *cookie);

/* 303 See Other to `location` (a path of ours, or an absolute URL made by http_url_build). Whatever
 * body there was is dropped. */
void http_response_redirect(struct http_response *response, const char *location);

/* 304 Not Modified with that ETag (quoted, as sent), without a body. */
void http_response_not_modified(struct http_response *response, const char *etag);

/* Set status and Content-Type; the body is then appended to `response->body`. */
void http_response_begin(struct http_response *response, int status, const char *content_type);

/* Let `stream` make the body while it is sent, in bounded memory and without a length. */
void http_response_stream(struct http_response *response, http_stream_fn stream, void *context);

/* Append status line, headers, Content-Length and X-Request-Id as CGI wants them (RFC 3875, 6.3),
 * ending with the blank line. 204, 304 and streamed bodies get no Content-Length. */
void http_response_write_head(
    const struct http_response *response, const char *request_id, struct buf *out);

/* True if a body goes out: not for HEAD, 204 and 304. */
bool http_response_has_body(const struct http_response *response, enum http_method method);

/* The phrase of a status code ("Not Found"), or "Status". */
const char *http_status_phrase(int status);

#endif
