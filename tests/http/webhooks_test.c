/* webhooks_test.c - subscriptions over HTTP: the secret once, what is refused, pages and their API
 * twins, from an act to its delivery in the list. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "https://host.example/hook"

static const struct http_answer *create(struct site *site, enum person who, const char *events)
{
	return site_api_json(site, who,
	    arena_printf(site_arena(site), "{'url': '" ADDRESS "', 'events': [%s]}", events),
	    "POST /api/admin/webhooks");
}

static void remove_all(struct site *site)
{
	site_sql(site, "DELETE FROM webhook_outbox");
	site_sql(site, "DELETE FROM webhook_subscriptions");
}

static void test_secret_is_shown_once(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;
	const char *secret;

	remove_all(site);
	answer = create(site, ADMIN, "'photo.deleted', 'photo.purged'");
	EXPECT(answer, 201, NULL);
	secret = http_answer_text(answer, "secret");
	assert_memory_equal(secret, "whsec_", 6);
	assert_string_equal(http_answer_text(answer, "url"), ADDRESS);
	answer = site_api(site, ADMIN, "GET /api/admin/webhooks");
	EXPECT(answer, 200, NULL);
	assert_null(strstr(answer->body, "whsec_"));
	assert_null(strstr(answer->body, secret + 6));
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 1);
	answer = site_page(site, ADMIN, "GET /admin/webhooks");
	EXPECT(answer, 200, NULL);
	assert_null(strstr(answer->body, "whsec_"));
	assert_non_null(strstr(answer->body, ADDRESS));
	answer = site_form(site, ADMIN, "url=https%3A%2F%2Fother.example%2F&events=photo.deleted",
	    "POST /admin/webhooks");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "whsec_"));
	assert_non_null(
	    strstr(http_answer_header(site_client(site), answer, "Cache-Control"), "no-store"));
}

static void test_refused_input(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer;

	remove_all(site);
	EXPECT_FIELD(create(site, ADMIN, ""), 400, "missing", "events");
	EXPECT_FIELD(create(site, ADMIN, "'photo.lost'"), 400, "invalid_choice", "events");
	EXPECT_FIELD(create(site, ADMIN, "7"), 400, "invalid_choice", "events");
	EXPECT_FIELD(site_api_json(site, ADMIN, "{'url': '" ADDRESS "', 'events': 'photo.deleted'}",
			 "POST /api/admin/webhooks"),
	    400, "invalid_input", "events");
	EXPECT_FIELD(
	    site_api_json(site, ADMIN, "{'url': 'http://127.0.0.1/', 'events': ['photo.deleted']}",
		"POST /api/admin/webhooks"),
	    400, "private_address", "url");
	/* The form comes again with what was typed. */
	answer = site_form(site, ADMIN,
	    "url=https%3A%2F%2Fuser%3Apw%40x.example%2F&events=photo.deleted",
	    "POST /admin/webhooks");
	EXPECT(answer, 400, NULL);
	assert_non_null(strstr(answer->body, "value=\"https://user:pw@x.example/\""));
	assert_non_null(strstr(answer->body, "value=\"photo.deleted\" checked"));
	assert_int_equal(site_number(site, "SELECT COUNT(*) FROM webhook_subscriptions"), 0);
}

static void test_members_are_refused(void **state)
{
	struct site *site = *state;
	const char *id;

	remove_all(site);
	id = http_answer_text(create(site, ADMIN, "'photo.deleted'"), "id");
	EXPECT(create(site, ADA, "'photo.deleted'"), 403, NULL);
	EXPECT(create(site, VISITOR, "'photo.deleted'"), 401, NULL);
	EXPECT(site_api(site, ADA, "DELETE /api/admin/webhooks/%s", id), 403, NULL);
	EXPECT(site_api(site, BIRCH_ADMIN, "DELETE /api/admin/webhooks/%s", id), 404, NULL);
	EXPECT(site_api(site, BIRCH_ADMIN, "POST /api/admin/webhooks/%s/test", id), 404, NULL);
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/webhooks/%s", id), 204, NULL);
	EXPECT(site_api(site, ADMIN, "DELETE /api/admin/webhooks/%s", id), 404, NULL);
}

static void test_acts_are_listed(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A private title");
	const struct http_answer *answer;
	const char *id;

	remove_all(site);
	EXPECT(create(site, ADMIN, "'photo.deleted'"), 201, NULL);
	EXPECT(create(site, BIRCH_ADMIN, "'photo.deleted'"), 201, NULL);
	/* Ahead of any worker: nobody delivers it while it is looked at. */
	(void)site_delete(site, ADA, photo);
	site_sql(site, "UPDATE webhook_outbox SET state = 'failed', settled_at = '2999-01-01'");
	answer = site_api(site, ADMIN, "GET /api/admin/webhooks/deliveries");
	EXPECT(answer, 200, NULL);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 1);
	assert_string_equal(http_answer_text(answer, "items.0.event"), "photo.deleted");
	assert_null(strstr(answer->body, "private title"));
	id = http_answer_text(answer, "items.0.id");
	answer = site_api(site, BIRCH_ADMIN, "GET /api/admin/webhooks/deliveries");
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 0);
	EXPECT(site_api(site, BIRCH_ADMIN, "POST /api/admin/webhooks/deliveries/%s/retry", id), 404,
	    NULL);
	answer = site_api(site, ADMIN, "POST /api/admin/webhooks/deliveries/%s/retry", id);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "state"), "waiting");
	EXPECT(site_page(site, ADMIN, "GET /admin/webhooks"), 200, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_secret_is_shown_once),
	    SITE_TEST(test_refused_input),
	    SITE_TEST(test_members_are_refused),
	    SITE_TEST(test_acts_are_listed),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
