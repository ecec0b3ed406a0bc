/* webhooks.c - the page of subscriptions to events and of what became of the events. */
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <http/url.h>
#include <string.h>

#define PAGE_ROWS 50

/* The boxes of the form, by kind: "photo" with "archived", "deleted", … */
static void set_choices(struct web *web, struct doc *page)
{
	struct doc *groups = doc_list(web->arena);
	struct doc *boxes = NULL;
	const char *kind = "";
	int64_t chosen = web->form_error ? input_get(web, "events")->integer : 0;

	for (size_t i = 0; webhook_events[i]; i++) {
		const char *dot = strchr(webhook_events[i], '.');
		size_t length = (size_t)(dot - webhook_events[i]);
		struct doc *box = doc_object(web->arena);
		if (strlen(kind) != length || strncmp(kind, webhook_events[i], length) != 0) {
			struct doc *group = doc_object(web->arena);
			kind = arena_copy(web->arena, webhook_events[i], length);
			boxes = doc_list(web->arena);
			doc_set_text(group, "kind", kind);
			doc_set(group, "boxes", boxes);
			doc_push(groups, group);
		}
		doc_set_text(box, "event", webhook_events[i]);
		doc_set_text(box, "verb", dot + 1);
		doc_set_bool(box, "is_on", (chosen >> i & 1) != 0);
		doc_push(boxes, box);
	}
	doc_set(page, "groups", groups);
}

static bool set_webhooks(struct web *web, struct doc *page, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct webhook_rows rows;

	if (!webhooks_list(web->domain, &web->actor, web->arena, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_webhook(web, &rows.items[i], NULL));
	doc_set(page, "webhooks", items);
	doc_set_bool(page, "has_webhooks", rows.count > 0);
	doc_set_bool(page, "is_full", rows.count >= WEBHOOKS_MAX);
	doc_set_int(page, "most", WEBHOOKS_MAX);
	return true;
}

static bool set_deliveries(struct web *web, struct doc *page, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct webhook_deliveries_page rows;

	if (!webhooks_deliveries(web->domain, &web->actor, web->arena, input_id(web, "cursor"),
		PAGE_ROWS, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_webhook_delivery(web, &rows.items[i]));
	doc_set(page, "deliveries", items);
	doc_set_bool(page, "has_deliveries", rows.count > 0);
	page_pager(web, page, "/admin/webhooks",
	    id_is_none(&rows.next) ? NULL
				   : http_url_build(web->arena, "/admin/webhooks", HTTP_NO_PAIRS,
					 HTTP_PAIRS({"cursor", present_id(web, &rows.next)})));
	return true;
}

static bool show(struct web *web, const char *secret, struct error *error)
{
	struct doc *page = page_begin(web, "Webhooks");

	if (!set_webhooks(web, page, error) || !set_deliveries(web, page, error))
		return false;
	set_choices(web, page);
	doc_set_text(page, "url", web->form_error ? input_get(web, "url")->text : NULL);
	doc_set_text(page, "secret", secret);
	return page_send(web, web_form_status(web), "webhooks", page, error);
}

bool page_webhooks(struct web *web, struct error *error)
{
	return show(web, NULL, error);
}

/* The secret is in the answer to the form, which is kept nowhere, and is not shown again. */
bool page_webhook_create_send(struct web *web, struct error *error)
{
	struct webhook webhook;
	const char *secret = NULL;

	return webhooks_create(web->domain, &web->actor, web->arena, input_text(web, "url"),
		   (uint64_t)input_integer(web, "events", 0), &webhook, &secret, error) &&
	       show(web, secret, error);
}

bool page_webhook_delete_send(struct web *web, struct error *error)
{
	struct id id;

	return web_path_id(web, "id", &id, error) &&
	       webhooks_delete(web->domain, &web->actor, &id, error) &&
	       redirect_to(web, "/admin/webhooks?done=webhook_deleted");
}

bool page_webhook_test_send(struct web *web, struct error *error)
{
	struct webhook_delivery delivery;
	struct id id;

	return web_path_id(web, "id", &id, error) &&
	       webhooks_test(web->domain, &web->actor, web->arena, &id, &delivery, error) &&
	       redirect_to(web, "/admin/webhooks?done=webhook_tested");
}

bool page_webhook_retry_send(struct web *web, struct error *error)
{
	struct webhook_delivery delivery;
	struct id id;

	return web_path_id(web, "id", &id, error) &&
	       webhooks_retry(web->domain, &web->actor, web->arena, &id, &delivery, error) &&
	       redirect_to(web, "/admin/webhooks?done=retried");
}
