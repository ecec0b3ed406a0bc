/* long_read_test.c - what takes the database too long to read for a page: an answer in time that
 * says what to do, and a thread that is free again. The table is locked, so that it takes forever.
 */
#include "../support/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EXACT_PREVIEW "/admin/photos/archive?from=2020-01-01&exact=true"

static struct db *locker;

static void lock(struct stack *stack, const char *sql)
{
	(void)stack;
	assert_int_equal(db_run(locker, sql), DB_OK);
}

static void a_list_is_given_up(void **state)
{
	struct stack *stack = *state;
	const struct http_answer *answer;

	lock(stack, "LOCK TABLES photos WRITE");
	answer = stack_api(stack, stack->member_token, NULL, NULL, "GET /api/photos");
	EXPECT(answer, 503, "too_much");
	assert_string_equal(http_answer_text(answer, "title"), "Too much at once");
	assert_non_null(http_answer_header(stack->client, answer, "Retry-After"));
	lock(stack, "UNLOCK TABLES");
	EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "GET /api/photos"), 200, NULL);
}

static void an_exact_count_is_given_up_for_one_that_is_not(void **state)
{
	struct stack *stack = *state;
	const char *cookie = stack_sign_in(stack, STACK_ADMIN);
	const struct http_answer *answer = stack_page(stack, NULL, cookie, EXACT_PREVIEW);

	assert_int_equal(answer->status, 200);
	lock(stack, "LOCK TABLES photos WRITE");
	answer = stack_page(stack, NULL, cookie, EXACT_PREVIEW);
	assert_int_equal(answer->status, 503);
	assert_non_null(http_answer_header(stack->client, answer, "Retry-After"));
	assert_non_null(strstr(answer->body, "<h1>Too much at once</h1>"));
	assert_non_null(strstr(answer->body,
	    "href=\"/admin/photos/archive?from=2020-01-01\">Go on without exact counts"));
	lock(stack, "UNLOCK TABLES");
	answer = stack_page(stack, NULL, cookie, EXACT_PREVIEW);
	assert_int_equal(answer->status, 200);
}

/* Twice as many requests as there are threads. */
static void every_thread_goes_on(void **state)
{
	struct stack *stack = *state;

	for (int i = 0; i < 16; i++)
		EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "GET /api/photos"), 200,
		    NULL);
}

static int start(void **state)
{
	struct stack *stack = stack_open();

	setenv("LETHE_READ_TIMEOUT", "3", 1);
	stack_open_people(stack);
	stack_open_site(stack);
	locker = test_database_connect(stack->world->database, TEST_OWNER);
	*state = stack;
	return 0;
}

static int stop(void **state)
{
	struct stack *stack = *state;

	db_close(&locker);
	stack_close(&stack);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_given_up),
	    cmocka_unit_test(an_exact_count_is_given_up_for_one_that_is_not),
	    cmocka_unit_test(every_thread_goes_on),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
