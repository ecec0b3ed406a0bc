/* trash_test.c - the trash over HTTP: what is in it for whom, restoring all and some, and too late.
 */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void close_window(struct site *site, const char *deletion)
{
	site_sql(site,
	    "UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE id "
	    "= " UUID,
	    deletion);
}

/* --- lists --------------------------------------------------------------------------------------
 */

static void test_list(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Mine");
	const char *mine = site_delete(site, ADA, photo);
	const char *theirs = site_delete(site, BEN, site_photo(site, BEN, "Ben's"));
	const struct http_answer *answer = site_api(site, ADA, "GET /api/deletions?limit=200");

	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "items.0.id"), mine);
	assert_string_equal(http_answer_text(answer, "items.0.item_id"), photo);
	assert_string_equal(http_answer_text(answer, "items.0.label"), "Mine");
	assert_false(http_answer_lists(answer, theirs));
	answer = site_api(site, ADMIN, "GET /api/deletions?limit=200");
	assert_true(http_answer_lists(answer, mine));
	assert_true(http_answer_lists(answer, theirs));
	answer = site_api(site, BIRCH_ADMIN, "GET /api/deletions?limit=200");
	assert_false(http_answer_lists(answer, mine));
	assert_false(http_answer_lists(answer, theirs));
}

static void test_paging(void **state)
{
	struct site *site = *state;
	const char *ids[5];
	const char *cursor = NULL;
	size_t seen = 0;

	for (size_t i = 0; i < 5; i++)
		ids[i] = site_delete(site, SHOP, site_photo(site, SHOP, "x"));
	do {
		const struct http_answer *answer =
		    site_api(site, SHOP, "GET /api/deletions?limit=2%s%s", cursor ? "&cursor=" : "",
			cursor ? cursor : "");
		json_t *items = http_answer_member(answer, "items");
		EXPECT(answer, 200, NULL);
		for (size_t i = 0; i < json_array_size(items) && seen < 5; i++)
			assert_string_equal(
			    json_string_value(json_object_get(json_array_get(items, i), "id")),
			    ids[4 - seen++]);
		cursor = http_answer_text(answer, "next");
	} while (cursor && seen < 5);
	assert_int_equal(seen, 5);
}

static void test_filters(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Restored");
	const char *restored = site_delete(site, ADA, photo);
	const char *trashed = site_delete(site, ADA, site_photo(site, ADA, "Trashed"));

	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 200, NULL);
	assert_false(
	    http_answer_lists(site_api(site, ADA, "GET /api/deletions?limit=200"), restored));
	assert_true(http_answer_lists(
	    site_api(site, ADA, "GET /api/deletions?limit=200&state=restored"), restored));
	assert_true(http_answer_lists(
	    site_api(site, ADA, "GET /api/deletions?limit=200&state=trashed"), trashed));
	assert_true(http_answer_lists(
	    site_api(site, ADA, "GET /api/deletions?limit=200&kind=photo"), trashed));
	assert_false(http_answer_lists(
	    site_api(site, ADA, "GET /api/deletions?limit=200&kind=album"), trashed));
	close_window(site, trashed);
	assert_false(
	    http_answer_lists(site_api(site, ADA, "GET /api/deletions?limit=200"), trashed));
}

static void test_pages(void **state)
{
	struct site *site = *state;
	const char *title = "Only in the trash & <there>";
	const char *photo = site_photo(site, ADA, title);
	const char *deletion = site_delete(site, ADA, photo);
	const struct http_answer *answer = site_page(site, ADA, "GET /trash");

	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, deletion));
	assert_non_null(strstr(answer->body, "Only in the trash &amp; &lt;there&gt;"));
	assert_null(strstr(site_page(site, BEN, "GET /trash")->body, deletion));
	assert_non_null(strstr(site_page(site, ADMIN, "GET /trash?kind=photo")->body, deletion));
	assert_null(strstr(site_page(site, ADMIN, "GET /trash?kind=album")->body, deletion));
	EXPECT(site_page(site, ADA, "GET /trash?kind=cat"), 400, NULL);
	EXPECT(site_page(site, ADA, "GET /trash?cursor=x"), 400, NULL);
	EXPECT(site_page(site, ADA, "GET /trash?tab=archived"), 200, NULL);
	answer = site_page(site, ADA, "GET /trash/%s", deletion);
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, photo));
}

/* An open page asks whether it is still true, at next to no cost. */
static void test_live(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = site_page(site, ADA, "GET /live");
	const char *etag = http_answer_header(site_client(site), answer, "ETag");
	struct http_call call = {.method = "GET",
	    .path = "/live",
	    .headers = (const char *const[]){
		arena_printf(site_arena(site), "Cookie: %s", site_cookie(site, ADA)),
		arena_printf(site_arena(site), "If-None-Match: %s", etag), NULL}};
	const char *photo;

	EXPECT(answer, 204, NULL);
	assert_non_null(etag);
	EXPECT(http_client_send(site_client(site), &call), 304, NULL);
	photo = site_photo(site, BEN, "Something has changed");
	(void)site_delete(site, BEN, photo);
	answer = http_client_send(site_client(site), &call);
	EXPECT(answer, 204, NULL);
	assert_string_not_equal(http_answer_header(site_client(site), answer, "ETag"), etag);
}

/* --- restoring
 * ------------------------------------------------------------------------------------ */

static void test_restore(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Back again");
	const char *deletion = site_delete(site, ADA, photo);
	const struct http_answer *answer =
	    site_api(site, ADA, "POST /api/deletions/%s/restore", deletion);

	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "state"), "restored");
	EXPECT(site_api(site, BEN, "GET /api/photos/%s/file", photo), 200, NULL);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 409, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 409, NULL);
	/* Deleting and restoring again are acts of their own. */
	assert_string_not_equal(site_delete(site, ADA, photo), deletion);
	EXPECT(site_form(site, ADA, "", "POST /photos/%s/restore", photo), 303, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
}

static void test_restore_some(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Original");
	const char *one = site_derivative(site, ADA, photo);
	const char *two = site_derivative(site, ADA, photo);
	const char *deletion = site_delete(site, ADA, photo);
	const char *some = arena_printf(site_arena(site), "{'items': ['%s', '%s']}", photo, one);

	EXPECT_FIELD(site_api_json(site, ADA, "{'items': ['01890000-0000-7000-8000-000000000000']}",
			 "POST /api/deletions/%s/restore", deletion),
	    400, NULL, "items");
	EXPECT_FIELD(
	    site_api_json(site, ADA, "{'items': []}", "POST /api/deletions/%s/restore", deletion),
	    400, "invalid_count", "items");
	EXPECT(
	    site_api_json(site, ADA, some, "POST /api/deletions/%s/restore", deletion), 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", one), 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", two), 404, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", two), 200, NULL);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", two), 200, NULL);
}

/* A derivative whose original is deleted needs the choice to leave it behind. */
static void test_without_container(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Original");
	const char *derivative = site_derivative(site, ADA, photo);
	const char *deletion = site_delete(site, ADA, derivative);
	const char *container = site_delete(site, ADA, photo);
	const struct http_answer *answer =
	    site_api(site, ADA, "POST /api/deletions/%s/restore", deletion);

	EXPECT(answer, 409, "container_deleted");
	assert_string_equal(http_answer_text(answer, "deletion_id"), container);
	answer = site_form(site, ADA, "", "POST /trash/%s/restore", deletion);
	EXPECT(answer, 409, NULL);
	assert_non_null(strstr(answer->body, "without_container"));
	EXPECT(site_api_json(site, ADA, "{'without_container': 'true'}",
		   "POST /api/deletions/%s/restore", deletion),
	    400, NULL);
	EXPECT(site_api_json(site, ADA, "{'without_container': true}",
		   "POST /api/deletions/%s/restore", deletion),
	    200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", derivative), 200, NULL);
}

/* Other people's deletions do not exist, whatever one tries. */
static void test_others(void **state)
{
	static const enum person others[] = {BEN, SHOP, MIA, BIRCH_ADMIN};
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Ada's");
	const char *deletion = site_delete(site, ADA, photo);

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		EXPECT(site_api(site, others[i], "GET /api/deletions/%s", deletion), 404, NULL);
		EXPECT(site_api(site, others[i], "POST /api/deletions/%s/restore", deletion), 404,
		    NULL);
		EXPECT(site_api(site, others[i], "POST /api/photos/%s/restore", photo), 404, NULL);
		EXPECT(
		    site_form(site, others[i], "", "POST /trash/%s/restore", deletion), 404, NULL);
	}
	EXPECT(site_api(site, ADMIN2, "POST /api/deletions/%s/restore", deletion), 200, NULL);
}

/* Past the window it is too late, for owners and admins alike, purged or not yet. */
static void test_window_closed(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Too late");
	const char *deletion = site_delete(site, ADA, photo);

	close_window(site, deletion);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 410, NULL);
	EXPECT(site_api(site, ADMIN, "POST /api/deletions/%s/restore", deletion), 410, NULL);
	EXPECT(site_form(site, ADA, "", "POST /trash/%s/restore", deletion), 410, NULL);
	EXPECT(site_api(site, BEN, "POST /api/deletions/%s/restore", deletion), 404, NULL);
	site_work(site);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s/file", photo), 404, NULL);
	EXPECT(site_api(site, ADMIN, "POST /api/deletions/%s/restore", deletion), 410, NULL);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 410, NULL);
	EXPECT(site_api(site, BEN, "POST /api/deletions/%s/restore", deletion), 404, NULL);
	EXPECT(site_api_json(site, ADA, "{'x': 1}", "POST /api/deletions/%s/restore", deletion),
	    400, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 410, "window_closed");
	EXPECT(site_form(site, ADA, "", "POST /photos/%s/restore", photo), 410, NULL);
	EXPECT(site_api_json(site, ADMIN, "{'action': 'recover'}", "PATCH /api/photos/%s", photo),
	    410, NULL);
	EXPECT(site_api_json(site, ADMIN, "{'action': 'update_status', 'status': 'approved'}",
		   "PATCH /api/photos/%s", photo),
	    404, NULL);
	EXPECT(site_api(site, BEN, "POST /api/photos/%s/restore", photo), 404, NULL);
	/* The record stays, without what it was called. */
	EXPECT(site_api(site, ADA, "GET /api/deletions/%s", deletion), 404, NULL);
	assert_string_equal(
	    http_answer_text(site_api(site, ADMIN, "GET /api/deletions/%s", deletion), "state"),
	    "purged");
	assert_true(json_is_null(
	    http_answer_member(site_api(site, ADMIN, "GET /api/deletions/%s", deletion), "label")));
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM files WHERE owner_id = " UUID, photo), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_list),
	    SITE_TEST(test_paging),
	    SITE_TEST(test_filters),
	    SITE_TEST(test_pages),
	    SITE_TEST(test_live),
	    SITE_TEST(test_restore),
	    SITE_TEST(test_restore_some),
	    SITE_TEST(test_without_container),
	    SITE_TEST(test_others),
	    SITE_TEST(test_window_closed),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
