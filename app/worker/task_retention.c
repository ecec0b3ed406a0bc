/* task_retention.c - telling owners that archived photos will be purged soon. */
#include "tasks.h"

#include <base/log.h>
#include <domain/reminders.h>

bool task_retention(const struct worker *worker, struct arena *arena, struct error *error)
{
	struct reminders_report report;
	bool ok = reminders_queue(
	    worker->domain, arena, worker->control.stop, worker->control.context, &report, error);

	if (report.mails > 0)
		log_event(LOG_INFO, "reminded", log_int("mails", report.mails),
		    log_int("photos", report.photos));
	return ok;
}
