/* requests.c - asking for a photo's deletion: the form, one's own requests, those on one's sites.
 */
#include "request_view.h"

#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <http/url.h>

static const char *request_url(struct web *web, const struct id *request, const char *done)
{
	return http_url_build(web->arena, "/requests/{id}",
	    HTTP_PAIRS({"id", present_id(web, request)}), HTTP_PAIRS({"done", done}));
}

static bool set_rows(struct web *web, struct doc *page, const struct request *requests,
    size_t count, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct photos_page photos;

	if (!request_view_photos(web, requests, count, &photos, error))
		return false;
	for (size_t i = 0; i < count; i++)
		doc_push(list, request_view(web, &requests[i], &photos));
	doc_set(page, "requests", list);
	return true;
}

/* --- lists ---------------------------------------------------------------------------------- */

bool page_requests(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Requests");
	bool on_sites = input_integer(web, "tab", 0) == 1;
	const char *tab = on_sites ? "sites" : NULL;
	bool owns_site = false;
	struct requests_page rows;
	struct requests_query query = {
	    .scope = on_sites ? REQUESTS_ON_SITES : REQUESTS_OWN,
	    .status = request_view_status(web),
	    .after_us = input_integer(web, "after", 0),
	    .after_id = *input_id(web, "cursor"),
	    .limit = REQUEST_PAGE_ROWS,
	};

	if (!chrome_live(web, page, error) ||
	    !requests_owns_site(web->domain, &web->actor, web->arena, &owns_site, error) ||
	    !requests_list(web->domain, &web->actor, web->arena, &query, &rows, error) ||
	    !set_rows(web, page, rows.items, rows.count, error))
		return false;
	doc_set_bool(page, "owns_site", owns_site);
	doc_set_bool(page, "on_sites", on_sites);
	doc_set(
	    page, "statuses", request_view_tabs(web, "/requests", tab, request_view_status(web)));
	request_view_pager(web, page, "/requests", tab, &rows);
	return page_send(web, 200, "requests", page, error);
}

/* --- one request ---------------------------------------------------------------------------- */

/* Who else asked for the same photo's deletion, as far as the viewer may know. */
static bool set_others(
    struct web *web, struct doc *page, const struct request *request, struct error *error)
{
	struct photos_page none = {0};
	struct doc *list = doc_list(web->arena);
	struct request_rows rows;

	if (!requests_of_photo(
		web->domain, &web->actor, web->arena, &request->photo_id, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		if (!id_equal(&rows.items[i].id, &request->id))
			doc_push(list, request_view(web, &rows.items[i], &none));
	doc_set(page, "others", list);
	doc_set_bool(page, "has_others", list->as.list.count > 0);
	return true;
}

bool page_request(struct web *web, struct error *error)
{
	const struct request *request = web->subject;
	struct doc *page = page_begin(web, "Request");
	struct photos_page photos;

	if (!chrome_live(web, page, error) ||
	    !request_view_photos(web, request, 1, &photos, error) ||
	    !set_others(web, page, request, error))
		return false;
	doc_set(page, "request", request_view(web, request, &photos));
	return page_send(web, 200, "request", page, error);
}

bool page_request_cancel_send(struct web *web, struct error *error)
{
	struct request request;

	return requests_cancel(
		   web->domain, &web->actor, web->arena, &web->subject_id, &request, error) &&
	       redirect_to(web, http_url_build(web->arena, next_or(web, "/requests"), HTTP_NO_PAIRS,
				    HTTP_PAIRS({"done", "request_cancelled"})));
}

/* --- the form ------------------------------------------------------------------------------- */

/* One that the viewer has made already: the form would only be refused. */
static bool set_pending(struct web *web, struct doc *page, struct error *error)
{
	const char *email = web->session ? web->session->email : NULL;
	struct request own;
	bool is_there;

	if (!requests_own_pending(web->domain, &web->actor, web->arena, &web->subject_id, email,
		&own, &is_there, error))
		return false;
	doc_set_text(page, "pending_url", is_there ? request_url(web, &own.id, NULL) : NULL);
	return true;
}

static bool refuse_deleted(struct web *web, const struct photo *photo, struct error *error)
{
	error_set(error, ERROR_CONFLICT, "already_deleted", "This photo is deleted already.");
	error_set_reference(error, "deletion_id", present_id(web, &photo->deletion_id));
	return false;
}

/* A POST without a photo that could be comes here as well: there is no form to fill in then. */
bool page_request_new(struct web *web, struct error *error)
{
	const struct photo *photo = web->subject;
	struct doc *page;

	if (!photo) {
		*error = *web->form_error;
		return false;
	}
	if (photo->deleted_at_us)
		return refuse_deleted(web, photo, error);
	page = page_begin(web, "Ask for deletion");
	if (!acts_set_windows(web, page, error) || !set_pending(web, page, error))
		return false;
	doc_set(page, "photo", present_photo(web, photo));
	doc_set_text(page, "reason", input_text(web, "reason"));
	return page_send(web, web_form_status(web), "request_new", page, error);
}

bool page_request_new_send(struct web *web, struct error *error)
{
	struct request request;

	return requests_create(web->domain, &web->actor, web->arena, &web->subject_id,
		   input_text(web, "reason"), web->request->remote_address, &request, error) &&
	       redirect_to(web, request_url(web, &request.id, "asked"));
}
