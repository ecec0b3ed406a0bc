/* erasure_kill_test.c - a worker that is killed between any two steps of scheduling, cancelling or
 * erasing an account: the next one goes on, and the end is the same. */
#include "../support/killing.h"
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <domain/identity_provider.h>
#include <store/places.h>

#define STEP_ROWS 4

static struct account_status status;

static enum identity_outcome forget(
    void *context, const struct identity_subject *subject, char *why, size_t size)
{
	(void)context;
	(void)subject;
	(void)why;
	(void)size;
	return IDENTITY_DONE;
}

static void set_up(bool keep)
{
	static const struct identity_provider provider = {"test", forget, NULL};
	struct account_choices choices = {.keep_photos = keep, .reason = "Enough"};
	struct id photo, theirs, album;
	struct actor proven;

	scene_people();
	people_authorize(world);
	world->domain.identity = &provider;
	trash_sql(world, "UPDATE users SET identity_uid = HEX(id)");
	photo = world_photo(world, &ada, "Mine", NULL, NULL);
	(void)world_derivative(world, &ada, &photo);
	(void)world_photo(world, &ada, "Mine too", NULL, NULL);
	theirs = world_photo(world, &ben, "Ben's", NULL, NULL);
	album = world_place(world, &ada, PLACE_ALBUM, "Album");
	trash_place(world, &album, &theirs);
	for (int i = 0; i < 6; i++) {
		trash_note(world, &ada, i % 2 ? &photo : &theirs);
	}
	trash_ai_result(world, &ada, &photo);
	trash_share(world, &ada, &photo, 1);
	(void)trash_content(world, &ada, ITEM_QUEST, "published", 5);
	(void)people_event(world, &ada, "Fair");
	world->domain.step_rows = STEP_ROWS;
	proven = people_proven(world, &ada);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
}

static void scheduling_and_cancelling_survive(void **state)
{
	int boundary = 0;
	bool killed = true;

	(void)state;
	while (killed) {
		set_up(false);
		assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_MARKING);
		killed = killing_run(killing_continue, ++boundary);
		killing_go_on(killing_continue);
		assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_TRASHED);
		assert_int_equal(trash_live(world, "photos"), 1);
		assert_int_equal(trash_live(world, "photo_notes"), 0);
		assert_string_equal(people_cancel(world, &ada), "");
		(void)killing_run(killing_continue, boundary);
		killing_go_on(killing_continue);
		assert_int_equal(trash_live(world, "photos"), 4);
		assert_int_equal(trash_live(world, "photo_notes"), 6);
		assert_int_equal(trash_live(world, "quest_content_cards"), 5);
		assert_int_equal(trash_live(world, "albums"), 1);
	}
	assert_true(boundary > 4);
}

static void expect_erased(bool keep)
{
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
	assert_int_equal(trash_rows(world, "photos"), keep ? 4 : 1);
	assert_int_equal(trash_live(world, "photos"), keep ? 4 : 1);
	assert_int_equal(trash_rows(world, "photo_notes"), 0);
	assert_int_equal(trash_rows(world, "quests"), 0);
	assert_int_equal(trash_rows(world, "quest_content_cards"), 0);
	assert_int_equal(trash_rows(world, "albums"), 0);
	assert_int_equal(trash_rows(world, "events"), 1);
	assert_int_equal(trash_rows(world, "users"), 3);
	assert_int_equal(trash_entries(world, "account.erase"), 1);
	assert_int_equal(people_mails(world, "account_erased"), 1);
	assert_int_equal(trash_rows(world, "files"), keep ? 4 : 1);
}

static void erasing_survives(void **state)
{
	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		int boundary = 0;
		bool killed = true;

		while (killed) {
			set_up(keep != 0);
			world->clock.fixed_us = status.scheduled_for_us;
			killed = killing_run(killing_purge, ++boundary);
			killing_go_on(killing_purge);
			expect_erased(keep != 0);
		}
		assert_true(boundary > 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(scheduling_and_cancelling_survive),
	    cmocka_unit_test(erasing_survives),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
