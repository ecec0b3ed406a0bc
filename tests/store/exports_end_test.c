/* exports_end_test.c - exports: whose they are and for how long, and what ends them but for purges.
 */
#include "../support/archives.h"
#include "../support/exporting.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/exports.h>
#include <stdio.h>
#include <storage/check.h>
#include <string.h>

DB_STATEMENT(test_exports_jobs, "SELECT COUNT(*) FROM jobs");
DB_STATEMENT(test_exports_rows, "SELECT COUNT(*) FROM exports");
DB_STATEMENT(test_exports_files, "SELECT COUNT(*) FROM files WHERE owner_kind = 'export'");
DB_STATEMENT(test_exports_queue, "SELECT COUNT(*) FROM storage_cleanup_queue");

static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	return 0;
}

/* --- whose, and how long -----------------------------------------------------------------------
 */

static void it_is_its_owners_alone(void **state)
{
	const struct actor *others[] = {&ben, &admin, &stranger};
	struct export_row row, seen;
	struct file file;

	(void)state;
	row = exporting_make(world, &ada, NULL);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(exporting_fetch(world, others[i], &row.id, &file), "not_found");
		assert_false(
		    exports_get(&world->domain, others[i], world->arena, &row.id, &seen, &error));
		assert_string_equal(error.code, "not_found");
	}
}

static void it_is_there_for_seven_days_to_the_microsecond(void **state)
{
	struct export_row row;
	struct file file;

	(void)state;
	row = exporting_make(world, &ada, NULL);
	assert_int_equal(row.expires_us - row.ready_us, 7 * CLOCK_DAY_US);
	world->clock.fixed_us = row.expires_us - 1;
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "");
	assert_int_equal(exporting_work(world, NULL).expired, 0);
	world->clock.fixed_us = row.expires_us;
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "export_expired");
	assert_int_equal(exporting_error()->kind, ERROR_GONE);
	assert_int_equal(exporting_look(world, &ada, &row.id).state, EXPORT_EXPIRED);
	assert_int_equal(exporting_work(world, NULL).expired, 1);
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "export_expired");
	assert_int_equal(exporting_clean(world), 1);
	assert_int_equal(world_objects(world), 0);
	assert_int_equal(world_number(world, &test_exports_files), 0);
	world->clock.fixed_us += EXPORTS_KEPT_US;
	(void)exporting_work(world, NULL);
	assert_int_equal(world_number(world, &test_exports_rows), 1);
	world->clock.fixed_us += 1;
	(void)exporting_work(world, NULL);
	assert_int_equal(world_number(world, &test_exports_rows), 0);
}

static void one_at_a_time_and_not_too_often(void **state)
{
	struct export_row row, other;
	struct file file;

	(void)state;
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_string_equal(exporting_ask(world, &ada, &other), "export_pending");
	assert_int_equal(exporting_error()->kind, ERROR_CONFLICT);
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "export_pending");
	assert_string_equal(exporting_ask(world, &ben, &other), "");
	for (int i = 1; i < EXPORTS_PER_HOUR; i++) {
		(void)exporting_work(world, NULL);
		assert_string_equal(exporting_ask(world, &ada, &row), "");
	}
	(void)exporting_work(world, NULL);
	assert_string_equal(exporting_ask(world, &ada, &row), "rate_limited");
	assert_true(exporting_error()->retry_after_s > 0);
	world->clock.fixed_us += HOUR_US;
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(people_mails(world, "export_ready"), EXPORTS_PER_HOUR + 1);
}

static void a_proof_is_good_once(void **state)
{
	struct actor proven = people_proven(world, &ada);
	struct export_row row;

	(void)state;
	assert_true(exports_request(&world->domain, &proven, world->arena, &row, &error));
	(void)exporting_work(world, NULL);
	assert_false(exports_request(&world->domain, &proven, world->arena, &row, &error));
	assert_string_equal(error.code, "reauth_required");
	assert_int_equal(world_number(world, &test_exports_rows), 1);
}

/* --- ends ---------------------------------------------------------------------------------------
 */

static bool stop_at_once(void *context)
{
	int *left = context;

	return (*left)-- <= 0;
}

static void a_stop_leaves_it_for_the_next(void **state)
{
	int left = 1;
	const struct exports_limits limits = {.stop = stop_at_once, .context = &left};
	struct export_row row;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(exporting_work(world, &limits).made, 0);
	assert_int_equal(world_staged(world), 0);
	assert_int_equal(exporting_look(world, &ada, &row.id).state, EXPORT_PENDING);
	assert_int_equal(exporting_work(world, NULL).made, 1);
}

static void a_storage_out_of_reach_is_waited_for(void **state)
{
	const char *tmp = arena_printf(world->arena, "%s/tmp", world->folder);
	const char *away = arena_printf(world->arena, "%s/away", world->folder);
	struct export_row row;

	(void)state;
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(rename(tmp, away), 0);
	assert_int_equal(exporting_work(world, NULL).put_off, 1);
	assert_int_equal(rename(away, tmp), 0);
	assert_int_equal(exporting_work(world, NULL).made, 0); /* not at once */
	world->clock.fixed_us += HOUR_US;
	assert_int_equal(exporting_work(world, NULL).made, 1);
}

static void erase(const struct actor *actor)
{
	struct actor proven = people_proven(world, actor);
	struct account_choices choices = {0};
	struct account_status status;

	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
}

static void an_erasure_takes_exports_along(void **state)
{
	struct export_row row;

	(void)state;
	(void)exporting_make(world, &ada, NULL);
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	erase(&ada);
	assert_int_equal(world_number(world, &test_exports_rows), 0);
	assert_int_equal(world_number(world, &test_exports_files), 0);
	assert_int_equal(world_number(world, &test_exports_jobs), 0);
	(void)exporting_clean(world);
	assert_int_equal(world_number(world, &test_exports_queue), 0);
	assert_int_equal(world_objects(world), 0);
}

static void erase_meanwhile(void *context)
{
	bool *erased = context;

	if (!*erased) {
		*erased = true;
		erase(&ada);
		(void)exporting_clean(world);
	}
}

static void an_erasure_meanwhile_leaves_nothing(void **state)
{
	bool erased = false;
	const struct exports_limits limits = {.meanwhile = erase_meanwhile, .context = &erased};
	struct export_row row;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(exporting_work(world, &limits).made, 0);
	(void)exporting_work(world, NULL);
	(void)exporting_clean(world);
	assert_int_equal(world_number(world, &test_exports_rows), 0);
	assert_int_equal(world_number(world, &test_exports_jobs), 0);
	assert_int_equal(world_staged(world), 0);
	assert_int_equal(world_objects(world), 0);
}

static void nobody_gets_one_from_the_trash(void **state)
{
	struct export_row row;
	struct deletion deletion;
	struct account_choices choices = {0};

	(void)state;
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_string_equal(people_delete(world, &admin, &ada, false, &choices, &deletion), "");
	assert_int_equal(exporting_work(world, NULL).made, 0);
	assert_int_equal(exporting_look(world, &ada, &row.id).state, EXPORT_DISCARDED);
	assert_int_equal(world_number(world, &test_exports_jobs), 0);
}

static void trash_meanwhile(void *context)
{
	bool *trashed = context;
	struct account_choices choices = {0};
	struct deletion deletion;

	if (!*trashed)
		assert_string_equal(
		    people_delete(world, &admin, &ada, false, &choices, &deletion), "");
	*trashed = true;
}

/* Nobody is told of what they cannot fetch. */
static void nobody_is_put_into_the_trash_meanwhile(void **state)
{
	bool trashed = false;
	const struct exports_limits limits = {.meanwhile = trash_meanwhile, .context = &trashed};
	struct export_row row;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(exporting_work(world, &limits).made, 0);
	assert_true(trashed);
	assert_int_equal(exporting_look(world, &ada, &row.id).state, EXPORT_DISCARDED);
	assert_int_equal(people_mails(world, "export_ready"), 0);
	assert_int_equal(world_number(world, &test_exports_jobs), 0);
	assert_int_equal(world_staged(world), 0);
	(void)exporting_clean(world);
	assert_int_equal(world_objects(world), 1);
}

/* In its grace an account's export goes on, and another can be asked for. */
static void it_goes_on_in_the_grace(void **state)
{
	struct actor proven = people_proven(world, &ada);
	struct account_choices choices = {0};
	struct account_status status;
	struct export_row row;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	row = exporting_make(world, &ada, NULL);
	assert_int_equal(row.state, EXPORT_READY);
}

static void the_check_of_the_storage_knows_them(void **state)
{
	const struct check_options options = {.digests = true};
	struct check_report report;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	(void)exporting_make(world, &ada, NULL);
	world->clock.fixed_us += 2 * HOUR_US;
	assert_true(storage_check(
	    world->db, &world->clock, world->storage, &options, NULL, NULL, &report, &error));
	assert_int_equal(report.objects, 2);
	assert_int_equal(report.rows, 2);
	assert_int_equal(report.without_row + report.without_object + report.damaged, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(it_is_its_owners_alone, set_up),
	    cmocka_unit_test_setup(it_is_there_for_seven_days_to_the_microsecond, set_up),
	    cmocka_unit_test_setup(one_at_a_time_and_not_too_often, set_up),
	    cmocka_unit_test_setup(a_proof_is_good_once, set_up),
	    cmocka_unit_test_setup(a_stop_leaves_it_for_the_next, set_up),
	    cmocka_unit_test_setup(a_storage_out_of_reach_is_waited_for, set_up),
	    cmocka_unit_test_setup(an_erasure_takes_exports_along, set_up),
	    cmocka_unit_test_setup(an_erasure_meanwhile_leaves_nothing, set_up),
	    cmocka_unit_test_setup(nobody_gets_one_from_the_trash, set_up),
	    cmocka_unit_test_setup(nobody_is_put_into_the_trash_meanwhile, set_up),
	    cmocka_unit_test_setup(it_goes_on_in_the_grace, set_up),
	    cmocka_unit_test_setup(the_check_of_the_storage_knows_them, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
