/* users_write.c - adding and changing accounts. */
#include <store/users.h>

DB_STATEMENT(USERS_INSERT,
    "INSERT INTO users (id, organization_id, email, display_name, role, password_hash,"
    " identity_uid, created_at, goes_everywhere) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(USERS_SET_ROLE,
    "UPDATE users SET goes_everywhere = goes_everywhere OR role = 'platform_admin' OR ?, role = ?"
    " WHERE id = ? AND deleted_at IS NULL");
DB_STATEMENT(
    USERS_SET_PASSWORD, "UPDATE users SET password_hash = ? WHERE id = ? AND deleted_at IS NULL");
DB_STATEMENT(
    USERS_SET_IDENTITY, "UPDATE users SET identity_uid = ? WHERE id = ? AND deleted_at IS NULL");
DB_STATEMENT(USERS_SET_NOTICES, "UPDATE users SET notify_requests = ?, notify_retention = ?"
				" WHERE id = ? AND deleted_at IS NULL");
DB_STATEMENT(USERS_SET_DISPLAY_NAME,
    "UPDATE users SET display_name = ? WHERE id = ? AND deleted_at IS NULL");
DB_STATEMENT(USERS_SET_TOKENS_VALID_AFTER,
    "UPDATE users SET tokens_valid_after = ? WHERE id = ? AND deleted_at IS NULL");
DB_STATEMENT(USERS_LOCK_ORGANIZATION,
    "SELECT id FROM users WHERE organization_id = ? AND deleted_at IS NULL AND role = ?"
    " AND (deletion_status IS NULL OR deletion_status <> 'SCHEDULED') FOR UPDATE");
/* Whoever belongs to an organisation that is deleted is none; its row is locked with theirs, for
 * one that is about to be deleted. */
DB_STATEMENT(USERS_LOCK_EVERYWHERE,
    "SELECT STRAIGHT_JOIN u.id FROM users u JOIN organizations o ON o.id = u.organization_id"
    " WHERE u.deleted_at IS NULL AND u.role = ?"
    " AND (u.deletion_status IS NULL OR u.deletion_status <> 'SCHEDULED')"
    " AND o.deleted_at IS NULL FOR UPDATE");

enum db_result users_insert(struct db_tx *tx, const struct user *user)
{
	return db_exec(tx->db, &USERS_INSERT,
	    DB_VALUES(db_bind_id(&user->id), db_bind_id(&user->organization_id),
		db_bind_text(user->email), db_bind_text(user->display_name),
		db_bind_text(user_role_name(user->role)), db_bind_text(user->password_hash),
		db_bind_text(user->identity_uid), db_bind_time(user->created_us),
		db_bind_bool(user->role == USER_PLATFORM_ADMIN)),
	    NULL);
}

enum db_result users_set_role(struct db_tx *tx, const struct id *id, enum user_role role)
{
	return db_exec(tx->db, &USERS_SET_ROLE,
	    DB_VALUES(db_bind_bool(role == USER_PLATFORM_ADMIN), db_bind_text(user_role_name(role)),
		db_bind_id(id)),
	    NULL);
}

enum db_result users_set_password(struct db_tx *tx, const struct id *id, const char *hash)
{
	return db_exec(
	    tx->db, &USERS_SET_PASSWORD, DB_VALUES(db_bind_text(hash), db_bind_id(id)), NULL);
}

enum db_result users_set_identity(struct db_tx *tx, const struct id *id, const char *uid)
{
	return db_exec(
	    tx->db, &USERS_SET_IDENTITY, DB_VALUES(db_bind_text(uid), db_bind_id(id)), NULL);
}

enum db_result users_set_notices(
    struct db_tx *tx, const struct id *id, bool requests, bool retention)
{
	return db_exec(tx->db, &USERS_SET_NOTICES,
	    DB_VALUES(db_bind_bool(requests), db_bind_bool(retention), db_bind_id(id)), NULL);
}

enum db_result users_set_display_name(struct db_tx *tx, const struct id *id, const char *name)
{
	return db_exec(
	    tx->db, &USERS_SET_DISPLAY_NAME, DB_VALUES(db_bind_text(name), db_bind_id(id)), NULL);
}

enum db_result users_set_tokens_valid_after(struct db_tx *tx, const struct id *id, int64_t after_us)
{
	return db_exec(tx->db, &USERS_SET_TOKENS_VALID_AFTER,
	    DB_VALUES(db_bind_time(after_us), db_bind_id(id)), NULL);
}

static enum db_result query_peers(
    struct db_tx *tx, const struct id *organization_id, enum user_role role, struct db_rows *rows_r)
{
	struct db_value name = db_bind_text(user_role_name(role));

	if (id_is_none(organization_id))
		return db_query(tx->db, tx->arena, &USERS_LOCK_EVERYWHERE, DB_VALUES(name), rows_r);
	return db_query(tx->db, tx->arena, &USERS_LOCK_ORGANIZATION,
	    DB_VALUES(db_bind_id(organization_id), name), rows_r);
}

enum db_result users_lock_count(struct db_tx *tx, const struct id *organization_id,
    enum user_role role, const struct id *except, unsigned *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = query_peers(tx, organization_id, role, &rows);

	*count_r = 0;
	for (size_t i = 0; result == DB_OK && i < rows.count; i++) {
		struct id id = db_id(&rows, i, 0);

		*count_r += !id_equal(&id, except);
	}
	return result == DB_NONE ? DB_OK : result;
}
