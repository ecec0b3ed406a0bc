/* requests_sql.h - the parts that statements on requests are made of, and how rows are read. */
#ifndef LETHE_STORE_REQUESTS_SQL_H
#define LETHE_STORE_REQUESTS_SQL_H

#include "names.h"

#include <store/requests.h>

#define REQUEST_COLUMNS                                                                            \
	"r.id, r.organization_id, r.photo_id, r.site_id, r.requester_id, r.requester_email,"       \
	" r.requester_role, r.reason, r.status, r.photo_status_before, r.deletion_id,"             \
	" r.requested_at, r.due_at, r.reviewed_at, r.reviewed_by, r.rejection_reason"

/* What pages show besides, and where it comes from. */
#define REQUESTER_NAME SHOWN_NAME("u")
#define REVIEWER_NAME  SHOWN_NAME("a")
#define REQUEST_MORE                                                                               \
	", p.title, s.name, " REQUESTER_NAME ", " REVIEWER_NAME ", p.id IS NOT NULL,"              \
	" p.deleted_at IS NOT NULL, (SELECT COUNT(*) FROM deletion_requests o"                     \
	" WHERE o.organization_id = r.organization_id AND o.photo_id = r.photo_id"                 \
	" AND o.status = 'pending' AND o.id <> r.id)"
#define REQUEST_JOINS                                                                              \
	" LEFT JOIN photos p ON p.id = r.photo_id AND p.organization_id = r.organization_id"       \
	" LEFT JOIN sites s ON s.id = r.site_id AND s.organization_id = r.organization_id"         \
	" LEFT JOIN users u ON u.id = r.requester_id LEFT JOIN users a ON a.id = r.reviewed_by"

/* Read the REQUEST_COLUMNS of one row, and those of REQUEST_MORE behind them. */
void request_read_row(const struct db_rows *rows, size_t row, struct request *request);
void request_read_more(const struct db_rows *rows, size_t row, struct request *request);

/* Read all rows, with what pages show besides where `with_more`; DB_NONE becomes DB_OK. */
enum db_result request_read_rows(enum db_result result, const struct db_rows *rows, bool with_more,
    struct arena *arena, struct request_rows *rows_r) __attribute__((warn_unused_result));

#endif
