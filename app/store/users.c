/* users.c - reading accounts and tombstones. */
#include <store/users.h>

#include <string.h>

/* The organisation's mark by a subquery, so that locking a user does not lock its organisation. */
#define USER_SELECT                                                                                \
	"SELECT u.id, u.organization_id, u.email, u.display_name, u.role, u.password_hash,"        \
	" u.identity_uid, u.tokens_valid_after, u.notify_requests, u.notify_retention,"            \
	" u.deletion_status, u.deletion_requested_at, u.deletion_scheduled_for, u.created_at,"     \
	" u.deleted_at, u.deletion_id, (SELECT o.deleted_at IS NOT NULL FROM organizations o"      \
	" WHERE o.id = u.organization_id) FROM users u "

/* Values: role, role, state, state, text, text, text, limit. */
#define USER_FITS                                                                                  \
	" AND (? IS NULL OR u.role = ?) AND (? IS NULL OR u.deletion_status = ?) AND (? IS NULL "  \
	"OR INSTR(u.display_name, ?) > 0"                                                          \
	" OR INSTR(u.email, LOWER(?)) > 0)"
#define USER_FILTER USER_FITS " ORDER BY u.id DESC LIMIT ?"
/* Before them: organisation, name, name, id. */
#define USER_BY_NAME(index, which)                                                                 \
	"FORCE INDEX (" index ") WHERE u.organization_id = ?" which                                \
	" AND u.display_name >= ? AND (u.display_name > ? OR u.id > ?)" USER_FITS                  \
	" ORDER BY u.display_name, u.id LIMIT ?"

DB_STATEMENT(USERS_FIND, USER_SELECT "WHERE u.id = ?");
DB_STATEMENT(USERS_LOCK, USER_SELECT "WHERE u.id = ? FOR UPDATE");
DB_STATEMENT(USERS_BY_EMAIL, USER_SELECT "WHERE u.live_email = ?");
DB_STATEMENT(USERS_BY_IDENTITY, USER_SELECT "WHERE u.live_identity_uid = ?");
DB_STATEMENT(USERS_LIST_LIVE,
    USER_SELECT "WHERE u.organization_id = ? AND u.deleted_at IS NULL AND u.id < ?" USER_FILTER);
DB_STATEMENT(USERS_LIST_ALL, USER_SELECT "WHERE u.organization_id = ? AND u.id < ?" USER_FILTER);
DB_STATEMENT(
    USERS_LIST_EVERYWHERE_LIVE, USER_SELECT "WHERE u.deleted_at IS NULL AND u.id < ?" USER_FILTER);
DB_STATEMENT(USERS_LIST_EVERYWHERE_ALL, USER_SELECT "WHERE u.id < ?" USER_FILTER);

DB_STATEMENT(
    USERS_BY_NAME_LIVE, USER_SELECT USER_BY_NAME("live_name", " AND u.deleted_at IS NULL"));
DB_STATEMENT(USERS_BY_NAME_ALL, USER_SELECT USER_BY_NAME("name", ""));

static const char *const ROLE_NAMES[USER_ROLE_COUNT] = {
    [USER_MEMBER] = "member",
    [USER_ADMIN] = "admin",
    [USER_PLATFORM_ADMIN] = "platform_admin",
};

static const char *const DELETION_NAMES[USER_DELETION_COUNT] = {
    [USER_DELETION_REQUESTED] = "REQUESTED",
    [USER_DELETION_SCHEDULED] = "SCHEDULED",
    [USER_DELETION_DELETED] = "DELETED",
    [USER_DELETION_CANCELED] = "CANCELED",
};

const char *user_role_name(enum user_role role)
{
	return ROLE_NAMES[role];
}

const char *user_deletion_name(enum user_deletion status)
{
	return DELETION_NAMES[status];
}

bool user_role_parse(const char *name, enum user_role *role_r)
{
	for (int i = 0; name && i < USER_ROLE_COUNT; i++)
		if (strcmp(name, ROLE_NAMES[i]) == 0) {
			*role_r = (enum user_role)i;
			return true;
		}
	return false;
}

enum user_deletion user_deletion_parse(const char *name)
{
	for (int i = 1; name && i < USER_DELETION_COUNT; i++)
		if (strcmp(name, DELETION_NAMES[i]) == 0)
			return (enum user_deletion)i;
	return USER_DELETION_NONE;
}

static bool read_user(const struct db_rows *rows, size_t row, struct user *out)
{
	*out = (struct user){
	    .id = db_id(rows, row, 0),
	    .organization_id = db_id(rows, row, 1),
	    .email = db_text(rows, row, 2),
	    .display_name = db_text(rows, row, 3),
	    .password_hash = db_text(rows, row, 5),
	    .identity_uid = db_text(rows, row, 6),
	    .tokens_valid_after_us = db_time(rows, row, 7),
	    .notify_requests = db_bool(rows, row, 8),
	    .notify_retention = db_bool(rows, row, 9),
	    .deletion_status = user_deletion_parse(db_text(rows, row, 10)),
	    .deletion_requested_us = db_time(rows, row, 11),
	    .deletion_scheduled_us = db_time(rows, row, 12),
	    .created_us = db_time(rows, row, 13),
	    .deleted_us = db_time(rows, row, 14),
	    .deletion_id = db_id(rows, row, 15),
	    .organization_deleted = db_bool(rows, row, 16),
	};
	return user_role_parse(db_text(rows, row, 4), &out->role);
}

static enum db_result find(struct db *db, struct arena *arena, const struct db_statement *statement,
    struct db_value key, struct user *user_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, statement, DB_VALUES(key), &rows);

	if (result == DB_OK && !read_user(&rows, 0, user_r))
		return DB_ERROR;
	return result;
}

enum db_result users_find(
    struct db *db, struct arena *arena, const struct id *id, struct user *user_r)
{
	return find(db, arena, &USERS_FIND, db_bind_id(id), user_r);
}

enum db_result users_lock(struct db_tx *tx, const struct id *id, struct user *user_r)
{
	return find(tx->db, tx->arena, &USERS_LOCK, db_bind_id(id), user_r);
}

enum db_result users_find_by_email(
    struct db *db, struct arena *arena, const char *email, struct user *user_r)
{
	return find(db, arena, &USERS_BY_EMAIL, db_bind_text(email), user_r);
}

enum db_result users_find_by_identity(
    struct db *db, struct arena *arena, const char *uid, struct user *user_r)
{
	return find(db, arena, &USERS_BY_IDENTITY, db_bind_text(uid), user_r);
}

/* Behind the one that the cursor names; who is gone for good, or is another organisation's, stands
 * nowhere: from the first. */
static enum db_result query_by_name(
    struct db *db, struct arena *arena, const struct users_query *query, struct db_rows *rows_r)
{
	struct db_value role = db_bind_text(query->by_role ? user_role_name(query->role) : NULL);
	struct db_value state = db_bind_text(user_deletion_name(query->state));
	struct db_value text = db_bind_text(query->text), name;
	struct user last = {.display_name = ""};
	enum db_result result = DB_NONE;

	if (!id_is_none(&query->before))
		result = users_find(db, arena, &query->before, &last);
	if (result > DB_NONE)
		return result;
	if (!id_equal(&last.organization_id, &query->organization_id))
		last = (struct user){.display_name = ""};
	name = db_bind_text(last.display_name);
	return db_query(db, arena,
	    query->include_deleted ? &USERS_BY_NAME_ALL : &USERS_BY_NAME_LIVE,
	    DB_VALUES(db_bind_id(&query->organization_id), name, name,
		db_bind_blob(last.id.bytes, sizeof(last.id.bytes)), role, role, state, state, text,
		text, text, db_bind_int(query->limit)),
	    rows_r);
}

static enum db_result query_list(
    struct db *db, struct arena *arena, const struct users_query *query, struct db_rows *rows_r)
{
	struct id last;
	struct db_value limit = db_bind_int(query->limit), text = db_bind_text(query->text);
	struct db_value role = db_bind_text(query->by_role ? user_role_name(query->role) : NULL);
	struct db_value state = db_bind_text(user_deletion_name(query->state));

	memset(last.bytes, 0xff, sizeof(last.bytes));
	const struct id *before = id_is_none(&query->before) ? &last : &query->before;
	if (id_is_none(&query->organization_id))
		return db_query(db, arena,
		    query->include_deleted ? &USERS_LIST_EVERYWHERE_ALL
					   : &USERS_LIST_EVERYWHERE_LIVE,
		    DB_VALUES(
			db_bind_id(before), role, role, state, state, text, text, text, limit),
		    rows_r);
	return db_query(db, arena, query->include_deleted ? &USERS_LIST_ALL : &USERS_LIST_LIVE,
	    DB_VALUES(db_bind_id(&query->organization_id), db_bind_id(before), role, role, state,
		state, text, text, text, limit),
	    rows_r);
}

enum db_result users_list(struct db *db, struct arena *arena, const struct users_query *query,
    struct user **users_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = query->by_name ? query_by_name(db, arena, query, &rows)
					       : query_list(db, arena, query, &rows);

	*users_r = NULL;
	*count_r = 0;
	if (result != DB_OK)
		return result;
	*users_r = arena_array(arena, rows.count, sizeof(**users_r));
	for (size_t i = 0; i < rows.count; i++)
		if (!read_user(&rows, i, &(*users_r)[i]))
			return DB_ERROR;
	*count_r = rows.count;
	return DB_OK;
}
