/* choices.c - choices of projects and sites for forms. */
#include "choices.h"

#include "../present.h"

#include <domain/places.h>

#define CHOICES_MAX 200

bool choices_fill(struct web *web, struct doc *page, const char *key, enum place_kind kind,
    const struct id *selected, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct places_page places;

	if (!places_list(
		web->domain, &web->actor, web->arena, kind, CHOICES_MAX, &id_none, &places, error))
		return false;
	for (size_t i = 0; i < places.count; i++)
		doc_push(list, present_place(web, &places.items[i], selected));
	doc_set(page, key, list);
	return true;
}
