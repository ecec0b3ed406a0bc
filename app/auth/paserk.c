/* paserk.c - keys and their ids as text. */
#include "base64.h"
#include <auth/paserk.h>
#include <sodium.h>
#include <string.h>

static const char public_header[] = "k4.public.";
static const char secret_header[] = "k4.secret.";
static const char local_header[] = "k4.local.";

static void format_key(const char *header, const unsigned char *bytes, size_t size, char *out)
{
	size_t start = strlen(header);
	memcpy(out, header, start);
	base64_encode(bytes, size, out + start);
}

static bool parse_key(const char *header, const char *text, unsigned char *bytes_r, size_t size)
{
	size_t start = strlen(header);
	return strncmp(text, header, start) == 0 &&
	       base64_decode_exactly(text + start, bytes_r, size);
}

void paserk_format_public(const struct paseto_public_key *key, char out[PASERK_PUBLIC_SIZE])
{
	format_key(public_header, key->bytes, sizeof(key->bytes), out);
}

void paserk_format_secret(const struct paseto_secret_key *key, char out[PASERK_SECRET_SIZE])
{
	format_key(secret_header, key->bytes, sizeof(key->bytes), out);
}

void paserk_format_local(const struct paseto_local_key *key, char out[PASERK_LOCAL_SIZE])
{
	format_key(local_header, key->bytes, sizeof(key->bytes), out);
}

bool paserk_parse_public(const char *text, struct paseto_public_key *key_r)
{
	/* The conversion fails for what is no point of the curve's main subgroup. */
	struct paseto_public_key key;
	unsigned char converted[crypto_scalarmult_curve25519_BYTES];
	if (!parse_key(public_header, text, key.bytes, sizeof(key.bytes)) ||
	    crypto_sign_ed25519_pk_to_curve25519(converted, key.bytes) != 0)
		return false;
	*key_r = key;
	return true;
}

bool paserk_parse_secret(const char *text, struct paseto_secret_key *key_r)
{
	struct paseto_secret_key key;
	struct paseto_secret_key again;
	struct paseto_public_key half;
	bool ok = parse_key(secret_header, text, key.bytes, sizeof(key.bytes));
	if (ok) {
		crypto_sign_seed_keypair(half.bytes, again.bytes, key.bytes);
		ok = sodium_memcmp(again.bytes, key.bytes, sizeof(key.bytes)) == 0;
		sodium_memzero(&again, sizeof(again));
	}
	if (ok)
		*key_r = key;
	sodium_memzero(&key, sizeof(key));
	return ok;
}

bool paserk_parse_local(const char *text, struct paseto_local_key *key_r)
{
	struct paseto_local_key key;
	bool ok = parse_key(local_header, text, key.bytes, sizeof(key.bytes));
	if (ok)
		*key_r = key;
	sodium_memzero(&key, sizeof(key));
	return ok;
}

/* An id is its header and the digest of header and key text together. */
static void format_id(const char *header, const char *key_text, char out[PASERK_ID_SIZE])
{
	unsigned char digest[33];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	crypto_generichash_update(&state, (const unsigned char *)header, strlen(header));
	crypto_generichash_update(&state, (const unsigned char *)key_text, strlen(key_text));
	crypto_generichash_final(&state, digest, sizeof(digest));
	format_key(header, digest, sizeof(digest), out);
}

void paserk_public_id(const struct paseto_public_key *key, char out[PASERK_ID_SIZE])
{
	char text[PASERK_PUBLIC_SIZE];
	paserk_format_public(key, text);
	format_id("k4.pid.", text, out);
}

void paserk_local_id(const struct paseto_local_key *key, char out[PASERK_ID_SIZE])
{
	char text[PASERK_LOCAL_SIZE];
	paserk_format_local(key, text);
	format_id("k4.lid.", text, out);
	sodium_memzero(text, sizeof(text));
}
