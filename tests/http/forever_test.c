/* forever_test.c - deleting photos forever: the typed word, the second proof, and nothing left. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CONFIRM "{'confirm_text': 'DELETE'}"

static const char *proof(struct site *site, enum person who, const char *photo)
{
	return arena_printf(site_arena(site), "X-Reauth-Token: %s",
	    site_reauth(site, who, "photo.permanent", photo));
}

static const struct http_answer *delete_forever(
    struct site *site, enum person who, const char *header, const char *photo)
{
	return site_api_with(site, who, header, CONFIRM, "DELETE /api/photos/%s/permanent", photo);
}

static void expect_nothing_left(struct site *site, const char *photo)
{
	static const char *const tables[][2] = {{"photos", "id"}, {"photos", "original_id"},
	    {"photo_tags", "photo_id"}, {"photo_shares", "photo_id"}, {"photo_notes", "photo_id"},
	    {"files", "owner_id"}};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (site_number(site, "SELECT COUNT(*) FROM %s WHERE %s = " UUID, tables[i][0],
			tables[i][1], photo) != 0)
			fail_msg("%s of the photo are left", tables[i][0]);
	for (enum person who = ADA; who < PERSON_COUNT; who++) {
		EXPECT(site_api(site, who, "GET /api/photos/%s", photo), 404, NULL);
		EXPECT(site_api(site, who, "GET /api/photos/%s/file", photo), 404, NULL);
	}
}

static void test_trashed(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo_in(site, ADA, "To the end", "tags", "one, two");
	const char *deletion;
	const char *key;
	const struct http_answer *answer;

	(void)site_derivative(site, ADA, photo);
	(void)site_share(site, ADA, photo, NULL);
	key = site_text(site,
	    "SELECT storage_key FROM files WHERE part = 'original' AND owner_id = " UUID, photo);
	deletion = site_delete(site, ADA, photo);
	answer = delete_forever(site, ADMIN, proof(site, ADMIN, photo), photo);
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "counts.photo"), 2);
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
	expect_nothing_left(site, photo);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 410, NULL);
	/* The objects go by the queue. */
	site_work(site);
	assert_int_equal(
	    site_number(
		site, "SELECT COUNT(*) FROM storage_cleanup_queue WHERE storage_key = '%s'", key),
	    0);
	assert_false(site_has_object(site, key));
}

static void test_archived(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "To the end");

	site_archive(site, ADA, photo);
	EXPECT(delete_forever(site, ADMIN, proof(site, ADMIN, photo), photo), 200, NULL);
	expect_nothing_left(site, photo);
}

static void test_live_is_refused(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Live");

	EXPECT(delete_forever(site, ADMIN, proof(site, ADMIN, photo), photo), 400,
	    "not_archived_or_trashed");
	/* Said before anybody has to prove who they are, by the page as well. */
	EXPECT(site_api_json(site, ADMIN, CONFIRM, "DELETE /api/photos/%s/permanent", photo), 400,
	    "not_archived_or_trashed");
	EXPECT(site_form(site, ADMIN, "confirm_text=DELETE", "POST /photos/%s/permanent", photo),
	    400, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
}

static void test_typed_word(void **state)
{
	static const char *const bodies[] = {"{'confirm_text': 'delete'}", "{'confirm_text': ''}",
	    "{'confirm_text': 'DELETE '}", "{'confirm_text': 'DELETED'}", "{'confirm_text': null}",
	    "{'confirm_text': true}", "{}"};
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Archived");

	site_archive(site, ADA, photo);
	/* Said before anybody has to prove who they are. */
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		EXPECT_FIELD(
		    site_api_json(site, ADMIN, bodies[i], "DELETE /api/photos/%s/permanent", photo),
		    400, NULL, "confirm_text");
	EXPECT(site_api(site, ADMIN, "DELETE /api/photos/%s/permanent", photo), 400, NULL);
	EXPECT(site_api_json(site, ADMIN, CONFIRM, "DELETE /api/photos/%s/permanent", photo), 403,
	    "reauth_required");
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 200, NULL);
}

/* The page marks the field at fault, and names what says why. */
static void test_field_at_fault(void **state)
{
	static const char mark[] = "aria-invalid=\"true\" aria-describedby=\"form-error\"";
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Archived");
	const struct http_answer *answer;

	answer = site_form(site, ADA, "days=0", "POST /photos/%s/shares", photo);
	EXPECT(answer, 400, NULL);
	assert_non_null(strstr(answer->body, "id=\"form-error\""));
	assert_non_null(strstr(strstr(answer->body, "name=\"days\""), mark));
	site_archive(site, ADA, photo);
	answer = site_page(site, ADMIN, "GET /photos/%s/permanent", photo);
	assert_null(strstr(answer->body, "aria-invalid"));
	answer = site_form(site, ADMIN, "confirm_text=delete", "POST /photos/%s/permanent", photo);
	EXPECT(answer, 400, NULL);
	assert_non_null(strstr(answer->body, "id=\"form-error\""));
	assert_non_null(strstr(strstr(answer->body, "name=\"confirm_text\""), mark));
	assert_null(strstr(strstr(answer->body, "name=\"reason\""), mark));
}

/* Were the photo there once more, the same proof would not serve again. */
static void test_proof_serves_once(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Archived");
	const char *header = proof(site, ADMIN, photo);

	site_archive(site, ADA, photo);
	EXPECT(delete_forever(site, ADMIN, header, photo), 200, NULL);
	site_sql(site,
	    "INSERT INTO photos (id, organization_id, uploader_id, status, archived_at, "
	    "purge_after,"
	    " bytes, created_at) VALUES (" UUID ", " UUID ", " UUID
	    ", 'approved', '2026-01-01', '2199-01-01', 1, '2026-01-01')",
	    photo, site_organization_id(site, ADA), site_user_id(site, ADA));
	EXPECT(delete_forever(site, ADMIN, header, photo), 403, "reauth_required");
	EXPECT(delete_forever(site, ADMIN, proof(site, ADMIN, photo), photo), 200, NULL);
}

/* While purging is paused the rest waits, but the photo is gone for everybody at once. */
static void test_while_paused(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Archived");

	site_archive(site, ADA, photo);
	site_sql(site, "UPDATE installation SET purge_paused_at = UTC_TIMESTAMP(6)");
	EXPECT(delete_forever(site, ADMIN, proof(site, ADMIN, photo), photo), 200, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADMIN, "POST /api/photos/%s/restore", photo), 410, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 404, NULL);
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM photos WHERE id = " UUID, photo), 1);
	site_sql(site, "UPDATE installation SET purge_paused_at = NULL");
	site_work(site);
	expect_nothing_left(site, photo);
}

static void test_page(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Archived");
	const struct http_answer *answer;

	site_archive(site, ADA, photo);
	answer = site_page(site, ADMIN, "GET /photos/%s/permanent", photo);
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "confirm_text"));
	answer = site_form(site, ADMIN, "confirm_text=nope&reason=Kept%20in%20the%20form",
	    "POST /photos/%s/permanent", photo);
	EXPECT(answer, 400, NULL);
	EXPECT(site_form(site, ADA, "confirm_text=DELETE", "POST /photos/%s/permanent", photo), 403,
	    NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 200, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_trashed),
	    SITE_TEST(test_archived),
	    SITE_TEST(test_live_is_refused),
	    SITE_TEST(test_typed_word),
	    SITE_TEST(test_field_at_fault),
	    SITE_TEST(test_proof_serves_once),
	    SITE_TEST(test_while_paused),
	    SITE_TEST(test_page),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
