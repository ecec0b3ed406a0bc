/* restore.c - undoing a deletion, all of it or some photos out of it. */
#include "deletions.h"

#include <stdio.h>
#include <string.h>

#define ITEMS_MAX 1000

struct restore_context {
	const struct domain *domain;
	const struct actor *actor;
	struct id organization_id;
	const struct id *deletion_id;
	const struct restore_choice *choice;
	const char *reason; /* of the choice, or NULL where that is blank */
	int64_t *left;      /* rows, with accounts on their way out */
};

static bool refuse_container(const struct id *blocking, struct error *error)
{
	char text[ID_TEXT_SIZE];

	id_format(blocking, text);
	error_set(error, ERROR_CONFLICT, "container_deleted",
	    "What this belongs to is deleted itself. Restore that first, or restore this without "
	    "it.");
	error_set_reference(error, "deletion_id", text);
	return false;
}

/* Whether containers stand in the way (`photo_id`: of that photo alone), once the choice to leave
 * them behind has been followed. DB_NONE: nothing does. */
static enum db_result containers_in_the_way(struct db_tx *tx, const struct deletion *deletion,
    const struct id *photo_id, bool without, struct id *blocking_r)
{
	enum db_result result = container_deleted(tx, deletion, photo_id, blocking_r);

	if (result == DB_OK && without) {
		result = container_leave(tx, deletion, photo_id);
		return result == DB_OK ? DB_NONE : result;
	}
	return result;
}

/* Its organisation is in the trash: nothing in it comes back before it does. */
static bool check_organization(
    struct db_tx *tx, const struct deletion *deletion, struct error *error)
{
	struct id blocking;
	enum db_result result = organization_deleted(tx, deletion, &blocking);

	if (result == DB_OK) {
		return refuse_container(&blocking, error);
	}
	return result == DB_NONE || db_fail(result, error);
}

static bool refuse_taken(const char *code, const char *what, const char *name,
    const char *reference, const struct id *id, struct error *error)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	error_set(error, ERROR_CONFLICT, code, "%s \"%.100s\" has been taken meanwhile. %s", what,
	    name, "Rename or remove what has it, then restore this.");
	error_set_reference(error, reference, text);
	return false;
}

/* What is unique among the live, and is another's by now. */
static bool check_names(struct db_tx *tx, const struct deletion *deletion, struct error *error)
{
	struct id id;
	const char *name;
	enum db_result result = DB_NONE;

	if (deletion->kind == ITEM_SITE) {
		result = slug_taken(tx, deletion, &id, &name);
		if (result == DB_OK) {
			return refuse_taken(
			    "slug_taken", "The address of", name, "site_id", &id, error);
		}
	}
	if (deletion->kind == ITEM_ORGANIZATION || deletion->kind == ITEM_USER) {
		result = email_taken(tx, deletion, &id, &name);
		if (result == DB_OK) {
			return refuse_taken("email_taken", "The e-mail address",
			    name ? name : "of a person", "user_id", &id, error);
		}
	}
	return result == DB_NONE || db_fail(result, error);
}

/* Of a photo its containers are asked for; what a container held comes back without others. */
static bool check_containers(struct db_tx *tx, const struct restore_context *c,
    const struct deletion *deletion, struct error *error)
{
	struct id blocking;
	enum db_result result;

	if (deletion->kind != ITEM_PHOTO) {
		return true;
	}
	result = containers_in_the_way(tx, deletion, NULL, c->choice->without_container, &blocking);
	if (result == DB_OK) {
		return refuse_container(&blocking, error);
	}
	return result == DB_NONE || db_fail(result, error);
}

/* Whether the deletion can be restored. Conflicts, of its state and of what stands in the way, come
 * before that it is too late. */
static bool check_possible(struct db_tx *tx, const struct restore_context *c,
    const struct deletion *deletion, struct error *error)
{
	struct error why = {0};
	enum lifecycle_state next;
	bool open = deletion_is_open(deletion, clock_now_us(c->domain->clock));
	bool possible = lifecycle_next(deletion_lifecycle(deletion), ACT_RESTORE,
	    lifecycle_actor_of(c->actor), open, &next, &why);

	if ((possible || why.kind == ERROR_GONE) &&
	    (!check_containers(tx, c, deletion, error) || !check_names(tx, deletion, error))) {
		return false;
	}
	if (!possible && error) {
		*error = why;
	}
	return possible;
}

static bool finish_restore(struct db_tx *tx, const struct restore_context *c,
    struct deletion *deletion, bool done, struct error *error)
{
	int64_t now_us = clock_now_us(c->domain->clock);

	if (done &&
	    !deletion_advance(tx, deletion, ACT_RESTORE_DONE, BY_WORKER, now_us, 0, error)) {
		return false;
	}
	return deletion_audit(tx, c->domain, c->actor, deletion,
	    deletion->origin == ORIGIN_ACCOUNT ? "account.cancel" : "restore", &deletion->item_id,
	    c->reason, error);
}

/* The root at once, for the rest is done in the background. Nobody of an organisation comes back
 * with an old session, so these end before. */
static bool restore_root(
    struct db_tx *tx, const struct deletion *deletion, int64_t *left_r, struct error *error)
{
	enum mark_table table = cascade_root_marks(deletion->kind);
	const struct id after = id_before(&deletion->item_id);
	struct hidden_rows hidden = {0};
	enum db_result result = DB_OK;

	if (deletion->kind != ITEM_ORGANIZATION) {
		result = leaving_keep(tx, deletion, table, &after, &deletion->item_id, &hidden);
	}
	if (result == DB_OK && deletion->kind != ITEM_ORGANIZATION) {
		result = root_clear(tx, deletion);
	}
	*left_r = hidden.rows[table];
	/* The root may have been restored by itself before, or stays hidden with its owner. */
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* All of it: at once if it is small, else the root at once and the rest in the background. */
static bool restore_all(struct db_tx *tx, const struct restore_context *c,
    struct deletion *deletion, struct error *error)
{
	int64_t total = deletion_total(deletion);
	bool small = total <= c->domain->step_rows, done = false;
	struct unmarking unmarking = {0};

	if (!check_possible(tx, c, deletion, error) ||
	    !deletion_advance(tx, deletion, ACT_RESTORE, lifecycle_actor_of(c->actor),
		clock_now_us(c->domain->clock), small ? 0 : total, error)) {
		return false;
	}
	if (small ? !restoring_step(
			tx, deletion, &unmarking, 3 * (int64_t)c->domain->step_rows, &done, error)
		  : !restore_root(tx, deletion, &unmarking.left, error)) {
		return false;
	}
	*c->left = unmarking.left;
	return account_stays(tx, deletion, error) && finish_restore(tx, c, deletion, done, error);
}

bool deletion_undo(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    struct deletion *deletion, struct error *error)
{
	static const struct restore_choice all = {0};
	int64_t left;
	struct restore_context c = {
	    domain, actor, deletion->organization_id, &deletion->id, &all, NULL, &left};

	return check_organization(tx, deletion, error) && restore_all(tx, &c, deletion, error);
}

/* The marks of one photo and its details, but what stays hidden with its owner. */
static enum db_result clear_photo(struct db_tx *tx, const struct restore_context *c,
    struct deletion *deletion, const struct id *photo_id)
{
	int64_t rows[MARK_TABLE_COUNT] = {0}, bytes = 0;
	struct hidden_rows hidden = {0};
	enum db_result result = leaving_keep_photo(tx, deletion, photo_id, &hidden);

	if (result == DB_OK && hidden.rows[MARKS_PHOTOS] == 0) {
		result = marks_clear_photo(tx, deletion, photo_id, rows, &bytes);
	}
	if (result != DB_OK) {
		return result;
	}
	deletion->bytes -= bytes + hidden.bytes;
	count_marks(deletion, rows, -1);
	count_marks(deletion, hidden.rows, -1);
	*c->left += hidden.rows[MARKS_PHOTOS];
	return DB_OK;
}

/* One photo out of a deletion. `waits_r`: its original is deleted by the same deletion, so it may
 * become possible once that one has been restored. */
static bool restore_item(struct db_tx *tx, const struct restore_context *c,
    struct deletion *deletion, const struct id *photo_id, bool last_pass, bool *waits_r,
    struct error *error)
{
	struct id blocking;
	enum db_result result = container_deleted(tx, deletion, photo_id, &blocking);

	*waits_r = result == DB_OK && !last_pass && id_equal(&blocking, &deletion->id);
	if (*waits_r) {
		return true;
	}
	if (result == DB_OK && !c->choice->without_container) {
		return refuse_container(&blocking, error);
	}
	if (result == DB_OK) {
		result = container_leave(tx, deletion, photo_id);
	}
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	result = clear_photo(tx, c, deletion, photo_id);
	if (result == DB_NONE) {
		return error_set_field(error, "items", "not_in_deletion",
		    "One of these photos is not part of this deletion (any more).");
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return deletion_audit(
	    tx, c->domain, c->actor, deletion, "photo.restore", photo_id, c->reason, error);
}

/* Originals first: a derivative whose original is among the items waits for the second pass. */
static bool restore_items(struct db_tx *tx, const struct restore_context *c,
    struct deletion *deletion, struct error *error)
{
	size_t count = c->choice->item_count;
	bool *waits = arena_array(tx->arena, count, sizeof(*waits));

	for (size_t i = 0; i < count; i++) {
		if (!restore_item(tx, c, deletion, &c->choice->items[i], false, &waits[i], error)) {
			return false;
		}
	}
	for (size_t i = 0; i < count; i++) {
		bool still;

		if (waits[i] &&
		    !restore_item(tx, c, deletion, &c->choice->items[i], true, &still, error)) {
			return false;
		}
	}
	return true;
}

/* The same order for some: the items are restored to see what stands in their way, and where it is
 * too late for all that, the transaction takes it back. What is (being) purged has no items. */
static bool check_some(struct db_tx *tx, const struct restore_context *c, struct deletion *deletion,
    struct error *error)
{
	struct error why = {0};
	bool possible = deletion_advance(tx, deletion, ACT_RESTORE_SOME,
	    lifecycle_actor_of(c->actor), clock_now_us(c->domain->clock), 0, &why);
	bool restored;

	if (!possible && why.kind != ERROR_GONE) {
		*error = why;
		return false;
	}
	restored = restore_items(tx, c, deletion, error);
	if (possible) {
		return restored;
	}
	if (restored || (error->kind == ERROR_INVALID && deletion->state != DELETION_TRASHED)) {
		*error = why;
	}
	return false;
}

/* What is left stays in the trash; with nothing left the deletion is restored. */
static bool restore_some(struct db_tx *tx, const struct restore_context *c,
    struct deletion *deletion, struct error *error)
{
	enum lifecycle_actor actor = lifecycle_actor_of(c->actor);
	int64_t now_us = clock_now_us(c->domain->clock);
	enum db_result result;

	if (deletion->state == DELETION_MARKING) {
		return refuse_marking(&deletion->id, error);
	}
	if (!check_some(tx, c, deletion, error)) {
		return false;
	}
	result = deletion_store_counts(tx, deletion);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return deletion_total(deletion) > 0 ||
	       (deletion_advance(tx, deletion, ACT_RESTORE, actor, now_us, 0, error) &&
		   deletion_advance(tx, deletion, ACT_RESTORE_DONE, actor, now_us, 0, error));
}

/* Whoever leaves changes their own mind; and an account comes back whole. */
static bool check_account(
    const struct restore_context *c, const struct deletion *deletion, struct error *error)
{
	if (deletion->kind != ITEM_USER) {
		return true;
	}
	if (deletion->origin == ORIGIN_ACCOUNT && deletion->state != DELETION_PURGED) {
		return error_set(error, ERROR_CONFLICT, "own_deletion",
		    "This person is leaving of their own accord: only they can cancel that.");
	}
	return !c->choice->items ||
	       error_set(error, ERROR_CONFLICT, "whole_account",
		   "What belongs to a deleted account comes back with the account.");
}

static bool run_restore(struct db_tx *tx, void *context, struct error *error)
{
	const struct restore_context *c = context;
	struct deletion deletion;
	struct policy_subject subject;
	enum db_result result = deletion_lock(tx, &c->organization_id, c->deletion_id, &deletion);

	*c->left = 0;
	if (result != DB_OK) {
		return fail_find(result, "deletion", error);
	}
	subject = deletion_subject(&deletion);
	if (!policy_check(c->actor, POLICY_RESTORE, &subject, error)) {
		return false;
	}
	if (!check_organization(tx, &deletion, error) || !check_account(c, &deletion, error)) {
		return false;
	}
	return c->choice->items ? restore_some(tx, c, &deletion, error)
				: restore_all(tx, c, &deletion, error);
}

bool deletions_restore(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *deletion_id, const struct restore_choice *choice, struct deletion *deletion_r,
    struct error *error)
{
	static const struct restore_choice all = {0};
	int64_t left = 0;
	struct restore_context context = {domain, actor, actor->organization_id, deletion_id,
	    choice ? choice : &all, NULL, &left};
	enum db_result result;

	context.reason = context.choice->reason;
	deletion_scope(domain, actor, arena, deletion_id, &context.organization_id);
	if (choice && choice->items && choice->item_count > ITEMS_MAX) {
		return error_set_field(error, "items", "too_many_items",
		    "At most %d photos can be restored at once.", ITEMS_MAX);
	}
	if (choice && choice->items && choice->item_count == 0) {
		return error_set_field(error, "items", "no_items", "Choose at least one photo.");
	}
	if (!deletion_reason(&context.reason, error) ||
	    !db_transaction(domain->db, run_restore, &context, error)) {
		return false;
	}
	result =
	    deletion_find(domain->db, arena, &context.organization_id, deletion_id, deletion_r);
	deletion_r->left_count = left;
	return result == DB_OK || db_fail(result, error);
}

bool deletions_restore_act(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *act_id, struct act_result **results_r, size_t *count_r,
    struct error *error)
{
	struct id *ids;
	enum db_result result = deletion_ids_of_act(
	    domain->db, arena, &actor->organization_id, act_id, &actor->user_id, &ids, count_r);

	if (result == DB_OK && *count_r == 0) {
		result = DB_NONE;
	}
	if (result != DB_OK) {
		return fail_find(result, "act", error);
	}
	*results_r = arena_array(arena, *count_r, sizeof(**results_r));
	for (size_t i = 0; i < *count_r; i++) {
		struct act_result *one = &(*results_r)[i];
		struct error failure = {0};
		struct deletion deletion;

		one->id = ids[i];
		one->changed =
		    deletions_restore(domain, actor, arena, &ids[i], NULL, &deletion, &failure);
		if (one->changed) {
			one->item_id = deletion.item_id;
		}
		snprintf(one->code, sizeof(one->code), "%s", failure.code);
	}
	return true;
}
