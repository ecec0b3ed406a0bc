/* leaving.c - deleting one's own account: what goes and what is chosen, how it stands, the way
 * back; and the pages behind the links of the mails about it. */
#include "../acts_accounts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "account_parts.h"
#include "export.h"
#include "settings_words.h"

#include <auth/link.h>
#include <domain/settings.h>
#include <http/url.h>
#include <string.h>

static bool read_status(struct web *web, struct account_status *status_r, struct error *error)
{
	return accounts_status(web->domain, &web->actor, web->arena, status_r, error);
}

/* A request that its mail can still confirm. */
static bool is_waiting(const struct web *web, const struct account_status *status)
{
	return status->status == USER_DELETION_REQUESTED &&
	       web->now_us < status->requested_us + LINK_LIFE_US;
}

static void set_grace(struct web *web, struct doc *page, int64_t grace_us)
{
	doc_set_text(page, "grace",
	    grace_us == 0
		? NULL
		: settings_words(web->arena, SETTING_ACCOUNT_GRACE, grace_us / CLOCK_SECOND_US));
	show_time(web, page, "until", web->now_us + grace_us);
}

/* --- the steps ------------------------------------------------------------------------------ */

static bool set_steps(struct web *web, struct doc *page, struct error *error)
{
	const struct id *organization_id = &web->session->organization_id;

	return export_set_section(web, page, error) &&
	       account_parts_impact(web, page, organization_id, &id_none, error) &&
	       account_parts_choices(web, page, organization_id, &web->actor.user_id, error) &&
	       account_parts_events(web, page, &id_none, "/account/delete?events=block", error);
}

static bool is_last_admin(const struct web *web)
{
	return web->form_error && (strcmp(web->form_error->code, "last_admin") == 0 ||
				      strcmp(web->form_error->code, "last_platform_admin") == 0);
}

bool page_account_delete(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Delete your account");
	struct account_status status;

	if (!read_status(web, &status, error))
		return false;
	if (status.status == USER_DELETION_SCHEDULED || (!web->form && is_waiting(web, &status)))
		return redirect_to(web, "/account/deletion");
	doc_set_bool(page, "is_enabled", status.enabled);
	doc_set_bool(page, "is_last_admin", is_last_admin(web));
	doc_set_bool(page, "is_blocked",
	    web->form_error && strcmp(web->form_error->code, "blocking_events") == 0);
	set_grace(web, page, status.grace_us);
	doc_set_text(page, "phrase", ACCOUNTS_PHRASE);
	doc_set_text(page, "typed", input_text(web, "phrase"));
	doc_set_text(page, "base", "/account/delete");
	return set_steps(web, page, error) &&
	       page_send(web, web_form_status(web), "account_delete", page, error);
}

bool page_account_delete_send(struct web *web, struct error *error)
{
	struct account_status status;

	if (acts_leave(web, &status, error))
		return redirect_to(web, "/account/deletion");
	return account_parts_explains(web, error) && page_account_delete(web, error);
}

/* --- how it stands -------------------------------------------------------------------------- */

static bool set_schedule(
    struct web *web, struct doc *page, const struct account_status *status, struct error *error)
{
	int64_t ends_us = status->scheduled_for_us;

	show_left(web, page, "left", ends_us);
	doc_set_bool(page, "is_over", ends_us <= web->now_us);
	show_time(web, page, "reminder_week",
	    ends_us - 7 * CLOCK_DAY_US > status->requested_us ? ends_us - 7 * CLOCK_DAY_US : 0);
	show_time(web, page, "reminder_day",
	    ends_us - CLOCK_DAY_US > status->requested_us ? ends_us - CLOCK_DAY_US : 0);
	return account_parts_chosen(web, page, &status->choices, error);
}

bool page_account_deletion(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Deletion of your account");
	struct account_status status;

	if (!read_status(web, &status, error))
		return false;
	doc_set(page, "status", present_account_status(web, &status));
	doc_set_text(page, "email", web->session->email);
	doc_set_bool(page, "is_waiting", is_waiting(web, &status));
	doc_set_bool(page, "is_scheduled", status.status == USER_DELETION_SCHEDULED);
	show_time(
	    web, page, "link_until", status.requested_us ? status.requested_us + LINK_LIFE_US : 0);
	return (status.status != USER_DELETION_SCHEDULED ||
		   set_schedule(web, page, &status, error)) &&
	       page_send(web, 200, "account_deletion", page, error);
}

bool page_account_deletion_cancel_send(struct web *web, struct error *error)
{
	struct account_status status;

	return accounts_cancel(web->domain, &web->actor, web->arena, &status, error) &&
	       redirect_to(web, "/account?done=account_kept");
}

/* --- behind a link -------------------------------------------------------------------------- */

/* The two links: what they are for, and where. */
struct link_page {
	const char *purpose, *pattern, *title, *done_title;
	bool (*act)(const struct domain *domain, struct arena *arena, const char *token,
	    const char *request_id, struct account_status *status_r, struct error *error);
	bool is_confirm;
};

static const struct link_page confirming = {ACCOUNTS_LINK_CONFIRM, "/account/confirm/{token}",
    "Delete your account?", "Your account will be deleted", accounts_confirm, true};
static const struct link_page cancelling = {ACCOUNTS_LINK_CANCEL, "/account/cancel/{token}",
    "Keep your account?", "Your account stays", accounts_cancel_by_link, false};

/* A link that opens nothing any more, or never did: what that means. */
static bool send_dead(struct web *web, const struct link_page *kind, struct error *error)
{
	bool is_gone = error->kind == ERROR_GONE;
	struct doc *page;

	if (!is_gone && error->kind != ERROR_NOT_FOUND)
		return false;
	page = page_begin(web, is_gone ? "This link is over" : "No such link");
	doc_set_bool(page, "is_gone", is_gone);
	doc_set_bool(page, "is_confirm", kind->is_confirm);
	doc_set_bool(page, "is_used", strcmp(error->code, "link_used") == 0);
	error_clear(error);
	return page_send(web, is_gone ? 410 : 404, "account_link_dead", page, error);
}

static bool send_link(struct web *web, const struct link_page *kind,
    const struct account_status *status, bool is_done, struct error *error)
{
	struct doc *page = page_begin(web, is_done ? kind->done_title : kind->title);

	chrome_visitor_form(web, page, kind->pattern);
	doc_set_text(page, "address",
	    http_url_build(web->arena, kind->pattern,
		HTTP_PAIRS({"token", http_capture(web->match, "token")}), HTTP_NO_PAIRS));
	doc_set_bool(page, "is_confirm", kind->is_confirm);
	doc_set_bool(page, "is_done", is_done);
	show_time(web, page, "scheduled", status->scheduled_for_us);
	set_grace(web, page, status->grace_us);
	return account_parts_chosen(web, page, &status->choices, error) &&
	       page_send(web, web_form_status(web), "account_link", page, error);
}

static bool show_link(struct web *web, const struct link_page *kind, struct error *error)
{
	struct account_status status;

	if (!accounts_open_link(web->domain, web->arena, http_capture(web->match, "token"),
		kind->purpose, &status, error))
		return send_dead(web, kind, error);
	return send_link(web, kind, &status, false, error);
}

static bool follow_link(struct web *web, const struct link_page *kind, struct error *error)
{
	struct account_status status;

	if (kind->act(web->domain, web->arena, http_capture(web->match, "token"), web->request->id,
		&status, error))
		return send_link(web, kind, &status, true, error);
	if (account_parts_explains(web, error))
		return show_link(web, kind, error);
	return send_dead(web, kind, error);
}

bool page_account_confirm(struct web *web, struct error *error)
{
	return show_link(web, &confirming, error);
}

bool page_account_confirm_send(struct web *web, struct error *error)
{
	return follow_link(web, &confirming, error);
}

bool page_account_cancel(struct web *web, struct error *error)
{
	return show_link(web, &cancelling, error);
}

bool page_account_cancel_send(struct web *web, struct error *error)
{
	return follow_link(web, &cancelling, error);
}
