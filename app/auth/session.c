/* session.c - browsers that are signed in. */
#include "trail.h"
#include "user_actor.h"

#include <auth/secret.h>
#include <auth/session.h>
#include <store/acts.h>
#include <store/sessions.h>
#include <string.h>

#define USER_AGENT_MAX 200 /* characters */

_Static_assert(SECRET_SIZE == SESSIONS_HASH_BYTES, "a token's hash");
_Static_assert(SECRET_SIZE == SESSIONS_CSRF_BYTES, "a CSRF secret");
_Static_assert(SECRET_TEXT_SIZE == SESSION_CSRF_SIZE, "a CSRF token");

static bool refuse(struct error *error)
{
	return error_set(error, ERROR_UNAUTHENTICATED, "unauthenticated", "Please sign in.");
}

/* What a new session is made of; the same in every attempt of its transaction. */
struct starting {
	struct session_row row;
	struct secret_hash hash;
	unsigned char csrf[SECRET_SIZE];
	bool replaces;
	struct secret_hash old;
	struct trail trail;
};

/* The user is locked, so that a deletion at the same moment either waits and then ends this session
 * too, or is seen here. */
static bool write_session(struct db_tx *tx, void *context, struct error *error)
{
	const struct starting *new = context;
	struct user user;
	enum db_result result = users_lock(tx, &new->row.user_id, &user);

	if (result == DB_NONE || (result == DB_OK && !user_actor_is_live(&user)))
		return refuse(error);
	/* What waits there to be confirmed goes on in the session that takes its place. */
	if (result == DB_OK && new->replaces)
		result = acts_hand_on(tx, new->old.bytes, &new->row.user_id, &new->row.id);
	if (result <= DB_NONE && new->replaces)
		result = sessions_remove(tx, new->old.bytes);
	if (result <= DB_NONE)
		result = sessions_insert(tx, &new->row);
	return result == DB_OK ? trail_write(tx, &new->trail, error) : db_fail(result, error);
}

/* As much of a text as the column holds, in whole characters. */
static const char *shorten(struct arena *arena, const char *text, size_t characters)
{
	const char *at = text;

	if (!text)
		return NULL;
	for (; *at; at++)
		if (((unsigned char)*at & 0xC0) != 0x80 && characters-- == 0)
			break;
	return arena_copy(arena, text, (size_t)(at - text));
}

bool session_start(struct auth *auth, struct arena *arena, const struct user *user,
    const char *method, int64_t host_auth_us, const char *old_token,
    const struct auth_caller *caller, const char **token_r, struct error *error)
{
	int64_t now_us = clock_now_us(auth->clock);
	struct starting new = {0};
	char *token = arena_alloc(arena, SECRET_TEXT_SIZE);
	char *uid = arena_alloc(arena, ID_TEXT_SIZE);
	char csrf[SECRET_TEXT_SIZE];

	secret_generate(token);
	secret_generate(csrf);
	if (!secret_hash(token, &new.hash) || !secret_parse(csrf, new.csrf))
		return error_set(error, ERROR_INTERNAL, "no_secret", "No token could be made.");
	new.replaces = secret_hash(old_token, &new.old);
	id_format(&user->id, uid);
	new.row = (struct session_row){
	    .token_hash = new.hash.bytes,
	    .id = id_generate(now_us),
	    .user_id = user->id,
	    .csrf_secret = new.csrf,
	    .user_agent = shorten(arena, caller->user_agent, USER_AGENT_MAX),
	    .host_auth_us = host_auth_us,
	    .created_us = now_us,
	    .seen_us = now_us,
	};
	new.trail = (struct trail){
	    .action = "session.login",
	    .actor = uid,
	    .user = user,
	    .method = method,
	    .request_id = caller->request_id,
	    .now_us = now_us,
	};
	*token_r = token;
	return db_transaction(auth->db, write_session, &new, error);
}

static void fill_session(const struct session_user *row, struct session *session)
{
	*session = (struct session){
	    .id = row->session.id,
	    .user_id = row->session.user_id,
	    .organization_id = row->organization_id,
	    .acting_organization_id = row->session.acting_organization_id,
	    .role = user_actor_role(row->role),
	    .deletion_status = row->deletion_status,
	    .display_name = row->display_name,
	    .email = row->email,
	    .created_us = row->session.created_us,
	    .seen_us = row->session.seen_us,
	    .host_auth_us = row->session.host_auth_us,
	};
	secret_format(row->session.csrf_secret, session->csrf);
	id_format(&session->user_id, session->uid);
}

bool session_find(struct auth *auth, struct arena *arena, const char *token, bool touch,
    struct session *session_r, struct error *error)
{
	int64_t now_us = clock_now_us(auth->clock);
	struct session_user row;
	struct secret_hash hash;

	if (!secret_hash(token, &hash))
		return refuse(error);
	enum db_result result = sessions_find(
	    auth->db, arena, hash.bytes, now_us - SESSION_LIFE_US, now_us - SESSION_IDLE_US, &row);
	if (result != DB_OK)
		return result == DB_NONE ? refuse(error) : db_fail(result, error);
	fill_session(&row, session_r);
	/* A note that could not be written is no reason to turn the person away. */
	if (touch && now_us - session_r->seen_us >= SESSION_TOUCH_US &&
	    sessions_touch(auth->db, hash.bytes, now_us) == DB_OK)
		session_r->seen_us = now_us;
	return true;
}

struct actor session_actor(const struct session *session, const char *request_id)
{
	bool elsewhere =
	    session->role == ROLE_PLATFORM_ADMIN && !id_is_none(&session->acting_organization_id);

	return (struct actor){
	    .role = session->role,
	    .user_id = session->user_id,
	    .organization_id =
		elsewhere ? session->acting_organization_id : session->organization_id,
	    .session_id = session->id,
	    .uid = session->uid,
	    .request_id = request_id,
	};
}

bool session_csrf_check(const struct session *session, const char *given)
{
	unsigned char mine[SECRET_SIZE];
	unsigned char theirs[SECRET_SIZE];

	return given && secret_parse(given, theirs) && secret_parse(session->csrf, mine) &&
	       secret_equal(mine, theirs);
}

bool session_act_for(struct auth *auth, const struct session *session,
    const struct id *organization_id, struct error *error)
{
	enum db_result result;

	if (session->role != ROLE_PLATFORM_ADMIN)
		return error_set(error, ERROR_FORBIDDEN, "forbidden",
		    "Only a platform admin can act for another organisation.");
	result = sessions_set_acting(auth->db, &session->id, organization_id);
	return result <= DB_NONE || db_fail(result, error);
}
