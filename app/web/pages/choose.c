/* choose.c - finding a project or site that a form's list is too short for: a page that leads back
 * to the form with it chosen. */
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/places.h>
#include <http/url.h>
#include <string.h>

#define PAGE_ROWS 50

/* The forms that choose, by their word in the address. */
static const struct {
	const char *word, *path;
} forms[] = {{"library", "/"}, {"upload", "/upload"}, {"photos", "/admin/photos"},
    {"archive", "/admin/photos/archive"}};

static const char *form_path(const struct web *web)
{
	const char *word = input_text(web, "for");

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].word, word) == 0)
			return forms[i].path;
	return forms[0].path;
}

/* The address of this list with another cursor. */
static const char *list_url(struct web *web, const char *base, const char *cursor)
{
	return http_url_build(web->arena, base, HTTP_NO_PAIRS,
	    HTTP_PAIRS(
		{"for", input_text(web, "for")}, {"q", input_text(web, "q")}, {"cursor", cursor}));
}

static void fill(struct web *web, struct doc *page, const struct places_page *places,
    const char *field, const char *base)
{
	struct doc *items = doc_list(web->arena);
	const char *name = input_text(web, "q");

	for (size_t i = 0; i < places->count; i++) {
		struct doc *doc = present_place(web, &places->items[i], NULL);

		doc_set_text(doc, "url",
		    http_url_build(web->arena, form_path(web), HTTP_NO_PAIRS,
			HTTP_PAIRS({field, present_id(web, &places->items[i].id)})));
		doc_push(items, doc);
	}
	doc_set(page, "items", items);
	doc_set_bool(page, "is_empty", places->count == 0);
	doc_set_text(page, "search", name);
	doc_set_text(page, "for", input_text(web, "for"));
	doc_set_text(page, "base", base);
	doc_set_text(page, "back_url", form_path(web));
	page_pager(web, page, list_url(web, base, NULL),
	    id_is_none(&places->next) ? NULL : list_url(web, base, present_id(web, &places->next)));
}

static bool choose(struct web *web, enum place_kind kind, struct error *error)
{
	const bool project = kind == PLACE_PROJECT;
	struct doc *page = page_begin(web, project ? "Choose a project" : "Choose a site");
	struct places_page places;

	if (!places_search(web->domain, &web->actor, web->arena, kind, input_text(web, "q"),
		PAGE_ROWS, input_id(web, "cursor"), &places, error))
		return false;
	doc_set_bool(page, "is_project", project);
	fill(web, page, &places, project ? "project_id" : "site_id",
	    project ? "/choose/projects" : "/choose/sites");
	return page_send(web, 200, "choose", page, error);
}

bool page_choose_project(struct web *web, struct error *error)
{
	return choose(web, PLACE_PROJECT, error);
}

bool page_choose_site(struct web *web, struct error *error)
{
	return choose(web, PLACE_SITE, error);
}
