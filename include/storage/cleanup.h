/* cleanup.h - the queue of objects whose row is gone: removed, retried, never dropped. */
#ifndef LETHE_STORAGE_CLEANUP_H
#define LETHE_STORAGE_CLEANUP_H

#include <base/clock.h>
#include <base/error.h>
#include <storage/storage.h>
#include <store/queue.h>

#define CLEANUP_MAX_ATTEMPTS    10
#define CLEANUP_FIRST_WAIT_US   (60 * CLOCK_SECOND_US)
#define CLEANUP_LONGEST_WAIT_US CLOCK_DAY_US

/* What a run did. */
struct cleanup_report {
	unsigned removed;  /* objects gone, rows with them */
	unsigned deferred; /* failed, to be tried again later */
	unsigned failed;   /* failed for the tenth time: for a person to look at */
	uint64_t bytes;    /* of what was removed */
};

/* How long to wait after that many failed attempts (1 or more): a minute, doubling, at most a day.
 */
int64_t cleanup_wait_us(unsigned attempts) __attribute__((warn_unused_result));

/* Remove the objects that are due (waiting, next_attempt_at not after now), at most `limit`. Rows
 * are claimed by FOR UPDATE SKIP LOCKED, some at a time, in a transaction that removes the objects
 * and then the rows: any number of runs may go at once, and one that dies leaves the rows as they
 * were. A failed removal counts an attempt and waits longer; the tenth makes the row `failed`. An
 * object that a files row names after all is kept, and its place in the queue given up (logged as
 * an error). What was queued or put off by a clock ahead of this one counts as due. False only
 * where the database fails (`report_r` holds what was done till then). */
bool storage_cleanup_run(struct db *db, const struct clock *clock, const struct storage *storage,
    unsigned limit, struct cleanup_report *report_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
