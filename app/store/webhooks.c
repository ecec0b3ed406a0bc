/* webhooks.c - who wants to know, and what an admin sees of what was told. */
#include <store/webhooks.h>

#include "paging.h"

#include <string.h>

DB_STATEMENT(WEBHOOK_INSERT,
    "INSERT INTO webhook_subscriptions (id, organization_id, url, secret, events, created_by,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
#define WEBHOOK "id, organization_id, url, events, created_by, created_at"
DB_STATEMENT(WEBHOOK_LOCK, "SELECT " WEBHOOK " FROM webhook_subscriptions"
			   " WHERE organization_id = ? AND id = ? FOR UPDATE");
DB_STATEMENT(
    WEBHOOK_DELETE, "DELETE FROM webhook_subscriptions WHERE organization_id = ? AND id = ?");
DB_STATEMENT(WEBHOOK_CLEAR, "DELETE FROM webhook_outbox WHERE organization_id = ?"
			    " AND subscription_id = ? LIMIT ?");
DB_STATEMENT(WEBHOOKS_LIST, "SELECT " WEBHOOK " FROM webhook_subscriptions"
			    " WHERE organization_id = ? ORDER BY id DESC LIMIT ?");
DB_STATEMENT(WEBHOOKS_WANTING, "SELECT id FROM webhook_subscriptions FORCE INDEX (organization)"
			       " WHERE organization_id = ? AND FIND_IN_SET(?, events) LIMIT ?");

DB_STATEMENT(WEBHOOK_QUEUE,
    "INSERT INTO webhook_outbox (id, organization_id, subscription_id, event, payload,"
    " next_attempt_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
#define DELIVERIES(index, where)                                                                   \
	"SELECT o.id, o.organization_id, o.subscription_id, o.event, o.state, o.attempts,"         \
	" o.next_attempt_at, o.last_error, o.created_at, o.settled_at, s.url"                      \
	" FROM webhook_outbox o FORCE INDEX (" index ") LEFT JOIN webhook_subscriptions s"         \
	" ON s.id = o.subscription_id AND s.organization_id = o.organization_id"                   \
	" WHERE o.organization_id = ? AND " where
DB_STATEMENT(WEBHOOK_DELIVERIES, DELIVERIES("recent", "o.id < ? ORDER BY o.id DESC LIMIT ?"));
DB_STATEMENT(WEBHOOK_DELIVERY, DELIVERIES("PRIMARY", "o.id = ?"));
DB_STATEMENT(WEBHOOK_RETRY,
    "UPDATE webhook_outbox SET state = 'waiting', attempts = 0, next_attempt_at = ?,"
    " settled_at = NULL WHERE organization_id = ? AND id = ? AND state = 'failed'");
DB_STATEMENT(WEBHOOK_WAITING_COUNT,
    "SELECT COUNT(*) FROM (SELECT 1 FROM webhook_outbox FORCE INDEX (subscription)"
    " WHERE organization_id = ? AND subscription_id = ? AND state = 'waiting' AND event = ?"
    " LIMIT ?) few");

static const char *const names[WEBHOOK_STATE_COUNT] = {
    [WEBHOOK_WAITING] = "waiting", [WEBHOOK_SENT] = "sent", [WEBHOOK_FAILED] = "failed"};

const char *webhook_state_name(enum webhook_state state)
{
	return names[state];
}

enum db_result store_webhook_insert(struct db_tx *tx, const struct webhook *webhook)
{
	return db_exec(tx->db, &WEBHOOK_INSERT,
	    DB_VALUES(db_bind_id(&webhook->id), db_bind_id(&webhook->organization_id),
		db_bind_text(webhook->url), db_bind_blob(webhook->secret, sizeof(webhook->secret)),
		db_bind_text(webhook->events), db_bind_id(&webhook->created_by),
		db_bind_time(webhook->created_at_us)),
	    NULL);
}

static struct webhook read_webhook(const struct db_rows *rows, size_t row)
{
	return (struct webhook){
	    .id = db_id(rows, row, 0),
	    .organization_id = db_id(rows, row, 1),
	    .url = db_text(rows, row, 2),
	    .events = db_text(rows, row, 3),
	    .created_by = db_id(rows, row, 4),
	    .created_at_us = db_time(rows, row, 5),
	};
}

enum db_result store_webhook_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *id, struct webhook *webhook_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &WEBHOOK_LOCK,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), &rows);

	if (result == DB_OK)
		*webhook_r = read_webhook(&rows, 0);
	return result;
}

enum db_result store_webhook_delete(
    struct db_tx *tx, const struct id *organization_id, const struct id *id)
{
	return db_exec(
	    tx->db, &WEBHOOK_DELETE, DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), NULL);
}

enum db_result store_webhook_clear(struct db *db, const struct id *organization_id,
    const struct id *id, unsigned limit, uint64_t *removed_r)
{
	enum db_result result;

	*removed_r = 0;
	result = db_exec(db, &WEBHOOK_CLEAR,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(id), db_bind_int(limit)), removed_r);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_webhooks_list(struct db *db, struct arena *arena,
    const struct id *organization_id, unsigned limit, struct webhook_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &WEBHOOKS_LIST,
	    DB_VALUES(db_bind_id(organization_id), db_bind_int(limit)), &rows);

	rows_r->items = arena_array(arena, rows.count + 1, sizeof(*rows_r->items));
	rows_r->count = rows.count;
	for (size_t i = 0; i < rows.count; i++)
		rows_r->items[i] = read_webhook(&rows, i);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_webhooks_wanting(struct db_tx *tx, const struct id *organization_id,
    const char *event, unsigned limit, struct id **ids_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &WEBHOOKS_WANTING,
	    DB_VALUES(db_bind_id(organization_id), db_bind_text(event), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*ids_r = arena_array(tx->arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++)
		(*ids_r)[i] = db_id(&rows, i, 0);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_webhook_queue(struct db_tx *tx, const struct webhook_delivery *delivery)
{
	return db_exec(tx->db, &WEBHOOK_QUEUE,
	    DB_VALUES(db_bind_id(&delivery->id), db_bind_id(&delivery->organization_id),
		db_bind_id(&delivery->subscription_id), db_bind_text(delivery->event),
		db_bind_text(delivery->payload), db_bind_time(delivery->created_at_us),
		db_bind_time(delivery->created_at_us)),
	    NULL);
}

static struct webhook_delivery read_delivery(const struct db_rows *rows, size_t row)
{
	struct webhook_delivery delivery = {
	    .id = db_id(rows, row, 0),
	    .organization_id = db_id(rows, row, 1),
	    .subscription_id = db_id(rows, row, 2),
	    .event = db_text(rows, row, 3),
	    .attempts = (unsigned)db_int(rows, row, 5),
	    .next_attempt_at_us = db_time(rows, row, 6),
	    .last_error = db_text(rows, row, 7),
	    .created_at_us = db_time(rows, row, 8),
	    .settled_at_us = db_time(rows, row, 9),
	    .url = db_text(rows, row, 10),
	};

	for (size_t i = 0; i < WEBHOOK_STATE_COUNT; i++)
		if (strcmp(db_text(rows, row, 4), names[i]) == 0)
			delivery.state = (enum webhook_state)i;
	return delivery;
}

enum db_result store_webhook_deliveries(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *before, unsigned limit,
    struct webhook_delivery_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &WEBHOOK_DELIVERIES,
	    DB_VALUES(db_bind_id(organization_id), bind_before(before), db_bind_int(limit)), &rows);

	rows_r->items = arena_array(arena, rows.count + 1, sizeof(*rows_r->items));
	rows_r->count = rows.count;
	for (size_t i = 0; i < rows.count; i++)
		rows_r->items[i] = read_delivery(&rows, i);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result store_webhook_delivery(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *id, struct webhook_delivery *delivery_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &WEBHOOK_DELIVERY,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), &rows);

	if (result == DB_OK)
		*delivery_r = read_delivery(&rows, 0);
	return result;
}

enum db_result store_webhook_retry(
    struct db_tx *tx, const struct id *organization_id, const struct id *id, int64_t now_us)
{
	return db_exec(tx->db, &WEBHOOK_RETRY,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(organization_id), db_bind_id(id)), NULL);
}

enum db_result store_webhook_waiting(struct db_tx *tx, const struct id *organization_id,
    const struct id *id, const char *event, unsigned limit, unsigned *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &WEBHOOK_WAITING_COUNT,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(id), db_bind_text(event),
		db_bind_int(limit)),
	    &rows);

	*count_r = result == DB_OK ? (unsigned)db_int(&rows, 0, 0) : 0;
	return result;
}
