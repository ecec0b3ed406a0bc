/* content_test.c - quests and adventures over HTTP: every refusal and every act of their creators.
 */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOBODY "01890000-0000-7000-8000-000000000000"

static const char *const types[] = {"quests", "adventures"};

static const struct http_answer *act(
    struct site *site, enum person who, const char *what, const char *type, const char *id)
{
	return site_api_json(site, who,
	    arena_printf(site_arena(site), "{'content_id': '%s', 'content_type': '%s'}", id, type),
	    "POST /api/creator/%s", what);
}

static const struct http_answer *delete_forever(
    struct site *site, enum person who, const char *type, const char *id)
{
	return site_api_json(site, who,
	    arena_printf(site_arena(site),
		"{'content_id': '%s', 'content_type': '%s', 'confirm_text': 'DELETE'}", id, type),
	    "DELETE /api/creator/permanent-delete");
}

static int64_t rows_of(struct site *site, const char *type, const char *id)
{
	if (strcmp(type, "quests") == 0)
		return site_number(site,
		    "SELECT (SELECT COUNT(*) FROM quests WHERE id = " UUID
		    ") + (SELECT COUNT(*) FROM quest_content_cards WHERE quest_id = " UUID
		    ") + (SELECT COUNT(*) FROM activity_submissions WHERE quest_id = " UUID ")",
		    id, id, id);
	return site_number(site,
	    "SELECT (SELECT COUNT(*) FROM adventures WHERE id = " UUID
	    ") + (SELECT COUNT(*) FROM adventure_sequences WHERE adventure_id = " UUID ")",
	    id, id);
}

/* --- lists, archiving, restoring
 * ------------------------------------------------------------------- */

static void test_list(void **state)
{
	struct site *site = *state;
	const char *draft = site_content(site, CREATOR, "quests", "draft");
	const char *archived = site_content(site, CREATOR, "adventures", "archived");
	const char *other = site_content(site, SHOP, "quests", "draft");
	const struct http_answer *answer =
	    site_api(site, CREATOR, "GET /api/creator/content?limit=200");

	EXPECT(answer, 200, NULL);
	/* What pages tell each other is none of the API's. */
	EXPECT(site_api(site, CREATOR, "GET /api/creator/content?done=restored"), 400,
	    "unknown_member");
	EXPECT(site_page(site, CREATOR, "GET /content?done=restored"), 200, NULL);
	assert_true(http_answer_lists(answer, draft));
	assert_true(http_answer_lists(answer, archived));
	assert_false(http_answer_lists(answer, other));
	answer = site_api(site, CREATOR,
	    "GET /api/creator/content?content_type=adventures&status=archived&limit=200");
	assert_false(http_answer_lists(answer, draft));
	assert_true(http_answer_lists(answer, archived));
	assert_false(
	    http_answer_lists(site_api(site, ADMIN, "GET /api/creator/content?limit=200"), draft));
	EXPECT_FIELD(site_api(site, CREATOR, "GET /api/creator/content?content_type=cats"), 400,
	    "invalid_choice", "content_type");
	EXPECT_FIELD(site_api(site, CREATOR, "GET /api/creator/content?status=gone"), 400,
	    "invalid_choice", "status");
}

/* Both types in one list, page by page, each once. */
static void test_paging(void **state)
{
	struct site *site = *state;
	const char *cursor = NULL;
	size_t seen = 0;

	for (int i = 0; i < 3; i++) {
		(void)site_content(site, BEN, "quests", "draft");
		(void)site_content(site, BEN, "adventures", "published");
	}
	do {
		const struct http_answer *answer =
		    site_api(site, BEN, "GET /api/creator/content?limit=4%s%s",
			cursor ? "&cursor=" : "", cursor ? cursor : "");
		EXPECT(answer, 200, NULL);
		seen += json_array_size(http_answer_member(answer, "items"));
		cursor = http_answer_text(answer, "next");
	} while (cursor && seen < 10);
	assert_int_equal(seen, 6);
}

static void test_archive_and_restore(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < 2; i++) {
		const char *id = site_content(site, CREATOR, types[i], "published");
		const struct http_answer *answer = act(site, CREATOR, "archive", types[i], id);
		EXPECT(answer, 200, NULL);
		assert_string_equal(http_answer_text(answer, "publishing_status"), "archived");
		assert_non_null(http_answer_text(answer, "archived_at"));
		EXPECT(act(site, CREATOR, "archive", types[i], id), 409, "already_archived");
		answer = act(site, CREATOR, "restore", types[i], id);
		EXPECT(answer, 200, NULL);
		/* The former status, not just any. */
		assert_string_equal(http_answer_text(answer, "publishing_status"), "published");
		EXPECT(act(site, CREATOR, "restore", types[i], id), 409, "not_archived");
	}
}

static void test_only_its_creator(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < 2; i++) {
		const char *id = site_content(site, CREATOR, types[i], "draft");
		EXPECT(act(site, BEN, "archive", types[i], id), 403, NULL);
		EXPECT(act(site, ADMIN, "archive", types[i], id), 403, NULL);
		EXPECT(act(site, MIA, "archive", types[i], id), 404, NULL);
		EXPECT(act(site, CREATOR, "archive", types[1 - i], id), 404, NULL);
		EXPECT(act(site, CREATOR, "archive", types[i], NOBODY), 404, NULL);
	}
}

/* --- deleting forever: source 4, section 13
 * ---------------------------------------------------------- */

static void test_bad_input(void **state)
{
	static const struct {
		const char *body, *field;
	} cases[] = {
	    {"{'content_id': 'x', 'content_type': 'quests', 'confirm_text': 'DELETE'}",
		"content_id"},
	    {"{'content_type': 'quests', 'confirm_text': 'DELETE'}", "content_id"},
	    {"{'content_id': 5, 'content_type': 'quests', 'confirm_text': 'DELETE'}", "content_id"},
	    {"{'content_id': '$', 'content_type': 'cats', 'confirm_text': 'DELETE'}",
		"content_type"},
	    {"{'content_id': '$', 'content_type': 'Quests', 'confirm_text': 'DELETE'}",
		"content_type"},
	    {"{'content_id': '$', 'confirm_text': 'DELETE'}", "content_type"},
	    {"{'content_id': '$', 'content_type': 'quests', 'confirm_text': ''}", "confirm_text"},
	    {"{'content_id': '$', 'content_type': 'quests', 'confirm_text': 'delete'}",
		"confirm_text"},
	    {"{'content_id': '$', 'content_type': 'quests', 'confirm_text': 'DELETE!'}",
		"confirm_text"},
	    {"{'content_id': '$', 'content_type': 'quests'}", "confirm_text"},
	};
	struct site *site = *state;
	const char *id = site_content(site, CREATOR, "quests", "archived");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *dollar = strchr(cases[i].body, '$');
		const char *body =
		    dollar ? arena_printf(site_arena(site), "%.*s%s%s",
				 (int)(dollar - cases[i].body), cases[i].body, id, dollar + 1)
			   : cases[i].body;
		EXPECT_FIELD(
		    site_api_json(site, CREATOR, body, "DELETE /api/creator/permanent-delete"), 400,
		    NULL, cases[i].field);
	}
	assert_int_equal(rows_of(site, "quests", id), 3);
}

static void test_refused(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < 2; i++) {
		const char *id = site_content(site, CREATOR, types[i], "archived");
		const char *draft = site_content(site, CREATOR, types[i], "draft");
		const char *published = site_content(site, CREATOR, types[i], "published");
		EXPECT(delete_forever(site, VISITOR, types[i], id), 401, NULL);
		EXPECT(delete_forever(site, CREATOR, types[i], NOBODY), 404, NULL);
		EXPECT(delete_forever(site, CREATOR, types[1 - i], id), 404, NULL);
		EXPECT(delete_forever(site, MIA, types[i], id), 404, NULL);
		EXPECT(delete_forever(site, BEN, types[i], id), 403, NULL);
		EXPECT(delete_forever(site, ADMIN, types[i], id), 403, NULL);
		EXPECT(delete_forever(site, CREATOR, types[i], draft), 400, "not_archived");
		EXPECT(delete_forever(site, CREATOR, types[i], published), 400, "not_archived");
		assert_int_not_equal(rows_of(site, types[i], id), 0);
		assert_int_not_equal(rows_of(site, types[i], draft), 0);
	}
}

/* Whose it is comes before what is wrong with the rest; without a valid id nothing can be told. */
static void test_who_before_what(void **state)
{
	static const char *const rests[] = {
	    "", ", 'confirm_text': 'delete'", ", 'confirm_text': 'DELETE', 'more': 1"};
	struct site *site = *state;
	const char *id = site_content(site, CREATOR, "quests", "archived");

	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		const char *body = arena_printf(site_arena(site),
		    "{'content_id': '%s', 'content_type': 'quests'%s}", id, rests[i]);
		const char *unknown = arena_printf(site_arena(site),
		    "{'content_id': '" NOBODY "', 'content_type': 'quests'%s}", rests[i]);
		EXPECT(site_api_json(site, BEN, body, "DELETE /api/creator/permanent-delete"), 403,
		    NULL);
		EXPECT(site_api_json(site, MIA, body, "DELETE /api/creator/permanent-delete"), 404,
		    NULL);
		EXPECT(
		    site_api_json(site, CREATOR, unknown, "DELETE /api/creator/permanent-delete"),
		    404, NULL);
		EXPECT(site_api_json(site, CREATOR, body, "DELETE /api/creator/permanent-delete"),
		    400, NULL);
	}
	EXPECT_FIELD(
	    site_api_json(site, BEN, "{'content_id': 'x'}", "DELETE /api/creator/permanent-delete"),
	    400, NULL, "content_id");
}

static void test_deleted_with_all_that_hangs_on_it(void **state)
{
	struct site *site = *state;

	for (size_t i = 0; i < 2; i++) {
		const char *id = site_content(site, CREATOR, types[i], "archived");
		const struct http_answer *answer = delete_forever(site, CREATOR, types[i], id);
		EXPECT(answer, 200, NULL);
		assert_non_null(http_answer_text(answer, "deletion_id"));
		assert_int_equal(
		    http_answer_number(answer, i == 0 ? "counts.quest" : "counts.adventure"), 1);
		assert_int_equal(rows_of(site, types[i], id), 0);
		EXPECT(delete_forever(site, CREATOR, types[i], id), 404, NULL);
		EXPECT(act(site, CREATOR, "restore", types[i], id), 404, NULL);
		assert_int_equal(site_number(site,
				     "SELECT COUNT(*) FROM audit_log WHERE item_id = " UUID
				     " AND mode = 'hard' AND action = '%s'",
				     id, i == 0 ? "quest.delete" : "adventure.delete"),
		    1);
	}
}

/* Its files go by the queue; an object that is already absent counts as removed. */
static void test_files_are_queued(void **state)
{
	struct site *site = *state;
	const char *id = site_content(site, CREATOR, "quests", "archived");
	const char *key = site_new_key(site);

	site_sql(site,
	    "INSERT INTO files (id, organization_id, owner_kind, owner_id, part, storage_key,"
	    " content_type, bytes, digest, created_at) VALUES (" UUID ", " UUID ", 'quest', " UUID
	    ", 'asset', '%s', 'image/png', 9, REPEAT('x', 32), '2026-01-01')",
	    site_new_id(site), site_organization_id(site, CREATOR), id, key);
	EXPECT(delete_forever(site, CREATOR, "quests", id), 200, NULL);
	assert_int_equal(rows_of(site, "quests", id), 0);
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM files WHERE owner_id = " UUID, id), 0);
	site_work(site);
	assert_int_equal(
	    site_number(
		site, "SELECT COUNT(*) FROM storage_cleanup_queue WHERE storage_key = '%s'", key),
	    0);
}

/* Someone restores it between the list and the act: the state decides at that moment. */
static void test_race_with_restore(void **state)
{
	struct site *site = *state;
	const char *id = site_content(site, CREATOR, "quests", "archived");

	assert_true(http_answer_lists(
	    site_api(site, CREATOR, "GET /api/creator/content?status=archived&limit=200"), id));
	EXPECT(act(site, CREATOR, "restore", "quests", id), 200, NULL);
	EXPECT(delete_forever(site, CREATOR, "quests", id), 400, "not_archived");
	assert_int_equal(rows_of(site, "quests", id), 3);
}

static void test_legacy(void **state)
{
	struct site *site = *state;
	const char *id = site_content(site, CREATOR, "quests", "archived");
	const struct http_answer *answer =
	    site_api(site, CREATOR, "DELETE /api/creator/delete-content");

	EXPECT(answer, 410, "endpoint_gone");
	assert_string_equal(http_answer_header(site_client(site), answer, "Link"),
	    "</api/creator/permanent-delete>; rel=\"successor-version\"");
	EXPECT(site_api_json(site, CREATOR,
		   arena_printf(
		       site_arena(site), "{'content_id': '%s', 'content_type': 'quests'}", id),
		   "DELETE /api/creator/delete-content"),
	    410, "endpoint_gone");
	assert_int_equal(rows_of(site, "quests", id), 3);
}

static void test_pages(void **state)
{
	struct site *site = *state;
	const char *id = site_content(site, CREATOR, "quests", "archived");
	const struct http_answer *answer = site_page(site, CREATOR, "GET /content?status=archived");

	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, id));
	EXPECT(site_page(site, CREATOR, "GET /content?status=gone"), 400, NULL);
	EXPECT(site_page(site, CREATOR, "GET /content/cats/%s/permanent", id), 404, NULL);
	answer = site_form(site, CREATOR, "confirm_text=delete&reason=Kept",
	    "POST /content/quests/%s/permanent", id);
	EXPECT(answer, 400, NULL);
	assert_non_null(strstr(answer->body, ">Kept</textarea>"));
	assert_non_null(strstr(answer->body, "confirm_text"));
	EXPECT(site_form(
		   site, CREATOR, "confirm_text=DELETE", "POST /content/quests/%s/permanent", id),
	    303, NULL);
	assert_int_equal(rows_of(site, "quests", id), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_list),
	    SITE_TEST(test_paging),
	    SITE_TEST(test_archive_and_restore),
	    SITE_TEST(test_only_its_creator),
	    SITE_TEST(test_bad_input),
	    SITE_TEST(test_refused),
	    SITE_TEST(test_who_before_what),
	    SITE_TEST(test_deleted_with_all_that_hangs_on_it),
	    SITE_TEST(test_files_are_queued),
	    SITE_TEST(test_race_with_restore),
	    SITE_TEST(test_legacy),
	    SITE_TEST(test_pages),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
