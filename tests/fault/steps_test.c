/* steps_test.c - kill -9 at every step boundary of marking, restoring, purging and the end of a
 * retention: the next run goes on, and the end is the same as without. */
#include "../support/containers.h"
#include "../support/killing.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/cascade.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many notes the photo has: with the small steps below, several steps of each kind. */
#define NOTES     15
#define STEP_ROWS 3

static struct actor platform;

static void set_up(void)
{
	struct id home;

	scene_people();
	home = world_organization(world, "Installation");
	platform = world_user(world, &home, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	world->domain.step_rows = STEP_ROWS;
}

static struct id furnished_photo(void)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);

	for (int i = 0; i < NOTES; i++) {
		trash_note(world, &ada, i % 2 ? &photo : &small);
	}
	trash_tag(world, &ada, &photo, "winter");
	trash_tag(world, &ada, &small, "winter");
	trash_share(world, &ada, &photo, 1);
	trash_ai_result(world, &ada, &photo);
	return photo;
}

static void expect_purged(void)
{
	static const char *const tables[] = {"photos", "photo_notes", "ai_processing_results",
	    "photo_tags", "photo_shares", "files"};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		assert_int_equal(trash_rows(world, tables[i]), 0);
	}
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 2);
	assert_int_equal(trash_rows(world, "dead_shares"), 1);
}

static void marking_survives_a_kill_at_every_boundary(void **state)
{
	int boundary = 0;
	bool killed = true;

	(void)state;
	while (killed) {
		struct id photo;
		struct deletion deletion;

		set_up();
		photo = furnished_photo();
		assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
		assert_int_equal(deletion.state, DELETION_MARKING);
		killed = killing_run(killing_continue, ++boundary);
		killing_go_on(killing_continue);
		deletion = trash_find(world, &deletion.id);
		assert_int_equal(deletion.state, DELETION_TRASHED);
		assert_int_equal(deletion.counts[COUNT_PHOTO], 2);
		assert_int_equal(deletion.counts[COUNT_NOTE], NOTES);
		assert_int_equal(deletion.counts[COUNT_AI_RESULT], 1);
		assert_int_equal(trash_marked(world, "photos", &deletion.id), 2);
		assert_int_equal(trash_marked(world, "photo_notes", &deletion.id), NOTES);
	}
	assert_in_range(boundary, 5, 99);
}

static void restoring_survives_a_kill_at_every_boundary(void **state)
{
	int boundary = 0;
	bool killed = true;

	(void)state;
	while (killed) {
		struct id photo;
		struct deletion deletion;

		set_up();
		photo = furnished_photo();
		assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
		trash_continue(world);
		assert_string_equal(trash_restore(world, &ada, &deletion.id, &deletion), "");
		assert_int_equal(deletion.state, DELETION_RESTORING);
		killed = killing_run(killing_continue, ++boundary);
		killing_go_on(killing_continue);
		assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
		assert_int_equal(trash_live(world, "photos"), 2);
		assert_int_equal(trash_live(world, "photo_notes"), NOTES);
		assert_int_equal(trash_live(world, "ai_processing_results"), 1);
	}
	assert_in_range(boundary, 4, 99);
}

static void purging_survives_a_kill_at_every_boundary(void **state)
{
	int boundary = 0;
	bool killed = true;

	(void)state;
	while (killed) {
		struct id photo;
		struct deletion deletion;

		set_up();
		photo = furnished_photo();
		assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
		world->clock.fixed_us = deletion.recover_until_us; /* while it is still marking */
		killed = killing_run(killing_purge, ++boundary);
		killing_go_on(killing_purge);
		expect_purged();
		deletion = trash_find(world, &deletion.id);
		assert_int_equal(deletion.state, DELETION_PURGED);
		assert_int_equal(deletion.counts[COUNT_NOTE], NOTES);
		assert_int_equal(trash_entries(world, "photo.purge"), 1);
	}
	assert_in_range(boundary, 9, 99);
}

static void the_end_of_a_retention_survives_a_kill_at_every_boundary(void **state)
{
	int boundary = 0;
	bool killed = true;

	(void)state;
	while (killed) {
		struct id photo;
		struct photo archived;
		struct error error = {0};

		set_up();
		photo = furnished_photo();
		assert_true(photos_archive(
		    &world->domain, &ada, world->arena, &photo, NULL, &archived, &error));
		world->clock.fixed_us = archived.purge_after_us;
		killed = killing_run(killing_purge, ++boundary);
		killing_go_on(killing_purge);
		expect_purged();
		assert_true(trash_entries(world, "retention.purge") >= 1);
	}
	assert_in_range(boundary, 6, 99);
}

/* A container with its photos, and what is done with them. */
struct container_case {
	enum item_kind kind;
	enum photo_action action;
};
static const struct container_case cases[] = {
    {ITEM_PROJECT, PHOTO_ACTION_DELETE},
    {ITEM_SITE, PHOTO_ACTION_ARCHIVE},
    {ITEM_PROJECT, PHOTO_ACTION_ORPHAN},
    {ITEM_ORGANIZATION, PHOTO_ACTION_NONE},
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static struct furnished furnish(const struct container_case *c)
{
	struct furnished f;

	set_up();
	f = containers_furnish(
	    world, &admin, &ada, c->kind == ITEM_SITE ? ITEM_SITE : ITEM_PROJECT, "Orchard");
	containers_session(world, &ada);
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01'");
	trash_sql(
	    world, "UPDATE photos SET purge_after = '2030-01-01' WHERE purge_after IS NOT NULL");
	return f;
}

static void delete_container(
    const struct container_case *c, const struct furnished *f, struct deletion *deletion)
{
	bool all = c->kind == ITEM_ORGANIZATION;

	assert_string_equal(containers_delete(world, all ? &platform : &admin, c->kind,
				all ? &ada.organization_id : &f->id, c->action,
				all ? "Alder" : "Orchard", deletion),
	    "");
	assert_int_equal(deletion->state, DELETION_MARKING);
}

static void marking_a_container_survives(const struct container_case *c)
{
	int boundary = 0;
	bool killed = true;
	struct deletion whole = {0};

	while (killed) {
		struct furnished f = furnish(c);
		struct deletion deletion;

		delete_container(c, &f, &deletion);
		killed = boundary > 0 && killing_run(killing_continue, boundary);
		killing_go_on(killing_continue);
		deletion = trash_find(world, &deletion.id);
		assert_int_equal(deletion.state, DELETION_TRASHED);
		/* Ids differ from round to round, numbers do not. */
		whole = boundary == 0 ? deletion : whole;
		assert_memory_equal(whole.counts, deletion.counts, sizeof(whole.counts));
		assert_int_equal(trash_marked(world, "photos", &deletion.id),
		    c->action == PHOTO_ACTION_DELETE || c->action == PHOTO_ACTION_NONE
			? deletion.counts[COUNT_PHOTO]
			: 0);
		killed = killed || boundary == 0;
		boundary++;
	}
	assert_in_range(boundary, 4, 99);
}

static void restoring_a_container_survives(const struct container_case *c)
{
	int boundary = 0;
	bool killed = true;

	while (killed) {
		struct furnished f = furnish(c);
		struct snapshot before = containers_snapshot(world), after;
		struct deletion deletion;

		delete_container(c, &f, &deletion);
		trash_continue(world);
		assert_string_equal(trash_restore(world, &platform, &deletion.id, NULL),
		    c->kind == ITEM_ORGANIZATION ? "" : "not_found");
		if (c->kind != ITEM_ORGANIZATION) {
			assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
		}
		killed = killing_run(killing_continue, ++boundary);
		killing_go_on(killing_continue);
		assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
		trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE id = %s",
		    trash_hex(world, &f.asked));
		after = containers_snapshot(world);
		assert_null(containers_compare(&before, &after));
	}
	assert_in_range(boundary, 3, 99);
}

static void purging_a_container_survives(const struct container_case *c)
{
	int boundary = 0;
	bool killed = true;

	while (killed) {
		struct furnished f = furnish(c);
		int64_t files = trash_rows(world, "files");
		struct deletion deletion;

		delete_container(c, &f, &deletion);
		world->clock.fixed_us = deletion.recover_until_us; /* while it is still marking */
		killed = killing_run(killing_purge, ++boundary);
		killing_go_on(killing_purge);
		deletion = trash_find(world, &deletion.id);
		assert_int_equal(deletion.state, DELETION_PURGED);
		assert_int_equal(trash_marked(world, "photos", &deletion.id), 0);
		assert_int_equal(
		    trash_rows(world, "files") + trash_rows(world, "storage_cleanup_queue"), files);
		assert_int_equal(trash_rows(world, "deletion_effects"), 0);
		assert_int_equal(trash_rows(world, c->kind == ITEM_SITE ? "sites" : "projects"), 0);
		assert_int_equal(trash_rows(world, "users"), c->kind == ITEM_ORGANIZATION ? 2 : 5);
	}
	assert_in_range(boundary, 3, 99);
}

static void containers_survive_a_kill_at_every_boundary(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		marking_a_container_survives(&cases[i]);
		restoring_a_container_survives(&cases[i]);
		purging_a_container_survives(&cases[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(marking_survives_a_kill_at_every_boundary),
	    cmocka_unit_test(restoring_survives_a_kill_at_every_boundary),
	    cmocka_unit_test(purging_survives_a_kill_at_every_boundary),
	    cmocka_unit_test(the_end_of_a_retention_survives_a_kill_at_every_boundary),
	    cmocka_unit_test(containers_survive_a_kill_at_every_boundary),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
