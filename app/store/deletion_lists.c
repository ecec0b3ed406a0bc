/* deletion_lists.c - pages and queues of deletions, each down one index. */
#include "deletions.h"
#include "pattern.h"

#include <base/clock.h>
#include <store/jobs.h>
#include <string.h>

/* The ids of a page come from the index alone; the rest is read for those rows. The list is one
 * of: the organisation's or a person's, of every kind or one, recoverable or in a state. */
#define PAGE(index, range, kind)                                                                   \
	"SELECT " DELETION_COLUMNS "," DELETION_LIST_COLUMNS                                       \
	" FROM (SELECT id FROM deletions FORCE INDEX (" index ") WHERE " range                     \
	" AND restorable = ? AND " kind " AND id < ?"                                              \
	" AND (? IS NULL OR state = ?) AND (? IS NULL OR recover_until > ?)"                       \
	" AND (? = 0 OR (owner_id = initiator_id"                                                  \
	" AND kind NOT IN ('project', 'site', 'user', 'organization')))"                           \
	" ORDER BY id DESC LIMIT ?) page"                                                          \
	" JOIN deletions d ON d.id = page.id" DELETION_LIST_JOINS " ORDER BY d.id DESC"
#define OF_ORGANIZATION "organization_id = ? AND ? IS NULL"
#define OF_PERSON       "organization_id = ? AND initiator_id = ?"
#define ANY_KIND        "? IS NULL"
#define ONE_KIND        "kind = ?"

DB_STATEMENT(DELETION_PAGE, PAGE("trash", OF_ORGANIZATION, ANY_KIND));
DB_STATEMENT(DELETION_PAGE_OF_KIND, PAGE("trash_kind", OF_ORGANIZATION, ONE_KIND));
DB_STATEMENT(DELETION_PAGE_OWN, PAGE("own_trash", OF_PERSON, ANY_KIND));
DB_STATEMENT(DELETION_PAGE_OWN_OF_KIND, PAGE("own_trash_kind", OF_PERSON, ONE_KIND));

/* In one state, of every kind: what is settled is rare among what is not, or the other way round.
 */
#define IN_STATE "state = ?"
DB_STATEMENT(DELETION_PAGE_IN_STATE, PAGE("state", OF_ORGANIZATION, IN_STATE));
DB_STATEMENT(DELETION_PAGE_OWN_IN_STATE, PAGE("own_state", OF_PERSON, IN_STATE));

/* What people search for by the beginning of its name; the position is that of a deletion. */
DB_STATEMENT(DELETION_LABEL, "SELECT label FROM deletions WHERE organization_id = ? AND id = ?");
DB_STATEMENT(DELETION_PAGE_LABELED,
    "SELECT " DELETION_COLUMNS "," DELETION_LIST_COLUMNS
    " FROM (SELECT id, label FROM deletions FORCE INDEX (label) WHERE organization_id = ?"
    " AND restorable = 1 AND label LIKE ? ESCAPE '!' AND recover_until > ?"
    " AND label >= ? AND (label > ? OR id > ?)"
    " ORDER BY label, id LIMIT ?) page"
    " JOIN deletions d ON d.id = page.id" DELETION_LIST_JOINS " ORDER BY page.label, page.id");

DB_STATEMENT(DELETION_PAGE_CLOSING,
    "SELECT " DELETION_COLUMNS "," DELETION_LIST_COLUMNS
    " FROM (SELECT id, recover_until FROM deletions FORCE INDEX (closing)"
    " WHERE organization_id = ? AND restorable = 1"
    " AND (recover_until > ? OR (recover_until = ? AND id > ?)) ORDER BY recover_until, id LIMIT "
    "?) page"
    " JOIN deletions d ON d.id = page.id" DELETION_LIST_JOINS
    " ORDER BY page.recover_until, page.id");

DB_STATEMENT(DELETION_PAGE_ORGANIZATIONS,
    "SELECT " DELETION_COLUMNS "," DELETION_LIST_COLUMNS
    " FROM organizations o JOIN deletions d ON d.id = o.deletion_id" DELETION_LIST_JOINS
    " WHERE o.deleted_at IS NOT NULL AND d.state <> 'purged' ORDER BY d.id DESC LIMIT ?");

DB_STATEMENT(DELETION_IDS_OF_ACT,
    "SELECT id FROM deletions WHERE act_id = ? AND organization_id = ? AND initiator_id = ?"
    " ORDER BY id");

/* What is due to be purged, and what to be gone on with. */
#define DUE " state = ? AND recover_until <= ?"
DB_STATEMENT(DELETION_DUE,
    "SELECT id, state, recover_until FROM deletions d FORCE INDEX (due) WHERE" DUE
    " AND (recover_until > ? OR (recover_until = ? AND id > ?))"
    " AND (? IS NULL OR organization_id = ?)"
    " AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.task = '" JOB_DELETION "'"
    " AND j.item_id = d.id AND j.run_at > ? AND j.run_at <= ?)"
    " ORDER BY recover_until, id LIMIT ?");
#define SUMS                                                                                       \
	"SELECT COUNT(*), SUM(bytes), SUM(photo_count), SUM(note_count), SUM(ai_result_count),"    \
	" SUM(album_count), SUM(project_count), SUM(site_count), SUM(quest_count),"                \
	" SUM(card_count), SUM(submission_count), SUM(adventure_count), SUM(sequence_count),"      \
	" SUM(event_count), SUM(user_count), SUM(organization_count) FROM deletions"               \
	" FORCE INDEX (due) WHERE" DUE
DB_STATEMENT(DELETION_DUE_SUMS, SUMS);

/* Photos that bear the mark, or that were archived or orphaned. Values: deletion, organisation,
 * before, limit. */
#define ITEM_PAGE(effect, rows, which)                                                             \
	"SELECT p.id, p.original_id, p.title, COALESCE(pr.name, si.name),"                         \
	" EXISTS (SELECT 1 FROM files f WHERE f.owner_id = p.id), " effect " FROM " rows           \
	" LEFT JOIN projects pr ON pr.id = p.project_id LEFT JOIN sites si ON si.id = p.site_id"   \
	" WHERE " which " LIMIT ?"
DB_STATEMENT(DELETION_ITEM_PAGE,
    ITEM_PAGE("0", "photos p FORCE INDEX (deletion)",
	"p.deletion_id = ? AND p.organization_id = ? AND p.id < ? ORDER BY p.id DESC"));
DB_STATEMENT(DELETION_EFFECT_PAGE,
    ITEM_PAGE("IF(e.effect = 'archived', 1, 2)",
	"deletion_effects e STRAIGHT_JOIN photos p ON p.id = e.photo_id",
	"e.deletion_id = ? AND p.organization_id = ? AND e.photo_id < ? ORDER BY e.photo_id DESC"));

#define MOST_ORGANIZATIONS 1000
#define FAR_FUTURE_US      INT64_C(253402300799000000) /* the last second of the year 9999 */

/* No id is greater. */
static struct id last_id(void)
{
	struct id id;

	memset(id.bytes, 0xff, sizeof(id.bytes));
	return id;
}

static struct id before(const struct id *after)
{
	return id_is_none(after) ? last_id() : *after;
}

/* Turn at most `limit` of the rows read into a page; one row more says that there are more. */
static void fill_page(
    struct arena *arena, const struct db_rows *rows, unsigned limit, struct deletion_page *page_r)
{
	*page_r = (struct deletion_page){.more = rows->count > limit};
	page_r->count = page_r->more ? limit : rows->count;
	page_r->items = arena_array(arena, page_r->count + 1, sizeof(*page_r->items));
	for (size_t i = 0; i < page_r->count; i++) {
		page_r->items[i] = deletion_read_listed(rows, i);
	}
}

static bool is_restorable(const struct deletion_query *query)
{
	return query->recoverable || query->state == DELETION_MARKING ||
	       query->state == DELETION_TRASHED;
}

/* The label at which a page goes on: "" for the first one, and where the position is gone. */
static enum db_result label_of(
    struct db *db, struct arena *arena, const struct deletion_query *query, const char **label_r)
{
	struct db_rows rows = {0};
	enum db_result result = DB_NONE;

	if (!id_is_none(&query->after)) {
		result = db_query(db, arena, &DELETION_LABEL,
		    DB_VALUES(db_bind_id(&query->organization_id), db_bind_id(&query->after)),
		    &rows);
	}
	*label_r = result == DB_OK && db_text(&rows, 0, 0) ? db_text(&rows, 0, 0) : "";
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result read_labeled(struct db *db, struct arena *arena,
    const struct deletion_query *query, struct deletion_page *page_r)
{
	const char *from = "";
	struct db_rows rows = {0};
	enum db_result result = label_of(db, arena, query, &from);

	if (result == DB_OK) {
		result = db_query(db, arena, &DELETION_PAGE_LABELED,
		    DB_VALUES(db_bind_id(&query->organization_id),
			db_bind_text(pattern_beginning(arena, query->label)),
			db_bind_time(query->now_us), db_bind_text(from), db_bind_text(from),
			db_bind_blob(query->after.bytes, sizeof(query->after.bytes)),
			db_bind_int((int64_t)query->limit + 1)),
		    &rows);
	}
	fill_page(arena, &rows, query->limit, page_r);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_page(struct db *db, struct arena *arena, const struct deletion_query *query,
    struct deletion_page *page_r)
{
	static const struct db_statement *const pages[2][3] = {
	    {&DELETION_PAGE_OF_KIND, &DELETION_PAGE, &DELETION_PAGE_IN_STATE},
	    {&DELETION_PAGE_OWN_OF_KIND, &DELETION_PAGE_OWN, &DELETION_PAGE_OWN_IN_STATE},
	};
	if (query->label) {
		return read_labeled(db, arena, query, page_r);
	}
	bool own = !id_is_none(&query->initiator_id);
	unsigned by = !query->any_kind ? 0 : query->recoverable ? 1 : 2;
	struct id below = before(&query->after);
	struct db_value state =
	    db_bind_text(query->recoverable ? NULL : deletion_state_name(query->state));
	struct db_value open = db_bind_time(query->recoverable ? query->now_us : 0);
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, pages[own][by],
	    DB_VALUES(db_bind_id(&query->organization_id), db_bind_id(&query->initiator_id),
		db_bind_bool(is_restorable(query)),
		by == 2 ? state : db_bind_text(by == 1 ? NULL : item_kind_name(query->kind)),
		db_bind_id(&below), state, state, open, open, db_bind_bool(query->personal),
		db_bind_int((int64_t)query->limit + 1)),
	    &rows);

	fill_page(arena, &rows, query->limit, page_r);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_page_closing(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t now_us, int64_t after_us, const struct id *after_id,
    unsigned limit, struct deletion_page *page_r)
{
	/* At now_us itself a window is closed. */
	bool further = after_us > now_us;
	struct db_value from = db_bind_time(further ? after_us : now_us);
	struct id tie = further ? *after_id : last_id();
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DELETION_PAGE_CLOSING,
	    DB_VALUES(db_bind_id(organization_id), from, from,
		db_bind_blob(tie.bytes, sizeof(tie.bytes)), db_bind_int((int64_t)limit + 1)),
	    &rows);

	fill_page(arena, &rows, limit, page_r);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_page_organizations(
    struct db *db, struct arena *arena, struct deletion_page *page_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DELETION_PAGE_ORGANIZATIONS,
	    DB_VALUES(db_bind_int(MOST_ORGANIZATIONS)), &rows);

	fill_page(arena, &rows, MOST_ORGANIZATIONS, page_r);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_ids_of_act(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *act_id, const struct id *initiator_id,
    struct id **ids_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DELETION_IDS_OF_ACT,
	    DB_VALUES(db_bind_id(act_id), db_bind_id(organization_id), db_bind_id(initiator_id)),
	    &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*ids_r)[i] = db_id(&rows, i, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_due(struct db *db, struct arena *arena, const struct id *organization_id,
    enum deletion_state state, int64_t until_us, int64_t now_us, const struct deletion_due *after,
    unsigned limit, struct deletion_due **due_r, size_t *count_r)
{
	/* Bound as 1970 and a second, since a time of 0 binds NULL. */
	int64_t from_us = after ? after->recover_until_us : CLOCK_SECOND_US;
	struct id tie = after ? after->id : id_none;
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DELETION_DUE,
	    DB_VALUES(db_bind_text(deletion_state_name(state)),
		db_bind_time(until_us ? until_us : FAR_FUTURE_US), db_bind_time(from_us),
		db_bind_time(from_us), db_bind_blob(tie.bytes, sizeof(tie.bytes)),
		db_bind_id(organization_id), db_bind_id(organization_id), db_bind_time(now_us),
		db_bind_time(now_us + JOB_PAUSE_MAX_S * CLOCK_SECOND_US), db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*due_r = arena_array(arena, rows.count + 1, sizeof(**due_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*due_r)[i] = (struct deletion_due){
		    .id = db_id(&rows, i, 0),
		    .state = state,
		    .recover_until_us = db_time(&rows, i, 2),
		};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result deletion_due_sums(struct db *db, struct arena *arena, enum deletion_state state,
    int64_t until_us, struct deletion_due_sums *sums_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DELETION_DUE_SUMS,
	    DB_VALUES(db_bind_text(deletion_state_name(state)),
		db_bind_time(until_us ? until_us : FAR_FUTURE_US)),
	    &rows);

	if (result != DB_OK) {
		return result;
	}
	sums_r->deletions += db_int(&rows, 0, 0);
	sums_r->bytes += db_int(&rows, 0, 1);
	for (size_t k = 0; k < COUNT_KIND_COUNT; k++) {
		sums_r->counts[k] += db_int(&rows, 0, 2 + k);
	}
	return DB_OK;
}

enum db_result deletion_item_page(struct db *db, struct arena *arena,
    const struct deletion *deletion, const struct id *after, unsigned limit,
    struct deletion_item **items_r, size_t *count_r, bool *more_r)
{
	struct id below = before(after);
	bool hidden = deletion->photo_action != PHOTO_ACTION_ARCHIVE &&
		      deletion->photo_action != PHOTO_ACTION_ORPHAN;
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, hidden ? &DELETION_ITEM_PAGE : &DELETION_EFFECT_PAGE,
		DB_VALUES(db_bind_id(&deletion->id), db_bind_id(&deletion->organization_id),
		    db_bind_id(&below), db_bind_int((int64_t)limit + 1)),
		&rows);

	*more_r = rows.count > limit;
	*count_r = *more_r ? limit : rows.count;
	*items_r = arena_array(arena, *count_r + 1, sizeof(**items_r));
	for (size_t i = 0; i < *count_r; i++) {
		(*items_r)[i] = (struct deletion_item){
		    .id = db_id(&rows, i, 0),
		    .original_id = db_id(&rows, i, 1),
		    .title = db_text(&rows, i, 2),
		    .part_of = db_text(&rows, i, 3),
		    .has_picture = db_bool(&rows, i, 4),
		    .effect = (enum deletion_effect)db_int(&rows, i, 5),
		};
	}
	return result == DB_NONE ? DB_OK : result;
}
