/* requests_test.c - requests for deletion by the API: each role, each code, and what comes first of
 * several. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define ASK    "{'action': 'request_deletion', 'reason': 'My face can be made out in it.'}"
#define YES    "{'action': 'review_deletion', 'decision': 'approve'}"
#define NO     "{'action': 'review_deletion', 'decision': 'reject', 'reason': 'Nobody is in it.'}"
#define CANCEL "{'action': 'cancel_request'}"
#define QUEUE  "GET /api/photos/deletion-requests"

/* The site that Shop owns. */
static const char *shop_site(struct site *site)
{
	return site_text(site, "SELECT LOWER(CONCAT_WS('-', SUBSTR(HEX(site_id), 1, 8),"
			       " SUBSTR(HEX(site_id), 9, 4), SUBSTR(HEX(site_id), 13, 4),"
			       " SUBSTR(HEX(site_id), 17, 4), SUBSTR(HEX(site_id), 21)))"
			       " FROM site_claims c JOIN users u ON u.id = c.user_id"
			       " WHERE u.email = 'shop@alder.example' AND c.state = 'approved'");
}

/* An approved photo of Ada's on that site, and nobody's requests counted. */
static const char *photo_on_site(struct site *site)
{
	const char *photo = site_photo_in(site, ADA, "At the stall", "site_id", shop_site(site));

	EXPECT(site_api_json(site, ADMIN, "{'action': 'update_status', 'status': 'approved'}",
		   "PATCH /api/photos/%s", photo),
	    200, NULL);
	site_forgive_rates(site);
	return photo;
}

static const struct http_answer *patch(
    struct site *site, enum person who, const char *photo, const char *json)
{
	return site_api_json(site, who, json, "PATCH /api/photos/%s", photo);
}

static const char *status_of(struct site *site, const char *photo)
{
	return http_answer_text(site_api(site, ADMIN, "GET /api/photos/%s", photo), "status");
}

static void test_asking(void **state)
{
	struct site *site = *state;
	const char *photo = photo_on_site(site);
	const char *library = site_photo(site, ADA, "In the library");
	const struct http_answer *answer = patch(site, ADA, photo, ASK);

	EXPECT(answer, 201, NULL);
	assert_string_equal(http_answer_text(answer, "photo_id"), photo);
	assert_string_equal(http_answer_text(answer, "requested_by"), site_user_id(site, ADA));
	assert_string_equal(http_answer_text(answer, "requester_email"), "ada@alder.example");
	assert_string_equal(http_answer_text(answer, "requester_role"), "submitter");
	assert_string_equal(http_answer_text(answer, "status"), "pending");
	assert_string_equal(http_answer_text(answer, "reason"), "My face can be made out in it.");
	assert_true(json_is_null(http_answer_member(answer, "reviewed_at")));
	assert_true(json_is_null(http_answer_member(answer, "reviewed_by")));
	assert_true(json_is_null(http_answer_member(answer, "rejection_reason")));
	assert_string_equal(status_of(site, photo), "deletion_requested");

	EXPECT(patch(site, SHOP, photo, ASK), 201, NULL);
	EXPECT(patch(site, ADMIN, photo, ASK), 201, NULL);
	EXPECT(patch(site, BEN, photo, ASK), 403, "forbidden");
	EXPECT(patch(site, ADA, library, ASK), 403, "delete_instead");
	EXPECT(patch(site, MIA, photo, ASK), 404, "not_found");
	EXPECT(patch(site, BIRCH_ADMIN, photo, ASK), 404, "not_found");
	EXPECT(patch(site, VISITOR, photo, ASK), 401, NULL);
}

/* 404, 403, 400, 409: the first of those that apply. */
static void test_which_comes_first(void **state)
{
	struct site *site = *state;
	const char *photo = photo_on_site(site);
	const char *short_reason = "{'action': 'request_deletion', 'reason': 'short'}";
	const struct http_answer *answer;

	EXPECT(patch(site, ADA, photo, ASK), 201, NULL);
	EXPECT(patch(site, MIA, photo, short_reason), 404, "not_found");
	EXPECT(patch(site, BEN, photo, short_reason), 403, "forbidden");
	EXPECT_FIELD(patch(site, ADA, photo, short_reason), 400, "too_short", "reason");
	EXPECT_FIELD(
	    patch(site, ADA, photo, "{'action': 'request_deletion'}"), 400, "missing", "reason");
	EXPECT(patch(site, BEN, photo, "{'action': 'request_deletion', 'x': 1}"), 403, "forbidden");
	answer = patch(site, ADA, photo, ASK);
	EXPECT(answer, 409, "request_pending");
	assert_string_equal(http_answer_text(answer, "request_id"), site_request_on(site, photo));

	EXPECT(patch(site, ADA, photo, "{'action': 'review_deletion'}"), 403, "forbidden");
	EXPECT_FIELD(
	    patch(site, ADMIN, photo, "{'action': 'review_deletion'}"), 400, "missing", "decision");
	EXPECT_FIELD(
	    patch(site, ADMIN, photo, "{'action': 'review_deletion', 'decision': 'reject'}"), 400,
	    "missing", "reason");
	EXPECT_FIELD(patch(site, ADMIN, photo,
			 "{'action': 'review_deletion', 'decision': 'reject', 'reason': '   '}"),
	    400, "missing", "reason");
	EXPECT_FIELD(
	    patch(site, ADMIN, photo, "{'action': 'review_deletion', 'decision': 'maybe'}"), 400,
	    "invalid_choice", "decision");
	/* One's own request: 403 before the missing reason, and before what was decided. */
	EXPECT(patch(site, ADMIN, photo, ASK), 201, NULL);
	EXPECT(patch(site, ADMIN, photo, YES), 403, "own_request");
	EXPECT(patch(site, ADMIN, photo,
		   "{'action': 'review_deletion', 'decision': 'approve', 'reason': 7}"),
	    403, "own_request");
}

static void test_approving(void **state)
{
	struct site *site = *state;
	const char *photo = photo_on_site(site);
	const char *deletion;
	const struct http_answer *answer;

	EXPECT(patch(site, ADA, photo, ASK), 201, NULL);
	EXPECT(patch(site, SHOP, photo, YES), 403, "forbidden");
	EXPECT(patch(site, BIRCH_ADMIN, photo, YES), 404, "not_found");
	answer = patch(site, ADMIN, photo, YES);
	EXPECT(answer, 200, NULL);
	deletion = http_answer_text(answer, "deletion_id");
	assert_non_null(deletion);
	assert_non_null(http_answer_text(answer, "recover_until"));
	assert_string_equal(
	    http_answer_text(site_api(site, ADMIN, "GET /api/deletions/%s", deletion), "origin"),
	    "request");
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 404, "not_found");
	answer = patch(site, ADMIN2, photo, NO);
	EXPECT(answer, 409, "already_decided");
	assert_string_equal(http_answer_text(answer, "request_id"), site_request_on(site, photo));
	assert_non_null(strstr(http_answer_text(answer, "detail"), "was approved by "));
	EXPECT(patch(site, ADMIN, photo, ASK), 409, "already_deleted");

	answer = patch(site, ADMIN, photo, "{'action': 'recover'}");
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "status"), "approved");
	EXPECT(patch(site, ADMIN, photo, YES), 409, "already_decided");
	EXPECT(patch(site, ADMIN, photo_on_site(site), YES), 409, "no_request");
}

static void test_rejecting(void **state)
{
	struct site *site = *state;
	const char *photo = photo_on_site(site);
	const struct http_answer *answer;

	EXPECT(patch(site, ADA, photo, ASK), 201, NULL);
	EXPECT(patch(site, ADMIN, photo, "{'action': 'update_status', 'status': 'rejected'}"), 409,
	    "request_pending");
	answer = patch(site, ADMIN, photo, NO);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "status"), "approved");
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM deletion_requests WHERE status = 'rejected'"
			     " AND rejection_reason = 'Nobody is in it.' AND photo_id = " UUID,
			     photo),
	    1);
}

static void test_taking_back(void **state)
{
	struct site *site = *state;
	const char *photo = photo_on_site(site);
	const struct http_answer *answer;

	EXPECT(patch(site, ADA, photo, CANCEL), 409, "no_request");
	EXPECT(patch(site, ADA, photo, ASK), 201, NULL);
	EXPECT(patch(site, ADMIN, photo, CANCEL), 409, "no_request");
	EXPECT(patch(site, MIA, photo, CANCEL), 404, "not_found");
	answer = patch(site, ADA, photo, CANCEL);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "id"), photo);
	assert_string_equal(http_answer_text(answer, "status"), "approved");
	EXPECT(patch(site, ADA, photo, CANCEL), 409, "no_request");
	EXPECT(patch(site, ADA, photo, ASK), 201, NULL);
}

static bool lists(const struct http_answer *answer, const char *member, const char *id)
{
	json_t *item;
	size_t i;

	json_array_foreach(http_answer_member(answer, "items"), i, item)
	{
		if (strcmp(json_string_value(json_object_get(item, member)), id) == 0)
			return true;
	}
	return false;
}

static void test_lists(void **state)
{
	struct site *site = *state;
	const char *on_site = photo_on_site(site);
	const char *elsewhere = site_photo_in(
	    site, ADA, "Elsewhere", "site_id", site_place(site, ADMIN, "sites", "Other"));
	const struct http_answer *answer;
	size_t all = 0, pages = 0;
	const char *cursor;

	EXPECT(patch(site, ADA, on_site, ASK), 201, NULL);
	EXPECT(patch(site, ADA, elsewhere, ASK), 201, NULL);
	answer = site_api(site, ADMIN, QUEUE "?limit=200");
	EXPECT(answer, 200, NULL);
	assert_true(lists(answer, "photo_id", on_site));
	assert_true(lists(answer, "photo_id", elsewhere));
	all = json_array_size(http_answer_member(answer, "items"));
	answer = site_api(site, SHOP, QUEUE "?type=pending&limit=200");
	EXPECT(answer, 200, NULL);
	assert_true(lists(answer, "photo_id", on_site));
	assert_false(lists(answer, "photo_id", elsewhere));
	assert_false(lists(site_api(site, BIRCH_ADMIN, QUEUE), "photo_id", on_site));
	EXPECT(site_api(site, ADA, QUEUE), 403, "no_site");
	EXPECT(site_api(site, MIA, QUEUE), 403, "no_site");
	EXPECT(site_api(site, ADA, QUEUE "?type=x"), 403, "no_site");
	EXPECT(site_api(site, VISITOR, QUEUE), 401, NULL);

	/* Page by page by the cursor that each page gives. */
	answer = site_api(site, ADMIN, QUEUE "?limit=1");
	for (pages = 1; (cursor = http_answer_text(answer, "next")); pages++) {
		answer = site_api(site, ADMIN, QUEUE "?limit=1&cursor=%s", cursor);
		EXPECT(answer, 200, NULL);
	}
	assert_int_equal(pages, all);
	EXPECT_FIELD(site_api(site, ADMIN, QUEUE "?cursor=%s", site_new_id(site)), 400,
	    "invalid_cursor", "cursor");
}

static void test_recoverable_of_site_owners(void **state)
{
	struct site *site = *state;
	const char *theirs = photo_on_site(site);
	const char *other = site_photo(site, ADA, "Not on the site");
	const struct http_answer *answer;

	(void)site_delete(site, ADMIN, theirs);
	(void)site_delete(site, ADA, other);
	answer = site_api(site, SHOP, QUEUE "?type=recoverable&limit=200");
	EXPECT(answer, 200, NULL);
	assert_true(lists(answer, "id", theirs));
	assert_false(lists(answer, "id", other));
	EXPECT(site_api(site, ADA, QUEUE "?type=recoverable"), 403, "no_site");
}

/* The address is the machine's own for all of them. */
static void test_too_often(void **state)
{
	struct site *site = *state;
	const char *photos[6];
	const struct http_answer *answer;

	for (int i = 0; i < 6; i++)
		photos[i] = photo_on_site(site);
	for (int i = 0; i < 5; i++)
		EXPECT(patch(site, i % 2 ? ADA : SHOP, photos[i], ASK), 201, NULL);
	answer = patch(site, ADMIN, photos[5], ASK);
	EXPECT(answer, 429, "rate_limited");
	assert_in_range(
	    atoi(http_answer_header(site_client(site), answer, "Retry-After")), 3500, 3600);
	site_forgive_rates(site);
	EXPECT(patch(site, ADMIN, photos[5], ASK), 201, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_asking),
	    SITE_TEST(test_which_comes_first),
	    SITE_TEST(test_approving),
	    SITE_TEST(test_rejecting),
	    SITE_TEST(test_taking_back),
	    SITE_TEST(test_lists),
	    SITE_TEST(test_recoverable_of_site_owners),
	    SITE_TEST(test_too_often),
	};

	return cmocka_run_group_tests_name(
	    "requests", tests, site_group_setup, site_group_teardown);
}
