/* storage_queue.h - the storage cleanup queue as admins see it. */
#ifndef LETHE_DOMAIN_STORAGE_QUEUE_H
#define LETHE_DOMAIN_STORAGE_QUEUE_H

#include <auth/actor.h>
#include <domain/domain.h>
#include <store/queue.h>

/* Where a page goes on: among the failed ones, or among the waiting ones after them. */
struct storage_queue_cursor {
	bool waiting;
	struct id before; /* none: from the newest */
};

struct storage_queue_page {
	struct queue_item *items; /* failed ones first, each part newest first */
	size_t count;
	bool more;
	struct storage_queue_cursor next;
	struct queue_counts counts;
};

/* The queue of the actor's organisation; a platform admin with no organisation chosen, and the
 * operator, see all of it. `limit` 1 to 200 (0: 50). Errors: forbidden, invalid "limit". */
bool storage_queue_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct storage_queue_cursor *cursor, unsigned limit, struct storage_queue_page *page_r,
    struct error *error) __attribute__((warn_unused_result));

/* Try one again now, with its attempts forgotten. Audit: storage.retry. Errors: forbidden,
 * not_found. */
bool storage_queue_retry(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *item_id, struct error *error)
    __attribute__((warn_unused_result));

#endif
