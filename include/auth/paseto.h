/* paseto.h - PASETO version 4 tokens, public (signed) and local (sealed).
 *
 * The standard: https://github.com/paseto-standard/paseto-spec,
 * docs/01-Protocol-Versions/Version4.md. A token is ASCII: "v4.public." or "v4.local.", the body,
 * and where there is a footer "." and the footer, both in base64url without padding (RFC 4648,
 * section 5). Whatever is not exactly that is refused. Call keys_load, keys_create or
 * password_hasher_create first: they set libsodium up. */
#ifndef LETHE_AUTH_PASETO_H
#define LETHE_AUTH_PASETO_H

#include <base/arena.h>
#include <stdbool.h>
#include <stddef.h>

/* Longer tokens are refused unread. */
#define PASETO_TOKEN_MAX 16384

struct paseto_public_key {
	unsigned char bytes[32]; /* Ed25519 */
};

struct paseto_secret_key {
	unsigned char bytes[64]; /* Ed25519: the seed, then the public key */
};

struct paseto_local_key {
	unsigned char bytes[32]; /* symmetric */
};

/* A run of bytes that need not end with NUL; borrowed. A zeroed one is empty. */
struct paseto_part {
	const char *bytes;
	size_t length;
};

/* What a token carried; both parts are in the arena and followed by a NUL. */
struct paseto_message {
	struct paseto_part payload;
	struct paseto_part footer;
};

/* A NUL-terminated text as a part; NULL is empty. */
struct paseto_part paseto_text(const char *text);

/* Sign `payload` and make a v4.public token of it, in the arena. The footer can be read by anybody;
 * the assertion is signed but not in the token: who verifies must know it. */
char *paseto_sign(struct arena *arena, const struct paseto_secret_key *key,
    struct paseto_part payload, struct paseto_part footer, struct paseto_part assertion)
    __attribute__((warn_unused_result));

/* True if `token` is a v4.public token whose payload and footer, with this assertion, the owner of
 * the key signed. Otherwise `message_r` is untouched. Says nothing of claims such as `exp`. */
bool paseto_verify(struct arena *arena, const struct paseto_public_key *key, const char *token,
    struct paseto_part assertion, struct paseto_message *message_r)
    __attribute__((warn_unused_result));

/* Encrypt and authenticate `payload`: a v4.local token in the arena, with a random nonce. The
 * footer is authenticated but readable; the assertion is authenticated and not in the token. */
char *paseto_seal(struct arena *arena, const struct paseto_local_key *key,
    struct paseto_part payload, struct paseto_part footer, struct paseto_part assertion)
    __attribute__((warn_unused_result));

/* The reverse: true if `token` is a v4.local token that was sealed with this key and assertion. */
bool paseto_open(struct arena *arena, const struct paseto_local_key *key, const char *token,
    struct paseto_part assertion, struct paseto_message *message_r)
    __attribute__((warn_unused_result));

/* The footer of a v4 token that nobody has verified yet, to choose a key by; empty if it has none.
 * False if the text is not shaped like a v4 token. */
bool paseto_read_footer(struct arena *arena, const char *token, struct paseto_part *footer_r)
    __attribute__((warn_unused_result));

#endif
