/* deletion_organization.c - what is asked before an organisation is deleted, and how it is found
 * when it has been. */
#include "deletions.h"

#include <store/organizations.h>
#include <store/users.h>

/* The actor's own organisation: of a platform admin who acts in another that is not the same. */
static bool holds_actor(struct db_tx *tx, const struct actor *actor, const struct root_item *item,
    bool *holds_r, struct error *error)
{
	struct user user = {0};
	enum db_result result = DB_NONE;

	if (!id_is_none(&actor->user_id)) {
		result = users_find(tx->db, tx->arena, &actor->user_id, &user);
	}
	*holds_r = result == DB_OK && id_equal(&user.organization_id, &item->id);
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool deletion_check_organization(
    struct db_tx *tx, const struct actor *actor, const struct root_item *item, struct error *error)
{
	bool holds;
	size_t others;
	enum db_result result;

	if (!holds_actor(tx, actor, item, &holds, error)) {
		return false;
	}
	if (holds) {
		return error_set(error, ERROR_CONFLICT, "holds_actor",
		    "This is your own organisation. Someone else has to delete it.");
	}
	result = organizations_lock_platform_admins(tx, &item->id, &others);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return others > 0 || error_set(error, ERROR_CONFLICT, "last_platform_admin",
				 "The last platform admin belongs to this organisation. Appoint "
				 "one elsewhere first.");
}

void deletion_scope(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *deletion_id, struct id *organization_r)
{
	struct deletion deletion;

	*organization_r = actor->organization_id;
	if (actor->role == ROLE_PLATFORM_ADMIN &&
	    deletion_find(domain->db, arena, &id_none, deletion_id, &deletion) == DB_OK &&
	    deletion.kind == ITEM_ORGANIZATION) {
		*organization_r = deletion.organization_id;
	}
}

bool deletions_restore_organization(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *organization_id, struct deletion *deletion_r,
    struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = *organization_id};
	struct root_item item;
	struct actor within = *actor;
	enum db_result result = root_read(
	    domain->db, arena, ITEM_ORGANIZATION, organization_id, organization_id, &item);

	if (result != DB_OK) {
		return fail_find(result, "organisation", error);
	}
	subject.deleted = item.deleted_at_us != 0;
	if (!policy_check(actor, POLICY_RESTORE, &subject, error)) {
		return false;
	}
	if (!item.deleted_at_us) {
		return error_set(
		    error, ERROR_CONFLICT, "not_deleted", "This organisation is not deleted.");
	}
	within.organization_id = *organization_id;
	return deletions_restore(
	    domain, &within, arena, &item.deletion_id, NULL, deletion_r, error);
}

bool deletions_list_organizations(const struct domain *domain, const struct actor *actor,
    struct arena *arena, struct deletion_page *page_r, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id};
	enum db_result result;

	*page_r = (struct deletion_page){0};
	if (!policy_check(actor, POLICY_OPERATE, &subject, error)) {
		return false;
	}
	result = deletion_page_organizations(domain->db, arena, page_r);
	return result == DB_OK || db_fail(result, error);
}
