/* account_test.c - one's own account, the links that end notices, and the pages that explain. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <domain/notices.h>

static void expect_text(const struct http_answer *answer, const char *text)
{
	if (!strstr(answer->body, text))
		fail_msg("%s: \"%s\" is not on the page", answer->request, text);
}

static void expect_none(const struct http_answer *answer, const char *text)
{
	if (strstr(answer->body, text))
		fail_msg("%s: \"%s\" is on the page", answer->request, text);
}

static const struct http_answer *get_as(struct site *site, const char *cookie, const char *path)
{
	const char *const headers[] = {
	    arena_join(site_arena(site), "Cookie: ", cookie, NULL), NULL};
	const struct http_call call = {.method = "GET", .path = path, .headers = headers};

	return http_client_send(site_client(site), &call);
}

static int64_t entries(struct site *site, enum person who, const char *action)
{
	return site_number(site,
	    "SELECT COUNT(*) FROM audit_log WHERE item_id = " UUID " AND action = '%s'",
	    site_user_id(site, who), action);
}

/* --- profile ------------------------------------------------------------------------------- */

static void test_profile(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = site_page(site, MIA, "GET /account");
	const char *before =
	    site_text(site, "SELECT display_name FROM users WHERE email = '%s'", site_email(MIA));
	int64_t noted = entries(site, MIA, "user.rename");

	EXPECT(answer, 200, NULL);
	expect_text(answer, "mia@birch.example");
	expect_text(answer, "Birch Archive");
	expect_none(answer, "name=\"requests\""); /* for admins */
	answer = site_form(site, MIA, "display_name=++Mia+%3Cb%3E+", "POST /account/name");
	EXPECT(answer, 303, NULL);
	assert_string_equal(
	    site_text(site, "SELECT display_name FROM users WHERE email = '%s'", site_email(MIA)),
	    "Mia <b>");
	expect_text(site_page(site, MIA, "GET /account?done=renamed"), "Mia &lt;b&gt;");
	assert_int_equal(entries(site, MIA, "user.rename"), noted + 1);
	/* The same again is no change. */
	EXPECT(site_form(site, MIA, "display_name=Mia+%3Cb%3E", "POST /account/name"), 303, NULL);
	assert_int_equal(entries(site, MIA, "user.rename"), noted + 1);
	/* Neither name is in the trail. */
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM audit_log WHERE action = 'user.rename'"
			      " AND details LIKE '%%Mia%%'"),
	    0);
	site_sql(site, "UPDATE users SET display_name = '%s' WHERE email = '%s'", before,
	    site_email(MIA));
}

static void test_wrong_names(void **state)
{
	struct site *site = *state;
	char *long_name = arena_alloc(site_arena(site), 300);
	const char *const names[] = {"", "+++", "%E2%80%83", "a%0Ab", "a%7Fb", long_name};
	int64_t noted = entries(site, MIA, "user.rename");

	memset(long_name, 'x', 201);
	long_name[201] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct http_answer *answer = site_form(site, MIA,
		    arena_join(site_arena(site), "display_name=", names[i], NULL),
		    "POST /account/name");
		EXPECT(answer, 400, NULL);
		expect_text(answer, "aria-invalid=\"true\"");
	}
	assert_int_equal(entries(site, MIA, "user.rename"), noted);
}

/* --- notices ------------------------------------------------------------------------------- */

static int64_t wants(struct site *site, enum person who)
{
	return site_number(site,
	    "SELECT notify_retention * 10 + notify_requests FROM users WHERE email = '%s'",
	    site_email(who));
}

static void want_all(struct site *site, enum person who)
{
	site_sql(site,
	    "UPDATE users SET notify_retention = 1, notify_requests = 1 WHERE email ="
	    " '%s'",
	    site_email(who));
}

static void test_choices(void **state)
{
	struct site *site = *state;
	int64_t noted = entries(site, ADMIN2, "user.notices");

	want_all(site, ADMIN2);
	expect_text(site_page(site, ADMIN2, "GET /account"), "name=\"requests\"");
	EXPECT(site_form(site, ADMIN2, "retention=true", "POST /account/notices"), 303, NULL);
	assert_int_equal(wants(site, ADMIN2), 10);
	EXPECT(site_form(site, ADMIN2, "requests=true", "POST /account/notices"), 303, NULL);
	assert_int_equal(wants(site, ADMIN2), 1);
	assert_int_equal(entries(site, ADMIN2, "user.notices"), noted + 2);
	EXPECT(site_form(site, ADMIN2, "requests=true", "POST /account/notices"), 303, NULL);
	assert_int_equal(entries(site, ADMIN2, "user.notices"), noted + 2);
	assert_string_equal(site_text(site,
				"SELECT details FROM audit_log WHERE action = 'user.notices'"
				" AND item_id = " UUID " ORDER BY id DESC LIMIT 1",
				site_user_id(site, ADMIN2)),
	    "{\"retention\":false,\"retention_before\":true,\"requests\":true,"
	    "\"requests_before\":false}");
	/* What a member's form does not show stays as it is. */
	want_all(site, MIA);
	EXPECT(site_form(site, MIA, "", "POST /account/notices"), 303, NULL);
	assert_int_equal(wants(site, MIA), 1);
	want_all(site, MIA);
	want_all(site, ADMIN2);
}

/* Whomever they act for, it is their own account, in their own organisation. */
static void test_platform_admin_acting(void **state)
{
	struct site *site = *state;
	const char *name = site_text(
	    site, "SELECT display_name FROM users WHERE email = '%s'", site_email(PLATFORM));
	int64_t noted =
	    entries(site, PLATFORM, "user.rename") + entries(site, PLATFORM, "user.notices");
	const struct http_answer *answer = site_page(site, PLATFORM, "GET /account");

	EXPECT(answer, 200, NULL);
	expect_text(answer, "platform@lethe.example");
	site_sql(site,
	    "UPDATE sessions SET acting_organization_id = " UUID " WHERE user_id = " UUID,
	    site_organization_id(site, MIA), site_user_id(site, PLATFORM));
	EXPECT(site_form(site, PLATFORM, "display_name=Someone+else", "POST /account/name"), 303,
	    NULL);
	EXPECT(site_form(site, PLATFORM, "requests=true", "POST /account/notices"), 303, NULL);
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM audit_log a JOIN users u ON u.id = a.item_id AND"
			     " u.organization_id = a.organization_id WHERE u.email = '%s'"
			     " AND a.action IN ('user.rename', 'user.notices')",
			     site_email(PLATFORM)),
	    noted + 2);
	want_all(site, PLATFORM);
	site_sql(site, "UPDATE users SET display_name = '%s' WHERE email = '%s'", name,
	    site_email(PLATFORM));
	site_sql(site, "UPDATE sessions SET acting_organization_id = NULL WHERE user_id = " UUID,
	    site_user_id(site, PLATFORM));
}

/* The path that a mail of that kind carries, as if it had been queued `shift_us` from now. */
static const char *link_of(struct site *site, enum person who, enum notice notice, int64_t shift_us)
{
	struct auth *auth = site_auth_at(site, shift_us);
	const struct domain domain = {.clock = auth->clock, .auth = auth};
	struct id id;

	assert_true(id_parse(site_user_id(site, who), &id));
	return notices_path(&domain, site_arena(site), &id, notice);
}

static const struct http_answer *post(
    struct site *site, const char *path, const char *type, const char *body)
{
	const struct http_call call = {.method = "POST", .path = path, .type = type, .body = body};

	return http_client_send(site_client(site), &call);
}

static void test_link(void **state)
{
	struct site *site = *state;
	const char *path = link_of(site, ADMIN2, NOTICE_RETENTION, 0);
	const struct http_answer *answer;

	want_all(site, ADMIN2);
	/* Looking changes nothing: mail scanners follow links. */
	answer = site_page(site, VISITOR, "GET %s", path);
	EXPECT(answer, 200, NULL);
	expect_text(answer, "Send no more of these");
	expect_text(answer, "admin2@alder.example");
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Referrer-Policy"), "no-referrer");
	assert_int_equal(wants(site, ADMIN2), 11);
	/* The button: no session, no cookie, no redirect. */
	answer = post(site, path, "application/x-www-form-urlencoded", "");
	EXPECT(answer, 200, NULL);
	expect_text(answer, "gets no more of these mails");
	assert_int_equal(wants(site, ADMIN2), 1);
	assert_non_null(
	    strstr(site_text(site,
		       "SELECT CONCAT(actor, details) FROM audit_log WHERE action ="
		       " 'user.notices' AND item_id = " UUID " ORDER BY id DESC LIMIT 1",
		       site_user_id(site, ADMIN2)),
		"\"by_link\":true"));
	/* Again, and after choosing anew: it goes on working for as long as the mail may lie about.
	 */
	EXPECT(post(site, path, "application/x-www-form-urlencoded", ""), 200, NULL);
	want_all(site, ADMIN2);
	EXPECT(post(site, path, "application/x-www-form-urlencoded", ""), 200, NULL);
	assert_int_equal(wants(site, ADMIN2), 1);
	expect_none(site_page(site, VISITOR, "GET %s", path), "Send no more of these");
	want_all(site, ADMIN2);
}

/* RFC 8058: the mail reader posts this, with neither cookie nor CSRF token. */
static void test_one_click(void **state)
{
	struct site *site = *state;
	const char *path = link_of(site, ADMIN2, NOTICE_REQUESTS, 0);
	const struct site_part part = {.name = "List-Unsubscribe", .bytes = "One-Click"};
	size_t length;
	const char *body = site_multipart(site, &part, 1, &length);

	want_all(site, ADMIN2);
	EXPECT(post(site, path, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
	    200, NULL);
	assert_int_equal(wants(site, ADMIN2), 10);
	want_all(site, ADMIN2);
	EXPECT(post(site, path, SITE_MULTIPART_TYPE, body), 200, NULL);
	assert_int_equal(wants(site, ADMIN2), 10);
	/* Links do not end up in logs. */
	site_await_in_logs(site, "\"path\":\"/notices/-\"");
	assert_int_equal(site_find_in_logs(site, path + strlen("/notices/")), 0);
	want_all(site, ADMIN2);
}

static void test_dead_links(void **state)
{
	struct site *site = *state;
	const int64_t minute_us = 60 * CLOCK_SECOND_US;
	const char *old = link_of(site, ADMIN2, NOTICE_REQUESTS, -NOTICES_LINK_US - minute_us);
	const char *aging = link_of(site, ADMIN2, NOTICE_REQUESTS, -NOTICES_LINK_US + minute_us);
	const char *path = link_of(site, ADMIN2, NOTICE_REQUESTS, 0);
	char *broken = arena_dup(site_arena(site), path);

	want_all(site, ADMIN2);
	broken[strlen(broken) - 5] = broken[strlen(broken) - 5] == 'A' ? 'B' : 'A';
	EXPECT(site_page(site, VISITOR, "GET %s", old), 410, NULL);
	EXPECT(post(site, old, "application/x-www-form-urlencoded", ""), 410, NULL);
	EXPECT(site_page(site, VISITOR, "GET %s", broken), 404, NULL);
	EXPECT(post(site, broken, "application/x-www-form-urlencoded", ""), 404, NULL);
	EXPECT(site_page(site, VISITOR, "GET %s", aging), 200, NULL);
	assert_int_equal(wants(site, ADMIN2), 11);
	/* An account that is gone gets no mail anyway. */
	site_sql(site, "UPDATE users SET deleted_at = UTC_TIMESTAMP(6) WHERE email = '%s'",
	    site_email(ADMIN2));
	EXPECT(site_page(site, VISITOR, "GET %s", path), 410, NULL);
	EXPECT(post(site, path, "application/x-www-form-urlencoded", ""), 410, NULL);
	site_sql(site, "UPDATE users SET deleted_at = NULL WHERE email = '%s'", site_email(ADMIN2));
}

/* New requests are a notice to admins; the receipt of one's own always goes. */
static void test_mails_of_requests(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Asked for");
	const char *path;

	want_all(site, ADMIN);
	site_sql(
	    site, "DELETE FROM mail_outbox WHERE template IN ('request_new', 'request_received')");
	site_sql(
	    site, "UPDATE users SET notify_requests = 0 WHERE email = '%s'", site_email(ADMIN2));
	EXPECT(site_api_json(site, ADMIN,
		   "{'action': 'request_deletion', 'reason': 'It shows somebody at home.'}",
		   "PATCH /api/photos/%s", photo),
	    201, NULL);
	path = site_text(site,
	    "SELECT unsubscribe FROM mail_outbox WHERE template = 'request_new'"
	    " AND recipient = '%s'",
	    site_email(ADMIN));
	assert_non_null(path);
	expect_text(site_page(site, VISITOR, "GET %s", path), "New requests for deletion");
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM mail_outbox WHERE template = 'request_new'"
			     " AND recipient = '%s'",
			     site_email(ADMIN2)),
	    0);
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM mail_outbox WHERE template = 'request_received'"
			     " AND recipient = '%s' AND unsubscribe IS NULL",
			     site_email(ADMIN)),
	    1);
	want_all(site, ADMIN2);
}

/* --- sessions ------------------------------------------------------------------------------ */

static const char *session_id(struct site *site, const char *agent)
{
	return site_text(site,
	    "SELECT LOWER(INSERT(INSERT(INSERT(INSERT(HEX(id), 9, 0, '-'), 14, 0, '-'), 19, 0, "
	    "'-'),"
	    " 24, 0, '-')) FROM sessions WHERE user_agent = '%s'",
	    agent);
}

static void name_session(struct site *site, const char *agent)
{
	site_sql(site, "UPDATE sessions SET user_agent = '%s' ORDER BY id DESC LIMIT 1", agent);
}

static void test_sessions(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;

	(void)site_page(site, SHOP, "GET /account");
	const char *one = site_sign_in(site, site_email(SHOP), SITE_PASSWORD, NULL, NULL);
	name_session(
	    site, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
	const char *two = site_sign_in(site, site_email(SHOP), SITE_PASSWORD, NULL, NULL);
	name_session(site, "strange <agent>");
	answer = site_page(site, SHOP, "GET /account");
	expect_text(answer, "Firefox on Linux");
	expect_text(answer, "strange &lt;agent&gt;");
	expect_text(answer, "This one");
	EXPECT(get_as(site, two, "/account"), 200, NULL);
	EXPECT(site_form(site, SHOP, "", "POST /account/sessions/%s/end",
		   session_id(site, "strange <agent>")),
	    303, NULL);
	EXPECT(get_as(site, two, "/account"), 303, NULL); /* to the login */
	EXPECT(get_as(site, one, "/account"), 200, NULL);
	EXPECT(site_form(site, SHOP, "", "POST /account/sessions/end"), 303, NULL);
	EXPECT(get_as(site, one, "/account"), 303, NULL);
	answer = site_page(site, SHOP, "GET /account");
	EXPECT(answer, 200, NULL);
	expect_none(answer, "Sign out everywhere else");
}

/* However often somebody has signed in, a page has fifty, and leads to the rest. */
static void test_many_sessions(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;
	const char *after, *cursor;

	(void)site_page(site, SHOP, "GET /account");
	site_sql(site,
	    "INSERT INTO sessions (token_hash, id, user_id, csrf_secret, user_agent, created_at,"
	    " seen_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
	    "60)"
	    " SELECT UNHEX(SHA2(CONCAT('many ', n.i), 256)), UNHEX(MD5(CONCAT('many ', n.i))),"
	    " s.user_id, s.csrf_secret, CONCAT('many-', n.i, ';'), s.created_at,"
	    " s.seen_at - INTERVAL n.i SECOND FROM n JOIN (SELECT * FROM sessions WHERE user_id "
	    "= " UUID " ORDER BY seen_at DESC LIMIT 1) s",
	    site_user_id(site, SHOP));
	answer = site_page(site, SHOP, "GET /account");
	EXPECT(answer, 200, NULL);
	expect_text(answer, "many-49;");
	expect_none(answer, "many-50;");
	after = http_answer_between(
	    site_client(site), answer, "href=\"/account?after=", "&amp;cursor=");
	cursor = http_answer_between(site_client(site), answer, "&amp;cursor=", "#sessions\"");
	assert_non_null(after);
	assert_non_null(cursor);
	answer = site_page(site, SHOP, "GET /account?after=%s&cursor=%s", after, cursor);
	EXPECT(answer, 200, NULL);
	expect_none(answer, "many-49;");
	expect_text(answer, "many-50;");
	expect_text(answer, "many-60;");
	expect_none(answer, "rel=\"next\"");
	EXPECT(site_page(site, SHOP, "GET /account?after=yesterday"), 400, NULL);
	EXPECT(site_form(site, SHOP, "", "POST /account/sessions/end"), 303, NULL);
}

/* Nobody ends another's session, nor learns that it is there. */
static void test_sessions_of_others(void **state)
{
	struct site *site = *state;
	const char *cookie = site_sign_in(site, site_email(SHOP), SITE_PASSWORD, NULL, NULL);

	name_session(site, "a browser of the shop");
	const char *id = session_id(site, "a browser of the shop");
	EXPECT(site_form(site, BEN, "", "POST /account/sessions/%s/end", id), 404, NULL);
	EXPECT(site_form(site, ADMIN, "", "POST /account/sessions/%s/end", id), 404, NULL);
	EXPECT(site_form(site, BEN, "", "POST /account/sessions/nonsense/end"), 404, NULL);
	EXPECT(site_form(site, BEN, "", "POST /account/sessions/end"), 303, NULL);
	EXPECT(get_as(site, cookie, "/account"), 200, NULL);
	expect_none(site_page(site, BEN, "GET /account"), "a browser of the shop");
	/* A form without the session's CSRF token is refused. */
	const char *const headers[] = {
	    arena_join(site_arena(site), "Cookie: ", cookie, NULL), NULL};
	const struct http_call call = {.method = "POST",
	    .path = "/account/sessions/end",
	    .type = "application/x-www-form-urlencoded",
	    .body = "",
	    .headers = headers};
	EXPECT(http_client_send(site_client(site), &call), 403, NULL);
}

static void test_ending_ones_own(void **state)
{
	struct site *site = *state;
	struct http_client *client = site_client(site);
	const char *cookie = site_sign_in(site, site_email(SHOP), SITE_PASSWORD, NULL, NULL);

	name_session(site, "this very browser");
	const struct http_answer *answer = get_as(site, cookie, "/account");
	const char *const headers[] = {
	    arena_join(site_arena(site), "Cookie: ", cookie, NULL), NULL};
	const struct http_call call = {.method = "POST",
	    .path = arena_printf(site_arena(site), "/account/sessions/%s/end",
		session_id(site, "this very browser")),
	    .type = "application/x-www-form-urlencoded",
	    .body = arena_join(site_arena(site),
		"csrf=", http_answer_between(client, answer, "name=\"csrf\" value=\"", "\""), NULL),
	    .headers = headers};
	answer = http_client_send(client, &call);
	EXPECT(answer, 303, NULL);
	assert_string_equal(
	    http_answer_header(client, answer, "Location"), "/login?done=signed_out");
	EXPECT(get_as(site, cookie, "/account"), 303, NULL);
}

/* --- help and privacy ---------------------------------------------------------------------- */

static void test_figures(void **state)
{
	struct site *site = *state;
	const char *birch = site_organization_id(site, MIA);
	const struct http_answer *answer;

	site_sql(site,
	    "UPDATE organizations SET photo_recovery_s = 7200, container_recovery_s = 864000,"
	    " archive_retention_s = 5184000, account_grace_s = 0, audit_retention_months = 24"
	    " WHERE id = " UUID,
	    birch);
	answer = site_page(site, MIA, "GET /privacy");
	expect_text(answer, "2 hours");
	expect_text(answer, "10 days");
	expect_text(answer, "60 days");
	expect_text(answer, "Erased at once");
	expect_text(answer, "24 months");
	/* Quests and adventures have no trash; and a session's row outlives the session. */
	expect_text(answer, "A deleted quest or adventure");
	expect_none(answer, "photo, quest or adventure");
	expect_text(answer, "45 days after the last use");
	answer = site_page(site, MIA, "GET /help");
	expect_text(answer, "2 hours");
	expect_text(answer, "there is also an “Undo”");
	expect_none(answer, "both sides");
	expect_text(answer, "60 days");
	site_sql(site, "UPDATE organizations SET photo_recovery_s = 0 WHERE id = " UUID, birch);
	expect_text(site_page(site, MIA, "GET /privacy"), "Purged at once");
	expect_none(site_page(site, MIA, "GET /help"), "0 hours");
	expect_none(site_page(site, MIA, "GET /help"), "there is also an “Undo”");
	/* Who is not signed in sees the usual figures, and nobody's own. */
	answer = site_page(site, VISITOR, "GET /privacy");
	EXPECT(answer, 200, NULL);
	expect_text(answer, "4 hours");
	expect_text(answer, "7 days");
	expect_text(answer, "30 days");
	expect_text(answer, "14 days");
	expect_text(answer, "12 months");
	site_sql(site,
	    "UPDATE organizations SET photo_recovery_s = DEFAULT, container_recovery_s = DEFAULT,"
	    " archive_retention_s = DEFAULT, account_grace_s = DEFAULT,"
	    " audit_retention_months = DEFAULT WHERE id = " UUID,
	    birch);
}

static void test_contacts_and_footer(void **state)
{
	struct site *site = *state;
	const struct config *config = site_config(site);
	static const char *const pages[] = {
	    "/login", "/help", "/privacy", "/removal", "/s/none", "/nowhere"};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const struct http_answer *answer = site_page(site, VISITOR, "GET %s", pages[i]);
		expect_text(answer, "href=\"/help\"");
		expect_text(answer, "href=\"/privacy\"");
	}
	for (size_t i = 1; i < 3; i++) {
		const struct http_answer *answer = site_page(site, VISITOR, "GET %s", pages[i]);
		expect_text(answer, config->contact_privacy);
		expect_text(answer, config->contact_support);
		expect_text(answer, config->contact_general);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_profile),
	    SITE_TEST(test_wrong_names),
	    SITE_TEST(test_platform_admin_acting),
	    SITE_TEST(test_choices),
	    SITE_TEST(test_link),
	    SITE_TEST(test_one_click),
	    SITE_TEST(test_dead_links),
	    SITE_TEST(test_mails_of_requests),
	    SITE_TEST(test_sessions),
	    SITE_TEST(test_many_sessions),
	    SITE_TEST(test_sessions_of_others),
	    SITE_TEST(test_ending_ones_own),
	    SITE_TEST(test_figures),
	    SITE_TEST(test_contacts_and_footer),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
