/* stats.h - figures of an organisation: bounded counts and sums, each by one statement down one
 * index, for what waits and what is late; and what the worker has counted of the rest (tables
 * tallies and hourly_tallies). */
#ifndef LETHE_STORE_STATS_H
#define LETHE_STORE_STATS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

/* What is counted as far as a bound. `at` is a time that goes with the figure: of what is overdue,
 * that before which it had to be done. */
enum stats_figure {
	STATS_REQUESTS_PENDING,
	STATS_REQUESTS_OVERDUE, /* due at or before `at` */
	STATS_RECOVERABLE,      /* deletions whose window ends after `at` */
	STATS_WORKING,          /* deletions being marked, restored or purged in the background */
	STATS_JOBS,
	STATS_CLEANUPS_WAITING,
	STATS_CLEANUPS_FAILED,
	STATS_MAILS_WAITING,
	STATS_MAILS_FAILED,
	STATS_WEBHOOKS_WAITING,
	STATS_WEBHOOKS_FAILED,
	STATS_PURGES_OVERDUE,     /* deletions whose window ended at or before `at` */
	STATS_RETENTIONS_OVERDUE, /* archived photos whose retention did */
	STATS_ERASURES_OVERDUE,   /* accounts whose grace period did */
	STATS_JOBS_OVERDUE,       /* to be run at or before `at`, and nobody has them */
	STATS_MAILS_OVERDUE,      /* waiting, the next attempt being due at or before `at` */
	STATS_WEBHOOKS_OVERDUE,   /* likewise */
	STATS_IDENTITIES_OVERDUE, /* erasures that wait for the identity provider since `at` or
				   * before
				   */
	STATS_FIGURE_COUNT,
};

/* A bounded count. */
struct stats_count {
	int64_t count;
	bool more;        /* there are more than that */
	int64_t since_us; /* the earliest time among them: when it was asked, queued or due; or 0 */
};

/* Count rows of an organisation as far as `most`. Reads at most most + 1 entries of an index. No
 * organisation: what belongs to none (of mail: links to people without an account; else 0). */
enum db_result stats_count(struct db *db, struct arena *arena, enum stats_figure figure,
    const struct id *organization_id, int64_t at_us, int64_t most, struct stats_count *count_r)
    __attribute__((warn_unused_result));

/* Where a photo stands, in the order of the column `shelf`. */
enum stats_shelf { SHELF_LIVE, SHELF_ARCHIVED, SHELF_TRASHED, SHELF_COUNT };

/* Photos of a shelf and their bytes. */
struct stats_sum {
	int64_t photos;
	int64_t bytes;
};

/* Sum a shelf as far as `most` photos; `photos` is most + 1 where there are more. */
enum db_result stats_shelf(struct db *db, struct arena *arena, const struct id *organization_id,
    enum stats_shelf shelf, int64_t most, struct stats_sum *sum_r)
    __attribute__((warn_unused_result));

/* The next stretch of a shelf in the order of (published, id): at most `limit` photos after an id
 * (none: from the first), added to `sum`. `after` moves to the last of them; none when that was
 * the end. */
enum db_result stats_shelf_step(struct db *db, struct arena *arena,
    const struct id *organization_id, enum stats_shelf shelf, bool published, int64_t limit,
    struct id *after, struct stats_sum *sum) __attribute__((warn_unused_result));

/* What became of deletions in a stretch of time. */
struct stats_turnover {
	int64_t deleted;
	int64_t restored;
	int64_t purged;
	int64_t reclaimed_bytes; /* of what was purged */
};

/* What stands in tallies. */
struct stats_tally {
	struct id organization_id;
	int64_t until_us; /* deletions before it are counted; always a full hour */
	struct stats_turnover turnover;
	struct stats_sum shelves[SHELF_COUNT];
	int64_t counted_us; /* when the shelves were; 0: never */
};

/* Read it. DB_NONE where nothing was ever counted. */
enum db_result stats_tally_read(struct db *db, struct arena *arena,
    const struct id *organization_id, struct stats_tally *tally_r)
    __attribute__((warn_unused_result));

/* One stretch of time that something became of deletions in. */
struct stats_part {
	int64_t start_us;
	struct stats_turnover turnover;
};

/* The tallied days of the hours from `from_us` on and before `to_us` (a day begins at midnight,
 * UTC), oldest first; days of nothing are left out. `to_us` is not after the until_us of the tally
 * read before, so that an hour that was tallied since is not in both. */
enum db_result stats_days(struct db *db, struct arena *arena, const struct id *organization_id,
    int64_t from_us, int64_t to_us, struct stats_part **parts_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* The sums of the tallied hours from `from_us` on. */
enum db_result stats_hours_since(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t from_us, struct stats_turnover *sums_r)
    __attribute__((warn_unused_result));

/* Count from the deletions themselves, by parts of `part_us` (an hour or a day), what was made and
 * what was settled at or after `from_us` and before `to_us` (0: no end). Parts of one start may
 * come twice, once for each. Reads at most `most` of each, the oldest, and says in `more_r` (may be
 * NULL) whether there were more; 0: all of them. A deletion is made at the time of its id. */
enum db_result stats_turnover_read(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t from_us, int64_t to_us, int64_t part_us, int64_t most,
    struct stats_part **parts_r, size_t *count_r, bool *more_r) __attribute__((warn_unused_result));

/* When the first deletion at or after `from_us` was made or settled. DB_NONE: there is none. */
enum db_result stats_turnover_next(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t from_us, int64_t *at_r)
    __attribute__((warn_unused_result));

/* Give every organisation that has no tally an empty one, until `from_us`. DB_NONE: all have one.
 */
enum db_result stats_tally_begin(struct db *db, int64_t from_us)
    __attribute__((warn_unused_result));

/* Tallies that end before `until_us`, those furthest behind first; at most `limit`. */
enum db_result stats_tally_due(struct db *db, struct arena *arena, int64_t until_us, unsigned limit,
    struct stats_tally **tallies_r, size_t *count_r) __attribute__((warn_unused_result));

/* Compare-and-set: move a tally from tally->until_us to `until_us`, adding these sums. DB_NONE:
 * another did so. */
enum db_result stats_tally_move(struct db_tx *tx, const struct stats_tally *tally, int64_t until_us,
    const struct stats_turnover *sums) __attribute__((warn_unused_result));

/* Tallies that end after `until_us`; at most `limit`. */
enum db_result stats_tally_ahead(struct db *db, struct arena *arena, int64_t until_us,
    unsigned limit, struct stats_tally **tallies_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Compare-and-set: move a tally back from tally->until_us to `until_us`, taking out of its sums the
 * hours since and removing them. DB_NONE: another moved it. */
enum db_result stats_tally_rewind(struct db_tx *tx, const struct stats_tally *tally,
    int64_t until_us) __attribute__((warn_unused_result));

/* Add what became of deletions in the hour that begins at part->start_us. */
enum db_result stats_hour_add(struct db_tx *tx, const struct id *organization_id,
    const struct stats_part *part) __attribute__((warn_unused_result));

/* Remove at most `limit` hours before `before_us`. DB_NONE: there were none. */
enum db_result stats_hours_prune(struct db *db, int64_t before_us, unsigned limit,
    uint64_t *removed_r) __attribute__((warn_unused_result));

/* Organisations whose shelves are to be counted: never counted, or not since `stale_us` though
 * there is an entry of the trail from `lag_us` before the last count or later, or not since
 * `old_us`, or after `ahead_us`, by a clock that was ahead. At most `limit`. */
enum db_result stats_shelves_due(struct db *db, struct arena *arena, int64_t stale_us,
    int64_t old_us, int64_t ahead_us, int64_t lag_us, unsigned limit, struct id **ids_r,
    size_t *count_r) __attribute__((warn_unused_result));

/* Store the shelves that were counted at `now_us`. */
enum db_result stats_shelves_store(struct db *db, const struct id *organization_id,
    const struct stats_sum shelves[SHELF_COUNT], int64_t now_us)
    __attribute__((warn_unused_result));

/* Who asked for deletions. */
struct stats_requester {
	struct id user_id; /* none: a visitor */
	const char *name;  /* display name of the user, or NULL */
	const char *email; /* address of a visitor; NULL also where it was erased */
	int64_t requests;
	int64_t rejected;
	int64_t pending;
};

/* Those who asked most among the newest `most` requests, at most `limit` of them; `asked_r` says
 * how many requests were looked at. */
enum db_result stats_requesters(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t most, unsigned limit,
    struct stats_requester **requesters_r, size_t *count_r, int64_t *asked_r)
    __attribute__((warn_unused_result));

#endif
