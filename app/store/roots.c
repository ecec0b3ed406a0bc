/* roots.c - the statements on what is deleted itself: the root item, its containers, and archived
 * photos whose retention has ended. */
#include "cascade.h"

/* Content has no containers; its archived state is its publishing status. */
#define PHOTO_ROOT                                                                                 \
	"SELECT i.id, i.organization_id, i.uploader_id, i.title, i.original_id, i.project_id,"     \
	" i.site_id, i.published, i.archived_at IS NOT NULL, i.deleted_at, i.deletion_id,"         \
	" (SELECT d.initiator_id FROM deletions d WHERE d.id = i.deletion_id)"                     \
	" FROM photos i WHERE i.organization_id = ? AND i.id = ?"
#define CONTENT_ROOT(table)                                                                        \
	"SELECT i.id, i.organization_id, i.creator_id, i.title, NULL, NULL, NULL,"                 \
	" i.publishing_status <> 'draft', i.publishing_status = 'archived', i.deleted_at,"         \
	" i.deletion_id, (SELECT d.initiator_id FROM deletions d WHERE d.id = i.deletion_id)"      \
	" FROM " table " i WHERE i.organization_id = ? AND i.id = ?"

/* Values: time, deletion, organisation, item, whether only while archived. */
#define ROOT_MARK(table, archived)                                                                 \
	"UPDATE " table " SET deleted_at = ?, deletion_id = ? WHERE organization_id = ?"           \
	" AND id = ? AND deleted_at IS NULL AND (? = 0 OR " archived ")"
#define ROOT_CLEAR(table)                                                                          \
	"UPDATE " table " SET deleted_at = NULL, deletion_id = NULL"                               \
	" WHERE organization_id = ? AND id = ? AND deletion_id = ?"

DB_STATEMENT(ROOT_PHOTO_READ, PHOTO_ROOT);
DB_STATEMENT(ROOT_PHOTO_LOCK, PHOTO_ROOT " FOR UPDATE");
DB_STATEMENT(ROOT_PHOTO_MARK, ROOT_MARK("photos", "archived_at IS NOT NULL"));
DB_STATEMENT(ROOT_PHOTO_CLEAR, "UPDATE photos c" PHOTO_REQUEST PHOTO_CLEARED
			       " WHERE c.organization_id = ? AND c.id = ? AND c.deletion_id = ?");
DB_STATEMENT(ROOT_QUEST_READ, CONTENT_ROOT("quests"));
DB_STATEMENT(ROOT_QUEST_LOCK, CONTENT_ROOT("quests") " FOR UPDATE");
DB_STATEMENT(ROOT_QUEST_MARK, ROOT_MARK("quests", "publishing_status = 'archived'"));
DB_STATEMENT(ROOT_QUEST_CLEAR, ROOT_CLEAR("quests"));
DB_STATEMENT(ROOT_ADVENTURE_READ, CONTENT_ROOT("adventures"));
DB_STATEMENT(ROOT_ADVENTURE_LOCK, CONTENT_ROOT("adventures") " FOR UPDATE");
DB_STATEMENT(ROOT_ADVENTURE_MARK, ROOT_MARK("adventures", "publishing_status = 'archived'"));
DB_STATEMENT(ROOT_ADVENTURE_CLEAR, ROOT_CLEAR("adventures"));

static const struct statements {
	const struct db_statement *read, *lock, *mark, *clear;
} statements[ITEM_KIND_COUNT] = {
    [ITEM_PHOTO] = {&ROOT_PHOTO_READ, &ROOT_PHOTO_LOCK, &ROOT_PHOTO_MARK, &ROOT_PHOTO_CLEAR},
    [ITEM_QUEST] = {&ROOT_QUEST_READ, &ROOT_QUEST_LOCK, &ROOT_QUEST_MARK, &ROOT_QUEST_CLEAR},
    [ITEM_ADVENTURE] = {&ROOT_ADVENTURE_READ, &ROOT_ADVENTURE_LOCK, &ROOT_ADVENTURE_MARK,
	&ROOT_ADVENTURE_CLEAR},
};

/* A container is held against its deletion until the transaction ends. */
#define CONTAINER_LOCK(table)                                                                      \
	"SELECT deleted_at, deletion_id,"                                                          \
	" (SELECT d.initiator_id FROM deletions d WHERE d.id = deletion_id)"                       \
	" FROM " table " WHERE organization_id = ? AND id = ? LOCK IN SHARE MODE"
DB_STATEMENT(CONTAINER_PROJECT_LOCK, CONTAINER_LOCK("projects"));
DB_STATEMENT(CONTAINER_SITE_LOCK, CONTAINER_LOCK("sites"));
DB_STATEMENT(CONTAINER_ORIGINAL_LOCK, CONTAINER_LOCK("photos"));

/* Containers that are deleted and stay so: those that the same restore brings back do not count,
 * unless one photo alone (`one`) is restored. Values: one, one, one. */
#define DELETED_CONTAINERS                                                                         \
	" LEFT JOIN projects pr ON pr.id = p.project_id AND pr.deleted_at IS NOT NULL"             \
	" AND (? IS NOT NULL OR pr.deletion_id <> p.deletion_id)"                                  \
	" LEFT JOIN sites si ON si.id = p.site_id AND si.deleted_at IS NOT NULL"                   \
	" AND (? IS NOT NULL OR si.deletion_id <> p.deletion_id)"                                  \
	" LEFT JOIN photos o ON o.id = p.original_id AND o.deleted_at IS NOT NULL"                 \
	" AND (? IS NOT NULL OR o.deletion_id <> p.deletion_id)"
/* Values: deletion, organisation, one, one. */
#define IN_THE_WAY                                                                                 \
	" WHERE p.deletion_id = ? AND p.organization_id = ? AND (? IS NULL OR p.id = ?)"           \
	" AND (pr.id IS NOT NULL OR si.id IS NOT NULL OR o.id IS NOT NULL)"
DB_STATEMENT(CONTAINER_DELETED,
    "SELECT COALESCE(o.deletion_id, pr.deletion_id, si.deletion_id)"
    " FROM photos p FORCE INDEX (deletion)" DELETED_CONTAINERS IN_THE_WAY " LIMIT 1");
DB_STATEMENT(CONTAINER_LEAVE, "UPDATE photos p FORCE INDEX (deletion)" DELETED_CONTAINERS
			      " SET p.project_id = IF(pr.id IS NULL, p.project_id, NULL),"
			      " p.site_id = IF(si.id IS NULL, p.site_id, NULL),"
			      " p.original_id = IF(o.id IS NULL, p.original_id, NULL)" IN_THE_WAY);

#define RETENTION_ENDED                                                                            \
	" FROM photos FORCE INDEX (retention) WHERE organization_id = ? AND purge_after <= ?"      \
	" AND archived_at IS NOT NULL AND deleted_at IS NULL"
DB_STATEMENT(RETENTION_DUE, "SELECT id, bytes" RETENTION_ENDED " ORDER BY purge_after, id LIMIT ?");
DB_STATEMENT(RETENTION_SUMS, "SELECT COUNT(*), SUM(bytes)" RETENTION_ENDED);
DB_STATEMENT(RETENTION_ORGANIZATIONS, "SELECT id FROM organizations ORDER BY id");

static enum db_result read_root(struct db *db, struct arena *arena,
    const struct db_statement *statement, const struct id *organization_id, const struct id *id,
    struct root_item *item_r)
{
	struct db_rows rows = {0};
	enum db_result result;

	if (!statement) {
		return DB_NONE;
	}
	result = db_query(
	    db, arena, statement, DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), &rows);
	if (result == DB_OK) {
		*item_r = (struct root_item){
		    .id = db_id(&rows, 0, 0),
		    .organization_id = db_id(&rows, 0, 1),
		    .owner_id = db_id(&rows, 0, 2),
		    .label = db_text(&rows, 0, 3),
		    .original_id = db_id(&rows, 0, 4),
		    .project_id = db_id(&rows, 0, 5),
		    .site_id = db_id(&rows, 0, 6),
		    .published = db_bool(&rows, 0, 7),
		    .archived = db_bool(&rows, 0, 8),
		    .deleted_at_us = db_time(&rows, 0, 9),
		    .deletion_id = db_id(&rows, 0, 10),
		    .deleted_by = db_id(&rows, 0, 11),
		};
	}
	return result;
}

enum db_result root_read(struct db *db, struct arena *arena, enum item_kind kind,
    const struct id *organization_id, const struct id *id, struct root_item *item_r)
{
	return read_root(db, arena, statements[kind].read, organization_id, id, item_r);
}

static enum db_result lock_container(struct db_tx *tx, const struct db_statement *statement,
    const struct id *organization_id, const struct id *id, struct db_rows *rows_r)
{
	enum db_result result =
	    id_is_none(id) ? DB_NONE
			   : db_query(tx->db, tx->arena, statement,
				 DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), rows_r);

	return result == DB_NONE ? DB_OK : result;
}

static enum db_result lock_containers(struct db_tx *tx, struct root_item *item)
{
	struct db_rows project = {0}, site = {0}, original = {0};
	enum db_result result = lock_container(
	    tx, &CONTAINER_PROJECT_LOCK, &item->organization_id, &item->project_id, &project);

	if (result == DB_OK) {
		result = lock_container(
		    tx, &CONTAINER_SITE_LOCK, &item->organization_id, &item->site_id, &site);
	}
	if (result == DB_OK) {
		result = lock_container(tx, &CONTAINER_ORIGINAL_LOCK, &item->organization_id,
		    &item->original_id, &original);
	}
	if (original.count > 0 && !db_is_null(&original, 0, 0) && !item->deleted_at_us) {
		item->deleted_at_us = db_time(&original, 0, 0);
		item->deletion_id = db_id(&original, 0, 1);
		item->deleted_by = db_id(&original, 0, 2);
	}
	return result;
}

enum db_result root_lock(struct db_tx *tx, enum item_kind kind, const struct id *organization_id,
    const struct id *id, struct root_item *item_r)
{
	enum db_result result =
	    read_root(tx->db, tx->arena, statements[kind].lock, organization_id, id, item_r);

	return result == DB_OK ? lock_containers(tx, item_r) : result;
}

enum db_result root_mark(struct db_tx *tx, const struct deletion *d, bool only_archived)
{
	return db_exec(tx->db, statements[d->kind].mark,
	    DB_VALUES(db_bind_time(d->deleted_at_us), db_bind_id(&d->id),
		db_bind_id(&d->organization_id), db_bind_id(&d->item_id),
		db_bind_bool(only_archived)),
	    NULL);
}

enum db_result root_clear(struct db_tx *tx, const struct deletion *d)
{
	return db_exec(tx->db, statements[d->kind].clear,
	    DB_VALUES(db_bind_id(&d->organization_id), db_bind_id(&d->item_id), db_bind_id(&d->id)),
	    NULL);
}

enum db_result container_deleted(
    struct db_tx *tx, const struct deletion *d, const struct id *photo_id, struct id *blocking_r)
{
	struct db_value one = db_bind_id(photo_id);
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &CONTAINER_DELETED,
	    DB_VALUES(one, one, one, db_bind_id(&d->id), db_bind_id(&d->organization_id), one, one),
	    &rows);

	if (result == DB_OK) {
		*blocking_r = db_id(&rows, 0, 0);
	}
	return result;
}

enum db_result container_leave(
    struct db_tx *tx, const struct deletion *d, const struct id *photo_id)
{
	struct db_value one = db_bind_id(photo_id);
	enum db_result result = db_exec(tx->db, &CONTAINER_LEAVE,
	    DB_VALUES(one, one, one, db_bind_id(&d->id), db_bind_id(&d->organization_id), one, one),
	    NULL);

	return result == DB_NONE ? DB_OK : result;
}

enum db_result retention_due(struct db *db, struct arena *arena, const struct id *organization_id,
    int64_t now_us, unsigned limit, struct retention_due **due_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &RETENTION_DUE,
	    DB_VALUES(db_bind_id(organization_id), db_bind_time(now_us), db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*due_r = arena_array(arena, rows.count + 1, sizeof(**due_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*due_r)[i] = (struct retention_due){
		    .photo_id = db_id(&rows, i, 0), .bytes = db_int(&rows, i, 1)};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result retention_sums(struct db *db, struct arena *arena, const struct id *organization_id,
    int64_t now_us, int64_t *count_r, int64_t *bytes_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &RETENTION_SUMS,
	    DB_VALUES(db_bind_id(organization_id), db_bind_time(now_us)), &rows);

	*count_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	*bytes_r = result == DB_OK ? db_int(&rows, 0, 1) : 0;
	return result;
}

enum db_result retention_organizations(
    struct db *db, struct arena *arena, struct id **ids_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &RETENTION_ORGANIZATIONS, DB_NO_VALUES, &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*ids_r)[i] = db_id(&rows, i, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}
