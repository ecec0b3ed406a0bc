/* deletions_read.c - finding and listing deletions, for those who may see them. */
#include "deletions.h"

static bool find_for(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum policy_action action, const struct id *id, struct deletion *deletion_r,
    struct error *error)
{
	struct policy_subject subject;
	struct id organization;
	enum db_result result;

	deletion_scope(domain, actor, arena, id, &organization);
	result = deletion_find(domain->db, arena, &organization, id, deletion_r);
	if (result != DB_OK) {
		return fail_find(result, "deletion", error);
	}
	subject = deletion_subject(deletion_r);
	return policy_check(actor, action, &subject, error);
}

bool deletions_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct deletion *deletion_r, struct error *error)
{
	return find_for(domain, actor, arena, POLICY_SEE, id, deletion_r, error);
}

bool deletions_find_to_restore(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *id, struct deletion *deletion_r, struct error *error)
{
	return find_for(domain, actor, arena, POLICY_RESTORE, id, deletion_r, error);
}

bool deletions_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct deletion_query *query, struct deletion_page *page_r, struct error *error)
{
	struct deletion_query own = *query;
	enum db_result result;

	own.organization_id = actor->organization_id;
	own.now_us = clock_now_us(domain->clock);
	if (!actor_is_admin(actor)) {
		own.initiator_id = actor->user_id;
		own.personal = true;
		own.label = NULL; /* searching is the admins' */
	}
	/* Nobody is signed in, or the record of a purge, which is the admins' alone. */
	if (actor->role == ROLE_VISITOR ||
	    (!actor_is_admin(actor) && !own.recoverable && own.state == DELETION_PURGED)) {
		*page_r = (struct deletion_page){0};
		return true;
	}
	result = deletion_page(domain->db, arena, &own, page_r);
	return result == DB_OK || db_fail(result, error);
}

bool deletions_list_closing(const struct domain *domain, const struct actor *actor,
    struct arena *arena, int64_t after_us, const struct id *after_id, unsigned limit,
    struct deletion_page *page_r, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id};
	enum db_result result;

	if (!policy_check(actor, POLICY_ADMINISTER, &subject, error)) {
		return false;
	}
	result = deletion_page_closing(domain->db, arena, &actor->organization_id,
	    clock_now_us(domain->clock), after_us, after_id, limit, page_r);
	return result == DB_OK || db_fail(result, error);
}

bool deletions_items(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, const struct id *after, unsigned limit,
    struct deletion_item **items_r, size_t *count_r, bool *more_r, struct error *error)
{
	enum db_result result =
	    deletion_item_page(domain->db, arena, deletion, after, limit, items_r, count_r, more_r);

	return result == DB_OK || db_fail(result, error);
}
