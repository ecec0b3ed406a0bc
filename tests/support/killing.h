/* killing.h - work of the domain that is killed between two steps, in a child, and gone on with. */
#ifndef LETHE_TESTS_KILLING_H
#define LETHE_TESTS_KILLING_H

#include "scene.h"

/* What is run: by the child until it dies, then by the parent to its end. */
typedef bool (*killing_work_fn)(
    const struct domain *domain, struct arena *arena, struct error *error);

/* The worker's two rounds: marking and restoring; purging. */
bool killing_continue(const struct domain *domain, struct arena *arena, struct error *error);
bool killing_purge(const struct domain *domain, struct arena *arena, struct error *error);

/* Run it in a child that is killed after `boundary` steps. True if it was: false if it came to its
 * end before. */
bool killing_run(killing_work_fn work, int boundary);

/* Run it here. */
void killing_go_on(killing_work_fn work);

#endif
