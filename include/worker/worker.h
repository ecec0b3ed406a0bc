/* worker.h - the work that outlives requests, done in rounds. */
#ifndef LETHE_WORKER_WORKER_H
#define LETHE_WORKER_WORKER_H

#include <base/error.h>
#include <domain/domain.h>
#include <stdbool.h>

/* When to end. `stop` is asked between two steps, at least every few hundred milliseconds of work;
 * `wait` sleeps for at most that many seconds, less when asked to stop. */
struct worker_control {
	bool (*stop)(void *context);
	void (*wait)(void *context, int seconds);
	void *context;
};

struct mailer;

/* What the tasks work with; all parts are borrowed. */
struct worker {
	const struct domain *domain;
	struct mailer *mailer; /* mail/outbox.h */
	struct worker_control control;
};

/* Do all due work of every task, in bounded steps; any number of workers may run at once, on any
 * number of machines. A task that fails is logged and does not keep the others from their work:
 * then false with the first `error`. */
bool worker_round(const struct worker *worker, struct error *error)
    __attribute__((warn_unused_result));

/* Rounds until asked to stop, `interval_s` seconds apart. A store out of reach is waited for. */
void worker_run(const struct worker *worker, int interval_s);

#endif
