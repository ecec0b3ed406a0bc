/* marking_race_test.c - what others do between the steps of a large deletion or restore: results of
 * generations that come in meanwhile, names that are taken, and the worker's own rest. */
#include "../../app/worker/tasks.h"
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/generations.h>
#include <pthread.h>
#include <store/users.h>
#include <time.h>

#define ORIGINALS 6

static struct actor platform;
static struct id project;
static struct id originals[ORIGINALS], generations[ORIGINALS];

DB_STATEMENT(race_live_derivatives,
    "SELECT COUNT(*) FROM photos WHERE original_id IS NOT NULL AND shelf = 0");
DB_STATEMENT(race_archived_derivatives,
    "SELECT COUNT(*) FROM photos WHERE original_id IS NOT NULL AND shelf = 1");
DB_STATEMENT(race_derivatives_in_place,
    "SELECT COUNT(*) FROM photos WHERE original_id IS NOT NULL AND project_id IS NOT NULL");
DB_STATEMENT(race_left_over, "SELECT COUNT(*) FROM photos p JOIN projects r ON r.id = p.project_id"
			     " WHERE p.deleted_at IS NULL AND r.deleted_at IS NOT NULL");
DB_STATEMENT(race_live_users, "SELECT COUNT(*) FROM users WHERE deleted_at IS NULL");

static int set_up(void **state)
{
	(void)state;
	scene_people();
	platform = world_user(world, &birch, "platform@birch.example", ROLE_PLATFORM_ADMIN);
	return 0;
}

/* A project with originals, and a generation under way from each. */
static void begin_generations(void)
{
	struct error error = {0};

	project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	for (int i = 0; i < ORIGINALS; i++) {
		world->clock.fixed_us += 1000;
		originals[i] = world_photo(world, &ada, "A photo", &project, NULL);
		assert_true(generation_start(
		    &world->domain, &ada, world->arena, &originals[i], &generations[i], &error));
	}
}

static struct deletion delete_project(enum photo_action action)
{
	struct deletion deletion;

	world->domain.step_rows = 1;
	assert_string_equal(
	    containers_delete(world, &admin, ITEM_PROJECT, &project, action, "Orchard", &deletion),
	    "");
	assert_int_equal(deletion.state, DELETION_MARKING);
	return deletion;
}

/* Somebody else, whose results come in one after each step. */
struct machine {
	struct domain domain;
	struct db *db;
	unsigned delivered, refused;
};

static void deliver_next(void *context, const char *step)
{
	struct machine *machine = context;
	unsigned next = machine->delivered + machine->refused;
	struct storage_stage *stage;
	struct photo photo;
	struct error error = {0};

	(void)step;
	if (next == ORIGINALS) {
		return;
	}
	/* The oldest first: the marking comes from the other end, so that both are met. */
	stage = world_picture(world);
	if (generation_finish(
		&machine->domain, &ada, world->arena, &generations[next], &stage, &photo, &error)) {
		machine->delivered++;
		return;
	}
	machine->refused++;
	assert_int_equal(error.kind, ERROR_GONE);
}

static struct machine mark_while_results_come(void)
{
	struct machine machine = {.delivered = 0};

	machine.domain = world_second_domain(world, &machine.db);
	machine.domain.after_step = NULL;
	world->domain.after_step = deliver_next;
	world->domain.after_step_context = &machine;
	trash_continue(world);
	world->domain.after_step = NULL;
	db_close(&machine.db);
	assert_int_equal(machine.delivered + machine.refused, ORIGINALS);
	return machine;
}

static void results_for_what_is_being_deleted_are_refused(void **state)
{
	const unsigned objects = ORIGINALS;
	struct deletion deletion;

	(void)state;
	begin_generations();
	deletion = delete_project(PHOTO_ACTION_DELETE);
	assert_int_equal(mark_while_results_come().delivered, 0);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_TRASHED);
	assert_int_equal(trash_find(world, &deletion.id).counts[COUNT_PHOTO], ORIGINALS);
	assert_int_equal(trash_rows(world, "photos"), ORIGINALS);
	assert_int_equal(world_objects(world), objects);
}

static void results_for_what_is_being_archived_join_it(void **state)
{
	struct deletion deletion;

	(void)state;
	begin_generations();
	deletion = delete_project(PHOTO_ACTION_ARCHIVE);
	assert_int_equal(mark_while_results_come().delivered, ORIGINALS);
	assert_int_equal(world_number(world, &race_live_derivatives), 0);
	assert_int_equal(world_number(world, &race_archived_derivatives), ORIGINALS);
	/* And come back with it. */
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	assert_int_equal(world_number(world, &race_live_derivatives), ORIGINALS);
}

static void results_for_what_is_being_orphaned_are_orphans(void **state)
{
	(void)state;
	begin_generations();
	(void)delete_project(PHOTO_ACTION_ORPHAN);
	assert_int_equal(mark_while_results_come().delivered, ORIGINALS);
	assert_int_equal(world_number(world, &race_live_derivatives), ORIGINALS);
	assert_int_equal(world_number(world, &race_derivatives_in_place), 0);
}

static void *run_machine(void *context)
{
	struct machine *machine = context;
	struct arena *arena = arena_create();

	for (int i = 0; i < ORIGINALS; i++) {
		struct storage_stage *stage = world_picture(world);
		struct photo photo;
		struct error error = {0};

		machine->delivered += generation_finish(
		    &machine->domain, &ada, arena, &generations[i], &stage, &photo, &error);
	}
	arena_destroy(&arena);
	return NULL;
}

/* Both at once, over two connections: whoever is first, nothing live is left in what is deleted. */
static void nothing_is_left_over_whoever_is_first(void **state)
{
	struct machine machine = {.delivered = 0};

	(void)state;
	machine.domain = world_second_domain(world, &machine.db);
	for (int round = 0; round < 8; round++) {
		pthread_t thread;

		begin_generations();
		assert_int_equal(pthread_create(&thread, NULL, run_machine, &machine), 0);
		(void)delete_project(PHOTO_ACTION_DELETE);
		trash_continue(world);
		pthread_join(thread, NULL);
		trash_continue(world);
		assert_int_equal(world_number(world, &race_left_over), 0);
		world->domain.step_rows = DOMAIN_STEP_ROWS;
	}
	db_close(&machine.db);
}

/* An organisation's people come back in steps. Whose address somebody else has taken since that was
 * asked for comes back without one, and nobody waits. */
static void an_address_taken_during_a_restore_stays_its_takers(void **state)
{
	struct deletion deletion;
	const struct deletion_act act = {.kind = ITEM_ORGANIZATION,
	    .item_id = alder,
	    .origin = ORIGIN_BY_ACTOR,
	    .confirmation = "Alder"};
	struct error error = {0};
	struct actor taker;
	struct user back, other;

	(void)state;
	world->domain.step_rows = 1;
	assert_true(
	    deletions_delete(&world->domain, &platform, world->arena, &act, &deletion, &error));
	trash_continue(world);
	assert_true(deletions_restore_organization(
	    &world->domain, &platform, world->arena, &alder, &deletion, &error));
	assert_int_equal(deletion.state, DELETION_RESTORING);
	taker = world_user(world, &birch, "ada@alder.example", ROLE_MEMBER);
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	assert_int_equal(world_number(world, &race_live_users), 6);
	assert_int_equal(users_find(world->db, world->arena, &ada.user_id, &back), DB_OK);
	assert_null(back.email);
	assert_int_equal(users_find(world->db, world->arena, &taker.user_id, &other), DB_OK);
	assert_string_equal(other.email, "ada@alder.example");
}

/* Somebody takes the address of a deleted site, and has not committed yet. */
struct taker {
	struct domain domain;
	struct db *db;
	struct place site;
	pthread_barrier_t taken;
};

static bool take_slug(struct db_tx *tx, void *context, struct error *error)
{
	struct taker *taker = context;
	enum db_result result = store_place_insert(tx, &taker->site);

	pthread_barrier_wait(&taker->taken);
	/* Long enough for the restore to have asked, and to wait at the index. */
	nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
	return result == DB_OK || db_fail(result, error);
}

static void *run_taker(void *context)
{
	struct taker *taker = context;

	return db_transaction(taker->domain.db, take_slug, taker, NULL) ? taker : NULL;
}

static void a_slug_taken_during_a_restore_is_told(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "Stall");
	struct taker taker = {.site = {.kind = PLACE_SITE,
				  .id = id_generate(world->clock.fixed_us + 1),
				  .organization_id = alder,
				  .name = "Another stall",
				  .created_by = admin.user_id,
				  .created_at_us = world->clock.fixed_us}};
	struct place before;
	struct deletion deletion;
	pthread_t thread;
	void *committed;

	(void)state;
	assert_int_equal(
	    store_place_find(world->db, world->arena, PLACE_SITE, &alder, &site, &before), DB_OK);
	taker.site.slug = before.slug;
	assert_string_equal(containers_delete(world, &admin, ITEM_SITE, &site, PHOTO_ACTION_DELETE,
				"Stall", &deletion),
	    "");
	taker.domain = world_second_domain(world, &taker.db);
	pthread_barrier_init(&taker.taken, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, run_taker, &taker), 0);
	pthread_barrier_wait(&taker.taken);
	/* Too late to name who has it, but nothing is half done; the next try names it. */
	assert_string_not_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	pthread_join(thread, &committed);
	assert_non_null(committed);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_TRASHED);
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "slug_taken");
	pthread_barrier_destroy(&taker.taken);
	db_close(&taker.db);
}

static bool never(void *context)
{
	(void)context;
	return false;
}

static void delete_due_photo(void)
{
	struct id photo = world_photo(world, &ada, "A photo", NULL, NULL);

	assert_string_equal(trash_delete(world, &ada, &photo, NULL), "");
	world->clock.fixed_us += 4 * HOUR_US;
}

/* `lethe work` rests after each step of purging, `lethe work --once` does not. */
static void purging_keeps_the_pace(void **state)
{
	struct worker_pace pace = {0};
	struct worker worker = {
	    .domain = &world->domain, .pace = &pace, .control = {.stop = never}};
	struct error error = {0};

	(void)state;
	delete_due_photo();
	assert_true(task_purge(&worker, world->arena, &error));
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_true(pace.resumed_us > 0);
	pace = (struct worker_pace){0};
	worker.pace = NULL;
	delete_due_photo();
	assert_true(task_purge(&worker, world->arena, &error));
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_int_equal(pace.resumed_us, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(results_for_what_is_being_deleted_are_refused, set_up),
	    cmocka_unit_test_setup(results_for_what_is_being_archived_join_it, set_up),
	    cmocka_unit_test_setup(results_for_what_is_being_orphaned_are_orphans, set_up),
	    cmocka_unit_test_setup(nothing_is_left_over_whoever_is_first, set_up),
	    cmocka_unit_test_setup(an_address_taken_during_a_restore_stays_its_takers, set_up),
	    cmocka_unit_test_setup(a_slug_taken_during_a_restore_is_told, set_up),
	    cmocka_unit_test_setup(purging_keeps_the_pace, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
