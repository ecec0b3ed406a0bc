/* task_reminders.c - telling people that their account will be erased soon. */
#include "tasks.h"

#include <base/log.h>
#include <domain/accounts.h>

bool task_reminders(const struct worker *worker, struct arena *arena, struct error *error)
{
	int64_t count = 0;
	bool ok = accounts_remind(worker->domain, arena, &count, error);

	if (count > 0)
		log_event(LOG_INFO, "account_reminders", log_int("mails", count));
	return ok;
}
