/* paseto.c - PASETO version 4: Ed25519 signatures; XChaCha20 with BLAKE2b for what is sealed. */
#include "base64.h"
#include "paseto_nonce.h"
#include <auth/paseto.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>

#define TAG_SIZE 32

static const char public_header[] = "v4.public.";
static const char local_header[] = "v4.local.";

/* The keys of one sealed message, derived from the long-lived key and the nonce. */
struct message_keys {
	unsigned char cipher[crypto_stream_xchacha20_KEYBYTES + crypto_stream_xchacha20_NONCEBYTES];
	unsigned char tag[32];
};

struct paseto_part paseto_text(const char *text)
{
	return (struct paseto_part){.bytes = text, .length = text ? strlen(text) : 0};
}

static struct paseto_part part(const void *bytes, size_t length)
{
	return (struct paseto_part){.bytes = bytes, .length = length};
}

static unsigned char *put_bytes(unsigned char *at, const void *bytes, size_t length)
{
	if (length > 0)
		memcpy(at, bytes, length);
	return at + length;
}

/* LE64 of the standard: 64 bits, little-endian, the highest bit clear. */
static unsigned char *put_length(unsigned char *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		*at++ = (unsigned char)(value >> (8 * i));
	return at;
}

/* Pre-authentication encoding: the count of the parts, then each with its length before it. */
static struct paseto_part encode_parts(
    struct arena *arena, const struct paseto_part *parts, size_t count)
{
	size_t size = 8;
	for (size_t i = 0; i < count; i++)
		size += 8 + parts[i].length;
	unsigned char *bytes = arena_alloc(arena, size);
	unsigned char *at = put_length(bytes, count);
	for (size_t i = 0; i < count; i++) {
		at = put_length(at, parts[i].length);
		at = put_bytes(at, parts[i].bytes, parts[i].length);
	}
	return part(bytes, size);
}

/* Header, body and footer as the text of a token. */
static char *write_token(
    struct arena *arena, const char *header, struct paseto_part body, struct paseto_part footer)
{
	size_t start = strlen(header);
	size_t middle = BASE64_LENGTH(body.length);
	size_t end = footer.length ? 1 + BASE64_LENGTH(footer.length) : 0;
	char *token = arena_alloc(arena, start + middle + end + 1);
	memcpy(token, header, start);
	base64_encode(body.bytes, body.length, token + start);
	if (footer.length) {
		token[start + middle] = '.';
		base64_encode(footer.bytes, footer.length, token + start + middle + 1);
	}
	return token;
}

static bool decode_part(
    struct arena *arena, const char *text, size_t text_length, struct paseto_part *part_r)
{
	size_t size = text_length / 4 * 3 + 3;
	char *bytes = arena_alloc(arena, size + 1); /* zeroed: a NUL follows what is decoded */
	size_t length = 0;
	if (text_length == 0 || !base64_decode(text, text_length, bytes, size, &length))
		return false;
	*part_r = part(bytes, length);
	return true;
}

/* Take a token apart; a footer that is announced by a dot must not be empty. */
static bool read_token(struct arena *arena, const char *header, const char *token,
    struct paseto_part *body_r, struct paseto_part *footer_r)
{
	size_t start = strlen(header);
	size_t length = strnlen(token, PASETO_TOKEN_MAX + 1);
	if (length > PASETO_TOKEN_MAX || length < start || memcmp(token, header, start) != 0)
		return false;
	const char *dot = strchr(token + start, '.');
	size_t end = dot ? (size_t)(dot - token) : length;
	*footer_r = paseto_text("");
	return decode_part(arena, token + start, end - start, body_r) &&
	       (!dot || decode_part(arena, dot + 1, length - end - 1, footer_r));
}

bool paseto_read_footer(struct arena *arena, const char *token, struct paseto_part *footer_r)
{
	struct paseto_part body;
	return read_token(arena, public_header, token, &body, footer_r) ||
	       read_token(arena, local_header, token, &body, footer_r);
}

/* What is signed: header, payload, footer and assertion. */
static struct paseto_part encode_signed(struct arena *arena, struct paseto_part payload,
    struct paseto_part footer, struct paseto_part assertion)
{
	const struct paseto_part parts[] = {paseto_text(public_header), payload, footer, assertion};
	return encode_parts(arena, parts, 4);
}

char *paseto_sign(struct arena *arena, const struct paseto_secret_key *key,
    struct paseto_part payload, struct paseto_part footer, struct paseto_part assertion)
{
	struct paseto_part text = encode_signed(arena, payload, footer, assertion);
	size_t size = payload.length + crypto_sign_BYTES;
	unsigned char *body = arena_alloc(arena, size);
	unsigned char *signature = put_bytes(body, payload.bytes, payload.length);
	crypto_sign_detached(
	    signature, NULL, (const unsigned char *)text.bytes, text.length, key->bytes);
	return write_token(arena, public_header, part(body, size), footer);
}

bool paseto_verify(struct arena *arena, const struct paseto_public_key *key, const char *token,
    struct paseto_part assertion, struct paseto_message *message_r)
{
	struct paseto_part body;
	struct paseto_part footer;
	if (!read_token(arena, public_header, token, &body, &footer) ||
	    body.length < crypto_sign_BYTES)
		return false;
	size_t length = body.length - crypto_sign_BYTES;
	struct paseto_part text = encode_signed(arena, part(body.bytes, length), footer, assertion);
	const unsigned char *signature = (const unsigned char *)body.bytes + length;
	if (crypto_sign_verify_detached(
		signature, (const unsigned char *)text.bytes, text.length, key->bytes) != 0)
		return false;
	message_r->payload = part(arena_copy(arena, body.bytes, length), length);
	message_r->footer = footer;
	return true;
}

/* BLAKE2b of a label and the nonce, under the long-lived key. */
static void derive(const struct paseto_local_key *key, const char *label,
    const unsigned char *nonce, unsigned char *out, size_t size)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, key->bytes, sizeof(key->bytes), size);
	crypto_generichash_update(&state, (const unsigned char *)label, strlen(label));
	crypto_generichash_update(&state, nonce, PASETO_NONCE_SIZE);
	crypto_generichash_final(&state, out, size);
	sodium_memzero(&state, sizeof(state));
}

static void derive_keys(
    const struct paseto_local_key *key, const unsigned char *nonce, struct message_keys *keys_r)
{
	derive(key, "paseto-encryption-key", nonce, keys_r->cipher, sizeof(keys_r->cipher));
	derive(key, "paseto-auth-key-for-aead", nonce, keys_r->tag, sizeof(keys_r->tag));
}

/* Encrypt or decrypt: XChaCha20 is its own reverse. */
static void apply_cipher(
    const struct message_keys *keys, const unsigned char *in, size_t length, unsigned char *out)
{
	crypto_stream_xchacha20_xor(
	    out, in, length, keys->cipher + crypto_stream_xchacha20_KEYBYTES, keys->cipher);
}

/* The tag over header, nonce, ciphertext, footer and assertion; `sealed` is nonce and ciphertext.
 */
static void compute_tag(struct arena *arena, const struct message_keys *keys,
    struct paseto_part sealed, struct paseto_part footer, struct paseto_part assertion,
    unsigned char tag[TAG_SIZE])
{
	const struct paseto_part parts[] = {
	    paseto_text(local_header),
	    part(sealed.bytes, PASETO_NONCE_SIZE),
	    part(sealed.bytes + PASETO_NONCE_SIZE, sealed.length - PASETO_NONCE_SIZE),
	    footer,
	    assertion,
	};
	struct paseto_part text = encode_parts(arena, parts, 5);
	crypto_generichash(tag, TAG_SIZE, (const unsigned char *)text.bytes, text.length, keys->tag,
	    sizeof(keys->tag));
}

char *paseto_seal_with_nonce(struct arena *arena, const struct paseto_local_key *key,
    const unsigned char nonce[PASETO_NONCE_SIZE], struct paseto_part payload,
    struct paseto_part footer, struct paseto_part assertion)
{
	size_t size = PASETO_NONCE_SIZE + payload.length + TAG_SIZE;
	unsigned char *body = arena_alloc(arena, size);
	unsigned char *cipher = put_bytes(body, nonce, PASETO_NONCE_SIZE);
	struct message_keys keys;
	derive_keys(key, nonce, &keys);
	apply_cipher(&keys, (const unsigned char *)payload.bytes, payload.length, cipher);
	compute_tag(
	    arena, &keys, part(body, size - TAG_SIZE), footer, assertion, cipher + payload.length);
	sodium_memzero(&keys, sizeof(keys));
	return write_token(arena, local_header, part(body, size), footer);
}

char *paseto_seal(struct arena *arena, const struct paseto_local_key *key,
    struct paseto_part payload, struct paseto_part footer, struct paseto_part assertion)
{
	unsigned char nonce[PASETO_NONCE_SIZE];
	randombytes_buf(nonce, sizeof(nonce));
	return paseto_seal_with_nonce(arena, key, nonce, payload, footer, assertion);
}

bool paseto_open(struct arena *arena, const struct paseto_local_key *key, const char *token,
    struct paseto_part assertion, struct paseto_message *message_r)
{
	struct paseto_part body;
	struct paseto_part footer;
	if (!read_token(arena, local_header, token, &body, &footer) ||
	    body.length < PASETO_NONCE_SIZE + TAG_SIZE)
		return false;
	const unsigned char *nonce = (const unsigned char *)body.bytes;
	size_t length = body.length - PASETO_NONCE_SIZE - TAG_SIZE;
	unsigned char *plain = arena_alloc(arena, length + 1);
	unsigned char tag[TAG_SIZE];
	struct message_keys keys;
	derive_keys(key, nonce, &keys);
	compute_tag(arena, &keys, part(body.bytes, body.length - TAG_SIZE), footer, assertion, tag);
	bool ok = sodium_memcmp(tag, body.bytes + body.length - TAG_SIZE, TAG_SIZE) == 0;
	if (ok) {
		apply_cipher(&keys, nonce + PASETO_NONCE_SIZE, length, plain);
		message_r->payload = part(plain, length);
		message_r->footer = footer;
	}
	sodium_memzero(&keys, sizeof(keys));
	return ok;
}
