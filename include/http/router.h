/* router.h - which route a path means. */
#ifndef LETHE_HTTP_ROUTER_H
#define LETHE_HTTP_ROUTER_H

#include <http/request.h>

#define HTTP_MAX_CAPTURES 4

/* A route: a pattern of literal segments and captures, "/photos/{id}/shares/{share_id}". Texts are
 * borrowed for the life of the router. */
struct http_route {
	enum http_method method; /* one bit */
	const char *pattern;
	size_t index; /* the caller's, given back by a match */
};

enum http_match_result {
	HTTP_MATCHED,
	HTTP_NO_PATH,   /* 404 */
	HTTP_NO_METHOD, /* 405: the path is known with the methods in `allowed` */
};

struct http_match {
	enum http_match_result result;
	size_t index;     /* of the route */
	unsigned allowed; /* methods of the path, as a mask; HEAD where there is GET */
	struct http_pair captures[HTTP_MAX_CAPTURES]; /* values in the arena of the look-up */
	size_t capture_count;
};

struct http_router;

/* Build the look-up structure once; it is read-only afterwards and may be shared by threads. NULL
 * with `error` (internal "bad_route") if a pattern is malformed, has more than 4 captures, or a
 * method is given twice for one path ("/a/{x}" and "/a/{y}" are one path). */
struct http_router *http_router_create(struct arena *arena, const struct http_route *routes,
    size_t count, struct error *error) __attribute__((warn_unused_result));

/* Find the route of a decoded path. Literal segments win over captures, from the left; a capture
 * takes one segment that is not empty; a trailing slash is a path of its own. The path is decided
 * before the method. HEAD matches GET; OPTIONS matches only where it was declared. */
void http_router_match(const struct http_router *router, struct arena *arena,
    enum http_method method, const char *path, struct http_match *match_r);

/* The value captured under that name, or NULL. */
const char *http_capture(const struct http_match *match, const char *name);

/* The value of an Allow header for a mask: "GET, HEAD, POST". */
const char *http_allow(struct arena *arena, unsigned allowed);

#endif
