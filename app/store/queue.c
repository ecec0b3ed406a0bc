/* queue.c - the storage cleanup queue. */
#include <store/queue.h>

#include "paging.h"

#define QUEUE_COLUMNS                                                                              \
	"q.id, q.organization_id, q.storage_key, q.bytes, q.state = 'failed', q.attempts,"         \
	" q.next_attempt_at, q.last_error, q.created_at"

/* The lower bound spares a run the entries that it has deleted just now, which an index keeps for a
 * while. */
DB_STATEMENT(QUEUE_CLAIM,
    "SELECT " QUEUE_COLUMNS " FROM storage_cleanup_queue q FORCE INDEX (due)"
    " WHERE q.state = 'waiting' AND q.next_attempt_at >= ? AND q.next_attempt_at <= ?"
    " ORDER BY q.next_attempt_at, q.id LIMIT ? FOR UPDATE SKIP LOCKED");
/* What was put off at a time that has yet to come; values: now, first and longest wait in seconds,
 * slack in seconds, now. Waits double as cleanup_wait_us says. */
#define PUT_OFF_LATER                                                                              \
	" WHERE state = 'waiting' AND next_attempt_at > ? AND (attempts = 0 OR next_attempt_at"    \
	" - INTERVAL LEAST((? << attempts) DIV 2, ?) + ? SECOND > ?)"
DB_STATEMENT(QUEUE_FIND_LATER,
    "SELECT id FROM storage_cleanup_queue FORCE INDEX (due)" PUT_OFF_LATER " LIMIT 1");
DB_STATEMENT(
    QUEUE_RECALL, "UPDATE storage_cleanup_queue SET next_attempt_at = ?" PUT_OFF_LATER " LIMIT ?");
DB_STATEMENT(QUEUE_DONE, "DELETE FROM storage_cleanup_queue WHERE id = ?");
DB_STATEMENT(QUEUE_DEFER,
    "UPDATE storage_cleanup_queue SET attempts = ?, state = ?, next_attempt_at = ?, last_error = ?"
    " WHERE id = ?");
DB_STATEMENT(QUEUE_ADD,
    "INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes, state, attempts,"
    " next_attempt_at, last_error, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(QUEUE_LIST_OF,
    "SELECT " QUEUE_COLUMNS " FROM storage_cleanup_queue q FORCE INDEX (organization)"
    " WHERE q.organization_id = ? AND q.state = ? AND q.id < ? ORDER BY q.id DESC LIMIT ?");
DB_STATEMENT(QUEUE_LIST_ALL, "SELECT " QUEUE_COLUMNS " FROM storage_cleanup_queue q"
			     " WHERE q.state = ? AND q.id < ? ORDER BY q.id DESC LIMIT ?");
/* How many of a state there are, as far as a bound; and the bytes of fewer, which no index has. */
#define COUNT_OF(rows, state)                                                                      \
	"(SELECT COUNT(*) FROM (SELECT 1 FROM storage_cleanup_queue " rows " state = '" state      \
	"' LIMIT ?) part)"
#define BYTES_OF(rows, state)                                                                      \
	"(SELECT CAST(COALESCE(SUM(part.bytes), 0) AS SIGNED) FROM (SELECT bytes"                  \
	" FROM storage_cleanup_queue " rows " state = '" state "' LIMIT ?) part)"
#define COUNTS(rows)                                                                               \
	"SELECT " COUNT_OF(rows, "waiting") ", " COUNT_OF(rows, "failed") ", " BYTES_OF(           \
	    rows, "waiting") " + " BYTES_OF(rows, "failed")
DB_STATEMENT(QUEUE_COUNTS_OF, COUNTS("FORCE INDEX (organization) WHERE organization_id = ? AND"));
DB_STATEMENT(QUEUE_COUNTS_ALL, COUNTS("FORCE INDEX (due) WHERE"));
DB_STATEMENT(
    QUEUE_HOLDS, "SELECT 1 FROM storage_cleanup_queue WHERE id = ? AND organization_id = ?");
DB_STATEMENT(QUEUE_RETRY,
    "UPDATE storage_cleanup_queue SET state = 'waiting', attempts = 0, next_attempt_at = ?"
    " WHERE id = ? AND (? IS NULL OR organization_id = ?)");

static struct db_value bind_state(bool failed)
{
	return db_bind_text(failed ? "failed" : "waiting");
}

static enum db_result read_rows(enum db_result result, const struct db_rows *rows,
    struct arena *arena, struct queue_rows *rows_r)
{
	*rows_r = (struct queue_rows){0};
	if (result != DB_OK) {
		return result;
	}
	rows_r->items = arena_array(arena, rows->count, sizeof(*rows_r->items));
	rows_r->count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		rows_r->items[i] = (struct queue_item){
		    .id = db_id(rows, i, 0),
		    .organization_id = db_id(rows, i, 1),
		    .storage_key = db_text(rows, i, 2),
		    .bytes = db_int(rows, i, 3),
		    .failed = db_bool(rows, i, 4),
		    .attempts = (unsigned)db_int(rows, i, 5),
		    .next_attempt_at_us = db_time(rows, i, 6),
		    .last_error = db_text(rows, i, 7),
		    .created_at_us = db_time(rows, i, 8),
		};
	}
	return DB_OK;
}

enum db_result store_queue_claim(struct db_tx *tx, struct arena *arena, int64_t from_us,
    int64_t now_us, unsigned limit, struct queue_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, arena, &QUEUE_CLAIM,
	    DB_VALUES(
		db_bind_time(from_us > 0 ? from_us : 1), db_bind_time(now_us), db_bind_int(limit)),
	    &rows);

	return read_rows(result, &rows, arena, rows_r);
}

/* Looked for without locks first: as a rule there is none, and others may be at work on the rows.
 */
enum db_result store_queue_recall(struct db *db, struct arena *arena,
    const struct queue_waits *waits, int64_t now_us, unsigned limit)
{
	struct db_rows rows = {0};
	struct db_value now = db_bind_time(now_us);
	struct db_value first = db_bind_int(waits->first_s);
	struct db_value longest = db_bind_int(waits->longest_s);
	struct db_value slack = db_bind_int(waits->slack_s);
	enum db_result result = db_query(
	    db, arena, &QUEUE_FIND_LATER, DB_VALUES(now, first, longest, slack, now), &rows);

	if (result != DB_OK) {
		return result;
	}
	return db_exec(db, &QUEUE_RECALL,
	    DB_VALUES(now, now, first, longest, slack, now, db_bind_int(limit)), NULL);
}

enum db_result store_queue_done(struct db_tx *tx, const struct id *item_id)
{
	return db_exec(tx->db, &QUEUE_DONE, DB_VALUES(db_bind_id(item_id)), NULL);
}

enum db_result store_queue_defer(struct db_tx *tx, const struct id *item_id, unsigned attempts,
    bool failed, int64_t next_attempt_at_us, const char *why)
{
	return db_exec(tx->db, &QUEUE_DEFER,
	    DB_VALUES(db_bind_int(attempts), bind_state(failed), db_bind_time(next_attempt_at_us),
		db_bind_text(why), db_bind_id(item_id)),
	    NULL);
}

enum db_result store_queue_add(struct db_tx *tx, const struct queue_item *item)
{
	return db_exec(tx->db, &QUEUE_ADD,
	    DB_VALUES(db_bind_id(&item->id), db_bind_id(&item->organization_id),
		db_bind_text(item->storage_key), db_bind_int(item->bytes), bind_state(item->failed),
		db_bind_int(item->attempts), db_bind_time(item->next_attempt_at_us),
		db_bind_text(item->last_error), db_bind_time(item->created_at_us)),
	    NULL);
}

enum db_result store_queue_list(struct db *db, struct arena *arena,
    const struct id *organization_id, bool failed, const struct id *before, unsigned limit,
    struct queue_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = DB_NONE;

	if (id_is_none(organization_id)) {
		result = db_query(db, arena, &QUEUE_LIST_ALL,
		    DB_VALUES(bind_state(failed), bind_before(before), db_bind_int(limit)), &rows);
	} else {
		result = db_query(db, arena, &QUEUE_LIST_OF,
		    DB_VALUES(db_bind_id(organization_id), bind_state(failed), bind_before(before),
			db_bind_int(limit)),
		    &rows);
	}
	return read_rows(result, &rows, arena, rows_r);
}

static int64_t bounded(int64_t count, bool *more_r)
{
	*more_r = count > QUEUE_MOST;
	return *more_r ? QUEUE_MOST : count;
}

enum db_result store_queue_counts(struct db *db, struct arena *arena,
    const struct id *organization_id, struct queue_counts *counts_r)
{
	struct db_value organization = db_bind_id(organization_id);
	struct db_value most = db_bind_int(QUEUE_MOST + 1), summed = db_bind_int(QUEUE_MOST_SUMMED);
	struct db_rows rows = {0};
	enum db_result result = DB_NONE;

	if (id_is_none(organization_id)) {
		result = db_query(
		    db, arena, &QUEUE_COUNTS_ALL, DB_VALUES(most, most, summed, summed), &rows);
	} else {
		result = db_query(db, arena, &QUEUE_COUNTS_OF,
		    DB_VALUES(organization, most, organization, most, organization, summed,
			organization, summed),
		    &rows);
	}
	*counts_r = (struct queue_counts){0};
	if (result == DB_OK) {
		int64_t waiting = db_int(&rows, 0, 0), failed = db_int(&rows, 0, 1);

		counts_r->waiting = bounded(waiting, &counts_r->waiting_more);
		counts_r->failed = bounded(failed, &counts_r->failed_more);
		counts_r->bytes = db_int(&rows, 0, 2);
		counts_r->bytes_more = waiting > QUEUE_MOST_SUMMED || failed > QUEUE_MOST_SUMMED;
	}
	return result;
}

enum db_result store_queue_holds(
    struct db *db, struct arena *arena, const struct id *organization_id, const struct id *item_id)
{
	struct db_rows rows = {0};

	return db_query(db, arena, &QUEUE_HOLDS,
	    DB_VALUES(db_bind_id(item_id), db_bind_id(organization_id)), &rows);
}

enum db_result store_queue_retry(
    struct db_tx *tx, const struct id *organization_id, const struct id *item_id, int64_t now_us)
{
	return db_exec(tx->db, &QUEUE_RETRY,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(item_id), db_bind_id(organization_id),
		db_bind_id(organization_id)),
	    NULL);
}
