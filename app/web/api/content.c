/* content.c - the API of creators: archive, restore, delete forever. */
#include "../acts.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/content.h>
#include <domain/deletions.h>

bool api_content_list(struct web *web, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct content_page page;

	if (!acts_list_content(web, &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		doc_push(items, present_content(web, &page.items[i]));
	return api_answer(
	    web, present_list(web, items,
		     page.more && page.count ? &page.items[page.count - 1].id : &id_none));
}

/* The choices of content_type are in this order. */
static enum item_kind kind_of(const struct web *web)
{
	return input_get(web, "content_type")->integer == 0 ? ITEM_QUEST : ITEM_ADVENTURE;
}

bool api_content_archive(struct web *web, struct error *error)
{
	struct content content;

	return content_archive(web->domain, &web->actor, web->arena, kind_of(web),
		   input_id(web, "content_id"), NULL, &content, error) &&
	       api_answer(web, present_content(web, &content));
}

bool api_content_restore(struct web *web, struct error *error)
{
	struct content content;

	return content_restore(web->domain, &web->actor, web->arena, kind_of(web),
		   input_id(web, "content_id"), &content, error) &&
	       api_answer(web, present_content(web, &content));
}

bool api_content_delete_forever(struct web *web, struct error *error)
{
	struct deletion deletion;

	web->subject_id = *input_id(web, "content_id");
	return acts_delete_forever(web, kind_of(web), &deletion, error) &&
	       api_answer(web, present_deleted(web, &deletion));
}

/* No way round the archive, the typed word and the checks of its successor. As the route's `find`,
 * too, it answers old clients whatever they send. */
bool api_content_delete_legacy(struct web *web, struct error *error)
{
	http_response_header(
	    web->response, "Link", "</api/creator/permanent-delete>; rel=\"successor-version\"");
	return error_set(error, ERROR_GONE, "endpoint_gone",
	    "This endpoint is gone. Use DELETE /api/creator/permanent-delete.");
}
