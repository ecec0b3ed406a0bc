/* library.c - the library and its selections. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "choices.h"
#include "results.h"

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
	return page_send(web, web_form_status(web), "upload", page, error);
}

bool page_upload_send(struct web *web, struct error *error)
{
	struct photo photo = {0};

	return acts_add_photo(web, &photo, error) &&
	       redirect_to(web, http_url_build(web->arena, "/photos/{id}",
				    HTTP_PAIRS({"id", present_id(web, &photo.id)}),
				    HTTP_PAIRS({"done", "added"})));
}

/* Why the act will leave a photo as it is, as far as can be told beforehand; NULL: it will not. */
static const char *why_not(struct web *web, const struct photo *photo, enum policy_action action)
{
	struct policy_subject subject = photos_policy_subject(photo);
	struct error why = {0};

	if (photo->deleted_at_us != 0)
		return "It is deleted already.";
	if (action == POLICY_ARCHIVE && photo->archived_at_us != 0)
		return "It is archived already.";
	return policy_check(&web->actor, action, &subject, &why)
		   ? NULL
		   : arena_dup(web->arena, why.message);
}

/* The selection of a bulk act, photo by photo; what cannot be done is said beforehand. With what
 * was sent of a form that was refused, unless there is nothing to show it with. */
static bool show_selection(struct web *web, const char *title, const char *name,
    enum policy_action action, struct error *error)
{
	int64_t able = 0;
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
	for (size_t i = 0; i < photos.count; i++) {
		struct doc *photo = present_photo(web, &photos.items[i]);
		const char *stays = why_not(web, &photos.items[i], action);
		doc_set_text(photo, "stays", stays);
		doc_push(list, photo);
		able += stays == NULL;
	}
	doc_set(page, "photos", list);
	doc_set_bool(page, "is_possible", able > 0);
	doc_set_text(page, "staying_words",
	    able < (int64_t)photos.count
		? show_count(web->arena, (int64_t)photos.count - able, "photo stays", "photos stay")
		: NULL);
	doc_set_text(page, "next",
	    web->form ? next_or(web, "/") : http_url_local(http_query(web->request, "next"), "/"));
	doc_set_text(page, "reason", input_text(web, "reason"));
	doc_set_text(page, "count_words", show_count(web->arena, able, "photo", "photos"));
	return page_send(web, web_form_status(web), name, page, error);
}

bool page_photos_delete(struct web *web, struct error *error)
{
	return show_selection(web, "Delete these photos?", "photos_delete", POLICY_DELETE, error);
}

bool page_photos_archive(struct web *web, struct error *error)
{
	return show_selection(
	    web, "Archive these photos?", "photos_archive", POLICY_ARCHIVE, error);
}

/* What was done shows as a toast; where not all went as asked, a page says what became of each. */
static bool tell(struct web *web, const struct bulk_result *result,
    const struct results_words *words, const char *done, int64_t count, bool can_undo,
    struct error *error)
{
	const char *act = can_undo ? present_id(web, &result->act_id) : NULL;

	if (result->skipped > 0)
		return results_send_photos(web, words, result, can_undo, next_or(web, "/"), error);
	return redirect_to(
	    web, http_url_build(web->arena, next_or(web, "/"), HTTP_NO_PAIRS,
		     HTTP_PAIRS({"done", done}, {"act", act},
			 {"n", arena_printf(web->arena, "%lld", (long long)count)})));
}

bool page_photos_delete_send(struct web *web, struct error *error)
{
	static const struct results_words words = {
	    "Deleting", "deleted", "Deleted", "photo", "photos"};
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_delete(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       tell(web, &result, &words, "deleted", (int64_t)result.changed, true, error);
}

bool page_photos_archive_send(struct web *web, struct error *error)
{
	static const struct results_words words = {
	    "Archiving", "archived", "Archived", "photo", "photos"};
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_archive(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       tell(web, &result, &words, "archived", result.rows, false, error);
}

/* Of the archive: what is refused stays there. */
bool page_photos_restore_send(struct web *web, struct error *error)
{
	static const struct results_words words = {
	    "Restoring", "restored", "Restored", "photo", "photos"};
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_restore(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       tell(web, &result, &words, "restored", (int64_t)result.changed, false, error);
}
