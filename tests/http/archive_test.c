/* archive_test.c - archiving and moderation of photos, and which refusal comes first. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOBODY "01890000-0000-7000-8000-000000000000"

static void test_archiving(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "To archive");
	const char *derivative = site_derivative(site, ADA, photo);
	const struct http_answer *answer =
	    site_api_json(site, ADA, "{'reason': 'Old'}", "POST /api/photos/%s/archive", photo);

	EXPECT(answer, 200, NULL);
	assert_non_null(http_answer_text(answer, "archived_at"));
	assert_string_equal(http_answer_text(answer, "archived_by"), site_user_id(site, ADA));
	assert_string_equal(http_answer_text(answer, "archive_reason"), "Old");
	assert_non_null(http_answer_text(answer, "purge_after"));
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/archive", photo), 409, "already_archived");
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s/file", photo), 404, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", derivative), 404, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 200, NULL);
	answer = site_api(site, ADA, "POST /api/photos/%s/restore", photo);
	EXPECT(answer, 200, NULL);
	assert_null(http_answer_text(answer, "archived_at"));
	assert_null(http_answer_text(answer, "purge_after"));
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", derivative), 200, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 409, NULL);
}

static void test_archiving_the_deleted(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Deleted");
	const char *deletion = site_delete(site, ADA, photo);
	const struct http_answer *answer =
	    site_api(site, ADA, "POST /api/photos/%s/archive", photo);

	EXPECT(answer, 409, "already_deleted");
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
}

static void test_bulk_archive(void **state)
{
	struct site *site = *state;
	const char *one = site_photo(site, ADA, "One");
	const char *two = site_photo(site, ADA, "Two");
	const char *hers = site_photo(site, BEN, "Ben's");
	const char *made = site_derivative(site, ADA, one);
	const struct http_answer *answer;

	(void)site_derivative(site, ADA, one);
	/* Rows really changed: what went along counts, named or not; what is named twice, once. */
	answer = site_api_json(site, ADA,
	    arena_printf(site_arena(site), "{'ids': ['%s', '%s', '%s', '%s', '%s']}", two, one,
		hers, made, two),
	    "POST /api/photos/bulk-archive");
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "photo_count"), 4);
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM photos WHERE archive_batch_id = " UUID,
		http_answer_text(answer, "batch_id")),
	    4);
	assert_int_equal(
	    site_number(site, "SELECT photo_count FROM archive_batches WHERE id = " UUID,
		http_answer_text(answer, "batch_id")),
	    4);
	answer = site_api_json(site, ADA, arena_printf(site_arena(site), "{'ids': ['%s']}", two),
	    "POST /api/photos/bulk-archive");
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "photo_count"), 0);
	assert_null(http_answer_text(answer, "batch_id"));
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", hers), 200, NULL);
}

/* What somebody said on restoring it stands in the trail, of whatever it came back from. */
static void test_reason_of_a_restore(void **state)
{
	struct site *site = *state;
	const char *photos[] = {site_photo(site, ADA, "One"), site_photo(site, ADA, "Two"),
	    site_photo(site, ADA, "Three"), site_photo(site, ADA, "Four")};
	const char *two_ids = arena_printf(site_arena(site),
	    "{'ids': ['%s', '%s'], 'reason': 'They were fine'}", photos[2], photos[3]);
	const struct http_answer *answer;

	(void)site_delete(site, ADA, photos[0]);
	site_archive(site, ADA, photos[1]);
	(void)site_delete(site, ADA, photos[2]);
	site_archive(site, ADA, photos[3]);
	EXPECT(site_api_json(site, ADA, "{'reason': 'They were fine'}",
		   "POST /api/photos/%s/restore", photos[0]),
	    200, NULL);
	EXPECT(site_api_json(site, ADA, "{'reason': 'They were fine'}",
		   "POST /api/photos/%s/restore", photos[1]),
	    200, NULL);
	EXPECT(site_api_json(site, ADA, two_ids, "POST /api/photos/bulk-restore"), 200, NULL);
	for (int i = 0; i < 4; i++) {
		answer = site_api(
		    site, ADMIN, "GET /api/admin/audit?action=photo.restore&item_id=%s", photos[i]);
		assert_non_null(http_answer_text(answer, "items.0.reason"));
		assert_string_equal(http_answer_text(answer, "items.0.reason"), "They were fine");
	}
	answer =
	    site_api_json(site, ADA, "{'reason': 7}", "POST /api/photos/%s/restore", photos[0]);
	EXPECT(answer, 400, NULL);
	assert_string_equal(http_answer_text(answer, "field"), "reason");
}

/* Of several selected on the page of the archive, what can come back does; the rest stays. */
static void test_restore_selected(void **state)
{
	struct site *site = *state;
	const char *one = site_photo(site, ADA, "One"), *two = site_photo(site, ADA, "Two");
	const char *hers = site_photo(site, BEN, "Ben's");
	const char *fields = arena_printf(site_arena(site),
	    "ids=%s&ids=%s&ids=%s&next=%%2Ftrash%%3Ftab%%3Darchived", one, hers, two);
	const struct http_answer *answer;

	EXPECT(site_api(site, ADA, "POST /api/photos/%s/archive", one), 200, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/archive", two), 200, NULL);
	EXPECT(site_api(site, BEN, "POST /api/photos/%s/archive", hers), 200, NULL);
	answer = site_page(site, ADA, "GET /trash?tab=archived");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "action=\"/photos/restore\""));
	assert_non_null(strstr(answer->body,
	    arena_printf(site_arena(site), "name=\"ids\" value=\"%s\" form=\"selection\"", one)));
	answer = site_form(site, ADA, fields, "POST /photos/restore");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "Restored: 2 photos."));
	assert_non_null(strstr(answer->body, "There is no such photo"));
	assert_non_null(strstr(answer->body, "href=\"/trash?tab=archived\""));
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", one), 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", two), 200, NULL);
	assert_non_null(
	    http_answer_text(site_api(site, BEN, "GET /api/photos/%s", hers), "archived_at"));
	EXPECT(site_form(site, ADA, fields, "POST /photos/restore"), 409, NULL);
	answer = site_form(
	    site, ADMIN, arena_printf(site_arena(site), "ids=%s", hers), "POST /photos/restore");
	EXPECT(answer, 303, NULL);
	EXPECT(site_form(site, ADA, "", "POST /photos/restore"), 400, NULL);
}

/* At the end of the retention, whether the worker has come or not. */
static void test_retention_is_over(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Kept for a month");
	const char *one = arena_printf(site_arena(site), "{'ids': ['%s']}", photo);
	const struct http_answer *answer;

	site_archive(site, ADA, photo);
	assert_non_null(strstr(site_page(site, ADA, "GET /photos/%s", photo)->body, ">Restore<"));
	site_sql(site, "UPDATE photos SET purge_after = UTC_TIMESTAMP(6) WHERE id = " UUID, photo);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 410, "window_closed");
	EXPECT(site_api(site, ADMIN, "POST /api/photos/%s/restore", photo), 410, "window_closed");
	EXPECT(site_api(site, BEN, "POST /api/photos/%s/restore", photo), 404, NULL);
	EXPECT(site_form(site, ADA, "", "POST /photos/%s/restore", photo), 410, NULL);
	answer = site_page(site, ADA, "GET /photos/%s", photo);
	assert_null(strstr(answer->body, ">Restore<"));
	assert_non_null(strstr(answer->body, "Its retention has ended"));
	answer = site_api_json(site, ADA, one, "POST /api/photos/bulk-restore");
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "changed"), 0);
	/* Purged, it is gone for whoever could have had it back. */
	site_work(site);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 410, "window_closed");
	EXPECT(site_api(site, BEN, "POST /api/photos/%s/restore", photo), 404, NULL);
}

static void test_moderation(void **state)
{
	struct site *site = *state;
	const char *shop = site_place(site, SHOP, "sites", "A shop");
	const char *photo = site_photo_in(site, ADA, "For the shop", "site_id", shop);
	const struct http_answer *answer;

	EXPECT(site_api_json(site, ADA, "{'action': 'update_status', 'status': 'approved'}",
		   "PATCH /api/photos/%s", photo),
	    403, NULL);
	EXPECT_FIELD(site_api_json(
			 site, ADMIN, "{'action': 'update_status'}", "PATCH /api/photos/%s", photo),
	    400, "missing", "status");
	EXPECT_FIELD(site_api_json(site, ADMIN,
			 "{'action': 'update_status', 'status': 'deletion_requested'}",
			 "PATCH /api/photos/%s", photo),
	    400, "invalid_choice", "status");
	EXPECT_FIELD(
	    site_api_json(site, ADMIN, "{'action': 'explode'}", "PATCH /api/photos/%s", photo), 400,
	    "invalid_choice", "action");
	answer = site_api_json(site, ADMIN,
	    "{'action': 'update_status', 'status': 'rejected', 'reason': 'Blurred'}",
	    "PATCH /api/photos/%s", photo);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "status"), "rejected");
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 200, NULL);
	(void)site_delete(site, ADMIN, photo);
	EXPECT(site_api_json(site, ADMIN, "{'action': 'update_status', 'status': 'approved'}",
		   "PATCH /api/photos/%s", photo),
	    409, "already_deleted");
}

static bool shows(const struct http_answer *page, const char *text)
{
	EXPECT(page, 200, NULL);
	return strstr(page->body, text) != NULL;
}

/* All photos by how they stand: by the address, with every other filter, and what is said of none.
 */
static void test_list_by_moderation(void **state)
{
	struct site *site = *state;
	const char *shop = site_place(site, SHOP, "sites", "A busy shop");
	const char *photo = site_photo_in(site, ADA, "Wants in", "site_id", shop);
	const char *list = arena_printf(site_arena(site), "/admin/photos?site_id=%s", shop);
	const char *key = arena_printf(site_arena(site), "data-key=\"%s\"", photo);
	const struct http_answer *page = site_page(site, ADMIN, "GET %s&status=pending", list);

	assert_true(shows(page, key));
	assert_true(
	    shows(page, "<option value=\"pending\" selected>Waiting for approval</option>"));
	assert_true(shows(site_page(site, ADMIN, "GET /admin/photos?status=pending"), key));
	page = site_page(site, ADMIN, "GET %s&status=rejected", list);
	assert_true(shows(page, "No photo was rejected."));
	assert_false(shows(page, key));
	EXPECT(site_api_json(site, ADMIN, "{'action': 'update_status', 'status': 'rejected'}",
		   "PATCH /api/photos/%s", photo),
	    200, NULL);
	assert_true(shows(site_page(site, ADMIN, "GET %s&status=rejected", list), key));
	page = site_page(site, ADMIN, "GET %s&status=pending", list);
	assert_true(shows(page, "No photo waits for approval."));
	assert_false(shows(page, key));
	EXPECT(site_page(site, ADMIN, "GET %s&status=archived", list), 400, NULL);
}

/* 3,002 photos, and the oldest alone bears the tag and was rejected. */
static const char *make_many(struct site *site, const char *project)
{
	const char *photo = site_photo_in(site, ADA, "Of many", "project_id", project);

	site_sql(site, "UPDATE photos SET status = 'rejected' WHERE id = " UUID, photo);
	site_sql(site,
	    "INSERT INTO photos (id, organization_id, uploader_id, project_id, title, status,"
	    " bytes, created_at) SELECT UNHEX(CONCAT('7199cccc', LPAD(HEX(seq), 8, '0'),"
	    " SUBSTR(HEX(id), 17))), organization_id, uploader_id, project_id, title,"
	    " 'approved', 100, created_at + INTERVAL 1 DAY FROM seq_1_to_3001, photos WHERE id "
	    "= " UUID,
	    photo);
	return photo;
}

/* What is rare among many is looked for so far, and the page says how far. */
static void test_rare_among_many(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADMIN, "projects", "Of many");
	const char *photo = make_many(site, project);
	const char *key = arena_printf(site_arena(site), "data-key=\"%s\"", photo);
	const char *day = site_text(site,
	    "SELECT DATE_FORMAT(created_at, '%%Y-%%m-%%d') FROM photos WHERE id = " UUID, photo);
	const struct http_answer *page =
	    site_page(site, ADMIN, "GET /admin/photos/archive?project_id=%s&to=%s", project, day);
	const char *next;

	assert_true(shows(page, "None of the newest 3,000 photos looked at fits"));
	assert_true(shows(page, "&amp;exact=true\">Count exactly</a>"));
	assert_false(shows(page, "name=\"reason\""));
	page = site_page(
	    site, ADMIN, "GET /admin/photos/archive?project_id=%s&to=%s&exact=true", project, day);
	assert_true(shows(page, "Archive 1 photo?"));
	page = site_page(site, ADA, "GET /?project_id=%s&site_id=%s", project, project);
	assert_true(shows(page, "3,000 photos were looked at for this page, and none matches."));
	next = site_text(site,
	    "SELECT LOWER(HEX(id)) FROM photos WHERE project_id = " UUID
	    " ORDER BY id LIMIT 1 OFFSET 2",
	    project);
	assert_non_null(next);
	assert_true(
	    shows(page, arena_printf(site_arena(site), "cursor=%.8s-%.4s", next, next + 8)));
	page = site_page(site, ADMIN, "GET /admin/photos?project_id=%s&status=rejected", project);
	assert_true(shows(page, key));
	site_sql(site, "DELETE FROM photos WHERE title = 'Of many' AND id <> " UUID, photo);
}

/* Where several refusals apply, the first of: 401, 404, 403, 400, re-auth (403), 409, 410. */
static void test_precedence(void **state)
{
	static const char bad[] = "{'unknown': 1}";
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const char *deleted = site_photo(site, ADA, "Deleted");
	const char *deletion = site_delete(site, ADA, deleted);

	/* 401 before 404 and 400 */
	EXPECT(site_api_json(site, VISITOR, bad, "DELETE /api/photos/" NOBODY), 401, NULL);
	EXPECT(site_api_json(site, VISITOR, bad, "DELETE /api/photos/%s", photo), 401, NULL);
	/* 404 before 403 and 400 */
	EXPECT(site_api_json(site, MIA, bad, "DELETE /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api_json(site, ADMIN, bad, "DELETE /api/photos/" NOBODY), 404, NULL);
	EXPECT(
	    site_api_json(site, BEN, bad, "DELETE /api/photos/%s/permanent", deleted), 404, NULL);
	/* 403 before 400 and 409 */
	EXPECT(site_api_json(site, BEN, bad, "DELETE /api/photos/%s", photo), 403, "forbidden");
	EXPECT(site_api_json(site, BEN, bad, "POST /api/photos/%s/archive", photo), 403, NULL);
	EXPECT(site_api_json(site, ADA, bad, "DELETE /api/photos/%s/permanent", deleted), 403,
	    "forbidden");
	EXPECT(site_api(site, ADA, "GET /api/photos?includeDeleted=true&limit=5"), 403, NULL);
	EXPECT(site_api(site, ADA, "GET /api/admin/audit?limit=0"), 403, NULL);
	/* 400 before re-auth and 409 */
	EXPECT(site_api_json(site, ADMIN, "{'confirm_text': 'no'}",
		   "DELETE /api/photos/%s/permanent", deleted),
	    400, "invalid_choice");
	EXPECT(
	    site_api_json(site, ADMIN, bad, "DELETE /api/photos/%s/permanent", photo), 400, NULL);
	EXPECT(site_api_json(site, ADA, bad, "DELETE /api/photos/%s", deleted), 400, NULL);
	EXPECT(
	    site_api_json(site, ADA, bad, "POST /api/deletions/%s/restore", deletion), 400, NULL);
	/* re-auth before 409: the photo's purge has begun */
	EXPECT(site_api_json(site, ADMIN, "{'confirm_text': 'DELETE'}",
		   "DELETE /api/photos/%s/permanent", deleted),
	    403, "reauth_required");
}

/* The container is deleted and the window closed: 409 comes before 410. */
static void test_conflict_before_gone(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Original");
	const char *derivative = site_derivative(site, ADA, photo);
	const char *deletion = site_delete(site, ADA, derivative);

	(void)site_delete(site, ADA, photo);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 409,
	    "container_deleted");
	site_sql(site,
	    "UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE id "
	    "= " UUID,
	    deletion);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 409,
	    "container_deleted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_archiving),
	    SITE_TEST(test_archiving_the_deleted),
	    SITE_TEST(test_bulk_archive),
	    SITE_TEST(test_restore_selected),
	    SITE_TEST(test_reason_of_a_restore),
	    SITE_TEST(test_retention_is_over),
	    SITE_TEST(test_moderation),
	    SITE_TEST(test_list_by_moderation),
	    SITE_TEST(test_rare_among_many),
	    SITE_TEST(test_precedence),
	    SITE_TEST(test_conflict_before_gone),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
