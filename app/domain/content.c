/* content.c - quests and adventures: listing, archiving, restoring from the archive. */
#include <auth/policy.h>
#include <domain/audit.h>
#include <domain/content.h>
#include <domain/lifecycle.h>

/* What an act on one quest or adventure does, and what it needs. */
struct content_act {
	const struct domain *domain;
	const struct actor *actor;
	enum item_kind kind;
	const struct id *id;
	const char *reason;
	enum lifecycle_act act;
	const char *verb; /* the second half of the audit action */
};

static bool check(const struct actor *actor, enum policy_action action,
    const struct content *content, struct error *error)
{
	return policy_check(actor, action,
	    &(struct policy_subject){
		.kind = POLICY_CONTENT,
		.organization_id = content->organization_id,
		.owner_id = content->creator_id,
		.deleted = content->deleted_at_us != 0,
	    },
	    error);
}

static bool fail_read(enum db_result result, enum item_kind kind, struct error *error)
{
	if (result == DB_NONE) {
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such %s.",
		    item_kind_name(kind));
	}
	return db_fail(result, error);
}

static enum lifecycle_state state_of(const struct content *content)
{
	static const enum lifecycle_state states[CONTENT_STATUS_COUNT] = {
	    STATE_CONTENT_DRAFT, STATE_CONTENT_PUBLISHED, STATE_CONTENT_ARCHIVED};

	return content->deleted_at_us ? STATE_CONTENT_DELETED : states[content->status];
}

bool content_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct content_query *query, struct content_page *page_r, struct error *error)
{
	struct content_query own = *query;
	enum db_result result;

	own.organization_id = actor->organization_id;
	own.creator_id = actor->user_id;
	result = content_read_page(domain->db, arena, &own, page_r);
	return result == DB_OK || db_fail(result, error);
}

bool content_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *id, struct content *content_r, struct error *error)
{
	enum db_result result =
	    content_read(domain->db, arena, kind, &actor->organization_id, id, content_r);

	if (result != DB_OK) {
		return fail_read(result, kind, error);
	}
	return check(actor, POLICY_SEE, content_r, error);
}

static bool write_entry(struct db_tx *tx, const struct content_act *act, struct error *error)
{
	return audit_write(tx, act->domain, act->actor,
	    &(struct audit_event){
		.action = arena_printf(tx->arena, "%s.%s", item_kind_name(act->kind), act->verb),
		.kind = item_kind_name(act->kind),
		.item_id = *act->id,
		.reason = act->reason,
	    },
	    error);
}

static enum db_result store_status(
    struct db_tx *tx, const struct content_act *act, const struct content *content)
{
	if (act->act == ACT_ARCHIVE) {
		return content_set_archived(tx, content, clock_now_us(act->domain->clock));
	}
	return content_set_restored(tx, content);
}

static bool run_act(struct db_tx *tx, void *context, struct error *error)
{
	const struct content_act *act = context;
	struct content content;
	enum lifecycle_state next;
	enum db_result result =
	    content_lock(tx, act->kind, &act->actor->organization_id, act->id, &content);

	if (result != DB_OK) {
		return fail_read(result, act->kind, error);
	}
	if (!check(act->actor, POLICY_ARCHIVE, &content, error) ||
	    !lifecycle_next(state_of(&content), act->act, BY_PERSON, true, &next, error)) {
		return false;
	}
	result = store_status(tx, act, &content);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return write_entry(tx, act, error);
}

bool content_archive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *id, const char *reason, struct content *content_r,
    struct error *error)
{
	struct content_act act = {domain, actor, kind, id, reason, ACT_ARCHIVE, "archive"};

	return db_transaction(domain->db, run_act, &act, error) &&
	       content_find(domain, actor, arena, kind, id, content_r, error);
}

bool content_restore(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *id, struct content *content_r, struct error *error)
{
	struct content_act act = {domain, actor, kind, id, NULL, ACT_UNARCHIVE, "restore"};

	return db_transaction(domain->db, run_act, &act, error) &&
	       content_find(domain, actor, arena, kind, id, content_r, error);
}
