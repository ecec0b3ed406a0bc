/* cookie.c - the cookies a request brings (RFC 6265). */
#include "request.h"
#include <string.h>

/* Narrow a run of bytes by the blanks around it. */
static void trim(const char **text, size_t *length)
{
	while (*length > 0 && (**text == ' ' || **text == '\t')) {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
		(*length)--;
}

/* Read `name=value`, the value perhaps in quotes; false if it is malformed. */
static bool parse_pair(
    struct arena *arena, const char *piece, size_t length, struct http_pair *pair_r)
{
	const char *equals = memchr(piece, '=', length);
	if (!equals)
		return false;
	const char *name = piece, *value = equals + 1;
	size_t name_length = (size_t)(equals - piece);
	size_t value_length = length - name_length - 1;
	trim(&name, &name_length);
	trim(&value, &value_length);
	if (value_length >= 2 && value[0] == '"' && value[value_length - 1] == '"') {
		value++;
		value_length -= 2;
	}
	if (!is_token(name, name_length) || !is_cookie_value(value, value_length))
		return false;
	pair_r->name = arena_copy(arena, name, name_length);
	pair_r->value = arena_copy(arena, value, value_length);
	return true;
}

struct http_pairs cookies_parse(struct arena *arena, const char *header)
{
	struct http_pair *pairs = arena_array(arena, HTTP_MAX_COOKIES, sizeof(*pairs));
	size_t count = 0;
	while (*header && count < HTTP_MAX_COOKIES) {
		size_t length = strcspn(header, ";");
		if (parse_pair(arena, header, length, &pairs[count]))
			count++;
		header += length;
		header += *header == ';';
	}
	return (struct http_pairs){pairs, count};
}
