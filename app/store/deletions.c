/* deletions.c - the statements of `deletions`: one row at a time, found, locked and moved. */
#include "deletions.h"

#include <string.h>

DB_STATEMENT(DELETION_INSERT,
    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, label, owner_id,"
    " initiator_id, origin, reason, mode, photo_action, state, photo_count, note_count,"
    " ai_result_count, album_count, project_count, site_count, quest_count, card_count,"
    " submission_count, adventure_count, sequence_count, event_count, user_count,"
    " organization_count, bytes, progress_done, progress_total, deleted_at, recover_until,"
    " settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DELETION_FIND,
    "SELECT " DELETION_COLUMNS "," DELETION_LIST_COLUMNS " FROM deletions d" DELETION_LIST_JOINS
    " WHERE d.id = ? AND (? IS NULL OR d.organization_id = ?)");
DB_STATEMENT(DELETION_LOCK,
    "SELECT " DELETION_COLUMNS " FROM deletions d WHERE d.id = ? AND d.organization_id = ?"
    " FOR UPDATE");
DB_STATEMENT(DELETION_LOCK_FREE,
    "SELECT " DELETION_COLUMNS " FROM deletions d WHERE d.id = ? FOR UPDATE SKIP LOCKED");
DB_STATEMENT(DELETION_RESTORING_ITEM,
    "SELECT id FROM deletions FORCE INDEX (item) WHERE item_id = ? AND organization_id = ?"
    " AND state = 'restoring' LIMIT 1");
DB_STATEMENT(DELETION_MOVE,
    "UPDATE deletions SET state = ?, settled_at = ?, progress_done = 0, progress_total = ?"
    " WHERE id = ? AND organization_id = ? AND state = ?");
DB_STATEMENT(DELETION_STORE_COUNTS,
    "UPDATE deletions SET photo_count = ?, note_count = ?, ai_result_count = ?, album_count = ?,"
    " project_count = ?, site_count = ?, quest_count = ?, card_count = ?, submission_count = ?,"
    " adventure_count = ?, sequence_count = ?, event_count = ?, user_count = ?,"
    " organization_count = ?, bytes = ?, progress_done = ?, progress_total = ?"
    " WHERE id = ? AND organization_id = ?");
DB_STATEMENT(DELETION_HARDEN,
    "UPDATE deletions SET mode = 'hard', recover_until = LEAST(recover_until, ?)"
    " WHERE id = ? AND organization_id = ?");
DB_STATEMENT(DELETION_SETTLE_PURGED,
    "UPDATE deletions SET state = 'purged', label = NULL, reason = NULL, receipt = ?,"
    " settled_at = ?, progress_done = progress_total"
    " WHERE id = ? AND organization_id = ? AND state = 'purging'");
DB_STATEMENT(
    DELETION_RECEIPT, "SELECT receipt FROM deletions WHERE id = ? AND organization_id = ?");
DB_STATEMENT(DELETION_WINDOWS,
    "SELECT photo_recovery_s, container_recovery_s, archive_retention_s FROM organizations"
    " WHERE id = ?");

static const char *const state_names[DELETION_STATE_COUNT] = {
    "marking", "trashed", "restoring", "restored", "purging", "purged"};
static const char *const origin_names[ORIGIN_COUNT] = {
    "owner", "admin", "request", "account", "container", "retention"};
static const char *const mode_names[MODE_COUNT] = {"soft", "hard"};
static const char *const action_names[PHOTO_ACTION_COUNT] = {NULL, "delete", "archive", "orphan"};

/* The place of a word in its list; `missing` if it is not there. */
static int find_name(const char *name, const char *const *names, int count, int missing)
{
	for (int i = 0; name && i < count; i++) {
		if (names[i] && strcmp(name, names[i]) == 0) {
			return i;
		}
	}
	return missing;
}

const char *deletion_state_name(enum deletion_state state)
{
	return state_names[state];
}

const char *deletion_origin_name(enum deletion_origin origin)
{
	return origin_names[origin];
}

const char *deletion_mode_name(enum deletion_mode mode)
{
	return mode_names[mode];
}

const char *photo_action_name(enum photo_action action)
{
	return action_names[action];
}

bool photo_action_parse(const char *name, enum photo_action *action_r)
{
	int found = find_name(name, action_names, PHOTO_ACTION_COUNT, -1);

	if (found >= 0) {
		*action_r = (enum photo_action)found;
	}
	return found >= 0;
}

struct deletion deletion_read(const struct db_rows *rows, size_t i)
{
	struct deletion deletion = {
	    .id = db_id(rows, i, 0),
	    .organization_id = db_id(rows, i, 1),
	    .act_id = db_id(rows, i, 2),
	    .item_id = db_id(rows, i, 4),
	    .label = db_text(rows, i, 5),
	    .owner_id = db_id(rows, i, 6),
	    .initiator_id = db_id(rows, i, 7),
	    .origin = (enum deletion_origin)find_name(
		db_text(rows, i, 8), origin_names, ORIGIN_COUNT, ORIGIN_OWNER),
	    .reason = db_text(rows, i, 9),
	    .mode = (enum deletion_mode)find_name(
		db_text(rows, i, 10), mode_names, MODE_COUNT, MODE_SOFT),
	    .photo_action = (enum photo_action)find_name(
		db_text(rows, i, 11), action_names, PHOTO_ACTION_COUNT, PHOTO_ACTION_NONE),
	    .state = (enum deletion_state)find_name(
		db_text(rows, i, 12), state_names, DELETION_STATE_COUNT, DELETION_PURGED),
	    .bytes = db_int(rows, i, 13),
	    .progress_done = db_int(rows, i, 14),
	    .progress_total = db_int(rows, i, 15),
	    .deleted_at_us = db_time(rows, i, 16),
	    .recover_until_us = db_time(rows, i, 17),
	    .settled_at_us = db_time(rows, i, 18),
	    .of_platform_admin = db_bool(rows, i, DELETION_GUARDED),
	};

	(void)!item_kind_parse(db_text(rows, i, 3), &deletion.kind);
	for (size_t k = 0; k < COUNT_KIND_COUNT; k++) {
		deletion.counts[k] = db_int(rows, i, DELETION_FIRST_COUNT + k);
	}
	return deletion;
}

struct deletion deletion_read_listed(const struct db_rows *rows, size_t i)
{
	struct deletion deletion = deletion_read(rows, i);

	deletion.initiator_name = db_text(rows, i, DELETION_FIRST_LISTED);
	deletion.part_of = db_text(rows, i, DELETION_FIRST_LISTED + 1);
	deletion.has_picture = db_bool(rows, i, DELETION_FIRST_LISTED + 2);
	return deletion;
}

enum db_result deletion_insert(struct db_tx *tx, const struct deletion *d)
{
	const int64_t *n = d->counts;

	return db_exec(tx->db, &DELETION_INSERT,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), db_bind_id(&d->act_id),
		db_bind_text(item_kind_name(d->kind)), db_bind_id(&d->item_id),
		db_bind_text(d->label), db_bind_id(&d->owner_id), db_bind_id(&d->initiator_id),
		db_bind_text(deletion_origin_name(d->origin)), db_bind_text(d->reason),
		db_bind_text(deletion_mode_name(d->mode)),
		db_bind_text(photo_action_name(d->photo_action)),
		db_bind_text(deletion_state_name(d->state)), db_bind_int(n[COUNT_PHOTO]),
		db_bind_int(n[COUNT_NOTE]), db_bind_int(n[COUNT_AI_RESULT]),
		db_bind_int(n[COUNT_ALBUM]), db_bind_int(n[COUNT_PROJECT]),
		db_bind_int(n[COUNT_SITE]), db_bind_int(n[COUNT_QUEST]), db_bind_int(n[COUNT_CARD]),
		db_bind_int(n[COUNT_SUBMISSION]), db_bind_int(n[COUNT_ADVENTURE]),
		db_bind_int(n[COUNT_SEQUENCE]), db_bind_int(n[COUNT_EVENT]),
		db_bind_int(n[COUNT_USER]), db_bind_int(n[COUNT_ORGANIZATION]),
		db_bind_int(d->bytes), db_bind_int(d->progress_done),
		db_bind_int(d->progress_total), db_bind_time(d->deleted_at_us),
		db_bind_time(d->recover_until_us), db_bind_time(d->settled_at_us)),
	    NULL);
}

enum db_result deletion_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *id, struct deletion *deletion_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DELETION_FIND,
	    DB_VALUES(db_bind_id(id), db_bind_id(organization_id), db_bind_id(organization_id)),
	    &rows);

	if (result == DB_OK) {
		*deletion_r = deletion_read_listed(&rows, 0);
	}
	return result;
}

enum db_result deletion_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *id, struct deletion *deletion_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &DELETION_LOCK,
	    DB_VALUES(db_bind_id(id), db_bind_id(organization_id)), &rows);

	if (result == DB_OK) {
		*deletion_r = deletion_read(&rows, 0);
	}
	return result;
}

enum db_result deletion_lock_free(
    struct db_tx *tx, const struct id *id, struct deletion *deletion_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(tx->db, tx->arena, &DELETION_LOCK_FREE, DB_VALUES(db_bind_id(id)), &rows);

	if (result == DB_OK) {
		*deletion_r = deletion_read(&rows, 0);
	}
	return result;
}

enum db_result deletion_restoring(struct db_tx *tx, const struct id *organization_id,
    const struct id *item_id, struct id *deletion_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &DELETION_RESTORING_ITEM,
	    DB_VALUES(db_bind_id(item_id), db_bind_id(organization_id)), &rows);

	if (result == DB_OK) {
		*deletion_r = db_id(&rows, 0, 0);
	}
	return result;
}

enum db_result deletion_move(struct db_tx *tx, struct deletion *d, enum deletion_state to,
    int64_t progress_total, int64_t settled_at_us)
{
	enum db_result result = db_exec(tx->db, &DELETION_MOVE,
	    DB_VALUES(db_bind_text(deletion_state_name(to)), db_bind_time(settled_at_us),
		db_bind_int(progress_total), db_bind_id(&d->id), db_bind_id(&d->organization_id),
		db_bind_text(deletion_state_name(d->state))),
	    NULL);

	if (result == DB_OK) {
		d->state = to;
		d->settled_at_us = settled_at_us;
		d->progress_done = 0;
		d->progress_total = progress_total;
	}
	return result;
}

enum db_result deletion_store_counts(struct db_tx *tx, const struct deletion *d)
{
	const int64_t *n = d->counts;
	enum db_result result = db_exec(tx->db, &DELETION_STORE_COUNTS,
	    DB_VALUES(db_bind_int(n[COUNT_PHOTO]), db_bind_int(n[COUNT_NOTE]),
		db_bind_int(n[COUNT_AI_RESULT]), db_bind_int(n[COUNT_ALBUM]),
		db_bind_int(n[COUNT_PROJECT]), db_bind_int(n[COUNT_SITE]),
		db_bind_int(n[COUNT_QUEST]), db_bind_int(n[COUNT_CARD]),
		db_bind_int(n[COUNT_SUBMISSION]), db_bind_int(n[COUNT_ADVENTURE]),
		db_bind_int(n[COUNT_SEQUENCE]), db_bind_int(n[COUNT_EVENT]),
		db_bind_int(n[COUNT_USER]), db_bind_int(n[COUNT_ORGANIZATION]),
		db_bind_int(d->bytes), db_bind_int(d->progress_done),
		db_bind_int(d->progress_total), db_bind_id(&d->id),
		db_bind_id(&d->organization_id)),
	    NULL);

	/* Counts that were right already change no row. */
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_harden(struct db_tx *tx, struct deletion *d, int64_t now_us)
{
	enum db_result result = db_exec(tx->db, &DELETION_HARDEN,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(&d->id), db_bind_id(&d->organization_id)),
	    NULL);

	d->mode = MODE_HARD;
	d->recover_until_us = d->recover_until_us < now_us ? d->recover_until_us : now_us;
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_settle_purged(
    struct db_tx *tx, const struct deletion *deletion, const char *receipt, int64_t now_us)
{
	return db_exec(tx->db, &DELETION_SETTLE_PURGED,
	    DB_VALUES(db_bind_text(receipt), db_bind_time(now_us), db_bind_id(&deletion->id),
		db_bind_id(&deletion->organization_id)),
	    NULL);
}

enum db_result deletion_receipt(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *id, const char **receipt_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DELETION_RECEIPT,
	    DB_VALUES(db_bind_id(id), db_bind_id(organization_id)), &rows);

	*receipt_r = result == DB_OK ? db_text(&rows, 0, 0) : NULL;
	return result;
}

enum db_result deletion_windows(struct db *db, struct arena *arena,
    const struct id *organization_id, struct deletion_windows *windows_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &DELETION_WINDOWS, DB_VALUES(db_bind_id(organization_id)), &rows);

	if (result == DB_OK) {
		*windows_r = (struct deletion_windows){
		    .photo_recovery_us = db_int(&rows, 0, 0) * 1000000,
		    .container_recovery_us = db_int(&rows, 0, 1) * 1000000,
		    .archive_retention_us = db_int(&rows, 0, 2) * 1000000,
		};
	}
	return result;
}
