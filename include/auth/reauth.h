/* reauth.h - proof that the person has just authenticated, for one act: PASETO v4.local, 5 minutes,
 * single use.
 *
 * The token is bound to user, purpose, item and (on pages) session. It is checked by the gate and
 * spent (tokens_spend of actor->reauth_id) in the transaction of the act it allows. */
#ifndef LETHE_AUTH_REAUTH_H
#define LETHE_AUTH_REAUTH_H

#include <auth/access.h>
#include <auth/actor.h>
#include <auth/auth.h>
#include <base/id.h>

#define REAUTH_LIFE_S   300
#define REAUTH_FRESH_US (INT64_C(300) * CLOCK_SECOND_US) /* so long an authentication is recent */

/* The limit (auth/rate.h, by the user's id as text) of failed attempts to leave: wrong passwords
 * for account.delete and wrong phrases. */
#define REAUTH_LEAVING_PURPOSE   "account.attempt"
#define REAUTH_LEAVING_LIMIT     10
#define REAUTH_LEAVING_WINDOW_US (INT64_C(3600) * CLOCK_SECOND_US)

enum reauth_purpose {
	REAUTH_NONE, /* a route that demands none */
	REAUTH_ACCOUNT_DELETE,
	REAUTH_ACCOUNT_EXPORT,
	REAUTH_USER_DELETE,
	REAUTH_PHOTO_PERMANENT,
	REAUTH_ORGANIZATION_DELETE,
	REAUTH_PURPOSE_COUNT,
};

/* True if the purpose is about an item (user.delete, photo.permanent, organization.delete). */
bool reauth_purpose_has_item(enum reauth_purpose purpose);

/* The purpose of that name; false for any other text and NULL. */
bool reauth_purpose_parse(const char *name, enum reauth_purpose *purpose_r)
    __attribute__((warn_unused_result));

/* What a person offers. One is enough; a password that is given must be right. */
struct reauth_proof {
	const char *password;      /* or NULL */
	const struct access *host; /* a host token of the same user, or NULL; its auth_time is at
				    * most 5 minutes old */
	int64_t
	    host_auth_us; /* of the session (auth/session.h): likewise; 0: it is not the host's */
};

/* Check the proof and make a token for `actor` (its session, if it has one), `purpose` and `item`
 * (none exactly where the purpose has no item). At most 10 wrong passwords in 15 minutes per user,
 * for account.delete 10 in an hour.
 * False: invalid (field `purpose`, `item`, `password`), forbidden "wrong_password" or
 * "stale_authentication", rate_limited, unauthenticated if the user is gone, unavailable. */
bool reauth_issue(struct auth *auth, struct arena *arena, const struct actor *actor,
    const struct reauth_proof *proof, enum reauth_purpose purpose, const struct id *item,
    const char **token_r, struct error *error) __attribute__((warn_unused_result));

/* Accept a token for this act, and note it in the actor (reauth_id, reauth_expires_us). `item` none
 * or NULL where the purpose has none. False: forbidden with code "reauth_required" if the token is
 * missing, malformed, expired, used, or another user's, session's, purpose's or item's. */
bool reauth_check(struct auth *auth, struct arena *arena, const char *token,
    enum reauth_purpose purpose, const struct id *item, struct actor *actor, struct error *error)
    __attribute__((warn_unused_result));

#endif
