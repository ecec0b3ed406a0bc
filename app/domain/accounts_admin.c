/* accounts_admin.c - accounts in the hands of admins: deleted, given back, in another role. */
#include "accounts_private.h"

#include <auth/policy.h>
#include <domain/audit.h>
#include <domain/settings.h>
#include <stdio.h>

/* An account as policy knows it. */
struct policy_subject accounts_subject(const struct user *user)
{
	return (struct policy_subject){
	    .kind = POLICY_USER,
	    .organization_id = user->organization_id,
	    .owner_id = user->id,
	    .deleted = user->deleted_us != 0,
	    .guarded = user->role == USER_PLATFORM_ADMIN,
	};
}

bool accounts_check_admin(const struct actor *actor, enum policy_action action,
    const struct user *user, struct error *error)
{
	struct policy_subject subject = accounts_subject(user);

	return policy_check(actor, action, &subject, error);
}

bool accounts_load_user(struct db *db, struct arena *arena, const struct actor *actor,
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

bool accounts_may_delete(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct user *user, struct error *error)
{
	return accounts_check_admin(actor, POLICY_DELETE, user, error) &&
	       accounts_check_switch(domain->db, arena, &user->organization_id, true, error) &&
	       check_self(actor, user, error);
}

/* What is asked of the account before it is known whether its state allows the act. */
static bool check_act(struct db_tx *tx, const struct removing *c, const struct user *user,
    struct account_choices *choices, struct error *error)
{
	if (!accounts_check_admin(
		c->actor, c->act->hard ? POLICY_DELETE_FOREVER : POLICY_DELETE, user, error) ||
	    !accounts_check_switch(tx->db, tx->arena, &user->organization_id, true, error)) {
		return false;
	}
	return check_self(c->actor, user, error) &&
	       accounts_check_choices(
		   tx->db, tx->arena, &user->organization_id, &user->id, choices, error);
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

/* One who is going, or gone, leaves no gap that is not there already. */
static bool leaves_no_gap(const struct user *user)
{
	return user->deleted_us || user->deletion_status == USER_DELETION_SCHEDULED;
}

/* Peers are locked before the account, in one order for everybody; but one who was going may have
 * come back before the lock was had, and is somebody's last peer again then. */
static bool lock_with_peers(struct db_tx *tx, const struct id *user_id, struct user *user,
    bool *peers_r, struct error *last, struct error *error)
{
	bool asked = !leaves_no_gap(user);
	enum db_result result;

	*peers_r = !asked || accounts_check_peers(tx, user, last);
	if (!*peers_r && last->kind != ERROR_CONFLICT) {
		*error = *last;
		return false;
	}
	result = users_lock(tx, user_id, user);
	if (result != DB_OK) {
		return fail_find(result, "user", error);
	}
	if (!asked && !leaves_no_gap(user)) {
		*peers_r = accounts_check_peers(tx, user, last);
	}
	if (!*peers_r && last->kind != ERROR_CONFLICT) {
		*error = *last;
		return false;
	}
	return true;
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

	if (!accounts_load_user(tx->db, tx->arena, c->actor, &c->act->user_id, &user, error)) {
		return false;
	}
	c->organization_id = user.organization_id;
	if (!lock_with_peers(tx, &c->act->user_id, &user, &peers, &last, error)) {
		return false;
	}
	result = account_read(tx->db, tx->arena, &user.id, &row);
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

	if (!accounts_load_user(domain->db, arena, actor, user_id, user_r, error) ||
	    !accounts_check_admin(actor, POLICY_RESTORE, user_r, error)) {
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
