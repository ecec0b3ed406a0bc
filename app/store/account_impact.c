/* account_impact.c - counts of what the deletion of an account would mark, each by one statement
 * that looks at no more rows than it is told. */
#include <store/accounts.h>

/* The account and its organisation, as `w`. Values: user, organisation. */
#define WHO "WITH w (id, tenant) AS (SELECT CAST(? AS BINARY(16)), CAST(? AS BINARY(16)))"
/* Its photos and what was made from them, as `t`. Values: limit three times; where there are more
 * photos than are counted, what was made from them is of no interest. */
#define PHOTOS                                                                                     \
	WHO ", b (id) AS (SELECT p.id FROM w STRAIGHT_JOIN photos p FORCE INDEX (own)"             \
	    " ON p.uploader_id = w.id AND p.organization_id = w.tenant AND p.shelf IN (0, 1)"      \
	    " LIMIT ?),"                                                                           \
	    " t (id) AS (SELECT id FROM b UNION (SELECT x.id FROM b STRAIGHT_JOIN photos x"        \
	    " FORCE INDEX (original) ON x.original_id = b.id AND x.deleted_at IS NULL"             \
	    " WHERE (SELECT COUNT(*) FROM b) < ? LIMIT ?)) "
/* Its quests or adventures. Value: limit. */
#define CONTENT(table)                                                                             \
	WHO ", t (id) AS (SELECT c.id FROM w STRAIGHT_JOIN " table " c FORCE INDEX (creator)"      \
	    " ON c.creator_id = w.id AND c.organization_id = w.tenant AND c.deleted_at IS NULL"    \
	    " LIMIT ?) "
/* Value: limit, of each. */
#define PARTS(table, column)                                                                       \
	"(SELECT x.id FROM t STRAIGHT_JOIN " table " x ON x." column " = t.id"                     \
	" AND x.deleted_at IS NULL LIMIT ?)"
#define OWN(table, column)                                                                         \
	" UNION (SELECT x.id FROM w STRAIGHT_JOIN " table " x ON x." column " = w.id"              \
	" AND x.organization_id = w.tenant AND x.deleted_at IS NULL LIMIT ?)"
#define NUMBER_OF(rows) "SELECT COUNT(*), 0 FROM (" rows ") n"
#define FILES(kind)                                                                                \
	"SELECT 0, SUM(f.bytes) FROM t STRAIGHT_JOIN files f ON f.owner_id = t.id"                 \
	" AND f.owner_kind = '" kind "'"

DB_STATEMENT(ACCOUNT_PHOTOS,
    PHOTOS "SELECT COUNT(*), SUM(p.bytes) FROM t STRAIGHT_JOIN photos p ON p.id = t.id");
DB_STATEMENT(ACCOUNT_NOTES,
    PHOTOS NUMBER_OF(PARTS("photo_notes", "photo_id") OWN("photo_notes", "author_id")));
DB_STATEMENT(ACCOUNT_AI_RESULTS, PHOTOS NUMBER_OF(PARTS("ai_processing_results", "photo_id")));
DB_STATEMENT(ACCOUNT_ALBUMS, WHO ", t (id) AS (SELECT c.id FROM w STRAIGHT_JOIN albums c"
				 " ON c.created_by = w.id AND c.organization_id = w.tenant"
				 " AND c.deleted_at IS NULL LIMIT ?) SELECT COUNT(*), 0 FROM t");
DB_STATEMENT(ACCOUNT_QUESTS, CONTENT("quests") "SELECT COUNT(*), 0 FROM t");
DB_STATEMENT(ACCOUNT_CARDS, CONTENT("quests") NUMBER_OF(PARTS("quest_content_cards", "quest_id")));
DB_STATEMENT(ACCOUNT_SUBMISSIONS, CONTENT("quests") NUMBER_OF(PARTS("activity_submissions",
				      "quest_id") OWN("activity_submissions", "user_id")));
DB_STATEMENT(ACCOUNT_QUEST_BYTES, CONTENT("quests") FILES("quest"));
DB_STATEMENT(ACCOUNT_ADVENTURES, CONTENT("adventures") "SELECT COUNT(*), 0 FROM t");
DB_STATEMENT(ACCOUNT_SEQUENCES,
    CONTENT("adventures") NUMBER_OF(PARTS("adventure_sequences", "adventure_id")));
DB_STATEMENT(ACCOUNT_ADVENTURE_BYTES, CONTENT("adventures") FILES("adventure"));

/* Of somebody who is leaving, what the trash holds goes with the account and is counted there.
 * Values: user, organisation, limit twice. */
DB_STATEMENT(ACCOUNT_EXTRAS,
    WHO ", t (id) AS (SELECT p.id FROM w STRAIGHT_JOIN photos p FORCE INDEX (own)"
	" ON p.uploader_id = w.id AND p.organization_id = w.tenant AND p.shelf = 2"
	" WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = w.id AND u.leaving_id IS NOT NULL)"
	" LIMIT ?), q (id) AS (SELECT r.id FROM w STRAIGHT_JOIN deletion_requests r FORCE INDEX "
	"(requester)"
	" ON r.requester_id = w.id AND r.organization_id = w.tenant LIMIT ?)"
	" SELECT (SELECT COUNT(*) FROM t), (SELECT COUNT(*) FROM q)");

/* `limits`: how many limits the statement has. */
static const struct {
	enum count_kind counted;
	unsigned limits;
	const struct db_statement *statement;
} parts[] = {
    {COUNT_PHOTO, 3, &ACCOUNT_PHOTOS},
    {COUNT_NOTE, 5, &ACCOUNT_NOTES},
    {COUNT_AI_RESULT, 4, &ACCOUNT_AI_RESULTS},
    {COUNT_ALBUM, 1, &ACCOUNT_ALBUMS},
    {COUNT_QUEST, 1, &ACCOUNT_QUESTS},
    {COUNT_CARD, 2, &ACCOUNT_CARDS},
    {COUNT_SUBMISSION, 3, &ACCOUNT_SUBMISSIONS},
    {COUNT_QUEST, 1, &ACCOUNT_QUEST_BYTES},
    {COUNT_ADVENTURE, 1, &ACCOUNT_ADVENTURES},
    {COUNT_SEQUENCE, 2, &ACCOUNT_SEQUENCES},
    {COUNT_ADVENTURE, 1, &ACCOUNT_ADVENTURE_BYTES},
};

static struct db_value limit_of(int64_t most)
{
	return db_bind_int(most == IMPACT_ALL ? most : most + 1);
}

enum db_result account_impact(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, int64_t most, struct deletion_impact *impact_r)
{
	const struct db_value limit = limit_of(most);
	const struct db_value values[] = {
	    db_bind_id(user_id), db_bind_id(organization_id), limit, limit, limit, limit, limit};
	enum db_result result = DB_OK;

	*impact_r = (struct deletion_impact){.people = 1};
	for (size_t i = 0; result == DB_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct db_rows rows = {0};

		result =
		    db_query(db, arena, parts[i].statement, values, 2 + parts[i].limits, &rows);
		if (result == DB_OK) {
			impact_r->counts[parts[i].counted] += db_int(&rows, 0, 0);
			impact_r->bytes += db_int(&rows, 0, 1);
		}
	}
	impact_tell_more(impact_r, ITEM_USER, most);
	return result;
}

enum db_result account_extras(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, int64_t most, struct account_extras *extras_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ACCOUNT_EXTRAS,
	    DB_VALUES(
		db_bind_id(user_id), db_bind_id(organization_id), limit_of(most), limit_of(most)),
	    &rows);

	if (result == DB_OK) {
		*extras_r = (struct account_extras){
		    .trashed_photos = db_int(&rows, 0, 0),
		    .requests = db_int(&rows, 0, 1),
		};
	}
	return result;
}
