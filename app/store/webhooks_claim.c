/* webhooks_claim.c - deliveries as the worker takes them: claimed, settled, forgotten. */
#include <store/webhooks.h>

#include <string.h>

#define DUE(index, which)                                                                          \
	"SELECT id, organization_id, subscription_id, event, payload, attempts, created_at"        \
	" FROM webhook_outbox FORCE INDEX (" index                                                 \
	") WHERE state = 'waiting' AND next_attempt_at <= ?" which                                 \
	" LIMIT 1 FOR UPDATE SKIP LOCKED"
DB_STATEMENT(OUTBOX_DUE, DUE("due", " ORDER BY next_attempt_at, id"));
DB_STATEMENT(OUTBOX_DUE_ONE, DUE("PRIMARY", " AND id = ?"));
/* Without locks: it may read past many. */
DB_STATEMENT(OUTBOX_FIND_OTHER,
    "SELECT id FROM webhook_outbox FORCE INDEX (due) WHERE state = 'waiting'"
    " AND next_attempt_at <= ? AND subscription_id <> ? ORDER BY next_attempt_at, id LIMIT 1");
/* Values: now, least, first and longest wait, slack, all in seconds, and now. */
#define PUT_OFF_LATER                                                                              \
	" WHERE state = 'waiting' AND next_attempt_at > ? AND next_attempt_at"                     \
	" - INTERVAL GREATEST(?, LEAST((? << attempts) DIV 2, ?)) + ? SECOND > ?"
DB_STATEMENT(
    OUTBOX_FIND_LATER, "SELECT id FROM webhook_outbox FORCE INDEX (due)" PUT_OFF_LATER " LIMIT 1");
DB_STATEMENT(
    OUTBOX_RECALL, "UPDATE webhook_outbox SET next_attempt_at = ?" PUT_OFF_LATER " LIMIT ?");
DB_STATEMENT(
    OUTBOX_CLAIM, "UPDATE webhook_outbox SET attempts = ?, next_attempt_at = ? WHERE id = ?");
DB_STATEMENT(OUTBOX_TARGET,
    "SELECT s.url, s.secret, g.deleted_at IS NOT NULL FROM webhook_subscriptions s"
    " JOIN organizations g ON g.id = s.organization_id WHERE s.organization_id = ? AND s.id = ?");
#define CLAIMED " WHERE id = ? AND state = 'waiting' AND attempts = ?"
DB_STATEMENT(OUTBOX_DEFER,
    "UPDATE webhook_outbox SET next_attempt_at = ?, last_error = LEFT(?, 300)" CLAIMED);
DB_STATEMENT(OUTBOX_END,
    "UPDATE webhook_outbox SET state = ?, settled_at = ?, last_error = LEFT(?, 300)" CLAIMED);
DB_STATEMENT(OUTBOX_POSTPONE,
    "UPDATE webhook_outbox SET next_attempt_at = ?, attempts = attempts - 1" CLAIMED);
DB_STATEMENT(OUTBOX_POSTPONE_OTHERS,
    "UPDATE webhook_outbox SET next_attempt_at = ? WHERE subscription_id = ? AND state = 'waiting'"
    " AND next_attempt_at <= ? AND id <> ? ORDER BY next_attempt_at LIMIT ?");
DB_STATEMENT(OUTBOX_DROP, "DELETE FROM webhook_outbox" CLAIMED);
DB_STATEMENT(
    OUTBOX_PRUNE, "DELETE FROM webhook_outbox WHERE settled_at <= ? ORDER BY settled_at LIMIT ?");

static enum db_result read_target(
    struct db_tx *tx, struct arena *arena, struct webhook_claim *claim)
{
	const struct webhook_delivery *delivery = &claim->delivery;
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, arena, &OUTBOX_TARGET,
	    DB_VALUES(
		db_bind_id(&delivery->organization_id), db_bind_id(&delivery->subscription_id)),
	    &rows);

	claim->is_gone = result == DB_NONE;
	if (result != DB_OK)
		return result == DB_NONE ? DB_OK : result;
	claim->webhook.id = delivery->subscription_id;
	claim->webhook.organization_id = delivery->organization_id;
	claim->webhook.url = db_text(&rows, 0, 0);
	claim->is_stopped = db_bool(&rows, 0, 2);
	if (rows.cells[1].length == WEBHOOK_SECRET_SIZE)
		memcpy(claim->webhook.secret, rows.cells[1].bytes, WEBHOOK_SECRET_SIZE);
	return DB_OK;
}

/* Looked for without locks first: as a rule there is none. */
enum db_result webhooks_recall(struct db *db, struct arena *arena,
    const struct webhook_waits *waits, int64_t now_us, unsigned limit)
{
	struct db_rows rows = {0};
	struct db_value now = db_bind_time(now_us);
	struct db_value least = db_bind_int(waits->least_s);
	struct db_value first = db_bind_int(waits->first_s);
	struct db_value longest = db_bind_int(waits->longest_s);
	struct db_value slack = db_bind_int(waits->slack_s);
	enum db_result result = db_query(db, arena, &OUTBOX_FIND_LATER,
	    DB_VALUES(now, least, first, longest, slack, now), &rows);

	if (result != DB_OK)
		return result;
	return db_exec(db, &OUTBOX_RECALL,
	    DB_VALUES(now, now, least, first, longest, slack, now, db_bind_int(limit)), NULL);
}

/* The longest due of another subscription. DB_NONE: there is none that is free. */
static enum db_result lock_other(struct db_tx *tx, const struct id *pass_over, int64_t now_us,
    struct arena *arena, struct db_rows *rows_r)
{
	struct db_rows found = {0};
	struct id id;
	enum db_result result = db_query(tx->db, arena, &OUTBOX_FIND_OTHER,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(pass_over)), &found);

	if (result != DB_OK)
		return result;
	id = db_id(&found, 0, 0);
	return db_query(tx->db, arena, &OUTBOX_DUE_ONE,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(&id)), rows_r);
}

enum db_result webhooks_claim(struct db_tx *tx, const struct id *pass_over, int64_t now_us,
    int64_t until_us, struct arena *arena, struct webhook_claim *claim_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    id_is_none(pass_over) ? DB_NONE : lock_other(tx, pass_over, now_us, arena, &rows);

	if (result == DB_NONE)
		result =
		    db_query(tx->db, arena, &OUTBOX_DUE, DB_VALUES(db_bind_time(now_us)), &rows);

	*claim_r = (struct webhook_claim){0};
	if (result != DB_OK)
		return result;
	claim_r->delivery = (struct webhook_delivery){
	    .id = db_id(&rows, 0, 0),
	    .organization_id = db_id(&rows, 0, 1),
	    .subscription_id = db_id(&rows, 0, 2),
	    .event = db_text(&rows, 0, 3),
	    .payload = db_text(&rows, 0, 4),
	    .attempts = (unsigned)db_int(&rows, 0, 5) + 1,
	    .created_at_us = db_time(&rows, 0, 6),
	};
	result = read_target(tx, arena, claim_r);
	if (result != DB_OK)
		return result;
	return db_exec(tx->db, &OUTBOX_CLAIM,
	    DB_VALUES(db_bind_int(claim_r->delivery.attempts), db_bind_time(until_us),
		db_bind_id(&claim_r->delivery.id)),
	    NULL);
}

enum db_result webhooks_settle(struct db *db, const struct webhook_claim *claim,
    enum webhook_state state, int64_t next_us, int64_t now_us, const char *why)
{
	struct db_value id = db_bind_id(&claim->delivery.id);
	struct db_value attempt = db_bind_int(claim->delivery.attempts);

	if (state == WEBHOOK_WAITING)
		return db_exec(db, &OUTBOX_DEFER,
		    DB_VALUES(db_bind_time(next_us), db_bind_text(why), id, attempt), NULL);
	return db_exec(db, &OUTBOX_END,
	    DB_VALUES(db_bind_text(webhook_state_name(state)), db_bind_time(now_us),
		db_bind_text(why), id, attempt),
	    NULL);
}

enum db_result webhooks_postpone(struct db *db, const struct webhook_claim *claim, int64_t until_us)
{
	return db_exec(db, &OUTBOX_POSTPONE,
	    DB_VALUES(db_bind_time(until_us), db_bind_id(&claim->delivery.id),
		db_bind_int(claim->delivery.attempts)),
	    NULL);
}

enum db_result webhooks_postpone_others(struct db *db, const struct webhook_claim *claim,
    int64_t now_us, int64_t until_us, unsigned limit, uint64_t *count_r)
{
	return db_exec(db, &OUTBOX_POSTPONE_OTHERS,
	    DB_VALUES(db_bind_time(until_us), db_bind_id(&claim->webhook.id), db_bind_time(now_us),
		db_bind_id(&claim->delivery.id), db_bind_int(limit)),
	    count_r);
}

enum db_result webhooks_drop(struct db *db, const struct webhook_claim *claim)
{
	return db_exec(db, &OUTBOX_DROP,
	    DB_VALUES(db_bind_id(&claim->delivery.id), db_bind_int(claim->delivery.attempts)),
	    NULL);
}

enum db_result webhooks_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(
	    db, &OUTBOX_PRUNE, DB_VALUES(db_bind_time(before_us), db_bind_int(limit)), removed_r);
}
