/* present_container.c - impacts, claims and settings as documents. */
#include "present.h"
#include "show.h"

#include <http/url.h>

struct doc *present_impact(struct web *web, const struct deletion_impact *impact, int64_t most)
{
	struct doc *doc = doc_object(web->arena);

	doc_set(doc, "counts", present_counts(web, impact->counts));
	doc_set_int(doc, "bytes", impact->bytes);
	doc_set_int(doc, "people", impact->people);
	if (!web->is_api) {
		doc_page_only(doc);
		doc_set_text(doc, "words", present_impact_words(web, impact, impact->counts, most));
		doc_set_text(doc, "size", show_bytes(web->arena, impact->bytes));
		doc_set_bool(doc, "more_bytes", impact->more_bytes);
		doc_set_text(doc, "people_words",
		    present_counted(
			web, impact->people, impact->more_people, most, "person", "people"));
		doc_set_bool(doc, "is_partial", impact->is_partial);
	}
	return doc;
}

struct doc *present_container_deleted(
    struct web *web, const struct deletion *deletion, const char *item_key)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "deletion_id", &deletion->id);
	doc_set_id(doc, item_key, &deletion->item_id);
	if (deletion->state == DELETION_MARKING)
		doc_set_null(doc, "photo_count");
	else
		doc_set_int(doc, "photo_count", deletion->counts[COUNT_PHOTO]);
	doc_set_text(doc, "photo_action", photo_action_name(deletion->photo_action));
	return doc;
}

struct doc *present_claim(struct web *web, const struct claim *claim)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &claim->id);
	doc_set_id(doc, "site_id", &claim->site_id);
	doc_set_id(doc, "user_id", &claim->user_id);
	doc_set_text(doc, "state", claim_state_name(claim->state));
	doc_set_time(doc, "created_at", claim->created_at_us);
	doc_set_id(doc, "decided_by", &claim->decided_by);
	doc_set_time(doc, "decided_at", claim->decided_at_us);
	if (web->is_api)
		return doc;
	doc_page_only(doc);
	doc_set_text(doc, "site_name", claim->site_name);
	doc_set_text(doc, "user_name", claim->user_name);
	doc_set_text(doc, "user_email", claim->user_email);
	doc_set_text(doc, "decider_name", claim->decider_name);
	doc_set_text(doc, "url",
	    http_url_build(web->arena, "/admin/sites/{id}/claims/{claim}",
		HTTP_PAIRS({"id", present_id(web, &claim->site_id)},
		    {"claim", present_id(web, &claim->id)}),
		HTTP_NO_PAIRS));
	doc_set_bool(doc, "can_approve", claim->state != CLAIM_APPROVED);
	doc_set_bool(doc, "can_reject", claim->state != CLAIM_REJECTED);
	doc_set_bool(doc, "is_approved", claim->state == CLAIM_APPROVED);
	show_time(web, doc, "created", claim->created_at_us);
	show_time(web, doc, "decided", claim->decided_at_us);
	return doc;
}

struct doc *present_settings(struct web *web, const struct settings *settings)
{
	struct doc *doc = doc_object(web->arena);

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting_rule *rule = setting_rule((enum setting)i);
		if (rule->unit == SETTING_SWITCH)
			doc_set_bool(doc, rule->name, settings->values[i] != 0);
		else
			doc_set_int(doc, rule->name, settings->values[i]);
	}
	return doc;
}
