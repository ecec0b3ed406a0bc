/* form.c - application/x-www-form-urlencoded. */
#include <base/text.h>
#include <http/form.h>
#include <http/url.h>
#include <string.h>

static size_t count_pieces(const char *bytes, size_t length)
{
	size_t count = 1;
	for (size_t i = 0; i < length; i++)
		count += bytes[i] == '&';
	return count;
}

/* Decode `name=value` into a pair; false if either is malformed. */
static bool decode_pair(
    struct arena *arena, const char *piece, size_t length, struct http_pair *pair_r)
{
	const char *equals = memchr(piece, '=', length);
	size_t name_length = equals ? (size_t)(equals - piece) : length;
	pair_r->name = http_url_decode(arena, piece, name_length, true);
	pair_r->value = "";
	if (equals) {
		char *value = http_url_decode(arena, equals + 1, length - name_length - 1, true);
		pair_r->value = value ? text_line_breaks(value) : NULL;
	}
	return pair_r->name && pair_r->value;
}

bool http_form_parse(struct arena *arena, const char *bytes, size_t length, size_t limit,
    const char *code, struct http_pairs *pairs_r, struct error *error)
{
	*pairs_r = (struct http_pairs){0};
	size_t capacity = count_pieces(bytes, length);
	if (capacity > limit)
		return error_set(
		    error, ERROR_INVALID, code, "There are more than %zu fields.", limit);
	struct http_pair *pairs = arena_array(arena, capacity, sizeof(*pairs));
	size_t count = 0;
	for (const char *at = bytes, *end = bytes + length; at < end;) {
		const char *stop = memchr(at, '&', (size_t)(end - at));
		if (!stop)
			stop = end;
		if (stop > at && !decode_pair(arena, at, (size_t)(stop - at), &pairs[count++]))
			return error_set(error, ERROR_INVALID, code,
			    "Field %zu is not percent-encoded UTF-8.", count);
		at = stop + 1;
	}
	*pairs_r = (struct http_pairs){pairs, count};
	return true;
}

bool http_form_read(struct http_request *request, struct http_pairs *fields_r, struct error *error)
{
	const char *bytes;
	size_t length;
	*fields_r = (struct http_pairs){0};
	if (!http_body_read_all(request, HTTP_FORM_MAX_BYTES, &bytes, &length, error))
		return false;
	if (length == 0)
		return true;
	if (!http_content_type_is(request, "application/x-www-form-urlencoded"))
		return error_set(error, ERROR_INVALID, "unsupported_content_type",
		    "The body must be application/x-www-form-urlencoded.");
	return http_form_parse(
	    request->arena, bytes, length, HTTP_FORM_MAX_FIELDS, "invalid_form", fields_r, error);
}
