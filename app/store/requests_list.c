/* requests_list.c - requests in lists and counts, each by an index range. */
#include "paging.h"
#include "requests_sql.h"

/* Later than any time that is due: the year 9999. */
#define QUEUE_END_US INT64_C(253370764800000000)

/* A page's rows are picked by the index alone, and only those are joined. */
#define PICKED(index, where, order, outer)                                                         \
	"SELECT STRAIGHT_JOIN " REQUEST_COLUMNS REQUEST_MORE                                       \
	" FROM (SELECT id FROM deletion_requests FORCE INDEX (" index ") WHERE " where             \
	" ORDER BY " order " LIMIT ?) few JOIN deletion_requests r ON r.id = few.id" REQUEST_JOINS \
	" ORDER BY " outer

/* Values: scope, organisation, status; time, time, id; limit. */
#define BY_DUE(index, column)                                                                      \
	PICKED(index,                                                                              \
	    column " = ? AND organization_id = ? AND status = ?"                                   \
		   " AND due_at >= ? AND (due_at > ? OR id > ?)",                                  \
	    "due_at, id", "r.due_at, r.id")
DB_STATEMENT(REQUESTS_BY_DUE, BY_DUE("due", "organization_id"));
DB_STATEMENT(REQUESTS_BY_AGE,
    PICKED("queue", "organization_id = ? AND organization_id = ? AND status = ? AND id < ?",
	"id DESC", "r.id DESC"));
DB_STATEMENT(REQUESTS_ON_SITE_BY_DUE, BY_DUE("site", "site_id"));
/* Due times are in the order of age. Values as of BY_DUE. */
DB_STATEMENT(REQUESTS_ON_SITE_BY_AGE, PICKED("site",
					  "site_id = ? AND organization_id = ? AND status = ?"
					  " AND due_at <= ? AND (due_at < ? OR id < ?)",
					  "due_at DESC, id DESC", "r.due_at DESC, r.id DESC"));
DB_STATEMENT(
    REQUESTS_OWN, PICKED("requester", "requester_id = ? AND organization_id = ? AND id < ?",
		      "id DESC", "r.id DESC"));
DB_STATEMENT(SITES_OWNED,
    "SELECT c.site_id FROM site_claims c FORCE INDEX (user) JOIN sites s ON s.id = c.site_id"
    " AND s.deleted_at IS NULL WHERE c.user_id = ? AND c.state = 'approved'"
    " AND c.organization_id = ? ORDER BY c.site_id LIMIT ?");

/* Values: organisation, limit; organisation, time, limit. */
DB_STATEMENT(REQUESTS_COUNT,
    "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM deletion_requests FORCE INDEX (due)"
    " WHERE organization_id = ? AND status = 'pending' LIMIT ?) p),"
    " (SELECT COUNT(*) FROM (SELECT 1 FROM deletion_requests FORCE INDEX (due)"
    " WHERE organization_id = ? AND status = 'pending' AND due_at <= ? LIMIT ?) o)");
DB_STATEMENT(REQUESTS_COUNT_ALL,
    "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM deletion_requests FORCE INDEX (overdue)"
    " WHERE status = 'pending' LIMIT ?) p),"
    " (SELECT COUNT(*) FROM (SELECT 1 FROM deletion_requests FORCE INDEX (overdue)"
    " WHERE status = 'pending' AND due_at <= ? LIMIT ?) o)");

/* From the start: before all that ever was (0 would bind NULL), or after all that can be. */
static struct db_value bind_due(const struct request_list_query *query, bool soonest_first)
{
	if (query->after_us)
		return db_bind_time(query->after_us);
	return db_bind_time(soonest_first ? 1 : QUEUE_END_US);
}

static enum db_result list_by_due(struct db *db, struct arena *arena,
    const struct db_statement *statement, const struct request_list_query *query,
    struct request_rows *rows_r)
{
	const struct db_value due = bind_due(query, query->status == REQUEST_PENDING);
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, statement,
	    DB_VALUES(db_bind_id(&query->scope_id), db_bind_id(&query->organization_id),
		db_bind_text(request_status_name(query->status)), due, due,
		db_bind_blob(query->after_id.bytes, sizeof(query->after_id.bytes)),
		db_bind_int(query->limit)),
	    &rows);

	return request_read_rows(result, &rows, true, arena, rows_r);
}

static enum db_result list_by_age(struct db *db, struct arena *arena,
    const struct request_list_query *query, struct request_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REQUESTS_BY_AGE,
	    DB_VALUES(db_bind_id(&query->scope_id), db_bind_id(&query->organization_id),
		db_bind_text(request_status_name(query->status)), bind_before(&query->after_id),
		db_bind_int(query->limit)),
	    &rows);

	return request_read_rows(result, &rows, true, arena, rows_r);
}

enum db_result store_requests_list(struct db *db, struct arena *arena,
    const struct request_list_query *query, struct request_rows *rows_r)
{
	return query->status == REQUEST_PENDING
		   ? list_by_due(db, arena, &REQUESTS_BY_DUE, query, rows_r)
		   : list_by_age(db, arena, query, rows_r);
}

enum db_result store_requests_on_site(struct db *db, struct arena *arena,
    const struct request_list_query *query, struct request_rows *rows_r)
{
	return list_by_due(db, arena,
	    query->status == REQUEST_PENDING ? &REQUESTS_ON_SITE_BY_DUE : &REQUESTS_ON_SITE_BY_AGE,
	    query, rows_r);
}

enum db_result store_requests_own(struct db *db, struct arena *arena,
    const struct request_list_query *query, struct request_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &REQUESTS_OWN,
	    DB_VALUES(db_bind_id(&query->scope_id), db_bind_id(&query->organization_id),
		bind_before(&query->after_id), db_bind_int(query->limit)),
	    &rows);

	return request_read_rows(result, &rows, true, arena, rows_r);
}

enum db_result store_sites_owned(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *user_id, struct id **sites_r,
    size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &SITES_OWNED,
	    DB_VALUES(
		db_bind_id(user_id), db_bind_id(organization_id), db_bind_int(REQUEST_SITES_MOST)),
	    &rows);

	*sites_r = arena_array(arena, rows.count + 1, sizeof(**sites_r));
	*count_r = rows.count;
	for (size_t i = 0; i < rows.count; i++)
		(*sites_r)[i] = db_id(&rows, i, 0);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_requests_count(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t now_us, int64_t limit,
    struct request_counts *counts_r)
{
	const struct db_value tenant = db_bind_id(organization_id);
	const struct db_value most = db_bind_int(limit);
	const struct db_value now = db_bind_time(now_us);
	struct db_rows rows = {0};
	enum db_result result =
	    id_is_none(organization_id)
		? db_query(db, arena, &REQUESTS_COUNT_ALL, DB_VALUES(most, now, most), &rows)
		: db_query(db, arena, &REQUESTS_COUNT, DB_VALUES(tenant, most, tenant, now, most),
		      &rows);

	*counts_r = (struct request_counts){0};
	if (result == DB_OK) {
		counts_r->pending = db_int(&rows, 0, 0);
		counts_r->overdue = db_int(&rows, 0, 1);
	}
	return result;
}
