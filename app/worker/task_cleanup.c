/* task_cleanup.c - the storage cleanup queue. */
#include "tasks.h"

#include <base/log.h>
#include <storage/cleanup.h>

#define BATCH 100 /* objects between two looks at whether to stop */

bool task_cleanup(const struct worker *worker, struct arena *arena, struct error *error)
{
	const struct worker_control *control = &worker->control;
	const struct domain *domain = worker->domain;
	struct cleanup_report report = {.removed = BATCH};

	(void)arena;
	while (report.removed + report.deferred + report.failed >= BATCH &&
	       !control->stop(control->context)) {
		report = (struct cleanup_report){0};
		if (!storage_cleanup_run(
			domain->db, domain->clock, domain->storage, BATCH, &report, error))
			return false;
		if (report.removed + report.deferred + report.failed > 0)
			log_event(LOG_INFO, "cleaned_up", log_int("removed", report.removed),
			    log_int("deferred", report.deferred), log_int("failed", report.failed));
	}
	return true;
}
