/* photo.c - one photo: looking, sharing, archiving, deleting, restoring, deleting forever. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "proof.h"
#include "request_view.h"

#include <auth/policy.h>
#include <domain/deletions.h>
#include <domain/photos.h>
#include <domain/shares.h>
#include <http/url.h>

static const char *photo_url(struct web *web, const char *done)
{
	return http_url_build(web->arena, "/photos/{id}",
	    HTTP_PAIRS({"id", present_id(web, &web->subject_id)}), HTTP_PAIRS({"done", done}));
}

static bool set_derivatives(struct web *web, struct doc *page, struct error *error)
{
	struct photos_page derivatives;
	struct doc *list = doc_list(web->arena);

	if (!photos_derivatives(
		web->domain, &web->actor, web->arena, web->subject, &derivatives, error))
		return false;
	for (size_t i = 0; i < derivatives.count; i++)
		doc_push(list, present_photo(web, &derivatives.items[i]));
	doc_set(page, "derivatives", list);
	doc_set_bool(page, "has_derivatives", derivatives.count > 0);
	doc_set_text(page, "derivatives_words",
	    show_count(web->arena, (int64_t)derivatives.count, "derivative", "derivatives"));
	return true;
}

static bool set_shares(struct web *web, struct doc *page, struct error *error)
{
	struct policy_subject subject = photos_policy_subject(web->subject);
	struct doc *list = doc_list(web->arena);
	struct share_rows rows = {0};

	if (policy_allows(&web->actor, POLICY_SHARE, &subject) &&
	    !share_list(web->domain, &web->actor, web->arena, &web->subject_id, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(list, present_share(web, &rows.items[i]));
	doc_set(page, "shares", list);
	doc_set_bool(page, "has_shares", rows.count > 0);
	return true;
}

/* Requests that wait for a decision, as far as the viewer may know of them. */
static bool set_pending(struct web *web, struct doc *page, struct error *error)
{
	const struct photo *photo = web->subject;
	struct photos_page none = {0};
	struct doc *list = doc_list(web->arena);
	const char *email = web->session ? web->session->email : NULL;
	struct request_rows rows = {0};
	struct request own;
	bool is_own = false;

	if (photo->status == PHOTO_DELETION_REQUESTED &&
	    (!requests_of_photo(
		 web->domain, &web->actor, web->arena, &web->subject_id, &rows, error) ||
		!requests_own_pending(web->domain, &web->actor, web->arena, &web->subject_id, email,
		    &own, &is_own, error)))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		if (rows.items[i].status == REQUEST_PENDING)
			doc_push(list, request_view(web, &rows.items[i], &none));
	doc_set(page, "pending", list);
	doc_set_bool(page, "pending_own", is_own);
	return true;
}

/* A page about the photo with its derivatives; `live` pages ask whether they are still true. */
static bool begin(
    struct web *web, const char *title, bool live, struct doc **page_r, struct error *error)
{
	struct doc *page = page_begin(web, title);

	*page_r = page;
	if (live && !chrome_live(web, page, error))
		return false;
	doc_set(page, "photo", present_photo(web, web->subject));
	return set_derivatives(web, page, error);
}

static const char *title_of(const struct web *web)
{
	const struct photo *photo = web->subject;

	return photo->title && *photo->title ? photo->title : "Untitled photo";
}

bool page_photo(struct web *web, struct error *error)
{
	struct doc *page;

	return begin(web, title_of(web), true, &page, error) && set_shares(web, page, error) &&
	       set_pending(web, page, error) &&
	       page_send(web, web_form_status(web), "photo", page, error);
}

static bool send_form(struct web *web, struct doc *page, const char *name, struct error *error)
{
	doc_set_text(page, "reason", input_text(web, "reason"));
	return page_send(web, web_form_status(web), name, page, error);
}

static bool show_form(struct web *web, const char *title, const char *name, struct error *error)
{
	struct doc *page;

	return begin(web, title, false, &page, error) && acts_set_windows(web, page, error) &&
	       send_form(web, page, name, error);
}

bool page_photo_delete(struct web *web, struct error *error)
{
	return show_form(web, "Delete this photo?", "photo_delete", error);
}

bool page_photo_delete_send(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_photo(web, &deletion, error) &&
	       redirect_to(web, http_url_build(web->arena, "/", HTTP_NO_PAIRS,
				    HTTP_PAIRS({"done", "deleted"},
					{"act", present_id(web, &deletion.act_id)})));
}

bool page_photo_archive(struct web *web, struct error *error)
{
	return show_form(web, "Archive this photo?", "photo_archive", error);
}

bool page_photo_archive_send(struct web *web, struct error *error)
{
	struct photo photo;

	return photos_archive(web->domain, &web->actor, web->arena, &web->subject_id,
		   input_text(web, "reason"), &photo, error) &&
	       redirect_to(web, photo_url(web, "archived"));
}

bool page_photo_status_send(struct web *web, struct error *error)
{
	enum photo_status status = (enum photo_status)input_get(web, "status")->integer;
	struct photo photo;

	return photos_review(web->domain, &web->actor, web->arena, &web->subject_id, status,
		   input_text(web, "reason"), &photo, error) &&
	       redirect_to(web, photo_url(web, status == PHOTO_APPROVED   ? "approved"
					       : status == PHOTO_REJECTED ? "rejected"
									  : "reviewed"));
}

bool page_photo_restore_send(struct web *web, struct error *error)
{
	struct photo photo;

	return acts_restore_photo(web, &photo, error) &&
	       redirect_to(
		   web, photo_url(web, photo.deleted_at_us ? "restored_leaving" : "restored"));
}

bool page_photo_forever(struct web *web, struct error *error)
{
	struct doc *page;

	return begin(web, "Delete this photo forever?", false, &page, error) &&
	       proof_set(web, page, NULL, error) && send_form(web, page, "photo_forever", error);
}

bool page_photo_forever_send(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_forever(web, ITEM_PHOTO, &deletion, error) &&
	       redirect_to(web, "/trash?done=purged");
}

/* The link is shown once, on this answer: only its hash is kept. */
bool page_share_send(struct web *web, struct error *error)
{
	struct share share;
	struct doc *page;
	const char *token = NULL;
	int64_t days = input_integer(web, "days", 0);

	if (!share_create(web->domain, &web->actor, web->arena, &web->subject_id,
		days ? web->now_us + days * CLOCK_DAY_US : 0, &share, &token, error) ||
	    !begin(web, title_of(web), true, &page, error) || !set_shares(web, page, error) ||
	    !set_pending(web, page, error))
		return false;
	doc_set_text(page, "share_url", present_share_url(web, token));
	return page_send(web, 200, "photo", page, error);
}

bool page_share_revoke_send(struct web *web, struct error *error)
{
	struct id share;

	return web_path_id(web, "share_id", &share, error) &&
	       share_revoke(
		   web->domain, &web->actor, web->arena, &web->subject_id, &share, error) &&
	       redirect_to(web, photo_url(web, "revoked"));
}
