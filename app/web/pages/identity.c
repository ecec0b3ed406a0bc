/* identity.c - signing in and out, and proving again who one is. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../gate.h"
#include "../handlers.h"
#include "../input.h"
#include "proof.h"

#include <auth/interrupted.h>
#include <auth/login.h>
#include <auth/session.h>
#include <auth/sso.h>
#include <domain/accounts.h>
#include <http/router.h>
#include <http/url.h>
#include <string.h>

static int form_status(const struct web *web)
{
	if (!web->form_error)
		return 200;
	if (web->form_error->kind == ERROR_RATE_LIMITED)
		return 429;
	if (web->form_error->kind == ERROR_INVALID)
		return 400;
	return web->form_error->kind == ERROR_UNAUTHENTICATED ? 401 : 403;
}

static void set_session_cookie(struct web *web, const char *token, int64_t max_age_s)
{
	struct http_set_cookie cookie = {
	    .name = SESSION_COOKIE,
	    .value = token,
	    .max_age_s = max_age_s,
	    .is_secure = web->request->is_https,
	};

	http_response_cookie(web->response, &cookie);
}

/* Where the host asks who it is, and sends the person back here from; NULL: it is not known. With
 * `anew` it is to ask even those whom it knows (`prompt` of OpenID Connect Core 1.0, 3.1.2.1). */
static const char *host_url(struct web *web, const char *next, bool anew)
{
	const char *address = web->app->parts.config->host_sign_in;

	if (!*address)
		return NULL;
	return arena_join(web->arena, address,
	    strchr(address, '?') ? "&next=" : "?next=", http_url_encode(web->arena, next),
	    anew ? "&prompt=login" : "", NULL);
}

bool page_login(struct web *web, struct error *error)
{
	struct doc *page;
	const char *next = http_query(web->request, "next");

	if (web->session && !web->form_error)
		return redirect_to(web, http_url_local(next, "/"));
	page = page_begin(web, "Sign in");
	chrome_visitor_form(web, page, "/login");
	next = web->form ? next_or(web, NULL) : http_url_local(next, NULL);
	doc_set_text(page, "next", next);
	doc_set_text(page, "email", web->form ? http_pairs_get(web->form, "email") : NULL);
	doc_set_text(page, "host_url", host_url(web, next ? next : "/", false));
	return page_send(web, form_status(web), "login", page, error);
}

bool page_login_send(struct web *web, struct error *error)
{
	struct auth_caller caller = acts_caller(web);
	const char *old = http_cookie(web->request, SESSION_COOKIE);
	const char *token = NULL;
	struct user user;

	if (!login_check(web->auth, web->arena, input_get(web, "email")->text,
		input_get(web, "password")->text, "password", &caller, &user, error) ||
	    !session_start(
		web->auth, web->arena, &user, "password", 0, old, &caller, &token, error))
		return false;
	set_session_cookie(web, token, SESSION_LIFE_US / CLOCK_SECOND_US);
	return redirect_to(web, next_or(web, "/"));
}

/* A link signs nobody out; its button does. */
bool page_logout(struct web *web, struct error *error)
{
	return page_send(web, 200, "logout", page_begin(web, "Sign out?"), error);
}

bool page_logout_send(struct web *web, struct error *error)
{
	if (!session_end(web->auth, http_cookie(web->request, SESSION_COOKIE), error))
		return false;
	set_session_cookie(web, "", 0);
	return redirect_to(web, "/login?done=signed_out");
}

/* The host's signed token is the proof; there is no ambient authority to forge with. */
bool page_sso_send(struct web *web, struct error *error)
{
	struct auth_caller caller = acts_caller(web);
	const char *old = http_cookie(web->request, SESSION_COOKIE);
	const char *token = NULL;

	if (!sso_start(
		web->auth, web->arena, input_text(web, "token"), old, &caller, &token, error))
		return false;
	set_session_cookie(web, token, SESSION_LIFE_US / CLOCK_SECOND_US);
	return redirect_to(web, next_or(web, "/"));
}

/* Who has no password comes from the host, whatever its token told. */
static bool is_from_host(struct web *web, bool *is_r, struct error *error)
{
	struct account_status status;

	*is_r = web->session->host_auth_us != 0;
	if (*is_r)
		return true;
	if (!accounts_status(web->domain, &web->actor, web->arena, &status, error))
		return false;
	*is_r = !status.has_password;
	return true;
}

/* Who comes back from the host has a new session, and goes on with the old one's act. */
static bool load_act(struct web *web, struct interrupted *act_r, struct error *error)
{
	bool is_hosts;

	if (!is_from_host(web, &is_hosts, error))
		return false;
	if (is_hosts)
		return interrupted_take(web->auth, web->arena, &web->actor.session_id,
		    web->session->created_us, input_id(web, "act"), act_r, error);
	return interrupted_load(
	    web->auth, web->arena, &web->actor.session_id, input_id(web, "act"), act_r, error);
}

/* What waits, in words, by what it is proven for. */
static const char *words_of(struct web *web, const struct interrupted *act)
{
	static const struct {
		const char *purpose, *words;
	} known[] = {
	    {"account.delete", "delete your own account"},
	    {"account.export", "get an export of your data"},
	    {"user.delete", "delete somebody’s account at once"},
	    {"photo.permanent", "delete a photo forever"},
	    {"organization.delete", "delete an organisation"},
	};
	struct http_match match;

	http_router_match(web->app->router, web->arena, HTTP_POST, act->path, &match);
	for (size_t i = 0; match.result == HTTP_MATCHED && i < sizeof(known) / sizeof(known[0]);
	     i++)
		if (web_routes[match.index].reauth &&
		    strcmp(known[i].purpose, web_routes[match.index].reauth) == 0)
			return known[i].words;
	return "do this";
}

static bool set_ways(struct web *web, struct doc *page, struct error *error)
{
	bool has_password;
	const char *here = http_url_build(
	    web->arena, "/reauth", HTTP_NO_PAIRS, HTTP_PAIRS({"act", input_get(web, "act")->text}));

	if (!proof_set(web, page, &has_password, error))
		return false;
	doc_set_text(page, "host_url", has_password ? NULL : host_url(web, here, true));
	return true;
}

bool page_reauth(struct web *web, struct error *error)
{
	struct interrupted act;
	struct doc *page;

	if (!load_act(web, &act, error))
		return false;
	page = page_begin(web, "Confirm that it is you");
	doc_set_text(page, "act", input_get(web, "act")->text);
	doc_set_text(page, "email", web->session->email);
	doc_set_text(page, "back", act.path);
	doc_set_text(page, "words", words_of(web, &act));
	return set_ways(web, page, error) &&
	       page_send(web, form_status(web), "reauth", page, error);
}

/* Nothing typed: then it is the host's word that counts, for those who have no password or come
 * from there just now. */
static bool read_password(struct web *web, const char **password_r, struct error *error)
{
	const char *password = input_text(web, "password");
	struct account_status status;

	*password_r = password && *password ? password : NULL;
	if (*password_r || gate_is_fresh(web))
		return true;
	if (!accounts_status(web->domain, &web->actor, web->arena, &status, error))
		return false;
	return !status.has_password || error_set_field(error, "password", "missing_password",
					   "Please enter your password.");
}

bool page_reauth_send(struct web *web, struct error *error)
{
	struct interrupted act;
	struct id id = *input_id(web, "act");
	const char *password;

	return load_act(web, &act, error) && read_password(web, &password, error) &&
	       gate_replay(web, act.path, act.form, password, error) &&
	       interrupted_drop(web->auth, &web->actor.session_id, &id, error);
}
