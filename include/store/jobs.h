/* jobs.h - work that outlives a request, and who is at it (table jobs). A lease keeps workers from
 * queueing on the same rows; what they do is right without it. */
#ifndef LETHE_STORE_JOBS_H
#define LETHE_STORE_JOBS_H

#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

/* Names of tasks. */
#define JOB_DELETION "deletion" /* leases on deletions: the row is the lease alone */
#define JOB_ARCHIVE  "archive"  /* item: the batch that is to be archived further */
#define JOB_EXPORT   "export"   /* item: the export that is to be made */

struct job {
	struct id id;
	struct id organization_id;
	const char *task;
	struct id item_id;
};

/* Add a job, due at once. DB_CONFLICT: there is one of that task and item. */
enum db_result job_insert(struct db_tx *tx, const struct job *job, int64_t now_us)
    __attribute__((warn_unused_result));

/* Its work is done: remove it. DB_NONE: it is not there (any more). */
enum db_result job_remove(struct db_tx *tx, const char *task, const struct id *item_id)
    __attribute__((warn_unused_result));

/* Jobs of a task whose time has come, oldest first, after an id (none: from the oldest). One whose
 * time is further away than JOB_PAUSE_MAX_S was put off by a clock that ran ahead, and is due. */
enum db_result job_due(struct db *db, struct arena *arena, const char *task, int64_t now_us,
    const struct id *after, unsigned limit, struct job **jobs_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Work that failed (`why`: a code) is to be left for a while: JOB_PAUSE_S at first, twice as long
 * each time, at most JOB_PAUSE_MAX_S. Its job is made where there is none. */
#define JOB_PAUSE_S     5
#define JOB_PAUSE_MAX_S 3600
enum db_result job_defer(struct db *db, const struct job *job, const char *why, int64_t now_us)
    __attribute__((warn_unused_result));

/* Why an item is being left, and until when. Texts live in the arena. DB_NONE: it is not. */
struct job_pause {
	const char *why;
	unsigned attempts;
	int64_t since_us, until_us;
};
enum db_result job_pause(struct db *db, struct arena *arena, const char *task,
    const struct id *item_id, struct job_pause *pause_r) __attribute__((warn_unused_result));

/* What it was left for is over: it is due, and a next failure begins anew. Its row goes, unless
 * somebody has a lease on it. DB_OK also where there was none. */
enum db_result job_resume(struct db_tx *tx, const char *task, const struct id *item_id)
    __attribute__((warn_unused_result));

/* A lease to be had: `owner` is new with each. It ends with `until_us`, with its release, or with
 * the connection that took it, whichever comes first (where a cluster's nodes do not share locks,
 * with the connection to this node). */
struct lease_row {
	struct job job; /* its id is used where the lease is the whole row */
	struct id owner;
	int64_t until_us;
};

/* Take it, unless another has it at `now_us`; one that ends later than `longest_us` from now was
 * given by a clock that ran ahead, and counts as none. DB_NONE: another has it. */
enum db_result lease_take(struct db *db, struct arena *arena, const struct lease_row *lease,
    int64_t now_us, int64_t longest_us) __attribute__((warn_unused_result));

/* Whether anybody has one on an item, as far as its end tells. DB_OK. */
enum db_result lease_is_held(struct db *db, struct arena *arena, const char *task,
    const struct id *item_id, int64_t now_us, bool *held_r) __attribute__((warn_unused_result));

/* Move its end. DB_NONE: it is another's by now. */
enum db_result lease_extend(struct db *db, const struct lease_row *lease)
    __attribute__((warn_unused_result));

/* Give it back; the row of a JOB_DELETION that went `well` goes with it. DB_OK also if it was
 * another's by now. */
enum db_result lease_release(struct db *db, struct arena *arena, const struct lease_row *lease,
    bool well) __attribute__((warn_unused_result));

/* Forget leases of ended workers: at most `limit` rows of JOB_DELETION that ended before
 * `before_us`. DB_NONE: there was none. */
enum db_result leases_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
    __attribute__((warn_unused_result));

#endif
