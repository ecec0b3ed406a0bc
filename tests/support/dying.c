/* dying.c - ends workers where the wire says, and starts them again. */
#include "dying.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define MOST_POINTS 2000
#define WAIT_S      60

static const char *const state_names[] = {
    "none", "marking", "trashed", "restoring", "restored", "purging", "purged"};

/* How far it had come when it was ended. */
static void tell(struct stack *stack, const char *where, unsigned point)
{
	int64_t state = stack_number(stack, "SELECT COALESCE(MAX(state + 0), 0) FROM deletions");

	printf("  ended %s %u: deletion %s, %lld of %lld photos and %lld of %lld notes marked,"
	       " %lld files queued, %u objects\n",
	    where, point, state_names[state],
	    (long long)stack_number(
		stack, "SELECT COUNT(*) FROM photos WHERE deleted_at IS NOT NULL"),
	    (long long)trash_rows(stack->world, "photos"),
	    (long long)stack_number(
		stack, "SELECT COUNT(*) FROM photo_notes WHERE deleted_at IS NOT NULL"),
	    (long long)trash_rows(stack->world, "photo_notes"),
	    (long long)trash_rows(stack->world, "storage_cleanup_queue"),
	    world_objects(stack->world));
}

/* What the point is, for the output. */
static const char *where_of(enum wire_fault fault, int command)
{
	if (command != WIRE_QUERY)
		return "before packet";
	return fault == WIRE_KILL_BEFORE ? "before COMMIT" : "after COMMIT";
}

static struct made *prepare(struct stack *stack, const struct dying *scenario)
{
	struct made *made = calloc(1, scenario->made_size);

	stack_clear(stack);
	scenario->prepare(stack, made);
	return made;
}

/* Where it was ended, another one goes on. */
static void go_on(struct stack *stack, const struct dying *scenario, struct made *made, bool died,
    const char *where, unsigned point)
{
	if (died) {
		stack_wait_alone(stack);
		tell(stack, where, point);
		stack_work(stack, NULL);
	}
	scenario->check(stack, made);
	stack_check_storage(stack, 0);
	free(made);
}

/* End the worker at this point, start it again. False where it ended before the point. */
static bool die_at(struct stack *stack, const struct dying *scenario, enum wire_fault fault,
    int command, unsigned point)
{
	struct made *made = prepare(stack, scenario);
	bool died;
	int status;

	wire_break_after(
	    stack->wire, fault, command, command == WIRE_QUERY ? WIRE_COMMIT : NULL, point);
	status = stack_run(stack, NULL, LETHE("work", "--once"));
	died = wire_broke(stack->wire);
	wire_disarm(stack->wire);
	assert_int_equal(status, died ? -SIGKILL : 0);
	go_on(stack, scenario, made, died, where_of(fault, command), point);
	return died;
}

bool dying_after(struct stack *stack, const struct dying *scenario, unsigned milliseconds)
{
	struct made *made = prepare(stack, scenario);
	pid_t worker = stack_start(stack, NULL, LETHE("work", "--once"));
	int status;

	usleep(milliseconds * 1000);
	kill(worker, SIGKILL);
	status = stack_wait(worker, WAIT_S);
	go_on(stack, scenario, made, status == -SIGKILL, "after milliseconds", milliseconds);
	return status == -SIGKILL;
}

void dying_everywhere(
    struct stack *stack, const struct dying *scenario, int command, unsigned first, unsigned stride)
{
	unsigned points = 0;

	for (unsigned point = first; die_at(stack, scenario, WIRE_KILL_BEFORE, command, point);
	     point += stride)
		assert_true(++points < MOST_POINTS);
	assert_true(points > 1 || stride > 1);
	if (command == WIRE_QUERY)
		for (unsigned point = first;
		     die_at(stack, scenario, WIRE_KILL_AFTER, command, point); point += stride)
			continue;
}

void dying_at_every_step(struct stack *stack, const struct dying *scenario)
{
	if (getenv("FAULT_LONG"))
		dying_everywhere(stack, scenario, WIRE_ANY, 0, 1);
	dying_everywhere(stack, scenario, WIRE_QUERY, 0, 1);
}
