/* accounts_users.c - accounts as admins find, list and appoint them, and what would go with one. */
#include "accounts_private.h"

#include <domain/audit.h>
#include <string.h>

bool accounts_find_user(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const char *uid, struct user *user_r, struct error *error)
{
	struct policy_subject subject;
	struct id id;

	if (!id_parse(uid, &id)) {
		enum db_result result =
		    account_by_identity(domain->db, arena, &actor->organization_id, uid, &id);

		if (result == DB_NONE) {
			return error_set(
			    error, ERROR_NOT_FOUND, "not_found", "There is no such user.");
		}
		if (result != DB_OK) {
			return db_fail(result, error);
		}
	}
	if (!accounts_load_user(domain->db, arena, actor, &id, user_r, error)) {
		return false;
	}
	subject = accounts_subject(user_r);
	return policy_check(actor, POLICY_SEE, &subject, error);
}

bool accounts_list_users(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct users_query *query, struct user **users_r, size_t *count_r,
    bool *more_r, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id};
	struct users_query asked = *query;
	enum db_result result;

	*count_r = 0;
	*more_r = false;
	if (!policy_check(actor, POLICY_ADMINISTER, &subject, error)) {
		return false;
	}
	asked.organization_id = actor->organization_id;
	asked.limit++;
	result = users_list(domain->db, arena, &asked, users_r, count_r);
	if (result > DB_NONE) {
		return db_fail(result, error);
	}
	*more_r = *count_r > query->limit;
	*count_r -= *more_r;
	return true;
}

/* Oneself, or (for admins) somebody else. */
static bool find_self_or_user(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *user_id, struct user *user_r, struct error *error)
{
	const struct id *id = id_is_none(user_id) ? &actor->user_id : user_id;
	struct policy_subject subject;

	if (!accounts_load_user(domain->db, arena, actor, id, user_r, error)) {
		return false;
	}
	subject = accounts_subject(user_r);
	return policy_check(actor, POLICY_SEE, &subject, error);
}

/* What is hidden already, as the deletion counted it. */
static enum db_result impact_of_leaving(
    struct db *db, struct arena *arena, const struct user *user, struct deletion_impact *impact_r)
{
	struct account_row row = {0};
	struct deletion deletion;
	enum db_result result = account_read(db, arena, &user->id, &row);

	*impact_r = (struct deletion_impact){.people = 1};
	if (result == DB_OK) {
		result =
		    deletion_find(db, arena, &user->organization_id, &row.leaving_id, &deletion);
	}
	if (result == DB_OK) {
		memcpy(impact_r->counts, deletion.counts, sizeof(impact_r->counts));
		impact_r->bytes = deletion.bytes;
		impact_r->is_partial = deletion.state == DELETION_MARKING;
	}
	return result == DB_NONE ? DB_OK : result;
}

/* What of a live account there is, in every organisation. */
static enum db_result impact_of_live(struct db *db, struct arena *arena, const struct user *user,
    int64_t most, struct deletion_impact *impact_r)
{
	const struct deletion deletion = {
	    .kind = ITEM_USER, .organization_id = user->organization_id, .item_id = user->id};
	enum db_result result =
	    account_impact(db, arena, &user->organization_id, &user->id, most, impact_r);

	return result == DB_OK ? deletion_add_elsewhere(db, arena, &deletion, most, impact_r)
			       : result;
}

bool accounts_impact(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *user_id, int64_t most, struct deletion_impact *impact_r, struct error *error)
{
	struct event_row *events;
	struct user user;
	size_t count;
	enum db_result result;

	if (!find_self_or_user(domain, actor, arena, user_id, &user, error)) {
		return false;
	}
	if (user.deleted_us) {
		return refuse_deleted(&user.deletion_id, error);
	}
	result = user.deletion_status == USER_DELETION_SCHEDULED
		     ? impact_of_leaving(domain->db, arena, &user, impact_r)
		     : impact_of_live(domain->db, arena, &user, most, impact_r);
	impact_r->counts[COUNT_USER] = 1;
	if (result == DB_OK) {
		result = account_events(domain->db, arena, &user.organization_id, &user.id, 1,
		    &events, &count, &impact_r->counts[COUNT_EVENT]);
	}
	return result == DB_OK || db_fail(result, error);
}

bool accounts_blocking_events(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *user_id, unsigned limit, struct account_event **events_r,
    size_t *count_r, int64_t *total_r, struct error *error)
{
	struct event_row *rows;
	struct user user;
	enum db_result result;

	if (!find_self_or_user(domain, actor, arena, user_id, &user, error)) {
		return false;
	}
	result = account_events(
	    domain->db, arena, &user.organization_id, &user.id, limit, &rows, count_r, total_r);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	*events_r = arena_array(arena, *count_r + 1, sizeof(**events_r));
	for (size_t i = 0; i < *count_r; i++) {
		(*events_r)[i] = (struct account_event){
		    .id = rows[i].id, .title = rows[i].title, .starts_at_us = rows[i].starts_at_us};
	}
	return true;
}

struct appointing {
	const struct domain *domain;
	const struct actor *actor;
	const struct id *user_id;
	enum user_role role;
};

static bool check_role(const struct appointing *c, const struct user *user, struct error *error)
{
	bool platform = user->role == USER_PLATFORM_ADMIN || c->role == USER_PLATFORM_ADMIN;

	if (!accounts_check_admin(c->actor, POLICY_DELETE, user, error)) {
		return false;
	}
	if (platform && c->actor->role != ROLE_PLATFORM_ADMIN && c->actor->role != ROLE_SYSTEM) {
		return error_set(error, ERROR_FORBIDDEN, "forbidden",
		    "Only a platform admin appoints or dismisses platform admins.");
	}
	if (user->deleted_us) {
		return refuse_deleted(&user->deletion_id, error);
	}
	return user->deletion_status != USER_DELETION_SCHEDULED ||
	       error_set(error, ERROR_CONFLICT, "account_scheduled",
		   "This account is scheduled for deletion; its role stays as it is.");
}

static bool record_role(
    struct db_tx *tx, const struct appointing *c, const struct user *user, struct error *error)
{
	struct doc *details = doc_object(tx->arena);
	struct actor within = *c->actor;

	within.organization_id = user->organization_id;
	doc_set_text(details, "role", user_role_name(c->role));
	doc_set_text(details, "role_before", user_role_name(user->role));
	return audit_write(tx, c->domain, &within,
	    &(struct audit_event){
		.action = "user.role", .kind = "user", .item_id = user->id, .details = details},
	    error);
}

static bool run_role(struct db_tx *tx, void *context, struct error *error)
{
	const struct appointing *c = context;
	struct error last = {0};
	struct user user;
	enum db_result result;
	bool peers = true;

	if (!accounts_load_user(tx->db, tx->arena, c->actor, c->user_id, &user, error) ||
	    !check_role(c, &user, error)) {
		return false;
	}
	if (user.role != c->role) {
		peers = accounts_check_peers(tx, &user, &last);
	}
	if (!peers) {
		*error = last;
		return false;
	}
	result = users_lock(tx, c->user_id, &user);
	if (result != DB_OK) {
		return fail_find(result, "user", error);
	}
	if (!check_role(c, &user, error)) {
		return false;
	}
	if (user.role == c->role) {
		return true;
	}
	result = users_set_role(tx, c->user_id, c->role);
	return (result == DB_OK || db_fail(result, error)) && record_role(tx, c, &user, error);
}

bool accounts_set_role(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *user_id, enum user_role role, struct user *user_r, struct error *error)
{
	struct appointing c = {domain, actor, user_id, role};
	enum db_result result;

	if (!db_transaction(domain->db, run_role, &c, error)) {
		return false;
	}
	result = users_find(domain->db, arena, user_id, user_r);
	return result == DB_OK || db_fail(result, error);
}
