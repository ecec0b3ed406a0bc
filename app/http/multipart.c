/* multipart.c - multipart/form-data (RFC 7578 and RFC 2046, 5.1) as it streams in.
 *
 * A part ends at CR LF "--" boundary. As a boundary holds no CR, a match that fails can only begin
 * again at its next byte: the bytes matched so far are known, so none need to be kept. */
#include "multipart.h"
#include <base/text.h>
#include <stdio.h>
#include <string.h>

#define READ_BYTES  16384
#define FIELD_FIRST 256

enum state {
	IN_PREAMBLE,
	IN_CONTENT,
	AFTER_BOUNDARY,
	AFTER_BOUNDARY_CR,
	AFTER_BOUNDARY_DASH,
	IN_HEADERS,
	IN_EPILOGUE,
};

struct http_multipart {
	struct arena *arena;
	struct http_multipart_limits limits;
	struct http_multipart_sink sink;
	enum state state;
	char delimiter[4 + HTTP_MULTIPART_MAX_BOUNDARY + 1];
	size_t delimiter_length;
	size_t matched; /* bytes of the delimiter that have just passed */
	int64_t total_bytes;

	char *headers; /* of the part that begins */
	size_t header_length;

	struct http_part part;
	bool is_announced; /* the sink knows of this file */
	int64_t part_bytes;
	size_t part_count;

	char *field; /* the bytes of a part that is not a file */
	size_t field_capacity;
	struct http_pair fields[HTTP_MULTIPART_MAX_PARTS];
	size_t field_count;
};

/* One step of the parser: take at least one byte of [at, end); where it stopped, or NULL. */
typedef const char *(*step_fn)(
    struct http_multipart *parser, const char *at, const char *end, struct error *error);

/* The characters of a boundary (RFC 2046, 5.1.1): not ending with a blank. */
static bool is_boundary(const char *boundary)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789'()+_,-./:=? ";
	size_t length = strlen(boundary);
	return length > 0 && length <= HTTP_MULTIPART_MAX_BOUNDARY &&
	       strspn(boundary, allowed) == length && boundary[length - 1] != ' ';
}

struct http_multipart *http_multipart_create(struct arena *arena, const char *boundary,
    const struct http_multipart_limits *limits, const struct http_multipart_sink *sink,
    struct error *error)
{
	if (!boundary || !is_boundary(boundary)) {
		multipart_fail(error, "boundary");
		return NULL;
	}
	struct http_multipart *parser = arena_alloc(arena, sizeof(*parser));
	parser->arena = arena;
	parser->limits = *limits;
	parser->sink = *sink;
	parser->headers = arena_alloc(arena, HTTP_MULTIPART_MAX_HEADERS);
	parser->delimiter_length =
	    (size_t)snprintf(parser->delimiter, sizeof(parser->delimiter), "\r\n--%s", boundary);
	/* The first boundary may be the very first line: as if a CR LF had come before. */
	parser->matched = 2;
	return parser;
}

/* Fail as too large, naming the part. */
static bool fail_large(struct http_multipart *parser, const char *code, struct error *error)
{
	const char *name = parser->part.name;
	error_set(error, ERROR_TOO_LARGE, code, "%.60s is too large.", name);
	if (error && strlen(name) < sizeof(error->field))
		memcpy(error->field, name, strlen(name) + 1);
	return false;
}

static bool begin_file(struct http_multipart *parser, struct error *error)
{
	if (parser->is_announced)
		return true;
	parser->is_announced = true;
	return parser->sink.begin(parser->sink.context, &parser->part, error);
}

static bool file_content(
    struct http_multipart *parser, const char *bytes, size_t length, struct error *error)
{
	if (parser->part_bytes > parser->limits.file_bytes)
		return fail_large(parser, "file_too_large", error);
	return begin_file(parser, error) &&
	       parser->sink.data(parser->sink.context, bytes, length, error);
}

/* Make room for `size` bytes of the field. */
static void grow_field(struct http_multipart *parser, size_t size)
{
	size_t capacity = parser->field_capacity ? parser->field_capacity : FIELD_FIRST;
	while (capacity < size)
		capacity *= 2;
	if (capacity == parser->field_capacity)
		return;
	char *larger = arena_alloc(parser->arena, capacity);
	if (parser->field)
		memcpy(larger, parser->field, parser->field_capacity);
	parser->field = larger;
	parser->field_capacity = capacity;
}

static bool field_content(
    struct http_multipart *parser, const char *bytes, size_t length, struct error *error)
{
	if (parser->part_bytes > HTTP_MULTIPART_MAX_FIELD)
		return fail_large(parser, "field_too_large", error);
	grow_field(parser, (size_t)parser->part_bytes);
	memcpy(parser->field + parser->part_bytes - length, bytes, length);
	return true;
}

/* Bytes that belong to the part, or to the preamble, which nobody reads. */
static bool take_content(
    struct http_multipart *parser, const char *bytes, size_t length, struct error *error)
{
	if (parser->state == IN_PREAMBLE || length == 0)
		return true;
	parser->part_bytes += (int64_t)length;
	return parser->part.filename ? file_content(parser, bytes, length, error)
				     : field_content(parser, bytes, length, error);
}

static bool end_file(struct http_multipart *parser, struct error *error)
{
	/* A file input in which nothing was chosen is sent as an empty part without a filename. */
	if (!parser->is_announced && parser->part.filename[0] == '\0')
		return true;
	return begin_file(parser, error) && parser->sink.end(parser->sink.context, error);
}

static bool end_field(struct http_multipart *parser, struct error *error)
{
	size_t length = (size_t)parser->part_bytes;
	if (!text_is_utf8(length ? parser->field : "", length))
		return error_set_field(error, parser->part.name, "invalid_multipart",
		    "%.60s must be text in UTF-8.", parser->part.name);
	parser->fields[parser->field_count++] = (struct http_pair){parser->part.name,
	    text_line_breaks(arena_copy(parser->arena, length ? parser->field : "", length))};
	return true;
}

static bool end_part(struct http_multipart *parser, struct error *error)
{
	if (parser->state == IN_PREAMBLE)
		return true;
	return parser->part.filename ? end_file(parser, error) : end_field(parser, error);
}

/* Content up to the next CR, which may begin a delimiter. */
static const char *step_plain(
    struct http_multipart *parser, const char *at, const char *end, struct error *error)
{
	const char *stop = memchr(at, '\r', (size_t)(end - at));
	size_t length = (size_t)((stop ? stop : end) - at);
	if (!take_content(parser, at, length, error))
		return NULL;
	parser->matched = stop ? 1 : 0;
	return stop ? stop + 1 : end;
}

static const char *step_content(
    struct http_multipart *parser, const char *at, const char *end, struct error *error)
{
	if (parser->matched == 0)
		return step_plain(parser, at, end, error);
	if (*at != parser->delimiter[parser->matched]) {
		size_t passed = parser->matched;
		parser->matched = 0;
		return take_content(parser, parser->delimiter, passed, error)
			   ? step_plain(parser, at, end, error)
			   : NULL;
	}
	if (++parser->matched < parser->delimiter_length)
		return at + 1;
	parser->matched = 0;
	if (!end_part(parser, error))
		return NULL;
	parser->state = AFTER_BOUNDARY;
	return at + 1;
}

/* What follows a boundary: "--" ends the body, CR LF begins a part; blanks may come before. */
static const char *step_boundary(
    struct http_multipart *parser, const char *at, const char *end, struct error *error)
{
	(void)end;
	static const struct {
		enum state state;
		char byte;
		enum state next;
	} moves[] = {
	    {AFTER_BOUNDARY, ' ', AFTER_BOUNDARY},
	    {AFTER_BOUNDARY, '\t', AFTER_BOUNDARY},
	    {AFTER_BOUNDARY, '\r', AFTER_BOUNDARY_CR},
	    {AFTER_BOUNDARY, '-', AFTER_BOUNDARY_DASH},
	    {AFTER_BOUNDARY_CR, '\n', IN_HEADERS},
	    {AFTER_BOUNDARY_DASH, '-', IN_EPILOGUE},
	};
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		if (moves[i].state == parser->state && moves[i].byte == *at) {
			parser->state = moves[i].next;
			return at + 1;
		}
	}
	multipart_fail(error, "boundary line");
	return NULL;
}

/* The header block is complete: the part begins. */
static bool begin_part(struct http_multipart *parser, struct error *error)
{
	if (++parser->part_count > HTTP_MULTIPART_MAX_PARTS)
		return multipart_fail(error, "too many parts");
	size_t length = parser->header_length - 2;
	if (!part_read_headers(parser->arena, parser->headers, length, &parser->part, error))
		return false;
	parser->header_length = 0;
	parser->part_bytes = 0;
	parser->is_announced = false;
	parser->state = IN_CONTENT;
	return true;
}

/* True if the collected block ends with an empty line. */
static bool is_block_complete(const struct http_multipart *parser)
{
	size_t length = parser->header_length;
	const char *end = parser->headers + length;
	return (length == 2 && memcmp(parser->headers, "\r\n", 2) == 0) ||
	       (length >= 4 && memcmp(end - 4, "\r\n\r\n", 4) == 0);
}

static const char *step_headers(
    struct http_multipart *parser, const char *at, const char *end, struct error *error)
{
	(void)end;
	if (parser->header_length == HTTP_MULTIPART_MAX_HEADERS) {
		multipart_fail(error, "a header block that is too long");
		return NULL;
	}
	parser->headers[parser->header_length++] = *at;
	if (*at == '\n' && is_block_complete(parser) && !begin_part(parser, error))
		return NULL;
	return at + 1;
}

static const char *step_epilogue(
    struct http_multipart *parser, const char *at, const char *end, struct error *error)
{
	(void)parser;
	(void)at;
	(void)error;
	return end;
}

bool http_multipart_push(
    struct http_multipart *parser, const char *bytes, size_t length, struct error *error)
{
	static const step_fn steps[] = {
	    [IN_PREAMBLE] = step_content,
	    [IN_CONTENT] = step_content,
	    [AFTER_BOUNDARY] = step_boundary,
	    [AFTER_BOUNDARY_CR] = step_boundary,
	    [AFTER_BOUNDARY_DASH] = step_boundary,
	    [IN_HEADERS] = step_headers,
	    [IN_EPILOGUE] = step_epilogue,
	};
	parser->total_bytes += (int64_t)length;
	if (parser->total_bytes > parser->limits.total_bytes)
		return error_set(
		    error, ERROR_TOO_LARGE, "body_too_large", "The upload is too large.");
	const char *end = bytes + length;
	for (const char *at = bytes; at && at < end;) {
		at = steps[parser->state](parser, at, end, error);
		if (!at)
			return false;
	}
	return true;
}

bool http_multipart_finish(
    struct http_multipart *parser, struct http_pairs *fields_r, struct error *error)
{
	*fields_r = (struct http_pairs){parser->fields, parser->field_count};
	if (parser->state != IN_EPILOGUE)
		return error_set(error, ERROR_INVALID, "body_truncated",
		    "The upload ended before all of it had arrived. Please send it again.");
	return true;
}

static struct http_multipart *open_parser(struct http_request *request,
    const struct http_multipart_limits *limits, const struct http_multipart_sink *sink,
    struct error *error)
{
	if (!http_content_type_is(request, "multipart/form-data")) {
		error_set(error, ERROR_INVALID, "unsupported_content_type",
		    "The body must be multipart/form-data.");
		return NULL;
	}
	if (request->body.length > limits->total_bytes) {
		error_set(error, ERROR_TOO_LARGE, "body_too_large", "The upload is too large.");
		return NULL;
	}
	const char *boundary =
	    http_header_parameter(request->arena, http_header(request, "Content-Type"), "boundary");
	return http_multipart_create(request->arena, boundary, limits, sink, error);
}

bool http_multipart_read(struct http_request *request, const struct http_multipart_limits *limits,
    const struct http_multipart_sink *sink, struct http_pairs *fields_r, struct error *error)
{
	char bytes[READ_BYTES];
	size_t length;
	*fields_r = (struct http_pairs){0};
	struct http_multipart *parser = open_parser(request, limits, sink, error);
	if (!parser)
		return false;
	do {
		if (!http_body_read(request, bytes, sizeof(bytes), &length, error) ||
		    !http_multipart_push(parser, bytes, length, error))
			return false;
	} while (length > 0);
	return http_multipart_finish(parser, fields_r, error);
}
