/* trail.h - the audit entries of identity: session.login and session.refused. */
#ifndef LETHE_AUTH_TRAIL_H
#define LETHE_AUTH_TRAIL_H

#include <base/error.h>
#include <base/id.h>
#include <store/users.h>

/* One entry about an account, or about none (`user` NULL: an address nobody has). */
struct trail {
	const char *action;
	const char *actor;       /* uid; "visitor" where nobody is signed in */
	const struct user *user; /* names the item and the organisation */
	const char *method;      /* how the person tried: "password", "token", "sso", "reauth" */
	const char *request_id;  /* or NULL */
	int64_t now_us;
};

/* Write it in `tx`. */
bool trail_write(struct db_tx *tx, const struct trail *trail, struct error *error)
    __attribute__((warn_unused_result));

/* Write it in a transaction of its own. */
bool trail_write_alone(struct db *db, const struct trail *trail, struct error *error)
    __attribute__((warn_unused_result));

#endif
