/* stats.c - figures that are counted when they are asked for: each by one statement down one index,
 * as far as a bound. */
#include <store/jobs.h>
#include <store/stats.h>

#include "names.h"

/* Counts the entries of an index that begin with the organisation. Values: organisation, time,
 * bound. `since` tells how long the oldest of them has waited. */
#define BOUNDED(since, rows)                                                                       \
	"SELECT COUNT(*), MIN(part.since) FROM (SELECT " since " AS since FROM " rows              \
	" LIMIT ?) part"
#define OF_TENANT " WHERE organization_id = ?"
#define ANY_TIME  " AND ? IS NOT NULL"

DB_STATEMENT(STATS_REQUESTS_PENDING_COUNT,
    BOUNDED("NULL",
	"deletion_requests FORCE INDEX (due)" OF_TENANT " AND status = 'pending'" ANY_TIME));
DB_STATEMENT(STATS_REQUESTS_OVERDUE_COUNT,
    BOUNDED("due_at",
	"deletion_requests FORCE INDEX (due)" OF_TENANT " AND status = 'pending' AND due_at <= ?"));
DB_STATEMENT(STATS_RECOVERABLE_COUNT,
    BOUNDED("recover_until",
	"deletions FORCE INDEX (closing)" OF_TENANT " AND restorable = 1 AND recover_until > ?"));
DB_STATEMENT(STATS_WORKING_COUNT,
    BOUNDED("NULL", "deletions FORCE INDEX (due)" OF_TENANT
		    " AND state IN ('marking', 'restoring', 'purging')" ANY_TIME));
DB_STATEMENT(STATS_JOBS_COUNT, BOUNDED("run_at", "jobs" OF_TENANT ANY_TIME));
/* Without the time, which is not in the index. */
DB_STATEMENT(STATS_CLEANUPS_WAITING_COUNT,
    BOUNDED("NULL", "storage_cleanup_queue FORCE INDEX (organization)" OF_TENANT
		    " AND state = 'waiting'" ANY_TIME));
DB_STATEMENT(STATS_CLEANUPS_FAILED_COUNT,
    BOUNDED("NULL", "storage_cleanup_queue FORCE INDEX (organization)" OF_TENANT
		    " AND state = 'failed'" ANY_TIME));
#define OUTBOX(table, state, time)                                                                 \
	BOUNDED("next_attempt_at",                                                                 \
	    table " FORCE INDEX (waiting)" OF_TENANT " AND state = '" state "'" time)
DB_STATEMENT(STATS_MAILS_WAITING_COUNT, OUTBOX("mail_outbox", "waiting", ANY_TIME));
DB_STATEMENT(STATS_MAILS_FAILED_COUNT, OUTBOX("mail_outbox", "failed", ANY_TIME));
DB_STATEMENT(
    STATS_MAILS_OVERDUE_COUNT, OUTBOX("mail_outbox", "waiting", " AND next_attempt_at <= ?"));
/* Mail of no organisation. Values: time, bound. */
#define NOBODYS(state, time)                                                                       \
	BOUNDED("next_attempt_at",                                                                 \
	    "mail_outbox FORCE INDEX (waiting) WHERE organization_id IS NULL AND state = '" state  \
	    "'" time)
DB_STATEMENT(STATS_NOBODYS_MAILS_WAITING, NOBODYS("waiting", ANY_TIME));
DB_STATEMENT(STATS_NOBODYS_MAILS_FAILED, NOBODYS("failed", ANY_TIME));
DB_STATEMENT(STATS_NOBODYS_MAILS_OVERDUE, NOBODYS("waiting", " AND next_attempt_at <= ?"));
DB_STATEMENT(STATS_WEBHOOKS_WAITING_COUNT, OUTBOX("webhook_outbox", "waiting", ANY_TIME));
DB_STATEMENT(STATS_WEBHOOKS_FAILED_COUNT, OUTBOX("webhook_outbox", "failed", ANY_TIME));
DB_STATEMENT(
    STATS_WEBHOOKS_OVERDUE_COUNT, OUTBOX("webhook_outbox", "waiting", " AND next_attempt_at <= ?"));
DB_STATEMENT(STATS_PURGES_OVERDUE_COUNT,
    BOUNDED("recover_until",
	"deletions FORCE INDEX (closing)" OF_TENANT " AND restorable = 1 AND recover_until <= ?"));
/* What is deleted keeps its purge_after, so the bound is of entries looked at. */
DB_STATEMENT(STATS_RETENTIONS_OVERDUE_COUNT,
    "SELECT COUNT(*), MIN(part.purge_after) FROM (SELECT purge_after, shelf FROM photos"
    " FORCE INDEX (retention) WHERE organization_id = ? AND purge_after <= ? LIMIT ?) part"
    " WHERE part.shelf = 1");
DB_STATEMENT(STATS_ERASURES_OVERDUE_COUNT,
    BOUNDED("deletion_scheduled_for", "users" OF_TENANT " AND deletion_scheduled_for <= ?"
				      " AND deletion_status = 'SCHEDULED'"));
DB_STATEMENT(STATS_JOBS_OVERDUE_COUNT,
    BOUNDED("run_at", "jobs" OF_TENANT " AND run_at <= ? AND lease_owner IS NULL"));
/* What another worker has ended meanwhile waits for nothing. */
DB_STATEMENT(STATS_IDENTITIES_OVERDUE_COUNT,
    BOUNDED("created_at",
	"jobs" OF_TENANT " AND created_at <= ? AND task = '" JOB_DELETION "'"
	" AND last_error LIKE 'identity\\_%' AND EXISTS (SELECT 1 FROM deletions d"
	" WHERE d.id = jobs.item_id AND d.state = 'purging')"));

static const struct db_statement *const counts[STATS_FIGURE_COUNT] = {
    [STATS_REQUESTS_PENDING] = &STATS_REQUESTS_PENDING_COUNT,
    [STATS_REQUESTS_OVERDUE] = &STATS_REQUESTS_OVERDUE_COUNT,
    [STATS_RECOVERABLE] = &STATS_RECOVERABLE_COUNT,
    [STATS_WORKING] = &STATS_WORKING_COUNT,
    [STATS_JOBS] = &STATS_JOBS_COUNT,
    [STATS_CLEANUPS_WAITING] = &STATS_CLEANUPS_WAITING_COUNT,
    [STATS_CLEANUPS_FAILED] = &STATS_CLEANUPS_FAILED_COUNT,
    [STATS_MAILS_WAITING] = &STATS_MAILS_WAITING_COUNT,
    [STATS_MAILS_FAILED] = &STATS_MAILS_FAILED_COUNT,
    [STATS_WEBHOOKS_WAITING] = &STATS_WEBHOOKS_WAITING_COUNT,
    [STATS_WEBHOOKS_FAILED] = &STATS_WEBHOOKS_FAILED_COUNT,
    [STATS_PURGES_OVERDUE] = &STATS_PURGES_OVERDUE_COUNT,
    [STATS_RETENTIONS_OVERDUE] = &STATS_RETENTIONS_OVERDUE_COUNT,
    [STATS_ERASURES_OVERDUE] = &STATS_ERASURES_OVERDUE_COUNT,
    [STATS_JOBS_OVERDUE] = &STATS_JOBS_OVERDUE_COUNT,
    [STATS_MAILS_OVERDUE] = &STATS_MAILS_OVERDUE_COUNT,
    [STATS_WEBHOOKS_OVERDUE] = &STATS_WEBHOOKS_OVERDUE_COUNT,
    [STATS_IDENTITIES_OVERDUE] = &STATS_IDENTITIES_OVERDUE_COUNT,
};

static const struct db_statement *const nobodys_counts[STATS_FIGURE_COUNT] = {
    [STATS_MAILS_WAITING] = &STATS_NOBODYS_MAILS_WAITING,
    [STATS_MAILS_FAILED] = &STATS_NOBODYS_MAILS_FAILED,
    [STATS_MAILS_OVERDUE] = &STATS_NOBODYS_MAILS_OVERDUE,
};

DB_STATEMENT(STATS_SHELF,
    "SELECT COUNT(*), CAST(COALESCE(SUM(part.bytes), 0) AS SIGNED) FROM (SELECT bytes FROM photos"
    " FORCE INDEX (shelf) WHERE organization_id = ? AND shelf = ? LIMIT ?) part");

/* People are told apart by account, visitors by address (a short digest of it, which groups
 * faster); who was erased is one of nobody. What a person is called comes from their latest
 * request. */
#define REQUESTER_NAME SHOWN_NAME("u")
DB_STATEMENT(STATS_REQUESTERS,
    "SELECT x.requester_id, " REQUESTER_NAME
    ", IF(x.requester_id IS NULL, x.requester_email, NULL),"
    " g.requests, g.rejected, g.pending, g.asked FROM (SELECT MAX(r.id) AS latest,"
    " COUNT(*) AS requests, CAST(SUM(r.status = 'rejected') AS SIGNED) AS rejected,"
    " CAST(SUM(r.status = 'pending') AS SIGNED) AS pending,"
    " CAST(SUM(COUNT(*)) OVER () AS SIGNED) AS asked"
    " FROM (SELECT id, status, COALESCE(requester_id, UNHEX(SHA1(requester_email))) AS person"
    " FROM deletion_requests FORCE INDEX (recent) WHERE organization_id = ?"
    " ORDER BY requested_at DESC LIMIT ?) r GROUP BY r.person"
    " ORDER BY requests DESC, rejected DESC, latest DESC LIMIT ?) g"
    " JOIN deletion_requests x ON x.id = g.latest LEFT JOIN users u ON u.id = x.requester_id"
    " ORDER BY g.requests DESC, g.rejected DESC, g.latest DESC");

enum db_result stats_count(struct db *db, struct arena *arena, enum stats_figure figure,
    const struct id *organization_id, int64_t at_us, int64_t most, struct stats_count *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = DB_OK;

	*count_r = (struct stats_count){0};
	if (!id_is_none(organization_id)) {
		result = db_query(db, arena, counts[figure],
		    DB_VALUES(
			db_bind_id(organization_id), db_bind_time(at_us), db_bind_int(most + 1)),
		    &rows);
	} else if (nobodys_counts[figure]) {
		result = db_query(db, arena, nobodys_counts[figure],
		    DB_VALUES(db_bind_time(at_us), db_bind_int(most + 1)), &rows);
	} else {
		return DB_OK;
	}
	if (result == DB_OK) {
		*count_r = (struct stats_count){
		    .count = db_int(&rows, 0, 0),
		    .since_us = db_time(&rows, 0, 1),
		};
	}
	if (count_r->count > most) {
		count_r->count = most;
		count_r->more = true;
	}
	return result;
}

enum db_result stats_shelf(struct db *db, struct arena *arena, const struct id *organization_id,
    enum stats_shelf shelf, int64_t most, struct stats_sum *sum_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &STATS_SHELF,
	    DB_VALUES(db_bind_id(organization_id), db_bind_int(shelf), db_bind_int(most + 1)),
	    &rows);

	*sum_r = (struct stats_sum){0};
	if (result == DB_OK) {
		*sum_r = (struct stats_sum){db_int(&rows, 0, 0), db_int(&rows, 0, 1)};
	}
	return result;
}

enum db_result stats_requesters(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t most, unsigned limit,
    struct stats_requester **requesters_r, size_t *count_r, int64_t *asked_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &STATS_REQUESTERS,
	    DB_VALUES(db_bind_id(organization_id), db_bind_int(most), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*asked_r = rows.count > 0 ? db_int(&rows, 0, 6) : 0;
	*requesters_r = arena_array(arena, rows.count + 1, sizeof(**requesters_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*requesters_r)[i] = (struct stats_requester){
		    .user_id = db_id(&rows, i, 0),
		    .name = db_text(&rows, i, 1),
		    .email = db_text(&rows, i, 2),
		    .requests = db_int(&rows, i, 3),
		    .rejected = db_int(&rows, i, 4),
		    .pending = db_int(&rows, i, 5),
		};
	}
	return result == DB_NONE ? DB_OK : result;
}
