/* gate.c - the chain of gates, in a fixed order. */
#include "gate.h"

#include "answer.h"
#include "input.h"
#include "way_back.h"

#include <auth/csrf.h>
#include <auth/interrupted.h>
#include <auth/reauth.h>
#include <http/form.h>
#include <http/url.h>
#include <store/organizations.h>
#include <string.h>
#include <strings.h>

#define MUTATING (HTTP_POST | HTTP_PATCH | HTTP_DELETE)

static bool is_mutating(const struct web *web)
{
	return (web->request->method & MUTATING) != 0;
}

/* OPTIONS is answered for every path, known or not (CORS preflight). */
static bool answer_options(struct web *web)
{
	const char *origin = http_header(web->request, "Origin");

	web->is_api = true;
	if (origin && config_allows_origin(web->app->parts.config, origin)) {
		http_response_header(
		    web->response, "Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE");
		http_response_header(web->response, "Access-Control-Allow-Headers",
		    "Authorization, Content-Type, X-Reauth-Token");
		http_response_header(web->response, "Access-Control-Max-Age", "600");
	}
	return answer_empty(web, 204);
}

static bool find_route(
    struct web *web, const char *path, enum http_method method, struct error *error)
{
	struct http_match *match = arena_alloc(web->arena, sizeof(*match));

	http_router_match(web->app->router, web->arena, method, path, match);
	web->match = match;
	if (match->result == HTTP_NO_METHOD) {
		http_response_header(
		    web->response, "Allow", http_allow(web->arena, match->allowed));
		return error_set(error, ERROR_INVALID, "method_not_allowed",
		    "This address does not take %s.", http_method_name(method));
	}
	if (match->result == HTTP_MATCHED)
		web->route = &web_routes[match->index];
	if (!web->route ||
	    ((web->route->flags & WEB_METRICS) && strcmp(web->request->listener, "metrics") != 0)) {
		web->route = NULL;
		error_set(error, ERROR_NOT_FOUND, "not_found", "There is nothing at this address.");
	}
	return web->route != NULL;
}

static bool identify_bearer(struct web *web, const char *authorization, struct error *error)
{
	struct access *access = arena_alloc(web->arena, sizeof(*access));
	const char *token = NULL;

	if (strncasecmp(authorization, "Bearer ", 7) == 0)
		token = authorization + 7;
	if (!access_verify(web->auth, web->arena, token, access, error))
		return false;
	web->access = access;
	web->actor = access_actor(access, web->request->id);
	return true;
}

/* A page that asks by itself whether it is still true keeps nobody signed in. */
static bool identify_session(struct web *web, struct error *error)
{
	struct session *session = arena_alloc(web->arena, sizeof(*session));
	bool touch = !http_header(web->request, "X-Lethe-Poll");

	if (!session_find(web->auth, web->arena, http_cookie(web->request, SESSION_COOKIE), touch,
		session, error))
		return error->kind == ERROR_UNAUTHENTICATED && (error_clear(error), true);
	web->session = session;
	web->actor = session_actor(session, web->request->id);
	return true;
}

static bool organization_exists(struct web *web, const struct id *id, struct error *error)
{
	const char *name;
	enum db_result result = organizations_name(web->domain->db, web->arena, id, &name);

	if (result == DB_NONE)
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such organisation.");
	return result == DB_OK || db_fail(result, error);
}

/* A platform admin names the organisation where the API needs one. */
static bool choose_organization(struct web *web, struct error *error)
{
	const char *text = web->is_api ? http_query(web->request, "organization_id") : NULL;
	struct id id;

	if (!text || web->actor.role == ROLE_VISITOR)
		return true;
	if (!id_parse(text, &id))
		return error_set_field(
		    error, "organization_id", "invalid_input", "organization_id must be a UUID.");
	if (id_equal(&id, &web->actor.organization_id))
		return true;
	if (web->actor.role != ROLE_PLATFORM_ADMIN)
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such organisation for you.");
	if (!organization_exists(web, &id, error))
		return false;
	web->actor.organization_id = id;
	return true;
}

/* Endpoints for anyone do not ask who it is: whoever's token has ended gets a new one there. */
static bool identify(struct web *web, struct error *error)
{
	const char *authorization = http_header(web->request, "Authorization");

	if (web->is_api && web->route->auth == WEB_ANYONE && authorization)
		return true;
	if (web->is_api && authorization)
		return identify_bearer(web, authorization, error);
	if (!http_cookie(web->request, SESSION_COOKIE))
		return true;
	return identify_session(web, error);
}

static bool refuse_role(struct error *error)
{
	return error_set(error, ERROR_FORBIDDEN, "forbidden", "This is for admins only.");
}

/* An account in its grace may look at that, cancel it, and nothing else, however it signed in. */
static bool is_scheduled(const struct web *web)
{
	if (web->access)
		return web->access->user.deletion_status == USER_DELETION_SCHEDULED;
	return web->session && web->session->deletion_status == USER_DELETION_SCHEDULED;
}

static bool check_auth(const struct web *web, struct error *error)
{
	const struct web_route *route = web->route;

	if (route->auth == WEB_ANYONE)
		return true;
	if (web->actor.role == ROLE_VISITOR)
		return error_set(
		    error, ERROR_UNAUTHENTICATED, "unauthenticated", "Please sign in to do this.");
	if (route->auth == WEB_ADMIN && !actor_is_admin(&web->actor))
		return refuse_role(error);
	if (route->auth == WEB_PLATFORM && web->actor.role != ROLE_PLATFORM_ADMIN)
		return refuse_role(error);
	if (is_scheduled(web) && !(route->flags & WEB_GRACE))
		return error_set(error, ERROR_FORBIDDEN, "account_scheduled",
		    "This account is scheduled for deletion; cancel that to go on.");
	return true;
}

/* From a page that hides its address (Referrer-Policy: no-referrer) browsers send the origin
 * "null", as the Fetch standard demands; Sec-Fetch-Site still tells whether the page was ours, and
 * the form's token is asked for in any case. */
static bool hidden_origin_is_ours(const struct web *web)
{
	const char *site = http_header(web->request, "Sec-Fetch-Site");

	return site ? strcmp(site, "same-origin") == 0 : (web->route->flags & WEB_NO_REFERRER) != 0;
}

bool gate_is_own_origin(const struct web *web, const char *origin)
{
	const char *host = strstr(origin, "://");

	if (strcmp(origin, web->app->parts.config->base_url) == 0)
		return true;
	return host && *web->request->host && strcasecmp(host + 3, web->request->host) == 0;
}

/* Browsers name the origin of what they send; it must be the address the request came to. */
static bool origin_is_ours(const struct web *web)
{
	const char *origin = http_header(web->request, "Origin");

	if (!origin)
		return true;
	if (strcmp(origin, "null") == 0)
		return hidden_origin_is_ours(web);
	return gate_is_own_origin(web, origin);
}

/* A form of a page of ours whose token is of a session before this one. Where a browser does not
 * say that it comes from here, it may be anybody's. */
static bool is_stale_form(const struct web *web)
{
	return web->session && !web->is_api && !(web->route->flags & WEB_VISITOR_CSRF) &&
	       http_header(web->request, "Origin") && origin_is_ours(web);
}

static bool refuse_csrf(const struct web *web, struct error *error)
{
	if (is_stale_form(web))
		return error_set(error, ERROR_FORBIDDEN, "csrf",
		    "You have signed in anew since this page was opened, so nothing was done. See "
		    "whether all of this is still right, and send it again.");
	return error_set(error, ERROR_FORBIDDEN, "csrf",
	    "This form is no longer valid. Reload the page that it is on, and send it again.");
}

static bool token_is_good(struct web *web, const char *token)
{
	if (web->session && !(web->route->flags & WEB_VISITOR_CSRF))
		return session_csrf_check(web->session, token);
	return csrf_form_check(web->auth, web->arena, http_cookie(web->request, CSRF_COOKIE),
	    web->route->pattern, token);
}

bool gate_check_form_token(struct web *web, const struct http_pairs *fields, struct error *error)
{
	if (web->is_api || web->access)
		return true;
	return token_is_good(web, http_pairs_get(fields, "csrf")) || refuse_csrf(web, error);
}

/* Bearer requests carry no ambient authority, so there is nothing to forge; nor is there for the
 * API's visitors, and for endpoints open to anyone, which do not ask who is signed in. */
static bool check_csrf(struct web *web, struct error *error)
{
	const char *token = http_header(web->request, "X-CSRF-Token");

	if (!is_mutating(web) || web->access || (web->route->flags & WEB_TOKEN_FORM) ||
	    (web->is_api && (!web->session || web->route->auth == WEB_ANYONE)))
		return true;
	if (!origin_is_ours(web))
		return refuse_csrf(web, error);
	if (!token && web->form)
		token = http_pairs_get(web->form, "csrf");
	if (!token && !web->is_api && (web->route->flags & WEB_MULTIPART))
		return true; /* by gate_check_form_token, once the fields are read */
	return token_is_good(web, token) || refuse_csrf(web, error);
}

static bool read_form(struct web *web, struct error *error)
{
	struct http_pairs *fields;

	if (web->is_api || !is_mutating(web) || (web->route->flags & WEB_MULTIPART))
		return true;
	fields = arena_alloc(web->arena, sizeof(*fields));
	web->form = fields;
	return http_form_read(web->request, fields, error);
}

/* The fields as they came, without what belongs to this one sending. */
static const char *form_text(struct web *web)
{
	struct buf text = {0};
	const char *copy;

	for (size_t i = 0; web->form && i < web->form->count; i++) {
		const struct http_pair *field = &web->form->items[i];
		if (strcmp(field->name, "csrf") == 0)
			continue;
		if (text.length > 0)
			buf_putc(&text, '&');
		buf_puts(&text, http_url_encode(web->arena, field->name));
		buf_putc(&text, '=');
		buf_puts(&text, http_url_encode(web->arena, field->value));
	}
	copy = arena_copy(web->arena, text.data ? text.data : "", text.length);
	buf_free(&text);
	return copy;
}

/* Keep the form, ask who it is, then go on: pages/reauth.c. */
static bool interrupt(struct web *web, struct error *error)
{
	char text[ID_TEXT_SIZE];
	struct id act;

	if (!interrupted_save(
		web->auth, &web->actor.session_id, web->request->path, form_text(web), &act, error))
		return false;
	id_format(&act, text);
	return redirect_to(
	    web, http_url_build(web->arena, "/reauth", HTTP_NO_PAIRS, HTTP_PAIRS({"act", text})));
}

bool gate_is_fresh(const struct web *web)
{
	return web->session && web->session->host_auth_us &&
	       web->now_us - web->session->host_auth_us <= REAUTH_FRESH_US;
}

/* Prove it for the act's own purpose and item, so that the act spends the token as any other. */
static bool prove(struct web *web, const char *password, struct error *error)
{
	struct reauth_proof proof = {.password = password};
	enum reauth_purpose purpose;
	const struct id *item = &web->subject_id;
	const char *token;

	if (!web->route->reauth || !reauth_purpose_parse(web->route->reauth, &purpose))
		return error_set(
		    error, ERROR_GONE, "act_forgotten", "There is nothing to go on with.");
	if (!reauth_purpose_has_item(purpose))
		item = &id_none;
	if (!password) /* never is long ago */
		proof.host_auth_us = web->session->host_auth_us ? web->session->host_auth_us : 1;
	return reauth_issue(
		   web->auth, web->arena, &web->actor, &proof, purpose, item, &token, error) &&
	       reauth_check(web->auth, web->arena, token, purpose, item, &web->actor, error);
}

/* `done_r`: the answer is the way to /reauth. */
static bool check_reauth(struct web *web, bool *done_r, struct error *error)
{
	enum reauth_purpose purpose;
	const struct id *item = id_is_none(&web->subject_id) ? NULL : &web->subject_id;

	if (!web->route->reauth || web->is_replay ||
	    (web->route->waives && web->route->waives(web)))
		return true;
	if (!web->is_api && gate_is_fresh(web))
		return prove(web, NULL, error);
	if (!web->is_api) {
		*done_r = true;
		return interrupt(web, error);
	}
	if (!reauth_purpose_parse(web->route->reauth, &purpose))
		return error_set(error, ERROR_INTERNAL, "unknown_purpose", "Unknown purpose.");
	return reauth_check(web->auth, web->arena, http_header(web->request, "X-Reauth-Token"),
	    purpose, reauth_purpose_has_item(purpose) ? item : NULL, &web->actor, error);
}

/* Failures that a person can mend in the form they came from. */
static bool is_mendable(const struct web *web, const struct error *error)
{
	return (strcmp(error->code, "csrf") == 0 && is_stale_form(web)) ||
	       error->kind == ERROR_INVALID || error->kind == ERROR_RATE_LIMITED ||
	       error->kind == ERROR_TOO_LARGE || error->kind == ERROR_UNAUTHENTICATED ||
	       strcmp(error->code, "wrong_password") == 0 ||
	       strcmp(error->code, "stale_authentication") == 0 ||
	       strcmp(error->code, "container_deleted") == 0;
}

/* Who may not do it is told that first, whatever else is wrong with what they sent. */
static bool read_inputs(struct web *web, struct error *error)
{
	struct error wrong = {0};
	bool ok = input_read(web, &wrong);

	if (web->route->permit && !web->route->permit(web, error))
		return false;
	if (!ok)
		*error = wrong;
	return ok;
}

static bool check_inputs(struct web *web, struct error *error)
{
	return !web->route->check || web->route->check(web, error);
}

/* The form again with what was typed and why it was refused, where that helps. */
static bool show_form(struct web *web, struct error *error)
{
	struct error *shown;

	if (web->is_api || !web->route->form || !is_mendable(web, error))
		return false;
	shown = arena_alloc(web->arena, sizeof(*shown));
	*shown = *error;
	web->form_error = shown;
	if (!web->route->form(web, error))
		return false;
	if (shown->retry_after_s > 0)
		http_response_header(web->response, "Retry-After",
		    arena_printf(web->arena, "%d", shown->retry_after_s));
	return true;
}

static bool act(struct web *web, struct error *error)
{
	bool done = false;

	if (read_inputs(web, error) && check_inputs(web, error) &&
	    check_reauth(web, &done, error) && (done || web->route->handle(web, error)))
		return true;
	return show_form(web, error);
}

static bool find_subject(struct web *web, struct error *error)
{
	return !web->route->find || web->route->find(web, error);
}

/* A page for those who are signed in sends everybody else to the login and back. */
static bool send_to_login(struct web *web)
{
	return redirect_to(web, http_url_build(web->arena, "/login", HTTP_NO_PAIRS,
				    HTTP_PAIRS({"next", way_back(web)})));
}

/* Whoever is leaving is shown how that stands, whatever page they wanted. */
static bool send_to_deletion(struct web *web)
{
	return redirect_to(web, "/account/deletion");
}

static bool needs_store(const struct web *web)
{
	return web->route->auth != WEB_ANYONE || web->route->find || is_mutating(web) ||
	       http_cookie(web->request, SESSION_COOKIE) ||
	       strncmp(web->request->path, "/s/", 3) == 0;
}

/* Where there is nothing, who is signed in still sees the way on; without a store it does without.
 */
static void greet(struct web *web)
{
	struct error ignored = {0};

	if (!web->is_api && http_cookie(web->request, SESSION_COOKIE) &&
	    thread_connect(web->thread, &ignored) && !identify_session(web, &ignored))
		web->session = NULL;
}

/* Nothing is done for a form with a token of before, but who sent it may see it, and send it again.
 */
static bool show_stale_form(struct web *web, struct error *error)
{
	struct error stale = *error, ignored = {0};

	if (!web->route->form || !is_stale_form(web))
		return false;
	error_clear(error);
	if (!find_subject(web, error))
		return false;
	if (!input_read(web, &ignored))
		error_clear(&ignored); /* what is wrong with it is said when it counts */
	if (web->route->permit && !web->route->permit(web, error))
		return false;
	*error = stale;
	return show_form(web, error);
}

bool gate_run(struct web *web, struct error *error)
{
	if (web->request->method == HTTP_OPTIONS)
		return answer_options(web);
	if (!find_route(web, web->request->path, web->request->method, error)) {
		greet(web);
		return false;
	}
	if ((needs_store(web) || !web->is_api) && !thread_connect(web->thread, error))
		return false;
	if (!identify(web, error) || !read_form(web, error))
		return false;
	if (!check_auth(web, error)) {
		if (error->kind == ERROR_UNAUTHENTICATED && !web->is_api && !is_mutating(web))
			return send_to_login(web);
		if (is_scheduled(web) && !web->is_api && !is_mutating(web)) {
			error_clear(error);
			return send_to_deletion(web);
		}
		return false;
	}
	if (!check_csrf(web, error))
		return show_stale_form(web, error);
	return choose_organization(web, error) && find_subject(web, error) && act(web, error);
}

bool gate_replay(
    struct web *web, const char *path, const char *form, const char *password, struct error *error)
{
	struct http_pairs *fields = arena_alloc(web->arena, sizeof(*fields));
	const struct web_route *own = web->route;
	const struct http_match *match = web->match;

	if (!http_form_parse(web->arena, form, strlen(form), HTTP_FORM_MAX_FIELDS, "invalid_form",
		fields, error) ||
	    !find_route(web, path, HTTP_POST, error) || !check_auth(web, error) ||
	    !find_subject(web, error))
		return false;
	if (!prove(web, password, error)) {
		web->route = own;
		web->match = match;
		return false;
	}
	web->form = fields;
	web->is_replay = true;
	return act(web, error);
}
