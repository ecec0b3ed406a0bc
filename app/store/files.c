/* files.c - rows of stored objects. */
#include <store/files.h>
#include <string.h>

DB_STATEMENT(FILE_FIND,
    "SELECT id, organization_id, owner_id, storage_key, content_type, bytes, digest, created_at"
    " FROM files WHERE owner_id = ? AND part = ? AND organization_id = ? ORDER BY id LIMIT 1");
DB_STATEMENT(FILE_INSERT,
    "INSERT INTO files (id, organization_id, owner_kind, owner_id, part, storage_key,"
    " content_type, bytes, digest, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(FILE_BY_DIGEST,
    "SELECT p.id, p.deleted_at IS NOT NULL FROM files f JOIN photos p ON p.id = f.owner_id"
    " WHERE f.organization_id = ? AND f.digest = ? AND f.part = 'original'"
    " ORDER BY p.deleted_at IS NOT NULL, p.id DESC LIMIT 1");
DB_STATEMENT(FILES_AFTER, "SELECT id, storage_key, bytes, digest FROM files WHERE id > ?"
			  " ORDER BY id LIMIT 500");
DB_STATEMENT(FILE_NAMED, "SELECT EXISTS (SELECT 1 FROM files WHERE storage_key = ?)"
			 " OR EXISTS (SELECT 1 FROM exports WHERE building_key = ?),"
			 " EXISTS (SELECT 1 FROM storage_cleanup_queue WHERE storage_key = ?)");

static const char *const OWNER_NAMES[] = {
    [FILE_OF_PHOTO] = "photo",
    [FILE_OF_QUEST] = "quest",
    [FILE_OF_ADVENTURE] = "adventure",
    [FILE_OF_EXPORT] = "export",
};

static const char *const PART_NAMES[] = {
    [FILE_ORIGINAL] = "original",
    [FILE_THUMBNAIL] = "thumbnail",
    [FILE_ASSET] = "asset",
};

static void copy_digest(
    const struct db_rows *rows, size_t row, size_t column, unsigned char digest[FILE_DIGEST_SIZE])
{
	const char *bytes = db_text(rows, row, column);

	memset(digest, 0, FILE_DIGEST_SIZE);
	if (bytes) {
		memcpy(digest, bytes, FILE_DIGEST_SIZE); /* BINARY(32): never shorter */
	}
}

enum db_result store_file_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *owner_id, enum file_part part, struct file *file_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &FILE_FIND,
	    DB_VALUES(
		db_bind_id(owner_id), db_bind_text(PART_NAMES[part]), db_bind_id(organization_id)),
	    &rows);

	if (result != DB_OK) {
		return result;
	}
	*file_r = (struct file){
	    .id = db_id(&rows, 0, 0),
	    .organization_id = db_id(&rows, 0, 1),
	    .owner_id = db_id(&rows, 0, 2),
	    .part = part,
	    .storage_key = db_text(&rows, 0, 3),
	    .content_type = db_text(&rows, 0, 4),
	    .bytes = db_int(&rows, 0, 5),
	    .created_at_us = db_time(&rows, 0, 7),
	};
	copy_digest(&rows, 0, 6, file_r->digest);
	return DB_OK;
}

enum db_result store_file_insert(struct db_tx *tx, const struct file *file)
{
	return db_exec(tx->db, &FILE_INSERT,
	    DB_VALUES(db_bind_id(&file->id), db_bind_id(&file->organization_id),
		db_bind_text(OWNER_NAMES[file->owner_kind]), db_bind_id(&file->owner_id),
		db_bind_text(PART_NAMES[file->part]), db_bind_text(file->storage_key),
		db_bind_text(file->content_type), db_bind_int(file->bytes),
		db_bind_blob(file->digest, FILE_DIGEST_SIZE), db_bind_time(file->created_at_us)),
	    NULL);
}

enum db_result store_file_by_digest(struct db *db, struct arena *arena,
    const struct id *organization_id, const unsigned char digest[FILE_DIGEST_SIZE],
    struct id *photo_r, bool *deleted_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &FILE_BY_DIGEST,
	    DB_VALUES(db_bind_id(organization_id), db_bind_blob(digest, FILE_DIGEST_SIZE)), &rows);

	if (result == DB_OK) {
		*photo_r = db_id(&rows, 0, 0);
		*deleted_r = db_bool(&rows, 0, 1);
	}
	return result;
}

enum db_result store_files_after(
    struct db *db, struct arena *arena, const struct id *after, struct file_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &FILES_AFTER,
	    DB_VALUES(db_bind_blob(after->bytes, sizeof(after->bytes))), &rows);

	*rows_r = (struct file_rows){0};
	if (result != DB_OK) {
		return result;
	}
	rows_r->items = arena_array(arena, rows.count, sizeof(*rows_r->items));
	rows_r->count = rows.count;
	for (size_t i = 0; i < rows.count; i++) {
		rows_r->items[i].id = db_id(&rows, i, 0);
		rows_r->items[i].storage_key = db_text(&rows, i, 1);
		rows_r->items[i].bytes = db_int(&rows, i, 2);
		copy_digest(&rows, i, 3, rows_r->items[i].digest);
	}
	return DB_OK;
}

enum db_result store_file_named(
    struct db *db, struct arena *arena, const char *storage_key, struct file_naming *naming_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &FILE_NAMED,
	    DB_VALUES(
		db_bind_text(storage_key), db_bind_text(storage_key), db_bind_text(storage_key)),
	    &rows);

	if (result == DB_OK) {
		naming_r->row = db_bool(&rows, 0, 0);
		naming_r->queue = db_bool(&rows, 0, 1);
	}
	return result;
}
