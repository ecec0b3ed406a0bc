/* cleanup.c - remove the objects that the queue names. */
#include <base/log.h>
#include <storage/cleanup.h>
#include <store/files.h>
#include <store/queue.h>
#include <string.h>

#define BATCH 50 /* objects in one transaction: their rows are locked meanwhile */

int64_t cleanup_wait_us(unsigned attempts)
{
	int64_t wait_us = CLEANUP_FIRST_WAIT_US;

	while (attempts-- > 1 && wait_us < CLEANUP_LONGEST_WAIT_US) {
		wait_us *= 2;
	}
	return wait_us < CLEANUP_LONGEST_WAIT_US ? wait_us : CLEANUP_LONGEST_WAIT_US;
}

/* One transaction's worth. What it did counts only once it is committed. */
struct batch {
	const struct storage *storage;
	int64_t now_us;
	int64_t from_us; /* where the batch before left off */
	int64_t last_us; /* where this one does */
	unsigned limit;
	unsigned claimed;
	struct cleanup_report report;
};

/* It could not be removed: count the attempt. */
static bool defer(struct db_tx *tx, struct batch *batch, const struct queue_item *item,
    const struct error *why, struct error *error)
{
	const unsigned attempts = item->attempts + 1;
	const bool failed = attempts >= CLEANUP_MAX_ATTEMPTS;
	enum db_result result = store_queue_defer(tx, &item->id, attempts, failed,
	    batch->now_us + cleanup_wait_us(attempts), why->message);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	batch->report.failed += failed;
	batch->report.deferred += !failed;
	return true;
}

/* True in `named_r` if a row names the object after all, which is then not to be touched. */
static bool is_named(
    struct db_tx *tx, const struct queue_item *item, bool *named_r, struct error *error)
{
	struct file_naming naming = {0};
	enum db_result result = store_file_named(tx->db, tx->arena, item->storage_key, &naming);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	*named_r = naming.row;
	if (naming.row) {
		log_event(
		    LOG_ERROR, "cleanup_of_object_in_use", log_text("key", item->storage_key));
	}
	return true;
}

/* Remove one object and then its row. */
static bool handle(
    struct db_tx *tx, struct batch *batch, const struct queue_item *item, struct error *error)
{
	struct error why = {0};
	bool named = false;
	enum db_result result = DB_OK;

	if (!is_named(tx, item, &named, error)) {
		return false;
	}
	if (!named && !storage_remove(batch->storage, item->storage_key, &why)) {
		return defer(tx, batch, item, &why, error);
	}
	batch->report.removed += !named;
	batch->report.bytes += named ? 0 : (uint64_t)item->bytes;
	result = store_queue_done(tx, &item->id);
	return result == DB_OK || db_fail(result, error);
}

static bool run_batch(struct db_tx *tx, void *context, struct error *error)
{
	struct batch *batch = context;
	struct queue_rows rows = {0};
	enum db_result result =
	    store_queue_claim(tx, tx->arena, batch->from_us, batch->now_us, batch->limit, &rows);

	batch->report = (struct cleanup_report){0};
	batch->claimed = (unsigned)rows.count;
	if (result == DB_NONE) {
		return true;
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < rows.count; i++) {
		if (!handle(tx, batch, &rows.items[i], error)) {
			return false;
		}
		batch->last_us = rows.items[i].next_attempt_at_us;
	}
	return true;
}

static void add_up(struct cleanup_report *sum, const struct cleanup_report *more)
{
	sum->removed += more->removed;
	sum->deferred += more->deferred;
	sum->failed += more->failed;
	sum->bytes += more->bytes;
}

/* A run whose clock was ahead must not keep this one from its work. */
static bool recall(struct db *db, int64_t now_us, unsigned limit, struct error *error)
{
	static const struct queue_waits waits = {
	    .first_s = CLEANUP_FIRST_WAIT_US / CLOCK_SECOND_US,
	    .longest_s = CLEANUP_LONGEST_WAIT_US / CLOCK_SECOND_US,
	    .slack_s = CLEANUP_FIRST_WAIT_US / CLOCK_SECOND_US,
	};
	struct arena *arena = arena_create();
	enum db_result result = store_queue_recall(db, arena, &waits, now_us, limit);

	arena_destroy(&arena);
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool storage_cleanup_run(struct db *db, const struct clock *clock, const struct storage *storage,
    unsigned limit, struct cleanup_report *report_r, struct error *error)
{
	struct batch batch = {.storage = storage, .now_us = clock_now_us(clock)};

	*report_r = (struct cleanup_report){0};
	if (!recall(db, batch.now_us, limit, error)) {
		return false;
	}
	while (limit > 0) {
		batch.limit = limit < BATCH ? limit : BATCH;
		if (!db_transaction(db, run_batch, &batch, error)) {
			return false;
		}
		add_up(report_r, &batch.report);
		if (batch.claimed == 0) {
			break;
		}
		batch.from_us = batch.last_us;
		limit -= batch.claimed < limit ? batch.claimed : limit;
	}
	return true;
}
