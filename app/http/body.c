/* body.c - reading a request's body within bounds. */
#include <http/request.h>
#include <string.h>

static bool fail_truncated(struct error *error)
{
	return error_set(error, ERROR_INVALID, "body_truncated",
	    "The body ended before all of it had arrived. Please send it again.");
}

bool http_body_read(
    struct http_request *request, char *bytes, size_t size, size_t *read_r, struct error *error)
{
	struct http_body *body = &request->body;
	*read_r = 0;
	if (body->length >= 0 && (uint64_t)(body->length - body->consumed) < size)
		size = (size_t)(body->length - body->consumed);
	if (size == 0 || !body->read)
		return !body->read && body->length > 0 ? fail_truncated(error) : true;
	if (!body->read(body->context, bytes, size, read_r))
		return fail_truncated(error);
	body->consumed += (int64_t)*read_r;
	if (*read_r == 0 && body->length > body->consumed)
		return fail_truncated(error);
	return true;
}

static bool fail_large(struct error *error, size_t limit)
{
	return error_set(
	    error, ERROR_TOO_LARGE, "body_too_large", "The body is larger than %zu bytes.", limit);
}

/* Read up to `size` bytes, stopping early only at the body's end. */
static bool read_fully(
    struct http_request *request, char *bytes, size_t size, size_t *length_r, struct error *error)
{
	*length_r = 0;
	while (*length_r < size) {
		size_t got;
		if (!http_body_read(request, bytes + *length_r, size - *length_r, &got, error))
			return false;
		if (got == 0)
			return true;
		*length_r += got;
	}
	return true;
}

/* Read a body of unknown length by doubling. */
static bool read_growing(struct http_request *request, size_t limit, char **bytes_r,
    size_t *length_r, struct error *error)
{
	size_t capacity = 4096;
	*bytes_r = arena_alloc(request->arena, capacity + 1);
	for (;;) {
		size_t got;
		if (!read_fully(request, *bytes_r + *length_r, capacity - *length_r, &got, error))
			return false;
		*length_r += got;
		if (*length_r > limit)
			return fail_large(error, limit);
		if (*length_r < capacity)
			return true;
		char *larger = arena_alloc(request->arena, 2 * capacity + 1);
		memcpy(larger, *bytes_r, capacity);
		*bytes_r = larger;
		capacity *= 2;
	}
}

bool http_body_read_all(struct http_request *request, size_t limit, const char **bytes_r,
    size_t *length_r, struct error *error)
{
	char *bytes = NULL;
	int64_t left = request->body.length - request->body.consumed;
	*bytes_r = "";
	*length_r = 0;
	if (request->body.length >= 0 && (uint64_t)left > limit)
		return fail_large(error, limit);
	if (request->body.length < 0) {
		if (!read_growing(request, limit, &bytes, length_r, error))
			return false;
	} else {
		bytes = arena_alloc(request->arena, (size_t)left + 1);
		if (!read_fully(request, bytes, (size_t)left, length_r, error))
			return false;
	}
	bytes[*length_r] = '\0';
	*bytes_r = bytes;
	return true;
}
