/* doc.c - building the document that goes out, and printing it as JSON. */
#include <base/doc.h>

#include <base/clock.h>
#include <string.h>

#define LIST_FIRST   8
#define OBJECT_FIRST 8

/* Values that need no memory of their own. */
static const struct doc doc_null_value = {.type = DOC_NULL};
static const struct doc doc_bool_values[2] = {
    {.type = DOC_BOOL, .as.boolean = false},
    {.type = DOC_BOOL, .as.boolean = true},
};

static struct doc *create_doc(struct arena *arena, enum doc_type type)
{
	struct doc *doc = arena_alloc(arena, sizeof(*doc));

	doc->type = type;
	doc->arena = arena;
	return doc;
}

struct doc *doc_object(struct arena *arena)
{
	return create_doc(arena, DOC_OBJECT);
}

struct doc *doc_list(struct arena *arena)
{
	return create_doc(arena, DOC_LIST);
}

struct doc *doc_text(struct arena *arena, const char *text)
{
	struct doc *doc = create_doc(arena, text == NULL ? DOC_NULL : DOC_TEXT);

	if (text != NULL) {
		doc->as.text.data = text;
		doc->as.text.length = strlen(text);
	}
	return doc;
}

uint32_t doc_hash(const char *key, size_t length)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)key[i]) * 16777619U;
	return hash;
}

/* The hash of a NUL-terminated key, in one pass. */
static uint32_t hash_text(const char *key)
{
	uint32_t hash = 2166136261U;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619U;
	return hash;
}

/* The array `items` of `*capacity` used-up places, grown in the arena. */
static void *grow_array(
    struct arena *arena, const void *items, size_t size, uint32_t first, uint32_t *capacity)
{
	uint32_t grown = *capacity == 0 ? first : *capacity * 2;
	void *copy = arena_array(arena, grown, size);

	if (*capacity > 0)
		memcpy(copy, items, *capacity * size);
	*capacity = grown;
	return copy;
}

void doc_reserve(struct doc *object, uint32_t count)
{
	if (object->as.object.capacity > 0)
		return;
	object->as.object.members = arena_array(object->arena, count, sizeof(struct doc_member));
	object->as.object.capacity = count;
}

static struct doc_member *find_member(const struct doc *object, const char *key, uint32_t hash)
{
	struct doc_member *member = object->as.object.members;

	for (uint32_t left = object->as.object.count; left > 0; left--, member++) {
		if (member->hash == hash && (member->key == key || strcmp(member->key, key) == 0))
			return member;
	}
	return NULL;
}

void doc_set(struct doc *object, const char *key, const struct doc *value)
{
	uint32_t hash = hash_text(key);
	struct doc_member *member = find_member(object, key, hash);

	if (member == NULL) {
		if (object->as.object.count == object->as.object.capacity)
			object->as.object.members =
			    grow_array(object->arena, object->as.object.members, sizeof(*member),
				OBJECT_FIRST, &object->as.object.capacity);
		member = &object->as.object.members[object->as.object.count++];
	}
	*member = (struct doc_member){
	    .key = key, .hash = hash, .page_only = object->page_only, .value = value};
}

void doc_set_null(struct doc *object, const char *key)
{
	doc_set(object, key, &doc_null_value);
}

void doc_set_bool(struct doc *object, const char *key, bool value)
{
	doc_set(object, key, &doc_bool_values[value ? 1 : 0]);
}

void doc_set_int(struct doc *object, const char *key, int64_t value)
{
	struct doc *doc = create_doc(object->arena, DOC_INT);

	doc->as.integer = value;
	doc_set(object, key, doc);
}

void doc_set_text(struct doc *object, const char *key, const char *text)
{
	doc_set(object, key, text == NULL ? &doc_null_value : doc_text(object->arena, text));
}

/* Set a text whose length is known. */
static void set_copy(struct doc *object, const char *key, const char *text, size_t length)
{
	struct doc *doc = create_doc(object->arena, DOC_TEXT);

	doc->as.text.data = arena_copy(object->arena, text, length);
	doc->as.text.length = length;
	doc_set(object, key, doc);
}

void doc_set_id(struct doc *object, const char *key, const struct id *id)
{
	char text[ID_TEXT_SIZE];

	if (id_is_none(id)) {
		doc_set_null(object, key);
		return;
	}
	id_format(id, text);
	set_copy(object, key, text, ID_TEXT_SIZE - 1);
}

void doc_set_time(struct doc *object, const char *key, int64_t time_us)
{
	char text[CLOCK_TEXT_SIZE];

	if (time_us == 0) {
		doc_set_null(object, key);
		return;
	}
	clock_format(time_us, text);
	set_copy(object, key, text, strlen(text));
}

void doc_page_only(struct doc *object)
{
	object->page_only = true;
}

void doc_push(struct doc *list, const struct doc *value)
{
	if (list->as.list.count == list->as.list.capacity)
		list->as.list.items = grow_array(list->arena, list->as.list.items,
		    sizeof(const struct doc *), LIST_FIRST, &list->as.list.capacity);
	list->as.list.items[list->as.list.count++] = value;
}

const struct doc *doc_find(const struct doc *object, const char *key, size_t length, uint32_t hash)
{
	const struct doc_member *member;

	if (object->type != DOC_OBJECT)
		return NULL;
	member = object->as.object.members;
	for (uint32_t left = object->as.object.count; left > 0; left--, member++) {
		if (member->hash == hash && strncmp(member->key, key, length) == 0 &&
		    member->key[length] == '\0')
			return member->value;
	}
	return NULL;
}

const struct doc *doc_get(const struct doc *object, const char *key)
{
	size_t length = strlen(key);

	return doc_find(object, key, length, doc_hash(key, length));
}

/* What a byte needs in a JSON string: 0 nothing, 1 an escape, 2 a look at what follows. '<' is
 * escaped so that the text is safe inside an HTML script element; U+2028 and U+2029 (which begin
 * with the byte E2) because JavaScript once took them for line ends. */
static const unsigned char json_special[256] = {
    [0x00] = 1,
    [0x01] = 1,
    [0x02] = 1,
    [0x03] = 1,
    [0x04] = 1,
    [0x05] = 1,
    [0x06] = 1,
    [0x07] = 1,
    [0x08] = 1,
    [0x09] = 1,
    [0x0a] = 1,
    [0x0b] = 1,
    [0x0c] = 1,
    [0x0d] = 1,
    [0x0e] = 1,
    [0x0f] = 1,
    [0x10] = 1,
    [0x11] = 1,
    [0x12] = 1,
    [0x13] = 1,
    [0x14] = 1,
    [0x15] = 1,
    [0x16] = 1,
    [0x17] = 1,
    [0x18] = 1,
    [0x19] = 1,
    [0x1a] = 1,
    [0x1b] = 1,
    [0x1c] = 1,
    [0x1d] = 1,
    [0x1e] = 1,
    [0x1f] = 1,
    ['"'] = 1,
    ['\\'] = 1,
    ['<'] = 1,
    [0xe2] = 2,
};

/* The two-character escapes of RFC 8259, section 7. */
static const char json_short[256] = {['"'] = '"',
    ['\\'] = '\\',
    ['\b'] = 'b',
    ['\f'] = 'f',
    ['\n'] = 'n',
    ['\r'] = 'r',
    ['\t'] = 't'};

static void write_json_escape(unsigned char byte, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	char escape[6] = {'\\', json_short[byte], '0', '0', digits[byte >> 4], digits[byte & 15]};

	if (escape[1] != '\0') {
		buf_append(out, escape, 2);
		return;
	}
	escape[1] = 'u';
	buf_append(out, escape, sizeof(escape));
}

/* True if U+2028 or U+2029 begins at `bytes`. */
static bool is_line_separator(const unsigned char *bytes, size_t left)
{
	return left >= 3 && bytes[0] == 0xe2 && bytes[1] == 0x80 && (bytes[2] & 0xfe) == 0xa8;
}

static void write_json_text(const char *text, size_t length, struct buf *out)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t clean = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i < length; i++) {
		if (json_special[bytes[i]] == 0)
			continue;
		if (json_special[bytes[i]] == 1) {
			buf_append(out, text + clean, i - clean);
			write_json_escape(bytes[i], out);
			clean = i + 1;
		} else if (is_line_separator(bytes + i, length - i)) {
			buf_append(out, text + clean, i - clean);
			buf_append(out, bytes[i + 2] == 0xa8 ? "\\u2028" : "\\u2029", 6);
			i += 2;
			clean = i + 1;
		}
	}
	buf_append(out, text + clean, length - clean);
	buf_putc(out, '"');
}

static void write_json_int(int64_t value, struct buf *out)
{
	char digits[24];
	size_t start = sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		digits[--start] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		digits[--start] = '-';
	buf_append(out, digits + start, sizeof(digits) - start);
}

static void write_json_list(const struct doc *list, struct buf *out)
{
	buf_putc(out, '[');
	for (uint32_t i = 0; i < list->as.list.count; i++) {
		if (i > 0)
			buf_putc(out, ',');
		doc_write_json(list->as.list.items[i], out);
	}
	buf_putc(out, ']');
}

static void write_json_object(const struct doc *object, struct buf *out)
{
	bool first = true;

	buf_putc(out, '{');
	for (uint32_t i = 0; i < object->as.object.count; i++) {
		const struct doc_member *member = &object->as.object.members[i];

		if (member->page_only)
			continue;
		if (!first)
			buf_putc(out, ',');
		first = false;
		write_json_text(member->key, strlen(member->key), out);
		buf_putc(out, ':');
		doc_write_json(member->value, out);
	}
	buf_putc(out, '}');
}

void doc_write_json(const struct doc *doc, struct buf *out)
{
	switch (doc->type) {
	case DOC_NULL:
		buf_append(out, "null", 4);
		break;
	case DOC_BOOL:
		buf_puts(out, doc->as.boolean ? "true" : "false");
		break;
	case DOC_INT:
		write_json_int(doc->as.integer, out);
		break;
	case DOC_TEXT:
		write_json_text(doc->as.text.data, doc->as.text.length, out);
		break;
	case DOC_LIST:
		write_json_list(doc, out);
		break;
	case DOC_OBJECT:
		write_json_object(doc, out);
		break;
	}
}
