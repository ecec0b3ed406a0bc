/* http_body_test.c - reading bodies: bounds, forms, JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <http/form.h>
#include <http/json.h>

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

/* A body in memory, given out in pieces of at most `piece` bytes; a broken one fails at its end. */
struct source {
	const char *bytes;
	size_t left;
	size_t piece;
	bool is_broken;
};

static bool read_source(void *context, char *bytes, size_t size, size_t *read_r)
{
	struct source *source = context;
	size_t length = source->left < size ? source->left : size;
	if (length > source->piece)
		length = source->piece;
	*read_r = length;
	if (length == 0)
		return !source->is_broken;
	memcpy(bytes, source->bytes, length);
	source->bytes += length;
	source->left -= length;
	return true;
}

/* A request with that type and body; `length` is its Content-Length, or -1. */
static struct http_request *make_request(
    struct arena *arena, const char *type, struct source *source, int64_t length)
{
	struct clock clock = clock_fixed(CLOCK_DAY_US);
	struct http_body body = {.read = read_source, .context = source};
	struct http_request *request;
	const char *params[] = {"REQUEST_URI=/", arena_printf(arena, "CONTENT_TYPE=%s", type),
	    length < 0 ? "X=" : arena_printf(arena, "CONTENT_LENGTH=%lld", (long long)length),
	    NULL};
	assert_true(http_request_read(arena, &clock, params, &body, &request, NULL));
	return request;
}

static void reads_all_of_a_body(void **state)
{
	char large[20000];
	memset(large, 'x', sizeof(large));
	for (size_t piece = 1; piece < 9000; piece = piece * 3 + 1) {
		for (int known = 0; known < 2; known++) {
			const char *bytes;
			size_t length;
			struct source source = {large, sizeof(large), piece, false};
			struct http_request *request =
			    make_request(*state, "", &source, known ? (int64_t)sizeof(large) : -1);
			assert_true(
			    http_body_read_all(request, sizeof(large), &bytes, &length, NULL));
			assert_int_equal(length, sizeof(large));
			assert_memory_equal(bytes, large, length);
			assert_int_equal(bytes[length], 0);
		}
	}
}

static void body_has_a_limit(void **state)
{
	for (int known = 0; known < 2; known++) {
		struct error error = {0};
		const char *bytes;
		size_t length;
		struct source source = {"123456", 6, 4, false};
		struct http_request *request = make_request(*state, "", &source, known ? 6 : -1);
		assert_false(http_body_read_all(request, 5, &bytes, &length, &error));
		assert_int_equal(error.kind, ERROR_TOO_LARGE);
		assert_string_equal(error.code, "body_too_large");
	}
}

static void body_stops_at_its_length(void **state)
{
	struct source source = {"123456", 6, 100, false};
	struct http_request *request = make_request(*state, "", &source, 4);
	char bytes[10];
	size_t length;
	assert_true(http_body_read(request, bytes, sizeof(bytes), &length, NULL));
	assert_int_equal(length, 4);
	assert_true(http_body_read(request, bytes, sizeof(bytes), &length, NULL));
	assert_int_equal(length, 0);
}

static void short_body_is_truncated(void **state)
{
	static const struct {
		size_t sent;
		int64_t promised;
		bool is_broken;
	} cases[] = {{3, 4, false}, {0, 1, false}, {3, -1, true}, {3, 4, true}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {0};
		const char *bytes;
		size_t length;
		struct source source = {"abc", cases[i].sent, 2, cases[i].is_broken};
		struct http_request *request = make_request(*state, "", &source, cases[i].promised);
		assert_false(http_body_read_all(request, 100, &bytes, &length, &error));
		assert_int_equal(error.kind, ERROR_INVALID);
		assert_string_equal(error.code, "body_truncated");
	}
}

/* Parse a form: its pairs as "name=value;" texts, or the error's code. */
static const char *form_of(struct arena *arena, const char *bytes, size_t length, size_t limit)
{
	struct http_pairs pairs;
	struct error error = {0};
	const char *text = "";
	if (!http_form_parse(arena, bytes, length, limit, "bad", &pairs, &error))
		return arena_dup(arena, error.code);
	for (size_t i = 0; i < pairs.count; i++)
		text = arena_printf(
		    arena, "%s%s=%s;", text, pairs.items[i].name, pairs.items[i].value);
	return text;
}

static void parses_forms(void **state)
{
	static const struct {
		const char *form, *pairs;
	} cases[] = {
	    {"", ""},
	    {"a", "a=;"},
	    {"a=", "a=;"},
	    {"=", "=;"},
	    {"a=1&b=2", "a=1;b=2;"},
	    {"id=1&id=2&id=1", "id=1;id=2;id=1;"},
	    {"&&a=1&&", "a=1;"},
	    {"a=1+2%2B3", "a=1 2+3;"},
	    {"a%3Db=c%26d", "a=b=c&d;"},
	    {"a=b=c", "a=b=c;"},
	    {"a=%C3%A9\xC3\xA9", "a=\xC3\xA9\xC3\xA9;"},
	    {"a=%0D%0A", "a=\n;"},
	    {"a=1%0D%0A%0D%0A2%0D%0D%0A%0A3%0D", "a=1\n\n2\r\n\n3\r;"},
	    {"a=%", "bad"},
	    {"a=%4", "bad"},
	    {"a=%4g", "bad"},
	    {"%=1", "bad"},
	    {"a=%00", "bad"},
	    {"a=%FF", "bad"},
	    {"a=%ED%A0%80", "bad"},
	    {"a=\xC3", "bad"},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    form_of(*state, cases[i].form, strlen(cases[i].form), 10), cases[i].pairs);
	assert_string_equal(form_of(*state, "a=\0b", 4, 10), "bad");
	assert_string_equal(form_of(*state, "a&b&c", 5, 3), "a=;b=;c=;");
	assert_string_equal(form_of(*state, "a&b&c", 5, 2), "bad");
}

/* Read a request's body as a form: the code of the error, or "". */
static const char *read_form(struct arena *arena, const char *type, const char *bytes,
    size_t length, struct http_pairs *fields_r)
{
	struct error error = {0};
	struct source source = {bytes, length, 1000, false};
	struct http_request *request = make_request(arena, type, &source, (int64_t)length);
	bool is_good = http_form_read(request, fields_r, &error);
	assert_int_equal(is_good, error.kind == ERROR_NONE);
	return arena_dup(arena, error.code);
}

static void reads_forms(void **state)
{
	static const char type[] = "application/x-www-form-urlencoded";
	struct http_pairs fields;
	assert_string_equal(read_form(*state, type, "a=1&a=2", 7, &fields), "");
	assert_int_equal(fields.count, 2);
	assert_string_equal(read_form(*state, "", "", 0, &fields), "");
	assert_int_equal(fields.count, 0);
	assert_string_equal(
	    read_form(*state, "text/plain", "a=1", 3, &fields), "unsupported_content_type");
	assert_string_equal(read_form(*state, type, "a=%", 3, &fields), "invalid_form");
	char *large = arena_alloc(*state, HTTP_FORM_MAX_BYTES + 2);
	memset(large, 'a', HTTP_FORM_MAX_BYTES + 1);
	assert_string_equal(read_form(*state, type, large, HTTP_FORM_MAX_BYTES, &fields), "");
	assert_string_equal(
	    read_form(*state, type, large, HTTP_FORM_MAX_BYTES + 1, &fields), "body_too_large");
	for (size_t i = 1; i < 2 * HTTP_FORM_MAX_FIELDS; i += 2)
		large[i] = '&';
	assert_string_equal(
	    read_form(*state, type, large, 2 * HTTP_FORM_MAX_FIELDS - 1, &fields), "");
	assert_int_equal(fields.count, HTTP_FORM_MAX_FIELDS);
	assert_string_equal(
	    read_form(*state, type, large, 2 * HTTP_FORM_MAX_FIELDS + 1, &fields), "invalid_form");
}

static bool json_is_good(const char *bytes, size_t length)
{
	json_t *json;
	struct error error = {0};
	if (http_json_parse(bytes, length, &json, &error)) {
		json_decref(json);
		return true;
	}
	assert_null(json);
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.code, "invalid_json");
	return false;
}

static void parses_json(void **state)
{
	static const struct {
		const char *json;
		bool is_good;
	} cases[] = {
	    {"{}", true},
	    {" {\"a\": [1, 2.5, true, null, \"\\u00e9\"]} ", true},
	    {"{\"a\": \"[[[[[[[[[[[[[[[[[[[[[[\\\"{\"}", true},
	    {"", false},
	    {"[]", false},
	    {"1", false},
	    {"null", false},
	    {"{\"a\":1,\"a\":2}", false},
	    {"{\"a\":1,}", false},
	    {"{} {}", false},
	    {"{\"a\":\"\\u0000\"}", false},
	    {"{\"a\\u0000\":1}", false},
	    {"{\"a\":\"\xff\"}", false},
	    {"{\"a\":\"\\ud800\"}", false},
	    {"{\"a\":99999999999999999999}", false},
	    {"{\"a\":NaN}", false},
	    {"{'a':1}", false},
	    {"\xEF\xBB\xBF{}", false},
	    {"{\"a\":\"\\", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    json_is_good(cases[i].json, strlen(cases[i].json)), cases[i].is_good);
	assert_false(json_is_good("{\"a\":\"\0\"}", 9));
}

static void bounds_json(void **state)
{
	char nested[128] = "{\"a\":";
	for (int i = 1; i < HTTP_JSON_MAX_DEPTH; i++)
		strcat(nested, "[");
	for (int i = 1; i < HTTP_JSON_MAX_DEPTH; i++)
		strcat(nested, "]");
	strcat(nested, "}");
	assert_true(json_is_good(nested, strlen(nested)));
	char deeper[140];
	snprintf(deeper, sizeof(deeper), "{\"b\":%s}", nested);
	assert_false(json_is_good(deeper, strlen(deeper)));

	size_t length = 0;
	char *wide = arena_alloc(*state, 3 * HTTP_JSON_MAX_VALUES + 10);
	length += (size_t)sprintf(wide, "{\"a\":[1");
	for (int i = 2; i < HTTP_JSON_MAX_VALUES; i++)
		length += (size_t)sprintf(wide + length, ",1");
	strcpy(wide + length, "]}");
	assert_true(json_is_good(wide, length + 2));
	strcpy(wide + length, ",1]}");
	assert_false(json_is_good(wide, length + 4));
}

/* Read a request's body as JSON: the code of the error, or "". */
static const char *read_json(struct arena *arena, const char *type, const char *body, bool *has_r)
{
	struct error error = {0};
	const json_t *json, *again;
	struct source source = {body, strlen(body), 3, false};
	struct http_request *request = make_request(arena, type, &source, (int64_t)strlen(body));
	if (http_json_read(request, &json, &error)) {
		*has_r = json != NULL;
		assert_true(http_json_read(request, &again, &error));
		assert_ptr_equal(again, json);
	}
	http_request_finish(&request); /* under a leak checker: all is freed here */
	assert_null(request);
	return arena_dup(arena, error.code);
}

static void reads_json(void **state)
{
	static const struct {
		const char *type, *body, *code;
	} cases[] = {
	    {"application/json", "{\"a\":{\"b\":[1]}}", ""},
	    {"Application/JSON; charset=UTF-8", "{}", ""},
	    {"application/json;charset=\"utf-8\"", "{}", ""},
	    {"application/json; charset=latin1", "{}", "unsupported_content_type"},
	    {"text/plain", "{}", "unsupported_content_type"},
	    {"application/x-www-form-urlencoded", "{}", "unsupported_content_type"},
	    {"application/json5", "{}", "unsupported_content_type"},
	    {"", "{}", "unsupported_content_type"},
	    {"application/json", "[]", "invalid_json"},
	    {"application/json", "{", "invalid_json"},
	};
	bool has;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    read_json(*state, cases[i].type, cases[i].body, &has), cases[i].code);
	assert_string_equal(read_json(*state, "", "", &has), "");
	assert_false(has);
	assert_string_equal(read_json(*state, "application/json", "{}", &has), "");
	assert_true(has);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(reads_all_of_a_body, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(body_has_a_limit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(body_stops_at_its_length, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(short_body_is_truncated, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(parses_forms, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_forms, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(parses_json, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bounds_json, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reads_json, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("http_body", tests, NULL, NULL);
}
