/* photos_test.c - photos over HTTP: lists, who sees which, archiving, deleting, generating. */
#include "../support/site.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- lists --------------------------------------------------------------------------------------
 */

/* Page by page everything comes once, newest first, whatever is added in the meantime. */
static void test_paging(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADA, "projects", "Many");
	const char *ids[7];
	const char *cursor = NULL;
	size_t seen = 0;

	for (size_t i = 0; i < 7; i++)
		ids[i] = site_photo_in(site, ADA, "One of many", "project_id", project);
	do {
		const struct http_answer *answer =
		    site_api(site, BEN, "GET /api/photos?project_id=%s&limit=3%s%s", project,
			cursor ? "&cursor=" : "", cursor ? cursor : "");
		json_t *items = http_answer_member(answer, "items");
		EXPECT(answer, 200, NULL);
		assert_in_range(json_array_size(items), 1, 3);
		for (size_t i = 0; i < json_array_size(items); i++)
			assert_string_equal(
			    json_string_value(json_object_get(json_array_get(items, i), "id")),
			    ids[6 - seen++]);
		cursor = http_answer_text(answer, "next");
		(void)site_photo_in(site, ADA, "Added since", "project_id", project);
	} while (cursor);
	assert_int_equal(seen, 7);
}

/* Its last page has no `next`, also where it is full. */
static void test_full_last_page(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADA, "projects", "Two");

	(void)site_photo_in(site, ADA, "One", "project_id", project);
	(void)site_photo_in(site, ADA, "Two", "project_id", project);
	assert_true(json_is_null(http_answer_member(
	    site_api(site, ADA, "GET /api/photos?project_id=%s&limit=2", project), "next")));
}

static void test_filters(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADA, "projects", "Filtered");
	const char *tagged = site_photo_in(site, ADA, "Tagged", "tags", "rare-tag, other");
	const char *placed = site_photo_in(site, ADA, "Placed", "project_id", project);
	const struct http_answer *answer = site_api(site, BEN, "GET /api/photos?tag=rare-tag");

	assert_true(http_answer_lists(answer, tagged));
	assert_false(http_answer_lists(answer, placed));
	answer = site_api(site, BEN, "GET /api/photos?project_id=%s", project);
	assert_false(http_answer_lists(answer, tagged));
	assert_true(http_answer_lists(answer, placed));
	/* Another organisation's project is no project, and its photos are nobody's here. */
	answer = site_api(site, MIA, "GET /api/photos?project_id=%s", project);
	EXPECT(answer, 200, NULL);
	assert_int_equal(json_array_size(http_answer_member(answer, "items")), 0);
	assert_false(http_answer_lists(site_api(site, MIA, "GET /api/photos?limit=200"), placed));
}

static void test_archived_and_deleted_in_lists(void **state)
{
	struct site *site = *state;
	const char *archived = site_photo(site, ADA, "Archived");
	const char *deleted = site_photo(site, ADA, "Deleted");

	site_archive(site, ADA, archived);
	(void)site_delete(site, ADA, deleted);
	assert_false(http_answer_lists(site_api(site, ADA, "GET /api/photos?limit=200"), archived));
	assert_true(http_answer_lists(
	    site_api(site, ADA, "GET /api/photos?limit=200&include_archived=true"), archived));
	assert_false(http_answer_lists(
	    site_api(site, BEN, "GET /api/photos?limit=200&include_archived=true"), archived));
	assert_true(http_answer_lists(
	    site_api(site, ADMIN, "GET /api/photos?limit=200&include_archived=true"), archived));
	assert_false(
	    http_answer_lists(site_api(site, ADMIN, "GET /api/photos?limit=200"), deleted));
	assert_true(http_answer_lists(
	    site_api(site, ADMIN, "GET /api/photos?limit=200&includeDeleted=true"), deleted));
	EXPECT(site_api(site, ADA, "GET /api/photos?includeDeleted=true"), 403, "admins_only");
	assert_false(http_answer_lists(
	    site_api(site, BIRCH_ADMIN, "GET /api/photos?limit=200&includeDeleted=true"), deleted));
}

/* --- deleting ------------------------------------------------------------------------------------
 */

static void test_deleting(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "To delete");
	const struct http_answer *answer =
	    site_api_json(site, ADA, "{'reason': 'Blurred'}", "DELETE /api/photos/%s", photo);
	const char *deletion = http_answer_text(answer, "deletion_id");

	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "counts.photo"), 1);
	assert_non_null(http_answer_text(answer, "recover_until"));
	answer = site_api(site, ADA, "DELETE /api/photos/%s", photo);
	EXPECT(answer, 409, "already_deleted");
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
	answer = site_api(site, ADA, "GET /api/photos/%s", photo);
	EXPECT(answer, 200, NULL);
	assert_non_null(http_answer_text(answer, "deleted_at"));
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
	answer = site_api(site, ADA, "GET /api/deletions/%s", deletion);
	assert_string_equal(http_answer_text(answer, "reason"), "Blurred");
	assert_string_equal(http_answer_text(answer, "origin"), "owner");
	assert_string_equal(http_answer_text(answer, "state"), "trashed");
}

/* From that moment on it is gone for everybody else: the photo, its bytes, also from a cache. */
static void test_gone_at_once(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "To delete");
	const struct http_answer *file = site_api(site, BEN, "GET /api/photos/%s/file", photo);
	const char *etag = arena_printf(site_arena(site), "If-None-Match: %s",
	    http_answer_header(site_client(site), file, "ETag"));
	const struct http_answer *kept =
	    site_api_with(site, BEN, etag, NULL, "GET /api/photos/%s/file", photo);

	EXPECT(file, 200, NULL);
	EXPECT(kept, 304, NULL);
	assert_int_equal(kept->length, 0);
	(void)site_delete(site, ADA, photo);
	EXPECT(site_api_with(site, BEN, etag, NULL, "GET /api/photos/%s/file", photo), 404, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s/file", photo), 404, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_page(site, BEN, "GET /photos/%s", photo), 404, NULL);
	EXPECT(site_page(site, BEN, "GET /photos/%s/thumbnail", photo), 404, NULL);
	EXPECT(site_api(site, BEN, "DELETE /api/photos/%s", photo), 404, NULL);
	/* The owner's trash page still shows it. */
	EXPECT(site_api_with(site, ADA, etag, NULL, "GET /api/photos/%s/file", photo), 304, NULL);
	EXPECT(site_page(site, ADA, "GET /photos/%s/thumbnail", photo), 200, NULL);
	EXPECT(site_page(site, ADA, "GET /photos/%s", photo), 200, NULL);
}

static void test_admin_overrides(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Deleted by an admin");
	const char *deletion = site_delete(site, ADMIN, photo);
	const struct http_answer *answer = site_api(site, ADMIN, "GET /api/deletions/%s", deletion);

	assert_string_equal(http_answer_text(answer, "origin"), "admin");
	assert_string_equal(http_answer_text(answer, "deleted_by"), site_user_id(site, ADMIN));
	/* Its owner did not delete it, and so neither sees nor restores it. */
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 404, NULL);
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 404, NULL);
	EXPECT(site_api_json(site, ADMIN2, "{'action': 'recover'}", "PATCH /api/photos/%s", photo),
	    200, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 200, NULL);
}

/* Twice in the same instant: one deletes, the other learns by which deletion. */
struct deleter {
	pthread_t thread;
	struct http_client *client;
	const char *path, *header;
	long status;
};

static void *delete_it(void *argument)
{
	struct deleter *deleter = argument;

	deleter->status = http_client_send(deleter->client,
	    &(struct http_call){.method = "DELETE",
		.path = deleter->path,
		.headers = (const char *const[]){deleter->header,
		    NULL}})->status;
	return NULL;
}

static void test_two_at_once(void **state)
{
	struct site *site = *state;
	struct deleter deleters[2];

	for (int round = 0; round < 10; round++) {
		const char *photo = site_photo(site, ADA, "Twice");
		for (int i = 0; i < 2; i++) {
			deleters[i] = (struct deleter){.client = http_client_open(),
			    .path = arena_printf(site_arena(site), "/api/photos/%s", photo),
			    .header = arena_printf(site_arena(site), "Authorization: Bearer %s",
				site_token(site, i ? ADMIN : ADA))};
			pthread_create(&deleters[i].thread, NULL, delete_it, &deleters[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(deleters[i].thread, NULL);
			http_client_close(&deleters[i].client);
		}
		/* An owner who comes second may not see it any more. */
		if (deleters[0].status == 200)
			assert_int_equal(deleters[1].status, 409);
		else
			assert_true(deleters[1].status == 200 &&
				    (deleters[0].status == 404 || deleters[0].status == 409));
		assert_int_equal(site_number(site,
				     "SELECT COUNT(*) FROM deletions WHERE item_id = " UUID, photo),
		    1);
	}
}

static void test_bulk(void **state)
{
	struct site *site = *state;
	const char *mine = site_photo(site, ADA, "Mine");
	const char *gone = site_photo(site, ADA, "Gone");
	const char *hers = site_photo(site, BEN, "Ben's");
	const char *foreign = site_photo(site, MIA, "Foreign");
	const char *body = arena_printf(site_arena(site), "{'ids': ['%s', '%s', '%s', '%s', '%s']}",
	    foreign, hers, mine, gone, mine);
	const struct http_answer *answer;

	(void)site_delete(site, ADA, gone);
	answer = site_api_json(site, ADA, body, "POST /api/photos/bulk-delete");
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "changed"), 1);
	assert_int_equal(http_answer_number(answer, "skipped"), 4);
	assert_string_equal(http_answer_text(answer, "items.0.id"), foreign);
	assert_string_equal(http_answer_text(answer, "items.0.reason"), "not_found");
	assert_string_equal(http_answer_text(answer, "items.1.reason"), "forbidden");
	assert_string_equal(http_answer_text(answer, "items.2.result"), "changed");
	assert_true(json_is_null(http_answer_member(answer, "items.2.reason")));
	assert_string_equal(http_answer_text(answer, "items.3.reason"), "already_deleted");
	assert_string_equal(http_answer_text(answer, "items.4.result"), "skipped");
	EXPECT(site_api(site, MIA, "GET /api/photos/%s", foreign), 200, NULL);
	answer = site_api_json(site, ADA, body, "POST /api/photos/bulk-restore");
	assert_int_equal(http_answer_number(answer, "changed"), 2);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", mine), 200, NULL);
}

/* One deletion for each, under one act, which Undo takes back. */
static void test_bulk_act(void **state)
{
	struct site *site = *state;
	const char *one = site_photo(site, ADA, "One");
	const char *two = site_photo(site, ADA, "Two");
	const struct http_answer *answer =
	    site_form(site, ADA, arena_printf(site_arena(site), "ids=%s&ids=%s&reason=", one, two),
		"POST /photos/delete");
	const char *act = http_answer_text(
	    site_api(site, ADA, "GET /api/deletions/%s",
		http_answer_text(site_api(site, ADA, "GET /api/photos/%s", one), "deletion_id")),
	    "act_id");

	EXPECT(answer, 303, NULL);
	assert_non_null(strstr(http_answer_header(site_client(site), answer, "Location"), act));
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM deletions WHERE act_id = " UUID, act), 2);
	EXPECT(site_form(
		   site, BEN, arena_printf(site_arena(site), "act_id=%s", act), "POST /trash/undo"),
	    404, NULL);
	EXPECT(site_form(
		   site, ADA, arena_printf(site_arena(site), "act_id=%s", act), "POST /trash/undo"),
	    303, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", one), 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", two), 200, NULL);
}

/* --- derivatives and generations -----------------------------------------------------------------
 */

static void test_derivatives(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Original");
	const char *derivative = site_derivative(site, ADA, photo);
	const struct http_answer *answer = site_api(site, ADA, "GET /api/photos/%s", derivative);

	assert_string_equal(http_answer_text(answer, "original_id"), photo);
	assert_string_equal(http_answer_text(answer, "uploader_id"), site_user_id(site, ADA));
	/* Alone it leaves its original alone. */
	(void)site_delete(site, ADA, derivative);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", derivative), 200, NULL);
	/* It goes with its original, and comes back with it. */
	answer = site_api(site, ADA, "DELETE /api/photos/%s", photo);
	assert_int_equal(http_answer_number(answer, "counts.photo"), 2);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", derivative), 404, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s/file", derivative), 404, NULL);
	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", derivative), 200, NULL);
}

static const char *start_generation(struct site *site, const char *photo)
{
	const struct http_answer *answer =
	    site_api(site, ADA, "POST /api/photos/%s/generations", photo);

	EXPECT(answer, 201, NULL);
	return arena_printf(site_arena(site), "/api/generations/%s/result",
	    http_answer_text(answer, "generation_id"));
}

static void test_late_result(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Original");
	const char *path = start_generation(site, photo);
	int64_t files;
	unsigned objects;

	(void)site_delete(site, ADA, photo);
	files = site_number(site, "SELECT COUNT(*) FROM files");
	objects = site_objects(site);
	EXPECT(
	    site_send_parts(site, ADA, path, PARTS(site_file_part(site))), 410, "original_deleted");
	assert_int_equal(site_number(site, "SELECT COUNT(*) FROM files"), files);
	assert_int_equal(site_objects(site), objects);
	assert_int_equal(
	    site_number(site, "SELECT COUNT(*) FROM photos WHERE original_id = " UUID, photo), 0);
	EXPECT(
	    site_api(site, ADA, "POST /api/photos/%s/generations", photo), 409, "already_deleted");
}

static void test_result_once(void **state)
{
	struct site *site = *state;
	const char *path = start_generation(site, site_photo(site, ADA, "Original"));

	EXPECT(site_send_parts(site, ADA, path, PARTS({.name = "other", .bytes = "x"})), 400, NULL);
	EXPECT_FIELD(site_send_parts(site, ADA, path, PARTS({"file", "x.png", "no image", 0})), 400,
	    "invalid_image", "file");
	EXPECT(site_send_parts(site, ADA, path, PARTS(site_file_part(site))), 201, NULL);
	EXPECT(
	    site_send_parts(site, ADA, path, PARTS(site_file_part(site))), 409, "already_finished");
}

/* Who may not deliver it is told before the body is looked at. */
static void test_result_of_whom(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Original");
	const char *path = start_generation(site, photo);
	const struct site_part bad = {"file", "x.png", "no image", 0};

	EXPECT(site_send_parts(site, ADA,
		   "/api/generations/01890000-0000-7000-8000-000000000000/result", PARTS(bad)),
	    404, "not_found");
	EXPECT(site_send_parts(site, MIA, path, PARTS(bad)), 404, "not_found");
	EXPECT(site_send_parts(site, BEN, path, PARTS(bad)), 403, NULL);
	EXPECT(site_send_parts(site, BEN, path, PARTS({.name = "x", .bytes = "x"})), 403, NULL);
	EXPECT(site_send_parts(site, ADMIN, path, PARTS(bad)), 400, "invalid_image");
	(void)site_delete(site, ADMIN, photo);
	EXPECT(site_send_parts(site, BEN, path, PARTS(bad)), 404, "not_found");
	EXPECT(
	    site_send_parts(site, ADA, path, PARTS(site_file_part(site))), 410, "original_deleted");
}

/* A member who asks for what is the admins' is told that, whatever else is wrong. */
static void test_who_before_what(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Mine");

	EXPECT(site_api_json(site, ADA, "{'action': 'update_status', 'status': 'nice'}",
		   "PATCH /api/photos/%s", photo),
	    403, NULL);
	EXPECT(site_api_json(
		   site, ADA, "{'action': 'recover', 'more': 1}", "PATCH /api/photos/%s", photo),
	    403, NULL);
	EXPECT_FIELD(site_api_json(site, ADA, "{'action': 'x'}", "PATCH /api/photos/%s", photo),
	    400, "invalid_choice", "action");
	EXPECT(
	    site_api(site, ADA, "GET /api/photos?includeDeleted=true&limit=0"), 403, "admins_only");
	EXPECT(
	    site_api(site, ADA, "GET /api/photos?limit=0&includeDeleted=true"), 403, "admins_only");
	EXPECT_FIELD(site_api(site, ADMIN, "GET /api/photos?includeDeleted=true&limit=0"), 400,
	    "out_of_range", "limit");
	EXPECT(site_api_json(
		   site, ADA, "{'criteria': {'x': 1}, 'y': 1}", "POST /api/photos/bulk-archive"),
	    403, "admins_only");
	EXPECT(
	    site_api_json(site, ADA, "{'criteria': [], 'ids': 7}", "POST /api/photos/bulk-archive"),
	    403, "admins_only");
}

static int64_t statements(struct site *site)
{
	return site_number(site,
	    "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.GLOBAL_STATUS"
	    " WHERE VARIABLE_NAME = 'COM_STMT_EXECUTE'");
}

/* The page before a bulk act shows what the viewer sees of it, in the order it was chosen, by a
 * number of statements that does not grow with it. */
static void test_selection(void **state)
{
	struct site *site = *state;
	const char *first = site_photo(site, ADA, "Chosen first");
	const char *second = site_photo(site, BEN, "Chosen second");
	const char *hidden = site_photo(site, BEN, "Put away");
	const char *foreign = site_photo(site, MIA, "Of elsewhere");
	const char *path = arena_printf(site_arena(site),
	    "/photos/delete?ids=%s&ids=%s&ids=%s&ids=%s", first, hidden, foreign, second);
	const struct http_answer *answer;
	int64_t before;

	site_archive(site, BEN, hidden);
	for (int i = 0; i < 30; i++)
		path = arena_printf(
		    site_arena(site), "%s&ids=%s", path, site_photo(site, ADA, "More"));
	before = statements(site);
	answer = site_page(site, ADA, "GET %s", path);
	EXPECT(answer, 200, NULL);
	assert_in_range(statements(site) - before, 0, 60);
	assert_null(strstr(answer->body, "Put away"));
	assert_null(strstr(answer->body, "Of elsewhere"));
	assert_non_null(strstr(answer->body, "Chosen first"));
	assert_non_null(strstr(strstr(answer->body, "Chosen first"), "Chosen second"));
	/* Those of others are marked, and not sent on. */
	assert_non_null(strstr(answer->body, "Delete 31 photos?"));
	assert_non_null(strstr(answer->body, "1 photo stays as before"));
	assert_non_null(strstr(answer->body, first));
	assert_null(strstr(answer->body, arena_printf(site_arena(site), "value=\"%s\"", second)));
	answer = site_page(site, ADA, "GET /photos/archive?ids=%s", second);
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "None of these can be archived"));
	assert_non_null(strstr(answer->body, "You may not do this to this photo"));
}

/* Where not all went as asked, the page says of each what became of it and why. */
static void test_bulk_results(void **state)
{
	static const struct {
		const char *path, *done;
	} acts[] = {{"archive", "Archived: 1 photo."}, {"delete", "Deleted: 1 photo."}};
	struct site *site = *state;
	const char *mine = site_photo(site, ADA, "Mine to take");
	const char *hers = site_photo(site, BEN, "Not mine to take");
	const char *foreign = site_photo(site, MIA, "Of elsewhere");
	const char *fields = arena_printf(
	    site_arena(site), "ids=%s&ids=%s&ids=%s&next=/albums", hers, foreign, mine);
	const struct http_answer *answer;

	for (int i = 0; i < 2; i++) {
		answer = site_form(site, ADA, fields, "POST /photos/%s", acts[i].path);
		EXPECT(answer, 200, NULL);
		assert_non_null(strstr(answer->body, acts[i].done));
		assert_non_null(strstr(answer->body, "Mine to take"));
		assert_non_null(strstr(answer->body, "You may not do this to this photo"));
		assert_non_null(strstr(answer->body, "There is no such photo"));
		assert_null(strstr(answer->body, "Of elsewhere"));
		assert_non_null(strstr(answer->body, "href=\"/albums\""));
		answer = site_form(site, ADA, fields, "POST /photos/%s", acts[i].path);
		EXPECT(answer, 409, NULL);
		assert_non_null(strstr(answer->body, "Nothing was changed"));
	}
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", hers), 200, NULL);
}

/* What was deleted along with something that stays can be undone from there. */
static void test_bulk_results_undo(void **state)
{
	struct site *site = *state;
	const char *mine = site_photo(site, ADA, "Mine"), *hers = site_photo(site, BEN, "Hers");
	const struct http_answer *answer = site_form(site, ADA,
	    arena_printf(site_arena(site), "ids=%s&ids=%s", mine, hers), "POST /photos/delete");
	const char *act = http_answer_text(
	    site_api(site, ADA, "GET /api/deletions/%s",
		http_answer_text(site_api(site, ADA, "GET /api/photos/%s", mine), "deletion_id")),
	    "act_id");

	assert_non_null(strstr(
	    answer->body, arena_printf(site_arena(site), "name=\"act_id\" value=\"%s\"", act)));
	EXPECT(site_form(
		   site, ADA, arena_printf(site_arena(site), "act_id=%s", act), "POST /trash/undo"),
	    303, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", mine), 200, NULL);
}

/* The result and the deletion in the same instant: the derivative goes along, or there is none. */
struct sender {
	pthread_t thread;
	struct http_client *client;
	struct http_call call;
	long status;
};

static void *send_it(void *argument)
{
	struct sender *sender = argument;

	sender->status = http_client_send(sender->client, &sender->call)->status;
	return NULL;
}

static void test_result_and_deletion_at_once(void **state)
{
	struct site *site = *state;
	const char *header =
	    arena_printf(site_arena(site), "Authorization: Bearer %s", site_token(site, ADA));
	const char *const headers[] = {header, NULL};

	for (int round = 0; round < 10; round++) {
		const char *photo = site_photo(site, ADA, "Original");
		struct sender senders[2] = {
		    {.call = {.method = "POST",
			 .path = start_generation(site, photo),
			 .type = SITE_MULTIPART_TYPE,
			 .headers = headers}},
		    {.call = {.method = "DELETE",
			 .path = arena_printf(site_arena(site), "/api/photos/%s", photo),
			 .headers = headers}},
		};
		senders[0].call.body =
		    site_multipart(site, PARTS(site_file_part(site)), &senders[0].call.length);
		for (int i = 0; i < 2; i++) {
			senders[i].client = http_client_open();
			pthread_create(&senders[i].thread, NULL, send_it, &senders[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(senders[i].thread, NULL);
			http_client_close(&senders[i].client);
		}
		assert_int_equal(senders[1].status, 200);
		assert_true(senders[0].status == 201 || senders[0].status == 410);
		assert_int_equal(
		    site_number(
			site, "SELECT COUNT(*) FROM photos WHERE original_id = " UUID, photo),
		    senders[0].status == 201);
		assert_int_equal(site_number(site,
				     "SELECT COUNT(*) FROM photos WHERE original_id = " UUID
				     " AND deleted_at IS NULL",
				     photo),
		    0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_paging),
	    SITE_TEST(test_full_last_page),
	    SITE_TEST(test_filters),
	    SITE_TEST(test_archived_and_deleted_in_lists),
	    SITE_TEST(test_deleting),
	    SITE_TEST(test_gone_at_once),
	    SITE_TEST(test_admin_overrides),
	    SITE_TEST(test_two_at_once),
	    SITE_TEST(test_bulk),
	    SITE_TEST(test_bulk_act),
	    SITE_TEST(test_derivatives),
	    SITE_TEST(test_late_result),
	    SITE_TEST(test_result_once),
	    SITE_TEST(test_selection),
	    SITE_TEST(test_bulk_results),
	    SITE_TEST(test_bulk_results_undo),
	    SITE_TEST(test_result_of_whom),
	    SITE_TEST(test_who_before_what),
	    SITE_TEST(test_result_and_deletion_at_once),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
