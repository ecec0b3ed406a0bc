/* review_pages_test.c - the admins' queue of requests, and deciding them. */
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_queue(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Grouped");
	const char *first = forms_request(site, ADA, photo);
	const char *second = forms_request(site, SHOP, photo);
	const struct http_answer *answer = site_page(site, ADMIN, "GET /admin/requests");
	const char *row = strstr(answer->body, forms_text(site, "data-key=\"%s\"", first));

	/* One row for the photo, with both who asked. */
	assert_non_null(row);
	assert_null(strstr(answer->body, forms_text(site, "data-key=\"%s\"", second)));
	row = arena_copy(site_arena(site), row, (size_t)(strstr(row, "</tr>") - row));
	assert_non_null(strstr(row, "Ada Birk"));
	assert_non_null(strstr(row, "Sofia Marsh"));
	assert_non_null(strstr(row, "27 d 23 h left"));
	assert_non_null(strstr(row, forms_text(site, "/photos/%s/thumbnail", photo)));
	site_sql(site,
	    "UPDATE deletion_requests SET due_at = UTC_TIMESTAMP(6) - INTERVAL 3 HOUR WHERE id ="
	    " " UUID,
	    first);
	assert_true(
	    forms_shows(site_page(site, ADMIN, "GET /admin/requests"), "Overdue by 3 hours"));
	assert_false(forms_shows(site_page(site, BIRCH_ADMIN, "GET /admin/requests"), first));
	assert_true(forms_shows(site_page(site, ADMIN, "GET /admin"),
	    forms_text(site, ">Requests (%lld)</a>",
		(long long)site_number(site,
		    "SELECT COUNT(*) FROM deletion_requests WHERE status = 'pending' AND"
		    " organization_id = " UUID,
		    site_organization_id(site, ADMIN)))));
}

/* A page that ends within the requests of a photo says how many more there are. */
static void test_group_across_pages(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Whole");
	const char *first = forms_request(site, ADA, photo);
	const char *second = forms_request(site, SHOP, photo);
	const struct http_answer *answer;
	const char *row;

	/* The cursor stands between the two. */
	site_sql(site,
	    "UPDATE deletion_requests SET due_at = '2031-01-01 00:00:00' WHERE id = " UUID, first);
	site_sql(site,
	    "UPDATE deletion_requests SET due_at = '2031-01-02 00:00:00' WHERE id = " UUID, second);
	answer = site_page(
	    site, ADMIN, "GET /admin/requests?after=2031-01-01T00:00:00Z&cursor=%s", first);
	row = strstr(answer->body, forms_text(site, "data-key=\"%s\"", second));
	assert_non_null(row);
	row = arena_copy(site_arena(site), row, (size_t)(strstr(row, "</tr>") - row));
	assert_null(strstr(row, "Ada Birk"));
	assert_non_null(strstr(row, "Sofia Marsh"));
	assert_non_null(strstr(row, ">1 more person</a>"));
}

/* However many ask for one photo, a row stays short, and an admin's own request is among them. */
static void test_group_is_bounded(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Crowded");
	const char *first = forms_request(site, ADMIN, photo);
	const struct http_answer *answer;
	const char *row;

	for (int i = 0; i < 9; i++)
		site_sql(site,
		    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_email,"
		    " requester_role, reason, status, photo_status_before, requested_at, due_at)"
		    " VALUES (" UUID ", " UUID ", " UUID ", 'crowd%d@mail.example', 'visitor',"
		    " 'I am in it', 'pending', 'approved', '2025-01-01', '2025-01-%02d')",
		    site_new_id(site), site_organization_id(site, ADMIN), photo, i, 10 + i);
	answer = site_page(site, ADMIN, "GET /admin/requests");
	row = strstr(answer->body, "crowd0@mail.example");
	assert_non_null(row);
	row = arena_copy(site_arena(site), row, (size_t)(strstr(row, "</tr>") - row));
	assert_non_null(strstr(row, "crowd4@mail.example"));
	assert_null(strstr(row, "crowd5@mail.example"));
	assert_non_null(strstr(row, ">5 more people</a>"));
	assert_null(strstr(row, "/admin/requests/approve"));
	assert_true(
	    forms_shows(site_page(site, ADMIN, "GET /requests/%s", first), "crowd1@mail.example"));
}

static void test_pages_of_the_queue(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;
	const char *next;

	for (int i = 0; i < 51; i++)
		site_sql(site,
		    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_email,"
		    " requester_role, reason, status, photo_status_before, requested_at, due_at)"
		    " VALUES (" UUID ", " UUID ", " UUID ", 'q%d@mail.example', 'visitor', 'Paged',"
		    " 'rejected', 'approved', '2025-01-01', '2025-01-29')",
		    site_new_id(site), site_organization_id(site, BIRCH_ADMIN), site_new_id(site),
		    i);
	answer = site_page(site, BIRCH_ADMIN, "GET /admin/requests?status=rejected");
	EXPECT(answer, 200, NULL);
	next = http_answer_between(site_client(site), answer,
	    "href=\"/admin/requests?status=rejected&amp;", "\" rel=\"next\"");
	assert_non_null(next);
	assert_true(forms_shows(answer, "q50@mail.example"));
	assert_false(forms_shows(answer, "q0@mail.example"));
	next = forms_text(site, "%s", strstr(next, "cursor="));
	answer = site_page(site, BIRCH_ADMIN, "GET /admin/requests?status=rejected&%s", next);
	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "q0@mail.example"));
	assert_false(forms_shows(answer, "q50@mail.example"));
	assert_false(forms_shows(answer, "rel=\"next\""));
	EXPECT(site_page(site, BIRCH_ADMIN, "GET /admin/requests?status=unknown"), 400, NULL);
}

static void test_approve_says_what_happens(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *request = forms_request(site, ADA, photo);
	const struct http_answer *answer =
	    site_page(site, ADMIN, "GET /admin/requests/approve?ids=%s", request);
	const char *to;

	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "(4 hours from now)"));
	assert_string_equal(forms_status(site, request), "pending");
	answer = site_form(
	    site, ADMIN, forms_text(site, "ids=%s", request), "POST /admin/requests/approve");
	to = forms_location(site, answer);
	assert_string_equal(forms_status(site, request), "approved");
	assert_non_null(strstr(to, "done=request_approved"));
	assert_true(forms_shows(site_page(site, ADMIN, "GET %s", to), "/trash/undo"));
	/* Soonest to close, it stands on the first page whatever else is there. */
	site_sql(site,
	    "UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE WHERE"
	    " item_id = " UUID,
	    photo);
	assert_true(forms_shows(site_page(site, ADMIN, "GET /admin/recover"), "Stall"));
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 404, NULL);
}

static void test_what_became_of_the_photo(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *request = forms_request(site, ADA, photo);
	const struct http_answer *page;

	forms_approve(site, request);
	page = site_page(site, ADA, "GET /requests/%s", request);
	assert_true(forms_shows(page, "The photo went to the trash"));
	forms_restore(site, request);
	page = site_page(site, ADA, "GET /requests/%s", request);
	assert_true(forms_shows(page, "The photo has been restored since."));
	assert_false(forms_shows(page, "went to the trash"));

	request = forms_request(site, ADA, photo);
	forms_approve(site, request);
	site_sql(
	    site, "UPDATE deletions SET recover_until = '2020-01-01' WHERE item_id = " UUID, photo);
	site_work(site);
	page = site_page(site, ADA, "GET /requests/%s", request);
	assert_true(forms_shows(page, "The photo has been deleted forever."));
	assert_false(forms_shows(page, "went to the trash"));
}

static void test_reject_needs_a_reason(void **state)
{
	struct site *site = *state;
	const char *request = forms_request(site, ADA, forms_submitted(site, "Stall"));
	const char *fields = forms_text(site, "ids=%s&reason=+++", request);
	const struct http_answer *answer =
	    site_form(site, ADMIN, fields, "POST /admin/requests/reject");

	EXPECT(answer, 400, NULL);
	assert_true(forms_shows(answer, "aria-invalid=\"true\""));
	assert_true(forms_shows(answer, forms_text(site, "name=\"ids\" value=\"%s\"", request)));
	EXPECT(site_form(
		   site, ADMIN, forms_text(site, "ids=%s", request), "POST /admin/requests/reject"),
	    400, NULL);
	assert_string_equal(forms_status(site, request), "pending");
	/* Who may not decide is told so first. */
	EXPECT(site_form(site, BEN, fields, "POST /admin/requests/reject"), 403, NULL);
	EXPECT(site_form(site, ADMIN, forms_text(site, "ids=%s&reason=No", request),
		   "POST /admin/requests/reject"),
	    303, NULL);
	assert_string_equal(forms_status(site, request), "rejected");
	assert_true(forms_shows(site_page(site, ADA, "GET /requests/%s", request), "“No”"));
}

static void test_bad_selections(void **state)
{
	struct site *site = *state;
	const char *request = forms_request(site, ADA, forms_submitted(site, "Stall"));

	EXPECT(site_page(site, ADMIN, "GET /admin/requests/approve"), 400, NULL);
	EXPECT(site_page(site, ADMIN, "GET /admin/requests/approve?ids=x"), 400, NULL);
	EXPECT(site_page(site, ADMIN, "GET /admin/requests/approve?ids=%s", site_new_id(site)), 404,
	    NULL);
	EXPECT(
	    site_page(site, BIRCH_ADMIN, "GET /admin/requests/reject?ids=%s", request), 404, NULL);
	EXPECT(site_form(site, BIRCH_ADMIN, forms_text(site, "ids=%s", request),
		   "POST /admin/requests/approve"),
	    404, NULL);
	assert_string_equal(forms_status(site, request), "pending");
}

static void test_each_is_told(void **state)
{
	struct site *site = *state;
	const char *open = forms_request(site, ADA, forms_submitted(site, "Open"));
	const char *decided = forms_request(site, ADA, forms_submitted(site, "Decided"));
	const char *own = forms_request(site, ADMIN, forms_submitted(site, "Own"));
	const struct http_answer *answer;

	EXPECT(site_form(site, ADMIN2, forms_text(site, "ids=%s&reason=No", decided),
		   "POST /admin/requests/reject"),
	    303, NULL);
	answer = site_page(
	    site, ADMIN, "GET /admin/requests/approve?ids=%s&ids=%s&ids=%s", open, decided, own);
	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, forms_text(site, "name=\"ids\" value=\"%s\"", open)));
	assert_false(forms_shows(answer, forms_text(site, "name=\"ids\" value=\"%s\"", decided)));
	assert_false(forms_shows(answer, forms_text(site, "name=\"ids\" value=\"%s\"", own)));
	answer =
	    site_form(site, ADMIN, forms_text(site, "ids=%s&ids=%s&ids=%s", open, decided, own),
		"POST /admin/requests/approve");
	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "was rejected by"));
	assert_string_equal(forms_status(site, open), "approved");
	assert_string_equal(forms_status(site, decided), "rejected");
	assert_string_equal(forms_status(site, own), "pending");
	answer = site_form(
	    site, ADMIN, forms_text(site, "ids=%s", decided), "POST /admin/requests/approve");
	EXPECT(answer, 409, NULL);
	assert_true(forms_shows(answer, "was rejected by"));
	/* Their own stands in the queue with why it cannot be approved. */
	answer = site_page(site, ADMIN, "GET /admin/requests");
	assert_true(forms_shows(answer, "You asked for this yourself"));
	assert_false(forms_shows(answer, forms_text(site, "/admin/requests/approve?ids=%s", own)));
	assert_true(forms_shows(site_page(site, ADMIN2, "GET /admin/requests"),
	    forms_text(site, "/admin/requests/approve?ids=%s", own)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_queue),
	    SITE_TEST(test_group_across_pages),
	    SITE_TEST(test_group_is_bounded),
	    SITE_TEST(test_pages_of_the_queue),
	    SITE_TEST(test_approve_says_what_happens),
	    SITE_TEST(test_what_became_of_the_photo),
	    SITE_TEST(test_reject_needs_a_reason),
	    SITE_TEST(test_bad_selections),
	    SITE_TEST(test_each_is_told),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
