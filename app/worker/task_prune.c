/* task_prune.c - counting ahead for the dashboard, and the end of the audit retention. */
#include "tasks.h"

#include <base/log.h>
#include <domain/prune.h>
#include <domain/stats.h>

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

bool task_prune(const struct worker *worker, struct arena *arena, struct error *error)
{
	struct prune_report report = {0};
	bool ok =
	    !worker->prune || prune_due(worker->domain, worker->prune, arena, worker->control.stop,
				  worker->control.context, &report, error);

	tell(&report);
	return ok;
}
