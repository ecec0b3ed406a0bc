/* sessions.c - browsers that are signed in. */
#include <store/sessions.h>

#include "paging.h"

#define FAR_FUTURE_US INT64_C(253402300799000000) /* the last second of the year 9999 */

DB_STATEMENT(SESSIONS_INSERT,
    "INSERT INTO sessions (token_hash, id, user_id, acting_organization_id, csrf_secret,"
    " user_agent, host_auth_at, created_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(SESSIONS_FIND,
    "SELECT s.id, s.user_id,"
    " (SELECT a.id FROM organizations a WHERE a.id = s.acting_organization_id), s.csrf_secret,"
    " s.created_at, s.seen_at, u.organization_id, u.role, u.deletion_status, u.display_name,"
    " u.email, s.host_auth_at FROM sessions s JOIN users u ON u.id = s.user_id"
    " JOIN organizations o ON o.id = u.organization_id"
    " WHERE s.token_hash = ? AND s.created_at > ? AND s.seen_at > ?"
    " AND u.deleted_at IS NULL AND o.deleted_at IS NULL");
DB_STATEMENT(
    SESSIONS_TOUCH, "UPDATE sessions SET seen_at = ? WHERE token_hash = ? AND seen_at < ?");
DB_STATEMENT(SESSIONS_SET_ACTING, "UPDATE sessions SET acting_organization_id = ? WHERE id = ?");
DB_STATEMENT(SESSIONS_LIST,
    "SELECT id, acting_organization_id, user_agent, created_at, seen_at FROM sessions"
    " FORCE INDEX (used) WHERE user_id = ? AND created_at > ? AND seen_at > ? AND seen_at <= ?"
    " AND (seen_at < ? OR id < ?) ORDER BY seen_at DESC, id DESC LIMIT ?");
DB_STATEMENT(SESSIONS_REMOVE, "DELETE FROM sessions WHERE token_hash = ?");
DB_STATEMENT(SESSIONS_REMOVE_ONE, "DELETE FROM sessions WHERE user_id = ? AND id = ?");
DB_STATEMENT(SESSIONS_REMOVE_ALL, "DELETE FROM sessions WHERE user_id = ?");
DB_STATEMENT(SESSIONS_REMOVE_OTHERS, "DELETE FROM sessions WHERE user_id = ? AND id <> ?");
DB_STATEMENT(SESSIONS_PRUNE, "DELETE FROM sessions WHERE seen_at < ? LIMIT ?");

enum db_result sessions_insert(struct db_tx *tx, const struct session_row *session)
{
	return db_exec(tx->db, &SESSIONS_INSERT,
	    DB_VALUES(db_bind_blob(session->token_hash, SESSIONS_HASH_BYTES),
		db_bind_id(&session->id), db_bind_id(&session->user_id),
		db_bind_id(&session->acting_organization_id),
		db_bind_blob(session->csrf_secret, SESSIONS_CSRF_BYTES),
		db_bind_text(session->user_agent), db_bind_time(session->host_auth_us),
		db_bind_time(session->created_us), db_bind_time(session->seen_us)),
	    NULL);
}

static void read_session_user(const struct db_rows *rows, struct session_user *out)
{
	*out = (struct session_user){
	    .session.id = db_id(rows, 0, 0),
	    .session.user_id = db_id(rows, 0, 1),
	    .session.acting_organization_id = db_id(rows, 0, 2),
	    .session.csrf_secret = (const unsigned char *)db_text(rows, 0, 3),
	    .session.created_us = db_time(rows, 0, 4),
	    .session.seen_us = db_time(rows, 0, 5),
	    .session.host_auth_us = db_time(rows, 0, 11),
	    .organization_id = db_id(rows, 0, 6),
	    .deletion_status = user_deletion_parse(db_text(rows, 0, 8)),
	    .display_name = db_text(rows, 0, 9),
	    .email = db_text(rows, 0, 10),
	};
}

enum db_result sessions_find(struct db *db, struct arena *arena, const unsigned char *token_hash,
    int64_t created_after_us, int64_t seen_after_us, struct session_user *session_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &SESSIONS_FIND,
	    DB_VALUES(db_bind_blob(token_hash, SESSIONS_HASH_BYTES), db_bind_time(created_after_us),
		db_bind_time(seen_after_us)),
	    &rows);

	if (result != DB_OK)
		return result;
	read_session_user(&rows, session_r);
	return user_role_parse(db_text(&rows, 0, 7), &session_r->role) ? DB_OK : DB_ERROR;
}

enum db_result sessions_touch(struct db *db, const unsigned char *token_hash, int64_t now_us)
{
	return db_exec(db, &SESSIONS_TOUCH,
	    DB_VALUES(db_bind_time(now_us), db_bind_blob(token_hash, SESSIONS_HASH_BYTES),
		db_bind_time(now_us)),
	    NULL);
}

enum db_result sessions_set_acting(
    struct db *db, const struct id *id, const struct id *organization_id)
{
	return db_exec(
	    db, &SESSIONS_SET_ACTING, DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), NULL);
}

enum db_result sessions_list(struct db *db, struct arena *arena, const struct sessions_query *query,
    struct session_row **sessions_r, size_t *count_r)
{
	const int64_t before_us = query->before_us ? query->before_us : FAR_FUTURE_US;
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &SESSIONS_LIST,
	    DB_VALUES(db_bind_id(&query->user_id), db_bind_time(query->created_after_us),
		db_bind_time(query->seen_after_us), db_bind_time(before_us),
		db_bind_time(before_us), bind_before(&query->before), db_bind_int(query->limit)),
	    &rows);

	*sessions_r = result == DB_OK ? arena_array(arena, rows.count, sizeof(**sessions_r)) : NULL;
	*count_r = rows.count;
	for (size_t i = 0; result == DB_OK && i < rows.count; i++)
		(*sessions_r)[i] = (struct session_row){
		    .id = db_id(&rows, i, 0),
		    .user_id = query->user_id,
		    .acting_organization_id = db_id(&rows, i, 1),
		    .user_agent = db_text(&rows, i, 2),
		    .created_us = db_time(&rows, i, 3),
		    .seen_us = db_time(&rows, i, 4),
		};
	return result;
}

enum db_result sessions_remove(struct db_tx *tx, const unsigned char *token_hash)
{
	return db_exec(tx->db, &SESSIONS_REMOVE,
	    DB_VALUES(db_bind_blob(token_hash, SESSIONS_HASH_BYTES)), NULL);
}

enum db_result sessions_remove_one(
    struct db_tx *tx, const struct id *user_id, const struct id *session_id)
{
	return db_exec(tx->db, &SESSIONS_REMOVE_ONE,
	    DB_VALUES(db_bind_id(user_id), db_bind_id(session_id)), NULL);
}

enum db_result sessions_remove_all(
    struct db_tx *tx, const struct id *user_id, const struct id *except)
{
	if (id_is_none(except))
		return db_exec(tx->db, &SESSIONS_REMOVE_ALL, DB_VALUES(db_bind_id(user_id)), NULL);
	return db_exec(tx->db, &SESSIONS_REMOVE_OTHERS,
	    DB_VALUES(db_bind_id(user_id), db_bind_id(except)), NULL);
}

enum db_result sessions_prune(
    struct db *db, int64_t seen_before_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(db, &SESSIONS_PRUNE,
	    DB_VALUES(db_bind_time(seen_before_us), db_bind_int(limit)), removed_r);
}
