/* impact.h - counts of what a deletion would touch. */
#ifndef LETHE_STORE_IMPACT_H
#define LETHE_STORE_IMPACT_H

#include <store/deletions.h>

#define IMPACT_ALL INT64_MAX /* count everything */

/* What a deletion would do; the root is not counted. */
struct deletion_impact {
	int64_t counts[COUNT_KIND_COUNT];
	int64_t bytes;
	int64_t people; /* of an organisation its users, else owners of the photos touched */

	/* What there may be more of than was counted. Nothing: all of it is exact. */
	bool more[COUNT_KIND_COUNT], more_bytes, more_people;
	bool is_partial; /* any of them */
};

/* Count what deleting the live item would touch: kind, item_id, organization_id and photo_action of
 * `deletion` are used. A photo takes along what was made from it. Of each kind at least `most` are
 * counted if there are so many, and then not many more: a count above `most` says that there may be
 * more, of it and of the details and bytes of what was counted. IMPACT_ALL counts exactly, in a
 * time that grows with what there is. */
enum db_result impact_count(struct db *db, struct arena *arena, const struct deletion *deletion,
    int64_t most, struct deletion_impact *impact_r) __attribute__((warn_unused_result));

/* Fill more*, is_partial of what was counted by statements that end just above `most`. */
void impact_tell_more(struct deletion_impact *impact, enum item_kind kind, int64_t most);

#endif
