/* dashboard_test.c - the dashboard as page and by the API: who sees it, that both say the same and
 * follow what happens, and that the worker counts and prunes. What each figure is, to the
 * microsecond, is in tests/store/stats_test.c. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct http_answer *stats_of(struct site *site, enum person who)
{
	const struct http_answer *answer = site_api(site, who, "GET /api/admin/stats");

	EXPECT(answer, 200, NULL);
	return answer;
}

static long figure(struct site *site, enum person who, const char *path)
{
	return http_answer_number(stats_of(site, who), path);
}

static const struct http_answer *page_of(struct site *site, enum person who)
{
	const struct http_answer *answer = site_page(site, who, "GET /admin");

	assert_int_equal(answer->status, 200);
	return answer;
}

static unsigned times(const char *text, const char *part)
{
	unsigned count = 0;

	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
		count++;
	return count;
}

static void admins_alone_see_it(void **state)
{
	static const enum person members[] = {ADA, SHOP, CREATOR, MIA};
	struct site *site = *state;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		EXPECT(site_api(site, members[i], "GET /api/admin/stats"), 403, NULL);
		assert_int_equal(site_page(site, members[i], "GET /admin")->status, 403);
	}
	EXPECT(site_api(site, VISITOR, "GET /api/admin/stats"), 401, NULL);
	assert_int_equal(site_page(site, VISITOR, "GET /admin")->status, 303);
	EXPECT(site_api(site, ADMIN, "GET /api/admin/stats?days=7"), 400, NULL);
}

static void figures_follow_what_happens_and_only_here(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Counted");
	long deleted = figure(site, ADMIN, "last_days.deleted");
	long trashed = figure(site, ADMIN, "photos.trashed.photos");
	long recoverable = figure(site, ADMIN, "recoverable.count");
	long restored = figure(site, ADMIN, "all_days.restored");
	json_t *elsewhere = json_deep_copy(stats_of(site, BIRCH_ADMIN)->json);
	const char *deletion = site_delete(site, ADA, photo);
	const struct http_answer *answer = stats_of(site, ADMIN);

	assert_int_equal(http_answer_number(answer, "last_days.deleted"), deleted + 1);
	assert_int_equal(http_answer_number(answer, "days.29.deleted") > 0, 1);
	assert_int_equal(http_answer_number(answer, "photos.trashed.photos"), trashed + 1);
	assert_int_equal(http_answer_number(answer, "recoverable.count"), recoverable + 1);
	assert_string_equal(http_answer_text(answer, "latest.0.item_id"), photo);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 200, NULL);
	answer = stats_of(site, ADMIN);
	assert_int_equal(http_answer_number(answer, "all_days.restored"), restored + 1);
	assert_int_equal(http_answer_number(answer, "recoverable.count"), recoverable);
	assert_true(json_equal(stats_of(site, BIRCH_ADMIN)->json, elsewhere));
	json_decref(elsewhere);
}

static void the_page_shows_what_the_api_says(void **state)
{
	struct site *site = *state;
	const struct http_answer *page, *answer = stats_of(site, ADMIN);
	const char *body;

	assert_int_equal(json_array_size(http_answer_member(answer, "days")), 30);
	assert_non_null(http_answer_member(answer, "overdue.requests.more"));
	assert_non_null(http_answer_member(answer, "queues.jobs.failed"));
	assert_non_null(http_answer_member(answer, "purge_paused_at"));
	assert_int_equal(strlen(http_answer_text(answer, "days.0.day")), strlen("2026-02-03"));
	page = page_of(site, ADMIN);
	body = page->body;
	assert_int_equal(times(body, "<rect class=\"chart__deleted\" x="), 30);
	assert_int_equal(times(body, "<rect class=\"chart__purged\" x="), 30);
	assert_int_equal(times(body, "<th scope=\"row\" class=\"nowrap\">"), 30);
	assert_null(strstr(body, " style="));
	assert_non_null(strstr(body, "role=\"img\" aria-label="));
	/* What is overdue comes before anything else. */
	assert_non_null(strstr(body, "Overdue work"));
	assert_true(strstr(body, "Overdue work") < strstr(body, "Pending requests"));
	assert_non_null(strstr(
	    body, arena_printf(site_arena(site), "<strong class=\"figures__value\">%ld</strong>",
		      http_answer_number(answer, "pending_requests.count"))));
}

static void names_of_requesters_are_text(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Asked for");

	site_sql(site,
	    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_email,"
	    " requester_role, reason, status, photo_status_before, requested_at, due_at)"
	    " SELECT " UUID ", organization_id, id, '<b>kim@visitors.example</b>', 'visitor',"
	    " 'Please', 'rejected', 'approved', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM photos"
	    " WHERE id = " UUID,
	    site_new_id(site), photo);
	assert_null(strstr(page_of(site, ADMIN)->body, "<b>kim@"));
	assert_non_null(strstr(page_of(site, ADMIN)->body, "&lt;b&gt;kim@"));
	site_sql(site, "DELETE FROM deletion_requests WHERE requester_email LIKE '<b>%%'");
}

static void a_pause_is_said(void **state)
{
	struct site *site = *state;

	assert_true(json_is_null(http_answer_member(stats_of(site, ADMIN), "purge_paused_at")));
	assert_null(strstr(page_of(site, ADMIN)->body, "Purging is paused"));
	site_sql(site, "UPDATE installation SET purge_paused_at = '2026-01-02 03:04:05',"
		       " purge_paused_by = 'operator'");
	assert_string_equal(http_answer_text(stats_of(site, ADMIN), "purge_paused_at"),
	    "2026-01-02T03:04:05.000000Z");
	assert_non_null(strstr(page_of(site, ADMIN)->body, "Purging is paused"));
	site_sql(site, "UPDATE installation SET purge_paused_at = NULL, purge_paused_by = NULL");
}

/* By the program itself, with the users it has. */
static void the_worker_counts_and_prunes(void **state)
{
	struct site *site = *state;
	const char *entry = site_new_id(site);

	site_sql(site,
	    "INSERT INTO audit_log (id, organization_id, at, actor, action, details)"
	    " SELECT UNHEX(CONCAT('01', SUBSTR(REPLACE('%s', '-', ''), 3))), " UUID
	    ", UTC_TIMESTAMP(6) - INTERVAL 13 MONTH, 'worker', 'photo.delete', '{}'",
	    entry, site_organization_id(site, ADMIN));
	site_sql(site,
	    "UPDATE audit_log SET id = UNHEX(CONCAT('0000000000007', SUBSTR(HEX(id), 14)))"
	    " WHERE at < UTC_TIMESTAMP(6) - INTERVAL 12 MONTH");
	site_sql(site, "DELETE FROM tallies");
	site_sql(site, "DELETE FROM hourly_tallies");
	site_work(site);
	assert_int_equal(site_number(site, "SELECT COUNT(*) FROM audit_log WHERE at <"
					   " UTC_TIMESTAMP(6) - INTERVAL 12 MONTH"),
	    0);
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM tallies WHERE counted_at IS NULL"), 0);
	assert_true(site_number(site, "SELECT COUNT(*) FROM tallies") >= 2);
	assert_true(site_number(site, "SELECT COUNT(*) FROM hourly_tallies") > 0);
	assert_int_equal(figure(site, ADMIN, "all_days.deleted"),
	    site_number(site, "SELECT COUNT(*) FROM deletions WHERE organization_id = " UUID,
		site_organization_id(site, ADMIN)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(admins_alone_see_it),
	    SITE_TEST(figures_follow_what_happens_and_only_here),
	    SITE_TEST(the_page_shows_what_the_api_says),
	    SITE_TEST(names_of_requesters_are_text),
	    SITE_TEST(a_pause_is_said),
	    SITE_TEST(the_worker_counts_and_prunes),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
