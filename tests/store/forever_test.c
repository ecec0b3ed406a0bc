/* forever_test.c - deleting a photo forever: by whom, from where, in which steps. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_photo_in_the_trash_is_deleted_forever_by_admins(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct id live = world_photo(world, &ada, "Live", NULL, NULL);
	struct deletion deletion, forever;

	(void)state;
	assert_string_equal(
	    trash_forever(world, &admin, ITEM_PHOTO, &live, NULL), "not_archived_or_trashed");
	assert_int_equal(trash_error()->kind, ERROR_INVALID);
	assert_string_equal(trash_delete(world, &ada, &live, NULL), "");
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_forever(world, &ada, ITEM_PHOTO, &photo, NULL), "forbidden");
	assert_string_equal(trash_forever(world, &ben, ITEM_PHOTO, &photo, NULL), "not_found");
	assert_string_equal(trash_forever(world, &stranger, ITEM_PHOTO, &photo, NULL), "not_found");
	assert_string_equal(trash_forever(world, &admin, ITEM_PHOTO, &photo, &forever), "");
	assert_true(id_equal(&forever.id, &deletion.id));
	assert_int_equal(forever.state, DELETION_PURGED);
	assert_int_equal(forever.mode, MODE_HARD);
	assert_int_equal(forever.counts[COUNT_PHOTO], 2);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_int_equal(trash_entries(world, "photo.delete"), 3);
	assert_int_equal(trash_entries(world, "photo.purge"), 1);
	assert_string_equal(trash_forever(world, &admin, ITEM_PHOTO, &photo, NULL), "not_found");
}

static void an_archived_photo_is_deleted_forever(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct photo after;
	struct deletion forever;
	struct error error = {0};

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, NULL, &after, &error));
	assert_string_equal(trash_forever(world, &admin, ITEM_PHOTO, &photo, &forever), "");
	assert_int_equal(forever.state, DELETION_PURGED);
	assert_int_equal(forever.origin, ORIGIN_ADMIN);
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 1);
}

static void a_part_of_a_deletion_is_split_off(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct id second = world_derivative(world, &ada, &photo);
	struct deletion deletion, forever;

	(void)state;
	trash_note(world, &ben, &second);
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_forever(world, &admin, ITEM_PHOTO, &second, &forever), "");
	assert_false(id_equal(&forever.id, &deletion.id));
	assert_int_equal(forever.state, DELETION_PURGED);
	assert_int_equal(forever.counts[COUNT_PHOTO], 1);
	assert_int_equal(forever.counts[COUNT_NOTE], 1);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 2);
	assert_int_equal(deletion.counts[COUNT_NOTE], 2);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	assert_int_equal(trash_live(world, "photos"), 2);
	assert_int_equal(trash_live(world, "photo_notes"), 2);
}

static void what_is_larger_than_a_step_the_worker_finishes(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct photo after;
	struct deletion forever;
	struct error error = {0};

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, NULL, &after, &error));
	world->domain.step_rows = 2;
	assert_string_equal(trash_forever(world, &admin, ITEM_PHOTO, &photo, &forever), "");
	assert_int_equal(forever.state, DELETION_MARKING);
	/* There is no window, though it is not being purged yet. */
	assert_string_equal(trash_restore(world, &admin, &forever.id, NULL), "window_closed");
	trash_purge(world);
	trash_expect_nothing_left(world);
}

static void a_reauthentication_allows_one_act(void **state)
{
	struct id first = world_photo(world, &ada, "First", NULL, NULL);
	struct id second = world_photo(world, &ada, "Second", NULL, NULL);
	struct actor confirmed = admin;

	(void)state;
	confirmed.reauth_id = id_generate(WORLD_START_US);
	confirmed.reauth_expires_us = WORLD_START_US + HOUR_US;
	assert_string_equal(trash_delete(world, &ada, &first, NULL), "");
	assert_string_equal(trash_delete(world, &ada, &second, NULL), "");
	assert_string_equal(trash_forever(world, &confirmed, ITEM_PHOTO, &first, NULL), "");
	assert_string_equal(
	    trash_forever(world, &confirmed, ITEM_PHOTO, &second, NULL), "reauth_required");
	assert_int_equal(trash_error()->kind, ERROR_FORBIDDEN);
	assert_int_equal(trash_rows(world, "photos"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(a_photo_in_the_trash_is_deleted_forever_by_admins),
	    SCENE_TEST(an_archived_photo_is_deleted_forever),
	    SCENE_TEST(a_part_of_a_deletion_is_split_off),
	    SCENE_TEST(what_is_larger_than_a_step_the_worker_finishes),
	    SCENE_TEST(a_reauthentication_allows_one_act),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
