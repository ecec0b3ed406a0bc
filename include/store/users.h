/* users.h - accounts and tombstones (table users). "Live" means not deleted. */
#ifndef LETHE_STORE_USERS_H
#define LETHE_STORE_USERS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

enum user_role { USER_MEMBER, USER_ADMIN, USER_PLATFORM_ADMIN, USER_ROLE_COUNT };

/* Of the account's own deletion; USER_DELETION_NONE is NULL in the table. */
enum user_deletion {
	USER_DELETION_NONE,
	USER_DELETION_REQUESTED,
	USER_DELETION_SCHEDULED,
	USER_DELETION_DELETED,
	USER_DELETION_CANCELED,
	USER_DELETION_COUNT,
};

/* One account. Texts belong to the arena it was read with and are NULL where the column is. */
struct user {
	struct id id;
	struct id organization_id;
	const char *email;
	const char *display_name;
	enum user_role role;
	const char *password_hash;
	const char *identity_uid;
	int64_t tokens_valid_after_us; /* 0: no limit */
	bool notify_requests;
	bool notify_retention;
	enum user_deletion deletion_status;
	int64_t deletion_requested_us;
	int64_t deletion_scheduled_us; /* when the erasure begins */
	int64_t created_us;
	int64_t deleted_us; /* 0: live */
	struct id deletion_id;
	bool organization_deleted;
};

/* The names the table and the API use: "member", "SCHEDULED", … ; NULL for USER_DELETION_NONE. */
const char *user_role_name(enum user_role role);
const char *user_deletion_name(enum user_deletion status);

/* The role of that name; false if there is none. */
bool user_role_parse(const char *name, enum user_role *role_r) __attribute__((warn_unused_result));

/* The status of that name; USER_DELETION_NONE for NULL and any other text. */
enum user_deletion user_deletion_parse(const char *name);

/* The user of that id, deleted or not. */
enum db_result users_find(struct db *db, struct arena *arena, const struct id *id,
    struct user *user_r) __attribute__((warn_unused_result));

/* The live user with that address (normalised, see text_normalize_email). */
enum db_result users_find_by_email(struct db *db, struct arena *arena, const char *email,
    struct user *user_r) __attribute__((warn_unused_result));

/* The live user whom the identity provider knows by `uid`. */
enum db_result users_find_by_identity(struct db *db, struct arena *arena, const char *uid,
    struct user *user_r) __attribute__((warn_unused_result));

/* As users_find, locking the row until the transaction ends. */
enum db_result users_lock(struct db_tx *tx, const struct id *id, struct user *user_r)
    __attribute__((warn_unused_result));

/* A list of users, newest first. */
struct users_query {
	struct id organization_id; /* none: of the whole installation */
	bool include_deleted;
	struct id before; /* only users with smaller ids; none: from the newest */
	unsigned limit;   /* rows at most */
	bool by_role;
	enum user_role role;      /* of by_role */
	enum user_deletion state; /* only these; USER_DELETION_NONE: any */
	const char *text;         /* part of the name or address, in any case; NULL: any */
	bool by_name; /* instead of newest first, within an organisation; `before` then names the
			 last one of the page before */
};
enum db_result users_list(struct db *db, struct arena *arena, const struct users_query *query,
    struct user **users_r, size_t *count_r) __attribute__((warn_unused_result));

/* Say by which uid the identity provider knows a live user; NULL: by none. DB_NONE: it is that
 * already, or there is no such user; DB_CONFLICT: another live user has it. */
enum db_result users_set_identity(struct db_tx *tx, const struct id *id, const char *uid)
    __attribute__((warn_unused_result));

/* Add an account from id, organization_id, email, display_name, role, password_hash, identity_uid,
 * created_us; the rest is as the table's defaults. DB_CONFLICT: a live user has the address or the
 * uid, or the organisation is not there. */
enum db_result users_insert(struct db_tx *tx, const struct user *user)
    __attribute__((warn_unused_result));

/* Change a live user. DB_NONE: no such live user, or nothing to change. */
enum db_result users_set_role(struct db_tx *tx, const struct id *id, enum user_role role)
    __attribute__((warn_unused_result));
enum db_result users_set_password(struct db_tx *tx, const struct id *id, const char *hash)
    __attribute__((warn_unused_result));
enum db_result users_set_notices(struct db_tx *tx, const struct id *id, bool requests,
    bool retention) __attribute__((warn_unused_result));
enum db_result users_set_display_name(struct db_tx *tx, const struct id *id, const char *name)
    __attribute__((warn_unused_result));

/* From now on access tokens issued before `after_us` are refused. */
enum db_result users_set_tokens_valid_after(struct db_tx *tx, const struct id *id, int64_t after_us)
    __attribute__((warn_unused_result));

/* The live users of that role who are in no grace period, of one organisation (none: of the
 * installation), locked until the transaction ends, so that two who would take away each other's
 * last peer wait for one another. `count_r` leaves out `except` (may be none). */
enum db_result users_lock_count(struct db_tx *tx, const struct id *organization_id,
    enum user_role role, const struct id *except, unsigned *count_r)
    __attribute__((warn_unused_result));

#endif
