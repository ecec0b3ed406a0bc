/* token.c - the character classes of HTTP, and the parameters of header values. */
#include "request.h"
#include <string.h>
#include <strings.h>

bool is_token(const char *text, size_t length)
{
	static const char others[] = "!#$%&'*+-.^_`|~";
	for (size_t i = 0; i < length; i++) {
		char byte = text[i];
		bool is_alnum = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
				(byte >= '0' && byte <= '9');
		if (!is_alnum && (byte == '\0' || !strchr(others, byte)))
			return false;
	}
	return length > 0;
}

bool is_cookie_value(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char byte = text[i];
		if (byte <= ' ' || byte >= 0x7f || strchr("\",;\\", byte))
			return false;
	}
	return true;
}

/* Skip a quoted text whose opening quote is at `at`: its closing quote, or NULL. */
static const char *quoted_end(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (at[0] == '\\' && (at[1] == '"' || at[1] == '\\'))
			at++;
	return *at == '"' ? at : NULL;
}

/* The text between two quotes, `\"` and `\\` undone. A lone backslash stays: browsers send it. */
static char *unquote(struct arena *arena, const char *open, const char *close)
{
	char *out = arena_alloc(arena, (size_t)(close - open));
	size_t length = 0;
	for (const char *at = open + 1; at < close; at++) {
		if (at[0] == '\\' && (at[1] == '"' || at[1] == '\\'))
			at++;
		out[length++] = *at;
	}
	return out;
}

/* The end of the value at `at`: of a quoted text past its quote, else the next blank or ';'. */
static const char *value_end(const char *at)
{
	if (*at != '"')
		return at + strcspn(at, "; \t");
	const char *close = quoted_end(at);
	return close ? close + 1 : NULL;
}

const char *http_header_parameter(struct arena *arena, const char *value, const char *name)
{
	const char *at = value ? value + strcspn(value, ";") : "";
	while (*at == ';') {
		at += 1 + strspn(at + 1, " \t");
		size_t length = strcspn(at, "=; \t");
		const char *start = at + length + 1;
		if (at[length] != '=') {
			at += strcspn(at, ";");
			continue;
		}
		const char *end = value_end(start);
		if (!end)
			return NULL;
		if (length == strlen(name) && strncasecmp(at, name, length) == 0)
			return *start == '"' ? unquote(arena, start, end - 1)
					     : arena_copy(arena, start, (size_t)(end - start));
		at = end + strspn(end, " \t");
	}
	return NULL;
}
