/* receipt_test.c - receipts: what one says, and that nothing else passes for one. */
#include "../support/program.h"

#include <auth/keys.h>
#include <auth/receipt.h>
#include <base/clock.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define DELETION "01890000-0000-7000-8000-000000000001"
#define ITEM     "01890000-0000-7000-8000-000000000002"

static struct arena *arena;
static char root[] = "/tmp/lethe-receipt-XXXXXX";
static char folder[64];
static const struct keys *keys;
static struct receipt_key *ring;
static size_t ring_count;

static const struct receipt sample = {
    .issuer = "https://lethe.example",
    .deletion_id = DELETION,
    .kind = "photo",
    .item_id = ITEM,
    .mode = "soft",
    .origin = "owner",
    .counts = {{"photo", 2}, {"note", 1}},
    .count_count = 2,
    .bytes = 123456,
    .deleted_at_us = INT64_C(1769000000123456),
    .purged_at_us = INT64_C(1769014400123457),
};

static void load(void)
{
	struct error error = {0};

	keys = keys_load(folder, arena, &error);
	assert_non_null(keys);
	ring_count = receipt_keys_of(keys, arena, &ring);
}

static int start(void **state)
{
	struct error error = {0};

	(void)state;
	arena = arena_create();
	if (!mkdtemp(root))
		return -1;
	snprintf(folder, sizeof(folder), "%s/keys", root);
	if (!keys_create(folder, &error))
		return -1;
	load();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_destroy(&arena);
	program_remove_folder(root);
	return 0;
}

static enum receipt_verdict verdict_of(const char *text)
{
	struct receipt receipt;
	const char *key_id;
	size_t key;

	return receipt_verify(arena, text, ring, ring_count, &receipt, &key, &key_id);
}

static void it_says_what_it_was_given(void **state)
{
	const char *token = receipt_sign(keys, arena, &sample);
	struct receipt read = {0};
	const char *key_id = NULL;
	size_t key = 99;

	(void)state;
	assert_int_equal(
	    receipt_verify(arena, token, ring, ring_count, &read, &key, &key_id), RECEIPT_VALID);
	assert_int_equal(key, 0);
	assert_string_equal(key_id, ring[0].id);
	assert_string_equal(read.issuer, sample.issuer);
	assert_string_equal(read.deletion_id, DELETION);
	assert_string_equal(read.kind, "photo");
	assert_string_equal(read.item_id, ITEM);
	assert_string_equal(read.mode, "soft");
	assert_string_equal(read.origin, "owner");
	assert_int_equal(read.count_count, 2);
	assert_string_equal(read.counts[0].kind, "photo");
	assert_int_equal(read.counts[0].count, 2);
	assert_string_equal(read.counts[1].kind, "note");
	assert_int_equal(read.bytes, 123456);
	assert_int_equal(read.deleted_at_us, sample.deleted_at_us);
	assert_int_equal(read.purged_at_us, sample.purged_at_us);
	assert_string_equal(token, receipt_sign(keys, arena, &sample));
}

/* The whole payload: a member more would have to be thought of. */
static void the_payload_is_the_documented_one(void **state)
{
	const char *token = receipt_sign(keys, arena, &sample);
	struct receipt person = sample;
	struct paseto_message message;

	(void)state;
	assert_true(
	    paseto_verify(arena, &ring[0].key, token, paseto_text(RECEIPT_ASSERTION), &message));
	assert_string_equal(message.payload.bytes,
	    "{\"type\":\"lethe.receipt\",\"version\":1,\"iss\":\"https://lethe.example\","
	    "\"deletion\":\"" DELETION "\",\"kind\":\"photo\",\"item\":\"" ITEM "\","
	    "\"mode\":\"soft\",\"origin\":\"owner\",\"counts\":{\"photo\":2,\"note\":1},"
	    "\"bytes\":123456,\"deleted_at\":\"2026-01-21T12:53:20.123456Z\","
	    "\"purged_at\":\"2026-01-21T16:53:20.123457Z\"}");
	person.item_id = NULL;
	assert_true(paseto_verify(arena, &ring[0].key, receipt_sign(keys, arena, &person),
	    paseto_text(RECEIPT_ASSERTION), &message));
	assert_null(strstr(message.payload.bytes, "item"));
}

static void every_changed_character_is_noticed(void **state)
{
	const char *token = receipt_sign(keys, arena, &sample);
	size_t length = strlen(token);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		char *changed = arena_dup(arena, token);
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		assert_int_not_equal(verdict_of(changed), RECEIPT_VALID);
		changed[i] = '\0';
		assert_int_not_equal(verdict_of(changed), RECEIPT_VALID);
	}
	assert_int_not_equal(verdict_of(arena_join(arena, token, "A", NULL)), RECEIPT_VALID);
	assert_int_equal(
	    verdict_of(arena_join(arena, "v4.public.x", token, NULL)), RECEIPT_MALFORMED);
}

static void line_ends_do_no_harm(void **state)
{
	const char *token = receipt_sign(keys, arena, &sample);
	char *wrapped =
	    arena_printf(arena, "  %.40s\r\n %.60s\n\t%s\n\n", token, token + 40, token + 100);

	(void)state;
	assert_int_equal(verdict_of(wrapped), RECEIPT_VALID);
}

static void other_texts_are_no_receipts(void **state)
{
	static const char *const texts[] = {"", " ", "hello", "v4.public.", "v4.public.AAAA",
	    "v4.public.!!!!.e30", "v3.public.AAAA", "{\"type\":\"lethe.receipt\"}"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(verdict_of(texts[i]), RECEIPT_VALID);
	assert_int_equal(verdict_of("hello"), RECEIPT_MALFORMED);
	assert_int_equal(
	    verdict_of(keys_seal(keys, arena, "{}", RECEIPT_ASSERTION)), RECEIPT_MALFORMED);
}

/* Another token of the same key is no receipt, whatever it says; a receipt is no access token. */
static void tokens_of_other_purposes_stay_apart(void **state)
{
	const char *receipt = receipt_sign(keys, arena, &sample);
	struct paseto_message message;
	struct paseto_part payload;

	(void)state;
	assert_true(
	    paseto_verify(arena, &ring[0].key, receipt, paseto_text(RECEIPT_ASSERTION), &message));
	assert_int_equal(
	    verdict_of(keys_sign(keys, arena, message.payload.bytes, NULL)), RECEIPT_FORGED);
	assert_int_equal(
	    verdict_of(keys_sign(keys, arena, message.payload.bytes, "other")), RECEIPT_FORGED);
	assert_int_equal(
	    verdict_of(keys_sign(keys, arena, message.payload.bytes, RECEIPT_ASSERTION)),
	    RECEIPT_VALID);
	assert_false(keys_verify(keys, arena, receipt, NULL, &payload));
	assert_true(keys_verify(keys, arena, receipt, RECEIPT_ASSERTION, &payload));
}

static const char *with(const char *from, const char *to)
{
	struct paseto_message message;
	char *at;

	assert_true(paseto_verify(arena, &ring[0].key, receipt_sign(keys, arena, &sample),
	    paseto_text(RECEIPT_ASSERTION), &message));
	at = strstr(message.payload.bytes, from);
	assert_non_null(at);
	return keys_sign(keys, arena,
	    arena_printf(arena, "%.*s%s%s", (int)(at - message.payload.bytes),
		message.payload.bytes, to, at + strlen(from)),
	    RECEIPT_ASSERTION);
}

static void what_is_not_of_the_form_is_not_read(void **state)
{
	static const char *const changes[][2] = {
	    {"lethe.receipt", "lethe.other"},
	    {"\"version\":1", "\"version\":2"},
	    {"\"version\":1,", ""},
	    {"\"iss\":\"https://lethe.example\",", ""},
	    {"\"iss\":\"https://lethe.example\"", "\"iss\":\"\""},
	    {"\"iss\":\"https://lethe.example\"", "\"iss\":1"},
	    {"\"deletion\":\"" DELETION, "\"deletion\":\"x"},
	    {"\"item\":\"" ITEM, "\"item\":\"x"},
	    {"\"note\":1", "\"note\":-1"},
	    {"\"note\":1", "\"note\":\"1\""},
	    {"{\"photo\":2,\"note\":1}", "[]"},
	    {"\"bytes\":123456", "\"bytes\":-1"},
	    {"\"bytes\":123456", "\"bytes\":1,\"bytes\":123456"},
	    {"\"bytes\":123456,", ""},
	    {"2026-01-21T16:53:20.123457Z", "yesterday"},
	    {"\"mode\":\"soft\",", ""},
	    {"}}", "}"},
	};

	(void)state;
	assert_int_equal(verdict_of(with("\"soft\"", "\"hard\"")), RECEIPT_VALID);
	assert_int_equal(verdict_of(with("\"item\":\"" ITEM "\",", "")), RECEIPT_VALID);
	for (size_t i = 0; i + 1 < sizeof(changes) / sizeof(changes[0]); i++)
		assert_int_equal(
		    verdict_of(with(changes[i][0], changes[i][1])), RECEIPT_UNREADABLE);
	assert_int_equal(
	    verdict_of(keys_sign(keys, arena, "[]", RECEIPT_ASSERTION)), RECEIPT_UNREADABLE);
	assert_int_equal(
	    verdict_of(keys_sign(keys, arena, "", RECEIPT_ASSERTION)), RECEIPT_UNREADABLE);
}

/* An unknown key is told from a forgery: the former may be another installation's. */
static void keys_are_told_apart(void **state)
{
	const char *old = receipt_sign(keys, arena, &sample);
	struct receipt_key first = ring[0], given;
	struct error error = {0};
	struct receipt receipt;
	const char *key_id;
	size_t key;

	(void)state;
	assert_true(keys_rotate(folder, &error));
	load();
	assert_int_equal(ring_count, 2);
	assert_string_equal(ring[1].id, first.id);
	const char *fresh = receipt_sign(keys, arena, &sample);
	assert_string_not_equal(fresh, old);
	assert_int_equal(verdict_of(old), RECEIPT_VALID);
	assert_int_equal(
	    receipt_verify(arena, fresh, &first, 1, &receipt, &key, &key_id), RECEIPT_UNKNOWN_KEY);
	assert_string_equal(key_id, ring[0].id);
	/* As its text, which is all that an outsider has. */
	assert_true(receipt_key_parse(first.text, &given));
	assert_string_equal(given.id, first.id);
	assert_int_equal(
	    receipt_verify(arena, old, &given, 1, &receipt, &key, &key_id), RECEIPT_VALID);
	/* A key under another's id. */
	memcpy(given.id, ring[0].id, sizeof(given.id));
	assert_int_equal(
	    receipt_verify(arena, fresh, &given, 1, &receipt, &key, &key_id), RECEIPT_FORGED);
	assert_int_equal(
	    receipt_verify(arena, old, NULL, 0, &receipt, &key, &key_id), RECEIPT_UNKNOWN_KEY);
	assert_false(receipt_key_parse("k4.public.x", &given));
	assert_false(receipt_key_parse("", &given));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_says_what_it_was_given),
	    cmocka_unit_test(the_payload_is_the_documented_one),
	    cmocka_unit_test(every_changed_character_is_noticed),
	    cmocka_unit_test(line_ends_do_no_harm),
	    cmocka_unit_test(other_texts_are_no_receipts),
	    cmocka_unit_test(tokens_of_other_purposes_stay_apart),
	    cmocka_unit_test(what_is_not_of_the_form_is_not_read),
	    cmocka_unit_test(keys_are_told_apart),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
