/* sso_test.c - tokens of the host application, at a server that has its key, and CORS there. */
#include "../support/site.h"

#include <auth/claims.h>
#include <auth/paserk.h>
#include <auth/paseto.h>
#include <http/url.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ISSUER "https://host.example"
#define ORIGIN "https://app.example"

static const char *base; /* of the second server */
static struct paseto_secret_key host_key;

static int open_second(void **state)
{
	struct paseto_public_key public;
	char text[PASERK_PUBLIC_SIZE];
	struct site *site;

	(void)site_group_setup(state);
	site = *state;
	assert_true(sodium_init() >= 0);
	crypto_sign_keypair(public.bytes, host_key.bytes);
	paserk_format_public(&public, text);
	base = site_open_second(
	    site, (const char *const[]){arena_printf(site_arena(site), "LETHE_HOST_KEY=%s", text),
		      "LETHE_HOST_ISSUER=" ISSUER, "LETHE_CORS_ORIGINS=" ORIGIN, NULL});
	return 0;
}

/* What the host says of ADA, issued now. */
static struct claims host_claims(struct site *site)
{
	int64_t now_us = clock_now_us(&clock_system);

	return (struct claims){
	    .issuer = ISSUER,
	    .audience = "lethe",
	    .subject = site_user_id(site, ADA),
	    .issued_us = now_us - CLOCK_SECOND_US,
	    .expires_us = now_us + 600 * CLOCK_SECOND_US,
	};
}

static const char *sign_with(
    struct site *site, const struct claims *claims, const struct paseto_secret_key *key)
{
	return paseto_sign(site_arena(site), key,
	    paseto_text(claims_write(site_arena(site), claims)), paseto_text(NULL),
	    paseto_text(NULL));
}

static const char *sign_in(struct site *site, const struct claims *claims)
{
	return sign_with(site, claims, &host_key);
}

static const struct http_answer *send_sso(
    struct site *site, const char *at, const char *token, const char *more)
{
	return http_client_send(
	    site_client(site), &(struct http_call){.base = at,
				   .method = "POST",
				   .path = "/sso",
				   .type = "application/x-www-form-urlencoded",
				   .body = arena_printf(site_arena(site), "token=%s%s",
				       http_url_encode(site_arena(site), token), more)});
}

static const struct http_answer *call_with(
    struct site *site, const char *method, const char *path, const char *header, const char *json)
{
	return http_client_send(
	    site_client(site), &(struct http_call){.base = base,
				   .method = method,
				   .path = path,
				   .type = json ? "application/json" : NULL,
				   .body = json,
				   .headers = (const char *const[]){header, NULL}});
}

static const char *bearer(struct site *site, const char *token)
{
	return arena_printf(site_arena(site), "Authorization: Bearer %s", token);
}

/* --- sessions -------------------------------------------------------------------------------- */

static void test_session(void **state)
{
	struct site *site = *state;
	struct claims claims = host_claims(site);
	const struct http_answer *answer =
	    send_sso(site, base, sign_in(site, &claims), "&next=/trash");
	const char *cookie = http_answer_cookie(site_client(site), answer, "session");

	EXPECT(answer, 303, NULL);
	assert_string_equal(http_answer_header(site_client(site), answer, "Location"), "/trash");
	answer = call_with(site, "GET", "/trash",
	    arena_printf(site_arena(site), "Cookie: session=%s", cookie), NULL);
	EXPECT(answer, 200, NULL);
	claims = host_claims(site);
	answer = send_sso(site, base, sign_in(site, &claims), "&next=//evil.example");
	assert_string_equal(http_answer_header(site_client(site), answer, "Location"), "/");
}

/* By the identity provider's id as well. */
static void test_identity_uid(void **state)
{
	struct site *site = *state;
	struct claims claims = host_claims(site);

	claims.subject = "host-42";
	EXPECT(send_sso(site, base, sign_in(site, &claims), ""), 401, NULL);
	site_sql(site, "UPDATE users SET identity_uid = 'host-42' WHERE id = " UUID,
	    site_user_id(site, BEN));
	EXPECT(send_sso(site, base, sign_in(site, &claims), ""), 303, NULL);
	site_sql(
	    site, "UPDATE users SET identity_uid = NULL WHERE id = " UUID, site_user_id(site, BEN));
}

static void test_refused_tokens(void **state)
{
	struct site *site = *state;
	int64_t now_us = clock_now_us(&clock_system);
	struct claims bad[7];
	struct paseto_secret_key other;
	struct paseto_public_key public;
	struct claims good = host_claims(site);

	for (size_t i = 0; i < 7; i++)
		bad[i] = good;
	bad[0].issuer = "https://other.example";
	bad[1].audience = "other";
	bad[2].subject = "01890000-0000-7000-8000-000000000000";
	bad[3].expires_us = now_us - 120 * CLOCK_SECOND_US;
	bad[3].issued_us = now_us - 240 * CLOCK_SECOND_US;
	bad[4].issued_us = now_us + 300 * CLOCK_SECOND_US;
	bad[5].expires_us = now_us + 2 * CLOCK_DAY_US;
	bad[6].expires_us = 0;
	for (size_t i = 0; i < 7; i++) {
		EXPECT(send_sso(site, base, sign_in(site, &bad[i]), ""), 401, NULL);
		EXPECT(call_with(
			   site, "GET", "/api/photos", bearer(site, sign_in(site, &bad[i])), NULL),
		    401, "unauthenticated");
	}
	crypto_sign_keypair(public.bytes, other.bytes);
	EXPECT(send_sso(site, base, sign_with(site, &good, &other), ""), 401, NULL);
	/* Our own access token is not the host's word. */
	EXPECT(send_sso(site, base, site_token(site, ADA), ""), 401, NULL);
	/* A server without the host's key knows none of its tokens. */
	EXPECT(send_sso(site, NULL, sign_in(site, &good), ""), 401, NULL);
}

static void test_bearer(void **state)
{
	struct site *site = *state;
	struct claims claims = host_claims(site);
	const char *token = sign_in(site, &claims);

	EXPECT(call_with(site, "GET", "/api/photos", bearer(site, token), NULL), 200, NULL);
	EXPECT(call_with(site, "GET", "/api/admin/audit", bearer(site, token), NULL), 403, NULL);
	EXPECT(call_with(site, "GET", "/trash", bearer(site, token), NULL), 303, NULL);
}

/* Who has just authenticated at the host need not give a password. */
static void test_fresh_authentication(void **state)
{
	static const char body[] = "{\"purpose\": \"account.delete\"}";
	struct site *site = *state;
	struct claims claims = host_claims(site);

	EXPECT(call_with(site, "POST", "/api/reauth", bearer(site, sign_in(site, &claims)), body),
	    403, "stale_authentication");
	claims.authenticated_us = claims.issued_us - 30 * CLOCK_SECOND_US;
	EXPECT(call_with(site, "POST", "/api/reauth", bearer(site, sign_in(site, &claims)), body),
	    201, NULL);
	claims.authenticated_us = claims.issued_us - 301 * CLOCK_SECOND_US;
	EXPECT(call_with(site, "POST", "/api/reauth", bearer(site, sign_in(site, &claims)), body),
	    403, "stale_authentication");
}

/* --- other origins ---------------------------------------------------------------------------- */

static const char *allowed_origin(struct site *site, const struct http_answer *answer)
{
	return http_answer_header(site_client(site), answer, "Access-Control-Allow-Origin");
}

static void test_cors(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer =
	    call_with(site, "OPTIONS", "/api/photos", "Origin: " ORIGIN, NULL);

	EXPECT(answer, 204, NULL);
	assert_string_equal(allowed_origin(site, answer), ORIGIN);
	assert_non_null(
	    strstr(http_answer_header(site_client(site), answer, "Access-Control-Allow-Headers"),
		"Authorization"));
	answer = call_with(site, "GET", "/api/photos", "Origin: " ORIGIN, NULL);
	EXPECT(answer, 401, NULL);
	assert_string_equal(allowed_origin(site, answer), ORIGIN);
	assert_non_null(http_answer_header(site_client(site), answer, "Vary"));
	/* A browser's own cookies are never meant. */
	assert_null(
	    http_answer_header(site_client(site), answer, "Access-Control-Allow-Credentials"));
}

static void test_cors_of_others(void **state)
{
	static const char *const origins[] = {"Origin: https://other.example",
	    "Origin: http://app.example", "Origin: https://app.example.evil.example",
	    "Origin: https://app.example:8443", "Origin: null"};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		const struct http_answer *answer =
		    call_with(site, "OPTIONS", "/api/photos", origins[i], NULL);
		EXPECT(answer, 204, NULL);
		assert_null(allowed_origin(site, answer));
		assert_null(
		    allowed_origin(site, call_with(site, "GET", "/api/photos", origins[i], NULL)));
	}
	/* Pages are for nobody else, and without a configured origin nothing is. */
	assert_null(
	    allowed_origin(site, call_with(site, "GET", "/login", "Origin: " ORIGIN, NULL)));
	assert_null(allowed_origin(
	    site, site_api_with(site, VISITOR, "Origin: " ORIGIN, NULL, "OPTIONS /api/photos")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_session),
	    SITE_TEST(test_identity_uid),
	    SITE_TEST(test_refused_tokens),
	    SITE_TEST(test_bearer),
	    SITE_TEST(test_fresh_authentication),
	    SITE_TEST(test_cors),
	    SITE_TEST(test_cors_of_others),
	};

	return cmocka_run_group_tests(tests, open_second, site_group_teardown);
}
