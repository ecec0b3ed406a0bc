/* impact.c - counts of what a deletion would touch, each by one statement.
 *
 * What is touched is `t`: the photos of the container (or the photo itself), and what was made from
 * them and is elsewhere. What was made from a derivative is its original's, so that is all. With
 * `archive` they are live photos only, with `orphan` what was made from them is not touched.
 *
 * Each statement looks at no more rows than it is told, so that it is as quick for a million photos
 * as for the first thousand. */
#include <store/impact.h>

#include <store/container.h>

/* Values: root, organisation, limit. Of a place they are found in its index alone. */
#define OF_PHOTO                                                                                   \
	"WITH b (id, place) AS (SELECT id, NULL FROM photos WHERE id = ? AND organization_id = ?"  \
	" LIMIT ?)"
#define OF_PLACE(table, column, shelf)                                                             \
	"WITH b (id, place) AS (SELECT p.id, o.id FROM " table " o STRAIGHT_JOIN photos p"         \
	" ON p." column " = o.id AND p.shelf " shelf                                               \
	" WHERE o.id = ? AND o.organization_id = ? LIMIT ?)"
#define OF_PROJECT(shelf) OF_PLACE("projects", "project_id", shelf)
#define OF_SITE(shelf)    OF_PLACE("sites", "site_id", shelf)
#define KEPT              "IN (0, 1)"
#define LIVE              "= 0"

/* Values: limit twice. Where there are more photos than are counted, what was made from them is of
 * no interest. */
#define TREE(base, elsewhere, open)                                                                \
	base ", t (id) AS (SELECT id FROM b UNION ALL (SELECT x.id FROM b STRAIGHT_JOIN photos x"  \
	     " FORCE INDEX (original) ON x.original_id = b.id WHERE " elsewhere open               \
	     " AND (SELECT COUNT(*) FROM b) < ? LIMIT ?)) "
#define ANYWHERE     ""
#define NO_PROJECT   "NOT (x.project_id <=> b.place) AND "
#define NO_SITE      "NOT (x.site_id <=> b.place) AND "
#define NOT_DELETED  "x.deleted_at IS NULL"
#define NOT_ARCHIVED "x.shelf = 0"
#define FLAT(base)   base ", t (id) AS (SELECT id FROM b) "
#define OF_TENANT(table, more)                                                                     \
	"WITH t (id) AS (SELECT id FROM " table                                                    \
	" WHERE ? IS NOT NULL AND organization_id = ?" more " LIMIT ?) "
#define NOT_IN_TRASH " AND deleted_at IS NULL"
#define ALL_PHOTOS   OF_TENANT("photos FORCE INDEX (shelf)", " AND shelf " KEPT)

/* Columns: photos, bytes, owners. */
#define PHOTOS_OF                                                                                  \
	"SELECT COUNT(*), SUM(p.bytes), COUNT(DISTINCT p.uploader_id)"                             \
	" FROM t STRAIGHT_JOIN photos p ON p.id = t.id"
/* Value: limit. */
#define DETAILS_OF(table, column)                                                                  \
	"SELECT COUNT(*) FROM (SELECT 1 FROM t STRAIGHT_JOIN " table " x ON x." column             \
	" = t.id WHERE x.deleted_at IS NULL LIMIT ?) n"

#define HIDING(NAME, tree)                                                                         \
	DB_STATEMENT(NAME##_PHOTOS, tree PHOTOS_OF);                                               \
	DB_STATEMENT(NAME##_NOTES, tree DETAILS_OF("photo_notes", "photo_id"));                    \
	DB_STATEMENT(NAME##_AI_RESULTS, tree DETAILS_OF("ai_processing_results", "photo_id"))
HIDING(IMPACT_PHOTO, TREE(OF_PHOTO, ANYWHERE, NOT_DELETED));
HIDING(IMPACT_PROJECT, TREE(OF_PROJECT(KEPT), NO_PROJECT, NOT_DELETED));
HIDING(IMPACT_SITE, TREE(OF_SITE(KEPT), NO_SITE, NOT_DELETED));
HIDING(IMPACT_TENANT, ALL_PHOTOS);
DB_STATEMENT(IMPACT_PROJECT_ARCHIVED, TREE(OF_PROJECT(LIVE), NO_PROJECT, NOT_ARCHIVED) PHOTOS_OF);
DB_STATEMENT(IMPACT_SITE_ARCHIVED, TREE(OF_SITE(LIVE), NO_SITE, NOT_ARCHIVED) PHOTOS_OF);
DB_STATEMENT(IMPACT_PROJECT_ORPHANED, FLAT(OF_PROJECT(KEPT)) PHOTOS_OF);
DB_STATEMENT(IMPACT_SITE_ORPHANED, FLAT(OF_SITE(KEPT)) PHOTOS_OF);

/* Content: of the item, or of the whole organisation. Values: item, organisation, limit. */
#define ONE(table)                                                                                 \
	"WITH t (id) AS (SELECT id FROM " table " WHERE id = ? AND organization_id = ? LIMIT ?) "
#define EVERY(table)    OF_TENANT(table, NOT_IN_TRASH)
#define ALL_LIVE(table) EVERY(table) "SELECT COUNT(*) FROM t"
#define FILES_OF(kind)                                                                             \
	"SELECT SUM(f.bytes) FROM t STRAIGHT_JOIN files f ON f.owner_id = t.id"                    \
	" AND f.owner_kind = '" kind "'"
#define QUEST_PARTS(NAME, which)                                                                   \
	DB_STATEMENT(NAME##_CARDS, which DETAILS_OF("quest_content_cards", "quest_id"));           \
	DB_STATEMENT(NAME##_SUBMISSIONS, which DETAILS_OF("activity_submissions", "quest_id"));    \
	DB_STATEMENT(NAME##_BYTES, which FILES_OF("quest"))
#define ADVENTURE_PARTS(NAME, which)                                                               \
	DB_STATEMENT(NAME##_SEQUENCES, which DETAILS_OF("adventure_sequences", "adventure_id"));   \
	DB_STATEMENT(NAME##_BYTES, which FILES_OF("adventure"))
QUEST_PARTS(IMPACT_QUEST, ONE("quests"));
ADVENTURE_PARTS(IMPACT_ADVENTURE, ONE("adventures"));
QUEST_PARTS(IMPACT_ALL_QUEST, EVERY("quests"));
ADVENTURE_PARTS(IMPACT_ALL_ADVENTURE, EVERY("adventures"));
DB_STATEMENT(IMPACT_USERS, ALL_LIVE("users"));
DB_STATEMENT(IMPACT_SITES, ALL_LIVE("sites"));
DB_STATEMENT(IMPACT_PROJECTS, ALL_LIVE("projects"));
DB_STATEMENT(IMPACT_ALBUMS, ALL_LIVE("albums"));
DB_STATEMENT(IMPACT_QUESTS, ALL_LIVE("quests"));
DB_STATEMENT(IMPACT_ADVENTURES, ALL_LIVE("adventures"));
DB_STATEMENT(IMPACT_EVENTS, ALL_LIVE("events"));

/* What to count of a kind, and for which choice; COUNT_NOTHING: bytes alone. `limits`: how many
 * limits the statement has. */
static const struct part {
	enum item_kind kind;
	enum photo_action action; /* PHOTO_ACTION_NONE: any */
	enum count_kind counted;
	unsigned limits;
	const struct db_statement *statement;
} parts[] = {
#define HIDDEN(kind, action, limits, NAME)                                                         \
	{kind, action, COUNT_PHOTO, limits, &NAME##_PHOTOS},                                       \
	    {kind, action, COUNT_NOTE, (limits) + 1, &NAME##_NOTES},                               \
	{                                                                                          \
		kind, action, COUNT_AI_RESULT, (limits) + 1, &NAME##_AI_RESULTS                    \
	}
#define ANY PHOTO_ACTION_NONE
    HIDDEN(ITEM_PHOTO, ANY, 3, IMPACT_PHOTO),
    HIDDEN(ITEM_PROJECT, PHOTO_ACTION_DELETE, 3, IMPACT_PROJECT),
    HIDDEN(ITEM_SITE, PHOTO_ACTION_DELETE, 3, IMPACT_SITE),
    {ITEM_PROJECT, PHOTO_ACTION_ARCHIVE, COUNT_PHOTO, 3, &IMPACT_PROJECT_ARCHIVED},
    {ITEM_SITE, PHOTO_ACTION_ARCHIVE, COUNT_PHOTO, 3, &IMPACT_SITE_ARCHIVED},
    {ITEM_PROJECT, PHOTO_ACTION_ORPHAN, COUNT_PHOTO, 1, &IMPACT_PROJECT_ORPHANED},
    {ITEM_SITE, PHOTO_ACTION_ORPHAN, COUNT_PHOTO, 1, &IMPACT_SITE_ORPHANED},
    {ITEM_QUEST, ANY, COUNT_CARD, 2, &IMPACT_QUEST_CARDS},
    {ITEM_QUEST, ANY, COUNT_SUBMISSION, 2, &IMPACT_QUEST_SUBMISSIONS},
    {ITEM_QUEST, ANY, COUNT_NOTHING, 1, &IMPACT_QUEST_BYTES},
    {ITEM_ADVENTURE, ANY, COUNT_SEQUENCE, 2, &IMPACT_ADVENTURE_SEQUENCES},
    {ITEM_ADVENTURE, ANY, COUNT_NOTHING, 1, &IMPACT_ADVENTURE_BYTES},
    HIDDEN(ITEM_ORGANIZATION, ANY, 1, IMPACT_TENANT),
    {ITEM_ORGANIZATION, ANY, COUNT_CARD, 2, &IMPACT_ALL_QUEST_CARDS},
    {ITEM_ORGANIZATION, ANY, COUNT_SUBMISSION, 2, &IMPACT_ALL_QUEST_SUBMISSIONS},
    {ITEM_ORGANIZATION, ANY, COUNT_SEQUENCE, 2, &IMPACT_ALL_ADVENTURE_SEQUENCES},
    {ITEM_ORGANIZATION, ANY, COUNT_NOTHING, 1, &IMPACT_ALL_QUEST_BYTES},
    {ITEM_ORGANIZATION, ANY, COUNT_NOTHING, 1, &IMPACT_ALL_ADVENTURE_BYTES},
    {ITEM_ORGANIZATION, ANY, COUNT_USER, 1, &IMPACT_USERS},
    {ITEM_ORGANIZATION, ANY, COUNT_SITE, 1, &IMPACT_SITES},
    {ITEM_ORGANIZATION, ANY, COUNT_PROJECT, 1, &IMPACT_PROJECTS},
    {ITEM_ORGANIZATION, ANY, COUNT_ALBUM, 1, &IMPACT_ALBUMS},
    {ITEM_ORGANIZATION, ANY, COUNT_QUEST, 1, &IMPACT_QUESTS},
    {ITEM_ORGANIZATION, ANY, COUNT_ADVENTURE, 1, &IMPACT_ADVENTURES},
    {ITEM_ORGANIZATION, ANY, COUNT_EVENT, 1, &IMPACT_EVENTS},
};

/* Details are counted of what was looked at: there may be more where there is more of that. */
static const enum count_kind held_by[COUNT_KIND_COUNT] = {
    [COUNT_PHOTO] = COUNT_PHOTO,
    [COUNT_NOTE] = COUNT_PHOTO,
    [COUNT_AI_RESULT] = COUNT_PHOTO,
    [COUNT_ALBUM] = COUNT_ALBUM,
    [COUNT_PROJECT] = COUNT_PROJECT,
    [COUNT_SITE] = COUNT_SITE,
    [COUNT_QUEST] = COUNT_QUEST,
    [COUNT_CARD] = COUNT_QUEST,
    [COUNT_SUBMISSION] = COUNT_QUEST,
    [COUNT_ADVENTURE] = COUNT_ADVENTURE,
    [COUNT_SEQUENCE] = COUNT_ADVENTURE,
    [COUNT_EVENT] = COUNT_EVENT,
    [COUNT_USER] = COUNT_USER,
    [COUNT_ORGANIZATION] = COUNT_ORGANIZATION,
};

/* What is archived or orphaned is in no trash, so its bytes do not count. */
static bool hides(const struct deletion *d)
{
	return d->photo_action != PHOTO_ACTION_ARCHIVE && d->photo_action != PHOTO_ACTION_ORPHAN;
}

static void take(const struct deletion *d, const struct part *part, const struct db_rows *rows,
    struct deletion_impact *impact)
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

void impact_tell_more(struct deletion_impact *impact, enum item_kind kind, int64_t most)
{
	for (size_t i = 0; i < COUNT_KIND_COUNT; i++) {
		impact->more[i] = impact->counts[i] > most || impact->counts[held_by[i]] > most;
		impact->is_partial = impact->is_partial || impact->more[i];
	}
	impact->more_bytes =
	    impact->more[COUNT_PHOTO] || impact->more[COUNT_QUEST] || impact->more[COUNT_ADVENTURE];
	/* An account is one person's. */
	impact->more_people =
	    kind != ITEM_USER && impact->more[kind == ITEM_ORGANIZATION ? COUNT_USER : COUNT_PHOTO];
}

enum db_result impact_count(struct db *db, struct arena *arena, const struct deletion *d,
    int64_t most, struct deletion_impact *impact_r)
{
	const struct db_value limit = db_bind_int(most == IMPACT_ALL ? most : most + 1);
	const struct db_value values[] = {
	    db_bind_id(&d->item_id), db_bind_id(&d->organization_id), limit, limit, limit, limit};
	enum db_result result = DB_OK;

	*impact_r = (struct deletion_impact){0};
	for (size_t i = 0; result == DB_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct part *part = &parts[i];
		struct db_rows rows = {0};

		if (part->kind != d->kind ||
		    (part->action != ANY && part->action != d->photo_action)) {
			continue;
		}
		result = db_query(db, arena, part->statement, values, 2 + part->limits, &rows);
		if (result == DB_OK) {
			take(d, part, &rows, impact_r);
		}
	}
	if (d->kind == ITEM_ORGANIZATION) {
		impact_r->people = impact_r->counts[COUNT_USER];
	}
	impact_tell_more(impact_r, d->kind, most);
	return result;
}
