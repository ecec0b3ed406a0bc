/* present_content.c - quests and adventures, and audit entries, as documents. */
#include "present.h"
#include "show.h"

#include <http/url.h>
#include <jansson.h>

struct doc *present_content(struct web *web, const struct content *content)
{
	struct doc *doc = doc_object(web->arena);
	bool is_quest = content->kind == ITEM_QUEST;
	const char *base;

	doc_set_id(doc, "id", &content->id);
	doc_set_text(doc, "content_type", is_quest ? "quests" : "adventures");
	doc_set_text(doc, "title", content->title);
	doc_set_text(doc, "publishing_status", content_status_name(content->status));
	doc_set_time(doc, "created_at", content->created_at_us);
	doc_set_time(doc, "archived_at", content->archived_at_us);
	if (web->is_api)
		return doc;
	doc_page_only(doc);
	base = http_url_build(web->arena, "/content/{type}/{id}",
	    HTTP_PAIRS({"type", is_quest ? "quests" : "adventures"},
		{"id", present_id(web, &content->id)}),
	    HTTP_NO_PAIRS);
	doc_set_text(doc, "url", base);
	doc_set_text(doc, "type_word", is_quest ? "Quest" : "Adventure");
	doc_set_text(doc, "status_word",
	    content->status == CONTENT_ARCHIVED    ? "Archived"
	    : content->status == CONTENT_PUBLISHED ? "Published"
						   : "Draft");
	doc_set_text(doc, "before_word",
	    content->status_before == CONTENT_PUBLISHED ? "published" : "draft");
	doc_set_bool(doc, "is_archived", content->status == CONTENT_ARCHIVED);
	doc_set_bool(doc, "is_published", content->status == CONTENT_PUBLISHED);
	show_time(web, doc, "created", content->created_at_us);
	show_time(web, doc, "archived", content->archived_at_us);
	return doc;
}

static const struct doc *scalar_of(struct web *web, const json_t *value)
{
	struct doc *holder = doc_object(web->arena);

	if (json_is_integer(value))
		doc_set_int(holder, "value", json_integer_value(value));
	else if (json_is_boolean(value))
		doc_set_bool(holder, "value", json_is_true(value));
	else if (json_is_string(value))
		doc_set_text(holder, "value", arena_dup(web->arena, json_string_value(value)));
	else
		doc_set_null(holder, "value");
	return doc_get(holder, "value");
}

/* The document that was kept as JSON, copied to the arena. It holds no fractions. */
static const struct doc *doc_of(struct web *web, const json_t *value)
{
	struct doc *doc;
	const char *name;
	json_t *member;
	size_t i;

	if (json_is_object(value)) {
		doc = doc_object(web->arena);
		json_object_foreach((json_t *)value, name, member)
		{
			doc_set(doc, arena_dup(web->arena, name), doc_of(web, member));
		}
		return doc;
	}
	if (!json_is_array(value))
		return scalar_of(web, value);
	doc = doc_list(web->arena);
	json_array_foreach(value, i, member)
	{
		doc_push(doc, doc_of(web, member));
	}
	return doc;
}

static const struct doc *details_of(struct web *web, const char *text)
{
	json_t *details = text ? json_loads(text, 0, NULL) : NULL;
	const struct doc *doc = details ? doc_of(web, details) : doc_object(web->arena);

	json_decref(details);
	return doc;
}

struct doc *present_audit_entry(struct web *web, const struct audit_entry *entry)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &entry->id);
	doc_set_time(doc, "at", entry->at_us);
	doc_set_text(doc, "actor", entry->actor);
	doc_set_text(doc, "action", entry->action);
	doc_set_text(doc, "kind", entry->kind);
	doc_set_id(doc, "item_id", &entry->item_id);
	doc_set_text(doc, "mode", entry->mode);
	doc_set_text(doc, "reason", entry->reason);
	doc_set(doc, "details", details_of(web, entry->details));
	doc_set_text(doc, "request_id", entry->request_id);
	if (!web->is_api) {
		doc_page_only(doc);
		doc_set_text(doc, "details_text", entry->details);
		show_time(web, doc, "when", entry->at_us);
	}
	return doc;
}
