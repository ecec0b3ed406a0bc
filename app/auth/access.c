/* access.c - access tokens: PASETO v4.public, from us or from the host application. */
#include "sealed.h"
#include "trail.h"
#include "user_actor.h"

#include <auth/access.h>
#include <auth/keys.h>
#include <sodium.h>
#include <store/accounts.h>
#include <string.h>

_Static_assert(ACCESS_HASH_SIZE == ACCOUNT_TOKEN_HASH_BYTES, "a token's hash");

#define LIFE_US          (ACCESS_LIFE_S * CLOCK_SECOND_US)
#define HOST_LIFE_MAX_US (ACCESS_HOST_LIFE_MAX_S * CLOCK_SECOND_US)

static bool refuse(struct error *error)
{
	return error_set(error, ERROR_UNAUTHENTICATED, "unauthenticated",
	    "The access token is missing or not valid. Please get a new one.");
}

bool access_grant(struct auth *auth, struct arena *arena, const struct user *user,
    const struct auth_caller *caller, const char **token_r, struct error *error)
{
	int64_t now_us = clock_now_us(auth->clock);
	char uid[ID_TEXT_SIZE];
	struct claims claims = {
	    .issuer = auth->issuer,
	    .audience = ACCESS_AUDIENCE,
	    .subject = uid,
	    .issued_us = now_us,
	    .expires_us = now_us + LIFE_US,
	};
	struct trail trail = {
	    .action = "session.login",
	    .actor = uid,
	    .user = user,
	    .method = "token",
	    .request_id = caller->request_id,
	    .now_us = now_us,
	};

	id_format(&user->id, uid);
	*token_r = keys_sign(auth->keys, arena, claims_write(arena, &claims), NULL);
	return trail_write_alone(auth->db, &trail, error);
}

static bool read_own(
    struct auth *auth, struct arena *arena, const char *token, struct claims *claims_r)
{
	const struct claims_rules rules = {
	    .issuer = auth->issuer, .audience = ACCESS_AUDIENCE, .lifetime_us = LIFE_US};
	struct paseto_part payload;

	return keys_verify(auth->keys, arena, token, NULL, &payload) &&
	       claims_parse(arena, payload.bytes, payload.length, claims_r) &&
	       sealed_judge(auth, claims_r, &rules) == CLAIMS_HOLD;
}

static bool read_host(
    struct auth *auth, struct arena *arena, const char *token, struct claims *claims_r)
{
	const struct claims_rules rules = {
	    .issuer = auth->host_issuer,
	    .audience = ACCESS_AUDIENCE,
	    .leeway_us = CLAIMS_LEEWAY_MAX_US,
	    .lifetime_us = HOST_LIFE_MAX_US,
	};
	struct paseto_message message;

	return auth->has_host &&
	       paseto_verify(arena, &auth->host_key, token, paseto_text(NULL), &message) &&
	       claims_parse(arena, message.payload.bytes, message.payload.length, claims_r) &&
	       claims_check(claims_r, &rules, clock_now_us(auth->clock)) == CLAIMS_HOLD;
}

/* Of a host's token the subject may also be what the identity provider calls the user. */
static enum db_result find_user(
    struct auth *auth, struct arena *arena, const char *subject, bool from_host, struct user *user)
{
	struct id id;
	enum db_result result = DB_NONE;

	if (id_parse(subject, &id))
		result = users_find(auth->db, arena, &id, user);
	if (result == DB_NONE && from_host)
		result = users_find_by_identity(auth->db, arena, subject, user);
	return result;
}

/* Whether the token was issued late enough, or is the one that outlived the others. DB_NONE: no. */
static enum db_result check_age(struct auth *auth, struct arena *arena, const struct claims *claims,
    const struct access *access)
{
	const unsigned char *kept;
	enum db_result result;

	if (claims->issued_us >= access->user.tokens_valid_after_us)
		return DB_OK;
	result = account_kept_token(auth->db, arena, &access->user.id, &kept);
	if (result == DB_OK && memcmp(kept, access->token_hash, ACCESS_HASH_SIZE) != 0)
		result = DB_NONE;
	return result;
}

bool access_verify(struct auth *auth, struct arena *arena, const char *token,
    struct access *access_r, struct error *error)
{
	struct claims claims = {0};
	struct access access = {0};

	if (!token)
		return refuse(error);
	if (!read_own(auth, arena, token, &claims)) {
		access.from_host = read_host(auth, arena, token, &claims);
		if (!access.from_host)
			return refuse(error);
	}
	enum db_result result =
	    find_user(auth, arena, claims.subject, access.from_host, &access.user);
	if (result > DB_NONE)
		return db_fail(result, error);
	if (result == DB_NONE || !user_actor_is_live(&access.user))
		return refuse(error);
	crypto_generichash(access.token_hash, ACCESS_HASH_SIZE, (const unsigned char *)token,
	    strlen(token), NULL, 0);
	result = check_age(auth, arena, &claims, &access);
	if (result != DB_OK)
		return result == DB_NONE ? refuse(error) : db_fail(result, error);
	id_format(&access.user.id, access.uid);
	access.auth_us = access.from_host ? claims.authenticated_us : 0;
	access.expires_us = claims.expires_us;
	*access_r = access;
	return true;
}

struct actor access_actor(const struct access *access, const char *request_id)
{
	return (struct actor){
	    .role = user_actor_role(access->user.role),
	    .user_id = access->user.id,
	    .organization_id = access->user.organization_id,
	    .uid = access->uid,
	    .token_hash = access->token_hash,
	    .request_id = request_id,
	};
}
