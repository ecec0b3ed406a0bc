/* webhooks.h - who wants to know (table webhook_subscriptions), and what is told them (table
 * webhook_outbox). */
#ifndef LETHE_STORE_WEBHOOKS_H
#define LETHE_STORE_WEBHOOKS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

#define WEBHOOK_SECRET_SIZE 32 /* bytes */

/* One subscription. Texts belong to the arena of the call. */
struct webhook {
	struct id id;
	struct id organization_id;
	const char *url;
	unsigned char secret[WEBHOOK_SECRET_SIZE]; /* read by webhooks_claim alone */
	const char *events;                        /* names, separated by commas */
	struct id created_by;
	int64_t created_at_us;
};

struct webhook_rows {
	struct webhook *items;
	size_t count;
};

/* Insert a subscription. */
enum db_result store_webhook_insert(struct db_tx *tx, const struct webhook *webhook)
    __attribute__((warn_unused_result));

/* Lock a subscription of the organisation. DB_NONE: there is none. */
enum db_result store_webhook_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *id, struct webhook *webhook_r) __attribute__((warn_unused_result));

/* Remove a subscription. DB_NONE: there is none. */
enum db_result store_webhook_delete(struct db_tx *tx, const struct id *organization_id,
    const struct id *id) __attribute__((warn_unused_result));

/* Remove at most `limit` deliveries of a subscription, whatever their state; `removed_r` says how
 * many. DB_OK also where there are none. */
enum db_result store_webhook_clear(struct db *db, const struct id *organization_id,
    const struct id *id, unsigned limit, uint64_t *removed_r) __attribute__((warn_unused_result));

/* An organisation's subscriptions, newest first, at most `limit`. */
enum db_result store_webhooks_list(struct db *db, struct arena *arena,
    const struct id *organization_id, unsigned limit, struct webhook_rows *rows_r)
    __attribute__((warn_unused_result));

/* The ids of at most `limit` subscriptions of the organisation that want the event. DB_OK also
 * where there are none: one short read of an index then. */
enum db_result store_webhooks_wanting(struct db_tx *tx, const struct id *organization_id,
    const char *event, unsigned limit, struct id **ids_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* --- deliveries ---------------------------------------------------------------------------- */

/* In the order of the column. */
enum webhook_state { WEBHOOK_WAITING, WEBHOOK_SENT, WEBHOOK_FAILED, WEBHOOK_STATE_COUNT };

/* One event on its way to one subscription. Texts belong to the arena of the call. */
struct webhook_delivery {
	struct id id; /* of the message: the same at every attempt */
	struct id organization_id;
	struct id subscription_id;
	const char *event;
	const char *payload; /* the body, JSON; not read by lists */
	enum webhook_state state;
	unsigned attempts;
	int64_t next_attempt_at_us;
	const char *last_error; /* or NULL */
	int64_t created_at_us;
	int64_t settled_at_us; /* 0 while it waits */
	const char *url;       /* of the subscription, by lists alone; NULL: it is gone */
};

struct webhook_delivery_rows {
	struct webhook_delivery *items;
	size_t count;
};

const char *webhook_state_name(enum webhook_state state);

/* Queue an event: its id, organisation, subscription, event, payload and created_at_us, at which it
 * is due. */
enum db_result store_webhook_queue(struct db_tx *tx, const struct webhook_delivery *delivery)
    __attribute__((warn_unused_result));

/* An organisation's deliveries below `before` (none: from the newest), newest first. */
enum db_result store_webhook_deliveries(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *before, unsigned limit,
    struct webhook_delivery_rows *rows_r) __attribute__((warn_unused_result));

/* Read one. DB_NONE: there is none. */
enum db_result store_webhook_delivery(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *id, struct webhook_delivery *delivery_r)
    __attribute__((warn_unused_result));

/* Have a delivery that failed tried again, as if it had just been queued. DB_NONE: there is no
 * failed one of that id. */
enum db_result store_webhook_retry(struct db_tx *tx, const struct id *organization_id,
    const struct id *id, int64_t now_us) __attribute__((warn_unused_result));

/* How many unsettled events of that name a subscription has, counted up to `limit`. */
enum db_result store_webhook_waiting(struct db_tx *tx, const struct id *organization_id,
    const struct id *id, const char *event, unsigned limit, unsigned *count_r)
    __attribute__((warn_unused_result));

/* A delivery that was claimed, and where it goes. */
struct webhook_claim {
	struct webhook_delivery delivery; /* `attempts` counts this one */
	struct webhook webhook;
	bool is_gone;    /* there is no such subscription any more */
	bool is_stopped; /* its organisation is deleted */
};

/* How long deliveries wait, in seconds: after a failure at first, doubling, at most so long; for
 * other reasons up to `least_s`; and by how much the clocks of two machines may differ. */
struct webhook_waits {
	int64_t least_s, first_s, longest_s, slack_s;
};

/* Make due now what waits longer than it can, having been put off by a clock that was ahead of this
 * one; at most `limit`. DB_NONE as a rule. */
enum db_result webhooks_recall(struct db *db, struct arena *arena,
    const struct webhook_waits *waits, int64_t now_us, unsigned limit)
    __attribute__((warn_unused_result));

/* Claim the delivery that has been due for longest, of another subscription than `pass_over` (none:
 * of any) if there is one: count an attempt and put the next one off until `until_us`, so that no
 * other worker takes it. DB_NONE where nothing is due. Commit before sending. */
enum db_result webhooks_claim(struct db_tx *tx, const struct id *pass_over, int64_t now_us,
    int64_t until_us, struct arena *arena, struct webhook_claim *claim_r)
    __attribute__((warn_unused_result));

/* Note what became of a claimed delivery: waiting until `next_us`, or settled at `now_us`. `why`
 * (or NULL) is kept as its last error. DB_NONE: the claim is not the latest; nothing changes. */
enum db_result webhooks_settle(struct db *db, const struct webhook_claim *claim,
    enum webhook_state state, int64_t next_us, int64_t now_us, const char *why)
    __attribute__((warn_unused_result));

/* Put off a claimed delivery without counting the attempt. */
enum db_result webhooks_postpone(struct db *db, const struct webhook_claim *claim, int64_t until_us)
    __attribute__((warn_unused_result));

/* Put off what else is due of the claim's subscription, at most `limit`, counting no attempt;
 * `count_r` (or NULL) says how much it was. DB_NONE: there was nothing. */
enum db_result webhooks_postpone_others(struct db *db, const struct webhook_claim *claim,
    int64_t now_us, int64_t until_us, unsigned limit, uint64_t *count_r)
    __attribute__((warn_unused_result));

/* Remove a claimed delivery: nobody is there to be told. */
enum db_result webhooks_drop(struct db *db, const struct webhook_claim *claim)
    __attribute__((warn_unused_result));

/* Remove at most `limit` deliveries settled at or before that time. DB_NONE: there were none. */
enum db_result webhooks_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
    __attribute__((warn_unused_result));

#endif
