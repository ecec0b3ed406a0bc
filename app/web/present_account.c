/* present_account.c - accounts, and how they stand, as documents. */
#include "present.h"
#include "show.h"

struct doc *present_account_status(struct web *web, const struct account_status *status)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_text(doc, "deletion_status", user_deletion_name(status->status));
	doc_set_time(doc, "requested_at", status->requested_us);
	doc_set_time(doc, "scheduled_for", status->scheduled_for_us);
	doc_set_text(doc, "reason", status->reason);
	if (web->is_api)
		return doc;
	doc_page_only(doc);
	doc_set_bool(doc, "is_requested", status->status == USER_DELETION_REQUESTED);
	doc_set_bool(doc, "is_scheduled", status->status == USER_DELETION_SCHEDULED);
	doc_set_bool(doc, "is_cancelled", status->status == USER_DELETION_CANCELED);
	doc_set_bool(doc, "keep_photos", status->choices.keep_photos);
	doc_set_text(doc, "events", account_events_name(status->choices.events));
	doc_set_bool(doc, "has_password", status->has_password);
	doc_set_bool(doc, "is_enabled", status->enabled);
	show_time(web, doc, "requested", status->requested_us);
	show_time(web, doc, "scheduled", status->scheduled_for_us);
	return doc;
}

struct doc *present_user(struct web *web, const struct user *user)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &user->id);
	doc_set_text(doc, "email", user->email);
	doc_set_text(doc, "display_name", user->display_name);
	doc_set_text(doc, "role", user_role_name(user->role));
	doc_set_time(doc, "created_at", user->created_us);
	doc_set_text(doc, "deletion_status", user_deletion_name(user->deletion_status));
	doc_set_time(doc, "deleted_at", user->deleted_us);
	doc_set_id(doc, "deletion_id", &user->deletion_id);
	if (web->is_api)
		return doc;
	doc_page_only(doc);
	doc_set_bool(doc, "is_deleted", user->deleted_us != 0);
	doc_set_bool(doc, "is_scheduled", user->deletion_status == USER_DELETION_SCHEDULED);
	show_time(web, doc, "created", user->created_us);
	show_time(web, doc, "deleted", user->deleted_us);
	return doc;
}

struct doc *present_users(struct web *web, const struct user *users, size_t count, bool more)
{
	struct doc *items = doc_list(web->arena);

	for (size_t i = 0; i < count; i++)
		doc_push(items, present_user(web, &users[i]));
	return present_list(web, items, more ? &users[count - 1].id : &id_none);
}

struct doc *present_events(struct web *web, const struct account_event *events, size_t count)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < count; i++) {
		struct doc *event = doc_object(web->arena);

		doc_set_id(event, "id", &events[i].id);
		doc_set_text(event, "title", events[i].title);
		doc_set_time(event, "starts_at", events[i].starts_at_us);
		doc_push(list, event);
	}
	return list;
}
