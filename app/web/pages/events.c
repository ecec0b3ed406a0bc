/* events.c - one event that stands in the way of a deletion: handed over, or without a name. */
#include "../acts_accounts.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "account_parts.h"

#include <http/url.h>

/* Where one is led who does not come from a list of events: to the account that it is in the way
 * of.
 */
static const char *way_back(struct web *web)
{
	const struct account_event *event = web->subject;

	if (id_equal(&event->owner_id, &web->actor.user_id))
		return "/account/delete";
	if (id_is_none(&event->owner_id))
		return "/admin/users";
	return http_url_build(web->arena, "/admin/users/{uid}",
	    HTTP_PAIRS({"uid", present_id(web, &event->owner_id)}), HTTP_NO_PAIRS);
}

bool page_event(struct web *web, struct error *error)
{
	const struct account_event *event = web->subject;
	bool is_own = id_equal(&event->owner_id, &web->actor.user_id);
	struct doc *page = page_begin(web, event->title);
	const char *next = web->form ? next_or(web, way_back(web))
				     : http_url_local(input_text(web, "next"), way_back(web));

	if (!account_parts_choices(web, page, &event->organization_id, &event->owner_id, error))
		return false;
	doc_set_text(page, "address",
	    http_url_build(web->arena, "/events/{id}",
		HTTP_PAIRS({"id", present_id(web, &event->id)}), HTTP_NO_PAIRS));
	doc_set_text(page, "next", next);
	doc_set_bool(page, "is_own", is_own);
	doc_set_bool(page, "is_nobodys", id_is_none(&event->owner_id));
	show_time(web, page, "starts", event->starts_at_us);
	return page_send(web, web_form_status(web), "event", page, error);
}

bool page_event_send(struct web *web, struct error *error)
{
	struct account_event event;

	return acts_settle_event(web, input_integer(web, "events", 1) == 0, &event, error) &&
	       redirect_to(web, next_or(web, way_back(web)));
}
