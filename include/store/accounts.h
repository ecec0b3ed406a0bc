/* accounts.h - what an account's row says of its own deletion (columns of users), and its events.
 */
#ifndef LETHE_STORE_ACCOUNTS_H
#define LETHE_STORE_ACCOUNTS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <store/impact.h>
#include <store/kinds.h>
#include <store/users.h>

#define ACCOUNT_TOKEN_HASH_BYTES 32

/* What is stored of the deletion of an account. Texts are NULL and ids none where there is nothing.
 */
struct account_row {
	enum user_deletion status;
	int64_t requested_us;
	int64_t scheduled_us;
	const char *reason;
	const char *photos; /* "delete" or "keep" */
	const char *events; /* "anonymize", "transfer" or "block" */
	struct id transfer_to;
	struct id leaving_id; /* the deletion under way */
	unsigned reminders;   /* sent or passed over */
};

/* Read it, of any user. DB_NONE: there is none. */
enum db_result account_read(struct db *db, struct arena *arena, const struct id *user_id,
    struct account_row *row_r) __attribute__((warn_unused_result));

/* Store all of it. DB_OK also where nothing is different. */
enum db_result account_store(struct db_tx *tx, const struct id *user_id,
    const struct account_row *row) __attribute__((warn_unused_result));

/* End all access tokens issued before `now_us` but the one of that hash (NULL: all), and all
 * sessions but `except` (none: all). */
enum db_result account_end_access(struct db_tx *tx, const struct id *user_id,
    const unsigned char *token_hash, const struct id *except, int64_t now_us)
    __attribute__((warn_unused_result));

/* The hash of the token that outlived the rest. DB_NONE: there is none. */
enum db_result account_kept_token(struct db *db, struct arena *arena, const struct id *user_id,
    const unsigned char **hash_r) __attribute__((warn_unused_result));

/* The user of an organisation (none: of any) whom the identity provider knows by `uid`, live or
 * deleted; of several the newest. */
enum db_result account_by_identity(struct db *db, struct arena *arena,
    const struct id *organization_id, const char *uid, struct id *user_r)
    __attribute__((warn_unused_result));

/* Count what the deletion of a live account would mark, the account itself aside; `most` as in
 * impact_count. */
enum db_result account_impact(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, int64_t most, struct deletion_impact *impact_r)
    __attribute__((warn_unused_result));

/* What else goes with an account, or keeps its name: photos in the trash, and requests made. A
 * number above `most` says that there may be more. */
struct account_extras {
	int64_t trashed_photos;
	int64_t requests;
};
enum db_result account_extras(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, int64_t most, struct account_extras *extras_r)
    __attribute__((warn_unused_result));

/* Whoever is, or was, a platform admin may have left things in other organisations than their own:
 * the next one, by id, that has content of theirs, or (`any`) the next one at all. DB_NONE: there
 * is none, or they never went anywhere. */
enum db_result account_next_tenant(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *after, bool any, struct id *tenant_r) __attribute__((warn_unused_result));

/* The next account of an organisation, after an id (none: the first), that is or was a platform
 * admin's. */
enum db_result account_next_traveller(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *after, struct id *user_r)
    __attribute__((warn_unused_result));

/* An event. */
struct event_row {
	struct id id;
	const char *title;
	int64_t starts_at_us;
	struct id organization_id, owner_id; /* by event_find alone; owner none: nobody's */
};

/* A live event, in that organisation (none: in any); `lock` holds it until the transaction ends. */
enum db_result event_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *id, bool lock, struct event_row *event_r) __attribute__((warn_unused_result));

/* Make a live event a user's, or (none) nobody's. */
enum db_result event_give(struct db_tx *tx, const struct event_row *event, const struct id *user_id)
    __attribute__((warn_unused_result));

/* The live events of a user, soonest first, at most `limit`, and how many there are in all. DB_OK
 * also when there are none. */
enum db_result account_events(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, unsigned limit, struct event_row **events_r, size_t *count_r,
    int64_t *total_r) __attribute__((warn_unused_result));

/* Users whose erasure begins after `now_us` and at or before `until_us` and who were sent fewer
 * than `reminder` reminders, at most `limit`. DB_OK also when there are none. */
enum db_result account_reminders_due(struct db *db, struct arena *arena, unsigned reminder,
    int64_t now_us, int64_t until_us, unsigned limit, struct id **users_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Note that a scheduled user was sent the reminder. DB_NONE: it was sent, or the account is not
 * scheduled any more. */
enum db_result account_reminded(struct db_tx *tx, const struct id *user_id, unsigned reminder)
    __attribute__((warn_unused_result));

#endif
