/* claims.c - claims on sites, made by members and decided by admins. */
#include <auth/policy.h>
#include <domain/audit.h>
#include <domain/claims.h>
#include <store/places.h>
#include <store/users.h>

struct claiming {
	const struct domain *domain;
	const struct actor *actor;
	struct id site_id;
	struct id claim_id; /* of a decision */
	enum claim_state decision;
	struct claim *claim;
};

static bool may(const struct actor *actor, enum policy_action action, enum policy_kind kind,
    struct error *error)
{
	struct policy_subject subject = {.kind = kind, .organization_id = actor->organization_id};

	return policy_check(actor, action, &subject, error);
}

static bool refuse_deleted(const struct place *site, struct error *error)
{
	char text[ID_TEXT_SIZE];

	error_set(error, ERROR_CONFLICT, "container_deleted", "This site is deleted.");
	id_format(&site->deletion_id, text);
	error_set_reference(error, "deletion_id", text);
	return false;
}

static bool lock_site(struct db_tx *tx, const struct claiming *c, struct error *error)
{
	struct place site;
	enum db_result result = store_place_lock(
	    tx, tx->arena, PLACE_SITE, &c->actor->organization_id, &c->site_id, &site);

	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such site.");
	if (result != DB_OK)
		return db_fail(result, error);
	return site.deleted_at_us == 0 || refuse_deleted(&site, error);
}

/* A claim is one of the organisation's own people. */
static bool check_member(struct db_tx *tx, const struct claiming *c, struct error *error)
{
	struct user user;
	enum db_result result = users_find(tx->db, tx->arena, &c->actor->user_id, &user);

	if (result == DB_OK && id_equal(&user.organization_id, &c->actor->organization_id))
		return true;
	return result <= DB_NONE ? error_set(error, ERROR_FORBIDDEN, "not_a_member",
				       "Only people of the site's organisation can claim it.")
				 : db_fail(result, error);
}

static bool record(
    struct db_tx *tx, const struct claiming *c, const char *action, struct error *error)
{
	struct doc *details = doc_object(tx->arena);

	doc_set_id(details, "claim_id", &c->claim->id);
	doc_set_id(details, "user_id", &c->claim->user_id);
	return audit_write(tx, c->domain, c->actor,
	    &(struct audit_event){
		.action = action, .kind = "site", .item_id = c->site_id, .details = details},
	    error);
}

static bool insert(struct db_tx *tx, const struct claiming *c, struct error *error)
{
	int64_t now_us = clock_now_us(c->domain->clock);
	enum db_result result;

	*c->claim = (struct claim){
	    .id = id_generate(now_us),
	    .organization_id = c->actor->organization_id,
	    .site_id = c->site_id,
	    .user_id = c->actor->user_id,
	    .created_at_us = now_us,
	};
	result = store_claim_insert(tx, c->claim);
	if (result == DB_CONFLICT) /* by a second request at the same moment */
		return error_set(error, ERROR_CONFLICT, "already_claimed",
		    "You have claimed this site already; an admin is yet to decide.");
	return result == DB_OK || db_fail(result, error);
}

static bool renew(struct db_tx *tx, const struct claiming *c, struct error *error)
{
	enum db_result result;

	if (c->claim->state != CLAIM_REJECTED)
		return error_set(error, ERROR_CONFLICT, "already_claimed",
		    c->claim->state == CLAIM_PENDING
			? "You have claimed this site already; an admin is yet to decide."
			: "This site is yours already.");
	c->claim->state = CLAIM_PENDING;
	c->claim->decided_by = id_none;
	c->claim->decided_at_us = 0;
	result = store_claim_set(tx, c->claim);
	return result == DB_OK || db_fail(result, error);
}

static bool run_make(struct db_tx *tx, void *context, struct error *error)
{
	const struct claiming *c = context;
	enum db_result result;

	if (!lock_site(tx, c, error) || !check_member(tx, c, error))
		return false;
	result = store_claim_lock_own(
	    tx, &c->actor->organization_id, &c->site_id, &c->actor->user_id, c->claim);
	if (result > DB_NONE)
		return db_fail(result, error);
	return (result == DB_NONE ? insert : renew)(tx, c, error) &&
	       record(tx, c, "claim.create", error);
}

bool claims_make(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *site_id, struct claim *claim_r, struct error *error)
{
	struct claiming context = {
	    .domain = domain, .actor = actor, .site_id = *site_id, .claim = claim_r};

	(void)arena;
	return may(actor, POLICY_SEE, POLICY_SITE, error) &&
	       db_transaction(domain->db, run_make, &context, error);
}

static bool lock_claim(struct db_tx *tx, const struct claiming *c, struct error *error)
{
	enum db_result result =
	    store_claim_lock(tx, &c->actor->organization_id, &c->claim_id, c->claim);

	if (result == DB_OK && id_equal(&c->claim->site_id, &c->site_id))
		return true;
	return result <= DB_NONE
		   ? error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such claim.")
		   : db_fail(result, error);
}

static bool run_decide(struct db_tx *tx, void *context, struct error *error)
{
	const struct claiming *c = context;
	enum db_result result;

	if (!lock_site(tx, c, error) || !lock_claim(tx, c, error))
		return false;
	if (c->claim->state == c->decision)
		return error_set(error, ERROR_CONFLICT, "already_decided",
		    "This claim is %s already.", claim_state_name(c->decision));
	c->claim->state = c->decision;
	c->claim->decided_by = c->actor->user_id;
	c->claim->decided_at_us = clock_now_us(c->domain->clock);
	result = store_claim_set(tx, c->claim);
	if (result != DB_OK)
		return db_fail(result, error);
	return record(
	    tx, c, c->decision == CLAIM_APPROVED ? "claim.approve" : "claim.reject", error);
}

bool claims_decide(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *site_id, const struct id *claim_id, bool approve, struct claim *claim_r,
    struct error *error)
{
	struct claiming context = {
	    .domain = domain,
	    .actor = actor,
	    .site_id = *site_id,
	    .claim_id = *claim_id,
	    .decision = approve ? CLAIM_APPROVED : CLAIM_REJECTED,
	    .claim = claim_r,
	};

	(void)arena;
	return may(actor, POLICY_ADMINISTER, POLICY_ORGANIZATION, error) &&
	       db_transaction(domain->db, run_decide, &context, error);
}

bool claims_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum claim_state state, const struct id *before, unsigned limit, struct claims_page *page_r,
    struct error *error)
{
	struct claims_query query = {
	    .organization_id = actor->organization_id,
	    .state = state,
	    .before = *before,
	    .limit = limit + 1,
	};
	struct claim_rows rows = {0};
	enum db_result result;

	*page_r = (struct claims_page){0};
	if (!may(actor, POLICY_ADMINISTER, POLICY_ORGANIZATION, error))
		return false;
	result = store_claims_list(domain->db, arena, &query, &rows);
	page_r->items = rows.items;
	page_r->count = rows.count;
	if (rows.count > limit) {
		page_r->count = limit;
		page_r->next = rows.items[limit - 1].id;
	}
	return result == DB_OK || db_fail(result, error);
}

bool claims_pending(const struct domain *domain, const struct actor *actor, struct arena *arena,
    int64_t *count_r, struct error *error)
{
	enum db_result result;

	if (!may(actor, POLICY_ADMINISTER, POLICY_ORGANIZATION, error))
		return false;
	result = store_claims_pending(
	    domain->db, arena, &actor->organization_id, CLAIMS_COUNTED, count_r);
	return result == DB_OK || db_fail(result, error);
}

bool claims_own(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct claim_rows *rows_r, struct error *error)
{
	enum db_result result = store_claims_of_user(
	    domain->db, arena, &actor->organization_id, &actor->user_id, rows_r);

	return result == DB_OK || db_fail(result, error);
}
