/* keyring.c - the ids of the keys that belong to this database. */
#include <store/keyring.h>

DB_STATEMENT(
    KEYRING_INSERT, "INSERT INTO signing_keys (key_id, purpose, created_at) VALUES (?, ?, ?)");
DB_STATEMENT(KEYRING_LIST, "SELECT key_id FROM signing_keys ORDER BY key_id");

enum db_result keyring_insert(
    struct db *db, const char *key_id, enum keyring_purpose purpose, int64_t now_us)
{
	static const char *const names[] = {[KEYRING_PUBLIC] = "public", [KEYRING_LOCAL] = "local"};

	return db_exec(db, &KEYRING_INSERT,
	    DB_VALUES(db_bind_text(key_id), db_bind_text(names[purpose]), db_bind_time(now_us)),
	    NULL);
}

enum db_result keyring_list(
    struct db *db, struct arena *arena, const char ***ids_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &KEYRING_LIST, DB_NO_VALUES, &rows);

	*count_r = 0;
	if (result != DB_OK)
		return result;
	*ids_r = arena_array(arena, rows.count, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++)
		(*ids_r)[i] = db_text(&rows, i, 0);
	*count_r = rows.count;
	return DB_OK;
}
