/* export_kill_test.c - a worker that is killed while it makes an export, also around each COMMIT:
 * the next one makes it whole, once, and nothing is left of the first. */
#include "../support/archives.h"
#include "../support/dying.h"
#include "../support/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <domain/exports.h>

#define PHOTOS 60 /* more than a page */

struct made {
	struct actor owner;
	struct export_row row;
};

static void prepare(struct stack *stack, struct made *made)
{
	struct world *world = stack->world;
	struct id farm = world_organization(world, "Fault Farm");
	struct error error = {0};

	made->owner = world_user(world, &farm, "o@fault.example", ROLE_MEMBER);
	for (int i = 0; i < PHOTOS; i++)
		(void)world_photo(world, &made->owner, "Mine", NULL, NULL);
	assert_true(
	    exports_request(&world->domain, &made->owner, world->arena, &made->row, &error));
}

static void check(struct stack *stack, const struct made *made)
{
	struct world *world = stack->world;
	struct error error = {0};
	struct file file;
	const char *path;

	/* What was left by the first goes in a round of its own, and by the queue. */
	stack_work(stack, NULL);
	if (!exports_file(&world->domain, &made->owner, world->arena, &made->row.id, &file, &error))
		fail_msg("%s", error.code);
	path = arena_printf(world->arena, "%s/%s", world->folder, file.storage_key);
	assert_int_equal(taken_verify(path), 0);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM exports"), 1);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM jobs"), 0);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM mail_outbox WHERE template = 'export_ready'"),
	    1);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(world), PHOTOS + 1);
	assert_int_equal(world_staged(world), 0);
}

static void killed_around_commits(void **state)
{
	dying_at_every_step(*state, &DYING(prepare, check));
}

/* The moments differ from run to run. */
static void killed_at_any_moment(void **state)
{
	srandom((unsigned)getpid());
	for (int i = 0; i < 5; i++)
		(void)dying_after(*state, &DYING(prepare, check), 10 + (unsigned)random() % 90);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_around_commits),
	    cmocka_unit_test(killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, stack_group_open, stack_group_close);
}
