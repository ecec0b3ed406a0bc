/* exports.c - archives of a person's data: the rows that stand for them. */
#include <store/exports.h>
#include <store/jobs.h>
#include <string.h>

#define COLUMNS                                                                                    \
	"id, organization_id, user_id, state, building_key, touched, progress_done,"               \
	" progress_total, bytes, created_at, ready_at, expires_at, settled_at"
DB_STATEMENT(EXPORT_INSERT, "INSERT INTO exports (id, organization_id, user_id, state, created_at)"
			    " VALUES (?, ?, ?, 'pending', ?)");
DB_STATEMENT(EXPORT_FIND, "SELECT " COLUMNS " FROM exports WHERE user_id = ? AND id = ?");
DB_STATEMENT(
    EXPORT_NEWEST, "SELECT " COLUMNS " FROM exports WHERE user_id = ? ORDER BY id DESC LIMIT 1");
DB_STATEMENT(EXPORT_PENDING_OF, "SELECT " COLUMNS " FROM exports WHERE pending_of = ?");
DB_STATEMENT(EXPORT_LOCK, "SELECT " COLUMNS " FROM exports WHERE id = ? FOR UPDATE");
/* Of a person, who has at most one that is pending. */
DB_STATEMENT(EXPORT_QUEUE_BUILDING,
    "INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, next_attempt_at,"
    " created_at) SELECT ?, organization_id, building_key, ?, ? FROM exports"
    " WHERE user_id = ? AND building_key IS NOT NULL");
DB_STATEMENT(EXPORT_BEGIN, "UPDATE exports SET building_key = ?, touched = 0, progress_done = 0,"
			   " progress_total = ? WHERE id = ? AND state = 'pending'");
DB_STATEMENT(EXPORT_PROGRESS, "UPDATE exports SET progress_done = ? WHERE id = ?"
			      " AND state = 'pending' AND building_key = ?");
DB_STATEMENT(EXPORT_STANDS, "SELECT 1 FROM exports WHERE id = ? AND state = 'pending'"
			    " AND building_key = ?");
DB_STATEMENT(EXPORT_FINISH,
    "UPDATE exports SET state = 'ready', building_key = NULL, progress_done = progress_total,"
    " bytes = ?, ready_at = ?, expires_at = ? WHERE id = ? AND state = 'pending'");
DB_STATEMENT(EXPORT_SETTLE, "UPDATE exports SET state = ?, settled_at = ?, building_key = NULL"
			    " WHERE id = ? AND state IN ('pending', 'ready')");
DB_STATEMENT(EXPORT_OVER, "SELECT id FROM exports WHERE state = 'ready' AND expires_at <= ?"
			  " ORDER BY expires_at LIMIT ?");
DB_STATEMENT(EXPORT_PRUNE, "DELETE FROM exports WHERE settled_at < ? LIMIT ?");

/* Files of a person's exports that are over. */
#define OVER                                                                                       \
	" FROM exports e JOIN files f ON f.owner_id = e.id AND f.owner_kind = 'export'"            \
	" WHERE e.state IN ('discarded', 'expired') AND e.user_id = ?"
#define INTO_QUEUE                                                                                 \
	"INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes,"              \
	" next_attempt_at, created_at) SELECT f.id, f.organization_id, f.storage_key, f.bytes, "   \
	"?, ?"
DB_STATEMENT(EXPORT_QUEUE_OVER, INTO_QUEUE OVER);
DB_STATEMENT(EXPORT_FILES_OVER, "DELETE f" OVER);

/* All of a user's; values: user, limit. */
#define STEP "(SELECT id FROM exports WHERE user_id = ? ORDER BY id LIMIT ?) step"
DB_STATEMENT(EXPORT_QUEUE_ALL,
    INTO_QUEUE " FROM files f JOIN " STEP " ON step.id = f.owner_id WHERE f.owner_kind = 'export'");
DB_STATEMENT(EXPORT_FILES_ALL,
    "DELETE f FROM files f JOIN " STEP " ON step.id = f.owner_id WHERE f.owner_kind = 'export'");
DB_STATEMENT(EXPORT_JOBS_ALL,
    "DELETE j FROM jobs j JOIN " STEP " ON step.id = j.item_id WHERE j.task = '" JOB_EXPORT "'");
DB_STATEMENT(EXPORT_REMOVE, "DELETE FROM exports WHERE user_id = ? ORDER BY id LIMIT ?");

static const char *const states[] = {
    [EXPORT_PENDING] = "pending",
    [EXPORT_READY] = "ready",
    [EXPORT_DISCARDED] = "discarded",
    [EXPORT_EXPIRED] = "expired",
};

const char *export_state_name(enum export_state state)
{
	return states[state];
}

static enum db_result read_row(
    enum db_result result, const struct db_rows *rows, struct export_row *row_r)
{
	if (result != DB_OK) {
		return result;
	}
	*row_r = (struct export_row){
	    .id = db_id(rows, 0, 0),
	    .organization_id = db_id(rows, 0, 1),
	    .user_id = db_id(rows, 0, 2),
	    .building_key = db_text(rows, 0, 4),
	    .touched = db_int(rows, 0, 5),
	    .done = db_int(rows, 0, 6),
	    .total = db_int(rows, 0, 7),
	    .bytes = db_int(rows, 0, 8),
	    .created_us = db_time(rows, 0, 9),
	    .ready_us = db_time(rows, 0, 10),
	    .expires_us = db_time(rows, 0, 11),
	    .settled_us = db_time(rows, 0, 12),
	};
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(states[i], db_text(rows, 0, 3)) == 0) {
			row_r->state = (enum export_state)i;
		}
	}
	return DB_OK;
}

enum db_result export_insert(struct db_tx *tx, const struct export_row *row)
{
	return db_exec(tx->db, &EXPORT_INSERT,
	    DB_VALUES(db_bind_id(&row->id), db_bind_id(&row->organization_id),
		db_bind_id(&row->user_id), db_bind_time(row->created_us)),
	    NULL);
}

enum db_result export_find(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *id, struct export_row *row_r)
{
	struct db_rows rows = {0};

	return read_row(db_query(db, arena, &EXPORT_FIND,
			    DB_VALUES(db_bind_id(user_id), db_bind_id(id)), &rows),
	    &rows, row_r);
}

enum db_result export_newest(
    struct db *db, struct arena *arena, const struct id *user_id, struct export_row *row_r)
{
	struct db_rows rows = {0};

	return read_row(db_query(db, arena, &EXPORT_NEWEST, DB_VALUES(db_bind_id(user_id)), &rows),
	    &rows, row_r);
}

enum db_result export_pending(
    struct db *db, struct arena *arena, const struct id *user_id, struct export_row *row_r)
{
	struct db_rows rows = {0};

	return read_row(
	    db_query(db, arena, &EXPORT_PENDING_OF, DB_VALUES(db_bind_id(user_id)), &rows), &rows,
	    row_r);
}

enum db_result export_lock(struct db_tx *tx, const struct id *id, struct export_row *row_r)
{
	struct db_rows rows = {0};

	return read_row(db_query(tx->db, tx->arena, &EXPORT_LOCK, DB_VALUES(db_bind_id(id)), &rows),
	    &rows, row_r);
}

/* What was made under that name may be there, after a crash. */
static enum db_result queue_building(struct db_tx *tx, const struct id *user_id, int64_t now_us)
{
	struct id id = id_generate(now_us);
	enum db_result result = db_exec(tx->db, &EXPORT_QUEUE_BUILDING,
	    DB_VALUES(
		db_bind_id(&id), db_bind_time(now_us), db_bind_time(now_us), db_bind_id(user_id)),
	    NULL);

	return result == DB_NONE ? DB_OK : result;
}

enum db_result export_begin(
    struct db_tx *tx, const struct export_row *row, const char *key, int64_t total, int64_t now_us)
{
	enum db_result result = queue_building(tx, &row->user_id, now_us);

	return result == DB_OK
		   ? db_exec(tx->db, &EXPORT_BEGIN,
			 DB_VALUES(db_bind_text(key), db_bind_int(total), db_bind_id(&row->id)),
			 NULL)
		   : result;
}

enum db_result export_progress(
    struct db *db, struct arena *arena, const struct id *id, const char *key, int64_t done)
{
	struct db_rows rows = {0};
	enum db_result result = db_exec(db, &EXPORT_PROGRESS,
	    DB_VALUES(db_bind_int(done), db_bind_id(id), db_bind_text(key)), NULL);

	return result == DB_NONE ? db_query(db, arena, &EXPORT_STANDS,
				       DB_VALUES(db_bind_id(id), db_bind_text(key)), &rows)
				 : result;
}

enum db_result export_finish(struct db_tx *tx, const struct export_row *row)
{
	return db_exec(tx->db, &EXPORT_FINISH,
	    DB_VALUES(db_bind_int(row->bytes), db_bind_time(row->ready_us),
		db_bind_time(row->expires_us), db_bind_id(&row->id)),
	    NULL);
}

/* Take the files of a user's exports that are over. */
static enum db_result remove_files(struct db_tx *tx, const struct id *user_id, int64_t now_us)
{
	enum db_result result = db_exec(tx->db, &EXPORT_QUEUE_OVER,
	    DB_VALUES(db_bind_time(now_us), db_bind_time(now_us), db_bind_id(user_id)), NULL);

	if (result == DB_OK) {
		result = db_exec(tx->db, &EXPORT_FILES_OVER, DB_VALUES(db_bind_id(user_id)), NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result export_settle(
    struct db_tx *tx, const struct export_row *row, enum export_state state, int64_t now_us)
{
	enum db_result result = DB_OK;

	if (row->building_key) {
		result = queue_building(tx, &row->user_id, now_us);
	}
	if (result == DB_OK) {
		result = db_exec(tx->db, &EXPORT_SETTLE,
		    DB_VALUES(
			db_bind_text(states[state]), db_bind_time(now_us), db_bind_id(&row->id)),
		    NULL);
	}
	return result == DB_OK ? remove_files(tx, &row->user_id, now_us) : result;
}

enum db_result exports_over(struct db *db, struct arena *arena, int64_t now_us, unsigned limit,
    struct id **ids_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, &EXPORT_OVER, DB_VALUES(db_bind_time(now_us), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*ids_r)[i] = db_id(&rows, i, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result exports_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(
	    db, &EXPORT_PRUNE, DB_VALUES(db_bind_time(before_us), db_bind_int(limit)), removed_r);
}

enum db_result exports_remove(
    struct db_tx *tx, const struct id *user_id, int64_t limit, int64_t now_us, int64_t *rows_r)
{
	static const struct db_statement *const details[] = {&EXPORT_FILES_ALL, &EXPORT_JOBS_ALL};
	struct db_value user = db_bind_id(user_id), most = db_bind_int(limit);
	enum db_result result = queue_building(tx, user_id, now_us);
	uint64_t removed = 0;

	if (result == DB_OK) {
		result = db_exec(tx->db, &EXPORT_QUEUE_ALL,
		    DB_VALUES(db_bind_time(now_us), db_bind_time(now_us), user, most), NULL);
	}
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]) && result <= DB_NONE; i++) {
		result = db_exec(tx->db, details[i], DB_VALUES(user, most), NULL);
	}
	if (result <= DB_NONE) {
		result = db_exec(tx->db, &EXPORT_REMOVE, DB_VALUES(user, most), &removed);
	}
	*rows_r = result == DB_OK ? (int64_t)removed : 0;
	return result == DB_NONE ? DB_OK : result;
}
