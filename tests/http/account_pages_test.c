/* account_pages_test.c - the pages of leaving and of admins' accounts: codes, words, what is kept
 * of a form, who may, and what becomes of it. */
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <domain/accounts.h>

#define PHRASE "phrase=delete+my+account"

/* Somebody of the owner's organisation, signed in by the form. */
struct guest {
	const char *id;
	const char *email;
	const char *cookie; /* header */
	const char *csrf;
};

static const struct http_answer *send_as(
    struct site *site, const struct guest *guest, const char *path, const char *fields)
{
	const char *const headers[] = {
	    guest->cookie, fields ? "Content-Type: application/x-www-form-urlencoded" : NULL, NULL};
	struct http_call call = {.method = "GET", .path = path, .headers = headers};

	if (fields) {
		call.method = "POST";
		call.body = forms_text(site, "csrf=%s&%s", guest->csrf, fields);
		call.length = strlen(call.body);
	}
	return http_client_send(site_client(site), &call);
}

static const char *csrf_of(struct site *site, const struct http_answer *answer)
{
	const char *field = strstr(answer->body, "name=\"csrf\" value=\"");

	assert_non_null(field);
	field += strlen("name=\"csrf\" value=\"");
	return forms_text(site, "%.*s", (int)strcspn(field, "\""), field);
}

static struct guest make_guest(struct site *site, const char *role)
{
	struct guest made = {.id = site_new_id(site)};
	const char *cookie;

	made.email = forms_text(site, "%s@alder.example", made.id);
	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, password_hash,"
	    " created_at) SELECT " UUID ", organization_id, '%s', 'Gus Guest', '%s', password_hash,"
	    " created_at FROM users WHERE email = '%s'",
	    made.id, made.email, role, site_email(ADA));
	site_forgive_rates(site);
	cookie = site_sign_in(site, made.email, SITE_PASSWORD, NULL, NULL);
	assert_non_null(cookie);
	made.cookie = forms_text(site, "Cookie: %s", cookie);
	made.csrf = csrf_of(site, send_as(site, &made, "/account", NULL));
	return made;
}

static void add_event(struct site *site, const char *user)
{
	site_sql(site,
	    "INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)"
	    " SELECT id, organization_id, 'Fair <1>', '2027-06-01', id, created_at FROM users"
	    " WHERE id = " UUID,
	    user);
}

static const char *status_of(struct site *site, const char *user)
{
	return site_text(site, "SELECT deletion_status FROM users WHERE id = " UUID, user);
}

/* By way of the password. */
static const struct http_answer *leave(
    struct site *site, const struct guest *guest, const char *fields)
{
	const char *way = forms_location(site, send_as(site, guest, "/account/delete", fields));

	assert_true(strncmp(way, "/reauth?act=", 12) == 0);
	return send_as(
	    site, guest, "/reauth", forms_text(site, "act=%s&password=" SITE_PASSWORD, way + 12));
}

static void expect_texts(const struct http_answer *answer, const char *const texts[])
{
	for (size_t i = 0; texts[i]; i++)
		if (!forms_shows(answer, texts[i]))
			fail_msg("%s: \"%s\" is not on the page", answer->request, texts[i]);
}
#define EXPECT_TEXTS(answer_, ...) expect_texts((answer_), (const char *const[]){__VA_ARGS__, NULL})

/* --- leaving -------------------------------------------------------------------------------- */

static void test_wrong_fields(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
	const struct http_answer *answer = send_as(site, &guest, "/account/delete",
	    "phrase=Delete+my+account&photos=keep&events=block&reason=Because+%3Cb%3E");

	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "Type the words", "value=\"Delete my account\"",
	    "value=\"keep\" checked", "value=\"block\" checked", "Because &lt;b&gt;",
	    "aria-invalid=\"true\"");
	EXPECT(send_as(site, &guest, "/account/delete", "reason=x"), 400, NULL);
	EXPECT(send_as(site, &guest, "/account/delete", PHRASE "&photos=burn"), 400, NULL);
	answer = leave(site, &guest, PHRASE "&events=transfer&reason=Why");
	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "handed over", "value=\"transfer\" checked", ">Why</textarea>");
	EXPECT(leave(site, &guest,
		   forms_text(
		       site, PHRASE "&events=transfer&transfer_to=%s", site_user_id(site, MIA))),
	    400, NULL);
	assert_null(status_of(site, guest.id));
	/* The eleventh wrong try within the hour. */
	for (int i = 0; i < 10; i++)
		(void)send_as(site, &guest, "/account/delete", "phrase=no");
	answer = send_as(site, &guest, "/account/delete", "phrase=no");
	EXPECT(answer, 429, NULL);
	assert_non_null(http_answer_header(site_client(site), answer, "Retry-After"));
}

static void test_the_grace(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
	static const char *const closed[] = {
	    "/", "/account", "/trash", "/requests", "/account/delete", "/albums"};
	const struct http_answer *answer =
	    leave(site, &guest, PHRASE "&photos=keep&reason=Moving+on");

	assert_string_equal(forms_location(site, answer), "/account/deletion");
	assert_string_equal(status_of(site, guest.id), "SCHEDULED");
	answer = send_as(site, &guest, "/account/deletion", NULL);
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "will be erased on", "are kept, without your name", "Moving on",
	    "Keep my account", "data-until=", "href=\"/account/export\"");
	assert_false(forms_shows(answer, "href=\"/trash\""));
	EXPECT(send_as(site, &guest, "/account/export", NULL), 200, NULL);
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		assert_string_equal(forms_location(site, send_as(site, &guest, closed[i], NULL)),
		    "/account/deletion");
	EXPECT(send_as(site, &guest, "/account/name", "display_name=New"), 403, NULL);
	assert_string_equal(
	    forms_location(site, send_as(site, &guest, "/account/deletion/cancel", "")),
	    "/account?done=account_kept");
	assert_string_equal(status_of(site, guest.id), "CANCELED");
	EXPECT(send_as(site, &guest, "/", NULL), 200, NULL);
	EXPECT(send_as(site, &guest, "/account/deletion/cancel", ""), 409, NULL);
	EXPECT_TEXTS(send_as(site, &guest, "/account/deletion", NULL), "It is as it was.");
}

/* Admins see who is leaving, and what goes; there is no button for what only the person can do. */
static void test_leaving_seen_by_admins(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
	const struct http_answer *answer;
	const char *deletion, *restore;

	site_sql(site,
	    "INSERT INTO albums (id, organization_id, name, created_by, created_at) SELECT id,"
	    " organization_id, 'Hers', id, created_at FROM users WHERE id = " UUID,
	    guest.id);
	EXPECT(leave(site, &guest, PHRASE), 303, NULL);
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
	EXPECT(send_as(site, &guest, "/account/deletion/cancel", ""), 303, NULL);
}

static void test_too_late(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");

	EXPECT(leave(site, &guest, PHRASE), 303, NULL);
	site_sql(site,
	    "UPDATE users u JOIN deletions d ON d.item_id = u.id SET u.deletion_scheduled_for ="
	    " UTC_TIMESTAMP(6) - INTERVAL 1 SECOND, d.recover_until = u.deletion_scheduled_for"
	    " WHERE u.id = " UUID,
	    guest.id);
	EXPECT_TEXTS(send_as(site, &guest, "/account/deletion", NULL), "is over");
	assert_false(
	    forms_shows(send_as(site, &guest, "/account/deletion", NULL), "Keep my account"));
	EXPECT(send_as(site, &guest, "/account/deletion/cancel", ""), 410, NULL);
}

static void test_conflicts(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
	const struct http_answer *answer;

	add_event(site, guest.id);
	answer = leave(site, &guest, PHRASE "&events=block&reason=Kept");
	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "Fair &lt;1&gt;", "/account/delete?events=transfer",
	    ">Kept</textarea>", "/account/delete?events=anonymize", "value=\"delete my account\"");
	assert_null(status_of(site, guest.id));
	/* An heir by choice, and by address where there are too many to choose from. */
	EXPECT(leave(site, &guest,
		   forms_text(site, PHRASE "&events=transfer&transfer_address=%s",
		       "+BEN%40alder.example")),
	    303, NULL);
	assert_string_equal(
	    site_text(site,
		"SELECT b.email FROM users a JOIN users b ON b.id = a.deletion_transfer_to"
		" WHERE a.id = " UUID,
		guest.id),
	    site_email(BEN));
	EXPECT_TEXTS(send_as(site, &guest, "/account/deletion", NULL), "are handed over to Ben");
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
	answer = site_form(site, MIA, PHRASE, "POST /account/delete");
	answer = site_form(site, MIA,
	    forms_text(site, "act=%s&password=" SITE_PASSWORD, forms_location(site, answer) + 12),
	    "POST /reauth");
	EXPECT(answer, 403, NULL);
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
	struct guest guest = make_guest(site, "member");
	const char *path, *other;
	const struct http_answer *answer;

	EXPECT(leave(site, &guest, PHRASE), 303, NULL);
	path =
	    forms_text(site, "/account/cancel/%s", mailed_token(site, &guest, "account_scheduled"));
	other = forms_text(
	    site, "/account/confirm/%s", mailed_token(site, &guest, "account_scheduled"));
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 200, NULL);
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Referrer-Policy"), "no-referrer");
	assert_string_equal(status_of(site, guest.id), "SCHEDULED");
	EXPECT(site_page(site, VISITOR, "GET %s", other), 404, NULL); /* another purpose */
	EXPECT(site_form(site, MIA, "", "POST %s", path), 403, NULL); /* no token of that form */
	answer = site_visitor_form(site, path, path, "");
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "The deletion is cancelled.");
	assert_string_equal(status_of(site, guest.id), "CANCELED");
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 410, NULL);
	EXPECT_TEXTS(answer, "has been used");
	assert_int_equal(site_find_in_logs(site, path + strlen("/account/cancel/")), 0);
}

static void test_confirm_link(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
	const char *path;
	const struct http_answer *answer;

	site_sql(site, "UPDATE users SET password_hash = NULL WHERE id = " UUID, guest.id);
	EXPECT_TEXTS(send_as(site, &guest, "/account/delete", NULL), "we send you a mail");
	add_event(site, guest.id);
	assert_string_equal(forms_location(site, send_as(site, &guest, "/account/delete", PHRASE)),
	    "/account/deletion");
	assert_string_equal(status_of(site, guest.id), "REQUESTED");
	EXPECT_TEXTS(send_as(site, &guest, "/account/deletion", NULL), "Look into your mailbox.");
	answer = send_as(site, &guest, "/account/delete", PHRASE);
	EXPECT(answer, 409, NULL);
	EXPECT(send_as(site, &guest, "/", NULL), 200, NULL); /* nothing has ended yet */
	path =
	    forms_text(site, "/account/confirm/%s", mailed_token(site, &guest, "account_confirm"));
	EXPECT(site_page(site, VISITOR, "GET %s", path), 200, NULL);
	assert_string_equal(status_of(site, guest.id), "REQUESTED");
	answer = site_visitor_form(site, path, path, "");
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "It is erased on");
	assert_string_equal(status_of(site, guest.id), "SCHEDULED");
	EXPECT(site_page(site, VISITOR, "GET %s", path), 410, NULL);
	assert_string_equal(forms_location(site, send_as(site, &guest, "/trash", NULL)),
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

static int64_t events_of(struct site *site, const char *user)
{
	return site_number(site, "SELECT COUNT(*) FROM events WHERE created_by = " UUID, user);
}

/* Events that stand in the way are settled one by one, and then nothing does. */
static void test_single_events(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
	const char *one = make_event(site, guest.id), *two = make_event(site, guest.id);
	const char *path = forms_text(site, "/events/%s", one);
	const char *ben = site_user_id(site, BEN);
	const struct http_answer *answer = leave(site, &guest, PHRASE "&events=block");
	int64_t of_ben = events_of(site, ben);

	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "Dance &lt;2&gt;", forms_text(site, "href=\"%s?next=", path));
	answer = send_as(site, &guest, "/account/delete?events=block", NULL);
	EXPECT_TEXTS(answer, "Settle them one by one", path);
	answer = send_as(site, &guest,
	    forms_text(site, "%s?next=%%2Faccount%%2Fdelete%%3Fevents%%3Dblock", path), NULL);
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(
	    answer, "Dance &lt;2&gt;", "value=\"/account/delete?events=block\"", "Settle it");
	assert_false(forms_shows(answer, "href=\"//"));
	answer = send_as(site, &guest, path, "events=transfer&next=/account");
	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "Choose who takes the event over", "value=\"transfer\" checked",
	    "name=\"next\" value=\"/account\"");
	EXPECT(send_as(site, &guest, path,
		   forms_text(site, "events=transfer&transfer_to=%s", site_user_id(site, MIA))),
	    400, NULL);
	EXPECT(send_as(site, &guest, path,
		   forms_text(site, "events=transfer&transfer_to=%s", guest.id)),
	    400, NULL);
	answer = send_as(site, &guest, path,
	    forms_text(site, "events=transfer&transfer_to=%s&next=//evil.example", ben));
	assert_string_equal(forms_location(site, answer), "/account/delete");
	assert_int_equal(events_of(site, ben), of_ben + 1);
	/* It is not theirs any more. */
	EXPECT(send_as(site, &guest, path, "events=anonymize"), 404, NULL);
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
	EXPECT(leave(site, &guest, PHRASE "&events=block"), 303, NULL);
	/* Who is leaving takes nothing over. */
	EXPECT_FIELD(site_api_json(site, ADMIN,
			 forms_text(site, "{'action': 'transfer', 'transfer_to': '%s'}", guest.id),
			 "PATCH /api/events/%s", two),
	    400, "invalid_transfer", "transfer_to");
	EXPECT(send_as(site, &guest, path, NULL), 303, NULL);
	site_sql(site, "DELETE FROM events WHERE id IN (" UUID ", " UUID ")", one, two);
}

/* --- admins --------------------------------------------------------------------------------- */

static void test_guardrails(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
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
	struct guest guest = make_guest(site, "member");
	const struct http_answer *answer = site_form(site, ADMIN,
	    "mode=hard&confirmation=gus+guest&reason=Why", "POST /admin/users/%s/delete", guest.id);
	const char *way;

	EXPECT(answer, 400, NULL);
	EXPECT_TEXTS(answer, "type the name", "value=\"gus guest\"", "value=\"hard\" checked");
	EXPECT(site_form(site, ADMIN, "mode=hard", "POST /admin/users/%s/delete", guest.id), 400,
	    NULL);
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

static void test_soft_and_back(void **state)
{
	struct site *site = *state;
	struct guest guest = make_guest(site, "member");
	const struct http_answer *answer;

	add_event(site, guest.id);
	answer = site_form(
	    site, ADMIN, "events=block&reason=Kept", "POST /admin/users/%s/delete", guest.id);
	EXPECT(answer, 409, NULL);
	EXPECT_TEXTS(answer, "Fair &lt;1&gt;", "?events=transfer", ">Kept</textarea>");
	EXPECT(site_form(site, ADMIN, "reason=Left", "POST /admin/users/%s/delete", guest.id), 303,
	    NULL);
	assert_string_equal(status_of(site, guest.id), "DELETED");
	assert_string_equal(
	    forms_location(site, send_as(site, &guest, "/trash", NULL)), "/login?next=%2Ftrash");
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /admin/users/%s", guest.id), "Restore the account",
	    "Left", "Time left");
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", guest.id), 409, NULL);
	assert_true(
	    forms_shows(site_page(site, ADMIN, "GET /admin/users?state=deleted"), guest.email));
	assert_false(forms_shows(site_page(site, ADMIN, "GET /admin/users"), guest.email));
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/restore", guest.id), 303, NULL);
	assert_null(status_of(site, guest.id));
	assert_true(forms_shows(site_page(site, ADMIN, "GET /admin/users"), guest.email));
}

static void test_several(void **state)
{
	struct site *site = *state;
	struct guest one = make_guest(site, "member"), two = make_guest(site, "member");
	const char *ids = forms_text(site, "ids=%s&ids=%s&ids=%s&ids=%s", one.id, two.id,
	    site_user_id(site, ADMIN), site_user_id(site, MIA));
	const struct http_answer *answer =
	    site_page(site, ADMIN, "GET /admin/users/delete?%s", ids);

	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, one.email, two.email);
	assert_false(forms_shows(answer, site_email(MIA)));
	add_event(site, two.id);
	answer = site_form(
	    site, ADMIN, forms_text(site, "%s&events=block", ids), "POST /admin/users/delete");
	EXPECT(answer, 200, NULL);
	EXPECT_TEXTS(answer, "1 account is deleted", "your own account", "events stand in the way",
	    "there is no such account here");
	assert_string_equal(status_of(site, one.id), "DELETED");
	assert_null(status_of(site, two.id));
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
	struct guest guest = make_guest(site, "admin");
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
	struct guest guest = make_guest(site, "member");
	const char *request = forms_request(site, ADA, forms_submitted(site, "Named"));
	const struct http_answer *answer;

	site_sql(site, "UPDATE deletion_requests SET requester_id = " UUID " WHERE id = " UUID,
	    guest.id, request);
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /requests/%s", request), "Gus Guest");
	EXPECT(leave(site, &guest, PHRASE), 303, NULL);
	answer = site_page(site, ADMIN, "GET /requests/%s", request);
	EXPECT_TEXTS(answer, "Deleted User");
	assert_false(forms_shows(answer, "Gus Guest"));
	EXPECT(send_as(site, &guest, "/account/deletion/cancel", ""), 303, NULL);
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /requests/%s", request), "Gus Guest");
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/delete", guest.id), 303, NULL);
	EXPECT_TEXTS(site_page(site, ADMIN, "GET /requests/%s", request), "Deleted User");
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
	    SITE_TEST(test_single_events),
	    SITE_TEST(test_guardrails),
	    SITE_TEST(test_hard),
	    SITE_TEST(test_soft_and_back),
	    SITE_TEST(test_several),
	    SITE_TEST(test_admin_switch),
	    SITE_TEST(test_filters),
	    SITE_TEST(test_names),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
