/* tenant_foreign.c - rows of an organisation that bear the mark of another one's deletion: that of
 * the account of a platform admin, who leaves things everywhere, or of their organisation. */
#include "cascade.h"

#include <store/tenant.h>
#include <string.h>

/* Values of each: organisation. No EXISTS, which the server may turn round, and then reads the
 * whole table. */
#define HAS(table)                                                                                 \
	"(SELECT 1 FROM " table " x FORCE INDEX (deletion) WHERE x.deletion_id = d.id"             \
	" AND x.organization_id = ? LIMIT 1)"
#define ALSO(table) ", " HAS(table)
#define HAS_PHOTOS  HAS("photos") ALSO("photo_notes") ALSO("ai_processing_results")
#define HAS_QUESTS  ALSO("quests") ALSO("quest_content_cards") ALSO("activity_submissions")
#define HAS_OTHERS  ALSO("adventures") ALSO("adventure_sequences") ALSO("albums")
#define TRAVELLERS                                                                                 \
	" FROM users FORCE INDEX (everywhere) WHERE goes_everywhere = 1 AND organization_id <> ?"
DB_STATEMENT(TENANT_FOREIGN, "SELECT STRAIGHT_JOIN d.id FROM (SELECT id" TRAVELLERS
			     " UNION SELECT organization_id" TRAVELLERS
			     ") t JOIN deletions d FORCE INDEX (item) ON d.item_id = t.id"
			     " AND d.state IN ('marking', 'trashed', 'restoring', 'purging')"
			     " WHERE COALESCE(" HAS_PHOTOS HAS_QUESTS HAS_OTHERS ") = 1 LIMIT 1");
#define TABLES 9
_Static_assert(MARK_TABLE_COUNT == 15, "name a new table of marks if people have rows elsewhere");

/* Values: deletion, organisation, limit. */
#define PICK(table, columns)                                                                       \
	"(SELECT " columns " FROM " table " FORCE INDEX (deletion)"                                \
	" WHERE deletion_id = ? AND organization_id = ? ORDER BY id LIMIT ?) step"
/* Values: those of PICK, new deletion, its time. */
#define TAKE(table)                                                                                \
	"UPDATE " table                                                                            \
	" c JOIN " PICK(table, "id") " ON step.id = c.id SET c.deletion_id = ?, c.deleted_at = ?"
#define FILES_OF(table, kind)                                                                      \
	"SELECT SUM(f.bytes) FROM " PICK(table, "id") " JOIN files f ON f.owner_id = step.id"      \
						      " AND f.owner_kind = '" kind "'"
DB_STATEMENT(TAKE_PHOTOS, TAKE("photos"));
DB_STATEMENT(TAKE_NOTES, TAKE("photo_notes"));
DB_STATEMENT(TAKE_AI_RESULTS, TAKE("ai_processing_results"));
DB_STATEMENT(TAKE_QUESTS, TAKE("quests"));
DB_STATEMENT(TAKE_CARDS, TAKE("quest_content_cards"));
DB_STATEMENT(TAKE_SUBMISSIONS, TAKE("activity_submissions"));
DB_STATEMENT(TAKE_ADVENTURES, TAKE("adventures"));
DB_STATEMENT(TAKE_SEQUENCES, TAKE("adventure_sequences"));
DB_STATEMENT(TAKE_ALBUMS, TAKE("albums"));
DB_STATEMENT(TAKEN_PHOTOS, "SELECT SUM(step.bytes) FROM " PICK("photos", "bytes"));
DB_STATEMENT(TAKEN_QUESTS, FILES_OF("quests", "quest"));
DB_STATEMENT(TAKEN_ADVENTURES, FILES_OF("adventures", "adventure"));

static const struct {
	enum mark_table table;
	const struct db_statement *take, *bytes;
} statements[TABLES] = {
    {MARKS_PHOTOS, &TAKE_PHOTOS, &TAKEN_PHOTOS},
    {MARKS_NOTES, &TAKE_NOTES, NULL},
    {MARKS_AI_RESULTS, &TAKE_AI_RESULTS, NULL},
    {MARKS_QUESTS, &TAKE_QUESTS, &TAKEN_QUESTS},
    {MARKS_CARDS, &TAKE_CARDS, NULL},
    {MARKS_SUBMISSIONS, &TAKE_SUBMISSIONS, NULL},
    {MARKS_ADVENTURES, &TAKE_ADVENTURES, &TAKEN_ADVENTURES},
    {MARKS_SEQUENCES, &TAKE_SEQUENCES, NULL},
    {MARKS_ALBUMS, &TAKE_ALBUMS, NULL},
};

enum db_result tenant_foreign_deletion(
    struct db *db, struct arena *arena, const struct deletion *deletion, struct id *deletion_r)
{
	struct db_value values[2 + TABLES];
	struct db_rows rows = {0};
	enum db_result result;

	for (size_t i = 0; i < 2 + TABLES; i++) {
		values[i] = db_bind_id(&deletion->organization_id);
	}
	result = db_query(db, arena, &TENANT_FOREIGN, values, 2 + TABLES, &rows);
	if (result == DB_OK) {
		*deletion_r = db_id(&rows, 0, 0);
	}
	return result;
}

static enum db_result add_bytes(struct db_tx *tx, const struct db_statement *statement,
    const struct db_value picked[3], int64_t *bytes)
{
	struct db_rows rows = {0};
	enum db_result result =
	    statement ? db_query(tx->db, tx->arena, statement, picked, 3, &rows) : DB_NONE;

	*bytes += result == DB_OK ? db_int(&rows, 0, 0) : 0;
	return result == DB_NONE ? DB_OK : result;
}

enum db_result tenant_take_over(struct db_tx *tx, const struct deletion *from,
    const struct deletion *to, int64_t limit, int64_t rows_r[MARK_TABLE_COUNT], int64_t *bytes_r)
{
	enum db_result result = DB_OK;

	memset(rows_r, 0, MARK_TABLE_COUNT * sizeof(rows_r[0]));
	*bytes_r = 0;
	for (size_t i = 0; result == DB_OK && i < TABLES && limit > 0; i++) {
		const struct db_value values[] = {db_bind_id(&from->id),
		    db_bind_id(&to->organization_id), db_bind_int(limit), db_bind_id(&to->id),
		    db_bind_time(to->deleted_at_us)};
		int64_t *taken = &rows_r[statements[i].table];
		uint64_t changed = 0;

		result = add_bytes(tx, statements[i].bytes, values, bytes_r);
		if (result == DB_OK) {
			result = db_exec(tx->db, statements[i].take, values, 5, &changed);
			result = counted(result, changed, taken);
			limit -= *taken;
		}
	}
	return result;
}
