/* prune.c - the statements that remove what the audit retention is over for. Those whose names
 * begin with AUDIT_PRUNE run as the user who may do nothing else. */
#include <base/clock.h>
#include <store/prune.h>
#include <string.h>

#define BEFORE(months) "CAST(? AS DATETIME(6)) - INTERVAL " months " MONTH"
/* Organisations whose oldest row, the first of an index, is old enough. Values: now, now. */
#define TENANTS(time, table, order)                                                                \
	"SELECT o.id, " BEFORE(                                                                    \
	    "o.audit_retention_months") " FROM organizations o"                                    \
					" WHERE (SELECT x." time " FROM " table                    \
					" x WHERE x.organization_id = o.id" order                  \
					" LIMIT 1) <= " BEFORE("o.audit_retention_months")
/* And rows of no organisation. Values: now, months, now, months. */
#define OF_NONE(time, table, order)                                                                \
	" UNION ALL SELECT NULL, " BEFORE("?") " FROM installation i WHERE i.id = 1"               \
					       " AND (SELECT x." time " FROM " table               \
					       " x WHERE x.organization_id IS NULL" order          \
					       " LIMIT 1) <= " BEFORE("?")
#define BY_ID " ORDER BY x.id"

DB_STATEMENT(PRUNE_ENTRIES_OF, TENANTS("at", "audit_log", BY_ID) OF_NONE("at", "audit_log", BY_ID));
DB_STATEMENT(PRUNE_DELETIONS_OF,
    TENANTS("settled_at", "deletions", " AND x.settled_at > '1970-01-01' ORDER BY x.settled_at"));
DB_STATEMENT(
    PRUNE_REQUESTS_OF, TENANTS("requested_at", "deletion_requests", " ORDER BY x.requested_at"));
DB_STATEMENT(PRUNE_MAILS_OF,
    TENANTS("created_at", "mail_outbox", BY_ID) OF_NONE("created_at", "mail_outbox", BY_ID));

/* An entry's id is made from its time, to the fraction of a microsecond: the range of ids bounds
 * what is looked at, the time decides. Values: organisation, id, time, limit. */
DB_STATEMENT(AUDIT_PRUNE_ENTRIES,
    "DELETE a, r FROM (SELECT id FROM audit_log FORCE INDEX (organization)"
    " WHERE organization_id <=> ? AND id < ? AND at <= ? ORDER BY id LIMIT ?) step"
    " JOIN audit_log a ON a.id = step.id LEFT JOIN audit_reasons r ON r.audit_id = a.id");
DB_STATEMENT(AUDIT_PRUNE_EFFECTS, "DELETE FROM deletion_effects WHERE deletion_id = ? LIMIT ?");
DB_STATEMENT(AUDIT_PRUNE_DELETION, "DELETE FROM deletions WHERE id = ? AND organization_id = ?"
				   " AND state IN ('restored', 'purged') AND settled_at <= ?");

DB_STATEMENT(PRUNE_RECORDS,
    "SELECT id, settled_at FROM deletions FORCE INDEX (settled) WHERE organization_id = ?"
    " AND settled_at >= ? AND settled_at <= ? AND (settled_at > ? OR id > ?)"
    " AND state IN ('restored', 'purged') ORDER BY settled_at, id LIMIT ?");
DB_STATEMENT(PRUNE_REQUESTS_STEP,
    "DELETE c FROM deletion_requests c JOIN (SELECT id FROM deletion_requests FORCE INDEX (recent)"
    " WHERE organization_id = ? AND requested_at <= ? AND status <> 'pending'"
    " AND COALESCE(reviewed_at, requested_at) <= ? ORDER BY requested_at LIMIT ?) step"
    " ON step.id = c.id");
/* Mails are queued before they are sent. Values: organisation, id, time, limit. */
DB_STATEMENT(PRUNE_MAILS_STEP,
    "DELETE c FROM mail_outbox c JOIN (SELECT id FROM mail_outbox FORCE INDEX (organization)"
    " WHERE organization_id <=> ? AND id < ? AND state <> 'waiting'"
    " AND COALESCE(sent_at, created_at) <= ? ORDER BY id LIMIT ?) step ON step.id = c.id");

static const struct {
	const struct db_statement *statement;
	bool of_none;
} tenants[PRUNE_KIND_COUNT] = {
    [PRUNE_ENTRIES] = {&PRUNE_ENTRIES_OF, true},
    [PRUNE_DELETIONS] = {&PRUNE_DELETIONS_OF, false},
    [PRUNE_REQUESTS] = {&PRUNE_REQUESTS_OF, false},
    [PRUNE_MAILS] = {&PRUNE_MAILS_OF, true},
};

/* The first id that was made after a time. */
static struct id id_after(int64_t time_us)
{
	return id_floor(time_us + 1000);
}

enum db_result prune_tenants(struct db *db, struct arena *arena, enum prune_kind kind,
    int64_t now_us, int64_t default_months, struct prune_tenant **tenants_r, size_t *count_r)
{
	struct db_value now = db_bind_time(now_us), months = db_bind_int(default_months);
	const struct db_value values[] = {now, now, now, months, now, months};
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, tenants[kind].statement, values, tenants[kind].of_none ? 6 : 2, &rows);

	*count_r = rows.count;
	*tenants_r = arena_array(arena, rows.count + 1, sizeof(**tenants_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*tenants_r)[i] = (struct prune_tenant){db_id(&rows, i, 0), db_time(&rows, i, 1)};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result prune_entries(
    struct db *prune, const struct prune_tenant *tenant, int64_t limit, uint64_t *rows_r)
{
	struct id upto = id_after(tenant->until_us);

	return db_exec(prune, &AUDIT_PRUNE_ENTRIES,
	    DB_VALUES(db_bind_id(&tenant->organization_id), db_bind_id(&upto),
		db_bind_time(tenant->until_us), db_bind_int(limit)),
	    rows_r);
}

enum db_result prune_requests(
    struct db *db, const struct prune_tenant *tenant, int64_t limit, uint64_t *rows_r)
{
	struct db_value until = db_bind_time(tenant->until_us);

	return db_exec(db, &PRUNE_REQUESTS_STEP,
	    DB_VALUES(db_bind_id(&tenant->organization_id), until, until, db_bind_int(limit)),
	    rows_r);
}

enum db_result prune_mails(
    struct db *db, const struct prune_tenant *tenant, int64_t limit, uint64_t *rows_r)
{
	struct id upto = id_after(tenant->until_us);

	return db_exec(db, &PRUNE_MAILS_STEP,
	    DB_VALUES(db_bind_id(&tenant->organization_id), db_bind_id(&upto),
		db_bind_time(tenant->until_us), db_bind_int(limit)),
	    rows_r);
}

enum db_result prune_records(struct db *db, struct arena *arena, const struct prune_tenant *tenant,
    const struct prune_record *after, int64_t limit, struct prune_record **records_r,
    size_t *count_r)
{
	/* A time of 0 would bind NULL. */
	struct db_value from = db_bind_time(after->settled_us ? after->settled_us : 1);
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &PRUNE_RECORDS,
	    DB_VALUES(db_bind_id(&tenant->organization_id), from, db_bind_time(tenant->until_us),
		from, db_bind_blob(after->id.bytes, sizeof(after->id.bytes)), db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*records_r = arena_array(arena, rows.count + 1, sizeof(**records_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*records_r)[i] = (struct prune_record){db_id(&rows, i, 0), db_time(&rows, i, 1)};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result prune_effects(
    struct db_tx *prune, const struct id *deletion_id, int64_t limit, uint64_t *rows_r)
{
	return db_exec(prune->db, &AUDIT_PRUNE_EFFECTS,
	    DB_VALUES(db_bind_id(deletion_id), db_bind_int(limit)), rows_r);
}

enum db_result prune_deletion(
    struct db_tx *prune, const struct prune_tenant *tenant, const struct id *deletion_id)
{
	return db_exec(prune->db, &AUDIT_PRUNE_DELETION,
	    DB_VALUES(db_bind_id(deletion_id), db_bind_id(&tenant->organization_id),
		db_bind_time(tenant->until_us)),
	    NULL);
}
