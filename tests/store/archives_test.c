/* archives_test.c - archiving by criteria: what fits, what goes along, the preview, batches, steps.
 */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/archives.h>
#include <string.h>

DB_STATEMENT(archives_in_batches,
    "SELECT COUNT(*) FROM photos p JOIN archive_batches b ON b.id = p.archive_batch_id"
    " AND b.purge_after = p.purge_after AND b.reason = p.archive_reason"
    " AND b.created_by = p.archived_by AND b.created_at = p.archived_at");
DB_STATEMENT(archives_batch_count, "SELECT SUM(photo_count) FROM archive_batches");
DB_STATEMENT(archives_live_shares, "SELECT COUNT(*) FROM photo_shares WHERE revoked_at IS NULL");
DB_STATEMENT(archives_archived, "SELECT COUNT(*) FROM photos WHERE archived_at IS NOT NULL");
DB_STATEMENT(archives_tags, "SELECT id FROM tags ORDER BY name");

static struct id project, winter, summer;
static int64_t started_us;

/* Nine photos, one a day: every third in the project, all but the first "winter", the even ones
 * "summer" too; each with a share, the fifth with a derivative, one archived, one deleted before.
 */
static void photos(void)
{
	struct db_rows rows = {0};
	struct error error = {0};
	struct photo photo;

	for (int i = 0; i < 9; i++) {
		struct id id;

		world->clock.fixed_us = started_us + i * CLOCK_DAY_US;
		id = world_photo(world, &ada, "A photo", i % 3 == 0 ? &project : NULL, NULL);
		if (i > 0) {
			trash_tag(world, &ada, &id, "winter");
		}
		if (i % 2 == 0) {
			trash_tag(world, &ada, &id, "summer");
		}
		trash_share(world, &ada, &id, (unsigned char)(10 + i));
		if (i == 4) {
			struct id made = world_derivative(world, &ada, &id);

			trash_share(world, &ada, &made, 30);
		}
		if (i == 7) {
			assert_true(photos_archive(
			    &world->domain, &ada, world->arena, &id, NULL, &photo, &error));
		}
		if (i == 8) {
			assert_string_equal(trash_delete(world, &ada, &id, NULL), "");
		}
	}
	assert_int_equal(
	    db_query(world->db, world->arena, &archives_tags, DB_NO_VALUES, &rows), DB_OK);
	summer = db_id(&rows, 0, 0);
	winter = db_id(&rows, 1, 0);
}

static int set_up(void **state)
{
	(void)state;
	scene_people();
	started_us = world->clock.fixed_us;
	project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	photos();
	return 0;
}

static const char *preview(
    const struct actor *actor, const struct archive_criteria *criteria, int64_t *count)
{
	static struct error error;
	struct archive_fit fit;
	bool ok;

	error_clear(&error);
	ok = archives_preview(
	    &world->domain, actor, world->arena, criteria, IMPACT_ALL, &fit, &error);
	assert_false(fit.more);
	*count = fit.count;
	return ok ? "" : error.code;
}

static const char *archive(const struct actor *actor, const struct archive_criteria *criteria,
    struct archives_result *result)
{
	static struct error error;

	error_clear(&error);
	return archives_archive(
		   &world->domain, actor, world->arena, criteria, "Season over", result, &error)
		   ? ""
		   : error.code;
}

/* What each case asks for; ids differ each time the photos are made. */
static struct archive_criteria criteria_of(int which)
{
	switch (which) {
	case 0: /* 0, 3, 6 */
		return (struct archive_criteria){.project_id = project};
	case 1: /* 2, 4 with its derivative, 6 */
		return (struct archive_criteria){.tag_ids = {winter, summer}, .tag_count = 2};
	case 2: /* days 1, 2 and 3 */
		return (struct archive_criteria){.from_us = started_us + CLOCK_DAY_US,
		    .until_us = started_us + 4 * CLOCK_DAY_US};
	case 3: /* 1 to 6 and the derivative; 7 is archived, 8 deleted */
		return (struct archive_criteria){.tag_ids = {winter}, .tag_count = 1};
	case 4: /* in the project, of summer and winter: 6 */
		return (struct archive_criteria){
		    .project_id = project, .tag_ids = {winter, summer}, .tag_count = 2};
	case 5: /* day 4 alone, to the microsecond: with the derivative made on it */
		return (struct archive_criteria){.from_us = started_us + 4 * CLOCK_DAY_US,
		    .until_us = started_us + 4 * CLOCK_DAY_US + 1};
	case 6: /* after that microsecond: 5 and 6 */
		return (struct archive_criteria){.from_us = started_us + 4 * CLOCK_DAY_US + 1};
	default: /* a project that is none */
		return (struct archive_criteria){.project_id = winter};
	}
}

/* The preview says so many, and so many it is then, each with its share. */
static void expect(int which, int64_t count, unsigned step_rows)
{
	struct archive_criteria criteria;
	struct archives_result result;
	int64_t previewed, shares;

	set_up(NULL);
	criteria = criteria_of(which);
	shares = world_number(world, &archives_live_shares);
	world->domain.step_rows = step_rows;
	assert_string_equal(preview(&admin, &criteria, &previewed), "");
	assert_int_equal(previewed, count);
	assert_int_equal(trash_entries(world, "photo.archive"), 1);
	assert_string_equal(archive(&admin, &criteria, &result), "");
	assert_int_equal(result.photo_count, count);
	assert_int_equal(id_is_none(&result.batch_id), count == 0);
	assert_int_equal(world_number(world, &archives_in_batches), count);
	/* One was archived by hand before. */
	assert_int_equal(world_number(world, &archives_archived), count + 1);
	assert_int_equal(world_number(world, &archives_batch_count), count + 1);
	assert_int_equal(shares - world_number(world, &archives_live_shares), count);
	assert_int_equal(trash_entries(world, "photo.archive"), count > 0 ? 2 : 1);
	assert_int_equal(trash_rows(world, "jobs"), 0);
	assert_string_equal(preview(&admin, &criteria, &previewed), "");
	assert_int_equal(previewed, 0);
}

static void what_fits_is_archived(void **state)
{
	static const int64_t counts[] = {3, 4, 3, 7, 1, 2, 2, 0};

	(void)state;
	for (int which = 0; which < (int)(sizeof(counts) / sizeof(counts[0])); which++) {
		for (unsigned step_rows = 1; step_rows < 6; step_rows++) {
			expect(which, counts[which], step_rows);
		}
	}
}

static struct archive_fit preview_up_to(const struct archive_criteria *criteria, int64_t most)
{
	struct archive_fit fit;
	struct error error;

	assert_true(
	    archives_preview(&world->domain, &admin, world->arena, criteria, most, &fit, &error));
	return fit;
}

/* Counted up to a bound: exact up to there, above it if there is more. */
static void a_preview_can_stop_counting(void **state)
{
	struct archive_criteria criteria = criteria_of(3); /* 7 with the derivative */
	struct archive_fit fit = preview_up_to(&criteria, 7);

	(void)state;
	assert_int_equal(fit.count, 7);
	assert_false(fit.more);
	fit = preview_up_to(&criteria, 5);
	assert_true(fit.count > 5 && fit.more);
	fit = preview_up_to(&criteria, 1);
	assert_true(fit.count > 1 && fit.count < 7 && fit.more);
	assert_int_equal(fit.looked, 0);
}

/* Looked at so many of the newest: what fits may be further down. */
static void check_looking(int which, unsigned look, int64_t count, bool more)
{
	struct archive_criteria criteria = criteria_of(which);
	struct archive_fit fit;

	world->domain.look_rows = look;
	fit = preview_up_to(&criteria, 100);
	world->domain.look_rows = 0;
	assert_int_equal(fit.count, count);
	assert_int_equal(fit.more, more);
	assert_int_equal(fit.looked, more ? look : 0);
}

static void a_preview_can_stop_looking(void **state)
{
	int64_t count;
	struct archive_criteria criteria = criteria_of(2);

	(void)state;
	/* Of all that is live, days 0 to 6 with a derivative on day 4: the days 1, 2 and 3. */
	check_looking(2, 4, 0, true);
	check_looking(2, 5, 1, true);
	check_looking(2, 7, 3, true);
	check_looking(2, 8, 3, false);
	/* Of what bears the tag, archived and deleted photos too, newest first: 8 to 1. */
	check_looking(3, 2, 0, true);
	check_looking(3, 3, 1, true);
	check_looking(3, 8, 7, false);
	/* Of the project: 6, 3, 0. */
	check_looking(0, 2, 2, true);
	check_looking(0, 3, 3, false);
	world->domain.look_rows = 1;
	assert_string_equal(preview(&admin, &criteria, &count), "");
	world->domain.look_rows = 0;
	assert_int_equal(count, 3);
}

static void only_admins_archive_by_criteria(void **state)
{
	struct archive_criteria criteria = {.project_id = project};
	struct archives_result result;
	int64_t count;

	(void)state;
	assert_string_equal(preview(&ada, &criteria, &count), "forbidden");
	assert_string_equal(archive(&ada, &criteria, &result), "forbidden");
	/* Another tenant's project fits nothing. */
	assert_string_equal(preview(&stranger, &criteria, &count), "");
	assert_int_equal(count, 0);
	assert_string_equal(archive(&stranger, &criteria, &result), "");
	assert_int_equal(world_number(world, &archives_archived), 1);
	criteria = (struct archive_criteria){.tag_ids = {winter}, .tag_count = 1};
	assert_string_equal(preview(&stranger, &criteria, &count), "");
	assert_int_equal(count, 0);
}

static void criteria_are_checked(void **state)
{
	struct archive_criteria none = {0};
	struct archive_criteria empty = {.from_us = started_us, .until_us = started_us};
	int64_t count;

	(void)state;
	assert_string_equal(preview(&admin, &none, &count), "no_criteria");
	assert_string_equal(preview(&admin, &empty, &count), "empty_range");
}

/* Takes the lease away after the first step, as one does that has run out. */
static void take_lease(void *context, const char *name)
{
	bool *taken = context;

	(void)name;
	if (!*taken) {
		world->clock.fixed_us += 45 * CLOCK_SECOND_US;
		trash_sql(world, "UPDATE jobs SET lease_owner = NULL, lease_until = NULL");
	}
	*taken = true;
}

/* What an act broke off, the worker ends; photos that came later are not its affair. */
static void the_worker_ends_what_an_act_broke_off(void **state)
{
	struct archive_criteria criteria = criteria_of(3);
	struct archives_result result;
	struct error error = {0};
	struct id late;
	unsigned steps;
	bool taken = false;

	(void)state;
	world->domain.step_rows = 1;
	world->domain.after_step = take_lease;
	world->domain.after_step_context = &taken;
	assert_string_equal(archive(&admin, &criteria, &result), "");
	world->domain.after_step = NULL;
	assert_int_equal(result.photo_count, 7);
	assert_int_equal(world_number(world, &archives_in_batches), 1);
	assert_int_equal(trash_rows(world, "jobs"), 1);
	late = world_photo(world, &ada, "Late", NULL, NULL);
	trash_tag(world, &ada, &late, "winter");
	assert_true(archives_continue(&world->domain, world->arena, 0, &steps, &error));
	assert_true(steps > 5);
	assert_int_equal(world_number(world, &archives_in_batches), 7);
	assert_int_equal(world_number(world, &archives_batch_count), 8);
	assert_int_equal(world_number(world, &archives_archived), 8);
	assert_int_equal(trash_rows(world, "jobs"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_fits_is_archived),
	    cmocka_unit_test_setup(a_preview_can_stop_counting, set_up),
	    cmocka_unit_test_setup(a_preview_can_stop_looking, set_up),
	    cmocka_unit_test_setup(only_admins_archive_by_criteria, set_up),
	    cmocka_unit_test_setup(criteria_are_checked, set_up),
	    cmocka_unit_test_setup(the_worker_ends_what_an_act_broke_off, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
