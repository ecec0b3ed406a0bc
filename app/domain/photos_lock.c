/* photos_lock.c - a photo locked for an act on it, and the refusal of what is deleted. */
#include "photos.h"

bool photos_lock(struct db_tx *tx, const struct actor *actor, const struct id *photo_id,
    enum policy_action action, struct photo *photo_r, struct error *error)
{
	struct policy_subject subject;
	enum db_result result = store_photo_lock(
	    tx, tx->arena, &actor->organization_id, photo_id, &actor->user_id, photo_r);

	if (result == DB_NONE) {
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "There is no such photo, or it is not for you to see.");
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	subject = photos_policy_subject(photo_r);
	return policy_check(actor, action, &subject, error);
}

bool photos_lock_organization(struct db_tx *tx, const struct id *organization_id,
    struct place *organization_r, struct error *error)
{
	enum db_result result = store_place_lock(
	    tx, tx->arena, PLACE_ORGANIZATION, organization_id, organization_id, organization_r);

	if (result == DB_NONE) {
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such organisation.");
	}
	return result == DB_OK || db_fail(result, error);
}

bool photos_refuse_deleted(const struct photo *photo, struct error *error)
{
	char text[ID_TEXT_SIZE];

	error_set(error, ERROR_CONFLICT, "already_deleted", "This photo is deleted.");
	id_format(&photo->deletion_id, text);
	error_set_reference(error, "deletion_id", text);
	return false;
}
