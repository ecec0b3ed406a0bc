/* steps_test.c - kill -9 at every step boundary of marking, restoring, purging and the end of a
 * retention: the next run goes on, and the end is the same as without. */
#include "../support/trash.h"

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
#define NOTES     9
#define STEP_ROWS 3

static struct world *world;
static struct actor ada;

static int start(void **state)
{
	(void)state;
	world = world_open();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static void set_up(void)
{
	struct id alder;

	world_clear(world);
	alder = world_organization(world, "Alder");
	ada = world_user(world, &alder, "ada@alder.example", ROLE_MEMBER);
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

/* Dies at the boundary it was told to die at. */
static void count_down(void *context, const char *name)
{
	int *left = context;

	(void)name;
	if (--*left == 0) {
		raise(SIGKILL);
	}
}

/* What is run: by the child until it dies, then by the parent to its end. */
typedef bool (*work_fn)(const struct domain *domain, struct arena *arena, struct error *error);

static bool work_continue(const struct domain *domain, struct arena *arena, struct error *error)
{
	unsigned steps;

	return deletions_continue(domain, arena, 0, &steps, error);
}

static bool work_purge(const struct domain *domain, struct arena *arena, struct error *error)
{
	struct purge_report report;

	return purge_due(domain, arena, NULL, &report, error);
}

/* Run it in a child that is killed after `boundary` steps. True if it was: false if it came to its
 * end before. */
static bool run_killed(work_fn work, int boundary)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct db *db;
		struct domain domain = world_second_domain(world, &db);
		struct arena *arena = arena_create();
		struct error error = {0};

		domain.after_step = count_down;
		domain.after_step_context = &boundary;
		_exit(work(&domain, arena, &error) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status)) {
		assert_int_equal(WEXITSTATUS(status), 0);
		return false;
	}
	assert_int_equal(WTERMSIG(status), SIGKILL);
	return true;
}

static void go_on(work_fn work)
{
	struct error error = {0};

	assert_true(work(&world->domain, world->arena, &error));
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
		killed = run_killed(work_continue, ++boundary);
		go_on(work_continue);
		deletion = trash_find(world, &deletion.id);
		assert_int_equal(deletion.state, DELETION_TRASHED);
		assert_int_equal(deletion.counts[COUNT_PHOTO], 2);
		assert_int_equal(deletion.counts[COUNT_NOTE], NOTES);
		assert_int_equal(deletion.counts[COUNT_AI_RESULT], 1);
		assert_int_equal(trash_marked(world, "photos", &deletion.id), 2);
		assert_int_equal(trash_marked(world, "photo_notes", &deletion.id), NOTES);
	}
	assert_true(boundary > 4);
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
		killed = run_killed(work_continue, ++boundary);
		go_on(work_continue);
		assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
		assert_int_equal(trash_live(world, "photos"), 2);
		assert_int_equal(trash_live(world, "photo_notes"), NOTES);
		assert_int_equal(trash_live(world, "ai_processing_results"), 1);
	}
	assert_true(boundary > 3);
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
		killed = run_killed(work_purge, ++boundary);
		go_on(work_purge);
		expect_purged();
		deletion = trash_find(world, &deletion.id);
		assert_int_equal(deletion.state, DELETION_PURGED);
		assert_int_equal(deletion.counts[COUNT_NOTE], NOTES);
		assert_int_equal(trash_entries(world, "photo.purge"), 1);
	}
	assert_true(boundary > 8);
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
		killed = run_killed(work_purge, ++boundary);
		go_on(work_purge);
		expect_purged();
		assert_true(trash_entries(world, "retention.purge") >= 1);
	}
	assert_true(boundary > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(marking_survives_a_kill_at_every_boundary),
	    cmocka_unit_test(restoring_survives_a_kill_at_every_boundary),
	    cmocka_unit_test(purging_survives_a_kill_at_every_boundary),
	    cmocka_unit_test(the_end_of_a_retention_survives_a_kill_at_every_boundary),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
