/* task_purge.c - marking, restoring, archiving and purging, in steps. */
#include "tasks.h"

#include <base/log.h>
#include <domain/archives.h>
#include <domain/deletions.h>
#include <domain/purge.h>

/* Of archiving, between two looks at whether to stop. */
#define STEPS 100
/* Of marking and restoring, before each deletion is begun anew at its first row. */
#define MANY_STEPS 2000

bool task_continue(const struct worker *worker, struct arena *arena, struct error *error)
{
	const struct worker_control *control = &worker->control;
	const struct purge_limits limits = {
	    .max_steps = MANY_STEPS, .stop = control->stop, .context = control->context};
	unsigned steps = MANY_STEPS;

	while (steps >= MANY_STEPS && !control->stop(control->context)) {
		if (!deletions_continue_within(worker->domain, arena, &limits, &steps, error))
			return false;
		arena_reset(arena);
	}
	steps = STEPS;
	while (steps >= STEPS && !control->stop(control->context)) {
		if (!archives_continue(worker->domain, arena, STEPS, &steps, error))
			return false;
		arena_reset(arena);
	}
	return true;
}

static void tell(const struct purge_report *report)
{
	if (report->deletions == 0 && report->archived == 0)
		return;
	log_event(LOG_INFO, "purged", log_int("deletions", report->deletions),
	    log_int("archived", report->archived), log_int("photos", report->counts[COUNT_PHOTO]),
	    log_int("bytes", report->bytes));
}

struct domain worker_gentle(const struct worker *worker)
{
	struct domain domain = *worker->domain;

	if (!worker->pace)
		return domain;
	if (domain.step_rows > WORKER_STEP_ROWS)
		domain.step_rows = WORKER_STEP_ROWS;
	domain.after_step = worker_rest;
	domain.after_step_context = worker->pace;
	return domain;
}

bool task_purge(const struct worker *worker, struct arena *arena, struct error *error)
{
	const struct worker_control *control = &worker->control;
	const struct purge_limits limits = {.stop = control->stop, .context = control->context};
	const struct domain domain = worker_gentle(worker);
	struct purge_report report = {0};

	if (!purge_due(&domain, arena, &limits, &report, error))
		return false;
	tell(&report);
	return true;
}
