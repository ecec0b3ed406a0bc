/* library.c - the library and its selections. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "choices.h"

#include <domain/deletions.h>
#include <domain/photos.h>
#include <http/url.h>

/* The address of this list with another cursor. */
static const char *list_url(struct web *web, const char *cursor)
{
	return http_url_build(web->arena, "/", HTTP_NO_PAIRS,
	    HTTP_PAIRS({"include_archived", input_text(web, "include_archived")},
		{"mine", input_text(web, "mine")}, {"project_id", input_text(web, "project_id")},
		{"site_id", input_text(web, "site_id")}, {"tag", input_text(web, "tag")},
		{"cursor", cursor}));
}

static void set_filters(struct web *web, struct doc *page)
{
	struct doc *filters = doc_object(web->arena);

	doc_set_bool(filters, "include_archived", input_bool(web, "include_archived"));
	doc_set_bool(filters, "mine", input_bool(web, "mine"));
	doc_set_text(filters, "tag", input_text(web, "tag"));
	doc_set_bool(filters, "has_more",
	    input_text(web, "tag") || input_get(web, "project_id")->present ||
		input_get(web, "site_id")->present);
	doc_set_bool(filters, "is_set",
	    input_bool(web, "include_archived") || input_bool(web, "mine") ||
		input_text(web, "tag") || input_get(web, "project_id")->present ||
		input_get(web, "site_id")->present);
	doc_set(page, "filters", filters);
}

bool page_library(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Library");
	struct photos_page photos;

	if (!chrome_live(web, page, error) || !acts_list_photos(web, &photos, error) ||
	    !choices_fill(
		web, page, "projects", PLACE_PROJECT, input_id(web, "project_id"), error) ||
	    !choices_fill(web, page, "sites", PLACE_SITE, input_id(web, "site_id"), error))
		return false;
	doc_set(page, "photos", present_photos(web, &photos));
	page_pager(web, page, list_url(web, NULL),
	    id_is_none(&photos.next) ? NULL : list_url(web, present_id(web, &photos.next)));
	set_filters(web, page);
	return page_send(web, 200, "library", page, error);
}

bool page_upload(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Add photos");

	if (!choices_fill(
		web, page, "projects", PLACE_PROJECT, input_id(web, "project_id"), error) ||
	    !choices_fill(web, page, "sites", PLACE_SITE, input_id(web, "site_id"), error))
		return false;
	doc_set_text(page, "title_value", input_text(web, "title"));
	doc_set_text(page, "description", input_text(web, "description"));
	doc_set_text(page, "tags", input_text(web, "tags"));
	return page_send(web, web->form_error ? 400 : 200, "upload", page, error);
}

bool page_upload_send(struct web *web, struct error *error)
{
	struct photo photo = {0};

	return acts_add_photo(web, &photo, error) &&
	       redirect_to(web, http_url_build(web->arena, "/photos/{id}",
				    HTTP_PAIRS({"id", present_id(web, &photo.id)}),
				    HTTP_PAIRS({"done", "added"})));
}

/* The selection of a bulk act, photo by photo, with what may be done to each; with what was sent of
 * a form that was refused, unless there is nothing to show it with. */
static bool show_selection(
    struct web *web, const char *title, const char *name, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct doc *page = page_begin(web, title);
	struct doc *list = doc_list(web->arena);
	struct photos_page photos;

	if (web->form_error && (ids->count == 0 || ids->count > PHOTOS_FIND_MOST)) {
		*error = *web->form_error;
		return false;
	}
	if (!photos_find_several(
		web->domain, &web->actor, web->arena, ids->ids, ids->count, &photos, error) ||
	    !acts_set_windows(web, page, error))
		return false;
	for (size_t i = 0; i < photos.count; i++)
		doc_push(list, present_photo(web, &photos.items[i]));
	doc_set(page, "photos", list);
	doc_set_text(page, "next",
	    web->form ? next_or(web, "/") : http_url_local(http_query(web->request, "next"), "/"));
	doc_set_text(page, "reason", input_text(web, "reason"));
	doc_set_text(
	    page, "count_words", show_count(web->arena, list->as.list.count, "photo", "photos"));
	return page_send(web, web->form_error ? 400 : 200, name, page, error);
}

bool page_photos_delete(struct web *web, struct error *error)
{
	return show_selection(web, "Delete these photos?", "photos_delete", error);
}

bool page_photos_archive(struct web *web, struct error *error)
{
	return show_selection(web, "Archive these photos?", "photos_archive", error);
}

/* What was done shows as a toast; where nothing could be, the first reason is the answer. */
static bool tell(struct web *web, const struct bulk_result *result, const char *done, int64_t count,
    const char *act, struct error *error)
{
	if (result->changed == 0 && result->count > 0)
		return error_set(error, ERROR_CONFLICT, "nothing_changed",
		    "Nothing was changed: %s",
		    result->items[0].message ? result->items[0].message : "see each photo.");
	return redirect_to(
	    web, http_url_build(web->arena, next_or(web, "/"), HTTP_NO_PAIRS,
		     HTTP_PAIRS({"done", done}, {"act", act},
			 {"n", arena_printf(web->arena, "%lld", (long long)count)})));
}

bool page_photos_delete_send(struct web *web, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_delete(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       tell(web, &result, "deleted", (int64_t)result.changed,
		   present_id(web, &result.act_id), error);
}

bool page_photos_archive_send(struct web *web, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_archive(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       tell(web, &result, "archived", result.rows, NULL, error);
}

/* Of the archive: what is refused stays there. */
bool page_photos_restore_send(struct web *web, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_restore(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       tell(web, &result, result.skipped > 0 ? "restored_some" : "restored",
		   (int64_t)result.changed, NULL, error);
}
