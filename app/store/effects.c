/* effects.c - what deletions of projects and sites did to photos without deleting them. */
#include <store/container.h>

#include "cascade.h"

/* Values: deletion, limit. */
#define NOTED(effect)                                                                              \
	"SELECT photo_id, container_id FROM deletion_effects WHERE deletion_id = ?"                \
	" AND effect = '" effect "' ORDER BY photo_id LIMIT ?"
#define PUT_BACK(column, table)                                                                    \
	"UPDATE photos c JOIN (" NOTED("orphaned") ") step ON step.photo_id = c.id"                \
						   " JOIN " table " o ON o.id = step.container_id" \
						   " SET c." column " = o.id WHERE c." column      \
						   " IS NULL AND c.organization_id = ?"
DB_STATEMENT(EFFECTS_TO_PROJECT, PUT_BACK("project_id", "projects"));
DB_STATEMENT(EFFECTS_TO_SITE, PUT_BACK("site_id", "sites"));
DB_STATEMENT(EFFECTS_FORGET_ORPHANED,
    "DELETE FROM deletion_effects WHERE deletion_id = ? AND effect = 'orphaned'"
    " ORDER BY photo_id LIMIT ?");
DB_STATEMENT(EFFECTS_UNARCHIVE,
    "UPDATE photos c JOIN (SELECT id FROM photos FORCE INDEX (batch) WHERE archive_batch_id = ?"
    " AND organization_id = ? ORDER BY id LIMIT ?) step ON step.id = c.id" SET_UNARCHIVED);
DB_STATEMENT(
    EFFECTS_FORGET, "DELETE FROM deletion_effects WHERE deletion_id = ? ORDER BY photo_id LIMIT ?");

/* Photos of the deletion in a range whose project or site another deletion has in the trash.
 * Values of MARKED: deletion, organisation, after, upto; of ONE: photo, organisation. */
#define OTHER(table, column)                                                                       \
	" JOIN " table " o ON o.id = c." column                                                    \
	" AND o.deleted_at IS NOT NULL AND NOT (o.deletion_id <=> c.deletion_id)"
#define RESTORABLE                                                                                 \
	" JOIN deletions od ON od.id = o.deletion_id AND od.state IN ('marking', 'trashed')"
#define MARKED " WHERE c.deletion_id = ? AND c.organization_id = ? AND c.id > ? AND c.id <= ?"
#define ONE    " WHERE c.id = ? AND c.organization_id = ? AND c.deleted_at IS NULL"
#define NOTE_OTHER(table, column, rows, which)                                                     \
	"INSERT INTO deletion_effects (deletion_id, photo_id, effect, container_id)"               \
	" SELECT od.id, c.id, 'orphaned', o.id FROM " rows                                         \
	OTHER(table, column)                                                                       \
	RESTORABLE which " ON DUPLICATE KEY UPDATE effect = 'orphaned', container_id = o.id"
#define LEAVE_OTHER(table, column, rows, which)                                                    \
	"UPDATE " rows OTHER(table, column) " SET c." column " = NULL" which
#define DELETION_ROWS "photos c FORCE INDEX (deletion)"
DB_STATEMENT(OTHER_PROJECTS_NOTE, NOTE_OTHER("projects", "project_id", DELETION_ROWS, MARKED));
DB_STATEMENT(OTHER_PROJECTS_LEAVE, LEAVE_OTHER("projects", "project_id", DELETION_ROWS, MARKED));
DB_STATEMENT(OTHER_SITES_NOTE, NOTE_OTHER("sites", "site_id", DELETION_ROWS, MARKED));
DB_STATEMENT(OTHER_SITES_LEAVE, LEAVE_OTHER("sites", "site_id", DELETION_ROWS, MARKED));
#define MADE_OF_ONE                                                                                \
	" WHERE c.original_id = ? AND c.organization_id = ? AND c.deleted_at IS NULL"              \
	" AND c.archived_at IS NULL"
DB_STATEMENT(PROJECT_NOTE, NOTE_OTHER("projects", "project_id", "photos c", ONE));
DB_STATEMENT(PROJECT_LEAVE, LEAVE_OTHER("projects", "project_id", "photos c", ONE));
DB_STATEMENT(SITE_NOTE, NOTE_OTHER("sites", "site_id", "photos c", ONE));
DB_STATEMENT(SITE_LEAVE, LEAVE_OTHER("sites", "site_id", "photos c", ONE));
DB_STATEMENT(MADE_PROJECT_NOTE, NOTE_OTHER("projects", "project_id", "photos c", MADE_OF_ONE));
DB_STATEMENT(MADE_PROJECT_LEAVE, LEAVE_OTHER("projects", "project_id", "photos c", MADE_OF_ONE));
DB_STATEMENT(MADE_SITE_NOTE, NOTE_OTHER("sites", "site_id", "photos c", MADE_OF_ONE));
DB_STATEMENT(MADE_SITE_LEAVE, LEAVE_OTHER("sites", "site_id", "photos c", MADE_OF_ONE));

/* The same for photos that the deletion archived and is about to bring back; its own container is
 * no other. Values: batch, organisation, limit, deletion. */
#define ARCHIVED_ROWS                                                                              \
	"(SELECT id FROM photos FORCE INDEX (batch) WHERE archive_batch_id = ?"                    \
	" AND organization_id = ? ORDER BY id LIMIT ?) step JOIN photos c ON c.id = step.id"
#define BUT_OWN " WHERE o.deletion_id <> ? AND c.deleted_at IS NULL"
DB_STATEMENT(ARCHIVED_PROJECTS_NOTE, NOTE_OTHER("projects", "project_id", ARCHIVED_ROWS, BUT_OWN));
DB_STATEMENT(
    ARCHIVED_PROJECTS_LEAVE, LEAVE_OTHER("projects", "project_id", ARCHIVED_ROWS, BUT_OWN));
DB_STATEMENT(ARCHIVED_SITES_NOTE, NOTE_OTHER("sites", "site_id", ARCHIVED_ROWS, BUT_OWN));
DB_STATEMENT(ARCHIVED_SITES_LEAVE, LEAVE_OTHER("sites", "site_id", ARCHIVED_ROWS, BUT_OWN));

/* Whether there is any such container at all: mostly not. */
DB_STATEMENT(OTHERS_DELETED,
    "(SELECT 1 FROM projects WHERE organization_id = ? AND deleted_at IS NOT NULL"
    " AND deletion_id <> ? LIMIT 1) UNION ALL (SELECT 1 FROM sites WHERE organization_id = ?"
    " AND deleted_at IS NOT NULL AND deletion_id <> ? LIMIT 1)");

/* Statements that need all be run, with the same values. */
static enum db_result run_all(struct db_tx *tx, const struct db_statement *const statements[4],
    const struct db_value *values, size_t count)
{
	enum db_result result = DB_OK;

	for (size_t i = 0; i < 4 && (result == DB_OK || result == DB_NONE); i++) {
		result = db_exec(tx->db, statements[i], values, count, NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}

/* Whether anything but `except` has a project or site in the trash. DB_NONE: no. */
static enum db_result others_deleted(
    struct db_tx *tx, const struct id *organization_id, const struct id *except)
{
	struct db_value organization = db_bind_id(organization_id);
	struct db_value id = db_bind_blob(except->bytes, sizeof(except->bytes));
	struct db_rows rows = {0};

	return db_query(tx->db, tx->arena, &OTHERS_DELETED,
	    DB_VALUES(organization, id, organization, id), &rows);
}

static enum db_result put_back(
    struct db_tx *tx, const struct deletion *d, int64_t limit, int64_t *rows_r)
{
	const struct db_statement *back =
	    d->kind == ITEM_SITE ? &EFFECTS_TO_SITE : &EFFECTS_TO_PROJECT;
	uint64_t changed = 0;
	enum db_result result = db_exec(tx->db, back,
	    DB_VALUES(db_bind_id(&d->id), db_bind_int(limit), db_bind_id(&d->organization_id)),
	    NULL);

	if (result == DB_OK || result == DB_NONE) {
		result = db_exec(tx->db, &EFFECTS_FORGET_ORPHANED,
		    DB_VALUES(db_bind_id(&d->id), db_bind_int(limit)), &changed);
	}
	return counted(result, changed, rows_r);
}

/* What comes back while another of its containers is in the trash comes back without that one. */
static enum db_result leave_others(struct db_tx *tx, const struct deletion *d, int64_t limit)
{
	static const struct db_statement *const all[] = {&ARCHIVED_PROJECTS_NOTE,
	    &ARCHIVED_SITES_NOTE, &ARCHIVED_PROJECTS_LEAVE, &ARCHIVED_SITES_LEAVE};
	struct db_value id = db_bind_id(&d->id);
	enum db_result result = others_deleted(tx, &d->organization_id, &d->id);

	if (result != DB_OK) {
		return result == DB_NONE ? DB_OK : result;
	}
	return run_all(
	    tx, all, DB_VALUES(id, db_bind_id(&d->organization_id), db_bind_int(limit), id));
}

static enum db_result unarchive(
    struct db_tx *tx, const struct deletion *d, int64_t limit, int64_t *rows_r)
{
	uint64_t changed = 0;
	enum db_result result = leave_others(tx, d, limit);

	if (result != DB_OK) {
		return result;
	}
	result = db_exec(tx->db, &EFFECTS_UNARCHIVE,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), db_bind_int(limit)),
	    &changed);
	return counted(result, changed, rows_r);
}

enum db_result effects_undo(
    struct db_tx *tx, const struct deletion *d, int64_t limit, int64_t *rows_r)
{
	enum db_result result = put_back(tx, d, limit, rows_r);

	if (result == DB_OK && *rows_r == 0) {
		result = unarchive(tx, d, limit, rows_r);
	}
	if (result == DB_OK && *rows_r == 0) {
		result = effects_forget(tx, d, limit, rows_r);
	}
	return result;
}

enum db_result effects_forget(
    struct db_tx *tx, const struct deletion *d, int64_t limit, int64_t *rows_r)
{
	uint64_t changed = 0;
	enum db_result result = db_exec(
	    tx->db, &EFFECTS_FORGET, DB_VALUES(db_bind_id(&d->id), db_bind_int(limit)), &changed);

	return counted(result, changed, rows_r);
}

enum db_result effects_orphan_others(
    struct db_tx *tx, const struct deletion *d, const struct id *after, const struct id *upto)
{
	static const struct db_statement *const all[] = {
	    &OTHER_PROJECTS_NOTE, &OTHER_SITES_NOTE, &OTHER_PROJECTS_LEAVE, &OTHER_SITES_LEAVE};
	enum db_result result = containers_hold(tx, d, after, upto, false);

	if (result == DB_OK) {
		result = others_deleted(tx, &d->organization_id, &d->id);
	}
	if (result != DB_OK) {
		return result == DB_NONE ? DB_OK : result;
	}
	return run_all(tx, all,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(after),
		bind_bound(upto)));
}

enum db_result effects_orphan_photo(
    struct db_tx *tx, const struct id *organization_id, const struct id *photo_id)
{
	static const struct db_statement *const own[] = {
	    &PROJECT_NOTE, &SITE_NOTE, &PROJECT_LEAVE, &SITE_LEAVE};
	static const struct db_statement *const made[] = {
	    &MADE_PROJECT_NOTE, &MADE_SITE_NOTE, &MADE_PROJECT_LEAVE, &MADE_SITE_LEAVE};
	enum db_result result = containers_hold_photo(tx, organization_id, photo_id);

	if (result == DB_OK) {
		result = others_deleted(tx, organization_id, &id_none);
	}
	if (result != DB_OK) {
		return result == DB_NONE ? DB_OK : result;
	}
	result = run_all(tx, own, DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)));
	if (result == DB_OK) {
		result =
		    run_all(tx, made, DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)));
	}
	return result;
}
