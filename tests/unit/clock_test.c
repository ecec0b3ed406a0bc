/* clock_test.c - clocks, and times as RFC 3339 texts. */
#include <base/clock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void stands_where_it_is_set(void **state)
{
	(void)state;
	struct clock clock = clock_fixed(42);
	assert_int_equal(clock_now_us(&clock), 42);
	assert_int_equal(clock_now_us(&clock), 42);
	clock.fixed_us += CLOCK_DAY_US;
	assert_int_equal(clock_now_us(&clock), INT64_C(86400000042));
}

static void follows_the_machine(void **state)
{
	(void)state;
	int64_t before_s = time(NULL);
	int64_t now_us = clock_now_us(&clock_system);
	int64_t after_s = time(NULL);
	/* time(2) may lag behind by a tick. */
	assert_true(now_us / CLOCK_SECOND_US >= before_s);
	assert_true(now_us / CLOCK_SECOND_US <= after_s + 1);
	int64_t start_us = clock_monotonic_us();
	struct timespec pause = {.tv_nsec = 2000000};
	nanosleep(&pause, NULL);
	assert_true(clock_monotonic_us() >= start_us + 2000);
}

/* Texts and the times they stand for, both ways. */
static const struct {
	const char *text;
	int64_t time_us;
} exact[] = {
    {"1970-01-01T00:00:00.000000Z", 0},
    {"2026-02-03T04:05:06.000007Z", INT64_C(1770091506000007)},
    {"2024-02-29T23:59:59.999999Z", INT64_C(1709251199999999)},
    {"2000-03-01T00:00:00.000000Z", INT64_C(951868800000000)},
    {"1969-12-31T23:59:59.999999Z", -1},
    {"1900-03-01T00:00:00.500000Z", INT64_C(-2203891199500000)},
    {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
    {"0001-01-01T00:00:00.000000Z", INT64_C(-62135596800000000)},
};

static void formats_and_parses_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
		char text[CLOCK_TEXT_SIZE];
		int64_t time_us = 7;
		clock_format(exact[i].time_us, text);
		assert_string_equal(text, exact[i].text);
		assert_true(clock_parse(text, &time_us));
		assert_int_equal(time_us, exact[i].time_us);
	}
}

static void formats_the_ends_of_time(void **state)
{
	(void)state;
	char text[CLOCK_TEXT_SIZE];
	clock_format(INT64_MAX, text);
	assert_string_equal(text, "294247-01-10T04:00:54.775807Z");
	clock_format(INT64_MIN, text);
	assert_int_equal(strlen(text), 30);
}

/* Held against the C library's calendar: every day of 800 years around 1970, and each hour of a
 * few. */
static void splits_as_the_calendar_does(void **state)
{
	(void)state;
	for (int64_t hour = INT64_C(-400) * 366 * 24;
	     hour<INT64_C(400) * 366 * 24; hour += hour> - 240 && hour < 240 ? 1 : 23) {
		time_t seconds = (time_t)(hour * 3600 + 1234);
		struct clock_fields fields;
		struct tm tm;

		assert_non_null(gmtime_r(&seconds, &tm));
		clock_split((int64_t)seconds * CLOCK_SECOND_US + 567, &fields);
		assert_int_equal(fields.year, tm.tm_year + 1900);
		assert_int_equal(fields.month, tm.tm_mon + 1);
		assert_int_equal(fields.day, tm.tm_mday);
		assert_int_equal(fields.hour, tm.tm_hour);
		assert_int_equal(fields.minute, tm.tm_min);
		assert_int_equal(fields.second, tm.tm_sec);
		assert_int_equal(fields.microsecond, 567);
	}
}

static void parses_every_form(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t time_us;
	} forms[] = {
	    {"2026-02-03", INT64_C(1770076800000000)},
	    {"2026-02-03T04:05:06Z", INT64_C(1770091506000000)},
	    {"2026-02-03t04:05:06z", INT64_C(1770091506000000)},
	    {"2026-02-03T04:05:06.5Z", INT64_C(1770091506500000)},
	    {"2026-02-03T04:05:06.000001Z", INT64_C(1770091506000001)},
	    {"2026-02-03T04:05:06+00:00", INT64_C(1770091506000000)},
	    {"2026-02-03T04:05:06-00:00", INT64_C(1770091506000000)},
	    {"2026-02-03T05:35:06.25+01:30", INT64_C(1770091506250000)},
	    {"2026-02-02T23:05:06-05:00", INT64_C(1770091506000000)},
	    {"2016-12-31T23:59:60Z", INT64_C(1483228800000000)},
	    {"2017-01-01T00:59:60+01:00", INT64_C(1483228800000000)},
	};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		int64_t time_us = 0;
		if (!clock_parse(forms[i].text, &time_us))
			fail_msg("%s is refused", forms[i].text);
		assert_int_equal(time_us, forms[i].time_us);
	}
}

static void refuses_what_is_no_time(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "2026", "2026-02", "2026-2-3", "2026-02-30",
	    "2025-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00",
	    "2026-01-32", "26-02-03", "2026-02-03 ", " 2026-02-03", "2026-02-03T", "2026-02-03Z",
	    "2026-02-03T04:05Z", "2026-02-03T04:05:06", "2026-02-03 04:05:06Z",
	    "2026-02-03T24:00:00Z", "2026-02-03T04:60:00Z", "2026-02-03T04:05:61Z",
	    "2026-02-03T04:05:60Z", "2026-02-03T04:05:06.Z", "2026-02-03T04:05:06.1234567Z",
	    "2026-02-03T04:05:06,5Z", "2026-02-03T04:05:06+0100", "2026-02-03T04:05:06+24:00",
	    "2026-02-03T04:05:06+01:60", "2026-02-03T04:05:06+01", "2026-02-03T04:05:06Zx",
	    "+026-02-03", "2026-02-03T-4:05:06Z", "2026-02-03T04:05:06ZZ"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t time_us = 77;
		if (clock_parse(texts[i], &time_us))
			fail_msg("\"%s\" is accepted", texts[i]);
		assert_int_equal(time_us, 77);
	}
}

/* The machine's zone must not matter. */
static void ignores_the_zone(void **state)
{
	(void)state;
	setenv("TZ", "Pacific/Auckland", 1);
	tzset();
	formats_and_parses_exactly(NULL);
	unsetenv("TZ");
	tzset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stands_where_it_is_set),
	    cmocka_unit_test(follows_the_machine),
	    cmocka_unit_test(formats_and_parses_exactly),
	    cmocka_unit_test(formats_the_ends_of_time),
	    cmocka_unit_test(splits_as_the_calendar_does),
	    cmocka_unit_test(parses_every_form),
	    cmocka_unit_test(refuses_what_is_no_time),
	    cmocka_unit_test(ignores_the_zone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
