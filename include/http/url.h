/* url.h - percent-encoding (RFC 3986) and the one place where URLs are made. */
#ifndef LETHE_HTTP_URL_H
#define LETHE_HTTP_URL_H

#include <base/arena.h>
#include <http/request.h>

/* A URL from a route's pattern: captures filled in, then the query. Both lists end with a NULL
 * name: http_url_build(arena, "/photos/{id}", HTTP_PAIRS({"id", id}), HTTP_NO_PAIRS). All but
 * RFC 3986's unreserved characters is encoded in values. A query pair whose value is NULL is left
 * out. A capture without a value is a mistake of the program: the result is then "/".
 * A pattern may begin with an origin ("https://host/photos/{id}"). */
char *http_url_build(struct arena *arena, const char *pattern, const struct http_pair *captures,
    const struct http_pair *query) __attribute__((warn_unused_result));

/* Percent-encode all but unreserved characters. */
char *http_url_encode(struct arena *arena, const char *text) __attribute__((warn_unused_result));

/* Undo percent-encoding; with `is_form`, '+' is a blank. NULL on malformed encoding, NUL, or if
 * the result is not UTF-8. */
char *http_url_decode(struct arena *arena, const char *bytes, size_t length, bool is_form)
    __attribute__((warn_unused_result));

/* `path` if it is a place on this site to go back to, else `fallback`: it must begin with one '/',
 * not "//" or "/\", and hold printable ASCII only. Guards against open redirects. */
const char *http_url_local(const char *path, const char *fallback);

#endif
