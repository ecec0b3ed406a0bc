/* task_prune.c - counting ahead for the dashboard, and the end of the audit retention. */
#include "tasks.h"

#include <base/log.h>
#include <domain/prune.h>
#include <domain/stats.h>
#include <limits.h>

/* Of a round: what is more goes in the next ones, so that other work does not wait for it. */
#define STEPS 200

bool task_tally(const struct worker *worker, struct arena *arena, struct error *error)
{
	return stats_tally(
	    worker->domain, arena, worker->control.stop, worker->control.context, error);
}

static void tell(const struct prune_report *report)
{
	int64_t sum = 0;

	for (int kind = 0; kind < PRUNE_KIND_COUNT; kind++)
		sum += report->rows[kind];
	if (sum > 0)
		log_event(LOG_INFO, "pruned", log_int("entries", report->rows[PRUNE_ENTRIES]),
		    log_int("deletions", report->rows[PRUNE_DELETIONS]),
		    log_int("requests", report->rows[PRUNE_REQUESTS]),
		    log_int("mails", report->rows[PRUNE_MAILS]));
}

struct allowance {
	const struct worker_control *control;
	unsigned steps;
};

/* Asked before each step. */
static bool is_spent(void *context)
{
	struct allowance *allowance = context;

	if (allowance->steps == 0)
		return true;
	allowance->steps--;
	return allowance->control->stop(allowance->control->context);
}

bool task_prune(const struct worker *worker, struct arena *arena, struct error *error)
{
	const struct domain domain = worker_gentle(worker);
	struct allowance allowance = {&worker->control, worker->pace ? STEPS : UINT_MAX};
	struct prune_report report = {0};
	bool ok = !worker->prune ||
		  prune_due(&domain, worker->prune, arena, is_spent, &allowance, &report, error);

	tell(&report);
	return ok;
}
