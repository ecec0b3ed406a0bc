/* worker_rest_test.c - how long background work rests between its steps. */
#include <worker/worker.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

static int64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void rests_in_proportion(void **state)
{
	(void)state;
	assert_int_equal(worker_rest_us(0), 0);
	assert_int_equal(worker_rest_us(1), WORKER_REST);
	assert_int_equal(worker_rest_us(10000), 10000 * WORKER_REST);
}

static void rests_no_longer_than_the_bound(void **state)
{
	const int64_t longest = WORKER_REST_MAX_US / WORKER_REST;

	(void)state;
	assert_int_equal(worker_rest_us(longest - 1), WORKER_REST * (longest - 1));
	assert_int_equal(worker_rest_us(longest), WORKER_REST_MAX_US);
	assert_int_equal(worker_rest_us(longest + 1), WORKER_REST_MAX_US);
	assert_int_equal(worker_rest_us(INT64_MAX), WORKER_REST_MAX_US);
}

/* Lower bounds alone: what else the machine does only adds to them. */
static void measures_a_step_from_the_rest_before(void **state)
{
	const int64_t step_us = 20000, begun_us = monotonic_us();
	struct worker_pace pace = {begun_us - step_us};

	(void)state;
	worker_rest(&pace, "purge");
	assert_true(pace.resumed_us >= begun_us + worker_rest_us(step_us));
	assert_true(monotonic_us() >= pace.resumed_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rests_in_proportion),
	    cmocka_unit_test(rests_no_longer_than_the_bound),
	    cmocka_unit_test(measures_a_step_from_the_rest_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
