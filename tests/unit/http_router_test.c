/* http_router_test.c - routes, URLs and what the client prefers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <http/router.h>
#include <http/url.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int set_up(void **state)
{
	*state = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	arena_destroy((struct arena **)state);
	return 0;
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", 100},
    {HTTP_GET, "/photos/{id}", 101},
    {HTTP_DELETE, "/photos/{id}", 102},
    {HTTP_PATCH, "/photos/{photo}", 103},
    {HTTP_POST, "/photos/bulk-delete", 104},
    {HTTP_GET, "/photos/{id}/shares", 105},
    {HTTP_DELETE, "/photos/{id}/shares/{share_id}", 106},
    {HTTP_GET, "/photos", 107},
    {HTTP_HEAD, "/own-head", 108},
    {HTTP_GET, "/own-head", 109},
    {HTTP_GET, "/a/{x}/c", 110},
    {HTTP_GET, "/a/b/{y}", 111},
    {HTTP_GET, "/a/b/{y}/{z}/{w}", 112},
    {HTTP_GET, "/slash/", 113},
    {HTTP_OPTIONS, "/options", 114},
    {HTTP_GET, "/photo", 115},
};

static const struct http_router *make_router(void **state)
{
	const struct http_router *router = http_router_create(*state, routes, COUNT(routes), NULL);
	assert_non_null(router);
	return router;
}

/* Where a request goes, as text: the route's index and its captures, 404, or 405 and Allow. */
static const char *go(struct arena *arena, const struct http_router *router,
    enum http_method method, const char *path)
{
	struct http_match match;
	http_router_match(router, arena, method, path, &match);
	if (match.result == HTTP_NO_PATH)
		return "404";
	if (match.result == HTTP_NO_METHOD)
		return arena_printf(arena, "405 %s", http_allow(arena, match.allowed));
	const char *text = arena_printf(arena, "%zu", match.index);
	for (size_t i = 0; i < match.capture_count; i++)
		text = arena_printf(arena, "%s %s=%s", text, match.captures[i].name,
		    http_capture(&match, match.captures[i].name));
	assert_null(http_capture(&match, "nothing"));
	return text;
}

static void finds_routes(void **state)
{
	static const struct {
		enum http_method method;
		const char *path, *expected;
	} cases[] = {
	    {HTTP_GET, "/", "100"},
	    {HTTP_GET, "/photos", "107"},
	    {HTTP_GET, "/photo", "115"},
	    {HTTP_GET, "/photos/1", "101 id=1"},
	    {HTTP_GET, "/photos/a b", "101 id=a b"},
	    {HTTP_HEAD, "/photos/1", "101 id=1"},
	    {HTTP_DELETE, "/photos/1", "102 id=1"},
	    {HTTP_PATCH, "/photos/1", "103 photo=1"},
	    {HTTP_POST, "/photos/1", "405 GET, HEAD, PATCH, DELETE"},
	    {HTTP_OTHER, "/photos/1", "405 GET, HEAD, PATCH, DELETE"},
	    {HTTP_OPTIONS, "/photos/1", "405 GET, HEAD, PATCH, DELETE"},
	    {HTTP_OPTIONS, "/options", "114"},
	    {HTTP_HEAD, "/options", "405 OPTIONS"},
	    {HTTP_POST, "/photos/bulk-delete", "104"},
	    {HTTP_GET, "/photos/bulk-delete", "405 POST"},
	    {HTTP_GET, "/photos/bulk-delete/shares", "105 id=bulk-delete"},
	    {HTTP_DELETE, "/photos/1/shares/2", "106 id=1 share_id=2"},
	    {HTTP_HEAD, "/own-head", "108"},
	    {HTTP_GET, "/own-head", "109"},
	    {HTTP_GET, "/a/b/c", "111 y=c"},
	    {HTTP_GET, "/a/q/c", "110 x=q"},
	    {HTTP_GET, "/a/b/1/2/3", "112 y=1 z=2 w=3"},
	    {HTTP_GET, "/slash/", "113"},
	    {HTTP_GET, "/slash", "404"},
	    {HTTP_GET, "", "404"},
	    {HTTP_GET, "photos", "404"},
	    {HTTP_GET, "//", "404"},
	    {HTTP_GET, "/photos/", "404"},
	    {HTTP_GET, "/photos//shares", "404"},
	    {HTTP_GET, "//photos", "404"},
	    {HTTP_GET, "/photos/1/", "404"},
	    {HTTP_GET, "/photos/1/other", "404"},
	    {HTTP_GET, "/photos/1/shares/2/3", "404"},
	    {HTTP_GET, "/Photos", "404"},
	    {HTTP_GET, "/photos/1/shares/2/3/4/5/6/7", "404"},
	    {HTTP_GET, "/a", "404"},
	    {HTTP_GET, "/a/b", "404"},
	};
	const struct http_router *router = make_router(state);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    go(*state, router, cases[i].method, cases[i].path), cases[i].expected);
}

static void refuses_bad_routes(void **state)
{
	static const struct http_route bad[][2] = {
	    {{HTTP_GET, "/a", 0}, {HTTP_GET, "/a", 1}},
	    {{HTTP_GET, "/{a}", 0}, {HTTP_GET, "/{b}", 1}},
	    {{HTTP_GET, "a", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "/{}", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "/{a", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "/a}", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "/{a}b", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "/x{a}", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "/{{a}}", 0}, {HTTP_GET, "/b", 1}},
	    {{HTTP_GET, "/{a}/{b}/{c}/{d}/{e}", 0}, {HTTP_GET, "/b", 1}},
	    {{(enum http_method)(HTTP_GET | HTTP_POST), "/a", 0}, {HTTP_GET, "/b", 1}},
	    {{(enum http_method)0, "/a", 0}, {HTTP_GET, "/b", 1}},
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct error error = {0};
		assert_null(http_router_create(*state, bad[i], 2, &error));
		assert_int_equal(error.kind, ERROR_INTERNAL);
		assert_string_equal(error.code, "bad_route");
	}
}

static void builds_urls(void **state)
{
	static const struct {
		const char *pattern;
		const struct http_pair captures[3], query[3];
		const char *url;
	} cases[] = {
	    {"/", {{NULL, NULL}}, {{NULL, NULL}}, "/"},
	    {"/photos/{id}", {{"id", "1"}}, {{NULL, NULL}}, "/photos/1"},
	    {"/photos/{id}/shares/{share_id}", {{"share_id", "2"}, {"id", "1"}}, {{NULL, NULL}},
		"/photos/1/shares/2"},
	    {"/{a}", {{"a", "a/b?c=d&e#f%g h\xC3\xA9~-._+\"<>'"}}, {{NULL, NULL}},
		"/a%2Fb%3Fc%3Dd%26e%23f%25g%20h%C3%A9~-._%2B%22%3C%3E%27"},
	    {"/x", {{NULL, NULL}}, {{"a", "1 2"}, {"b&", "=\r\n"}}, "/x?a=1%202&b%26=%3D%0D%0A"},
	    {"/x", {{NULL, NULL}}, {{"a", NULL}, {"b", ""}}, "/x?b="},
	    {"/x", {{NULL, NULL}}, {{"a", NULL}, {NULL, NULL}}, "/x"},
	    {"https://h/{a}", {{"a", "1"}}, {{"q", "2"}}, "https://h/1?q=2"},
	    {"/{a}/{a}", {{"a", "\xC3\xA9"}}, {{NULL, NULL}}, "/%C3%A9/%C3%A9"},
	    {"/{a}", {{"b", "1"}}, {{NULL, NULL}}, "/"},
	    {"/{a}", {{"a", ""}}, {{NULL, NULL}}, "/"},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    http_url_build(*state, cases[i].pattern, cases[i].captures, cases[i].query),
		    cases[i].url);
	assert_string_equal(
	    http_url_build(*state, "/p/{id}", HTTP_PAIRS({"id", "1"}), HTTP_NO_PAIRS), "/p/1");
}

static void encoding_can_be_undone(void **state)
{
	char all[256];
	for (int i = 1; i < 128; i++)
		all[i - 1] = (char)i;
	all[127] = '\0';
	const char *encoded = http_url_encode(*state, all);
	assert_string_equal(http_url_decode(*state, encoded, strlen(encoded), false), all);
	assert_string_equal(http_url_decode(*state, "a+b", 3, false), "a+b");
	assert_string_equal(http_url_decode(*state, "a+b", 3, true), "a b");
	assert_null(http_url_decode(*state, "%0", 2, false));
	assert_null(http_url_decode(*state, "%000", 3, false));
}

static void goes_back_only_to_this_site(void **state)
{
	static const struct {
		const char *path;
		bool is_local;
	} cases[] = {{"/", true}, {"/trash?tab=photos", true}, {"//evil.example", false},
	    {"/\\evil.example", false}, {"https://evil.example", false}, {"", false}, {NULL, false},
	    {"/a b", false}, {"/a\r\nX: y", false}, {"/\xC3\xA9", false}, {"trash", false},
	    {"/\t/evil.example", false}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(http_url_local(cases[i].path, "/home"),
		    cases[i].is_local ? cases[i].path : "/home");
}

static void matches_etags(void **state)
{
	static const struct {
		const char *list, *etag;
		bool matches;
	} cases[] = {
	    {"\"a\"", "\"a\"", true},
	    {"W/\"a\"", "\"a\"", true},
	    {"\"a\"", "W/\"a\"", true},
	    {"\"b\", \"a\"", "\"a\"", true},
	    {"\"b\",,W/\"a\"", "\"a\"", true},
	    {" * ", "\"a\"", true},
	    {"*", NULL, false},
	    {"*, \"a\"", "\"a\"", false},
	    {"\"b\"", "\"a\"", false},
	    {"\"aa\"", "\"a\"", false},
	    {"a", "\"a\"", false},
	    {"\"a", "\"a\"", false},
	    {"\"b\" \"a\"", "\"a\"", false},
	    {"\"a,b\"", "\"a,b\"", true},
	    {"", "\"a\"", false},
	    {NULL, "\"a\"", false},
	    {"\"a\"", "a", false},
	    {"w/\"a\"", "\"a\"", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(http_etag_matches(cases[i].list, cases[i].etag), cases[i].matches);
}

static void knows_who_wants_json(void **state)
{
	static const struct {
		const char *path, *accept;
		bool wants;
	} cases[] = {
	    {"/api/photos", "text/html", true},
	    {"/api", "text/html", true},
	    {"/apis", "text/html", false},
	    {"/", "application/json", true},
	    {"/", "application/problem+json", true},
	    {"/", "Application/JSON", true},
	    {"/", "text/html,application/xhtml+xml,*/*;q=0.8", false},
	    {"/", "*/*", false},
	    {"/", "", false},
	    {"/", "application/json;q=0.5, text/html;q=0.6", false},
	    {"/", "application/json;q=0.7, text/html ; q=0.6", true},
	    {"/", "application/json;v=1;q=0.75,text/html;q=0.756", false},
	    {"/", "application/*, text/html;q=0.9", true},
	    {"/", "application/json;q=0", false},
	    {"/", "application/json;q=nan", false},
	    {"/", "application/json;q=1e9, text/html", false},
	    {"/", "*/*;q=0.1, application/json", true},
	    {"/", "application/jsonp", false},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_request *request;
		struct clock clock = clock_fixed(CLOCK_DAY_US);
		const char *params[] = {arena_printf(*state, "REQUEST_URI=%s", cases[i].path),
		    arena_printf(*state, "HTTP_ACCEPT=%s", cases[i].accept), NULL};
		assert_true(http_request_read(*state, &clock, params, NULL, &request, NULL));
		assert_int_equal(http_wants_json(request), cases[i].wants);
	}
}

static void reads_header_parameters(void **state)
{
	static const struct {
		const char *value, *name, *parameter;
	} cases[] = {
	    {"a/b; boundary=x", "boundary", "x"},
	    {"a/b;boundary=x;charset=y", "CHARSET", "y"},
	    {"a/b; boundary=\"x; charset=z\"; charset=y", "charset", "y"},
	    {"a/b; charset=\"y\"", "charset", "y"},
	    {"a/b; charset=\"\"", "charset", ""},
	    {"a/b; charset=", "charset", ""},
	    {"a/b; flag; charset=y", "charset", "y"},
	    {"a/b;;charset=y", "charset", "y"},
	    {"a/b; charset=\"y", "charset", NULL},
	    {"a/b; charsets=y", "charset", NULL},
	    {"a/b; charset = y", "charset", NULL},
	    {"charset=y", "charset", NULL},
	    {"a/b", "charset", NULL},
	    {NULL, "charset", NULL},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *got = http_header_parameter(*state, cases[i].value, cases[i].name);
		if (cases[i].parameter)
			assert_string_equal(got, cases[i].parameter);
		else
			assert_null(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(finds_routes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_bad_routes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(builds_urls, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(encoding_can_be_undone, set_up, tear_down),
	    cmocka_unit_test(goes_back_only_to_this_site),
	    cmocka_unit_test(matches_etags),
	    cmocka_unit_test_setup_teardown(knows_who_wants_json, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_header_parameters, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("http_router", tests, NULL, NULL);
}
