/* tags.c - words on photos, and photos in albums; both read for a whole page at a time. */
#include <store/tags.h>
#include <string.h>

#include "marks.h"

DB_STATEMENT(TAG_FIND, "SELECT id FROM tags WHERE organization_id = ? AND name = ?");
DB_STATEMENT(TAG_LOCK, "SELECT id FROM tags WHERE organization_id = ? AND name = ?"
		       " LOCK IN SHARE MODE");
DB_STATEMENT(TAG_INSERT, "INSERT INTO tags (id, organization_id, name, created_at)"
			 " VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = id");
DB_STATEMENT(PHOTO_TAG_ADD, "INSERT INTO photo_tags (photo_id, tag_id) VALUES (?, ?)");
DB_STATEMENT(
    ALBUM_PHOTO_ADD, "INSERT INTO album_photos (album_id, photo_id, position) VALUES (?, ?, ?)");

#define TAGS_OF(marks)                                                                             \
	"SELECT STRAIGHT_JOIN pt.photo_id, t.id, t.name FROM photo_tags pt"                        \
	" JOIN tags t ON t.id = pt.tag_id WHERE pt.photo_id IN (" marks ")"                        \
	" AND t.organization_id = ? ORDER BY t.name"
#define ALBUMS_OF(marks)                                                                           \
	"SELECT STRAIGHT_JOIN ap.photo_id, a.id, a.name FROM album_photos ap FORCE INDEX (photo)"  \
	" JOIN albums a ON a.id = ap.album_id WHERE ap.photo_id IN (" marks ")"                    \
	" AND a.organization_id = ? AND a.deleted_at IS NULL ORDER BY a.id"
DB_STATEMENT(TAGS_OF_1, TAGS_OF("?"));
DB_STATEMENT(TAGS_OF_50, TAGS_OF(MARKS_50));
DB_STATEMENT(TAGS_OF_200, TAGS_OF(MARKS_200));
DB_STATEMENT(ALBUMS_OF_1, ALBUMS_OF("?"));
DB_STATEMENT(ALBUMS_OF_50, ALBUMS_OF(MARKS_50));
DB_STATEMENT(ALBUMS_OF_200, ALBUMS_OF(MARKS_200));

#define MOST 200

static const struct lengths {
	size_t length;
	const struct db_statement *tags;
	const struct db_statement *albums;
} LENGTHS[] = {
    {1, &TAGS_OF_1, &ALBUMS_OF_1},
    {50, &TAGS_OF_50, &ALBUMS_OF_50},
    {MOST, &TAGS_OF_200, &ALBUMS_OF_200},
};

enum db_result store_tag_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const char *name, struct id *tag_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &TAG_FIND,
	    DB_VALUES(db_bind_id(organization_id), db_bind_text(name)), &rows);

	if (result == DB_OK) {
		*tag_r = db_id(&rows, 0, 0);
	}
	return result;
}

enum db_result store_tag_ensure(struct db_tx *tx, struct arena *arena,
    const struct id *organization_id, const char *name, int64_t now_us, struct id *tag_r)
{
	struct id id = id_generate(now_us);
	struct db_rows rows = {0};
	enum db_result result = store_tag_find(tx->db, arena, organization_id, name, tag_r);

	if (result != DB_NONE) {
		return result;
	}
	result = db_exec(tx->db, &TAG_INSERT,
	    DB_VALUES(db_bind_id(&id), db_bind_id(organization_id), db_bind_text(name),
		db_bind_time(now_us)),
	    NULL);
	if (result != DB_OK && result != DB_NONE) {
		return result;
	}
	result = db_query(tx->db, arena, &TAG_LOCK,
	    DB_VALUES(db_bind_id(organization_id), db_bind_text(name)), &rows);
	if (result == DB_OK) {
		*tag_r = db_id(&rows, 0, 0);
	}
	return result;
}

enum db_result store_photo_tag_add(
    struct db_tx *tx, const struct id *photo_id, const struct id *tag_id)
{
	return db_exec(
	    tx->db, &PHOTO_TAG_ADD, DB_VALUES(db_bind_id(photo_id), db_bind_id(tag_id)), NULL);
}

enum db_result store_album_photo_add(
    struct db_tx *tx, const struct id *album_id, const struct id *photo_id, unsigned position)
{
	return db_exec(tx->db, &ALBUM_PHOTO_ADD,
	    DB_VALUES(db_bind_id(album_id), db_bind_id(photo_id), db_bind_int(position)), NULL);
}

/* The shortest list that holds them all, what is left of it repeats the last; and their
 * organisation. */
static const struct lengths *bind_ids(
    const struct photo *photos, size_t count, struct db_value values[MOST + 1])
{
	const struct lengths *lengths = LENGTHS;

	while (lengths->length < count) {
		lengths++;
	}
	for (size_t i = 0; i < lengths->length; i++) {
		values[i] = db_bind_id(&photos[i < count ? i : count - 1].id);
	}
	values[lengths->length] = db_bind_id(&photos->organization_id);
	return lengths;
}

static bool is_of(const struct db_rows *rows, size_t row, const struct photo *photo)
{
	struct id id = db_id(rows, row, 0);

	return id_equal(&photo->id, &id);
}

/* Give each photo the rows that are its own, one after another in one array. */
static void share_out_tags(
    const struct db_rows *rows, struct arena *arena, struct photo *photos, size_t count)
{
	struct photo_tag *pool = arena_array(arena, rows->count, sizeof(*pool));
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		photos[i].tags = pool + used;
		for (size_t row = 0; row < rows->count; row++) {
			if (is_of(rows, row, &photos[i])) {
				pool[used].id = db_id(rows, row, 1);
				pool[used++].name = db_text(rows, row, 2);
				photos[i].tag_count++;
			}
		}
	}
}

static void share_out_albums(
    const struct db_rows *rows, struct arena *arena, struct photo *photos, size_t count)
{
	struct id *pool = arena_array(arena, rows->count, sizeof(*pool));
	const char **names = arena_array(arena, rows->count, sizeof(*names));
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		photos[i].album_ids = pool + used;
		photos[i].album_names = names + used;
		for (size_t row = 0; row < rows->count; row++) {
			if (is_of(rows, row, &photos[i])) {
				names[used] = db_text(rows, row, 2);
				pool[used++] = db_id(rows, row, 1);
				photos[i].album_count++;
			}
		}
	}
}

static enum db_result read_details(
    struct db *db, struct arena *arena, struct photo *photos, size_t count)
{
	struct db_value values[MOST + 1];
	const struct lengths *lengths = bind_ids(photos, count, values);
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, lengths->tags, values, lengths->length + 1, &rows);

	if (result != DB_OK && result != DB_NONE) {
		return result;
	}
	share_out_tags(&rows, arena, photos, count);
	result = db_query(db, arena, lengths->albums, values, lengths->length + 1, &rows);
	if (result != DB_OK && result != DB_NONE) {
		return result;
	}
	share_out_albums(&rows, arena, photos, count);
	return DB_OK;
}

enum db_result store_photo_details(
    struct db *db, struct arena *arena, struct photo *photos, size_t count)
{
	enum db_result result = DB_OK;

	while (count > 0 && result == DB_OK) {
		size_t some = count < MOST ? count : MOST;

		result = read_details(db, arena, photos, some);
		photos += some;
		count -= some;
	}
	return result;
}
