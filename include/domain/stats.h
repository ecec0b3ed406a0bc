/* stats.h - the figures of an organisation's dashboard.
 *
 * What waits and what is late is counted when it is asked for, as far as STATS_MOST. What became of
 * deletions is kept by the hour: the worker counts each hour once, STATS_SETTLED_US after its end,
 * and the hours since are counted when asked. Photos and bytes of a shelf are summed when asked up
 * to STATS_SHELF_MOST photos, and beyond that the worker's last count is shown with its time.
 *
 * A run under a clock that was ahead leaves figures of hours that have yet to come. They are not
 * shown, and the next run takes them back and counts what they may have missed.
 *
 * All of it is counted from the rows that tell of the acts and nothing is kept up by the acts, so
 * it cannot drift; where a row of `tallies` and its hours are removed, they are counted anew. */
#ifndef LETHE_DOMAIN_STATS_H
#define LETHE_DOMAIN_STATS_H

#include <auth/actor.h>
#include <domain/domain.h>
#include <store/audit.h>
#include <store/deletions.h>
#include <store/installation.h>
#include <store/stats.h>

#define STATS_DAYS          30
#define STATS_MOST          2000
#define STATS_SHELF_MOST    5000
#define STATS_REQUESTS_MOST 2000
#define STATS_REQUESTERS    10
#define STATS_CLOSING       5
#define STATS_LATEST        8

/* The worker's own work is overdue where it was due for so long. */
#define STATS_LATE_US (15 * 60 * CLOCK_SECOND_US)

/* An hour is counted for good that long after its end: longer than a transaction can take. */
#define STATS_SETTLED_US (10 * 60 * CLOCK_SECOND_US)

/* Shelves are counted again after so long, where something happened. */
#define STATS_STALE_US (10 * 60 * CLOCK_SECOND_US)

struct stats_shelf_figure {
	struct stats_sum sum;
	int64_t counted_us; /* when the worker counted it; 0: just now */
	bool more;          /* at least that much: the worker has not counted it yet */
};

/* Texts and lists live in the arena of the call. */
struct stats {
	struct stats_count counts[STATS_FIGURE_COUNT];
	struct installation installation; /* whether purging is paused */
	struct deletion_page closing;     /* recoverable, soonest to close first */

	struct stats_part days[STATS_DAYS]; /* oldest first; the last is today, UTC */
	bool days_more;                     /* the latest hours had more than were counted */
	struct stats_turnover in_days;      /* their sum */
	struct stats_turnover in_all;       /* since the organisation began */

	struct stats_shelf_figure shelves[SHELF_COUNT];

	struct stats_requester *requesters; /* who asked most first */
	size_t requester_count;
	int64_t requests_asked; /* how many of the newest requests that is made of */

	struct audit_page latest;
};

/* All figures of the actor's organisation: admins. Mail that belongs to no organisation is counted
 * for platform admins. Errors: forbidden, unavailable. */
bool stats_read(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct stats *stats_r, struct error *error) __attribute__((warn_unused_result));

/* How far a tally that ends with `until_us` can be trusted at `now_us`: to its end where the hour
 * before that has settled. One that a clock ahead has moved further may lack what was done since
 * then, nobody knows when: it is trusted up to the days of the chart; or, where it is a single hour
 * (clocks of two machines differ a little), up to a day ago. */
int64_t stats_trusted_us(int64_t until_us, int64_t now_us) __attribute__((warn_unused_result));

/* Count what is due to be counted, of all organisations, in bounded steps, until there is none or
 * `stop` says so. Several workers at once count nothing twice. */
bool stats_tally(const struct domain *domain, struct arena *arena, bool (*stop)(void *context),
    void *context, struct error *error) __attribute__((warn_unused_result));

#endif
