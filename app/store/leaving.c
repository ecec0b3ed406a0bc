/* leaving.c - the statements on what comes back while its owner's account is on its way out. */
#include "cascade.h"

#include <store/leaving.h>

/* Rows `x` of a table, with what they are part of. Values: deletion, organisation, after, upto. */
#define ROWS_BY(table, index, part_of, key)                                                        \
	table " x FORCE INDEX (" index ")" part_of " WHERE x.deletion_id = ?"                      \
	      " AND x.organization_id = ? AND x." key " > ? AND x." key " <= ?"
#define ROWS(table, part_of)   ROWS_BY(table, "deletion", part_of, "id")
#define OF_PHOTO(table)        ROWS_BY(table, "photo", PART_OF("photos", "photo_id"), "photo_id")
#define PART_OF(table, column) " STRAIGHT_JOIN " table " p ON p.id = x." column
#define WITH_FILES(table, kind)                                                                    \
	ROWS(table, " STRAIGHT_JOIN files f ON f.owner_id = x.id AND f.owner_kind = '" kind "'")

/* The people are locked, each once and by their key; the rows are read as they are. */
#define WHO(rows, owner) "SELECT DISTINCT " owner " id FROM " rows " AND " owner " IS NOT NULL"
#define OWNERS(who)                                                                                \
	"SELECT STRAIGHT_JOIN o.id, o.leaving_id FROM (" who ") held JOIN users o ON o.id = "      \
	"held.id LOCK IN SHARE MODE"

/* Values: those of the rows, owner; then time, deletion. */
#define TAKE(table, rows, owners, request, status)                                                 \
	"UPDATE " table " c JOIN (SELECT x.id FROM " rows " AND ? IN (" owners                     \
	")) step ON step.id = c.id" request " SET c.deleted_at = ?, c.deletion_id = ?" status
#define BYTES(bytes, rows, owners) "SELECT SUM(" bytes ") FROM " rows " AND ? IN (" owners ")"

#define OWNED(NAME, table, rows, owner)                                                            \
	DB_STATEMENT(LEAVING_##NAME##_OWNERS, OWNERS(WHO(rows, owner)));                           \
	DB_STATEMENT(LEAVING_##NAME##_TAKE, TAKE(table, rows, owner, "", ""))
/* Somebody's, and part of what is somebody's. */
#define OWNED_TWICE(NAME, table, rows, owner, other)                                               \
	DB_STATEMENT(                                                                              \
	    LEAVING_##NAME##_OWNERS, OWNERS(WHO(rows, owner) " UNION " WHO(rows, other)));         \
	DB_STATEMENT(LEAVING_##NAME##_TAKE, TAKE(table, rows, owner ", " other, "", ""))

#define PHOTOS ROWS("photos", "")
DB_STATEMENT(LEAVING_PHOTOS_OWNERS, OWNERS(WHO(PHOTOS, "x.uploader_id")));
DB_STATEMENT(
    LEAVING_PHOTOS_TAKE, TAKE("photos", PHOTOS, "x.uploader_id", PHOTO_REQUEST, PHOTO_STATUS));
DB_STATEMENT(LEAVING_PHOTOS_BYTES, BYTES("x.bytes", PHOTOS, "x.uploader_id"));
/* With its details, which are then taken by the photo. */
DB_STATEMENT(
    LEAVING_PHOTO_OWNERS, OWNERS(WHO(PHOTOS, "x.uploader_id") " UNION " WHO(
			      ROWS_BY("photo_notes", "photo", "", "photo_id"), "x.author_id")));
OWNED_TWICE(NOTES, "photo_notes", ROWS("photo_notes", PART_OF("photos", "photo_id")), "x.author_id",
    "p.uploader_id");
DB_STATEMENT(LEAVING_NOTES_OF_PHOTO_TAKE,
    TAKE("photo_notes", OF_PHOTO("photo_notes"), "x.author_id, p.uploader_id", "", ""));
OWNED(AI_RESULTS, "ai_processing_results",
    ROWS("ai_processing_results", PART_OF("photos", "photo_id")), "p.uploader_id");
DB_STATEMENT(LEAVING_AI_RESULTS_OF_PHOTO_TAKE,
    TAKE("ai_processing_results", OF_PHOTO("ai_processing_results"), "p.uploader_id", "", ""));
OWNED(ALBUMS, "albums", ROWS("albums", ""), "x.created_by");
OWNED(QUESTS, "quests", ROWS("quests", ""), "x.creator_id");
DB_STATEMENT(LEAVING_QUESTS_BYTES, BYTES("f.bytes", WITH_FILES("quests", "quest"), "x.creator_id"));
OWNED(CARDS, "quest_content_cards", ROWS("quest_content_cards", PART_OF("quests", "quest_id")),
    "p.creator_id");
OWNED_TWICE(SUBMISSIONS, "activity_submissions",
    ROWS("activity_submissions", PART_OF("quests", "quest_id")), "x.user_id", "p.creator_id");
OWNED(ADVENTURES, "adventures", ROWS("adventures", ""), "x.creator_id");
DB_STATEMENT(LEAVING_ADVENTURES_BYTES,
    BYTES("f.bytes", WITH_FILES("adventures", "adventure"), "x.creator_id"));
OWNED(SEQUENCES, "adventure_sequences",
    ROWS("adventure_sequences", PART_OF("adventures", "adventure_id")), "p.creator_id");

_Static_assert(MARK_TABLE_COUNT == 15, "say below whose the rows of a new table of marks are");
/* `values` are those of the owners' statement; of other tables nothing is anybody's own. */
static const struct owned {
	const struct db_statement *owners, *take, *bytes;
	size_t values;
} tables[MARK_TABLE_COUNT][2] = {
#define ENTRY(NAME, values)                                                                        \
	{                                                                                          \
		&LEAVING_##NAME##_OWNERS, &LEAVING_##NAME##_TAKE, NULL, values                     \
	}
#define ENTRY_WITH_BYTES(NAME)                                                                     \
	{                                                                                          \
		&LEAVING_##NAME##_OWNERS, &LEAVING_##NAME##_TAKE, &LEAVING_##NAME##_BYTES, 4       \
	}
    [MARKS_PHOTOS] = {ENTRY_WITH_BYTES(PHOTOS),
	{&LEAVING_PHOTO_OWNERS, &LEAVING_PHOTOS_TAKE, &LEAVING_PHOTOS_BYTES, 8}},
    [MARKS_NOTES] = {ENTRY(NOTES, 8), {NULL, &LEAVING_NOTES_OF_PHOTO_TAKE, NULL, 0}},
    [MARKS_AI_RESULTS] = {ENTRY(AI_RESULTS, 4), {NULL, &LEAVING_AI_RESULTS_OF_PHOTO_TAKE, NULL, 0}},
    [MARKS_QUESTS] = {ENTRY_WITH_BYTES(QUESTS)},
    [MARKS_CARDS] = {ENTRY(CARDS, 4)},
    [MARKS_SUBMISSIONS] = {ENTRY(SUBMISSIONS, 8)},
    [MARKS_ADVENTURES] = {ENTRY_WITH_BYTES(ADVENTURES)},
    [MARKS_SEQUENCES] = {ENTRY(SEQUENCES, 4)},
    [MARKS_ALBUMS] = {ENTRY(ALBUMS, 4)},
};

enum db_result leavers_find(
    struct db_tx *tx, const struct marked_range *range, struct leaver **leavers_r, size_t *count_r)
{
	const struct owned *owned = &tables[range->table][range->by_photo];
	const struct db_value deletion = db_bind_id(&range->deletion->id),
			      organization = db_bind_id(&range->deletion->organization_id),
			      after = bind_bound(range->after), upto = bind_bound(range->upto);
	const struct db_value values[] = {
	    deletion, organization, after, upto, deletion, organization, after, upto};
	struct db_rows rows = {0};
	enum db_result result = DB_NONE;

	*count_r = 0;
	if (owned->owners) {
		result = db_query(tx->db, tx->arena, owned->owners, values, owned->values, &rows);
	}
	*leavers_r = arena_array(tx->arena, rows.count + 1, sizeof(**leavers_r));
	for (size_t i = 0; i < rows.count; i++) {
		struct leaver leaver = {db_id(&rows, i, 0), db_id(&rows, i, 1)};

		if (!id_is_none(&leaver.deletion_id) &&
		    !id_equal(&leaver.deletion_id, &range->deletion->id)) {
			(*leavers_r)[(*count_r)++] = leaver;
		}
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result leaver_take(struct db_tx *tx, const struct marked_range *range,
    const struct id *user_id, const struct deletion *to, int64_t *rows_r, int64_t *bytes_r)
{
	const struct owned *owned = &tables[range->table][range->by_photo];
	const struct db_value values[] = {db_bind_id(&range->deletion->id),
	    db_bind_id(&range->deletion->organization_id), bind_bound(range->after),
	    bind_bound(range->upto), db_bind_id(user_id), db_bind_time(to->deleted_at_us),
	    db_bind_id(&to->id)};
	struct db_rows rows = {0};
	enum db_result result = DB_OK;
	uint64_t changed = 0;

	*bytes_r = 0;
	if (owned->bytes) {
		result = db_query(tx->db, tx->arena, owned->bytes, values, 5, &rows);
		*bytes_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	}
	if (result == DB_OK) {
		result = db_exec(tx->db, owned->take, values, 7, &changed);
	}
	return counted(result, changed, rows_r);
}
