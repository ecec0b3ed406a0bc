/* deletions.c - putting an item in the trash with what goes with it. */
#include "deletions.h"

/* An act under way, for the transaction that may run several times. */
struct delete_context {
	const struct domain *domain;
	const struct actor *actor;
	const struct deletion_act *act;
	struct id deletion_id;
};

struct id deletions_new_act(const struct domain *domain)
{
	return id_generate(clock_now_us(domain->clock));
}

static enum deletion_origin origin_of(
    const struct actor *actor, const struct deletion_act *act, const struct root_item *item)
{
	if (act->origin != ORIGIN_BY_ACTOR) {
		return act->origin;
	}
	return !id_is_none(&item->owner_id) && id_equal(&actor->user_id, &item->owner_id)
		   ? ORIGIN_OWNER
		   : ORIGIN_ADMIN;
}

/* The marks of the root and of what goes with it, as far as one step reaches. What a hard deletion
 * is then still marking, the worker finishes and purges. */
static bool mark(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    int64_t total, struct error *error)
{
	struct marking marking = {0};
	bool done = false;

	deletion->progress_done = 1; /* the root */
	if (total <= domain->step_rows &&
	    !marking_step(tx, domain, deletion, &marking, true, domain->step_rows, &done, error)) {
		return false;
	}
	if (!done) {
		enum db_result result = deletion_store_counts(tx, deletion);

		return result == DB_OK || db_fail(result, error);
	}
	return marking_finish(tx, deletion, clock_now_us(domain->clock), error);
}

bool deletion_begin(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    struct deletion *deletion, bool only_archived, bool *gone_r, struct error *error)
{
	int64_t counts[COUNT_KIND_COUNT], total;
	enum db_result result;

	*gone_r = false;
	deletion->state = DELETION_MARKING;
	deletion->counts[item_kind_counted(deletion->kind)] = 1;
	if (!cascade_preview(domain, tx->arena, deletion->kind, &deletion->organization_id,
		&deletion->item_id, (int64_t)domain->step_rows + 1, counts, &total, error)) {
		return false;
	}
	result = deletion_insert(tx, deletion);
	if (result == DB_OK) {
		result = root_mark(tx, deletion, only_archived);
	}
	if (result != DB_OK) {
		*gone_r = result == DB_NONE;
		return *gone_r ? false : db_fail(result, error);
	}
	return mark(tx, domain, deletion, total, error) &&
	       deletion_audit(tx, domain, actor, deletion, "delete", &deletion->item_id,
		   deletion->reason, error);
}

/* Lock the item and ask whether this actor may delete it in this state. */
static bool check_item(struct db_tx *tx, const struct actor *actor, const struct deletion_act *act,
    struct root_item *item_r, struct error *error)
{
	enum db_result result =
	    root_lock(tx, act->kind, &actor->organization_id, &act->item_id, item_r);
	struct policy_subject subject;
	enum lifecycle_state state, next;

	if (result != DB_OK) {
		return fail_find(result, item_kind_name(act->kind), error);
	}
	subject = root_subject(act->kind, item_r);
	if (!policy_check(actor, POLICY_DELETE, &subject, error)) {
		return false;
	}
	if (subject.deleted) {
		return refuse_deleted(&item_r->deletion_id, error);
	}
	state = subject.archived ? STATE_PHOTO_ARCHIVED : STATE_PHOTO_LIVE;
	return lifecycle_next(state, ACT_DELETE, lifecycle_actor_of(actor), true, &next, error);
}

static bool describe(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion_act *act, const struct root_item *item, struct deletion *deletion_r,
    struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	struct deletion_windows windows;
	enum db_result result =
	    deletion_windows(tx->db, tx->arena, &item->organization_id, &windows);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	*deletion_r = (struct deletion){
	    .id = id_generate(now_us),
	    .organization_id = item->organization_id,
	    .act_id = id_is_none(&act->act_id) ? id_generate(now_us) : act->act_id,
	    .kind = act->kind,
	    .item_id = item->id,
	    .label = item->label,
	    .owner_id = item->owner_id,
	    .initiator_id = actor->user_id,
	    .origin = origin_of(actor, act, item),
	    .reason = act->reason,
	    .mode = MODE_SOFT,
	    .photo_action = act->photo_action,
	    .deleted_at_us = now_us,
	    .recover_until_us = now_us + windows.photo_recovery_us,
	};
	return true;
}

bool deletions_delete_in(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion_act *act, struct deletion *deletion_r, struct error *error)
{
	struct deletion_act checked = *act;
	struct root_item item;
	bool gone;

	if (act->kind != ITEM_PHOTO) {
		return error_set_field(error, "kind", "unknown_kind",
		    "A %s cannot be put in the trash.", item_kind_name(act->kind));
	}
	if (!deletion_reason(&checked.reason, error) ||
	    !check_item(tx, actor, &checked, &item, error) ||
	    !describe(tx, domain, actor, &checked, &item, deletion_r, error)) {
		return false;
	}
	if (deletion_begin(tx, domain, actor, deletion_r, false, &gone, error)) {
		return true;
	}
	return gone ? db_fail(DB_NONE, error) : false;
}

static bool run_delete(struct db_tx *tx, void *context, struct error *error)
{
	struct delete_context *c = context;
	struct deletion deletion = {0};

	if (!deletions_delete_in(tx, c->domain, c->actor, c->act, &deletion, error)) {
		return false;
	}
	c->deletion_id = deletion.id;
	return true;
}

bool deletions_delete(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct deletion_act *act, struct deletion *deletion_r, struct error *error)
{
	struct delete_context context = {.domain = domain, .actor = actor, .act = act};
	enum db_result result;

	if (!db_transaction(domain->db, run_delete, &context, error)) {
		return false;
	}
	result = deletion_find(
	    domain->db, arena, &actor->organization_id, &context.deletion_id, deletion_r);
	return result == DB_OK || db_fail(result, error);
}
