/* looking.c - how far down an index a list or a count looks. */
#include "looking.h"

#include "paging.h"

#include <string.h>

/* Two rows: the last of those looked at, and one more if there is one. */
#define LAST_TWO(id) " AND " id " < ? ORDER BY " id " DESC LIMIT 2 OFFSET ?"

/* The container says whose the photos are, so that their rows need not be read. */
DB_STATEMENT(LOOK_AT_TAG,
    "SELECT STRAIGHT_JOIN t.photo_id FROM tags g JOIN photo_tags t FORCE INDEX (tag)"
    " ON t.tag_id = g.id WHERE g.id = ? AND g.organization_id = ?" LAST_TWO("t.photo_id"));
#define LOOK_AT(table, index, column)                                                              \
	"SELECT STRAIGHT_JOIN p.id FROM " table " g JOIN photos p FORCE INDEX (" index ")"         \
	" ON p." column                                                                            \
	" = g.id WHERE g.id = ? AND g.organization_id = ? AND p.shelf = ?" LAST_TWO("p.id")
DB_STATEMENT(LOOK_AT_PROJECT, LOOK_AT("projects", "project", "project_id"));
DB_STATEMENT(LOOK_AT_SITE, LOOK_AT("sites", "site", "site_id"));
DB_STATEMENT(LOOK_AT_STATUS, "SELECT p.id FROM photos p FORCE INDEX (moderation)"
			     " WHERE p.organization_id = ? AND p.status = ?" LAST_TWO("p.id"));
DB_STATEMENT(LOOK_AT_SHELF,
    "SELECT p.id FROM photos p FORCE INDEX (shelf) WHERE p.organization_id = ?"
    " AND p.shelf = ? AND p.published = ?" LAST_TWO("p.id"));

DB_STATEMENT(LOOK_AT_OWN,
    "SELECT STRAIGHT_JOIN p.id FROM users g JOIN photos p FORCE INDEX (own)"
    " ON p.uploader_id = g.id WHERE g.id = ? AND g.organization_id = ? AND p.shelf = ?"
    " AND p.published = ?" LAST_TWO("p.id"));

/* `values` has room for two more: the cursor and the offset. */
static enum db_result find_floor(struct db *db, struct arena *arena,
    const struct db_statement *statement, struct db_value *values, size_t count,
    const struct id *before, unsigned look, struct id *floor_r)
{
	struct db_rows rows = {0};
	enum db_result result;

	*floor_r = id_none;
	if (look == 0) {
		return DB_OK;
	}
	values[count++] = bind_before(before);
	values[count++] = db_bind_int(look - 1);
	result = db_query(db, arena, statement, values, count, &rows);
	if (result == DB_OK && rows.count == 2) {
		*floor_r = db_id(&rows, 0, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result look_at_tag(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *tag_id, const struct id *before, unsigned look, struct id *floor_r)
{
	struct db_value values[4] = {db_bind_id(tag_id), db_bind_id(organization_id)};

	return find_floor(db, arena, &LOOK_AT_TAG, values, 2, before, look, floor_r);
}

enum db_result look_at_status(struct db *db, struct arena *arena, const struct id *organization_id,
    enum photo_status status, const struct id *before, unsigned look, struct id *floor_r)
{
	struct db_value values[4] = {
	    db_bind_id(organization_id), db_bind_text(photo_status_name(status))};

	return find_floor(db, arena, &LOOK_AT_STATUS, values, 2, before, look, floor_r);
}

enum db_result look_at_project(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *project_id, int shelf, const struct id *before, unsigned look,
    struct id *floor_r)
{
	struct db_value values[5] = {
	    db_bind_id(project_id), db_bind_id(organization_id), db_bind_int(shelf)};

	return find_floor(db, arena, &LOOK_AT_PROJECT, values, 3, before, look, floor_r);
}

enum db_result look_at_site(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *site_id, int shelf, const struct id *before, unsigned look, struct id *floor_r)
{
	struct db_value values[5] = {
	    db_bind_id(site_id), db_bind_id(organization_id), db_bind_int(shelf)};

	return find_floor(db, arena, &LOOK_AT_SITE, values, 3, before, look, floor_r);
}

enum db_result look_at_shelf(struct db *db, struct arena *arena, const struct id *organization_id,
    int shelf, bool published, const struct id *before, unsigned look, struct id *floor_r)
{
	struct db_value values[5] = {
	    db_bind_id(organization_id), db_bind_int(shelf), db_bind_bool(published)};

	return find_floor(db, arena, &LOOK_AT_SHELF, values, 3, before, look, floor_r);
}

enum db_result look_at_own(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *uploader_id, int shelf, bool published, const struct id *before, unsigned look,
    struct id *floor_r)
{
	struct db_value values[6] = {db_bind_id(uploader_id), db_bind_id(organization_id),
	    db_bind_int(shelf), db_bind_bool(published)};

	return find_floor(db, arena, &LOOK_AT_OWN, values, 4, before, look, floor_r);
}

void look_raise(struct id *floor, const struct id *other)
{
	if (memcmp(floor->bytes, other->bytes, sizeof(floor->bytes)) < 0) {
		*floor = *other;
	}
}
