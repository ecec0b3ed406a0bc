/* cascade.h - the statements behind the cascade table: one set per relation, steps of a bounded
 * number of rows. Which relation has which effect stands in domain/cascade.h. */
#ifndef LETHE_STORE_CASCADE_H
#define LETHE_STORE_CASCADE_H

#include <base/id.h>
#include <db/db.h>
#include <stdint.h>
#include <store/deletions.h>

/* The relations that have statements. */
enum relation {
	RELATION_PHOTO_DERIVATIVES,
	RELATION_PHOTO_NOTES,
	RELATION_PHOTO_AI_RESULTS,
	RELATION_PHOTO_SHARES,
	RELATION_PHOTO_REQUESTS,
	RELATION_PHOTO_TAGS,
	RELATION_PHOTO_PLACES, /* in albums */
	RELATION_PHOTO_GENERATIONS,
	RELATION_PHOTO_EFFECTS, /* of deletions of projects and sites */
	RELATION_PHOTO_FILES,
	RELATION_QUEST_CARDS,
	RELATION_QUEST_SUBMISSIONS,
	RELATION_QUEST_FILES,
	RELATION_ADVENTURE_SEQUENCES,
	RELATION_ADVENTURE_FILES,
	RELATION_COUNT,
	RELATION_NONE = RELATION_COUNT, /* nothing executes it yet */
};

/* Tables whose rows bear marks, as far as statements exist. */
enum mark_table {
	MARKS_PHOTOS,
	MARKS_NOTES,
	MARKS_AI_RESULTS,
	MARKS_QUESTS,
	MARKS_CARDS,
	MARKS_SUBMISSIONS,
	MARKS_ADVENTURES,
	MARKS_SEQUENCES,
	MARK_TABLE_COUNT,
	MARKS_NONE = MARK_TABLE_COUNT,
};

/* How many rows deleting the live item `root_id` would mark through this relation, counted up to
 * `limit`. Relations that mark nothing give 0. */
enum db_result relation_count(struct db *db, struct arena *arena, enum relation relation,
    const struct id *organization_id, const struct id *root_id, int64_t limit, int64_t *rows_r)
    __attribute__((warn_unused_result));

/* Mark (or revoke, or close) at most `limit` rows whose parents bear the deletion's id and lie in
 * (after, upto]; rows already deleted stay as they are. DB_OK also when there were none. */
enum db_result relation_apply(struct db_tx *tx, enum relation relation,
    const struct deletion *deletion, const struct id *after, const struct id *upto, int64_t limit,
    int64_t now_us, int64_t *rows_r) __attribute__((warn_unused_result));

/* Remove at most `limit` rows (delete, cut the link, move files to the cleanup queue, tokens to
 * dead_shares) whose parents bear the deletion's id and are at most `upto`. DB_OK also when there
 * were none. */
enum db_result relation_purge(struct db_tx *tx, enum relation relation,
    const struct deletion *deletion, const struct id *upto, int64_t limit, int64_t now_us,
    int64_t *rows_r) __attribute__((warn_unused_result));

/* The id that ends the next range of at most `count` rows of `table` after `after` that bear the
 * deletion's id: the `count`-th, or the greatest possible id where fewer are left (`last_r`). */
enum db_result marks_range(struct db *db, struct arena *arena, enum mark_table table,
    const struct deletion *deletion, const struct id *after, int64_t count, struct id *upto_r,
    bool *last_r) __attribute__((warn_unused_result));

/* Clear at most `limit` marks of the deletion in a table; a photo that was asked to be deleted
 * gets the status back that it had before the request. DB_OK also when there were none. */
enum db_result marks_clear(struct db_tx *tx, enum mark_table table, const struct deletion *deletion,
    int64_t limit, int64_t *rows_r) __attribute__((warn_unused_result));

/* The same for one photo and its details; `rows_r` counts by table. DB_NONE if the photo does not
 * bear the deletion's id. */
enum db_result marks_clear_photo(struct db_tx *tx, const struct deletion *deletion,
    const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT])
    __attribute__((warn_unused_result));

/* Move the marks of one photo, its derivatives and their details from one deletion to another. */
enum db_result marks_move_photo(struct db_tx *tx, const struct deletion *from,
    const struct deletion *to, const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT])
    __attribute__((warn_unused_result));

/* Delete at most `limit` rows of a table that bear the deletion's id and are at most `upto`. */
enum db_result marks_purge(struct db_tx *tx, enum mark_table table, const struct deletion *deletion,
    const struct id *upto, int64_t limit, int64_t *rows_r) __attribute__((warn_unused_result));

/* Bytes of the stored files of everything that bears the deletion's id. */
enum db_result marks_bytes(struct db *db, struct arena *arena, const struct deletion *deletion,
    int64_t *bytes_r) __attribute__((warn_unused_result));

/* What deleting needs to know of a root item, read under its lock. */
struct root_item {
	struct id id;
	struct id organization_id;
	struct id owner_id;
	const char *label;
	struct id original_id; /* of a photo */
	struct id project_id;
	struct id site_id;
	bool published; /* of a photo */
	bool archived;
	int64_t deleted_at_us;
	struct id deletion_id;
	struct id deleted_by; /* who made that deletion */
};

/* Read an item of kind photo, quest or adventure and lock its row; DB_NONE if the organisation has
 * none. Its containers (project, site, original) are locked against a deletion as well. A
 * derivative that its original's deletion has not reached yet reads as deleted by that one. */
enum db_result root_lock(struct db_tx *tx, enum item_kind kind, const struct id *organization_id,
    const struct id *id, struct root_item *item_r) __attribute__((warn_unused_result));

/* The same without a lock, and by the item's own row alone. */
enum db_result root_read(struct db *db, struct arena *arena, enum item_kind kind,
    const struct id *organization_id, const struct id *id, struct root_item *item_r)
    __attribute__((warn_unused_result));

/* Mark the root. `only_archived`: only while it is archived, checked in the WHERE clause. DB_NONE
 * if its state does not allow it (any more). */
enum db_result root_mark(struct db_tx *tx, const struct deletion *deletion, bool only_archived)
    __attribute__((warn_unused_result));

/* Clear the root's mark if it bears this deletion; DB_NONE if it does not. */
enum db_result root_clear(struct db_tx *tx, const struct deletion *deletion)
    __attribute__((warn_unused_result));

/* The deletion of a container (project, site, original) that stands in the way of restoring the
 * photos of `deletion` (`photo_id`: that one alone, none: all). An original that the same restore
 * brings back is not in the way. DB_NONE if nothing is. */
enum db_result container_deleted(struct db_tx *tx, const struct deletion *deletion,
    const struct id *photo_id, struct id *blocking_r) __attribute__((warn_unused_result));

/* Cut photos of the deletion (`photo_id`: that one) loose from those containers. DB_OK also when
 * there were none. */
enum db_result container_leave(struct db_tx *tx, const struct deletion *deletion,
    const struct id *photo_id) __attribute__((warn_unused_result));

/* Archived photos of an organisation whose retention ended at or before `now_us`. */
struct retention_due {
	struct id photo_id;
	int64_t bytes;
};
enum db_result retention_due(struct db *db, struct arena *arena, const struct id *organization_id,
    int64_t now_us, unsigned limit, struct retention_due **due_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Their number and bytes, by the same condition. */
enum db_result retention_sums(struct db *db, struct arena *arena, const struct id *organization_id,
    int64_t now_us, int64_t *count_r, int64_t *bytes_r) __attribute__((warn_unused_result));

/* The ids of all organisations, in which retentions may end. */
enum db_result retention_organizations(struct db *db, struct arena *arena, struct id **ids_r,
    size_t *count_r) __attribute__((warn_unused_result));

#endif
