/* admin_home.c - the dashboard, as page and by the API. */
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../present_stats.h"

static struct doc *read_stats(struct web *web, struct error *error)
{
	struct stats *stats = arena_alloc(web->arena, sizeof(*stats));

	if (!stats_read(web->domain, &web->actor, web->arena, stats, error))
		return NULL;
	return present_stats(web, stats);
}

bool page_admin(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Overview");
	struct doc *stats = chrome_live(web, page, error) ? read_stats(web, error) : NULL;

	if (!stats)
		return false;
	doc_set(page, "stats", stats);
	return page_send(web, 200, "admin", page, error);
}

bool api_stats(struct web *web, struct error *error)
{
	struct doc *stats = read_stats(web, error);

	return stats && api_answer(web, stats);
}
