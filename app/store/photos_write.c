/* photos_write.c - adding photos, archiving them and taking them back, moderating them. */
#include <store/photos.h>

DB_STATEMENT(PHOTO_INSERT,
    "INSERT INTO photos (id, organization_id, uploader_id, site_id, project_id, original_id,"
    " title, description, submitter_name, submitter_email, status, bytes, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(PHOTO_ARCHIVE,
    "UPDATE photos SET archived_at = ?, archived_by = ?, archive_reason = ?,"
    " archive_batch_id = ?, purge_after = ?, purge_mail_at = NULL"
    " WHERE id = ? AND organization_id = ? AND archived_at IS NULL AND deleted_at IS NULL");
DB_STATEMENT(PHOTO_ARCHIVE_DERIVATIVES,
    "UPDATE photos SET archived_at = ?, archived_by = ?, archive_reason = ?,"
    " archive_batch_id = ?, purge_after = ?, purge_mail_at = NULL"
    " WHERE original_id = ? AND organization_id = ? AND archived_at IS NULL"
    " AND deleted_at IS NULL");
DB_STATEMENT(PHOTO_UNARCHIVE,
    "UPDATE photos SET archived_at = NULL, archived_by = NULL, archive_reason = NULL,"
    " archive_batch_id = NULL, purge_after = NULL, purge_mail_at = NULL"
    " WHERE id = ? AND organization_id = ? AND archived_at IS NOT NULL AND deleted_at IS NULL");
DB_STATEMENT(PHOTO_UNARCHIVE_DERIVATIVES,
    "UPDATE photos SET archived_at = NULL, archived_by = NULL, archive_reason = NULL,"
    " archive_batch_id = NULL, purge_after = NULL, purge_mail_at = NULL"
    " WHERE original_id = ? AND organization_id = ? AND archive_batch_id = ?"
    " AND archived_at IS NOT NULL AND deleted_at IS NULL");
DB_STATEMENT(ARCHIVE_BATCH_ADD,
    "INSERT INTO archive_batches (id, organization_id, created_by, photo_count, created_at)"
    " VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE photo_count = photo_count + ?");
DB_STATEMENT(PHOTO_REVIEW,
    "UPDATE photos SET status = ?, reviewed_by = ?, reviewed_at = ?, rejection_reason = ?"
    " WHERE id = ? AND organization_id = ? AND status = ? AND deleted_at IS NULL");
DB_STATEMENT(PHOTO_LAST_DELETION,
    "SELECT id FROM deletions WHERE item_id = ? AND organization_id = ? ORDER BY id DESC LIMIT 1");
DB_STATEMENT(PHOTO_PENDING_REQUEST,
    "SELECT id FROM deletion_requests WHERE photo_id = ? AND organization_id = ?"
    " AND status = 'pending' ORDER BY id LIMIT 1");
DB_STATEMENT(ARCHIVE_RETENTION, "SELECT archive_retention_s FROM organizations WHERE id = ?");

enum db_result store_photo_insert(struct db_tx *tx, const struct photo *photo)
{
	return db_exec(tx->db, &PHOTO_INSERT,
	    DB_VALUES(db_bind_id(&photo->id), db_bind_id(&photo->organization_id),
		db_bind_id(&photo->uploader_id), db_bind_id(&photo->site_id),
		db_bind_id(&photo->project_id), db_bind_id(&photo->original_id),
		db_bind_text(photo->title), db_bind_text(photo->description),
		db_bind_text(photo->submitter_name), db_bind_text(photo->submitter_email),
		db_bind_text(photo_status_name(photo->status)), db_bind_int(photo->bytes),
		db_bind_time(photo->created_at_us)),
	    NULL);
}

static enum db_result archive(struct db_tx *tx, const struct db_statement *statement,
    const struct photo_archiving *archiving, uint64_t *changed_r)
{
	return db_exec(tx->db, statement,
	    DB_VALUES(db_bind_time(archiving->at_us), db_bind_id(&archiving->by),
		db_bind_text(archiving->reason), db_bind_id(&archiving->batch_id),
		db_bind_time(archiving->purge_after_us), db_bind_id(&archiving->photo_id),
		db_bind_id(&archiving->organization_id)),
	    changed_r);
}

enum db_result store_photo_archive(struct db_tx *tx, const struct photo_archiving *archiving)
{
	return archive(tx, &PHOTO_ARCHIVE, archiving, NULL);
}

enum db_result store_photo_archive_derivatives(
    struct db_tx *tx, const struct photo_archiving *archiving, uint64_t *changed_r)
{
	return archive(tx, &PHOTO_ARCHIVE_DERIVATIVES, archiving, changed_r);
}

enum db_result store_photo_unarchive(
    struct db_tx *tx, const struct id *organization_id, const struct id *photo_id)
{
	return db_exec(tx->db, &PHOTO_UNARCHIVE,
	    DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)), NULL);
}

enum db_result store_photo_unarchive_derivatives(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct id *batch_id, uint64_t *changed_r)
{
	return db_exec(tx->db, &PHOTO_UNARCHIVE_DERIVATIVES,
	    DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id), db_bind_id(batch_id)),
	    changed_r);
}

enum db_result store_archive_batch_add(struct db_tx *tx, const struct id *organization_id,
    const struct id *batch_id, const struct id *by, uint64_t photos, int64_t at_us)
{
	return db_exec(tx->db, &ARCHIVE_BATCH_ADD,
	    DB_VALUES(db_bind_id(batch_id), db_bind_id(organization_id), db_bind_id(by),
		db_bind_int((int64_t)photos), db_bind_time(at_us), db_bind_int((int64_t)photos)),
	    NULL);
}

enum db_result store_photo_review(struct db_tx *tx, const struct photo_review *review)
{
	return db_exec(tx->db, &PHOTO_REVIEW,
	    DB_VALUES(db_bind_text(photo_status_name(review->to)), db_bind_id(&review->by),
		db_bind_time(review->at_us), db_bind_text(review->reason),
		db_bind_id(&review->photo_id), db_bind_id(&review->organization_id),
		db_bind_text(photo_status_name(review->from))),
	    NULL);
}

static enum db_result read_id(enum db_result result, const struct db_rows *rows, struct id *id_r)
{
	if (result == DB_OK) {
		*id_r = db_id(rows, 0, 0);
	}
	return result;
}

enum db_result store_photo_last_deletion(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, struct id *deletion_r)
{
	struct db_rows rows = {0};

	return read_id(db_query(db, arena, &PHOTO_LAST_DELETION,
			   DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)), &rows),
	    &rows, deletion_r);
}

enum db_result store_photo_pending_request(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, struct id *request_r)
{
	struct db_rows rows = {0};

	return read_id(db_query(tx->db, tx->arena, &PHOTO_PENDING_REQUEST,
			   DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)), &rows),
	    &rows, request_r);
}

enum db_result store_archive_retention(
    struct db_tx *tx, const struct id *organization_id, int64_t *seconds_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    tx->db, tx->arena, &ARCHIVE_RETENTION, DB_VALUES(db_bind_id(organization_id)), &rows);

	if (result == DB_OK) {
		*seconds_r = db_int(&rows, 0, 0);
	}
	return result;
}
