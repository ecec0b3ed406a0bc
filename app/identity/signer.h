/* signer.h - RS256 (RFC 7518, section 3.3), by libcrypto. */
#ifndef LETHE_APP_IDENTITY_SIGNER_H
#define LETHE_APP_IDENTITY_SIGNER_H

#include <base/arena.h>

#define SIGNER_BITS 2048 /* a key has at least so many (RFC 7518) */

/* A private RSA key of PEM (PKCS #8 or PKCS #1, without a password). NULL: it is none, or is too
 * short. */
struct signer;
struct signer *signer_open(const char *pem) __attribute__((warn_unused_result));

/* Free it and null the handle; NULL is fine. */
void signer_close(struct signer **signer);

/* The signed form of a header and claims (RFC 7515, section 7.1), all in the arena; NULL where
 * libcrypto fails. */
const char *signer_token(const struct signer *signer, struct arena *arena, const char *header,
    const char *claims) __attribute__((warn_unused_result));

#endif
