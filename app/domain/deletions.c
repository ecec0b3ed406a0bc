/* deletions.c - putting an item in the trash with what goes with it. */
#include "deletions.h"

#include <base/buf.h>
#include <base/doc.h>
#include <base/text.h>
#include <store/container.h>
#include <string.h>

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

/* Whether what the root holds itself is too much for the act. */
static bool is_large(struct db_tx *tx, const struct domain *domain, const struct deletion *deletion,
    bool *large_r, struct error *error)
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(deletion->kind, deletion->photo_action, rows);
	int64_t total = 0;
	enum db_result result = DB_OK;

	for (size_t i = 0; result == DB_OK && i < count && total <= domain->step_rows; i++) {
		int64_t held = 0;

		if (container_holds(rows[i]->relation)) {
			result = container_count(tx->db, tx->arena, rows[i]->relation, deletion,
			    domain->step_rows, &held);
		}
		total += held;
	}
	*large_r = total >= domain->step_rows;
	return result == DB_OK || db_fail(result, error);
}

/* As much as one step reaches of what goes with the root; one row more tells whether that was all.
 */
static bool mark_held(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    bool *done_r, struct error *error)
{
	struct marking marking = {0};
	int64_t budget = (int64_t)domain->step_rows - 1;

	return marking_step(tx, domain, deletion, &marking, true, budget, done_r, error) &&
	       (*done_r || marking_step(tx, domain, deletion, &marking, true, 1, done_r, error));
}

/* What nobody may find open at a root of which the rest is left to the worker: its links and the
 * requests for its deletion. */
static bool close_root(struct db_tx *tx, const struct domain *domain,
    const struct deletion *deletion, struct error *error)
{
	static const enum relation relations[] = {RELATION_PHOTO_SHARES, RELATION_PHOTO_REQUESTS};
	const struct id after = id_before(&deletion->item_id);
	enum db_result result = DB_OK;
	int64_t closed;

	if (deletion->kind != ITEM_PHOTO) {
		return true;
	}
	for (size_t i = 0; result == DB_OK && i < sizeof(relations) / sizeof(*relations); i++) {
		result = relation_apply(tx, relations[i], deletion, &after, &deletion->item_id,
		    domain->step_rows, clock_now_us(domain->clock), &closed);
	}
	return result == DB_OK || db_fail(result, error);
}

/* The marks of the root and of what goes with it. What is left the worker marks; a container that
 * holds more than a step is left to it whole, so that the answer takes no longer than for another.
 * What a hard deletion leaves marking, the worker finishes and purges. */
static bool mark(
    struct db_tx *tx, const struct domain *domain, struct deletion *deletion, struct error *error)
{
	bool large, done = false;

	deletion->progress_done = 1; /* the root */
	if (!is_large(tx, domain, deletion, &large, error) ||
	    (!large && !mark_held(tx, domain, deletion, &done, error)) ||
	    (large && !marking_elsewhere(tx, domain, deletion, domain->step_rows, error))) {
		return false;
	}
	if (!done) {
		enum db_result result = deletion_store_counts(tx, deletion);

		if (result == DB_OK && !close_root(tx, domain, deletion, error)) {
			return false;
		}
		return result == DB_OK || db_fail(result, error);
	}
	return marking_finish(tx, deletion, clock_now_us(domain->clock), error);
}

/* What is archived gets its reason and the end of its retention now, whenever it is reached. */
static bool make_batch(struct db_tx *tx, const struct deletion *deletion, struct error *error)
{
	struct doc *criteria = doc_object(tx->arena);
	struct buf json = {0};
	struct deletion_windows windows;
	const char *reason = deletion->reason;
	bool project = deletion->kind == ITEM_PROJECT;
	enum db_result result;

	if (deletion->photo_action != PHOTO_ACTION_ARCHIVE) {
		return true;
	}
	result = deletion_windows(tx->db, tx->arena, &deletion->organization_id, &windows);
	doc_set_id(criteria, project ? "project_id" : "site_id", &deletion->item_id);
	doc_write_json(criteria, &json);
	if (!reason) {
		reason = project ? "Project deleted" : "Site deleted";
	}
	if (result == DB_OK) {
		result = container_batch_insert(tx, deletion,
		    arena_copy(tx->arena, json.data, json.length), reason,
		    deletion->deleted_at_us + windows.archive_retention_us);
	}
	buf_free(&json);
	return result == DB_OK || db_fail(result, error);
}

bool deletion_begin(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    struct deletion *deletion, bool only_archived, bool *gone_r, struct error *error)
{
	enum db_result result;

	*gone_r = false;
	deletion->state = DELETION_MARKING;
	deletion->counts[item_kind_counted(deletion->kind)] = 1;
	result = deletion_insert(tx, deletion);
	if (result == DB_OK) {
		result = root_mark(tx, deletion, only_archived);
	}
	if (result != DB_OK) {
		*gone_r = result == DB_NONE;
		return *gone_r ? false : db_fail(result, error);
	}
	return make_batch(tx, deletion, error) && mark(tx, domain, deletion, error) &&
	       deletion_audit(tx, domain, actor, deletion,
		   deletion->origin == ORIGIN_ACCOUNT ? "account.schedule" : "delete",
		   &deletion->item_id, deletion->reason, error);
}

/* What kinds a person deletes, and how. */
static const struct deletable {
	bool deletable;
	bool named;     /* its name is typed to confirm */
	bool by_choice; /* there is a choice for its photos */
	const char *word;
} deletables[ITEM_KIND_COUNT] = {
    [ITEM_PHOTO] = {true, false, false, "photo"},
    [ITEM_ALBUM] = {true, false, false, "album"},
    [ITEM_PROJECT] = {true, true, true, "project"},
    [ITEM_SITE] = {true, true, true, "site"},
    [ITEM_ORGANIZATION] = {true, true, false, "organisation"},
};

static enum photo_action action_of(enum item_kind kind, enum photo_action chosen)
{
	if (!deletables[kind].by_choice) {
		return PHOTO_ACTION_NONE;
	}
	return chosen == PHOTO_ACTION_NONE ? PHOTO_ACTION_ORPHAN : chosen;
}

/* The organisation in which an item is looked for. */
static const struct id *tenant_of(
    const struct actor *actor, enum item_kind kind, const struct id *item_id)
{
	return kind == ITEM_ORGANIZATION ? item_id : &actor->organization_id;
}

static bool check_kind(enum item_kind kind, struct error *error)
{
	return deletables[kind].deletable ||
	       error_set_field(error, "kind", "unknown_kind", "A %s cannot be put in the trash.",
		   item_kind_name(kind));
}

static bool check_name(struct arena *arena, const struct deletion_act *act,
    const struct root_item *item, struct error *error)
{
	const char *typed = act->confirmation ? text_trim(arena, act->confirmation) : "";
	const char *name = item->label ? text_trim(arena, item->label) : "";

	return !deletables[act->kind].named || strcmp(typed, name) == 0 ||
	       error_set_field(error, "confirmation", "wrong_confirmation",
		   "Type the name of the %s exactly as it is.", deletables[act->kind].word);
}

/* What the lifecycle says of an item that is not deleted. */
static bool check_state(const struct actor *actor, enum item_kind kind,
    const struct root_item *item, struct error *error)
{
	enum lifecycle_state next;

	if (item->deleted_at_us) {
		return refuse_deleted(&item->deletion_id, error);
	}
	return kind != ITEM_PHOTO ||
	       lifecycle_next(item->archived ? STATE_PHOTO_ARCHIVED : STATE_PHOTO_LIVE, ACT_DELETE,
		   lifecycle_actor_of(actor), true, &next, error);
}

/* An item whose restore is still under way is not deleted anew: the two would meet in its rows. */
static bool check_restored(struct db_tx *tx, const struct root_item *item, struct error *error)
{
	char text[ID_TEXT_SIZE];
	struct id deletion;
	enum db_result result =
	    deletion_restoring(tx, &item->organization_id, &item->id, &deletion);

	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	id_format(&deletion, text);
	error_set(error, ERROR_CONFLICT, "still_restoring",
	    "This is still being restored. Try again in a moment.");
	error_set_reference(error, "deletion_id", text);
	return false;
}

/* Lock the item and ask whether this actor may delete it in this state. */
static bool check_item(struct db_tx *tx, const struct actor *actor, struct deletion_act *act,
    struct root_item *item_r, struct error *error)
{
	enum db_result result = root_lock(
	    tx, act->kind, tenant_of(actor, act->kind, &act->item_id), &act->item_id, item_r);
	struct policy_subject subject;

	if (result != DB_OK) {
		return fail_find(result, deletables[act->kind].word, error);
	}
	subject = root_subject(act->kind, item_r);
	return policy_check(actor, POLICY_DELETE, &subject, error) &&
	       deletion_reason(&act->reason, error) && check_name(tx->arena, act, item_r, error) &&
	       check_state(actor, act->kind, item_r, error) && check_restored(tx, item_r, error) &&
	       (act->kind != ITEM_ORGANIZATION ||
		   deletion_check_organization(tx, actor, item_r, error));
}

static bool describe(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion_act *act, const struct root_item *item, struct deletion *deletion_r,
    struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	struct deletion_windows windows = {0};
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
	    .photo_action = action_of(act->kind, act->photo_action),
	    .deleted_at_us = now_us,
	    .recover_until_us = now_us + (act->kind == ITEM_PHOTO ? windows.photo_recovery_us
								  : windows.container_recovery_us),
	};
	return true;
}

bool deletions_delete_in(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion_act *act, struct deletion *deletion_r, struct error *error)
{
	struct deletion_act checked = *act;
	struct root_item item;
	bool gone;

	if (!check_kind(act->kind, error) || !check_item(tx, actor, &checked, &item, error) ||
	    !describe(tx, domain, actor, &checked, &item, deletion_r, error)) {
		return false;
	}
	if (!deletion_begin(tx, domain, actor, deletion_r, false, &gone, error)) {
		return gone ? db_fail(DB_NONE, error) : false;
	}
	return act->kind != ITEM_ORGANIZATION || deletion_spend_reauth(tx, actor, error);
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
	result = deletion_find(domain->db, arena, tenant_of(actor, act->kind, &act->item_id),
	    &context.deletion_id, deletion_r);
	return result == DB_OK || db_fail(result, error);
}

bool deletions_impact(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *item_id, enum photo_action photo_action, int64_t most,
    struct deletion_impact *impact_r, struct error *error)
{
	const struct id *tenant = tenant_of(actor, kind, item_id);
	struct deletion deletion = {.organization_id = *tenant,
	    .kind = kind,
	    .item_id = *item_id,
	    .photo_action = action_of(kind, photo_action)};
	struct root_item item;
	struct policy_subject subject;
	enum db_result result;

	if (!check_kind(kind, error)) {
		return false;
	}
	result = root_read(domain->db, arena, kind, tenant, item_id, &item);
	if (result != DB_OK) {
		return fail_find(result, deletables[kind].word, error);
	}
	subject = root_subject(kind, &item);
	if (!policy_check(actor, POLICY_DELETE, &subject, error) ||
	    !check_state(actor, kind, &item, error)) {
		return false;
	}
	if (!cascade_preview(domain, arena, &deletion, most, impact_r, error)) {
		return false;
	}
	result = deletion_add_elsewhere(domain->db, arena, &deletion, most, impact_r);
	return result == DB_OK || db_fail(result, error);
}
