/* gates_test.c - what holds for every route alike: sign-in, forgery, methods, headers, problems. */
#include "../../app/web/route.h"
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MUTATING (HTTP_POST | HTTP_PATCH | HTTP_DELETE)

static const struct {
	enum http_method method;
	const char *name;
} methods[] = {
    {HTTP_GET, "GET"}, {HTTP_POST, "POST"}, {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"}};

static const char *method_name(enum http_method method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (methods[i].method == method)
			return methods[i].name;
	return "?";
}

static bool is_api(const struct web_route *route)
{
	return strncmp(route->pattern, "/api/", 5) == 0;
}

/* The pattern with an id that nothing has in each capture. */
static const char *path_of(struct site *site, const struct web_route *route)
{
	const char *path = "";

	for (const char *c = route->pattern; *c; c++) {
		if (*c == '{') {
			path = arena_printf(site_arena(site), "%s%s", path, site_new_id(site));
			c += strcspn(c, "}");
		} else {
			path = arena_printf(site_arena(site), "%s%c", path, *c);
		}
	}
	return path;
}

static const struct http_answer *send(struct site *site, const char *method, const char *path,
    const char *type, const char *body, const char *first, const char *second, const char *third)
{
	const char *const headers[] = {first, first ? second : NULL, second ? third : NULL, NULL};

	return http_client_send(site_client(site),
	    &(struct http_call){
		.method = method, .path = path, .type = type, .body = body, .headers = headers});
}

static void expect_header(
    struct site *site, const struct http_answer *answer, const char *name, const char *value)
{
	const char *found = http_answer_header(site_client(site), answer, name);

	if (!found || (value && !strstr(found, value)))
		fail_msg("%s: %s is \"%s\", not \"%s\"\n%s", answer->request, name,
		    found ? found : "(none)", value ? value : "", answer->head);
}

/* --- who is not signed in ------------------------------------------------------------------- */

static void test_visitors(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		const struct http_answer *answer;
		if (route->auth == WEB_ANYONE)
			continue;
		answer = send(site, method_name(route->method), path_of(site, route), NULL, NULL,
		    NULL, NULL, NULL);
		if (is_api(route)) {
			EXPECT(answer, 401, "unauthenticated");
			expect_header(site, answer, "WWW-Authenticate", "Bearer");
		} else if (route->method == HTTP_GET) {
			EXPECT(answer, 303, NULL);
			expect_header(site, answer, "Location", "/login");
		} else {
			EXPECT(answer, 401, NULL);
		}
	}
}

static void test_login_leads_back(void **state)
{
	struct site *site = *state;

	expect_header(site, site_page(site, VISITOR, "GET /trash"), "Location", "/login?next=");
	assert_non_null(strstr(site_page(site, VISITOR, "GET /login?next=/trash")->body,
	    "name=\"next\" value=\"/trash\""));
	/* Never to another place. */
	assert_null(
	    strstr(site_page(site, VISITOR, "GET /login?next=//evil.example")->body, "evil"));
	assert_null(
	    strstr(site_page(site, VISITOR, "GET /login?next=https://evil.example")->body, "evil"));
}

/* A bearer token is for the API alone; a broken one is refused though a session came as well. */
static const char *good_bearer(struct site *site)
{
	return arena_printf(site_arena(site), "Authorization: Bearer %s", site_token(site, ADA));
}

static void test_bearer(void **state)
{
	struct site *site = *state;
	const char *good = good_bearer(site);
	const char *cookie = arena_printf(site_arena(site), "Cookie: %s", site_cookie(site, ADA));

	EXPECT(send(site, "GET", "/trash", NULL, NULL, good, NULL, NULL), 303, NULL);
	EXPECT(send(site, "GET", "/api/photos", NULL, NULL, cookie, NULL, NULL), 200, NULL);
	EXPECT(
	    send(site, "GET", "/api/photos", NULL, NULL, cookie, "Authorization: Bearer x", NULL),
	    401, "unauthenticated");
	EXPECT(
	    send(site, "GET", "/api/photos", NULL, NULL, "Authorization: Basic YTpi", NULL, NULL),
	    401, "unauthenticated");
}

/* An account in its grace is let in nowhere but to what belongs to that, by session or token. */
static void test_scheduled_accounts(void **state)
{
	struct site *site = *state;
	const char *nothing = "01890000-0000-7000-8000-000000000000";
	const struct http_answer *api, *session, *page, *reauth, *token;

	(void)site_token(site, BEN);
	(void)site_cookie(site, BEN);
	site_sql(site, "UPDATE users SET deletion_status = 'SCHEDULED' WHERE id = " UUID,
	    site_user_id(site, BEN));
	api = site_api(site, BEN, "GET /api/photos");
	session = site_page(site, BEN, "GET /api/photos");
	page = site_page(site, BEN, "GET /trash");
	reauth = site_page(site, BEN, "GET /reauth?act=%s", nothing);
	token = site_api_json(site, BEN,
	    "{'password': '" SITE_PASSWORD "', 'purpose': 'account.export'}", "POST /api/reauth");
	site_sql(site, "UPDATE users SET deletion_status = NULL WHERE id = " UUID,
	    site_user_id(site, BEN));
	EXPECT(api, 403, "account_scheduled");
	EXPECT(session, 403, "account_scheduled");
	EXPECT(page, 303, NULL);
	assert_string_equal(
	    http_answer_header(site_client(site), page, "Location"), "/account/deletion");
	EXPECT(reauth, 410, NULL); /* let in, to find that there is no such act */
	EXPECT(token, 201, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos"), 200, NULL);
}

/* --- forgery -------------------------------------------------------------------------------- */

/* Somebody whom the route lets in, so that nothing but the token stands in the way. */
static enum person insider(const struct web_route *route)
{
	return route->auth == WEB_PLATFORM ? PLATFORM : ADMIN;
}

static const struct http_answer *forge(
    struct site *site, const struct web_route *route, const char *token, const char *origin)
{
	struct arena *arena = site_arena(site);
	const char *cookie = arena_printf(arena, "Cookie: %s", site_cookie(site, insider(route)));
	const char *header =
	    token && is_api(route) ? arena_printf(arena, "X-CSRF-Token: %s", token) : NULL;
	const char *field = token ? arena_printf(arena, "csrf=%s", token) : "";
	const char *path = path_of(site, route);

	if ((route->flags & WEB_MULTIPART) && !is_api(route)) {
		struct http_call call = {.method = "POST",
		    .path = path,
		    .type = SITE_MULTIPART_TYPE,
		    .headers = (const char *const[]){cookie, origin, NULL}};
		call.body = site_multipart(site,
		    PARTS(site_file_part(site), {.name = "csrf", .bytes = token ? token : " "}),
		    &call.length);
		return http_client_send(site_client(site), &call);
	}
	if (is_api(route))
		return send(site, method_name(route->method), path, "application/json", "{}",
		    cookie, header ? header : origin, header ? origin : NULL);
	return send(
	    site, "POST", path, "application/x-www-form-urlencoded", field, cookie, origin, NULL);
}

/* Endpoints open to anyone do not ask who is signed in. */
static bool needs_token(const struct web_route *route)
{
	return (route->method & MUTATING) && !(route->flags & WEB_TOKEN_FORM) &&
	       !(is_api(route) && route->auth == WEB_ANYONE);
}

static void test_forged_requests(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		if (!needs_token(route))
			continue;
		EXPECT(forge(site, route, NULL, NULL), 403, is_api(route) ? "csrf" : NULL);
		EXPECT(forge(site, route, "x", NULL), 403, is_api(route) ? "csrf" : NULL);
		EXPECT(forge(site, route, site_csrf(site, ADA), NULL), 403,
		    is_api(route) ? "csrf" : NULL);
		EXPECT(forge(site, route, site_csrf(site, insider(route)),
			   "Origin: http://evil.example"),
		    403, is_api(route) ? "csrf" : NULL);
		EXPECT(forge(site, route, site_csrf(site, insider(route)), "Origin: null"), 403,
		    is_api(route) ? "csrf" : NULL);
	}
}

/* From a page of one's own a token of before shows the form again; of what is not there, that. */
static void test_stale_tokens(void **state)
{
	struct site *site = *state;
	const char *origin = arena_printf(site_arena(site), "Origin: %s", getenv("LETHE_TEST_URL"));

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		const struct http_answer *answer;
		if (!needs_token(route))
			continue;
		answer = forge(site, route, site_csrf(site, ADA), origin);
		if (answer->status != 403 && !(route->form && answer->status == 404) &&
		    strcmp(route->pattern, "/reauth") != 0)
			fail_msg("%s: %ld", answer->request, answer->status);
		assert_in_range(answer->status, 400, 410);
	}
}

/* The same requests with the right token come through, or the test above could not fail. */
static void test_own_requests(void **state)
{
	struct site *site = *state;
	const char *origin = arena_printf(site_arena(site), "Origin: %s", getenv("LETHE_TEST_URL"));

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		const struct http_answer *answer;
		if (!needs_token(route) || (route->flags & WEB_VISITOR_CSRF) ||
		    strcmp(route->pattern, "/logout") == 0)
			continue;
		answer = forge(site, route, site_csrf(site, insider(route)), origin);
		/* What asks for a proof of its own has let the token pass. */
		if (answer->status == 403 && !strstr(answer->body, "reauth_required"))
			fail_msg("%s: %s", answer->request, answer->body);
	}
}

/* Asking for JSON makes no form a request of the API: it needs its token all the same. */
static void test_accept_header(void **state)
{
	struct site *site = *state;
	const char *cookie = arena_printf(site_arena(site), "Cookie: %s", site_cookie(site, ADA));
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *answer =
	    send(site, "POST", arena_printf(site_arena(site), "/photos/%s/delete", photo),
		"application/x-www-form-urlencoded", "", cookie, "Accept: application/json", NULL);

	EXPECT(answer, 403, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
	EXPECT(send(site, "GET", "/trash", NULL, NULL, cookie, "Accept: application/json", NULL),
	    200, NULL);
	EXPECT(send(site, "GET", "/trash", NULL, NULL, good_bearer(site),
		   "Accept: application/json", NULL),
	    303, NULL);
}

/* --- methods and paths ---------------------------------------------------------------------- */

static unsigned methods_of(const char *pattern)
{
	unsigned mask = 0;

	for (size_t i = 0; i < web_route_count; i++)
		if (strcmp(web_routes[i].pattern, pattern) == 0)
			mask |= (unsigned)web_routes[i].method;
	return mask;
}

/* "/photos/{id}" and "/photos/delete" share addresses: a path that another pattern fits as well is
 * made of an id here, so it fits one. */
static void test_wrong_methods(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		const char *path = path_of(site, route);
		unsigned known = methods_of(route->pattern);
		if (route->flags & WEB_METRICS)
			continue;
		for (size_t m = 0; m < sizeof(methods) / sizeof(methods[0]); m++) {
			const struct http_answer *answer;
			if (known & (unsigned)methods[m].method)
				continue;
			answer = send(site, methods[m].name, path, NULL, NULL, NULL, NULL, NULL);
			EXPECT(answer, 405, is_api(route) ? "method_not_allowed" : NULL);
			expect_header(site, answer, "Allow", method_name(route->method));
		}
		EXPECT(send(site, "PUT", path, NULL, NULL, NULL, NULL, NULL), 405, NULL);
	}
}

static void test_options(void **state)
{
	static const char *const others[] = {"/nothing", "/api/nothing", "/"};
	struct site *site = *state;
	const struct http_answer *answer;

	for (size_t i = 0; i < web_route_count; i++) {
		if (web_routes[i].flags & WEB_METRICS)
			continue;
		answer = send(site, "OPTIONS", path_of(site, &web_routes[i]), NULL, NULL,
		    "Origin: http://other.example", "Access-Control-Request-Method: POST", NULL);
		EXPECT(answer, 204, NULL);
		assert_null(
		    http_answer_header(site_client(site), answer, "Access-Control-Allow-Origin"));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		EXPECT(send(site, "OPTIONS", others[i], NULL, NULL, NULL, NULL, NULL), 204, NULL);
}

static void test_unknown_paths(void **state)
{
	struct site *site = *state;

	EXPECT(site_api(site, ADA, "GET /api/nothing"), 404, "not_found");
	EXPECT(site_api(site, VISITOR, "GET /api/nothing"), 404, "not_found");
	EXPECT(site_api(site, ADA, "GET /api/photos/"), 404, "not_found");
	EXPECT(site_api(site, ADA, "GET /api//photos"), 404, "not_found");
	EXPECT(site_page(site, VISITOR, "GET /nothing"), 404, NULL);
	EXPECT(site_page(site, ADA, "GET /nothing"), 404, NULL);
	assert_non_null(strstr(site_page(site, ADA, "GET /nothing")->body, "<h1"));
}

/* An id that is none names nothing. */
static void test_ids_that_are_none(void **state)
{
	static const char *const ids[] = {"1", "x", "00000000-0000-0000-0000-00000000000g",
	    "%F0%9F%8C%B3", "01890000-0000-7000-8000-0000000000000", "%27%20OR%201=1"};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", ids[i]), 404, "not_found");
		EXPECT(site_api(site, ADMIN, "GET /api/photos/%s/file", ids[i]), 404, "not_found");
		EXPECT(site_api(site, ADMIN, "GET /api/deletions/%s", ids[i]), 404, "not_found");
		EXPECT(site_page(site, ADMIN, "GET /photos/%s", ids[i]), 404, NULL);
		EXPECT(site_page(site, ADMIN, "GET /trash/%s", ids[i]), 404, NULL);
	}
}

/* --- what every answer carries ---------------------------------------------------------------- */

static void check_headers(struct site *site, const struct http_answer *answer, bool is_file)
{
	const char *id = http_answer_header(site_client(site), answer, "X-Request-Id");

	expect_header(site, answer, "Content-Security-Policy", "default-src 'none'");
	expect_header(site, answer, "X-Content-Type-Options", "nosniff");
	expect_header(site, answer, "X-Frame-Options", "DENY");
	expect_header(site, answer, "Referrer-Policy", NULL);
	expect_header(site, answer, "Cache-Control", is_file ? "private, no-cache" : "no-store");
	assert_non_null(id);
	assert_int_equal(strlen(id), 32);
}

static void test_headers_of_every_route(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		const char *path = path_of(site, route);
		const char *method = method_name(route->method);
		if (route->flags & WEB_METRICS)
			continue;
		check_headers(site, send(site, method, path, NULL, NULL, NULL, NULL, NULL), false);
		if (is_api(route))
			check_headers(site, site_api(site, ADMIN, "%s %s", method, path), false);
		else if (route->method == HTTP_GET)
			check_headers(site, site_page(site, ADMIN, "%s %s", method, path), false);
	}
}

static void test_headers_of_files(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const char *token = site_share(site, ADA, photo, NULL);
	const struct http_answer *answer = site_api(site, ADA, "GET /api/photos/%s/file", photo);

	EXPECT(answer, 200, NULL);
	check_headers(site, answer, true);
	expect_header(site, answer, "ETag", "\"");
	expect_header(site, answer, "Content-Type", "image/png");
	answer = site_page(site, VISITOR, "GET /s/%s/file", token);
	EXPECT(answer, 200, NULL);
	check_headers(site, answer, true);
	expect_header(site, answer, "Referrer-Policy", "no-referrer");
	expect_header(
	    site, site_page(site, VISITOR, "GET /s/%s", token), "Referrer-Policy", "no-referrer");
}

/* nginx's id, one for each request, whatever the client sends. */
static void test_request_ids_differ(void **state)
{
	struct site *site = *state;
	const char *first = http_answer_header(site_client(site),
	    send(site, "GET", "/api/photos", NULL, NULL, "X-Request-Id: mine", NULL, NULL),
	    "X-Request-Id");
	const char *second = http_answer_header(
	    site_client(site), site_api(site, VISITOR, "GET /api/photos"), "X-Request-Id");

	assert_string_not_equal(first, "mine");
	assert_string_not_equal(first, second);
}

static void check_problem(const struct http_answer *answer)
{
	static const char *const members[] = {"type", "title", "detail", "code"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!http_answer_text(answer, members[i]))
			fail_msg("%s: no %s in %s", answer->request, members[i], answer->body);
	assert_int_equal(http_answer_number(answer, "status"), answer->status);
}

/* Each endpoint that can be asked for a thing that is not there, or for nothing at all. */
static void test_problems(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		const struct http_answer *answer;
		if (!is_api(route))
			continue;
		answer =
		    site_api(site, MIA, "%s %s", method_name(route->method), path_of(site, route));
		if (answer->status < 400)
			continue;
		expect_header(site, answer, "Content-Type", "application/problem+json");
		check_problem(answer);
	}
}

static void test_unknown_query(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		if (!is_api(route) || route->method != HTTP_GET || strchr(route->pattern, '{'))
			continue;
		EXPECT_FIELD(site_api(site, PLATFORM, "GET %s?unknown=1", route->pattern), 400,
		    "unknown_member", "unknown");
	}
}

static void test_head(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *answer;

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		const char *path = path_of(site, route);
		long status;
		if (route->method != HTTP_GET)
			continue;
		status = site_page(site, ADMIN, "GET %s", path)->status;
		answer = site_page(site, ADMIN, "HEAD %s", path);
		EXPECT(answer, status, NULL);
		assert_int_equal(answer->length, 0);
	}
	answer = site_api(site, ADA, "HEAD /api/photos/%s/file", photo);
	EXPECT(answer, 200, NULL);
	assert_int_equal(answer->length, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_visitors),
	    SITE_TEST(test_login_leads_back),
	    SITE_TEST(test_bearer),
	    SITE_TEST(test_scheduled_accounts),
	    SITE_TEST(test_forged_requests),
	    SITE_TEST(test_stale_tokens),
	    SITE_TEST(test_own_requests),
	    SITE_TEST(test_accept_header),
	    SITE_TEST(test_wrong_methods),
	    SITE_TEST(test_options),
	    SITE_TEST(test_unknown_paths),
	    SITE_TEST(test_ids_that_are_none),
	    SITE_TEST(test_headers_of_every_route),
	    SITE_TEST(test_headers_of_files),
	    SITE_TEST(test_request_ids_differ),
	    SITE_TEST(test_problems),
	    SITE_TEST(test_unknown_query),
	    SITE_TEST(test_head),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
