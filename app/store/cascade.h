/* cascade.h - what the statements on photos that deletions mark, archive and bring back share. */
#ifndef LETHE_STORE_CASCADE_PRIVATE_H
#define LETHE_STORE_CASCADE_PRIVATE_H

#include <store/cascade.h>

/* Clearing the mark of photos `c`. One that somebody still asks for, because the marking had not
 * reached the request, stays asked for; else it gets back the status it had before the request that
 * this deletion settled. */
#define PHOTO_REQUEST                                                                              \
	" LEFT JOIN deletion_requests r ON r.photo_id = c.id AND r.deletion_id = c.deletion_id"
#define PHOTO_CLEARED " SET c.deleted_at = NULL, c.deletion_id = NULL" PHOTO_STATUS
#define PHOTO_STATUS                                                                               \
	", c.status = CASE WHEN c.status <> 'deletion_requested' THEN c.status"                    \
	" WHEN EXISTS (SELECT 1 FROM deletion_requests q WHERE q.photo_id = c.id"                  \
	" AND q.organization_id = c.organization_id AND q.status = 'pending')"                     \
	" THEN 'deletion_requested'"                                                               \
	" ELSE COALESCE(r.photo_status_before, IF(c.withheld, 'pending', 'approved')) END"

/* Archiving photos `c` as the batch `b` says, at the time bound to it; and taking them out. */
#define SET_ARCHIVED                                                                               \
	" SET c.archived_at = ?, c.archived_by = b.created_by, c.archive_reason = b.reason,"       \
	" c.archive_batch_id = b.id, c.purge_after = b.purge_after, c.purge_mail_at = NULL"
#define SET_UNARCHIVED                                                                             \
	" SET c.archived_at = NULL, c.archived_by = NULL, c.archive_reason = NULL,"                \
	" c.archive_batch_id = NULL, c.purge_after = NULL, c.purge_mail_at = NULL"

/* A bound of a range of ids: none is the lowest of them. */
static inline struct db_value bind_bound(const struct id *id)
{
	return db_bind_blob(id->bytes, sizeof(id->bytes));
}

/* How many rows a statement changed. That none matched is an answer like any other here. */
static inline enum db_result counted(enum db_result result, uint64_t changed, int64_t *rows_r)
{
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}

/* Hold the containers (projects, sites and, with `originals`, originals) of the photos in
 * (after, upto] that bear the deletion's id, or of one photo and what was made from it, against
 * their deletion until the transaction ends. What is then read of them stays true until the photos
 * are back. */
enum db_result containers_hold(struct db_tx *tx, const struct deletion *deletion,
    const struct id *after, const struct id *upto, bool originals)
    __attribute__((warn_unused_result));
enum db_result containers_hold_photo(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id) __attribute__((warn_unused_result));

#endif
