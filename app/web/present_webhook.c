/* present_webhook.c - subscriptions and deliveries as documents. */
#include "present.h"

#include "show.h"

struct doc *present_webhook(struct web *web, const struct webhook *webhook, const char *secret)
{
	struct doc *doc = doc_object(web->arena);
	struct doc *events = doc_list(web->arena);

	for (size_t i = 0; webhook_events[i]; i++)
		if (webhook_wants(webhook, i))
			doc_push(events, doc_text(web->arena, webhook_events[i]));
	doc_set_id(doc, "id", &webhook->id);
	doc_set_text(doc, "url", webhook->url);
	doc_set(doc, "events", events);
	doc_set_id(doc, "created_by", &webhook->created_by);
	doc_set_time(doc, "created_at", webhook->created_at_us);
	if (secret)
		doc_set_text(doc, "secret", secret);
	doc_page_only(doc);
	show_time(web, doc, "created", webhook->created_at_us);
	return doc;
}

struct doc *present_webhook_delivery(struct web *web, const struct webhook_delivery *delivery)
{
	struct doc *doc = doc_object(web->arena);
	bool waits = delivery->state == WEBHOOK_WAITING;

	doc_set_id(doc, "id", &delivery->id);
	doc_set_id(doc, "webhook_id", &delivery->subscription_id);
	doc_set_text(doc, "event", delivery->event);
	doc_set_text(doc, "state", webhook_state_name(delivery->state));
	doc_set_int(doc, "attempts", delivery->attempts);
	doc_set_time(doc, "next_attempt_at", waits ? delivery->next_attempt_at_us : 0);
	doc_set_text(doc, "last_error", delivery->last_error);
	doc_set_time(doc, "created_at", delivery->created_at_us);
	doc_set_time(doc, "settled_at", delivery->settled_at_us);
	doc_page_only(doc);
	doc_set_text(doc, "to", delivery->url);
	doc_set_bool(doc, "is_sent", delivery->state == WEBHOOK_SENT);
	doc_set_bool(doc, "is_failed", delivery->state == WEBHOOK_FAILED);
	doc_set_bool(doc, "is_waiting", waits);
	show_time(web, doc, "created", delivery->created_at_us);
	show_time(web, doc, "next_attempt", waits ? delivery->next_attempt_at_us : 0);
	return doc;
}
