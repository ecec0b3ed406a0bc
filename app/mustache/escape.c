/* escape.c - makes a text safe in HTML, as an element's text or a quoted attribute's value. */
#include "template.h"

#include <string.h>

struct entity {
	const char *text;
	size_t length;
};

static const struct entity entities[] = {
    {"", 0}, {"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}, {"&quot;", 6}, {"&#39;", 5}};

/* For each byte the index of its entity; 0 for most. */
static const unsigned char entity_of[256] = {
    ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};

#define EACH(byte) ((byte)*UINT64_C(0x0101010101010101))

/* True if any byte of `word` is zero. */
static bool has_zero(uint64_t word)
{
	return ((word - EACH(0x01)) & ~word & EACH(0x80)) != 0;
}

/* True if none of the eight bytes needs an entity. '&' and '\'' differ in one bit, and so do '<'
 * and
 * '>': three comparisons do for five characters. */
static bool is_clean(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return !has_zero(word ^ EACH('"')) && !has_zero((word | EACH(0x01)) ^ EACH('\'')) &&
	       !has_zero((word | EACH(0x02)) ^ EACH('>'));
}

void escape_html(struct buf *out, const char *text, size_t length)
{
	size_t clean = 0;
	size_t i = 0;

	while (i < length) {
		const struct entity *entity;

		if (length - i >= sizeof(uint64_t) && is_clean(text + i)) {
			i += sizeof(uint64_t);
			continue;
		}
		entity = &entities[entity_of[(unsigned char)text[i]]];
		if (entity->length > 0) {
			buf_append(out, text + clean, i - clean);
			buf_append(out, entity->text, entity->length);
			clean = i + 1;
		}
		i++;
	}
	buf_append(out, text + clean, length - clean);
}
