/* impact_test.c - what a deletion would touch, counted in full and up to a bound. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

DB_STATEMENT(take_out, "UPDATE photos SET project_id = NULL WHERE id = ?");

/* Counted up to a bound it is exact up to there, and beyond says of what there may be more. */
static void a_preview_can_stop_counting(void **state)
{
	struct furnished f;
	struct deletion_impact all, some;
	struct error error;

	(void)state;
	scene_people();
	f = containers_furnish(world, &admin, &ada, ITEM_SITE, "Orchard");
	assert_string_equal(
	    containers_impact(world, &admin, ITEM_SITE, &f.id, PHOTO_ACTION_DELETE, &all), "");
	assert_false(all.is_partial);
	assert_true(deletions_impact(&world->domain, &admin, world->arena, ITEM_SITE, &f.id,
	    PHOTO_ACTION_DELETE, 5, &some, &error));
	assert_memory_equal(&some, &all, sizeof(all));
	assert_true(deletions_impact(&world->domain, &admin, world->arena, ITEM_SITE, &f.id,
	    PHOTO_ACTION_DELETE, 4, &some, &error));
	assert_true(some.is_partial);
	assert_int_equal(some.counts[COUNT_PHOTO], 5);
	assert_true(some.more[COUNT_PHOTO] && some.more[COUNT_NOTE] && some.more[COUNT_AI_RESULT]);
	assert_true(some.more_bytes && some.more_people);
	assert_false(some.more[COUNT_SITE]);
	/* Of what there is little all is counted, and a bound that is met is not passed. */
	assert_true(deletions_impact(&world->domain, &admin, world->arena, ITEM_SITE, &f.id,
	    PHOTO_ACTION_ARCHIVE, 3, &some, &error));
	assert_false(some.is_partial);
	assert_int_equal(some.counts[COUNT_PHOTO], 3);
	assert_true(deletions_impact(&world->domain, &admin, world->arena, ITEM_SITE, &f.id,
	    PHOTO_ACTION_ORPHAN, 1, &some, &error));
	assert_true(some.more[COUNT_PHOTO]);
	assert_int_equal(some.counts[COUNT_PHOTO], 2);
}

/* What was made from a photo goes along also where it is elsewhere, and once where it is not. */
static void what_was_made_counts_wherever_it_is(void **state)
{
	static const enum photo_action actions[] = {PHOTO_ACTION_DELETE, PHOTO_ACTION_ARCHIVE};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct furnished f;
		struct deletion_impact impact;
		struct deletion deletion;

		scene_people();
		f = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Orchard");
		assert_int_equal(
		    db_exec(world->domain.db, &take_out, DB_VALUES(db_bind_id(&f.made)), NULL),
		    DB_OK);
		assert_string_equal(
		    containers_impact(world, &admin, ITEM_PROJECT, &f.id, actions[i], &impact), "");
		assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &f.id,
					actions[i], "Orchard", &deletion),
		    "");
		assert_int_equal(impact.counts[COUNT_PHOTO], i == 0 ? 5 : 3);
		assert_memory_equal(impact.counts, deletion.counts, sizeof(impact.counts));
		assert_int_equal(impact.bytes, deletion.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_preview_can_stop_counting),
	    cmocka_unit_test(what_was_made_counts_wherever_it_is),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
