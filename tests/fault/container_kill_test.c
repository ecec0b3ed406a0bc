/* container_kill_test.c - deleting projects, sites and organisations with each choice, restoring
 * and purging them, while workers are ended by SIGKILL around their COMMITs and at odd moments: the
 * end state is as if nothing had happened, and a restore gives back exactly what the act took. */
#include "../support/containers.h"
#include "../support/dying.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define MANY   1500 /* photos, more than one step takes */
#define STRIDE 5
#define BESIDE 6 /* photos that are furnished and were not deleted before */

/* What is deleted, how, and what becomes of it. */
enum phase { MARKED, RESTORED, HALF_RESTORED, PURGED };
static const struct kill_case {
	const char *name;
	enum item_kind kind;
	enum photo_action action;
	enum phase phase;
} cases[] = {
    {"a project with its photos", ITEM_PROJECT, PHOTO_ACTION_DELETE, MARKED},
    {"a project, its photos archived", ITEM_PROJECT, PHOTO_ACTION_ARCHIVE, MARKED},
    {"a project, its photos kept", ITEM_PROJECT, PHOTO_ACTION_ORPHAN, MARKED},
    {"a site with its photos", ITEM_SITE, PHOTO_ACTION_DELETE, MARKED},
    {"an organisation", ITEM_ORGANIZATION, PHOTO_ACTION_NONE, MARKED},
    {"a project comes back with its photos", ITEM_PROJECT, PHOTO_ACTION_DELETE, RESTORED},
    {"a project comes back, its photos unarchived", ITEM_PROJECT, PHOTO_ACTION_ARCHIVE, RESTORED},
    {"a project comes back, its photos put back", ITEM_PROJECT, PHOTO_ACTION_ORPHAN, RESTORED},
    {"a site comes back, half archived", ITEM_SITE, PHOTO_ACTION_ARCHIVE, HALF_RESTORED},
    {"a site comes back, its photos put back", ITEM_SITE, PHOTO_ACTION_ORPHAN, HALF_RESTORED},
    {"an organisation comes back", ITEM_ORGANIZATION, PHOTO_ACTION_NONE, RESTORED},
    {"a project is purged with its photos", ITEM_PROJECT, PHOTO_ACTION_DELETE, PURGED},
    {"a project is purged, its photos archived", ITEM_PROJECT, PHOTO_ACTION_ARCHIVE, PURGED},
    {"a site is purged, its photos kept", ITEM_SITE, PHOTO_ACTION_ORPHAN, PURGED},
    {"an organisation is purged", ITEM_ORGANIZATION, PHOTO_ACTION_NONE, PURGED},
};

struct made {
	struct actor platform, admin, owner;
	struct furnished furnished;
	struct deletion deletion;
	struct snapshot before;
};

/* Which case the scenario is of: it gets nothing else to know it by. */
static const struct kill_case *current;

static void make_many(struct stack *stack, const struct made *made)
{
	const char *place = trash_hex(stack->world, &made->furnished.id);
	bool site = made->furnished.kind == ITEM_SITE;

	trash_sql(stack->world,
	    "INSERT INTO photos (id, organization_id, uploader_id, project_id, site_id, title,"
	    " status, bytes, created_at) SELECT UNHEX(CONCAT('0190', LPAD(HEX(seq), 28, '0'))),"
	    " %s, %s, %s, %s, CONCAT('Photo ', seq), 'approved', 10, '2026-01-01'"
	    " FROM seq_1_to_%d",
	    trash_hex(stack->world, &made->admin.organization_id),
	    trash_hex(stack->world, &made->owner.user_id), site ? "NULL" : place,
	    site ? place : "NULL", MANY);
}

static void delete_it(struct stack *stack, struct made *made)
{
	bool all = current->kind == ITEM_ORGANIZATION;

	assert_string_equal(
	    containers_delete(stack->world, all ? &made->platform : &made->admin, current->kind,
		all ? &made->admin.organization_id : &made->furnished.id, current->action,
		all ? "Fault Farm" : made->furnished.name, &made->deletion),
	    "");
	assert_int_equal(made->deletion.state, DELETION_MARKING);
}

static void restore_it(struct stack *stack, struct made *made)
{
	struct error error = {0};
	unsigned steps;

	if (current->phase == RESTORED)
		trash_continue(stack->world);
	else
		assert_true(deletions_continue(
		    &stack->world->domain, stack->world->arena, 1, &steps, &error));
	assert_string_equal(trash_restore(stack->world,
				current->kind == ITEM_ORGANIZATION ? &made->platform : &made->admin,
				&made->deletion.id, &made->deletion),
	    "");
	assert_int_equal(made->deletion.state, DELETION_RESTORING);
}

static void prepare(struct stack *stack, struct made *made)
{
	const int64_t window_us = current->phase == PURGED ? 8 * 24 * HOUR_US : 0;
	struct world *world = stack->world;
	struct id farm, home;

	world->clock.fixed_us -= window_us;
	home = world_organization(world, "Installation");
	farm = world_organization(world, "Fault Farm");
	made->platform = world_user(world, &home, "p@fault.example", ROLE_PLATFORM_ADMIN);
	made->admin = world_user(world, &farm, "a@fault.example", ROLE_ADMIN);
	made->owner = world_user(world, &farm, "o@fault.example", ROLE_MEMBER);
	made->furnished = containers_furnish(world, &made->admin, &made->owner,
	    current->kind == ITEM_SITE ? ITEM_SITE : ITEM_PROJECT, "Orchard");
	make_many(stack, made);
	/* What was deleted before stays in the trash beside all that happens. */
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01'");
	/* A request that is pending would be settled by the deletion for good. */
	trash_sql(world, "DELETE FROM deletion_requests");
	trash_sql(
	    world, "UPDATE photos SET status = 'approved' WHERE status = 'deletion_requested'");
	made->before = containers_snapshot(world);
	delete_it(stack, made);
	if (current->phase == RESTORED || current->phase == HALF_RESTORED)
		restore_it(stack, made);
	else if (current->phase == PURGED)
		trash_continue(world);
	world->clock.fixed_us += window_us;
}

/* --- what it must be then ------------------------------------------------------------------ */

static void check_marked(struct stack *stack, const struct made *made)
{
	struct world *world = stack->world;
	bool archives = current->action == PHOTO_ACTION_ARCHIVE;
	bool orphans = current->action == PHOTO_ACTION_ORPHAN;
	bool all = current->kind == ITEM_ORGANIZATION;
	int64_t touched = MANY + (archives ? 3 : all ? BESIDE : 5);

	assert_int_equal(trash_find(world, &made->deletion.id).counts[COUNT_PHOTO], touched);
	assert_int_equal(
	    trash_marked(world, "photos", &made->deletion.id), archives || orphans ? 0 : touched);
	assert_int_equal(
	    trash_marked(world, "photo_notes", &made->deletion.id), archives || orphans ? 0 : 3);
	assert_int_equal(trash_rows(world, "deletion_effects"), archives || orphans ? touched : 0);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM photos WHERE archived_at IS NOT NULL"),
	    archives ? touched + 2 : 2);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM photos WHERE project_id IS NOT NULL OR"
				" site_id IS NOT NULL"),
	    orphans ? 1 : MANY + BESIDE);
	assert_int_equal(trash_live(world, "users"), all ? 1 : 3);
}

static void check_restored(struct stack *stack, const struct made *made)
{
	struct snapshot after = containers_snapshot(stack->world);

	const char *differing = containers_compare(&made->before, &after);

	if (differing)
		print_error("%s differs\n", differing);
	assert_null(differing);
}

/* Only what was chosen to stay is left, and what had been deleted on its own. */
static void check_purged(struct stack *stack, const struct made *made)
{
	struct world *world = stack->world;
	bool all = current->kind == ITEM_ORGANIZATION;
	bool deletes = current->action == PHOTO_ACTION_DELETE;

	assert_int_equal(trash_rows(world, "photos"), all ? 0 : deletes ? 2 : MANY + BESIDE + 1);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM photos WHERE project_id IS NOT"
					     " NULL OR site_id IS NOT NULL"),
	    0);
	assert_int_equal(trash_rows(world, "projects") + trash_rows(world, "sites"), 0);
	assert_int_equal(trash_rows(world, "deletion_effects"), 0);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 0);
	assert_int_equal(trash_rows(world, "photo_notes"), all || deletes ? 0 : 3);
	assert_int_equal(trash_rows(world, "albums"), all ? 0 : 1);
	assert_null(trash_find(world, &made->deletion.id).label);
}

static void check(struct stack *stack, const struct made *made)
{
	static const struct {
		enum deletion_state state;
		void (*check)(struct stack *stack, const struct made *made);
	} ends[] = {
	    [MARKED] = {DELETION_TRASHED, check_marked},
	    [RESTORED] = {DELETION_RESTORED, check_restored},
	    [HALF_RESTORED] = {DELETION_RESTORED, check_restored},
	    [PURGED] = {DELETION_PURGED, check_purged},
	};

	assert_int_equal(
	    trash_find(stack->world, &made->deletion.id).state, ends[current->phase].state);
	ends[current->phase].check(stack, made);
}

/* Each case begins at another one, so that together they meet every kind of step; with FAULT_LONG=1
 * each meets all of them. */
static void killed_around_commits(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		current = &cases[i];
		printf("%s\n", current->name);
		if (getenv("FAULT_LONG"))
			dying_at_every_step(*state, &DYING(prepare, check));
		else
			dying_everywhere(*state, &DYING(prepare, check), WIRE_QUERY,
			    (unsigned)i % STRIDE, STRIDE);
	}
}

/* The moments differ from run to run; each case has some. */
static void killed_at_any_moment(void **state)
{
	srandom((unsigned)getpid());
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		current = &cases[i];
		printf("%s\n", current->name);
		(void)dying_after(*state, &DYING(prepare, check), 10 + (unsigned)random() % 150);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_around_commits),
	    cmocka_unit_test(killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, stack_group_open, stack_group_close);
}
