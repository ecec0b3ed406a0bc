/* impact.h - exact counts of what a deletion would touch. */
#ifndef LETHE_STORE_IMPACT_H
#define LETHE_STORE_IMPACT_H

#include <store/deletions.h>

/* What a deletion would do; the root is not counted. */
struct impact {
	int64_t counts[COUNT_KIND_COUNT];
	int64_t bytes;
	int64_t people; /* of an organisation its users, else owners of the photos touched */
};

/* Count what deleting the live item would touch: kind, item_id, organization_id and photo_action of
 * `deletion` are used. A photo takes along what was made from it, and what was made from that. */
enum db_result impact_count(struct db *db, struct arena *arena, const struct deletion *deletion,
    struct impact *impact_r) __attribute__((warn_unused_result));

#endif
