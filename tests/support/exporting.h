/* exporting.h - exports asked for, made and fetched, in one line each. */
#ifndef LETHE_TESTS_EXPORTING_H
#define LETHE_TESTS_EXPORTING_H

#include "people.h"

#include <domain/exports.h>

/* Ask for one, with a proof that has not been used: the code of the refusal, or "". */
const char *exporting_ask(struct world *world, const struct actor *actor, struct export_row *row_r);

/* The worker's round; `limits` NULL: without any. */
struct exports_report exporting_work(struct world *world, const struct exports_limits *limits);

/* How one stands; its file, or the code of the refusal. */
struct export_row exporting_look(
    struct world *world, const struct actor *actor, const struct id *id);
const char *exporting_fetch(
    struct world *world, const struct actor *actor, const struct id *id, struct file *file_r);

/* One that is made now, with its path (may be NULL). */
struct export_row exporting_make(
    struct world *world, const struct actor *actor, const char **path_r);

/* Remove what is queued: how many objects. */
unsigned exporting_clean(struct world *world);

/* The last refusal in full. */
const struct error *exporting_error(void);

#endif
