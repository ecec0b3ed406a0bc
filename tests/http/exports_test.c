/* exports_test.c - exports over HTTP: who may have one, what it takes to get it, and how it comes.
 */
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct http_answer *ask(struct site *site, enum person who)
{
	const char *token = site_reauth(site, who, "account.export", NULL);

	return site_api_with(site, who, arena_printf(site_arena(site), "X-Reauth-Token: %s", token),
	    NULL, "POST /api/me/export");
}

/* An export of the person's that is ready. */
static const char *make(struct site *site, enum person who)
{
	const struct http_answer *answer;
	const char *id;

	site_forgive_rates(site);
	site_sql(site,
	    "UPDATE exports SET state = 'expired', settled_at = created_at, building_key = NULL"
	    " WHERE state = 'pending'");
	answer = ask(site, who);
	EXPECT(answer, 202, NULL);
	id = arena_dup(site_arena(site), http_answer_text(answer, "id"));
	for (int i = 0; i < 50; i++) {
		site_work(site);
		if (site_number(site, "SELECT state = 'ready' FROM exports WHERE id = " UUID, id))
			return id;
	}
	fail_msg("not ready");
	return NULL;
}

static void test_asking(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;
	const char *id;

	EXPECT(site_api(site, VISITOR, "POST /api/me/export"), 401, NULL);
	EXPECT(site_api(site, BEN, "POST /api/me/export"), 403, "reauth_required");
	EXPECT(site_api_with(site, BEN,
		   arena_printf(site_arena(site), "X-Reauth-Token: %s",
		       site_reauth(site, BEN, "account.delete", NULL)),
		   NULL, "POST /api/me/export"),
	    403, "reauth_required");
	id = make(site, BEN);
	answer = site_api(site, BEN, "GET /api/me/exports/%s", id);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "state"), "ready");
	assert_non_null(http_answer_text(answer, "expires_at"));
	assert_true(json_integer_value(http_answer_member(answer, "bytes")) > 0);
	assert_int_equal(
	    json_integer_value(json_object_get(http_answer_member(answer, "progress"), "done")),
	    json_integer_value(json_object_get(http_answer_member(answer, "progress"), "total")));
	/* One that nobody makes. */
	site_sql(site,
	    "INSERT INTO exports (id, organization_id, user_id, state, created_at)"
	    " SELECT " UUID ", organization_id, user_id, 'pending', created_at FROM exports"
	    " WHERE id = " UUID,
	    site_new_id(site), id);
	EXPECT(ask(site, BEN), 409, "export_pending");
	site_sql(site, "DELETE FROM exports WHERE state = 'pending'");
}

/* Its third and fourth byte, if it is that one still. */
static const struct http_answer *fetch_part(
    struct site *site, enum person who, const char *id, const char *etag)
{
	struct arena *arena = site_arena(site);
	const char *const headers[] = {
	    arena_printf(arena, "Authorization: Bearer %s", site_token(site, who)),
	    "Range: bytes=2-3", arena_printf(arena, "If-Range: %s", etag), NULL};
	const struct http_call call = {.method = "GET",
	    .path = arena_printf(arena, "/api/me/exports/%s/file", id),
	    .headers = headers};

	return http_client_send(site_client(site), &call);
}

static void test_the_file(void **state)
{
	static const enum person others[] = {BEN, ADMIN, PLATFORM, MIA, BIRCH_ADMIN};
	struct site *site = *state;
	const char *id = make(site, ADA), *etag;
	const struct http_answer *answer = site_api(site, ADA, "GET /api/me/exports/%s/file", id);

	EXPECT(answer, 200, NULL);
	assert_memory_equal(answer->body, "PK\3\4", 4);
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Content-Type"), "application/zip");
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Cache-Control"), "private, no-cache");
	assert_non_null(strstr(http_answer_header(site_client(site), answer, "Content-Disposition"),
	    "attachment; filename=\"lethe-export-20"));
	assert_null(http_answer_header(site_client(site), answer, "X-Accel-Redirect"));
	etag = arena_dup(site_arena(site), http_answer_header(site_client(site), answer, "ETag"));
	EXPECT(site_api_with(site, ADA, arena_printf(site_arena(site), "If-None-Match: %s", etag),
		   NULL, "GET /api/me/exports/%s/file", id),
	    304, NULL);
	/* One that broke off goes on where it was, if it is the same still. */
	answer = fetch_part(site, ADA, id, etag);
	EXPECT(answer, 206, NULL);
	assert_int_equal(answer->length, 2);
	assert_memory_equal(answer->body, "\3\4", 2);
	answer = fetch_part(site, ADA, id, "\"0123456789abcdef\"");
	EXPECT(answer, 200, NULL);
	assert_memory_equal(answer->body, "PK\3\4", 4);
	EXPECT(fetch_part(site, BEN, id, etag), 404, "not_found");
	EXPECT(site_page(site, ADA, "GET /account/exports/%s/file", id), 200, NULL);
	EXPECT(site_api(site, VISITOR, "GET /api/me/exports/%s/file", id), 401, NULL);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		EXPECT(
		    site_api(site, others[i], "GET /api/me/exports/%s/file", id), 404, "not_found");
		EXPECT(site_api(site, others[i], "GET /api/me/exports/%s", id), 404, "not_found");
		EXPECT(site_page(site, others[i], "GET /account/exports/%s/file", id), 404, NULL);
	}
	EXPECT(site_api(site, ADA, "GET /api/me/exports/none/file"), 404, "not_found");
}

static void test_its_end(void **state)
{
	struct site *site = *state;
	const char *id = make(site, ADA), *photo;
	const struct http_answer *answer;

	site_sql(site, "UPDATE exports SET expires_at = created_at WHERE id = " UUID, id);
	EXPECT(site_api(site, ADA, "GET /api/me/exports/%s/file", id), 410, "export_expired");
	answer = site_page(site, ADA, "GET /account/export");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "has expired and is gone"));
	photo = site_photo(site, ADA, "Gone");
	id = make(site, ADA);
	assert_non_null(strstr(site_page(site, ADA, "GET /account")->body, "Download the export"));
	site_archive(site, ADA, photo);
	EXPECT(site_api_with(site, ADMIN,
		   arena_printf(site_arena(site), "X-Reauth-Token: %s",
		       site_reauth(site, ADMIN, "photo.permanent", photo)),
		   "{'confirm_text': 'DELETE'}", "DELETE /api/photos/%s/permanent", photo),
	    200, NULL);
	site_work(site);
	EXPECT(site_api(site, ADA, "GET /api/me/exports/%s/file", id), 410, "export_discarded");
	answer = site_page(site, ADA, "GET /account/export");
	assert_non_null(strstr(answer->body, "Your export was discarded"));
	assert_null(strstr(answer->body, "Download the export"));
}

/* The page's way: its button, the password, and it is on its way. */
static void test_the_page(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;
	int64_t before;

	site_forgive_rates(site);
	site_sql(site,
	    "UPDATE exports SET state = 'expired', settled_at = created_at, building_key = NULL"
	    " WHERE state = 'pending'");
	before = site_number(site, "SELECT COUNT(*) FROM exports");
	answer = site_form(site, SHOP, "", "POST /account/export");
	EXPECT(answer, 303, NULL);
	assert_non_null(
	    strstr(http_answer_header(site_client(site), answer, "Location"), "/reauth?act="));
	assert_int_equal(site_number(site, "SELECT COUNT(*) FROM exports"), before);
	answer = site_form(site, SHOP,
	    arena_printf(site_arena(site), "act=%s&password=" SITE_PASSWORD,
		strstr(http_answer_header(site_client(site), answer, "Location"), "act=") + 4),
	    "POST /reauth");
	EXPECT(answer, 303, NULL);
	assert_string_equal(http_answer_header(site_client(site), answer, "Location"),
	    "/account/export?done=export_started");
	assert_int_equal(site_number(site, "SELECT COUNT(*) FROM exports"), before + 1);
}

/* An account in its grace may still take its data along. */
static void test_in_the_grace(void **state)
{
	struct site *site = *state;
	const char *id = make(site, CREATOR);

	EXPECT(site_page(site, CREATOR, "GET /account"), 200, NULL);
	site_sql(site,
	    "UPDATE users SET deletion_status = 'SCHEDULED', deletion_scheduled_for = '2099-01-01'"
	    " WHERE email = '%s'",
	    site_email(CREATOR));
	EXPECT(site_api(site, CREATOR, "GET /api/photos"), 403, "account_scheduled");
	EXPECT(site_api(site, CREATOR, "GET /api/me/exports/%s", id), 200, NULL);
	EXPECT(site_api(site, CREATOR, "GET /api/me/exports/%s/file", id), 200, NULL);
	EXPECT(site_page(site, CREATOR, "GET /account/export"), 200, NULL);
	EXPECT(site_page(site, CREATOR, "GET /account/exports/%s/file", id), 200, NULL);
	EXPECT(ask(site, CREATOR), 202, NULL);
	site_sql(site,
	    "UPDATE users SET deletion_status = NULL, deletion_scheduled_for = NULL"
	    " WHERE email = '%s'",
	    site_email(CREATOR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_asking),
	    SITE_TEST(test_the_file),
	    SITE_TEST(test_its_end),
	    SITE_TEST(test_the_page),
	    SITE_TEST(test_in_the_grace),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
