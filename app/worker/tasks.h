/* tasks.h - the worker's tasks, one file each. */
#ifndef LETHE_WORKER_TASKS_H
#define LETHE_WORKER_TASKS_H

#include <base/arena.h>
#include <worker/worker.h>

/* One task: all of its due work, in steps, until there is none or `control` says stop. */
struct worker_task {
	const char *name;
	bool (*run)(const struct domain *domain, struct arena *arena,
	    const struct worker_control *control, struct error *error);
};

/* Marking and restoring what acts left to the background. */
bool task_continue(const struct domain *domain, struct arena *arena,
    const struct worker_control *control, struct error *error);

/* Purging what nobody can restore any more. */
bool task_purge(const struct domain *domain, struct arena *arena,
    const struct worker_control *control, struct error *error);

/* Removing the objects whose rows are gone. */
bool task_cleanup(const struct domain *domain, struct arena *arena,
    const struct worker_control *control, struct error *error);

/* Forgetting sessions, interrupted acts, spent tokens and counted hits that are over. */
bool task_forget(const struct domain *domain, struct arena *arena,
    const struct worker_control *control, struct error *error);

#endif
