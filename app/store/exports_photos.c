/* exports_photos.c - photos, their details and the stored files that go into an export. By the
 * person alone, as exports_sections.c. */
#include <store/exports.h>
#include <string.h>

/* One arm for each value of the two columns before the id in the index `own`: each gives its first
 * ids in order, so that no page reads or sorts more than a few times its rows, and a photo that
 * changes its place meanwhile is neither missed nor read twice. */
#define ARM(shelf, published)                                                                      \
	"(SELECT id FROM photos FORCE INDEX (own) WHERE uploader_id = ? AND shelf = " shelf        \
	" AND published = " published " AND id > ? ORDER BY id LIMIT ?)"
DB_STATEMENT(EXPORT_PHOTOS,
    "SELECT p.id, p.organization_id, p.original_id, p.project_id, p.site_id, p.title,"
    " p.description, p.submitter_name, p.submitter_email, p.status, p.rejection_reason,"
    " p.quality_score, p.bytes, p.created_at,"
    " IF(p.shelf = 0, 'live', IF(p.shelf = 1, 'archived', 'trash')), p.reviewed_at,"
    " p.archived_at, p.archive_reason, p.archive_batch_id, p.purge_after, p.deleted_at,"
    " p.deletion_id, d.recover_until, f.storage_key, f.content_type, f.bytes, t.storage_key,"
    " t.content_type, t.bytes FROM (" ARM("0", "0") " UNION ALL " ARM("0", "1") " UNION ALL " ARM(
	"1", "0") " UNION ALL " ARM("1", "1") " UNION ALL " ARM("2", "0") " UNION ALL " ARM("2",
	"1") " ORDER BY id LIMIT ?) k JOIN photos p ON p.id = k.id"
	     " LEFT JOIN deletions d ON d.id = p.deletion_id"
	     " LEFT JOIN files f ON f.owner_id = p.id"
	     " AND f.part = 'original' AND f.owner_kind = 'photo'"
	     " LEFT JOIN files t ON t.owner_id = p.id"
	     " AND t.part = 'thumbnail' AND t.owner_kind = 'photo'"
	     " ORDER BY p.id");

static const char *const names[] = {"id", "organization_id", "original_id", "project_id", "site_id",
    "title", "description", "submitter_name", "submitter_email", "status", "rejection_reason",
    "quality_score", "bytes", "created_at", "state", "reviewed_at", "archived_at", "archive_reason",
    "archive_batch_id", "purge_after", "deleted_at", "deletion_id", "recover_until"};
static const char types[] = "IIIIITTTTTTTNWTWWTIWWIW";
#define OBJECTS (sizeof(types) - 1) /* the column that those of the stored objects begin with */

#define TEN     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define OF_PAGE " IN (" TEN ", " TEN ", " TEN ", " TEN ", " TEN ")"
_Static_assert(EXPORT_PAGE == 50, "as many marks as a page has photos");
/* The photo and the member's columns; the user first, where the detail is somebody's. */
DB_STATEMENT(EXPORT_TAGS, "SELECT x.photo_id, t.name FROM photo_tags x JOIN tags t"
			  " ON t.id = x.tag_id WHERE x.photo_id" OF_PAGE " ORDER BY t.name");
DB_STATEMENT(EXPORT_PLACES,
    "SELECT x.photo_id, a.id, a.name, x.position FROM album_photos x JOIN albums a"
    " ON a.id = x.album_id AND a.created_by = ? WHERE x.photo_id" OF_PAGE " ORDER BY a.id");
DB_STATEMENT(EXPORT_PHOTO_NOTES,
    "SELECT x.photo_id, x.id, x.body, x.created_at FROM photo_notes x WHERE x.author_id = ?"
    " AND x.photo_id" OF_PAGE " ORDER BY x.id");
DB_STATEMENT(EXPORT_AI_RESULTS,
    "SELECT x.photo_id, x.id, x.model, x.result, x.created_at FROM ai_processing_results x"
    " WHERE x.photo_id" OF_PAGE " ORDER BY x.id");
DB_STATEMENT(EXPORT_SHARES,
    "SELECT x.photo_id, x.id, x.created_at, x.expires_at, x.revoked_at FROM photo_shares x"
    " WHERE x.photo_id" OF_PAGE " ORDER BY x.id");

static const struct {
	const char *name;
	const struct db_statement *statement;
	bool of_user;
	const char *types;
	const char *columns[6]; /* none: a list of texts */
} details[] = {
    {"tags", &EXPORT_TAGS, false, "T", {NULL}},
    {"albums", &EXPORT_PLACES, true, "ITN", {"id", "name", "position"}},
    {"notes", &EXPORT_PHOTO_NOTES, true, "ITW", {"id", "body", "created_at"}},
    {"ai_results", &EXPORT_AI_RESULTS, false, "ITTW", {"id", "model", "result", "created_at"}},
    {"shares", &EXPORT_SHARES, false, "IWWW", {"id", "created_at", "expires_at", "revoked_at"}},
};
#define DETAILS (sizeof(details) / sizeof(details[0]))

#define OF_CONTENT(table, kind)                                                                    \
	"(SELECT f.id, x.id owner, x.title, '" kind "' kind, f.storage_key, f.content_type,"       \
	" f.bytes, x.created_at FROM " table " x JOIN files f ON f.owner_id = x.id"                \
	" AND f.owner_kind = '" kind                                                               \
	"' WHERE x.creator_id = ? AND f.id > ? ORDER BY f.id LIMIT ?)"
DB_STATEMENT(EXPORT_ASSETS, OF_CONTENT("quests", "quest") " UNION ALL " OF_CONTENT(
				"adventures", "adventure") " ORDER BY id LIMIT ?");
DB_STATEMENT(EXPORT_COUNT, "SELECT (SELECT COUNT(*) FROM photos WHERE uploader_id = ?)"
			   " + (SELECT COUNT(*) FROM quests x JOIN files f ON f.owner_id = x.id"
			   " AND f.owner_kind = 'quest' WHERE x.creator_id = ?)"
			   " + (SELECT COUNT(*) FROM adventures x JOIN files f ON f.owner_id = x.id"
			   " AND f.owner_kind = 'adventure' WHERE x.creator_id = ?)");

static void set_member(struct doc *doc, const char *key, char type, const struct db_rows *rows,
    size_t row, size_t column)
{
	struct id id = type == 'I' ? db_id(rows, row, column) : id_none;

	if (type == 'I') {
		doc_set_id(doc, key, &id);
	} else if (type == 'W') {
		doc_set_time(doc, key, db_time(rows, row, column));
	} else if (type == 'N') {
		doc_set_int(doc, key, db_int(rows, row, column));
	} else {
		doc_set_text(doc, key, db_text(rows, row, column));
	}
}

static struct export_object read_object(const struct db_rows *rows, size_t row, size_t column)
{
	return (struct export_object){
	    .storage_key = db_text(rows, row, column),
	    .content_type = db_text(rows, row, column + 1),
	    .bytes = db_int(rows, row, column + 2),
	};
}

static struct export_file read_photo(struct arena *arena, const struct db_rows *rows, size_t row)
{
	struct export_file photo = {
	    .item = {.id = db_id(rows, row, 0), .doc = doc_object(arena)},
	    .title = db_text(rows, row, 5),
	    .state = db_text(rows, row, 14),
	    .created_us = db_time(rows, row, 13),
	    .object = read_object(rows, row, OBJECTS),
	    .thumbnail = read_object(rows, row, OBJECTS + 3),
	};

	for (size_t i = 0; types[i]; i++) {
		set_member(photo.item.doc, names[i], types[i], rows, row, i);
	}
	return photo;
}

static const struct doc *read_detail(
    struct arena *arena, size_t i, const struct db_rows *rows, size_t row)
{
	struct doc *doc;

	if (!details[i].columns[0]) {
		return doc_text(arena, db_text(rows, row, 1));
	}
	doc = doc_object(arena);
	for (size_t k = 0; details[i].types[k]; k++) {
		set_member(doc, details[i].columns[k], details[i].types[k], rows, row, k + 1);
	}
	return doc;
}

/* Details of one kind, as a member of each photo of the page. */
static enum db_result add_details(struct db *db, struct arena *arena, const struct id *user_id,
    size_t i, struct export_file *photos, size_t count)
{
	struct db_value values[EXPORT_PAGE + 1];
	struct doc *lists[EXPORT_PAGE];
	struct db_rows rows = {0};
	size_t used = 0;
	enum db_result result;

	if (details[i].of_user) {
		values[used++] = db_bind_id(user_id);
	}
	for (size_t k = 0; k < EXPORT_PAGE; k++) {
		values[used++] = db_bind_id(k < count ? &photos[k].item.id : &id_none);
	}
	result = db_query(db, arena, details[i].statement, values, used, &rows);
	for (size_t k = 0; k < count; k++) {
		lists[k] = doc_list(arena);
		doc_set(photos[k].item.doc, details[i].name, lists[k]);
	}
	for (size_t row = 0; row < rows.count; row++) {
		struct id of = db_id(&rows, row, 0);

		for (size_t k = 0; k < count; k++) {
			if (id_equal(&of, &photos[k].item.id)) {
				doc_push(lists[k], read_detail(arena, i, &rows, row));
			}
		}
	}
	return result == DB_NONE ? DB_OK : result;
}

/* A photo that has several originals, which none has, is read once. */
static size_t drop_repeated(struct export_file *photos, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !id_equal(&photos[kept - 1].item.id, &photos[i].item.id)) {
			photos[kept++] = photos[i];
		}
	}
	return kept < EXPORT_PAGE ? kept : EXPORT_PAGE;
}

enum db_result export_photos_read(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *after, struct export_file **photos_r, size_t *count_r)
{
	struct db_value user = db_bind_id(user_id), most = db_bind_int(EXPORT_PAGE);
	struct db_value from = db_bind_blob(after->bytes, sizeof(after->bytes));
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &EXPORT_PHOTOS,
	    DB_VALUES(user, from, most, user, from, most, user, from, most, user, from, most, user,
		from, most, user, from, most, most),
	    &rows);

	*photos_r = arena_array(arena, rows.count + 1, sizeof(**photos_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*photos_r)[i] = read_photo(arena, &rows, i);
	}
	*count_r = drop_repeated(*photos_r, rows.count);
	for (size_t i = 0; i < DETAILS && result == DB_OK; i++) {
		result = add_details(db, arena, user_id, i, *photos_r, *count_r);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result export_assets_read(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *after, unsigned limit, struct export_file **files_r, size_t *count_r)
{
	struct db_value user = db_bind_id(user_id), most = db_bind_int(limit);
	struct db_value from = db_bind_blob(after->bytes, sizeof(after->bytes));
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, &EXPORT_ASSETS, DB_VALUES(user, from, most, user, from, most, most), &rows);

	*count_r = rows.count;
	*files_r = arena_array(arena, rows.count + 1, sizeof(**files_r));
	for (size_t i = 0; i < rows.count; i++) {
		struct doc *doc = doc_object(arena);
		struct id owner = db_id(&rows, i, 1);

		doc_set_id(doc, "owner_id", &owner);
		doc_set_text(doc, "owner_kind", db_text(&rows, i, 3));
		doc_set_int(doc, "bytes", db_int(&rows, i, 6));
		(*files_r)[i] = (struct export_file){
		    .item = {.id = db_id(&rows, i, 0), .doc = doc},
		    .title = db_text(&rows, i, 2),
		    .state = db_text(&rows, i, 3),
		    .created_us = db_time(&rows, i, 7),
		    .object = read_object(&rows, i, 4),
		};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result export_count(
    struct db *db, struct arena *arena, const struct id *user_id, int64_t *count_r)
{
	struct db_value user = db_bind_id(user_id);
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &EXPORT_COUNT, DB_VALUES(user, user, user), &rows);

	*count_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	return result;
}
