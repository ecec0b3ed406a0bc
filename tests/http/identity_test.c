/* identity_test.c - signing in and out, access tokens, and the limits on guessing. */
#include "../support/site.h"

#include <auth/access.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WRONG "not-the-password"

static const struct http_answer *get_as(struct site *site, const char *cookie, const char *path)
{
	return http_client_send(site_client(site),
	    &(struct http_call){.method = "GET",
		.path = path,
		.headers = (const char *const[]){
		    arena_printf(site_arena(site), "Cookie: %s", cookie), NULL}});
}

static const struct http_answer *ask_for_token(
    struct site *site, const char *email, const char *password)
{
	return site_api_json(site, VISITOR,
	    arena_printf(site_arena(site), "{'email': '%s', 'password': '%s'}", email, password),
	    "POST /api/tokens");
}

static const struct http_answer *get_with_token(struct site *site, const char *token)
{
	return site_api_with(site, VISITOR,
	    arena_printf(site_arena(site), "Authorization: Bearer %s", token), NULL,
	    "GET /api/photos?limit=1");
}

/* Whoever's token has ended, or was cut short, gets a new one with it still in the header. */
static void test_token_for_an_ended_one(void **state)
{
	struct site *site = *state;

	EXPECT(site_api_with(site, VISITOR, "Authorization: Bearer v4.public.x",
		   "{'email': 'ada@alder.example', 'password': '" SITE_PASSWORD "'}",
		   "POST /api/tokens"),
	    201, NULL);
	EXPECT(site_api_with(site, VISITOR, "Authorization: Bearer v4.public.x", NULL,
		   "GET /api/openapi.json"),
	    200, NULL);
	EXPECT(get_with_token(site, "v4.public.x"), 401, NULL);
}

/* --- sessions ------------------------------------------------------------------------------- */

static void test_signing_in(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;
	const char *cookie =
	    site_sign_in(site, "  Ada@Alder.Example ", SITE_PASSWORD, NULL, &answer);
	const char *header;

	EXPECT(answer, 303, NULL);
	assert_string_equal(http_answer_header(site_client(site), answer, "Location"), "/");
	header = http_answer_header(site_client(site), answer, "Set-Cookie");
	assert_non_null(strstr(header, "HttpOnly"));
	assert_non_null(strstr(header, "SameSite=Lax"));
	assert_null(strstr(header, "Secure")); /* this site is plain http */
	EXPECT(get_as(site, cookie, "/trash"), 200, NULL);
	EXPECT(get_as(site, cookie, "/login"), 303, NULL);
}

static void test_wrong_credentials(void **state)
{
	struct site *site = *state;
	const struct http_answer *wrong;
	const struct http_answer *unknown;

	site_forgive_rates(site);
	assert_null(site_sign_in(site, "ada@alder.example", WRONG, NULL, &wrong));
	EXPECT(wrong, 401, NULL);
	assert_non_null(strstr(wrong->body, "value=\"ada@alder.example\""));
	assert_null(strstr(wrong->body, WRONG));
	assert_null(site_sign_in(site, "nobody@alder.example", WRONG, NULL, &unknown));
	EXPECT(unknown, 401, NULL);
	wrong = ask_for_token(site, "ada@alder.example", WRONG);
	unknown = ask_for_token(site, "nobody@alder.example", WRONG);
	EXPECT(wrong, 401, "wrong_credentials");
	assert_string_equal(wrong->body, unknown->body);
}

static void test_bad_forms(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;

	(void)site_sign_in(site, "", SITE_PASSWORD, NULL, &answer);
	EXPECT(answer, 400, NULL);
	(void)site_sign_in(site, "ada@alder.example", "", NULL, &answer);
	EXPECT(answer, 400, NULL);
}

/* The token of a form belongs to its cookie. */
static void test_login_csrf(void **state)
{
	struct site *site = *state;
	const struct http_answer *page = site_page(site, VISITOR, "GET /login");
	const char *field =
	    http_answer_between(site_client(site), page, "name=\"csrf\" value=\"", "\"");
	const char *cookie =
	    http_answer_cookie(site_client(site), site_page(site, VISITOR, "GET /login"), "csrf");
	const char *body = arena_printf(
	    site_arena(site), "csrf=%s&email=ada@alder.example&password=" SITE_PASSWORD, field);
	struct http_call call = {.method = "POST",
	    .path = "/login",
	    .type = "application/x-www-form-urlencoded",
	    .body = body};

	EXPECT(http_client_send(site_client(site), &call), 403, NULL);
	call.headers =
	    (const char *const[]){arena_printf(site_arena(site), "Cookie: csrf=%s", cookie), NULL};
	EXPECT(http_client_send(site_client(site), &call), 403, NULL);
}

static void test_next_is_ours(void **state)
{
	static const struct {
		const char *next, *location;
	} cases[] = {{"/trash?tab=archived", "/trash?tab=archived"}, {"//evil.example", "/"},
	    {"https://evil.example/", "/"}, {"/\\evil.example", "/"}, {"trash", "/"}};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct http_answer *page = site_page(site, VISITOR, "GET /login");
		const char *field =
		    http_answer_between(site_client(site), page, "name=\"csrf\" value=\"", "\"");
		const char *cookie = http_answer_cookie(site_client(site), page, "csrf");
		const struct http_answer *answer = http_client_send(site_client(site),
		    &(struct http_call){.method = "POST",
			.path = "/login",
			.type = "application/x-www-form-urlencoded",
			.body = arena_printf(site_arena(site),
			    "csrf=%s&email=ada@alder.example&password=" SITE_PASSWORD "&next=%s",
			    field, cases[i].next),
			.headers = (const char *const[]){
			    arena_printf(site_arena(site), "Cookie: csrf=%s", cookie), NULL}});
		EXPECT(answer, 303, NULL);
		assert_string_equal(
		    http_answer_header(site_client(site), answer, "Location"), cases[i].location);
	}
}

/* A token that the browser brought along is never made a session, and one that was is replaced. */
static void test_session_fixation(void **state)
{
	static const char planted[] = "session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	struct site *site = *state;
	const char *first = site_sign_in(site, "ben@alder.example", SITE_PASSWORD, planted, NULL);
	const char *second;

	assert_non_null(first);
	assert_string_not_equal(first, planted);
	EXPECT(get_as(site, planted, "/trash"), 303, NULL);
	second = site_sign_in(site, "ben@alder.example", SITE_PASSWORD, first, NULL);
	assert_string_not_equal(first, second);
	EXPECT(get_as(site, first, "/trash"), 303, NULL);
	EXPECT(get_as(site, second, "/trash"), 200, NULL);
}

static void test_signing_out(void **state)
{
	struct site *site = *state;
	const char *cookie = arena_dup(site_arena(site), site_cookie(site, BEN));
	const struct http_answer *answer = site_form(site, BEN, "", "POST /logout");

	EXPECT(answer, 303, NULL);
	assert_string_equal(http_answer_cookie(site_client(site), answer, "session"), "");
	EXPECT(get_as(site, cookie, "/trash"), 303, NULL);
	site_sign_out_all(site);
}

/* Who is signed in already goes where the link leads; the way out is nowhere to come back to. */
static void test_ways_through_the_login(void **state)
{
	static const char *const ways[][2] = {{"/login?next=/trash", "/trash"},
	    {"/login?next=//evil.example", "/"},
	    {"/login?next=/trash%3Ftab%3Darchived", "/trash?tab=archived"}, {"/login", "/"}};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		assert_string_equal(http_answer_header(site_client(site),
					site_page(site, ADA, "GET %s", ways[i][0]), "Location"),
		    ways[i][1]);
	assert_string_equal(http_answer_header(site_client(site),
				site_page(site, VISITOR, "GET /logout"), "Location"),
	    "/login");
}

/* 12 hours after its last use and 7 days after its start. */
static void test_session_ends(void **state)
{
	struct site *site = *state;
	const char *idle = site_sign_in(site, "ben@alder.example", SITE_PASSWORD, NULL, NULL);
	const char *old;

	site_sql(site,
	    "UPDATE sessions SET seen_at = UTC_TIMESTAMP(6) - INTERVAL 12 HOUR"
	    " WHERE user_id = " UUID,
	    site_user_id(site, BEN));
	EXPECT(get_as(site, idle, "/trash"), 303, NULL);
	old = site_sign_in(site, "ben@alder.example", SITE_PASSWORD, NULL, NULL);
	EXPECT(get_as(site, old, "/trash"), 200, NULL);
	site_sql(site,
	    "UPDATE sessions SET created_at = UTC_TIMESTAMP(6) - INTERVAL 7 DAY"
	    " WHERE user_id = " UUID,
	    site_user_id(site, BEN));
	EXPECT(get_as(site, old, "/trash"), 303, NULL);
}

static void test_altered_cookies(void **state)
{
	struct site *site = *state;
	const char *cookie = site_cookie(site, ADA);
	size_t length = strlen(cookie);

	for (size_t i = strlen("session="); i < length; i++) {
		char *altered = arena_dup(site_arena(site), cookie);
		altered[i] = altered[i] == 'A' ? 'B' : 'A';
		/* The last character's low bits say nothing; a form of it that is not the one we
		 * write is refused as well. */
		EXPECT(get_as(site, altered, "/trash"), 303, NULL);
	}
	EXPECT(get_as(site, cookie, "/trash"), 200, NULL);
}

/* --- the limits ------------------------------------------------------------------------------ */

static void test_throttle(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;

	site_forgive_rates(site);
	for (int i = 0; i < 5; i++)
		EXPECT(ask_for_token(site, "creator@alder.example", WRONG), 401, NULL);
	/* The form and the API count together, whatever the address's case. */
	for (int i = 0; i < 5; i++) {
		(void)site_sign_in(site, "Creator@alder.example", WRONG, NULL, &answer);
		EXPECT(answer, 401, NULL);
	}
	answer = ask_for_token(site, "creator@alder.example", WRONG);
	EXPECT(answer, 429, "rate_limited");
	assert_non_null(http_answer_header(site_client(site), answer, "Retry-After"));
	/* The right password is no way round it. */
	EXPECT(ask_for_token(site, "creator@alder.example", SITE_PASSWORD), 429, NULL);
	(void)site_sign_in(site, "creator@alder.example", SITE_PASSWORD, NULL, &answer);
	EXPECT(answer, 429, NULL);
	assert_non_null(http_answer_header(site_client(site), answer, "Retry-After"));
	EXPECT(ask_for_token(site, "ada@alder.example", SITE_PASSWORD), 201, NULL);
	/* When the oldest of the ten is 15 minutes old there is room for one more. */
	site_sql(site, "UPDATE rate_hits SET at = at - INTERVAL 15 MINUTE ORDER BY id LIMIT 2");
	EXPECT(ask_for_token(site, "creator@alder.example", SITE_PASSWORD), 201, NULL);
	site_forgive_rates(site);
}

static void test_throttle_per_ip(void **state)
{
	struct site *site = *state;

	site_forgive_rates(site);
	for (int i = 0; i < 50; i++)
		EXPECT(ask_for_token(site,
			   arena_printf(site_arena(site), "nobody%d@alder.example", i), WRONG),
		    401, NULL);
	EXPECT(ask_for_token(site, "nobody@alder.example", WRONG), 429, "rate_limited");
	site_forgive_rates(site);
	EXPECT(ask_for_token(site, "nobody@alder.example", WRONG), 401, NULL);
	site_forgive_rates(site);
}

/* --- access tokens ---------------------------------------------------------------------------- */

static void test_token(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = ask_for_token(site, "ada@alder.example", SITE_PASSWORD);

	EXPECT(answer, 201, NULL);
	assert_string_equal(http_answer_text(answer, "token_type"), "Bearer");
	assert_int_equal(http_answer_number(answer, "expires_in"), 900);
	assert_memory_equal(http_answer_text(answer, "access_token"), "v4.public.", 10);
	EXPECT(get_with_token(site, http_answer_text(answer, "access_token")), 200, NULL);
}

static void test_token_input(void **state)
{
	static const struct {
		const char *body, *code, *field;
	} cases[] = {
	    {"{'password': 'x'}", "missing", "email"},
	    {"{'email': 'a@b.example'}", "missing", "password"},
	    {"{'email': 5, 'password': 'x'}", "invalid_input", "email"},
	    {"{'email': '', 'password': 'x'}", "invalid_input", "email"},
	    {"{'email': 'a@b.example', 'password': 'x', 'otp': '1'}", "unknown_member", "otp"},
	    {"[]", NULL, NULL},
	    {"{", NULL, NULL},
	};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		EXPECT_FIELD(site_api_json(site, VISITOR, cases[i].body, "POST /api/tokens"), 400,
		    cases[i].code, cases[i].field);
}

static void test_altered_tokens(void **state)
{
	struct site *site = *state;
	const char *token = site_token(site, ADA);
	size_t length = strlen(token);

	for (size_t i = 0; i < length; i++) {
		char *altered = arena_dup(site_arena(site), token);
		altered[i] = altered[i] == 'A' ? 'B' : 'A';
		EXPECT(get_with_token(site, altered), 401, "unauthenticated");
		http_client_forget(site_client(site));
	}
	EXPECT(get_with_token(site, arena_printf(site_arena(site), "%sA", token)), 401, NULL);
	EXPECT(get_with_token(site, token), 200, NULL);
}

/* A token made at another time with the site's own keys. */
static const char *token_made_at(struct site *site, enum person who, int64_t shift_s)
{
	struct auth *auth = site_auth_at(site, shift_s * CLOCK_SECOND_US);
	struct user user = {.role = USER_MEMBER};
	struct error error = {0};
	const char *token = NULL;

	assert_true(id_parse(site_user_id(site, who), &user.id));
	assert_true(id_parse(site_organization_id(site, who), &user.organization_id));
	assert_true(access_grant(auth, site_arena(site), &user,
	    &(struct auth_caller){.ip = "127.0.0.1", .request_id = "test"}, &token, &error));
	return token;
}

static void test_expired_token(void **state)
{
	struct site *site = *state;

	EXPECT(
	    get_with_token(site, token_made_at(site, ADA, -ACCESS_LIFE_S)), 401, "unauthenticated");
	EXPECT(get_with_token(site, token_made_at(site, ADA, 60 - ACCESS_LIFE_S)), 200, NULL);
}

/* Tokens from before the user's tokens_valid_after are refused. */
static void test_withdrawn_token(void **state)
{
	struct site *site = *state;
	const char *token = token_made_at(site, CREATOR, -60);

	EXPECT(get_with_token(site, token), 200, NULL);
	site_sql(site, "UPDATE users SET tokens_valid_after = UTC_TIMESTAMP(6) WHERE id = " UUID,
	    site_user_id(site, CREATOR));
	EXPECT(get_with_token(site, token), 401, "unauthenticated");
	site_sql(site, "UPDATE users SET tokens_valid_after = NULL WHERE id = " UUID,
	    site_user_id(site, CREATOR));
}

/* What has happened stands in the trail, with the request's id. */
static void test_trail(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = ask_for_token(site, "ada@alder.example", SITE_PASSWORD);
	const char *id = http_answer_header(site_client(site), answer, "X-Request-Id");

	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM audit_log WHERE request_id = '%s' AND action ="
			     " 'session.login'",
			     id),
	    1);
	answer = ask_for_token(site, "ada@alder.example", WRONG);
	id = http_answer_header(site_client(site), answer, "X-Request-Id");
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM audit_log WHERE request_id = '%s' AND action ="
			     " 'session.refused' AND details NOT LIKE '%%@%%'",
			     id),
	    1);
	site_forgive_rates(site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_token_for_an_ended_one),
	    SITE_TEST(test_signing_in),
	    SITE_TEST(test_wrong_credentials),
	    SITE_TEST(test_bad_forms),
	    SITE_TEST(test_login_csrf),
	    SITE_TEST(test_next_is_ours),
	    SITE_TEST(test_session_fixation),
	    SITE_TEST(test_signing_out),
	    SITE_TEST(test_ways_through_the_login),
	    SITE_TEST(test_session_ends),
	    SITE_TEST(test_altered_cookies),
	    SITE_TEST(test_throttle),
	    SITE_TEST(test_throttle_per_ip),
	    SITE_TEST(test_token),
	    SITE_TEST(test_token_input),
	    SITE_TEST(test_altered_tokens),
	    SITE_TEST(test_expired_token),
	    SITE_TEST(test_withdrawn_token),
	    SITE_TEST(test_trail),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
