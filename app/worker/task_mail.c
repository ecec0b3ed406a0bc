/* task_mail.c - sending what acts have queued. */
#include "tasks.h"

#include <base/log.h>
#include <mail/outbox.h>

#define BATCH 200 /* mails of a round; the other tasks are not kept waiting by a slow mail server  \
		   */

bool task_mail(const struct worker *worker, struct arena *arena, struct error *error)
{
	const struct worker_control *control = &worker->control;
	struct mail_report report = {0};
	bool ok = mail_send_due(worker->mailer, worker->domain->db, worker->domain->clock, BATCH,
	    control->stop, control->context, &report, error);

	(void)arena;
	if (report.sent + report.deferred + report.failed + report.dropped > 0)
		log_event(LOG_INFO, "mail_sent", log_int("sent", report.sent),
		    log_int("deferred", report.deferred), log_int("failed", report.failed),
		    log_int("dropped", report.dropped));
	return ok;
}
