/* import_kill_test.c - `lethe import` ended by SIGKILL at packets from its first to its last and
 * run again: every picture is there once. FAULT_LONG=1 tries every packet. */
#include "../support/stack.h"

#include "../support/program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define PICTURES    5
#define STRIDE      6
#define MOST_POINTS 400

static const char *make_pictures(struct stack *stack)
{
	const char *folder = arena_printf(stack->lasting, "%s/pictures", stack->folder);

	assert_int_equal(mkdir(folder, 0700), 0);
	for (int i = 0; i < PICTURES; i++) {
		struct storage_stage *stage = world_picture(stack->world);
		const char *const arguments[] = {"cp", storage_stage_path(stage),
		    arena_printf(stack->lasting, "%s/%d.png", folder, i), NULL};

		assert_int_equal(program_run(arguments, NULL, 0), 0);
		storage_discard(&stage);
	}
	return folder;
}

/* Photos and their rows are in pairs, whatever happened; an object more there may be. */
static void check(struct stack *stack, int64_t least, int64_t most)
{
	int64_t photos = trash_rows(stack->world, "photos");

	assert_in_range(photos, least, most);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM files WHERE part = 'original'"), photos);
	assert_int_equal(trash_entries(stack->world, "photo.create"), photos);
	stack_check_storage(
	    stack, world_objects(stack->world) - (unsigned)trash_rows(stack->world, "files"));
}

static bool die_at(struct stack *stack, const char *folder, unsigned point)
{
	const char *const import[] = {"import", folder, "--owner", STACK_MEMBER, NULL};
	bool died;
	int status;

	stack_clear(stack);
	stack_open_people(stack);
	wire_break_after(stack->wire, WIRE_KILL_BEFORE, WIRE_ANY, NULL, point);
	status = stack_run(stack, NULL, import);
	died = wire_broke(stack->wire);
	wire_disarm(stack->wire);
	assert_int_equal(status, died ? -SIGKILL : 0);
	stack_wait_alone(stack);
	check(stack, died ? 0 : PICTURES, PICTURES);
	printf("  ended before packet %u: %lld photos, %u objects\n", point,
	    (long long)trash_rows(stack->world, "photos"), world_objects(stack->world));
	assert_int_equal(stack_run(stack, NULL, import), 0);
	check(stack, PICTURES, PICTURES);
	return died;
}

static void an_import_that_was_killed_can_be_run_again(void **state)
{
	struct stack *stack = *state;
	const char *folder = make_pictures(stack);
	unsigned stride = getenv("FAULT_LONG") ? 1 : STRIDE, points = 0;

	for (unsigned i = 0; die_at(stack, folder, i); i += stride)
		assert_true(++points < MOST_POINTS);
	assert_true(points > PICTURES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_import_that_was_killed_can_be_run_again),
	};

	return cmocka_run_group_tests(tests, stack_group_open, stack_group_close);
}
