/* shares_test.c - links to photos: whom they show what, and how they die. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect_dead(struct site *site, const char *token)
{
	const struct http_answer *answer = site_page(site, VISITOR, "GET /s/%s", token);

	EXPECT(answer, 410, NULL);
	/* Never who or why. */
	assert_null(strstr(answer->body, "Ada"));
	assert_null(strstr(answer->body, "Secret title"));
	assert_null(strstr(answer->body, "eleted"));
	EXPECT(site_page(site, VISITOR, "GET /s/%s/file", token), 410, NULL);
}

static void expect_live(struct site *site, const char *token)
{
	EXPECT(site_page(site, VISITOR, "GET /s/%s", token), 200, NULL);
	EXPECT(site_page(site, VISITOR, "GET /s/%s/file", token), 200, NULL);
}

static void test_link(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Secret title");
	const struct http_answer *answer = site_api(site, ADA, "POST /api/photos/%s/shares", photo);
	const char *token = http_answer_text(answer, "token");

	EXPECT(answer, 201, NULL);
	assert_string_equal(http_answer_text(answer, "url"),
	    arena_printf(site_arena(site), "%s/s/%s", site_config(site)->base_url, token));
	expect_live(site, token);
	answer = site_page(site, VISITOR, "GET /s/%s", token);
	assert_non_null(strstr(answer->body, "Secret title"));
	/* Only its hash is kept. */
	assert_int_equal(
	    site_number(site,
		"SELECT COUNT(*) FROM photo_shares WHERE token_hash = CAST('%.32s' AS BINARY)",
		token),
	    0);
}

static void test_dies_with_deletion(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Secret title");
	const char *token = site_share(site, ADA, photo, NULL);

	(void)site_delete(site, ADA, photo);
	expect_dead(site, token);
	/* A link, once dead, stays dead. */
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 200, NULL);
	expect_dead(site, token);
	expect_live(site, site_share(site, ADA, photo, NULL));
}

static void test_dies_with_archiving(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Secret title");
	const char *token = site_share(site, ADA, photo, NULL);

	site_archive(site, ADA, photo);
	expect_dead(site, token);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/shares", photo), 409, "already_archived");
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 200, NULL);
	expect_dead(site, token);
}

static void test_dies_with_original(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Original");
	const char *token = site_share(site, ADA, site_derivative(site, ADA, photo), NULL);

	expect_live(site, token);
	(void)site_delete(site, ADA, photo);
	expect_dead(site, token);
}

static void test_revoked(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Secret title");
	const char *other = site_photo(site, ADA, "Other");
	const char *id = NULL;
	const char *token = site_share(site, ADA, photo, &id);

	/* Under another photo's address there is no such share. */
	EXPECT(site_api(site, ADA, "DELETE /api/photos/%s/shares/%s", other, id), 404, NULL);
	expect_live(site, token);
	EXPECT(site_api(site, ADA, "DELETE /api/photos/%s/shares/%s", photo, id), 204, NULL);
	EXPECT(site_api(site, ADA, "DELETE /api/photos/%s/shares/%s", photo, id), 204, NULL);
	expect_dead(site, token);
}

static void test_expired(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Secret title");
	const char *id = NULL;
	const char *token = site_share(site, ADA, photo, &id);

	site_sql(
	    site, "UPDATE photo_shares SET expires_at = UTC_TIMESTAMP(6) WHERE id = " UUID, id);
	expect_dead(site, token);
	EXPECT_FIELD(site_api_json(site, ADA, "{'expires_at': '2020-01-01T00:00:00Z'}",
			 "POST /api/photos/%s/shares", photo),
	    400, NULL, "expires_at");
	EXPECT_FIELD(
	    site_api_json(site, ADA, "{'expires_at': 'soon'}", "POST /api/photos/%s/shares", photo),
	    400, "invalid_input", "expires_at");
	EXPECT(site_api_json(site, ADA, "{'expires_at': '2199-01-01T00:00:00+02:00'}",
		   "POST /api/photos/%s/shares", photo),
	    201, NULL);
}

static void test_purged(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Secret title");
	const char *token = site_share(site, ADA, photo, NULL);

	(void)site_delete(site, ADA, photo);
	EXPECT(site_api_with(site, ADMIN,
		   arena_printf(site_arena(site), "X-Reauth-Token: %s",
		       site_reauth(site, ADMIN, "photo.permanent", photo)),
		   "{'confirm_text': 'DELETE'}", "DELETE /api/photos/%s/permanent", photo),
	    200, NULL);
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM photos WHERE id = " UUID, photo), 0);
	expect_dead(site, token);
}

static void test_unknown(void **state)
{
	static const char *const tokens[] = {"x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%F0%9F%8C%B3", "..."};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		EXPECT(site_page(site, VISITOR, "GET /s/%s", tokens[i]), 404, NULL);
		EXPECT(site_page(site, VISITOR, "GET /s/%s/file", tokens[i]), 404, NULL);
	}
}

/* nginx writes the path down, but not the token. */
static void test_token_is_not_logged(void **state)
{
	struct site *site = *state;
	const char *token = site_share(site, ADA, site_photo(site, ADA, "x"), NULL);

	expect_live(site, token);
	site_await_in_logs(site, "\"path\":\"/s/-\"");
	assert_int_equal(site_find_in_logs(site, token), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_link),
	    SITE_TEST(test_dies_with_deletion),
	    SITE_TEST(test_dies_with_archiving),
	    SITE_TEST(test_dies_with_original),
	    SITE_TEST(test_revoked),
	    SITE_TEST(test_expired),
	    SITE_TEST(test_purged),
	    SITE_TEST(test_unknown),
	    SITE_TEST(test_token_is_not_logged),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
