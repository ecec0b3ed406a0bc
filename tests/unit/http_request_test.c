/* http_request_test.c - reading a request, and what is refused before any handler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <http/request.h>

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

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Read a request from the parameters given; the error's code, or "" if it was read. */
static const char *read_params(
    struct arena *arena, const char *const *params, struct http_request **request_r)
{
	static struct error error;
	struct clock clock = clock_fixed(CLOCK_DAY_US);
	error_clear(&error);
	bool is_good = http_request_read(arena, &clock, params, NULL, request_r, &error);
	assert_non_null(*request_r);
	assert_ptr_equal((*request_r)->arena, arena);
	assert_true(strlen((*request_r)->id) >= 16);
	assert_int_equal(is_good, error.kind == ERROR_NONE);
	return error.code;
}

#define READ(state, request, ...)                                                                  \
	read_params(*(state), (const char *const[]){__VA_ARGS__, NULL}, (request))

static const char *read_target(void **state, const char *target, struct http_request **request_r)
{
	return READ(state, request_r, arena_printf(*state, "REQUEST_URI=%s", target));
}

static void reads_paths(void **state)
{
	static const struct {
		const char *target, *path, *raw_path;
	} cases[] = {
	    {"/", "/", "/"},
	    {"/photos/1", "/photos/1", "/photos/1"},
	    {"/a%20b/%C3%A9?x=1", "/a b/\xC3\xA9", "/a%20b/%C3%A9"},
	    {"/a+b", "/a+b", "/a+b"},
	    {"/...", "/...", "/..."},
	    {"/a..b/.c/d.", "/a..b/.c/d.", "/a..b/.c/d."},
	    {"/\xC3\xA9", "/\xC3\xA9", "/\xC3\xA9"},
	    {"//", "//", "//"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_request *request;
		assert_string_equal(read_target(state, cases[i].target, &request), "");
		assert_string_equal(request->path, cases[i].path);
		assert_string_equal(request->raw_path, cases[i].raw_path);
	}
}

static void refuses_paths(void **state)
{
	static const char *const targets[] = {"", "photos", "*", "http://h/x", "/a%", "/a%2",
	    "/a%zz", "/%00", "/a%00b", "/%0a", "/a\nb", "/%7f", "/%ff", "/\xff", "/%c0%af", "/..",
	    "/a/../b", "/%2e%2e/b", "/.%2E", "/a/.", "/./a", "/%2e", "/a%2fb", "/a%2Fb",
	    "/%ed%a0%80"};
	for (size_t i = 0; i < COUNT(targets); i++) {
		struct http_request *request;
		assert_string_equal(read_target(state, targets[i], &request), "invalid_path");
		assert_string_equal(request->path, "");
	}
}

static void reads_queries(void **state)
{
	struct http_request *request;
	assert_string_equal(
	    read_target(state, "/?a=1&b=two+words&&c&a=%C3%A9&=x&d=1=2?", &request), "");
	assert_string_equal(http_query(request, "a"), "1");
	assert_int_equal(http_pairs_count(&request->query, "a"), 2);
	assert_string_equal(request->query.items[3].value, "\xC3\xA9");
	assert_string_equal(http_query(request, "b"), "two words");
	assert_string_equal(http_query(request, "c"), "");
	assert_string_equal(http_query(request, ""), "x");
	assert_string_equal(http_query(request, "d"), "1=2?");
	assert_null(http_query(request, "e"));
	assert_null(http_query(request, "A"));
}

static void refuses_queries(void **state)
{
	static const char *const targets[] = {"/?%", "/?a=%f", "/?a=%00", "/?%ff=1", "/?a=\xff"};
	struct http_request *request;
	for (size_t i = 0; i < COUNT(targets); i++) {
		assert_string_equal(read_target(state, targets[i], &request), "invalid_query");
		assert_string_equal(request->path, "/");
	}
	char target[512] = "/?a";
	for (int i = 1; i < HTTP_MAX_QUERY_PARAMS; i++)
		strcat(target, "&a");
	assert_string_equal(read_target(state, target, &request), "");
	strcat(target, "&a");
	assert_string_equal(read_target(state, target, &request), "invalid_query");
}

static void bounds_sizes(void **state)
{
	struct http_request *request;
	char *target = arena_alloc(*state, HTTP_MAX_TARGET + 2);
	memset(target, 'a', HTTP_MAX_TARGET);
	target[0] = '/';
	assert_string_equal(read_target(state, target, &request), "");
	target[HTTP_MAX_TARGET] = 'a';
	assert_string_equal(read_target(state, target, &request), "uri_too_long");

	char *header = arena_alloc(*state, HTTP_MAX_HEADER_VALUE + 32);
	int name = sprintf(header, "HTTP_X=");
	memset(header + name, 'a', HTTP_MAX_HEADER_VALUE);
	assert_string_equal(READ(state, &request, "REQUEST_URI=/", header), "");
	header[name + HTTP_MAX_HEADER_VALUE] = 'a';
	assert_string_equal(READ(state, &request, "REQUEST_URI=/", header), "header_too_large");
}

static void bounds_the_number_of_headers(void **state)
{
	const char *params[HTTP_MAX_HEADERS + 3] = {"REQUEST_URI=/"};
	struct http_request *request;
	for (int i = 1; i <= HTTP_MAX_HEADERS; i++)
		params[i] = "HTTP_X=1";
	assert_string_equal(read_params(*state, params, &request), "");
	params[HTTP_MAX_HEADERS + 1] = "HTTP_X=1";
	assert_string_equal(read_params(*state, params, &request), "header_too_large");
}

static void reads_headers(void **state)
{
	struct http_request *request;
	assert_string_equal(READ(state, &request, "REQUEST_URI=/", "HTTP_IF_NONE_MATCH=\"a\"",
				"HTTP_X=first", "HTTP_X=second", "HTTP_USER_AGENT=\xff",
				"HTTP_REFERER=\xff", "HTTP_CONTENT_LENGTH=7", "CONTENT_LENGTH=5",
				"CONTENT_TYPE=text/plain; a=b", "HTTP_HOST=[::1]:8080",
				"REMOTE_ADDR=10.0.0.1", "REQUEST_METHOD=PATCH", "HTTP_TAB=a\tb"),
	    "");
	assert_string_equal(http_header(request, "If-None-Match"), "\"a\"");
	assert_string_equal(http_header(request, "if-none-match"), "\"a\"");
	assert_null(http_header(request, "If-None"));
	assert_null(http_header(request, "If-None-Match-More"));
	assert_string_equal(http_header(request, "x"), "first");
	assert_null(http_header(request, "User-Agent"));
	assert_null(http_header(request, "Referer"));
	assert_true(http_content_type_is(request, "text/plain"));
	assert_true(http_content_type_is(request, "TEXT/Plain"));
	assert_false(http_content_type_is(request, "text/plai"));
	assert_false(http_content_type_is(request, "text/plainer"));
	assert_int_equal(request->body.length, 5);
	assert_string_equal(request->host, "[::1]:8080");
	assert_string_equal(request->remote_address, "10.0.0.1");
	assert_int_equal(request->method, HTTP_PATCH);
	assert_string_equal(request->listener, "public");
	assert_false(request->is_https);
}

static void content_type_may_come_twice_the_same_way(void **state)
{
	/* nginx gives it as a parameter and as a header. */
	struct http_request *request;
	assert_string_equal(
	    READ(state, &request, "REQUEST_URI=/", "CONTENT_TYPE=a/b", "HTTP_CONTENT_TYPE=a/b"),
	    "");
	assert_true(http_content_type_is(request, "a/b"));
	assert_string_equal(READ(state, &request, "REQUEST_URI=/", "CONTENT_TYPE="), "");
	assert_null(http_header(request, "Content-Type"));
	assert_int_equal(request->body.length, -1);
}

static void refuses_headers(void **state)
{
	static const char *const headers[][2] = {
	    {"HTTP_X=a\rb"},
	    {"HTTP_X=a\nb"},
	    {"HTTP_X=\x01"},
	    {"HTTP_X=\x7f"},
	    {"HTTP_X=\xff"},
	    {"HTTP_ORIGIN=\xff"},
	    {"HTTP_COOKIE=a=\n"},
	    {"HTTP_AUTHORIZATION=a", "HTTP_AUTHORIZATION=a"},
	    {"HTTP_HOST=a", "HTTP_HOST=b"},
	    {"HTTP_ORIGIN=a", "HTTP_ORIGIN=a"},
	    {"HTTP_CONTENT_TYPE=a", "HTTP_CONTENT_TYPE=a"},
	    {"HTTP_X_CSRF_TOKEN=a", "HTTP_X_CSRF_TOKEN=a"},
	    {"HTTP_X_REAUTH_TOKEN=a", "HTTP_X_REAUTH_TOKEN=a"},
	    {"HTTP_HOST=a b"},
	    {"HTTP_HOST=a/b"},
	    {"HTTP_HOST=a@b"},
	    {"CONTENT_LENGTH=-1"},
	    {"CONTENT_LENGTH=1x"},
	    {"CONTENT_LENGTH=99999999999999999999"},
	};
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct http_request *request;
		assert_string_equal(
		    READ(state, &request, "REQUEST_URI=/a", headers[i][0], headers[i][1]),
		    "invalid_header");
		assert_string_equal(request->path, "/a");
	}
}

static void knows_the_listener_and_the_scheme(void **state)
{
	struct http_request *request;
	READ(state, &request, "REQUEST_URI=/", "LETHE_LISTENER=metrics", "HTTPS=on");
	assert_string_equal(request->listener, "metrics");
	assert_true(request->is_https);
	READ(state, &request, "REQUEST_URI=/", "HTTP_LETHE_LISTENER=metrics",
	    "HTTPS=", "REQUEST_SCHEME=https");
	assert_string_equal(request->listener, "public");
	assert_true(request->is_https);
	READ(state, &request, "REQUEST_URI=/", "REQUEST_SCHEME=http",
	    "HTTP_X_FORWARDED_PROTO=https");
	assert_false(request->is_https);
}

static void takes_only_good_request_ids(void **state)
{
	static const struct {
		const char *given;
		bool is_good;
	} cases[] = {
	    {"0123456789abcdef", true},
	    {"0123456789abcdeF-XYZ", true},
	    {"0123456789abcde", false},
	    {"0123456789abcde_", false},
	    {"0123456789abcdef\n", false},
	    {"0123456789012345678901234567890123456789012345678901234567890123", true},
	    {"01234567890123456789012345678901234567890123456789012345678901234", false},
	    {"", false},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_request *request;
		READ(state, &request, "REQUEST_URI=/",
		    arena_printf(*state, "X_REQUEST_ID=%s", cases[i].given));
		assert_int_equal(strcmp(request->id, cases[i].given) == 0, cases[i].is_good);
		if (!cases[i].is_good)
			assert_int_equal(strlen(request->id), 36);
	}
}

static void reads_cookies(void **state)
{
	struct http_request *request;
	assert_string_equal(
	    READ(state, &request, "REQUEST_URI=/",
		"HTTP_COOKIE=session=abc; quoted=\"q\"; session=other;bare; =x; bad name=1; c=a b; "
		"d=\xff; e=;f=a=b",
		"HTTP_COOKIE=g=late"),
	    "");
	assert_string_equal(http_cookie(request, "session"), "abc");
	assert_string_equal(http_cookie(request, "quoted"), "q");
	assert_string_equal(http_cookie(request, "e"), "");
	assert_string_equal(http_cookie(request, "f"), "a=b");
	static const char *const absent[] = {"bare", "", "bad name", "name", "c", "d", "g"};
	for (size_t i = 0; i < COUNT(absent); i++)
		assert_null(http_cookie(request, absent[i]));
}

static void bounds_the_number_of_cookies(void **state)
{
	char header[1024] = "HTTP_COOKIE=a=1";
	struct http_request *request;
	for (int i = 0; i < 100; i++)
		strcat(header, ";a=1");
	READ(state, &request, "REQUEST_URI=/", header);
	assert_int_equal(request->cookies.count, HTTP_MAX_COOKIES);
}

static void parses_methods(void **state)
{
	static const struct {
		const char *name;
		enum http_method method;
	} cases[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD}, {"POST", HTTP_POST},
	    {"PATCH", HTTP_PATCH}, {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS},
	    {"PUT", HTTP_PUT}, {"get", HTTP_OTHER}, {"", HTTP_OTHER}, {"TRACE", HTTP_OTHER}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(http_method_parse(cases[i].name), cases[i].method);
		if (cases[i].method != HTTP_OTHER)
			assert_string_equal(http_method_name(cases[i].method), cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(reads_paths, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_paths, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_queries, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_queries, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bounds_sizes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bounds_the_number_of_headers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_headers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		content_type_may_come_twice_the_same_way, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refuses_headers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(knows_the_listener_and_the_scheme, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(takes_only_good_request_ids, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_cookies, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bounds_the_number_of_cookies, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(parses_methods, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("http_request", tests, NULL, NULL);
}
