/* photos_sql.h - the parts that statements on photos are made of, and how their rows are read. */
#ifndef LETHE_STORE_PHOTOS_SQL_H
#define LETHE_STORE_PHOTOS_SQL_H

#include "names.h"

#include <store/photos.h>

/* What the deletion of a container that is still marking makes of a photo `p` that it has not
 * reached yet, here once for every reader: `cd` is the deletion that hides it, its own, its
 * original's, its project's or site's (where these are deleted), its uploader's account's, or its
 * organisation's; `ab` is the batch that archives it; `pm` and `sm` are deletions of project and
 * site that are marking, `lm` that of the uploader's account. */
#define PHOTO_EFFECT_JOINS                                                                         \
	" LEFT JOIN projects pr ON pr.id = p.project_id"                                           \
	" LEFT JOIN deletions pm ON pm.id = pr.deletion_id AND pm.state = 'marking'"               \
	" AND p.deleted_at IS NULL"                                                                \
	" LEFT JOIN sites s ON s.id = p.site_id"                                                   \
	" LEFT JOIN deletions sm ON sm.id = s.deletion_id AND sm.state = 'marking'"                \
	" AND p.deleted_at IS NULL"                                                                \
	" LEFT JOIN photos o ON o.id = p.original_id AND o.deleted_at IS NOT NULL"                 \
	" AND p.deleted_at IS NULL"                                                                \
	" LEFT JOIN deletions om ON om.id = o.deletion_id AND om.state = 'marking'"                \
	" LEFT JOIN users lu ON lu.id = p.uploader_id AND lu.leaving_id IS NOT NULL"               \
	" LEFT JOIN deletions lm ON lm.id = lu.leaving_id AND lm.state = 'marking'"                \
	" AND p.deleted_at IS NULL"                                                                \
	" LEFT JOIN organizations og ON og.id = p.organization_id AND og.deleted_at IS NOT NULL"   \
	" LEFT JOIN deletions cd ON cd.id = COALESCE(p.deletion_id, om.id,"                        \
	" IF(pm.photo_action = 'delete', pm.id, NULL), IF(sm.photo_action = 'delete', sm.id, "     \
	"NULL),"                                                                                   \
	" lm.id, og.deletion_id)"                                                                  \
	" LEFT JOIN archive_batches ab ON ab.id = COALESCE("                                       \
	"IF(pm.photo_action = 'archive', pm.id, NULL), IF(sm.photo_action = 'archive', sm.id, "    \
	"NULL))"                                                                                   \
	" AND p.archived_at IS NULL"

/* The shelf it is on for readers, and whether it is in its project and its site for them. */
#define PHOTO_SHELF                                                                                \
	"IF(cd.id IS NOT NULL, 2, IF(p.archived_at IS NOT NULL OR ab.id IS NOT NULL, 1, 0))"
#define IN_PROJECT "NOT (pm.photo_action <=> 'orphan')"
#define IN_SITE    "NOT (sm.photo_action <=> 'orphan')"

#define UPLOADER_NAME SHOWN_NAME("u")
#define PHOTO_COLUMNS                                                                              \
	"p.id, p.organization_id, p.uploader_id, p.original_id,"                                   \
	" IF(" IN_PROJECT ", p.project_id, NULL), IF(" IN_SITE ", p.site_id, NULL),"               \
	" p.title, p.description, p.submitter_name, p.submitter_email, p.status, p.reviewed_by,"   \
	" p.reviewed_at, p.rejection_reason, p.bytes, p.created_at,"                               \
	" COALESCE(p.archived_at, ab.created_at), COALESCE(p.archived_by, ab.created_by),"         \
	" COALESCE(p.archive_reason, ab.reason), COALESCE(p.archive_batch_id, ab.id),"             \
	" COALESCE(p.purge_after, ab.purge_after), ab.id, COALESCE(p.deleted_at, cd.deleted_at),"  \
	" cd.id, cd.recover_until, cd.initiator_id, cd.item_id,"                                   \
	" cd.state IN ('purging', 'purged'), " UPLOADER_NAME ","                                   \
	" IF(" IN_PROJECT ", pr.name, NULL), IF(" IN_SITE ", s.name, NULL),"                       \
	" EXISTS (SELECT 1 FROM files f WHERE f.owner_id = p.id AND f.part = 'thumbnail'),"        \
	" p.site_id IS NOT NULL AND EXISTS (SELECT 1 FROM site_claims c"                           \
	" WHERE c.site_id = p.site_id AND c.user_id = ? AND c.state = 'approved'), p.withheld"

/* What the columns come from, beside "photos p". */
#define PHOTO_JOINS PHOTO_EFFECT_JOINS " LEFT JOIN users u ON u.id = p.uploader_id"

/* Read the PHOTO_COLUMNS of one row. */
void photo_read_row(const struct db_rows *rows, size_t row, struct photo *photo);

/* Read all rows; DB_NONE stays DB_NONE. */
enum db_result photo_read_rows(enum db_result result, const struct db_rows *rows,
    struct arena *arena, struct photo_rows *rows_r) __attribute__((warn_unused_result));

#endif
