/* albums_test.c - the page of an album, and the way to it from its photos. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct http_answer *look(struct site *site, enum person who, const char *path)
{
	const struct http_answer *page = site_page(site, who, "GET %s", path);

	EXPECT(page, 200, NULL);
	return page;
}

static bool shows(const struct http_answer *page, const char *text)
{
	return strstr(page->body, text) != NULL;
}

static const char *key_of(struct site *site, const char *photo)
{
	return arena_printf(site_arena(site), "data-key=\"%s\"", photo);
}

static void put_in(struct site *site, const char *album, const char *photo, int position)
{
	site_sql(site, "INSERT INTO album_photos VALUES (" UUID ", " UUID ", %d)", album, photo,
	    position);
}

static void test_who_sees_what(void **state)
{
	struct site *site = *state;
	const char *album = site_place(site, ADA, "albums", "Hay & <straw>");
	const char *path = arena_printf(site_arena(site), "/albums/%s", album);
	const char *delete_it = arena_printf(site_arena(site), "%s/delete\"", path);
	const char *first = site_photo(site, ADA, "First");
	const char *second = site_photo(site, BEN, "Second");
	const struct http_answer *page = look(site, ADA, path);

	assert_true(shows(page, "<h1>Hay &amp; &lt;straw&gt;</h1>"));
	assert_true(shows(page, "There are no photos here for you to see."));
	assert_true(shows(page, delete_it));
	put_in(site, album, first, 7);
	put_in(site, album, second, 3);
	page = look(site, BEN, path);
	assert_false(shows(page, delete_it));
	assert_true(shows(page, "2 photos in it."));
	assert_true(
	    strstr(page->body, key_of(site, second)) < strstr(page->body, key_of(site, first)));
	assert_true(shows(look(site, ADMIN, path), delete_it));
	/* Archived photos leave the galleries, deleted ones everything. */
	site_archive(site, ADA, first);
	(void)site_delete(site, BEN, second);
	assert_true(shows(look(site, ADMIN, path), "There are no photos here for you to see."));
	EXPECT(site_page(site, MIA, "GET %s", path), 404, NULL);
}

static void test_photos_name_their_albums(void **state)
{
	struct site *site = *state;
	const char *album = site_place(site, ADA, "albums", "Best & <last>");
	const char *photo = site_photo(site, BEN, "In it");
	const char *path = arena_printf(site_arena(site), "/albums/%s", album);
	const char *link =
	    arena_printf(site_arena(site), "<a href=\"%s\">Best &amp; &lt;last&gt;</a>", path);
	const char *of_photo = arena_printf(site_arena(site), "/photos/%s", photo);
	const char *deletion;

	assert_false(shows(look(site, BEN, of_photo), link));
	put_in(site, album, photo, 0);
	assert_true(shows(look(site, BEN, of_photo), link));
	assert_true(shows(look(site, BEN, "/albums"), path));
	/* In the trash it is not there for anybody, until it is restored. */
	deletion =
	    http_answer_text(site_api(site, ADA, "DELETE /api/albums/%s", album), "deletion_id");
	EXPECT(site_page(site, ADA, "GET %s", path), 404, NULL);
	EXPECT(site_page(site, ADMIN, "GET %s", path), 404, NULL);
	assert_false(shows(look(site, BEN, of_photo), link));
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 200, NULL);
	assert_true(shows(look(site, BEN, of_photo), link));
	assert_true(shows(look(site, BEN, path), key_of(site, photo)));
}

/* Sixty places, two in each position: fifty on the first page, the rest behind its link. */
static void test_pages(void **state)
{
	struct site *site = *state;
	const char *album = site_place(site, ADA, "albums", "Large");
	const char *photo = site_photo(site, ADA, "Of an album");
	const char *path = arena_printf(site_arena(site), "/albums/%s", album);
	const struct http_answer *page;
	const char *next, *last;

	site_sql(site,
	    "INSERT INTO photos (id, organization_id, uploader_id, title, status, bytes,"
	    " created_at) SELECT UNHEX(CONCAT('0199dddd', LPAD(HEX(seq), 8, '0'),"
	    " SUBSTR(HEX(id), 17))), organization_id, uploader_id, title, 'approved', 100,"
	    " created_at FROM seq_1_to_60, photos WHERE id = " UUID,
	    photo);
	site_sql(site,
	    "INSERT INTO album_photos SELECT " UUID ", id, ROW_NUMBER() OVER (ORDER BY id) DIV 2"
	    " FROM photos WHERE title = 'Of an album' AND bytes = 100",
	    album);
	last = site_text(site,
	    "SELECT LOWER(CONCAT_WS('-', SUBSTR(HEX(photo_id), 1, 8), SUBSTR(HEX(photo_id), 9, 4),"
	    " SUBSTR(HEX(photo_id), 13, 4))) FROM album_photos WHERE album_id = " UUID
	    " ORDER BY position DESC, photo_id DESC LIMIT 1",
	    album);
	page = look(site, BEN, path);
	assert_true(shows(page, "60 photos in it."));
	assert_false(shows(page, arena_printf(site_arena(site), "data-key=\"%s", last)));
	next = strstr(page->body, "?after=25&amp;cursor=");
	assert_non_null(next);
	page = look(
	    site, BEN, arena_printf(site_arena(site), "%s?after=25&cursor=%.36s", path, next + 21));
	assert_true(shows(page, arena_printf(site_arena(site), "data-key=\"%s", last)));
	assert_true(shows(page, "First page"));
	assert_false(shows(page, "Next page"));
	EXPECT(site_page(site, BEN, "GET %s?after=-1", path), 400, NULL);
	site_sql(site, "DELETE FROM album_photos WHERE album_id = " UUID, album);
	site_sql(site, "DELETE FROM photos WHERE title = 'Of an album' AND bytes = 100");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_who_sees_what),
	    SITE_TEST(test_photos_name_their_albums),
	    SITE_TEST(test_pages),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
