/* sessions.h - browsers that are signed in (table sessions); rules in auth/session.h. */
#ifndef LETHE_STORE_SESSIONS_H
#define LETHE_STORE_SESSIONS_H

#include <base/id.h>
#include <db/db.h>
#include <stdint.h>
#include <store/users.h>

#define SESSIONS_HASH_BYTES 32
#define SESSIONS_CSRF_BYTES 32

/* A row of the table. */
struct session_row {
	const unsigned char *token_hash; /* SESSIONS_HASH_BYTES; not read back */
	struct id id;
	struct id user_id;
	struct id acting_organization_id;
	const unsigned char *csrf_secret; /* SESSIONS_CSRF_BYTES */
	const char *user_agent;           /* at most 200 characters, or NULL */
	int64_t
	    host_auth_us; /* when the person authenticated at the host; 0: not said, or not there */
	int64_t created_us;
	int64_t seen_us;
};

/* A session with what every request needs of its user. */
struct session_user {
	struct session_row session; /* without token_hash and user_agent */
	struct id organization_id;  /* the user's own */
	enum user_role role;
	enum user_deletion deletion_status;
	const char *display_name;
	const char *email;
};

enum db_result sessions_insert(struct db_tx *tx, const struct session_row *session)
    __attribute__((warn_unused_result));

/* The session of that token hash, made after `created_after_us` and seen after `seen_after_us`,
 * whose user and whose user's organisation are live. One statement; texts in `arena`. */
enum db_result sessions_find(struct db *db, struct arena *arena, const unsigned char *token_hash,
    int64_t created_after_us, int64_t seen_after_us, struct session_user *session_r)
    __attribute__((warn_unused_result));

/* Note that the session was used. */
enum db_result sessions_touch(struct db *db, const unsigned char *token_hash, int64_t now_us)
    __attribute__((warn_unused_result));

/* Of a platform admin: act for that organisation from now on (none: one's own). */
enum db_result sessions_set_acting(struct db *db, const struct id *id,
    const struct id *organization_id) __attribute__((warn_unused_result));

/* A page of a user's sessions. */
struct sessions_query {
	struct id user_id;
	int64_t created_after_us, seen_after_us; /* of those that have not ended */
	int64_t before_us; /* behind the one last used then... 0: from the first */
	struct id before;  /* ...whose id this is */
	unsigned limit;    /* at most so many */
};

/* The user's sessions that were made and used after these times, last used first. */
enum db_result sessions_list(struct db *db, struct arena *arena, const struct sessions_query *query,
    struct session_row **sessions_r, size_t *count_r) __attribute__((warn_unused_result));

/* Remove the session of that token hash. DB_NONE: there is none. */
enum db_result sessions_remove(struct db_tx *tx, const unsigned char *token_hash)
    __attribute__((warn_unused_result));

/* Remove one of a user's sessions by its id. DB_NONE: there is none. */
enum db_result sessions_remove_one(struct db_tx *tx, const struct id *user_id,
    const struct id *session_id) __attribute__((warn_unused_result));

/* Remove all of a user's sessions but `except` (none: all). DB_NONE: there was none. Part of every
 * act that takes an account away. */
enum db_result sessions_remove_all(struct db_tx *tx, const struct id *user_id,
    const struct id *except) __attribute__((warn_unused_result));

/* Remove at most `limit` sessions last seen before `seen_before_us`. DB_NONE: there was none. */
enum db_result sessions_prune(struct db *db, int64_t seen_before_us, unsigned limit,
    uint64_t *removed_r) __attribute__((warn_unused_result));

#endif
