/* reminders.c - archived photos whose owner is to be told. */
#include <store/reminders.h>

/* The index holds those that nobody was told of together, by the time of their purge. */
#define REMINDER_FROM " FROM photos p FORCE INDEX (reminder)"
#define REMINDER_WHERE                                                                             \
	" WHERE p.organization_id = ? AND p.purge_mail_at IS NULL AND p.purge_after > ?"           \
	" AND p.purge_after <= ? AND p.shelf = 1"
#define REMINDER_NAMED                                                                             \
	" AND p.uploader_id = ? AND NOT EXISTS (SELECT 1 FROM photos o WHERE o.id = p.original_id" \
	" AND o.shelf = 1 AND o.archive_batch_id <=> p.archive_batch_id)"

DB_STATEMENT(REMINDER_OWNERS,
    "SELECT DISTINCT p.uploader_id" REMINDER_FROM " JOIN users u ON u.id = p.uploader_id"
    " JOIN organizations g ON g.id = p.organization_id" REMINDER_WHERE
    " AND p.uploader_id > ? AND u.organization_id = p.organization_id AND u.deleted_at IS NULL"
    " AND u.notify_retention AND u.email IS NOT NULL AND g.deleted_at IS NULL"
    " ORDER BY p.uploader_id LIMIT ?");
DB_STATEMENT(REMINDER_LIST,
    "SELECT p.id, p.title, p.purge_after" REMINDER_FROM REMINDER_WHERE REMINDER_NAMED
    " ORDER BY p.purge_after, p.id LIMIT ?");
DB_STATEMENT(REMINDER_COUNT, "SELECT COUNT(*)" REMINDER_FROM REMINDER_WHERE REMINDER_NAMED);
DB_STATEMENT(REMINDER_TOLD,
    "SELECT COUNT(*)" REMINDER_FROM " WHERE p.organization_id = ? AND p.purge_mail_at = ?"
    " AND p.uploader_id = ?");
DB_STATEMENT(REMINDER_UNMARKED, "SELECT p.id" REMINDER_FROM REMINDER_WHERE
				" AND p.uploader_id = ? AND p.archived_at <= ? LIMIT ?");
DB_STATEMENT(REMINDER_MARK,
    "UPDATE photos SET purge_mail_at = ? WHERE id = ? AND organization_id = ?"
    " AND purge_mail_at IS NULL AND shelf = 1");

#define RANGE_VALUES(range)                                                                        \
	db_bind_id(&(range)->organization_id), db_bind_time((range)->after_us),                    \
	    db_bind_time((range)->until_us)

enum db_result reminder_owners(struct db *db, struct arena *arena,
    const struct reminder_range *range, const struct id *after, unsigned limit, struct id **ids_r,
    size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REMINDER_OWNERS,
	    DB_VALUES(RANGE_VALUES(range), db_bind_blob(after->bytes, sizeof(after->bytes)),
		db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++)
		(*ids_r)[i] = db_id(&rows, i, 0);
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result count_photos(struct db *db, struct arena *arena,
    const struct reminder_range *range, const struct id *owner_id, int64_t *total_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REMINDER_COUNT,
	    DB_VALUES(RANGE_VALUES(range), db_bind_id(owner_id)), &rows);

	*total_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	return result;
}

enum db_result reminder_photos(struct db *db, struct arena *arena,
    const struct reminder_range *range, const struct id *owner_id, unsigned limit,
    struct reminder_photo **photos_r, size_t *count_r, int64_t *total_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REMINDER_LIST,
	    DB_VALUES(RANGE_VALUES(range), db_bind_id(owner_id), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*total_r = 0;
	*photos_r = arena_array(arena, rows.count + 1, sizeof(**photos_r));
	for (size_t i = 0; i < rows.count; i++)
		(*photos_r)[i] = (struct reminder_photo){
		    .id = db_id(&rows, i, 0),
		    .title = db_text(&rows, i, 1),
		    .purge_after_us = db_time(&rows, i, 2),
		};
	if (result != DB_OK)
		return result == DB_NONE ? DB_OK : result;
	return count_photos(db, arena, range, owner_id, total_r);
}

enum db_result reminder_told(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *owner_id, int64_t at_us, int64_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REMINDER_TOLD,
	    DB_VALUES(db_bind_id(organization_id), db_bind_time(at_us), db_bind_id(owner_id)),
	    &rows);

	*count_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	return result;
}

enum db_result reminder_mark(struct db_tx *tx, const struct reminder_range *range,
    const struct id *owner_id, int64_t now_us, unsigned limit, uint64_t *marked_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &REMINDER_UNMARKED,
	    DB_VALUES(RANGE_VALUES(range), db_bind_id(owner_id),
		db_bind_time(range->archived_until_us), db_bind_int(limit)),
	    &rows);

	*marked_r = rows.count;
	for (size_t i = 0; result <= DB_NONE && i < rows.count; i++) {
		struct id id = db_id(&rows, i, 0);

		result = db_exec(tx->db, &REMINDER_MARK,
		    DB_VALUES(
			db_bind_time(now_us), db_bind_id(&id), db_bind_id(&range->organization_id)),
		    NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}
