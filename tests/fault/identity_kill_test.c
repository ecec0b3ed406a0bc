/* identity_kill_test.c - `lethe work` ended by SIGKILL around every COMMIT of an erasure that ends
 * at the identity provider, also between the provider's answer and our noting it: the next worker
 * finds nobody there, which is as good, and the person gets one receipt. */
#include "../support/dying.h"
#include "../support/google.h"
#include "../support/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ADDRESS "ada@fault.example"
#define UID     "uid-of-ada"

/* What a scenario made. */
struct made {
	struct id deletion_id;
};

static unsigned found_absent; /* by second workers, over all points */

static void prepare(struct stack *stack, struct made *made)
{
	struct world *world = stack->world;
	struct account_status status;
	struct actor ada, proven;
	struct id organization;

	google_clear();
	google_add(UID);
	people_authorize(world);
	organization = world_organization(world, "Fault Farm");
	ada = world_user(world, &organization, ADDRESS, ROLE_MEMBER);
	(void)world_user(world, &organization, "admin@fault.example", ROLE_ADMIN);
	trash_sql(world, "UPDATE users SET identity_uid = '" UID "' WHERE id = %s",
	    trash_hex(world, &ada.user_id));
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	world->clock.fixed_us -= 40 * DAY_US;
	proven = people_proven(world, &ada);
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	trash_continue(world);
	world->clock.fixed_us += 40 * DAY_US;
	made->deletion_id = status.deletion_id;
}

static void check(struct stack *stack, const struct made *made)
{
	struct world *world = stack->world;

	assert_int_equal(trash_find(world, &made->deletion_id).state, DELETION_PURGED);
	assert_false(google_has(UID));
	assert_int_equal(google_count("delete 200"), 1);
	found_absent += google_count("delete absent");
	assert_int_equal(google_count("error"), 0);
	assert_int_equal(trash_rows(world, "users"), 1);
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_int_equal(trash_entries(world, "account.erase"), 1);
	assert_int_equal(people_mails(world, "account_erased"), 1);
	assert_int_equal(stack_logged(stack, UID), 0);
	assert_int_equal(stack_logged(stack, ADDRESS), 0);
}

static void killed_around_the_providers_answer(void **state)
{
	found_absent = 0;
	dying_at_every_step(*state, &DYING(prepare, check));
	assert_int_equal(found_absent, 1); /* the one point between answer and note */
}

/* Away for the first worker, back for the second. */
static void away_and_back(void **state)
{
	struct stack *stack = *state;
	struct made made;

	stack_clear(stack);
	prepare(stack, &made);
	google_set("delete", "503 UNAVAILABLE");
	stack_work(stack, NULL);
	assert_int_equal(trash_find(stack->world, &made.deletion_id).state, DELETION_PURGING);
	assert_int_equal(stack_logged(stack, "identity_http_503 UNAVAILABLE"), 1);
	google_set("delete", NULL);
	stack_work(stack, "+1h");
	check(stack, &made);
}

/* A worker that could not ask does not start. */
static void a_wrong_setting_stops_the_start(void **state)
{
	struct stack *stack = *state;

	setenv("LETHE_FIREBASE_ACCOUNT", "/nowhere/account.json", 1);
	assert_int_equal(stack_run(stack, NULL, LETHE("work", "--once")), 1);
	assert_true(
	    stack_logged(stack, "LETHE_FIREBASE_ACCOUNT names a file that cannot be read") > 0);
}

static int open_group(void **state)
{
	struct stack *stack = stack_open();
	struct config config;

	google_start();
	config = google_config(stack->lasting);
	setenv("LETHE_IDENTITY", config.identity, 1);
	setenv("LETHE_FIREBASE_ACCOUNT", config.firebase_account, 1);
	setenv("LETHE_FIREBASE_URL", config.firebase_url, 1);
	setenv("LETHE_FIREBASE_TOKEN_URL", config.firebase_token_url, 1);
	*state = stack;
	return 0;
}

static int close_group(void **state)
{
	struct stack *stack = *state;

	google_stop();
	people_close();
	stack_close(&stack);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_around_the_providers_answer),
	    cmocka_unit_test(away_and_back),
	    cmocka_unit_test(a_wrong_setting_stops_the_start),
	};

	return cmocka_run_group_tests(tests, open_group, close_group);
}
