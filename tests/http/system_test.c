/* system_test.c - for operators: the cleanup queue, health, readiness, metrics, and nginx's part.
 */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOBODY "01890000-0000-7000-8000-000000000000"

static const char *metrics_base(void)
{
	return getenv("LETHE_TEST_METRICS_URL");
}

static const struct http_answer *get_metrics(struct site *site, const char *path)
{
	return http_client_send(site_client(site),
	    &(struct http_call){.base = metrics_base(), .method = "GET", .path = path});
}

/* A metric's value, -1 where there is none. */
static long metric(struct site *site, const char *name)
{
	const char *value = http_answer_between(site_client(site), get_metrics(site, "/metrics"),
	    arena_printf(site_arena(site), "\n%s ", name), "\n");

	return value ? atol(value) : -1;
}

/* What a client says of its address is not believed: nginx hands over whom it is connected to, but
 * for the proxies that its configuration names. */
static void test_forged_address(void **state)
{
	static const char *const headers[] = {"X-Forwarded-For: 203.0.113.1",
	    "X-Forwarded-For: 203.0.113.2", "X-Real-IP: 203.0.113.3"};
	struct site *site = *state;

	site_forgive_rates(site);
	for (size_t i = 0; i < 3; i++) {
		const char *json = arena_printf(site_arena(site),
		    "{'email': 'forged%zu@mail.example', 'password': 'wrong-password'}", i);
		EXPECT(
		    site_api_with(site, VISITOR, headers[i], json, "POST /api/tokens"), 401, NULL);
	}
	/* Three counts of an address from somewhere, one of somewhere. */
	assert_int_equal(site_number(site, "SELECT COUNT(DISTINCT bucket) FROM rate_hits"), 4);
	site_forgive_rates(site);
}

/* --- the cleanup queue
 * ----------------------------------------------------------------------------- */

static const char *add_cleanup(
    struct site *site, enum person who, const char *state, const char *key)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes, state,"
	    " attempts, next_attempt_at, last_error, created_at) VALUES (" UUID ", " UUID
	    ", '%s', 5, '%s', 10, '2199-01-01', 'disk on fire', '2026-01-01')",
	    id, site_organization_id(site, who), key, state);
	return id;
}

static bool lists(const struct http_answer *answer, const char *id, const char *state)
{
	json_t *item;
	size_t i;

	json_array_foreach(http_answer_member(answer, "items"), i, item)
	{
		if (strcmp(json_string_value(json_object_get(item, "id")), id) == 0)
			return strcmp(json_string_value(json_object_get(item, "state")), state) ==
			       0;
	}
	return false;
}

static void test_queue(void **state)
{
	struct site *site = *state;
	const char *failed = add_cleanup(site, ADMIN, "failed", site_new_key(site));
	const char *waiting = add_cleanup(site, ADMIN, "waiting", site_new_key(site));
	const struct http_answer *answer =
	    site_api(site, ADMIN, "GET /api/admin/storage-cleanup?limit=200");

	EXPECT(answer, 200, NULL);
	assert_true(lists(answer, failed, "failed"));
	assert_true(lists(answer, waiting, "waiting"));
	/* What failed comes first. */
	assert_string_equal(http_answer_text(answer, "items.0.state"), "failed");
	assert_string_equal(http_answer_text(answer, "items.0.last_error"), "disk on fire");
	answer = site_api(site, BIRCH_ADMIN, "GET /api/admin/storage-cleanup?limit=200");
	assert_false(lists(answer, failed, "failed"));
	answer = site_page(site, ADMIN, "GET /admin/storage");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, failed));
	EXPECT_FIELD(site_api(site, ADMIN, "GET /api/admin/storage-cleanup?cursor=x"), 400,
	    "invalid_input", "cursor");
}

/* Failed ones, then the others, page by page, each once. */
static void test_queue_paging(void **state)
{
	struct site *site = *state;
	const char *ids[6];
	const char *cursor = NULL;
	size_t found = 0;
	int pages = 0;

	for (size_t i = 0; i < 6; i++)
		ids[i] = add_cleanup(
		    site, BIRCH_ADMIN, i % 2 ? "failed" : "waiting", site_new_key(site));
	do {
		const struct http_answer *answer =
		    site_api(site, BIRCH_ADMIN, "GET /api/admin/storage-cleanup?limit=2%s%s",
			cursor ? "&cursor=" : "", cursor ? cursor : "");
		EXPECT(answer, 200, NULL);
		for (size_t i = 0; i < 6; i++)
			found += lists(answer, ids[i], i % 2 ? "failed" : "waiting");
		cursor = http_answer_text(answer, "next");
	} while (cursor && ++pages < 50);
	assert_int_equal(found, 6);
}

/* A failed removal can be tried again, and the worker then does it. */
static void test_retry(void **state)
{
	struct site *site = *state;
	const char *key = site_new_key(site);
	const char *failed = add_cleanup(site, ADMIN, "failed", key);
	const struct http_answer *answer;

	EXPECT(site_api(site, BIRCH_ADMIN, "POST /api/admin/storage-cleanup/%s/retry", failed), 404,
	    NULL);
	EXPECT(
	    site_api(site, ADMIN, "POST /api/admin/storage-cleanup/" NOBODY "/retry"), 404, NULL);
	/* What there is may be known of, what there is not is 404 for members too. */
	EXPECT(site_api(site, ADA, "POST /api/admin/storage-cleanup/%s/retry", failed), 403, NULL);
	EXPECT(site_api(site, ADA, "POST /api/admin/storage-cleanup/" NOBODY "/retry"), 404, NULL);
	EXPECT(site_form(site, ADA, "", "POST /admin/storage/" NOBODY "/retry"), 404, NULL);
	EXPECT(site_api(site, MIA, "POST /api/admin/storage-cleanup/%s/retry", failed), 404, NULL);
	answer = site_api(site, ADMIN, "POST /api/admin/storage-cleanup/%s/retry", failed);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "id"), failed);
	assert_string_equal(http_answer_text(answer, "state"), "waiting");
	assert_int_equal(site_number(site,
			     "SELECT attempts FROM storage_cleanup_queue WHERE id = " UUID, failed),
	    0);
	site_work(site);
	assert_int_equal(site_number(site,
			     "SELECT COUNT(*) FROM storage_cleanup_queue WHERE id = " UUID, failed),
	    0);
	EXPECT(
	    site_api(site, ADMIN, "POST /api/admin/storage-cleanup/%s/retry", failed), 404, NULL);
}

/* --- health, metrics
 * --------------------------------------------------------------------------------- */

static void test_health(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = site_api(site, VISITOR, "GET /healthz");

	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "status"), "up");
	answer = site_api(site, VISITOR, "GET /readyz");
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "status"), "ready");
	EXPECT(get_metrics(site, "/healthz"), 200, NULL);
}

static void test_metrics_on_loopback_only(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = get_metrics(site, "/metrics");

	EXPECT(answer, 200, NULL);
	assert_non_null(
	    strstr(http_answer_header(site_client(site), answer, "Content-Type"), "text/plain"));
	EXPECT(site_api(site, VISITOR, "GET /metrics"), 404, NULL);
	EXPECT(site_page(site, ADMIN, "GET /metrics"), 404, NULL);
	EXPECT(site_api(site, PLATFORM, "GET //metrics"), 404, NULL);
	EXPECT(get_metrics(site, "/api/photos"), 404, NULL);
	EXPECT(get_metrics(site, "/login"), 404, NULL);
}

static void test_metrics_of_requests(void **state)
{
	struct site *site = *state;
	long pending = (long)site_number(
	    site, "SELECT COUNT(*) FROM deletion_requests WHERE status = 'pending'");
	long overdue = (long)site_number(site, "SELECT COUNT(*) FROM deletion_requests"
					       " WHERE status = 'pending'"
					       " AND due_at <= UTC_TIMESTAMP()");

	assert_true(pending > overdue && overdue > 0); /* the demonstration has some */
	assert_int_equal(metric(site, "lethe_requests_pending"), pending);
	assert_int_equal(metric(site, "lethe_requests_overdue"), overdue);
}

static void test_metrics(void **state)
{
	static const char route[] =
	    "lethe_http_requests_total{method=\"GET\",route=\"/api/tags\",class=\"2xx\"}";
	struct site *site = *state;
	long before = metric(site, route);
	long failed = metric(site, "lethe_storage_cleanup{state=\"failed\"}");

	EXPECT(site_api(site, ADA, "GET /api/tags"), 200, NULL);
	assert_int_equal(metric(site, route), (before < 0 ? 0 : before) + 1);
	assert_int_equal(metric(site, "lethe_store_up"), 1);
	(void)add_cleanup(site, ADMIN, "failed", site_new_key(site));
	assert_int_equal(metric(site, "lethe_storage_cleanup{state=\"failed\"}"), failed + 1);
	assert_int_equal(metric(site, "lethe_purge_paused"), 0);
	site_sql(site, "UPDATE installation SET purge_paused_at = UTC_TIMESTAMP(6)");
	assert_int_equal(metric(site, "lethe_purge_paused"), 1);
	site_sql(site, "UPDATE installation SET purge_paused_at = NULL");
}

/* Each line is "name{labels} number", "# HELP" or "# TYPE"; nobody's name is among them. */
/* Beside a worker that sends what is due: what was given up stays, and what is due in years waits.
 */
static void test_metrics_of_queues(void **state)
{
	static const char *const names[] = {"lethe_webhooks{state=\"failed\"}", "lethe_jobs",
	    "lethe_deletions_at_work{state=\"purging\"}", "lethe_overdue_seconds{work=\"purge\"}",
	    "lethe_overdue_seconds{work=\"mail\"}", "lethe_overdue_seconds{work=\"identity\"}",
	    "lethe_deleted_total"};
	struct site *site = *state;
	long failed = metric(site, "lethe_mails{state=\"failed\"}");
	const char *one = site_new_id(site), *two = site_new_id(site);

	site_sql(site,
	    "INSERT INTO mail_outbox (id, template, recipient, state, attempts, next_attempt_at,"
	    " created_at) VALUES (" UUID ", 'removal_link', 'metrics@mail.example', 'failed', 10,"
	    " '2199-01-01', '2026-01-01'), (" UUID ", 'removal_link', 'metrics@mail.example',"
	    " 'waiting', 1, '2199-01-01', '2026-01-01')",
	    one, two);
	assert_int_equal(metric(site, "lethe_mails{state=\"failed\"}"), failed + 1);
	assert_true(metric(site, "lethe_mails{state=\"waiting\"}") >= 1);
	site_sql(site, "DELETE FROM mail_outbox WHERE id IN (" UUID ", " UUID ")", one, two);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(metric(site, names[i]) >= 0);
}

static void test_metrics_format(void **state)
{
	struct site *site = *state;
	const char *body = get_metrics(site, "/metrics")->body;

	assert_null(strstr(body, "@"));
	for (const char *line = body; *line; line = strchr(line, '\n') + 1) {
		size_t length = strcspn(line, "\n");
		const char *text = arena_copy(site_arena(site), line, length);
		const char *space = strrchr(text, ' ');
		char *end;
		if (strncmp(text, "# HELP lethe_", 13) == 0 ||
		    strncmp(text, "# TYPE lethe_", 13) == 0)
			continue;
		assert_memory_equal(text, "lethe_", 6);
		assert_non_null(space);
		(void)strtod(space + 1, &end);
		assert_true(end != space + 1 && *end == '\0');
	}
}

/* --- the site's own logs
 * -------------------------------------------------------------------------------- */

/* One id for a request in the answer and in nginx's log; of people, nothing. */
static void test_logs(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = site_page(site, ADA, "GET /trash?tab=archived");
	const char *id = http_answer_header(site_client(site), answer, "X-Request-Id");

	EXPECT(answer, 200, NULL);
	site_await_in_logs(site, id);
	assert_int_equal(site_find_in_logs(site, "ada@alder.example"), 0);
	assert_int_equal(site_find_in_logs(site, "tab=archived"), 0);
	assert_int_equal(site_find_in_logs(site, strchr(site_cookie(site, ADA), '=') + 1), 0);
	assert_int_equal(site_find_in_logs(site, site_token(site, ADA)), 0);
}

static void test_static_files(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = site_page(site, VISITOR, "GET /static/css/base.css");

	EXPECT(answer, 200, NULL);
	assert_non_null(
	    strstr(http_answer_header(site_client(site), answer, "Content-Type"), "text/css"));
	assert_non_null(http_answer_header(site_client(site), answer, "X-Request-Id"));
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "X-Content-Type-Options"), "nosniff");
	EXPECT(site_page(site, VISITOR, "GET /static/nothing.css"), 404, NULL);
	EXPECT(site_page(site, VISITOR, "GET /static/"), 404, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_forged_address),
	    SITE_TEST(test_queue),
	    SITE_TEST(test_queue_paging),
	    SITE_TEST(test_retry),
	    SITE_TEST(test_health),
	    SITE_TEST(test_metrics_on_loopback_only),
	    SITE_TEST(test_metrics_of_requests),
	    SITE_TEST(test_metrics),
	    SITE_TEST(test_metrics_of_queues),
	    SITE_TEST(test_metrics_format),
	    SITE_TEST(test_logs),
	    SITE_TEST(test_static_files),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
