/* rest.c - pauses between the steps of background work. */
#include <worker/worker.h>

#include <base/clock.h>
#include <time.h>

/* How long a step took is not what time it is: the injected clock may stand still. */
static int64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

int64_t worker_rest_us(int64_t step_us)
{
	/* Compared before it is multiplied: the first step seems to have begun with the machine. */
	return step_us > WORKER_REST_MAX_US / WORKER_REST ? WORKER_REST_MAX_US
							  : WORKER_REST * step_us;
}

void worker_rest(void *context, const char *step)
{
	struct worker_pace *pace = context;
	int64_t rest_us = worker_rest_us(monotonic_us() - pace->resumed_us);
	struct timespec rest = {.tv_nsec = rest_us * 1000};

	(void)step;
	nanosleep(&rest, NULL);
	pace->resumed_us = monotonic_us();
}
