/* generations.c - derivatives: started now, delivered later or too late. */
#include "photos.h"

#include <domain/generations.h>
#include <store/generations.h>

static bool write_audit(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const char *action, const struct id *photo_id, const struct id *generation_id,
    const struct id *original_id, struct error *error)
{
	struct doc *details = doc_object(tx->arena);

	doc_set_id(details, "generation_id", generation_id);
	doc_set_id(details, "original_id", original_id);
	return audit_write(tx, domain, actor,
	    &(struct audit_event){
		.action = action, .kind = "photo", .item_id = *photo_id, .details = details},
	    error);
}

struct starting {
	const struct domain *domain;
	const struct actor *actor;
	struct generation generation;
};

static bool start(struct db_tx *tx, void *context, struct error *error)
{
	const struct starting *starting = context;
	const struct generation *generation = &starting->generation;
	struct photo photo;
	enum db_result result = DB_OK;

	if (!photos_lock(
		tx, starting->actor, &generation->original_id, POLICY_GENERATE, &photo, error)) {
		return false;
	}
	if (photo.deleted_at_us != 0) {
		return photos_refuse_deleted(&photo, error);
	}
	result = store_generation_insert(tx, generation);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return write_audit(tx, starting->domain, starting->actor, "generation.start", &photo.id,
	    &generation->id, &photo.id, error);
}

bool generation_start(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct id *generation_r, struct error *error)
{
	const int64_t now_us = clock_now_us(domain->clock);
	struct starting starting = {
	    .domain = domain,
	    .actor = actor,
	    .generation =
		{
		    .id = id_generate(now_us),
		    .organization_id = actor->organization_id,
		    .original_id = *photo_id,
		    .started_by = actor->user_id,
		    .created_at_us = now_us,
		},
	};

	(void)arena;
	if (!db_transaction(domain->db, start, &starting, error)) {
		return false;
	}
	*generation_r = starting.generation.id;
	return true;
}

/* A result being delivered. */
struct finishing {
	const struct domain *domain;
	const struct actor *actor;
	struct generation generation;
	struct photo_draft draft;
};

static bool refuse_late(struct error *error)
{
	return error_set(error, ERROR_GONE, "original_deleted",
	    "The original was deleted meanwhile, so its derivative was not kept.");
}

/* An original that is no more can be told of to whoever started the generation, and to admins. */
static bool check_absent(
    const struct actor *actor, const struct generation *generation, struct error *error)
{
	if (actor_is_admin(actor) || actor->role == ROLE_SYSTEM ||
	    (!id_is_none(&actor->user_id) && id_equal(&actor->user_id, &generation->started_by))) {
		return refuse_late(error);
	}
	return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such generation.");
}

/* Whether a derivative of that photo can be taken as things are. A deleted one is as good as purged
 * here: who sees it is told that it is too late. */
static bool check_photo(struct db_tx *tx, const struct finishing *finishing,
    const struct id *photo_id, struct photo *photo_r, struct error *error)
{
	struct error why = {0};

	if (!photos_lock(tx, finishing->actor, photo_id, POLICY_GENERATE, photo_r, &why)) {
		if (why.kind == ERROR_NOT_FOUND || photo_r->deleted_at_us != 0) {
			return check_absent(finishing->actor, &finishing->generation, error);
		}
		if (error) {
			*error = why;
		}
		return false;
	}
	return photo_r->deleted_at_us == 0 || refuse_late(error);
}

/* What was made from a derivative is its original's: acts on that one take along what bears its id,
 * and nothing further away. Of both the original is locked first, as deleting it does. */
static bool check_original(struct db_tx *tx, const struct finishing *finishing,
    struct photo *original_r, struct error *error)
{
	const struct generation *generation = &finishing->generation;
	const struct actor *actor = finishing->actor;
	struct photo from = {0};
	enum db_result result = DB_NONE;

	if (!id_is_none(&generation->original_id)) {
		result = store_photo_find(tx->db, tx->arena, &actor->organization_id,
		    &generation->original_id, &actor->user_id, &from);
	}
	if (result == DB_NONE) {
		return check_absent(actor, generation, error);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (!id_is_none(&from.original_id) &&
	    !check_photo(tx, finishing, &from.original_id, original_r, error)) {
		return false;
	}
	if (!check_photo(tx, finishing, &generation->original_id, &from, error)) {
		return false;
	}
	/* It may have been cut loose from its original meanwhile. */
	if (id_is_none(&from.original_id)) {
		*original_r = from;
	}
	return true;
}

/* Nobody asked for the deletion of what is new: while somebody asks for the original's, it gets
 * what that had before. */
static enum photo_status status_of(const struct photo *original)
{
	if (original->status != PHOTO_DELETION_REQUESTED) {
		return original->status;
	}
	return original->withheld ? PHOTO_PENDING : PHOTO_APPROVED;
}

/* The derivative is its original's in everything but its picture. */
static void inherit(struct photo *photo, const struct photo *original)
{
	photo->uploader_id = original->uploader_id;
	photo->site_id = original->site_id;
	photo->project_id = original->project_id;
	photo->original_id = original->id;
	photo->title = original->title;
	photo->submitter_name = original->submitter_name;
	photo->submitter_email = original->submitter_email;
	photo->status = status_of(original);
}

/* What is generated from an archived original joins it there. */
static bool archive_along(
    struct db_tx *tx, const struct photo *photo, const struct photo *original, struct error *error)
{
	const struct photo_archiving archiving = {
	    .organization_id = photo->organization_id,
	    .photo_id = photo->id,
	    .by = original->archived_by,
	    .reason = original->archive_reason,
	    .batch_id = original->archive_batch_id,
	    .at_us = photo->created_at_us,
	    .purge_after_us = original->purge_after_us,
	};
	enum db_result result = DB_OK;

	if (original->archived_at_us == 0) {
		return true;
	}
	result = store_photo_archive(tx, &archiving);
	return result == DB_OK || db_fail(result, error);
}

static bool mark_finished(struct db_tx *tx, const struct finishing *finishing, struct error *error)
{
	enum db_result result = store_generation_finish(
	    tx, &finishing->generation, finishing->draft.photo.created_at_us);

	if (result == DB_NONE) {
		return error_set(error, ERROR_CONFLICT, "already_finished",
		    "The result of this generation was taken already.");
	}
	return result == DB_OK || db_fail(result, error);
}

static bool finish(struct db_tx *tx, void *context, struct error *error)
{
	struct finishing *finishing = context;
	struct photo *photo = &finishing->draft.photo;
	struct photo original = {0};
	struct place organization;

	/* In a deleted organisation the original reads as deleted. */
	if (!photos_lock_organization(
		tx, &finishing->generation.organization_id, &organization, error) ||
	    !check_original(tx, finishing, &original, error) ||
	    !mark_finished(tx, finishing, error)) {
		return false;
	}
	inherit(photo, &original);
	return photos_insert(tx, &finishing->draft, error) &&
	       archive_along(tx, photo, &original, error) &&
	       write_audit(tx, finishing->domain, finishing->actor, "photo.create", &photo->id,
		   &finishing->generation.id, &original.id, error);
}

/* What can be told before anything is stored: nothing here is decided for good. */
static bool prepare(struct finishing *finishing, struct arena *arena,
    const struct id *generation_id, struct error *error)
{
	const int64_t now_us = clock_now_us(finishing->domain->clock);
	const struct actor *actor = finishing->actor;
	struct photo original = {0};
	enum db_result result = store_generation_find(finishing->domain->db, arena,
	    &actor->organization_id, generation_id, &finishing->generation);

	if (result == DB_NONE) {
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such generation.");
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	finishing->draft.photo.id = id_generate(now_us);
	finishing->draft.photo.organization_id = actor->organization_id;
	finishing->draft.photo.created_at_us = now_us;
	if (id_is_none(&finishing->generation.original_id)) {
		return check_absent(actor, &finishing->generation, error);
	}
	result = store_photo_find(finishing->domain->db, arena, &actor->organization_id,
	    &finishing->generation.original_id, &actor->user_id, &original);
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	if (finishing->generation.finished_at_us != 0 && original.deleted_at_us == 0) {
		struct policy_subject subject = photos_policy_subject(&original);

		return policy_check(actor, POLICY_GENERATE, &subject, error) &&
		       error_set(error, ERROR_CONFLICT, "already_finished",
			   "The result of this generation was taken already.");
	}
	return true;
}

bool generation_finish(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *generation_id, struct storage_stage **result, struct photo *photo_r,
    struct error *error)
{
	struct finishing *finishing = arena_alloc(arena, sizeof(*finishing));
	struct storage_stage *no_thumbnail = NULL;
	struct error why = {0};
	bool ok = false;

	finishing->domain = domain;
	finishing->actor = actor;
	ok = prepare(finishing, arena, generation_id, &why) &&
	     photos_store_files(domain, arena, result, &no_thumbnail, &finishing->draft, &why);
	storage_discard(result);
	if (ok && !db_transaction(domain->db, finish, finishing, &why)) {
		photos_forget_files(domain, &finishing->draft, &why);
		ok = false;
	}
	if (!ok) {
		if (error) {
			*error = why;
		}
		return false;
	}
	return photos_find(domain, actor, arena, &finishing->draft.photo.id, photo_r, error);
}
