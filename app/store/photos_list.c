/* photos_list.c - lists of photos, by index ranges.
 *
 * What a viewer sees is a union of ranges, each of which an index holds in order of id. Each range
 * gives at most a page and the page is taken from those, so that no list ever sorts or skips, and
 * the last page costs what the first does. A derivative whose original is still being marked as
 * deleted is left out of every range but that of the deleted. While a container's deletion is
 * marking, other statements take the place of these: photos_marking.c. */
#include <store/photos.h>
#include <store/tags.h>

#include "looking.h"
#include "paging.h"
#include "photos_list.h"

/* What is being purged nobody sees any more. */
#define NOT_PURGING                                                                                \
	" AND (p.shelf < 2 OR NOT EXISTS (SELECT 1 FROM deletions ud"                              \
	" WHERE ud.id = p.deletion_id AND ud.state = 'purging'))"

#define REST_OF_RANGE                                                                              \
	NOT_PURGING                                                                                \
	" AND (p.shelf = 2 OR p.original_id IS NULL OR NOT EXISTS (SELECT 1 FROM photos po"        \
	" JOIN deletions pd ON pd.id = po.deletion_id"                                             \
	" WHERE po.id = p.original_id AND pd.state = 'marking'))"                                  \
	" AND p.id < ? ORDER BY p.id DESC LIMIT ?)"

/* All of an organisation, or of one uploader, on one shelf and published or not. */
#define ALL_RANGE                                                                                  \
	"(SELECT p.id FROM photos p FORCE INDEX (shelf) WHERE p.organization_id = ?"               \
	" AND p.shelf = ? AND p.published = ?" REST_OF_RANGE
#define OWN_RANGE                                                                                  \
	"(SELECT p.id FROM photos p FORCE INDEX (own) WHERE p.uploader_id = ?"                     \
	" AND p.organization_id = ? AND p.shelf = ? AND p.published = ?" REST_OF_RANGE

/* Of one project or site, on one shelf: all, or the published, or the viewer's. */
#define PLACE_RANGE(index, column)                                                                 \
	"(SELECT p.id FROM photos p FORCE INDEX (" index ") WHERE p." column " = ?"                \
	" AND p.organization_id = ? AND p.shelf = ? AND (? IS NULL OR p.site_id = ?)"              \
	" AND (? OR (? AND p.published = 1) OR (? AND p.uploader_id = ?))"                         \
	" AND (? IS NULL OR p.status = ?) AND p.id >= ?" REST_OF_RANGE

DB_STATEMENT(PHOTOS_ALL1_OWN1, PAGE_OF(ALL_RANGE AND_ALSO OWN_RANGE));
DB_STATEMENT(
    PHOTOS_ALL1_OWN3, PAGE_OF(ALL_RANGE AND_ALSO OWN_RANGE AND_ALSO OWN_RANGE AND_ALSO OWN_RANGE));
DB_STATEMENT(PHOTOS_OWN2, PAGE_OF(OWN_RANGE AND_ALSO OWN_RANGE));
DB_STATEMENT(
    PHOTOS_OWN4, PAGE_OF(OWN_RANGE AND_ALSO OWN_RANGE AND_ALSO OWN_RANGE AND_ALSO OWN_RANGE));
DB_STATEMENT(PHOTOS_OWN6, PAGE_OF(OWN_RANGE AND_ALSO OWN_RANGE AND_ALSO OWN_RANGE AND_ALSO OWN_RANGE
				  AND_ALSO OWN_RANGE AND_ALSO OWN_RANGE));
DB_STATEMENT(PHOTOS_ALL2, PAGE_OF(ALL_RANGE AND_ALSO ALL_RANGE));
DB_STATEMENT(
    PHOTOS_ALL4, PAGE_OF(ALL_RANGE AND_ALSO ALL_RANGE AND_ALSO ALL_RANGE AND_ALSO ALL_RANGE));
DB_STATEMENT(PHOTOS_ALL6, PAGE_OF(ALL_RANGE AND_ALSO ALL_RANGE AND_ALSO ALL_RANGE AND_ALSO ALL_RANGE
				  AND_ALSO ALL_RANGE AND_ALSO ALL_RANGE));

#define PROJECT_RANGE PLACE_RANGE("project", "project_id")
#define SITE_RANGE    PLACE_RANGE("site", "site_id")
DB_STATEMENT(PHOTOS_PROJECT1, PAGE_OF(PROJECT_RANGE));
DB_STATEMENT(PHOTOS_PROJECT2, PAGE_OF(PROJECT_RANGE AND_ALSO PROJECT_RANGE));
DB_STATEMENT(PHOTOS_PROJECT3, PAGE_OF(PROJECT_RANGE AND_ALSO PROJECT_RANGE AND_ALSO PROJECT_RANGE));
DB_STATEMENT(PHOTOS_SITE1, PAGE_OF(SITE_RANGE));
DB_STATEMENT(PHOTOS_SITE2, PAGE_OF(SITE_RANGE AND_ALSO SITE_RANGE));
DB_STATEMENT(PHOTOS_SITE3, PAGE_OF(SITE_RANGE AND_ALSO SITE_RANGE AND_ALSO SITE_RANGE));

/* What is looked at row by row where neither shelf nor place is the index's: after the value of the
 * range and the organisation. */
#define LOOKED_AT                                                                                  \
	" AND p.organization_id = ?"                                                               \
	" AND (? IS NULL OR p.project_id = ?) AND (? IS NULL OR p.site_id = ?)"                    \
	" AND (((? >> p.shelf) & 1) = 1 OR (((? >> p.shelf) & 1) = 1 AND p.published = 1)"         \
	" OR (((? >> p.shelf) & 1) = 1 AND p.uploader_id = ?))"                                    \
	" AND (? IS NULL OR p.status = ?)"
DB_STATEMENT(
    PHOTOS_STATUS, PAGE_OF("(SELECT p.id FROM photos p FORCE INDEX (moderation)"
			   " WHERE p.status = ?" LOOKED_AT " AND p.id >= ?" REST_OF_RANGE));

DB_STATEMENT(PHOTOS_TAG,
    PAGE_OF("(SELECT STRAIGHT_JOIN p.id FROM photo_tags t FORCE INDEX (tag)"
	    " JOIN photos p ON p.id = t.photo_id WHERE t.tag_id = ?" LOOKED_AT
	    " AND t.photo_id >= ? AND t.photo_id < ?"
	    " AND (p.shelf = 2 OR p.original_id IS NULL OR NOT EXISTS (SELECT 1 FROM photos po"
	    " JOIN deletions pd ON pd.id = po.deletion_id"
	    " WHERE po.id = p.original_id AND pd.state = 'marking'))" NOT_PURGING
	    " ORDER BY t.photo_id DESC LIMIT ?)"));

static void add(struct photo_values *values, struct db_value value)
{
	values->items[values->count++] = value;
}

static void add_status(struct photo_values *values, const struct photo_filter *filter)
{
	const struct db_value status =
	    filter->by_status ? db_bind_text(photo_status_name(filter->status)) : db_bind_null();

	add(values, status);
	add(values, status);
}

static void add_cursor(struct photo_values *values, const struct photo_filter *filter)
{
	add(values, bind_before(&filter->before));
	add(values, db_bind_int(filter->limit));
}

static void add_range(struct photo_values *values, const struct photo_filter *filter, bool own,
    int shelf, bool published)
{
	if (own) {
		add(values, db_bind_id(&filter->viewer_id));
	}
	add(values, db_bind_id(&filter->organization_id));
	add(values, db_bind_int(shelf));
	add(values, db_bind_bool(published));
	add_cursor(values, filter);
}

static bool has(unsigned mask, int shelf)
{
	return (mask >> shelf) & 1U;
}

/* Ranges without doubles: own photos count only where nothing else gives them. */
static void add_ranges(struct photo_values *values, const struct photo_filter *filter,
    unsigned *all_r, unsigned *own_r)
{
	const struct photo_ranges *ranges = &filter->ranges;

	*all_r = *own_r = 0;
	for (int half = 0; half < 2 * PHOTO_SHELVES; half++) {
		bool all = has(ranges->all, half / 2) ||
			   (half % 2 == 1 && has(ranges->published, half / 2));

		if (all) {
			add_range(values, filter, false, half / 2, half % 2 == 1);
			*all_r += 1;
		}
	}
	for (int half = 0; half < 2 * PHOTO_SHELVES; half++) {
		bool all = has(ranges->all, half / 2) ||
			   (half % 2 == 1 && has(ranges->published, half / 2));

		if (!all && has(ranges->own, half / 2)) {
			add_range(values, filter, true, half / 2, half % 2 == 1);
			*own_r += 1;
		}
	}
}

/* The statements there are, by their numbers of ranges. */
static const struct variant {
	unsigned all, own;
	const struct db_statement *statement;
} VARIANTS[] = {
    {1, 1, &PHOTOS_ALL1_OWN1},
    {1, 3, &PHOTOS_ALL1_OWN3},
    {0, 2, &PHOTOS_OWN2},
    {0, 4, &PHOTOS_OWN4},
    {0, 6, &PHOTOS_OWN6},
    {2, 0, &PHOTOS_ALL2},
    {4, 0, &PHOTOS_ALL4},
    {6, 0, &PHOTOS_ALL6},
};

static const struct db_statement *by_shelves(
    struct photo_values *values, const struct photo_filter *filter)
{
	unsigned all = 0;
	unsigned own = 0;

	add_ranges(values, filter, &all, &own);
	for (size_t i = 0; i < sizeof(VARIANTS) / sizeof(VARIANTS[0]); i++) {
		if (VARIANTS[i].all == all && VARIANTS[i].own == own) {
			return VARIANTS[i].statement;
		}
	}
	return NULL;
}

static void add_place_range(struct photo_values *values, const struct photo_filter *filter,
    const struct id *floor, const struct id *place, int shelf)
{
	add(values, db_bind_id(place));
	add(values, db_bind_id(&filter->organization_id));
	add(values, db_bind_int(shelf));
	add(values, db_bind_id(&filter->site_id));
	add(values, db_bind_id(&filter->site_id));
	add(values, db_bind_bool(has(filter->ranges.all, shelf)));
	add(values, db_bind_bool(has(filter->ranges.published, shelf)));
	add(values, db_bind_bool(has(filter->ranges.own, shelf)));
	add(values, db_bind_id(&filter->viewer_id));
	add_status(values, filter);
	add(values, bind_from(floor));
	add_cursor(values, filter);
}

static const struct db_statement *by_place(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	static const struct db_statement *const STATEMENTS[2][PHOTO_SHELVES] = {
	    {&PHOTOS_PROJECT1, &PHOTOS_PROJECT2, &PHOTOS_PROJECT3},
	    {&PHOTOS_SITE1, &PHOTOS_SITE2, &PHOTOS_SITE3},
	};
	const bool site = id_is_none(&filter->project_id);
	const struct photo_ranges *ranges = &filter->ranges;
	int count = 0;

	for (int shelf = 0; shelf < PHOTO_SHELVES; shelf++) {
		if (has(ranges->all | ranges->published | ranges->own, shelf)) {
			add_place_range(values, filter, floor,
			    site ? &filter->site_id : &filter->project_id, shelf);
			count++;
		}
	}
	return count > 0 ? STATEMENTS[site][count - 1] : NULL;
}

/* The values of LOOKED_AT, and those behind it. */
static void add_looked_at(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	add(values, db_bind_id(&filter->organization_id));
	add(values, db_bind_id(&filter->project_id));
	add(values, db_bind_id(&filter->project_id));
	add(values, db_bind_id(&filter->site_id));
	add(values, db_bind_id(&filter->site_id));
	add(values, db_bind_int(filter->ranges.all));
	add(values, db_bind_int(filter->ranges.published));
	add(values, db_bind_int(filter->ranges.own));
	add(values, db_bind_id(&filter->viewer_id));
	add_status(values, filter);
	add(values, bind_from(floor));
	add_cursor(values, filter);
}

static const struct db_statement *by_tag(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	add(values, db_bind_id(&filter->tag_id));
	add_looked_at(values, filter, floor);
	return &PHOTOS_TAG;
}

static const struct db_statement *by_status(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	add(values, db_bind_text(photo_status_name(filter->status)));
	add_looked_at(values, filter, floor);
	return &PHOTOS_STATUS;
}

enum photo_driver photo_driver_of(const struct photo_filter *filter)
{
	const bool placed = !id_is_none(&filter->project_id) || !id_is_none(&filter->site_id);

	if (!id_is_none(&filter->tag_id)) {
		return BY_TAG;
	}
	if (filter->by_status && (!placed || filter->status != PHOTO_APPROVED)) {
		return BY_STATUS;
	}
	return placed ? BY_PLACE : BY_SHELVES;
}

static const struct db_statement *choose(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor)
{
	static const struct db_statement *(*const drivers[])(struct photo_values * values,
	    const struct photo_filter *filter, const struct id *floor) = {
	    [BY_TAG] = by_tag, [BY_STATUS] = by_status, [BY_PLACE] = by_place};
	const enum photo_driver driver = photo_driver_of(filter);

	return driver == BY_SHELVES ? by_shelves(values, filter)
				    : drivers[driver](values, filter, floor);
}

/* Of the shelves of a project or site, each its own range: those that the list shows, and those
 * before them, which it reads as well while a deletion is marking. */
static enum db_result look_at_place(
    struct db *db, struct arena *arena, const struct photo_filter *filter, struct id *floor_r)
{
	const bool site = id_is_none(&filter->project_id);
	const unsigned mask = filter->ranges.all | filter->ranges.published | filter->ranges.own;
	enum db_result result = DB_OK;

	for (int shelf = 0; (mask >> shelf) != 0 && result == DB_OK; shelf++) {
		struct id floor = id_none;

		result =
		    site ? look_at_site(db, arena, &filter->organization_id, &filter->site_id,
			       shelf, &filter->before, filter->look, &floor)
			 : look_at_project(db, arena, &filter->organization_id, &filter->project_id,
			       shelf, &filter->before, filter->look, &floor);
		look_raise(floor_r, &floor);
	}
	return result;
}

/* How far down the list looks, in floor_r (none: to the end). Down the shelves every row fits, but
 * while a deletion is marking. */
static enum db_result look(struct db *db, struct arena *arena, const struct photo_filter *filter,
    bool is_marking, struct id *floor_r)
{
	const enum photo_driver driver = photo_driver_of(filter);

	*floor_r = id_none;
	if (driver == BY_TAG) {
		return look_at_tag(db, arena, &filter->organization_id, &filter->tag_id,
		    &filter->before, filter->look, floor_r);
	}
	if (driver == BY_STATUS) {
		return look_at_status(db, arena, &filter->organization_id, filter->status,
		    &filter->before, filter->look, floor_r);
	}
	if (driver == BY_PLACE) {
		return look_at_place(db, arena, filter, floor_r);
	}
	return is_marking ? photos_look_marking(db, arena, filter, floor_r) : DB_OK;
}

enum db_result store_photos_list(struct db *db, struct arena *arena,
    const struct photo_filter *filter, struct photo_rows *rows_r)
{
	struct photo_values values = {0};
	struct db_rows rows = {0};
	struct id floor = id_none;
	const struct db_statement *statement = NULL;
	enum db_result marking = photos_marking(db, arena, &filter->organization_id);
	enum db_result result = marking;

	*rows_r = (struct photo_rows){0};
	add(&values, db_bind_id(&filter->viewer_id)); /* of the claims, in PHOTO_COLUMNS */
	if (marking == DB_OK || marking == DB_NONE) {
		result = look(db, arena, filter, marking == DB_OK, &floor);
	}
	if (result != DB_OK) {
		return result;
	}
	statement = marking == DB_OK ? photos_list_marking(&values, filter, &floor)
				     : choose(&values, filter, &floor);
	if (!statement) {
		return DB_NONE;
	}
	add(&values, db_bind_int(filter->limit));
	result = db_query(db, arena, statement, values.items, values.count, &rows);
	result = photo_read_rows(result, &rows, arena, rows_r);
	rows_r->looked_down_to = floor;
	return result;
}
