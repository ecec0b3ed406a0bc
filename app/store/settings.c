/* settings.c - the windows and switches of organisations. */
#include <store/settings.h>

/* In the order of enum setting. */
#define COLUMNS                                                                                    \
	"photo_recovery_s, container_recovery_s, archive_retention_s, account_grace_s,"            \
	" audit_retention_months, self_deletion, admin_deletion"

DB_STATEMENT(SETTINGS_READ, "SELECT " COLUMNS " FROM organizations WHERE id = ?");
DB_STATEMENT(SETTINGS_LOCK,
    "SELECT " COLUMNS " FROM organizations WHERE id = ? AND deleted_at IS NULL FOR UPDATE");
DB_STATEMENT(SETTINGS_STORE,
    "UPDATE organizations SET photo_recovery_s = ?, container_recovery_s = ?,"
    " archive_retention_s = ?, account_grace_s = ?, audit_retention_months = ?,"
    " self_deletion = ?, admin_deletion = ? WHERE id = ?");

static enum db_result read_settings(struct db *db, struct arena *arena,
    const struct db_statement *statement, const struct id *organization_id,
    struct settings *settings_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, statement, DB_VALUES(db_bind_id(organization_id)), &rows);

	for (size_t i = 0; result == DB_OK && i < SETTING_COUNT; i++)
		settings_r->values[i] = db_int(&rows, 0, i);
	return result;
}

enum db_result settings_read(struct db *db, struct arena *arena, const struct id *organization_id,
    struct settings *settings_r)
{
	return read_settings(db, arena, &SETTINGS_READ, organization_id, settings_r);
}

enum db_result settings_lock(
    struct db_tx *tx, const struct id *organization_id, struct settings *settings_r)
{
	return read_settings(tx->db, tx->arena, &SETTINGS_LOCK, organization_id, settings_r);
}

enum db_result settings_store(
    struct db_tx *tx, const struct id *organization_id, const struct settings *settings)
{
	struct db_value values[SETTING_COUNT + 1];

	for (size_t i = 0; i < SETTING_COUNT; i++)
		values[i] = db_bind_int(settings->values[i]);
	values[SETTING_COUNT] = db_bind_id(organization_id);
	return db_exec(tx->db, &SETTINGS_STORE, values, SETTING_COUNT + 1, NULL);
}
