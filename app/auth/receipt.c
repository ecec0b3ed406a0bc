/* receipt.c - receipts: made, read and judged. */
#include <auth/keys.h>
#include <auth/receipt.h>
#include <base/clock.h>
#include <base/doc.h>
#include <base/id.h>
#include <jansson.h>
#include <string.h>

/* The members that are texts, in the order of the payload, and where each is kept. */
static const struct member {
	const char *name;
	size_t offset;
	bool is_id, is_optional;
} members[] = {
    {"iss", offsetof(struct receipt, issuer), false, false},
    {"deletion", offsetof(struct receipt, deletion_id), true, false},
    {"kind", offsetof(struct receipt, kind), false, false},
    {"item", offsetof(struct receipt, item_id), true, true},
    {"mode", offsetof(struct receipt, mode), false, false},
    {"origin", offsetof(struct receipt, origin), false, false},
};

#define MEMBER_COUNT (sizeof(members) / sizeof(members[0]))

char *receipt_sign(const struct keys *keys, struct arena *arena, const struct receipt *receipt)
{
	struct doc *object = doc_object(arena), *counts = doc_object(arena);
	struct buf json = {0};

	doc_set_text(object, "type", RECEIPT_TYPE);
	doc_set_int(object, "version", RECEIPT_VERSION);
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		const char *text =
		    *(const char *const *)((const char *)receipt + members[i].offset);
		if (text)
			doc_set_text(object, members[i].name, text);
	}
	for (size_t i = 0; i < receipt->count_count; i++)
		doc_set_int(counts, receipt->counts[i].kind, receipt->counts[i].count);
	doc_set(object, "counts", counts);
	doc_set_int(object, "bytes", receipt->bytes);
	doc_set_time(object, "deleted_at", receipt->deleted_at_us);
	doc_set_time(object, "purged_at", receipt->purged_at_us);
	doc_write_json(object, &json);
	char *payload = arena_copy(arena, json.data, json.length);
	buf_free(&json);
	return keys_sign(keys, arena, payload, RECEIPT_ASSERTION);
}

static bool read_texts(struct arena *arena, const json_t *object, struct receipt *receipt)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		const json_t *value = json_object_get(object, members[i].name);
		const char *text = json_string_value(value);
		struct id id;
		if (!value && members[i].is_optional)
			continue;
		if (!text || !*text || (members[i].is_id && !id_parse(text, &id)))
			return false;
		*(const char **)((char *)receipt + members[i].offset) = arena_dup(arena, text);
	}
	return true;
}

static bool read_counts(struct arena *arena, json_t *counts, struct receipt *receipt)
{
	const char *kind;
	json_t *value;

	if (!json_is_object(counts) || json_object_size(counts) > RECEIPT_COUNTS_MAX)
		return false;
	json_object_foreach(counts, kind, value)
	{
		if (!json_is_integer(value) || json_integer_value(value) <= 0)
			return false;
		receipt->counts[receipt->count_count++] = (struct receipt_count){
		    .kind = arena_dup(arena, kind), .count = json_integer_value(value)};
	}
	return true;
}

static bool read_time(const json_t *object, const char *name, int64_t *time_us_r)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && clock_parse(text, time_us_r);
}

static bool read_payload(struct arena *arena, struct paseto_part payload, struct receipt *receipt)
{
	json_t *object = json_loadb(payload.bytes, payload.length, JSON_REJECT_DUPLICATES, NULL);
	const char *type = json_string_value(json_object_get(object, "type"));
	json_t *bytes = json_object_get(object, "bytes");
	bool ok = type && strcmp(type, RECEIPT_TYPE) == 0 &&
		  json_integer_value(json_object_get(object, "version")) == RECEIPT_VERSION &&
		  read_texts(arena, object, receipt) &&
		  read_counts(arena, json_object_get(object, "counts"), receipt) &&
		  json_is_integer(bytes) && json_integer_value(bytes) >= 0 &&
		  read_time(object, "deleted_at", &receipt->deleted_at_us) &&
		  read_time(object, "purged_at", &receipt->purged_at_us);

	receipt->bytes = json_integer_value(bytes);
	json_decref(object);
	return ok;
}

/* The text without white space, which mail programs and people put in. */
static char *squeeze(struct arena *arena, const char *text)
{
	char *token = arena_alloc(arena, strlen(text) + 1);
	size_t length = 0;

	for (; *text; text++)
		if (!strchr(" \t\r\n\f\v", *text))
			token[length++] = *text;
	token[length] = '\0';
	return token;
}

/* The id of the key that a footer names; NULL if it names none. */
static const char *read_key_id(struct arena *arena, struct paseto_part footer)
{
	json_t *object = json_loadb(footer.bytes, footer.length, JSON_REJECT_DUPLICATES, NULL);
	const char *id = json_string_value(json_object_get(object, "kid"));
	const char *copy = id && strlen(id) < PASERK_ID_SIZE ? arena_dup(arena, id) : NULL;

	json_decref(object);
	return copy;
}

enum receipt_verdict receipt_verify(struct arena *arena, const char *text,
    const struct receipt_key *keys, size_t count, struct receipt *receipt_r, size_t *key_r,
    const char **key_id_r)
{
	const char *token = squeeze(arena, text);
	struct receipt receipt = {0};
	struct paseto_message message;
	struct paseto_part footer;
	size_t i = 0;

	*key_id_r = NULL;
	if (strncmp(token, "v4.public.", strlen("v4.public.")) != 0 ||
	    !paseto_read_footer(arena, token, &footer))
		return RECEIPT_MALFORMED;
	*key_id_r = read_key_id(arena, footer);
	while (i < count && (!*key_id_r || strcmp(keys[i].id, *key_id_r) != 0))
		i++;
	if (i == count)
		return RECEIPT_UNKNOWN_KEY;
	if (!paseto_verify(arena, &keys[i].key, token, paseto_text(RECEIPT_ASSERTION), &message))
		return RECEIPT_FORGED;
	if (!read_payload(arena, message.payload, &receipt))
		return RECEIPT_UNREADABLE;
	*receipt_r = receipt;
	*key_r = i;
	return RECEIPT_VALID;
}

const char *receipt_verdict_words(enum receipt_verdict verdict)
{
	static const char *const words[] = {
	    [RECEIPT_VALID] = "It is valid.",
	    [RECEIPT_MALFORMED] = "This is not a receipt, or not all of one: a receipt is one long "
				  "word that begins with v4.public.",
	    [RECEIPT_UNKNOWN_KEY] = "It is signed with a key that is not known here.",
	    [RECEIPT_FORGED] = "The signature does not fit: it was changed, part of it is missing, "
			       "or it is not a receipt.",
	    [RECEIPT_UNREADABLE] = "It is signed, but of a form that this program does not know.",
	};

	return words[verdict];
}

bool receipt_key_parse(const char *text, struct receipt_key *key_r)
{
	if (!paserk_parse_public(text, &key_r->key))
		return false;
	paserk_format_public(&key_r->key, key_r->text);
	paserk_public_id(&key_r->key, key_r->id);
	return true;
}

size_t receipt_keys_of(const struct keys *keys, struct arena *arena, struct receipt_key **keys_r)
{
	size_t count = 0;

	*keys_r = arena_array(arena, keys_count(keys), sizeof(**keys_r));
	for (size_t i = keys_count(keys); i-- > 0;) {
		struct receipt_key *key = &(*keys_r)[count];
		if (keys_purpose(keys, i) != KEY_PUBLIC)
			continue;
		key->key = *keys_public(keys, i);
		paserk_format_public(&key->key, key->text);
		paserk_public_id(&key->key, key->id);
		count++;
	}
	return count;
}
