/* purge_switch.c - the brake: pausing every purge, and letting it go on. */
#include <auth/policy.h>
#include <domain/audit.h>
#include <domain/purge.h>

struct switching {
	const struct domain *domain;
	const struct actor *actor;
	bool pause;
};

static bool check(const struct actor *actor, struct error *error)
{
	return policy_check(actor, POLICY_OPERATE,
	    &(struct policy_subject){
		.kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id},
	    error);
}

static bool refuse(bool pause, struct error *error)
{
	return pause ? error_set(
			   error, ERROR_CONFLICT, "already_paused", "Purging is paused already.")
		     : error_set(error, ERROR_CONFLICT, "not_paused", "Purging is not paused.");
}

static bool run_switch(struct db_tx *tx, void *context, struct error *error)
{
	const struct switching *c = context;
	struct actor installation_wide = *c->actor;
	enum db_result result =
	    c->pause ? installation_pause_purge(tx, clock_now_us(c->domain->clock), c->actor->uid)
		     : installation_resume_purge(tx);

	if (result != DB_OK) {
		return result == DB_NONE ? refuse(c->pause, error) : db_fail(result, error);
	}
	installation_wide.organization_id = id_none;
	return audit_write(tx, c->domain, &installation_wide,
	    &(struct audit_event){.action = c->pause ? "purge.pause" : "purge.resume"}, error);
}

static bool change(
    const struct domain *domain, const struct actor *actor, bool pause, struct error *error)
{
	struct switching context = {domain, actor, pause};

	return check(actor, error) && db_transaction(domain->db, run_switch, &context, error);
}

bool purge_pause(const struct domain *domain, const struct actor *actor, struct error *error)
{
	return change(domain, actor, true, error);
}

bool purge_resume(const struct domain *domain, const struct actor *actor, struct error *error)
{
	return change(domain, actor, false, error);
}

bool purge_status(const struct domain *domain, struct arena *arena,
    struct installation *installation_r, struct error *error)
{
	enum db_result result = installation_read(domain->db, arena, installation_r);

	return result == DB_OK || db_fail(result, error);
}
