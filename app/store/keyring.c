/* keyring.c - the ids of the keys that belong to this database. */
#include <store/keyring.h>

DB_STATEMENT(KEYRING_INSERT,
    "INSERT INTO signing_keys (key_id, purpose, public_key, created_at) VALUES (?, ?, ?, ?)");
DB_STATEMENT(KEYRING_PUBLISH,
    "UPDATE signing_keys SET public_key = ? WHERE key_id = ? AND public_key IS NULL");
DB_STATEMENT(KEYRING_PUBLICS,
    "SELECT key_id, public_key, created_at FROM signing_keys WHERE public_key IS NOT NULL"
    " ORDER BY created_at DESC, key_id");
DB_STATEMENT(KEYRING_LIST, "SELECT key_id FROM signing_keys ORDER BY key_id");

enum db_result keyring_insert(struct db *db, const char *key_id, enum keyring_purpose purpose,
    const char *public_key, int64_t now_us)
{
	static const char *const names[] = {[KEYRING_PUBLIC] = "public", [KEYRING_LOCAL] = "local"};

	return db_exec(db, &KEYRING_INSERT,
	    DB_VALUES(db_bind_text(key_id), db_bind_text(names[purpose]), db_bind_text(public_key),
		db_bind_time(now_us)),
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

enum db_result keyring_publish(struct db *db, const char *key_id, const char *public_key)
{
	return db_exec(
	    db, &KEYRING_PUBLISH, DB_VALUES(db_bind_text(public_key), db_bind_text(key_id)), NULL);
}

enum db_result keyring_publics(
    struct db *db, struct arena *arena, struct keyring_public **keys_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &KEYRING_PUBLICS, DB_NO_VALUES, &rows);

	*count_r = 0;
	if (result > DB_NONE)
		return result;
	*keys_r = arena_array(arena, rows.count, sizeof(**keys_r));
	for (size_t i = 0; i < rows.count; i++)
		(*keys_r)[i] = (struct keyring_public){.key_id = db_text(&rows, i, 0),
		    .public_key = db_text(&rows, i, 1),
		    .created_at_us = db_time(&rows, i, 2)};
	*count_r = rows.count;
	return DB_OK;
}
