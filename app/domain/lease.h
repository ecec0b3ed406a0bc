/* lease.h - one worker at one large piece of work, so that several spread over what there is
 * instead of queueing on the same row. What is done is right without it. */
#ifndef LETHE_DOMAIN_LEASE_H
#define LETHE_DOMAIN_LEASE_H

#include <base/error.h>
#include <domain/domain.h>
#include <store/deletions.h>
#include <store/jobs.h>

#define LEASE_US (60 * CLOCK_SECOND_US)

/* Zeroed: none. */
struct lease {
	bool held;
	struct lease_row row;
};

/* Take the lease on an item of work. `lease->held` is false where another worker has it. */
bool lease_begin(const struct domain *domain, const char *task, const struct id *organization_id,
    const struct id *item_id, struct lease *lease, struct error *error)
    __attribute__((warn_unused_result));

/* Between two steps: keep it for longer where it has half run out. False if it was lost: leave the
 * work to who has it now. */
bool lease_keep(const struct domain *domain, struct lease *lease)
    __attribute__((warn_unused_result));

/* Give it back, if it is held. Of work that has not gone `well` the row stays, for work_skip. */
void lease_end(const struct domain *domain, struct lease *lease, bool well);

/* Of a deletion that the worker failed at with `error`, which is logged as `event` and cleared: see
 * to it that it is tried again later, and less and less often. False, with the error as it was,
 * where that cannot be noted, or the connection broke: the store is out of reach. */
bool work_skip(const struct domain *domain, const char *event, const struct deletion_due *due,
    struct error *error) __attribute__((warn_unused_result));

#endif
