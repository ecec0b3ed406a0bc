/* photos_marking.c - lists of photos while the deletion of a container is still marking.
 *
 * What its rows say is not what readers see then, so that each row of the ranges is looked at, with
 * the shelf that its containers' deletions give it. A photo is never further from the trash for
 * readers than its row says: the ranges read are those up to the furthest shelf that is shown. */
#include "photos_list.h"

#include "looking.h"
#include "paging.h"

/* The account of a platform admin has photos in any organisation. */
DB_STATEMENT(PHOTOS_MARKING,
    "SELECT 1 FROM DUAL WHERE EXISTS (SELECT 1 FROM deletions FORCE INDEX (due)"
    " WHERE state = 'marking' AND organization_id = ?"
    " AND kind IN ('project', 'site', 'user', 'organization')) OR EXISTS (SELECT STRAIGHT_JOIN 1"
    " FROM deletions d FORCE INDEX (due) JOIN users u ON u.id = d.item_id"
    " AND u.goes_everywhere = 1 WHERE d.state = 'marking' AND d.kind = 'user')");

#define NOT_PURGING " AND NOT (cd.state <=> 'purging')"

/* Values: mask of all, of published, of own; viewer; status twice; floor; before; limit. */
#define SEEN                                                                                       \
	NOT_PURGING                                                                                \
	" AND (((? >> " PHOTO_SHELF ") & 1) = 1"                                                   \
	" OR (((? >> " PHOTO_SHELF ") & 1) = 1 AND p.published = 1)"                               \
	" OR (((? >> " PHOTO_SHELF ") & 1) = 1 AND p.uploader_id = ?))"                            \
	" AND (? IS NULL OR p.status = ?) AND p.id >= ? AND p.id < ? ORDER BY p.id DESC LIMIT ?)"
#define RANGE(index, where)                                                                        \
	"(SELECT STRAIGHT_JOIN p.id FROM photos p FORCE INDEX (" index ")" PHOTO_EFFECT_JOINS      \
	" WHERE " where " AND p.organization_id = ? AND p.shelf = ?"
#define ALL       RANGE("shelf", "1 = 1") " AND p.published = ?" SEEN
#define OWN       RANGE("own", "p.uploader_id = ?") " AND p.published = ?" SEEN
#define OF_SITE   " AND (? IS NULL OR (p.site_id = ? AND " IN_SITE "))"
#define PROJECT   RANGE("project", "p.project_id = ? AND " IN_PROJECT) OF_SITE SEEN
#define SITE      RANGE("site", "p.site_id = ? AND " IN_SITE) OF_SITE SEEN
#define TWICE(r)  r AND_ALSO r
#define FOUR(r)   TWICE(r) AND_ALSO TWICE(r)
#define SIX(r)    FOUR(r) AND_ALSO TWICE(r)
#define THRICE(r) TWICE(r) AND_ALSO r

DB_STATEMENT(MARKING_ALL2, PAGE_OF(TWICE(ALL)));
DB_STATEMENT(MARKING_ALL4, PAGE_OF(FOUR(ALL)));
DB_STATEMENT(MARKING_ALL6, PAGE_OF(SIX(ALL)));
DB_STATEMENT(MARKING_OWN2, PAGE_OF(TWICE(OWN)));
DB_STATEMENT(MARKING_OWN4, PAGE_OF(FOUR(OWN)));
DB_STATEMENT(MARKING_OWN6, PAGE_OF(SIX(OWN)));
DB_STATEMENT(MARKING_PROJECT1, PAGE_OF(PROJECT));
DB_STATEMENT(MARKING_PROJECT2, PAGE_OF(TWICE(PROJECT)));
DB_STATEMENT(MARKING_PROJECT3, PAGE_OF(THRICE(PROJECT)));
DB_STATEMENT(MARKING_SITE1, PAGE_OF(SITE));
DB_STATEMENT(MARKING_SITE2, PAGE_OF(TWICE(SITE)));
DB_STATEMENT(MARKING_SITE3, PAGE_OF(THRICE(SITE)));
DB_STATEMENT(
    MARKING_TAG, PAGE_OF("(SELECT STRAIGHT_JOIN p.id FROM photo_tags t FORCE INDEX (tag)"
			 " JOIN photos p ON p.id = t.photo_id" PHOTO_EFFECT_JOINS
			 " WHERE t.tag_id = ? AND p.organization_id = ?"
			 " AND (? IS NULL OR (p.project_id = ? AND " IN_PROJECT "))" OF_SITE
			 " AND (((? >> " PHOTO_SHELF ") & 1) = 1"
			 " OR (((? >> " PHOTO_SHELF ") & 1) = 1 AND p.published = 1)"
			 " OR (((? >> " PHOTO_SHELF ") & 1) = 1 AND p.uploader_id = ?))" NOT_PURGING
			 " AND (? IS NULL OR p.status = ?) AND t.photo_id >= ? AND t.photo_id < ?"
			 " ORDER BY t.photo_id DESC LIMIT ?)"));
DB_STATEMENT(MARKING_STATUS,
    PAGE_OF("(SELECT STRAIGHT_JOIN p.id FROM photos p FORCE INDEX (moderation)" PHOTO_EFFECT_JOINS
	    " WHERE p.status = ? AND p.organization_id = ?"
	    " AND (? IS NULL OR (p.project_id = ? AND " IN_PROJECT "))" OF_SITE SEEN));

enum db_result photos_marking(struct db *db, struct arena *arena, const struct id *organization_id)
{
	struct db_rows rows = {0};

	return db_query(db, arena, &PHOTOS_MARKING, DB_VALUES(db_bind_id(organization_id)), &rows);
}

static void add(struct photo_values *values, struct db_value value)
{
	values->items[values->count++] = value;
}

static void add_seen(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	const struct db_value status =
	    filter->by_status ? db_bind_text(photo_status_name(filter->status)) : db_bind_null();

	add(values, db_bind_int(filter->ranges.all));
	add(values, db_bind_int(filter->ranges.published));
	add(values, db_bind_int(filter->ranges.own));
	add(values, db_bind_id(&filter->viewer_id));
	add(values, status);
	add(values, status);
	add(values, bind_from(floor));
	add(values, bind_before(&filter->before));
	add(values, db_bind_int(filter->limit));
}

static void add_site(struct photo_values *values, const struct photo_filter *filter)
{
	add(values, db_bind_id(&filter->site_id));
	add(values, db_bind_id(&filter->site_id));
}

/* How many shelves are read: up to the furthest that is shown. */
static int shelves_of(const struct photo_filter *filter)
{
	unsigned mask = filter->ranges.all | filter->ranges.published | filter->ranges.own;
	int count = 0;

	for (int shelf = 0; shelf < PHOTO_SHELVES; shelf++) {
		if ((mask >> shelf) & 1U) {
			count = shelf + 1;
		}
	}
	return count;
}

/* The organisation, the place and what is seen: after the value of the range. */
static void add_rest(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	add(values, db_bind_id(&filter->organization_id));
	add(values, db_bind_id(&filter->project_id));
	add(values, db_bind_id(&filter->project_id));
	add_site(values, filter);
	add_seen(values, filter, floor);
}

static const struct db_statement *by_tag(struct photo_values *values,
    const struct photo_filter *filter, const struct id *floor, int shelves)
{
	(void)shelves;
	add(values, db_bind_id(&filter->tag_id));
	add_rest(values, filter, floor);
	return &MARKING_TAG;
}

static const struct db_statement *by_status(struct photo_values *values,
    const struct photo_filter *filter, const struct id *floor, int shelves)
{
	(void)shelves;
	add(values, db_bind_text(photo_status_name(filter->status)));
	add_rest(values, filter, floor);
	return &MARKING_STATUS;
}

static const struct db_statement *by_place(struct photo_values *values,
    const struct photo_filter *filter, const struct id *floor, int shelves)
{
	static const struct db_statement *const statements[2][PHOTO_SHELVES] = {
	    {&MARKING_PROJECT1, &MARKING_PROJECT2, &MARKING_PROJECT3},
	    {&MARKING_SITE1, &MARKING_SITE2, &MARKING_SITE3},
	};
	const bool site = id_is_none(&filter->project_id);

	for (int shelf = 0; shelf < shelves; shelf++) {
		add(values, db_bind_id(site ? &filter->site_id : &filter->project_id));
		add(values, db_bind_id(&filter->organization_id));
		add(values, db_bind_int(shelf));
		add_site(values, filter);
		add_seen(values, filter, floor);
	}
	return statements[site][shelves - 1];
}

/* Whether one's own photos alone are listed. */
static bool is_own(const struct photo_filter *filter)
{
	return filter->ranges.all == 0 && filter->ranges.published == 0;
}

enum db_result photos_look_marking(
    struct db *db, struct arena *arena, const struct photo_filter *filter, struct id *floor_r)
{
	const int halves = 2 * shelves_of(filter);
	enum db_result result = DB_OK;

	*floor_r = id_none;
	for (int half = 0; half < halves && result == DB_OK; half++) {
		const bool published = half % 2 == 1;
		struct id floor = id_none;

		result = is_own(filter)
			     ? look_at_own(db, arena, &filter->organization_id, &filter->viewer_id,
				   half / 2, published, &filter->before, filter->look, &floor)
			     : look_at_shelf(db, arena, &filter->organization_id, half / 2,
				   published, &filter->before, filter->look, &floor);
		look_raise(floor_r, &floor);
	}
	return result;
}

static const struct db_statement *by_shelf(struct photo_values *values,
    const struct photo_filter *filter, const struct id *floor, int shelves)
{
	static const struct db_statement *const statements[2][PHOTO_SHELVES] = {
	    {&MARKING_ALL2, &MARKING_ALL4, &MARKING_ALL6},
	    {&MARKING_OWN2, &MARKING_OWN4, &MARKING_OWN6},
	};
	const bool own = is_own(filter);

	for (int half = 0; half < 2 * shelves; half++) {
		if (own) {
			add(values, db_bind_id(&filter->viewer_id));
		}
		add(values, db_bind_id(&filter->organization_id));
		add(values, db_bind_int(half / 2));
		add(values, db_bind_bool(half % 2 == 1));
		add_seen(values, filter, floor);
	}
	return statements[own][shelves - 1];
}

const struct db_statement *photos_list_marking(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	static const struct db_statement *(*const drivers[])(struct photo_values * values,
	    const struct photo_filter *filter, const struct id *floor,
	    int shelves) = {[BY_SHELVES] = by_shelf,
	    [BY_PLACE] = by_place,
	    [BY_STATUS] = by_status,
	    [BY_TAG] = by_tag};
	const int shelves = shelves_of(filter);

	return shelves == 0 ? NULL
			    : drivers[photo_driver_of(filter)](values, filter, floor, shelves);
}
