/* upload_test.c - adding photos: what is taken, what is refused, and that nothing stays of it. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB (1024 * 1024)

/* What a refused upload must not change. */
struct stock {
	int64_t photos, files;
	unsigned objects;
};

static struct stock take_stock(struct site *site)
{
	return (struct stock){
	    .photos = site_number(site, "SELECT COUNT(*) FROM photos"),
	    .files = site_number(site, "SELECT COUNT(*) FROM files"),
	    .objects = site_objects(site),
	};
}

#define NOTHING_STAYS(site_, before_) nothing_stays((site_), (before_), __LINE__)
static void nothing_stays(struct site *site, const struct stock *before, int line)
{
	struct stock now = take_stock(site);

	if (now.photos != before->photos || now.files != before->files ||
	    now.objects != before->objects)
		fail_msg("line %d: rows %lld → %lld, files %lld → %lld, objects %u → %u", line,
		    (long long)before->photos, (long long)now.photos, (long long)before->files,
		    (long long)now.files, before->objects, now.objects);
}

static const struct http_answer *upload(
    struct site *site, enum person who, const struct site_part *parts, size_t count)
{
	return site_send_parts(site, who, "/api/photos", parts, count);
}

/* --- what is taken -----------------------------------------------------------------------------
 */

static void test_each_type(void **state)
{
	static const char *const types[PICTURE_COUNT] = {
	    [PICTURE_JPEG] = "image/jpeg",
	    [PICTURE_PNG] = "image/png",
	    [PICTURE_GIF] = "image/gif",
	    [PICTURE_WEBP] = "image/webp",
	};
	struct site *site = *state;

	for (int type = 0; type < PICTURE_COUNT; type++) {
		struct site_part part = {.name = "file", .filename = "picture.txt"};
		const struct http_answer *answer;
		const char *id;
		part.bytes = site_picture(site, (enum picture)type, &part.length);
		answer = upload(site, ADA, PARTS(part));
		EXPECT(answer, 201, NULL);
		id = http_answer_text(answer, "id");
		assert_non_null(
		    strstr(http_answer_header(site_client(site), answer, "Location"), id));
		assert_int_equal(http_answer_number(answer, "bytes"), part.length);
		answer = site_api(site, BEN, "GET /api/photos/%s/file", id);
		EXPECT(answer, 200, NULL);
		assert_string_equal(
		    http_answer_header(site_client(site), answer, "Content-Type"), types[type]);
		assert_int_equal(answer->length, part.length);
		assert_memory_equal(answer->body, part.bytes, part.length);
	}
}

static void test_everything_given(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADA, "projects", "Orchard");
	struct site_part thumbnail = {.name = "thumbnail", .filename = "t.jpg"};
	const struct http_answer *answer;

	thumbnail.bytes = site_picture(site, PICTURE_JPEG, &thumbnail.length);
	answer = upload(site, ADA,
	    PARTS({.name = "title", .bytes = "Æble & \"pear\" <b>"},
		{.name = "description", .bytes = "Two\nlines"},
		{.name = "project_id", .bytes = project},
		{.name = "tags", .bytes = " autumn, apples,, autumn "}, site_file_part(site),
		thumbnail));
	EXPECT(answer, 201, NULL);
	assert_string_equal(http_answer_text(answer, "title"), "Æble & \"pear\" <b>");
	assert_string_equal(http_answer_text(answer, "description"), "Two\nlines");
	assert_string_equal(http_answer_text(answer, "project_id"), project);
	assert_string_equal(http_answer_text(answer, "status"), "approved");
	assert_string_equal(http_answer_text(answer, "uploader_id"), site_user_id(site, ADA));
	assert_int_equal(json_array_size(http_answer_member(answer, "tags")), 2);
	answer = site_page(site, ADA, "GET /photos/%s/thumbnail", http_answer_text(answer, "id"));
	EXPECT(answer, 200, NULL);
	assert_memory_equal(answer->body, thumbnail.bytes, thumbnail.length);
}

/* Site photos wait for approval, and belong to the site's record from then on. */
static void test_site_photo(void **state)
{
	struct site *site = *state;
	const char *shop = site_place(site, SHOP, "sites", "A shop");
	const char *photo = site_photo_in(site, ADA, "For the shop", "site_id", shop);
	const struct http_answer *answer = site_api(site, ADA, "GET /api/photos/%s", photo);

	assert_string_equal(http_answer_text(answer, "status"), "pending");
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 404, NULL);
	EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", photo), 200, NULL);
	EXPECT(site_api(site, ADA, "DELETE /api/photos/%s", photo), 403, "request_instead");
	EXPECT(site_api_json(site, ADMIN, "{'action': 'update_status', 'status': 'approved'}",
		   "PATCH /api/photos/%s", photo),
	    200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", photo), 200, NULL);
}

static const char *repeat(struct site *site, const char *text, size_t count)
{
	size_t length = strlen(text);
	char *all = arena_alloc(site_arena(site), count * length + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * length, text, length);
	return all;
}

/* 200 characters, not bytes. */
static void test_title_length(void **state)
{
	struct site *site = *state;
	struct stock before;
	const char *longest = repeat(site, "\xc3\xa6", 200);
	const struct http_answer *answer =
	    upload(site, ADA, PARTS(site_file_part(site), {.name = "title", .bytes = longest}));

	EXPECT(answer, 201, NULL);
	assert_string_equal(http_answer_text(answer, "title"), longest);
	before = take_stock(site);
	EXPECT_FIELD(upload(site, ADA,
			 PARTS(site_file_part(site),
			     {.name = "title", .bytes = repeat(site, "\xc3\xa6", 201)})),
	    400, "too_long", "title");
	EXPECT_FIELD(upload(site, ADA,
			 PARTS(site_file_part(site),
			     {.name = "description", .bytes = repeat(site, "x", 5001)})),
	    400, "too_long", "description");
	NOTHING_STAYS(site, &before);
}

/* --- what is refused ----------------------------------------------------------------------------
 */

static const char *padded_picture(struct site *site, size_t length)
{
	size_t picture_length;
	const unsigned char *picture = site_picture(site, PICTURE_PNG, &picture_length);
	char *bytes = arena_alloc(site_arena(site), length);

	memcpy(bytes, picture, picture_length);
	return bytes;
}

/* 25 MiB and not a byte more; above 27 MiB it is nginx that says so. */
static void test_size_limit(void **state)
{
	static const size_t refused[] = {25 * MIB + 1, 26 * MIB, 30 * MIB};
	struct site *site = *state;
	struct stock before;
	struct site_part part = {.name = "file", .filename = "big.png", .length = 25 * MIB};

	part.bytes = padded_picture(site, 25 * MIB);
	EXPECT(upload(site, ADA, PARTS(part)), 201, NULL);
	before = take_stock(site);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const struct http_answer *answer;
		part.length = refused[i];
		part.bytes = padded_picture(site, part.length);
		answer = upload(site, ADA, PARTS(part));
		EXPECT(answer, 413, NULL);
		assert_non_null(strstr(
		    http_answer_header(site_client(site), answer, "Content-Type"), "problem+json"));
		assert_int_equal(http_answer_number(answer, "status"), 413);
		assert_non_null(http_answer_text(answer, "code"));
		http_client_forget(site_client(site));
	}
	NOTHING_STAYS(site, &before);
}

static void test_not_an_image(void **state)
{
	static const char html[] = "<!doctype html><script>alert(1)</script>";
	static const char svg[] =
	    "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
	struct site *site = *state;
	struct stock before = take_stock(site);
	struct site_part cut = site_file_part(site);

	cut.length = 50;
	EXPECT_FIELD(
	    upload(site, ADA, PARTS({"file", "a.jpg", html, 0})), 400, "invalid_image", "file");
	EXPECT_FIELD(
	    upload(site, ADA, PARTS({"file", "a.png", svg, 0})), 400, "invalid_image", "file");
	EXPECT_FIELD(upload(site, ADA, PARTS(cut)), 400, "invalid_image", "file");
	EXPECT_FIELD(upload(site, ADA, PARTS({"file", "a.png", "", 0})), 400, "empty_file", "file");
	EXPECT_FIELD(
	    upload(site, ADA, PARTS(site_file_part(site), {"thumbnail", "t.png", html, 0})), 400,
	    "invalid_image", "thumbnail");
	NOTHING_STAYS(site, &before);
}

static void test_wrong_parts(void **state)
{
	struct site *site = *state;
	struct stock before = take_stock(site);
	const char *gone = site_place(site, ADA, "projects", "Gone");
	const char *foreign = site_place(site, MIA, "projects", "Foreign");
	const struct {
		struct site_part part;
		const char *code;
	} cases[] = {
	    {{.name = "unknown", .bytes = "x"}, "unknown_member"},
	    {{.name = "other", .filename = "x.png", .bytes = "x"}, "unknown_member"},
	    {{.name = "csrf", .bytes = "x"}, "unknown_member"}, /* of pages alone */
	    {{.name = "file", .filename = "x.png", .bytes = "x"}, "duplicate_part"},
	    {{.name = "project_id", .bytes = "1"}, "invalid_input"},
	    {{.name = "project_id", .bytes = "01890000-0000-7000-8000-000000000000"}, NULL},
	    {{.name = "project_id", .bytes = foreign}, NULL},
	    {{.name = "site_id", .bytes = "x"}, "invalid_input"},
	    {{.name = "title", .bytes = "\xff\xfe"}, NULL},
	    {{.name = "tags", .bytes = repeat(site, "x", 101)}, NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		EXPECT_FIELD(upload(site, ADA, PARTS(site_file_part(site), cases[i].part)), 400,
		    cases[i].code, cases[i].part.name);
	EXPECT_FIELD(
	    upload(site, ADA, PARTS({.name = "title", .bytes = "x"})), 400, "missing", "file");
	EXPECT(upload(site, ADA,
		   PARTS({.name = "title", .bytes = "a"}, {.name = "title", .bytes = "b"},
		       site_file_part(site))),
	    400, NULL);
	site_sql(site, "DELETE FROM projects WHERE id IN (" UUID ", " UUID ")", gone, foreign);
	NOTHING_STAYS(site, &before);
}

/* A container in the trash takes nothing in, and says by which deletion it went. */
static void test_deleted_container(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADA, "projects", "To go");
	const char *deletion = site_delete(site, ADA, site_photo(site, ADA, "x"));
	struct stock before = take_stock(site);
	const struct http_answer *answer;

	site_sql(site,
	    "UPDATE projects SET deleted_at = UTC_TIMESTAMP(6), deletion_id = " UUID
	    " WHERE id = " UUID,
	    deletion, project);
	answer = upload(
	    site, ADA, PARTS(site_file_part(site), {.name = "project_id", .bytes = project}));
	EXPECT(answer, 409, "container_deleted");
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
	NOTHING_STAYS(site, &before);
}

static const struct http_answer *send_as(
    struct site *site, const char *type, const char *body, size_t length)
{
	return http_client_send(site_client(site),
	    &(struct http_call){.method = "POST",
		.path = "/api/photos",
		.type = type,
		.body = body,
		.length = length,
		.headers =
		    (const char *const[]){arena_printf(site_arena(site), "Authorization: Bearer %s",
					      site_token(site, ADA)),
			NULL}});
}

static void test_malformed_bodies(void **state)
{
	struct site *site = *state;
	struct stock before = take_stock(site);
	size_t length;
	const char *body = site_multipart(site, PARTS(site_file_part(site)), &length);

	EXPECT(send_as(site, "application/json", "{}", 0), 400, NULL);
	EXPECT(send_as(site, "multipart/form-data", body, length), 400, NULL);
	EXPECT(send_as(site, "multipart/form-data; boundary=other", body, length), 400, NULL);
	EXPECT(send_as(site, SITE_MULTIPART_TYPE, "", 0), 400, NULL);
	/* Cut off at any place it is no upload. */
	for (size_t i = 1; i < length - 4; i += 7)
		EXPECT(send_as(site, SITE_MULTIPART_TYPE, body, i), 400, NULL);
	NOTHING_STAYS(site, &before);
	EXPECT(send_as(site, SITE_MULTIPART_TYPE, body, length), 201, NULL);
}

/* A connection that breaks in the middle of a large file. */
static void test_broken_off(void **state)
{
	struct site *site = *state;
	struct stock before = take_stock(site);
	size_t length;
	struct site_part part = {.name = "file", .filename = "big.png", .length = 3 * MIB};
	const char *body;
	char *all;
	int head_length;

	part.bytes = padded_picture(site, part.length);
	body = site_multipart(site, PARTS(part), &length);
	all = arena_alloc(site_arena(site), length + 2000);
	head_length = sprintf(all,
	    "POST /api/photos HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
	    "Content-Type: " SITE_MULTIPART_TYPE "\r\nContent-Length: %zu\r\n\r\n",
	    site_token(site, ADA), length);
	memcpy(all + head_length, body, length / 2);
	http_client_send_broken(site_client(site), all, (size_t)head_length + length / 2);
	NOTHING_STAYS(site, &before);
}

static void test_form(void **state)
{
	struct site *site = *state;
	struct stock before = take_stock(site);
	const char *cookie = arena_printf(site_arena(site), "Cookie: %s", site_cookie(site, ADA));
	struct http_call call = {.method = "POST",
	    .path = "/upload",
	    .type = SITE_MULTIPART_TYPE,
	    .headers = (const char *const[]){cookie, NULL}};
	const struct http_answer *answer;

	call.body = site_multipart(site,
	    PARTS({.name = "csrf", .bytes = site_csrf(site, ADA)},
		{.name = "title", .bytes = "Kept & shown"}, {"file", "a.png", "not one", 0}),
	    &call.length);
	answer = http_client_send(site_client(site), &call);
	EXPECT(answer, 400, NULL);
	assert_non_null(strstr(answer->body, "Kept &amp; shown"));
	call.body = site_multipart(
	    site, PARTS({.name = "csrf", .bytes = "x"}, site_file_part(site)), &call.length);
	EXPECT(http_client_send(site_client(site), &call), 403, NULL);
	NOTHING_STAYS(site, &before);
	call.body = site_multipart(site,
	    PARTS(site_file_part(site), {.name = "csrf", .bytes = site_csrf(site, ADA)},
		{.name = "title", .bytes = ""}, {.name = "project_id", .bytes = ""}),
	    &call.length);
	answer = http_client_send(site_client(site), &call);
	EXPECT(answer, 303, NULL);
	EXPECT(site_page(
		   site, ADA, "GET %s", http_answer_header(site_client(site), answer, "Location")),
	    200, NULL);
}

/* More projects than a form lists: each is found by its name, and the form then has it chosen. */
static void test_choosing_among_many(void **state)
{
	struct site *site = *state;
	const char *oldest = site_place(site, ADMIN, "projects", "100% Oldest <Orchard>");
	const char *foreign = site_place(site, BIRCH_ADMIN, "projects", "Foreign orchard");
	const struct http_answer *answer;

	assert_null(strstr(site_page(site, ADA, "GET /upload")->body, "/choose/projects"));
	for (int i = 0; i < 200; i++)
		(void)site_place(site, ADMIN, "projects", "Another");
	answer = site_page(site, ADA, "GET /upload");
	assert_null(strstr(answer->body, oldest));
	assert_non_null(strstr(answer->body, "/choose/projects?for=upload"));
	assert_non_null(
	    strstr(site_page(site, ADA, "GET /")->body, "/choose/projects?for=library"));
	answer = site_page(site, ADA, "GET /choose/projects?for=upload&q=0%%25+oldest");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "100% Oldest &lt;Orchard&gt;"));
	assert_non_null(strstr(answer->body,
	    arena_printf(site_arena(site), "href=\"/upload?project_id=%s\"", oldest)));
	assert_null(strstr(answer->body, "Another"));
	assert_null(strstr(
	    site_page(site, ADA, "GET /choose/projects?for=upload&q=orchard")->body, foreign));
	/* Without a name they come page by page. */
	answer = site_page(site, ADA, "GET /choose/projects?for=upload");
	assert_non_null(strstr(answer->body, "rel=\"next\""));
	/* And the form has what was chosen. */
	answer = site_page(site, ADA, "GET /upload?project_id=%s", oldest);
	assert_non_null(strstr(answer->body,
	    arena_printf(site_arena(site), "<option value=\"%s\" selected>", oldest)));
	assert_null(
	    strstr(site_page(site, ADA, "GET /upload?project_id=%s", foreign)->body, foreign));
	EXPECT(site_page(site, ADA, "GET /choose/projects"), 400, NULL);
	EXPECT(site_page(site, ADA, "GET /choose/projects?for=elsewhere"), 400, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_each_type),
	    SITE_TEST(test_everything_given),
	    SITE_TEST(test_site_photo),
	    SITE_TEST(test_title_length),
	    SITE_TEST(test_size_limit),
	    SITE_TEST(test_not_an_image),
	    SITE_TEST(test_wrong_parts),
	    SITE_TEST(test_deleted_container),
	    SITE_TEST(test_malformed_bodies),
	    SITE_TEST(test_broken_off),
	    SITE_TEST(test_form),
	    SITE_TEST(test_choosing_among_many),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
