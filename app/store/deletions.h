/* deletions.h - what the statements of deletions share: their columns and how a row is read. */
#ifndef LETHE_STORE_DELETIONS_PRIVATE_H
#define LETHE_STORE_DELETIONS_PRIVATE_H

#include "names.h"

#include <store/deletions.h>

/* A deletion's own columns, of `deletions d`. */
#define DELETION_COLUMNS                                                                           \
	" d.id, d.organization_id, d.act_id, d.kind, d.item_id, d.label, d.owner_id,"              \
	" d.initiator_id, d.origin, d.reason, d.mode, d.photo_action, d.state, d.bytes,"           \
	" d.progress_done, d.progress_total, d.deleted_at, d.recover_until, d.settled_at,"         \
	" d.photo_count, d.note_count, d.ai_result_count, d.album_count, d.project_count,"         \
	" d.site_count, d.quest_count, d.card_count, d.submission_count, d.adventure_count,"       \
	" d.sequence_count, d.event_count, d.user_count, d.organization_count,"                    \
	" d.kind = 'user' AND EXISTS (SELECT 1 FROM users g WHERE g.id = d.item_id"                \
	" AND g.role = 'platform_admin')"
#define DELETION_FIRST_COUNT  19
#define DELETION_GUARDED      (DELETION_FIRST_COUNT + COUNT_KIND_COUNT)
#define DELETION_FIRST_LISTED (DELETION_GUARDED + 1)

/* What a list shows besides: who deleted, part of what, whether there is a picture. */
#define INITIATOR_NAME SHOWN_NAME("u")
#define DELETION_LIST_COLUMNS                                                                      \
	" " INITIATOR_NAME ", COALESCE(pr.name, si.name),"                                         \
	" d.kind = 'photo' AND EXISTS (SELECT 1 FROM files f WHERE f.owner_id = d.item_id)"
#define DELETION_LIST_JOINS                                                                        \
	" LEFT JOIN users u ON u.id = d.initiator_id"                                              \
	" LEFT JOIN photos p ON p.id = d.item_id"                                                  \
	" LEFT JOIN projects pr ON pr.id = p.project_id"                                           \
	" LEFT JOIN sites si ON si.id = p.site_id"

/* Projects, sites and organisations are everybody's of the organisation: who made one (`owner_id`)
 * takes nothing of it along. */
#define PLACE_KINDS "('project', 'site', 'organization')"

/* The deletion of a row of DELETION_COLUMNS; with the list's columns behind them. */
struct deletion deletion_read(const struct db_rows *rows, size_t i);
struct deletion deletion_read_listed(const struct db_rows *rows, size_t i);

#endif
