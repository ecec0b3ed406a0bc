/* webhooks_tell.c - from audit entries to events: the one table, and what an event says. */
#include <base/clock.h>
#include <base/doc.h>
#include <domain/webhooks.h>
#include <string.h>

/* Also the order in which pages and documents list them. */
const char *const webhook_events[] = {"photo.archived", "photo.deleted", "photo.restored",
    "photo.purged", "album.deleted", "album.restored", "album.purged", "project.deleted",
    "project.restored", "project.purged", "site.deleted", "site.restored", "site.purged",
    "quest.archived", "quest.restored", "quest.deleted", "quest.purged", "adventure.archived",
    "adventure.restored", "adventure.deleted", "adventure.purged", "user.deleted", "user.restored",
    "organization.deleted", "organization.restored", "request.decided", "account.scheduled",
    "account.cancelled", "account.erased", NULL};

/* Actions and what they are told as; "*" stands for the entry's kind. A pair that makes no event of
 * the list above is not told: an organisation's purge takes its subscriptions first. */
static const struct {
	const char *action; /* of the entry, or its verb */
	const char *event;
	const char *decision;
} told[] = {
    {"archive", "*.archived", NULL},
    {"delete", "*.deleted", NULL},
    {"restore", "*.restored", NULL},
    {"purge", "*.purged", NULL},
    {"retention.purge", "*.purged", NULL},
    {"request.approve", "request.decided", "approved"},
    {"request.reject", "request.decided", "rejected"},
    {"account.schedule", "account.scheduled", NULL},
    {"account.cancel", "account.cancelled", NULL},
    {"account.erase", "account.erased", NULL},
};

#define TOLD_COUNT (sizeof(told) / sizeof(told[0]))

/* Members of an entry's details that an event has as well: ids, numbers and choices. */
static const char *const passed_on[] = {
    "act_id", "batch_id", "request_id", "photo_action", "bytes", "recover_until"};

uint64_t webhook_events_all(void)
{
	uint64_t all = 0;

	for (size_t i = 0; webhook_events[i]; i++)
		all |= UINT64_C(1) << i;
	return all;
}

/* The verb of an action about its own kind ("photo.delete" on a photo), or the action itself. */
static const char *verb_of(const struct audit_entry *entry)
{
	size_t length = entry->kind ? strlen(entry->kind) : 0;

	if (length && strncmp(entry->action, entry->kind, length) == 0 &&
	    entry->action[length] == '.')
		return entry->action + length + 1;
	return entry->action;
}

/* NULL: nobody is told. */
static const char *event_of(
    struct arena *arena, const struct audit_entry *entry, const char **decision_r)
{
	const char *verb = verb_of(entry);
	const char *name = NULL;

	for (size_t i = 0; i < TOLD_COUNT && !name; i++) {
		if (strcmp(verb, told[i].action) != 0)
			continue;
		name = told[i].event;
		*decision_r = told[i].decision;
	}
	if (!name || (*name == '*' && !entry->kind))
		return NULL;
	if (*name == '*')
		name = arena_join(arena, entry->kind, name + 1, NULL);
	for (size_t i = 0; webhook_events[i]; i++)
		if (strcmp(webhook_events[i], name) == 0)
			return webhook_events[i];
	return NULL;
}

static const struct doc *member(const struct doc *details, const char *name)
{
	return details ? doc_get(details, name) : NULL;
}

static void pass_on(struct doc *data, const struct doc *details, const char *name)
{
	const struct doc *value = member(details, name);

	if (value)
		doc_set(data, name, value);
	else
		doc_set_null(data, name);
}

/* Archiving counts its photos alone. */
static const struct doc *counts_of(struct arena *arena, const struct doc *details)
{
	const struct doc *counts = member(details, "counts");
	const struct doc *photos = member(details, "photos");
	struct doc *made;

	if (counts || !photos)
		return counts;
	made = doc_object(arena);
	doc_set(made, "photo", photos);
	return made;
}

static struct doc *data_of(struct arena *arena, const struct audit_entry *entry,
    const struct doc *details, const char *decision)
{
	struct doc *data = doc_object(arena);
	const struct doc *counts = counts_of(arena, details);

	doc_set_text(data, "kind", entry->kind);
	doc_set_id(data, "item_id", &entry->item_id);
	pass_on(data, details, "deletion_id");
	if (counts)
		doc_set(data, "counts", counts);
	else
		doc_set_null(data, "counts");
	doc_set_text(data, "mode", entry->mode);
	pass_on(data, details, "origin");
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		if (member(details, passed_on[i]))
			pass_on(data, details, passed_on[i]);
	if (decision)
		doc_set_text(data, "decision", decision);
	return data;
}

/* One row of the outbox. */
static bool queue(struct db_tx *tx, const struct id *organization_id, const struct id *to,
    const char *event, int64_t at_us, const struct doc *data, struct webhook_delivery *delivery_r,
    struct error *error)
{
	struct webhook_delivery delivery = {
	    .id = id_generate(at_us),
	    .organization_id = *organization_id,
	    .subscription_id = *to,
	    .event = event,
	    .created_at_us = at_us,
	    .next_attempt_at_us = at_us,
	};
	struct doc *payload = doc_object(tx->arena);
	struct buf json = {0};
	enum db_result result;

	doc_set_id(payload, "id", &delivery.id);
	doc_set_text(payload, "type", event);
	doc_set_time(payload, "timestamp", at_us);
	doc_set(payload, "data", data);
	doc_write_json(payload, &json);
	delivery.payload = json.data;
	result = store_webhook_queue(tx, &delivery);
	delivery.payload = NULL;
	buf_free(&json);
	*delivery_r = delivery;
	return result == DB_OK || db_fail(result, error);
}

bool webhooks_tell(struct db_tx *tx, const struct audit_entry *entry, const struct doc *details,
    struct error *error)
{
	const char *decision = NULL;
	const char *event = event_of(tx->arena, entry, &decision);
	struct webhook_delivery made;
	struct doc *data;
	struct id *ids;
	size_t count;
	enum db_result result;

	if (!event || id_is_none(&entry->organization_id))
		return true;
	result =
	    store_webhooks_wanting(tx, &entry->organization_id, event, WEBHOOKS_MAX, &ids, &count);
	if (result != DB_OK)
		return db_fail(result, error);
	if (count == 0)
		return true;
	data = data_of(tx->arena, entry, details, decision);
	for (size_t i = 0; i < count; i++)
		if (!queue(tx, &entry->organization_id, &ids[i], event, entry->at_us, data, &made,
			error))
			return false;
	return true;
}

/* --- testing ------------------------------------------------------------------------------- */

struct testing {
	const struct domain *domain;
	const struct actor *actor;
	struct id id;
	struct webhook_delivery *delivery;
};

static bool check_waiting(struct db_tx *tx, const struct testing *c, struct error *error)
{
	unsigned waiting = 0;
	enum db_result result = store_webhook_waiting(
	    tx, &c->actor->organization_id, &c->id, WEBHOOK_TEST, WEBHOOK_TESTS_MAX, &waiting);

	if (result != DB_OK)
		return db_fail(result, error);
	return waiting < WEBHOOK_TESTS_MAX ||
	       error_set(error, ERROR_CONFLICT, "tests_waiting",
		   "%d test events wait for this address already. See what became of them first.",
		   WEBHOOK_TESTS_MAX);
}

static bool run_test(struct db_tx *tx, void *context, struct error *error)
{
	const struct testing *c = context;
	const struct id *organization = &c->actor->organization_id;
	struct webhook webhook;
	enum db_result result = store_webhook_lock(tx, organization, &c->id, &webhook);

	if (result == DB_NONE)
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such subscription.");
	if (result != DB_OK)
		return db_fail(result, error);
	return check_waiting(tx, c, error) &&
	       queue(tx, organization, &c->id, WEBHOOK_TEST, clock_now_us(c->domain->clock),
		   doc_object(tx->arena), c->delivery, error);
}

bool webhooks_test(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct webhook_delivery *delivery_r, struct error *error)
{
	struct testing context = {domain, actor, *id, delivery_r};
	struct webhook_rows rows;

	/* Asks whether the actor may, too. */
	return webhooks_list(domain, actor, arena, &rows, error) &&
	       db_transaction(domain->db, run_test, &context, error);
}
