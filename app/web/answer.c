/* answer.c - pages, JSON and redirects, each opened in one place. */
#include "answer.h"

#include "chrome.h"
#include "input.h"

#include <http/url.h>
#include <mustache/mustache.h>
#include <string.h>

#define PAGE_CSP                                                                                   \
	"default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; "          \
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
#define API_CSP "default-src 'none'; frame-ancestors 'none'"

/* Most pages fit, so that they need not grow on their way. */
#define PAGE_ROOM ((size_t)96 * 1024)

static void set(struct web *web, const char *name, const char *value)
{
	if (!http_response_get(web->response, name))
		http_response_header(web->response, name, value);
}

void answer_secure(struct web *web)
{
	bool hides_path = web->route && (web->route->flags & WEB_NO_REFERRER);

	set(web, "Content-Security-Policy", web->is_api ? API_CSP : PAGE_CSP);
	set(web, "X-Content-Type-Options", "nosniff");
	set(web, "X-Frame-Options", "DENY");
	set(web, "Referrer-Policy", hides_path ? "no-referrer" : "same-origin");
	set(web, "Cross-Origin-Opener-Policy", "same-origin");
	set(web, "Cross-Origin-Resource-Policy", "same-origin");
	set(web, "Cache-Control", "private, no-store");
}

struct doc *page_begin(struct web *web, const char *title)
{
	struct doc *page = doc_object(web->arena);

	doc_set_text(page, "title", title);
	chrome_fill(web, page);
	return page;
}

void page_pager(struct web *web, struct doc *page, const char *first_url, const char *next_url)
{
	doc_set_text(page, "first_url", input_get(web, "cursor")->present ? first_url : NULL);
	doc_set_text(page, "next_url", next_url);
}

bool page_send(
    struct web *web, int status, const char *name, const struct doc *page, struct error *error)
{
	const char *path = arena_printf(web->arena, "pages/%s", name);
	const struct mustache_template *template = mustache_set_find(web->app->templates, path);

	if (!template)
		return error_set(error, ERROR_INTERNAL, "no_template", "No template %s.", path);
	http_response_begin(web->response, status, "text/html; charset=utf-8");
	answer_secure(web);
	buf_reserve(web->response->body, PAGE_ROOM);
	return mustache_render(template, page, web->response->body, error);
}

bool api_send(struct web *web, int status, const struct doc *answer)
{
	http_response_begin(web->response, status, "application/json");
	answer_secure(web);
	doc_write_json(answer, web->response->body);
	return true;
}

bool api_answer(struct web *web, const struct doc *answer)
{
	return api_send(web, web->route->status ? web->route->status : 200, answer);
}

bool redirect_to(struct web *web, const char *location)
{
	http_response_redirect(web->response, location);
	answer_secure(web);
	return true;
}

const char *next_or(const struct web *web, const char *fallback)
{
	const char *next = web->form ? http_pairs_get(web->form, "next") : NULL;

	return http_url_local(next, fallback);
}

bool answer_empty(struct web *web, int status)
{
	web->response->status = status;
	buf_clear(web->response->body);
	answer_secure(web);
	return true;
}
