/* worker.c - rounds over the tasks. */
#include "tasks.h"

#include <base/log.h>

/* In the order of their urgency. */
static const struct worker_task tasks[] = {
    {"continue", task_continue},
    {"retention", task_retention},
    {"reminders", task_reminders},
    {"mail", task_mail},
    {"purge", task_purge},
    {"export", task_export},
    {"last_mail", task_mail}, /* to those who have just been erased, or whose export is ready */
    {"webhooks", task_webhooks},
    {"cleanup", task_cleanup},
    {"forget", task_forget},
    {"tally", task_tally},
    {"prune", task_prune},
};

bool worker_round(const struct worker *worker, struct error *error)
{
	const struct worker_control *control = &worker->control;
	struct arena *arena = arena_create();
	bool ok = true;

	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
		struct error failure = {0};
		if (control->stop(control->context))
			break;
		arena_reset(arena);
		if (tasks[i].run(worker, arena, &failure))
			continue;
		log_event(LOG_ERROR, "task_failed", log_text("task", tasks[i].name),
		    log_text("code", failure.code));
		if (ok)
			*error = failure;
		ok = false;
	}
	arena_destroy(&arena);
	return ok;
}

void worker_run(const struct worker *worker, int interval_s)
{
	const struct worker_control *control = &worker->control;
	struct error error = {0};

	log_event(LOG_INFO, "worker_started");
	while (!control->stop(control->context)) {
		if (!worker_round(worker, &error))
			error_clear(&error);
		control->wait(control->context, interval_s);
	}
	log_event(LOG_INFO, "worker_stopped");
}
