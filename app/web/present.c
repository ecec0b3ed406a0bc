/* present.c - the smaller shapes, and what lists have in common. */
#include "present.h"

#include "show.h"

#include <http/url.h>

const char *present_id(struct web *web, const struct id *id)
{
	char *text;

	if (id_is_none(id))
		return NULL;
	text = arena_alloc(web->arena, ID_TEXT_SIZE);
	id_format(id, text);
	return text;
}

struct doc *present_list(struct web *web, struct doc *items, const struct id *next)
{
	struct doc *list = doc_object(web->arena);

	doc_set(list, "items", items);
	doc_set_id(list, "next", next);
	if (!web->is_api) {
		doc_page_only(list);
		doc_set_bool(list, "is_empty", items->as.list.count == 0);
	}
	return list;
}

struct doc *present_bulk(struct web *web, const struct bulk_result *result)
{
	struct doc *doc = doc_object(web->arena);
	struct doc *items = doc_list(web->arena);

	for (size_t i = 0; i < result->count; i++) {
		const struct bulk_item *item = &result->items[i];
		struct doc *entry = doc_object(web->arena);
		doc_set_id(entry, "id", &item->id);
		doc_set_text(entry, "result", item->changed ? "changed" : "skipped");
		doc_set_text(entry, "reason", item->code);
		doc_push(items, entry);
	}
	doc_set(doc, "items", items);
	doc_set_int(doc, "changed", (int64_t)result->changed);
	doc_set_int(doc, "skipped", (int64_t)result->skipped);
	return doc;
}

struct doc *present_place(struct web *web, const struct place *place, const struct id *selected)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &place->id);
	doc_set_text(doc, "name", place->name);
	if (place->kind == PLACE_SITE)
		doc_set_text(doc, "slug", place->slug);
	doc_page_only(doc);
	doc_set_bool(doc, "is_selected", selected && id_equal(&place->id, selected));
	return doc;
}

struct doc *present_share(struct web *web, const struct share *share)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &share->id);
	doc_set_time(doc, "created_at", share->created_at_us);
	doc_set_time(doc, "expires_at", share->expires_at_us);
	doc_set_time(doc, "revoked_at", share->revoked_at_us);
	doc_page_only(doc);
	show_time(web, doc, "created", share->created_at_us);
	show_left(web, doc, "expires", share->expires_at_us);
	show_time(web, doc, "revoked", share->revoked_at_us);
	doc_set_bool(doc, "is_over", share->expires_at_us && share->expires_at_us <= web->now_us);
	return doc;
}

const char *present_share_url(struct web *web, const char *token)
{
	const char *pattern =
	    arena_join(web->arena, web->app->parts.config->base_url, "/s/{token}", NULL);

	return http_url_build(web->arena, pattern, HTTP_PAIRS({"token", token}), HTTP_NO_PAIRS);
}

struct doc *present_queue_item(struct web *web, const struct queue_item *item)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &item->id);
	doc_set_text(doc, "storage_key", item->storage_key);
	doc_set_int(doc, "bytes", item->bytes);
	doc_set_text(doc, "state", item->failed ? "failed" : "waiting");
	doc_set_int(doc, "attempts", item->attempts);
	doc_set_time(doc, "next_attempt_at", item->failed ? 0 : item->next_attempt_at_us);
	doc_set_text(doc, "last_error", item->last_error);
	doc_set_time(doc, "created_at", item->created_at_us);
	doc_page_only(doc);
	doc_set_bool(doc, "is_failed", item->failed);
	doc_set_text(doc, "size", show_bytes(web->arena, item->bytes));
	show_time(web, doc, "created", item->created_at_us);
	show_time(web, doc, "next_attempt", item->failed ? 0 : item->next_attempt_at_us);
	return doc;
}
