/* paseto_vectors_test.c - the standard's test vectors: v4.json, k4.pid.json, k4.lid.json.
 *
 * They are looked for in the folder that LETHE_PASETO_VECTORS names, or in
 * ../shared/vectors/paseto; without them this test is skipped. */
#include "../../app/auth/paseto_nonce.h"
#include <auth/paserk.h>
#include <auth/paseto.h>
#include <jansson.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SKIPPED 77

static const char *find_folder(void)
{
	const char *named = getenv("LETHE_PASETO_VECTORS");
	return named && *named ? named : "../shared/vectors/paseto";
}

static json_t *load_vectors(const char *name)
{
	char path[1024];
	json_error_t error;
	snprintf(path, sizeof(path), "%s/%s", find_folder(), name);
	json_t *file = json_load_file(path, 0, &error);
	if (!file)
		fail_msg("%s: %s", path, error.text);
	return file;
}

static const char *text_of(const json_t *vector, const char *name)
{
	return json_string_value(json_object_get(vector, name));
}

/* Decode a member of hexadecimal digits; false if it is absent or not of that size. */
static bool read_hex(const json_t *vector, const char *name, unsigned char *out, size_t size)
{
	const char *hex = text_of(vector, name);
	size_t length = 0;
	return hex && strlen(hex) == size * 2 &&
	       sodium_hex2bin(out, size, hex, size * 2, NULL, &length, NULL) == 0 && length == size;
}

static void check_payload(const json_t *vector, const struct paseto_message *message)
{
	assert_string_equal(message->payload.bytes, text_of(vector, "payload"));
	assert_int_equal(message->payload.length, strlen(text_of(vector, "payload")));
	assert_int_equal(message->footer.length, strlen(text_of(vector, "footer")));
	assert_memory_equal(
	    message->footer.bytes, text_of(vector, "footer"), message->footer.length);
}

/* A vector with an Ed25519 key. True if its token is accepted. */
static bool run_public(struct arena *arena, const json_t *vector, bool expect_fail)
{
	struct paseto_secret_key secret;
	struct paseto_public_key public;
	struct paseto_message message;
	struct paseto_part assertion = paseto_text(text_of(vector, "implicit-assertion"));
	assert_true(read_hex(vector, "secret-key", secret.bytes, sizeof(secret.bytes)));
	assert_true(read_hex(vector, "public-key", public.bytes, sizeof(public.bytes)));
	if (!paseto_verify(arena, &public, text_of(vector, "token"), assertion, &message))
		return false;
	if (expect_fail)
		return true;
	check_payload(vector, &message);
	char *token = paseto_sign(arena, &secret, paseto_text(text_of(vector, "payload")),
	    paseto_text(text_of(vector, "footer")), assertion);
	assert_string_equal(token, text_of(vector, "token"));
	return true;
}

/* A vector with a symmetric key. True if its token is accepted. */
static bool run_local(struct arena *arena, const json_t *vector, bool expect_fail)
{
	struct paseto_local_key key;
	unsigned char nonce[PASETO_NONCE_SIZE];
	struct paseto_message message;
	struct paseto_part assertion = paseto_text(text_of(vector, "implicit-assertion"));
	assert_true(read_hex(vector, "key", key.bytes, sizeof(key.bytes)));
	assert_true(read_hex(vector, "nonce", nonce, sizeof(nonce)));
	if (!paseto_open(arena, &key, text_of(vector, "token"), assertion, &message))
		return false;
	if (expect_fail)
		return true;
	check_payload(vector, &message);
	char *token =
	    paseto_seal_with_nonce(arena, &key, nonce, paseto_text(text_of(vector, "payload")),
		paseto_text(text_of(vector, "footer")), assertion);
	assert_string_equal(token, text_of(vector, "token"));
	return true;
}

static void runs_v4(void **state)
{
	(void)state;
	json_t *file = load_vectors("v4.json");
	json_t *vector;
	size_t index;
	size_t failing = 0;
	json_array_foreach(json_object_get(file, "tests"), index, vector)
	{
		struct arena *arena = arena_create();
		bool expect_fail = json_is_true(json_object_get(vector, "expect-fail"));
		bool accepted = json_object_get(vector, "secret-key")
				    ? run_public(arena, vector, expect_fail)
				    : run_local(arena, vector, expect_fail);
		if (accepted == expect_fail)
			fail_msg(
			    "%s is %s", text_of(vector, "name"), accepted ? "accepted" : "refused");
		failing += expect_fail;
		arena_destroy(&arena);
	}
	print_message("v4.json: %zu vectors ran, %zu of them to be refused\n", index, failing);
	assert_true(index >= 17 && failing >= 5);
	json_decref(file);
}

/* A key of the vectors as a PASERK text of `header`, whatever its length. */
static void format_any(const char *header, const char *hex, char *out, size_t size)
{
	unsigned char bytes[256];
	size_t length = 0;
	size_t start = strlen(header);
	assert_int_equal(
	    sodium_hex2bin(bytes, sizeof(bytes), hex, strlen(hex), NULL, &length, NULL), 0);
	memcpy(out, header, start);
	sodium_bin2base64(
	    out + start, size - start, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* The id of a vector's key, or false where the key is none of ours. Ids are made of any 32 bytes,
 * so a public key goes by its length here: not each of the vectors' keys is a point of the curve.
 */
static bool make_public_id(const json_t *vector, char id[PASERK_ID_SIZE])
{
	struct paseto_public_key key;
	char text[512];
	if (read_hex(vector, "key", key.bytes, sizeof(key.bytes))) {
		paserk_public_id(&key, id);
		return true;
	}
	format_any("k4.public.", text_of(vector, "key"), text, sizeof(text));
	return paserk_parse_public(text, &key);
}

static bool make_local_id(const json_t *vector, char id[PASERK_ID_SIZE])
{
	struct paseto_local_key key;
	char text[512];
	format_any("k4.local.", text_of(vector, "key"), text, sizeof(text));
	if (!paserk_parse_local(text, &key))
		return false;
	paserk_local_id(&key, id);
	return true;
}

static void run_ids(const char *name, bool (*make_id)(const json_t *, char *), size_t least)
{
	json_t *file = load_vectors(name);
	json_t *vector;
	size_t index;
	json_array_foreach(json_object_get(file, "tests"), index, vector)
	{
		char id[PASERK_ID_SIZE] = "";
		bool made = make_id(vector, id);
		if (made == json_is_true(json_object_get(vector, "expect-fail")))
			fail_msg(
			    "%s is %s", text_of(vector, "name"), made ? "accepted" : "refused");
		if (made)
			assert_string_equal(id, text_of(vector, "paserk"));
	}
	print_message("%s: %zu vectors ran\n", name, index);
	assert_true(index >= least);
	json_decref(file);
}

static void runs_k4_pid(void **state)
{
	(void)state;
	run_ids("k4.pid.json", make_public_id, 5);
}

static void runs_k4_lid(void **state)
{
	(void)state;
	run_ids("k4.lid.json", make_local_id, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(runs_v4),
	    cmocka_unit_test(runs_k4_pid),
	    cmocka_unit_test(runs_k4_lid),
	};
	if (access(find_folder(), R_OK) != 0) {
		printf("skipped: the vectors are not at %s (LETHE_PASETO_VECTORS names another "
		       "folder)\n",
		    find_folder());
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
