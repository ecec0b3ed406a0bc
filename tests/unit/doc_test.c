/* doc_test.c - the document that goes out, and its JSON. */
#include <base/doc.h>

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

static void assert_json(const struct doc *doc, const char *expected)
{
	struct buf out = {0};

	doc_write_json(doc, &out);
	assert_string_equal(out.data, expected);
	assert_int_equal(out.length, strlen(expected));
	buf_free(&out);
}

static void test_members_in_order(void **state)
{
	struct doc *object = doc_object(*state);
	struct doc *list = doc_list(*state);

	doc_set_text(object, "z", "last");
	doc_set_int(object, "a", -9);
	doc_set_bool(object, "t", true);
	doc_set_bool(object, "f", false);
	doc_set_null(object, "n");
	doc_set_text(object, "none", NULL);
	doc_push(list, doc_text(*state, "x"));
	doc_push(list, doc_object(*state));
	doc_push(list, doc_list(*state));
	doc_set(object, "list", list);
	assert_json(object, "{\"z\":\"last\",\"a\":-9,\"t\":true,\"f\":false,\"n\":null,"
			    "\"none\":null,\"list\":[\"x\",{},[]]}");
}

static void test_room_is_no_limit(void **state)
{
	static const char *const keys[] = {"a", "b", "c", "d", "e"};
	struct doc *object = doc_object(*state);

	doc_reserve(object, 3);
	doc_reserve(object, 1);
	for (int i = 0; i < 5; i++)
		doc_set_int(object, keys[i], i);
	doc_reserve(object, 64);
	doc_set_int(object, "a", 9);
	assert_json(object, "{\"a\":9,\"b\":1,\"c\":2,\"d\":3,\"e\":4}");
	object = doc_object(*state);
	doc_reserve(object, 0);
	doc_set_int(object, "a", 1);
	assert_json(object, "{\"a\":1}");
}

static void test_integers_at_their_ends(void **state)
{
	struct doc *object = doc_object(*state);

	doc_set_int(object, "a", INT64_MIN);
	doc_set_int(object, "b", INT64_MAX);
	doc_set_int(object, "c", 0);
	assert_json(object, "{\"a\":-9223372036854775808,\"b\":9223372036854775807,\"c\":0}");
}

static void test_setting_again_replaces(void **state)
{
	struct doc *object = doc_object(*state);

	doc_set_int(object, "a", 1);
	doc_set_int(object, "b", 2);
	doc_set_text(object, "a", "new");
	assert_json(object, "{\"a\":\"new\",\"b\":2}");
}

static void test_page_only_is_not_json(void **state)
{
	struct doc *object = doc_object(*state);

	doc_page_only(object);
	doc_set_int(object, "hidden", 1);
	assert_json(object, "{}");
	object = doc_object(*state);
	doc_set_int(object, "a", 1);
	doc_page_only(object);
	doc_set_int(object, "b", 2);
	doc_set_int(object, "a", 3);
	assert_json(object, "{}");
	assert_int_equal(doc_get(object, "b")->as.integer, 2);
}

static void test_escapes(void **state)
{
	assert_json(doc_text(*state, ""), "\"\"");
	assert_json(doc_text(*state, "\"\\/\b\f\n\r\t\x01\x1f\x7f"),
	    "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	assert_json(doc_text(*state, "</script><b"), "\"\\u003c/script>\\u003cb\"");
	assert_json(doc_text(*state, "a\u2028b\u2029c\u2027d\u20ace"),
	    "\"a\\u2028b\\u2029c\u2027d\u20ace\"");
	assert_json(doc_text(*state, "\xe2\x80"), "\"\xe2\x80\"");
}

static void test_keys_are_escaped(void **state)
{
	struct doc *object = doc_object(*state);

	doc_set_int(object, "a\"b", 1);
	assert_json(object, "{\"a\\\"b\":1}");
}

/* Another reader of JSON gets back every text it was given. */
static void test_round_trip(void **state)
{
	for (unsigned point = 1; point < 0x3000; point++) {
		char text[8] = {'x'};
		struct doc *list = doc_list(*state);
		struct buf out = {0};
		json_t *json;
		size_t at = 1;

		if (point < 0x80) {
			text[at++] = (char)point;
		} else if (point < 0x800) {
			text[at++] = (char)(0xc0 | (point >> 6));
			text[at++] = (char)(0x80 | (point & 63));
		} else {
			text[at++] = (char)(0xe0 | (point >> 12));
			text[at++] = (char)(0x80 | (point >> 6 & 63));
			text[at++] = (char)(0x80 | (point & 63));
		}
		text[at] = 'y';
		doc_push(list, doc_text(*state, text));
		doc_write_json(list, &out);
		json = json_loadb(out.data, out.length, 0, NULL);
		assert_non_null(json);
		assert_string_equal(json_string_value(json_array_get(json, 0)), text);
		json_decref(json);
		buf_free(&out);
	}
}

static void test_finds_by_whole_key(void **state)
{
	struct doc *object = doc_object(*state);

	for (int i = 0; i < 100; i++)
		doc_set_int(object, arena_printf(*state, "key%d", i), i);
	assert_int_equal(doc_get(object, "key0")->as.integer, 0);
	assert_int_equal(doc_get(object, "key99")->as.integer, 99);
	assert_null(doc_get(object, "key"));
	assert_null(doc_get(object, "key100"));
	assert_int_equal(doc_find(object, "key42xyz", 5, doc_hash("key42", 5))->as.integer, 42);
	assert_null(doc_get(doc_list(*state), "key1"));
	assert_null(doc_get(doc_text(*state, "key1"), "key1"));
}

/* "costarring" and "liquid" share their 32-bit FNV-1a. */
static void test_same_hash_is_not_same_key(void **state)
{
	struct doc *object = doc_object(*state);

	assert_int_equal(doc_hash("costarring", 10), doc_hash("liquid", 6));
	doc_set_int(object, "costarring", 1);
	assert_null(doc_get(object, "liquid"));
	doc_set_int(object, "liquid", 2);
	assert_int_equal(doc_get(object, "costarring")->as.integer, 1);
	assert_int_equal(doc_get(object, "liquid")->as.integer, 2);
}

/* The test vectors of FNV-1a's authors. */
static void test_hash_is_fnv(void **state)
{
	(void)state;
	assert_int_equal(doc_hash("", 0), 0x811c9dc5);
	assert_int_equal(doc_hash("a", 1), 0xe40c292c);
	assert_int_equal(doc_hash("foobar", 6), 0xbf9cf968);
}

static void test_ids_and_times(void **state)
{
	struct doc *object = doc_object(*state);
	struct id id = {{1, 2, 3, 4, 5, 6, 0x77, 8, 0x89, 10, 11, 12, 13, 14, 15, 0xff}};

	doc_set_id(object, "id", &id);
	doc_set_id(object, "no_id", &id_none);
	doc_set_time(object, "time", INT64_C(1770091506000007));
	doc_set_time(object, "no_time", 0);
	assert_json(object, "{\"id\":\"01020304-0506-7708-890a-0b0c0d0e0fff\",\"no_id\":null,"
			    "\"time\":\"2026-02-03T04:05:06.000007Z\",\"no_time\":null}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_members_in_order, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_room_is_no_limit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_integers_at_their_ends, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_setting_again_replaces, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_page_only_is_not_json, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_escapes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_keys_are_escaped, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_finds_by_whole_key, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_same_hash_is_not_same_key, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_hash_is_fnv, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_ids_and_times, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
