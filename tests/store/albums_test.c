/* albums_test.c - looking into albums: who sees which of their photos, in their order, page by
 * page.
 */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/albums.h>
#include <domain/places.h>
#include <string.h>

#define PHOTOS 24

DB_STATEMENT(albums_place, "INSERT INTO album_photos (album_id, photo_id, position)"
			   " VALUES (?, ?, ?)");
DB_STATEMENT(albums_status, "UPDATE photos SET status = ? WHERE id = ?");
DB_STATEMENT(albums_marking,
    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, initiator_id, origin, mode,"
    " state, photo_action, deleted_at, recover_until)"
    " SELECT id, organization_id, id, 'project', id, created_by, 'admin', 'soft', 'marking',"
    " 'delete', created_at, '2100-01-01' FROM projects WHERE id = ?");
DB_STATEMENT(
    albums_root, "UPDATE projects SET deleted_at = created_at, deletion_id = id WHERE id = ?");

static struct id project, photos[PHOTOS];
static struct place album;

static struct id put_in(const struct id *photo, int64_t position)
{
	assert_int_equal(
	    db_exec(world->db, &albums_place,
		DB_VALUES(db_bind_id(&album.id), db_bind_id(photo), db_bind_int(position)), NULL),
	    DB_OK);
	return *photo;
}

/* Photos of two people in every state, the newest first in the album, and two in each position. */
static int set_up(void **state)
{
	static const char *const statuses[] = {
	    "approved", "pending", "approved", "rejected", "deletion_requested"};
	struct error error = {0};
	struct photo photo;
	struct id id;

	(void)state;
	scene_people();
	world->domain.look_rows = 0;
	id = world_place(world, &ada, PLACE_ALBUM, "Summer");
	project = world_place(world, &admin, PLACE_PROJECT, "garden");
	assert_true(
	    places_find(&world->domain, &ada, world->arena, PLACE_ALBUM, &id, &album, &error));
	for (int i = 0; i < PHOTOS; i++) {
		const struct actor *owner = i % 2 ? &ada : &ben;

		world->clock.fixed_us += 1000;
		photos[i] = world_photo(world, owner, "x", i % 4 == 2 ? &project : NULL, NULL);
		assert_int_not_equal(
		    db_exec(world->db, &albums_status,
			DB_VALUES(db_bind_text(statuses[i % 5]), db_bind_id(&photos[i])), NULL),
		    DB_ERROR);
		put_in(&photos[i], (PHOTOS - i) / 2);
		if (i % 8 == 3) {
			assert_true(photos_archive(
			    &world->domain, owner, world->arena, &photos[i], NULL, &photo, &error));
		}
		if (i % 8 == 6) {
			assert_string_equal(trash_delete(world, owner, &photos[i], NULL), "");
		}
	}
	return 0;
}

static struct album_page look(
    const struct actor *actor, unsigned limit, const struct album_place *after)
{
	struct album_page page;
	struct error error = {0};

	if (!albums_photos(
		&world->domain, actor, world->arena, &album, limit, after, &page, &error)) {
		fail_msg("%s: %s", error.code, error.message);
	}
	return page;
}

static bool is_listed(const struct actor *actor, const struct id *photo)
{
	struct photos_query query = {.limit = 200};
	struct photos_page page;
	struct error error = {0};

	assert_true(photos_list(&world->domain, actor, world->arena, &query, &page, &error));
	for (size_t i = 0; i < page.count; i++) {
		if (id_equal(&page.items[i].id, photo)) {
			return true;
		}
	}
	return false;
}

/* The places as they were put in: by position, and by id within one. Position of photo `i`:
 * (PHOTOS - i) / 2, so that the last two come first. */
static int in_order(int at)
{
	/* 23; 21, 22; 19, 20; … 1, 2; 0 */
	if (at == 0) {
		return PHOTOS - 1;
	}
	if (at == PHOTOS - 1) {
		return 0;
	}
	return at % 2 ? PHOTOS - 2 - at : PHOTOS - at;
}

/* All pages together are what the actor's own list has of the album, in the album's order, and the
 * count says as many. */
static size_t check(const struct actor *actor, unsigned limit, unsigned look_rows)
{
	struct album_place after = {0};
	struct album_page page;
	struct error error = {0};
	int64_t count = 0;
	size_t seen = 0, cut = 0;
	int at = 0;
	bool more = true;

	do {
		world->domain.look_rows = look_rows;
		page = look(actor, limit, &after);
		world->domain.look_rows = 0;
		for (size_t i = 0; i < page.count; i++) {
			while (at < PHOTOS && !is_listed(actor, &photos[in_order(at)])) {
				at++;
			}
			assert_true(at < PHOTOS);
			assert_true(id_equal(&photos[in_order(at++)], &page.items[i].id));
		}
		assert_true(page.count <= limit);
		assert_true(id_is_none(&page.next.photo_id) || page.is_cut || page.count == limit);
		seen += page.count;
		cut += page.is_cut;
		after = page.next;
	} while (!id_is_none(&page.next.photo_id));
	while (at < PHOTOS) {
		assert_false(is_listed(actor, &photos[in_order(at++)]));
	}
	assert_true(
	    albums_count(&world->domain, actor, world->arena, &album, 100, &count, &more, &error));
	assert_int_equal(count, seen);
	assert_false(more);
	return cut;
}

static void check_everybody(void)
{
	const struct actor *const actors[] = {&ada, &ben, &admin};

	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(check(actors[i], 50, 0), 0);
		assert_int_equal(check(actors[i], 3, 0), 0);
		assert_true(check(actors[i], 3, 2) > 0);
		assert_int_equal(check(actors[i], 1, PHOTOS), 0);
	}
}

static void an_album_shows_what_its_viewer_sees(void **state)
{
	(void)state;
	check_everybody();
	assert_int_equal(look(&admin, 50, &(struct album_place){0}).count, 18);
}

static void so_it_does_while_a_deletion_marks(void **state)
{
	(void)state;
	assert_int_equal(
	    db_exec(world->db, &albums_marking, DB_VALUES(db_bind_id(&project)), NULL), DB_OK);
	assert_int_equal(
	    db_exec(world->db, &albums_root, DB_VALUES(db_bind_id(&project)), NULL), DB_OK);
	check_everybody();
	assert_int_equal(look(&admin, 50, &(struct album_place){0}).count, 15);
}

static void a_count_stops(void **state)
{
	struct error error = {0};
	int64_t count;
	bool more;

	(void)state;
	assert_true(
	    albums_count(&world->domain, &admin, world->arena, &album, 18, &count, &more, &error));
	assert_true(count == 18 && !more);
	assert_true(
	    albums_count(&world->domain, &admin, world->arena, &album, 17, &count, &more, &error));
	assert_true(count == 18 && more);
	world->domain.look_rows = 4;
	assert_true(
	    albums_count(&world->domain, &admin, world->arena, &album, 18, &count, &more, &error));
	assert_true(count > 0 && count <= 4 && more);
}

/* Of another tenant nothing, even by somebody who knows the album. */
static void others_see_nothing(void **state)
{
	struct album_page page;
	struct error error = {0};
	struct actor visitor = {.role = ROLE_VISITOR};
	struct place found;

	(void)state;
	assert_int_equal(look(&stranger, 50, &(struct album_place){0}).count, 0);
	assert_false(places_find(
	    &world->domain, &stranger, world->arena, PLACE_ALBUM, &album.id, &found, &error));
	error_clear(&error);
	assert_false(albums_photos(&world->domain, &visitor, world->arena, &album, 50,
	    &(struct album_place){0}, &page, &error));
	assert_int_equal(error.kind, ERROR_UNAUTHENTICATED);
	error_clear(&error);
	assert_false(albums_photos(&world->domain, &ada, world->arena, &album, 201,
	    &(struct album_place){0}, &page, &error));
	assert_string_equal(error.field, "limit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(an_album_shows_what_its_viewer_sees, set_up),
	    cmocka_unit_test_setup(so_it_does_while_a_deletion_marks, set_up),
	    cmocka_unit_test_setup(a_count_stops, set_up),
	    cmocka_unit_test_setup(others_see_nothing, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
