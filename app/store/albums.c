/* albums.c - the photos of an album, in its order.
 *
 * The places of an album are an index range that is gone down in its order; whether the viewer sees
 * a place's photo is looked at row by row, with what the deletions of containers that are still
 * marking make of it. */
#include <store/albums.h>

#include "photos_sql.h"

/* Values: album, organisation, and what comes after a place: position twice, id. */
#define PLACES " FROM albums g JOIN album_photos ap FORCE INDEX (place) ON ap.album_id = g.id"
#define AFTER                                                                                      \
	" WHERE g.id = ? AND g.organization_id = ?"                                                \
	" AND (ap.position > ? OR (ap.position = ? AND ap.photo_id > ?))"
#define IN_ORDER " ORDER BY ap.position, ap.photo_id"

/* Values: up to a place: position twice, id; organisation; masks of all, of published, of own;
 * viewer. */
#define SEEN                                                                                       \
	" AND (ap.position < ? OR (ap.position = ? AND ap.photo_id <= ?))"                         \
	" AND p.organization_id = ?"                                                               \
	" AND (((? >> " PHOTO_SHELF ") & 1) = 1"                                                   \
	" OR (((? >> " PHOTO_SHELF ") & 1) = 1 AND p.published = 1)"                               \
	" OR (((? >> " PHOTO_SHELF ") & 1) = 1 AND p.uploader_id = ?))"
#define SEEN_PLACES PLACES " JOIN photos p ON p.id = ap.photo_id" PHOTO_EFFECT_JOINS AFTER SEEN

/* Two rows: the last place looked at, and one more if there is one. */
DB_STATEMENT(ALBUM_LOOK,
    "SELECT STRAIGHT_JOIN ap.position, ap.photo_id" PLACES AFTER IN_ORDER " LIMIT 2 OFFSET ?");
DB_STATEMENT(ALBUM_PHOTOS,
    "SELECT STRAIGHT_JOIN " PHOTO_COLUMNS ", page.position"
    " FROM (SELECT STRAIGHT_JOIN ap.position, ap.photo_id AS id" SEEN_PLACES IN_ORDER
    " LIMIT ?) page JOIN photos p ON p.id = page.id" PHOTO_JOINS
    " ORDER BY page.position, page.id");
DB_STATEMENT(ALBUM_COUNT,
    "SELECT COUNT(*) FROM (SELECT STRAIGHT_JOIN ap.photo_id" SEEN_PLACES " LIMIT ?) seen");

/* After every place. */
static const struct album_place end = {
    .position = INT64_MAX,
    .photo_id = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff}},
};

static size_t add_place(struct db_value *values, const struct album_place *place)
{
	values[0] = db_bind_int(place->position);
	values[1] = values[0];
	values[2] = db_bind_blob(place->photo_id.bytes, sizeof(place->photo_id.bytes));
	return 3;
}

/* The values of AFTER. No position is below 0, so that none is before the first. */
static size_t add_after(struct db_value *values, const struct album_filter *filter)
{
	static const struct album_place first = {.position = -1};

	values[0] = db_bind_id(&filter->album_id);
	values[1] = db_bind_id(&filter->organization_id);
	return 2 +
	       add_place(values + 2, id_is_none(&filter->after.photo_id) ? &first : &filter->after);
}

/* The last place to look at, in looked_r; none where the album ends before. */
static enum db_result look(struct db *db, struct arena *arena, const struct album_filter *filter,
    struct album_place *looked_r)
{
	struct db_value values[6];
	size_t count = add_after(values, filter);
	struct db_rows rows = {0};
	enum db_result result = DB_NONE;

	*looked_r = (struct album_place){0};
	if (filter->look > 0) {
		values[count++] = db_bind_int(filter->look - 1);
		result = db_query(db, arena, &ALBUM_LOOK, values, count, &rows);
	}
	if (result == DB_OK && rows.count == 2) {
		looked_r->position = db_int(&rows, 0, 0);
		looked_r->photo_id = db_id(&rows, 0, 1);
	}
	return result == DB_NONE ? DB_OK : result;
}

/* The values of SEEN_PLACES. */
static size_t add_seen(
    struct db_value *values, const struct album_filter *filter, const struct album_place *looked)
{
	size_t n = add_after(values, filter);

	n += add_place(values + n, id_is_none(&looked->photo_id) ? &end : looked);
	values[n++] = db_bind_id(&filter->organization_id);
	values[n++] = db_bind_int(filter->ranges.all);
	values[n++] = db_bind_int(filter->ranges.published);
	values[n++] = db_bind_int(filter->ranges.own);
	values[n++] = db_bind_id(&filter->viewer_id);
	return n;
}

enum db_result store_album_photos(struct db *db, struct arena *arena,
    const struct album_filter *filter, struct album_rows *rows_r)
{
	struct db_value values[16] = {db_bind_id(&filter->viewer_id)}; /* of the claims */
	struct db_rows rows = {0};
	size_t count = 1;
	enum db_result result;

	*rows_r = (struct album_rows){0};
	result = look(db, arena, filter, &rows_r->looked);
	if (result != DB_OK) {
		return result;
	}
	count += add_seen(values + count, filter, &rows_r->looked);
	values[count++] = db_bind_int(filter->limit);
	result = db_query(db, arena, &ALBUM_PHOTOS, values, count, &rows);
	result = photo_read_rows(result, &rows, arena, &rows_r->photos);
	rows_r->places = arena_array(arena, rows_r->photos.count, sizeof(*rows_r->places));
	for (size_t i = 0; i < rows_r->photos.count; i++) {
		rows_r->places[i].position = db_int(&rows, i, rows.columns - 1);
		rows_r->places[i].photo_id = rows_r->photos.items[i].id;
	}
	return result;
}

enum db_result store_album_count(struct db *db, struct arena *arena,
    const struct album_filter *filter, int64_t *count_r, bool *more_r)
{
	struct album_place looked;
	struct db_value values[16];
	struct db_rows rows = {0};
	size_t count;
	enum db_result result = look(db, arena, filter, &looked);

	*count_r = 0;
	*more_r = false;
	if (result != DB_OK) {
		return result;
	}
	count = add_seen(values, filter, &looked);
	values[count++] = db_bind_int((int64_t)filter->limit + 1);
	result = db_query(db, arena, &ALBUM_COUNT, values, count, &rows);
	if (result == DB_OK) {
		*count_r = db_int(&rows, 0, 0);
		*more_r = *count_r > filter->limit || !id_is_none(&looked.photo_id);
	}
	return result;
}
