/* account_pages_test.c - the pages of leaving: codes, words, what is kept of a form, who may, and
 * what becomes of it. */
#include "../support/guests.h"
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <domain/accounts.h>

#define PHRASE "phrase=delete+my+account"

/* --- leaving -------------------------------------------------------------------------------- */

static void test_wrong_fields(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const struct http_answer *answer = guest_send(site, &guest, "/account/delete",
	    "phrase=Delete+my+account&photos=keep&events=block&reason=Because+%3Cb%3E");

	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "Type the words", "value=\"Delete my account\"",
	    "value=\"keep\" checked", "value=\"block\" checked", "Because &lt;b&gt;",
	    "aria-invalid=\"true\"");
	EXPECT(guest_send(site, &guest, "/account/delete", "reason=x"), 400, NULL);
	EXPECT(guest_send(site, &guest, "/account/delete", PHRASE "&photos=burn"), 400, NULL);
	answer = guest_send(site, &guest, "/account/delete", PHRASE "&events=transfer&reason=Why");
	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "Choose who takes events over", "value=\"transfer\" checked",
	    ">Why</textarea>");
	EXPECT(guest_send(site, &guest, "/account/delete",
		   forms_text(
		       site, PHRASE "&events=transfer&transfer_to=%s", site_user_id(site, MIA))),
	    400, NULL);
	assert_null(guest_status(site, guest.id));
	/* The eleventh wrong try within the hour. */
	for (int i = 0; i < 10; i++)
		(void)guest_send(site, &guest, "/account/delete", "phrase=no");
	answer = guest_send(site, &guest, "/account/delete", "phrase=no");
	EXPECT(answer, 429, NULL);
	assert_non_null(http_answer_header(site_client(site), answer, "Retry-After"));
}

static void test_the_grace(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	static const char *const closed[] = {
	    "/", "/account", "/trash", "/requests", "/account/delete", "/albums"};
	const struct http_answer *answer =
	    guest_leave(site, &guest, PHRASE "&photos=keep&reason=Moving+on");

	assert_string_equal(forms_location(site, answer), "/account/deletion");
	assert_string_equal(guest_status(site, guest.id), "SCHEDULED");
	answer = guest_send(site, &guest, "/account/deletion", NULL);
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "will be erased on", "are kept, without your name", "Moving on",
	    "Keep my account", "data-until=", "href=\"/account/export\"");
	assert_false(forms_shows(answer, "href=\"/trash\""));
	EXPECT(guest_send(site, &guest, "/account/export", NULL), 200, NULL);
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		assert_string_equal(forms_location(site, guest_send(site, &guest, closed[i], NULL)),
		    "/account/deletion");
	EXPECT(guest_send(site, &guest, "/account/name", "display_name=New"), 403, NULL);
	assert_string_equal(
	    forms_location(site, guest_send(site, &guest, "/account/deletion/cancel", "")),
	    "/account?done=account_kept");
	assert_string_equal(guest_status(site, guest.id), "CANCELED");
	EXPECT(guest_send(site, &guest, "/", NULL), 200, NULL);
	EXPECT(guest_send(site, &guest, "/account/deletion/cancel", ""), 409, NULL);
	EXPECT_TEXTS(guest_send(site, &guest, "/account/deletion", NULL), "It is as it was.");
}

/* Admins see who is leaving, and what goes; there is no button for what only the person can do. */
static void test_leaving_seen_by_admins(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const struct http_answer *answer;
	const char *deletion, *restore;

	site_sql(site,
	    "INSERT INTO albums (id, organization_id, name, created_by, created_at) SELECT id,"
	    " organization_id, 'Hers', id, created_at FROM users WHERE id = " UUID,
	    guest.id);
	EXPECT(guest_leave(site, &guest, PHRASE), 303, NULL);
	deletion = site_text(site,
	    "SELECT LOWER(INSERT(INSERT(INSERT(INSERT(HEX(leaving_id),9,0,'-'),14,0,'-'),19,0,'-'),"
	    "24,0,'-')) FROM users WHERE id = " UUID,
	    guest.id);
	restore = forms_text(site, "action=\"/trash/%s/restore\"", deletion);
	for (int i = 0; i < 3; i++) {
		answer = i == 0   ? site_page(site, ADMIN, "GET /trash?kind=user")
			 : i == 1 ? site_page(site, ADMIN, "GET /trash?q=Gus+Guest")
				  : site_page(site, ADMIN, "GET /trash/%s", deletion);
		EXPECT_TEXTS(answer, "Leaving by their own wish", "by themselves", deletion);
		assert_false(forms_shows(answer, restore));
	}
	EXPECT(site_form(site, ADMIN, "", "POST /trash/%s/restore", deletion), 409, NULL);
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /admin/users/%s/delete", guest.id), "1 album");
	EXPECT(site_api(site, ADMIN, "GET /api/admin/users/%s/impact?photos=keep", guest.id), 400,
	    NULL);
	EXPECT(guest_send(site, &guest, "/account/deletion/cancel", ""), 303, NULL);
}

static void test_too_late(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");

	EXPECT(guest_leave(site, &guest, PHRASE), 303, NULL);
	site_sql(site,
	    "UPDATE users u JOIN deletions d ON d.item_id = u.id SET u.deletion_scheduled_for ="
	    " UTC_TIMESTAMP(6) - INTERVAL 1 SECOND, d.recover_until = u.deletion_scheduled_for"
	    " WHERE u.id = " UUID,
	    guest.id);
	EXPECT_TEXTS(guest_send(site, &guest, "/account/deletion", NULL), "is over");
	assert_false(
	    forms_shows(guest_send(site, &guest, "/account/deletion", NULL), "Keep my account"));
	EXPECT(guest_send(site, &guest, "/account/deletion/cancel", ""), 410, NULL);
}

static void test_conflicts(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const struct http_answer *answer;

	guest_event(site, guest.id);
	answer = guest_leave(site, &guest, PHRASE "&events=block&reason=Kept");
	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "Fair &lt;1&gt;", "/account/delete?events=transfer",
	    ">Kept</textarea>", "/account/delete?events=anonymize", "value=\"delete my account\"");
	assert_null(guest_status(site, guest.id));
	/* An heir by choice, and by address where there are too many to choose from. */
	EXPECT(guest_leave(site, &guest,
		   forms_text(site, PHRASE "&events=transfer&transfer_address=%s",
		       "+BEN%40alder.example")),
	    303, NULL);
	assert_string_equal(
	    site_text(site,
		"SELECT b.email FROM users a JOIN users b ON b.id = a.deletion_transfer_to"
		" WHERE a.id = " UUID,
		guest.id),
	    site_email(BEN));
	EXPECT_TEXTS(guest_send(site, &guest, "/account/deletion", NULL), "are handed over to Ben");
}

static void test_switched_off(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;

	site_sql(site, "UPDATE organizations SET self_deletion = 0 WHERE id = " UUID,
	    site_organization_id(site, MIA));
	site_forgive_rates(site);
	answer = site_page(site, MIA, "GET /account/delete");
	EXPECT(answer, 200, NULL);
	assert_false(forms_shows(answer, "<button class=\"button button--danger\">"));
	assert_false(forms_shows(site_page(site, MIA, "GET /account"), "href=\"/account/delete\""));
	EXPECT(site_form(site, MIA, PHRASE, "POST /account/delete"), 403, NULL);
	site_sql(site, "UPDATE organizations SET self_deletion = 1 WHERE id = " UUID,
	    site_organization_id(site, MIA));
}

/* --- links ---------------------------------------------------------------------------------- */

static const char *mailed_token(struct site *site, const struct guest *guest, const char *template)
{
	const char *token = site_text(site,
	    "SELECT JSON_UNQUOTE(JSON_EXTRACT(data, '$.token')) FROM mail_outbox WHERE recipient ="
	    " '%s' AND template = '%s' ORDER BY id DESC LIMIT 1",
	    guest->email, template);

	assert_non_null(token);
	return token;
}

static void test_cancel_link(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *path, *other;
	const struct http_answer *answer;

	EXPECT(guest_leave(site, &guest, PHRASE), 303, NULL);
	path =
	    forms_text(site, "/account/cancel/%s", mailed_token(site, &guest, "account_scheduled"));
	other = forms_text(
	    site, "/account/confirm/%s", mailed_token(site, &guest, "account_scheduled"));
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 200, NULL);
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Referrer-Policy"), "no-referrer");
	assert_string_equal(guest_status(site, guest.id), "SCHEDULED");
	EXPECT(site_page(site, VISITOR, "GET %s", other), 404, NULL); /* another purpose */
	EXPECT(site_form(site, MIA, "", "POST %s", path), 403, NULL); /* no token of that form */
	answer = site_visitor_form(site, path, path, "");
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "The deletion is cancelled.");
	assert_string_equal(guest_status(site, guest.id), "CANCELED");
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 410, NULL);
	EXPECT_TEXTS(answer, "has been used");
	assert_int_equal(site_find_in_logs(site, path + strlen("/account/cancel/")), 0);
}

static void test_confirm_link(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *path;
	const struct http_answer *answer;

	site_sql(site, "UPDATE users SET password_hash = NULL WHERE id = " UUID, guest.id);
	EXPECT_TEXTS(guest_send(site, &guest, "/account/delete", NULL), "we send you a mail");
	guest_event(site, guest.id);
	assert_string_equal(
	    forms_location(site, guest_send(site, &guest, "/account/delete", PHRASE)),
	    "/account/deletion");
	assert_string_equal(guest_status(site, guest.id), "REQUESTED");
	EXPECT_TEXTS(
	    guest_send(site, &guest, "/account/deletion", NULL), "Look into your mailbox.");
	answer = guest_send(site, &guest, "/account/delete", PHRASE);
	EXPECT(answer, 409, NULL);
	EXPECT(guest_send(site, &guest, "/", NULL), 200, NULL); /* nothing has ended yet */
	path =
	    forms_text(site, "/account/confirm/%s", mailed_token(site, &guest, "account_confirm"));
	EXPECT(site_page(site, VISITOR, "GET %s", path), 200, NULL);
	assert_string_equal(guest_status(site, guest.id), "REQUESTED");
	answer = site_visitor_form(site, path, path, "");
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "It is erased on");
	assert_string_equal(guest_status(site, guest.id), "SCHEDULED");
	EXPECT(site_page(site, VISITOR, "GET %s", path), 410, NULL);
	assert_string_equal(forms_location(site, guest_send(site, &guest, "/trash", NULL)),
	    "/login?next=%2Ftrash"); /* signed out everywhere */
}

static const char *make_event(struct site *site, const char *user)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)"
	    " SELECT " UUID
	    ", organization_id, 'Dance <2>', '2027-06-01', id, created_at FROM users"
	    " WHERE id = " UUID,
	    id, user);
	return id;
}

/* Where there is no grace, nothing is promised that a grace would bring. */
static void test_confirm_link_without_grace(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *path;
	const struct http_answer *answer;

	site_sql(site, "UPDATE users SET password_hash = NULL WHERE id = " UUID, guest.id);
	EXPECT(guest_send(site, &guest, "/account/delete", PHRASE), 303, NULL);
	path =
	    forms_text(site, "/account/confirm/%s", mailed_token(site, &guest, "account_confirm"));
	site_sql(site, "UPDATE organizations SET account_grace_s = 0 WHERE id = " UUID,
	    site_organization_id(site, ADA));
	answer = site_visitor_form(site, path, path, "");
	site_sql(site, "UPDATE organizations SET account_grace_s = DEFAULT WHERE id = " UUID,
	    site_organization_id(site, ADA));
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "It is being erased.", "the receipt");
	assert_false(forms_shows(answer, "to change your mind"));
	assert_false(forms_shows(answer, "/account/deletion"));
}

static int64_t events_of(struct site *site, const char *user)
{
	return site_number(site, "SELECT COUNT(*) FROM events WHERE created_by = " UUID, user);
}

/* What has nobody's name offers nothing to be done. */
static void test_event_of_nobody(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *event = make_event(site, guest.id);
	const struct http_answer *answer;

	EXPECT(site_api_json(site, ADMIN, "{'action': 'anonymize'}", "PATCH /api/events/%s", event),
	    200, NULL);
	answer = site_page(site, ADMIN, "GET /events/%s", event);
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "it stands in nobody’s way", "Go back");
	assert_false(forms_shows(answer, "Settle it") || forms_shows(answer, "So that this"));
}

/* Events that stand in the way are settled one by one, and then nothing does. */
static void test_single_events(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *one = make_event(site, guest.id), *two = make_event(site, guest.id);
	const char *path = forms_text(site, "/events/%s", one);
	const char *ben = site_user_id(site, BEN);
	const struct http_answer *answer = guest_leave(site, &guest, PHRASE "&events=block");
	int64_t of_ben = events_of(site, ben);

	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "Dance &lt;2&gt;", forms_text(site, "href=\"%s?next=", path));
	answer = guest_send(site, &guest, "/account/delete?events=block", NULL);
	EXPECT_TEXTS(answer, "Settle them one by one", path);
	answer = guest_send(site, &guest,
	    forms_text(site, "%s?next=%%2Faccount%%2Fdelete%%3Fevents%%3Dblock", path), NULL);
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(
	    answer, "Dance &lt;2&gt;", "value=\"/account/delete?events=block\"", "Settle it");
	assert_false(forms_shows(answer, "href=\"//"));
	answer = guest_send(site, &guest, path, "events=transfer&next=/account");
	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "Choose who takes events over", "value=\"transfer\" checked",
	    "name=\"next\" value=\"/account\"");
	EXPECT(guest_send(site, &guest, path,
		   forms_text(site, "events=transfer&transfer_to=%s", site_user_id(site, MIA))),
	    400, NULL);
	EXPECT(guest_send(site, &guest, path,
		   forms_text(site, "events=transfer&transfer_to=%s", guest.id)),
	    400, NULL);
	answer = guest_send(site, &guest, path,
	    forms_text(site, "events=transfer&transfer_to=%s&next=//evil.example", ben));
	assert_string_equal(forms_location(site, answer), "/account/delete");
	assert_int_equal(events_of(site, ben), of_ben + 1);
	/* It is not theirs any more. */
	EXPECT(guest_send(site, &guest, path, "events=anonymize"), 404, NULL);
	EXPECT(site_api_json(
		   site, BIRCH_ADMIN, "{'action': 'anonymize'}", "PATCH /api/events/%s", two),
	    404, NULL);
	EXPECT_FIELD(
	    site_api_json(site, ADMIN, "{'action': 'transfer'}", "PATCH /api/events/%s", two), 400,
	    "invalid_transfer", "transfer_to");
	answer = site_api_json(site, ADMIN, "{'action': 'anonymize'}", "PATCH /api/events/%s", two);
	EXPECT(answer, 200, NULL);
	assert_true(json_is_null(http_answer_member(answer, "created_by")));
	assert_int_equal(events_of(site, guest.id), 0);
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM audit_log WHERE action IN ('event.transfer',"
			     " 'event.anonymize') AND item_id IN (" UUID ", " UUID ")",
			     one, two),
	    2);
	EXPECT(guest_leave(site, &guest, PHRASE "&events=block"), 303, NULL);
	/* Who is leaving takes nothing over. */
	EXPECT_FIELD(site_api_json(site, ADMIN,
			 forms_text(site, "{'action': 'transfer', 'transfer_to': '%s'}", guest.id),
			 "PATCH /api/events/%s", two),
	    400, "invalid_transfer", "transfer_to");
	EXPECT(guest_send(site, &guest, path, NULL), 303, NULL);
	site_sql(site, "DELETE FROM events WHERE id IN (" UUID ", " UUID ")", one, two);
}

/* Whoever settles an event comes back to where they found it: admins, on an account's page or on
 * that of its deletion, and nobody to a page that is not for them. */
static void test_way_back_from_events(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "admin");
	const char *own = forms_text(site, "/admin/users/%s", guest.id);
	const char *path = forms_text(site, "/events/%s", make_event(site, guest.id));
	const char *other =
	    forms_text(site, "/events/%s", make_event(site, site_user_id(site, BEN)));
	const char *of_ben = forms_text(site, "/admin/users/%s", site_user_id(site, BEN));
	const char *link =
	    forms_text(site, "href=\"%s?next=%%2Fadmin%%2Fusers%%2F%s", path, guest.id);
	const struct http_answer *answer = guest_send(site, &guest, own, NULL);

	EXPECT_TEXTS(answer, forms_text(site, "%s\">hand over", link));
	EXPECT_TEXTS(site_page(site, ADMIN, "GET %s/delete", own),
	    forms_text(site, "%s%%2Fdelete%%3Fevents%%3Dblock\">hand over", link));
	answer = guest_send(site, &guest, forms_text(site, "%s?next=%s", path, own), NULL);
	EXPECT_TEXTS(answer, forms_text(site, "href=\"%s\">Cancel", own));
	answer = guest_send(site, &guest, path, forms_text(site, "events=anonymize&next=%s", own));
	assert_string_equal(forms_location(site, answer), own);
	EXPECT(guest_send(site, &guest, own, NULL), 200, NULL);
	/* Of somebody else's, without a way back, to their account; of nobody's, to all of them. */
	answer = guest_send(site, &guest, other, "events=anonymize");
	assert_string_equal(forms_location(site, answer), of_ben);
	answer = guest_send(site, &guest, other, "events=anonymize");
	assert_string_equal(forms_location(site, answer), "/admin/users");
	EXPECT(site_form(site, ADMIN, "", "POST %s/delete", own), 303, NULL);
}

/* The words of the alert on a form that was refused. */
static const char *refusal_of(struct site *site, const struct http_answer *answer)
{
	const char *from = strstr(answer->body, "id=\"form-error\"");
	const char *to = from ? strstr(from, "</div>") : NULL;

	EXPECT(answer, 400, NULL);
	assert_non_null(to);
	return forms_text(site, "%.*s", (int)(to - from), from);
}

/* Who has an account elsewhere is nobody's business here: of an address that nobody has, one of
 * another organisation and one's own, the forms say the same. */
static void test_strangers_as_heirs(void **state)
{
	struct site *site = *state;
	struct guest guest = guest_make(site, "member");
	const char *path = forms_text(site, "/events/%s", make_event(site, guest.id));
	const char *deleting = forms_text(site, "/admin/users/%s/delete", guest.id);
	const char *addresses[] = {"nobody@nowhere.example", site_email(MIA), guest.email};
	const char *first[2] = {0};

	for (size_t i = 0; i < 3; i++) {
		const char *fields =
		    forms_text(site, "events=transfer&transfer_address=%s", addresses[i]);
		const char *texts[] = {refusal_of(site, guest_send(site, &guest, path, fields)),
		    refusal_of(site, site_form(site, ADMIN, fields, "POST %s", deleting))};

		for (size_t k = 0; k < 2; k++) {
			if (!first[k])
				first[k] = texts[k];
			assert_string_equal(texts[k], first[k]);
		}
	}
	assert_int_equal(events_of(site, guest.id), 1);
	EXPECT(site_form(site, ADMIN, "", "POST %s", deleting), 303, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_wrong_fields),
	    SITE_TEST(test_the_grace),
	    SITE_TEST(test_leaving_seen_by_admins),
	    SITE_TEST(test_too_late),
	    SITE_TEST(test_conflicts),
	    SITE_TEST(test_switched_off),
	    SITE_TEST(test_cancel_link),
	    SITE_TEST(test_confirm_link),
	    SITE_TEST(test_confirm_link_without_grace),
	    SITE_TEST(test_event_of_nobody),
	    SITE_TEST(test_single_events),
	    SITE_TEST(test_way_back_from_events),
	    SITE_TEST(test_strangers_as_heirs),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
