/* crew.c - counting threads in and out. */
#include "crew.h"
#include <errno.h>
#include <time.h>

void crew_init(struct crew *crew)
{
	pthread_condattr_t attributes;
	*crew = (struct crew){0};
	pthread_mutex_init(&crew->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&crew->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

void crew_destroy(struct crew *crew)
{
	pthread_cond_destroy(&crew->changed);
	pthread_mutex_destroy(&crew->mutex);
}

static void report(struct crew *crew, int *counter)
{
	pthread_mutex_lock(&crew->mutex);
	(*counter)++;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->mutex);
}

void crew_report_opened(struct crew *crew)
{
	report(crew, &crew->opened);
}

void crew_report_failed(struct crew *crew, const struct error *error)
{
	pthread_mutex_lock(&crew->mutex);
	if (crew->failed++ == 0)
		crew->error = *error;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->mutex);
}

void crew_report_finished(struct crew *crew)
{
	report(crew, &crew->finished);
}

bool crew_wait_opened(struct crew *crew, int count, struct error *error)
{
	pthread_mutex_lock(&crew->mutex);
	while (crew->opened + crew->failed < count)
		pthread_cond_wait(&crew->changed, &crew->mutex);
	bool is_good = crew->failed == 0;
	if (!is_good && error)
		*error = crew->error;
	pthread_mutex_unlock(&crew->mutex);
	return is_good;
}

bool crew_wait_finished(struct crew *crew, int count, int seconds)
{
	struct timespec deadline;
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += seconds;
	pthread_mutex_lock(&crew->mutex);
	int result = 0;
	while (crew->finished < count && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&crew->changed, &crew->mutex, &deadline);
	bool is_done = crew->finished >= count;
	pthread_mutex_unlock(&crew->mutex);
	return is_done;
}
