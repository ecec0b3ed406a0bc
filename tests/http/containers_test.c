/* containers_test.c - deleting projects, sites, albums and organisations over HTTP: what is said
 * beforehand, what happens then, and taking it back. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *text(struct site *site, const char *format, const char *value)
{
	const char *at = strstr(format, "%s");

	return arena_printf(
	    site_arena(site), "%.*s%s%s", (int)(at - format), format, value, at + 2);
}

/* A project of three photos, one of them a derivative. */
struct family {
	const char *project;
	const char *photo, *derivative, *other;
};

static struct family make_family(struct site *site, const char *name)
{
	struct family made = {.project = site_place(site, ADMIN, "projects", name)};

	made.photo = site_photo_in(site, ADA, "One", "project_id", made.project);
	made.derivative = site_derivative(site, ADA, made.photo);
	made.other = site_photo_in(site, BEN, "Two", "project_id", made.project);
	return made;
}

static const struct http_answer *delete_project(
    struct site *site, const char *project, const char *action, const char *name)
{
	const char *body = arena_printf(site_arena(site),
	    "{'photo_action': '%s', 'confirmation': '%s', 'reason': 'It is over'}", action, name);

	return site_api_json(site, ADMIN, body, "DELETE /api/projects/%s", project);
}

static const struct http_answer *photo_of(struct site *site, const char *id)
{
	return site_api(site, ADMIN, "GET /api/photos/%s", id);
}

/* Of what leaves no choice it is taken as well, and is without effect. */
static void test_impact_of_what_leaves_no_choice(void **state)
{
	struct site *site = *state;
	const char *things[] = {arena_printf(site_arena(site), "albums/%s",
				    site_place(site, ADMIN, "albums", "Best of")),
	    arena_printf(
		site_arena(site), "organizations/%s", site_organization_id(site, BIRCH_ADMIN)),
	    arena_printf(site_arena(site), "admin/users/%s", site_user_id(site, MIA))};

	for (size_t i = 0; i < 3; i++) {
		const struct http_answer *plain =
		    site_api(site, i ? PLATFORM : ADMIN, "GET /api/%s/impact", things[i]);
		const struct http_answer *asked = site_api(site, i ? PLATFORM : ADMIN,
		    "GET /api/%s/impact?photo_action=delete", things[i]);
		EXPECT(plain, 200, NULL);
		EXPECT(asked, 200, NULL);
		if (i == 0) /* which nobody else changes */
			assert_string_equal(asked->body, plain->body);
		EXPECT(site_api(site, i ? PLATFORM : ADMIN, "GET /api/%s/impact?photo_action=burn",
			   things[i]),
		    400, "invalid_choice");
	}
}

/* The impact has the counts and bytes that the deletion then has, for each action. */
static void test_impact_is_what_happens(void **state)
{
	static const char *const actions[] = {"delete", "archive", "orphan"};
	struct site *site = *state;

	for (size_t i = 0; i < 3; i++) {
		struct family family = make_family(site, "Harvest");
		const struct http_answer *impact = site_api(site, ADMIN,
		    "GET /api/projects/%s/impact?photo_action=%s", family.project, actions[i]);
		const struct http_answer *answer;
		EXPECT(impact, 200, NULL);
		assert_int_equal(http_answer_number(impact, "counts.photo"), 3);
		assert_int_equal(http_answer_number(impact, "counts.project"), 1);
		assert_int_equal(http_answer_number(impact, "people"), 2);
		answer = delete_project(site, family.project, actions[i], "Harvest");
		EXPECT(answer, 200, NULL);
		assert_int_equal(http_answer_number(answer, "photo_count"), 3);
		assert_string_equal(http_answer_text(answer, "project_id"), family.project);
		assert_string_equal(http_answer_text(answer, "photo_action"), actions[i]);
		answer = site_api(
		    site, ADMIN, "GET /api/deletions/%s", http_answer_text(answer, "deletion_id"));
		assert_true(json_equal(
		    http_answer_member(answer, "counts"), http_answer_member(impact, "counts")));
		assert_int_equal(
		    http_answer_number(answer, "bytes"), http_answer_number(impact, "bytes"));
		assert_string_equal(http_answer_text(answer, "reason"), "It is over");
	}
}

static void restore(struct site *site, const struct http_answer *deleted)
{
	const struct http_answer *answer = site_api(site, ADMIN, "POST /api/deletions/%s/restore",
	    http_answer_text(deleted, "deletion_id"));

	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "state"), "restored");
}

static void test_photos_deleted_with_it(void **state)
{
	struct site *site = *state;
	struct family family = make_family(site, "Harvest");
	const struct http_answer *deleted =
	    delete_project(site, family.project, "delete", "Harvest");
	const char *id = http_answer_text(deleted, "deletion_id");

	EXPECT(deleted, 200, NULL);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", family.photo), 404, NULL);
	assert_string_equal(http_answer_text(photo_of(site, family.other), "deletion_id"), id);
	restore(site, deleted);
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", family.photo), 200, NULL);
	assert_string_equal(
	    http_answer_text(photo_of(site, family.derivative), "project_id"), family.project);
}

static void test_photos_archived(void **state)
{
	struct site *site = *state;
	struct family family = make_family(site, "Harvest");
	const struct http_answer *deleted =
	    delete_project(site, family.project, "archive", "Harvest");
	const struct http_answer *photo = photo_of(site, family.photo);

	EXPECT(deleted, 200, NULL);
	assert_non_null(http_answer_text(photo, "archived_at"));
	assert_null(http_answer_text(photo, "deleted_at"));
	restore(site, deleted);
	assert_null(http_answer_text(photo_of(site, family.photo), "archived_at"));
}

static void test_photos_orphaned_by_default(void **state)
{
	struct site *site = *state;
	struct family family = make_family(site, "Harvest");
	const struct http_answer *deleted = site_api_json(site, ADMIN,
	    "{'confirmation': '  Harvest '}", "DELETE /api/projects/%s", family.project);

	EXPECT(deleted, 200, NULL);
	assert_string_equal(http_answer_text(deleted, "photo_action"), "orphan");
	assert_null(http_answer_text(photo_of(site, family.photo), "project_id"));
	EXPECT(site_api(site, BEN, "GET /api/photos/%s", family.photo), 200, NULL);
	restore(site, deleted);
	assert_string_equal(
	    http_answer_text(photo_of(site, family.photo), "project_id"), family.project);
}

static void test_bad_input(void **state)
{
	struct site *site = *state;
	const char *project = site_place(site, ADMIN, "projects", "Harvest");
	static const struct {
		const char *body, *code, *field;
	} bad[] = {
	    {NULL, "missing", "confirmation"},
	    {"{'photo_action': 'orphan'}", "missing", "confirmation"},
	    {"{'confirmation': ' '}", "invalid_input", "confirmation"},
	    {"{'confirmation': 'harvest'}", "wrong_confirmation", "confirmation"},
	    {"{'confirmation': 'Harvest', 'photo_action': 'burn'}", "invalid_choice",
		"photo_action"},
	    {"{'confirmation': 'Harvest', 'photos': 'delete'}", "unknown_member", "photos"},
	    {"{'confirmation': 7}", "invalid_input", "confirmation"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT_FIELD(
		    site_api_json(site, ADMIN, bad[i].body, "DELETE /api/projects/%s", project),
		    400, bad[i].code, bad[i].field);
	EXPECT(site_form(site, ADMIN, "confirmation=harvest&reason=Because",
		   "POST /admin/projects/%s/delete", project),
	    400, NULL);
	EXPECT_FIELD(
	    site_api(site, ADMIN, "GET /api/projects/%s/impact?photo_action=burn", project), 400,
	    "invalid_choice", "photo_action");
	EXPECT(site_api(site, ADMIN, "GET /api/projects/%s/impact", project), 200, NULL);
}

static void test_deleted_already(void **state)
{
	struct site *site = *state;
	struct family family = make_family(site, "Harvest");
	const struct http_answer *deleted =
	    delete_project(site, family.project, "orphan", "Harvest");
	const char *id = http_answer_text(deleted, "deletion_id");
	const struct http_answer *again = delete_project(site, family.project, "delete", "Harvest");

	EXPECT(again, 409, "already_deleted");
	assert_string_equal(http_answer_text(again, "deletion_id"), id);
	again = site_api(site, ADMIN, "GET /api/projects/%s/impact", family.project);
	EXPECT(again, 409, "already_deleted");
	assert_string_equal(http_answer_text(again, "deletion_id"), id);
	again = site_page(site, ADMIN, "GET /admin/projects/%s/delete", family.project);
	EXPECT(again, 409, NULL);
	assert_non_null(strstr(again->body, text(site, "/trash/%s", id)));
	EXPECT(site_send_parts(site, ADA, "/api/photos",
		   PARTS(site_file_part(site), {.name = "project_id", .bytes = family.project})),
	    409, "container_deleted");
}

/* What the page says beforehand, in words. */
static void test_page_says_it(void **state)
{
	struct site *site = *state;
	struct family family = make_family(site, "Hay & <straw>");
	const struct http_answer *page =
	    site_page(site, ADMIN, "GET /admin/projects/%s/delete", family.project);

	EXPECT(page, 200, NULL);
	assert_non_null(strstr(page->body, "Delete “Hay &amp; &lt;straw&gt;”?"));
	assert_non_null(strstr(page->body, "3 photos stay in the library without this project"));
	assert_non_null(strstr(page->body, "3 photos leave the galleries"));
	assert_non_null(strstr(page->body, "3 photos ("));
	EXPECT(site_form(site, ADMIN, "photo_action=archive&confirmation=Hay+%26+%3Cstraw%3E",
		   "POST /admin/projects/%s/delete", family.project),
	    303, NULL);
	assert_non_null(http_answer_text(photo_of(site, family.photo), "archived_at"));
}

/* Pages count what is quick to count, and all if asked to; the API always all. */
static void test_page_of_many(void **state)
{
	struct site *site = *state;
	struct family family = make_family(site, "Many");
	const struct http_answer *page;

	site_sql(site,
	    "INSERT INTO photos (id, organization_id, uploader_id, project_id, title, status, "
	    "bytes,"
	    " created_at) SELECT UNHEX(CONCAT('0199cccc', LPAD(HEX(seq), 8, '0'),"
	    " SUBSTR(HEX(project_id), 17))), organization_id, uploader_id, project_id, 'Of many',"
	    " 'approved', 100, created_at FROM seq_1_to_1200, photos WHERE id = " UUID,
	    family.photo);
	page = site_page(site, ADMIN, "GET /admin/projects/%s/delete", family.project);
	EXPECT(page, 200, NULL);
	assert_non_null(strstr(page->body, "More than 500 photos stay in the library"));
	assert_non_null(strstr(page->body, "More than 500 photos leave the galleries"));
	assert_non_null(strstr(page->body, "More than 500 photos (at least "));
	assert_non_null(strstr(page->body, ") of at least "));
	assert_non_null(strstr(page->body, "/delete?exact=true\">Count exactly</a>"));
	page = site_page(site, ADMIN, "GET /admin/projects/%s/delete?exact=true", family.project);
	EXPECT(page, 200, NULL);
	assert_non_null(strstr(page->body, "1,203 photos stay in the library"));
	assert_non_null(strstr(page->body, "1,203 photos leave the galleries"));
	assert_non_null(strstr(page->body, ") of 2 people go"));
	assert_null(strstr(page->body, "exact=true"));
	assert_int_equal(http_answer_number(
			     site_api(site, ADMIN,
				 "GET /api/projects/%s/impact?photo_action=delete", family.project),
			     "counts.photo"),
	    1203);
	page = site_page(site, ADMIN, "GET /admin/photos/archive?project_id=%s", family.project);
	EXPECT(page, 200, NULL);
	assert_non_null(strstr(page->body, "Archive more than 500 photos?"));
	assert_non_null(strstr(page->body, "&amp;exact=true\">Count exactly</a>"));
	page = site_page(
	    site, ADMIN, "GET /admin/photos/archive?project_id=%s&exact=true", family.project);
	assert_non_null(strstr(page->body, "Archive 1,203 photos?"));
	site_sql(site, "DELETE FROM photos WHERE title = 'Of many'");
}

static void test_album(void **state)
{
	struct site *site = *state;
	const char *album = site_place(site, ADA, "albums", "Summer");
	const char *photo = site_photo(site, BEN, "In it");
	const char *deletion;
	const struct http_answer *answer;

	site_sql(site, "INSERT INTO album_photos VALUES (" UUID ", " UUID ", 0)", album, photo);
	answer = site_api(site, ADA, "GET /api/albums/%s/impact", album);
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "counts.album"), 1);
	assert_int_equal(http_answer_number(answer, "counts.photo"), -1);
	answer = site_api_json(site, ADA, "{'reason': 'Autumn'}", "DELETE /api/albums/%s", album);
	EXPECT(answer, 200, NULL);
	assert_int_equal(http_answer_number(answer, "counts.album"), 1);
	assert_non_null(http_answer_text(answer, "recover_until"));
	deletion = http_answer_text(answer, "deletion_id");
	answer = photo_of(site, photo);
	assert_int_equal(json_array_size(http_answer_member(answer, "album_ids")), 0);
	answer = site_api(site, ADA, "DELETE /api/albums/%s", album);
	EXPECT(answer, 409, "already_deleted");
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
	EXPECT(site_page(site, ADA, "GET /albums/%s/delete", album), 409, NULL);
	EXPECT(site_api(site, ADMIN, "DELETE /api/albums/%s", album), 409, "already_deleted");
	EXPECT(site_api(site, BEN, "DELETE /api/albums/%s", album), 404, NULL);
	album = site_place(site, ADA, "albums", "Taken away");
	EXPECT(site_api(site, ADMIN, "DELETE /api/albums/%s", album), 200, NULL);
	EXPECT(site_api(site, ADA, "DELETE /api/albums/%s", album), 404, NULL);
	EXPECT_FIELD(site_api_json(site, ADA, "{'confirmation': 'x'}", "DELETE /api/albums/%s",
			 site_place(site, ADA, "albums", "Winter")),
	    400, "unknown_member", "confirmation");
}

/* The creator of an album takes its deletion back; the photos are in it again. */
static void test_album_restore(void **state)
{
	struct site *site = *state;
	const char *album = site_place(site, ADA, "albums", "Summer");
	const char *photo = site_photo(site, ADA, "In it");
	const struct http_answer *answer;

	site_sql(site, "INSERT INTO album_photos VALUES (" UUID ", " UUID ", 0)", album, photo);
	answer = site_api(site, ADA, "DELETE /api/albums/%s", album);
	EXPECT(answer, 200, NULL);
	answer = site_api(
	    site, ADA, "POST /api/deletions/%s/restore", http_answer_text(answer, "deletion_id"));
	EXPECT(answer, 200, NULL);
	answer = photo_of(site, photo);
	assert_string_equal(http_answer_text(answer, "album_ids.0"), album);
}

/* The name of a restored site may be taken by then. */
static void test_site_with_a_taken_slug(void **state)
{
	struct site *site = *state;
	const char *place = site_place(site, ADMIN, "sites", "Shop");
	const char *other;
	const struct http_answer *answer =
	    site_api_json(site, ADMIN, "{'confirmation': 'Shop'}", "DELETE /api/sites/%s", place);
	const char *id = http_answer_text(answer, "deletion_id");

	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "site_id"), place);
	other = site_place(site, ADMIN, "sites", "Shop again");
	site_sql(site, "UPDATE sites SET slug = '%s' WHERE id = " UUID, place, other);
	answer = site_api(site, ADMIN, "POST /api/deletions/%s/restore", id);
	EXPECT(answer, 409, "slug_taken");
	assert_string_equal(http_answer_text(answer, "site_id"), other);
	answer = site_form(site, ADMIN, "", "POST /trash/%s/restore", id);
	EXPECT(answer, 409, NULL);
	assert_non_null(strstr(answer->body, "href=\"/admin/sites\""));
	site_sql(site, "UPDATE sites SET slug = '%s' WHERE id = " UUID, other, other);
	EXPECT(site_api(site, ADMIN, "POST /api/deletions/%s/restore", id), 200, NULL);
}

/* --- organisations ------------------------------------------------------------------------------
 */

static const char *add_organization(struct site *site, const char *name, const char *email)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO organizations (id, name, created_at) VALUES (" UUID
	    ", '%s', '2026-01-01')",
	    id, name);
	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, password_hash,"
	    " created_at) SELECT " UUID ", " UUID ", '%s', 'Somebody', 'admin', password_hash,"
	    " '2026-01-01' FROM users WHERE live_email = 'ada@alder.example'",
	    site_new_id(site), id, email);
	return id;
}

static const struct http_answer *delete_organization(
    struct site *site, const char *id, const char *name)
{
	const char *header = arena_printf(site_arena(site), "X-Reauth-Token: %s",
	    site_reauth(site, PLATFORM, "organization.delete", id));

	return site_api_with(site, PLATFORM, header, text(site, "{'confirmation': '%s'}", name),
	    "DELETE /api/organizations/%s", id);
}

static void test_organization(void **state)
{
	struct site *site = *state;
	const char *email = "one@cedar.example";
	const char *id = add_organization(site, "Cedar", email);
	const char *cookie = site_sign_in(site, email, SITE_PASSWORD, NULL, NULL);
	const char *header = arena_printf(site_arena(site), "Cookie: %s", cookie);
	struct http_call call = {
	    .method = "GET", .path = "/", .headers = (const char *const[]){header, NULL}};
	const struct http_answer *impact =
	    site_api(site, PLATFORM, "GET /api/organizations/%s/impact", id);
	const struct http_answer *answer;

	EXPECT(impact, 200, NULL);
	assert_int_equal(http_answer_number(impact, "people"), 1);
	assert_int_equal(http_answer_number(impact, "counts.user"), 1);
	EXPECT(http_client_send(site_client(site), &call), 200, NULL);
	answer = delete_organization(site, id, "Cedar");
	EXPECT(answer, 200, NULL);
	assert_true(
	    json_equal(http_answer_member(answer, "counts"), http_answer_member(impact, "counts")));
	assert_non_null(http_answer_text(answer, "recover_until"));
	EXPECT(http_client_send(site_client(site), &call), 303, NULL); /* signed out */
	assert_null(site_sign_in(site, email, SITE_PASSWORD, NULL, NULL));
	answer = site_page(site, PLATFORM, "GET /admin/organizations");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "Cedar"));
	EXPECT(delete_organization(site, id, "Cedar"), 409, "already_deleted");
	answer = site_api(site, PLATFORM, "POST /api/organizations/%s/restore", id);
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "state"), "restored");
	assert_non_null(site_sign_in(site, email, SITE_PASSWORD, NULL, NULL));
	EXPECT(
	    site_api(site, PLATFORM, "POST /api/organizations/%s/restore", id), 409, "not_deleted");
	site_forgive_rates(site);
}

/* The name is looked at before the proof of who one is, and the proof is for this one alone. */
static void test_organization_refusals(void **state)
{
	struct site *site = *state;
	const char *id = add_organization(site, "Dogwood", "one@dogwood.example");
	const char *own = site_organization_id(site, PLATFORM);
	const char *other = arena_printf(site_arena(site), "X-Reauth-Token: %s",
	    site_reauth(site, PLATFORM, "organization.delete", own));
	const char *name = "{'confirmation': 'Dogwood'}";

	EXPECT_FIELD(site_api_json(site, PLATFORM, "{'confirmation': 'Dog'}",
			 "DELETE /api/organizations/%s", id),
	    400, "wrong_confirmation", "confirmation");
	EXPECT(site_api_json(site, PLATFORM, name, "DELETE /api/organizations/%s", id), 403,
	    "reauth_required");
	EXPECT(site_api_with(site, PLATFORM, other, name, "DELETE /api/organizations/%s", id), 403,
	    "reauth_required");
	EXPECT(delete_organization(site, own,
		   site_text(site, "SELECT name FROM organizations WHERE id = " UUID, own)),
	    409, "holds_actor");
	EXPECT(site_api(site, PLATFORM, "GET /api/organizations/%s/impact", site_new_id(site)), 404,
	    "not_found");
	EXPECT(site_form(
		   site, PLATFORM, "confirmation=Dog", "POST /admin/organizations/%s/delete", id),
	    400, NULL);
	EXPECT(site_form(site, PLATFORM, "confirmation=Dogwood",
		   "POST /admin/organizations/%s/delete", id),
	    303, NULL);
	EXPECT(site_api(site, PLATFORM, "GET /api/organizations/%s/impact", id), 200, NULL);
}

/* Acting for another organisation, and for one's own again. */
static void test_acting(void **state)
{
	struct site *site = *state;
	const char *birch = site_organization_id(site, MIA);
	const char *photo = site_photo(site, MIA, "In Birch");

	EXPECT(site_page(site, PLATFORM, "GET /photos/%s", photo), 404, NULL);
	EXPECT(site_form(site, PLATFORM, text(site, "organization_id=%s", birch),
		   "POST /admin/organizations/act"),
	    303, NULL);
	EXPECT(site_page(site, PLATFORM, "GET /photos/%s", photo), 200, NULL);
	assert_non_null(strstr(site_page(site, PLATFORM, "GET /admin")->body, "for Birch Archive"));
	EXPECT(site_form(site, PLATFORM, "", "POST /admin/organizations/act"), 303, NULL);
	EXPECT(site_page(site, PLATFORM, "GET /photos/%s", photo), 404, NULL);
	EXPECT(site_form(site, PLATFORM, text(site, "organization_id=%s", site_new_id(site)),
		   "POST /admin/organizations/act"),
	    404, NULL);
}

/* By its address a list is sorted by name, and stays so from page to page. */
static void test_lists_by_name(void **state)
{
	static const struct {
		enum person who;
		const char *path;
	} lists[] = {{ADMIN, "/admin/projects"}, {ADMIN, "/admin/sites"}, {ADA, "/albums"},
	    {ADA, "/sites"}, {PLATFORM, "/admin/organizations"}, {ADMIN, "/admin/users"}};
	struct site *site = *state;
	const struct http_answer *page;
	const char *first, *second, *next;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		page = site_page(site, lists[i].who, "GET %s", lists[i].path);
		EXPECT(page, 200, NULL);
		assert_non_null(strstr(page->body, text(site, "%s?sort=name\"", lists[i].path)));
		assert_null(strstr(page->body, "aria-sort=\"ascending\""));
		page = site_page(site, lists[i].who, "GET %s?sort=name", lists[i].path);
		EXPECT(page, 200, NULL);
		assert_non_null(strstr(page->body, "aria-sort=\"ascending\""));
		EXPECT(site_page(site, lists[i].who, "GET %s?sort=size", lists[i].path), 400, NULL);
	}
	for (int i = 0; i < 51; i++)
		site_sql(site,
		    "INSERT INTO albums (id, organization_id, name, created_by, created_at)"
		    " VALUES (" UUID ", " UUID ", '%c sorted %02d', " UUID ", '2026-01-01')",
		    site_new_id(site), site_organization_id(site, MIA), i == 50 ? '!' : 'z', i,
		    site_user_id(site, MIA));
	page = site_page(site, MIA, "GET /albums?sort=name");
	first = strstr(page->body, "! sorted 50");
	second = strstr(page->body, "z sorted 00");
	assert_true(first && second && first < second);
	assert_null(strstr(page->body, "z sorted 49"));
	next = http_answer_between(
	    site_client(site), page, "href=\"/albums?sort=name&amp;", "\" rel=");
	assert_non_null(next);
	page = site_page(site, MIA, "GET /albums?sort=name&%s", next);
	EXPECT(page, 200, NULL);
	assert_non_null(strstr(page->body, "z sorted 49"));
	assert_null(strstr(page->body, "! sorted 50"));
	site_sql(site, "DELETE FROM albums WHERE name LIKE '_ sorted __'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_impact_is_what_happens),
	    SITE_TEST(test_impact_of_what_leaves_no_choice),
	    SITE_TEST(test_photos_deleted_with_it),
	    SITE_TEST(test_photos_archived),
	    SITE_TEST(test_photos_orphaned_by_default),
	    SITE_TEST(test_bad_input),
	    SITE_TEST(test_deleted_already),
	    SITE_TEST(test_page_says_it),
	    SITE_TEST(test_page_of_many),
	    SITE_TEST(test_album),
	    SITE_TEST(test_album_restore),
	    SITE_TEST(test_site_with_a_taken_slug),
	    SITE_TEST(test_organization),
	    SITE_TEST(test_organization_refusals),
	    SITE_TEST(test_acting),
	    SITE_TEST(test_lists_by_name),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
