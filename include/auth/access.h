/* access.h - access tokens: PASETO v4.public, from us or from the host application. */
#ifndef LETHE_AUTH_ACCESS_H
#define LETHE_AUTH_ACCESS_H

#include <auth/actor.h>
#include <auth/auth.h>
#include <store/users.h>

#define ACCESS_LIFE_S          900
#define ACCESS_AUDIENCE        "lethe"
#define ACCESS_HOST_LIFE_MAX_S 86400
#define ACCESS_HASH_SIZE       32

/* Who bears a token. */
struct access {
	struct user user;
	char uid[ID_TEXT_SIZE]; /* user.id as text */
	bool from_host;         /* signed by the host application */
	int64_t auth_us;        /* when the person authenticated at the host; 0: not said */
	int64_t expires_us;
	unsigned char token_hash[ACCESS_HASH_SIZE]; /* BLAKE2b-256 of the token */
};

/* Issue a token for ACCESS_LIFE_S seconds to a user whom login_check gave, and write the audit
 * entry session.login (method "token"). */
bool access_grant(struct auth *auth, struct arena *arena, const struct user *user,
    const struct auth_caller *caller, const char **token_r, struct error *error)
    __attribute__((warn_unused_result));

/* Check the token of `Authorization: Bearer` (without that word; NULL is no token): signed by one
 * of our public keys (footer `kid`) with our issuer, or by the host's key with the host's; audience
 * "lethe"; not expired; a host token lives at most 24 hours; issued at or after the user's
 * tokens_valid_after, or the one token that was kept then; user (of a host token: by our id or the
 * identity provider's) and organisation live. False: unauthenticated with one wording for all of
 * these, or unavailable. */
bool access_verify(struct auth *auth, struct arena *arena, const char *token,
    struct access *access_r, struct error *error) __attribute__((warn_unused_result));

/* Who acts by this token. The actor borrows from `access`. */
struct actor access_actor(const struct access *access, const char *request_id);

#endif
