/* photos_review.c - moderation: an admin says what becomes of a submission. */
#include "photos.h"

struct review {
	const struct domain *domain;
	const struct actor *actor;
	struct id photo_id;
	enum photo_status status;
	const char *reason;
};

/* While a request is pending it decides the status, and gives the former one back. */
static bool refuse_requested(struct db_tx *tx, const struct photo *photo, struct error *error)
{
	struct id request_id = id_none;
	char text[ID_TEXT_SIZE];
	enum db_result result =
	    store_photo_pending_request(tx, &photo->organization_id, &photo->id, &request_id);

	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	error_set(error, ERROR_CONFLICT, "request_pending",
	    "Somebody has asked for the deletion of this photo: decide that request first.");
	if (result == DB_OK) {
		id_format(&request_id, text);
		error_set_reference(error, "request_id", text);
	}
	return false;
}

static bool write_review(
    struct db_tx *tx, const struct review *review, enum photo_status from, struct error *error)
{
	struct doc *details = doc_object(tx->arena);
	const struct photo_review change = {
	    .organization_id = review->actor->organization_id,
	    .photo_id = review->photo_id,
	    .from = from,
	    .to = review->status,
	    .by = review->actor->user_id,
	    .reason = review->status == PHOTO_REJECTED ? review->reason : NULL,
	    .at_us = clock_now_us(review->domain->clock),
	};
	enum db_result result = store_photo_review(tx, &change);

	/* The row is locked: where nothing changed, it was so already. */
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	doc_set_text(details, "from", photo_status_name(from));
	doc_set_text(details, "to", photo_status_name(review->status));
	return audit_write(tx, review->domain, review->actor,
	    &(struct audit_event){.action = "photo.review",
		.kind = "photo",
		.item_id = review->photo_id,
		.details = details,
		.reason = review->reason},
	    error);
}

static bool run_review(struct db_tx *tx, void *context, struct error *error)
{
	const struct review *review = context;
	struct photo photo;

	if (!photos_lock(tx, review->actor, &review->photo_id, POLICY_MODERATE, &photo, error)) {
		return false;
	}
	if (photo.deleted_at_us != 0) {
		return photos_refuse_deleted(&photo, error);
	}
	if (photo.status == PHOTO_DELETION_REQUESTED) {
		return refuse_requested(tx, &photo, error);
	}
	return write_review(tx, review, photo.status, error);
}

bool photos_review(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, enum photo_status status, const char *reason, struct photo *photo_r,
    struct error *error)
{
	struct review review = {
	    .domain = domain, .actor = actor, .photo_id = *photo_id, .status = status};

	if (!photos_find_for(domain, actor, arena, photo_id, POLICY_MODERATE, photo_r, error)) {
		return false;
	}
	if (status == PHOTO_DELETION_REQUESTED || status >= PHOTO_STATUS_COUNT) {
		return error_set_field(error, "status", "invalid_status",
		    "The status is one of pending, approved and rejected.");
	}
	return photos_reason(arena, reason, &review.reason, error) &&
	       db_transaction(domain->db, run_review, &review, error) &&
	       photos_find(domain, actor, arena, photo_id, photo_r, error);
}
