/* forever.c - deleting forever: a purge that a person starts, of what is archived or in the trash.
 *
 * A photo that is the root of a deletion turns that deletion into the purge; one inside a larger
 * deletion is split off into its own; anything else becomes a new deletion without a window. */
#include "deletions.h"

#include <domain/purge.h>

struct forever_context {
	const struct domain *domain;
	const struct actor *actor;
	enum item_kind kind;
	const struct id *item_id;
	const char *reason;
	struct id deletion_id;
};

static bool is_content(enum item_kind kind)
{
	return kind == ITEM_QUEST || kind == ITEM_ADVENTURE;
}

/* A creator's content is theirs alone, whatever their role. */
static enum lifecycle_actor acting(const struct forever_context *c)
{
	return is_content(c->kind) ? BY_PERSON : lifecycle_actor_of(c->actor);
}

static enum lifecycle_state item_state(enum item_kind kind, const struct root_item *item)
{
	if (is_content(kind)) {
		return item->deleted_at_us ? STATE_CONTENT_DELETED
		       : item->archived    ? STATE_CONTENT_ARCHIVED
					   : STATE_CONTENT_DRAFT;
	}
	return item->deleted_at_us ? STATE_PHOTO_DELETED
	       : item->archived    ? STATE_PHOTO_ARCHIVED
				   : STATE_PHOTO_LIVE;
}

static bool check_item(
    const struct forever_context *c, const struct root_item *item, struct error *error)
{
	struct policy_subject subject = root_subject(c->kind, item);
	enum lifecycle_state next;

	return policy_check(c->actor, POLICY_DELETE_FOREVER, &subject, error) &&
	       lifecycle_next(
		   item_state(c->kind, item), ACT_DELETE_FOREVER, acting(c), true, &next, error);
}

static struct deletion new_deletion(const struct forever_context *c, const struct root_item *item)
{
	int64_t now_us = clock_now_us(c->domain->clock);
	bool own = id_equal(&item->owner_id, &c->actor->user_id);

	return (struct deletion){
	    .id = id_generate(now_us),
	    .organization_id = item->organization_id,
	    .act_id = id_generate(now_us),
	    .kind = c->kind,
	    .item_id = item->id,
	    .label = item->label,
	    .owner_id = item->owner_id,
	    .initiator_id = c->actor->user_id,
	    .origin = own ? ORIGIN_OWNER : ORIGIN_ADMIN,
	    .reason = c->reason,
	    .mode = MODE_HARD,
	    .deleted_at_us = now_us,
	    .recover_until_us = now_us,
	};
}

/* Archived: a deletion without a window. What stood in the list a moment ago may have been
 * restored since, so the state is part of the marking statement itself. */
static bool begin_archived(
    struct db_tx *tx, struct forever_context *c, const struct root_item *item, struct error *error)
{
	struct deletion deletion = new_deletion(c, item);
	enum lifecycle_state live = is_content(c->kind) ? STATE_CONTENT_DRAFT : STATE_PHOTO_LIVE;
	enum lifecycle_state next;
	bool gone;

	c->deletion_id = deletion.id;
	if (deletion_begin(tx, c->domain, c->actor, &deletion, true, &gone, error)) {
		return true;
	}
	return gone && lifecycle_next(live, ACT_DELETE_FOREVER, acting(c), true, &next, error);
}

/* In the trash as the root of its own deletion: that one is purged now. */
static bool harden(
    struct db_tx *tx, struct forever_context *c, struct deletion *deletion, struct error *error)
{
	int64_t now_us = clock_now_us(c->domain->clock);
	enum db_result result;

	if (!deletion_advance(tx, deletion, ACT_DELETE_FOREVER, acting(c), now_us,
		deletion_total(deletion), error)) {
		return false;
	}
	c->deletion_id = deletion->id;
	result = deletion_harden(tx, deletion, now_us);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return deletion_audit(
	    tx, c->domain, c->actor, deletion, "delete", &deletion->item_id, c->reason, error);
}

/* What is left of a deletion after a part of it was split off. */
static bool store_rest(
    struct db_tx *tx, const struct forever_context *c, struct deletion *rest, struct error *error)
{
	int64_t now_us = clock_now_us(c->domain->clock);
	enum db_result result = deletion_store_counts(tx, rest);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (deletion_total(rest) > 0) {
		return true;
	}
	/* Its root was restored before, and the last of the rest is about to go. */
	result = deletion_move(tx, rest, DELETION_RESTORED, 0, now_us);
	return result == DB_OK || db_fail(result, error);
}

/* In the trash as part of a larger deletion: with its derivatives it becomes one of its own. */
static bool split(struct db_tx *tx, struct forever_context *c, struct deletion *larger,
    const struct root_item *item, struct error *error)
{
	struct deletion own = new_deletion(c, item);
	int64_t rows[MARK_TABLE_COUNT], bytes = 0;
	enum lifecycle_state next;
	enum db_result result;

	if (larger->state == DELETION_MARKING) {
		return refuse_marking(&larger->id, error);
	}
	if (!lifecycle_next(
		deletion_lifecycle(larger), ACT_RESTORE_SOME, acting(c), true, &next, error)) {
		return false;
	}
	own.state = DELETION_MARKING;
	c->deletion_id = own.id;
	result = deletion_insert(tx, &own);
	if (result == DB_OK) {
		result = marks_move_photo(tx, larger, &own, &item->id, rows, &bytes);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	larger->bytes -= bytes;
	count_marks(larger, rows, -1);
	count_marks(&own, rows, 1);
	return store_rest(tx, c, larger, error) &&
	       marking_finish(tx, &own, own.deleted_at_us, error) &&
	       deletion_audit(
		   tx, c->domain, c->actor, &own, "delete", &own.item_id, c->reason, error);
}

/* The deletion is locked before its item, as a restore does it, so that the two cannot lock each
 * other out; then the item must still bear it. */
static bool begin_trashed(
    struct db_tx *tx, struct forever_context *c, const struct id *deletion_id, struct error *error)
{
	struct root_item item;
	struct deletion deletion;
	enum db_result result =
	    deletion_lock(tx, &c->actor->organization_id, deletion_id, &deletion);

	if (result == DB_OK) {
		result = root_lock(tx, c->kind, &c->actor->organization_id, c->item_id, &item);
	}
	if (result != DB_OK) {
		return fail_find(result, item_kind_name(c->kind), error);
	}
	if (!check_item(c, &item, error)) {
		return false;
	}
	if (!id_equal(&item.deletion_id, &deletion.id)) {
		return db_fail(DB_CONFLICT, error);
	}
	if (deletion.kind == c->kind && id_equal(&deletion.item_id, &item.id)) {
		return harden(tx, c, &deletion, error);
	}
	return split(tx, c, &deletion, &item, error);
}

/* The item reads as deleted, under its lock: by a deletion of its container that has not reached it
 * yet, or since it was looked at, and then it is begun anew. */
static bool refuse_reached(struct db_tx *tx, const struct forever_context *c,
    const struct root_item *item, struct error *error)
{
	struct root_item row;
	enum db_result result =
	    root_read(tx->db, tx->arena, c->kind, &c->actor->organization_id, c->item_id, &row);

	if (result != DB_OK || row.deleted_at_us) {
		return db_fail(result == DB_OK ? DB_CONFLICT : result, error);
	}
	return refuse_marking(&item->deletion_id, error);
}

static bool begin_live(struct db_tx *tx, struct forever_context *c, struct error *error)
{
	struct root_item item;
	enum db_result result =
	    root_lock(tx, c->kind, &c->actor->organization_id, c->item_id, &item);

	if (result != DB_OK) {
		return fail_find(result, item_kind_name(c->kind), error);
	}
	if (!check_item(c, &item, error)) {
		return false;
	}
	if (item.deleted_at_us) {
		return refuse_reached(tx, c, &item, error);
	}
	if (!id_is_none(&item.marking_id)) {
		return refuse_marking(&item.marking_id, error);
	}
	return begin_archived(tx, c, &item, error);
}

static bool run_forever(struct db_tx *tx, void *context, struct error *error)
{
	struct forever_context *c = context;
	struct root_item item;
	enum db_result result =
	    root_read(tx->db, tx->arena, c->kind, &c->actor->organization_id, c->item_id, &item);
	bool begun;

	if (result != DB_OK) {
		return fail_find(result, item_kind_name(c->kind), error);
	}
	begun = item.deleted_at_us ? begin_trashed(tx, c, &item.deletion_id, error)
				   : begin_live(tx, c, error);
	return begun && deletion_spend_reauth(tx, c->actor, error);
}

bool deletions_delete_forever(const struct domain *domain, const struct actor *actor,
    struct arena *arena, enum item_kind kind, const struct id *item_id, const char *reason,
    struct deletion *deletion_r, struct error *error)
{
	struct forever_context context = {domain, actor, kind, item_id, reason, id_none};
	struct error later = {0};
	enum db_result result;
	bool done;

	if (kind != ITEM_PHOTO && !is_content(kind)) {
		return error_set_field(error, "kind", "unknown_kind",
		    "A %s cannot be deleted forever.", item_kind_name(kind));
	}
	if (!deletion_reason(&context.reason, error) ||
	    !db_transaction(domain->db, run_forever, &context, error)) {
		return false;
	}
	/* The act stands; what is not removed now, the worker removes. */
	(void)!purge_deletion(domain, actor, &context.deletion_id, 1, &done, &later);
	result = deletion_find(
	    domain->db, arena, &actor->organization_id, &context.deletion_id, deletion_r);
	return result == DB_OK || db_fail(result, error);
}
