/* background_test.c - what acts leave to the worker: large deletions take turns, and one that fails
 * keeps none of the others waiting. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <stdio.h>

#define LARGE 40 /* photos, with a step for each */

DB_STATEMENT(background_attempts, "SELECT COALESCE(SUM(attempts), 0) FROM jobs");

static int set_up(void **state)
{
	(void)state;
	scene_people();
	world->domain.step_rows = 1;
	return 0;
}

/* A project of so many photos, deleted and yet to be marked. */
static struct deletion delete_project(const struct actor *actor, const char *name, int photos)
{
	struct id project = world_place(world, actor, PLACE_PROJECT, name);
	struct deletion deletion;

	for (int i = 0; i < photos; i++) {
		(void)world_photo(world, actor, "A photo", &project, NULL);
	}
	world->clock.fixed_us += 1000;
	assert_string_equal(containers_delete(world, actor, ITEM_PROJECT, &project,
				PHOTO_ACTION_DELETE, name, &deletion),
	    "");
	return deletion;
}

static enum deletion_state state_of(const struct deletion *deletion)
{
	return trash_find(world, &deletion->id).state;
}

static unsigned go_on(unsigned max_steps)
{
	struct error error = {0};
	unsigned steps = 0;

	assert_true(deletions_continue(&world->domain, world->arena, max_steps, &steps, &error));
	return steps;
}

/* Neither another organisation's deletion nor a restore waits for the end of a large marking. */
static void large_deletions_take_turns(void **state)
{
	struct deletion back = delete_project(&admin, "Coming back", 3), large, other;

	(void)state;
	(void)go_on(0);
	assert_int_equal(state_of(&back), DELETION_TRASHED);
	large = delete_project(&admin, "Large", LARGE);
	other = delete_project(&stranger, "Other", 3);
	assert_string_equal(trash_restore(world, &admin, &back.id, &back), "");
	assert_int_equal(back.state, DELETION_RESTORING);
	assert_int_equal(go_on(LARGE - 10), LARGE - 10);
	assert_int_equal(state_of(&back), DELETION_RESTORED);
	assert_int_equal(state_of(&other), DELETION_TRASHED);
	assert_int_equal(state_of(&large), DELETION_MARKING);
	(void)go_on(0);
	assert_int_equal(state_of(&large), DELETION_TRASHED);
}

/* Turns cost no step: the position is kept from one to the next. */
static void a_turn_goes_on_where_the_last_one_ended(void **state)
{
	unsigned alone, together;
	struct deletion large;

	(void)state;
	(void)delete_project(&admin, "Alone", LARGE);
	alone = go_on(0);
	large = delete_project(&admin, "Large", LARGE);
	(void)delete_project(&stranger, "Other", LARGE);
	together = go_on(0);
	assert_int_equal(state_of(&large), DELETION_TRASHED);
	assert_int_equal(together, 2 * alone);
}

/* How much there is, is counted a stretch at a time: fifty rows for each that a step may mark. */
static void the_total_is_counted_step_by_step(void **state)
{
	struct deletion large = delete_project(&admin, "Large", 120);

	(void)state;
	for (int step = 1; step <= 4; step++) {
		struct deletion now;

		assert_int_equal(go_on(1), 1);
		now = trash_find(world, &large.id);
		/* Who takes over counts what is left from there. */
		assert_int_equal(now.progress_done, 1 + step);
		assert_int_equal(now.progress_total, step + 50);
	}
	assert_int_equal(go_on(4), 4);
	assert_int_equal(trash_find(world, &large.id).progress_total, 121);
	(void)go_on(0);
	large = trash_find(world, &large.id);
	assert_int_equal(large.state, DELETION_TRASHED);
	assert_int_equal(large.counts[COUNT_PHOTO], 120);
}

/* A count that cannot be counted further: what is wrong with one deletion alone. */
static void spoil(const struct deletion *deletion, int64_t photo_count)
{
	trash_sql(world, "UPDATE deletions SET photo_count = %lld WHERE id = %s",
	    (long long)photo_count, trash_hex(world, &deletion->id));
}

static int64_t attempts(void)
{
	return world_number(world, &background_attempts);
}

static void one_that_fails_keeps_nobody_waiting(void **state)
{
	struct deletion back = delete_project(&admin, "Coming back", 3), bad, good;

	(void)state;
	(void)go_on(0);
	bad = delete_project(&admin, "Bad", 3);
	good = delete_project(&stranger, "Good", 3);
	assert_string_equal(trash_restore(world, &admin, &back.id, &back), "");
	spoil(&bad, UINT32_MAX);
	log_set_level((enum log_level)(LOG_ERROR + 1));
	(void)go_on(0);
	assert_int_equal(state_of(&good), DELETION_TRASHED);
	assert_int_equal(state_of(&back), DELETION_RESTORED);
	assert_int_equal(state_of(&bad), DELETION_MARKING);
	assert_int_equal(attempts(), 1);
	/* What was wrong is put right: it is done with the next try, and nothing is left over. */
	spoil(&bad, 0);
	(void)go_on(0);
	assert_int_equal(state_of(&bad), DELETION_MARKING);
	world->clock.fixed_us += INT64_C(5) * CLOCK_SECOND_US;
	(void)go_on(0);
	assert_int_equal(state_of(&bad), DELETION_TRASHED);
	assert_int_equal(trash_rows(world, "jobs"), 0);
	log_set_level(LOG_INFO);
}

/* 5 seconds, 10, 20 and so on; never more than an hour. */
static void it_is_tried_less_and_less_often(void **state)
{
	struct deletion bad = delete_project(&admin, "Bad", 3);
	int64_t pause_s = 5;

	(void)state;
	spoil(&bad, UINT32_MAX);
	log_set_level((enum log_level)(LOG_ERROR + 1));
	(void)go_on(0);
	for (int tries = 1; tries < 14; tries++) {
		assert_int_equal(attempts(), tries);
		world->clock.fixed_us += pause_s * CLOCK_SECOND_US - 1;
		(void)go_on(0);
		assert_int_equal(attempts(), tries);
		world->clock.fixed_us += 1;
		(void)go_on(0);
		pause_s = pause_s * 2 > 3600 ? 3600 : pause_s * 2;
	}
	log_set_level(LOG_INFO);
}

/* So with purging. */
static void a_purge_that_fails_keeps_nobody_waiting(void **state)
{
	struct id bad = world_photo(world, &ada, "Bad", NULL, NULL);
	struct id good = world_photo(world, &ada, "Good", NULL, NULL);
	struct deletion deletion;

	(void)state;
	world->domain.step_rows = DOMAIN_STEP_ROWS;
	assert_string_equal(trash_delete(world, &ada, &bad, &deletion), "");
	assert_string_equal(trash_delete(world, &ada, &good, NULL), "");
	/* It has no place for what its purge sets. */
	trash_sql(world,
	    "ALTER TABLE deletions ADD CONSTRAINT spoilt CHECK (state <> 'purged' OR"
	    " id <> %s)",
	    trash_hex(world, &deletion.id));
	world->clock.fixed_us += 4 * HOUR_US;
	log_set_level((enum log_level)(LOG_ERROR + 1));
	assert_int_equal(trash_purge(world).deletions, 1);
	log_set_level(LOG_INFO);
	assert_int_equal(attempts(), 1);
	trash_sql(world, "ALTER TABLE deletions DROP CONSTRAINT spoilt");
	assert_int_equal(trash_purge(world).deletions, 0);
	world->clock.fixed_us += INT64_C(5) * CLOCK_SECOND_US;
	assert_int_equal(trash_purge(world).deletions, 1);
	assert_int_equal(trash_rows(world, "photos"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(large_deletions_take_turns, set_up),
	    cmocka_unit_test_setup(a_turn_goes_on_where_the_last_one_ended, set_up),
	    cmocka_unit_test_setup(the_total_is_counted_step_by_step, set_up),
	    cmocka_unit_test_setup(one_that_fails_keeps_nobody_waiting, set_up),
	    cmocka_unit_test_setup(it_is_tried_less_and_less_often, set_up),
	    cmocka_unit_test_setup(a_purge_that_fails_keeps_nobody_waiting, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
