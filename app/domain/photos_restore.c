/* photos_restore.c - bringing a photo back from wherever it is. */
#include <domain/deletions.h>
#include <domain/photos.h>

/* What is no more was perhaps purged after the actor had deleted it: its deletion knows. */
static bool restore_absent(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_id, struct error *error)
{
	struct id deletion_id = id_none;
	struct deletion deletion;
	enum db_result result = store_photo_last_deletion(
	    domain->db, arena, &actor->organization_id, photo_id, &deletion_id);

	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	if (result == DB_OK && !deletions_restore(domain, actor, arena, &deletion_id,
				   &(struct restore_choice){0}, &deletion, error)) {
		return false;
	}
	return error_set(error, ERROR_NOT_FOUND, "not_found",
	    "There is no such photo, or it is not for you to see.");
}

bool photos_was_restorable(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_id)
{
	struct id deletion_id = id_none;
	struct deletion deletion;

	return store_photo_last_deletion(
		   domain->db, arena, &actor->organization_id, photo_id, &deletion_id) == DB_OK &&
	       deletions_find_to_restore(domain, actor, arena, &deletion_id, &deletion, NULL) &&
	       (deletion.state == DELETION_PURGING || deletion.state == DELETION_PURGED);
}

/* A photo that went along with something larger comes back alone. */
static bool restore_deleted(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct photo *photo, const char *reason, struct error *error)
{
	const bool part = !id_equal(&photo->deletion_item_id, &photo->id);
	struct deletion deletion;

	return deletions_restore(domain, actor, arena, &photo->deletion_id,
	    &(struct restore_choice){
		.items = part ? &photo->id : NULL, .item_count = part ? 1 : 0, .reason = reason},
	    &deletion, error);
}

bool photos_restore(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, struct photo *photo_r, struct error *error)
{
	struct photo photo;
	enum db_result result = store_photo_find(
	    domain->db, arena, &actor->organization_id, photo_id, &actor->user_id, &photo);

	if (result == DB_NONE) {
		return restore_absent(domain, actor, arena, photo_id, error);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (photo.deleted_at_us != 0) {
		return restore_deleted(domain, actor, arena, &photo, reason, error) &&
		       photos_find(domain, actor, arena, photo_id, photo_r, error);
	}
	if (photo.archived_at_us != 0) {
		return photos_unarchive(domain, actor, arena, photo_id, reason, photo_r, error);
	}
	return photos_find(domain, actor, arena, photo_id, photo_r, error) &&
	       error_set(error, ERROR_CONFLICT, "not_deleted",
		   "This photo is neither deleted nor archived.");
}
