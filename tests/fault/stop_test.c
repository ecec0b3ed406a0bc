/* stop_test.c - SIGTERM in the middle of a step and of a request, workers side by side. */
#include "../support/stack.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define STOP_S     10
#define DELETIONS  30
#define DUE        3
#define QUEUED     150
#define WORKERS    3
#define ROUNDS     5
#define HOLD_MS    300
#define WAIT_TRIES 2000

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void wait_broke(struct stack *stack)
{
	for (int i = 0; i < WAIT_TRIES && !wire_broke(stack->wire); i++)
		pause_ms(5);
	assert_true(wire_broke(stack->wire));
}

/* Deletions whose window has closed, of a photo with a note and a tag each. */
static void make_due(struct stack *stack, unsigned count)
{
	struct world *world = stack->world;
	struct id organization_id = world_organization(world, "Fault Farm");
	struct actor member = world_user(world, &organization_id, "a@fault.example", ROLE_MEMBER);

	world->clock.fixed_us -= 5 * HOUR_US;
	for (unsigned i = 0; i < count; i++) {
		struct id photo_id = world_photo(world, &member, "A photo", NULL, NULL);

		trash_note(world, &member, &photo_id);
		trash_tag(world, &member, &photo_id, "tag");
		assert_string_equal(trash_delete(world, &member, &photo_id, NULL), "");
	}
	world->clock.fixed_us += 5 * HOUR_US;
}

static void check_all_purged(struct stack *stack, int64_t count)
{
	struct world *world = stack->world;

	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged' AND"
				" photo_count = 1 AND note_count = 1 AND label IS NULL"),
	    count);
	assert_int_equal(trash_rows(world, "deletions"), count);
	assert_int_equal(trash_entries(world, "photo.purge"), count);
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_int_equal(trash_rows(world, "photo_notes"), 0);
	assert_int_equal(trash_rows(world, "files"), 0);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(world), 0);
}

/* --- stopping ------------------------------------------------------------------------------ */

/* The commit of a purge is held back when SIGTERM comes: that deletion is purged, no other begun.
 */
static void a_worker_ends_after_the_step_in_hand(void **state)
{
	struct stack *stack = *state;
	pid_t worker;
	int64_t purged;

	stack_clear(stack);
	make_due(stack, DUE);
	wire_break_after(stack->wire, WIRE_HOLD, WIRE_QUERY, WIRE_COMMIT, 1);
	worker = stack_start(stack, NULL, LETHE("work"));
	wait_broke(stack);
	purged = stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged'");
	kill(worker, SIGTERM);
	pause_ms(HOLD_MS);
	wire_release(stack->wire);
	assert_int_equal(stack_wait(worker, STOP_S), 0);
	assert_in_range(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged'"), purged,
	    purged + 1);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state IN ('trashed',"
				" 'purged')"),
	    DUE);
	assert_true(trash_rows(stack->world, "photos") > 0);
	stack_check_storage(stack, 0);
	stack_work(stack, NULL);
	check_all_purged(stack, DUE);
}

static void an_idle_worker_ends_at_once(void **state)
{
	struct stack *stack = *state;
	unsigned before = stack_logged(stack, "worker_started");
	pid_t worker = stack_start(stack, NULL, LETHE("work"));

	for (int i = 0; i < WAIT_TRIES && stack_logged(stack, "worker_started") == before; i++)
		pause_ms(5);
	kill(worker, SIGTERM);
	assert_int_equal(stack_wait(worker, STOP_S / 2), 0);
}

/* The store answers no more, for longer than a stop may take. */
static void a_worker_that_waits_for_the_store_in_vain_ends_in_time(void **state)
{
	struct stack *stack = *state;
	pid_t worker;

	stack_clear(stack);
	make_due(stack, DUE);
	wire_break_after(stack->wire, WIRE_HOLD, WIRE_QUERY, WIRE_COMMIT, 1);
	worker = stack_start(stack, NULL, LETHE("work"));
	wait_broke(stack);
	kill(worker, SIGTERM);
	assert_int_not_equal(stack_wait(worker, STOP_S + 1), 0);
	wire_release(stack->wire);
	stack_wait_alone(stack);
	stack_work(stack, NULL);
	check_all_purged(stack, DUE);
}

/* Stops the server while a request's commit is held back. */
static void *stop_server(void *context)
{
	struct stack *stack = context;

	for (int i = 0; i < WAIT_TRIES && !wire_broke(stack->wire); i++)
		pause_ms(5);
	kill(stack->serve, SIGTERM);
	pause_ms(HOLD_MS);
	wire_release(stack->wire);
	return NULL;
}

static void a_server_ends_after_the_request_in_hand(void **state)
{
	struct stack *stack = *state;
	const struct http_answer *answer;
	pthread_t stopper;

	stack_clear(stack);
	assert_int_equal(stack_run(stack, NULL, LETHE("migrate")), 0);
	stack_open_people(stack);
	stack_open_site(stack);
	wire_break_after(stack->wire, WIRE_HOLD, WIRE_QUERY, WIRE_COMMIT, 0);
	assert_int_equal(pthread_create(&stopper, NULL, stop_server, stack), 0);
	answer = stack_upload(stack, 4096, NULL);
	pthread_join(stopper, NULL);
	assert_non_null(answer);
	EXPECT(answer, 201, NULL);
	assert_int_equal(stack_wait(stack->serve, STOP_S), 0);
	stack->serve = 0;
	assert_int_equal(trash_rows(stack->world, "photos"), 1);
	stack_check_storage(stack, 0);
	answer = stack_upload(stack, 4096, NULL);
	assert_non_null(answer);
	assert_int_equal(answer->status, 503);
	assert_int_equal(world_objects(stack->world), 1);
	stack_serve(stack);
	assert_non_null(stack_upload(stack, 4096, NULL));
	assert_int_equal(world_objects(stack->world), 2);
}

static void *stop_server_only(void *context)
{
	struct stack *stack = context;

	for (int i = 0; i < WAIT_TRIES && !wire_broke(stack->wire); i++)
		pause_ms(5);
	kill(stack->serve, SIGTERM);
	return NULL;
}

static void a_server_that_waits_for_the_store_in_vain_ends_in_time(void **state)
{
	struct stack *stack = *state;
	const struct http_answer *answer;
	pthread_t stopper;

	wire_break_after(stack->wire, WIRE_HOLD, WIRE_QUERY, WIRE_COMMIT, 0);
	assert_int_equal(pthread_create(&stopper, NULL, stop_server_only, stack), 0);
	answer = stack_upload(stack, 4096, NULL);
	pthread_join(stopper, NULL);
	assert_non_null(answer);
	EXPECT(answer, 503, NULL);
	assert_int_not_equal(stack_wait(stack->serve, STOP_S), 0);
	stack->serve = 0;
	wire_release(stack->wire);
	stack_wait_alone(stack);
	assert_int_equal(trash_rows(stack->world, "photos"), trash_rows(stack->world, "files"));
	stack_serve(stack);
}

/* --- side by side -------------------------------------------------------------------------- */

static void add_queued(struct stack *stack)
{
	struct error error = {0};

	for (unsigned i = 0; i < QUEUED; i++) {
		struct storage_stage *stage = world_picture(stack->world);
		struct storage_object object;
		struct id id = id_generate(stack->world->clock.fixed_us);

		assert_true(storage_commit(&stage, &id, &object, &error));
		trash_sql(stack->world,
		    "INSERT INTO storage_cleanup_queue (id, storage_key, bytes, next_attempt_at,"
		    " created_at) VALUES (%s, '%s', 1, '2026-01-01', '2026-01-01')",
		    trash_hex(stack->world, &id), object.key);
	}
}

/* The sum of a number that the workers' log lines of an event tell. */
static int64_t sum_logged(struct stack *stack, const char *event, const char *name)
{
	char path[128], line[4096], key[64];
	int64_t sum = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/logs/lethe.log", stack->folder);
	snprintf(key, sizeof(key), "\"%s\":", name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		const char *at = strstr(line, event) ? strstr(line, key) : NULL;

		sum += at ? atoll(at + strlen(key)) : 0;
	}
	fclose(file);
	return sum;
}

static int64_t events(struct stack *stack, const char *event, const char *name)
{
	return sum_logged(
	    stack, arena_printf(stack->world->arena, "\"event\":\"%s\"", event), name);
}

static void workers_side_by_side_do_everything_once(void **state)
{
	struct stack *stack = *state;
	int64_t removed, purged;
	pid_t workers[WORKERS];

	stack_clear(stack);
	make_due(stack, DELETIONS);
	add_queued(stack);
	removed = events(stack, "cleaned_up", "removed");
	purged = events(stack, "purged", "deletions");
	/* One that finds everything held by others ends early; what they then queue is due for the
	 * next round. */
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < WORKERS; i++)
			workers[i] = stack_start(stack, NULL, LETHE("work", "--once"));
		for (int i = 0; i < WORKERS; i++)
			assert_int_equal(stack_wait(workers[i], 60), 0);
	}
	check_all_purged(stack, DELETIONS);
	assert_int_equal(events(stack, "purged", "deletions") - purged, DELETIONS);
	assert_int_equal(events(stack, "cleaned_up", "removed") - removed, DELETIONS + QUEUED);
	assert_int_equal(stack_logged(stack, "task_failed"), 0);
	stack_check_storage(stack, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(workers_side_by_side_do_everything_once),
	    cmocka_unit_test(a_worker_ends_after_the_step_in_hand),
	    cmocka_unit_test(an_idle_worker_ends_at_once),
	    cmocka_unit_test(a_worker_that_waits_for_the_store_in_vain_ends_in_time),
	    cmocka_unit_test(a_server_ends_after_the_request_in_hand),
	    cmocka_unit_test(a_server_that_waits_for_the_store_in_vain_ends_in_time),
	};

	return cmocka_run_group_tests(tests, stack_group_open, stack_group_close);
}
