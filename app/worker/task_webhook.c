/* task_webhook.c - posting the events that acts have queued. */
#include "tasks.h"

#include <base/log.h>
#include <limits.h>
#include <webhook/webhook.h>

bool task_webhooks(const struct worker *worker, struct arena *arena, struct error *error)
{
	const struct webhook_run run = {
	    .db = worker->domain->db,
	    .clock = worker->domain->clock,
	    .allow_private = worker->domain->webhook_private,
	    .round_us = worker->pace ? WEBHOOK_ROUND_US : 0,
	    .stop = worker->control.stop,
	    .context = worker->control.context,
	};
	struct webhook_report report;
	bool ok = webhook_deliver_due(&run, UINT_MAX, &report, error);

	(void)arena;
	if (report.sent + report.deferred + report.failed + report.dropped > 0)
		log_event(LOG_INFO, "webhooks_sent", log_int("sent", report.sent),
		    log_int("deferred", report.deferred), log_int("failed", report.failed),
		    log_int("dropped", report.dropped));
	return ok;
}
