/* tally_test.c - what the worker counts ahead for the dashboard: each hour once, at its edges, by
 * several workers and by killed ones; and the shelves of photos. */
#include "../support/figures.h"
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/purge.h>
#include <domain/stats.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

DB_STATEMENT(plain_hours, "SELECT COUNT(*) FROM hourly_tallies");

static struct figures figures;
static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	figures.world = world;
	return 0;
}

/* --- hours -------------------------------------------------------------------------------- */

static int64_t hour_of(int64_t time_us)
{
	return time_us - time_us % HOUR_US;
}

static void an_hour_is_counted_once_nobody_can_add_to_it(void **state)
{
	int64_t hour = hour_of(world->clock.fixed_us), settled = hour + HOUR_US + STATS_SETTLED_US;

	(void)state;
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us = settled - 1;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).until_us, hour);
	assert_int_equal(figures_tallied(&figures, &alder).turnover.deleted, 0);
	world->clock.fixed_us = settled;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).until_us, hour + HOUR_US);
	assert_int_equal(figures_tallied(&figures, &alder).turnover.deleted, 1);
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).turnover.deleted, 1);
	assert_int_equal(figures_tallied(&figures, &birch).turnover.deleted, 0);
	figures_compare(&figures, &admin);
}

static void restored_at(int64_t at_us)
{
	struct id deletion;

	world->clock.fixed_us = at_us - CLOCK_SECOND_US;
	deletion = trash_deleted_photo(world, &ada);
	world->clock.fixed_us = at_us;
	assert_string_equal(trash_restore(world, &ada, &deletion, NULL), "");
}

static void settling_has_the_same_boundaries(void **state)
{
	int64_t midnight = WORLD_START_US - WORLD_START_US % CLOCK_DAY_US + CLOCK_DAY_US;

	(void)state;
	for (int i = 0; i < 3; i++)
		restored_at(midnight - 1 + i);
	world->clock.fixed_us = midnight + HOUR_US;
	for (int i = 0; i < 3; i++) {
		figures_compare(&figures, &admin);
		assert_int_equal(figures.stats.days[STATS_DAYS - 2].turnover.restored, 1);
		assert_int_equal(figures.stats.days[STATS_DAYS - 1].turnover.restored, 2);
		figures_tally(&figures); /* of the day before; then of the hour */
		world->clock.fixed_us += HOUR_US;
	}
}

/* The first and the last microsecond of an hour and of a day are of it. */
static void boundaries_belong_to_what_they_begin(void **state)
{
	int64_t midnight = WORLD_START_US - WORLD_START_US % CLOCK_DAY_US + CLOCK_DAY_US;

	(void)state;
	for (int i = 0; i < 3; i++) {
		world->clock.fixed_us = midnight - 1 + i;
		trash_deleted_photo(world, &ada);
	}
	world->clock.fixed_us = midnight + HOUR_US - 1;
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us = midnight + 3 * HOUR_US;
	figures_compare(&figures, &admin);
	assert_int_equal(figures.stats.days[STATS_DAYS - 2].turnover.deleted, 1);
	assert_int_equal(figures.stats.days[STATS_DAYS - 1].turnover.deleted, 3);
	figures_tally(&figures);
	figures_compare(&figures, &admin);
	world->clock.fixed_us = midnight + STATS_DAYS * CLOCK_DAY_US - 1;
	figures_compare(&figures, &admin);
	assert_int_equal(figures.stats.days[0].turnover.deleted, 3);
	world->clock.fixed_us++;
	figures_compare(&figures, &admin);
	assert_int_equal(figures.stats.in_days.deleted, 0);
	assert_int_equal(figures.stats.in_all.deleted, 4);
}

static void what_is_forgotten_is_counted_anew(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		struct id deletion = trash_deleted_photo(world, &ada);
		world->clock.fixed_us += CLOCK_SECOND_US;
		if (i % 2)
			assert_string_equal(trash_restore(world, &ada, &deletion, NULL), "");
		world->clock.fixed_us += 13 * HOUR_US;
	}
	(void)trash_purge(world);
	world->clock.fixed_us += 2 * HOUR_US;
	figures_tally(&figures);
	figures_compare(&figures, &admin);
	trash_sql(world, "DELETE FROM hourly_tallies");
	trash_sql(world, "DELETE FROM tallies");
	figures_compare(&figures, &admin);
	figures_tally(&figures);
	figures_compare(&figures, &admin);
	assert_int_equal(figures_tallied(&figures, &alder).turnover.deleted, 5);
}

static void hours_that_no_chart_shows_go(void **state)
{
	(void)state;
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us += 2 * HOUR_US;
	figures_tally(&figures);
	assert_int_equal(world_number(world, &plain_hours), 1);
	world->clock.fixed_us += (STATS_DAYS + 401) * CLOCK_DAY_US;
	figures_tally(&figures);
	assert_int_equal(world_number(world, &plain_hours), 0);
	assert_int_equal(figures_tallied(&figures, &alder).turnover.deleted, 1);
}

/* Records go after the audit retention; that they were is still known. */
static void sums_outlive_the_records(void **state)
{
	(void)state;
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us += 5 * HOUR_US;
	(void)trash_purge(world);
	world->clock.fixed_us += 2 * HOUR_US;
	figures_tally(&figures);
	trash_sql(world, "DELETE FROM deletions");
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.in_all.deleted, 1);
	assert_int_equal(figures.stats.in_all.purged, 1);
}

/* --- workers ------------------------------------------------------------------------------ */

static void fill_hours(void)
{
	for (int i = 0; i < 40; i++) {
		trash_deleted_photo(world, &ada);
		world->clock.fixed_us += 7 * HOUR_US;
	}
}

static void workers_side_by_side_count_nothing_twice(void **state)
{
	pid_t children[4];
	int status;

	(void)state;
	fill_hours();
	for (size_t i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct db *db;
			struct domain domain = world_second_domain(world, &db);
			_exit(!stats_tally(&domain, world->arena, NULL, NULL, &error));
		}
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	figures_compare(&figures, &admin);
	assert_int_equal(figures_tallied(&figures, &alder).turnover.deleted, 40);
}

static bool die(void *context)
{
	unsigned *left = context;

	if ((*left)-- == 0)
		raise(SIGKILL);
	return false;
}

static void a_worker_killed_leaves_nothing_out(void **state)
{
	(void)state;
	fill_hours();
	for (unsigned at = 0; at < 12; at++) {
		unsigned left = at;
		pid_t child = fork();
		int status;

		if (child == 0) {
			struct db *db;
			struct domain domain = world_second_domain(world, &db);
			_exit(!stats_tally(&domain, world->arena, die, &left, &error));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		figures_compare(&figures, &admin);
	}
	figures_tally(&figures);
	figures_compare(&figures, &admin);
	assert_int_equal(figures_tallied(&figures, &alder).turnover.deleted, 40);
}

/* Counted again once something happened, a while after the last time; and once a day. */
static void shelves_are_counted_again_when_something_happened(void **state)
{
	int64_t counted = world->clock.fixed_us;

	(void)state;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, counted);
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us = counted + STATS_STALE_US - 1;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, counted);
	assert_int_equal(figures_tallied(&figures, &alder).shelves[SHELF_TRASHED].photos, 0);
	world->clock.fixed_us++;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, counted + STATS_STALE_US);
	assert_int_equal(figures_tallied(&figures, &alder).shelves[SHELF_TRASHED].photos, 1);
	counted = world->clock.fixed_us + 2 * HOUR_US;
	world->clock.fixed_us = counted;
	figures_tally(&figures);
	world->clock.fixed_us = counted + 3 * HOUR_US;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, counted);
	world->clock.fixed_us = counted + CLOCK_DAY_US;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, world->clock.fixed_us);
}

/* --- clocks ------------------------------------------------------------------------------- */

/* A run under a clock that is so far ahead, ten minutes into an hour, then an act of that hour,
 * and, `later` on, this world's own clock again: before the next run and after it. */
static void run_ahead(int64_t ahead_us, int64_t later_us)
{
	int64_t now = hour_of(world->clock.fixed_us) + HOUR_US / 6;

	world->clock.fixed_us = now;
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us = now + ahead_us;
	(void)trash_purge(world);
	world->clock.fixed_us += 2 * HOUR_US;
	figures_tally(&figures);
	world->clock.fixed_us = now + CLOCK_SECOND_US;
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us = now + later_us;
	trash_deleted_photo(world, &ada);
}

static void a_later_clock_keeps_nothing_from_being_counted(void **state)
{
	static const int64_t aheads[] = {0, CLOCK_DAY_US, 30 * CLOCK_DAY_US, 365 * CLOCK_DAY_US};

	(void)state;
	for (size_t i = 0; i < sizeof(aheads) / sizeof(aheads[0]); i++) {
		for (int hours = 0; hours < (aheads[i] ? 3 : 2); hours++) {
			run_ahead(aheads[i], hours * HOUR_US + HOUR_US / 3);
			figures_compare(&figures, &admin);
			figures_tally(&figures);
			figures_compare(&figures, &admin);
			assert_true(
			    figures_tallied(&figures, &alder).until_us <= world->clock.fixed_us);
			world->clock.fixed_us += 2 * HOUR_US;
			figures_tally(&figures);
			figures_compare(&figures, &admin);
			world->clock.fixed_us += HOUR_US;
		}
	}
}

static void shelves_that_a_later_clock_counted_are_counted_again(void **state)
{
	int64_t now = world->clock.fixed_us;

	(void)state;
	world->clock.fixed_us = now + 30 * CLOCK_DAY_US;
	figures_tally(&figures);
	world->clock.fixed_us = now + 30 * CLOCK_DAY_US - HOUR_US;
	figures_tally(&figures); /* so far, clocks of two machines may differ */
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, now + 30 * CLOCK_DAY_US);
	world->clock.fixed_us--;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, world->clock.fixed_us);
	trash_deleted_photo(world, &ada);
	world->clock.fixed_us = now + CLOCK_SECOND_US;
	figures_tally(&figures);
	assert_int_equal(figures_tallied(&figures, &alder).counted_us, world->clock.fixed_us);
	assert_int_equal(figures_tallied(&figures, &alder).shelves[SHELF_TRASHED].photos, 1);
}

/* Hours that the worker adds between the reading of the tally and that of its hours are in the
 * rest, which is counted from the deletions. */
static void an_hour_tallied_meanwhile_is_not_counted_twice(void **state)
{
	(void)state;
	trash_deleted_photo(world, &ada);
	figures_tally(&figures);
	trash_sql(world,
	    "INSERT INTO hourly_tallies (organization_id, hour, deleted) SELECT organization_id,"
	    " tallied_until, 1 FROM tallies");
	figures_compare(&figures, &admin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(an_hour_is_counted_once_nobody_can_add_to_it, set_up),
	    cmocka_unit_test_setup(boundaries_belong_to_what_they_begin, set_up),
	    cmocka_unit_test_setup(settling_has_the_same_boundaries, set_up),
	    cmocka_unit_test_setup(what_is_forgotten_is_counted_anew, set_up),
	    cmocka_unit_test_setup(hours_that_no_chart_shows_go, set_up),
	    cmocka_unit_test_setup(sums_outlive_the_records, set_up),
	    cmocka_unit_test_setup(workers_side_by_side_count_nothing_twice, set_up),
	    cmocka_unit_test_setup(a_worker_killed_leaves_nothing_out, set_up),
	    cmocka_unit_test_setup(shelves_are_counted_again_when_something_happened, set_up),
	    cmocka_unit_test_setup(a_later_clock_keeps_nothing_from_being_counted, set_up),
	    cmocka_unit_test_setup(shelves_that_a_later_clock_counted_are_counted_again, set_up),
	    cmocka_unit_test_setup(an_hour_tallied_meanwhile_is_not_counted_twice, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
