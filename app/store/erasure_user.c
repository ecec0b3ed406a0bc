/* erasure_user.c - the statements of an account's erasure on its photos, its files and itself. */
#include "deletions.h"

#include <store/erasure.h>
#include <store/files.h>
#include <string.h>

DB_STATEMENT(ERASURE_DELETIONS,
    "(SELECT id FROM deletions FORCE INDEX (owner) WHERE owner_id = ? AND restorable = 1"
    " AND id <> ? AND kind NOT IN " PLACE_KINDS " ORDER BY id LIMIT ?) UNION ALL"
    " (SELECT id FROM deletions FORCE INDEX (owner) WHERE owner_id = ? AND restorable = 0"
    " AND id <> ? AND state IN ('restoring', 'purging') AND kind NOT IN " PLACE_KINDS " LIMIT ?)");
DB_STATEMENT(ERASURE_FOREIGN_PHOTO,
    "SELECT p.id, p.deletion_id, p.organization_id FROM photos p FORCE INDEX (own)"
    " WHERE p.uploader_id = ?"
    " AND p.shelf = 2 AND p.deletion_id <> ? LIMIT 1");
#define ADOPT_OF(table, column)                                                                    \
	"UPDATE " table " SET deleted_at = ?, deletion_id = ? WHERE " column                       \
	" = ? AND deleted_at IS NOT NULL AND deletion_id <> ? LIMIT ?"
DB_STATEMENT(ERASURE_ADOPT_ALBUMS, ADOPT_OF("albums", "created_by"));
DB_STATEMENT(ERASURE_ADOPT_QUESTS, ADOPT_OF("quests", "creator_id"));
DB_STATEMENT(ERASURE_ADOPT_ADVENTURES, ADOPT_OF("adventures", "creator_id"));

DB_STATEMENT(ERASURE_KEPT,
    "SELECT p.id, p.organization_id, p.deletion_id, p.bytes FROM photos p FORCE INDEX (own) WHERE "
    "p.uploader_id = ? LIMIT ?");
/* What others asked for, and the account's deletion closed, waits for its decision again. Values:
 * photo, organisation, deletion, user, user. */
DB_STATEMENT(ERASURE_REOPEN,
    "UPDATE deletion_requests SET status = 'pending', reviewed_at = NULL, deletion_id = NULL"
    " WHERE photo_id = ? AND organization_id = ? AND deletion_id = ? AND status = 'superseded'"
    " AND NOT (requester_id <=> ?) AND NOT COALESCE(requester_email ="
    " (SELECT u.email FROM users u WHERE u.id = ?), FALSE)");
/* The photo stays asked for then; else it is what it was before the request that was closed. */
#define STILL_ASKED                                                                                \
	"EXISTS (SELECT 1 FROM deletion_requests q WHERE q.photo_id = photos.id"                   \
	" AND q.organization_id = photos.organization_id AND q.status = 'pending')"
#define STATUS_BEFORE                                                                              \
	"COALESCE((SELECT r.photo_status_before FROM deletion_requests r"                          \
	" WHERE r.photo_id = photos.id AND r.organization_id = photos.organization_id"             \
	" AND r.deletion_id = photos.deletion_id LIMIT 1), IF(withheld, 'pending', 'approved'))"
#define STRIPPED                                                                                   \
	"UPDATE photos SET uploader_id = NULL, title = NULL, description = NULL,"                  \
	" submitter_name = NULL, submitter_email = NULL, rejection_reason = NULL,"                 \
	" archive_reason = NULL, bytes = (SELECT COALESCE(SUM(f.bytes), 0) FROM files f"           \
	" WHERE f.owner_id = photos.id AND f.owner_kind = 'photo'),"                               \
	" status = IF(status <> 'deletion_requested' OR " STILL_ASKED ", status, " STATUS_BEFORE   \
	"), withheld = withheld AND status = 'deletion_requested',"
#define ONE_OF_USER " WHERE id = ? AND organization_id = ? AND uploader_id = ?"
DB_STATEMENT(ERASURE_STRIP, STRIPPED " deleted_at = IF(deletion_id <=> ?, NULL, deleted_at),"
				     " deletion_id = NULLIF(deletion_id, ?)" ONE_OF_USER);
/* What cannot be kept without a name goes with the account. */
DB_STATEMENT(ERASURE_DOOM, STRIPPED " deleted_at = ?, deletion_id = ?" ONE_OF_USER);
DB_STATEMENT(
    ERASURE_STRIP_NOTES, "DELETE FROM photo_notes WHERE photo_id = ? AND organization_id = ?");
DB_STATEMENT(ERASURE_STRIP_AI_RESULTS,
    "DELETE FROM ai_processing_results WHERE photo_id = ? AND organization_id = ?");
DB_STATEMENT(ERASURE_FILES,
    "SELECT id, organization_id, owner_id, part, storage_key, content_type, bytes, digest"
    " FROM files WHERE owner_id = ? AND organization_id = ? AND owner_kind = 'photo'");
DB_STATEMENT(ERASURE_QUEUE_FILE,
    "INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes,"
    " next_attempt_at, created_at) VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(ERASURE_SWITCH_FILE,
    "UPDATE files SET storage_key = ?, bytes = ?, digest = ? WHERE id = ? AND organization_id = ?"
    " AND storage_key = ?");

DB_STATEMENT(ERASURE_MARK_USER,
    "UPDATE users SET deleted_at = ?, deletion_id = ?, leaving_id = ?,"
    " deletion_status = 'DELETED', tokens_valid_after = ?, kept_token_hash = NULL"
    " WHERE id = ? AND organization_id = ? AND NOT (deletion_id <=> ?)");
DB_STATEMENT(ERASURE_FORGET_IDENTITY,
    "UPDATE users SET identity_uid = NULL WHERE id = ? AND identity_uid IS NOT NULL");
DB_STATEMENT(ERASURE_BLANK_USER,
    "UPDATE users SET email = NULL, display_name = 'Deleted User', role = 'member',"
    " password_hash = NULL, identity_uid = NULL, tokens_valid_after = NULL,"
    " kept_token_hash = NULL, deletion_status = 'DELETED', deletion_reason = NULL,"
    " deletion_photos = NULL, deletion_events = NULL, deletion_transfer_to = NULL,"
    " leaving_id = NULL, bio = NULL WHERE id = ? AND organization_id = ?");
#define POINTED_AT(table, column)                                                                  \
	" AND NOT EXISTS (SELECT 1 FROM " table " x WHERE x." column " = users.id)"
DB_STATEMENT(ERASURE_REMOVE_USER,
    "DELETE FROM users WHERE id = ? AND organization_id = ?" POINTED_AT(
	"photos", "uploader_id") POINTED_AT("photo_notes", "author_id") POINTED_AT("albums",
	"created_by") POINTED_AT("quests", "creator_id") POINTED_AT("adventures", "creator_id")
	POINTED_AT("activity_submissions", "user_id") POINTED_AT("events", "created_by") POINTED_AT(
	    "site_claims", "user_id") POINTED_AT("sites", "created_by") POINTED_AT("projects",
	    "created_by") POINTED_AT("sessions",
	    "user_id") " AND NOT EXISTS (SELECT 1 FROM deletions d WHERE d.initiator_id = users.id"
		       " AND d.item_id <> users.id"
		       " AND (NOT (d.owner_id <=> users.id) OR d.kind IN " PLACE_KINDS "))");
DB_STATEMENT(ERASURE_NEXT_USER,
    "SELECT id FROM users WHERE organization_id = ? AND id > ? AND (email IS NOT NULL"
    " OR password_hash IS NOT NULL OR identity_uid IS NOT NULL OR deletion_status IS NULL"
    " OR deletion_status <> 'DELETED' OR leaving_id IS NOT NULL OR display_name <> 'Deleted User')"
    " ORDER BY id LIMIT 1");

enum db_result erasure_deletions(struct db *db, struct arena *arena, const struct deletion *d,
    const struct id *user_id, unsigned limit, struct id **ids_r, size_t *count_r)
{
	struct db_value user = db_bind_id(user_id), id = db_bind_id(&d->id);
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ERASURE_DELETIONS,
	    DB_VALUES(user, id, db_bind_int(limit), user, id, db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*ids_r)[i] = db_id(&rows, i, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result erasure_foreign_photo(struct db *db, struct arena *arena, const struct deletion *d,
    const struct id *user_id, struct kept_photo *photo_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ERASURE_FOREIGN_PHOTO,
	    DB_VALUES(db_bind_id(user_id), db_bind_id(&d->id)), &rows);

	if (result == DB_OK) {
		*photo_r = (struct kept_photo){.id = db_id(&rows, 0, 0),
		    .deletion_id = db_id(&rows, 0, 1),
		    .organization_id = db_id(&rows, 0, 2)};
	}
	return result;
}

enum db_result erasure_adopt(struct db_tx *tx, const struct deletion *d, const struct id *user_id,
    int64_t limit, int64_t *rows_r)
{
	static const struct db_statement *const all[] = {
	    &ERASURE_ADOPT_ALBUMS, &ERASURE_ADOPT_QUESTS, &ERASURE_ADOPT_ADVENTURES};
	enum db_result result = DB_OK;

	*rows_r = 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && result <= DB_NONE; i++) {
		uint64_t changed = 0;

		result = db_exec(tx->db, all[i],
		    DB_VALUES(db_bind_time(d->deleted_at_us), db_bind_id(&d->id),
			db_bind_id(user_id), db_bind_id(&d->id), db_bind_int(limit)),
		    &changed);
		*rows_r += result == DB_OK ? (int64_t)changed : 0;
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result erasure_kept_photos(struct db *db, struct arena *arena, const struct id *user_id,
    unsigned limit, struct kept_photo **photos_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, &ERASURE_KEPT, DB_VALUES(db_bind_id(user_id), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*photos_r = arena_array(arena, rows.count + 1, sizeof(**photos_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*photos_r)[i] = (struct kept_photo){.id = db_id(&rows, i, 0),
		    .organization_id = db_id(&rows, i, 1),
		    .deletion_id = db_id(&rows, i, 2),
		    .bytes = db_int(&rows, i, 3)};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result erasure_strip_photo(struct db_tx *tx, const struct deletion *d,
    const struct id *user_id, const struct kept_photo *photo, bool keeps)
{
	static const struct db_statement *const details[] = {
	    &ERASURE_STRIP_NOTES, &ERASURE_STRIP_AI_RESULTS};
	struct db_value id = db_bind_id(&photo->id), tenant = db_bind_id(&photo->organization_id);
	struct db_value own = db_bind_id(&d->id), user = db_bind_id(user_id);
	enum db_result result = DB_OK;

	if (keeps) {
		result =
		    db_exec(tx->db, &ERASURE_REOPEN, DB_VALUES(id, tenant, own, user, user), NULL);
	}
	if (result <= DB_NONE) {
		result = db_exec(tx->db, keeps ? &ERASURE_STRIP : &ERASURE_DOOM,
		    DB_VALUES(keeps ? own : db_bind_time(d->deleted_at_us), own, id, tenant, user),
		    NULL);
	}
	if (result != DB_OK) {
		return result;
	}
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]) && result <= DB_NONE; i++) {
		result = db_exec(tx->db, details[i], DB_VALUES(id, tenant), NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result erasure_files(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *photo_id, struct file **files_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ERASURE_FILES,
	    DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)), &rows);

	*count_r = rows.count;
	*files_r = arena_array(arena, rows.count + 1, sizeof(**files_r));
	for (size_t i = 0; i < rows.count; i++) {
		struct file *file = &(*files_r)[i];

		*file = (struct file){
		    .id = db_id(&rows, i, 0),
		    .organization_id = db_id(&rows, i, 1),
		    .owner_id = db_id(&rows, i, 2),
		    .storage_key = db_text(&rows, i, 4),
		    .content_type = db_text(&rows, i, 5),
		    .bytes = db_int(&rows, i, 6),
		};
		memcpy(file->digest, db_text(&rows, i, 7), sizeof(file->digest));
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result erasure_switch_file(
    struct db_tx *tx, const struct file *from, const struct file *to, int64_t now_us)
{
	struct id queued = id_generate(now_us);
	enum db_result result = db_exec(tx->db, &ERASURE_SWITCH_FILE,
	    DB_VALUES(db_bind_text(to->storage_key), db_bind_int(to->bytes),
		db_bind_blob(to->digest, sizeof(to->digest)), db_bind_id(&from->id),
		db_bind_id(&from->organization_id), db_bind_text(from->storage_key)),
	    NULL);

	if (result != DB_OK) {
		return result;
	}
	return db_exec(tx->db, &ERASURE_QUEUE_FILE,
	    DB_VALUES(db_bind_id(&queued), db_bind_id(&from->organization_id),
		db_bind_text(from->storage_key), db_bind_int(from->bytes), db_bind_time(now_us),
		db_bind_time(now_us)),
	    NULL);
}

enum db_result erasure_mark_user(
    struct db_tx *tx, const struct deletion *d, const struct id *user_id)
{
	struct db_value at = db_bind_time(d->deleted_at_us), id = db_bind_id(&d->id);

	return db_exec(tx->db, &ERASURE_MARK_USER,
	    DB_VALUES(at, id, id, at, db_bind_id(user_id), db_bind_id(&d->organization_id), id),
	    NULL);
}

enum db_result erasure_forget_identity(struct db_tx *tx, const struct id *user_id)
{
	return db_exec(tx->db, &ERASURE_FORGET_IDENTITY, DB_VALUES(db_bind_id(user_id)), NULL);
}

enum db_result erasure_user(struct db_tx *tx, const struct deletion *d, const struct id *user_id)
{
	struct db_value user = db_bind_id(user_id), tenant = db_bind_id(&d->organization_id);
	enum db_result result = db_exec(tx->db, &ERASURE_BLANK_USER, DB_VALUES(user, tenant), NULL);

	if (result <= DB_NONE) {
		result = db_exec(tx->db, &ERASURE_REMOVE_USER, DB_VALUES(user, tenant), NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result erasure_next_user(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *after, struct id *user_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ERASURE_NEXT_USER,
	    DB_VALUES(
		db_bind_id(organization_id), db_bind_blob(after->bytes, sizeof(after->bytes))),
	    &rows);

	if (result == DB_OK) {
		*user_r = db_id(&rows, 0, 0);
	}
	return result;
}
