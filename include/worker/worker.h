/* worker.h - the work that outlives requests, done in rounds. */
#ifndef LETHE_WORKER_WORKER_H
#define LETHE_WORKER_WORKER_H

#include <base/error.h>
#include <domain/domain.h>
#include <stdbool.h>
#include <stdint.h>

/* When to end. `stop` is asked between two steps, at least every few hundred milliseconds of work;
 * `wait` sleeps for at most that many seconds, less when asked to stop. */
struct worker_control {
	bool (*stop)(void *context);
	void (*wait)(void *context, int seconds);
	void *context;
};

/* What keeps purging from taking the machine from those who wait for pages: steps smaller than the
 * domain allows, and a rest after each. For a worker that nobody waits for: `lethe work`, not
 * `--once` nor `lethe purge`. Marking and restoring, which people do wait for, go at full pace. */
#define WORKER_STEP_ROWS   100
#define WORKER_REST        3
#define WORKER_REST_MAX_US 240000

/* How long to rest after a step that took so many microseconds: WORKER_REST times as long, so that
 * what slows a step down (others who want the same processors, disk and locks) makes the rest
 * longer as well; at most WORKER_REST_MAX_US, so that a stop is not waited for. */
int64_t worker_rest_us(int64_t step_us);

/* When the step in hand began: zeroed at first, one per thread. */
struct worker_pace {
	int64_t resumed_us; /* by the monotonic clock */
};

/* The domain's after_step of such a purge: rest, and begin the next step. `pace` is a struct
 * worker_pace; the step's name is of no account. What lies between two rounds counts as a step. */
void worker_rest(void *pace, const char *step);

struct mailer;

/* What the tasks work with; all parts are borrowed. */
struct worker {
	const struct domain *domain;
	struct mailer *mailer;    /* mail/outbox.h */
	struct worker_pace *pace; /* that purging keeps; NULL: it goes at full pace */
	struct db *prune;         /* as the pruning's own user; NULL: nothing is pruned */
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
