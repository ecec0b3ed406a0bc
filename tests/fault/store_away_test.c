/* store_away_test.c - MariaDB, a private one, that is stopped, killed and started again under
 * `lethe serve` and `lethe work`, and a connection that breaks in a COMMIT. */
#include "../support/stack.h"

#include "../support/program.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define WAIT_TRIES 2000
#define DUE        30

static const char script[] = LETHE_SHARE_DIR "/app/run/database.sh";
static char folder[] = "/tmp/lethe-away-XXXXXX";

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* --- the server ---------------------------------------------------------------------------- */

static void control(const char *act, const char *more)
{
	const char *const arguments[] = {script, act, folder, more, NULL};

	assert_int_equal(program_run(arguments, NULL, 0), 0);
}

static pid_t server_pid(void)
{
	char path[64];
	int pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/run/db.pid", folder);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	fclose(file);
	assert_true(pid > 1);
	return pid;
}

static void stop_server(void)
{
	control("stop", NULL);
}

static void start_server(void)
{
	control("start", "durable");
}

/* Without a word to its clients. */
static void kill_server(void)
{
	pid_t pid = server_pid();

	assert_int_equal(kill(pid, SIGKILL), 0);
	for (int i = 0; i < WAIT_TRIES && kill(pid, 0) == 0; i++)
		pause_ms(5);
}

/* --- serving ------------------------------------------------------------------------------- */

static void expect_page(struct stack *stack, const char *cookie, const char *path, long status)
{
	const struct http_answer *answer = stack_page(stack, NULL, cookie, path);

	assert_int_equal(answer->status, status);
	assert_non_null(
	    strstr(http_answer_header(stack->client, answer, "Content-Type"), "text/html"));
	assert_non_null(strstr(answer->body, "<h1"));
	if (status == 503) {
		assert_non_null(http_answer_header(stack->client, answer, "Retry-After"));
		assert_non_null(strstr(answer->body, "Briefly out of reach"));
	}
}

static void expect_state(struct stack *stack, const char *path, long status)
{
	assert_int_equal(stack_page(stack, NULL, NULL, path)->status, status);
}

static void check_down(struct stack *stack, const char *cookie)
{
	const struct http_answer *answer;

	expect_state(stack, "/healthz", 200);
	expect_state(stack, "/readyz", 503);
	assert_null(strstr(stack_page(stack, NULL, NULL, "/readyz")->body, "lethe migrate"));
	expect_page(stack, cookie, "/", 503);
	expect_page(stack, cookie, "/trash", 503);
	expect_page(stack, cookie, "/admin/storage", 503);
	answer = stack_api(stack, stack->member_token, NULL, NULL, "GET /api/photos");
	EXPECT(answer, 503, NULL);
	assert_non_null(http_answer_header(stack->client, answer, "Retry-After"));
	assert_non_null(http_answer_text(answer, "code"));
	answer = stack_upload(stack, 3000, NULL);
	assert_non_null(answer);
	EXPECT(answer, 503, NULL);
	assert_int_equal(world_staged(stack->world), 0);
}

static void check_up(struct stack *stack, const char *cookie, unsigned objects)
{
	expect_state(stack, "/healthz", 200);
	expect_state(stack, "/readyz", 200);
	expect_page(stack, cookie, "/", 200);
	expect_page(stack, cookie, "/trash", 200);
	expect_page(stack, cookie, "/admin/storage", 200);
	EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "GET /api/photos"), 200, NULL);
	assert_int_equal(world_objects(stack->world), objects);
	EXPECT(stack_upload(stack, 3000, NULL), 201, NULL);
	assert_int_equal(world_objects(stack->world), objects + 1);
}

static void serving_goes_on_when_the_store_is_back(void **state)
{
	static void (*const ends[])(void) = {stop_server, kill_server};
	struct stack *stack = *state;
	const char *cookie = stack_sign_in(stack, STACK_ADMIN);

	check_up(stack, cookie, 0);
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		ends[i]();
		check_down(stack, cookie);
		/* Again: a thread that has lost its connection is no worse than one that loses it.
		 */
		check_down(stack, cookie);
		start_server();
		check_up(stack, cookie, i + 1);
	}
	assert_int_equal(kill(stack->serve, 0), 0);
	stack_check_storage(stack, 0);
}

/* --- working ------------------------------------------------------------------------------- */

static void make_due(struct stack *stack, unsigned count)
{
	struct world *world = stack->world;

	world->clock.fixed_us -= 5 * HOUR_US;
	for (unsigned i = 0; i < count; i++) {
		struct id photo_id = world_photo(world, &stack->member, "A photo", NULL, NULL);

		assert_string_equal(trash_delete(world, &stack->member, &photo_id, NULL), "");
	}
	world->clock.fixed_us += 5 * HOUR_US;
}

static int64_t count_purged(struct stack *stack)
{
	return stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged'");
}

/* Killed with the worker in the middle of its purges; another time while it has nothing to do. */
static void working_goes_on_when_the_store_is_back(void **state)
{
	struct stack *stack = *state;
	pid_t worker;

	stack_clear_photos(stack);
	make_due(stack, DUE);
	wire_break_after(stack->wire, WIRE_HOLD, WIRE_QUERY, WIRE_COMMIT, DUE / 2);
	worker = stack_start(stack, NULL, LETHE("work"));
	for (int i = 0; i < WAIT_TRIES && !wire_broke(stack->wire); i++)
		pause_ms(5);
	assert_true(wire_broke(stack->wire));
	assert_in_range(count_purged(stack), 1, DUE - 1);
	kill_server();
	wire_release(stack->wire);
	for (int i = 0; i < WAIT_TRIES && !stack_logged(stack, "task_failed"); i++)
		pause_ms(5);
	assert_true(stack_logged(stack, "task_failed") > 0);
	pause_ms(1500); /* rounds in vain */
	start_server();
	for (int i = 0; i < WAIT_TRIES && count_purged(stack) < DUE; i++)
		pause_ms(5);
	assert_int_equal(count_purged(stack), DUE);
	stop_server();
	pause_ms(1200);
	start_server();
	make_due(stack, 1);
	for (int i = 0; i < WAIT_TRIES && count_purged(stack) < DUE + 1; i++)
		pause_ms(5);
	for (int i = 0; i < WAIT_TRIES && world_objects(stack->world) > 0; i++)
		pause_ms(5);
	kill(worker, SIGTERM);
	assert_int_equal(stack_wait(worker, 10), 0);
	stack_work(stack, NULL);
	assert_int_equal(trash_entries(stack->world, "photo.purge"), DUE + 1);
	assert_int_equal(trash_rows(stack->world, "photos"), 0);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	stack_check_storage(stack, 0);
}

/* --- in a commit --------------------------------------------------------------------------- */

/* The answer admits that nobody knows; the object stays, since its row may be there. */
static void break_upload(struct stack *stack, enum wire_fault fault, unsigned rows)
{
	const struct http_answer *answer;

	stack_clear_photos(stack);
	wire_break_after(stack->wire, fault, WIRE_QUERY, WIRE_COMMIT, 0);
	answer = stack_upload(stack, 3000, NULL);
	assert_true(wire_broke(stack->wire));
	assert_non_null(answer);
	EXPECT(answer, 503, "store_uncertain");
	assert_non_null(http_answer_header(stack->client, answer, "Retry-After"));
	assert_int_equal(trash_rows(stack->world, "photos"), rows);
	assert_int_equal(world_objects(stack->world), 1);
	assert_int_equal(world_staged(stack->world), 0);
	stack_check_storage(stack, 1 - rows);
}

static void an_upload_whose_commit_breaks_is_uncertain(void **state)
{
	break_upload(*state, WIRE_CUT_BEFORE, 0);
	break_upload(*state, WIRE_CUT_AFTER, 1);
}

static void break_deletion(struct stack *stack, enum wire_fault fault, bool is_done)
{
	const struct http_answer *answer;
	const char *photo;

	stack_clear_photos(stack);
	answer = stack_upload(stack, 3000, NULL);
	EXPECT(answer, 201, NULL);
	photo = http_answer_text(answer, "id");
	wire_break_after(stack->wire, fault, WIRE_QUERY, WIRE_COMMIT, 0);
	EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "DELETE /api/photos/%s", photo),
	    503, "store_uncertain");
	EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "DELETE /api/photos/%s", photo),
	    is_done ? 409 : 200, NULL);
	assert_int_equal(trash_rows(stack->world, "deletions"), 1);
}

static void a_deletion_whose_commit_breaks_is_uncertain(void **state)
{
	break_deletion(*state, WIRE_CUT_BEFORE, false);
	break_deletion(*state, WIRE_CUT_AFTER, true);
}

/* The worker's step is undone or done, and it goes on by itself in the same run or the next. */
static void a_worker_whose_commit_breaks_goes_on(void **state)
{
	static const enum wire_fault faults[] = {WIRE_CUT_BEFORE, WIRE_CUT_AFTER};
	struct stack *stack = *state;

	for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		int64_t before = trash_entries(stack->world, "photo.purge");

		stack_clear_photos(stack);
		make_due(stack, 4);
		wire_break_after(stack->wire, faults[i], WIRE_QUERY, WIRE_COMMIT, 1);
		assert_in_range(stack_run(stack, NULL, LETHE("work", "--once")), 0, 1);
		assert_true(wire_broke(stack->wire));
		stack_work(stack, NULL);
		assert_int_equal(count_purged(stack), 4);
		assert_int_equal(trash_entries(stack->world, "photo.purge"), before + 4);
		assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
		assert_int_equal(world_objects(stack->world), 0);
	}
}

/* --- the group ----------------------------------------------------------------------------- */

static void use_server(void)
{
	char socket[108] = "";
	const char *const arguments[] = {script, "socket", folder, NULL};

	setenv("LETHE_DB_OWNER_PASSWORD", "test", 1);
	setenv("LETHE_DB_PASSWORD", "test", 1);
	setenv("LETHE_DB_PRUNE_PASSWORD", "test", 1);
	start_server();
	control("users", "*");
	assert_int_equal(program_run(arguments, socket, sizeof(socket)), 0);
	socket[strcspn(socket, "\n")] = '\0';
	setenv("LETHE_TEST_DB_SOCKET", socket, 1);
	setenv("LETHE_TEST_DB_PASSWORD", "test", 1);
}

static int open_group(void **state)
{
	struct stack *stack;

	assert_non_null(mkdtemp(folder));
	use_server();
	stack = stack_open();
	*state = stack;
	stack_open_people(stack);
	stack_open_site(stack);
	return 0;
}

static int close_group(void **state)
{
	struct stack *stack = *state;

	stack_close(&stack);
	stop_server();
	program_remove_folder(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serving_goes_on_when_the_store_is_back),
	    cmocka_unit_test(working_goes_on_when_the_store_is_back),
	    cmocka_unit_test(an_upload_whose_commit_breaks_is_uncertain),
	    cmocka_unit_test(a_deletion_whose_commit_breaks_is_uncertain),
	    cmocka_unit_test(a_worker_whose_commit_breaks_goes_on),
	};

	return cmocka_run_group_tests(tests, open_group, close_group);
}
