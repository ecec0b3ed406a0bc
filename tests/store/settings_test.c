/* settings_test.c - windows and switches: their bounds on both sides, and later acts alone. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/settings.h>
#include <string.h>

#define DAY_S 86400

static struct settings settings;
static struct error error;

/* The code of the refusal, or "". */
static const char *set(const struct actor *actor, enum setting setting, int64_t value)
{
	struct settings_change change = {0};

	error_clear(&error);
	change.given[setting] = true;
	change.values[setting] = value;
	return settings_change(&world->domain, actor, world->arena, &change, &settings, &error)
		   ? ""
		   : error.code;
}

static int64_t get(const struct actor *actor, enum setting setting)
{
	assert_true(settings_get(&world->domain, actor, world->arena, &settings, &error));
	return settings.values[setting];
}

static void defaults_are_the_lifecycles(void **state)
{
	static const int64_t values[SETTING_COUNT] = {
	    4 * 3600, 7 * DAY_S, 30 * DAY_S, 14 * DAY_S, 12, 1, 1};

	(void)state;
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		assert_int_equal(get(&admin, (enum setting)i), values[i]);
		assert_int_equal(setting_rule((enum setting)i)->standard, values[i]);
	}
}

/* As the lifecycle's table has them, written out anew. */
static void bounds_hold_on_both_sides(void **state)
{
	static const int64_t bounds[SETTING_COUNT][2] = {
	    [SETTING_PHOTO_RECOVERY] = {0, 30 * DAY_S},
	    [SETTING_CONTAINER_RECOVERY] = {3600, 30 * DAY_S},
	    [SETTING_ARCHIVE_RETENTION] = {DAY_S, (int64_t)3650 * DAY_S},
	    [SETTING_ACCOUNT_GRACE] = {0, 28 * DAY_S},
	    [SETTING_AUDIT_RETENTION] = {12, 120},
	    [SETTING_SELF_DELETION] = {0, 1},
	    [SETTING_ADMIN_DELETION] = {0, 1},
	};

	(void)state;
	for (size_t i = 0; i < SETTING_COUNT; i++)
		for (size_t side = 0; side < 2; side++) {
			int64_t value = bounds[i][side];
			assert_string_equal(
			    set(&admin, (enum setting)i, value + (side ? 1 : -1)), "out_of_range");
			assert_string_equal(error.field, setting_rule((enum setting)i)->name);
			assert_string_equal(set(&admin, (enum setting)i, value), "");
			assert_int_equal(get(&admin, (enum setting)i), value);
		}
}

/* All that are given or none. */
static void one_wrong_value_changes_nothing(void **state)
{
	struct settings_change change = {0};

	(void)state;
	change.given[SETTING_PHOTO_RECOVERY] = change.given[SETTING_AUDIT_RETENTION] = true;
	change.values[SETTING_PHOTO_RECOVERY] = 60;
	change.values[SETTING_AUDIT_RETENTION] = 11;
	assert_false(
	    settings_change(&world->domain, &admin, world->arena, &change, &settings, &error));
	assert_int_equal(get(&admin, SETTING_PHOTO_RECOVERY), 4 * 3600);
	assert_int_equal(trash_entries(world, "settings.change"), 0);
}

static void only_admins_of_the_organization(void **state)
{
	(void)state;
	assert_string_equal(set(&ada, SETTING_PHOTO_RECOVERY, 60), "forbidden");
	assert_false(settings_get(&world->domain, &ada, world->arena, &settings, &error));
	assert_string_equal(set(&stranger, SETTING_PHOTO_RECOVERY, 60), "");
	assert_int_equal(get(&stranger, SETTING_PHOTO_RECOVERY), 60);
	assert_int_equal(get(&admin, SETTING_PHOTO_RECOVERY), 4 * 3600);
}

static void a_change_is_recorded_once(void **state)
{
	(void)state;
	assert_string_equal(set(&admin, SETTING_PHOTO_RECOVERY, 60), "");
	assert_string_equal(set(&admin, SETTING_PHOTO_RECOVERY, 60), "");
	assert_int_equal(trash_entries(world, "settings.change"), 1);
}

/* What is in the trash keeps its window. */
static void it_holds_for_later_acts(void **state)
{
	struct id before = world_photo(world, &ada, "Before", NULL, NULL);
	struct id after = world_photo(world, &ada, "After", NULL, NULL);
	struct deletion first, second;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &before, &first), "");
	assert_string_equal(set(&admin, SETTING_PHOTO_RECOVERY, 60), "");
	assert_string_equal(trash_delete(world, &ada, &after, &second), "");
	first = trash_find(world, &first.id);
	assert_true(first.recover_until_us == WORLD_START_US + 4 * HOUR_US);
	assert_true(second.recover_until_us == WORLD_START_US + 60 * CLOCK_SECOND_US);
}

/* What is archived keeps its retention. */
static void archived_photos_keep_their_retention(void **state)
{
	struct id before = world_photo(world, &ada, "Before", NULL, NULL);
	struct id after = world_photo(world, &ada, "After", NULL, NULL);
	struct photo photo;

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &before, NULL, &photo, &error));
	assert_string_equal(set(&admin, SETTING_ARCHIVE_RETENTION, DAY_S), "");
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &after, NULL, &photo, &error));
	assert_true(photo.purge_after_us == WORLD_START_US + CLOCK_DAY_US);
	assert_true(photos_find(&world->domain, &ada, world->arena, &before, &photo, &error));
	assert_true(photo.purge_after_us == WORLD_START_US + 30 * CLOCK_DAY_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(defaults_are_the_lifecycles),
	    SCENE_TEST(bounds_hold_on_both_sides),
	    SCENE_TEST(one_wrong_value_changes_nothing),
	    SCENE_TEST(only_admins_of_the_organization),
	    SCENE_TEST(a_change_is_recorded_once),
	    SCENE_TEST(it_holds_for_later_acts),
	    SCENE_TEST(archived_photos_keep_their_retention),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
