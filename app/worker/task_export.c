/* task_export.c - making what people take with them. */
#include "tasks.h"

#include <base/log.h>
#include <domain/exports.h>

/* An export may take as long as it has pictures: others, who wait for their deletions and mails,
 * are served between two of them. */
struct interlude {
	const struct worker *worker;
	struct arena *arena;
};

static bool is_stopping(void *context)
{
	const struct interlude *c = context;

	return c->worker->control.stop(c->worker->control.context);
}

static void serve_others(void *context)
{
	static bool (*const urgent[])(const struct worker *worker, struct arena *arena,
	    struct error *error) = {task_continue, task_mail};
	const struct interlude *c = context;

	for (size_t i = 0; i < sizeof(urgent) / sizeof(urgent[0]); i++) {
		struct error ignored = {0}; /* it is told of when it is that task's turn */

		arena_reset(c->arena);
		(void)!urgent[i](c->worker, c->arena, &ignored);
	}
}

static void tell(const struct exports_report *report)
{
	if (report->made + report->put_off + report->expired > 0)
		log_event(LOG_INFO, "exported", log_int("made", report->made),
		    log_int("put_off", report->put_off), log_int("expired", report->expired));
}

bool task_export(const struct worker *worker, struct arena *arena, struct error *error)
{
	struct interlude interlude = {.worker = worker, .arena = arena_create()};
	const struct exports_limits limits = {.round_us = worker->pace ? EXPORTS_ROUND_US : 0,
	    .stop = is_stopping,
	    .meanwhile = serve_others,
	    .context = &interlude};
	struct exports_report report;
	bool ok = exports_continue(worker->domain, arena, &limits, &report, error);

	tell(&report);
	arena_destroy(&interlude.arena);
	return ok;
}
