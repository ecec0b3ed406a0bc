/* organizations.c - finding and founding tenants. */
#include <store/organizations.h>

DB_STATEMENT(ORGANIZATIONS_BY_NAME,
    "SELECT id FROM organizations WHERE name COLLATE utf8mb4_bin = ? AND deleted_at IS NULL"
    " ORDER BY id LIMIT 1");
DB_STATEMENT(ORGANIZATIONS_NAME, "SELECT name FROM organizations WHERE id = ?");
DB_STATEMENT(ORGANIZATIONS_INSERT,
    "INSERT INTO organizations (id, name, created_by, created_at) VALUES (?, ?, ?, ?)");

DB_STATEMENT(ORGANIZATIONS_LOCK_PLATFORM_ADMINS,
    "SELECT u.id FROM users u JOIN organizations o ON o.id = u.organization_id"
    " WHERE u.role = 'platform_admin' AND u.deleted_at IS NULL AND o.deleted_at IS NULL"
    " AND (u.deletion_status IS NULL OR u.deletion_status <> 'SCHEDULED') AND o.id <> ?"
    " FOR UPDATE");

enum db_result organizations_find_by_name(
    struct db *db, struct arena *arena, const char *name, struct id *id_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &ORGANIZATIONS_BY_NAME, DB_VALUES(db_bind_text(name)), &rows);

	if (result == DB_OK)
		*id_r = db_id(&rows, 0, 0);
	return result;
}

enum db_result organizations_name(
    struct db *db, struct arena *arena, const struct id *id, const char **name_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &ORGANIZATIONS_NAME, DB_VALUES(db_bind_id(id)), &rows);

	if (result == DB_OK)
		*name_r = db_text(&rows, 0, 0);
	return result;
}

enum db_result organizations_insert(struct db_tx *tx, const struct id *id, const char *name,
    const struct id *created_by, int64_t now_us)
{
	return db_exec(tx->db, &ORGANIZATIONS_INSERT,
	    DB_VALUES(
		db_bind_id(id), db_bind_text(name), db_bind_id(created_by), db_bind_time(now_us)),
	    NULL);
}

enum db_result organizations_lock_platform_admins(
    struct db_tx *tx, const struct id *organization_id, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &ORGANIZATIONS_LOCK_PLATFORM_ADMINS,
	    DB_VALUES(db_bind_id(organization_id)), &rows);

	*count_r = rows.count;
	return result == DB_NONE ? DB_OK : result;
}
