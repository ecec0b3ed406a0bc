/* requests.c - wishes that a photo be deleted: written, locked and settled. */
#include "requests_sql.h"

#include <string.h>

static const char *const statuses[REQUEST_STATUS_COUNT] = {
    [REQUEST_PENDING] = "pending",
    [REQUEST_APPROVED] = "approved",
    [REQUEST_REJECTED] = "rejected",
    [REQUEST_CANCELLED] = "cancelled",
    [REQUEST_SUPERSEDED] = "superseded",
};
static const char *const roles[REQUEST_ROLE_COUNT] = {
    [REQUESTER_ADMIN] = "admin",
    [REQUESTER_SHOP_OWNER] = "shop_owner",
    [REQUESTER_SUBMITTER] = "submitter",
    [REQUESTER_VISITOR] = "visitor",
};

#define SELECT_REQUEST "SELECT " REQUEST_COLUMNS " FROM deletion_requests r"
#define SELECT_MORE    "SELECT " REQUEST_COLUMNS REQUEST_MORE " FROM deletion_requests r" REQUEST_JOINS

/* Values: 1 for whoever sees all; user twice. */
#define SEEN_BY                                                                                    \
	" AND (? OR r.requester_id = ? OR EXISTS (SELECT 1 FROM site_claims c"                     \
	" JOIN sites l ON l.id = c.site_id AND l.deleted_at IS NULL"                               \
	" WHERE c.site_id = r.site_id AND c.organization_id = r.organization_id"                   \
	" AND c.user_id = ? AND c.state = 'approved'))"

DB_STATEMENT(REQUEST_INSERT,
    "INSERT INTO deletion_requests (id, organization_id, photo_id, site_id, requester_id,"
    " requester_email, requester_role, reason, status, photo_status_before, requested_at, due_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?)");
DB_STATEMENT(REQUEST_FIND, SELECT_MORE " WHERE r.organization_id = ? AND r.id = ?" SEEN_BY);
DB_STATEMENT(VISITOR_REQUEST, SELECT_MORE " WHERE r.id = ? AND r.requester_id IS NULL");
DB_STATEMENT(REQUEST_LOCK, SELECT_REQUEST " WHERE r.organization_id = ? AND r.id = ? FOR UPDATE");
DB_STATEMENT(REQUESTS_LOCK_PENDING,
    SELECT_REQUEST " FORCE INDEX (photo) WHERE r.organization_id = ? AND r.photo_id = ?"
		   " AND r.status = 'pending' ORDER BY r.id LIMIT 1000 FOR UPDATE");
/* Values: organisation, photo, user, address. */
#define OWN_PENDING                                                                                \
	SELECT_REQUEST                                                                             \
	" FORCE INDEX (photo) WHERE r.organization_id = ? AND r.photo_id = ?"                      \
	" AND r.status = 'pending' AND (r.requester_id = ? OR r.requester_email = ?)"              \
	" ORDER BY r.id LIMIT 1"
DB_STATEMENT(REQUEST_READ_OWN, OWN_PENDING);
DB_STATEMENT(REQUEST_LOCK_OWN, OWN_PENDING " FOR UPDATE");
/* In all organisations: a person who goes is one in each. */
DB_STATEMENT(ERASURE_PENDING,
    "(" SELECT_REQUEST " FORCE INDEX (requester) WHERE r.requester_id = ?"
    " AND r.status = 'pending' LIMIT ?) UNION (" SELECT_REQUEST
    " FORCE INDEX (email) WHERE r.requester_email = ? AND r.status = 'pending' LIMIT ?)");
DB_STATEMENT(REQUEST_LAST_SETTLED,
    SELECT_MORE " WHERE r.organization_id = ? AND r.photo_id = ? AND r.status <> 'pending'"
		" ORDER BY r.reviewed_at DESC, r.id DESC LIMIT 1");
DB_STATEMENT(REQUESTS_OF_PHOTO,
    SELECT_MORE " WHERE r.organization_id = ? AND r.photo_id = ?" SEEN_BY
		" ORDER BY r.status = 'pending' DESC, r.id DESC LIMIT ?");
DB_STATEMENT(REQUESTS_FEW,
    SELECT_MORE " WHERE r.organization_id = ? AND r.photo_id = ? AND r.status = 'pending'"
		" ORDER BY (r.requester_id <=> ?) DESC, r.id DESC LIMIT ?");
DB_STATEMENT(REQUEST_SETTLE,
    "UPDATE deletion_requests SET status = ?, deletion_id = ?, reviewed_at = ?, reviewed_by = ?,"
    " rejection_reason = ? WHERE id = ? AND organization_id = ?"
    " AND status IN ('pending', 'superseded')");
DB_STATEMENT(REQUEST_PHOTO, "UPDATE photos SET status = 'deletion_requested', withheld = ?"
			    " WHERE id = ? AND organization_id = ?");
DB_STATEMENT(REQUEST_PHOTO_BACK,
    "UPDATE photos SET status = ?, withheld = FALSE WHERE id = ? AND organization_id = ?"
    " AND status = 'deletion_requested'");
DB_STATEMENT(REQUEST_ADMINS,
    "SELECT id, email, display_name FROM users FORCE INDEX (role) WHERE organization_id = ?"
    " AND role IN ('admin', 'platform_admin') AND deleted_at IS NULL AND email IS NOT NULL"
    " AND notify_requests AND NOT (deletion_status <=> 'SCHEDULED') ORDER BY id LIMIT 1000");

const char *request_status_name(enum request_status status)
{
	return statuses[status];
}

const char *request_role_name(enum request_role role)
{
	return roles[role];
}

static size_t index_of(const char *name, const char *const *names, size_t count)
{
	size_t i = 0;

	while (i < count && strcmp(name, names[i]) != 0)
		i++;
	return i;
}

void request_read_row(const struct db_rows *rows, size_t row, struct request *request)
{
	*request = (struct request){
	    .id = db_id(rows, row, 0),
	    .organization_id = db_id(rows, row, 1),
	    .photo_id = db_id(rows, row, 2),
	    .site_id = db_id(rows, row, 3),
	    .requester_id = db_id(rows, row, 4),
	    .requester_email = db_text(rows, row, 5),
	    .role = (enum request_role)index_of(db_text(rows, row, 6), roles, REQUEST_ROLE_COUNT),
	    .reason = db_text(rows, row, 7),
	    .status = (enum request_status)index_of(
		db_text(rows, row, 8), statuses, REQUEST_STATUS_COUNT),
	    .deletion_id = db_id(rows, row, 10),
	    .requested_at_us = db_time(rows, row, 11),
	    .due_at_us = db_time(rows, row, 12),
	    .reviewed_at_us = db_time(rows, row, 13),
	    .reviewed_by = db_id(rows, row, 14),
	    .rejection_reason = db_text(rows, row, 15),
	};
	if (!photo_status_parse(db_text(rows, row, 9), &request->status_before))
		request->status_before = PHOTO_PENDING;
}

void request_read_more(const struct db_rows *rows, size_t row, struct request *request)
{
	request->photo_title = db_text(rows, row, 16);
	request->site_name = db_text(rows, row, 17);
	request->requester_name = db_text(rows, row, 18);
	request->reviewer_name = db_text(rows, row, 19);
	request->photo_exists = db_bool(rows, row, 20);
	request->photo_deleted = db_bool(rows, row, 21);
	request->other_pending = (unsigned)db_int(rows, row, 22);
}

enum db_result request_read_rows(enum db_result result, const struct db_rows *rows, bool with_more,
    struct arena *arena, struct request_rows *rows_r)
{
	*rows_r = (struct request_rows){
	    .items = arena_array(arena, rows->count + 1, sizeof(*rows_r->items)),
	    .count = rows->count,
	};
	for (size_t i = 0; i < rows->count; i++) {
		request_read_row(rows, i, &rows_r->items[i]);
		if (with_more)
			request_read_more(rows, i, &rows_r->items[i]);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_request_insert(struct db_tx *tx, const struct request *request)
{
	return db_exec(tx->db, &REQUEST_INSERT,
	    DB_VALUES(db_bind_id(&request->id), db_bind_id(&request->organization_id),
		db_bind_id(&request->photo_id), db_bind_id(&request->site_id),
		db_bind_id(&request->requester_id), db_bind_text(request->requester_email),
		db_bind_text(roles[request->role]), db_bind_text(request->reason),
		db_bind_text(photo_status_name(request->status_before)),
		db_bind_time(request->requested_at_us), db_bind_time(request->due_at_us)),
	    NULL);
}

static enum db_result read_one(
    enum db_result result, const struct db_rows *rows, struct request *request_r)
{
	if (result == DB_OK) {
		request_read_row(rows, 0, request_r);
		request_read_more(rows, 0, request_r);
	}
	return result;
}

enum db_result store_request_find(struct db *db, struct arena *arena,
    const struct request_viewer *viewer, const struct id *request_id, struct request *request_r)
{
	struct db_rows rows = {0};

	return read_one(db_query(db, arena, &REQUEST_FIND,
			    DB_VALUES(db_bind_id(&viewer->organization_id), db_bind_id(request_id),
				db_bind_bool(viewer->sees_all), db_bind_id(&viewer->user_id),
				db_bind_id(&viewer->user_id)),
			    &rows),
	    &rows, request_r);
}

enum db_result store_request_of_visitor(
    struct db *db, struct arena *arena, const struct id *request_id, struct request *request_r)
{
	struct db_rows rows = {0};

	return read_one(
	    db_query(db, arena, &VISITOR_REQUEST, DB_VALUES(db_bind_id(request_id)), &rows), &rows,
	    request_r);
}

enum db_result store_request_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *request_id, struct request *request_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &REQUEST_LOCK,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(request_id)), &rows);

	if (result == DB_OK)
		request_read_row(&rows, 0, request_r);
	return result;
}

enum db_result store_requests_lock_pending(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, struct request_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &REQUESTS_LOCK_PENDING,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(photo_id)), &rows);

	return request_read_rows(result, &rows, false, tx->arena, rows_r);
}

enum db_result store_requests_of_person(struct db *db, struct arena *arena,
    const struct request_person *person, unsigned limit, struct request_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ERASURE_PENDING,
	    DB_VALUES(db_bind_id(&person->user_id), db_bind_int(limit), db_bind_text(person->email),
		db_bind_int(limit)),
	    &rows);

	return request_read_rows(result, &rows, false, arena, rows_r);
}

static enum db_result read_own(struct db *db, struct arena *arena,
    const struct db_statement *statement, const struct id *organization_id,
    const struct id *photo_id, const struct request_person *person, struct request *request_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, statement,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(photo_id),
		db_bind_id(&person->user_id), db_bind_text(person->email)),
	    &rows);

	if (result == DB_OK)
		request_read_row(&rows, 0, request_r);
	return result;
}

enum db_result store_request_read_own(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id,
    const struct request_person *person, struct request *request_r)
{
	return read_own(db, arena, &REQUEST_READ_OWN, organization_id, photo_id, person, request_r);
}

enum db_result store_request_lock_own(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct request_person *person, struct request *request_r)
{
	return read_own(
	    tx->db, tx->arena, &REQUEST_LOCK_OWN, organization_id, photo_id, person, request_r);
}

enum db_result store_request_last_settled(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, struct request *request_r)
{
	struct db_rows rows = {0};

	return read_one(db_query(db, arena, &REQUEST_LAST_SETTLED,
			    DB_VALUES(db_bind_id(organization_id), db_bind_id(photo_id)), &rows),
	    &rows, request_r);
}

enum db_result store_requests_of_photo(struct db *db, struct arena *arena,
    const struct request_viewer *viewer, const struct id *photo_id, unsigned limit,
    struct request_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REQUESTS_OF_PHOTO,
	    DB_VALUES(db_bind_id(&viewer->organization_id), db_bind_id(photo_id),
		db_bind_bool(viewer->sees_all), db_bind_id(&viewer->user_id),
		db_bind_id(&viewer->user_id), db_bind_int(limit)),
	    &rows);

	return request_read_rows(result, &rows, true, arena, rows_r);
}

enum db_result store_requests_few(struct db *db, struct arena *arena,
    const struct request_viewer *viewer, const struct id *photo_id, unsigned limit,
    struct request_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REQUESTS_FEW,
	    DB_VALUES(db_bind_id(&viewer->organization_id), db_bind_id(photo_id),
		db_bind_id(&viewer->user_id), db_bind_int(limit)),
	    &rows);

	return request_read_rows(result, &rows, true, arena, rows_r);
}

enum db_result store_request_settle(struct db_tx *tx, const struct request *request)
{
	return db_exec(tx->db, &REQUEST_SETTLE,
	    DB_VALUES(db_bind_text(statuses[request->status]), db_bind_id(&request->deletion_id),
		db_bind_time(request->reviewed_at_us), db_bind_id(&request->reviewed_by),
		db_bind_text(request->rejection_reason), db_bind_id(&request->id),
		db_bind_id(&request->organization_id)),
	    NULL);
}

enum db_result store_request_photo(
    struct db_tx *tx, const struct id *organization_id, const struct id *photo_id, bool withheld)
{
	return db_exec(tx->db, &REQUEST_PHOTO,
	    DB_VALUES(db_bind_bool(withheld), db_bind_id(photo_id), db_bind_id(organization_id)),
	    NULL);
}

enum db_result store_request_photo_back(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, enum photo_status before)
{
	return db_exec(tx->db, &REQUEST_PHOTO_BACK,
	    DB_VALUES(db_bind_text(photo_status_name(before)), db_bind_id(photo_id),
		db_bind_id(organization_id)),
	    NULL);
}

enum db_result store_request_admins(struct db_tx *tx, const struct id *organization_id,
    struct request_admin **admins_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    tx->db, tx->arena, &REQUEST_ADMINS, DB_VALUES(db_bind_id(organization_id)), &rows);

	*admins_r = arena_array(tx->arena, rows.count + 1, sizeof(**admins_r));
	*count_r = rows.count;
	for (size_t i = 0; i < rows.count; i++)
		(*admins_r)[i] = (struct request_admin){
		    .id = db_id(&rows, i, 0),
		    .email = db_text(&rows, i, 1),
		    .name = db_text(&rows, i, 2),
		};
	return result == DB_NONE ? DB_OK : result;
}
