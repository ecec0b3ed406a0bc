/* account.c - one's own account: name, notices, browsers that are signed in. */
#include "../agent.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../show.h"
#include "export.h"

#include <auth/link.h>
#include <auth/session.h>
#include <base/clock.h>
#include <domain/accounts.h>
#include <domain/notices.h>
#include <domain/profile.h>
#include <http/url.h>
#include <store/organizations.h>
#include <store/users.h>

static const struct {
	const char *label, *meaning;
	enum role least;
} notice_words[NOTICE_COUNT] = {
    [NOTICE_RETENTION] = {"Before archived photos go",
	"Three days before archived photos of yours are purged, one mail lists them.", ROLE_MEMBER},
    [NOTICE_REQUESTS] = {"New requests for deletion",
	"When somebody asks for the deletion of a photo, so that an admin can decide in time.",
	ROLE_ADMIN},
};

static bool is_offered(const struct web *web, size_t notice)
{
	return web->session->role >= notice_words[notice].least;
}

static bool set_profile(struct web *web, struct doc *page, struct error *error)
{
	struct doc *account = doc_object(web->arena);
	const char *typed = web->form ? http_pairs_get(web->form, "display_name") : NULL;
	const char *organization = NULL;
	struct user user;
	enum db_result result =
	    users_find(web->domain->db, web->arena, &web->session->user_id, &user);

	if (result == DB_OK)
		result = organizations_name(
		    web->domain->db, web->arena, &user.organization_id, &organization);
	if (result != DB_OK)
		return db_fail(result, error);
	doc_set_text(account, "email", user.email);
	doc_set_text(account, "name", typed ? typed : user.display_name);
	doc_set_text(account, "organization", organization);
	show_time(web, account, "created", user.created_us);
	doc_set(page, "account", account);
	return true;
}

static bool set_notices(struct web *web, struct doc *page, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct notices notices;

	if (!notices_get(web->domain, &web->actor, web->arena, &notices, error))
		return false;
	for (size_t i = 0; i < NOTICE_COUNT; i++) {
		struct doc *entry = doc_object(web->arena);
		if (!is_offered(web, i))
			continue;
		doc_set_text(entry, "name", notice_name((enum notice)i));
		doc_set_text(entry, "label", notice_words[i].label);
		doc_set_text(entry, "meaning", notice_words[i].meaning);
		doc_set_bool(entry, "is_on", notices.wanted[i]);
		doc_push(list, entry);
	}
	doc_set(page, "notices", list);
	return true;
}

static struct doc *present_session(struct web *web, const struct session_entry *session)
{
	struct doc *entry = doc_object(web->arena);

	doc_set_id(entry, "id", &session->id);
	doc_set_text(entry, "agent", agent_words(web->arena, session->user_agent));
	doc_set_text(entry, "agent_exact", session->user_agent);
	doc_set_bool(entry, "is_current", session->current);
	show_time(web, entry, "since", session->created_us);
	show_time(web, entry, "seen", session->seen_us);
	return entry;
}

/* The address of the page behind this session. */
static const char *sessions_url(struct web *web, const struct session_entry *last)
{
	char *after = arena_alloc(web->arena, CLOCK_TEXT_SIZE);
	char *cursor = arena_alloc(web->arena, ID_TEXT_SIZE);

	clock_format(last->seen_us, after);
	id_format(&last->id, cursor);
	return arena_printf(web->arena, "%s#sessions",
	    http_url_build(web->arena, "/account", HTTP_NO_PAIRS,
		HTTP_PAIRS({"after", after}, {"cursor", cursor})));
}

static bool set_sessions(struct web *web, struct doc *page, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct session_place place = {input_integer(web, "after", 0), *input_id(web, "cursor")};
	struct session_list sessions;

	if (!session_list(web->auth, web->arena, &web->session->user_id, &web->session->id, &place,
		&sessions, error))
		return false;
	for (size_t i = 0; i < sessions.count; i++)
		doc_push(list, present_session(web, &sessions.items[i]));
	doc_set(page, "sessions", list);
	doc_set_bool(page, "has_others", sessions.count > 1 || place.seen_us != 0);
	doc_set_text(page, "next_url",
	    sessions.more ? sessions_url(web, &sessions.items[sessions.count - 1]) : NULL);
	doc_set_text(page, "first_url", place.seen_us ? "/account#sessions" : NULL);
	return true;
}

/* The way to the deletion of one's account, or to how it stands. */
static bool set_leaving(struct web *web, struct doc *page, struct error *error)
{
	struct doc *leaving = doc_object(web->arena);
	struct account_status status;

	if (!accounts_status(web->domain, &web->actor, web->arena, &status, error))
		return false;
	doc_set_bool(leaving, "is_enabled", status.enabled);
	doc_set_bool(leaving, "is_asked",
	    status.status == USER_DELETION_REQUESTED &&
		web->now_us < status.requested_us + LINK_LIFE_US);
	doc_set(page, "leaving", leaving);
	return true;
}

bool page_account(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Your account");

	return set_profile(web, page, error) && set_notices(web, page, error) &&
	       set_sessions(web, page, error) && export_set_section(web, page, error) &&
	       set_leaving(web, page, error) &&
	       page_send(web, web_form_status(web), "account", page, error);
}

bool page_account_name_send(struct web *web, struct error *error)
{
	return profile_rename(web->domain, &web->actor, input_text(web, "display_name"), error) &&
	       redirect_to(web, "/account?done=renamed");
}

/* What the form does not show stays as it is. */
bool page_account_notices_send(struct web *web, struct error *error)
{
	struct notices notices;

	if (!notices_get(web->domain, &web->actor, web->arena, &notices, error))
		return false;
	for (size_t i = 0; i < NOTICE_COUNT; i++)
		if (is_offered(web, i))
			notices.wanted[i] = input_bool(web, notice_name((enum notice)i));
	return notices_change(web->domain, &web->actor, &notices, error) &&
	       redirect_to(web, "/account?done=notices");
}

bool page_session_end_send(struct web *web, struct error *error)
{
	struct id id;

	if (!web_path_id(web, "id", &id, error) ||
	    !session_end_one(web->auth, &web->session->user_id, &id, error))
		return false;
	return redirect_to(web, id_equal(&id, &web->session->id) ? "/login?done=signed_out"
								 : "/account?done=session_ended");
}

bool page_sessions_end_send(struct web *web, struct error *error)
{
	return session_end_all(web->auth, &web->session->user_id, &web->session->id, error) &&
	       redirect_to(web, "/account?done=sessions_ended");
}

/* --- the link of a notice ------------------------------------------------------------------ */

static bool send_link_page(struct web *web, const struct notices_link *link, struct error *error)
{
	struct doc *page = page_begin(
	    web, link->wanted ? "End these notices?" : "You get no more of these notices");

	doc_set_text(page, "token", http_capture(web->match, "token"));
	doc_set_text(page, "label", notice_words[link->notice].label);
	doc_set_text(page, "meaning", notice_words[link->notice].meaning);
	doc_set_text(page, "recipient", link->recipient);
	doc_set_bool(page, "is_wanted", link->wanted);
	return page_send(web, 200, "notices", page, error);
}

bool page_notices(struct web *web, struct error *error)
{
	struct notices_link link;

	return notices_open(
		   web->domain, web->arena, http_capture(web->match, "token"), &link, error) &&
	       send_link_page(web, &link, error);
}

/* The one button of the page, and the one click of RFC 8058: the link itself is the proof, and
 * whatever the body says is not read. Answered without a redirect, which mail readers do not
 * follow. */
bool page_notices_send(struct web *web, struct error *error)
{
	struct notices_link link;

	return notices_end(web->domain, web->arena, http_capture(web->match, "token"),
		   web->request->id, &link, error) &&
	       send_link_page(web, &link, error);
}
