/* interrupted.h - a form that waits until its sender has re-authenticated. */
#ifndef LETHE_AUTH_INTERRUPTED_H
#define LETHE_AUTH_INTERRUPTED_H

#include <auth/auth.h>
#include <base/id.h>

#define INTERRUPTED_LIFE_US  (INT64_C(3600) * CLOCK_SECOND_US)
#define INTERRUPTED_FORM_MAX (1024 * 1024)

struct interrupted {
	struct id id;
	const char *path;
	const char *form; /* urlencoded fields, without the CSRF token */
};

/* Keep path (at most 500 characters) and form (at most INTERRUPTED_FORM_MAX bytes) for that
 * session. False: too_large, invalid (path), unavailable. */
bool interrupted_save(struct auth *auth, const struct id *session_id, const char *path,
    const char *form, struct id *id_r, struct error *error) __attribute__((warn_unused_result));

/* Read it again: by the same session, for an hour. False: gone "act_forgotten", unavailable. */
bool interrupted_load(struct auth *auth, struct arena *arena, const struct id *session_id,
    const struct id *id, struct interrupted *act_r, struct error *error)
    __attribute__((warn_unused_result));

/* The same for a session that the host's word began at `began_us`: what another session of the same
 * user has saved before becomes this one's. (The browser that was sent to the host comes back with
 * a new session, and may have to go there again.) The proof is still to be given. */
bool interrupted_take(struct auth *auth, struct arena *arena, const struct id *session_id,
    int64_t began_us, const struct id *id, struct interrupted *act_r, struct error *error)
    __attribute__((warn_unused_result));

/* Forget it; no error if it is gone. */
bool interrupted_drop(struct auth *auth, const struct id *session_id, const struct id *id,
    struct error *error) __attribute__((warn_unused_result));

#endif
