/* places.c - the API's lists of projects, sites, albums, tags and organisations. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/places.h>

static bool list(struct web *web, enum place_kind kind, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct places_page page;

	if (!places_list(web->domain, &web->actor, web->arena, kind,
		(unsigned)input_integer(web, "limit", 0), input_id(web, "cursor"), &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		doc_push(items, present_place(web, &page.items[i], NULL));
	return api_answer(web, present_list(web, items, &page.next));
}

bool api_project_list(struct web *web, struct error *error)
{
	return list(web, PLACE_PROJECT, error);
}

bool api_site_list(struct web *web, struct error *error)
{
	return list(web, PLACE_SITE, error);
}

bool api_album_list(struct web *web, struct error *error)
{
	return list(web, PLACE_ALBUM, error);
}

bool api_tag_list(struct web *web, struct error *error)
{
	return list(web, PLACE_TAG, error);
}

bool api_organization_list(struct web *web, struct error *error)
{
	return list(web, PLACE_ORGANIZATION, error);
}
