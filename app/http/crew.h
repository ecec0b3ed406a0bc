/* crew.h - who of the server's threads has started and who has finished; private to the layer. */
#ifndef LETHE_APP_HTTP_CREW_H
#define LETHE_APP_HTTP_CREW_H

#include <base/error.h>
#include <pthread.h>
#include <stdbool.h>

/* Counts that threads report to, and that the main thread waits for. */
struct crew {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int opened;
	int failed;
	int finished;
	struct error error; /* of the first that failed to open */
};

void crew_init(struct crew *crew);
void crew_destroy(struct crew *crew);

/* A thread has made its context, or has failed to (`error`). */
void crew_report_opened(struct crew *crew);
void crew_report_failed(struct crew *crew, const struct error *error);

/* A thread is about to end. */
void crew_report_finished(struct crew *crew);

/* Wait until `count` threads have opened or failed. False with `error` if any failed. */
bool crew_wait_opened(struct crew *crew, int count, struct error *error);

/* Wait until `count` threads have finished; false if that takes more than `seconds`. */
bool crew_wait_finished(struct crew *crew, int count, int seconds);

#endif
