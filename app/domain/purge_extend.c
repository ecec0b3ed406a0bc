/* purge_extend.c - lengthening windows, for emergencies: what is not purged yet stays for longer.
 */
#include "deletions.h"

#include <domain/audit.h>
#include <domain/purge.h>
#include <store/extensions.h>

struct extending {
	const struct domain *domain;
	const struct actor *actor;
	const struct purge_extension *wish;
	struct extension extension;
	struct id after, next;
	int64_t rows;
	bool last;
};

static bool check_actor(const struct actor *actor, struct error *error)
{
	return policy_check(actor, POLICY_OPERATE,
	    &(struct policy_subject){
		.kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id},
	    error);
}

static bool check_wish(
    const struct domain *domain, const struct purge_extension *wish, struct error *error)
{
	if (wish->until_us ? wish->until_us <= clock_now_us(domain->clock) : wish->by_us <= 0) {
		return error_set_field(error, wish->until_us ? "until" : "by", "not_in_future",
		    "Windows can only be made longer: give a time in the future.");
	}
	return true;
}

/* One entry says what was done, before any of it is. */
static bool run_audit(struct db_tx *tx, void *context, struct error *error)
{
	const struct extending *c = context;
	struct actor within = *c->actor;
	struct doc *details = doc_object(tx->arena);

	within.organization_id = c->wish->organization_id;
	doc_set_time(details, "until", c->wish->until_us);
	doc_set_int(details, "by_s", c->wish->by_us / CLOCK_SECOND_US);
	return audit_write(tx, c->domain, &within,
	    &(struct audit_event){.action = "purge.extend",
		.kind = id_is_none(&c->wish->deletion_id) ? NULL : "deletion",
		.item_id = c->wish->deletion_id,
		.details = details},
	    error);
}

static bool run_step(struct db_tx *tx, void *context, struct error *error)
{
	struct extending *c = context;
	enum db_result result;

	c->next = c->after;
	result = extension_apply(tx, &c->extension, c->domain->step_rows, &c->next, &c->rows);
	c->last = result == DB_NONE;
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* One deletion that was named: is it there, and of those that can be extended? */
static bool check_named(struct extending *c, struct error *error)
{
	struct arena *arena = arena_create();
	struct deletion deletion;
	enum db_result result =
	    deletion_find(c->domain->db, arena, &id_none, &c->wish->deletion_id, &deletion);
	bool fits = result == DB_OK && deletion.mode == MODE_SOFT && deletion.kind != ITEM_USER &&
		    deletion.origin != ORIGIN_ACCOUNT && deletion.origin != ORIGIN_REQUEST &&
		    (deletion.state == DELETION_MARKING || deletion.state == DELETION_TRASHED);

	arena_destroy(&arena);
	if (result != DB_OK) {
		return fail_find(result, "deletion", error);
	}
	return fits || error_set(error, ERROR_CONFLICT, "not_extended",
			   "This window cannot be made longer: it is of an account or a request, "
			   "or of what is no longer in the trash.");
}

bool purge_extend(const struct domain *domain, const struct actor *actor,
    const struct purge_extension *extension, int64_t *count_r, struct error *error)
{
	struct extending c = {.domain = domain,
	    .actor = actor,
	    .wish = extension,
	    .extension = {.deletion_id = extension->deletion_id,
		.organization_id = extension->organization_id,
		.until_us = extension->until_us,
		.by_us = extension->by_us,
		.now_us = clock_now_us(domain->clock)}};

	*count_r = 0;
	if (!check_actor(actor, error) || !check_wish(domain, extension, error) ||
	    (!id_is_none(&extension->deletion_id) && !check_named(&c, error)) ||
	    !db_transaction(domain->db, run_audit, &c, error)) {
		return false;
	}
	while (!c.last) {
		if (!db_transaction(domain->db, run_step, &c, error)) {
			return false;
		}
		c.after = c.next;
		*count_r += c.rows;
	}
	return true;
}
