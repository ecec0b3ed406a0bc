/* removal.c - the visitor's way: an address, a mail with a link, and what that link opens.
 *
 * Nothing here tells whether an address is known. Only what domain/requests says may be shown of a
 * photo is. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "request_view.h"

#include <domain/requests.h>
#include <http/url.h>
#include <string.h>

static const char *token_of(const struct web *web)
{
	return http_capture(web->match, "token");
}

static const char *link_url(
    struct web *web, const char *pattern, const char *token, const char *done)
{
	return http_url_build(
	    web->arena, pattern, HTTP_PAIRS({"token", token}), HTTP_PAIRS({"done", done}));
}

/* --- the first step ------------------------------------------------------------------------- */

bool page_removal(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Have a photo removed");

	chrome_visitor_form(web, page, "/removal");
	doc_set_bool(page, "is_sent", !web->form && input_bool(web, "sent"));
	doc_set_text(page, "email", web->form ? http_pairs_get(web->form, "email") : NULL);
	doc_set_text(page, "photo",
	    web->form ? http_pairs_get(web->form, "photo") : http_query(web->request, "photo"));
	return page_send(web, web_form_status(web), "removal", page, error);
}

bool page_removal_send(struct web *web, struct error *error)
{
	return removal_ask(web->domain, web->arena, input_text(web, "email"),
		   input_text(web, "photo"), web->request->remote_address, error) &&
	       redirect_to(web, "/removal?sent=true");
}

/* --- behind a link -------------------------------------------------------------------------- */

/* A link that opens nothing any more, or never did: what to do next. */
static bool send_dead(struct web *web, struct error *error)
{
	bool is_gone = error->kind == ERROR_GONE;
	struct doc *page;

	if (!is_gone && error->kind != ERROR_NOT_FOUND)
		return false;
	page = page_begin(web, is_gone ? "This link is over" : "No such link");
	doc_set_bool(page, "is_gone", is_gone);
	doc_set_bool(page, "is_used", strcmp(error->code, "link_used") == 0);
	doc_set_bool(page, "is_request_gone", strcmp(error->code, "request_gone") == 0);
	error_clear(error);
	return page_send(web, is_gone ? 410 : 404, "removal_dead", page, error);
}

static struct doc *present_removal_photo(
    struct web *web, const struct removal_photo *photo, const char *chosen)
{
	struct doc *doc = doc_object(web->arena);
	const char *id = present_id(web, &photo->id);

	doc_set_text(doc, "id", id);
	doc_set_text(doc, "name",
	    !photo->picture_shown           ? "The photo whose address you gave"
	    : photo->title && *photo->title ? photo->title
					    : "Untitled photo");
	doc_set_text(doc, "site_name", photo->site_name);
	show_time(web, doc, "created", photo->created_at_us);
	doc_set_text(doc, "thumbnail_url",
	    photo->picture_shown
		? http_url_build(web->arena, "/removal/{token}/photos/{id}/thumbnail",
		      HTTP_PAIRS({"token", token_of(web)}, {"id", id}), HTTP_NO_PAIRS)
		: NULL);
	doc_set_bool(doc, "is_pending", !id_is_none(&photo->request_id));
	doc_set_bool(doc, "is_chosen", chosen && strcmp(chosen, id) == 0);
	return doc;
}

/* The photos to choose from; a single one is chosen. */
static bool send_choice(struct web *web, const struct removal *removal, struct error *error)
{
	struct doc *page = page_begin(web, "Choose the photo");
	struct doc *list = doc_list(web->arena);
	const char *chosen = web->form ? http_pairs_get(web->form, "photo") : NULL;
	const char *token = token_of(web);
	size_t open = 0;

	for (size_t i = 0; i < removal->count; i++) {
		const struct removal_photo *photo = &removal->photos[i];
		if (id_is_none(&photo->request_id))
			open++;
		doc_push(list, present_removal_photo(web, photo,
				   removal->count == 1 ? present_id(web, &photo->id) : chosen));
	}
	chrome_visitor_form(web, page, "/removal/{token}");
	doc_set_text(page, "email", removal->email);
	doc_set_text(page, "address", link_url(web, "/removal/{token}", token, NULL));
	doc_set(page, "photos", list);
	doc_set_bool(page, "is_one", removal->count == 1);
	doc_set_bool(page, "is_empty", removal->count == 0);
	doc_set_bool(page, "can_ask", open > 0);
	doc_set_bool(page, "has_more", removal->more);
	doc_set_bool(page, "is_by_address", removal->kind == REMOVAL_SUBMITTED);
	show_time(web, page, "expires", removal->expires_at_us);
	doc_set_text(page, "reason", web->form ? http_pairs_get(web->form, "reason") : NULL);
	return page_send(web, web_form_status(web), "removal_photos", page, error);
}

static struct doc *present_own_request(struct web *web, const struct request *request)
{
	static const char *const words[REQUEST_STATUS_COUNT] = {
	    [REQUEST_PENDING] = "Waiting for a decision",
	    [REQUEST_APPROVED] = "Approved",
	    [REQUEST_REJECTED] = "Rejected",
	    [REQUEST_CANCELLED] = "Taken back",
	    [REQUEST_SUPERSEDED] = "The photo was deleted",
	};
	struct doc *doc = doc_object(web->arena);

	doc_set_text(doc, "name", request->photo_title);
	doc_set_text(doc, "status_word", words[request->status]);
	doc_set_bool(doc, "is_pending", request->status == REQUEST_PENDING);
	doc_set_bool(doc, "is_approved", request->status == REQUEST_APPROVED);
	doc_set_bool(doc, "is_rejected", request->status == REQUEST_REJECTED);
	request_view_set_photo_state(doc, request);
	doc_set_text(doc, "reason", request->reason);
	doc_set_text(doc, "rejection_reason", request->rejection_reason);
	show_time(web, doc, "asked", request->requested_at_us);
	show_time(web, doc, "due", request->due_at_us);
	show_time(web, doc, "decided", request->reviewed_at_us);
	return doc;
}

static bool send_status(struct web *web, const struct removal *removal, struct error *error)
{
	struct doc *page = page_begin(web, "Your request");

	chrome_visitor_form(web, page, "/removal/{token}/cancel");
	doc_set_text(page, "address", link_url(web, "/removal/{token}", token_of(web), NULL));
	doc_set_text(
	    page, "cancel_url", link_url(web, "/removal/{token}/cancel", token_of(web), NULL));
	doc_set(page, "request", present_own_request(web, &removal->request));
	return page_send(web, web_form_status(web), "removal_status", page, error);
}

bool page_removal_link(struct web *web, struct error *error)
{
	struct removal removal;

	if (!removal_open(web->domain, web->arena, token_of(web), &removal, error))
		return send_dead(web, error);
	return removal.kind == REMOVAL_STATUS ? send_status(web, &removal, error)
					      : send_choice(web, &removal, error);
}

/* What a person without an account can read belongs on the page of their link, not on one that
 * leads to pages of members. */
static bool refuse(struct web *web, struct error *error)
{
	struct error *shown = arena_alloc(web->arena, sizeof(*shown));

	if (error->kind != ERROR_CONFLICT)
		return send_dead(web, error);
	*shown = *error;
	web->form_error = shown;
	error_clear(error);
	return page_removal_link(web, error);
}

bool page_removal_link_send(struct web *web, struct error *error)
{
	struct request request;
	const char *token = NULL;

	if (removal_send(web->domain, web->arena, token_of(web), input_text(web, "photo"),
		input_text(web, "reason"), web->request->remote_address, web->request->id, &request,
		&token, error))
		return redirect_to(web, link_url(web, "/removal/{token}", token, "asked"));
	return refuse(web, error);
}

bool page_removal_cancel_send(struct web *web, struct error *error)
{
	struct request request;

	if (removal_cancel(
		web->domain, web->arena, token_of(web), web->request->id, &request, error))
		return redirect_to(web, "/removal?done=request_cancelled");
	return refuse(web, error);
}
