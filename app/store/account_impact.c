/* account_impact.c - counts of what the deletion of an account would mark. */
#include <store/accounts.h>

/* The account and its organisation, as `w`; its photos and what was made from them, as `t`. */
#define WHO       "WITH w (id, tenant) AS (SELECT CAST(? AS BINARY(16)), CAST(? AS BINARY(16))), "
#define WHO_ALONE "WITH w (id, tenant) AS (SELECT CAST(? AS BINARY(16)), CAST(? AS BINARY(16))) "
#define PHOTOS                                                                                     \
	WHO "t (id) AS (SELECT p.id FROM w STRAIGHT_JOIN photos p FORCE INDEX (own)"               \
	    " ON p.uploader_id = w.id AND p.organization_id = w.tenant AND p.shelf IN (0, 1)"      \
	    " UNION SELECT x.id FROM w STRAIGHT_JOIN photos p FORCE INDEX (own)"                   \
	    " ON p.uploader_id = w.id AND p.organization_id = w.tenant AND p.shelf IN (0, 1)"      \
	    " STRAIGHT_JOIN photos x FORCE INDEX (original) ON x.original_id = p.id"               \
	    " AND x.deleted_at IS NULL) "
#define CONTENT(table)                                                                             \
	WHO "t (id) AS (SELECT c.id FROM w STRAIGHT_JOIN " table " c FORCE INDEX (creator)"        \
	    " ON c.creator_id = w.id AND c.organization_id = w.tenant AND c.deleted_at IS NULL) "
#define OWN(table, column)                                                                         \
	" UNION SELECT x.id FROM w STRAIGHT_JOIN " table " x ON x." column " = w.id"               \
	" AND x.organization_id = w.tenant AND x.deleted_at IS NULL"
#define NUMBER_OF(rows) "SELECT COUNT(*), 0 FROM (" rows ") n"
#define PARTS(table, column)                                                                       \
	"SELECT x.id FROM t STRAIGHT_JOIN " table " x ON x." column " = t.id"                      \
	" AND x.deleted_at IS NULL"
#define FILES(kind)                                                                                \
	"SELECT 0, SUM(f.bytes) FROM t STRAIGHT_JOIN files f ON f.owner_id = t.id"                 \
	" AND f.owner_kind = '" kind "'"

DB_STATEMENT(ACCOUNT_PHOTOS,
    PHOTOS "SELECT COUNT(*), SUM(p.bytes) FROM t STRAIGHT_JOIN photos p ON p.id = t.id");
DB_STATEMENT(ACCOUNT_NOTES,
    PHOTOS NUMBER_OF(PARTS("photo_notes", "photo_id") OWN("photo_notes", "author_id")));
DB_STATEMENT(ACCOUNT_AI_RESULTS, PHOTOS NUMBER_OF(PARTS("ai_processing_results", "photo_id")));
DB_STATEMENT(ACCOUNT_ALBUMS, WHO "t (id) AS (SELECT c.id FROM w STRAIGHT_JOIN albums c"
				 " ON c.created_by = w.id AND c.organization_id = w.tenant"
				 " AND c.deleted_at IS NULL) SELECT COUNT(*), 0 FROM t");
DB_STATEMENT(ACCOUNT_QUESTS, CONTENT("quests") "SELECT COUNT(*), 0 FROM t");
DB_STATEMENT(ACCOUNT_CARDS, CONTENT("quests") NUMBER_OF(PARTS("quest_content_cards", "quest_id")));
DB_STATEMENT(ACCOUNT_SUBMISSIONS, CONTENT("quests") NUMBER_OF(PARTS("activity_submissions",
				      "quest_id") OWN("activity_submissions", "user_id")));
DB_STATEMENT(ACCOUNT_QUEST_BYTES, CONTENT("quests") FILES("quest"));
DB_STATEMENT(ACCOUNT_ADVENTURES, CONTENT("adventures") "SELECT COUNT(*), 0 FROM t");
DB_STATEMENT(ACCOUNT_SEQUENCES,
    CONTENT("adventures") NUMBER_OF(PARTS("adventure_sequences", "adventure_id")));
DB_STATEMENT(ACCOUNT_ADVENTURE_BYTES, CONTENT("adventures") FILES("adventure"));

DB_STATEMENT(ACCOUNT_EXTRAS,
    WHO_ALONE "SELECT (SELECT COUNT(*) FROM photos p FORCE INDEX (own)"
	      " WHERE p.uploader_id = w.id AND p.organization_id = w.tenant AND p.shelf = 2),"
	      " (SELECT COUNT(*) FROM deletion_requests r FORCE INDEX (requester)"
	      " WHERE r.requester_id = w.id AND r.organization_id = w.tenant) FROM w");

static const struct {
	enum count_kind counted;
	const struct db_statement *statement;
} parts[] = {
    {COUNT_PHOTO, &ACCOUNT_PHOTOS},
    {COUNT_NOTE, &ACCOUNT_NOTES},
    {COUNT_AI_RESULT, &ACCOUNT_AI_RESULTS},
    {COUNT_ALBUM, &ACCOUNT_ALBUMS},
    {COUNT_QUEST, &ACCOUNT_QUESTS},
    {COUNT_CARD, &ACCOUNT_CARDS},
    {COUNT_SUBMISSION, &ACCOUNT_SUBMISSIONS},
    {COUNT_QUEST, &ACCOUNT_QUEST_BYTES},
    {COUNT_ADVENTURE, &ACCOUNT_ADVENTURES},
    {COUNT_SEQUENCE, &ACCOUNT_SEQUENCES},
    {COUNT_ADVENTURE, &ACCOUNT_ADVENTURE_BYTES},
};

enum db_result account_impact(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, int64_t counts_r[COUNT_KIND_COUNT], int64_t *bytes_r)
{
	enum db_result result = DB_OK;

	for (size_t i = 0; result == DB_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct db_rows rows = {0};

		result = db_query(db, arena, parts[i].statement,
		    DB_VALUES(db_bind_id(user_id), db_bind_id(organization_id)), &rows);
		if (result == DB_OK) {
			counts_r[parts[i].counted] += db_int(&rows, 0, 0);
			*bytes_r += db_int(&rows, 0, 1);
		}
	}
	return result;
}

enum db_result account_extras(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, struct account_extras *extras_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ACCOUNT_EXTRAS,
	    DB_VALUES(db_bind_id(user_id), db_bind_id(organization_id)), &rows);

	if (result == DB_OK) {
		*extras_r = (struct account_extras){
		    .trashed_photos = db_int(&rows, 0, 0),
		    .requests = db_int(&rows, 0, 1),
		};
	}
	return result;
}
