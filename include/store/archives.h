/* archives.h - archiving photos by criteria (table archive_batches). */
#ifndef LETHE_STORE_ARCHIVES_H
#define LETHE_STORE_ARCHIVES_H

#include <db/db.h>

#define ARCHIVE_MAX_TAGS 5

/* What photos have in common; all that is given must match. At least one is given. */
struct archive_criteria {
	struct id project_id;                /* none: any */
	int64_t from_us, until_us;           /* created_at at or after, and before; 0: no bound */
	struct id tag_ids[ARCHIVE_MAX_TAGS]; /* a photo bears all of them */
	size_t tag_count;
};

#endif
