/* metrics.h - figures of the whole installation, for /metrics. */
#ifndef LETHE_STORE_METRICS_H
#define LETHE_STORE_METRICS_H

#include <base/arena.h>
#include <db/db.h>
#include <stdint.h>

/* What is read, in the order of the columns. */
enum metric {
	/* Counts, as far as a bound. */
	METRIC_MAILS_WAITING,
	METRIC_MAILS_FAILED,
	METRIC_WEBHOOKS_WAITING,
	METRIC_WEBHOOKS_FAILED,
	METRIC_JOBS_WAITING,
	METRIC_DELETIONS_MARKING,
	METRIC_DELETIONS_RESTORING,
	METRIC_DELETIONS_PURGING,
	/* Since when, in seconds, the longest waiting of it could have been done; 0: none could. */
	METRIC_MAILS_OVERDUE,
	METRIC_WEBHOOKS_OVERDUE,
	METRIC_JOBS_OVERDUE,
	METRIC_PURGES_OVERDUE,
	METRIC_IDENTITIES_OVERDUE, /* erasures that wait for the identity provider */
	/* Since ever, as the worker has counted it: full hours (table tallies). */
	METRIC_DELETED,
	METRIC_RESTORED,
	METRIC_PURGED,
	METRIC_RECLAIMED_BYTES,
	METRIC_COUNT,
};

/* Read them all, by one statement: counts as far as `most` by index entries, times by the first
 * entry of an index. */
enum db_result metrics_read(struct db *db, struct arena *arena, int64_t now_us, int64_t most,
    int64_t values_r[METRIC_COUNT]) __attribute__((warn_unused_result));

#endif
