/* queue.h - the storage cleanup queue: objects whose row is gone, until they are gone too. */
#ifndef LETHE_STORE_QUEUE_H
#define LETHE_STORE_QUEUE_H

#include <db/db.h>

struct queue_item {
	struct id id;
	struct id organization_id; /* none: an object found without a row */
	const char *storage_key;
	int64_t bytes;
	bool failed; /* after the last attempt; else waiting */
	unsigned attempts;
	int64_t next_attempt_at_us;
	const char *last_error; /* or NULL */
	int64_t created_at_us;
};

struct queue_rows {
	struct queue_item *items;
	size_t count;
};

/* Counts end at QUEUE_MOST of a state, bytes are those of at most QUEUE_MOST_SUMMED of a state. */
#define QUEUE_MOST        10000
#define QUEUE_MOST_SUMMED 1000
struct queue_counts {
	int64_t waiting;
	int64_t failed;
	int64_t bytes;
	bool waiting_more; /* there are more than that */
	bool failed_more;
	bool bytes_more;
};

/* Claim at most `limit` items that are due, soonest first: locked until the transaction ends,
 * passing over those that others have locked. `from_us`: only items due since then; a run gives the
 * time of the last one it had (0: all), since it has handled those before. DB_NONE where nothing is
 * due. */
enum db_result store_queue_claim(struct db_tx *tx, struct arena *arena, int64_t from_us,
    int64_t now_us, unsigned limit, struct queue_rows *rows_r) __attribute__((warn_unused_result));

/* How long items wait after a failure, in seconds: the first time, doubling, at most so long; and
 * by how much the clocks of two machines may differ. */
struct queue_waits {
	int64_t first_s, longest_s, slack_s;
};

/* Make due now what was queued or put off by a clock that was ahead of this one: a waiting item
 * that was never tried, or whose last attempt was later than now; at most `limit`. DB_NONE as a
 * rule. */
enum db_result store_queue_recall(struct db *db, struct arena *arena,
    const struct queue_waits *waits, int64_t now_us, unsigned limit)
    __attribute__((warn_unused_result));

/* It is removed: delete its row. One by one by their keys, so that runs side by side never wait for
 * each other: a list of keys in a small table is a scan of all of it. */
enum db_result store_queue_done(struct db_tx *tx, const struct id *item_id)
    __attribute__((warn_unused_result));

/* It could not be removed: remember why, and when to try again, or that a person must look. */
enum db_result store_queue_defer(struct db_tx *tx, const struct id *item_id, unsigned attempts,
    bool failed, int64_t next_attempt_at_us, const char *why) __attribute__((warn_unused_result));

/* Queue an object found without a row; DB_CONFLICT if it is queued. */
enum db_result store_queue_add(struct db_tx *tx, const struct queue_item *item)
    __attribute__((warn_unused_result));

/* The failed or the waiting items of one organisation (none: of the installation), newest first,
 * ids below `before` (none: from the newest), at most `limit` (1 to 201). */
enum db_result store_queue_list(struct db *db, struct arena *arena,
    const struct id *organization_id, bool failed, const struct id *before, unsigned limit,
    struct queue_rows *rows_r) __attribute__((warn_unused_result));

/* Counts of one organisation (none: of the installation). */
enum db_result store_queue_counts(struct db *db, struct arena *arena,
    const struct id *organization_id, struct queue_counts *counts_r)
    __attribute__((warn_unused_result));

/* Whether an organisation's queue holds an item: DB_NONE if not. */
enum db_result store_queue_holds(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *item_id) __attribute__((warn_unused_result));

/* Make an item waiting, with no attempts, due now. DB_NONE if there is none of that id in that
 * organisation (none: any). */
enum db_result store_queue_retry(struct db_tx *tx, const struct id *organization_id,
    const struct id *item_id, int64_t now_us) __attribute__((warn_unused_result));

#endif
