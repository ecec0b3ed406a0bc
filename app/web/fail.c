/* fail.c - failures to answers: one table from kinds to HTTP, one page, one problem document. */
#include "answer.h"
#include "input.h"
#include "show.h"
#include "way_back.h"
#include "web.h"

#include <base/log.h>
#include <http/url.h>
#include <string.h>

struct outcome {
	int status;
	const char *title;
	const char *advice; /* what a person can do next */
};

static const struct outcome outcomes[] = {
    [ERROR_NONE] = {500, "Something went wrong", "Please try again."},
    [ERROR_INVALID] = {400, "That cannot be done as asked", "Go back, correct it and try again."},
    [ERROR_UNAUTHENTICATED] = {401, "Please sign in", "Sign in and try again."},
    [ERROR_FORBIDDEN] = {403, "Not allowed", "Ask an admin of your organisation if you need it."},
    [ERROR_NOT_FOUND] = {404, "Nothing here",
	"It may have been deleted for good, or the address "
	"is mistyped."},
    [ERROR_CONFLICT] = {409, "Not possible right now",
	"Look at its present state and decide anew."},
    [ERROR_GONE] = {410, "Gone", "This cannot be brought back."},
    [ERROR_TOO_LARGE] = {413, "Too large", "Send something smaller."},
    [ERROR_RATE_LIMITED] = {429, "Too many tries", "Wait a while and try again."},
    [ERROR_UNAVAILABLE] = {503, "Briefly out of reach",
	"Nothing was changed. Try again in a "
	"moment."},
    [ERROR_INTERNAL] = {500, "Something went wrong",
	"Nothing was changed. Try again; if it stays "
	"so, tell support."},
};

#define UNAVAILABLE_RETRY_S 5

/* 413's finer relatives, 405, and what is too much to read share a kind with their neighbours; the
 * code tells them apart. */
static const struct {
	const char *code;
	struct outcome outcome;
} finer[] = {
    {"uri_too_long", {414, "Too large", "Send something smaller."}},
    {"header_too_large", {431, "Too large", "Send something smaller."}},
    {"method_not_allowed",
	{405, "That cannot be done as asked", "Go back, correct it and try again."}},
    {"csrf",
	{403, "Send it again",
	    "Nothing was changed. Go back, reload the page that it is on, and send it again."}},
    {"too_much",
	{503, "Too much at once", "Nothing was changed. What you asked for can be narrowed down."}},
};

static const struct outcome *outcome_of(const struct error *error)
{
	for (size_t i = 0; i < sizeof(finer) / sizeof(finer[0]); i++)
		if (strcmp(error->code, finer[i].code) == 0)
			return &finer[i].outcome;
	return &outcomes[error->kind];
}

int web_form_status(const struct web *web)
{
	return web->form_error ? outcome_of(web->form_error)->status : 200;
}

/* The same address without exact counts, where those were too much; else NULL. */
static const char *uncounted_url(struct web *web, const struct error *error)
{
	const struct http_pairs *query = &web->request->query;
	struct http_pair *pairs;
	size_t kept = 0;

	if (strcmp(error->code, "too_much") != 0 || !web->route || !input_bool(web, "exact"))
		return NULL;
	pairs = arena_array(web->arena, query->count + 1, sizeof(*pairs));
	for (size_t i = 0; i < query->count; i++)
		if (strcmp(query->items[i].name, "exact") != 0)
			pairs[kept++] = query->items[i];
	pairs[kept] = (struct http_pair){NULL, NULL};
	return http_url_build(web->arena, web->request->path, HTTP_NO_PAIRS, pairs);
}

/* RFC 9457. */
static void send_problem(struct web *web, int status, const struct error *error)
{
	struct doc *problem = doc_object(web->arena);

	doc_set_text(problem, "type", "about:blank");
	doc_set_text(problem, "title", outcome_of(error)->title);
	doc_set_int(problem, "status", status);
	doc_set_text(problem, "detail", error->message);
	doc_set_text(problem, "code", error->code);
	if (error->field[0])
		doc_set_text(problem, "field", error->field);
	if (error->reference_name[0])
		doc_set_text(
		    problem, arena_dup(web->arena, error->reference_name), error->reference);
	if (web->blocking)
		doc_set(problem, "events", web->blocking);
	http_response_begin(web->response, status, "application/problem+json");
	doc_write_json(problem, web->response->body);
}

/* The login, and from there back to where one was. */
static const char *sign_in_url(struct web *web)
{
	return http_url_build(
	    web->arena, "/login", HTTP_NO_PAIRS, HTTP_PAIRS({"next", way_back(web)}));
}

/* A form that was sent is shown again with what was typed, once its sender is signed in. */
static const char *advice_for(const struct web *web, int status, const struct error *error)
{
	if (status == 401 && web->form && web->route->form)
		return "Nothing was changed. To keep what you filled in, sign in in another "
		       "window, "
		       "then reload this page.";
	return outcome_of(error)->advice;
}

static void send_page(struct web *web, int status, const struct error *error)
{
	struct doc *page = page_begin(web, outcome_of(error)->title);
	struct error failure = {0};

	doc_set_int(page, "status", status);
	doc_set_text(page, "message", show_message(web->arena, error));
	doc_set_text(page, "advice", advice_for(web, status, error));
	doc_set_text(page, "uncounted_url", uncounted_url(web, error));
	doc_set_bool(page, "is_sign_in", status == 401);
	doc_set_text(page, "sign_in_url", status == 401 ? sign_in_url(web) : NULL);
	doc_set_text(page, "again_url",
	    web->session && strcmp(error->code, "csrf") == 0 ? way_back(web) : NULL);
	if (web->blocking)
		doc_set(page, "events", web->blocking);
	doc_set_bool(page, "has_events", web->blocking != NULL);
	if (strcmp(error->reference_name, "deletion_id") == 0)
		doc_set_text(page, "deletion_id", error->reference);
	doc_set_bool(page, "is_site_taken", strcmp(error->reference_name, "site_id") == 0);
	if (strcmp(error->reference_name, "request_id") == 0)
		doc_set_text(page, "pending_request_id", error->reference);
	if (page_send(web, status, "error", page, &failure))
		return;
	http_response_begin(web->response, 500, "text/plain; charset=utf-8");
	buf_puts(web->response->body, outcomes[ERROR_INTERNAL].title);
}

void web_fail(struct web *web, const struct error *error)
{
	int status = outcome_of(error)->status;
	int retry_s = error->retry_after_s;

	if (status == 500)
		log_event(LOG_ERROR, "request_failed", log_text("code", error->code));
	if (retry_s == 0 && (status == 503 || status == 429))
		retry_s = UNAVAILABLE_RETRY_S;
	buf_clear(web->response->body);
	if (web->is_api || http_wants_json(web->request))
		send_problem(web, status, error);
	else
		send_page(web, status, error);
	if (retry_s > 0)
		http_response_header(
		    web->response, "Retry-After", arena_printf(web->arena, "%d", retry_s));
	if (status == 401 && web->is_api)
		http_response_header(web->response, "WWW-Authenticate", "Bearer");
	answer_secure(web);
}

bool web_path_id(const struct web *web, const char *name, struct id *id_r, struct error *error)
{
	const char *text = http_capture(web->match, name);

	if (text && id_parse(text, id_r))
		return true;
	return error_set(error, ERROR_NOT_FOUND, "not_found", "There is nothing at this address.");
}
