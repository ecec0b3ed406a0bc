/* content.c - a creator's quests and adventures. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/content.h>
#include <domain/deletions.h>
#include <http/url.h>

static const struct {
	const char *label, *status; /* NULL: any */
} tabs[] = {
    {"All", NULL}, {"Drafts", "draft"}, {"Published", "published"}, {"Archived", "archived"}};

static const char *list_url(struct web *web, const char *status, const char *cursor)
{
	return http_url_build(web->arena, "/content", HTTP_NO_PAIRS,
	    HTTP_PAIRS({"status", status}, {"content_type", input_text(web, "content_type")},
		{"cursor", cursor}));
}

static void set_tabs(struct web *web, struct doc *page)
{
	const struct web_value *status = input_get(web, "status");
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct doc *tab = doc_object(web->arena);
		doc_set_text(tab, "label", tabs[i].label);
		doc_set_text(tab, "url", list_url(web, tabs[i].status, NULL));
		doc_set_bool(tab, "is_current",
		    i == 0 ? !status->present
			   : status->present && (size_t)status->integer == i - 1);
		doc_push(list, tab);
	}
	doc_set(page, "tabs", list);
}

bool page_content(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Content");
	struct doc *items = doc_list(web->arena);
	struct content_page rows;

	if (!chrome_live(web, page, error) || !acts_list_content(web, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_content(web, &rows.items[i]));
	set_tabs(web, page);
	doc_set(page, "items", items);
	doc_set_bool(page, "is_empty", rows.count == 0);
	doc_set_bool(page, "is_filtered",
	    input_get(web, "status")->present || input_get(web, "content_type")->present);
	page_pager(web, page, list_url(web, input_text(web, "status"), NULL),
	    rows.more ? list_url(web, input_text(web, "status"),
			    present_id(web, &rows.items[rows.count - 1].id))
		      : NULL);
	return page_send(web, 200, "content", page, error);
}

bool page_content_archive_send(struct web *web, struct error *error)
{
	const struct content *found = web->subject;
	struct content content;

	return content_archive(web->domain, &web->actor, web->arena, found->kind, &found->id, NULL,
		   &content, error) &&
	       redirect_to(web, "/content?status=archived&done=archived");
}

bool page_content_restore_send(struct web *web, struct error *error)
{
	const struct content *found = web->subject;
	struct content content;

	return content_restore(web->domain, &web->actor, web->arena, found->kind, &found->id,
		   &content, error) &&
	       redirect_to(web, "/content?done=restored");
}

bool page_content_forever(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Delete forever?");

	doc_set(page, "content", present_content(web, web->subject));
	doc_set_text(page, "reason", input_text(web, "reason"));
	return page_send(web, web_form_status(web), "content_forever", page, error);
}

bool page_content_forever_send(struct web *web, struct error *error)
{
	const struct content *found = web->subject;
	struct deletion deletion;

	return acts_delete_forever(web, found->kind, &deletion, error) &&
	       redirect_to(web, "/content?status=archived&done=purged");
}
