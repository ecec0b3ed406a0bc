/* request_pages_test.c - asking for a photo's deletion, and following it. Who may come in at all is
 * in routes_pages_test.c. */
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* --- asking --------------------------------------------------------------------------------- */

static void test_button_where_policy_allows(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *library = site_photo(site, ADA, "Mine");
	const char *button = forms_text(site, "/requests/new?photo=%s", photo);

	assert_true(forms_shows(site_page(site, ADA, "GET /photos/%s", photo), button));
	assert_true(forms_shows(site_page(site, SHOP, "GET /photos/%s", photo), button));
	assert_true(forms_shows(site_page(site, ADMIN, "GET /photos/%s", photo), button));
	assert_false(forms_shows(site_page(site, BEN, "GET /photos/%s", photo), "/requests/new"));
	assert_false(forms_shows(site_page(site, ADA, "GET /photos/%s", library), "/requests/new"));
	/* The site's owner deletes nothing. */
	assert_false(forms_shows(site_page(site, SHOP, "GET /photos/%s", photo), "/delete\""));
}

static void test_form_refuses(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *library = site_photo(site, ADA, "Mine");
	const char *foreign = forms_submitted(site, "Other site");
	const struct http_answer *answer;

	/* Of whom it is none of their business first, whatever else is wrong. */
	EXPECT(forms_send(site, BEN, photo, "x"), 403, NULL);
	EXPECT(forms_send(site, MIA, photo, "x"), 404, NULL);
	EXPECT(forms_send(site, VISITOR, photo, "x"), 401, NULL);
	answer = forms_send(site, ADA, library, "x");
	EXPECT(answer, 403, NULL);
	assert_true(forms_shows(answer, "your own library"));
	EXPECT(site_page(site, ADA, "GET /requests/new?photo=%s", library), 403, NULL);
	/* The owner of one site does not ask on another. */
	site_sql(site,
	    "UPDATE site_claims SET state = 'rejected' WHERE site_id ="
	    " (SELECT site_id FROM photos WHERE id = " UUID ")",
	    foreign);
	EXPECT(forms_send(site, SHOP, foreign, REASON), 403, NULL);
	EXPECT(site_page(site, ADA, "GET /requests/new"), 400, NULL);
	EXPECT(site_page(site, ADA, "GET /requests/new?photo=nonsense"), 400, NULL);
	EXPECT(site_form(site, ADA, "reason=" REASON, "POST /requests/new"), 400, NULL);
	EXPECT(site_page(site, ADA, "GET /requests/new?photo=%s", site_new_id(site)), 404, NULL);
}

static void test_form_stays_intact(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const struct http_answer *answer = forms_send(site, ADA, photo, "Too+short");

	EXPECT(answer, 400, NULL);
	assert_true(forms_shows(answer, ">Too short</textarea>"));
	assert_true(forms_shows(answer, "aria-invalid=\"true\""));
	assert_true(forms_shows(answer, forms_text(site, "name=\"photo\" value=\"%s\"", photo)));
	EXPECT(forms_send(site, ADA, photo, "++++++++++++++++"), 400, NULL);
	assert_int_equal(
	    site_number(
		site, "SELECT COUNT(*) FROM deletion_requests WHERE photo_id = " UUID, photo),
	    0);
}

static void test_second_is_told_of_first(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *request = forms_request(site, ADA, photo);
	const struct http_answer *answer = forms_send(site, ADA, photo, REASON);

	EXPECT(answer, 409, NULL);
	assert_true(forms_shows(answer, forms_text(site, "href=\"/requests/%s\"", request)));
	answer = site_page(site, ADA, "GET /requests/new?photo=%s", photo);
	assert_true(forms_shows(answer, forms_text(site, "/requests/%s", request)));
	assert_false(forms_shows(answer, "<textarea"));
	/* Others may ask too. */
	EXPECT(forms_send(site, SHOP, photo, REASON), 303, NULL);
}

static void test_deleted_photo(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *deletion = site_delete(site, ADMIN, photo);
	const struct http_answer *answer =
	    site_page(site, ADMIN, "GET /requests/new?photo=%s", photo);

	EXPECT(answer, 409, NULL);
	assert_true(forms_shows(answer, deletion));
	EXPECT(site_page(site, ADA, "GET /requests/new?photo=%s", photo), 404, NULL);
}

static void test_too_often(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;
	const char *photos[6];

	for (size_t i = 0; i < 6; i++)
		photos[i] = forms_submitted(site, "Stall");
	for (size_t i = 0; i < 5; i++)
		(void)forms_request(site, ADA, photos[i]);
	answer = forms_send(site, ADA, photos[5], REASON);
	EXPECT(answer, 429, NULL);
	assert_non_null(http_answer_header(site_client(site), answer, "Retry-After"));
	assert_true(forms_shows(answer, REASON_TEXT));
	site_forgive_rates(site);
}

/* --- one's own ------------------------------------------------------------------------------ */

static void test_who_sees_a_request(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *request = forms_request(site, ADA, photo);
	const struct http_answer *answer = site_page(site, ADA, "GET /requests/%s", request);

	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, REASON_TEXT));
	assert_true(forms_shows(answer, "/cancel\""));
	assert_false(forms_shows(answer, "/admin/requests/approve"));
	answer = site_page(site, SHOP, "GET /requests/%s", request);
	EXPECT(answer, 200, NULL);
	assert_false(forms_shows(answer, "/cancel\""));
	answer = site_page(site, ADMIN, "GET /requests/%s", request);
	assert_true(forms_shows(answer, "/admin/requests/approve"));
	assert_true(forms_shows(answer, "ada@alder.example"));
	EXPECT(site_page(site, BEN, "GET /requests/%s", request), 404, NULL);
	EXPECT(site_page(site, BIRCH_ADMIN, "GET /requests/%s", request), 404, NULL);
	assert_true(forms_shows(site_page(site, ADA, "GET /requests"), request));
	assert_false(forms_shows(site_page(site, SHOP, "GET /requests"), request));
	assert_true(forms_shows(site_page(site, SHOP, "GET /requests?tab=sites"), request));
	EXPECT(site_page(site, BEN, "GET /requests?tab=sites"), 403, NULL);
	assert_false(forms_shows(site_page(site, BEN, "GET /requests"), "tab=sites"));
}

static void test_photo_says_that_it_waits(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *request = forms_request(site, ADA, photo);
	const char *link = forms_text(site, "href=\"/requests/%s\"", request);
	const struct http_answer *answer = site_page(site, ADA, "GET /photos/%s", photo);

	assert_true(forms_shows(answer, link));
	assert_true(forms_shows(answer, "You asked for the deletion"));
	assert_false(forms_shows(answer, "/requests/new"));
	answer = site_page(site, SHOP, "GET /photos/%s", photo);
	assert_true(forms_shows(answer, link));
	assert_true(forms_shows(answer, "/requests/new"));
	assert_true(forms_shows(site_page(site, ADMIN, "GET /photos/%s", photo), link));
	assert_false(forms_shows(site_page(site, BEN, "GET /photos/%s", photo), request));
}

static void test_picture_only_where_seen(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *request = forms_request(site, ADA, photo);
	const char *picture = forms_text(site, "/photos/%s/thumbnail", photo);

	assert_true(forms_shows(site_page(site, ADA, "GET /requests"), picture));
	EXPECT(site_form(site, ADMIN, forms_text(site, "ids=%s", request),
		   "POST /admin/requests/approve"),
	    303, NULL);
	assert_false(forms_shows(site_page(site, ADA, "GET /requests"), picture));
	assert_true(forms_shows(site_page(site, ADMIN, "GET /requests/%s", request), picture));
}

static void test_cancel(void **state)
{
	struct site *site = *state;
	const char *photo = forms_submitted(site, "Stall");
	const char *request = forms_request(site, ADA, photo);

	EXPECT(site_form(site, SHOP, "", "POST /requests/%s/cancel", request), 403, NULL);
	assert_string_equal(forms_status(site, request), "pending");
	EXPECT(site_form(site, ADA, "", "POST /requests/%s/cancel", request), 303, NULL);
	assert_string_equal(forms_status(site, request), "cancelled");
	EXPECT(site_form(site, ADA, "", "POST /requests/%s/cancel", request), 409, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_button_where_policy_allows),
	    SITE_TEST(test_form_refuses),
	    SITE_TEST(test_form_stays_intact),
	    SITE_TEST(test_second_is_told_of_first),
	    SITE_TEST(test_deleted_photo),
	    SITE_TEST(test_too_often),
	    SITE_TEST(test_who_sees_a_request),
	    SITE_TEST(test_photo_says_that_it_waits),
	    SITE_TEST(test_picture_only_where_seen),
	    SITE_TEST(test_cancel),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
