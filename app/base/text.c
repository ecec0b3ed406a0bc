/* text.c - facts about UTF-8 text and e-mail addresses. */
#include "utf8.h"
#include <base/text.h>
#include <string.h>

#define EMAIL_MAX 254 /* RFC 5321, 4.5.3.1.3, less the angle brackets */
#define LOCAL_MAX 64  /* 4.5.3.1.1 */
#define LABEL_MAX 63  /* RFC 1035, 2.3.4 */

bool text_is_utf8(const char *bytes, size_t length)
{
	uint32_t point = 0;
	for (size_t at = 0; at < length;) {
		size_t step = utf8_decode(bytes + at, length - at, &point);
		if (step == 0 || point == 0)
			return false;
		at += step;
	}
	return true;
}

size_t text_length(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

/* The code points of Unicode's White_Space property, as ranges. */
static const struct {
	uint32_t first, last;
} spaces[] = {
    {0x09, 0x0D},
    {0x20, 0x20},
    {0x85, 0x85},
    {0xA0, 0xA0},
    {0x1680, 0x1680},
    {0x2000, 0x200A},
    {0x2028, 0x2029},
    {0x202F, 0x202F},
    {0x205F, 0x205F},
    {0x3000, 0x3000},
};

static bool is_space(uint32_t point)
{
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		if (point >= spaces[i].first && point <= spaces[i].last)
			return true;
	}
	return false;
}

/* Find what is left of `text` without white space at its ends. */
static const char *find_core(const char *text, size_t *length_r)
{
	size_t length = strlen(text);
	size_t start = length;
	size_t end = length;
	uint32_t point = 0;
	for (size_t at = 0; at < length;) {
		size_t step = utf8_decode(text + at, length - at, &point);
		if (step == 0 || !is_space(point)) {
			if (start == length)
				start = at;
			end = at + (step ? step : 1);
		}
		at += step ? step : 1;
	}
	*length_r = end - start;
	return text + start;
}

bool text_is_blank(const char *text)
{
	size_t length = 0;
	(void)find_core(text, &length);
	return length == 0;
}

char *text_trim(struct arena *arena, const char *text)
{
	size_t length = 0;
	const char *core = find_core(text, &length);
	return arena_copy(arena, core, length);
}

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5322's atext: what an unquoted local part is made of, between single dots. */
static bool is_atom_char(char c)
{
	return is_letter_or_digit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_local_part(const char *text, size_t length)
{
	if (length == 0 || length > LOCAL_MAX)
		return false;
	for (size_t i = 0; i < length; i++) {
		bool dot_allowed = i > 0 && i + 1 < length && text[i - 1] != '.';
		if (!is_atom_char(text[i]) && !(text[i] == '.' && dot_allowed))
			return false;
	}
	return true;
}

static bool is_label(const char *text, size_t length)
{
	if (length == 0 || length > LABEL_MAX || text[0] == '-' || text[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!is_letter_or_digit(text[i]) && text[i] != '-')
			return false;
	}
	return true;
}

static bool is_domain(const char *text)
{
	for (;;) {
		size_t length = strcspn(text, ".");
		if (!is_label(text, length))
			return false;
		if (text[length] == '\0')
			return true;
		text += length + 1;
	}
}

char *text_line_breaks(char *text)
{
	char *to = strstr(text, "\r\n");

	for (const char *from = to; from && *from; from++)
		if (from[0] != '\r' || from[1] != '\n')
			*to++ = *from;
	if (to)
		*to = '\0';
	return text;
}

char *text_normalize_email(struct arena *arena, const char *text)
{
	char *email = text_trim(arena, text);
	const char *at = strchr(email, '@');
	if (!at || strlen(email) > EMAIL_MAX || !is_local_part(email, (size_t)(at - email)) ||
	    !is_domain(at + 1))
		return NULL;
	for (char *c = email; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	return email;
}
