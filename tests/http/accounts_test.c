/* accounts_test.c - leaving, and being seen off, over HTTP: codes, shapes, what ends and what goes
 * on. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Somebody of the owner's organisation, with the password of all. */
struct leaver {
	const char *id;
	const char *email;
	const char *authorization; /* header */
};

static const char *get_token(struct site *site, const char *email)
{
	const char *body = arena_printf(
	    site_arena(site), "{'email': '%s', 'password': '" SITE_PASSWORD "'}", email);
	const struct http_answer *answer = site_api_json(site, VISITOR, body, "POST /api/tokens");

	EXPECT(answer, 201, NULL);
	return arena_printf(
	    site_arena(site), "Authorization: Bearer %s", http_answer_text(answer, "access_token"));
}

static struct leaver make_leaver(struct site *site, const char *role)
{
	struct leaver made = {.id = site_new_id(site)};

	made.email = arena_printf(site_arena(site), "%s@alder.example", made.id);
	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, password_hash,"
	    " created_at) SELECT " UUID ", organization_id, '%s', 'Leaver', '%s', password_hash,"
	    " created_at FROM users WHERE email = '%s'",
	    made.id, made.email, role, site_email(ADA));
	made.authorization = get_token(site, made.email);
	return made;
}

static const char *prove(struct site *site, const struct leaver *leaver, const char *purpose)
{
	const char *body = arena_printf(
	    site_arena(site), "{'password': '" SITE_PASSWORD "', 'purpose': '%s'}", purpose);
	const struct http_answer *answer =
	    site_api_with(site, VISITOR, leaver->authorization, body, "POST /api/reauth");

	EXPECT(answer, 201, NULL);
	return arena_printf(site_arena(site), "%s\r\nX-Reauth-Token: %s", leaver->authorization,
	    http_answer_text(answer, "reauth_token"));
}

#define LEAVE "{'phrase': 'delete my account', 'reason': 'Enough'}"

static const struct http_answer *status_of(struct site *site, const struct leaver *leaver)
{
	return site_api_with(
	    site, VISITOR, leaver->authorization, NULL, "GET /api/me/deletion-status");
}

static void test_leaving(void **state)
{
	struct site *site = *state;
	struct leaver leaver = make_leaver(site, "member");
	const char *other = get_token(site, leaver.email);
	const struct http_answer *answer = status_of(site, &leaver);

	EXPECT(answer, 200, NULL);
	assert_true(json_is_null(http_answer_member(answer, "deletion_status")));
	EXPECT(site_api_with(site, VISITOR, leaver.authorization, "{}", "POST /api/me/delete"), 400,
	    NULL);
	EXPECT_FIELD(site_api_with(site, VISITOR, leaver.authorization,
			 "{'phrase': 'Delete my account'}", "POST /api/me/delete"),
	    400, "wrong_phrase", "phrase");
	EXPECT(site_api_with(site, VISITOR, leaver.authorization, LEAVE, "POST /api/me/delete"),
	    403, "reauth_required");
	EXPECT(site_api_with(site, VISITOR, prove(site, &leaver, "account.export"), LEAVE,
		   "POST /api/me/delete"),
	    403, "reauth_required");
	answer = site_api_with(
	    site, VISITOR, prove(site, &leaver, "account.delete"), LEAVE, "POST /api/me/delete");
	EXPECT(answer, 202, NULL);
	assert_string_equal(http_answer_text(answer, "deletion_status"), "SCHEDULED");
	assert_string_equal(http_answer_text(answer, "reason"), "Enough");
	assert_non_null(http_answer_text(answer, "scheduled_for"));
	/* The token in hand lives on, for this alone; all others have ended. */
	EXPECT(status_of(site, &leaver), 200, NULL);
	EXPECT(site_api_with(site, VISITOR, other, NULL, "GET /api/me/deletion-status"), 401, NULL);
	EXPECT(site_api_with(site, VISITOR, leaver.authorization, NULL, "GET /api/photos"), 403,
	    "account_scheduled");
	EXPECT(site_api_with(site, VISITOR, prove(site, &leaver, "account.delete"), LEAVE,
		   "POST /api/me/delete"),
	    409, "already_scheduled");
	leaver.authorization = get_token(site, leaver.email);
	answer = site_api_with(
	    site, VISITOR, leaver.authorization, NULL, "POST /api/me/deletion-cancel");
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "deletion_status"), "CANCELED");
	EXPECT(
	    site_api_with(site, VISITOR, leaver.authorization, NULL, "GET /api/photos"), 200, NULL);
	EXPECT(site_api_with(
		   site, VISITOR, leaver.authorization, NULL, "POST /api/me/deletion-cancel"),
	    409, "nothing_pending");
}

/* Who has no password confirms by mail. */
static void test_asking(void **state)
{
	struct site *site = *state;
	struct leaver leaver = make_leaver(site, "member");
	const struct http_answer *answer;

	site_sql(site, "UPDATE users SET password_hash = NULL WHERE id = " UUID, leaver.id);
	answer = site_api_with(site, VISITOR, leaver.authorization, LEAVE, "POST /api/me/delete");
	EXPECT(answer, 202, NULL);
	assert_string_equal(http_answer_text(answer, "deletion_status"), "REQUESTED");
	assert_true(json_is_null(http_answer_member(answer, "scheduled_for")));
	EXPECT(site_api_with(site, VISITOR, leaver.authorization, LEAVE, "POST /api/me/delete"),
	    409, "already_requested");
	EXPECT(
	    site_api_with(site, VISITOR, leaver.authorization, NULL, "GET /api/photos"), 200, NULL);
}

static void test_blocking_events(void **state)
{
	struct site *site = *state;
	struct leaver leaver = make_leaver(site, "member");
	const struct http_answer *answer;

	site_sql(site,
	    "INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)"
	    " SELECT id, organization_id, 'Fair', '2026-06-01', id, created_at FROM users"
	    " WHERE id = " UUID,
	    leaver.id);
	answer = site_api_json(
	    site, ADMIN, "{'events': 'block'}", "DELETE /api/admin/users/%s", leaver.id);
	EXPECT(answer, 409, "blocking_events");
	assert_int_equal(json_array_size(http_answer_member(answer, "events")), 1);
	assert_string_equal(http_answer_text(answer, "events.0.title"), "Fair");
	EXPECT_FIELD(site_api_json(site, ADMIN, "{'events': 'transfer'}",
			 "DELETE /api/admin/users/%s", leaver.id),
	    400, "invalid_transfer", "transfer_to");
	/* It is told before the proof is asked for. */
	EXPECT_FIELD(site_api_json(site, ADMIN, "{'events': 'transfer'}",
			 "DELETE /api/admin/users/%s?mode=hard", leaver.id),
	    400, "invalid_transfer", "transfer_to");
	EXPECT_FIELD(
	    site_api_with(site, VISITOR, leaver.authorization,
		"{'phrase': 'delete my account', 'events': 'transfer'}", "POST /api/me/delete"),
	    400, "invalid_transfer", "transfer_to");
	EXPECT_FIELD(
	    site_api_json(site, ADMIN,
		arena_printf(site_arena(site), "{'ids': ['%s'], 'events': 'transfer'}", leaver.id),
		"POST /api/admin/users/bulk-delete"),
	    400, "invalid_transfer", "transfer_to");
}

static void test_an_admin_deletes(void **state)
{
	struct site *site = *state;
	struct leaver leaver = make_leaver(site, "member");
	const char *header;
	const struct http_answer *answer;

	EXPECT_FIELD(site_api(site, ADMIN, "DELETE /api/admin/users/%s?mode=gentle", leaver.id),
	    400, NULL, "mode");
	EXPECT_FIELD(site_api(site, ADMIN, "DELETE /api/admin/users/%s", site_user_id(site, ADMIN)),
	    400, "self_deletion", "uid");
	EXPECT_FIELD(site_api(site, ADMIN, "DELETE /api/admin/users/%s?mode=hard",
			 site_user_id(site, ADMIN)),
	    400, "self_deletion", "uid");
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", site_new_id(site)), 404, NULL);
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", site_user_id(site, MIA)), 404,
	    NULL);
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", site_user_id(site, PLATFORM)),
	    403, NULL);
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", leaver.id), 204, NULL);
	EXPECT(
	    site_api(site, ADMIN, "DELETE /api/admin/users/%s", leaver.id), 409, "already_deleted");
	EXPECT(status_of(site, &leaver), 401, NULL);
	answer = site_api(site, ADMIN, "GET /api/admin/users/%s", leaver.id);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "deletion_status"), "DELETED");
	assert_non_null(http_answer_text(answer, "deletion_id"));
	answer = site_api(site, ADMIN, "POST /api/admin/users/%s/restore", leaver.id);
	EXPECT(answer, 200, NULL);
	assert_true(json_is_null(http_answer_member(answer, "deleted_at")));
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s?mode=hard", leaver.id), 403,
	    "reauth_required");
	header = arena_printf(site_arena(site), "X-Reauth-Token: %s",
	    site_reauth(site, ADMIN, "user.delete", leaver.id));
	EXPECT(site_api_with(
		   site, ADMIN, header, NULL, "DELETE /api/admin/users/%s?mode=hard", leaver.id),
	    204, NULL);
	EXPECT(site_api(site, ADMIN, "GET /api/admin/users/%s", leaver.id), 404, NULL);
}

static void test_several(void **state)
{
	struct site *site = *state;
	struct leaver one = make_leaver(site, "member"), two = make_leaver(site, "member");
	const struct http_answer *answer = site_api_json(site, ADMIN,
	    arena_printf(site_arena(site), "{'ids': ['%s', '%s', '%s'], 'reason': 'Tidying'}",
		one.id, site_user_id(site, ADMIN), two.id),
	    "POST /api/admin/users/bulk-delete");

	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "changed"), 2);
	assert_int_equal(http_answer_number(answer, "skipped"), 1);
	assert_string_equal(http_answer_text(answer, "items.1.result"), "skipped");
	assert_string_equal(http_answer_text(answer, "items.1.reason"), "self_deletion");
	EXPECT(site_api_json(site, ADMIN, "{'ids': []}", "POST /api/admin/users/bulk-delete"), 400,
	    NULL);
}

static void test_switches(void **state)
{
	struct site *site = *state;
	struct leaver leaver = make_leaver(site, "member");

	EXPECT(site_api_json(site, ADMIN, "{'self_deletion': false, 'admin_deletion': false}",
		   "PATCH /api/admin/settings"),
	    200, NULL);
	EXPECT(site_api_with(site, VISITOR, prove(site, &leaver, "account.delete"), LEAVE,
		   "POST /api/me/delete"),
	    403, "self_deletion_off");
	EXPECT(site_api_with(site, VISITOR, leaver.authorization, "{}", "POST /api/me/delete"), 403,
	    "self_deletion_off");
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", leaver.id), 403,
	    "admin_deletion_off");
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s?mode=hard", leaver.id), 403,
	    "admin_deletion_off");
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", site_user_id(site, ADMIN)), 403,
	    "admin_deletion_off");
	EXPECT(site_api_json(site, ADMIN, "{'self_deletion': true, 'admin_deletion': true}",
		   "PATCH /api/admin/settings"),
	    200, NULL);
}

static void test_the_preview(void **state)
{
	struct site *site = *state;
	struct leaver leaver = make_leaver(site, "member");
	const struct http_answer *answer =
	    site_api(site, ADMIN, "GET /api/admin/users/%s/impact", leaver.id);

	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "people"), 1);
	assert_int_equal(http_answer_number(answer, "counts.user"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_leaving),
	    SITE_TEST(test_asking),
	    SITE_TEST(test_blocking_events),
	    SITE_TEST(test_an_admin_deletes),
	    SITE_TEST(test_several),
	    SITE_TEST(test_switches),
	    SITE_TEST(test_the_preview),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
