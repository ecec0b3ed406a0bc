/* accounts_admin.c - accounts in the hands of admins: deleted, given back, in another role. */
#include "accounts_private.h"

#include <auth/policy.h>
#include <domain/audit.h>
#include <domain/settings.h>
#include <stdio.h>

/* An account as policy knows it. */
static struct policy_subject subject_of(const struct user *user)
{
	return (struct policy_subject){
	    .kind = POLICY_USER,
	    .organization_id = user->organization_id,
	    .owner_id = user->id,
	    .deleted = user->deleted_us != 0,
	};
}

static bool check_admin(const struct actor *actor, enum policy_action action,
    const struct user *user, struct error *error)
{
	struct policy_subject subject = subject_of(user);

	if (!policy_check(actor, action, &subject, error)) {
		return false;
	}
	return user->role != USER_PLATFORM_ADMIN || actor->role == ROLE_PLATFORM_ADMIN ||
	       actor->role == ROLE_SYSTEM ||
	       error_set(error, ERROR_FORBIDDEN, "forbidden",
		   "This is a platform admin: only another one may do this.");
}

static bool find_user(struct db *db, struct arena *arena, const struct actor *actor,
    const struct id *user_id, struct user *user_r, struct error *error)
{
	enum db_result result = users_find(db, arena, user_id, user_r);

	if (result > DB_NONE) {
		return db_fail(result, error);
	}
	/* A tombstone is the record's alone. */
	if (result == DB_NONE ||
	    (user_r->deletion_status == USER_DELETION_DELETED && !user_r->email &&
		user_r->deleted_us && !user_r->password_hash && !user_r->identity_uid) ||
	    (actor->role != ROLE_PLATFORM_ADMIN && actor->role != ROLE_SYSTEM &&
		!id_equal(&user_r->organization_id, &actor->organization_id))) {
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such user.");
	}
	return true;
}

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
	if (!find_user(domain->db, arena, actor, &id, user_r, error)) {
		return false;
	}
	subject = subject_of(user_r);
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

	if (!find_user(domain->db, arena, actor, id, user_r, error)) {
		return false;
	}
	subject = subject_of(user_r);
	return policy_check(actor, POLICY_SEE, &subject, error);
}

bool accounts_impact(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *user_id, bool keep_photos, struct deletion_impact *impact_r,
    struct error *error)
{
	struct event_row *events;
	struct user user;
	size_t count;
	enum db_result result;

	(void)keep_photos; /* what is kept is counted as well: it loses its name */
	*impact_r = (struct deletion_impact){.people = 1};
	if (!find_self_or_user(domain, actor, arena, user_id, &user, error)) {
		return false;
	}
	if (user.deleted_us) {
		return refuse_deleted(&user.deletion_id, error);
	}
	impact_r->counts[COUNT_USER] = 1;
	result = account_impact(
	    domain->db, arena, &user.organization_id, &user.id, impact_r->counts, &impact_r->bytes);
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
		(*events_r)[i] =
		    (struct account_event){rows[i].id, rows[i].title, rows[i].starts_at_us};
	}
	return true;
}

struct removing {
	const struct domain *domain;
	const struct actor *actor;
	const struct account_deletion *act;
	struct id organization_id;
	struct id deletion_id;
};

static bool check_self(const struct actor *actor, const struct user *user, struct error *error)
{
	return !id_equal(&user->id, &actor->user_id) ||
	       error_set_field(error, "uid", "self_deletion",
		   "This is your own account. Delete it from your account's page.");
}

bool accounts_may_delete(const struct actor *actor, const struct user *user, struct error *error)
{
	return check_admin(actor, POLICY_DELETE, user, error) && check_self(actor, user, error);
}

/* What is asked of the account before it is known whether its state allows the act. */
static bool check_act(struct db_tx *tx, const struct removing *c, const struct user *user,
    struct account_choices *choices, struct error *error)
{
	if (!check_admin(
		c->actor, c->act->hard ? POLICY_DELETE_FOREVER : POLICY_DELETE, user, error) ||
	    !accounts_check_switch(tx, &user->organization_id, SETTING_ADMIN_DELETION,
		"admin_deletion_off", "Admins cannot delete accounts here.", error)) {
		return false;
	}
	return check_self(c->actor, user, error) &&
	       accounts_check_choices(tx, user, choices, error);
}

/* A hard deletion ends a window that is open: the same deletion, at once. */
static bool harden(struct db_tx *tx, struct removing *c, const struct user *user,
    const struct account_row *row, const struct account_choices *choices, struct error *error)
{
	int64_t now_us = clock_now_us(c->domain->clock);
	struct account_row stored = *row;
	struct deletion deletion;
	enum db_result result =
	    deletion_lock(tx, &user->organization_id, &row->leaving_id, &deletion);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (!c->act->hard ||
	    (deletion.state != DELETION_MARKING && deletion.state != DELETION_TRASHED)) {
		return refuse_deleted(&deletion.id, error);
	}
	c->deletion_id = deletion.id;
	accounts_put_choices(&stored, choices);
	result = account_store(tx, &user->id, &stored);
	if (result == DB_OK) {
		result = deletion_harden(tx, &deletion, now_us);
	}
	return (result == DB_OK || db_fail(result, error)) &&
	       deletion_audit(tx, c->domain, c->actor, &deletion, "delete", &user->id,
		   choices->reason, error) &&
	       (deletion.state == DELETION_MARKING ||
		   deletion_advance(tx, &deletion, ACT_PURGE, BY_WORKER, now_us,
		       deletion_total(&deletion), error));
}

static bool begin(struct db_tx *tx, struct removing *c, const struct user *user,
    struct account_row *row, const struct account_choices *choices, struct error *error)
{
	struct deletion deletion = accounts_describe(c->domain, c->actor, user, choices);
	struct deletion_windows windows = {0};
	enum db_result result =
	    deletion_windows(tx->db, tx->arena, &user->organization_id, &windows);
	bool gone;

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	deletion.act_id = id_is_none(&c->act->act_id) ? deletion.act_id : c->act->act_id;
	deletion.mode = c->act->hard ? MODE_HARD : MODE_SOFT;
	deletion.recover_until_us += c->act->hard ? 0 : windows.container_recovery_us;
	c->deletion_id = deletion.id;
	accounts_put_choices(row, choices);
	row->status = USER_DELETION_DELETED;
	row->requested_us = deletion.deleted_at_us;
	row->scheduled_us = deletion.recover_until_us;
	row->leaving_id = deletion.id;
	result = account_store(tx, &user->id, row);
	if (result == DB_OK) {
		result = account_end_access(tx, &user->id, NULL, &id_none, deletion.deleted_at_us);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return deletion_begin(tx, c->domain, c->actor, &deletion, false, &gone, error) ||
	       (gone && db_fail(DB_NONE, error));
}

static bool run_delete(struct db_tx *tx, void *context, struct error *error)
{
	struct removing *c = context;
	struct account_choices choices = c->act->choices;
	struct error last = {0};
	struct account_row row;
	struct user user;
	bool peers;
	enum db_result result;

	if (!find_user(tx->db, tx->arena, c->actor, &c->act->user_id, &user, error)) {
		return false;
	}
	c->organization_id = user.organization_id;
	/* One who is going, or gone, leaves no gap that is not there already. */
	peers = user.deleted_us || user.deletion_status == USER_DELETION_SCHEDULED ||
		accounts_check_peers(tx, &user, &last);
	if (!peers && last.kind != ERROR_CONFLICT) {
		*error = last;
		return false;
	}
	result = users_lock(tx, &c->act->user_id, &user);
	if (result == DB_OK) {
		result = account_read(tx->db, tx->arena, &user.id, &row);
	}
	if (result != DB_OK) {
		return fail_find(result, "user", error);
	}
	if (!check_act(tx, c, &user, &choices, error)) {
		return false;
	}
	if (!peers) {
		*error = last;
		return false;
	}
	if (!id_is_none(&row.leaving_id)) {
		return accounts_check_events(tx, &user, &choices, error) &&
		       harden(tx, c, &user, &row, &choices, error) &&
		       deletion_spend_reauth(tx, c->actor, error);
	}
	if (user.deleted_us) {
		return refuse_deleted(&user.deletion_id, error);
	}
	return accounts_check_restored(tx, &user, error) &&
	       accounts_check_events(tx, &user, &choices, error) &&
	       begin(tx, c, &user, &row, &choices, error) &&
	       (!c->act->hard || deletion_spend_reauth(tx, c->actor, error));
}

/* As much of a hard one as fits a step is gone before the admin is told. */
static bool purge_some(const struct domain *domain, const struct actor *actor,
    const struct removing *c, struct error *error)
{
	struct actor within = *actor;
	bool done;

	within.organization_id = c->organization_id;
	return purge_deletion(domain, &within, &c->deletion_id, 2, &done, error);
}

bool accounts_delete_user(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct account_deletion *act, struct deletion *deletion_r,
    struct error *error)
{
	struct removing c = {.domain = domain, .actor = actor, .act = act};
	struct error later = {0};
	enum db_result result;

	if (!db_transaction(domain->db, run_delete, &c, error)) {
		return false;
	}
	/* What could not be erased now, the worker erases. */
	if (act->hard && !purge_some(domain, actor, &c, &later)) {
		error_clear(&later);
	}
	result = deletion_find(domain->db, arena, &c.organization_id, &c.deletion_id, deletion_r);
	return result == DB_OK || db_fail(result, error);
}

bool accounts_delete_users(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *user_ids, size_t count,
    const struct account_choices *choices, struct act_result **results_r, struct error *error)
{
	struct account_deletion act = {
	    .choices = *choices, .act_id = id_generate(clock_now_us(domain->clock))};

	*results_r = arena_array(arena, count, sizeof(**results_r));
	for (size_t i = 0; i < count; i++) {
		struct act_result *one = &(*results_r)[i];
		struct error failure = {0};
		struct deletion deletion;

		act.user_id = one->id = one->item_id = user_ids[i];
		one->changed =
		    accounts_delete_user(domain, actor, arena, &act, &deletion, &failure);
		if (failure.kind == ERROR_UNAVAILABLE) {
			*error = failure;
			return false;
		}
		snprintf(one->code, sizeof(one->code), "%s", failure.code);
	}
	return true;
}

bool accounts_restore_user(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *user_id, struct user *user_r, struct error *error)
{
	struct actor within = *actor;
	struct account_row row;
	struct deletion deletion;
	enum db_result result;

	if (!find_user(domain->db, arena, actor, user_id, user_r, error) ||
	    !check_admin(actor, POLICY_RESTORE, user_r, error)) {
		return false;
	}
	result = account_read(domain->db, arena, user_id, &row);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (id_is_none(&row.leaving_id)) {
		return error_set(
		    error, ERROR_CONFLICT, "not_deleted", "This account is not deleted.");
	}
	within.organization_id = user_r->organization_id;
	if (!deletions_restore(domain, &within, arena, &row.leaving_id, NULL, &deletion, error)) {
		return false;
	}
	result = users_find(domain->db, arena, user_id, user_r);
	return result == DB_OK || db_fail(result, error);
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

	if (!check_admin(c->actor, POLICY_DELETE, user, error)) {
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

	if (!find_user(tx->db, tx->arena, c->actor, c->user_id, &user, error) ||
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
