/* roots.c - the statements on what is deleted itself: the root item, its containers, and archived
 * photos whose retention has ended. */
#include "cascade.h"

#include <string.h>

/* Content has no containers; its archived state is its publishing status. */
#define PHOTO_ROOT                                                                                 \
	"SELECT i.id, i.organization_id, i.uploader_id, i.title, i.original_id, i.project_id,"     \
	" i.site_id, i.published, i.archived_at IS NOT NULL, i.deleted_at, i.deletion_id,"         \
	" (SELECT d.initiator_id FROM deletions d WHERE d.id = i.deletion_id), i.purge_after"      \
	" FROM photos i WHERE i.organization_id = ? AND i.id = ?"
#define CONTENT_ROOT(table)                                                                        \
	"SELECT i.id, i.organization_id, i.creator_id, i.title, NULL, NULL, NULL,"                 \
	" i.publishing_status <> 'draft', i.publishing_status = 'archived', i.deleted_at,"         \
	" i.deletion_id, (SELECT d.initiator_id FROM deletions d WHERE d.id = i.deletion_id), "    \
	"NULL"                                                                                     \
	" FROM " table " i WHERE i.organization_id = ? AND i.id = ?"

#define PLACE_ROOT(table, label)                                                                   \
	"SELECT i.id, i.organization_id, i.created_by, " label ", NULL, NULL, NULL, 1, 0,"         \
	" i.deleted_at, i.deletion_id,"                                                            \
	" (SELECT d.initiator_id FROM deletions d WHERE d.id = i.deletion_id), NULL"               \
	" FROM " table " i WHERE i.organization_id = ? AND i.id = ?"
/* An organisation is its own tenant. */
#define ORGANIZATION_ROOT                                                                          \
	"SELECT i.id, i.id, i.created_by, i.name, NULL, NULL, NULL, 1, 0, i.deleted_at,"           \
	" i.deletion_id, (SELECT d.initiator_id FROM deletions d WHERE d.id = i.deletion_id), "    \
	"NULL"                                                                                     \
	" FROM organizations i WHERE i.id = ? AND i.id = ?"

/* A user is their own owner. */
#define USER_ROOT                                                                                  \
	"SELECT i.id, i.organization_id, i.id, i.display_name, NULL, NULL, NULL, 1, 0,"            \
	" i.deleted_at, i.deletion_id,"                                                            \
	" (SELECT d.initiator_id FROM deletions d WHERE d.id = i.deletion_id), NULL"               \
	" FROM users i WHERE i.organization_id = ? AND i.id = ?"

/* Values: time, deletion, organisation, item, whether only while archived. */
#define ROOT_MARK(table, archived) ROOT_MARK_OF(table, "organization_id", archived)
#define ROOT_MARK_OF(table, tenant, archived)                                                      \
	"UPDATE " table " SET deleted_at = ?, deletion_id = ? WHERE " tenant " = ?"                \
	" AND id = ? AND deleted_at IS NULL AND (? = 0 OR " archived ")"
#define ROOT_CLEAR(table) ROOT_CLEAR_OF(table, "organization_id")
#define ROOT_CLEAR_OF(table, tenant)                                                               \
	"UPDATE " table " SET deleted_at = NULL, deletion_id = NULL"                               \
	" WHERE " tenant " = ? AND id = ? AND deletion_id = ?"

DB_STATEMENT(ROOT_PHOTO_READ, PHOTO_ROOT);
DB_STATEMENT(ROOT_PHOTO_LOCK, PHOTO_ROOT " FOR UPDATE");
DB_STATEMENT(ROOT_PHOTO_MARK, ROOT_MARK("photos", "archived_at IS NOT NULL"));
/* The end of a retention. Values: time, deletion, organisation, photo, time. */
DB_STATEMENT(ROOT_PHOTO_MARK_DUE,
    "UPDATE photos SET deleted_at = ?, deletion_id = ? WHERE organization_id = ? AND id = ?"
    " AND deleted_at IS NULL AND archived_at IS NOT NULL AND purge_after <= ?");
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

#define PLACE(NAME, table)                                                                         \
	DB_STATEMENT(NAME##_READ, PLACE_ROOT(table, "i.name"));                                    \
	DB_STATEMENT(NAME##_LOCK, PLACE_ROOT(table, "i.name") " FOR UPDATE");                      \
	DB_STATEMENT(NAME##_MARK, ROOT_MARK(table, "0"));                                          \
	DB_STATEMENT(NAME##_CLEAR, ROOT_CLEAR(table))
PLACE(ROOT_ALBUM, "albums");
PLACE(ROOT_PROJECT, "projects");
PLACE(ROOT_SITE, "sites");
DB_STATEMENT(ROOT_ORGANIZATION_READ, ORGANIZATION_ROOT);
DB_STATEMENT(ROOT_ORGANIZATION_LOCK, ORGANIZATION_ROOT " FOR UPDATE");
DB_STATEMENT(ROOT_ORGANIZATION_MARK, ROOT_MARK_OF("organizations", "id", "0"));
DB_STATEMENT(ROOT_ORGANIZATION_CLEAR, ROOT_CLEAR_OF("organizations", "id"));

DB_STATEMENT(ROOT_USER_READ, USER_ROOT);
DB_STATEMENT(ROOT_USER_LOCK, USER_ROOT " FOR UPDATE");
DB_STATEMENT(ROOT_USER_MARK, ROOT_MARK("users", "0"));
DB_STATEMENT(ROOT_USER_CLEAR, ROOT_CLEAR("users"));
/* One who is leaving by themselves is live until the erasure begins. */
DB_STATEMENT(ROOT_USER_SCHEDULE,
    "UPDATE users SET deletion_status = 'SCHEDULED', deletion_requested_at = ?, leaving_id = ?"
    " WHERE organization_id = ? AND id = ? AND deleted_at IS NULL AND leaving_id IS NULL"
    " AND ? = 0");

static const struct statements {
	const struct db_statement *read, *lock, *mark, *clear;
} statements[ITEM_KIND_COUNT] = {
#define ROOT(NAME)                                                                                 \
	{                                                                                          \
		&NAME##_READ, &NAME##_LOCK, &NAME##_MARK, &NAME##_CLEAR                            \
	}
    [ITEM_PHOTO] = ROOT(ROOT_PHOTO),
    [ITEM_ALBUM] = ROOT(ROOT_ALBUM),
    [ITEM_PROJECT] = ROOT(ROOT_PROJECT),
    [ITEM_SITE] = ROOT(ROOT_SITE),
    [ITEM_ORGANIZATION] = ROOT(ROOT_ORGANIZATION),
    [ITEM_USER] = ROOT(ROOT_USER),
    [ITEM_QUEST] = ROOT(ROOT_QUEST),
    [ITEM_ADVENTURE] = ROOT(ROOT_ADVENTURE),
};

/* A container is held against its deletion until the transaction ends; the deletion's own row is
 * not, for a step of the worker may hold it. */
#define OF_DELETION(column) " (SELECT " column " FROM deletions d WHERE d.id = c.deletion_id)"
#define CONTAINER_LOCK(table, tenant)                                                              \
	"SELECT c.deleted_at, c.deletion_id," OF_DELETION("d.initiator_id") "," OF_DELETION(       \
	    "d.photo_action") "," OF_DELETION("d.state = 'marking'") " FROM " table                \
								     " c WHERE c." tenant          \
								     " = ? AND c.id = ? LOCK IN "  \
								     "SHARE MODE"
DB_STATEMENT(CONTAINER_PROJECT_LOCK, CONTAINER_LOCK("projects", "organization_id"));
DB_STATEMENT(CONTAINER_SITE_LOCK, CONTAINER_LOCK("sites", "organization_id"));
DB_STATEMENT(CONTAINER_ORIGINAL_LOCK, CONTAINER_LOCK("photos", "organization_id"));
DB_STATEMENT(CONTAINER_ORGANIZATION_LOCK, CONTAINER_LOCK("organizations", "id"));

/* The deletion of the owner's account, while it has not reached all of theirs; theirs is locked by
 * nobody, for they may be about to sign in. A platform admin's is of their own organisation. */
DB_STATEMENT(CONTAINER_OWNER,
    "SELECT d.deleted_at, d.id, d.initiator_id, d.photo_action, d.state = 'marking'"
    " FROM users c JOIN deletions d ON d.id = c.leaving_id AND d.state = 'marking'"
    " WHERE (c.organization_id = ? OR c.goes_everywhere = 1) AND c.id = ?");

DB_STATEMENT(ORGANIZATION_DELETED, "SELECT deletion_id FROM organizations WHERE id = ?"
				   " AND deleted_at IS NOT NULL LOCK IN SHARE MODE");
DB_STATEMENT(SLUG_TAKEN, "SELECT l.id, l.name FROM sites s JOIN sites l"
			 " ON l.organization_id = s.organization_id AND l.live_slug = s.slug"
			 " WHERE s.id = ? AND s.organization_id = ? AND l.id <> s.id");
DB_STATEMENT(EMAIL_TAKEN,
    "SELECT l.id, u.email FROM users u FORCE INDEX (deletion) JOIN users l"
    " ON l.live_email = u.email OR l.live_identity_uid = u.identity_uid"
    " WHERE u.deletion_id = ? AND u.organization_id = ? AND l.id <> u.id LIMIT 1");

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
		    .purge_after_us = db_time(&rows, 0, 12),
		};
	}
	return result;
}

enum db_result root_read(struct db *db, struct arena *arena, enum item_kind kind,
    const struct id *organization_id, const struct id *id, struct root_item *item_r)
{
	return read_root(db, arena, statements[kind].read, organization_id, id, item_r);
}

/* A container of an item, as it was locked. */
struct container {
	bool deleted;
	bool marking; /* what it holds may not be marked yet */
	int64_t deleted_at_us;
	struct id deletion_id;
	struct id deleted_by;
	enum photo_action action;
};

static enum db_result lock_container(struct db_tx *tx, const struct db_statement *statement,
    const struct id *organization_id, const struct id *id, struct container *container_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    id_is_none(id) ? DB_NONE
			   : db_query(tx->db, tx->arena, statement,
				 DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), &rows);

	*container_r = (struct container){0};
	if (result == DB_OK && !db_is_null(&rows, 0, 0)) {
		container_r->deleted = true;
		container_r->deleted_at_us = db_time(&rows, 0, 0);
		container_r->deletion_id = db_id(&rows, 0, 1);
		container_r->deleted_by = db_id(&rows, 0, 2);
		(void)!photo_action_parse(db_text(&rows, 0, 3), &container_r->action);
		container_r->marking = db_bool(&rows, 0, 4);
	}
	return result == DB_NONE ? DB_OK : result;
}

/* What the container's deletion makes of the item, whose own row is not marked yet. */
static void follow_deletion(struct root_item *item, const struct container *container)
{
	if (item->deleted_at_us) {
		return;
	}
	item->deleted_at_us = container->deleted_at_us;
	item->deletion_id = container->deletion_id;
	item->deleted_by = container->deleted_by;
}

static void follow_place(
    struct root_item *item, struct id *place, const struct container *container)
{
	if (!container->marking || item->deleted_at_us) {
		return;
	}
	if (container->action == PHOTO_ACTION_DELETE) {
		follow_deletion(item, container);
	} else if (container->action == PHOTO_ACTION_ORPHAN) {
		*place = id_none;
	} else if (!item->archived) {
		item->archived = true;
		item->marking_id = container->deletion_id;
	}
}

/* What goes with its owner's account. */
static bool goes_with_owner(enum item_kind kind)
{
	return kind == ITEM_PHOTO || kind == ITEM_ALBUM || kind == ITEM_QUEST ||
	       kind == ITEM_ADVENTURE;
}

static enum db_result lock_containers(struct db_tx *tx, enum item_kind kind, struct root_item *item)
{
	struct container project, site, original, organization, owner;
	const struct id *tenant = &item->organization_id;
	enum db_result result =
	    lock_container(tx, &CONTAINER_PROJECT_LOCK, tenant, &item->project_id, &project);

	if (result == DB_OK) {
		result = lock_container(tx, &CONTAINER_SITE_LOCK, tenant, &item->site_id, &site);
	}
	if (result == DB_OK) {
		result = lock_container(
		    tx, &CONTAINER_ORIGINAL_LOCK, tenant, &item->original_id, &original);
	}
	if (result == DB_OK) {
		result =
		    lock_container(tx, &CONTAINER_ORGANIZATION_LOCK, tenant, tenant, &organization);
	}
	if (result == DB_OK) {
		result = lock_container(tx, &CONTAINER_OWNER, tenant, &item->owner_id, &owner);
	}
	if (result == DB_OK && original.marking) {
		follow_deletion(item, &original);
	}
	if (result == DB_OK && owner.marking && goes_with_owner(kind)) {
		follow_deletion(item, &owner);
	}
	if (result == DB_OK) {
		follow_place(item, &item->project_id, &project);
		follow_place(item, &item->site_id, &site);
	}
	if (result == DB_OK && organization.deleted) {
		follow_deletion(item, &organization);
	}
	return result;
}

enum db_result root_lock(struct db_tx *tx, enum item_kind kind, const struct id *organization_id,
    const struct id *id, struct root_item *item_r)
{
	enum db_result result =
	    read_root(tx->db, tx->arena, statements[kind].lock, organization_id, id, item_r);

	if (result != DB_OK || kind == ITEM_ORGANIZATION) {
		return result;
	}
	return lock_containers(tx, kind, item_r);
}

enum db_result root_mark(struct db_tx *tx, const struct deletion *d, bool only_archived)
{
	bool retention = d->origin == ORIGIN_RETENTION;
	struct db_value now = db_bind_time(d->deleted_at_us);
	const struct db_statement *mark = statements[d->kind].mark;

	if (retention || (d->kind == ITEM_USER && d->origin == ORIGIN_ACCOUNT)) {
		mark = retention ? &ROOT_PHOTO_MARK_DUE : &ROOT_USER_SCHEDULE;
	}
	return db_exec(tx->db, mark,
	    DB_VALUES(now, db_bind_id(&d->id), db_bind_id(&d->organization_id),
		db_bind_id(&d->item_id), retention ? now : db_bind_bool(only_archived)),
	    NULL);
}

enum db_result root_clear(struct db_tx *tx, const struct deletion *d)
{
	return db_exec(tx->db, statements[d->kind].clear,
	    DB_VALUES(db_bind_id(&d->organization_id), db_bind_id(&d->item_id), db_bind_id(&d->id)),
	    NULL);
}

enum db_result organization_deleted(
    struct db_tx *tx, const struct deletion *d, struct id *blocking_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &ORGANIZATION_DELETED,
	    DB_VALUES(db_bind_id(&d->organization_id)), &rows);

	if (result == DB_OK) {
		*blocking_r = db_id(&rows, 0, 0);
	}
	return result == DB_OK && id_equal(blocking_r, &d->id) ? DB_NONE : result;
}

static enum db_result find_taken(struct db_tx *tx, const struct db_statement *statement,
    const struct id *key, const struct deletion *d, struct id *id_r, const char **name_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, statement,
	    DB_VALUES(db_bind_id(key), db_bind_id(&d->organization_id)), &rows);

	if (result == DB_OK) {
		*id_r = db_id(&rows, 0, 0);
		*name_r = db_text(&rows, 0, 1);
	}
	return result;
}

enum db_result slug_taken(
    struct db_tx *tx, const struct deletion *d, struct id *site_r, const char **name_r)
{
	return find_taken(tx, &SLUG_TAKEN, &d->item_id, d, site_r, name_r);
}

enum db_result email_taken(
    struct db_tx *tx, const struct deletion *d, struct id *user_r, const char **email_r)
{
	return find_taken(tx, &EMAIL_TAKEN, &d->id, d, user_r, email_r);
}

/* Hold the containers of that photo, or of all that bear the deletion's id. */
static enum db_result hold_containers(
    struct db_tx *tx, const struct deletion *d, const struct id *photo_id)
{
	struct id after = id_none, upto;

	memset(upto.bytes, 0xff, sizeof(upto.bytes));
	if (photo_id && !id_is_none(photo_id)) {
		upto = *photo_id;
		after = id_before(&upto);
	}
	return containers_hold(tx, d, &after, &upto, true);
}

enum db_result container_deleted(
    struct db_tx *tx, const struct deletion *d, const struct id *photo_id, struct id *blocking_r)
{
	struct db_value one = db_bind_id(photo_id);
	struct db_rows rows = {0};
	enum db_result result = hold_containers(tx, d, photo_id);

	if (result == DB_OK) {
		result = db_query(tx->db, tx->arena, &CONTAINER_DELETED,
		    DB_VALUES(one, one, one, db_bind_id(&d->id), db_bind_id(&d->organization_id),
			one, one),
		    &rows);
	}
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
