/* stale_forms_test.c - forms whose session has ended, or was replaced, since their page was opened:
 * nothing is done, and nothing is lost. */
#include "../support/guests.h"
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STALE "You have signed in anew"
#define FORM  "application/x-www-form-urlencoded"

/* A form of theirs, with that token and one header more; by nobody where `guest` is NULL. */
static const struct http_answer *send(struct site *site, const struct guest *guest,
    const char *path, const char *csrf, const char *fields, const char *header)
{
	const char *const headers[] = {
	    header ? header : "X-Nothing: 1", guest ? guest->cookie : NULL, NULL};

	return http_client_send(
	    site_client(site), &(struct http_call){.method = "POST",
				   .path = path,
				   .type = FORM,
				   .body = forms_text(site, "csrf=%s&%s", csrf, fields),
				   .headers = headers});
}

static const char *own_origin(struct site *site)
{
	return forms_text(site, "Origin: %s", getenv("LETHE_TEST_URL"));
}

/* The token of a session that they had before. */
static const char *stale_token(struct site *site)
{
	return site_csrf(site, BEN);
}

static const char *photo_of(struct site *site, const struct guest *guest)
{
	const char *photo = site_photo(site, ADA, "Typed about");

	site_sql(
	    site, "UPDATE photos SET uploader_id = " UUID " WHERE id = " UUID, guest->id, photo);
	return photo;
}

static bool is_deleted(struct site *site, const char *photo)
{
	return site_number(site,
		   "SELECT COUNT(*) FROM photos WHERE deleted_at IS NOT NULL AND id = " UUID,
		   photo) > 0;
}

/* The form comes back with what was typed and a token that is good. */
static void test_shown_again(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *photo = photo_of(site, &guest);
	const char *path = forms_text(site, "/photos/%s/delete", photo);
	const struct http_answer *answer =
	    send(site, &guest, path, stale_token(site), "reason=Typed+%3Cb%3E", own_origin(site));
	const char *token;

	EXPECT(answer, 403, NULL);
	EXPECT_TEXTS(answer, STALE, "role=\"alert\"", ">Typed &lt;b&gt;</textarea>");
	assert_false(is_deleted(site, photo));
	token = http_answer_between(site_client(site), answer, "name=\"csrf\" value=\"", "\"");
	assert_string_equal(token, guest.csrf);
	EXPECT(send(site, &guest, path, token, "reason=Typed", own_origin(site)), 303, NULL);
	assert_true(is_deleted(site, photo));
}

/* To a form that may be anybody's nothing is shown: what it has in it is not what they typed. */
static void test_from_elsewhere(void **state)
{
	static const char *const origins[] = {NULL, "Origin: http://evil.example", "Origin: null"};
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *photo = photo_of(site, &guest);
	const char *path = forms_text(site, "/photos/%s/delete", photo);

	for (size_t i = 0; i < 3; i++) {
		const struct http_answer *answer =
		    send(site, &guest, path, stale_token(site), "reason=Forged", origins[i]);

		EXPECT(answer, 403, NULL);
		EXPECT_TEXTS(answer, "Send it again", "reload the page");
		assert_false(forms_shows(answer, "Forged"));
	}
	assert_false(is_deleted(site, photo));
}

/* Who may not see the form, or not what it is about, does not see it for that. */
static void test_not_theirs(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member"), boss = guest_make(site, "admin");
	const char *origin = own_origin(site), *token = stale_token(site);
	const char *deleting =
	    forms_text(site, "/admin/users/%s/delete", site_user_id(site, PLATFORM));
	const char *foreign =
	    forms_text(site, "/photos/%s/delete", site_photo(site, MIA, "Foreign"));
	const struct http_answer *answer;

	EXPECT(send(site, &guest, foreign, token, "reason=x", origin), 404, NULL);
	EXPECT(send(site, &guest, "/admin/settings", token, "x=1", origin), 403, NULL);
	answer = send(site, &boss, deleting, token, "reason=x", origin);
	EXPECT(answer, 403, NULL);
	EXPECT_TEXTS(answer, "only another one may do this");
	assert_false(forms_shows(answer, STALE));
}

/* Of an upload the words are kept; the files have to be chosen again. */
static void test_upload(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *const headers[] = {own_origin(site), guest.cookie, NULL};
	struct http_call call = {
	    .method = "POST", .path = "/upload", .type = SITE_MULTIPART_TYPE, .headers = headers};
	const struct http_answer *answer;

	call.body = site_multipart(site,
	    PARTS(site_file_part(site), {.name = "csrf", .bytes = stale_token(site)},
		{.name = "title", .bytes = "Typed title"}),
	    &call.length);
	answer = http_client_send(site_client(site), &call);
	EXPECT(answer, 403, NULL);
	EXPECT_TEXTS(answer, STALE, "value=\"Typed title\"");
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM photos WHERE uploader_id = " UUID, guest.id),
	    0);
}

/* An act that waits for the proof goes on from the same page. */
static void test_reauth(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *way = forms_location(site, send(site, &guest, "/account/delete", guest.csrf,
						   "phrase=delete+my+account", own_origin(site)));
	const char *fields = forms_text(site, "act=%s&password=" SITE_PASSWORD, way + 12);
	const struct http_answer *answer =
	    send(site, &guest, "/reauth", stale_token(site), fields, own_origin(site));

	EXPECT(answer, 403, NULL);
	EXPECT_TEXTS(
	    answer, STALE, "Confirm and go on", forms_text(site, "value=\"%s\"", way + 12));
	assert_false(forms_shows(answer, SITE_PASSWORD));
	assert_null(guest_status(site, guest.id));
	EXPECT(send(site, &guest, "/reauth", guest.csrf, fields, own_origin(site)), 303, NULL);
	assert_string_equal(guest_status(site, guest.id), "SCHEDULED");
}

/* A button has no form to be shown again, but the page that it was on can be opened. */
static void test_buttons(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *photo = photo_of(site, &guest);
	const char *referer =
	    forms_text(site, "Referer: %s/photos/%s?done=added", getenv("LETHE_TEST_URL"), photo);
	const struct http_answer *answer = send(site, &guest,
	    forms_text(site, "/photos/%s/restore", photo), stale_token(site), "", referer);

	EXPECT(answer, 403, NULL);
	EXPECT_TEXTS(answer, forms_text(site, "href=\"/photos/%s?done=added\">Open", photo));
}

static void expect_way(
    struct site *site, const char *path, const char *fields, const char *header, const char *next)
{
	const struct http_answer *answer = send(site, NULL, path, "x", fields, header);

	EXPECT(answer, 401, NULL);
	EXPECT_TEXTS(answer, forms_text(site, "href=\"/login%s%s\">Sign in", next ? "?next=" : "",
				 next ? next : ""));
}

/* Who is not signed in any more comes back to the page of the form. */
static void test_ended(void **state)
{
	struct site *site = *state;
	const char *id = site_new_id(site), *many = "reason=x";
	const char *base = getenv("LETHE_TEST_URL");

	expect_way(site, "/requests/new", forms_text(site, "photo=%s&reason=Typed", id), NULL,
	    forms_text(site, "%%2Frequests%%2Fnew%%3Fphoto%%3D%s", id));
	EXPECT_TEXTS(send(site, NULL, "/requests/new", "x", "reason=Typed", NULL),
	    "To keep what you filled in");
	expect_way(site, "/requests/new", "reason=Typed", NULL, NULL);
	expect_way(site, "/account/delete", "phrase=x&photos=keep", NULL,
	    "%2Faccount%2Fdelete%3Fphotos%3Dkeep");
	expect_way(site, "/photos/delete", forms_text(site, "ids=%s&ids=%s&reason=x", id, id), NULL,
	    forms_text(site, "%%2Fphotos%%2Fdelete%%3Fids%%3D%s%%26ids%%3D%s", id, id));
	for (int i = 0; i < 30; i++)
		many = forms_text(site, "%s&ids=%s", many, id);
	expect_way(site, "/photos/delete", many, NULL, NULL);
	expect_way(site, "/account/name", "name=x", forms_text(site, "Referer: %s/account", base),
	    "%2Faccount");
	expect_way(site, "/account/name", "name=x", "Referer: http://evil.example/account", NULL);
	expect_way(site, "/account/name", "name=x",
	    forms_text(site, "Referer: %s//evil.example", base), NULL);
	expect_way(
	    site, "/account/name", "name=x", forms_text(site, "Referer: %s/nowhere", base), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_shown_again),
	    SITE_TEST(test_from_elsewhere),
	    SITE_TEST(test_not_theirs),
	    SITE_TEST(test_upload),
	    SITE_TEST(test_reauth),
	    SITE_TEST(test_buttons),
	    SITE_TEST(test_ended),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
