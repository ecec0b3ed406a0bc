/* marks.c - the statements on the rows that bear a deletion's id, table by table. */
#include "cascade.h"

#include <string.h>

/* Values: deletion, organisation, after, offset. An organisation is its own tenant. */
#define RANGE(table, tenant)                                                                       \
	"SELECT id FROM " table " FORCE INDEX (deletion)"                                          \
	" WHERE deletion_id = ? AND " tenant " = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?"
/* Values: deletion, organisation, after, upto, limit. */
#define PICK(table, tenant)                                                                        \
	"(SELECT id FROM " table " FORCE INDEX (deletion)"                                         \
	" WHERE deletion_id = ? AND " tenant                                                       \
	" = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?) step"
#define CHANGE(table, tenant, set)                                                                 \
	"UPDATE " table " c JOIN " PICK(table, tenant) " ON step.id = c.id" set
#define REMOVE(table) "DELETE c FROM " table " c JOIN " PICK(table, TENANT) " ON step.id = c.id"
#define TENANT        "organization_id"
#define CLEARED       " SET c.deleted_at = NULL, c.deletion_id = NULL"

#define TABLE(NAME, table)                                                                         \
	DB_STATEMENT(NAME##_RANGE, RANGE(table, TENANT));                                          \
	DB_STATEMENT(NAME##_REMOVE, REMOVE(table))
#define TABLE_CLEARED(NAME, table)                                                                 \
	TABLE(NAME, table);                                                                        \
	DB_STATEMENT(NAME##_CLEAR, CHANGE(table, TENANT, CLEARED))

TABLE(MARKED_PHOTOS, "photos");
DB_STATEMENT(MARKED_PHOTOS_CLEAR, CHANGE("photos", TENANT, PHOTO_REQUEST PHOTO_CLEARED));
TABLE_CLEARED(MARKED_NOTES, "photo_notes");
TABLE_CLEARED(MARKED_AI_RESULTS, "ai_processing_results");
TABLE_CLEARED(MARKED_QUESTS, "quests");
TABLE_CLEARED(MARKED_CARDS, "quest_content_cards");
TABLE_CLEARED(MARKED_SUBMISSIONS, "activity_submissions");
TABLE_CLEARED(MARKED_ADVENTURES, "adventures");
TABLE_CLEARED(MARKED_SEQUENCES, "adventure_sequences");
TABLE_CLEARED(MARKED_EVENTS, "events");
TABLE_CLEARED(MARKED_ALBUMS, "albums");
TABLE_CLEARED(MARKED_PROJECTS, "projects");
TABLE_CLEARED(MARKED_SITES, "sites");

/* An address that somebody else has taken since stays theirs. */
DB_STATEMENT(MARKED_USERS_RANGE, RANGE("users", TENANT));
DB_STATEMENT(
    MARKED_USERS_CLEAR, CHANGE("users", TENANT,
			    " LEFT JOIN users e ON e.live_email = c.email"
			    " LEFT JOIN users i ON i.live_identity_uid = c.identity_uid" CLEARED
			    ", c.email = IF(e.id IS NULL, c.email, NULL),"
			    " c.identity_uid = IF(i.id IS NULL, c.identity_uid, NULL)"));
DB_STATEMENT(MARKED_USERS_BLANK,
    CHANGE("users", TENANT,
	" SET c.email = NULL, c.display_name = 'Deleted User', c.password_hash = NULL,"
	" c.identity_uid = NULL, c.bio = NULL, c.deletion_reason = NULL,"
	" c.deletion_transfer_to = NULL, c.deletion_status = 'DELETED'"));
#define POINTED_AT(table, column)                                                                  \
	" AND NOT EXISTS (SELECT 1 FROM " table " x WHERE x." column " = c.id)"
DB_STATEMENT(MARKED_USERS_REMOVE,
    "DELETE c FROM users c JOIN " PICK("users", TENANT) " ON step.id = c.id WHERE 1 = 1" POINTED_AT(
	"photos", "uploader_id") POINTED_AT("photo_notes", "author_id")
	POINTED_AT("albums", "created_by") POINTED_AT("quests", "creator_id")
	    POINTED_AT("adventures", "creator_id") POINTED_AT("activity_submissions", "user_id")
		POINTED_AT("events", "created_by") POINTED_AT("site_claims", "user_id")
		    POINTED_AT("sites", "created_by") POINTED_AT("projects", "created_by"));
DB_STATEMENT(MARKED_ORGANIZATIONS_RANGE, RANGE("organizations", "id"));
DB_STATEMENT(MARKED_ORGANIZATIONS_CLEAR, CHANGE("organizations", "id", CLEARED));
DB_STATEMENT(MARKED_ORGANIZATIONS_BLANK,
    CHANGE("organizations", "id", " SET c.name = 'Deleted organisation', c.created_by = NULL"));
DB_STATEMENT(EFFECTS_RANGE,
    "SELECT photo_id FROM deletion_effects WHERE deletion_id = ? AND ? IS NOT NULL"
    " AND photo_id > ? ORDER BY photo_id LIMIT 1 OFFSET ?");

/* `blank` comes before `remove`; what is blanked alone stays. */
static const struct {
	const struct db_statement *range, *clear, *blank, *remove;
} statements[MARK_TABLE_COUNT] = {
#define ALL_OF(NAME)                                                                               \
	{                                                                                          \
		&NAME##_RANGE, &NAME##_CLEAR, NULL, &NAME##_REMOVE                                 \
	}
    [MARKS_PHOTOS] = ALL_OF(MARKED_PHOTOS),
    [MARKS_NOTES] = ALL_OF(MARKED_NOTES),
    [MARKS_AI_RESULTS] = ALL_OF(MARKED_AI_RESULTS),
    [MARKS_QUESTS] = ALL_OF(MARKED_QUESTS),
    [MARKS_CARDS] = ALL_OF(MARKED_CARDS),
    [MARKS_SUBMISSIONS] = ALL_OF(MARKED_SUBMISSIONS),
    [MARKS_ADVENTURES] = ALL_OF(MARKED_ADVENTURES),
    [MARKS_SEQUENCES] = ALL_OF(MARKED_SEQUENCES),
    [MARKS_EVENTS] = ALL_OF(MARKED_EVENTS),
    [MARKS_ALBUMS] = ALL_OF(MARKED_ALBUMS),
    [MARKS_PROJECTS] = ALL_OF(MARKED_PROJECTS),
    [MARKS_SITES] = ALL_OF(MARKED_SITES),
    [MARKS_USERS] = {&MARKED_USERS_RANGE, &MARKED_USERS_CLEAR, &MARKED_USERS_BLANK,
	&MARKED_USERS_REMOVE},
    [MARKS_ORGANIZATIONS] = {&MARKED_ORGANIZATIONS_RANGE, &MARKED_ORGANIZATIONS_CLEAR,
	&MARKED_ORGANIZATIONS_BLANK, NULL},
    [MARKS_EFFECTS] = {&EFFECTS_RANGE, NULL, NULL, NULL},
};

/* One photo with its details. Values: deletion, organisation, photo. */
#define ONE(column) " WHERE c.deletion_id = ? AND c.organization_id = ? AND c." column " = ?"
DB_STATEMENT(PHOTO_BYTES, "SELECT c.bytes FROM photos c" ONE("id"));
DB_STATEMENT(PHOTO_CLEAR, "UPDATE photos c" PHOTO_REQUEST PHOTO_CLEARED ONE("id"));
DB_STATEMENT(PHOTO_NOTES_CLEAR,
    "UPDATE photo_notes c SET c.deleted_at = NULL, c.deletion_id = NULL" ONE("photo_id"));
DB_STATEMENT(PHOTO_AI_RESULTS_CLEAR,
    "UPDATE ai_processing_results c SET c.deleted_at = NULL, c.deletion_id = NULL" ONE("photo_id"));

/* A photo with its derivatives. Values: new deletion, its time, old one, organisation, photo,
 * photo; the details follow their photos, which bear the new id by then. */
DB_STATEMENT(MOVED_BYTES, "SELECT SUM(bytes) FROM photos WHERE deletion_id = ?"
			  " AND organization_id = ? AND (id = ? OR original_id = ?)");
DB_STATEMENT(PHOTO_MOVE, "UPDATE photos SET deletion_id = ?, deleted_at = ? WHERE deletion_id = ?"
			 " AND organization_id = ? AND (id = ? OR original_id = ?)");
#define MOVE_DETAILS(table)                                                                        \
	"UPDATE photos p FORCE INDEX (deletion) JOIN " table " c ON c.photo_id = p.id"             \
	" SET c.deletion_id = ?, c.deleted_at = ?"                                                 \
	" WHERE c.deletion_id = ? AND p.organization_id = ? AND p.deletion_id = ?"
DB_STATEMENT(PHOTO_NOTES_MOVE, MOVE_DETAILS("photo_notes"));
DB_STATEMENT(PHOTO_AI_RESULTS_MOVE, MOVE_DETAILS("ai_processing_results"));

DB_STATEMENT(BYTES_OF_PHOTOS,
    "SELECT SUM(bytes) FROM photos FORCE INDEX (deletion) WHERE deletion_id = ?"
    " AND organization_id = ?");
#define BYTES_OF(table, kind)                                                                      \
	"SELECT SUM(f.bytes) FROM " table " c JOIN files f ON f.owner_id = c.id"                   \
	" AND f.owner_kind = '" kind "' WHERE c.deletion_id = ? AND c.organization_id = ?"
DB_STATEMENT(BYTES_OF_QUESTS, BYTES_OF("quests", "quest"));
DB_STATEMENT(BYTES_OF_ADVENTURES, BYTES_OF("adventures", "adventure"));

enum db_result marks_range(struct db *db, struct arena *arena, enum mark_table table,
    const struct deletion *d, const struct id *after, int64_t count, struct id *upto_r,
    bool *last_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, statements[table].range,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(after),
		db_bind_int(count - 1)),
	    &rows);

	*last_r = result == DB_NONE;
	memset(upto_r->bytes, 0xff, sizeof(upto_r->bytes));
	if (result == DB_OK) {
		*upto_r = db_id(&rows, 0, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}

/* Clear or remove a bounded number of the rows in a range. */
static enum db_result change(struct db_tx *tx, const struct db_statement *statement,
    const struct deletion *d, const struct id *after, const struct id *upto, int64_t limit,
    int64_t *rows_r)
{
	uint64_t changed = 0;
	enum db_result result = db_exec(tx->db, statement,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(after),
		bind_bound(upto), db_bind_int(limit)),
	    &changed);

	return counted(result, changed, rows_r);
}

enum db_result marks_clear(struct db_tx *tx, enum mark_table table, const struct deletion *d,
    const struct id *after, const struct id *upto, int64_t limit, int64_t *rows_r)
{
	return change(tx, statements[table].clear, d, after, upto, limit, rows_r);
}

enum db_result marks_purge(struct db_tx *tx, enum mark_table table, const struct deletion *d,
    const struct id *after, const struct id *upto, int64_t limit, int64_t *rows_r)
{
	int64_t removed = 0;
	enum db_result result = DB_OK;

	*rows_r = 0;
	if (statements[table].blank) {
		result = change(tx, statements[table].blank, d, after, upto, limit, rows_r);
	}
	if (result == DB_OK && statements[table].remove) {
		result = change(tx, statements[table].remove, d, after, upto, limit, &removed);
	}
	*rows_r = removed > *rows_r ? removed : *rows_r;
	return result;
}

enum db_result marks_clear_photo(struct db_tx *tx, const struct deletion *d,
    const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT], int64_t *bytes_r)
{
	static const struct {
		const struct db_statement *statement;
		enum mark_table table;
	} steps[] = {
	    {&PHOTO_CLEAR, MARKS_PHOTOS},
	    {&PHOTO_NOTES_CLEAR, MARKS_NOTES},
	    {&PHOTO_AI_RESULTS_CLEAR, MARKS_AI_RESULTS},
	};
	const struct db_value values[] = {
	    db_bind_id(&d->id), db_bind_id(&d->organization_id), db_bind_id(photo_id)};
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &PHOTO_BYTES, values, 3, &rows);

	memset(rows_r, 0, MARK_TABLE_COUNT * sizeof(rows_r[0]));
	*bytes_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	for (size_t i = 0; result == DB_OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint64_t changed = 0;

		result = db_exec(tx->db, steps[i].statement, values, 3, &changed);
		result = counted(result, changed, &rows_r[steps[i].table]);
	}
	return result;
}

static enum db_result move_details(struct db_tx *tx, const struct db_statement *statement,
    const struct deletion *from, const struct deletion *to, int64_t *rows_r)
{
	uint64_t changed = 0;
	enum db_result result = db_exec(tx->db, statement,
	    DB_VALUES(db_bind_id(&to->id), db_bind_time(to->deleted_at_us), db_bind_id(&from->id),
		db_bind_id(&from->organization_id), db_bind_id(&to->id)),
	    &changed);

	return counted(result, changed, rows_r);
}

static enum db_result move_photos(struct db_tx *tx, const struct deletion *from,
    const struct deletion *to, const struct id *photo_id, int64_t *rows_r, int64_t *bytes_r)
{
	struct db_value photo = db_bind_id(photo_id);
	struct db_value old = db_bind_id(&from->id),
			organization = db_bind_id(&from->organization_id);
	struct db_rows rows = {0};
	uint64_t changed = 0;
	enum db_result result = db_query(
	    tx->db, tx->arena, &MOVED_BYTES, DB_VALUES(old, organization, photo, photo), &rows);

	if (result != DB_OK) {
		return result;
	}
	*bytes_r = db_int(&rows, 0, 0);
	result = db_exec(tx->db, &PHOTO_MOVE,
	    DB_VALUES(db_bind_id(&to->id), db_bind_time(to->deleted_at_us), old, organization,
		photo, photo),
	    &changed);
	return counted(result, changed, rows_r);
}

enum db_result marks_move_photo(struct db_tx *tx, const struct deletion *from,
    const struct deletion *to, const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT],
    int64_t *bytes_r)
{
	enum db_result result;

	memset(rows_r, 0, MARK_TABLE_COUNT * sizeof(rows_r[0]));
	result = move_photos(tx, from, to, photo_id, &rows_r[MARKS_PHOTOS], bytes_r);
	if (result == DB_OK) {
		result = move_details(tx, &PHOTO_NOTES_MOVE, from, to, &rows_r[MARKS_NOTES]);
	}
	if (result == DB_OK) {
		result =
		    move_details(tx, &PHOTO_AI_RESULTS_MOVE, from, to, &rows_r[MARKS_AI_RESULTS]);
	}
	return result;
}

/* Which of the kinds of files the items of a deletion have. */
static bool has_files(enum item_kind kind, enum item_kind of)
{
	bool content = kind == ITEM_QUEST || kind == ITEM_ADVENTURE;

	return kind == ITEM_ORGANIZATION || kind == ITEM_USER ||
	       (of == ITEM_PHOTO ? !content : kind == of);
}

enum db_result marks_bytes(
    struct db *db, struct arena *arena, const struct deletion *d, int64_t *bytes_r)
{
	static const struct {
		enum item_kind of;
		const struct db_statement *statement;
	} sums[] = {
	    {ITEM_PHOTO, &BYTES_OF_PHOTOS},
	    {ITEM_QUEST, &BYTES_OF_QUESTS},
	    {ITEM_ADVENTURE, &BYTES_OF_ADVENTURES},
	};
	enum db_result result = DB_OK;

	*bytes_r = 0;
	for (size_t i = 0; result == DB_OK && i < sizeof(sums) / sizeof(sums[0]); i++) {
		struct db_rows rows = {0};

		if (!has_files(d->kind, sums[i].of)) {
			continue;
		}
		result = db_query(db, arena, sums[i].statement,
		    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id)), &rows);
		*bytes_r += result == DB_OK ? db_int(&rows, 0, 0) : 0;
	}
	return result;
}
