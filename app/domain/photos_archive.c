/* photos_archive.c - out of the galleries and back: archiving and its undoing. */
#include "photos_archive.h"
#include "deletions.h"
#include "photos.h"

#include <store/container.h>
#include <store/shares.h>

/* One act on one photo. */
struct act {
	const struct domain *domain;
	const struct actor *actor;
	struct id photo_id;
	struct id batch_id; /* of archiving */
	const char *reason;
	int64_t rows;
};

static bool check_live(const struct photo *photo, bool archived, struct error *error)
{
	if (photo->deleted_at_us != 0) {
		return photos_refuse_deleted(photo, error);
	}
	if (!id_is_none(&photo->marking_id)) {
		char text[ID_TEXT_SIZE];

		id_format(&photo->marking_id, text);
		error_set(error, ERROR_CONFLICT, archived ? "still_marking" : "already_archived",
		    "This photo is being archived. Try again in a moment.");
		error_set_reference(error, "deletion_id", text);
		return false;
	}
	if (archived && photo->archived_at_us == 0) {
		return error_set(
		    error, ERROR_CONFLICT, "not_archived", "This photo is not archived.");
	}
	if (!archived && photo->archived_at_us != 0) {
		return error_set(
		    error, ERROR_CONFLICT, "already_archived", "This photo is archived already.");
	}
	return true;
}

/* At the end of its retention it is as good as purged, whether the worker has come by or not. */
static bool check_retention(const struct act *act, const struct photo *photo, struct error *error)
{
	enum lifecycle_state next;
	bool open =
	    photo->purge_after_us == 0 || clock_now_us(act->domain->clock) < photo->purge_after_us;

	return lifecycle_next(STATE_PHOTO_ARCHIVED, ACT_UNARCHIVE, lifecycle_actor_of(act->actor),
	    open, &next, error);
}

static bool fine(enum db_result result, struct error *error)
{
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* Mark the photo and its derivatives, count them into the batch, end their shares. */
static bool mark_archived(
    struct db_tx *tx, struct act *act, uint64_t *shares_r, struct error *error)
{
	const int64_t now_us = clock_now_us(act->domain->clock);
	const struct id *organization = &act->actor->organization_id;
	struct photo_archiving archiving = {
	    .organization_id = *organization,
	    .photo_id = act->photo_id,
	    .by = act->actor->user_id,
	    .reason = act->reason,
	    .batch_id = act->batch_id,
	    .at_us = now_us,
	};
	uint64_t derivatives = 0;
	int64_t retention_s = 0;
	enum db_result result = store_archive_retention(tx, organization, &retention_s);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	archiving.purge_after_us = now_us + retention_s * CLOCK_SECOND_US;
	/* The batch first: the photos' rows point at it. */
	if (!fine(store_archive_batch_add(
		      tx, organization, &act->batch_id, &act->actor->user_id, 0, now_us),
		error) ||
	    !fine(store_photo_archive(tx, &archiving), error) ||
	    !fine(store_photo_archive_derivatives(tx, &archiving, &derivatives), error)) {
		return false;
	}
	act->rows = 1 + (int64_t)derivatives;
	return fine(store_archive_batch_add(tx, organization, &act->batch_id, &act->actor->user_id,
			(uint64_t)act->rows, now_us),
		   error) &&
	       fine(store_shares_revoke_archived(
			tx, organization, &act->photo_id, &act->batch_id, now_us, shares_r),
		   error);
}

static bool archive(struct db_tx *tx, void *context, struct error *error)
{
	struct act *act = context;
	struct photo photo;
	struct doc *details = doc_object(tx->arena);
	uint64_t shares = 0;

	if (!photos_lock(tx, act->actor, &act->photo_id, POLICY_ARCHIVE, &photo, error) ||
	    !check_live(&photo, false, error) || !mark_archived(tx, act, &shares, error)) {
		return false;
	}
	doc_set_id(details, "batch_id", &act->batch_id);
	doc_set_int(details, "photos", act->rows);
	doc_set_int(details, "shares_revoked", (int64_t)shares);
	return audit_write(tx, act->domain, act->actor,
	    &(struct audit_event){.action = "photo.archive",
		.kind = "photo",
		.item_id = act->photo_id,
		.details = details,
		.reason = act->reason},
	    error);
}

bool photos_archive_in_batch(const struct domain *domain, const struct actor *actor,
    const struct id *photo_id, const char *reason, const struct id *batch_id, int64_t *rows_r,
    struct error *error)
{
	struct act act = {
	    .domain = domain,
	    .actor = actor,
	    .photo_id = *photo_id,
	    .batch_id = *batch_id,
	    .reason = reason,
	};

	if (!db_transaction(domain->db, archive, &act, error)) {
		return false;
	}
	*rows_r = act.rows;
	return true;
}

bool photos_archive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, struct photo *photo_r, struct error *error)
{
	struct id batch_id = id_generate(clock_now_us(domain->clock));
	const char *text = NULL;
	int64_t rows = 0;

	/* Not found and not allowed come before what is wrong with the reason. */
	return photos_find_for(domain, actor, arena, photo_id, POLICY_ARCHIVE, photo_r, error) &&
	       photos_reason(arena, reason, &text, error) &&
	       photos_archive_in_batch(domain, actor, photo_id, text, &batch_id, &rows, error) &&
	       photos_find(domain, actor, arena, photo_id, photo_r, error);
}

static bool unarchive(struct db_tx *tx, void *context, struct error *error)
{
	struct act *act = context;
	const struct id *organization = &act->actor->organization_id;
	struct photo photo;
	struct doc *details = doc_object(tx->arena);
	uint64_t derivatives = 0;

	if (!photos_lock(tx, act->actor, &act->photo_id, POLICY_ARCHIVE, &photo, error) ||
	    !check_live(&photo, true, error) || !check_retention(act, &photo, error) ||
	    !fine(store_photo_unarchive(tx, organization, &act->photo_id), error) ||
	    !fine(store_photo_unarchive_derivatives(
		      tx, organization, &act->photo_id, &photo.archive_batch_id, &derivatives),
		error) ||
	    !fine(effects_orphan_photo(tx, organization, &act->photo_id), error)) {
		return false;
	}
	act->rows = 1 + (int64_t)derivatives;
	doc_set_id(details, "batch_id", &photo.archive_batch_id);
	doc_set_int(details, "photos", act->rows);
	return audit_write(tx, act->domain, act->actor,
	    &(struct audit_event){.action = "photo.restore",
		.kind = "photo",
		.item_id = act->photo_id,
		.details = details,
		.reason = act->reason},
	    error);
}

bool photos_unarchive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, struct photo *photo_r, struct error *error)
{
	struct act act = {.domain = domain, .actor = actor, .photo_id = *photo_id};

	return photos_reason(arena, reason, &act.reason, error) &&
	       db_transaction(domain->db, unarchive, &act, error) &&
	       photos_find(domain, actor, arena, photo_id, photo_r, error);
}
