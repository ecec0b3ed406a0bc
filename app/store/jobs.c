/* jobs.c - work that outlives a request, and who is at it. */
#include <base/clock.h>
#include <store/jobs.h>
#include <string.h>

DB_STATEMENT(JOB_INSERT, "INSERT INTO jobs (id, organization_id, task, item_id, run_at, created_at)"
			 " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(JOB_REMOVE, "DELETE FROM jobs WHERE task = ? AND item_id = ?");
/* What waits longer than it can was put off by a clock that ran ahead. */
DB_STATEMENT(JOB_DUE, "SELECT id, organization_id, item_id FROM jobs WHERE task = ?"
		      " AND (run_at <= ? OR run_at > ?) AND id > ? ORDER BY id LIMIT ?");
DB_STATEMENT(JOB_DEFER,
    "INSERT INTO jobs (id, organization_id, task, item_id, attempts, last_error, run_at, "
    "created_at)"
    " VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON DUPLICATE KEY UPDATE"
    " created_at = IF(last_error IS NULL, ?, created_at), last_error = ?,"
    " run_at = TIMESTAMPADD(SECOND, LEAST(?, ? * POW(2, LEAST(attempts, 16))), ?),"
    " attempts = LEAST(attempts + 1, 1000)");

DB_STATEMENT(JOB_PAUSED, "SELECT last_error, attempts, created_at, run_at FROM jobs"
			 " WHERE task = ? AND item_id = ? AND last_error IS NOT NULL");
DB_STATEMENT(JOB_RESUME, "DELETE FROM jobs WHERE task = ? AND item_id = ? AND lease_owner IS NULL");
DB_STATEMENT(JOB_RESUME_LEASED, "UPDATE jobs SET last_error = NULL, attempts = 0"
				" WHERE task = ? AND item_id = ? AND last_error IS NOT NULL");

/* While its holder lives, a lease is also a lock of its connection: a worker that was killed keeps
 * nobody waiting. */
#define LOCK_NAME(owner) "CONCAT('lethe ', HEX(" owner "))"
DB_STATEMENT(LEASE_LOCK, "SELECT GET_LOCK(" LOCK_NAME("?") ", 0)");
DB_STATEMENT(LEASE_UNLOCK, "SELECT RELEASE_LOCK(" LOCK_NAME("?") ")");
DB_STATEMENT(LEASE_TAKE,
    "UPDATE jobs SET lease_owner = ?, lease_until = ? WHERE task = ? AND item_id = ?"
    " AND (lease_until IS NULL OR lease_until <= ? OR lease_until > ? OR lease_owner = ?)");
/* The holder whose lock can be had: its connection is gone, or is just being closed. */
DB_STATEMENT(LEASE_HOLDER_GONE,
    "SELECT lease_owner FROM jobs WHERE task = ? AND item_id = ? AND lease_owner IS NOT NULL"
    " AND GET_LOCK(" LOCK_NAME("lease_owner") ", 0.2) = 1");
DB_STATEMENT(LEASE_HELD, "SELECT 1 FROM jobs WHERE task = ? AND item_id = ?"
			 " AND lease_owner IS NOT NULL AND lease_until > ?");
DB_STATEMENT(LEASE_INSERT,
    "INSERT INTO jobs (id, organization_id, task, item_id, run_at, created_at, lease_owner,"
    " lease_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(LEASE_EXTEND, "UPDATE jobs SET lease_until = ? WHERE task = ? AND item_id = ?"
			   " AND lease_owner = ?");
DB_STATEMENT(LEASE_GIVE_BACK, "UPDATE jobs SET lease_owner = NULL, lease_until = NULL"
			      " WHERE task = ? AND item_id = ? AND lease_owner = ?");
DB_STATEMENT(LEASE_REMOVE, "DELETE FROM jobs WHERE task = ? AND item_id = ? AND lease_owner = ?");
DB_STATEMENT(LEASES_PRUNE,
    "DELETE FROM jobs WHERE task = '" JOB_DELETION "'"
    " AND (lease_until < ? OR (lease_until IS NULL AND run_at < ?)) LIMIT ?");

enum db_result job_insert(struct db_tx *tx, const struct job *job, int64_t now_us)
{
	return db_exec(tx->db, &JOB_INSERT,
	    DB_VALUES(db_bind_id(&job->id), db_bind_id(&job->organization_id),
		db_bind_text(job->task), db_bind_id(&job->item_id), db_bind_time(now_us),
		db_bind_time(now_us)),
	    NULL);
}

enum db_result job_remove(struct db_tx *tx, const char *task, const struct id *item_id)
{
	return db_exec(
	    tx->db, &JOB_REMOVE, DB_VALUES(db_bind_text(task), db_bind_id(item_id)), NULL);
}

enum db_result job_due(struct db *db, struct arena *arena, const char *task, int64_t now_us,
    const struct id *after, unsigned limit, struct job **jobs_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &JOB_DUE,
	    DB_VALUES(db_bind_text(task), db_bind_time(now_us),
		db_bind_time(now_us + JOB_PAUSE_MAX_S * CLOCK_SECOND_US),
		db_bind_blob(after->bytes, sizeof(after->bytes)), db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*jobs_r = arena_array(arena, rows.count + 1, sizeof(**jobs_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*jobs_r)[i] = (struct job){
		    .id = db_id(&rows, i, 0),
		    .organization_id = db_id(&rows, i, 1),
		    .task = task,
		    .item_id = db_id(&rows, i, 2),
		};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result job_defer(struct db *db, const struct job *job, const char *why, int64_t now_us)
{
	enum db_result result = db_exec(db, &JOB_DEFER,
	    DB_VALUES(db_bind_id(&job->id), db_bind_id(&job->organization_id),
		db_bind_text(job->task), db_bind_id(&job->item_id), db_bind_text(why),
		db_bind_time(now_us + JOB_PAUSE_S * CLOCK_SECOND_US), db_bind_time(now_us),
		db_bind_time(now_us), db_bind_text(why), db_bind_int(JOB_PAUSE_MAX_S),
		db_bind_int(JOB_PAUSE_S), db_bind_time(now_us)),
	    NULL);

	return result == DB_NONE ? DB_OK : result;
}

enum db_result job_pause(struct db *db, struct arena *arena, const char *task,
    const struct id *item_id, struct job_pause *pause_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, &JOB_PAUSED, DB_VALUES(db_bind_text(task), db_bind_id(item_id)), &rows);

	if (result == DB_OK) {
		*pause_r = (struct job_pause){
		    .why = db_text(&rows, 0, 0),
		    .attempts = (unsigned)db_int(&rows, 0, 1),
		    .since_us = db_time(&rows, 0, 2),
		    .until_us = db_time(&rows, 0, 3),
		};
	}
	return result;
}

enum db_result job_resume(struct db_tx *tx, const char *task, const struct id *item_id)
{
	static const struct db_statement *const both[] = {&JOB_RESUME, &JOB_RESUME_LEASED};
	enum db_result result = DB_OK;

	for (size_t i = 0; i < 2 && result <= DB_NONE; i++) {
		result = db_exec(
		    tx->db, both[i], DB_VALUES(db_bind_text(task), db_bind_id(item_id)), NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result unlock(struct db *db, struct arena *arena, const struct id *owner)
{
	struct db_rows rows = {0};

	return db_query(db, arena, &LEASE_UNLOCK, DB_VALUES(db_bind_id(owner)), &rows);
}

/* Take the row there is, where its lease is over or its holder is `gone`. */
static enum db_result take_row(struct db *db, const struct lease_row *lease, int64_t now_us,
    int64_t longest_us, const struct id *gone)
{
	return db_exec(db, &LEASE_TAKE,
	    DB_VALUES(db_bind_id(&lease->owner), db_bind_time(lease->until_us),
		db_bind_text(lease->job.task), db_bind_id(&lease->job.item_id),
		db_bind_time(now_us), db_bind_time(now_us + longest_us), db_bind_id(gone)),
	    NULL);
}

/* DB_CONFLICT: there is a row already. */
static enum db_result insert_row(struct db *db, const struct lease_row *lease, int64_t now_us)
{
	const struct job *job = &lease->job;

	return db_exec(db, &LEASE_INSERT,
	    DB_VALUES(db_bind_id(&job->id), db_bind_id(&job->organization_id),
		db_bind_text(job->task), db_bind_id(&job->item_id), db_bind_time(now_us),
		db_bind_time(now_us), db_bind_id(&lease->owner), db_bind_time(lease->until_us)),
	    NULL);
}

static enum db_result take_from_gone(struct db *db, struct arena *arena,
    const struct lease_row *lease, int64_t now_us, int64_t longest_us)
{
	struct db_rows rows = {0};
	struct id gone;
	enum db_result result = db_query(db, arena, &LEASE_HOLDER_GONE,
	    DB_VALUES(db_bind_text(lease->job.task), db_bind_id(&lease->job.item_id)), &rows);

	if (result != DB_OK) {
		return result;
	}
	gone = db_id(&rows, 0, 0);
	result = unlock(db, arena, &gone);
	return result == DB_OK ? take_row(db, lease, now_us, longest_us, &gone) : result;
}

enum db_result lease_take(struct db *db, struct arena *arena, const struct lease_row *lease,
    int64_t now_us, int64_t longest_us)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &LEASE_LOCK, DB_VALUES(db_bind_id(&lease->owner)), &rows);

	if (result != DB_OK) {
		return result;
	}
	result = take_row(db, lease, now_us, longest_us, &id_none);
	if (result == DB_NONE && strcmp(lease->job.task, JOB_DELETION) == 0) {
		result = insert_row(db, lease, now_us);
		result = result == DB_CONFLICT ? DB_NONE : result;
	}
	if (result == DB_NONE) {
		result = take_from_gone(db, arena, lease, now_us, longest_us);
	}
	if (result != DB_OK) {
		(void)!unlock(db, arena, &lease->owner);
	}
	return result;
}

enum db_result lease_is_held(struct db *db, struct arena *arena, const char *task,
    const struct id *item_id, int64_t now_us, bool *held_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &LEASE_HELD,
	    DB_VALUES(db_bind_text(task), db_bind_id(item_id), db_bind_time(now_us)), &rows);

	*held_r = result == DB_OK;
	return result == DB_NONE ? DB_OK : result;
}

enum db_result lease_extend(struct db *db, const struct lease_row *lease)
{
	return db_exec(db, &LEASE_EXTEND,
	    DB_VALUES(db_bind_time(lease->until_us), db_bind_text(lease->job.task),
		db_bind_id(&lease->job.item_id), db_bind_id(&lease->owner)),
	    NULL);
}

enum db_result lease_release(
    struct db *db, struct arena *arena, const struct lease_row *lease, bool well)
{
	bool whole = well && strcmp(lease->job.task, JOB_DELETION) == 0;
	enum db_result result = db_exec(db, whole ? &LEASE_REMOVE : &LEASE_GIVE_BACK,
	    DB_VALUES(db_bind_text(lease->job.task), db_bind_id(&lease->job.item_id),
		db_bind_id(&lease->owner)),
	    NULL);

	if (result == DB_OK || result == DB_NONE) {
		result = unlock(db, arena, &lease->owner);
	}
	return result;
}

enum db_result leases_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(db, &LEASES_PRUNE,
	    DB_VALUES(db_bind_time(before_us), db_bind_time(before_us), db_bind_int(limit)),
	    removed_r);
}
