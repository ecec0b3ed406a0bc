/* escape.c - makes a text safe in HTML, as an element's text or a quoted attribute's value. */
#include "template.h"

struct entity {
	const char *text;
	size_t length;
};

static const struct entity entities[] = {
    {"", 0}, {"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}, {"&quot;", 6}, {"&#39;", 5}};

/* For each byte the index of its entity; 0 for most. */
static const unsigned char entity_of[256] = {
    ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};

void escape_html(struct buf *out, const char *text, size_t length)
{
	size_t clean = 0;

	for (size_t i = 0; i < length; i++) {
		const struct entity *entity;

		if (entity_of[(unsigned char)text[i]] == 0)
			continue;
		entity = &entities[entity_of[(unsigned char)text[i]]];
		buf_append(out, text + clean, i - clean);
		buf_append(out, entity->text, entity->length);
		clean = i + 1;
	}
	buf_append(out, text + clean, length - clean);
}
