/* extensions.h - lengthening the windows of deletions. */
#ifndef LETHE_STORE_EXTENSIONS_H
#define LETHE_STORE_EXTENSIONS_H

#include <db/db.h>

/* Which deletions, and how: those that are marking or trashed and soft, and neither of accounts nor
 * of requests. */
struct extension {
	struct id deletion_id;     /* none: any */
	struct id organization_id; /* none: any */
	int64_t until_us;          /* windows that end sooner end then; 0: */
	int64_t by_us; /* each ends that much later, or after `now_us` where it is over */
	int64_t now_us;
};

/* Lengthen the windows of the next deletions with ids above `after`, at most `limit`, and move
 * `after` to the last of them; DB_NONE once there are no more. `rows_r` counts those that changed.
 */
enum db_result extension_apply(struct db_tx *tx, const struct extension *extension, unsigned limit,
    struct id *after, int64_t *rows_r) __attribute__((warn_unused_result));

#endif
