/* deletion_parts.c - what every act on a deletion needs: its state, its entry, its refusals. */
#include "deletions.h"

#include <base/text.h>
#include <domain/audit.h>
#include <store/tokens.h>
#include <string.h>

#define REASON_MAX 2000

enum lifecycle_state deletion_lifecycle(const struct deletion *deletion)
{
	static const enum lifecycle_state states[DELETION_STATE_COUNT] = {
	    [DELETION_MARKING] = STATE_MARKING,
	    [DELETION_TRASHED] = STATE_TRASHED,
	    [DELETION_RESTORING] = STATE_RESTORING,
	    [DELETION_RESTORED] = STATE_RESTORED,
	    [DELETION_PURGING] = STATE_PURGING,
	    [DELETION_PURGED] = STATE_PURGED,
	};

	return states[deletion->state];
}

static enum deletion_state state_of(enum lifecycle_state state)
{
	return (enum deletion_state)(state - STATE_MARKING);
}

enum lifecycle_actor lifecycle_actor_of(const struct actor *actor)
{
	if (actor->role == ROLE_SYSTEM) {
		return BY_WORKER;
	}
	return actor_is_admin(actor) ? BY_ADMIN : BY_PERSON;
}

bool deletion_is_open(const struct deletion *deletion, int64_t now_us)
{
	return now_us < deletion->recover_until_us;
}

int64_t deletion_total(const struct deletion *deletion)
{
	int64_t total = 0;

	for (size_t i = 0; i < COUNT_KIND_COUNT; i++) {
		total += deletion->counts[i];
	}
	return total;
}

bool deletion_advance(struct db_tx *tx, struct deletion *deletion, enum lifecycle_act act,
    enum lifecycle_actor actor, int64_t now_us, int64_t total, struct error *error)
{
	enum lifecycle_state next;
	enum db_result result;
	bool settled;

	if (!lifecycle_next(deletion_lifecycle(deletion), act, actor,
		deletion_is_open(deletion, now_us), &next, error)) {
		return false;
	}
	if (state_of(next) == deletion->state) {
		return true;
	}
	settled = next == STATE_RESTORED || next == STATE_PURGED;
	result = deletion_move(tx, deletion, state_of(next), total, settled ? now_us : 0);
	return result == DB_OK || db_fail(result, error);
}

/* Ids, numbers and choices; only counts that are not 0. */
static struct doc *details_of(struct arena *arena, const struct deletion *deletion)
{
	struct doc *details = doc_object(arena);
	struct doc *counts = doc_object(arena);

	for (int i = 0; i < COUNT_KIND_COUNT; i++) {
		if (deletion->counts[i] > 0) {
			doc_set_int(
			    counts, count_kind_name((enum count_kind)i), deletion->counts[i]);
		}
	}
	doc_set_id(details, "deletion_id", &deletion->id);
	doc_set_id(details, "act_id", &deletion->act_id);
	doc_set_text(details, "origin", deletion_origin_name(deletion->origin));
	if (deletion->photo_action != PHOTO_ACTION_NONE) {
		doc_set_text(details, "photo_action", photo_action_name(deletion->photo_action));
	}
	doc_set(details, "counts", counts);
	doc_set_int(details, "bytes", deletion->bytes);
	doc_set_time(details, "recover_until", deletion->recover_until_us);
	return details;
}

bool deletion_audit(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion *deletion, const char *action, const struct id *item_id,
    const char *reason, struct error *error)
{
	/* Whoever acts, the entry belongs to the item's organisation. */
	struct actor within = *actor;
	const char *kind = item_kind_name(deletion->kind);

	within.organization_id = deletion->organization_id;
	return audit_write(tx, domain, &within,
	    &(struct audit_event){
		.action =
		    strchr(action, '.') ? action : arena_printf(tx->arena, "%s.%s", kind, action),
		.kind = kind,
		.item_id = *item_id,
		.mode = deletion_mode_name(deletion->mode),
		.details = details_of(tx->arena, deletion),
		.reason = reason,
	    },
	    error);
}

bool deletion_reason(const char **reason, struct error *error)
{
	if (*reason && text_is_blank(*reason)) {
		*reason = NULL;
	}
	if (*reason && text_length(*reason) > REASON_MAX) {
		return error_set_field(error, "reason", "reason_too_long",
		    "The reason is longer than %d characters. Shorten it.", REASON_MAX);
	}
	return true;
}

bool deletion_is_small(enum item_kind kind)
{
	return kind == ITEM_PHOTO || kind == ITEM_QUEST || kind == ITEM_ADVENTURE ||
	       kind == ITEM_ALBUM;
}

struct policy_subject root_subject(enum item_kind kind, const struct root_item *item)
{
	static const enum policy_kind kinds[ITEM_KIND_COUNT] = {
	    [ITEM_PHOTO] = POLICY_PHOTO,
	    [ITEM_ALBUM] = POLICY_ALBUM,
	    [ITEM_PROJECT] = POLICY_PROJECT,
	    [ITEM_SITE] = POLICY_SITE,
	    [ITEM_QUEST] = POLICY_CONTENT,
	    [ITEM_ADVENTURE] = POLICY_CONTENT,
	    [ITEM_EVENT] = POLICY_CONTENT,
	    [ITEM_USER] = POLICY_USER,
	    [ITEM_ORGANIZATION] = POLICY_ORGANIZATION,
	};

	return (struct policy_subject){
	    .kind = kinds[kind],
	    .organization_id = item->organization_id,
	    .owner_id = item->owner_id,
	    .deleted_by = item->deleted_by,
	    .on_site = !id_is_none(&item->site_id),
	    .published = item->published,
	    .archived = item->archived,
	    .deleted = item->deleted_at_us != 0,
	};
}

/* What members delete and restore themselves. Whoever made a project or a site does not own it. */
static bool is_personal(enum item_kind kind)
{
	return kind != ITEM_PROJECT && kind != ITEM_SITE && kind != ITEM_USER &&
	       kind != ITEM_ORGANIZATION;
}

/* Who may restore it, besides admins. What the end of a retention took, its owner might have. */
static struct id restorer_of(const struct deletion *deletion)
{
	if (!is_personal(deletion->kind)) {
		return id_none;
	}
	return deletion->origin == ORIGIN_RETENTION ? deletion->owner_id : deletion->initiator_id;
}

struct policy_subject deletion_subject(const struct deletion *deletion)
{
	return (struct policy_subject){
	    .kind = deletion->kind == ITEM_ORGANIZATION ? POLICY_ORGANIZATION : POLICY_DELETION,
	    .organization_id = deletion->organization_id,
	    .owner_id = deletion->owner_id,
	    .deleted_by = restorer_of(deletion),
	    .deleted = true,
	    .purged = deletion->state == DELETION_PURGED,
	    .guarded = deletion->of_platform_admin,
	};
}

bool refuse_deleted(const struct id *deletion_id, struct error *error)
{
	char text[ID_TEXT_SIZE];

	id_format(deletion_id, text);
	error_set(error, ERROR_CONFLICT, "already_deleted", "This is deleted already.");
	error_set_reference(error, "deletion_id", text);
	return false;
}

bool refuse_marking(const struct id *deletion_id, struct error *error)
{
	char text[ID_TEXT_SIZE];

	id_format(deletion_id, text);
	error_set(error, ERROR_CONFLICT, "still_marking",
	    "The deletion is still under way. Try again in a moment.");
	error_set_reference(error, "deletion_id", text);
	return false;
}

bool fail_find(enum db_result result, const char *what, struct error *error)
{
	if (result == DB_NONE) {
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such %s.", what);
	}
	return db_fail(result, error);
}

bool deletion_spend_reauth(struct db_tx *tx, const struct actor *actor, struct error *error)
{
	enum db_result result;

	if (id_is_none(&actor->reauth_id)) {
		return true;
	}
	result = tokens_spend(tx, &actor->reauth_id, actor->reauth_expires_us);
	if (result == DB_CONFLICT) {
		return error_set(
		    error, ERROR_FORBIDDEN, "reauth_required", "Confirm with your password again.");
	}
	return result == DB_OK || db_fail(result, error);
}

void count_marks(struct deletion *deletion, const int64_t rows[MARK_TABLE_COUNT], int64_t sign)
{
	static const enum count_kind counted[MARK_TABLE_COUNT] = {
	    [MARKS_PHOTOS] = COUNT_PHOTO,
	    [MARKS_NOTES] = COUNT_NOTE,
	    [MARKS_AI_RESULTS] = COUNT_AI_RESULT,
	    [MARKS_QUESTS] = COUNT_QUEST,
	    [MARKS_CARDS] = COUNT_CARD,
	    [MARKS_SUBMISSIONS] = COUNT_SUBMISSION,
	    [MARKS_ADVENTURES] = COUNT_ADVENTURE,
	    [MARKS_SEQUENCES] = COUNT_SEQUENCE,
	    [MARKS_EVENTS] = COUNT_EVENT,
	    [MARKS_ALBUMS] = COUNT_ALBUM,
	    [MARKS_PROJECTS] = COUNT_PROJECT,
	    [MARKS_SITES] = COUNT_SITE,
	    [MARKS_USERS] = COUNT_USER,
	    [MARKS_ORGANIZATIONS] = COUNT_ORGANIZATION,
	    [MARKS_EFFECTS] = COUNT_PHOTO,
	};

	for (size_t i = 0; i < MARK_TABLE_COUNT; i++) {
		int64_t *count = &deletion->counts[counted[i]];

		*count += sign * rows[i];
		*count = *count < 0 ? 0 : *count;
	}
}

void domain_after_step(const struct domain *domain, const char *name)
{
	if (domain->after_step) {
		domain->after_step(domain->after_step_context, name);
	}
}
