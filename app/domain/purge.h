/* purge.h - what the purge of one deletion and the round over all that is due share. */
#ifndef LETHE_DOMAIN_PURGE_PRIVATE_H
#define LETHE_DOMAIN_PURGE_PRIVATE_H

#include "deletions.h"

#include <domain/purge.h>

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
