/* acts.h - forms that wait for a re-authentication (table interrupted_acts); rules in
 * auth/interrupted.h. */
#ifndef LETHE_STORE_ACTS_H
#define LETHE_STORE_ACTS_H

#include <base/id.h>
#include <db/db.h>
#include <stdint.h>

struct act_row {
	struct id id;
	struct id session_id; /* sessions.id; no other session sees it */
	const char *path;     /* at most 500 characters */
	const char *form;     /* urlencoded fields */
	int64_t created_us;
};

enum db_result acts_insert(struct db *db, const struct act_row *act)
    __attribute__((warn_unused_result));

/* The act of that session, if it was saved after `since_us`; texts in `arena`. */
enum db_result acts_find(struct db *db, struct arena *arena, const struct id *id,
    const struct id *session_id, int64_t since_us, struct act_row *act_r)
    __attribute__((warn_unused_result));

/* Give an act that was saved in (since_us, until_us] by another session of the same user to that
 * session. DB_NONE: there is no such act. */
enum db_result acts_adopt(struct db *db, const struct id *id, const struct id *session_id,
    int64_t since_us, int64_t until_us) __attribute__((warn_unused_result));

/* Give the acts of the session of that token hash to another session of the same user, which takes
 * its place. DB_NONE: there are none. */
enum db_result acts_hand_on(struct db_tx *tx, const unsigned char *token_hash,
    const struct id *user_id, const struct id *session_id) __attribute__((warn_unused_result));

/* Forget the act of that session. DB_NONE: there is none. */
enum db_result acts_remove(struct db *db, const struct id *id, const struct id *session_id)
    __attribute__((warn_unused_result));

/* Remove at most `limit` acts saved before `before_us`. DB_NONE: there was none. */
enum db_result acts_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
    __attribute__((warn_unused_result));

#endif
