/* webhook_kill_test.c - a worker that is killed while it delivers events: between claiming one and
 * posting it, while it is posted, and before its answer is noted. Every event arrives, the one in
 * hand perhaps twice, and then it is the same to the byte. */
#include "../support/dying.h"
#include "../support/hooks.h"
#include "../support/receiver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define EVENTS     3
#define LATER      "+2m" /* when another may take what was claimed */
#define WAIT_TRIES 6000  /* of a hundredth of a second */

/* A line of the inbox: "STATUS ID TYPE VERDICT DIGEST". */
struct received {
	char id[40], verdict[40], digest[80];
};

struct made {
	struct id ids[EVENTS];
};

static void subscribe(struct stack *stack, struct made *made, unsigned events, const char *path)
{
	struct world *world = stack->world;
	struct id farm = world_organization(world, "Fault Farm");
	struct actor admin = world_user(world, &farm, "a@fault.example", ROLE_ADMIN);
	struct webhook webhook;

	world->domain.webhook_private = true;
	webhook = hooks_subscribe(world, &admin, receiver_url(world->arena, path));
	receiver_clear();
	for (unsigned i = 0; i < events; i++)
		made->ids[i] = hooks_tell(world, &admin, &webhook);
}

static void prepare(struct stack *stack, struct made *made)
{
	subscribe(stack, made, EVENTS, "204");
}

static size_t read_inbox(struct stack *stack, struct received *lines, size_t most)
{
	const char *inbox = receiver_inbox(stack->world->arena);
	size_t count = 0;

	for (const char *at = inbox; strchr(at, '\n'); at = strchr(at, '\n') + 1) {
		assert_true(count < most);
		assert_int_equal(sscanf(at, "%*s %39s %*s %39s %79s", lines[count].id,
				     lines[count].verdict, lines[count].digest),
		    3);
		count++;
	}
	return count;
}

/* How often this event arrived: always the same, and rightly signed. */
static unsigned arrived(const struct received *lines, size_t count, const struct id *id)
{
	const char *digest = NULL;
	char text[ID_TEXT_SIZE];
	unsigned times = 0;

	id_format(id, text);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(lines[i].id, text) != 0)
			continue;
		assert_string_equal(lines[i].verdict, "good");
		if (digest)
			assert_string_equal(lines[i].digest, digest);
		digest = lines[i].digest;
		times++;
	}
	return times;
}

static void check(struct stack *stack, const struct made *made)
{
	struct received lines[4 * EVENTS];
	size_t count;

	stack_work(stack, LATER);
	count = read_inbox(stack, lines, 4 * EVENTS);
	for (size_t i = 0; i < EVENTS; i++)
		assert_true(arrived(lines, count, &made->ids[i]) > 0);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM webhook_outbox WHERE state = 'sent'"),
	    EVENTS);
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

/* It is the dead worker's for a while. */
static void check_claimed(struct stack *stack)
{
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM webhook_outbox WHERE state = 'waiting'"
				" AND attempts = 1"
				" AND next_attempt_at >= created_at + INTERVAL 60 SECOND"),
	    1);
}

/* Kill the worker where it is about to prepare this statement, for the first event. */
static void kill_before(struct stack *stack, const char *statement)
{
	wire_break(stack->wire, WIRE_KILL_BEFORE, WIRE_PREPARE, statement, 0, NULL);
	assert_int_equal(stack_run(stack, NULL, LETHE("work", "--once")), -SIGKILL);
	assert_true(wire_broke(stack->wire));
	wire_disarm(stack->wire);
	stack_wait_alone(stack);
}

/* The receiver has answered, and nobody has noted it. */
static void killed_before_noting(void **state)
{
	struct stack *stack = *state;
	struct received lines[2];
	struct made made;

	stack_clear(stack);
	subscribe(stack, &made, 1, "204");
	kill_before(stack, "UPDATE webhook_outbox SET state");
	assert_int_equal(arrived(lines, read_inbox(stack, lines, 2), &made.ids[0]), 1);
	check_claimed(stack);
	stack_work(stack, LATER);
	assert_int_equal(arrived(lines, read_inbox(stack, lines, 2), &made.ids[0]), 2);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM webhook_outbox"
					     " WHERE state = 'sent' AND attempts = 2"),
	    1);
}

/* The receiver has the event in hand. */
static void killed_before_the_answer(void **state)
{
	struct stack *stack = *state;
	struct received lines[2];
	struct made made;
	pid_t worker;

	stack_clear(stack);
	subscribe(stack, &made, 1, "held");
	receiver_hold(true);
	worker = stack_start(stack, NULL, LETHE("work", "--once"));
	for (int i = 0; i < WAIT_TRIES && !strchr(receiver_inbox(stack->world->arena), '\n'); i++)
		usleep(10 * 1000);
	assert_int_equal(kill(worker, SIGKILL), 0);
	assert_int_equal(stack_wait(worker, 60), -SIGKILL);
	receiver_hold(false);
	stack_wait_alone(stack);
	check_claimed(stack);
	stack_work(stack, LATER);
	assert_int_equal(arrived(lines, read_inbox(stack, lines, 2), &made.ids[0]), 2);
}

static int open_group(void **state)
{
	*state = stack_open();
	setenv("LETHE_WEBHOOK_PRIVATE", "1", 1);
	receiver_start(false);
	return 0;
}

static int close_group(void **state)
{
	struct stack *stack = *state;

	receiver_stop();
	stack_close(&stack);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_around_commits),
	    cmocka_unit_test(killed_at_any_moment),
	    cmocka_unit_test(killed_before_noting),
	    cmocka_unit_test(killed_before_the_answer),
	};

	return cmocka_run_group_tests(tests, open_group, close_group);
}
