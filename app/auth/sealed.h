/* sealed.h - claims in a v4.local token that only we can read: what re-auth and links are made of.
 */
#ifndef LETHE_AUTH_SEALED_H
#define LETHE_AUTH_SEALED_H

#include <auth/auth.h>
#include <auth/claims.h>
#include <base/arena.h>

/* Seal the claims with our issuer and `audience`, which keeps one use's tokens from another's. */
const char *sealed_make(struct auth *auth, struct arena *arena, const char *audience,
    const struct claims *claims) __attribute__((warn_unused_result));

/* Open such a token (NULL is none). False if it is none of ours or for another audience; otherwise
 * `expired_r` says whether its time is over. */
bool sealed_open(struct auth *auth, struct arena *arena, const char *audience, const char *token,
    struct claims *claims_r, bool *expired_r) __attribute__((warn_unused_result));

/* Judge claims of our own making at the auth's clock: a machine whose clock is a little ahead of
 * ours may have issued them, so `iat` may lie up to CLAIMS_LEEWAY_MAX_US ahead; `exp` may not. */
enum claims_verdict sealed_judge(struct auth *auth, const struct claims *claims,
    const struct claims_rules *rules) __attribute__((warn_unused_result));

#endif
