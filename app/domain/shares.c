/* shares.c - links that show one photo to anybody who has them. */
#include "photos.h"

#include <auth/secret.h>
#include <domain/shares.h>

/* A link being made or revoked. */
struct sharing {
	const struct domain *domain;
	const struct actor *actor;
	struct share share;
	struct secret_hash hash;
};

static bool write_audit(
    struct db_tx *tx, const struct sharing *sharing, const char *action, struct error *error)
{
	struct doc *details = doc_object(tx->arena);

	doc_set_id(details, "share_id", &sharing->share.id);
	doc_set_time(details, "expires_at", sharing->share.expires_at_us);
	return audit_write(tx, sharing->domain, sharing->actor,
	    &(struct audit_event){.action = action,
		.kind = "photo",
		.item_id = sharing->share.photo_id,
		.details = details},
	    error);
}

/* What waits for moderation or was turned down is not for others, by a link either. */
static bool is_published(const struct photo *photo)
{
	return photos_policy_subject(photo).published;
}

/* Under the photo's lock: a deletion either sees the link and revokes it, or comes first. */
static bool create(struct db_tx *tx, void *context, struct error *error)
{
	const struct sharing *sharing = context;
	struct photo photo;
	enum db_result result = DB_OK;

	if (!photos_lock(
		tx, sharing->actor, &sharing->share.photo_id, POLICY_SHARE, &photo, error)) {
		return false;
	}
	if (photo.deleted_at_us != 0) {
		return photos_refuse_deleted(&photo, error);
	}
	if (photo.archived_at_us != 0) {
		return error_set(error, ERROR_CONFLICT, "already_archived",
		    "An archived photo cannot be shared: restore it first.");
	}
	if (!is_published(&photo)) {
		return error_set(error, ERROR_CONFLICT, "not_published",
		    "This photo has not been approved, so it cannot be shared.");
	}
	result = store_share_insert(tx, &sharing->share, sharing->hash.bytes);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return write_audit(tx, sharing, "share.create", error);
}

bool share_create(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, int64_t expires_at_us, struct share *share_r, const char **token_r,
    struct error *error)
{
	const int64_t now_us = clock_now_us(domain->clock);
	struct sharing sharing = {.domain = domain,
	    .actor = actor,
	    .share = {
		.id = id_generate(now_us),
		.organization_id = actor->organization_id,
		.photo_id = *photo_id,
		.created_by = actor->user_id,
		.created_at_us = now_us,
		.expires_at_us = expires_at_us,
	    }};
	char token[SECRET_TEXT_SIZE];
	struct photo photo;

	if (!photos_find_for(domain, actor, arena, photo_id, POLICY_SHARE, &photo, error)) {
		return false;
	}
	if (expires_at_us != 0 && expires_at_us <= now_us) {
		return error_set_field(error, "expires_at", "not_in_future",
		    "The link must end at a time in the future.");
	}
	secret_generate(token);
	if (!secret_hash(token, &sharing.hash) ||
	    !db_transaction(domain->db, create, &sharing, error)) {
		return false;
	}
	*share_r = sharing.share;
	*token_r = arena_dup(arena, token);
	return true;
}

static bool revoke(struct db_tx *tx, void *context, struct error *error)
{
	struct sharing *sharing = context;
	const struct id share_id = sharing->share.id;
	struct photo photo;
	enum db_result result = DB_OK;

	if (!photos_lock(
		tx, sharing->actor, &sharing->share.photo_id, POLICY_SHARE, &photo, error)) {
		return false;
	}
	result = store_share_of_photo(
	    tx->db, tx->arena, &photo.organization_id, &photo.id, &share_id, &sharing->share);
	if (result == DB_NONE) {
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such link.");
	}
	if (result == DB_OK) {
		result = store_share_revoke(tx, &photo.organization_id, &photo.id, &share_id,
		    clock_now_us(sharing->domain->clock));
		if (result == DB_NONE) {
			return true; /* revoked already: nothing to tell */
		}
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return write_audit(tx, sharing, "share.revoke", error);
}

bool share_revoke(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const struct id *share_id, struct error *error)
{
	struct sharing sharing = {
	    .domain = domain,
	    .actor = actor,
	    .share = {.id = *share_id, .photo_id = *photo_id},
	};

	(void)arena;
	return db_transaction(domain->db, revoke, &sharing, error);
}

bool share_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct share_rows *rows_r, struct error *error)
{
	struct photo photo;
	enum db_result result = DB_OK;

	*rows_r = (struct share_rows){0};
	if (!photos_find_for(domain, actor, arena, photo_id, POLICY_SHARE, &photo, error)) {
		return false;
	}
	result = store_shares_list(domain->db, arena, &photo.organization_id, photo_id, rows_r);
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool share_is_live(const struct share *share, int64_t now_us)
{
	return share->revoked_at_us == 0 &&
	       (share->expires_at_us == 0 || now_us < share->expires_at_us);
}

static bool gone(struct error *error)
{
	return error_set(
	    error, ERROR_GONE, "share_gone", "What this link showed is no longer available.");
}

/* No share has that token: one whose photo was purged is remembered as dead. */
static bool open_absent(const struct domain *domain, struct arena *arena,
    const struct secret_hash *hash, struct error *error)
{
	enum db_result result = store_share_is_dead(domain->db, arena, hash->bytes);

	if (result == DB_OK) {
		return gone(error);
	}
	if (result != DB_NONE) {
		return db_fail(result, error);
	}
	return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such link.");
}

bool share_open(const struct domain *domain, struct arena *arena, const char *token,
    struct photo *photo_r, struct error *error)
{
	struct secret_hash hash;
	struct share share;
	enum db_result result = DB_NONE;

	if (!secret_hash(token, &hash)) {
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such link.");
	}
	result = store_share_find(domain->db, arena, hash.bytes, &share);
	if (result == DB_NONE) {
		return open_absent(domain, arena, &hash, error);
	}
	if (result == DB_OK && !share_is_live(&share, clock_now_us(domain->clock))) {
		return gone(error);
	}
	if (result == DB_OK) {
		result = store_photo_find(
		    domain->db, arena, &share.organization_id, &share.photo_id, &id_none, photo_r);
	}
	if (result == DB_NONE) {
		return gone(error); /* purged between the two reads */
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return (photo_r->deleted_at_us == 0 && photo_r->archived_at_us == 0 &&
		   is_published(photo_r)) ||
	       gone(error);
}

bool share_file(const struct domain *domain, struct arena *arena, const char *token,
    enum file_part part, struct file *file_r, struct error *error)
{
	struct photo photo;

	return share_open(domain, arena, token, &photo, error) &&
	       photos_file_of(domain, arena, &photo, part, file_r, error);
}
