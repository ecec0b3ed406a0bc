/* shared.c - a shared photo, for anybody with its link. */
#include "../answer.h"
#include "../handlers.h"
#include "../present.h"

#include <domain/shares.h>
#include <http/router.h>
#include <http/url.h>

static bool send_gone(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "This photo is gone");

	error_clear(error);
	return page_send(web, 410, "shared_gone", page, error);
}

bool page_shared(struct web *web, struct error *error)
{
	const char *token = http_capture(web->match, "token");
	const struct http_pair captures[] = {{"token", token}, {NULL, NULL}};
	struct photo photo;
	struct doc *live;
	struct doc *page;
	const char *url;

	if (!share_open(web->domain, web->arena, token, &photo, error))
		return error->kind == ERROR_GONE && send_gone(web, error);
	page = page_begin(web, photo.title ? photo.title : "Shared photo");
	url = http_url_build(web->arena, "/s/{token}", captures, HTTP_NO_PAIRS);
	live = doc_object(web->arena);
	doc_set_text(live, "url", url);
	doc_set_text(live, "revision", "\"shared\"");
	doc_set(page, "live", live);
	doc_set_text(page, "name", photo.title ? photo.title : "Shared photo");
	doc_set_text(page, "description", photo.description);
	doc_set_text(page, "removal_url",
	    http_url_build(web->arena, "/removal", HTTP_NO_PAIRS,
		HTTP_PAIRS({"photo", present_share_url(web, token)})));
	doc_set_text(page, "file_url",
	    http_url_build(web->arena, "/s/{token}/file", captures, HTTP_NO_PAIRS));
	if (http_etag_matches(http_header(web->request, "If-None-Match"), "\"shared\"")) {
		http_response_not_modified(web->response, "\"shared\"");
		answer_secure(web);
		return true;
	}
	return page_send(web, 200, "shared", page, error);
}
