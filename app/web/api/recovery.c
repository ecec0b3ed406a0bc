/* recovery.c - the API of purging what can no longer be recovered. */
#include "../answer.h"
#include "../handlers.h"

#include <domain/purge.h>

/* What is left for the worker is due already; the answer says whether there is any. */
#define STEPS_AT_ONCE 5

bool api_cleanup_start(struct web *web, struct error *error)
{
	struct doc *answer = doc_object(web->arena);
	struct purge_limits limits = {
	    .max_steps = STEPS_AT_ONCE, .organization_id = web->actor.organization_id};
	struct purge_report report;

	if (!purge_due(web->domain, web->arena, &limits, &report, error))
		return false;
	doc_set_bool(answer, "unfinished", report.unfinished);
	doc_set_bool(answer, "paused", report.paused);
	return api_answer(web, answer);
}
