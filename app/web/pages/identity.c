/* identity.c - signing in and out, and proving again who one is. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../gate.h"
#include "../handlers.h"
#include "../input.h"

#include <auth/interrupted.h>
#include <auth/login.h>
#include <auth/session.h>
#include <auth/sso.h>
#include <http/url.h>

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

bool page_login(struct web *web, struct error *error)
{
	struct doc *page;
	const char *next = http_query(web->request, "next");

	if (web->session && !web->form_error)
		return redirect_to(web, "/");
	page = page_begin(web, "Sign in");
	chrome_visitor_form(web, page, "/login");
	doc_set_text(page, "next", web->form ? next_or(web, NULL) : http_url_local(next, NULL));
	doc_set_text(page, "email", web->form ? http_pairs_get(web->form, "email") : NULL);
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
	    !session_start(web->auth, web->arena, &user, "password", old, &caller, &token, error))
		return false;
	set_session_cookie(web, token, SESSION_LIFE_US / CLOCK_SECOND_US);
	return redirect_to(web, next_or(web, "/"));
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

static bool load_act(struct web *web, struct interrupted *act_r, struct error *error)
{
	return interrupted_load(
	    web->auth, web->arena, &web->actor.session_id, input_id(web, "act"), act_r, error);
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
	return page_send(web, form_status(web), "reauth", page, error);
}

bool page_reauth_send(struct web *web, struct error *error)
{
	struct interrupted act;
	struct id id = *input_id(web, "act");

	return load_act(web, &act, error) &&
	       gate_replay(web, act.path, act.form, input_get(web, "password")->text, error) &&
	       interrupted_drop(web->auth, &web->actor.session_id, &id, error);
}
