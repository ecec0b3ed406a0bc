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
	RELATION_ALBUM_PLACES,
	RELATION_SITE_CLAIMS,
	RELATION_USER_SESSIONS,
	RELATION_ARCHIVED_DERIVATIVES, /* of photos that a deletion archived */
	RELATION_ARCHIVED_SHARES,

	/* Photos of a project or site, and rows of an organisation or a user: their parent is the
	 * root itself (container.h). */
	RELATION_PROJECT_PHOTOS,
	RELATION_FIRST_OF_ROOT = RELATION_PROJECT_PHOTOS,
	RELATION_SITE_PHOTOS,
	RELATION_ORGANIZATION_USERS,
	RELATION_ORGANIZATION_SITES,
	RELATION_ORGANIZATION_PROJECTS,
	RELATION_ORGANIZATION_ALBUMS,
	RELATION_ORGANIZATION_PHOTOS,
	RELATION_ORGANIZATION_QUESTS,
	RELATION_ORGANIZATION_ADVENTURES,
	RELATION_ORGANIZATION_EVENTS,
	RELATION_USER_ALBUMS,
	RELATION_USER_QUESTS,
	RELATION_USER_ADVENTURES,
	RELATION_USER_SUBMISSIONS,
	RELATION_USER_NOTES,
	RELATION_USER_PHOTOS,
	RELATION_LAST_OF_ROOT = RELATION_USER_PHOTOS,

	/* What else of an organisation a purge takes (tenant.h). */
	RELATION_TENANT_NOTES,
	RELATION_FIRST_OF_TENANT = RELATION_TENANT_NOTES,
	RELATION_TENANT_AI_RESULTS,
	RELATION_TENANT_CARDS,
	RELATION_TENANT_SUBMISSIONS,
	RELATION_TENANT_SEQUENCES,
	RELATION_TENANT_SHARES,
	RELATION_TENANT_REQUESTS,
	RELATION_TENANT_CLAIMS,
	RELATION_TENANT_FILES,
	RELATION_TENANT_GENERATIONS,
	RELATION_TENANT_TAGS,
	RELATION_TENANT_BATCHES,
	RELATION_TENANT_ROLE_REQUESTS,
	RELATION_TENANT_SUBSCRIPTIONS,
	RELATION_TENANT_WEBHOOKS,
	RELATION_TENANT_MAIL,
	RELATION_TENANT_REASONS,
	RELATION_TENANT_RECORDS,
	RELATION_LAST_OF_TENANT = RELATION_TENANT_RECORDS,
	RELATION_COUNT,
	RELATION_NONE = RELATION_COUNT, /* nothing executes it yet */
};

/* Tables whose rows bear marks, in the order in which a purge takes them: what points at others
 * before these. */
enum mark_table {
	MARKS_NOTES,
	MARKS_AI_RESULTS,
	MARKS_PHOTOS,
	MARKS_CARDS,
	MARKS_SUBMISSIONS,
	MARKS_QUESTS,
	MARKS_SEQUENCES,
	MARKS_ADVENTURES,
	MARKS_EVENTS,
	MARKS_ALBUMS,
	MARKS_PROJECTS,
	MARKS_SITES,
	MARKS_USERS,
	MARKS_ORGANIZATIONS,
	MARKS_EFFECTS, /* what a deletion archived or orphaned: by the photo's id */
	MARK_TABLE_COUNT,
	MARKS_NONE = MARK_TABLE_COUNT,
};

/* Mark (or revoke, close, end, archive) at most `limit` rows whose parents bear the deletion's id
 * and lie in (after, upto]; rows already deleted stay as they are. DB_OK also when there were none.
 * Relations of a root or a tenant have none. */
enum db_result relation_apply(struct db_tx *tx, enum relation relation,
    const struct deletion *deletion, const struct id *after, const struct id *upto, int64_t limit,
    int64_t now_us, int64_t *rows_r) __attribute__((warn_unused_result));

/* The id just before one, so that a range that begins after it begins with that one. */
struct id id_before(const struct id *id);

/* The first id above `after` that any row of the relation has as its parent, marked or not, so that
 * parents without children need not be looked at; DB_NONE if there is no more. Relations that do
 * not know give `after` itself. */
enum db_result relation_next(struct db *db, struct arena *arena, enum relation relation,
    const struct id *after, struct id *parent_r) __attribute__((warn_unused_result));

/* Remove at most `limit` rows (delete, cut the link, move files to the cleanup queue, tokens to
 * dead_shares) whose parents bear the deletion's id and lie in (after, upto]. DB_OK also when there
 * were none. */
enum db_result relation_purge(struct db_tx *tx, enum relation relation,
    const struct deletion *deletion, const struct id *after, const struct id *upto, int64_t limit,
    int64_t now_us, int64_t *rows_r) __attribute__((warn_unused_result));

/* The id that ends the next range of at most `count` rows of `table` after `after` that bear the
 * deletion's id: the `count`-th, or the greatest possible id where fewer are left (`last_r`). */
enum db_result marks_range(struct db *db, struct arena *arena, enum mark_table table,
    const struct deletion *deletion, const struct id *after, int64_t count, struct id *upto_r,
    bool *last_r) __attribute__((warn_unused_result));

/* Clear at most `limit` marks of the deletion in a table, those above `after`; a photo that was
 * asked to be deleted gets the status back that it had before the request; a user whose address has
 * been taken comes back without it. DB_OK also when there were none. */
enum db_result marks_clear(struct db_tx *tx, enum mark_table table, const struct deletion *deletion,
    const struct id *after, const struct id *upto, int64_t limit, int64_t *rows_r)
    __attribute__((warn_unused_result));

/* The same for one photo and its details; `rows_r` counts by table, `bytes_r` are the photo's.
 * DB_NONE if the photo does not bear the deletion's id. */
enum db_result marks_clear_photo(struct db_tx *tx, const struct deletion *deletion,
    const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT], int64_t *bytes_r)
    __attribute__((warn_unused_result));

/* Move the marks of one photo, its derivatives and their details from one deletion to another.
 * `bytes_r` are those of the photos moved. */
enum db_result marks_move_photo(struct db_tx *tx, const struct deletion *from,
    const struct deletion *to, const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT],
    int64_t *bytes_r) __attribute__((warn_unused_result));

/* Delete at most `limit` rows of a table that bear the deletion's id and lie in (after, upto].
 * Users shrink to what identifies nobody, and go where nothing points at them any more; an
 * organisation shrinks and stays, for the records of its deletions. */
enum db_result marks_purge(struct db_tx *tx, enum mark_table table, const struct deletion *deletion,
    const struct id *after, const struct id *upto, int64_t limit, int64_t *rows_r)
    __attribute__((warn_unused_result));

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
	int64_t purge_after_us; /* of an archived photo: the end of its retention */
	struct id marking_id; /* of a photo: the container's deletion that is about to archive it */
	int64_t deleted_at_us;
	struct id deletion_id;
	struct id deleted_by; /* who made that deletion */
};

/* Read an item of any kind but event and lock its
 * row; DB_NONE if the organisation has none (of an organization `organization_id` is not looked
 * at). Its containers (project, site, original, organisation) are locked against a deletion as
 * well. What the deletion of a container has not reached yet reads as that one leaves it: deleted,
 * archived, or (of an orphaned photo) without the container. */
enum db_result root_lock(struct db_tx *tx, enum item_kind kind, const struct id *organization_id,
    const struct id *id, struct root_item *item_r) __attribute__((warn_unused_result));

/* The same without a lock, and by the item's own row alone. */
enum db_result root_read(struct db *db, struct arena *arena, enum item_kind kind,
    const struct id *organization_id, const struct id *id, struct root_item *item_r)
    __attribute__((warn_unused_result));

/* Mark the root (of a user's own deletion, origin account: note that it is scheduled; the row stays
 * live). `only_archived`: only while it is archived, checked in the WHERE clause; one of
 * origin retention marks a photo only where its retention has ended by deleted_at. DB_NONE if its
 * state does not allow it (any more). */
enum db_result root_mark(struct db_tx *tx, const struct deletion *deletion, bool only_archived)
    __attribute__((warn_unused_result));

/* Clear the root's mark if it bears this deletion; DB_NONE if it does not, DB_CONFLICT if its
 * unique name is taken. */
enum db_result root_clear(struct db_tx *tx, const struct deletion *deletion)
    __attribute__((warn_unused_result));

/* The deletion of the organisation of `deletion`, where that is another one and not restored. */
enum db_result organization_deleted(struct db_tx *tx, const struct deletion *deletion,
    struct id *blocking_r) __attribute__((warn_unused_result));

/* The live site that has taken the slug of the site that `deletion` is about; the live user that
 * has taken the address or identity of one of the organisation's. DB_NONE: nothing is taken. */
enum db_result slug_taken(struct db_tx *tx, const struct deletion *deletion, struct id *site_r,
    const char **name_r) __attribute__((warn_unused_result));
enum db_result email_taken(struct db_tx *tx, const struct deletion *deletion, struct id *user_r,
    const char **email_r) __attribute__((warn_unused_result));

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
