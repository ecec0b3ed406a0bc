/* impact.c - exact counts of what a deletion would touch, each by one statement.
 *
 * The photos touched are a tree: those of the container (or the photo itself), and what was made
 * from them, and from that. With `archive` the tree is of live photos only, with `orphan` there is
 * no tree. */
#include <store/impact.h>

#include <store/container.h>

/* Values: root, organisation. */
#define TREE(base, open)                                                                           \
	"WITH RECURSIVE t (id) AS (" base " UNION SELECT x.id FROM t JOIN photos x"                \
	" ON x.original_id = t.id WHERE " open ") "
#define NOT_DELETED     "x.deleted_at IS NULL"
#define NOT_ARCHIVED    "x.shelf = 0"
#define BASE_OF(column) "SELECT id FROM photos WHERE " column " = ? AND organization_id = ?"
#define BASE_PHOTO      BASE_OF("id")
#define BASE_PROJECT    BASE_OF("project_id") " AND shelf IN (0, 1)"
#define BASE_SITE       BASE_OF("site_id") " AND shelf IN (0, 1)"
#define LIVE_OF_PROJECT BASE_OF("project_id") " AND shelf = 0"
#define LIVE_OF_SITE    BASE_OF("site_id") " AND shelf = 0"
#define ALL_OF_TENANT                                                                              \
	"SELECT id FROM photos WHERE ? IS NOT NULL AND organization_id = ?"                        \
	" AND shelf IN (0, 1)"
#define FLAT(base) "WITH t (id) AS (" base ") "

/* Columns: photos, bytes, owners. */
#define PHOTOS_OF                                                                                  \
	"SELECT COUNT(*), SUM(p.bytes), COUNT(DISTINCT p.uploader_id)"                             \
	" FROM t STRAIGHT_JOIN photos p ON p.id = t.id"
#define DETAILS_OF(table)                                                                          \
	"SELECT COUNT(*) FROM t STRAIGHT_JOIN " table                                              \
	" x ON x.photo_id = t.id WHERE x.deleted_at IS NULL"

#define HIDING(NAME, tree)                                                                         \
	DB_STATEMENT(NAME##_PHOTOS, tree PHOTOS_OF);                                               \
	DB_STATEMENT(NAME##_NOTES, tree DETAILS_OF("photo_notes"));                                \
	DB_STATEMENT(NAME##_AI_RESULTS, tree DETAILS_OF("ai_processing_results"))
HIDING(IMPACT_PHOTO, TREE(BASE_PHOTO, NOT_DELETED));
HIDING(IMPACT_PROJECT, TREE(BASE_PROJECT, NOT_DELETED));
HIDING(IMPACT_SITE, TREE(BASE_SITE, NOT_DELETED));
HIDING(IMPACT_TENANT, FLAT(ALL_OF_TENANT));
DB_STATEMENT(IMPACT_PROJECT_ARCHIVED, TREE(LIVE_OF_PROJECT, NOT_ARCHIVED) PHOTOS_OF);
DB_STATEMENT(IMPACT_SITE_ARCHIVED, TREE(LIVE_OF_SITE, NOT_ARCHIVED) PHOTOS_OF);
DB_STATEMENT(IMPACT_PROJECT_ORPHANED, FLAT(BASE_PROJECT) PHOTOS_OF);
DB_STATEMENT(IMPACT_SITE_ORPHANED, FLAT(BASE_SITE) PHOTOS_OF);

/* Parts of content, of the item or of the whole organisation. Values: item, organisation. */
#define PARTS(table, column)                                                                       \
	"SELECT COUNT(*) FROM " table " x WHERE x." column                                         \
	" = ? AND x.organization_id = ? AND x.deleted_at IS NULL"
#define PARTS_OF_ALL(table, column, owner)                                                         \
	"SELECT COUNT(*) FROM " owner " p JOIN " table " x ON x." column " = p.id"                 \
	" WHERE ? IS NOT NULL AND p.organization_id = ? AND p.deleted_at IS NULL"                  \
	" AND x.deleted_at IS NULL"
#define ALL_LIVE(table)                                                                            \
	"SELECT COUNT(*) FROM " table                                                              \
	" WHERE ? IS NOT NULL AND organization_id = ? AND deleted_at IS NULL"
#define FILES_OF(owner, kind, which)                                                               \
	"SELECT SUM(f.bytes) FROM " owner " p JOIN files f ON f.owner_id = p.id"                   \
	" AND f.owner_kind = '" kind "' WHERE " which " AND p.organization_id = ?"                 \
	" AND p.deleted_at IS NULL"
#define ONE   "p.id = ?"
#define EVERY "? IS NOT NULL"
DB_STATEMENT(IMPACT_CARDS, PARTS("quest_content_cards", "quest_id"));
DB_STATEMENT(IMPACT_SUBMISSIONS, PARTS("activity_submissions", "quest_id"));
DB_STATEMENT(IMPACT_SEQUENCES, PARTS("adventure_sequences", "adventure_id"));
DB_STATEMENT(IMPACT_QUEST_BYTES, FILES_OF("quests", "quest", ONE));
DB_STATEMENT(IMPACT_ADVENTURE_BYTES, FILES_OF("adventures", "adventure", ONE));
DB_STATEMENT(IMPACT_ALL_CARDS, PARTS_OF_ALL("quest_content_cards", "quest_id", "quests"));
DB_STATEMENT(IMPACT_ALL_SUBMISSIONS, PARTS_OF_ALL("activity_submissions", "quest_id", "quests"));
DB_STATEMENT(
    IMPACT_ALL_SEQUENCES, PARTS_OF_ALL("adventure_sequences", "adventure_id", "adventures"));
DB_STATEMENT(IMPACT_ALL_QUEST_BYTES, FILES_OF("quests", "quest", EVERY));
DB_STATEMENT(IMPACT_ALL_ADVENTURE_BYTES, FILES_OF("adventures", "adventure", EVERY));
DB_STATEMENT(IMPACT_USERS, ALL_LIVE("users"));
DB_STATEMENT(IMPACT_SITES, ALL_LIVE("sites"));
DB_STATEMENT(IMPACT_PROJECTS, ALL_LIVE("projects"));
DB_STATEMENT(IMPACT_ALBUMS, ALL_LIVE("albums"));
DB_STATEMENT(IMPACT_QUESTS, ALL_LIVE("quests"));
DB_STATEMENT(IMPACT_ADVENTURES, ALL_LIVE("adventures"));
DB_STATEMENT(IMPACT_EVENTS, ALL_LIVE("events"));

/* What to count of a kind, and for which choice; COUNT_NOTHING: bytes alone. */
static const struct part {
	enum item_kind kind;
	enum photo_action action; /* PHOTO_ACTION_NONE: any */
	enum count_kind counted;
	const struct db_statement *statement;
} parts[] = {
#define HIDDEN(kind, action, NAME)                                                                 \
	{kind, action, COUNT_PHOTO, &NAME##_PHOTOS}, {kind, action, COUNT_NOTE, &NAME##_NOTES},    \
	{                                                                                          \
		kind, action, COUNT_AI_RESULT, &NAME##_AI_RESULTS                                  \
	}
#define ANY PHOTO_ACTION_NONE
    HIDDEN(ITEM_PHOTO, ANY, IMPACT_PHOTO),
    HIDDEN(ITEM_PROJECT, PHOTO_ACTION_DELETE, IMPACT_PROJECT),
    HIDDEN(ITEM_SITE, PHOTO_ACTION_DELETE, IMPACT_SITE),
    {ITEM_PROJECT, PHOTO_ACTION_ARCHIVE, COUNT_PHOTO, &IMPACT_PROJECT_ARCHIVED},
    {ITEM_SITE, PHOTO_ACTION_ARCHIVE, COUNT_PHOTO, &IMPACT_SITE_ARCHIVED},
    {ITEM_PROJECT, PHOTO_ACTION_ORPHAN, COUNT_PHOTO, &IMPACT_PROJECT_ORPHANED},
    {ITEM_SITE, PHOTO_ACTION_ORPHAN, COUNT_PHOTO, &IMPACT_SITE_ORPHANED},
    {ITEM_QUEST, ANY, COUNT_CARD, &IMPACT_CARDS},
    {ITEM_QUEST, ANY, COUNT_SUBMISSION, &IMPACT_SUBMISSIONS},
    {ITEM_QUEST, ANY, COUNT_NOTHING, &IMPACT_QUEST_BYTES},
    {ITEM_ADVENTURE, ANY, COUNT_SEQUENCE, &IMPACT_SEQUENCES},
    {ITEM_ADVENTURE, ANY, COUNT_NOTHING, &IMPACT_ADVENTURE_BYTES},
    HIDDEN(ITEM_ORGANIZATION, ANY, IMPACT_TENANT),
    {ITEM_ORGANIZATION, ANY, COUNT_CARD, &IMPACT_ALL_CARDS},
    {ITEM_ORGANIZATION, ANY, COUNT_SUBMISSION, &IMPACT_ALL_SUBMISSIONS},
    {ITEM_ORGANIZATION, ANY, COUNT_SEQUENCE, &IMPACT_ALL_SEQUENCES},
    {ITEM_ORGANIZATION, ANY, COUNT_NOTHING, &IMPACT_ALL_QUEST_BYTES},
    {ITEM_ORGANIZATION, ANY, COUNT_NOTHING, &IMPACT_ALL_ADVENTURE_BYTES},
    {ITEM_ORGANIZATION, ANY, COUNT_USER, &IMPACT_USERS},
    {ITEM_ORGANIZATION, ANY, COUNT_SITE, &IMPACT_SITES},
    {ITEM_ORGANIZATION, ANY, COUNT_PROJECT, &IMPACT_PROJECTS},
    {ITEM_ORGANIZATION, ANY, COUNT_ALBUM, &IMPACT_ALBUMS},
    {ITEM_ORGANIZATION, ANY, COUNT_QUEST, &IMPACT_QUESTS},
    {ITEM_ORGANIZATION, ANY, COUNT_ADVENTURE, &IMPACT_ADVENTURES},
    {ITEM_ORGANIZATION, ANY, COUNT_EVENT, &IMPACT_EVENTS},
};

/* What is archived or orphaned is in no trash, so its bytes do not count. */
static bool hides(const struct deletion *d)
{
	return d->photo_action != PHOTO_ACTION_ARCHIVE && d->photo_action != PHOTO_ACTION_ORPHAN;
}

static void take(const struct deletion *d, const struct part *part, const struct db_rows *rows,
    struct impact *impact)
{
	if (part->counted == COUNT_NOTHING) {
		impact->bytes += db_int(rows, 0, 0);
		return;
	}
	impact->counts[part->counted] += db_int(rows, 0, 0);
	if (part->counted == COUNT_PHOTO) {
		impact->bytes += hides(d) ? db_int(rows, 0, 1) : 0;
		impact->people = db_int(rows, 0, 2);
	}
}

enum db_result impact_count(
    struct db *db, struct arena *arena, const struct deletion *d, struct impact *impact_r)
{
	enum db_result result = DB_OK;

	*impact_r = (struct impact){0};
	for (size_t i = 0; result == DB_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct part *part = &parts[i];
		struct db_rows rows = {0};

		if (part->kind != d->kind ||
		    (part->action != ANY && part->action != d->photo_action)) {
			continue;
		}
		result = db_query(db, arena, part->statement,
		    DB_VALUES(db_bind_id(&d->item_id), db_bind_id(&d->organization_id)), &rows);
		if (result == DB_OK) {
			take(d, part, &rows, impact_r);
		}
	}
	if (d->kind == ITEM_ORGANIZATION) {
		impact_r->people = impact_r->counts[COUNT_USER];
	}
	return result;
}
