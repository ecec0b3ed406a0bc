/* identity_wait_test.c - what admins see of an erasure that waits for the identity provider. */
#include "../support/request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WHY "identity_http_403 PERMISSION_DENIED"

static const char *make_user(struct site *site)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, identity_uid,"
	    " created_at) SELECT " UUID ", organization_id, '%s@alder.example', 'Will Wait',"
	    " 'member', 'uid-%s', UTC_TIMESTAMP(6) FROM users WHERE email = '%s'",
	    id, id, id, site_email(ADA));
	return id;
}

/* As a worker leaves it whose provider refuses: the window is closed, the rest is put off. */
static void let_wait(struct site *site, const char *user, const char *deletion, int minutes)
{
	site_sql(site,
	    "INSERT INTO jobs (id, organization_id, task, item_id, attempts, last_error, run_at,"
	    " created_at) SELECT " UUID ", organization_id, 'deletion', " UUID ", 7, '" WHY "',"
	    " UTC_TIMESTAMP(6) + INTERVAL 25 MINUTE, UTC_TIMESTAMP(6) - INTERVAL %d MINUTE"
	    " FROM users WHERE id = " UUID,
	    site_new_id(site), deletion, minutes, user);
	site_sql(site,
	    "UPDATE deletions SET state = 'purging', recover_until = UTC_TIMESTAMP(6)"
	    " WHERE id = " UUID,
	    deletion);
}

static void bring_back(struct site *site, const char *user, const char *deletion)
{
	site_sql(site,
	    "UPDATE deletions SET state = 'trashed', recover_until = UTC_TIMESTAMP(6) +"
	    " INTERVAL 1 DAY WHERE id = " UUID,
	    deletion);
	site_sql(site, "DELETE FROM jobs WHERE item_id = " UUID, deletion);
	EXPECT(site_form(site, ADMIN, "", "POST /admin/users/%s/restore", user), 303, NULL);
}

static const char *delete_user(struct site *site, const char *user)
{
	EXPECT(
	    site_form(site, ADMIN, "reason=Left", "POST /admin/users/%s/delete", user), 303, NULL);
	return site_text(site,
	    "SELECT LOWER(CONCAT_WS('-', HEX(SUBSTR(deletion_id, 1, 4)),"
	    " HEX(SUBSTR(deletion_id, 5, 2)), HEX(SUBSTR(deletion_id, 7, 2)),"
	    " HEX(SUBSTR(deletion_id, 9, 2)), HEX(SUBSTR(deletion_id, 11)))) FROM users"
	    " WHERE id = " UUID,
	    user);
}

static long late(struct site *site, enum person who)
{
	return http_answer_number(
	    site_api(site, who, "GET /api/admin/stats"), "overdue.identities.count");
}

static void expect_shown(struct site *site, const char *user, const char *deletion, bool shown)
{
	static const char words[] = "Waiting for the identity provider";
	const struct http_answer *answer =
	    site_page(site, ADMIN, "GET /admin/users?state=deleted&q=%s", user);

	EXPECT(answer, 200, NULL);
	assert_int_equal(forms_shows(answer, words), shown);
	for (int i = 0; i < 2; i++) {
		answer = i ? site_page(site, ADMIN, "GET /trash/%s", deletion)
			   : site_page(site, ADMIN, "GET /admin/users/%s", user);
		EXPECT(answer, 200, NULL);
		assert_int_equal(forms_shows(answer, words), shown);
		assert_int_equal(forms_shows(answer, "<code>" WHY "</code>"), shown);
		assert_int_equal(forms_shows(answer, "7 times"), shown);
	}
}

static void test_shown_while_it_waits(void **state)
{
	struct site *site = *state;
	const char *user = make_user(site), *deletion = delete_user(site, user);
	long before = late(site, ADMIN), elsewhere = late(site, BIRCH_ADMIN);

	expect_shown(site, user, deletion, false);
	let_wait(site, user, deletion, 20);
	expect_shown(site, user, deletion, true);
	assert_int_equal(late(site, ADMIN), before + 1);
	assert_int_equal(late(site, BIRCH_ADMIN), elsewhere);
	assert_true(forms_shows(site_page(site, ADMIN, "GET /admin"), "for the identity provider"));
	bring_back(site, user, deletion);
	assert_int_equal(late(site, ADMIN), before);
}

/* Of an organisation it is one of its people that is waited for. */
static void test_words_of_an_organisation(void **state)
{
	static const char one[] = "the account goes once the user is removed there",
			  many[] = "and the organisation after the last";
	struct site *site = *state;
	const char *user = make_user(site), *deletion = delete_user(site, user);
	const struct http_answer *answer;

	let_wait(site, user, deletion, 20);
	answer = site_page(site, PLATFORM, "GET /trash/%s", deletion);
	assert_true(forms_shows(answer, one) && !forms_shows(answer, many));
	site_sql(site, "UPDATE deletions SET kind = 'organization' WHERE id = " UUID, deletion);
	answer = site_page(site, PLATFORM, "GET /trash/%s", deletion);
	assert_true(forms_shows(answer, many) && !forms_shows(answer, one));
	site_sql(site, "UPDATE deletions SET kind = 'user' WHERE id = " UUID, deletion);
	bring_back(site, user, deletion);
}

/* Soon is soon enough. */
static void test_not_late_at_first(void **state)
{
	struct site *site = *state;
	const char *user = make_user(site), *deletion = delete_user(site, user);
	long before = late(site, ADMIN);

	let_wait(site, user, deletion, 5);
	assert_int_equal(late(site, ADMIN), before);
	bring_back(site, user, deletion);
}

/* What is put off for another reason is another matter. */
static void test_not_shown_for_other_reasons(void **state)
{
	struct site *site = *state;
	const char *user = make_user(site), *deletion = delete_user(site, user);

	let_wait(site, user, deletion, 20);
	site_sql(
	    site, "UPDATE jobs SET last_error = 'store_failed' WHERE item_id = " UUID, deletion);
	expect_shown(site, user, deletion, false);
	bring_back(site, user, deletion);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_shown_while_it_waits),
	    SITE_TEST(test_words_of_an_organisation),
	    SITE_TEST(test_not_late_at_first),
	    SITE_TEST(test_not_shown_for_other_reasons),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
