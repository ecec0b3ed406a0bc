/* admin_acts_test.c - settings, claims, archiving by criteria and the trash's bulk acts over HTTP.
 */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOBODY "01890000-0000-7000-8000-000000000000"

static const char *body(struct site *site, const char *format, const char *value)
{
	const char *at = strstr(format, "%s");

	return arena_printf(
	    site_arena(site), "%.*s%s%s", (int)(at - format), format, value, at + 2);
}

/* --- settings -----------------------------------------------------------------------------------
 */

static void test_settings(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = site_api(site, BIRCH_ADMIN, "GET /api/admin/settings");

	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "photo_recovery_s"), 14400);
	assert_int_equal(http_answer_number(answer, "audit_retention_months"), 12);
	answer = site_api_json(site, BIRCH_ADMIN,
	    "{'photo_recovery_s': 0, 'admin_deletion': false}", "PATCH /api/admin/settings");
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "photo_recovery_s"), 0);
	assert_true(json_is_false(http_answer_member(answer, "admin_deletion")));
	assert_true(json_is_true(http_answer_member(answer, "self_deletion")));
	answer = site_api(site, ADMIN, "GET /api/admin/settings");
	assert_int_equal(http_answer_number(answer, "photo_recovery_s"), 14400);
	answer = site_api(site, BIRCH_ADMIN, "GET /api/admin/audit?action=settings.change");
	assert_int_equal(
	    http_answer_number(answer, "items.0.details.photo_recovery_s_before"), 14400);
	EXPECT(
	    site_api_json(site, BIRCH_ADMIN, "{'photo_recovery_s': 14400, 'admin_deletion': true}",
		"PATCH /api/admin/settings"),
	    200, NULL);
	EXPECT(site_api(site, BIRCH_ADMIN, "PATCH /api/admin/settings"), 200, NULL);
}

static void test_settings_bad_input(void **state)
{
	struct site *site = *state;
	static const struct {
		const char *body, *code, *field;
	} bad[] = {
	    {"{'photo_recovery_s': -1}", "out_of_range", "photo_recovery_s"},
	    {"{'photo_recovery_s': 2592001}", "out_of_range", "photo_recovery_s"},
	    {"{'container_recovery_s': 3599}", "out_of_range", "container_recovery_s"},
	    {"{'archive_retention_s': 86399}", "out_of_range", "archive_retention_s"},
	    {"{'account_grace_s': 2419201}", "out_of_range", "account_grace_s"},
	    {"{'audit_retention_months': 11}", "out_of_range", "audit_retention_months"},
	    {"{'audit_retention_months': '12'}", "invalid_input", "audit_retention_months"},
	    {"{'self_deletion': 1}", "invalid_input", "self_deletion"},
	    {"{'windows': {}}", "unknown_member", "windows"},
	    {"{'photo_recovery_s': 60, 'audit_retention_months': 121}", "out_of_range",
		"audit_retention_months"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_FIELD(site_api_json(site, ADMIN, bad[i].body, "PATCH /api/admin/settings"),
		    400, bad[i].code, bad[i].field);
	EXPECT(site_form(site, ADMIN, "photo_recovery_s=5", "POST /admin/settings"), 400, NULL);
	assert_int_equal(http_answer_number(
			     site_api(site, ADMIN, "GET /api/admin/settings"), "photo_recovery_s"),
	    14400);
}

/* --- claims -------------------------------------------------------------------------------------
 */

static void test_claims(void **state)
{
	struct site *site = *state;
	const char *place = site_place(site, ADMIN, "sites", "Shop");
	const struct http_answer *answer = site_api(site, BEN, "POST /api/sites/%s/claims", place);
	const char *claim = http_answer_text(answer, "id");
	const char *user = site_user_id(site, BEN);

	EXPECT(answer, 201, NULL);
	assert_string_equal(http_answer_text(answer, "site_id"), place);
	assert_string_equal(http_answer_text(answer, "user_id"), user);
	assert_string_equal(http_answer_text(answer, "state"), "pending");
	assert_null(http_answer_text(answer, "decided_at"));
	EXPECT(site_api(site, BEN, "POST /api/sites/%s/claims", place), 409, "already_claimed");
	EXPECT_FIELD(site_api_json(site, ADMIN, "{'decision': 'maybe'}",
			 "PATCH /api/sites/%s/claims/%s", place, claim),
	    400, "invalid_choice", "decision");
	EXPECT_FIELD(site_api(site, ADMIN, "PATCH /api/sites/%s/claims/%s", place, claim), 400,
	    "missing", "decision");
	EXPECT(site_api_json(site, ADMIN, "{'decision': 'approve'}",
		   "PATCH /api/sites/%s/claims/" NOBODY, place),
	    404, "not_found");
	EXPECT(site_api_json(site, BEN, "{'decision': 'approve'}",
		   "PATCH /api/sites/%s/claims/" NOBODY, place),
	    404, "not_found");
	EXPECT(
	    site_form(site, BEN, "decision=approve", "POST /admin/sites/%s/claims/" NOBODY, place),
	    404, NULL);
	answer = site_api_json(
	    site, ADMIN, "{'decision': 'approve'}", "PATCH /api/sites/%s/claims/%s", place, claim);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "state"), "approved");
	assert_string_equal(http_answer_text(answer, "decided_by"), site_user_id(site, ADMIN));
	EXPECT(site_api_json(site, ADMIN2, "{'decision': 'approve'}",
		   "PATCH /api/sites/%s/claims/%s", place, claim),
	    409, "already_decided");
	EXPECT(site_api_json(site, BEN, "{'x': 1}", "POST /api/sites/%s/claims", place), 400,
	    "unknown_member");
	/* Other tests know this person as the owner of no site. */
	EXPECT(site_api_json(site, ADMIN, "{'decision': 'reject'}", "PATCH /api/sites/%s/claims/%s",
		   place, claim),
	    200, NULL);
}

/* What is an admin's to act on is not there (404) before it is not theirs (403). */
static void test_unknown_before_forbidden(void **state)
{
	struct site *site = *state;
	const char *ids[] = {site_place(site, ADMIN, "sites", "Shop"),
	    site_place(site, BIRCH_ADMIN, "sites", "Foreign"), NOBODY};
	const char *own = site_organization_id(site, ADA);

	for (size_t i = 0; i < 3; i++) {
		const long status = i == 0 ? 403 : 404;
		EXPECT(site_api_json(site, BEN, "{'decision': 'maybe'}",
			   "PATCH /api/sites/%s/claims/" NOBODY, ids[i]),
		    404, NULL);
		EXPECT(site_page(site, BEN, "GET /admin/sites/%s/delete", ids[i]), status, NULL);
		EXPECT(site_form(site, BEN, "x=1", "POST /admin/sites/%s/delete", ids[i]), status,
		    NULL);
		EXPECT(site_form(site, BEN, "decision=approve",
			   "POST /admin/sites/%s/claims/" NOBODY, ids[i]),
		    404, NULL);
	}
	EXPECT(site_page(site, BEN, "GET /admin/projects/" NOBODY "/delete"), 404, NULL);
	/* One's own organisation is known; another is not. */
	EXPECT(site_api(site, ADMIN, "GET /api/organizations/%s/impact", own), 403, NULL);
	EXPECT(site_api(site, BIRCH_ADMIN, "GET /api/organizations/%s/impact", own), 404, NULL);
	EXPECT(site_api(site, ADMIN, "DELETE /api/organizations/%s", own), 403, NULL);
	EXPECT(site_page(site, ADMIN, "GET /admin/organizations/%s/delete", own), 403, NULL);
}

/* --- archiving by criteria ----------------------------------------------------------------------
 */

static const struct http_answer *archive(struct site *site, const char *json)
{
	return site_api_json(site, ADMIN, json, "POST /api/photos/bulk-archive");
}

/* The preview counts what the act then archives, and changes nothing. */
static void test_archive_by_criteria(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADMIN, "projects", "Old");
	const char *one = site_photo_in(site, ADA, "One", "project_id", project);
	const char *two = site_photo_in(site, BEN, "Two", "project_id", project);
	const struct http_answer *answer = archive(
	    site, body(site, "{'criteria': {'project_id': '%s'}, 'dry_run': true}", project));

	EXPECT(answer, 200, NULL);
	assert_true(json_is_null(http_answer_member(answer, "batch_id")));
	assert_int_equal(http_answer_number(answer, "photo_count"), 2);
	assert_null(
	    http_answer_text(site_api(site, ADA, "GET /api/photos/%s", one), "archived_at"));
	answer = archive(site,
	    body(site, "{'criteria': {'project_id': '%s'}, 'reason': 'Season over'}", project));
	EXPECT(answer, 200, NULL);
	assert_non_null(http_answer_text(answer, "batch_id"));
	assert_int_equal(http_answer_number(answer, "photo_count"), 2);
	answer = site_api(site, ADMIN, "GET /api/photos/%s", two);
	assert_non_null(http_answer_text(answer, "archived_at"));
	assert_string_equal(http_answer_text(answer, "archive_reason"), "Season over");
	answer = archive(
	    site, body(site, "{'criteria': {'project_id': '%s'}, 'dry_run': true}", project));
	assert_int_equal(http_answer_number(answer, "photo_count"), 0);
}

/* A range holds the whole of its last day. */
static void test_archive_by_date(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADMIN, "projects", "Dated");
	const char *photo = site_photo_in(site, ADA, "Dated", "project_id", project);
	static const struct {
		const char *range;
		long count;
	} cases[] = {
	    {"{'start': '2020-03-04', 'end': '2020-03-04'}", 1},
	    {"{'start': '2020-03-05'}", 0},
	    {"{'end': '2020-03-03'}", 0},
	    {"{'end': '2020-03-04T22:59:59.999999Z'}", 0},
	    {"{'end': '2020-03-04T23:00:00Z'}", 1},
	    {"{'start': '2020-03-04T23:00:00.000001Z'}", 0},
	};

	site_sql(
	    site, "UPDATE photos SET created_at = '2020-03-04 23:00:00' WHERE id = " UUID, photo);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct http_answer *answer = archive(site,
		    arena_printf(site_arena(site),
			"{'criteria': {'project_id': '%s', 'date_range': %s}, 'dry_run': true}",
			project, cases[i].range));
		EXPECT(answer, 200, NULL);
		assert_int_equal(http_answer_number(answer, "photo_count"), cases[i].count);
	}
}

static void test_archive_bad_input(void **state)
{
	struct site *site = *state;
	static const struct {
		const char *json, *code, *field;
	} bad[] = {
	    {NULL, "missing", "ids"},
	    {"{'criteria': {'project_id': null, 'foo': null}}", "unknown_member", "foo"},
	    {"{'criteria': {}}", "no_criteria", "criteria"},
	    {"{'criteria': []}", "invalid_input", "criteria"},
	    {"{'criteria': {'project_id': 'x'}}", "invalid_input", "project_id"},
	    {"{'criteria': {'site_id': '" NOBODY "'}}", "unknown_member", "site_id"},
	    {"{'criteria': {'tag_ids': []}}", "invalid_input", "tag_ids"},
	    {"{'criteria': {'tag_ids': ['x']}}", "invalid_input", "tag_ids"},
	    {"{'criteria': {'tag_ids': ['" NOBODY "', '" NOBODY "', '" NOBODY "', '" NOBODY
	     "', '" NOBODY "', '" NOBODY "']}}",
		"too_many_tags", "tag_ids"},
	    {"{'criteria': {'date_range': {'from': '2020-01-01'}}}", "invalid_input", "date_range"},
	    {"{'criteria': {'date_range': {'start': 'soon'}}}", "invalid_input", "date_range"},
	    {"{'criteria': {'date_range': {'start': '2020-01-02', 'end': '2020-01-01'}}}",
		"empty_range", "date_range"},
	    {"{'criteria': {'project_id': '" NOBODY "'}, 'ids': ['" NOBODY "']}", "invalid_input",
		"criteria"},
	    {"{'ids': ['" NOBODY "'], 'dry_run': true}", "invalid_input", "dry_run"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_FIELD(archive(site, bad[i].json), 400, bad[i].code, bad[i].field);
	EXPECT(site_api_json(site, ADA, "{'criteria': {'project_id': '" NOBODY "'}}",
		   "POST /api/photos/bulk-archive"),
	    403, "admins_only");
}

/* Another organisation's project fits nothing. */
static void test_archive_other_tenant(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, BIRCH_ADMIN, "projects", "Theirs");
	const struct http_answer *answer;

	(void)site_photo_in(site, MIA, "Theirs", "project_id", project);
	answer = archive(
	    site, body(site, "{'criteria': {'project_id': '%s'}, 'dry_run': true}", project));
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "photo_count"), 0);
}

/* --- the trash ----------------------------------------------------------------------------------
 */

static void test_recoverable(void **state)
{
	struct site *site = *state;
	const char *live = site_photo(site, ADA, "Live");
	const char *gone = site_photo(site, ADA, "Gone");
	const char *late = site_photo(site, ADA, "Late");
	const struct http_answer *answer;

	(void)site_delete(site, ADA, gone);
	site_sql(site, "UPDATE deletions SET recover_until = '2026-01-01' WHERE id = " UUID,
	    site_delete(site, ADA, late));
	answer =
	    site_api(site, ADMIN, "GET /api/photos/deletion-requests?type=recoverable&limit=200");
	EXPECT(answer, 200, NULL);
	assert_true(http_answer_lists(answer, gone));
	assert_false(http_answer_lists(answer, live));
	assert_false(http_answer_lists(answer, late));
	assert_false(http_answer_lists(
	    site_api(site, BIRCH_ADMIN, "GET /api/photos/deletion-requests?type=recoverable"),
	    gone));
	EXPECT_FIELD(site_api(site, ADMIN, "GET /api/photos/deletion-requests?type=x"), 400,
	    "invalid_choice", "type");
}

/* What has expired is purged when an admin asks. */
static void test_cleanup(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Over");
	const char *deletion = site_delete(site, ADA, photo);

	site_sql(
	    site, "UPDATE deletions SET recover_until = '2026-01-01' WHERE id = " UUID, deletion);
	EXPECT(site_api(site, ADMIN, "POST /api/photos/deletion-requests/cleanup"), 202, NULL);
	site_work(site);
	EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", photo), 404, NULL);
	assert_string_equal(
	    http_answer_text(site_api(site, ADMIN, "GET /api/deletions/%s", deletion), "state"),
	    "purged");
}

/* Of several selected, what can come back does; the rest stays. */
static void test_restore_selected(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "One");
	const char *one = site_delete(site, ADA, photo);
	const char *two = site_delete(site, BEN, site_photo(site, BEN, "Two"));
	const char *fields = arena_printf(site_arena(site), "ids=%s&ids=%s", one, two);
	const struct http_answer *answer = site_form(site, ADA, fields, "POST /trash/restore");

	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "Not all could be restored"));
	assert_non_null(strstr(answer->body, "Restored: 1 item."));
	assert_non_null(strstr(answer->body, "There is no such deletion"));
	assert_null(strstr(answer->body, "Two"));
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
	EXPECT(site_form(site, ADA, fields, "POST /trash/restore"), 409, NULL);
	EXPECT(site_form(site, ADA, body(site, "ids=%s", two), "POST /trash/restore"), 404, NULL);
	answer = site_form(
	    site, ADMIN, body(site, "ids=%s&next=/admin/recover", two), "POST /trash/restore");
	assert_string_equal(http_answer_header(site_client(site), answer, "Location"),
	    "/admin/recover?done=restored&n=1");
	EXPECT(site_form(site, ADA, "", "POST /trash/restore"), 400, NULL);
}

/* Later pages of every list lead back to its first one, which leads nowhere. */
static void test_first_pages(void **state)
{
	struct site *site = *state;
	const char *deletion = site_delete(site, ADMIN, site_photo(site, ADMIN, "Gone"));
	const char *lists[] = {"/admin/storage?", "/admin/webhooks?",
	    "/choose/projects?for=library&", "/choose/sites?for=upload&",
	    arena_printf(site_arena(site), "/trash/%s?", deletion)};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char *first =
		    arena_printf(site_arena(site), "%.*s", (int)strlen(lists[i]) - 1, lists[i]);
		const char *way =
		    arena_printf(site_arena(site), "href=\"%s\">First page</a>", first);
		const struct http_answer *later =
		    site_page(site, ADMIN, "GET %scursor=%s", lists[i], site_new_id(site));
		EXPECT(later, 200, NULL);
		assert_non_null(strstr(later->body, way));
		assert_null(strstr(site_page(site, ADMIN, "GET %s", first)->body, "First page"));
	}
}

/* By the beginning of the name, in any case, wildcards being letters like others. */
static void test_search(void **state)
{
	struct site *site = *state;
	const char *one = site_delete(site, ADA, site_photo(site, ADA, "Zeta_100% one"));
	const char *two = site_delete(site, ADA, site_photo(site, ADA, "Zetax100x two"));
	const char *page = site_page(site, ADMIN, "GET /trash?q=zeta_100%%25")->body;

	assert_non_null(strstr(page, one));
	assert_null(strstr(page, two));
	page = site_page(site, ADMIN, "GET /trash?q=ZETA")->body;
	assert_non_null(strstr(page, one));
	assert_non_null(strstr(page, two));
	assert_null(strstr(site_page(site, ADMIN, "GET /trash?q=eta")->body, one));
	assert_null(strstr(site_page(site, BIRCH_ADMIN, "GET /trash?q=zeta")->body, one));
	/* It is the admins' own; to others it is their trash as ever. */
	assert_null(strstr(site_page(site, BEN, "GET /trash?q=zeta")->body, one));
	EXPECT(site_page(site, ADMIN, "GET /trash?q=zeta&cursor=%s", one), 200, NULL);
	page = site_page(site, ADMIN, "GET /trash?q=zeta&cursor=%s", one)->body;
	assert_null(strstr(page, one));
	assert_non_null(strstr(page, two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_settings),
	    SITE_TEST(test_settings_bad_input),
	    SITE_TEST(test_claims),
	    SITE_TEST(test_unknown_before_forbidden),
	    SITE_TEST(test_archive_by_criteria),
	    SITE_TEST(test_archive_by_date),
	    SITE_TEST(test_archive_bad_input),
	    SITE_TEST(test_archive_other_tenant),
	    SITE_TEST(test_recoverable),
	    SITE_TEST(test_cleanup),
	    SITE_TEST(test_restore_selected),
	    SITE_TEST(test_first_pages),
	    SITE_TEST(test_search),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
