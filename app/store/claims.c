/* claims.c - who says that a site is theirs. */
#include <store/claims.h>

#include "names.h"
#include "paging.h"

#include <string.h>

static const char *const names[CLAIM_STATE_COUNT] = {
    [CLAIM_PENDING] = "pending", [CLAIM_APPROVED] = "approved", [CLAIM_REJECTED] = "rejected"};

#define COLUMNS                                                                                    \
	"c.id, c.organization_id, c.site_id, c.user_id, c.state, c.decided_by, c.decided_at,"      \
	" c.created_at"
#define LISTED                                                                                     \
	" JOIN sites s ON s.id = c.site_id AND s.deleted_at IS NULL"                               \
	" JOIN users u ON u.id = c.user_id AND u.deleted_at IS NULL"

DB_STATEMENT(CLAIM_LOCK, "SELECT " COLUMNS " FROM site_claims c WHERE c.organization_id = ?"
			 " AND c.id = ? FOR UPDATE");
DB_STATEMENT(
    CLAIM_EXISTS, "SELECT 1 FROM site_claims WHERE organization_id = ? AND id = ? AND site_id = ?");
DB_STATEMENT(CLAIM_LOCK_OWN, "SELECT " COLUMNS " FROM site_claims c WHERE c.organization_id = ?"
			     " AND c.site_id = ? AND c.user_id = ? FOR UPDATE");
DB_STATEMENT(CLAIM_INSERT,
    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, created_at)"
    " VALUES (?, ?, ?, ?, 'pending', ?)");
DB_STATEMENT(CLAIM_SET, "UPDATE site_claims SET state = ?, decided_by = ?, decided_at = ?"
			" WHERE id = ? AND organization_id = ?");
#define CLAIMER_NAME SHOWN_NAME("u")
#define DECIDER_NAME SHOWN_NAME("d")
DB_STATEMENT(CLAIMS_LIST,
    "SELECT STRAIGHT_JOIN " COLUMNS ", s.name, " CLAIMER_NAME ", u.email, " DECIDER_NAME
    " FROM site_claims c FORCE INDEX (queue)" LISTED " LEFT JOIN users d ON d.id = c.decided_by"
    " WHERE c.organization_id = ? AND c.state = ? AND c.id < ? ORDER BY c.id DESC LIMIT ?");
DB_STATEMENT(CLAIMS_PENDING, "SELECT COUNT(*) FROM (SELECT STRAIGHT_JOIN c.id FROM site_claims c"
			     " FORCE INDEX (queue)" LISTED
			     " WHERE c.organization_id = ? AND c.state = 'pending' LIMIT ?) few");
DB_STATEMENT(CLAIMS_OF_USER, "SELECT " COLUMNS " FROM site_claims c WHERE c.user_id = ?"
			     " AND c.organization_id = ? ORDER BY c.id DESC LIMIT 1000");

const char *claim_state_name(enum claim_state state)
{
	return names[state];
}

static struct claim read_row(const struct db_rows *rows, size_t row)
{
	struct claim claim = {
	    .id = db_id(rows, row, 0),
	    .organization_id = db_id(rows, row, 1),
	    .site_id = db_id(rows, row, 2),
	    .user_id = db_id(rows, row, 3),
	    .decided_by = db_id(rows, row, 5),
	    .decided_at_us = db_time(rows, row, 6),
	    .created_at_us = db_time(rows, row, 7),
	};

	for (size_t i = 0; i < CLAIM_STATE_COUNT; i++)
		if (strcmp(db_text(rows, row, 4), names[i]) == 0)
			claim.state = (enum claim_state)i;
	return claim;
}

enum db_result store_claim_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *claim_id, struct claim *claim_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &CLAIM_LOCK,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(claim_id)), &rows);

	if (result == DB_OK)
		*claim_r = read_row(&rows, 0);
	return result;
}

enum db_result store_claim_exists(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *site_id, const struct id *claim_id)
{
	struct db_rows rows = {0};

	return db_query(db, arena, &CLAIM_EXISTS,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(claim_id), db_bind_id(site_id)),
	    &rows);
}

enum db_result store_claim_lock_own(struct db_tx *tx, const struct id *organization_id,
    const struct id *site_id, const struct id *user_id, struct claim *claim_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &CLAIM_LOCK_OWN,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(site_id), db_bind_id(user_id)),
	    &rows);

	if (result == DB_OK)
		*claim_r = read_row(&rows, 0);
	return result;
}

enum db_result store_claim_insert(struct db_tx *tx, const struct claim *claim)
{
	return db_exec(tx->db, &CLAIM_INSERT,
	    DB_VALUES(db_bind_id(&claim->id), db_bind_id(&claim->organization_id),
		db_bind_id(&claim->site_id), db_bind_id(&claim->user_id),
		db_bind_time(claim->created_at_us)),
	    NULL);
}

enum db_result store_claim_set(struct db_tx *tx, const struct claim *claim)
{
	return db_exec(tx->db, &CLAIM_SET,
	    DB_VALUES(db_bind_text(names[claim->state]), db_bind_id(&claim->decided_by),
		db_bind_time(claim->decided_at_us), db_bind_id(&claim->id),
		db_bind_id(&claim->organization_id)),
	    NULL);
}

static enum db_result read_rows(enum db_result result, const struct db_rows *rows, bool is_listed,
    struct arena *arena, struct claim_rows *rows_r)
{
	*rows_r = (struct claim_rows){
	    .items = arena_array(arena, rows->count + 1, sizeof(*rows_r->items)),
	    .count = rows->count,
	};
	for (size_t i = 0; i < rows->count; i++) {
		struct claim *claim = &rows_r->items[i];
		*claim = read_row(rows, i);
		if (!is_listed)
			continue;
		claim->site_name = db_text(rows, i, 8);
		claim->user_name = db_text(rows, i, 9);
		claim->user_email = db_text(rows, i, 10);
		claim->decider_name = db_text(rows, i, 11);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_claims_list(
    struct db *db, struct arena *arena, const struct claims_query *query, struct claim_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &CLAIMS_LIST,
	    DB_VALUES(db_bind_id(&query->organization_id), db_bind_text(names[query->state]),
		bind_before(&query->before), db_bind_int(query->limit)),
	    &rows);

	return read_rows(result, &rows, true, arena, rows_r);
}

enum db_result store_claims_pending(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t limit, int64_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &CLAIMS_PENDING,
	    DB_VALUES(db_bind_id(organization_id), db_bind_int(limit)), &rows);

	*count_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	return result;
}

enum db_result store_claims_of_user(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *user_id, struct claim_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &CLAIMS_OF_USER,
	    DB_VALUES(db_bind_id(user_id), db_bind_id(organization_id)), &rows);

	return read_rows(result, &rows, false, arena, rows_r);
}
