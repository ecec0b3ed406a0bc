/* present_photo.c - photos as documents. */
#include "present.h"
#include "show.h"

#include <auth/policy.h>
#include <domain/requests.h>
#include <http/url.h>
#include <string.h>

static struct doc *tag_names(struct web *web, const struct photo *photo)
{
	struct doc *tags = doc_list(web->arena);

	for (size_t i = 0; i < photo->tag_count; i++)
		doc_push(tags, doc_text(web->arena, photo->tags[i].name));
	return tags;
}

static struct doc *album_ids(struct web *web, const struct photo *photo)
{
	struct doc *albums = doc_list(web->arena);

	for (size_t i = 0; i < photo->album_count; i++)
		doc_push(albums, doc_text(web->arena, present_id(web, &photo->album_ids[i])));
	return albums;
}

/* By name, for pages. */
static struct doc *albums_of(struct web *web, const struct photo *photo)
{
	struct doc *albums = doc_list(web->arena);

	for (size_t i = 0; i < photo->album_count; i++) {
		struct doc *album = doc_object(web->arena);
		const char *id = present_id(web, &photo->album_ids[i]);

		doc_set_text(album, "album_name", photo->album_names[i]);
		doc_set_text(album, "album_url",
		    http_url_build(
			web->arena, "/albums/{id}", HTTP_PAIRS({"id", id}), HTTP_NO_PAIRS));
		doc_push(albums, album);
	}
	return albums;
}

static void set_shape(struct web *web, struct doc *doc, const struct photo *photo)
{
	doc_set_id(doc, "id", &photo->id);
	doc_set_id(doc, "organization_id", &photo->organization_id);
	doc_set_id(doc, "uploader_id", &photo->uploader_id);
	doc_set_id(doc, "original_id", &photo->original_id);
	doc_set_id(doc, "project_id", &photo->project_id);
	doc_set_id(doc, "site_id", &photo->site_id);
	doc_set_text(doc, "title", photo->title);
	doc_set_text(doc, "description", photo->description);
	doc_set_text(doc, "status", photo_status_name(photo->status));
	doc_set_int(doc, "bytes", photo->bytes);
	doc_set(doc, "tags", tag_names(web, photo));
	doc_set(doc, "album_ids", album_ids(web, photo));
	doc_set_time(doc, "created_at", photo->created_at_us);
	doc_set_time(doc, "archived_at", photo->archived_at_us);
	doc_set_id(doc, "archived_by", &photo->archived_by);
	doc_set_text(doc, "archive_reason", photo->archive_reason);
	doc_set_time(doc, "purge_after", photo->purge_after_us);
	doc_set_time(doc, "deleted_at", photo->deleted_at_us);
	doc_set_id(doc, "deletion_id", &photo->deletion_id);
	doc_set_time(doc, "recover_until", photo->recover_until_us);
}

static const char *name_of(const struct photo *photo)
{
	if (photo->title && *photo->title)
		return photo->title;
	return "Untitled photo";
}

/* The word on a badge, or NULL where there is nothing to say. */
static const char *badge_of(const struct photo *photo)
{
	static const char *const words[PHOTO_STATUS_COUNT] = {
	    [PHOTO_PENDING] = "Waiting for approval",
	    [PHOTO_REJECTED] = "Rejected",
	    [PHOTO_DELETION_REQUESTED] = "Deletion requested",
	};

	if (photo->deleted_at_us)
		return "Deleted";
	if (photo->archived_at_us)
		return "Archived";
	if (words[photo->status])
		return words[photo->status];
	return id_is_none(&photo->original_id) ? NULL : "Derivative";
}

static void set_rights(struct web *web, struct doc *doc, const struct photo *photo)
{
	struct policy_subject subject = photos_policy_subject(photo);
	const struct actor *actor = &web->actor;
	bool live = photo->deleted_at_us == 0;
	bool archived = photo->archived_at_us != 0;

	doc_set_bool(doc, "can_delete", live && policy_allows(actor, POLICY_DELETE, &subject));
	doc_set_bool(doc, "can_archive",
	    live && !archived && policy_allows(actor, POLICY_ARCHIVE, &subject));
	doc_set_bool(doc, "can_unarchive",
	    live && archived && photo->purge_after_us > web->now_us &&
		policy_allows(actor, POLICY_ARCHIVE, &subject));
	doc_set_bool(doc, "is_kept", archived && photo->purge_after_us > web->now_us);
	doc_set_bool(doc, "can_restore",
	    !live && photo->recover_until_us > web->now_us &&
		policy_allows(actor, POLICY_RESTORE, &subject));
	doc_set_bool(doc, "can_delete_forever",
	    (!live || archived) && policy_allows(actor, POLICY_DELETE_FOREVER, &subject));
	/* A pending request decides the status; what belongs to no site was never submitted. */
	doc_set_bool(doc, "can_moderate",
	    live && !id_is_none(&photo->site_id) && photo->status != PHOTO_DELETION_REQUESTED &&
		policy_allows(actor, POLICY_MODERATE, &subject));
	doc_set_bool(doc, "can_approve", photo->status != PHOTO_APPROVED);
	doc_set_bool(doc, "can_reject", photo->status != PHOTO_REJECTED);
	doc_set_bool(doc, "can_ask", requests_may_ask(actor, photo));
	doc_set_bool(doc, "can_share",
	    live && !archived && subject.published && policy_allows(actor, POLICY_SHARE, &subject));
}

static void set_view(struct web *web, struct doc *doc, const struct photo *photo)
{
	const struct http_pair captures[] = {{"id", present_id(web, &photo->id)}, {NULL, NULL}};

	doc_set_text(doc, "name", name_of(photo));
	doc_set_text(
	    doc, "url", http_url_build(web->arena, "/photos/{id}", captures, HTTP_NO_PAIRS));
	doc_set_text(doc, "thumbnail_url",
	    http_url_build(web->arena, "/photos/{id}/thumbnail", captures, HTTP_NO_PAIRS));
	doc_set_text(doc, "file_url",
	    http_url_build(web->arena, "/photos/{id}/file", captures, HTTP_NO_PAIRS));
	doc_set_text(doc, "badge", badge_of(photo));
	doc_set_bool(doc, "is_derivative", !id_is_none(&photo->original_id));
	doc_set_bool(doc, "is_deleted", photo->deleted_at_us != 0);
	doc_set_bool(doc, "is_archived", photo->archived_at_us != 0);
	doc_set_text(doc, "owner_name", photo->uploader_name);
	doc_set_text(doc, "project_name", photo->project_name);
	doc_set_text(doc, "site_name", photo->site_name);
	doc_set(doc, "albums", albums_of(web, photo));
	doc_set_bool(doc, "has_albums", photo->album_count > 0);
	doc_set_bool(doc, "is_mine",
	    !id_is_none(&web->actor.user_id) && id_equal(&photo->uploader_id, &web->actor.user_id));
	doc_set_text(doc, "size", show_bytes(web->arena, photo->bytes));
	show_time(web, doc, "created", photo->created_at_us);
	show_time(web, doc, "archived", photo->archived_at_us);
	show_left(web, doc, "retention", photo->purge_after_us);
	show_time(web, doc, "deleted", photo->deleted_at_us);
	show_left(web, doc, "window", photo->recover_until_us);
	set_rights(web, doc, photo);
}

struct doc *present_photo(struct web *web, const struct photo *photo)
{
	struct doc *doc = doc_object(web->arena);

	doc_reserve(doc, web->is_api ? 20 : 47);
	set_shape(web, doc, photo);
	if (!web->is_api) {
		doc_page_only(doc);
		set_view(web, doc, photo);
	}
	return doc;
}

struct doc *present_photos(struct web *web, const struct photos_page *page)
{
	struct doc *items = doc_list(web->arena);
	struct doc *list;

	for (size_t i = 0; i < page->count; i++)
		doc_push(items, present_photo(web, &page->items[i]));
	list = present_list(web, items, &page->next);
	if (!web->is_api && page->is_cut)
		doc_set_text(list, "cut_words",
		    show_count(web->arena, domain_look_rows(web->domain), "photo", "photos"));
	return list;
}
