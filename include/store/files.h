/* files.h - rows of stored objects. */
#ifndef LETHE_STORE_FILES_H
#define LETHE_STORE_FILES_H

#include <db/db.h>

enum file_owner { FILE_OF_PHOTO, FILE_OF_QUEST, FILE_OF_ADVENTURE, FILE_OF_EXPORT };
enum file_part { FILE_ORIGINAL, FILE_THUMBNAIL, FILE_ASSET };

#define FILE_DIGEST_SIZE 32

struct file {
	struct id id;
	struct id organization_id;
	enum file_owner owner_kind;
	struct id owner_id;
	enum file_part part;
	const char *storage_key;
	const char *content_type;
	int64_t bytes;
	unsigned char digest[FILE_DIGEST_SIZE]; /* BLAKE2b-256; the ETag is made of it */
	int64_t created_at_us;
};

/* The oldest file of that owner and part. */
enum db_result store_file_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *owner_id, enum file_part part, struct file *file_r)
    __attribute__((warn_unused_result));

enum db_result store_file_insert(struct db_tx *tx, const struct file *file)
    __attribute__((warn_unused_result));

/* The photo of the organisation whose original has that digest, the newest; `deleted_r`: it is in
 * the trash. DB_NONE where none is stored. */
enum db_result store_file_by_digest(struct db *db, struct arena *arena,
    const struct id *organization_id, const unsigned char digest[FILE_DIGEST_SIZE],
    struct id *photo_r, bool *deleted_r) __attribute__((warn_unused_result));

/* Rows with ids above `after` in order of id, at most 500, for the storage check: id, storage_key,
 * bytes and digest are read. */
struct file_rows {
	struct file *items;
	size_t count;
};
enum db_result store_files_after(struct db *db, struct arena *arena, const struct id *after,
    struct file_rows *rows_r) __attribute__((warn_unused_result));

/* Who names an object. */
struct file_naming {
	bool row;   /* a files row, or an export that is being made */
	bool queue; /* the cleanup queue */
};
enum db_result store_file_named(struct db *db, struct arena *arena, const char *storage_key,
    struct file_naming *naming_r) __attribute__((warn_unused_result));

#endif
