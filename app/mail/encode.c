/* encode.c - texts made fit for mail: quoted-printable bodies, header fields. */
#include <base/text.h>
#include <mail/message.h>
#include <string.h>

#define WORD_BYTES                                                                                 \
	45 /* of text in an encoded word: 60 in Base64, 72 with "=?utf-8?B?" and "?="              \
	    */

static const char hex[] = "0123456789ABCDEF";

/* --- bodies -------------------------------------------------------------------------------- */

static bool is_literal(unsigned char byte)
{
	return byte >= ' ' && byte <= '~' && byte != '=';
}

/* Whether the byte at `at` is written as it is. A blank that ends a line would be taken away on the
 * way; a dot that begins one has a meaning there. */
static bool stays(const char *at, size_t column)
{
	bool ends_line = at[1] == '\n' || at[1] == '\0' || (at[1] == '\r' && at[2] == '\n');

	if (*at == ' ' || *at == '\t')
		return !ends_line;
	return is_literal((unsigned char)*at) && !(*at == '.' && column == 0);
}

void mail_write_quoted_printable(const char *text, struct buf *out)
{
	size_t column = 0;

	for (const char *at = text; *at; at++) {
		unsigned char byte = (unsigned char)*at;
		size_t width;

		if (*at == '\r' && at[1] == '\n')
			continue;
		if (*at == '\n') {
			buf_puts(out, "\r\n");
			column = 0;
			continue;
		}
		width = stays(at, column) ? 1 : 3;
		if (column + width >= MAIL_LINE_BYTES) { /* room for the "=" of a soft break */
			buf_puts(out, "=\r\n");
			column = 0;
			width = stays(at, column) ? 1 : 3;
		}
		if (width == 1)
			buf_putc(out, *at);
		else
			buf_append(out, (const char[]){'=', hex[byte >> 4], hex[byte & 15]}, 3);
		column += width;
	}
}

/* --- fields -------------------------------------------------------------------------------- */

static void write_base64(const unsigned char *bytes, size_t length, struct buf *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		unsigned more = length - i < 3 ? (unsigned)(length - i) : 3;
		unsigned value = (unsigned)bytes[i] << 16 |
				 (more > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
				 (more > 2 ? (unsigned)bytes[i + 2] : 0);

		buf_putc(out, digits[value >> 18]);
		buf_putc(out, digits[value >> 12 & 63]);
		buf_putc(out, more > 1 ? digits[value >> 6 & 63] : '=');
		buf_putc(out, more > 2 ? digits[value & 63] : '=');
	}
}

static bool continues_character(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The bytes of whole characters that fit into `most`, at least one character. */
static size_t take_characters(const char *text, size_t length, size_t most)
{
	size_t taken = length < most ? length : most;

	while (taken > 0 && taken < length && continues_character(text[taken]))
		taken--;
	return taken > 0 ? taken : length;
}

/* The first line has less room: the field's name stands there. */
static void write_encoded(const char *text, size_t length, size_t column, struct buf *out)
{
	while (length > 0) {
		size_t room = column < 30 ? WORD_BYTES - column : 15;
		size_t taken = take_characters(text, length, room);

		buf_puts(out, "=?utf-8?B?");
		write_base64((const unsigned char *)text, taken, out);
		buf_puts(out, "?=");
		text += taken;
		length -= taken;
		if (length > 0)
			buf_puts(out, "\r\n ");
		column = 1;
	}
}

/* True if the text is ASCII whose words fit on a line, and would not be read as encoded words. */
static bool is_plain(const char *text)
{
	size_t word = 0;

	for (const char *at = text; *at; at++) {
		word = *at == ' ' ? 0 : word + 1;
		if ((unsigned char)*at > '~' || word > 60)
			return false;
	}
	return !strstr(text, "=?");
}

/* Fold before the words that do not fit. */
static void write_plain(const char *text, size_t column, struct buf *out)
{
	while (*text) {
		size_t blanks = strspn(text, " ");
		size_t word = blanks + strcspn(text + blanks, " ");

		if (blanks > 0 && word > blanks && column + word > MAIL_LINE_BYTES) {
			buf_puts(out, "\r\n");
			column = 0;
		}
		buf_append(out, text, word);
		column += word;
		text += word;
	}
}

void mail_write_field(const char *name, const char *text, struct buf *out)
{
	struct arena *arena = arena_create();
	size_t column = strlen(name) + 2;
	char *line = arena_dup(arena, text);

	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	line = text_trim(arena, line);
	buf_puts(out, name);
	buf_puts(out, ": ");
	if (is_plain(line))
		write_plain(line, column, out);
	else
		write_encoded(line, strlen(line), column, out);
	buf_puts(out, "\r\n");
	arena_destroy(&arena);
}
