/* paseto_nonce.h - sealing with a given nonce, for the standard's test vectors alone. */
#ifndef LETHE_APP_AUTH_PASETO_NONCE_H
#define LETHE_APP_AUTH_PASETO_NONCE_H

#include <auth/paseto.h>

#define PASETO_NONCE_SIZE 32

/* As paseto_seal, with a nonce that must never be used twice. */
char *paseto_seal_with_nonce(struct arena *arena, const struct paseto_local_key *key,
    const unsigned char nonce[PASETO_NONCE_SIZE], struct paseto_part payload,
    struct paseto_part footer, struct paseto_part assertion) __attribute__((warn_unused_result));

#endif
