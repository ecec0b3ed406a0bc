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
		      "LETHE_HOST_ISSUER=" ISSUER, "LETHE_HOST_SIGN_IN=" ISSUER "/sign-in",
		      "LETHE_CORS_ORIGINS=" ORIGIN, NULL});
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

/* --- pages, without a password ---------------------------------------------------------------- */

/* Somebody whom only the host knows, signed in by its word. */
struct guest {
	const char *id;
	const char *cookie; /* header */
	const char *csrf;
};

static const char *make_guest(struct site *site)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, created_at) "
	    "SELECT " UUID
	    ", organization_id, '%s@alder.example', 'Hosted', 'member', created_at FROM users"
	    " WHERE email = '%s'",
	    id, id, site_email(ADA));
	return id;
}

static const struct http_answer *see(struct site *site, const struct guest *guest, const char *path)
{
	return call_with(site, "GET", path, guest->cookie, NULL);
}

/* `age_s`: how long ago they authenticated at the host; less than 0: it does not say. */
static struct guest come_again(
    struct site *site, const char *id, int age_s, const char *next, const char *old)
{
	struct claims claims = host_claims(site);
	struct guest guest = {.id = id};
	const struct http_answer *answer;
	const char *field;

	claims.subject = id;
	if (age_s >= 0)
		claims.authenticated_us = clock_now_us(&clock_system) - age_s * CLOCK_SECOND_US;
	answer = http_client_send(
	    site_client(site), &(struct http_call){.base = base,
				   .method = "POST",
				   .path = "/sso",
				   .type = "application/x-www-form-urlencoded",
				   .headers = (const char *const[]){old, NULL},
				   .body = arena_printf(site_arena(site), "token=%s&next=%s",
				       http_url_encode(site_arena(site), sign_in(site, &claims)),
				       http_url_encode(site_arena(site), next))});
	EXPECT(answer, 303, NULL);
	assert_string_equal(http_answer_header(site_client(site), answer, "Location"), next);
	guest.cookie = arena_printf(site_arena(site), "Cookie: session=%s",
	    http_answer_cookie(site_client(site), answer, "session"));
	field = strstr(see(site, &guest, "/help")->body, "name=\"csrf\" value=\"");
	assert_non_null(field);
	field += strlen("name=\"csrf\" value=\"");
	guest.csrf = arena_printf(site_arena(site), "%.*s", (int)strcspn(field, "\""), field);
	return guest;
}

static struct guest come_in(struct site *site, const char *id, int age_s, const char *next)
{
	return come_again(site, id, age_s, next, NULL);
}

static const struct http_answer *send_form(
    struct site *site, const struct guest *guest, const char *path, const char *fields)
{
	return http_client_send(site_client(site),
	    &(struct http_call){.base = base,
		.method = "POST",
		.path = path,
		.type = "application/x-www-form-urlencoded",
		.body = arena_printf(site_arena(site), "csrf=%s%s", guest->csrf, fields),
		.headers = (const char *const[]){guest->cookie, NULL}});
}

static const char *location(struct site *site, const struct http_answer *answer)
{
	EXPECT(answer, 303, NULL);
	return http_answer_header(site_client(site), answer, "Location");
}

static int64_t exports_of(struct site *site, const char *id)
{
	return site_number(site, "SELECT COUNT(*) FROM exports WHERE user_id = " UUID, id);
}

static bool shows(const struct http_answer *answer, const char *text)
{
	return strstr(answer->body, text) != NULL;
}

/* The way to the host and back: what was begun is done in the session that comes back. */
static void test_proof_by_the_host_on_pages(void **state)
{
	struct site *site = *state;
	const char *id = make_guest(site), *way, *act;
	struct guest guest = come_in(site, id, -1, "/account/export"), back, other;
	const struct http_answer *answer;

	way = location(site, send_form(site, &guest, "/account/export", ""));
	assert_int_equal(strncmp(way, "/reauth?act=", 12), 0);
	act = arena_printf(site_arena(site), "&act=%s", way + 12);
	answer = see(site, &guest, way);
	EXPECT(answer, 200, NULL);
	assert_true(shows(answer, "get an export of your data"));
	assert_true(shows(answer, ISSUER "/sign-in?next=%2Freauth%3Fact%3D"));
	assert_true(shows(answer, "&amp;prompt=login\""));
	assert_false(shows(answer, "name=\"password\""));
	answer = send_form(site, &guest, "/reauth", act);
	EXPECT(answer, 403, NULL);
	assert_true(shows(answer, "Please sign in again at the application"));
	/* Not somebody else's. */
	other = come_in(site, make_guest(site), 0, "/");
	EXPECT(see(site, &other, way), 410, NULL);
	EXPECT(send_form(site, &other, "/reauth", act), 410, NULL);
	back = come_in(site, id, 1, way);
	answer = see(site, &back, way);
	EXPECT(answer, 200, NULL);
	assert_false(shows(answer, "/sign-in?next="));
	EXPECT(send_form(site, &back, "/reauth", act), 303, NULL);
	assert_int_equal(exports_of(site, id), 1);
	EXPECT(send_form(site, &back, "/reauth", act), 410, NULL);
}

/* A host that did not ask, but answered with the sign-in that it knew, or does not say when that
 * was: what was begun still waits, and the host is asked once more. */
static void test_host_that_did_not_ask(void **state)
{
	static const int ages_s[] = {360, -1, 1000};
	struct site *site = *state;
	const char *id = make_guest(site), *way, *act;
	struct guest early = come_in(site, id, 400, "/");
	struct guest guest = come_in(site, id, -1, "/account/export"), back;
	const struct http_answer *answer;

	way = location(site, send_form(site, &guest, "/account/export", ""));
	act = arena_printf(site_arena(site), "&act=%s", way + 12);
	for (int i = 0; i < 3; i++) {
		back = come_again(site, id, ages_s[i], way, i == 2 ? back.cookie : NULL);
		answer = see(site, &back, way);
		EXPECT(answer, 200, NULL);
		assert_true(shows(answer, "get an export of your data"));
		assert_true(shows(answer, "&amp;prompt=login\""));
		EXPECT(send_form(site, &back, "/reauth", act), 403, NULL);
	}
	assert_int_equal(exports_of(site, id), 0);
	/* A browser that was signed in before has not come back from anywhere. */
	EXPECT(see(site, &early, way), 410, NULL);
	back = come_in(site, id, 1, way);
	EXPECT(send_form(site, &back, "/reauth", act), 303, NULL);
	assert_int_equal(exports_of(site, id), 1);
	EXPECT(send_form(site, &back, "/reauth", act), 410, NULL);
}

/* Where the host is of the same site, the browser brings its old session along, which ends. */
static void test_proof_replaces_the_session(void **state)
{
	struct site *site = *state;
	const char *id = make_guest(site), *way;
	struct guest guest = come_in(site, id, -1, "/account/export"), back, mixed;
	const struct http_answer *answer;

	way = location(site, send_form(site, &guest, "/account/export", ""));
	back = come_again(site, id, 1, way, guest.cookie);
	/* The page that was open before has the old session's token: it comes back with a good one.
	 */
	mixed = (struct guest){
	    .cookie = arena_printf(site_arena(site), "%s\r\nOrigin: %s", back.cookie, base),
	    .csrf = guest.csrf};
	answer =
	    send_form(site, &mixed, "/reauth", arena_printf(site_arena(site), "&act=%s", way + 12));
	EXPECT(answer, 403, NULL);
	assert_true(shows(answer, "You have signed in anew"));
	assert_true(shows(answer, "Confirm and go on"));
	assert_true(shows(answer, back.csrf));
	assert_int_equal(exports_of(site, id), 0);
	EXPECT(see(site, &guest, way), 303, NULL);
	EXPECT(see(site, &back, way), 200, NULL);
	EXPECT(
	    send_form(site, &back, "/reauth", arena_printf(site_arena(site), "&act=%s", way + 12)),
	    303, NULL);
	assert_int_equal(exports_of(site, id), 1);
}

/* So it is in the session that the host's word began. */
static void test_fresh_session_of_the_api(void **state)
{
	static const char body[] = "{\"purpose\": \"account.delete\"}";
	static const struct {
		int age_s; /* less than 0: it does not say */
		long status;
		const char *code;
	} cases[] = {
	    {0, 201, NULL}, {301, 403, "stale_authentication"}, {-1, 400, "missing_password"}};
	struct site *site = *state;
	const char *id = make_guest(site);

	for (size_t i = 0; i < 3; i++) {
		struct guest guest = come_in(site, id, cases[i].age_s, "/");
		EXPECT(http_client_send(site_client(site),
			   &(struct http_call){.base = base,
			       .method = "POST",
			       .path = "/api/reauth",
			       .type = "application/json",
			       .body = body,
			       .headers = (const char *const[]){guest.cookie,
				   arena_printf(site_arena(site), "X-CSRF-Token: %s", guest.csrf),
				   NULL}}),
		    cases[i].status, cases[i].code);
	}
}

/* Who comes from there just now is not sent back. */
static void test_fresh_from_the_host(void **state)
{
	struct site *site = *state;
	struct guest guest = come_in(site, make_guest(site), 0, "/account/delete");

	assert_true(shows(see(site, &guest, "/account/delete"), "It is done at once"));
	assert_string_equal(
	    location(site, send_form(site, &guest, "/account/delete", "&phrase=delete+my+account")),
	    "/account/deletion");
	assert_string_equal(
	    site_text(site, "SELECT deletion_status FROM users WHERE id = " UUID, guest.id),
	    "SCHEDULED");
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM mail_outbox WHERE template = 'account_confirm' "
			     "AND user_id = " UUID,
			     guest.id),
	    0);
}

/* What the pages of such acts promise is what will come: nothing, the password, or the host. */
static void test_pages_say_what_is_asked(void **state)
{
	static const char *const asked[] = {"It is done at once: you have just signed in",
	    "You will be asked for your password next",
	    "You will be asked to sign in again by the other application next"};
	struct site *site = *state;
	struct arena *arena = site_arena(site);
	const char *id = make_guest(site), *photo = site_photo(site, ADA, "Gone");
	const char *pages[] = {arena_printf(arena, "/photos/%s/permanent", photo),
	    arena_printf(
		arena, "/admin/organizations/%s/delete?step=name", site_organization_id(site, MIA)),
	    arena_printf(arena, "/admin/users/%s/delete", site_user_id(site, BEN)),
	    "/account/export", "/account"};
	struct guest guest;

	(void)site_delete(site, ADA, photo);
	site_sql(site, "UPDATE users SET role = 'platform_admin' WHERE id = " UUID, id);
	for (size_t way = 0; way < 3; way++) {
		site_sql(site,
		    "UPDATE users u JOIN users a ON a.email = '%s' SET u.password_hash ="
		    " IF(%d, a.password_hash, NULL) WHERE u.id = " UUID,
		    site_email(ADA), way < 2, id);
		guest = come_in(site, id, way == 0 ? 0 : 301, "/");
		for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
			for (size_t other = 0; other < 3; other++)
				assert_int_equal(
				    shows(see(site, &guest, pages[i]), asked[other]), other == way);
		assert_int_equal(shows(see(site, &guest, pages[1]), "Step 2 of 3"), way != 0);
		assert_int_equal(shows(see(site, &guest, pages[1]), "Step 3."), way != 0);
	}
	site_sql(site, "UPDATE users SET role = 'member' WHERE id = " UUID, id);
}

/* With a password it is asked for all the same, once that is long ago. */
static void test_password_after_the_host(void **state)
{
	struct site *site = *state;
	struct guest guest = come_in(site, make_guest(site), 301, "/");
	const char *way = location(site, send_form(site, &guest, "/account/export", ""));
	const struct http_answer *answer;

	site_sql(site,
	    "UPDATE users u JOIN users a ON a.email = '%s' SET u.password_hash = a.password_hash"
	    " WHERE u.id = " UUID,
	    site_email(ADA), guest.id);
	answer = see(site, &guest, way);
	assert_true(shows(answer, "name=\"password\""));
	assert_false(shows(answer, "/sign-in?next="));
	answer = send_form(
	    site, &guest, "/reauth", arena_printf(site_arena(site), "&act=%s&password=", way + 12));
	EXPECT(answer, 400, NULL);
	assert_true(shows(answer, "Please enter your password"));
	assert_int_equal(exports_of(site, guest.id), 0);
	answer = see(site, &(struct guest){.cookie = "X-Nothing: 1"}, "/login?next=/trash");
	assert_true(shows(answer, ISSUER "/sign-in?next=%2Ftrash"));
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
	    SITE_TEST(test_proof_by_the_host_on_pages),
	    SITE_TEST(test_host_that_did_not_ask),
	    SITE_TEST(test_proof_replaces_the_session),
	    SITE_TEST(test_fresh_session_of_the_api),
	    SITE_TEST(test_fresh_from_the_host),
	    SITE_TEST(test_pages_say_what_is_asked),
	    SITE_TEST(test_password_after_the_host),
	    SITE_TEST(test_cors),
	    SITE_TEST(test_cors_of_others),
	};

	return cmocka_run_group_tests(tests, open_second, site_group_teardown);
}
