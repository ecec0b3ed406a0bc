/* archives.h - archiving photos by criteria (table archive_batches). */
#ifndef LETHE_STORE_ARCHIVES_H
#define LETHE_STORE_ARCHIVES_H

#include <db/db.h>
#include <store/impact.h>

#define ARCHIVE_MAX_TAGS 5

/* What photos have in common; all that is given must match. At least one is given. */
struct archive_criteria {
	struct id project_id;                /* none: any */
	int64_t from_us, until_us;           /* created_at at or after, and before; 0: no bound */
	struct id tag_ids[ARCHIVE_MAX_TAGS]; /* a photo bears all of them */
	size_t tag_count;
};

/* An act of archiving that goes on. */
struct archive_batch {
	struct id id; /* photos with smaller ids are archived: those there were when it was made */
	struct id organization_id;
	struct id created_by;
	struct archive_criteria criteria;
	int64_t photo_count; /* archived so far */
	int64_t created_us;
};

/* How many photos fit. */
struct archive_fit {
	int64_t count;
	bool more;       /* there may be more than the count */
	unsigned looked; /* only so many of the newest were looked at; 0: all, or enough */
};

/* How many live photos of an organisation fit, with what was made from them; `most` as in
 * store/impact.h: a count above it says that there may be more. At most the newest `look` photos
 * of the range of the index that is read are looked at, whether they fit or not (0: all). */
enum db_result archive_count(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct archive_criteria *criteria, int64_t most, unsigned look, struct archive_fit *fit_r)
    __attribute__((warn_unused_result));

/* Make the batch, with its criteria as JSON, and what its photos get. */
enum db_result archive_batch_insert(struct db_tx *tx, const struct archive_batch *batch,
    const char *json, const char *reason, int64_t purge_after_us)
    __attribute__((warn_unused_result));

/* Read the batch with its criteria, and lock its row. */
enum db_result archive_batch_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *batch_id, struct archive_batch *batch_r) __attribute__((warn_unused_result));

/* Photos that fit fall into so many ranges of an index. */
unsigned archive_bands(const struct archive_criteria *criteria);

/* Archive the next at most `limit` photos of a band below `before` (none: from the batch's id
 * down), with what was made from them, and revoke their shares. `before` moves on; DB_NONE once the
 * band is done. `rows_r` counts photos. */
enum db_result archive_step(struct db_tx *tx, const struct archive_batch *batch, unsigned band,
    struct id *before, int64_t limit, int64_t now_us, int64_t *rows_r)
    __attribute__((warn_unused_result));

/* Add to the batch's count. */
enum db_result archive_batch_add(struct db_tx *tx, const struct archive_batch *batch,
    int64_t photos) __attribute__((warn_unused_result));

#endif
