/* webhooks.c - subscriptions, made and removed by admins. */
#include <auth/policy.h>
#include <domain/audit.h>
#include <domain/webhooks.h>
#include <sodium.h>
#include <store/settings.h>
#include <string.h>

#define CLEAR_ROWS 1000 /* deliveries that are removed at once */

static bool may(const struct actor *actor, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id};

	return policy_check(actor, POLICY_ADMINISTER, &subject, error);
}

static bool not_found(struct error *error)
{
	return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such subscription.");
}

bool webhook_wants(const struct webhook *webhook, size_t event)
{
	const char *name = webhook_events[event];
	size_t length = strlen(name);

	for (const char *at = webhook->events; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return false;
}

static const char *join_events(struct arena *arena, uint64_t events)
{
	const char *list = NULL;

	for (size_t i = 0; webhook_events[i]; i++)
		if (events & UINT64_C(1) << i)
			list = list ? arena_join(arena, list, ",", webhook_events[i], NULL)
				    : webhook_events[i];
	return list;
}

/* "https://host:port" of a checked address: what is behind it may be a secret. */
static const char *origin_of(struct arena *arena, const char *url)
{
	const char *host = strstr(url, "://") + 3;

	return arena_copy(arena, url, (size_t)(host - url) + strcspn(host, "/?"));
}

static bool record(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct webhook *webhook, const char *action, struct error *error)
{
	struct doc *details = doc_object(tx->arena);
	int64_t count = 0;

	for (size_t i = 0; webhook_events[i]; i++)
		count += webhook_wants(webhook, i);
	doc_set_text(details, "host", origin_of(tx->arena, webhook->url));
	doc_set_int(details, "events", count);
	return audit_write(tx, domain, actor,
	    &(struct audit_event){
		.action = action, .kind = "webhook", .item_id = webhook->id, .details = details},
	    error);
}

/* --- making -------------------------------------------------------------------------------- */

struct making {
	const struct domain *domain;
	const struct actor *actor;
	const struct webhook *webhook;
};

/* The organisation's row is locked, so that two at once are counted one after the other. */
static bool check_room(struct db_tx *tx, const struct making *c, struct error *error)
{
	const struct id *organization = &c->actor->organization_id;
	struct settings settings;
	struct webhook_rows rows;
	enum db_result result = settings_lock(tx, organization, &settings);

	if (result == DB_NONE)
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such organisation any more.");
	if (result == DB_OK)
		result = store_webhooks_list(tx->db, tx->arena, organization, WEBHOOKS_MAX, &rows);
	if (result != DB_OK)
		return db_fail(result, error);
	return rows.count < WEBHOOKS_MAX ||
	       error_set(error, ERROR_CONFLICT, "too_many_webhooks",
		   "There are %d subscriptions already. Remove one first.", WEBHOOKS_MAX);
}

static bool run_make(struct db_tx *tx, void *context, struct error *error)
{
	const struct making *c = context;
	enum db_result result;

	if (!check_room(tx, c, error))
		return false;
	result = store_webhook_insert(tx, c->webhook);
	if (result != DB_OK)
		return db_fail(result, error);
	return record(tx, c->domain, c->actor, c->webhook, "webhook.create", error);
}

static const char *secret_text(struct arena *arena, const unsigned char secret[WEBHOOK_SECRET_SIZE])
{
	char text[WEBHOOK_SECRET_TEXT];

	sodium_bin2base64(
	    text, sizeof(text), secret, WEBHOOK_SECRET_SIZE, sodium_base64_VARIANT_ORIGINAL);
	return arena_join(arena, "whsec_", text, NULL);
}

bool webhooks_create(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const char *url, uint64_t events, struct webhook *webhook_r, const char **secret_r,
    struct error *error)
{
	struct making context = {domain, actor, webhook_r};
	int64_t now_us = clock_now_us(domain->clock);

	*webhook_r = (struct webhook){
	    .id = id_generate(now_us),
	    .organization_id = actor->organization_id,
	    .events = join_events(arena, events & webhook_events_all()),
	    .created_by = actor->user_id,
	    .created_at_us = now_us,
	};
	if (!may(actor, error) ||
	    !webhook_check_url(arena, url, domain->webhook_private, &webhook_r->url, error))
		return false;
	if (!webhook_r->events)
		return error_set_field(
		    error, "events", "missing", "Choose at least one event to be told of.");
	randombytes_buf(webhook_r->secret, sizeof(webhook_r->secret));
	if (!db_transaction(domain->db, run_make, &context, error))
		return false;
	*secret_r = secret_text(arena, webhook_r->secret);
	return true;
}

/* --- removing ------------------------------------------------------------------------------ */

struct removing {
	const struct domain *domain;
	const struct actor *actor;
	struct id id;
};

static bool run_delete(struct db_tx *tx, void *context, struct error *error)
{
	const struct removing *c = context;
	const struct id *organization = &c->actor->organization_id;
	struct webhook webhook;
	enum db_result result = store_webhook_lock(tx, organization, &c->id, &webhook);

	if (result == DB_NONE)
		return not_found(error);
	if (result == DB_OK)
		result = store_webhook_delete(tx, organization, &c->id);
	if (result != DB_OK)
		return db_fail(result, error);
	return record(tx, c->domain, c->actor, &webhook, "webhook.delete", error);
}

bool webhooks_delete(const struct domain *domain, const struct actor *actor, const struct id *id,
    struct error *error)
{
	struct removing context = {domain, actor, *id};
	uint64_t removed = CLEAR_ROWS;

	if (!may(actor, error) || !db_transaction(domain->db, run_delete, &context, error))
		return false;
	/* It is removed; what a failure leaves here goes when its turn or its time comes. */
	while (removed >= CLEAR_ROWS && store_webhook_clear(domain->db, &actor->organization_id, id,
					    CLEAR_ROWS, &removed) == DB_OK)
		;
	return true;
}

/* --- seeing -------------------------------------------------------------------------------- */

bool webhooks_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct webhook_rows *rows_r, struct error *error)
{
	enum db_result result;

	*rows_r = (struct webhook_rows){0};
	if (!may(actor, error))
		return false;
	result =
	    store_webhooks_list(domain->db, arena, &actor->organization_id, WEBHOOKS_MAX, rows_r);
	return result == DB_OK || db_fail(result, error);
}

bool webhooks_deliveries(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *before, unsigned limit,
    struct webhook_deliveries_page *page_r, struct error *error)
{
	struct webhook_delivery_rows rows = {0};
	enum db_result result;

	*page_r = (struct webhook_deliveries_page){0};
	if (!may(actor, error))
		return false;
	result = store_webhook_deliveries(
	    domain->db, arena, &actor->organization_id, before, limit + 1, &rows);
	page_r->items = rows.items;
	page_r->count = rows.count > limit ? limit : rows.count;
	if (rows.count > limit)
		page_r->next = rows.items[limit - 1].id;
	return result == DB_OK || db_fail(result, error);
}

static bool run_retry(struct db_tx *tx, void *context, struct error *error)
{
	const struct removing *c = context;
	const struct id *organization = &c->actor->organization_id;
	enum db_result result =
	    store_webhook_retry(tx, organization, &c->id, clock_now_us(c->domain->clock));

	if (result == DB_NONE)
		return error_set(error, ERROR_CONFLICT, "not_failed",
		    "This delivery has not failed: it was sent, or waits to be.");
	if (result != DB_OK)
		return db_fail(result, error);
	return audit_write(tx, c->domain, c->actor,
	    &(struct audit_event){.action = "webhook.retry", .kind = "webhook", .item_id = c->id},
	    error);
}

bool webhooks_retry(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct webhook_delivery *delivery_r, struct error *error)
{
	struct removing context = {domain, actor, *id};
	const struct id *organization = &actor->organization_id;
	enum db_result result;

	if (!may(actor, error))
		return false;
	result = store_webhook_delivery(domain->db, arena, organization, id, delivery_r);
	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "There is no such delivery: it was removed meanwhile.");
	if (result != DB_OK || !db_transaction(domain->db, run_retry, &context, error))
		return result == DB_OK ? false : db_fail(result, error);
	result = store_webhook_delivery(domain->db, arena, organization, id, delivery_r);
	return result == DB_OK || db_fail(result, error);
}
