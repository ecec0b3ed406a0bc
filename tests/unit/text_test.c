/* text_test.c - UTF-8, white space, e-mail addresses. */
#include <base/text.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))

static int set_up(void **state)
{
	*state = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	struct arena *arena = *state;
	arena_destroy(&arena);
	return 0;
}

static void accepts_utf8(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "abc", "\x7F", "\xC2\x80", "\xDF\xBF",
	    "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
	    "\xF4\x8F\xBF\xBF", "z\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80"};
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_true(text_is_utf8(texts[i], strlen(texts[i])));
}

static void refuses_what_is_not_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {
	    {"a\0b", 3},             /* NUL */
	    {"\x80", 1},             /* continuation alone */
	    {"\xC0\x80", 2},         /* overlong NUL */
	    {"\xC1\xBF", 2},         /* overlong */
	    {"\xE0\x9F\xBF", 3},     /* overlong */
	    {"\xF0\x8F\xBF\xBF", 4}, /* overlong */
	    {"\xED\xA0\x80", 3},     /* surrogate */
	    {"\xED\xBF\xBF", 3},     /* surrogate */
	    {"\xF4\x90\x80\x80", 4}, /* above U+10FFFF */
	    {"\xF8\x88\x80\x80\x80", 5},
	    {"\xFF", 1},
	    {"\xC3", 1},         /* cut */
	    {"\xE2\x82", 2},     /* cut */
	    {"\xF0\x9F\x98", 3}, /* cut */
	    {"\xC3\x28", 2},
	    {"ok\xE2\x28\xA1", 5},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (text_is_utf8(cases[i].bytes, cases[i].length))
			fail_msg("case %zu is accepted", i);
	}
	/* What lies beyond the length is not looked at. */
	assert_false(text_is_utf8("\xE2\x82\xAC", 2));
}

static void counts_code_points(void **state)
{
	(void)state;
	assert_int_equal(text_length(""), 0);
	assert_int_equal(text_length("abc"), 3);
	assert_int_equal(text_length("z\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80"), 4);
}

static void knows_white_space(void **state)
{
	(void)state;
	static const char *const blank[] = {"", " ", "\t\n\v\f\r", "\xC2\x85", "\xC2\xA0",
	    "\xE1\x9A\x80", "\xE2\x80\x80\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9",
	    "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
	static const char *const solid[] = {
	    "a", " a", "\xC2\xAD", "\x1F", "0", "\xC3\xBC", "\xE2\x80\x8B", "\xC2\x84", "\xC2\x86"};
	for (size_t i = 0; i < COUNT(blank); i++)
		assert_true(text_is_blank(blank[i]));
	for (size_t i = 0; i < COUNT(solid); i++)
		assert_false(text_is_blank(solid[i]));
}

static void trims(void **state)
{
	assert_string_equal(text_trim(*state, ""), "");
	assert_string_equal(text_trim(*state, " \xC2\xA0 "), "");
	assert_string_equal(text_trim(*state, "a"), "a");
	assert_string_equal(text_trim(*state, "\xE3\x80\x80 a  b\n\xC2\x85"), "a  b");
	assert_string_equal(text_trim(*state, " \xC3\xBC"), "\xC3\xBC");
	assert_string_equal(text_trim(*state, " \xE2\x82 "), "\xE2\x82"); /* not UTF-8: kept */
}

static void normalizes_addresses(void **state)
{
	static const char *const cases[][2] = {
	    {"ada@alder.example", "ada@alder.example"},
	    {" Ada.L@ALDER.Example\n", "ada.l@alder.example"},
	    {"a@b", "a@b"},
	    {"o'neil+tag=1@x-y.example", "o'neil+tag=1@x-y.example"},
	    {"!#$%&'*+-/=?^_`{|}~@1.example", "!#$%&'*+-/=?^_`{|}~@1.example"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *email = text_normalize_email(*state, cases[i][0]);
		assert_non_null(email);
		assert_string_equal(email, cases[i][1]);
	}
}

static void refuses_what_smtp_does_not_carry(void **state)
{
	static const char *const texts[] = {"", "ada", "@alder.example", "ada@", "a@@b", "a@b@c",
	    ".a@b", "a.@b", "a..b@c", "a b@c", "a@b c", "a@b\nbcc:x@y", "a@b\rc", "a,b@c",
	    "a@b,c@d", "<a@b>", "Ada <a@b>", "\"a b\"@c", "a@[127.0.0.1]", "a@-b.c", "a@b-.c",
	    "a@b..c", "a@.b", "a@b.", "a@b_c", "\xC3\xBC@b", "a@\xC3\xBC.example", "a\x7F@b",
	    "a;b@c", "a(b)@c"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		char *email = text_normalize_email(*state, texts[i]);
		if (email)
			fail_msg("\"%s\" is accepted", texts[i]);
	}
}

/* local part, labels of 63 and the rest, at exactly the limits and one beyond. */
static char *build_email(struct arena *arena, int local, int label, int rest)
{
	char many[300];
	memset(many, 'x', sizeof(many));
	return arena_printf(arena, "%.*s@%.*s.%.*s.%.*s.%.*s", local, many, label, many, 63, many,
	    rest, many, 1, many);
}

static void bounds_the_lengths_of_addresses(void **state)
{
	char *email = build_email(*state, 64, 63, 58); /* 64 + 1 + 63 + 1 + 63 + 1 + 58 + 1 + 1 */
	assert_int_equal(strlen(email), 253);
	assert_non_null(text_normalize_email(*state, email));
	assert_non_null(text_normalize_email(*state, build_email(*state, 64, 63, 59)));
	assert_null(text_normalize_email(*state, build_email(*state, 64, 63, 60)));
	assert_null(text_normalize_email(*state, build_email(*state, 65, 63, 1)));
	assert_null(text_normalize_email(*state, build_email(*state, 1, 64, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_utf8),
	    cmocka_unit_test(refuses_what_is_not_utf8),
	    cmocka_unit_test(counts_code_points),
	    cmocka_unit_test(knows_white_space),
	    cmocka_unit_test(trims),
	    cmocka_unit_test(normalizes_addresses),
	    cmocka_unit_test(refuses_what_smtp_does_not_carry),
	    cmocka_unit_test(bounds_the_lengths_of_addresses),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
