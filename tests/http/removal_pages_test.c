/* removal_pages_test.c - the visitor's way: an address, a link, a request. */
#include "../support/request_forms.h"

#include <http/url.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *visitor_photo(struct site *site, const char *email, const char *title)
{
	const char *photo = forms_submitted(site, title);

	site_sql(site,
	    "UPDATE photos SET uploader_id = NULL, submitter_email = '%s' WHERE id = " UUID, email,
	    photo);
	return photo;
}

static const char *new_email(struct site *site)
{
	return forms_text(site, "v-%.8s%s@mail.example", site_new_id(site), site_new_id(site) + 24);
}

static const struct http_answer *send_address(
    struct site *site, const char *email, const char *photo)
{
	site_forgive_rates(site);
	return site_visitor_form(site, "/removal", "/removal",
	    forms_text(site, "email=%s&photo=%s", http_url_encode(site_arena(site), email),
		http_url_encode(site_arena(site), photo)));
}

/* The way in the newest mail to an address. */
static const char *mailed_path(struct site *site, const char *email)
{
	const char *path = site_text(site,
	    "SELECT JSON_UNQUOTE(JSON_EXTRACT(data, '$.path')) FROM mail_outbox"
	    " WHERE recipient = '%s' ORDER BY id DESC LIMIT 1",
	    email);

	assert_non_null(path);
	return path;
}

static const char *open_way(struct site *site, const char *email, const char *photo)
{
	EXPECT(send_address(site, email, photo), 303, NULL);
	return mailed_path(site, email);
}

static void test_same_words(void **state)
{
	struct site *site = *state;
	const char *known = new_email(site);
	const char *unknown = new_email(site);
	const struct http_answer *first, *second;

	(void)visitor_photo(site, known, "Stall");
	first = send_address(site, known, "");
	second = send_address(site, unknown, "");
	assert_string_equal(forms_location(site, first), forms_location(site, second));
	assert_int_equal(first->length, second->length);
	first = site_page(site, VISITOR, "GET %s", forms_location(site, first));
	assert_true(forms_shows(first, "If that address is right, a mail is on its way"));
	assert_false(forms_shows(first, known));
	/* One mail each, whether there is something or not. */
	assert_non_null(mailed_path(site, known));
	assert_non_null(mailed_path(site, unknown));
	assert_true(forms_shows(
	    site_page(site, VISITOR, "GET %s", mailed_path(site, unknown)), "Nothing was found"));
}

static void test_address_is_checked(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = send_address(site, "nobody", "");

	EXPECT(answer, 400, NULL);
	assert_true(forms_shows(answer, "value=\"nobody\""));
	assert_true(forms_shows(answer, "aria-invalid=\"true\""));
	EXPECT(send_address(site, "", ""), 400, NULL);
	answer = send_address(site, new_email(site), "the one with the dog");
	EXPECT(answer, 400, NULL);
	assert_true(forms_shows(answer, "value=\"the one with the dog\""));
	/* Without the form's own token nothing goes. */
	EXPECT(site_form(site, VISITOR, "email=a%40b.example", "POST /removal"), 403, NULL);
}

static void test_submitter_by_mail(void **state)
{
	struct site *site = *state;
	const char *email = new_email(site);
	const char *photo = visitor_photo(site, email, "Stall of mine");
	const char *foreign = visitor_photo(site, new_email(site), "Of another");
	const char *path = open_way(site, email, "");
	const struct http_answer *answer = site_page(site, VISITOR, "GET %s", path);
	const char *status;

	EXPECT(answer, 200, NULL);
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Referrer-Policy"), "no-referrer");
	assert_true(forms_shows(answer, "Stall of mine"));
	assert_false(forms_shows(answer, "Of another"));
	EXPECT(site_page(site, VISITOR, "GET %s/photos/%s/thumbnail", path, photo), 200, NULL);
	EXPECT(site_page(site, VISITOR, "GET %s/photos/%s/thumbnail", path, foreign), 404, NULL);
	EXPECT(site_visitor_form(
		   site, path, path, forms_text(site, "photo=%s&reason=" REASON, foreign)),
	    400, NULL);
	answer =
	    site_visitor_form(site, path, path, forms_text(site, "photo=%s&reason=Short", photo));
	EXPECT(answer, 400, NULL);
	assert_true(forms_shows(answer, ">Short</textarea>"));
	assert_true(forms_shows(answer, "checked"));
	/* Neither looking nor what was refused has spent the link. */
	answer =
	    site_visitor_form(site, path, path, forms_text(site, "photo=%s&reason=" REASON, photo));
	status = forms_location(site, answer);
	assert_string_equal(forms_status(site, site_request_on(site, photo)), "pending");
	assert_true(forms_shows(site_page(site, VISITOR, "GET %s", status), REASON_TEXT));
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 410, NULL);
	assert_true(forms_shows(answer, "has been used"));
	assert_true(forms_shows(answer, "href=\"/removal\""));
	EXPECT(site_page(site, VISITOR, "GET %s/photos/%s/thumbnail", path, photo), 410, NULL);
}

static void test_status_and_cancel(void **state)
{
	struct site *site = *state;
	const char *email = new_email(site);
	const char *photo = visitor_photo(site, email, "Stall");
	const char *path = open_way(site, email, "");
	const char *fields = forms_text(site, "photo=%s&reason=" REASON, photo);
	const struct http_answer *answer;
	const char *request;

	(void)forms_location(site, site_visitor_form(site, path, path, fields));
	request = site_request_on(site, photo);
	path = mailed_path(site, email);
	for (int i = 0; i < 2; i++)
		EXPECT(site_page(site, VISITOR, "GET %s", path), 200, NULL);
	assert_string_equal(forms_status(site, request), "pending");
	answer = site_visitor_form(site, path, forms_text(site, "%s/cancel", path), "");
	assert_string_equal(forms_location(site, answer), "/removal?done=request_cancelled");
	assert_string_equal(forms_status(site, request), "cancelled");
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 410, NULL);
	assert_true(forms_shows(answer, "If you took a request back by it, that is done"));
}

static void test_decided_meanwhile(void **state)
{
	struct site *site = *state;
	const char *email = new_email(site);
	const char *photo = visitor_photo(site, email, "Stall");
	const char *path = open_way(site, email, "");
	const char *form = path;
	const struct http_answer *answer;

	path = forms_text(site, "%s",
	    forms_location(site, site_visitor_form(site, form, form,
				     forms_text(site, "photo=%s&reason=" REASON, photo))));
	path = arena_copy(site_arena(site), path, strcspn(path, "?"));
	EXPECT(site_form(site, ADMIN,
		   forms_text(site, "ids=%s&reason=Nobody+in+it", site_request_on(site, photo)),
		   "POST /admin/requests/reject"),
	    303, NULL);
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "“Nobody in it”"));
	assert_false(forms_shows(answer, "/cancel"));
	/* Who decided is not a visitor's to know. */
	assert_false(forms_shows(answer, "Alma"));
}

static void test_restored_meanwhile(void **state)
{
	struct site *site = *state;
	const char *email = new_email(site);
	const char *photo = visitor_photo(site, email, "Stall");
	const char *path = open_way(site, email, "");
	const char *request;
	const struct http_answer *answer;

	(void)forms_location(site, site_visitor_form(site, path, path,
				       forms_text(site, "photo=%s&reason=" REASON, photo)));
	request = site_request_on(site, photo);
	path = mailed_path(site, email);
	forms_approve(site, request);
	answer = site_page(site, VISITOR, "GET %s", path);
	assert_true(forms_shows(answer, "no longer shown to anyone"));
	forms_restore(site, request);
	answer = site_page(site, VISITOR, "GET %s", path);
	assert_true(forms_shows(answer, "The photo has been restored since."));
	assert_false(forms_shows(answer, "no longer shown"));
}

/* On the page of the link, and not on one that leads to members' pages. */
static void test_second_request(void **state)
{
	struct site *site = *state;
	const char *email = new_email(site);
	const char *photo = visitor_photo(site, email, "Stall");
	const char *first = open_way(site, email, "");
	const char *second = open_way(site, email, "");
	const char *fields = forms_text(site, "photo=%s&reason=" REASON, photo);
	const struct http_answer *answer;

	(void)forms_location(site, site_visitor_form(site, first, first, fields));
	answer = site_visitor_form(site, second, second, fields);
	EXPECT(answer, 409, NULL);
	assert_true(forms_shows(answer, "role=\"alert\""));
	assert_true(forms_shows(answer, "Asked for already"));
	assert_false(forms_shows(answer, "href=\"/requests/"));
}

static void test_somebody_in_the_picture(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Party of Ada");
	const char *token = site_share(site, ADA, photo, NULL);
	const char *base = site_config(site)->base_url;
	const char *path =
	    open_way(site, new_email(site), forms_text(site, "%s/s/%s", base, token));
	const struct http_answer *answer = site_page(site, VISITOR, "GET %s", path);

	assert_true(forms_shows(answer, "Party of Ada"));
	EXPECT(site_page(site, VISITOR, "GET %s/photos/%s/thumbnail", path, photo), 200, NULL);
	/* By its page's address alone nothing of it is shown. */
	path = open_way(site, new_email(site), forms_text(site, "%s/photos/%s", base, photo));
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 200, NULL);
	assert_false(forms_shows(answer, "Party of Ada"));
	assert_false(forms_shows(answer, "thumbnail"));
	EXPECT(site_page(site, VISITOR, "GET %s/photos/%s/thumbnail", path, photo), 404, NULL);
	assert_string_not_equal(
	    "", forms_location(site, site_visitor_form(site, path, path,
					 forms_text(site, "photo=%s&reason=" REASON, photo))));
}

static void test_dead_links(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = site_page(site, VISITOR, "GET /removal/v4.local.abc");

	EXPECT(answer, 404, NULL);
	assert_true(forms_shows(answer, "href=\"/removal\""));
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Referrer-Policy"), "no-referrer");
	EXPECT(site_visitor_form(site, "/removal", "/removal/v4.local.abc", "reason=" REASON), 403,
	    NULL);
}

static void test_tokens_are_not_logged(void **state)
{
	struct site *site = *state;
	const char *path = open_way(site, new_email(site), "");

	EXPECT(site_page(site, VISITOR, "GET %s", path), 200, NULL);
	site_await_in_logs(site, "\"path\":\"/removal/-\"");
	assert_int_equal(site_find_in_logs(site, path + strlen("/removal/")), 0);
}

/* From a page that hides its address browsers say that its origin is null. */
static void test_hidden_origin(void **state)
{
	static const struct {
		const char *site;
		long status;
	} cases[] = {{NULL, 303}, {"same-origin", 303}, {"same-site", 403}, {"cross-site", 403}};
	struct site *site = *state;
	const struct http_answer *page = site_page(site, VISITOR, "GET /removal");
	const char *csrf =
	    http_answer_between(site_client(site), page, "name=\"csrf\" value=\"", "\"");
	const char *cookie = http_answer_cookie(site_client(site), page, "csrf");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const headers[] = {forms_text(site, "Cookie: csrf=%s", cookie),
		    "Origin: null",
		    cases[i].site ? forms_text(site, "Sec-Fetch-Site: %s", cases[i].site) : NULL,
		    NULL};
		const struct http_call call = {.method = "POST",
		    .path = "/removal",
		    .body = forms_text(site, "csrf=%s&email=%s", csrf, new_email(site)),
		    .type = "application/x-www-form-urlencoded",
		    .headers = headers};
		EXPECT(http_client_send(site_client(site), &call), cases[i].status, NULL);
	}
}

/* The form for visitors has a token of its own; the button beside it keeps the session's. */
static void test_signed_in(void **state)
{
	struct site *site = *state;
	const struct http_answer *page = site_page(site, ADA, "GET /removal");

	EXPECT(page, 200, NULL);
	assert_true(forms_shows(page,
	    forms_text(site, "action=\"/logout\"><input type=\"hidden\" name=\"csrf\" value=\"%s\"",
		site_csrf(site, ADA))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_same_words),
	    SITE_TEST(test_address_is_checked),
	    SITE_TEST(test_submitter_by_mail),
	    SITE_TEST(test_status_and_cancel),
	    SITE_TEST(test_decided_meanwhile),
	    SITE_TEST(test_restored_meanwhile),
	    SITE_TEST(test_second_request),
	    SITE_TEST(test_somebody_in_the_picture),
	    SITE_TEST(test_dead_links),
	    SITE_TEST(test_tokens_are_not_logged),
	    SITE_TEST(test_hidden_origin),
	    SITE_TEST(test_signed_in),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
