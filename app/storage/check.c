/* check.c - compare what is stored with the rows that name it. */
#include <base/log.h>
#include <storage/check.h>
#include <store/files.h>
#include <store/queue.h>
#include <string.h>

struct check {
	struct db *db;
	const struct clock *clock;
	const struct storage *storage;
	const struct check_options *options;
	check_fn fn;
	void *context;
	struct check_report *report;
	struct arena *arena; /* of one row or object */
	struct error *error;
	bool failed;
};

static void tell(struct check *check, enum check_finding finding, const char *key)
{
	if (check->fn) {
		check->fn(check->context, finding, key);
	}
}

static bool queue_object(struct db_tx *tx, void *context, struct error *error)
{
	const struct queue_item *item = context;
	enum db_result result = store_queue_add(tx, item);

	/* Somebody queued it in the same moment: as good. */
	return result == DB_OK || result == DB_CONFLICT || db_fail(result, error);
}

static bool repair_object(struct check *check, const char *key, uint64_t bytes)
{
	int64_t now_us = clock_now_us(check->clock);
	struct queue_item item = {
	    .id = id_generate(now_us),
	    .storage_key = key,
	    .bytes = (int64_t)bytes,
	    .next_attempt_at_us = now_us,
	    .created_at_us = now_us,
	};

	if (!db_transaction(check->db, queue_object, &item, check->error)) {
		return false;
	}
	check->report->queued++;
	return true;
}

/* An object that nothing names. One that is young may be an upload whose row is about to commit. */
static bool found_without_row(
    struct check *check, const char *key, uint64_t bytes, int64_t modified_us)
{
	if (clock_now_us(check->clock) - modified_us < CHECK_GRACE_US) {
		check->report->young++;
		return true;
	}
	check->report->without_row++;
	tell(check, CHECK_OBJECT_WITHOUT_ROW, key);
	return !check->options->repair || repair_object(check, key, bytes);
}

static bool check_object(void *context, const char *key, uint64_t bytes, int64_t modified_us)
{
	struct check *check = context;
	struct file_naming naming = {0};
	enum db_result result = DB_ERROR;

	arena_reset(check->arena);
	check->report->objects++;
	result = store_file_named(check->db, check->arena, key, &naming);
	if (result != DB_OK) {
		check->failed = !db_fail(result, check->error);
	} else if (!naming.row && !naming.queue) {
		check->failed = !found_without_row(check, key, bytes, modified_us);
	}
	return !check->failed;
}

/* A row may have been purged since it was read, and its object with it: ask again before telling.
 */
static bool found_missing(struct check *check, const char *key)
{
	struct file_naming naming = {0};
	enum db_result result = store_file_named(check->db, check->arena, key, &naming);

	if (result != DB_OK) {
		return db_fail(result, check->error);
	}
	if (naming.row) {
		check->report->without_object++;
		tell(check, CHECK_ROW_WITHOUT_OBJECT, key);
	}
	return true;
}

static bool check_digest(struct check *check, const struct file *file)
{
	unsigned char digest[STORAGE_DIGEST_SIZE];
	struct error error = {0};

	if (!storage_read_digest(check->storage, file->storage_key, digest, &error)) {
		if (error.kind == ERROR_NOT_FOUND) {
			return found_missing(check, file->storage_key);
		}
		if (check->error) {
			*check->error = error;
		}
		return false;
	}
	if (memcmp(digest, file->digest, sizeof(digest)) != 0) {
		check->report->damaged++;
		tell(check, CHECK_WRONG_DIGEST, file->storage_key);
	}
	return true;
}

static bool check_row(struct check *check, const struct file *file)
{
	bool exists = false;
	uint64_t bytes = 0;

	check->report->rows++;
	if (!storage_exists(check->storage, file->storage_key, &exists, &bytes, check->error)) {
		return false;
	}
	if (!exists) {
		return found_missing(check, file->storage_key);
	}
	if (bytes != (uint64_t)file->bytes) {
		check->report->damaged++;
		tell(check, CHECK_WRONG_SIZE, file->storage_key);
		return true;
	}
	return !check->options->digests || check_digest(check, file);
}

static bool check_rows(struct check *check)
{
	struct id after = id_none;

	for (;;) {
		struct file_rows rows = {0};
		enum db_result result = DB_ERROR;

		arena_reset(check->arena);
		result = store_files_after(check->db, check->arena, &after, &rows);
		if (result == DB_NONE) {
			return true;
		}
		if (result != DB_OK) {
			return db_fail(result, check->error);
		}
		for (size_t i = 0; i < rows.count; i++) {
			if (!check_row(check, &rows.items[i])) {
				return false;
			}
		}
		after = rows.items[rows.count - 1].id;
	}
}

static bool check_stale(struct check *check)
{
	const int64_t before_us = clock_now_us(check->clock) - CHECK_STALE_US;

	if (!storage_count_stale(check->storage, before_us, &check->report->stale, check->error)) {
		return false;
	}
	return !check->options->repair ||
	       storage_sweep(check->storage, before_us, &check->report->swept, check->error);
}

bool storage_check(struct db *db, const struct clock *clock, const struct storage *storage,
    const struct check_options *options, check_fn fn, void *context, struct check_report *report_r,
    struct error *error)
{
	struct check check = {
	    .db = db,
	    .clock = clock,
	    .storage = storage,
	    .options = options,
	    .fn = fn,
	    .context = context,
	    .report = report_r,
	    .arena = arena_create(),
	    .error = error,
	};
	bool ok = false;

	*report_r = (struct check_report){0};
	ok = storage_list(storage, check_object, &check, error) && !check.failed &&
	     check_rows(&check) && check_stale(&check);
	arena_destroy(&check.arena);
	return ok;
}
