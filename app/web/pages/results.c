/* results.c - what became of each of several things. */
#include "results.h"

#include "../answer.h"
#include "../present.h"
#include "../show.h"

#include <domain/photos.h>

void results_push(struct web *web, struct doc *list, struct doc *thing, const char *message)
{
	struct doc *entry = thing ? thing : doc_object(web->arena);

	doc_set_bool(entry, "is_known", thing != NULL);
	doc_set_bool(entry, "is_changed", message == NULL);
	doc_set_text(entry, "message", message);
	doc_push(list, entry);
}

bool results_send(struct web *web, const struct results_words *words, struct doc *list,
    size_t changed, const struct id *act_id, const char *next, struct error *error)
{
	struct doc *page = page_begin(web, words->title);

	doc_set(page, "results", list);
	doc_set_text(page, "participle", words->participle);
	doc_set_text(page, "done", words->badge);
	doc_set_text(page, "thing", words->one);
	doc_set_bool(page, "has_changed", changed > 0);
	doc_set_text(page, "changed_words",
	    show_count(web->arena, (int64_t)changed, words->one, words->many));
	doc_set_text(page, "undo_id", id_is_none(act_id) ? NULL : present_id(web, act_id));
	doc_set_text(page, "next", next);
	return page_send(web, changed ? 200 : 409, "results", page, error);
}

/* As they are now, as far as the viewer sees them. */
static bool find_photos(struct web *web, const struct bulk_result *result,
    struct photos_page *photos_r, struct error *error)
{
	struct id ids[PHOTOS_FIND_MOST];

	photos_r->items = arena_array(web->arena, result->count, sizeof(*photos_r->items));
	photos_r->count = 0;
	for (size_t at = 0; at < result->count; at += PHOTOS_FIND_MOST) {
		struct photos_page some;
		size_t count = 0;
		while (count < PHOTOS_FIND_MOST && at + count < result->count) {
			ids[count] = result->items[at + count].id;
			count++;
		}
		if (!photos_find_several(
			web->domain, &web->actor, web->arena, ids, count, &some, error))
			return false;
		for (size_t i = 0; i < some.count; i++)
			photos_r->items[photos_r->count++] = some.items[i];
	}
	return true;
}

bool results_send_photos(struct web *web, const struct results_words *words,
    const struct bulk_result *result, bool can_undo, const char *next, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct photos_page photos;

	if (!find_photos(web, result, &photos, error))
		return false;
	for (size_t i = 0; i < result->count; i++) {
		const struct bulk_item *item = &result->items[i];
		size_t at = 0;
		while (at < photos.count && !id_equal(&photos.items[at].id, &item->id))
			at++;
		results_push(web, list,
		    at < photos.count ? present_photo(web, &photos.items[at]) : NULL,
		    item->changed ? NULL : item->message);
	}
	return results_send(
	    web, words, list, result->changed, can_undo ? &result->act_id : &id_none, next, error);
}
