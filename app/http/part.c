/* part.c - the header block of one part of a multipart/form-data body (RFC 7578). */
#include "multipart.h"
#include "request.h"
#include <base/text.h>
#include <string.h>
#include <strings.h>

/* What the headers of a part say; NULL where it does not say it. */
struct part_headers {
	const char *disposition;
	const char *type;
	const char *encoding;
};

bool multipart_fail(struct error *error, const char *what)
{
	return error_set(
	    error, ERROR_INVALID, "invalid_multipart", "The upload is not well-formed (%s).", what);
}

/* Where the value of a header we know goes; NULL for others, which RFC 7578 says to ignore. */
static const char **header_slot(struct part_headers *headers, const char *name, size_t length)
{
	const struct {
		const char *name;
		const char **slot;
	} known[] = {
	    {"Content-Disposition", &headers->disposition},
	    {"Content-Type", &headers->type},
	    {"Content-Transfer-Encoding", &headers->encoding},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == length &&
		    strncasecmp(known[i].name, name, length) == 0)
			return known[i].slot;
	return NULL;
}

/* Read one line, without its CRLF. */
static bool read_line(struct arena *arena, const char *line, size_t length,
    struct part_headers *headers, struct error *error)
{
	const char *colon = memchr(line, ':', length);
	size_t name_length = colon ? (size_t)(colon - line) : 0;
	if (!is_token(line, name_length))
		return multipart_fail(error, "header name");
	const char **slot = header_slot(headers, line, name_length);
	if (!slot)
		return true;
	if (*slot)
		return multipart_fail(error, "header given twice");
	const char *value = colon + 1, *end = line + length;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	*slot = arena_copy(arena, value, (size_t)(end - value));
	return true;
}

static bool has_control(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
			return true;
	}
	return false;
}

static bool read_lines(struct arena *arena, const char *block, size_t length,
    struct part_headers *headers, struct error *error)
{
	for (const char *at = block, *end = block + length; at < end;) {
		const char *stop = memmem(at, (size_t)(end - at), "\r\n", 2);
		size_t line = stop ? (size_t)(stop - at) : (size_t)(end - at);
		if (has_control(at, line) || !text_is_utf8(at, line))
			return multipart_fail(error, "header bytes");
		if (!read_line(arena, at, line, headers, error))
			return false;
		at += line + 2;
	}
	return true;
}

/* True if the value begins with the word `word`, alone or before parameters. */
static bool is_word(const char *value, const char *word)
{
	size_t length = strlen(word);
	return strncasecmp(value, word, length) == 0 &&
	       (value[length] == '\0' || strchr("; \t", value[length]));
}

static bool is_plain_encoding(const char *encoding)
{
	return !encoding || is_word(encoding, "binary") || is_word(encoding, "8bit") ||
	       is_word(encoding, "7bit");
}

bool part_read_headers(struct arena *arena, const char *block, size_t length,
    struct http_part *part_r, struct error *error)
{
	struct part_headers headers = {0};
	*part_r = (struct http_part){0};
	if (!read_lines(arena, block, length, &headers, error))
		return false;
	if (!headers.disposition || !is_word(headers.disposition, "form-data"))
		return multipart_fail(error, "Content-Disposition");
	if (!is_plain_encoding(headers.encoding))
		return multipart_fail(error, "Content-Transfer-Encoding");
	part_r->name = http_header_parameter(arena, headers.disposition, "name");
	part_r->filename = http_header_parameter(arena, headers.disposition, "filename");
	part_r->content_type = headers.type ? headers.type : "";
	if (!part_r->name || !*part_r->name)
		return multipart_fail(error, "a part without a name");
	return true;
}
