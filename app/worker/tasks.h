/* tasks.h - the worker's tasks, one file each. */
#ifndef LETHE_WORKER_TASKS_H
#define LETHE_WORKER_TASKS_H

#include <base/arena.h>
#include <worker/worker.h>

/* One task: all of its due work, in steps, until there is none or the control says stop. */
struct worker_task {
	const char *name;
	bool (*run)(const struct worker *worker, struct arena *arena, struct error *error);
};

/* The domain as work uses it that nobody waits for: in smaller steps, with rests, where the worker
 * has a pace. */
struct domain worker_gentle(const struct worker *worker);

/* Marking and restoring what acts left to the background. */
bool task_continue(const struct worker *worker, struct arena *arena, struct error *error);

/* Purging what nobody can restore any more. */
bool task_purge(const struct worker *worker, struct arena *arena, struct error *error);

/* Making exports, and ending those whose time is over. */
bool task_export(const struct worker *worker, struct arena *arena, struct error *error);

/* Removing the objects whose rows are gone. */
bool task_cleanup(const struct worker *worker, struct arena *arena, struct error *error);

/* Queueing mail to the owners of archived photos that will be purged soon. */
bool task_retention(const struct worker *worker, struct arena *arena, struct error *error);

/* Queueing reminders of accounts that will be erased soon. */
bool task_reminders(const struct worker *worker, struct arena *arena, struct error *error);

/* Sending queued mail. */
bool task_mail(const struct worker *worker, struct arena *arena, struct error *error);

/* Telling host applications what has happened. */
bool task_webhooks(const struct worker *worker, struct arena *arena, struct error *error);

/* Forgetting sessions, interrupted acts, spent tokens and counted hits that are over, what mail
 * said, and webhooks that were settled. */
bool task_forget(const struct worker *worker, struct arena *arena, struct error *error);

/* Counting ahead what the dashboard shows. */
bool task_tally(const struct worker *worker, struct arena *arena, struct error *error);

/* Removing what the audit retention is over for. */
bool task_prune(const struct worker *worker, struct arena *arena, struct error *error);

#endif
