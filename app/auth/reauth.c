/* reauth.c - proof that the person has just authenticated, for one act. */
#include "sealed.h"
#include "trail.h"
#include "user_actor.h"

#include <auth/password.h>
#include <auth/rate.h>
#include <auth/reauth.h>
#include <stdio.h>
#include <store/tokens.h>
#include <string.h>

#define AUDIENCE "reauth"
#define LIFE_US  (REAUTH_LIFE_S * CLOCK_SECOND_US)

static const struct rate_limit PER_USER = {"reauth", 10, INT64_C(15) * 60 * CLOCK_SECOND_US};

/* Wrong passwords for leaving count among the failed attempts at that. */
static const struct rate_limit PER_LEAVER = {
    REAUTH_LEAVING_PURPOSE, REAUTH_LEAVING_LIMIT, REAUTH_LEAVING_WINDOW_US};

static const struct {
	const char *name;
	bool has_item;
} PURPOSES[REAUTH_PURPOSE_COUNT] = {
    [REAUTH_NONE] = {"", false},
    [REAUTH_ACCOUNT_DELETE] = {"account.delete", false},
    [REAUTH_ACCOUNT_EXPORT] = {"account.export", false},
    [REAUTH_USER_DELETE] = {"user.delete", true},
    [REAUTH_PHOTO_PERMANENT] = {"photo.permanent", true},
    [REAUTH_ORGANIZATION_DELETE] = {"organization.delete", true},
};

bool reauth_purpose_has_item(enum reauth_purpose purpose)
{
	return PURPOSES[purpose].has_item;
}

bool reauth_purpose_parse(const char *name, enum reauth_purpose *purpose_r)
{
	for (int i = REAUTH_NONE + 1; name && i < REAUTH_PURPOSE_COUNT; i++)
		if (strcmp(name, PURPOSES[i].name) == 0) {
			*purpose_r = (enum reauth_purpose)i;
			return true;
		}
	return false;
}

static bool check_input(const struct reauth_proof *proof, enum reauth_purpose purpose,
    const struct id *item, struct error *error)
{
	bool has_item = item && !id_is_none(item);

	if (purpose == REAUTH_NONE)
		return error_set_field(
		    error, "purpose", "invalid_purpose", "There is no such purpose.");
	if (has_item != PURPOSES[purpose].has_item)
		return error_set_field(error, "item", "invalid_item",
		    has_item ? "This purpose has no item." : "This purpose needs its item's id.");
	if (!proof->password && !proof->host && !proof->host_auth_us)
		return error_set_field(
		    error, "password", "missing_password", "Please enter your password.");
	return true;
}

static bool refuse_password(
    struct auth *auth, const struct actor *actor, const struct user *user, struct error *error)
{
	struct trail trail = {
	    .action = "session.refused",
	    .actor = actor->uid,
	    .user = user,
	    .method = "reauth",
	    .request_id = actor->request_id,
	    .now_us = clock_now_us(auth->clock),
	};

	if (!trail_write_alone(auth->db, &trail, error))
		return false;
	error_set(error, ERROR_FORBIDDEN, "wrong_password", "The password is wrong.");
	if (error)
		snprintf(error->field, sizeof(error->field), "password");
	return false;
}

static bool verify_password(struct auth *auth, const struct actor *actor, const struct user *user,
    const char *password, const struct rate_limit *limit, struct error *error)
{
	struct id hit;

	if (!rate_check_and_hit(auth, limit, actor->uid, &hit, error))
		return false;
	switch (password_verify(auth->hasher, user->password_hash, password)) {
	case PASSWORD_RIGHT:
		return rate_forgive(auth, &hit, error);
	case PASSWORD_WRONG:
		return refuse_password(auth, actor, user, error);
	case PASSWORD_UNAVAILABLE:
		break;
	}
	return rate_forgive(auth, &hit, error) &&
	       error_set(error, ERROR_UNAVAILABLE, "busy",
		   "The server is busy. Please try again in a moment.");
}

static bool prove_by_password(struct auth *auth, const struct actor *actor, const struct user *user,
    const char *password, enum reauth_purpose purpose, struct error *error)
{
	return verify_password(auth, actor, user, password,
	    purpose == REAUTH_ACCOUNT_DELETE ? &PER_LEAVER : &PER_USER, error);
}

/* An authentication up to a minute in the future passed the check of the token's own claims; one
 * that the token does not tell of (0) was long ago. */
static bool prove_by_host(struct auth *auth, const struct actor *actor,
    const struct reauth_proof *proof, struct error *error)
{
	const struct access *host = proof->host;
	bool theirs = !host || (host->from_host && id_equal(&host->user.id, &actor->user_id));
	int64_t auth_us = host ? host->auth_us : proof->host_auth_us;

	if (theirs && clock_now_us(auth->clock) - auth_us <= REAUTH_FRESH_US)
		return true;
	return error_set(error, ERROR_FORBIDDEN, "stale_authentication",
	    "Please sign in again at the application you came from, then try once more.");
}

static bool prove(struct auth *auth, struct arena *arena, const struct actor *actor,
    const struct reauth_proof *proof, enum reauth_purpose purpose, struct error *error)
{
	struct user user;
	enum db_result result = users_find(auth->db, arena, &actor->user_id, &user);

	if (result > DB_NONE)
		return db_fail(result, error);
	if (result == DB_NONE || !user_actor_is_live(&user))
		return error_set(
		    error, ERROR_UNAUTHENTICATED, "unauthenticated", "Please sign in.");
	if (proof->password)
		return prove_by_password(auth, actor, &user, proof->password, purpose, error);
	return prove_by_host(auth, actor, proof, error);
}

/* An id as a claim; none is no claim. */
static const char *claim_id(struct arena *arena, const struct id *id)
{
	char *text = NULL;

	if (id && !id_is_none(id)) {
		text = arena_alloc(arena, ID_TEXT_SIZE);
		id_format(id, text);
	}
	return text;
}

bool reauth_issue(struct auth *auth, struct arena *arena, const struct actor *actor,
    const struct reauth_proof *proof, enum reauth_purpose purpose, const struct id *item,
    const char **token_r, struct error *error)
{
	if (!check_input(proof, purpose, item, error) ||
	    !prove(auth, arena, actor, proof, purpose, error))
		return false;
	int64_t now_us = clock_now_us(auth->clock);
	struct id id = id_generate(now_us);
	struct claims claims = {
	    .subject = claim_id(arena, &actor->user_id),
	    .token_id = claim_id(arena, &id),
	    .issued_us = now_us,
	    .expires_us = now_us + LIFE_US,
	    .purpose = PURPOSES[purpose].name,
	    .item = claim_id(arena, item),
	    .session = claim_id(arena, &actor->session_id),
	};

	*token_r = sealed_make(auth, arena, AUDIENCE, &claims);
	return true;
}

/* True if the claim is that id, or both are absent. */
static bool claim_is(const char *claim, const struct id *id)
{
	struct id claimed;

	if (!id || id_is_none(id))
		return claim == NULL;
	return claim && id_parse(claim, &claimed) && id_equal(&claimed, id);
}

static bool require(struct error *error)
{
	return error_set(error, ERROR_FORBIDDEN, "reauth_required",
	    "Please confirm that it is you by entering your password again.");
}

bool reauth_check(struct auth *auth, struct arena *arena, const char *token,
    enum reauth_purpose purpose, const struct id *item, struct actor *actor, struct error *error)
{
	struct claims claims = {0};
	struct id id;
	bool expired = false;
	bool spent = false;

	if (!sealed_open(auth, arena, AUDIENCE, token, &claims, &expired) || expired ||
	    !claims.purpose || strcmp(claims.purpose, PURPOSES[purpose].name) != 0 ||
	    !claim_is(claims.subject, &actor->user_id) || !claim_is(claims.item, item) ||
	    !claim_is(claims.session, &actor->session_id) || !claims.token_id ||
	    !id_parse(claims.token_id, &id))
		return require(error);
	enum db_result result = tokens_is_spent(auth->db, arena, &id, &spent);
	if (result != DB_OK)
		return db_fail(result, error);
	if (spent)
		return require(error);
	actor->reauth_id = id;
	actor->reauth_expires_us = claims.expires_us;
	return true;
}
