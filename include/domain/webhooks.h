/* webhooks.h - telling host applications what has happened: subscriptions of an organisation, and
 * the events that audit entries become.
 *
 * Whatever writes an audit entry of the table in webhooks_tell.c also queues its event, in the same
 * transaction, once for each subscription that wants it. Delivery is app/webhook's. A subscription
 * is never changed: it is removed, and another one made, which has another secret. */
#ifndef LETHE_DOMAIN_WEBHOOKS_H
#define LETHE_DOMAIN_WEBHOOKS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/doc.h>
#include <base/error.h>
#include <domain/domain.h>
#include <stdbool.h>
#include <stddef.h>
#include <store/audit.h>
#include <store/webhooks.h>

#define WEBHOOKS_MAX        20 /* subscriptions of an organisation */
#define WEBHOOK_URL_MAX     2000
#define WEBHOOK_SECRET_TEXT 52 /* "whsec_", 44 characters of base64, the NUL, rounded up */
#define WEBHOOK_TEST        "webhook.test"
#define WEBHOOK_TESTS_MAX   5 /* test events of one subscription that may wait */

/* The events that can be subscribed to, ended by NULL; at most 63, so that a set of them is a
 * number whose bit i stands for the i-th. All of them, joined by commas, fit the column. */
extern const char *const webhook_events[];
uint64_t webhook_events_all(void);

/* Whether a subscription wants the i-th event. */
bool webhook_wants(const struct webhook *webhook, size_t event);

/* Queue the event that an audit entry is (none for most actions) for the entry's organisation. The
 * payload holds id (the message's), type, timestamp and data: kind, item_id, deletion_id, counts,
 * mode, origin (each null where the entry has none) and, where it has them, act_id, batch_id,
 * request_id, decision, photo_action, bytes, recover_until. Never a name, an address or a reason.
 * `details` are the entry's, or NULL. */
bool webhooks_tell(struct db_tx *tx, const struct audit_entry *entry, const struct doc *details,
    struct error *error) __attribute__((warn_unused_result));

/* Check an address to post to, and give it in the form in which it is kept: http or https, ASCII,
 * at most WEBHOOK_URL_MAX characters, a host, no account, no fragment, a port of 80, 443 or from
 * 1024; unless `allow_private`, no literal address and no name of this machine or network. What a
 * name leads to is checked at each delivery. Invalid, field "url": "invalid_url",
 * "url_credentials", "url_port", "private_address". */
bool webhook_check_url(struct arena *arena, const char *text, bool allow_private,
    const char **url_r, struct error *error) __attribute__((warn_unused_result));

/* Subscribe: admins. `events` is a set of the table above. `secret_r` is the secret in the form of
 * Standard Webhooks, "whsec_" and base64: it is not shown again. Audit: webhook.create with the
 * address's host and the number of events. Errors: forbidden; invalid (see webhook_check_url;
 * "events", "missing"); conflict "too_many_webhooks". */
bool webhooks_create(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const char *url, uint64_t events, struct webhook *webhook_r, const char **secret_r,
    struct error *error) __attribute__((warn_unused_result));

/* Unsubscribe: admins. What waits for it is not sent any more. Audit: webhook.delete. Errors:
 * forbidden, not_found. */
bool webhooks_delete(const struct domain *domain, const struct actor *actor, const struct id *id,
    struct error *error) __attribute__((warn_unused_result));

/* Queue an event WEBHOOK_TEST for one subscription: admins. Errors: forbidden, not_found, conflict
 * "tests_waiting". */
bool webhooks_test(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct webhook_delivery *delivery_r, struct error *error)
    __attribute__((warn_unused_result));

/* The organisation's subscriptions, newest first: admins. */
bool webhooks_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct webhook_rows *rows_r, struct error *error) __attribute__((warn_unused_result));

/* A page of what was queued in the last 30 days, newest first: admins. `limit` 1 to 200. */
struct webhook_deliveries_page {
	struct webhook_delivery *items;
	size_t count;
	struct id next; /* none: there is no further page */
};
bool webhooks_deliveries(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *before, unsigned limit,
    struct webhook_deliveries_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* Have a delivery that failed tried again: admins. Audit: webhook.retry. Errors: forbidden;
 * not_found; conflict "not_failed". */
bool webhooks_retry(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct webhook_delivery *delivery_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
