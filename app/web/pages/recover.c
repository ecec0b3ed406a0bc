/* recover.c - what can still be recovered, soonest to close first. */
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "restore_bar.h"

#include <base/clock.h>
#include <domain/deletions.h>
#include <http/url.h>

#define PAGE_ROWS 50

/* The place in the order: when the last one of this page closes, and which it is. */
static const char *next_url(struct web *web, const struct deletion *last)
{
	char *after = arena_alloc(web->arena, CLOCK_TEXT_SIZE);

	clock_format(last->recover_until_us, after);
	return http_url_build(web->arena, "/admin/recover", HTTP_NO_PAIRS,
	    HTTP_PAIRS({"after", after}, {"cursor", present_id(web, &last->id)}));
}

bool page_recover(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Recovery");
	struct doc *items = doc_list(web->arena);
	int64_t after_us = input_integer(web, "after", 0);
	struct deletion_page rows;

	if (!chrome_live(web, page, error) ||
	    !deletions_list_closing(web->domain, &web->actor, web->arena, after_us,
		input_id(web, "cursor"), PAGE_ROWS, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_deletion(web, &rows.items[i]));
	doc_set(page, "deletions", items);
	doc_set_bool(page, "is_empty", rows.count == 0);
	doc_set_text(
	    page, "next_url", rows.more ? next_url(web, &rows.items[rows.count - 1]) : NULL);
	doc_set_text(page, "first_url", after_us ? "/admin/recover" : NULL);
	page_set_restore_bar(web, page, "/trash/restore", "/admin/recover");
	return page_send(web, 200, "recover", page, error);
}
