/* show_test.c - times, sizes and counts in words. */
#include "../../app/web/show.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND CLOCK_SECOND_US
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    CLOCK_DAY_US
#define NOW_US INT64_C(1770091506000007) /* 2026-02-03T04:05:06.000007Z */

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

static void numbers(void **state)
{
	static const struct {
		int64_t number;
		const char *words;
	} cases[] = {
	    {0, "0"},
	    {7, "7"},
	    {999, "999"},
	    {1000, "1,000"},
	    {-1000, "-1,000"},
	    {-999, "-999"},
	    {123456, "123,456"},
	    {1000000, "1,000,000"},
	    {INT64_MAX, "9,223,372,036,854,775,807"},
	    {INT64_MIN, "-9,223,372,036,854,775,808"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(show_number(*state, cases[i].number), cases[i].words);
	assert_string_equal(show_count(*state, 1, "photo", "photos"), "1 photo");
	assert_string_equal(show_count(*state, 0, "photo", "photos"), "0 photos");
	assert_string_equal(show_count(*state, 1204, "photo", "photos"), "1,204 photos");
}

static void sizes(void **state)
{
	static const struct {
		int64_t bytes;
		const char *words;
	} cases[] = {
	    {0, "0 bytes"},
	    {1, "1 byte"},
	    {999, "999 bytes"},
	    {1000, "1.0 kB"},
	    {1449, "1.4 kB"},
	    {9949, "9.9 kB"},
	    {9950, "10 kB"},
	    {10400, "10 kB"},
	    {10600, "11 kB"},
	    {999400, "999 kB"},
	    {999500, "1.0 MB"},
	    {1400000, "1.4 MB"},
	    {25000000, "25 MB"},
	    {INT64_C(7400000000000), "7.4 TB"},
	    {INT64_C(7400000000000000000), "7400 PB"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(show_bytes(*state, cases[i].bytes), cases[i].words);
}

static void durations(void **state)
{
	static const struct {
		int64_t us;
		const char *words;
	} cases[] = {
	    {0, "0 seconds"},
	    {SECOND, "1 second"},
	    {59 * SECOND, "59 seconds"},
	    {MINUTE, "1 minute"},
	    {MINUTE + SECOND, "1 min 1 s"},
	    {4 * HOUR, "4 hours"},
	    {4 * HOUR - 1, "3 h 59 min"},
	    {3 * HOUR + 12 * MINUTE, "3 h 12 min"},
	    {6 * DAY + 2 * HOUR, "6 d 2 h"},
	    {7 * DAY, "7 days"},
	    {30 * DAY, "1 month"},
	    {45 * DAY, "1 mo 15 d"},
	    {400 * DAY, "1 y 1 mo"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(show_duration(*state, cases[i].us), cases[i].words);
}

static const char *member(const struct doc *object, const char *key, const char *inner)
{
	return doc_get(doc_get(object, key), inner)->as.text.data;
}

static void times(void **state)
{
	struct web web = {.arena = *state, .now_us = NOW_US};
	struct doc *doc = doc_object(*state);

	show_time(&web, doc, "none", 0);
	assert_int_equal(doc_get(doc, "none")->type, DOC_NULL);
	show_time(&web, doc, "now", NOW_US);
	assert_string_equal(member(doc, "now", "iso"), "2026-02-03T04:05:06.000007Z");
	assert_string_equal(member(doc, "now", "exact"), "3 Feb 2026, 04:05 UTC");
	assert_string_equal(member(doc, "now", "relative"), "just now");
	show_time(&web, doc, "made", NOW_US + SECOND - 1);
	assert_string_equal(member(doc, "made", "relative"), "just now");
	show_time(&web, doc, "soon", NOW_US + 9 * SECOND);
	assert_string_equal(member(doc, "soon", "relative"), "in a moment");
	show_time(&web, doc, "past", NOW_US - 48 * HOUR);
	assert_string_equal(member(doc, "past", "relative"), "2 days ago");
	assert_string_equal(member(doc, "past", "exact"), "1 Feb 2026, 04:05 UTC");
	show_time(&web, doc, "coming", NOW_US + 3 * HOUR);
	assert_string_equal(member(doc, "coming", "relative"), "in 3 hours");
	show_time(&web, doc, "december", INT64_C(1735689599999999));
	assert_string_equal(member(doc, "december", "exact"), "31 Dec 2024, 23:59 UTC");
}

static void time_left(void **state)
{
	struct web web = {.arena = *state, .now_us = NOW_US};
	struct doc *doc = doc_object(*state);

	show_left(&web, doc, "far", NOW_US + 3 * HOUR + 12 * MINUTE);
	assert_string_equal(member(doc, "far", "relative"), "3 h 12 min left");
	assert_false(doc_get(doc_get(doc, "far"), "is_close")->as.boolean);
	show_left(&web, doc, "close", NOW_US + HOUR - 1);
	assert_true(doc_get(doc_get(doc, "close"), "is_close")->as.boolean);
	assert_false(doc_get(doc_get(doc, "close"), "is_over")->as.boolean);
	show_left(&web, doc, "over", NOW_US);
	assert_string_equal(member(doc, "over", "relative"), "window closed");
	assert_true(doc_get(doc_get(doc, "over"), "is_over")->as.boolean);
	show_left(&web, doc, "none", 0);
	assert_int_equal(doc_get(doc, "none")->type, DOC_NULL);
}

static void messages(void **state)
{
	struct error error = {0};

	error_set_field(&error, "confirm_text", "invalid_choice", "confirm_text must be DELETE.");
	assert_string_equal(show_message(*state, &error), "Confirm text must be DELETE.");
	error_set_field(&error, "reason", "missing", "Give a reason.");
	assert_string_equal(show_message(*state, &error), "Give a reason.");
	error_set(&error, ERROR_CONFLICT, "busy", "not_now is no field.");
	assert_string_equal(show_message(*state, &error), "not_now is no field.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(numbers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(sizes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(durations, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(times, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(time_left, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(messages, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
