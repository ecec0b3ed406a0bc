/* choices.c - choices of projects and sites for forms. */
#include "choices.h"

#include "../present.h"

#include <domain/places.h>

#define CHOICES_MAX 200

static bool lists(const struct places_page *places, const struct id *id)
{
	for (size_t i = 0; i < places->count; i++)
		if (id_equal(&places->items[i].id, id))
			return true;
	return false;
}

bool choices_fill(struct web *web, struct doc *page, const char *key, enum place_kind kind,
    const struct id *selected, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct places_page places;
	struct place chosen;

	if (!places_list(
		web->domain, &web->actor, web->arena, kind, CHOICES_MAX, &id_none, &places, error))
		return false;
	/* What was chosen elsewhere is in the list whatever its length; what is gone is not. */
	if (selected && !id_is_none(selected) && !lists(&places, selected) &&
	    places_find(web->domain, &web->actor, web->arena, kind, selected, &chosen, NULL))
		doc_push(list, present_place(web, &chosen, selected));
	for (size_t i = 0; i < places.count; i++)
		doc_push(list, present_place(web, &places.items[i], selected));
	doc_set(page, key, list);
	doc_set_bool(page, arena_join(web->arena, key, "_more", NULL), !id_is_none(&places.next));
	return true;
}
