/* webhooks.c - the API of subscriptions to events, and of what became of the events. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#define LIST_LIMIT 50

bool api_webhook_list(struct web *web, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct webhook_rows rows;

	if (!webhooks_list(web->domain, &web->actor, web->arena, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_webhook(web, &rows.items[i], NULL));
	return api_answer(web, present_list(web, items, &id_none));
}

bool api_webhook_create(struct web *web, struct error *error)
{
	struct webhook webhook;
	const char *secret = NULL;

	return webhooks_create(web->domain, &web->actor, web->arena, input_text(web, "url"),
		   (uint64_t)input_integer(web, "events", 0), &webhook, &secret, error) &&
	       api_answer(web, present_webhook(web, &webhook, secret));
}

bool api_webhook_delete(struct web *web, struct error *error)
{
	struct id id;

	return web_path_id(web, "id", &id, error) &&
	       webhooks_delete(web->domain, &web->actor, &id, error) && answer_empty(web, 204);
}

bool api_webhook_test(struct web *web, struct error *error)
{
	struct webhook_delivery delivery;
	struct id id;

	return web_path_id(web, "id", &id, error) &&
	       webhooks_test(web->domain, &web->actor, web->arena, &id, &delivery, error) &&
	       api_answer(web, present_webhook_delivery(web, &delivery));
}

bool api_webhook_deliveries(struct web *web, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct webhook_deliveries_page page;

	if (!webhooks_deliveries(web->domain, &web->actor, web->arena, input_id(web, "cursor"),
		(unsigned)input_integer(web, "limit", LIST_LIMIT), &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		doc_push(items, present_webhook_delivery(web, &page.items[i]));
	return api_answer(web, present_list(web, items, &page.next));
}

bool api_webhook_retry(struct web *web, struct error *error)
{
	struct webhook_delivery delivery;
	struct id id;

	return web_path_id(web, "id", &id, error) &&
	       webhooks_retry(web->domain, &web->actor, web->arena, &id, &delivery, error) &&
	       api_answer(web, present_webhook_delivery(web, &delivery));
}
