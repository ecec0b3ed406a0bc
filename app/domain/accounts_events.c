/* accounts_events.c - single events of an account, settled before it goes. */
#include "accounts_private.h"

#include <domain/audit.h>

/* An event is its owner's and the admins', as an account is. */
static bool check_event(
    const struct actor *actor, const struct event_row *event, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_USER,
	    .organization_id = event->organization_id,
	    .owner_id = event->owner_id,
	};

	return policy_allows(actor, POLICY_SEE, &subject) ||
	       error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such event.");
}

static bool find_event(struct db *db, struct arena *arena, const struct actor *actor,
    const struct id *event_id, bool lock, struct event_row *event_r, struct error *error)
{
	bool everywhere = actor->role == ROLE_PLATFORM_ADMIN || actor->role == ROLE_SYSTEM;
	enum db_result result = event_find(
	    db, arena, everywhere ? &id_none : &actor->organization_id, event_id, lock, event_r);

	if (result != DB_OK) {
		return fail_find(result, "event", error);
	}
	return check_event(actor, event_r, error);
}

static struct account_event describe(const struct event_row *event)
{
	return (struct account_event){
	    .id = event->id,
	    .title = event->title,
	    .starts_at_us = event->starts_at_us,
	    .organization_id = event->organization_id,
	    .owner_id = event->owner_id,
	};
}

bool accounts_find_event(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *event_id, struct account_event *event_r,
    struct error *error)
{
	struct event_row event;

	if (!find_event(domain->db, arena, actor, event_id, false, &event, error)) {
		return false;
	}
	*event_r = describe(&event);
	return true;
}

struct settling {
	const struct domain *domain;
	const struct actor *actor;
	const struct id *event_id, *heir;
	struct event_row event;
};

static bool record(struct db_tx *tx, const struct settling *c, struct error *error)
{
	struct doc *details = doc_object(tx->arena);
	struct actor within = *c->actor;
	bool transfer = !id_is_none(c->heir);

	within.organization_id = c->event.organization_id;
	doc_set_id(details, "from", &c->event.owner_id);
	if (transfer) {
		doc_set_id(details, "to", c->heir);
	}
	return audit_write(tx, c->domain, &within,
	    &(struct audit_event){.action = transfer ? "event.transfer" : "event.anonymize",
		.kind = "event",
		.item_id = c->event.id,
		.details = details},
	    error);
}

static bool run_settle(struct db_tx *tx, void *context, struct error *error)
{
	struct settling *c = context;
	enum db_result result;

	if (!find_event(tx->db, tx->arena, c->actor, c->event_id, true, &c->event, error)) {
		return false;
	}
	if (id_is_none(c->heir) && id_is_none(&c->event.owner_id)) {
		return true;
	}
	if (!id_is_none(c->heir) &&
	    !accounts_check_heir(
		tx->db, tx->arena, &c->event.organization_id, &c->event.owner_id, c->heir, error)) {
		return false;
	}
	result = event_give(tx, &c->event, c->heir);
	return (result == DB_OK || db_fail(result, error)) && record(tx, c, error);
}

bool accounts_settle_event(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *event_id, const struct id *heir,
    struct account_event *event_r, struct error *error)
{
	struct settling c = {.domain = domain, .actor = actor, .event_id = event_id, .heir = heir};
	struct event_row event;
	enum db_result result;

	if (!db_transaction(domain->db, run_settle, &c, error)) {
		return false;
	}
	/* Handed over, it is not the actor's to see any more. */
	result = event_find(domain->db, arena, &c.event.organization_id, event_id, false, &event);
	if (result != DB_OK) {
		return fail_find(result, "event", error);
	}
	*event_r = describe(&event);
	return true;
}
