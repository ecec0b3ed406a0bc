/* trash.c - what was deleted or archived, and the way back. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "account_parts.h"
#include "restore_bar.h"
#include "results.h"

#include <domain/deletions.h>
#include <domain/photos.h>
#include <http/url.h>
#include <string.h>

#define PAGE_ROWS 50

static const struct tab {
	const char *label, *kind; /* of the address; NULL: all */
	enum role least;
} tabs[] = {
    {"Everything", NULL, ROLE_MEMBER},
    {"Photos", "photo", ROLE_MEMBER},
    {"Albums", "album", ROLE_MEMBER},
    {"Projects", "project", ROLE_ADMIN},
    {"Sites", "site", ROLE_ADMIN},
    {"Accounts", "user", ROLE_ADMIN},
};

static const char *tab_url(struct web *web, const char *tab, const char *kind, const char *cursor)
{
	return http_url_build(web->arena, "/trash", HTTP_NO_PAIRS,
	    HTTP_PAIRS({"tab", tab}, {"kind", kind}, {"cursor", cursor}));
}

/* What an admin searches for: the beginning of a name. */
static const char *search_of(const struct web *web)
{
	return actor_is_admin(&web->actor) ? input_text(web, "q") : NULL;
}

/* The address of this list with another cursor. */
static const char *list_url(struct web *web, const char *cursor)
{
	const char *search = search_of(web);

	return search ? http_url_build(web->arena, "/trash", HTTP_NO_PAIRS,
			    HTTP_PAIRS({"q", search}, {"cursor", cursor}))
		      : tab_url(web, NULL, input_get(web, "kind")->text, cursor);
}

static void push_tab(
    struct web *web, struct doc *list, const char *label, const char *url, bool is_current)
{
	struct doc *tab = doc_object(web->arena);

	doc_set_text(tab, "label", label);
	doc_set_text(tab, "url", url);
	doc_set_bool(tab, "is_current", is_current);
	doc_push(list, tab);
}

static void set_tabs(struct web *web, struct doc *page, bool is_archive)
{
	struct doc *list = doc_list(web->arena);
	const char *kind = input_text(web, "kind");

	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		if (web->actor.role < tabs[i].least)
			continue;
		bool same =
		    kind && tabs[i].kind ? strcmp(kind, tabs[i].kind) == 0 : !kind && !tabs[i].kind;
		push_tab(web, list, tabs[i].label, tab_url(web, NULL, tabs[i].kind, NULL),
		    !is_archive && !search_of(web) && same);
	}
	push_tab(web, list, "Archive", tab_url(web, "archived", NULL, NULL), is_archive);
	doc_set(page, "tabs", list);
}

static bool fill_deleted(struct web *web, struct doc *page, struct error *error)
{
	const struct web_value *kind = input_get(web, "kind");
	struct doc *items = doc_list(web->arena);
	struct deletion_page rows;
	struct deletion_query query = {
	    .any_kind = !kind->present,
	    .kind = (enum item_kind)kind->integer,
	    .recoverable = true,
	    .label = search_of(web),
	    .after = *input_id(web, "cursor"),
	    .limit = PAGE_ROWS,
	};

	if (!deletions_list(web->domain, &web->actor, web->arena, &query, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_deletion(web, &rows.items[i]));
	doc_set(page, "deletions", items);
	doc_set_bool(page, "is_empty", rows.count == 0);
	page_pager(web, page, list_url(web, NULL),
	    rows.more ? list_url(web, present_id(web, &rows.items[rows.count - 1].id)) : NULL);
	return true;
}

static bool fill_archived(struct web *web, struct doc *page, struct error *error)
{
	struct photos_page photos;
	struct photos_query query = {
	    .archived_only = true, .limit = PAGE_ROWS, .before = *input_id(web, "cursor")};

	if (!photos_list(web->domain, &web->actor, web->arena, &query, &photos, error))
		return false;
	doc_set(page, "archived", present_photos(web, &photos));
	doc_set_bool(page, "is_empty", photos.count == 0);
	page_pager(web, page, tab_url(web, "archived", NULL, NULL),
	    id_is_none(&photos.next)
		? NULL
		: tab_url(web, "archived", NULL, present_id(web, &photos.next)));
	return true;
}

void page_set_restore_bar(struct web *web, struct doc *page, const char *action, const char *next)
{
	struct doc *restore = doc_object(web->arena);

	doc_set_text(restore, "action", action);
	doc_set_text(restore, "next", next);
	doc_set(page, "restore", restore);
}

bool page_trash(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Trash");
	bool is_archive = input_get(web, "tab")->integer == 1;

	if (!chrome_live(web, page, error))
		return false;
	set_tabs(web, page, is_archive);
	doc_set_bool(page, "is_archive", is_archive);
	doc_set_text(page, "search", search_of(web));
	doc_set_bool(page, "can_search", actor_is_admin(&web->actor) && !is_archive);
	page_set_restore_bar(web, page, is_archive ? "/photos/restore" : "/trash/restore",
	    is_archive ? "/trash?tab=archived" : list_url(web, NULL));
	if (!(is_archive ? fill_archived : fill_deleted)(web, page, error))
		return false;
	return page_send(web, 200, "trash", page, error);
}

static bool is_outage(const struct error *error)
{
	return error->kind == ERROR_UNAVAILABLE || error->kind == ERROR_INTERNAL;
}

/* What became of each: as it is now, where the viewer sees it, and why it is still here, if it is.
 */
static bool tell_each(
    struct web *web, const char *const *messages, size_t restored, struct error *error)
{
	static const struct results_words words = {
	    "Restoring", "restored", "Restored", "item", "items"};
	const struct web_value *ids = input_get(web, "ids");
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < ids->count; i++) {
		struct deletion deletion;
		bool found = deletions_find(
		    web->domain, &web->actor, web->arena, &ids->ids[i], &deletion, NULL);
		results_push(
		    web, list, found ? present_deletion(web, &deletion) : NULL, messages[i]);
	}
	return results_send(web, &words, list, restored, &id_none, next_or(web, "/trash"), error);
}

/* Each of the selected; what is refused stays in the trash. */
bool page_trash_restore_send(struct web *web, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	const char **messages = arena_array(web->arena, ids->count, sizeof(*messages));
	size_t restored = 0;
	int64_t left = 0;

	for (size_t i = 0; i < ids->count; i++) {
		struct deletion deletion;
		struct error why = {0};
		bool ok = deletions_restore(web->domain, &web->actor, web->arena, &ids->ids[i],
		    &(struct restore_choice){0}, &deletion, &why);
		if (!ok && (ids->count == 1 || (restored == 0 && is_outage(&why)))) {
			*error = why;
			return false;
		}
		messages[i] = ok ? NULL : arena_dup(web->arena, why.message);
		restored += ok;
		left += ok ? deletion.left_count : 0;
	}
	if (restored < ids->count)
		return tell_each(web, messages, restored, error);
	return redirect_to(web, http_url_build(web->arena, next_or(web, "/trash"), HTTP_NO_PAIRS,
				    HTTP_PAIRS({"done", left > 0 ? "restored_leaving" : "restored"},
					{"n", arena_printf(web->arena, "%zu", restored)})));
}

bool page_undo_send(struct web *web, struct error *error)
{
	struct act_result *results;
	size_t count;

	if (!deletions_restore_act(web->domain, &web->actor, web->arena, input_id(web, "act_id"),
		&results, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!results[i].changed)
			return error_set(error, ERROR_CONFLICT, "not_all_restored",
			    "Not everything could be brought back. Look in the trash for what is "
			    "left.");
	return redirect_to(web, "/?done=undone");
}

/* The address of a deletion's items from a cursor on. */
static const char *items_url(struct web *web, const struct deletion *deletion, const char *cursor)
{
	return http_url_build(web->arena, "/trash/{id}",
	    HTTP_PAIRS({"id", present_id(web, &deletion->id)}), HTTP_PAIRS({"cursor", cursor}));
}

static bool set_items(struct web *web, struct doc *page, struct error *error)
{
	const struct deletion *deletion = web->subject;
	struct doc *list = doc_list(web->arena);
	struct deletion_item *items;
	size_t count;
	bool more;

	if (!deletions_items(web->domain, web->arena, deletion, input_id(web, "cursor"), PAGE_ROWS,
		&items, &count, &more, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct doc *item = doc_object(web->arena);
		const char *id = present_id(web, &items[i].id);
		doc_set_text(item, "id", id);
		doc_set_text(item, "name", items[i].title ? items[i].title : "Untitled photo");
		doc_set_text(item, "part_of", items[i].part_of);
		doc_set_bool(item, "is_archived", items[i].effect == EFFECT_ARCHIVED);
		doc_set_bool(item, "is_orphaned", items[i].effect == EFFECT_ORPHANED);
		doc_set_bool(item, "is_derivative", !id_is_none(&items[i].original_id));
		doc_set_text(item, "thumbnail_url",
		    items[i].has_picture ? http_url_build(web->arena, "/photos/{id}/thumbnail",
					       HTTP_PAIRS({"id", id}), HTTP_NO_PAIRS)
					 : NULL);
		doc_push(list, item);
	}
	doc_set(page, "items", list);
	doc_set_bool(page, "has_items", count > 0);
	/* An account comes back whole. */
	doc_set_bool(page, "has_choice",
	    count > 1 && items[0].effect == EFFECT_DELETED && deletion->kind != ITEM_USER);
	page_pager(web, page, items_url(web, deletion, NULL),
	    more ? items_url(web, deletion, present_id(web, &items[count - 1].id)) : NULL);
	return true;
}

bool page_deletion(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Deletion");
	const struct deletion *deletion = web->subject;
	struct doc *shown = present_deletion(web, deletion);

	doc_set_null(shown, "wait");
	if (!chrome_live(web, page, error) || !set_items(web, page, error) ||
	    (deletion->state == DELETION_PURGING &&
		!account_parts_wait(web, shown, &deletion->id, error)))
		return false;
	doc_set(page, "deletion", shown);
	doc_set_bool(page, "is_organization", deletion->kind == ITEM_ORGANIZATION);
	doc_set_bool(page, "is_container_deleted",
	    web->form_error && strcmp(web->form_error->code, "container_deleted") == 0);
	return page_send(web, web_form_status(web), "deletion", page, error);
}

bool page_deletion_restore_send(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_restore_deletion(web, &deletion, error) &&
	       redirect_to(web, http_url_build(web->arena, "/trash/{id}",
				    HTTP_PAIRS({"id", present_id(web, &deletion.id)}),
				    HTTP_PAIRS({"done", deletion.left_count > 0 ? "restored_leaving"
										: "restored"})));
}
