/* purge.h - what the purge of one deletion and the round over all that is due share. */
#ifndef LETHE_DOMAIN_PURGE_PRIVATE_H
#define LETHE_DOMAIN_PURGE_PRIVATE_H

#include "deletions.h"
#include "erasure_private.h"

#include <domain/purge.h>

/* Where a purge stands between two steps; zeroed at its start. It lives in memory alone: a purge
 * that starts anew finds what is left. */
struct purging {
	size_t stage;    /* of the tables it goes through */
	size_t relation; /* of the organisation's other rows */
	struct id after; /* the last row done of the stage's table */
	int64_t density; /* rows removed per row of that table, as far as it is known */
	/* The next parent that has rows of a relation, by the relation's place: no need to look
	 * again before it is reached. */
	struct id next[RELATION_COUNT];
	struct id tenant;     /* of an account: as of a marking */
	bool abroad;          /* nothing is left in other organisations */
	struct marking sweep; /* of an organisation: what came back after it was marked */
	bool swept;
	bool taken;             /* likewise: what accounts of other organisations had hold of */
	struct erasing erasing; /* of a user, or of an organisation's people */
	bool waits;             /* for what else has hold of the user's photos */
};

/* Remove at most `budget` rows more; `done_r` once nothing is left. */
bool purging_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct purging *purging, int64_t budget, bool *done_r, struct error *error)
    __attribute__((warn_unused_result));

/* Of an organisation: let at most `budget` of its rows that bear the mark of another organisation's
 * deletion bear this one's, with the counts of both; purging->taken once there is none left, and
 * purging->waits while one of these is being restored. */
bool purging_take_over(struct db_tx *tx, struct deletion *deletion, struct purging *purging,
    int64_t budget, struct error *error) __attribute__((warn_unused_result));

/* Whether a limit, a pause or a signal ends the round; noted in the report. */
bool purge_must_stop(const struct purge_limits *limits, struct purge_report *report);

/* Purge one deletion as far as the limits let; steps, pause and (once done) sums go into the
 * report. One that is held by someone else, or not due, is left. */
bool purge_steps(const struct domain *domain, const struct actor *actor,
    const struct id *deletion_id, const struct purge_limits *limits, struct purge_report *report,
    bool *done_r, struct error *error) __attribute__((warn_unused_result));

/* Turn an archived photo whose retention has ended into a deletion that is being purged.
 * `begun_r` is false where it is not archived and due any more. */
bool retention_begin(const struct domain *domain, const struct id *organization_id,
    const struct id *photo_id, struct id *deletion_r, bool *begun_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
