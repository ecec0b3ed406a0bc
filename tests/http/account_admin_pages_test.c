/* account_admin_pages_test.c - the pages of admins' accounts: codes, words, what is kept of a form,
 * who may, and what becomes of it. */
#include "../support/guests.h"
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <domain/accounts.h>

#define PHRASE "phrase=delete+my+account"

static void test_guardrails(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *own = site_user_id(site, ADMIN);
	const char *platform = site_user_id(site, PLATFORM);
	const char *birch = site_user_id(site, BIRCH_ADMIN);
	const struct http_answer *answer;

	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", own), 400, NULL);
	EXPECT(site_page(site, ADMIN, "GET /admin/users/%s/delete", own), 400, NULL);
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", platform), 403, NULL);
	EXPECT(site_form(site, ADMIN, "role=member", "POST /admin/users/%s/role", platform), 403,
	    NULL);
	EXPECT(site_form(site, ADMIN, "role=platform_admin", "POST /admin/users/%s/role", guest.id),
	    403, NULL);
	for (int i = 0; i < 2; i++) /* another tenant's, and nobody's */
		EXPECT(site_page(site, ADMIN, "GET /admin/users/%s", i ? birch : site_new_id(site)),
		    404, NULL);
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", birch), 404, NULL);
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/restore", birch), 404, NULL);
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/restore", guest.id), 409, NULL);
	answer = site_form(site, BIRCH_ADMIN, "role=member", "POST /admin/users/%s/role", birch);
	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "This is the last admin", "Change the role");
	answer = site_form(site, PLATFORM, "", "POST /admin/users/%s/delete", birch);
	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "This is the last admin", "Delete the account");
}

static void test_hard(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const struct http_answer *answer = site_form(site, ADMIN,
	    "mode=hard&confirmation=gus+guest&reason=Why", "POST /admin/users/%s/delete", guest.id);
	const char *way;

	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "type the name", "value=\"gus guest\"", "value=\"hard\" checked");
	EXPECT(site_form(site, ADMIN, "mode=hard", "POST /admin/users/%s/delete", guest.id), 400,
	    NULL);
	answer = site_form(site, ADMIN, "mode=hard&confirmation=Gus+Guest&events=transfer",
	    "POST /admin/users/%s/delete", guest.id);
	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "Choose who takes events over", "value=\"Gus Guest\"");
	way = forms_location(site, site_form(site, ADMIN, "mode=hard&confirmation=+Gus+Guest+",
				       "POST /admin/users/%s/delete", guest.id));
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM users WHERE id = " UUID, guest.id), 1);
	answer = site_form(site, ADMIN,
	    forms_text(site, "act=%s&password=" SITE_PASSWORD, way + 12), "POST /reauth");
	assert_string_equal(forms_location(site, answer), "/admin/users?done=account_erased");
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM users WHERE email = '%s'", guest.email), 0);
	EXPECT(site_page(site, ADMIN, "GET /admin/users/%s", guest.id), 404, NULL);
}

/* The deletion of a guest's account. */
static const char *deletion_of(struct site *site, const struct guest *guest)
{
	return site_text(site,
	    "SELECT LOWER(CONCAT_WS('-', LEFT(h, 8), SUBSTR(h, 9, 4), SUBSTR(h, 13, 4),"
	    " SUBSTR(h, 17, 4), RIGHT(h, 12))) FROM (SELECT HEX(deletion_id) h FROM users"
	    " WHERE id = " UUID ") one",
	    guest->id);
}

static void test_soft_and_back(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const struct http_answer *answer;

	guest_event(site, guest.id);
	answer = site_form(
	    site, ADMIN, "events=block&reason=Kept", "POST /admin/users/%s/delete", guest.id);
	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "Fair &lt;1&gt;", "?events=transfer", ">Kept</textarea>");
	EXPECT(site_form(site, ADMIN, "reason=Left", "POST /admin/users/%s/delete", guest.id), 303,
	    NULL);
	assert_string_equal(guest_status(site, guest.id), "DELETED");
	assert_string_equal(
	    forms_location(site, guest_send(site, &guest, "/trash", NULL)), "/login?next=%2Ftrash");
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /admin/users/%s", guest.id), "Restore the account",
	    "Left", "Time left");
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", guest.id), 409, NULL);
	assert_true(
	    forms_shows(site_page(site, ADMIN, "GET /admin/users?state=deleted"), guest.email));
	assert_false(forms_shows(site_page(site, ADMIN, "GET /admin/users"), guest.email));
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/restore", guest.id), 303, NULL);
	assert_null(guest_status(site, guest.id));
	assert_true(forms_shows(site_page(site, ADMIN, "GET /admin/users"), guest.email));
}

/* Who may not restore an account on its page cannot in the trash either. */
static void test_guarded_in_the_trash(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "platform_admin");
	const struct http_answer *answer;
	const char *deletion, *button;

	EXPECT(site_form(site, PLATFORM, "", "POST /admin/users/%s/delete", guest.id), 303, NULL);
	deletion = deletion_of(site, &guest);
	button = forms_text(site, "action=\"/trash/%s/restore\"", deletion);
	answer = site_page(site, ADMIN, "GET /trash?kind=user");
	EXPECT_TEXTS(answer, deletion, "only another one can restore this");
	assert_false(forms_shows(answer, button));
	answer = site_page(site, ADMIN, "GET /trash/%s", deletion);
	EXPECT_TEXTS(answer, "Only another platform admin can restore it");
	assert_false(forms_shows(answer, button));
	EXPECT(site_form(site, ADMIN, "", "POST /trash/%s/restore", deletion), 403, NULL);
	EXPECT(site_form(site, ADMIN, forms_text(site, "ids=%s", deletion), "POST /trash/restore"),
	    403, NULL);
	EXPECT(site_api(site, ADMIN, "POST /api/deletions/%s/restore", deletion), 403, "forbidden");
	EXPECT(
	    site_api(site, ADMIN, "POST /api/admin/users/%s/restore", guest.id), 403, "forbidden");
	assert_string_equal(guest_status(site, guest.id), "DELETED");
	EXPECT_TEXTS(site_page(site, PLATFORM, "GET /trash?kind=user"), button);
	EXPECT(site_form(site, PLATFORM, "", "POST /trash/%s/restore", deletion), 303, NULL);
	assert_null(guest_status(site, guest.id));
	site_sql(site, "UPDATE users SET role = 'member' WHERE id = " UUID, guest.id);
}

/* Its photos come back with the account alone, so that none is there to choose. */
static void test_comes_back_whole(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const struct http_answer *answer;

	for (int i = 0; i < 2; i++)
		site_sql(site, "UPDATE photos SET uploader_id = " UUID " WHERE id = " UUID,
		    guest.id, site_photo(site, ADMIN, "Whole"));
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", guest.id), 303, NULL);
	answer = site_page(site, ADMIN, "GET /trash/%s", deletion_of(site, &guest));
	EXPECT_TEXTS(answer, "Photos in it", "Whole");
	assert_false(forms_shows(answer, "Restore selected"));
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/restore", guest.id), 303, NULL);
}

/* What is theirs is restored while they are leaving: it stays hidden, and comes back with them. */
static void test_restored_meanwhile(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *photo = site_photo(site, ADMIN, "Gus's"), *deletion, *way;

	site_sql(
	    site, "UPDATE photos SET uploader_id = " UUID " WHERE id = " UUID, guest.id, photo);
	deletion = site_delete(site, ADMIN, photo);
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", guest.id), 303, NULL);
	way = forms_location(site, site_form(site, ADMIN, "", "POST /trash/%s/restore", deletion));
	assert_non_null(strstr(way, "?done=restored_leaving"));
	EXPECT_TEXTS(site_page(site, ADMIN, "GET %s", way), "comes back if they stay");
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADMIN, "POST /api/photos/%s/restore", photo), 409, NULL);
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/restore", guest.id), 303, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
}

static void test_several(void **state)
{
	struct site *site = *state;
	struct guest one = guest_make(site, "member"), two = guest_make(site, "member");
	const char *ids = forms_text(site, "ids=%s&ids=%s&ids=%s&ids=%s", one.id, two.id,
	    site_user_id(site, ADMIN), site_user_id(site, MIA));
	const struct http_answer *answer =
	    site_page(site, ADMIN, "GET /admin/users/delete?%s", ids);

	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, one.email, two.email);
	assert_false(forms_shows(answer, site_email(MIA)));
	guest_event(site, two.id);
	answer = site_form(
	    site, ADMIN, forms_text(site, "%s&events=transfer", ids), "POST /admin/users/delete");
	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "Choose who takes events over", two.email);
	answer = site_form(
	    site, ADMIN, forms_text(site, "%s&events=block", ids), "POST /admin/users/delete");
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "1 account is deleted", "your own account", "events stand in the way",
	    "there is no such account here");
	assert_string_equal(guest_status(site, one.id), "DELETED");
	assert_null(guest_status(site, two.id));
	EXPECT(site_form(site, ADMIN, "reason=x", "POST /admin/users/delete"), 400, NULL);
}

static void test_admin_switch(void **state)
{
	struct site *site = *state;
	const char *id = site_user_id(site, MIA);

	site_sql(site, "UPDATE organizations SET admin_deletion = 0 WHERE id = " UUID,
	    site_organization_id(site, MIA));
	EXPECT(site_page(site, BIRCH_ADMIN, "GET /admin/users/%s/delete", id), 403, NULL);
	EXPECT(site_form(site, BIRCH_ADMIN, "", "POST /admin/users/%s/delete", id), 403, NULL);
	EXPECT(site_form(
		   site, BIRCH_ADMIN, forms_text(site, "ids=%s", id), "POST /admin/users/delete"),
	    403, NULL);
	assert_false(forms_shows(
	    site_page(site, BIRCH_ADMIN, "GET /admin/users/%s", id), "Delete the account…"));
	assert_false(
	    forms_shows(site_page(site, BIRCH_ADMIN, "GET /admin/users"), "id=\"selection\""));
	site_sql(site, "UPDATE organizations SET admin_deletion = 1 WHERE id = " UUID,
	    site_organization_id(site, MIA));
}

/* Pages by the id of the last of the page before. */
static void test_filters(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "admin");
	const struct http_answer *answer =
	    site_page(site, ADMIN, "GET /admin/users?q=%.13s", guest.id);

	EXPECT_TEXTS(answer, guest.email);
	assert_false(forms_shows(answer, site_email(ADA)));
	answer = site_page(site, ADMIN, "GET /admin/users?role=admin");
	EXPECT_TEXTS(answer, guest.email, site_email(ADMIN));
	assert_false(forms_shows(answer, site_email(BEN)));
	answer = site_page(site, ADMIN, "GET /admin/users?state=leaving");
	EXPECT_TEXTS(answer, "leaving@alder.example");
	assert_false(forms_shows(answer, site_email(BEN)));
	answer = site_page(site, ADMIN, "GET /admin/users?state=asked");
	EXPECT_TEXTS(answer, "asking@alder.example");
	answer = site_page(site, ADMIN, "GET /admin/users?cursor=%s", guest.id);
	EXPECT(answer, 200, NULL);
	assert_false(forms_shows(answer, guest.email));
	EXPECT_TEXTS(answer, "First page");
	answer = site_page(site, BIRCH_ADMIN, "GET /admin/users?includeDeleted=true");
	assert_false(forms_shows(answer, "alder.example"));
	EXPECT(site_page(site, ADMIN, "GET /admin/users?state=asleep"), 400, NULL);
}

/* Who is gone, or going, has no name any more where others read it. */
static void test_names(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *request = forms_request(site, ADA, forms_submitted(site, "Named"));
	const struct http_answer *answer;

	site_sql(site, "UPDATE deletion_requests SET requester_id = " UUID " WHERE id = " UUID,
	    guest.id, request);
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /requests/%s", request), "Gus Guest");
	EXPECT(guest_leave(site, &guest, PHRASE), 303, NULL);
	answer = site_page(site, ADMIN, "GET /requests/%s", request);
	EXPECT_TEXTS(answer, "Deleted User");
	assert_false(forms_shows(answer, "Gus Guest"));
	EXPECT(guest_send(site, &guest, "/account/deletion/cancel", ""), 303, NULL);
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /requests/%s", request), "Gus Guest");
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", guest.id), 303, NULL);
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /requests/%s", request), "Deleted User");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_guardrails),
	    SITE_TEST(test_hard),
	    SITE_TEST(test_soft_and_back),
	    SITE_TEST(test_guarded_in_the_trash),
	    SITE_TEST(test_comes_back_whole),
	    SITE_TEST(test_restored_meanwhile),
	    SITE_TEST(test_several),
	    SITE_TEST(test_admin_switch),
	    SITE_TEST(test_filters),
	    SITE_TEST(test_names),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
