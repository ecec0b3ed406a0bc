/* recovery.c - the API of what can still be recovered, and of purging what no longer can. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/photos.h>
#include <domain/purge.h>

/* What is left for the worker is due already; the answer says whether there is any. */
#define STEPS_AT_ONCE 5

/* Photos in the trash; those whose window has closed meanwhile are left out of the page. */
bool api_recoverable_list(struct web *web, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct photos_page page;
	struct photos_query query = {
	    .deleted_only = true,
	    .limit = (unsigned)input_integer(web, "limit", PHOTOS_DEFAULT_LIMIT),
	    .before = *input_id(web, "cursor"),
	};

	if (!photos_list(web->domain, &web->actor, web->arena, &query, &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		if (!page.items[i].purging && page.items[i].recover_until_us > web->now_us)
			doc_push(items, present_photo(web, &page.items[i]));
	return api_answer(web, present_list(web, items, &page.next));
}

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
