/* requests_visitor.c - photos found for people without an account, and for site owners. */
#include "paging.h"
#include "photos_sql.h"

#include <store/requests.h>

/* The one list that goes over all organisations: a person's address is theirs in each of them. */
DB_STATEMENT(VISITOR_PHOTOS,
    "SELECT STRAIGHT_JOIN " PHOTO_COLUMNS " FROM photos p FORCE INDEX (submitter)" PHOTO_JOINS
    " WHERE p.submitter_email = ? AND p.deleted_at IS NULL AND " PHOTO_SHELF " < 2"
    " ORDER BY p.id DESC LIMIT ?");
DB_STATEMENT(VISITOR_PHOTO_ORGANIZATION, "SELECT organization_id FROM photos WHERE id = ?");
DB_STATEMENT(PHOTOS_TRASHED_ON_SITE,
    "SELECT STRAIGHT_JOIN " PHOTO_COLUMNS " FROM photos p FORCE INDEX (site)" PHOTO_JOINS
    " WHERE p.site_id = ? AND p.organization_id = ? AND p.shelf = 2 AND p.id < ?"
    " ORDER BY p.id DESC LIMIT ?");

enum db_result store_photos_submitted(struct db *db, struct arena *arena, const char *email,
    unsigned limit, struct photo_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &VISITOR_PHOTOS,
	    DB_VALUES(db_bind_null(), db_bind_text(email), db_bind_int(limit)), &rows);

	result = photo_read_rows(result, &rows, arena, rows_r);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_photo_organization(
    struct db *db, struct arena *arena, const struct id *photo_id, struct id *organization_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, &VISITOR_PHOTO_ORGANIZATION, DB_VALUES(db_bind_id(photo_id)), &rows);

	if (result == DB_OK)
		*organization_r = db_id(&rows, 0, 0);
	return result;
}

enum db_result store_photos_trashed_on_site(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *site_id, const struct id *viewer_id,
    const struct id *before, unsigned limit, struct photo_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &PHOTOS_TRASHED_ON_SITE,
	    DB_VALUES(db_bind_id(viewer_id), db_bind_id(site_id), db_bind_id(organization_id),
		bind_before(before), db_bind_int(limit)),
	    &rows);

	result = photo_read_rows(result, &rows, arena, rows_r);
	return result == DB_NONE ? DB_OK : result;
}
