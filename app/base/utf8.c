/* utf8.c - decoding UTF-8 one code point at a time. */
#include "utf8.h"

/* How a sequence begins: (first byte & mask) == lead; `smallest` guards against overlong forms. */
struct utf8_form {
	unsigned char mask, lead;
	uint32_t smallest;
};

static const struct utf8_form forms[] = {
    {0x80, 0x00, 0},
    {0xE0, 0xC0, 0x80},
    {0xF0, 0xE0, 0x800},
    {0xF8, 0xF0, 0x10000},
};

size_t utf8_decode(const char *bytes, size_t length, uint32_t *point_r)
{
	unsigned char first = (unsigned char)bytes[0];
	size_t form = 0;
	while (form < 4 && (first & forms[form].mask) != forms[form].lead)
		form++;
	if (form == 4 || form >= length)
		return 0;
	uint32_t point = first & (unsigned char)~forms[form].mask;
	for (size_t i = 1; i <= form; i++) {
		unsigned char next = (unsigned char)bytes[i];
		if ((next & 0xC0) != 0x80)
			return 0;
		point = point << 6 | (next & 0x3F);
	}
	if (point < forms[form].smallest || point > 0x10FFFF ||
	    (point >= 0xD800 && point <= 0xDFFF))
		return 0;
	*point_r = point;
	return form + 1;
}
