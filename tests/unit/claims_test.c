/* claims_test.c - what a token says: its form, and both sides of each moment in its time. */
#include <auth/claims.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))
#define NOW_US        INT64_C(1770091506000007) /* 2026-02-03T04:05:06.000007Z */
#define MINUTE_US     (60 * CLOCK_SECOND_US)

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

static bool parse(void **state, const char *json, struct claims *claims_r)
{
	return claims_parse(*state, json, strlen(json), claims_r);
}

static void writes_and_reads_all_members(void **state)
{
	const struct claims all = {.issuer = "https://lethe.example",
	    .audience = "lethe",
	    .subject = "ada \"\\\n\xC3\xBC</script>",
	    .token_id = "j",
	    .issued_us = NOW_US,
	    .not_before_us = NOW_US + 1,
	    .expires_us = NOW_US + 2,
	    .authenticated_us = NOW_US + 3,
	    .purpose = "account.delete",
	    .item = "i",
	    .session = "s"};
	struct claims back;
	assert_true(parse(state, claims_write(*state, &all), &back));
	assert_string_equal(back.issuer, all.issuer);
	assert_string_equal(back.audience, all.audience);
	assert_string_equal(back.subject, all.subject);
	assert_string_equal(back.token_id, all.token_id);
	assert_int_equal(back.issued_us, all.issued_us);
	assert_int_equal(back.not_before_us, all.not_before_us);
	assert_int_equal(back.expires_us, all.expires_us);
	assert_int_equal(back.authenticated_us, all.authenticated_us);
	assert_string_equal(back.purpose, all.purpose);
	assert_string_equal(back.item, all.item);
	assert_string_equal(back.session, all.session);
}

static void leaves_out_what_is_absent(void **state)
{
	struct claims claims = {.subject = "ada", .expires_us = NOW_US};
	char *json = claims_write(*state, &claims);
	assert_string_equal(json, "{\"sub\":\"ada\",\"exp\":\"2026-02-03T04:05:06.000007Z\"}");
	assert_true(parse(state, json, &claims));
	assert_null(claims.issuer);
	assert_null(claims.purpose);
	assert_int_equal(claims.issued_us, 0);
	assert_true(parse(state, "{}", &claims));
	assert_null(claims.subject);
	assert_string_equal(claims_write(*state, &(struct claims){0}), "{}");
}

static void reads_every_rfc3339_time(void **state)
{
	struct claims claims;
	assert_true(parse(state,
	    "{\"iat\":\"2026-02-03T04:05:06Z\",\"exp\":\"2026-02-03T05:05:06.5+01:00\",\"nbf\":"
	    "\"2026-02-03t04:05:06.123z\",\"auth_time\":\"2026-02-02T23:05:06-05:00\"}",
	    &claims));
	assert_int_equal(claims.issued_us, INT64_C(1770091506000000));
	assert_int_equal(claims.expires_us, INT64_C(1770091506500000));
	assert_int_equal(claims.not_before_us, INT64_C(1770091506123000));
	assert_int_equal(claims.authenticated_us, INT64_C(1770091506000000));
}

static void passes_over_other_members(void **state)
{
	struct claims claims;
	assert_true(parse(state,
	    " {\"sub\":\"a\",\"email\":\"x\",\"roles\":[1,{\"sub\":2}],\"n\":null}\n", &claims));
	assert_string_equal(claims.subject, "a");
}

static void refuses_what_is_malformed(void **state)
{
	static const char *const texts[] = {"", "null", "[]", "\"sub\"", "{", "{\"sub\":\"a\"}x",
	    "{\"sub\":\"a\"}{}", "{\"sub\":\"a\",\"sub\":\"a\"}",
	    "{\"sub\":\"a\",\"\\u0073ub\":\"b\"}", "{\"other\":1,\"other\":1}", "{\"sub\":1}",
	    "{\"sub\":null}", "{\"sub\":[\"a\"]}", "{\"sub\":\"\"}", "{\"sub\":\"a\\u0000b\"}",
	    "{\"sub\":\"\xFF\"}", "{sub:\"a\"}", "{\"aud\":[\"lethe\"]}", "{\"exp\":1770091506}",
	    "{\"exp\":\"\"}", "{\"exp\":\"1770091506\"}", "{\"exp\":\"2026-02-03\"}",
	    "{\"exp\":\"tomorrow\"}", "{\"exp\":\"2026-02-30T00:00:00Z\"}",
	    "{\"exp\":\"1970-01-01T00:00:00Z\"}", "{\"exp\":\"1960-01-01T00:00:00Z\"}",
	    "{\"iat\":true}", "{\"nbf\":{}}", "{\"auth_time\":1770091506}", "{\"purpose\":false}",
	    "{\"jti\":7}", "{'sub':'a'}", "{\"sub\":\"a\",}"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct claims claims = {.subject = "untouched"};
		if (parse(state, texts[i], &claims))
			fail_msg("%s is accepted", texts[i]);
		assert_string_equal(claims.subject, "untouched");
	}
}

static void bounds_the_size(void **state)
{
	char json[CLAIMS_MAX + 1];
	struct claims claims;
	memset(json, ' ', sizeof(json));
	json[0] = '{';
	json[CLAIMS_MAX - 1] = '}';
	assert_true(claims_parse(*state, json, CLAIMS_MAX, &claims));
	json[CLAIMS_MAX - 1] = ' ';
	json[CLAIMS_MAX] = '}';
	assert_false(claims_parse(*state, json, CLAIMS_MAX + 1, &claims));
	/* Bytes beyond the length do not count, and NUL is no white space. */
	assert_false(claims_parse(*state, "{}", 1, &claims));
	assert_false(claims_parse(*state, "{}\0", 3, &claims));
}

static const struct claims_rules ours = {.issuer = "us", .audience = "lethe"};
static const struct claims_rules theirs = {
    .issuer = "us", .audience = "lethe", .leeway_us = CLAIMS_LEEWAY_MAX_US};

/* Issued now, for 15 minutes. */
static struct claims sample(void)
{
	return (struct claims){.issuer = "us",
	    .audience = "lethe",
	    .subject = "ada",
	    .issued_us = NOW_US,
	    .expires_us = NOW_US + 15 * MINUTE_US};
}

static void holds_from_iat_until_just_before_exp(void **state)
{
	(void)state;
	struct claims claims = sample();
	assert_int_equal(claims_check(&claims, &ours, NOW_US - 1), CLAIMS_EARLY);
	assert_int_equal(claims_check(&claims, &ours, NOW_US), CLAIMS_HOLD);
	assert_int_equal(claims_check(&claims, &ours, claims.expires_us - 1), CLAIMS_HOLD);
	assert_int_equal(claims_check(&claims, &ours, claims.expires_us), CLAIMS_EXPIRED);
}

static void allows_a_clock_to_be_off_by_the_leeway(void **state)
{
	(void)state;
	struct claims claims = sample();
	assert_int_equal(claims_check(&claims, &theirs, NOW_US - MINUTE_US - 1), CLAIMS_EARLY);
	assert_int_equal(claims_check(&claims, &theirs, NOW_US - MINUTE_US), CLAIMS_HOLD);
	int64_t end_us = claims.expires_us + MINUTE_US;
	assert_int_equal(claims_check(&claims, &theirs, end_us - 1), CLAIMS_HOLD);
	assert_int_equal(claims_check(&claims, &theirs, end_us), CLAIMS_EXPIRED);
	/* More than a minute is never allowed. */
	struct claims_rules lax = theirs;
	lax.leeway_us = 60 * MINUTE_US;
	assert_int_equal(claims_check(&claims, &lax, end_us), CLAIMS_EXPIRED);
	assert_int_equal(claims_check(&claims, &lax, NOW_US - MINUTE_US - 1), CLAIMS_EARLY);
}

static void waits_for_nbf_and_doubts_a_future_auth_time(void **state)
{
	(void)state;
	struct claims claims = sample();
	claims.not_before_us = NOW_US + 5;
	assert_int_equal(claims_check(&claims, &ours, NOW_US + 4), CLAIMS_EARLY);
	assert_int_equal(claims_check(&claims, &ours, NOW_US + 5), CLAIMS_HOLD);
	claims = sample();
	claims.authenticated_us = NOW_US + 5;
	assert_int_equal(claims_check(&claims, &ours, NOW_US + 4), CLAIMS_EARLY);
	assert_int_equal(claims_check(&claims, &ours, NOW_US + 5), CLAIMS_HOLD);
}

static void wants_its_issuer_and_audience(void **state)
{
	(void)state;
	struct claims claims = sample();
	claims.issuer = "US";
	assert_int_equal(claims_check(&claims, &ours, NOW_US), CLAIMS_FOREIGN);
	claims = sample();
	claims.audience = "lethe2";
	assert_int_equal(claims_check(&claims, &ours, NOW_US), CLAIMS_FOREIGN);
}

static void wants_every_claim_it_needs(void **state)
{
	(void)state;
	for (int i = 0; i < 7; i++) {
		struct claims claims = sample();
		if (i == 0)
			claims.issuer = NULL;
		if (i == 1)
			claims.audience = NULL;
		if (i == 2)
			claims.subject = NULL;
		if (i == 3)
			claims.issued_us = 0;
		if (i == 4)
			claims.expires_us = 0;
		if (i == 5)
			claims.expires_us = claims.issued_us;
		if (i == 6)
			claims.expires_us = claims.issued_us - 1;
		assert_int_equal(claims_check(&claims, &ours, NOW_US), CLAIMS_INCOMPLETE);
	}
}

static void bounds_the_lifetime(void **state)
{
	(void)state;
	struct claims_rules rules = ours;
	struct claims claims = sample();
	rules.lifetime_us = 15 * MINUTE_US;
	assert_int_equal(claims_check(&claims, &rules, NOW_US), CLAIMS_HOLD);
	claims.expires_us++;
	assert_int_equal(claims_check(&claims, &rules, NOW_US), CLAIMS_TOO_LONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_and_reads_all_members),
	    cmocka_unit_test(leaves_out_what_is_absent),
	    cmocka_unit_test(reads_every_rfc3339_time),
	    cmocka_unit_test(passes_over_other_members),
	    cmocka_unit_test(refuses_what_is_malformed),
	    cmocka_unit_test(bounds_the_size),
	    cmocka_unit_test(holds_from_iat_until_just_before_exp),
	    cmocka_unit_test(allows_a_clock_to_be_off_by_the_leeway),
	    cmocka_unit_test(waits_for_nbf_and_doubts_a_future_auth_time),
	    cmocka_unit_test(wants_its_issuer_and_audience),
	    cmocka_unit_test(wants_every_claim_it_needs),
	    cmocka_unit_test(bounds_the_lifetime),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
