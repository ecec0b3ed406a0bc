/* photos_add.c - adding a photo: texts, tags, where it goes, and one transaction. */
#include "photos.h"

#include <base/text.h>
#include <store/tags.h>
#include <store/users.h>
#include <string.h>

/* An upload on its way into the database. */
struct addition {
	const struct domain *domain;
	const struct actor *actor;
	struct photo_draft draft;
	const char *tags[PHOTOS_MAX_TAGS];
	size_t tag_count;
};

/* A text: trimmed, NULL where it is blank, at most `limit` characters. */
static bool read_text(struct arena *arena, const char *field, const char *text, size_t limit,
    const char **text_r, struct error *error)
{
	*text_r = NULL;
	if (!text || text_is_blank(text)) {
		return true;
	}
	*text_r = text_trim(arena, text);
	if (text_length(*text_r) > limit) {
		return error_set_field(
		    error, field, "too_long", "At most %zu characters are possible here.", limit);
	}
	return true;
}

bool photos_reason(
    struct arena *arena, const char *text, const char **reason_r, struct error *error)
{
	return read_text(arena, "reason", text, PHOTOS_MAX_REASON, reason_r, error);
}

static bool has_tag(const struct addition *addition, const char *name)
{
	for (size_t i = 0; i < addition->tag_count; i++) {
		if (strcmp(addition->tags[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static bool read_tags(struct arena *arena, const struct photos_upload *upload,
    struct addition *addition, struct error *error)
{
	for (size_t i = 0; i < upload->tag_count; i++) {
		const char *name = NULL;

		if (!read_text(arena, "tags", upload->tags[i], PHOTOS_MAX_TAG, &name, error)) {
			return false;
		}
		if (!name || has_tag(addition, name)) {
			continue;
		}
		if (addition->tag_count == PHOTOS_MAX_TAGS) {
			return error_set_field(error, "tags", "too_many_tags",
			    "A photo bears at most %d tags.", PHOTOS_MAX_TAGS);
		}
		addition->tags[addition->tag_count++] = name;
	}
	return true;
}

/* Library photos are approved; what is handed in to a site waits for an admin, and says who. */
static bool fill_submitter(
    const struct domain *domain, struct arena *arena, struct photo *photo, struct error *error)
{
	struct user user = {0};
	enum db_result result = DB_OK;

	photo->status = PHOTO_APPROVED;
	if (id_is_none(&photo->site_id)) {
		return true;
	}
	photo->status = PHOTO_PENDING;
	result = users_find(domain->db, arena, &photo->uploader_id, &user);
	photo->submitter_name = user.display_name;
	photo->submitter_email = user.email;
	return result == DB_OK || db_fail(result, error);
}

static bool prepare(struct arena *arena, const struct photos_upload *upload,
    struct addition *addition, struct error *error)
{
	const int64_t now_us = clock_now_us(addition->domain->clock);
	struct photo *photo = &addition->draft.photo;

	*photo = (struct photo){
	    .id = id_generate(now_us),
	    .organization_id = addition->actor->organization_id,
	    .uploader_id = addition->actor->user_id,
	    .project_id = upload->project_id,
	    .site_id = upload->site_id,
	    .created_at_us = now_us,
	};
	return read_text(arena, "title", upload->title, PHOTOS_MAX_TITLE, &photo->title, error) &&
	       read_text(arena, "description", upload->description, PHOTOS_MAX_DESCRIPTION,
		   &photo->description, error) &&
	       read_tags(arena, upload, addition, error) &&
	       fill_submitter(addition->domain, arena, photo, error);
}

static bool check_live(const struct place *place, struct error *error)
{
	char text[ID_TEXT_SIZE];

	if (place->deleted_at_us == 0) {
		return true;
	}
	error_set(error, ERROR_CONFLICT, "container_deleted",
	    "\"%s\" is deleted, so nothing can be added to it.", place->name);
	id_format(&place->deletion_id, text);
	error_set_reference(error, "deletion_id", text);
	return false;
}

static bool lock_organization(
    struct db_tx *tx, const struct addition *addition, struct error *error)
{
	struct place organization;

	return photos_lock_organization(
		   tx, &addition->actor->organization_id, &organization, error) &&
	       check_live(&organization, error);
}

/* The place a photo goes to must be live and stay so until the photo is in it. */
static bool lock_place(struct db_tx *tx, const struct addition *addition, enum place_kind kind,
    const char *field, const struct id *place_id, struct error *error)
{
	struct place place = {0};
	enum db_result result = DB_OK;

	if (id_is_none(place_id)) {
		return true;
	}
	result = store_place_lock(
	    tx, tx->arena, kind, &addition->actor->organization_id, place_id, &place);
	if (result == DB_NONE) {
		return error_set_field(error, field, "unknown",
		    "There is no such %s in your organisation.",
		    kind == PLACE_SITE ? "site" : "project");
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return check_live(&place, error);
}

static bool insert_tags(struct db_tx *tx, const struct addition *addition, struct error *error)
{
	const struct photo *photo = &addition->draft.photo;
	enum db_result result = DB_OK;

	for (size_t i = 0; result == DB_OK && i < addition->tag_count; i++) {
		struct id tag = id_none;

		result = store_tag_ensure(tx, tx->arena, &photo->organization_id, addition->tags[i],
		    photo->created_at_us, &tag);
		if (result == DB_OK) {
			result = store_photo_tag_add(tx, &photo->id, &tag);
		}
	}
	return result == DB_OK || db_fail(result, error);
}

static bool write_audit(struct db_tx *tx, const struct addition *addition, struct error *error)
{
	const struct photo *photo = &addition->draft.photo;
	struct doc *details = doc_object(tx->arena);

	doc_set_int(details, "bytes", photo->bytes);
	doc_set_id(details, "project_id", &photo->project_id);
	doc_set_id(details, "site_id", &photo->site_id);
	doc_set_int(details, "tags", (int64_t)addition->tag_count);
	return audit_write(tx, addition->domain, addition->actor,
	    &(struct audit_event){.action = "photo.create",
		.kind = "photo",
		.item_id = photo->id,
		.details = details},
	    error);
}

static bool insert(struct db_tx *tx, void *context, struct error *error)
{
	const struct addition *addition = context;
	const struct photo *photo = &addition->draft.photo;

	return lock_organization(tx, addition, error) &&
	       lock_place(tx, addition, PLACE_PROJECT, "project_id", &photo->project_id, error) &&
	       lock_place(tx, addition, PLACE_SITE, "site_id", &photo->site_id, error) &&
	       photos_insert(tx, &addition->draft, error) && insert_tags(tx, addition, error) &&
	       write_audit(tx, addition, error);
}

static bool check_actor(const struct actor *actor, struct error *error)
{
	return !id_is_none(&actor->user_id) ||
	       error_set(error, ERROR_UNAUTHENTICATED, "not_signed_in", "Please sign in first.");
}

bool photos_add(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct photos_upload *upload, struct photo *photo_r, struct error *error)
{
	struct addition *addition = arena_alloc(arena, sizeof(*addition));
	struct error why = {0};
	bool ok = false;

	addition->domain = domain;
	addition->actor = actor;
	ok = check_actor(actor, &why) && prepare(arena, upload, addition, &why) &&
	     photos_store_files(
		 domain, arena, &upload->original, &upload->thumbnail, &addition->draft, &why);
	storage_discard(&upload->original);
	storage_discard(&upload->thumbnail);
	if (ok && !db_transaction(domain->db, insert, addition, &why)) {
		photos_forget_files(domain, &addition->draft, &why);
		ok = false;
	}
	if (!ok) {
		if (error) {
			*error = why;
		}
		return false;
	}
	return photos_find(domain, actor, arena, &addition->draft.photo.id, photo_r, error);
}
