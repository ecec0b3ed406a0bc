/* photos.c - reading single photos, and the words of their status. */
#include <store/photos.h>
#include <store/tags.h>
#include <string.h>

#include "marks.h"
#include "photos_sql.h"

DB_STATEMENT(PHOTO_FIND, "SELECT STRAIGHT_JOIN " PHOTO_COLUMNS " FROM photos p" PHOTO_JOINS
			 " WHERE p.id = ? AND p.organization_id = ?");
DB_STATEMENT(PHOTOS_FIND, "SELECT STRAIGHT_JOIN " PHOTO_COLUMNS " FROM photos p" PHOTO_JOINS
			  " WHERE p.id IN (" MARKS_50 ") AND p.organization_id = ?");
DB_STATEMENT(PHOTO_LOCK, "SELECT id FROM photos WHERE id = ? AND organization_id = ? FOR UPDATE");
DB_STATEMENT(PHOTO_DERIVATIVES,
    "SELECT STRAIGHT_JOIN " PHOTO_COLUMNS " FROM photos p FORCE INDEX (original)" PHOTO_JOINS
    " WHERE p.original_id = ? AND p.organization_id = ?"
    " AND ((? >> " PHOTO_SHELF ") & 1) = 1 ORDER BY p.id DESC LIMIT ?");

static const char *const STATUS_NAMES[PHOTO_STATUS_COUNT] = {
    [PHOTO_PENDING] = "pending",
    [PHOTO_APPROVED] = "approved",
    [PHOTO_REJECTED] = "rejected",
    [PHOTO_DELETION_REQUESTED] = "deletion_requested",
};

const char *photo_status_name(enum photo_status status)
{
	return STATUS_NAMES[status];
}

bool photo_status_parse(const char *name, enum photo_status *status_r)
{
	for (int i = 0; name && i < PHOTO_STATUS_COUNT; i++) {
		if (strcmp(name, STATUS_NAMES[i]) == 0) {
			*status_r = (enum photo_status)i;
			return true;
		}
	}
	return false;
}

void photo_read_row(const struct db_rows *rows, size_t row, struct photo *photo)
{
	size_t column = 0;

	*photo = (struct photo){0};
	photo->id = db_id(rows, row, column++);
	photo->organization_id = db_id(rows, row, column++);
	photo->uploader_id = db_id(rows, row, column++);
	photo->original_id = db_id(rows, row, column++);
	photo->project_id = db_id(rows, row, column++);
	photo->site_id = db_id(rows, row, column++);
	photo->title = db_text(rows, row, column++);
	photo->description = db_text(rows, row, column++);
	photo->submitter_name = db_text(rows, row, column++);
	photo->submitter_email = db_text(rows, row, column++);
	if (!photo_status_parse(db_text(rows, row, column++), &photo->status)) {
		photo->status = PHOTO_PENDING; /* the column allows no other word */
	}
	photo->reviewed_by = db_id(rows, row, column++);
	photo->reviewed_at_us = db_time(rows, row, column++);
	photo->rejection_reason = db_text(rows, row, column++);
	photo->bytes = db_int(rows, row, column++);
	photo->created_at_us = db_time(rows, row, column++);
	photo->archived_at_us = db_time(rows, row, column++);
	photo->archived_by = db_id(rows, row, column++);
	photo->archive_reason = db_text(rows, row, column++);
	photo->archive_batch_id = db_id(rows, row, column++);
	photo->purge_after_us = db_time(rows, row, column++);
	photo->marking_id = db_id(rows, row, column++);
	photo->deleted_at_us = db_time(rows, row, column++);
	photo->deletion_id = db_id(rows, row, column++);
	photo->recover_until_us = db_time(rows, row, column++);
	photo->deleted_by = db_id(rows, row, column++);
	photo->deletion_item_id = db_id(rows, row, column++);
	photo->purging = db_bool(rows, row, column++);
	photo->uploader_name = db_text(rows, row, column++);
	photo->project_name = db_text(rows, row, column++);
	photo->site_name = db_text(rows, row, column++);
	photo->has_thumbnail = db_bool(rows, row, column++);
	photo->owns_site = db_bool(rows, row, column++);
	photo->withheld = db_bool(rows, row, column++);
}

enum db_result photo_read_rows(enum db_result result, const struct db_rows *rows,
    struct arena *arena, struct photo_rows *rows_r)
{
	*rows_r = (struct photo_rows){0};
	if (result != DB_OK) {
		return result;
	}
	rows_r->items = arena_array(arena, rows->count, sizeof(*rows_r->items));
	rows_r->count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		photo_read_row(rows, i, &rows_r->items[i]);
	}
	return DB_OK;
}

static enum db_result find(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *photo_id, const struct id *viewer_id, struct photo *photo_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &PHOTO_FIND,
	    DB_VALUES(db_bind_id(viewer_id), db_bind_id(photo_id), db_bind_id(organization_id)),
	    &rows);

	if (result == DB_OK) {
		photo_read_row(&rows, 0, photo_r);
	}
	return result;
}

enum db_result store_photo_find(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, const struct id *viewer_id,
    struct photo *photo_r)
{
	enum db_result result = find(db, arena, organization_id, photo_id, viewer_id, photo_r);

	return result == DB_OK ? store_photo_details(db, arena, photo_r, 1) : result;
}

enum db_result store_photos_find(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_ids, size_t count,
    const struct id *viewer_id, struct photo_rows *rows_r)
{
	struct db_value values[PHOTOS_FIND_MOST + 2];
	struct db_rows rows = {0};
	enum db_result result;

	values[0] = db_bind_id(viewer_id);
	for (size_t i = 0; i < PHOTOS_FIND_MOST; i++) {
		values[i + 1] = db_bind_id(&photo_ids[i < count ? i : count - 1]);
	}
	values[PHOTOS_FIND_MOST + 1] = db_bind_id(organization_id);
	result = db_query(db, arena, &PHOTOS_FIND, values, PHOTOS_FIND_MOST + 2, &rows);
	result = photo_read_rows(result, &rows, arena, rows_r);
	return result == DB_OK ? store_photo_details(db, arena, rows_r->items, rows_r->count)
			       : result;
}

/* The lock is taken first and alone: under READ COMMITTED what is read after it is what it guards.
 */
enum db_result store_photo_lock(struct db_tx *tx, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, const struct id *viewer_id,
    struct photo *photo_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, arena, &PHOTO_LOCK,
	    DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)), &rows);

	return result == DB_OK ? find(tx->db, arena, organization_id, photo_id, viewer_id, photo_r)
			       : result;
}

enum db_result store_photo_derivatives(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *original_id, const struct id *viewer_id,
    unsigned shelves, unsigned limit, struct photo_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &PHOTO_DERIVATIVES,
	    DB_VALUES(db_bind_id(viewer_id), db_bind_id(original_id), db_bind_id(organization_id),
		db_bind_int(shelves), db_bind_int(limit)),
	    &rows);

	result = photo_read_rows(result, &rows, arena, rows_r);
	return result == DB_OK ? store_photo_details(db, arena, rows_r->items, rows_r->count)
			       : result;
}
