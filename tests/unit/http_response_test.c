/* http_response_test.c - answers: headers that cannot be split, cookies, heads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <http/response.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* An answer with its memory. */
struct fixture {
	struct arena *arena;
	struct buf body;
	struct buf head;
	struct http_response response;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	fixture->arena = arena_create();
	http_response_init(&fixture->response, fixture->arena, &fixture->body);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	arena_destroy(&fixture->arena);
	buf_free(&fixture->body);
	buf_free(&fixture->head);
	free(fixture);
	return 0;
}

static const char *head_of(struct fixture *fixture)
{
	buf_clear(&fixture->head);
	http_response_write_head(&fixture->response, "the-id", &fixture->head);
	return fixture->head.data;
}

static void writes_heads(void **state)
{
	struct fixture *fixture = *state;
	struct http_response *response = &fixture->response;
	assert_string_equal(head_of(fixture),
	    "Status: 200 OK\r\nX-Request-Id: the-id\r\nContent-Length: 0\r\n\r\n");
	http_response_begin(response, 404, "text/html; charset=utf-8");
	buf_puts(response->body, "gone");
	http_response_header(response, "X-A", "1");
	http_response_header(response, "x-a", "2");
	http_response_header(response, "X-B", "\tb \xC3\xA9");
	http_response_header(response, "X-C", "c");
	http_response_header(response, "X-C", NULL);
	http_response_header(response, "X-D", NULL);
	assert_string_equal(http_response_get(response, "X-a"), "2");
	assert_null(http_response_get(response, "X-C"));
	assert_string_equal(head_of(fixture),
	    "Status: 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nX-A: 2\r\n"
	    "X-B: \tb \xC3\xA9\r\nX-Request-Id: the-id\r\nContent-Length: 4\r\n\r\n");
	assert_null(response->broken);
	assert_true(http_response_has_body(response, HTTP_GET));
	assert_false(http_response_has_body(response, HTTP_HEAD));
}

static void bodiless_answers(void **state)
{
	struct fixture *fixture = *state;
	struct http_response *response = &fixture->response;
	http_response_begin(response, 200, "text/html");
	buf_puts(response->body, "x");
	http_response_not_modified(response, "\"e\"");
	assert_string_equal(head_of(fixture),
	    "Status: 304 Not Modified\r\nETag: \"e\"\r\nX-Request-Id: the-id\r\n\r\n");
	response->status = 204;
	buf_puts(response->body, "x");
	assert_false(http_response_has_body(response, HTTP_GET));
	assert_null(strstr(head_of(fixture), "Content-Length"));
	http_response_redirect(response, "/trash?x=1");
	assert_int_equal(response->status, 303);
	assert_int_equal(response->body->length, 0);
	assert_string_equal(http_response_get(response, "Location"), "/trash?x=1");
}

static void unsafe_headers_break_the_answer(void **state)
{
	static const struct {
		const char *name, *value;
	} cases[] = {{"X", "a\rb"}, {"X", "a\nb"}, {"X", "a\r\nSet-Cookie: s=1"}, {"X", "\x7f"},
	    {"X", "\x01"}, {"X Y", "a"}, {"X:", "a"}, {"", "a"}, {"X\r\nY", "a"}, {"\xC3\xA9", "a"},
	    {"Status", "200"}, {"content-length", "1"}, {"X-Request-Id", "1"},
	    {"Set-Cookie", "a=b"}};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		http_response_init(&fixture->response, fixture->arena, &fixture->body);
		http_response_header(&fixture->response, cases[i].name, cases[i].value);
		assert_non_null(fixture->response.broken);
		assert_int_equal(fixture->response.header_count, 0);
	}
}

static void headers_are_copied(void **state)
{
	struct fixture *fixture = *state;
	char name[] = "X-A", value[] = "1";
	http_response_header(&fixture->response, name, value);
	name[2] = 'Z';
	value[0] = '9';
	assert_string_equal(http_response_get(&fixture->response, "X-A"), "1");
}

static void headers_have_a_limit(void **state)
{
	struct fixture *fixture = *state;
	for (int i = 0; i < HTTP_RESPONSE_MAX_HEADERS; i++)
		http_response_header(
		    &fixture->response, arena_printf(fixture->arena, "X-%d", i), "1");
	assert_null(fixture->response.broken);
	http_response_header(&fixture->response, "X-0", "2");
	assert_null(fixture->response.broken);
	http_response_header(&fixture->response, "X-More", "1");
	assert_non_null(fixture->response.broken);
}

static void sets_cookies(void **state)
{
	static const struct {
		struct http_set_cookie cookie;
		const char *header;
	} cases[] = {
	    {{"s", "abc", NULL, -1, false}, "s=abc; Path=/; HttpOnly; SameSite=Lax"},
	    {{"s", "abc", "/login", 60, true},
		"s=abc; Path=/login; Max-Age=60; HttpOnly; SameSite=Lax; Secure"},
	    {{"s", "", NULL, 0, false}, "s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
	    {{"", "a", NULL, 0, false}, NULL},
	    {{"a b", "a", NULL, 0, false}, NULL},
	    {{"a", "a b", NULL, 0, false}, NULL},
	    {{"a", "a;b", NULL, 0, false}, NULL},
	    {{"a", "a,b", NULL, 0, false}, NULL},
	    {{"a", "a\"b", NULL, 0, false}, NULL},
	    {{"a", "a\\b", NULL, 0, false}, NULL},
	    {{"a", "a\r\nb", NULL, 0, false}, NULL},
	    {{"a", "\xC3\xA9", NULL, 0, false}, NULL},
	    {{"a", "b", "login", 0, false}, NULL},
	    {{"a", "b", "/;x", 0, false}, NULL},
	    {{"a", "b", "/\n", 0, false}, NULL},
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		http_response_init(&fixture->response, fixture->arena, &fixture->body);
		http_response_cookie(&fixture->response, &cases[i].cookie);
		assert_int_equal(fixture->response.broken != NULL, cases[i].header == NULL);
		if (cases[i].header)
			assert_string_equal(fixture->response.headers[0].value, cases[i].header);
	}
}

static void cookies_replace_their_own_kind(void **state)
{
	struct fixture *fixture = *state;
	struct http_response *response = &fixture->response;
	struct http_set_cookie cookie = {.name = "a", .value = "1", .max_age_s = -1};
	http_response_cookie(response, &cookie);
	cookie.name = "ab";
	http_response_cookie(response, &cookie);
	cookie.name = "a";
	cookie.value = "2";
	http_response_cookie(response, &cookie);
	assert_int_equal(response->header_count, 2);
	assert_memory_equal(response->headers[0].value, "ab=1", 4);
	assert_memory_equal(response->headers[1].value, "a=2", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(writes_heads, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bodiless_answers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(unsafe_headers_break_the_answer, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(headers_are_copied, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(headers_have_a_limit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(sets_cookies, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(cookies_replace_their_own_kind, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("http_response", tests, NULL, NULL);
}
