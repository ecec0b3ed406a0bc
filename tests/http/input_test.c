/* input_test.c - what a request may say: bodies, members, lists' queries, paths, raw bytes. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "01890000-0000-7000-8000-000000000000"

/* --- JSON bodies --------------------------------------------------------------------------------
 */

static void test_bodies(void **state)
{
	static const struct {
		const char *body, *code, *field;
	} cases[] = {
	    {"{", NULL, NULL},
	    {"[]", NULL, NULL},
	    {"'text'", NULL, NULL},
	    {"null", NULL, NULL},
	    {"{} {}", NULL, NULL},
	    {"{'reason': 'a', 'reason': 'b'}", NULL, NULL},
	    {"{'reason': 5}", "invalid_input", "reason"},
	    {"{'reason': ['x']}", "invalid_input", "reason"},
	    {"{'reason': {}}", "invalid_input", "reason"},
	    {"{'reasons': 'x'}", "unknown_member", "reasons"},
	    {"{'reason': 'x', 'force': true}", "unknown_member", "force"},
	    {"{'reason': '\xff\xfe'}", NULL, NULL},
	    {"{'reason': 'a\\u0000b'}", NULL, NULL},
	    {"{'reason': '\\ud800'}", NULL, NULL},
	};
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		EXPECT_FIELD(
		    site_api_json(site, ADA, cases[i].body, "DELETE /api/photos/%s", photo), 400,
		    cases[i].code, cases[i].field);
	assert_null(
	    http_answer_text(site_api(site, ADA, "GET /api/photos/%s", photo), "deleted_at"));
	EXPECT(site_api_json(site, ADA, "{'reason': null}", "DELETE /api/photos/%s", photo), 200,
	    NULL);
}

/* A body may be absent where all its members are optional, and only there. */
static void test_absent_bodies(void **state)
{
	struct site *site = *state;

	EXPECT(site_api(site, ADA, "POST /api/photos/%s/archive", site_photo(site, ADA, "x")), 200,
	    NULL);
	EXPECT_FIELD(site_api(site, ADA, "POST /api/photos/bulk-delete"), 400, "missing", "ids");
	EXPECT_FIELD(site_api(site, ADMIN, "PATCH /api/photos/%s", site_photo(site, ADA, "x")), 400,
	    "missing", "action");
}

static void test_body_types(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	struct http_call call = {.method = "DELETE",
	    .path = arena_printf(site_arena(site), "/api/photos/%s", photo),
	    .body = "{\"reason\": \"x\"}",
	    .headers = (const char *const[]){
		arena_printf(site_arena(site), "Authorization: Bearer %s", site_token(site, ADA)),
		NULL}};

	call.type = "application/x-www-form-urlencoded";
	EXPECT(http_client_send(site_client(site), &call), 400, NULL);
	call.type = "text/plain";
	EXPECT(http_client_send(site_client(site), &call), 400, NULL);
	call.type = "application/json; charset=utf-8";
	EXPECT(http_client_send(site_client(site), &call), 200, NULL);
}

static const char *many_ids(struct site *site, size_t count)
{
	char *text = arena_alloc(site_arena(site), 20 + count * 42);
	char *at = text + sprintf(text, "{'ids': [");

	for (size_t i = 0; i < count; i++)
		at += sprintf(at, "%s'%s'", i ? ", " : "", ID);
	strcpy(at, "]}");
	return text;
}

static void test_id_lists(void **state)
{
	static const struct {
		const char *body, *code;
	} cases[] = {
	    {"{'ids': []}", "invalid_count"},
	    {"{'ids': '" ID "'}", "invalid_input"},
	    {"{'ids': ['x']}", "invalid_input"},
	    {"{'ids': [1]}", "invalid_input"},
	    {"{'ids': [null]}", "invalid_input"},
	    {"{'ids': null}", "missing"},
	};
	static const char *const paths[] = {"bulk-delete", "bulk-archive", "bulk-restore"};
	struct site *site = *state;
	const struct http_answer *answer;

	for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
			EXPECT_FIELD(site_api_json(
					 site, ADA, cases[i].body, "POST /api/photos/%s", paths[p]),
			    400, cases[i].code, "ids");
		EXPECT_FIELD(
		    site_api_json(site, ADA, many_ids(site, 1001), "POST /api/photos/%s", paths[p]),
		    400, "invalid_count", "ids");
	}
	answer = site_api_json(site, ADA, many_ids(site, 1000), "POST /api/photos/bulk-delete");
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "skipped"), 1000);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 1000);
}

static void test_reason_length(void **state)
{
	struct site *site = *state;
	char *reason = arena_alloc(site_arena(site), 4100);
	const char *photo = site_photo(site, ADA, "A photo");

	for (size_t i = 0; i < 2000; i++)
		memcpy(reason + 2 * i, "\xc3\xa6", 2);
	EXPECT_FIELD(
	    site_api_json(site, ADA, arena_printf(site_arena(site), "{'reason': '%sx'}", reason),
		"DELETE /api/photos/%s", photo),
	    400, "too_long", "reason");
	EXPECT(site_api_json(site, ADA, arena_printf(site_arena(site), "{'reason': '%s'}", reason),
		   "DELETE /api/photos/%s", photo),
	    200, NULL);
}

/* What a client names is said back whole or cut between characters: the answer is JSON. */
/* Fifteen lines of a reason as a browser sends them: 1,985 letters and fifteen line breaks of two
 * characters, which its own count takes for one each; and `more` letters besides. */
static const char *lines_of(struct site *site, int more)
{
	char letters[1985 + 1 + 8];
	const char *text = "reason=";

	memset(letters, 'x', sizeof(letters));
	for (int i = 0; i < 15; i++)
		text = arena_printf(site_arena(site), "%sy%%0D%%0A", text);
	return arena_printf(site_arena(site), "%s%.*s", text, 1970 + more, letters);
}

/* A line break is one character, and what is too long in spite of that is not lost. */
static void test_line_breaks(void **state)
{
	static const char *const pages[] = {"/photos/delete", "/photos/archive"};
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Lined");
	const struct http_answer *answer;

	for (size_t i = 0; i < 2; i++) {
		answer = site_form(site, ADA,
		    arena_printf(
			site_arena(site), "%s&ids=%s&next=/upload", lines_of(site, 1), photo),
		    "POST %s", pages[i]);
		EXPECT(answer, 400, NULL);
		assert_non_null(strstr(answer->body, "at most 2000 characters"));
		assert_non_null(strstr(answer->body, ">y\ny\ny\n"));
		assert_non_null(strstr(answer->body, "name=\"next\" value=\"/upload\""));
		assert_non_null(
		    strstr(answer->body, arena_printf(site_arena(site), "value=\"%s\"", photo)));
		EXPECT(site_form(site, ADA, lines_of(site, 0), "POST %s", pages[i]), 400, NULL);
	}
	answer = site_form(site, ADA,
	    arena_printf(site_arena(site), "%s&ids=%s", lines_of(site, 0), photo),
	    "POST /photos/delete");
	EXPECT(answer, 303, NULL);
	assert_int_equal(site_number(site,
			     "SELECT CHAR_LENGTH(reason) FROM deletions WHERE item_id = " UUID
			     " AND reason LIKE 'y\ny\n%%'",
			     photo),
	    2000);
}

static void test_long_names(void **state)
{
	struct site *site = *state;
	const char *name = "";
	const struct http_answer *answer;

	for (int i = 0; i < 61; i++) {
		name = arena_printf(site_arena(site), "%s%s", name, "\xe2\x82\xac");
		answer =
		    site_api_json(site, ADA, arena_printf(site_arena(site), "{'x%s': 1}", name),
			"POST /api/photos/bulk-delete");
		EXPECT(answer, 400, "unknown_member");
		assert_non_null(answer->json);
		answer = site_send_parts(
		    site, ADA, "/api/photos", PARTS({.name = name, .filename = "x", .bytes = "x"}));
		EXPECT(answer, 400, "unknown_member");
	}
	answer = site_api(site, ADA, "GET /api/photos?%%e2%%82%%ac%%e2%%82%%ac=1");
	EXPECT(answer, 400, "unknown_member");
}

/* --- lists --------------------------------------------------------------------------------------
 */

static void test_list_queries(void **state)
{
	static const struct {
		const char *query, *code, *field;
	} cases[] = {
	    {"limit=0", "out_of_range", "limit"},
	    {"limit=201", "out_of_range", "limit"},
	    {"limit=-1", "out_of_range", "limit"},
	    {"limit=x", "invalid_input", "limit"},
	    {"limit=1.5", "invalid_input", "limit"},
	    {"limit=%2B5", "invalid_input", "limit"},
	    {"limit=99999999999999999999", NULL, "limit"},
	    {"limit=5&limit=6", "invalid_input", "limit"},
	    {"cursor=x", "invalid_input", "cursor"},
	    {"include_archived=1", "invalid_input", "include_archived"},
	    {"include_archived=TRUE", "invalid_input", "include_archived"},
	    {"project_id=1", "invalid_input", "project_id"},
	    {"Limit=5", "unknown_member", "Limit"},
	};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		EXPECT_FIELD(site_api(site, ADA, "GET /api/photos?%s", cases[i].query), 400,
		    cases[i].code, cases[i].field);
	EXPECT(site_api(site, ADA, "GET /api/photos?limit=1"), 200, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos?limit=200"), 200, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos?include_archived=false"), 200, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos?project_id=" ID), 200, NULL);
	EXPECT_FIELD(
	    site_api(site, ADA, "GET /api/deletions?state=gone"), 400, "invalid_choice", "state");
	EXPECT_FIELD(
	    site_api(site, ADA, "GET /api/deletions?kind=cat"), 400, "invalid_choice", "kind");
}

/* --- raw bytes
 * ------------------------------------------------------------------------------------ */

static const struct http_answer *raw(struct site *site, const char *request)
{
	return http_client_send_raw(site_client(site), request, strlen(request));
}

#define END "Host: 127.0.0.1\r\nConnection: close\r\n"

static void test_raw_paths(void **state)
{
	static const struct {
		const char *target;
		long status;
	} cases[] = {
	    {"/../../etc/passwd", 400},
	    {"/static/../../Makefile", 400},
	    {"/static/%2e%2e/%2e%2e/Makefile", 400},
	    {"/static/..%2f..%2fMakefile", 400},
	    {"/api/photos/%00", 400},
	    {"/api/photos/%0d%0aX-Evil:%201", 400},
	    {"/api/photos/%ff", 400},
	    {"/api/photos/%zz", 400},
	    {"/photos/" ID "/../../login", 400},
	    {"/internal/files/x", 404},
	};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct http_answer *answer =
		    raw(site, arena_printf(site_arena(site),
				  "GET %s HTTP/1.1\r\n" END "Authorization: Bearer %s\r\n\r\n",
				  cases[i].target, site_token(site, ADMIN)));
		assert_null(strstr(answer->body, "root:"));
		assert_null(strstr(answer->body, "MAKEFLAGS"));
		assert_null(http_answer_header(site_client(site), answer, "X-Evil"));
		EXPECT(answer, cases[i].status, NULL);
		if (strncmp(cases[i].target, "/api/", 5) == 0)
			assert_non_null(strstr(answer->head, "application/problem+json"));
	}
}

/* What comes back in a header was never two of them. */
static void test_header_injection(void **state)
{
	static const char *const requests[] = {
	    "GET /login?next=/%0d%0aX-Evil:1 HTTP/1.1\r\n" END "\r\n",
	    "GET /trash%0d%0aX-Evil:1 HTTP/1.1\r\n" END "\r\n",
	    "GET /api/photos HTTP/1.1\r\n" END "Origin: http://a\rX-Evil: 1\r\n\r\n",
	    "GET /api/photos HTTP/1.1\r\n" END "Authorization: Bearer a\rX-Evil: 1\r\n\r\n",
	};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		assert_null(
		    http_answer_header(site_client(site), raw(site, requests[i]), "X-Evil"));
	EXPECT(raw(site, "GET /login HTTP/1.1\r\n\r\n"), 400, NULL);
}

static void test_long_requests(void **state)
{
	struct site *site = *state;
	char *long_text = arena_alloc(site_arena(site), 70001);

	memset(long_text, 'a', 70000);
	EXPECT(raw(site, arena_printf(
			     site_arena(site), "GET /%.9000s HTTP/1.1\r\n" END "\r\n", long_text)),
	    414, NULL);
	EXPECT(raw(site, arena_printf(site_arena(site),
			     "GET /login HTTP/1.1\r\n" END "X-Long: %.9000s\r\n\r\n", long_text)),
	    431, NULL);
	/* A JSON body has a limit far below an upload's. */
	EXPECT(
	    site_api_json(site, ADA, arena_printf(site_arena(site), "{'reason': '%s'}", long_text),
		"DELETE /api/photos/%s", site_photo(site, ADA, "x")),
	    400, NULL);
}

static void test_cookies_from_elsewhere(void **state)
{
	static const char *const cookies[] = {"Cookie: session=", "Cookie: session=x; session=y",
	    "Cookie: session=\"\"", "Cookie: \xff=\xfe", "Cookie: ;;;=;",
	    "Cookie: session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++)
		EXPECT(
		    site_api_with(site, VISITOR, cookies[i], NULL, "GET /api/photos"), 401, NULL);
}

/* The same request twice by one process, between it another person's: nothing stays behind. */
static void test_nothing_leaks_between_requests(void **state)
{
	struct site *site = *state;
	const char *hers = site_photo(site, ADA, "Hers");

	for (int i = 0; i < 60; i++) {
		EXPECT(site_api(site, ADA, "GET /api/photos/%s", hers), 200, NULL);
		EXPECT(site_api(site, VISITOR, "GET /api/photos/%s", hers), 401, NULL);
		EXPECT(site_api(site, MIA, "GET /api/photos/%s", hers), 404, NULL);
		EXPECT(site_page(site, VISITOR, "GET /photos/%s", hers), 303, NULL);
		EXPECT(site_api(site, ADMIN, "GET /api/admin/audit?limit=1"), 200, NULL);
		EXPECT(site_api(site, ADA, "GET /api/admin/audit?limit=1"), 403, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_bodies),
	    SITE_TEST(test_absent_bodies),
	    SITE_TEST(test_body_types),
	    SITE_TEST(test_id_lists),
	    SITE_TEST(test_reason_length),
	    SITE_TEST(test_line_breaks),
	    SITE_TEST(test_long_names),
	    SITE_TEST(test_list_queries),
	    SITE_TEST(test_raw_paths),
	    SITE_TEST(test_header_injection),
	    SITE_TEST(test_long_requests),
	    SITE_TEST(test_cookies_from_elsewhere),
	    SITE_TEST(test_nothing_leaks_between_requests),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
