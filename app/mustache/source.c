/* source.c - places in a template's text. */
#include "token.h"

#include <stdarg.h>
#include <stdio.h>

bool source_begins_line(const struct source *source, uint32_t offset, uint32_t *line_r)
{
	while (offset > 0 && (source->text[offset - 1] == ' ' || source->text[offset - 1] == '\t'))
		offset--;
	*line_r = offset;
	return offset == 0 || source->text[offset - 1] == '\n';
}

uint32_t source_skip_blanks(const struct source *source, uint32_t offset)
{
	while (offset < source->length &&
	       (source->text[offset] == ' ' || source->text[offset] == '\t'))
		offset++;
	return offset;
}

uint32_t source_next_line(const struct source *source, uint32_t offset)
{
	uint32_t at = source_skip_blanks(source, offset);

	if (at == source->length)
		return at;
	if (source->text[at] == '\r' && at + 1 < source->length && source->text[at + 1] == '\n')
		at++;
	return source->text[at] == '\n' ? at + 1 : TOKEN_NONE;
}

bool source_error(
    const struct source *source, size_t offset, struct error *error, const char *format, ...)
{
	unsigned line = 1, column = 1;
	char what[240];
	va_list args;

	for (size_t i = 0; i < offset && i < source->length; i++) {
		if (source->text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)source->text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return error_set(error, ERROR_INVALID, "invalid_template", "%s:%u:%u: %s", source->name,
	    line, column, what);
}
