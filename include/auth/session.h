/* session.h - browsers that are signed in.
 *
 * The cookie carries 32 random bytes as base64url; only their BLAKE2b-256 hash is stored. A session
 * ends 12 hours after its last use and 7 days after its start (at exactly that microsecond it has
 * ended), and with its user or its user's organisation. */
#ifndef LETHE_AUTH_SESSION_H
#define LETHE_AUTH_SESSION_H

#include <auth/actor.h>
#include <auth/auth.h>
#include <base/id.h>
#include <store/users.h>

#define SESSION_COOKIE    "session"
#define SESSION_IDLE_US   (INT64_C(12) * 3600 * CLOCK_SECOND_US)
#define SESSION_LIFE_US   (INT64_C(7) * CLOCK_DAY_US)
#define SESSION_TOUCH_US  (INT64_C(60) * CLOCK_SECOND_US)
#define SESSION_CSRF_SIZE 44 /* 43 characters of base64url and the NUL */

/* A session and what every request needs of its user. Texts belong to the arena given. */
struct session {
	struct id id;
	struct id user_id;
	struct id organization_id;        /* the user's own */
	struct id acting_organization_id; /* of a platform admin: the one acted for, or none */
	enum role role;
	enum user_deletion deletion_status; /* SCHEDULED: status, export and cancel only */
	const char *display_name;
	const char *email;
	char csrf[SESSION_CSRF_SIZE]; /* what forms carry in `csrf` */
	char uid[ID_TEXT_SIZE];       /* user_id as text */
	int64_t created_us;
	int64_t seen_us;
	int64_t host_auth_us; /* begun by a token of the host: when the person authenticated there,
			       * as far as it said; else 0 */
};

/* A session as the list on /account shows it. */
struct session_entry {
	struct id id;
	const char *user_agent; /* or NULL */
	int64_t created_us;
	int64_t seen_us;
	bool current;
};

/* Sign `user` in: a new session with a new token (never one that the browser brought along), which
 * takes the place of the session that `old_token` (the cookie that came, or NULL) names: where that
 * was the same user's, with the acts that wait there (auth/interrupted.h). Writes the audit entry
 * session.login with `method` ("password", "sso"). `host_auth_us`: of "sso", when the person
 * authenticated at the host (0: not said). `token_r` is for the cookie. False: unavailable, or
 * unauthenticated if the user was deleted meanwhile. */
bool session_start(struct auth *auth, struct arena *arena, const struct user *user,
    const char *method, int64_t host_auth_us, const char *old_token,
    const struct auth_caller *caller, const char **token_r, struct error *error)
    __attribute__((warn_unused_result));

/* The session a cookie names; one statement. With `touch` its last use is noted, at most once a
 * minute (pass false for what a page asks by itself, so that an open page keeps nobody signed in).
 * False: unauthenticated (no token, malformed, unknown, ended, user gone), or unavailable. */
bool session_find(struct auth *auth, struct arena *arena, const char *token, bool touch,
    struct session *session_r, struct error *error) __attribute__((warn_unused_result));

/* Who acts in this session. The actor borrows from `session`. */
struct actor session_actor(const struct session *session, const char *request_id);

/* True if `given` is the session's CSRF token; NULL is not. In constant time. */
bool session_csrf_check(const struct session *session, const char *given)
    __attribute__((warn_unused_result));

/* Sign out. No error if the session has ended already; a malformed or NULL token is no session. */
bool session_end(struct auth *auth, const char *token, struct error *error)
    __attribute__((warn_unused_result));

/* End one of the user's own sessions. False: not_found. */
bool session_end_one(struct auth *auth, const struct id *user_id, const struct id *session_id,
    struct error *error) __attribute__((warn_unused_result));

/* End all of the user's sessions but `except` (NULL or none: all). */
bool session_end_all(struct auth *auth, const struct id *user_id, const struct id *except,
    struct error *error) __attribute__((warn_unused_result));

/* A page of sessions, and where the next one begins: behind the last one of this. */
#define SESSION_LIST_ROWS 50
struct session_list {
	struct session_entry *items;
	size_t count;
	bool more;
};
struct session_place {
	int64_t seen_us; /* 0: from the first */
	struct id id;
};

/* The user's sessions that have not ended, last used first, behind `place` (NULL: from the first);
 * `current` (or NULL) marks the one named. */
bool session_list(struct auth *auth, struct arena *arena, const struct id *user_id,
    const struct id *current, const struct session_place *place, struct session_list *list_r,
    struct error *error) __attribute__((warn_unused_result));

/* Of a platform admin: act for that organisation from the next request on (none: one's own). The
 * caller has checked that it exists. False: forbidden to everybody else. */
bool session_act_for(struct auth *auth, const struct session *session,
    const struct id *organization_id, struct error *error) __attribute__((warn_unused_result));

#endif
