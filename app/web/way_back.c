/* way_back.c - where a person goes on who has to do something else first. */
#include "way_back.h"

#include "gate.h"
#include "route.h"

#include <http/router.h>
#include <http/url.h>
#include <string.h>

#define NEXT_MAX 1000 /* of the login's `next` */

static const struct http_pair nothing = {NULL, NULL};

/* The path of the request with this query; NULL if that is too long. */
static const char *own_address(struct web *web, const struct http_pair *query)
{
	const char *back = http_url_build(web->arena, web->request->path, HTTP_NO_PAIRS, query);

	return back && strlen(back) <= NEXT_MAX ? back : NULL;
}

static const char *to_page(struct web *web)
{
	const struct http_pairs *query = &web->request->query;
	struct http_pair *pairs = arena_array(web->arena, query->count + 1, sizeof(*pairs));
	const char *back;

	for (size_t i = 0; i < query->count; i++)
		pairs[i] = query->items[i];
	pairs[query->count] = nothing;
	back = own_address(web, pairs);
	return back ? back : own_address(web, &nothing);
}

/* The page of that path, or NULL. */
static const struct web_route *page_at(struct web *web, const char *path)
{
	struct http_match match;

	http_router_match(web->app->router, web->arena, HTTP_GET, path, &match);
	return match.result == HTTP_MATCHED ? &web_routes[match.index] : NULL;
}

static bool takes(const struct web_route *page, const char *name)
{
	const struct web_input *input = page->inputs;

	while (input && input->name && strcmp(input->name, name) != 0)
		input++;
	return input && input->name;
}

/* Without what a page demands its address leads nowhere. */
static bool has_required(const struct web_route *page, const struct http_pair *query)
{
	for (const struct web_input *input = page->inputs; input && input->name; input++) {
		const struct http_pair *found = query;

		while (found->name && strcmp(found->name, input->name) != 0)
			found++;
		if (input->required && !found->name)
			return false;
	}
	return true;
}

/* The page at a form's own address, with those of its fields that the address of the page takes. */
static const char *to_form(struct web *web, const struct web_route *page)
{
	size_t count = web->form ? web->form->count : 0, kept = 0;
	struct http_pair *pairs = arena_array(web->arena, count + 1, sizeof(*pairs));
	const char *back;

	for (size_t i = 0; i < count; i++)
		if (takes(page, web->form->items[i].name))
			pairs[kept++] = web->form->items[i];
	pairs[kept] = nothing;
	back = own_address(web, pairs);
	if (back && has_required(page, pairs))
		return back;
	return has_required(page, &nothing) ? own_address(web, &nothing) : NULL;
}

/* The page that a button was on, as browsers tell to pages of the same origin. */
static const char *to_referer(struct web *web)
{
	const char *referer = http_header(web->request, "Referer");
	const char *host = referer ? strstr(referer, "://") : NULL;
	const char *path = host ? strchr(host + 3, '/') : NULL;
	const char *bare, *origin;

	if (!path || !http_url_local(path, NULL) || strlen(path) > NEXT_MAX)
		return NULL;
	origin = arena_copy(web->arena, referer, (size_t)(path - referer));
	bare = arena_copy(web->arena, path, strcspn(path, "?"));
	return gate_is_own_origin(web, origin) && page_at(web, bare) ? path : NULL;
}

const char *way_back(struct web *web)
{
	const struct web_route *page = page_at(web, web->request->path);
	const char *back;

	if (web->request->method & (HTTP_GET | HTTP_HEAD))
		back = to_page(web);
	else
		back = page ? to_form(web, page) : to_referer(web);
	if (strcmp(web->request->path, "/logout") == 0)
		return NULL; /* who signs in does not want to be out */
	return back && strcmp(back, "/") == 0 ? NULL : back;
}
