/* places.c - projects, sites, albums, tags and organisations: one row of statements for each. */
#include <store/places.h>

#include "paging.h"
#include "pattern.h"

/* Columns: id, organisation, name, slug, creator, created, deleted, deletion. */
#define PROJECT_COLUMNS                                                                            \
	"id, organization_id, name, NULL, created_by, created_at, deleted_at, deletion_id"
#define SITE_COLUMNS                                                                               \
	"id, organization_id, name, slug, created_by, created_at, deleted_at, deletion_id"
#define ORGANIZATION_COLUMNS "id, id, name, NULL, created_by, created_at, deleted_at, deletion_id"
#define TAG_COLUMNS          "id, organization_id, name, NULL, NULL, created_at, NULL, NULL"

#define LIST_OF(columns, table)                                                                    \
	"SELECT " columns " FROM " table " WHERE organization_id = ? AND deleted_at IS NULL"       \
	" AND id < ? ORDER BY id DESC LIMIT ?"
#define ONE_OF(columns, table)                                                                     \
	"SELECT " columns " FROM " table " WHERE organization_id = ? AND id = ?"
#define INSERT_INTO(table)                                                                         \
	"INSERT INTO " table " (id, organization_id, name, created_by, created_at)"                \
	" VALUES (?, ?, ?, ?, ?)"

DB_STATEMENT(PROJECTS_LIST, LIST_OF(PROJECT_COLUMNS, "projects"));
DB_STATEMENT(SITES_LIST, LIST_OF(SITE_COLUMNS, "sites"));
DB_STATEMENT(ALBUMS_LIST, LIST_OF(PROJECT_COLUMNS, "albums"));
DB_STATEMENT(TAGS_LIST, "SELECT " TAG_COLUMNS " FROM tags WHERE organization_id = ?"
			" AND id < ? ORDER BY id DESC LIMIT ?");
DB_STATEMENT(ORGANIZATIONS_LIST, "SELECT " ORGANIZATION_COLUMNS " FROM organizations"
				 " WHERE deleted_at IS NULL AND id < ? ORDER BY id DESC LIMIT ?");
/* Behind a name and an id. */
#define BEHIND " AND name >= ? AND (name > ? OR id > ?) ORDER BY name, id LIMIT ?"
#define BY_NAME(columns, table)                                                                    \
	"SELECT " columns " FROM " table " FORCE INDEX (name) WHERE organization_id = ?"           \
	" AND deleted_at IS NULL" BEHIND
DB_STATEMENT(PROJECTS_BY_NAME, BY_NAME(PROJECT_COLUMNS, "projects"));
DB_STATEMENT(SITES_BY_NAME, BY_NAME(SITE_COLUMNS, "sites"));
DB_STATEMENT(ALBUMS_BY_NAME, BY_NAME(PROJECT_COLUMNS, "albums"));
DB_STATEMENT(ORGANIZATIONS_BY_NAME_LIST, "SELECT " ORGANIZATION_COLUMNS " FROM organizations"
					 " FORCE INDEX (name) WHERE deleted_at IS NULL" BEHIND);
#define SEARCH_OF(columns, table)                                                                  \
	"SELECT " columns " FROM " table " WHERE organization_id = ? AND deleted_at IS NULL"       \
	" AND id < ? AND name LIKE ? ESCAPE '!' ORDER BY id DESC LIMIT ?"
DB_STATEMENT(PROJECTS_SEARCH, SEARCH_OF(PROJECT_COLUMNS, "projects"));
DB_STATEMENT(SITES_SEARCH, SEARCH_OF(SITE_COLUMNS, "sites"));
DB_STATEMENT(PROJECT_FIND, ONE_OF(PROJECT_COLUMNS, "projects"));
DB_STATEMENT(SITE_FIND, ONE_OF(SITE_COLUMNS, "sites"));
DB_STATEMENT(ALBUM_FIND, ONE_OF(PROJECT_COLUMNS, "albums"));
DB_STATEMENT(TAG_PLACE_FIND, ONE_OF(TAG_COLUMNS, "tags"));
DB_STATEMENT(ORGANIZATION_FIND, "SELECT " ORGANIZATION_COLUMNS " FROM organizations"
				" WHERE id = ? AND id = ?");
DB_STATEMENT(PROJECT_LOCK, ONE_OF(PROJECT_COLUMNS, "projects") " LOCK IN SHARE MODE");
DB_STATEMENT(SITE_LOCK, ONE_OF(SITE_COLUMNS, "sites") " LOCK IN SHARE MODE");
DB_STATEMENT(ALBUM_LOCK, ONE_OF(PROJECT_COLUMNS, "albums") " LOCK IN SHARE MODE");
DB_STATEMENT(ORGANIZATION_LOCK, "SELECT " ORGANIZATION_COLUMNS " FROM organizations"
				" WHERE id = ? AND id = ? LOCK IN SHARE MODE");
DB_STATEMENT(PROJECT_BY_NAME, "SELECT " PROJECT_COLUMNS " FROM projects"
			      " WHERE organization_id = ? AND deleted_at IS NULL AND name = ?"
			      " ORDER BY id LIMIT 1");
DB_STATEMENT(PROJECT_INSERT, INSERT_INTO("projects"));
DB_STATEMENT(ALBUM_INSERT, INSERT_INTO("albums"));
DB_STATEMENT(SITE_INSERT,
    "INSERT INTO sites (id, organization_id, name, created_by, created_at, slug)"
    " VALUES (?, ?, ?, ?, ?, ?)");

static const struct place_statements {
	const struct db_statement *list, *by_name, *find, *lock, *insert;
} STATEMENTS[PLACE_KIND_COUNT] = {
    [PLACE_PROJECT] = {&PROJECTS_LIST, &PROJECTS_BY_NAME, &PROJECT_FIND, &PROJECT_LOCK,
	&PROJECT_INSERT},
    [PLACE_SITE] = {&SITES_LIST, &SITES_BY_NAME, &SITE_FIND, &SITE_LOCK, &SITE_INSERT},
    [PLACE_ALBUM] = {&ALBUMS_LIST, &ALBUMS_BY_NAME, &ALBUM_FIND, &ALBUM_LOCK, &ALBUM_INSERT},
    [PLACE_ORGANIZATION] = {&ORGANIZATIONS_LIST, &ORGANIZATIONS_BY_NAME_LIST, &ORGANIZATION_FIND,
	&ORGANIZATION_LOCK, NULL},
    [PLACE_TAG] = {&TAGS_LIST, NULL, &TAG_PLACE_FIND, NULL, NULL},
};

static void read_row(
    const struct db_rows *rows, size_t row, enum place_kind kind, struct place *place)
{
	*place = (struct place){
	    .kind = kind,
	    .id = db_id(rows, row, 0),
	    .organization_id = db_id(rows, row, 1),
	    .name = db_text(rows, row, 2),
	    .slug = db_text(rows, row, 3),
	    .created_by = db_id(rows, row, 4),
	    .created_at_us = db_time(rows, row, 5),
	    .deleted_at_us = db_time(rows, row, 6),
	    .deletion_id = db_id(rows, row, 7),
	};
}

static enum db_result read_rows(enum db_result result, const struct db_rows *rows,
    enum place_kind kind, struct arena *arena, struct place_rows *rows_r)
{
	*rows_r = (struct place_rows){0};
	if (result != DB_OK) {
		return result;
	}
	rows_r->items = arena_array(arena, rows->count, sizeof(*rows_r->items));
	rows_r->count = rows->count;
	for (size_t i = 0; i < rows->count; i++) {
		read_row(rows, i, kind, &rows_r->items[i]);
	}
	return DB_OK;
}

enum db_result store_places_search(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const char *name, const struct id *before, unsigned limit,
    struct place_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, kind == PLACE_SITE ? &SITES_SEARCH : &PROJECTS_SEARCH,
		DB_VALUES(db_bind_id(organization_id), bind_before(before),
		    db_bind_text(pattern_containing(arena, name)), db_bind_int(limit)),
		&rows);

	return read_rows(result, &rows, kind, arena, rows_r);
}

enum db_result store_places_list(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *before, unsigned limit,
    struct place_rows *rows_r)
{
	const struct db_value values[] = {
	    db_bind_id(organization_id),
	    bind_before(before),
	    db_bind_int(limit),
	};
	const size_t skip = kind == PLACE_ORGANIZATION; /* they are not of an organisation */
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, STATEMENTS[kind].list, values + skip, 3 - skip, &rows);

	return read_rows(result, &rows, kind, arena, rows_r);
}

static enum db_result read_one(struct db *db, struct arena *arena,
    const struct db_statement *statement, enum place_kind kind, const struct id *organization_id,
    const struct id *place_id, struct place *place_r)
{
	const struct id *owner = kind == PLACE_ORGANIZATION ? place_id : organization_id;
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, statement, DB_VALUES(db_bind_id(owner), db_bind_id(place_id)), &rows);

	if (result == DB_OK) {
		read_row(&rows, 0, kind, place_r);
	}
	return result;
}

enum db_result store_place_find(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *place_id, struct place *place_r)
{
	return read_one(db, arena, STATEMENTS[kind].find, kind, organization_id, place_id, place_r);
}

enum db_result store_places_by_name(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *after, unsigned limit,
    struct place_rows *rows_r)
{
	const size_t skip = kind == PLACE_ORGANIZATION; /* they are not of an organisation */
	struct place last = {.name = ""};
	struct db_rows rows = {0};
	enum db_result result = DB_NONE;

	if (!id_is_none(after)) {
		result = store_place_find(db, arena, kind, organization_id, after, &last);
	}
	if (result > DB_NONE) {
		return result;
	}
	const struct db_value values[] = {
	    db_bind_id(organization_id),
	    db_bind_text(last.name),
	    db_bind_text(last.name),
	    bind_from(&last.id),
	    db_bind_int(limit),
	};
	result = db_query(db, arena, STATEMENTS[kind].by_name, values + skip, 5 - skip, &rows);
	return read_rows(result, &rows, kind, arena, rows_r);
}

enum db_result store_place_lock(struct db_tx *tx, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *place_id, struct place *place_r)
{
	return read_one(
	    tx->db, arena, STATEMENTS[kind].lock, kind, organization_id, place_id, place_r);
}

enum db_result store_project_by_name(struct db *db, struct arena *arena,
    const struct id *organization_id, const char *name, struct place *place_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &PROJECT_BY_NAME,
	    DB_VALUES(db_bind_id(organization_id), db_bind_text(name)), &rows);

	if (result == DB_OK) {
		read_row(&rows, 0, PLACE_PROJECT, place_r);
	}
	return result;
}

enum db_result store_place_insert(struct db_tx *tx, const struct place *place)
{
	const struct db_value values[] = {
	    db_bind_id(&place->id),
	    db_bind_id(&place->organization_id),
	    db_bind_text(place->name),
	    db_bind_id(&place->created_by),
	    db_bind_time(place->created_at_us),
	    db_bind_text(place->slug),
	};

	return db_exec(tx->db, STATEMENTS[place->kind].insert, values,
	    place->kind == PLACE_SITE ? 6 : 5, NULL);
}
