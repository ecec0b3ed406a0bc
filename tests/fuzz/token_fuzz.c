/* token_fuzz.c - any text as a token and as claims: never a crash, and nothing forged. */
#include <auth/claims.h>
#include <auth/paserk.h>
#include <auth/paseto.h>
#include <base/text.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Claims that are read must come back from their own JSON. */
static void try_claims(struct arena *arena, const char *bytes, size_t length)
{
	struct claims claims;
	struct claims again;
	const struct claims_rules rules = {.issuer = "us", .audience = "lethe"};
	if (!claims_parse(arena, bytes, length, &claims))
		return;
	(void)claims_check(&claims, &rules, INT64_C(1770091506000007));
	char *json = claims_write(arena, &claims);
	/* Escapes may make the JSON longer than what is accepted. */
	if (strlen(json) > CLAIMS_MAX)
		return;
	if (!claims_parse(arena, json, strlen(json), &again) ||
	    again.expires_us != claims.expires_us || !again.subject != !claims.subject ||
	    (claims.subject && strcmp(claims.subject, again.subject) != 0))
		abort();
}

/* The body of a token that nobody signed, after its header; the input as it is, and sealed. */
static void try_token(struct arena *arena, const char *text, size_t size)
{
	static const struct paseto_local_key local = {{1, 2, 3}};
	static const struct paseto_public_key public = {{0x58, [1 ... 31] = 0x66}};
	struct paseto_part assertion = paseto_text("fuzz");
	struct paseto_part footer;
	struct paseto_message message;
	static const char *const headers[] = {"", "v4.local.", "v4.public."};
	for (size_t i = 0; i < 3; i++) {
		char *token = arena_printf(arena, "%s%s", headers[i], text);
		(void)paseto_read_footer(arena, token, &footer);
		if (paseto_open(arena, &local, token, assertion, &message) ||
		    paseto_verify(arena, &public, token, assertion, &message))
			abort();
	}
	struct paseto_part payload = {.bytes = text, .length = size};
	if (size > 4096)
		return;
	char *sealed = paseto_seal(arena, &local, payload, payload, assertion);
	if (!paseto_open(arena, &local, sealed, assertion, &message) ||
	    message.payload.length != size || message.footer.length != size ||
	    memcmp(message.payload.bytes, text, size) != 0)
		abort();
}

static void try_keys(const char *text)
{
	struct paseto_public_key public;
	struct paseto_secret_key secret;
	struct paseto_local_key local;
	char back[PASERK_SECRET_SIZE];
	if (paserk_parse_public(text, &public)) {
		paserk_format_public(&public, back);
		if (strcmp(back, text) != 0)
			abort();
	}
	if (paserk_parse_local(text, &local)) {
		paserk_format_local(&local, back);
		if (strcmp(back, text) != 0)
			abort();
	}
	(void)paserk_parse_secret(text, &secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	char *text = arena_copy(arena, (const char *)data, size);
	try_claims(arena, text, size);
	try_token(arena, text, size);
	try_keys(text);
	arena_destroy(&arena);
	return 0;
}
