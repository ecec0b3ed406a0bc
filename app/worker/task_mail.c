/* task_mail.c - sending what acts have queued. */
#include "tasks.h"

#include <base/log.h>
#include <mail/outbox.h>

#define BATCH 200 /* mails between two lines of the log */

static unsigned total(const struct mail_report *report)
{
	return report->sent + report->deferred + report->failed + report->dropped;
}

static void tell(const struct mail_report *report)
{
	if (total(report) > 0)
		log_event(LOG_INFO, "mail_sent", log_int("sent", report->sent),
		    log_int("deferred", report->deferred), log_int("failed", report->failed),
		    log_int("dropped", report->dropped));
}

/* Files of mails that are over, or that an erasure has blanked. */
static bool remove_files(const struct worker *worker, struct error *error)
{
	const struct worker_control *control = &worker->control;
	unsigned count = BATCH;
	bool ok = true;

	while (ok && count == BATCH && !control->stop(control->context))
		ok = mail_remove_files(worker->mailer, worker->domain->db, worker->domain->clock,
		    BATCH, &count, error);
	return ok;
}

bool task_mail(const struct worker *worker, struct arena *arena, struct error *error)
{
	const struct worker_control *control = &worker->control;
	struct mail_report report;
	bool ok;

	(void)arena;
	do {
		ok = mail_send_due(worker->mailer, worker->domain->db, worker->domain->clock, BATCH,
		    control->stop, control->context, &report, error);
		tell(&report);
	} while (ok && total(&report) == BATCH && !report.out_of_reach &&
		 !control->stop(control->context));
	return ok && remove_files(worker, error);
}
