/* migrate.c - apply the files of migrations, each once.
 *
 * Statements that define tables commit by themselves, so a file that fails halfway stays half
 * applied. The list of migrations therefore notes after each statement how far the file got: once
 * the statement at fault (or what it met) is put right, the next run goes on there. */
#include "connection.h"
#include "script.h"

#include <base/log.h>
#include <db/migrate.h>
#include <string.h>

#define LOCK_WAIT_S 600

DB_STATEMENT(MIGRATE_LOCK, "SELECT GET_LOCK(LEFT(CONCAT('lethe_migrate_', DATABASE()), 64), ?)");
DB_STATEMENT(MIGRATE_HAS_LIST,
    "SELECT COUNT(*) FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_name = 'schema_migrations'");
DB_STATEMENT(
    MIGRATE_LIST, "SELECT name, digest, bytes, complete FROM schema_migrations ORDER BY name");
DB_STATEMENT(MIGRATE_NOTE,
    "INSERT INTO schema_migrations (name, digest, bytes, complete, applied_at)"
    " VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE digest = VALUES(digest),"
    " bytes = VALUES(bytes), complete = VALUES(complete), applied_at = VALUES(applied_at)");

static const char list_sql[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " name VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'file in sql/',"
    " digest BINARY(32) NOT NULL COMMENT 'BLAKE2b of the bytes applied',"
    " bytes INT UNSIGNED NOT NULL COMMENT 'how much of the file was applied',"
    " complete BOOLEAN NOT NULL COMMENT 'all of the file was applied',"
    " applied_at DATETIME(6) NOT NULL COMMENT 'of its last statement, UTC',"
    " PRIMARY KEY (name)"
    ") COMMENT 'the files of sql/ that this database went through' DEFAULT CHARSET utf8mb4";

/* One run: what is in the folder beside what the database lists. */
struct migration {
	struct db *db;
	struct arena *arena;
	int64_t now_us;
	struct script_list scripts;
	struct db_rows listed;
	int applied;
};

static const char *listed_name(const struct migration *migration, size_t row)
{
	return db_text(&migration->listed, row, 0);
}

static bool listed_complete(const struct migration *migration, size_t row)
{
	return db_bool(&migration->listed, row, 3);
}

static size_t listed_bytes(const struct migration *migration, size_t row)
{
	return (size_t)db_int(&migration->listed, row, 2);
}

/* The row of a name in the list, or its count of rows. */
static size_t find_listed(const struct migration *migration, const char *name)
{
	size_t row = 0;

	while (row < migration->listed.count && strcmp(listed_name(migration, row), name) != 0)
		row++;
	return row;
}

static bool has_script(const struct migration *migration, const char *name)
{
	for (size_t i = 0; i < migration->scripts.count; i++)
		if (strcmp(migration->scripts.items[i].name, name) == 0)
			return true;
	return false;
}

static bool load_list(struct migration *migration, struct error *error)
{
	enum db_result result = db_query(
	    migration->db, migration->arena, &MIGRATE_LIST, DB_NO_VALUES, &migration->listed);

	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* What was applied of a file must still be there, to the byte. */
static bool check_unchanged(
    const struct migration *migration, const struct script *script, size_t row, struct error *error)
{
	size_t bytes = listed_bytes(migration, row);
	bool complete = listed_complete(migration, row);
	unsigned char digest[SCRIPT_DIGEST_SIZE];

	if (bytes <= script->length && (!complete || bytes == script->length)) {
		script_digest(script, bytes, digest);
		if (memcmp(digest, db_text(&migration->listed, row, 1), sizeof(digest)) == 0)
			return true;
	}
	return error_set(error, ERROR_CONFLICT, "migration_changed",
	    "%s was changed after it was applied to this database. Put it back and add a new file "
	    "instead.",
	    script->name);
}

/* Nothing applied may be missing, and nothing new may come before what was applied. */
static bool check_list(const struct migration *migration, struct error *error)
{
	const char *last = "";

	for (size_t row = 0; row < migration->listed.count; row++) {
		last = listed_name(migration, row);
		if (!has_script(migration, last))
			return error_set(error, ERROR_CONFLICT, "migration_missing",
			    "%s was applied to this database but is not in the folder.", last);
	}
	for (size_t i = 0; i < migration->scripts.count; i++) {
		const struct script *script = &migration->scripts.items[i];
		size_t row = find_listed(migration, script->name);

		if (row < migration->listed.count) {
			if (!check_unchanged(migration, script, row, error))
				return false;
		} else if (strcmp(script->name, last) < 0) {
			return error_set(error, ERROR_CONFLICT, "migration_order",
			    "%s is new but comes before %s, which was applied already. Give it a "
			    "higher number.",
			    script->name, last);
		}
	}
	return true;
}

static bool note_progress(struct migration *migration, const struct script *script, size_t bytes,
    bool complete, struct error *error)
{
	unsigned char digest[SCRIPT_DIGEST_SIZE];
	enum db_result result;

	script_digest(script, bytes, digest);
	result = db_exec(migration->db, &MIGRATE_NOTE,
	    DB_VALUES(db_bind_text(script->name), db_bind_blob(digest, sizeof(digest)),
		db_bind_int((int64_t)bytes), db_bind_bool(complete),
		db_bind_time(migration->now_us)),
	    NULL);
	return result == DB_OK || db_fail(result, error);
}

static bool statement_failed(const struct migration *migration, const struct script *script,
    const struct script_statement *statement, int number, struct error *error)
{
	return error_set(error, ERROR_INTERNAL, "migration_failed",
	    "%s, statement %d (line %d): %s", script->name, number, statement->line,
	    migration->db->message);
}

/* Statements are numbered from the file's beginning, also where a run goes on in its middle. */
static bool apply_script(
    struct migration *migration, const struct script *script, size_t done, struct error *error)
{
	struct script_statement statement = {.sql = "", .end = 0};

	for (int number = 1;; number++) {
		if (!script_next(script, statement.end, migration->arena, &statement))
			return error_set(error, ERROR_INTERNAL, "migration_failed",
			    "%s, statement %d (line %d) does not end with a semicolon at the end "
			    "of "
			    "a line.",
			    script->name, number, statement.line);
		if (statement.sql == NULL)
			return note_progress(migration, script, script->length, true, error);
		if (statement.begin < done)
			continue;
		if (db_run(migration->db, statement.sql) != DB_OK)
			return statement_failed(migration, script, &statement, number, error);
		if (!note_progress(migration, script, statement.end, false, error))
			return false;
	}
}

static bool apply_missing(struct migration *migration, struct error *error)
{
	for (size_t i = 0; i < migration->scripts.count; i++) {
		const struct script *script = &migration->scripts.items[i];
		size_t row = find_listed(migration, script->name);
		bool listed = row < migration->listed.count;

		if (listed && listed_complete(migration, row))
			continue;
		if (!apply_script(
			migration, script, listed ? listed_bytes(migration, row) : 0, error))
			return false;
		migration->applied++;
		log_event(LOG_INFO, "migration_applied", log_text("file", script->name));
	}
	return true;
}

static bool take_lock(struct migration *migration, struct error *error)
{
	struct db_rows rows;
	enum db_result result = db_query(migration->db, migration->arena, &MIGRATE_LOCK,
	    DB_VALUES(db_bind_int(LOCK_WAIT_S)), &rows);

	if (result != DB_OK)
		return db_fail(result, error);
	if (db_int(&rows, 0, 0) == 1)
		return true;
	return error_set(error, ERROR_UNAVAILABLE, "migration_running",
	    "Another migration of this database has been running for too long.");
}

static bool run_locked(struct migration *migration, struct error *error)
{
	enum db_result result;

	if (!take_lock(migration, error))
		return false;
	result = db_run(migration->db, list_sql);
	if (result != DB_OK)
		return db_fail(result, error);
	return load_list(migration, error) && check_list(migration, error) &&
	       apply_missing(migration, error);
}

bool migrate_run(
    struct db *db, const char *folder, int64_t now_us, int *applied_r, struct error *error)
{
	struct migration migration = {.db = db, .arena = arena_create(), .now_us = now_us};
	bool done = script_load_folder(folder, migration.arena, &migration.scripts, error);

	if (done) {
		done = connection_exclusive(db) ? run_locked(&migration, error)
						: db_fail(DB_ERROR, error);
		connection_shared(db); /* which gives the lock back */
	}
	if (applied_r != NULL)
		*applied_r = migration.applied;
	arena_destroy(&migration.arena);
	return done;
}

static bool check_complete(const struct migration *migration, struct error *error)
{
	for (size_t i = 0; i < migration->scripts.count; i++) {
		const char *name = migration->scripts.items[i].name;
		size_t row = find_listed(migration, name);

		if (row == migration->listed.count || !listed_complete(migration, row))
			return error_set(error, ERROR_CONFLICT, "migration_pending",
			    "%s was not applied to this database. Run the migrations first.", name);
	}
	return true;
}

static bool check_all(struct migration *migration, struct error *error)
{
	struct db_rows rows;
	enum db_result result =
	    db_query(migration->db, migration->arena, &MIGRATE_HAS_LIST, DB_NO_VALUES, &rows);

	if (result != DB_OK)
		return db_fail(result, error);
	if (db_int(&rows, 0, 0) > 0 && !load_list(migration, error))
		return false;
	return check_list(migration, error) && check_complete(migration, error);
}

bool migrate_check(struct db *db, const char *folder, struct error *error)
{
	struct migration migration = {.db = db, .arena = arena_create()};
	bool same = script_load_folder(folder, migration.arena, &migration.scripts, error) &&
		    check_all(&migration, error);

	arena_destroy(&migration.arena);
	return same;
}
