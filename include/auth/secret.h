/* secret.h - random tokens (sessions, share links) and what is stored of them. */
#ifndef LETHE_AUTH_SECRET_H
#define LETHE_AUTH_SECRET_H

#include <stdbool.h>

#define SECRET_SIZE      32 /* bytes, of a token and of its hash */
#define SECRET_TEXT_SIZE 44 /* 43 characters and the NUL */

/* BLAKE2b-256 of a token's 32 bytes: what the store keeps instead of the token. */
struct secret_hash {
	unsigned char bytes[SECRET_SIZE];
};

/* A new token: 32 random bytes as base64url without padding. */
void secret_generate(char out[SECRET_TEXT_SIZE]);

/* The hash by which the store knows a token. False if the text is not 43 characters of strict
 * base64url; NULL is not. */
bool secret_hash(const char *text, struct secret_hash *hash_r) __attribute__((warn_unused_result));

/* 32 bytes as such a text and back, for tokens that are stored as they are (CSRF). */
void secret_format(const unsigned char bytes[SECRET_SIZE], char out[SECRET_TEXT_SIZE]);
bool secret_parse(const char *text, unsigned char bytes_r[SECRET_SIZE])
    __attribute__((warn_unused_result));

/* True if both hold the same 32 bytes; the time taken does not depend on where they differ. */
bool secret_equal(const unsigned char a[SECRET_SIZE], const unsigned char b[SECRET_SIZE])
    __attribute__((warn_unused_result));

#endif
