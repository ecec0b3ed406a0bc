/* marks.c - the statements on the rows that bear a deletion's id, table by table. */
#include "cascade.h"

#include <string.h>

/* Values: deletion, organisation, after, offset. */
#define RANGE(table)                                                                               \
	"SELECT id FROM " table " FORCE INDEX (deletion)"                                          \
	" WHERE deletion_id = ? AND organization_id = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?"
/* Values: deletion, organisation, upto, limit. */
#define PICK(table)                                                                                \
	"(SELECT id FROM " table " FORCE INDEX (deletion)"                                         \
	" WHERE deletion_id = ? AND organization_id = ? AND id <= ? ORDER BY id LIMIT ?) step"
#define CLEAR(table)                                                                               \
	"UPDATE " table                                                                            \
	" c JOIN " PICK(table) " ON step.id = c.id SET c.deleted_at = NULL, c.deletion_id = NULL"
#define REMOVE(table) "DELETE c FROM " table " c JOIN " PICK(table) " ON step.id = c.id"

#define TABLE(NAME, table)                                                                         \
	DB_STATEMENT(NAME##_RANGE, RANGE(table));                                                  \
	DB_STATEMENT(NAME##_REMOVE, REMOVE(table))

TABLE(MARKED_PHOTOS, "photos");
TABLE(MARKED_NOTES, "photo_notes");
TABLE(MARKED_AI_RESULTS, "ai_processing_results");
TABLE(MARKED_QUESTS, "quests");
TABLE(MARKED_CARDS, "quest_content_cards");
TABLE(MARKED_SUBMISSIONS, "activity_submissions");
TABLE(MARKED_ADVENTURES, "adventures");
TABLE(MARKED_SEQUENCES, "adventure_sequences");
DB_STATEMENT(MARKED_PHOTOS_CLEAR,
    "UPDATE photos c JOIN " PICK("photos") " ON step.id = c.id" PHOTO_REQUEST PHOTO_CLEARED);
DB_STATEMENT(MARKED_NOTES_CLEAR, CLEAR("photo_notes"));
DB_STATEMENT(MARKED_AI_RESULTS_CLEAR, CLEAR("ai_processing_results"));
DB_STATEMENT(MARKED_QUESTS_CLEAR, CLEAR("quests"));
DB_STATEMENT(MARKED_CARDS_CLEAR, CLEAR("quest_content_cards"));
DB_STATEMENT(MARKED_SUBMISSIONS_CLEAR, CLEAR("activity_submissions"));
DB_STATEMENT(MARKED_ADVENTURES_CLEAR, CLEAR("adventures"));
DB_STATEMENT(MARKED_SEQUENCES_CLEAR, CLEAR("adventure_sequences"));

static const struct {
	const struct db_statement *range, *clear, *remove;
} statements[MARK_TABLE_COUNT] = {
    [MARKS_PHOTOS] = {&MARKED_PHOTOS_RANGE, &MARKED_PHOTOS_CLEAR, &MARKED_PHOTOS_REMOVE},
    [MARKS_NOTES] = {&MARKED_NOTES_RANGE, &MARKED_NOTES_CLEAR, &MARKED_NOTES_REMOVE},
    [MARKS_AI_RESULTS] = {&MARKED_AI_RESULTS_RANGE, &MARKED_AI_RESULTS_CLEAR,
	&MARKED_AI_RESULTS_REMOVE},
    [MARKS_QUESTS] = {&MARKED_QUESTS_RANGE, &MARKED_QUESTS_CLEAR, &MARKED_QUESTS_REMOVE},
    [MARKS_CARDS] = {&MARKED_CARDS_RANGE, &MARKED_CARDS_CLEAR, &MARKED_CARDS_REMOVE},
    [MARKS_SUBMISSIONS] = {&MARKED_SUBMISSIONS_RANGE, &MARKED_SUBMISSIONS_CLEAR,
	&MARKED_SUBMISSIONS_REMOVE},
    [MARKS_ADVENTURES] = {&MARKED_ADVENTURES_RANGE, &MARKED_ADVENTURES_CLEAR,
	&MARKED_ADVENTURES_REMOVE},
    [MARKS_SEQUENCES] = {&MARKED_SEQUENCES_RANGE, &MARKED_SEQUENCES_CLEAR,
	&MARKED_SEQUENCES_REMOVE},
};

/* One photo with its details. Values: deletion, organisation, photo. */
#define ONE(column) " WHERE c.deletion_id = ? AND c.organization_id = ? AND c." column " = ?"
DB_STATEMENT(PHOTO_CLEAR, "UPDATE photos c" PHOTO_REQUEST PHOTO_CLEARED ONE("id"));
DB_STATEMENT(PHOTO_NOTES_CLEAR,
    "UPDATE photo_notes c SET c.deleted_at = NULL, c.deletion_id = NULL" ONE("photo_id"));
DB_STATEMENT(PHOTO_AI_RESULTS_CLEAR,
    "UPDATE ai_processing_results c SET c.deleted_at = NULL, c.deletion_id = NULL" ONE("photo_id"));

/* A photo with its derivatives. Values: new deletion, its time, old one, organisation, photo,
 * photo; the details follow their photos, which bear the new id by then. */
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

static struct db_value bind_bound(const struct id *id)
{
	return db_bind_blob(id->bytes, sizeof(id->bytes));
}

static enum db_result counted(enum db_result result, uint64_t changed, int64_t *rows_r)
{
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}

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

/* Clear or remove a bounded number of the rows up to an id. */
static enum db_result change(struct db_tx *tx, const struct db_statement *statement,
    const struct deletion *d, const struct id *upto, int64_t limit, int64_t *rows_r)
{
	uint64_t changed = 0;
	enum db_result result = db_exec(tx->db, statement,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(upto),
		db_bind_int(limit)),
	    &changed);

	return counted(result, changed, rows_r);
}

enum db_result marks_clear(struct db_tx *tx, enum mark_table table, const struct deletion *d,
    int64_t limit, int64_t *rows_r)
{
	struct id last;

	memset(last.bytes, 0xff, sizeof(last.bytes));
	return change(tx, statements[table].clear, d, &last, limit, rows_r);
}

enum db_result marks_purge(struct db_tx *tx, enum mark_table table, const struct deletion *d,
    const struct id *upto, int64_t limit, int64_t *rows_r)
{
	return change(tx, statements[table].remove, d, upto, limit, rows_r);
}

enum db_result marks_clear_photo(struct db_tx *tx, const struct deletion *d,
    const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT])
{
	static const struct {
		const struct db_statement *statement;
		enum mark_table table;
	} steps[] = {
	    {&PHOTO_CLEAR, MARKS_PHOTOS},
	    {&PHOTO_NOTES_CLEAR, MARKS_NOTES},
	    {&PHOTO_AI_RESULTS_CLEAR, MARKS_AI_RESULTS},
	};

	memset(rows_r, 0, MARK_TABLE_COUNT * sizeof(rows_r[0]));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint64_t changed = 0;
		enum db_result result = db_exec(tx->db, steps[i].statement,
		    DB_VALUES(
			db_bind_id(&d->id), db_bind_id(&d->organization_id), db_bind_id(photo_id)),
		    &changed);

		if (i == 0 && result == DB_NONE) {
			return DB_NONE;
		}
		result = counted(result, changed, &rows_r[steps[i].table]);
		if (result != DB_OK) {
			return result;
		}
	}
	return DB_OK;
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

enum db_result marks_move_photo(struct db_tx *tx, const struct deletion *from,
    const struct deletion *to, const struct id *photo_id, int64_t rows_r[MARK_TABLE_COUNT])
{
	uint64_t changed = 0;
	enum db_result result = db_exec(tx->db, &PHOTO_MOVE,
	    DB_VALUES(db_bind_id(&to->id), db_bind_time(to->deleted_at_us), db_bind_id(&from->id),
		db_bind_id(&from->organization_id), db_bind_id(photo_id), db_bind_id(photo_id)),
	    &changed);

	memset(rows_r, 0, MARK_TABLE_COUNT * sizeof(rows_r[0]));
	result = counted(result, changed, &rows_r[MARKS_PHOTOS]);
	if (result == DB_OK) {
		result = move_details(tx, &PHOTO_NOTES_MOVE, from, to, &rows_r[MARKS_NOTES]);
	}
	if (result == DB_OK) {
		result =
		    move_details(tx, &PHOTO_AI_RESULTS_MOVE, from, to, &rows_r[MARKS_AI_RESULTS]);
	}
	return result;
}

enum db_result marks_bytes(
    struct db *db, struct arena *arena, const struct deletion *d, int64_t *bytes_r)
{
	static const struct db_statement *const of_kind[ITEM_KIND_COUNT] = {
	    [ITEM_QUEST] = &BYTES_OF_QUESTS,
	    [ITEM_ADVENTURE] = &BYTES_OF_ADVENTURES,
	};
	const struct db_statement *statement = of_kind[d->kind];
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, statement ? statement : &BYTES_OF_PHOTOS,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id)), &rows);

	*bytes_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	return result;
}
