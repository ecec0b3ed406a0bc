/* paseto_test.c - tokens and key texts against fixed ones, and everything that must be refused.
 *
 * The fixed tokens were made by independent programs from the standard's text, so that this holds
 * where the standard's own vectors are not at hand. */
#include "../../app/auth/paseto_nonce.h"
#include <auth/paserk.h>
#include <auth/paseto.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))

#define SECRET_KEY                                                                                 \
	"k4.secret."                                                                               \
	"Xs5u69SlOs0ygIynlkrUavlaq80Wm7PZxJ6u5Se33JNVJ1pBuxU2nhhLfNFS4smFx3mO5paIYCZ3USS0"         \
	"Djrpow"
#define PUBLIC_KEY "k4.public.VSdaQbsVNp4YS3zRUuLJhcd5juaWiGAmd1EktA466aM"
#define LOCAL_KEY  "k4.local.RzuuLP4FVjKMhnqzoD1b4ZKBmet079R2S7LqibqU0uk"

struct fixed_token {
	const char *payload, *footer, *assertion, *token;
};

static const struct fixed_token signed_tokens[] = {
    {"", "", "",
	"v4.public.vewnlL-_XYKVCZxN4FIJS_elyGeF3gJfn75NqWc0ciJfievTrnB8D2z_"
	"ZeYTS5otnSQnZsWqJ7mzCMo15"
	"-PMBA"},
    {"{\"sub\":\"ada\"}", "", "",
	"v4.public.eyJzdWIiOiJhZGEifbk5lHam3gCQehthTqlZTSeEB_"
	"1UOQhjgnb3lkIFrBLMHg7tTpqDzqhXcXsz5s9qOJ"
	"HUBtufRVf5QgmLiyu_8Aw"},
    {"{\"sub\":\"ada\"}", "{\"kid\":\"k\"}", "item",
	"v4.public.eyJzdWIiOiJhZGEifZuMSIk0hfg85sofqQ-7dkz_u6bjAJviTc1QoqdYa4pSoz6U_BMPB_"
	"m9sBCJuXIxYp"
	"K98UaJIJds10fRmp9FaAg.eyJraWQiOiJrIn0"},
};

static const struct fixed_token sealed_tokens[] = {
    {"", "", "",
	"v4.local.R_n0RchJ05kkM1TzawvSyX9gW7-d9YtrqsrEtrvMe4LDDeh3SNpv1gVTPN_eDK5d8zLmT9_"
	"n10yXMZQCoO"
	"3oOQ"},
    {"{\"sub\":\"ada\"}", "", "",
	"v4.local.R_n0RchJ05kkM1TzawvSyX9gW7-d9YtrqsrEtrvMe4INGhuwB78N_"
	"nIlYNSTeumbrpetPVpwLwwWdG12lWM"
	"opPmEKwd-fh7Vo7pDrq8"},
    {"{\"sub\":\"ada\"}", "{\"kid\":\"k\"}", "item",
	"v4.local.R_n0RchJ05kkM1TzawvSyX9gW7-d9YtrqsrEtrvMe4INGhuwB78N_nIlYNSTXy71aiE5lonB_"
	"SkyeKTjTis"
	"NV_sO0rIC2Y9NKvn1cto.eyJraWQiOiJrIn0"},
    {"012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012"
     "34"
     "567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
     "8"
     "9"
     "0123456789",
	"f", "",
	"v4.local.R_n0RchJ05kkM1TzawvSyX9gW7-"
	"d9YtrqsrEtrvMe4JGCVr2UagB6yt4McfcOjM6tFh3Jo2XQ9h1muz8js"
	"bmcPiJ87TADaTeKLeJwY4unxzRuv4zPpI_M_vuXZ3ZBiPKmweIQmqMSdc94zvlXQjUg__"
	"AxeYhgKnvzIpvWtP02e3na7"
	"NepJjKpWo61TJxa-3sFLMj6xr6qTEEiFEV9VC57YgZf3WSUwW9iUR_RbDTGNW1i0oltcu0A6ZQCvkrldOg6oaZ_"
	"sAf96"
	"90GIimEyzYafW_SQCQSvr2IzOg8F6_kM4FIBPNbVNw1hIUJUVmXvbhzNA7tlR5VXGHnf37JYORsX4Sy4rZhRYP."
	"Zg"},
};

struct fixture {
	struct arena *arena;
	struct paseto_secret_key secret;
	struct paseto_public_key public;
	struct paseto_local_key local;
	unsigned char nonce[PASETO_NONCE_SIZE];
};

static int set_up(void **state)
{
	static struct fixture fixture;
	static const char nonce[] = "lethe test nonce";
	fixture.arena = arena_create();
	*state = &fixture;
	crypto_generichash(fixture.nonce, sizeof(fixture.nonce), (const unsigned char *)nonce,
	    sizeof(nonce) - 1, NULL, 0);
	return paserk_parse_secret(SECRET_KEY, &fixture.secret) &&
		       paserk_parse_public(PUBLIC_KEY, &fixture.public) &&
		       paserk_parse_local(LOCAL_KEY, &fixture.local)
		   ? 0
		   : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	arena_destroy(&fixture->arena);
	return 0;
}

static void check_message(const struct paseto_message *message, const struct fixed_token *fixed)
{
	assert_string_equal(message->payload.bytes, fixed->payload);
	assert_int_equal(message->payload.length, strlen(fixed->payload));
	assert_int_equal(message->footer.length, strlen(fixed->footer));
	assert_memory_equal(message->footer.bytes, fixed->footer, strlen(fixed->footer));
}

static void signs_as_the_standard_says(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT(signed_tokens); i++) {
		const struct fixed_token *fixed = &signed_tokens[i];
		char *token = paseto_sign(f->arena, &f->secret, paseto_text(fixed->payload),
		    paseto_text(fixed->footer), paseto_text(fixed->assertion));
		assert_string_equal(token, fixed->token);
		struct paseto_message message;
		assert_true(paseto_verify(
		    f->arena, &f->public, token, paseto_text(fixed->assertion), &message));
		check_message(&message, fixed);
	}
}

static void seals_as_the_standard_says(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < COUNT(sealed_tokens); i++) {
		const struct fixed_token *fixed = &sealed_tokens[i];
		char *token = paseto_seal_with_nonce(f->arena, &f->local, f->nonce,
		    paseto_text(fixed->payload), paseto_text(fixed->footer),
		    paseto_text(fixed->assertion));
		assert_string_equal(token, fixed->token);
		struct paseto_message message;
		assert_true(paseto_open(
		    f->arena, &f->local, token, paseto_text(fixed->assertion), &message));
		check_message(&message, fixed);
	}
}

static void seals_with_a_nonce_of_its_own_each_time(void **state)
{
	struct fixture *f = *state;
	struct paseto_part payload = paseto_text("{}");
	struct paseto_part none = paseto_text(NULL);
	char *one = paseto_seal(f->arena, &f->local, payload, none, none);
	char *two = paseto_seal(f->arena, &f->local, payload, none, none);
	struct paseto_message message;
	assert_string_not_equal(one, two);
	assert_true(paseto_open(f->arena, &f->local, one, none, &message));
	assert_true(paseto_open(f->arena, &f->local, two, none, &message));
	assert_string_equal(message.payload.bytes, "{}");
}

static bool read_either(struct fixture *f, const char *token, const char *assertion)
{
	struct paseto_message message = {.payload = {0}};
	bool ok = paseto_verify(f->arena, &f->public, token, paseto_text(assertion), &message) ||
		  paseto_open(f->arena, &f->local, token, paseto_text(assertion), &message);
	if (!ok)
		assert_null(message.payload.bytes);
	return ok;
}

/* Put every other byte in every place, and shorten and lengthen the token there. */
static void refuse_every_alteration(struct fixture *f, const struct fixed_token *fixed)
{
	size_t length = strlen(fixed->token);
	for (size_t at = 0; at < length; at++) {
		char *token = arena_dup(f->arena, fixed->token);
		for (int byte = 1; byte < 256; byte++) {
			if ((char)byte == fixed->token[at])
				continue;
			token[at] = (char)byte;
			if (read_either(f, token, fixed->assertion))
				fail_msg("altered at %zu to %d", at, byte);
		}
		if (read_either(f, arena_copy(f->arena, fixed->token, at), fixed->assertion))
			fail_msg("cut at %zu", at);
		token = arena_printf(f->arena, "%.*sA%s", (int)at, fixed->token, fixed->token + at);
		if (read_either(f, token, fixed->assertion))
			fail_msg("longer at %zu", at);
		arena_reset(f->arena);
	}
}

static void refuses_every_alteration(void **state)
{
	struct fixture *f = *state;
	refuse_every_alteration(f, &signed_tokens[2]);
	refuse_every_alteration(f, &sealed_tokens[2]);
	refuse_every_alteration(f, &signed_tokens[1]);
	refuse_every_alteration(f, &sealed_tokens[1]);
}

static void refuses_another_shape(void **state)
{
	struct fixture *f = *state;
	static const char *const suffixes[] = {
	    "=", "==", ".", ".=", "..", ".Zg.Zg", "\n", " ", "A"};
	static const char *const headers[] = {"v3.public.", "v2.public.", "v1.public.",
	    "V4.public.", "v4.Public.", "v4.local.", "v4.public", "v5.public.", " v4.public.", ""};
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		assert_false(read_either(
		    f, arena_printf(f->arena, "%s%s", signed_tokens[1].token, suffixes[i]), ""));
		assert_false(read_either(
		    f, arena_printf(f->arena, "%s%s", sealed_tokens[1].token, suffixes[i]), ""));
	}
	for (size_t i = 0; i < COUNT(headers); i++)
		assert_false(read_either(f,
		    arena_printf(f->arena, "%s%s", headers[i],
			signed_tokens[1].token + strlen("v4.public.")),
		    ""));
	static const char *const others[] = {"", ".", "v4", "v4.", "v4.public", "v4.public.",
	    "v4.local.", "v4.public..", "v4.public..Zg", "v4.local.AAAA", "v4.public.AAAA",
	    "v4.public.A"};
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(read_either(f, others[i], ""));
}

static void refuses_another_assertion_or_key(void **state)
{
	struct fixture *f = *state;
	static const char *const assertions[] = {"", "Item", "ite", "items", "item "};
	for (size_t i = 0; i < COUNT(assertions); i++) {
		assert_false(read_either(f, signed_tokens[2].token, assertions[i]));
		assert_false(read_either(f, sealed_tokens[2].token, assertions[i]));
	}
	assert_false(read_either(f, signed_tokens[1].token, "item"));
	/* What is signed is told apart from what is beside it. */
	assert_false(read_either(f, sealed_tokens[1].token, "item"));
	struct fixture other = *f;
	other.local.bytes[31] ^= 1;
	crypto_sign_keypair(other.public.bytes, other.secret.bytes);
	assert_false(read_either(&other, signed_tokens[2].token, "item"));
	assert_false(read_either(&other, sealed_tokens[2].token, "item"));
}

static void carries_any_bytes(void **state)
{
	struct fixture *f = *state;
	static const char bytes[] = "\0\x01\xFF\0z";
	struct paseto_part payload = {bytes, 5};
	struct paseto_part footer = {bytes + 1, 4};
	struct paseto_part assertion = {bytes, 2};
	struct paseto_message message;
	char *token = paseto_sign(f->arena, &f->secret, payload, footer, assertion);
	assert_true(paseto_verify(f->arena, &f->public, token, assertion, &message));
	assert_int_equal(message.payload.length, 5);
	assert_memory_equal(message.payload.bytes, bytes, 5);
	assert_int_equal(message.footer.length, 4);
	assert_memory_equal(message.footer.bytes, bytes + 1, 4);
	token = paseto_seal(f->arena, &f->local, payload, footer, assertion);
	assert_true(paseto_open(f->arena, &f->local, token, assertion, &message));
	assert_int_equal(message.payload.length, 5);
	assert_memory_equal(message.payload.bytes, bytes, 5);
	assert_memory_equal(message.footer.bytes, bytes + 1, 4);
}

static void bounds_the_length(void **state)
{
	struct fixture *f = *state;
	/* "v4.local." and 4 characters for each 3 bytes of nonce, payload and tag */
	size_t fits = (PASETO_TOKEN_MAX - 9) / 4 * 3 - 64;
	char *bytes = arena_alloc(f->arena, fits + 3);
	struct paseto_part none = paseto_text("");
	struct paseto_message message;
	memset(bytes, 'x', fits + 3);
	char *token =
	    paseto_seal(f->arena, &f->local, (struct paseto_part){bytes, fits}, none, none);
	assert_in_range(strlen(token), PASETO_TOKEN_MAX - 3, PASETO_TOKEN_MAX);
	assert_true(paseto_open(f->arena, &f->local, token, none, &message));
	assert_int_equal(message.payload.length, fits);
	token = paseto_seal(f->arena, &f->local, (struct paseto_part){bytes, fits + 3}, none, none);
	assert_true(strlen(token) > PASETO_TOKEN_MAX);
	assert_false(paseto_open(f->arena, &f->local, token, none, &message));
}

static void reads_a_footer_before_verifying(void **state)
{
	struct fixture *f = *state;
	struct paseto_part footer;
	assert_true(paseto_read_footer(f->arena, signed_tokens[2].token, &footer));
	assert_int_equal(footer.length, 11);
	assert_memory_equal(footer.bytes, "{\"kid\":\"k\"}", 11);
	assert_true(paseto_read_footer(f->arena, sealed_tokens[2].token, &footer));
	assert_int_equal(footer.length, 11);
	assert_true(paseto_read_footer(f->arena, sealed_tokens[1].token, &footer));
	assert_int_equal(footer.length, 0);
	assert_false(paseto_read_footer(f->arena, "v3.local.AAAA.Zg", &footer));
	assert_false(paseto_read_footer(f->arena, "v4.local.AAAA.", &footer));
	assert_false(paseto_read_footer(f->arena, "v4.local.AAAA.Zh", &footer));
}

static void writes_and_reads_keys(void **state)
{
	struct fixture *f = *state;
	char public[PASERK_PUBLIC_SIZE];
	char secret[PASERK_SECRET_SIZE];
	char local[PASERK_LOCAL_SIZE];
	paserk_format_public(&f->public, public);
	paserk_format_secret(&f->secret, secret);
	paserk_format_local(&f->local, local);
	assert_string_equal(public, PUBLIC_KEY);
	assert_string_equal(secret, SECRET_KEY);
	assert_string_equal(local, LOCAL_KEY);
	assert_int_equal(strlen(public) + 1, PASERK_PUBLIC_SIZE);
	assert_int_equal(strlen(secret) + 1, PASERK_SECRET_SIZE);
	assert_int_equal(strlen(local) + 1, PASERK_LOCAL_SIZE);
}

static void names_keys_by_their_ids(void **state)
{
	struct fixture *f = *state;
	char id[PASERK_ID_SIZE];
	paserk_public_id(&f->public, id);
	assert_string_equal(id, "k4.pid.n-QF0QwnsW1cTeqpPf8HwOBfsZuiioNPS3-m2jku4ChG");
	paserk_local_id(&f->local, id);
	assert_string_equal(id, "k4.lid.-ZZwyNZkB1nuu1ATkBQmooWxY2Yc_X1wauH-xSz88vbL");
	assert_int_equal(strlen(id) + 1, PASERK_ID_SIZE);
}

static void refuses_other_key_texts(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "k4.public.", "k4.local.", "k4.secret.",
	    PUBLIC_KEY "A", PUBLIC_KEY "=", LOCAL_KEY "A", LOCAL_KEY "=", SECRET_KEY "A",
	    "k3.public.VSdaQbsVNp4YS3zRUuLJhcd5juaWiGAmd1EktA466aM",
	    "k4.public.VSdaQbsVNp4YS3zRUuLJhcd5juaWiGAmd1EktA466aN", /* bits that mean nothing */
	    "k4.public.VSdaQbsVNp4YS3zRUuLJhcd5juaWiGAmd1EktA466a",
	    "k4.public.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* a point of small order */
	    "k4.local.RzuuLP4FVjKMhnqzoD1b4ZKBmet079R2S7LqibqU0u+",
	    /* the public half of another seed */
	    "k4.secret."
	    "Xs5u69SlOs0ygIynlkrUavlaq80Wm7PZxJ6u5Se33JNVJ1pBuxU2nhhLfNFS4smFx3mO5paIYCZ3USS0"
	    "Djrpog"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct paseto_public_key public;
		struct paseto_secret_key secret;
		struct paseto_local_key local;
		if (paserk_parse_public(texts[i], &public) ||
		    paserk_parse_secret(texts[i], &secret) || paserk_parse_local(texts[i], &local))
			fail_msg("\"%s\" is accepted", texts[i]);
	}
	/* One type is not another. */
	struct paseto_public_key public;
	struct paseto_local_key local;
	assert_false(paserk_parse_public(LOCAL_KEY, &public));
	assert_false(paserk_parse_local(PUBLIC_KEY, &local));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_as_the_standard_says),
	    cmocka_unit_test(seals_as_the_standard_says),
	    cmocka_unit_test(seals_with_a_nonce_of_its_own_each_time),
	    cmocka_unit_test(refuses_every_alteration),
	    cmocka_unit_test(refuses_another_shape),
	    cmocka_unit_test(refuses_another_assertion_or_key),
	    cmocka_unit_test(carries_any_bytes),
	    cmocka_unit_test(bounds_the_length),
	    cmocka_unit_test(reads_a_footer_before_verifying),
	    cmocka_unit_test(writes_and_reads_keys),
	    cmocka_unit_test(names_keys_by_their_ids),
	    cmocka_unit_test(refuses_other_key_texts),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
