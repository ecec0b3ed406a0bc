/* multipart.h - multipart/form-data (RFC 7578), streamed: memory does not grow with the body. */
#ifndef LETHE_HTTP_MULTIPART_H
#define LETHE_HTTP_MULTIPART_H

#include <http/request.h>

#define HTTP_MULTIPART_MAX_BOUNDARY 70   /* characters (RFC 2046, 5.1.1) */
#define HTTP_MULTIPART_MAX_HEADERS  8192 /* bytes of one part's header block */
#define HTTP_MULTIPART_MAX_PARTS    64
#define HTTP_MULTIPART_MAX_FIELD    65536 /* bytes of a part that is not a file */

/* A file part's header. Texts live in the arena; `filename` is what the client said: show it,
 * never use it as a path. */
struct http_part {
	const char *name;
	const char *filename;
	const char *content_type; /* "" if absent; a claim, not a fact */
};

/* Where files go. Each call may refuse by returning false with `error` set, which ends the parse.
 * Whoever owns the sink cleans up after a failure: `end` is called only for a part that came
 * whole. A part with an empty filename and no bytes (nothing chosen) is not announced at all. */
struct http_multipart_sink {
	bool (*begin)(void *context, const struct http_part *part, struct error *error);
	bool (*data)(void *context, const char *bytes, size_t length, struct error *error);
	bool (*end)(void *context, struct error *error);
	void *context;
};

struct http_multipart_limits {
	int64_t file_bytes;  /* of each file part */
	int64_t total_bytes; /* of the whole body */
};

struct http_multipart;

/* A parser for one body. `boundary` as in the Content-Type, checked here; limits and sink are
 * copied. NULL with `error` (invalid "invalid_multipart") if the boundary is no good. */
struct http_multipart *http_multipart_create(struct arena *arena, const char *boundary,
    const struct http_multipart_limits *limits, const struct http_multipart_sink *sink,
    struct error *error) __attribute__((warn_unused_result));

/* Feed the next bytes, split anywhere. After false, feed no more. Errors: invalid
 * "invalid_multipart" (bad headers, no name, not UTF-8, too many parts), too_large
 * "file_too_large" with the part's name as field, "field_too_large", "body_too_large", or whatever
 * the sink set. */
bool http_multipart_push(struct http_multipart *parser, const char *bytes, size_t length,
    struct error *error) __attribute__((warn_unused_result));

/* The body has ended: the fields that are not files, in order. Without the final boundary:
 * invalid "body_truncated". */
bool http_multipart_finish(struct http_multipart *parser, struct http_pairs *fields_r,
    struct error *error) __attribute__((warn_unused_result));

/* All of the above for a request. Another content type is invalid "unsupported_content_type". */
bool http_multipart_read(struct http_request *request, const struct http_multipart_limits *limits,
    const struct http_multipart_sink *sink, struct http_pairs *fields_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
