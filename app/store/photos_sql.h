/* photos_sql.h - the parts that statements on photos are made of, and how their rows are read. */
#ifndef LETHE_STORE_PHOTOS_SQL_H
#define LETHE_STORE_PHOTOS_SQL_H

#include <store/photos.h>

/* A derivative whose original's deletion is still marking counts as deleted by it already. */
#define PHOTO_COLUMNS                                                                              \
	"p.id, p.organization_id, p.uploader_id, p.original_id, p.project_id, p.site_id,"          \
	" p.title, p.description, p.submitter_name, p.submitter_email, p.status, p.reviewed_by,"   \
	" p.reviewed_at, p.rejection_reason, p.bytes, p.created_at, p.archived_at, p.archived_by," \
	" p.archive_reason, p.archive_batch_id, p.purge_after,"                                    \
	" COALESCE(p.deleted_at, od.deleted_at), COALESCE(p.deletion_id, od.id),"                  \
	" COALESCE(d.recover_until, od.recover_until), COALESCE(d.initiator_id, od.initiator_id)," \
	" COALESCE(d.item_id, od.item_id), COALESCE(d.state, od.state) IN ('purging', 'purged'),"  \
	" u.display_name, pr.name, s.name,"                                                        \
	" EXISTS (SELECT 1 FROM files f WHERE f.owner_id = p.id AND f.part = 'thumbnail'),"        \
	" p.site_id IS NOT NULL AND EXISTS (SELECT 1 FROM site_claims c"                           \
	" WHERE c.site_id = p.site_id AND c.user_id = ? AND c.state = 'approved')"

/* What the columns come from, beside "photos p". */
#define PHOTO_JOINS                                                                                \
	" LEFT JOIN deletions d ON d.id = p.deletion_id"                                           \
	" LEFT JOIN photos o ON o.id = p.original_id"                                              \
	" LEFT JOIN deletions od ON od.id = o.deletion_id AND od.state = 'marking'"                \
	" AND p.deleted_at IS NULL"                                                                \
	" LEFT JOIN users u ON u.id = p.uploader_id"                                               \
	" LEFT JOIN projects pr ON pr.id = p.project_id"                                           \
	" LEFT JOIN sites s ON s.id = p.site_id"

/* Read the PHOTO_COLUMNS of one row. */
void photo_read_row(const struct db_rows *rows, size_t row, struct photo *photo);

/* Read all rows; DB_NONE stays DB_NONE. */
enum db_result photo_read_rows(enum db_result result, const struct db_rows *rows,
    struct arena *arena, struct photo_rows *rows_r) __attribute__((warn_unused_result));

#endif
