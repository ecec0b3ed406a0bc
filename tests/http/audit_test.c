/* audit_test.c - the trail over HTTP: an entry for each act, filters, pages, exports. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The newest entry about an item. */
static const struct http_answer *trail_of(struct site *site, const char *item)
{
	const struct http_answer *answer =
	    site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s&limit=1", item);

	EXPECT(answer, 200, NULL);
	return answer;
}

static void expect_entry(struct site *site, const struct http_answer *act, const char *item,
    const char *action, enum person who, const char *reason)
{
	const struct http_answer *answer = trail_of(site, item);
	const char *found = http_answer_text(answer, "items.0.reason");

	if (!http_answer_text(answer, "items.0.action") ||
	    strcmp(http_answer_text(answer, "items.0.action"), action) != 0)
		fail_msg("no %s in %s", action, answer->body);
	assert_string_equal(http_answer_text(answer, "items.0.actor"), site_user_id(site, who));
	assert_string_equal(http_answer_text(answer, "items.0.item_id"), item);
	assert_string_equal(http_answer_text(answer, "items.0.request_id"),
	    http_answer_header(site_client(site), act, "X-Request-Id"));
	if (reason ? !found || strcmp(found, reason) != 0 : found != NULL)
		fail_msg("%s: the reason is \"%s\"", action, found ? found : "(none)");
	/* Free text stands apart, so that an erasure can blank it. */
	if (reason)
		assert_int_equal(
		    site_number(
			site, "SELECT COUNT(*) FROM audit_log WHERE details LIKE '%%%s%%'", reason),
		    0);
}

static void test_acts_on_a_photo(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *act;

	assert_string_equal(
	    http_answer_text(trail_of(site, photo), "items.0.action"), "photo.create");
	act =
	    site_api_json(site, ADA, "{'reason': 'Too old'}", "POST /api/photos/%s/archive", photo);
	expect_entry(site, act, photo, "photo.archive", ADA, "Too old");
	act = site_api(site, ADMIN, "POST /api/photos/%s/restore", photo);
	expect_entry(site, act, photo, "photo.restore", ADMIN, NULL);
	act = site_api_json(site, ADA, "{'reason': 'Blurred'}", "DELETE /api/photos/%s", photo);
	expect_entry(site, act, photo, "photo.delete", ADA, "Blurred");
	assert_string_equal(http_answer_text(trail_of(site, photo), "items.0.mode"), "soft");
	act = site_form(site, ADMIN, "", "POST /photos/%s/restore", photo);
	EXPECT(act, 303, NULL);
	expect_entry(site, act, photo, "photo.restore", ADMIN, NULL);
	act = site_api_json(site, ADMIN,
	    "{'action': 'update_status', 'status': 'rejected', 'reason': 'Off topic'}",
	    "PATCH /api/photos/%s", photo);
	EXPECT(act, 200, NULL);
	expect_entry(site, act, photo, "photo.review", ADMIN, "Off topic");
}

static void test_acts_on_content(void **state)
{
	struct site *site = *state;
	const char *quest = site_content(site, CREATOR, "quests", "draft");
	const char *body =
	    arena_printf(site_arena(site), "{'content_id': '%s', 'content_type': 'quests'}", quest);

	expect_entry(site, site_api_json(site, CREATOR, body, "POST /api/creator/archive"), quest,
	    "quest.archive", CREATOR, NULL);
	expect_entry(site, site_api_json(site, CREATOR, body, "POST /api/creator/restore"), quest,
	    "quest.restore", CREATOR, NULL);
}

/* Refusals change nothing and write nothing. */
static void test_refusals_leave_no_entry(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	int64_t before =
	    site_number(site, "SELECT COUNT(*) FROM audit_log WHERE item_id = " UUID, photo);

	EXPECT(site_api(site, BEN, "DELETE /api/photos/%s", photo), 403, NULL);
	EXPECT(site_api(site, MIA, "DELETE /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api_json(site, ADA, "{'x': 1}", "DELETE /api/photos/%s", photo), 400, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 409, NULL);
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM audit_log WHERE item_id = " UUID, photo),
	    before);
}

static void test_filters(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *answer;
	const char *at;

	(void)site_delete(site, ADA, photo);
	answer = site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s", photo);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 2);
	at = http_answer_text(answer, "items.0.at");
	answer =
	    site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s&action=photo.create", photo);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 1);
	answer = site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s&from=%s", photo, at);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 1);
	answer = site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s&to=%s", photo, at);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 1);
	answer = site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s&actor=%s", photo,
	    site_user_id(site, BEN));
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 0);
	answer = site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s&kind=album", photo);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 0);
	EXPECT_FIELD(site_api(site, ADMIN, "GET /api/admin/audit?from=yesterday"), 400,
	    "invalid_input", "from");
	EXPECT_FIELD(site_api(site, ADMIN, "GET /api/admin/audit?item_id=1"), 400, "invalid_input",
	    "item_id");
	EXPECT(site_page(site, ADMIN, "GET /admin/audit?from=yesterday"), 400, NULL);
}

static void test_paging(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const char *cursor = NULL;
	const char *last = "g"; /* after every id */
	size_t seen = 0;

	for (int i = 0; i < 3; i++) {
		site_archive(site, ADA, photo);
		EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 200, NULL);
	}
	do {
		const struct http_answer *answer =
		    site_api(site, ADMIN, "GET /api/admin/audit?item_id=%s&limit=2%s%s", photo,
			cursor ? "&cursor=" : "", cursor ? cursor : "");
		json_t *items = http_answer_member(answer, "items");
		EXPECT(answer, 200, NULL);
		for (size_t i = 0; i < json_array_size(items); i++) {
			const char *id =
			    json_string_value(json_object_get(json_array_get(items, i), "id"));
			assert_true(strcmp(id, last) < 0);
			last = id;
			seen++;
		}
		cursor = http_answer_text(answer, "next");
	} while (cursor && seen < 20);
	assert_int_equal(seen, 7);
}

static void test_who_sees_it(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *answer;

	EXPECT(site_api(site, ADA, "GET /api/admin/audit"), 403, NULL);
	EXPECT(site_page(site, ADA, "GET /admin/audit"), 403, NULL);
	EXPECT(site_page(site, ADA, "GET /admin/audit/export"), 403, NULL);
	answer = site_api(site, BIRCH_ADMIN, "GET /api/admin/audit?item_id=%s", photo);
	EXPECT(answer, 200, NULL);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 0);
	answer = site_page(site, BIRCH_ADMIN, "GET /admin/audit/export?format=csv");
	EXPECT(answer, 200, NULL);
	assert_null(strstr(answer->body, photo));
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void test_csv(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *answer;

	EXPECT(site_api_json(site, ADA, "{'reason': '=1+1, \\\"quoted\\\"\\nand more'}",
		   "DELETE /api/photos/%s", photo),
	    200, NULL);
	answer = site_page(site, ADMIN, "GET /admin/audit/export?format=csv&item_id=%s", photo);
	EXPECT(answer, 200, NULL);
	assert_non_null(
	    strstr(http_answer_header(site_client(site), answer, "Content-Type"), "text/csv"));
	assert_non_null(strstr(
	    http_answer_header(site_client(site), answer, "Content-Disposition"), "attachment"));
	assert_memory_equal(answer->body, "id,at,actor,action,", 19);
	/* No formula for a spreadsheet to run. */
	assert_non_null(strstr(answer->body, "\"'=1+1, \"\"quoted\"\"\nand more\""));
	assert_non_null(strstr(answer->body, photo));
}

static void test_json_lines(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *answer;

	(void)site_delete(site, ADA, photo);
	answer = site_page(site, ADMIN, "GET /admin/audit/export?format=jsonl&item_id=%s", photo);
	EXPECT(answer, 200, NULL);
	assert_int_equal(count_lines(answer->body), 2);
	for (const char *line = answer->body; *line; line = strchr(line, '\n') + 1) {
		json_t *entry = json_loadb(line, strcspn(line, "\n"), 0, NULL);
		assert_non_null(entry);
		assert_string_equal(json_string_value(json_object_get(entry, "item_id")), photo);
		json_decref(entry);
	}
	EXPECT(site_page(site, ADMIN, "GET /admin/audit/export?format=xml"), 400, NULL);
}

/* What nests in the details is the same in the list and in the export. */
static void test_nested_details(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *list, *lines;
	json_t *entry;

	(void)site_delete(site, ADA, photo);
	list = trail_of(site, photo);
	assert_int_equal(http_answer_number(list, "items.0.details.counts.photo"), 1);
	lines = site_page(site, ADMIN,
	    "GET /admin/audit/export?format=jsonl&action=photo.delete&item_id=%s", photo);
	EXPECT(lines, 200, NULL);
	entry = json_loadb(lines->body, strcspn(lines->body, "\n"), 0, NULL);
	assert_non_null(entry);
	assert_true(json_equal(
	    json_object_get(entry, "details"), http_answer_member(list, "items.0.details")));
	json_decref(entry);
}

/* The pages hold no names of those whose accounts may be erased but the actor's present one. */
static void test_page(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const struct http_answer *answer =
	    site_page(site, ADMIN, "GET /admin/audit?item_id=%s", photo);

	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, photo));
	assert_null(strstr(answer->body, "ada@alder.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_acts_on_a_photo),
	    SITE_TEST(test_acts_on_content),
	    SITE_TEST(test_refusals_leave_no_entry),
	    SITE_TEST(test_filters),
	    SITE_TEST(test_paging),
	    SITE_TEST(test_who_sees_it),
	    SITE_TEST(test_csv),
	    SITE_TEST(test_json_lines),
	    SITE_TEST(test_nested_details),
	    SITE_TEST(test_page),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
