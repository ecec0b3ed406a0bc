/* containers.c - deleting an album, project or site: the page says what will happen to how many
 * things until when, and the act then does exactly that. */
#include "../acts_containers.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <domain/places.h>
#include <http/url.h>

/* How a kind of container is spoken of, and where its list is. */
static const struct container_words {
	const char *word, *list, *done;
	bool has_choice; /* of what becomes of its photos */
} words[PLACE_KIND_COUNT] = {
    [PLACE_PROJECT] = {"project", "/admin/projects", "project_deleted", true},
    [PLACE_SITE] = {"site", "/admin/sites", "site_deleted", true},
    [PLACE_ALBUM] = {"album", "/albums", "album_deleted", false},
};

static const struct choice {
	enum photo_action action;
	const char *key, *label;
} choices[] = {
    {PHOTO_ACTION_ORPHAN, "is_orphan", "Keep the photos"},
    {PHOTO_ACTION_ARCHIVE, "is_archive", "Archive the photos"},
    {PHOTO_ACTION_DELETE, "is_delete", "Delete the photos"},
};

/* What goes with the container, which itself is named apart. */
static const char *words_without_root(
    struct web *web, enum place_kind kind, const struct deletion_impact *impact)
{
	int64_t counts[COUNT_KIND_COUNT];

	for (size_t i = 0; i < COUNT_KIND_COUNT; i++)
		counts[i] = impact->counts[i];
	counts[item_kind_counted(acts_kind_of(kind))]--;
	return present_impact_words(web, impact, counts, acts_count_most(web));
}

static void set_impact(struct web *web, struct doc *entry, const struct deletion_impact *impact)
{
	const struct place *place = web->subject;
	int64_t photos = impact->counts[COUNT_PHOTO], most = acts_count_most(web);

	doc_set_text(entry, "what", words_without_root(web, place->kind, impact));
	doc_set_text(entry, "photos",
	    show_sentence(web->arena,
		present_counted(web, photos, impact->more[COUNT_PHOTO], most, "photo", "photos")));
	doc_set_bool(entry, "is_one", photos == 1);
	doc_set_bool(entry, "is_nothing", photos == 0);
	doc_set_text(entry, "size", show_bytes(web->arena, impact->bytes));
	doc_set_bool(entry, "more_bytes", impact->more_bytes);
	doc_set_text(entry, "people",
	    present_counted(web, impact->people, impact->more_people, most, "person", "people"));
	doc_set_bool(entry, "has_people", impact->people > 0);
}

static bool push_choice(struct web *web, struct doc *list, const struct choice *choice,
    bool *is_partial, struct error *error)
{
	enum photo_action chosen = acts_photo_action(web);
	struct doc *entry = doc_object(web->arena);
	struct deletion_impact impact;

	if (!acts_impact(web, choice->action, acts_count_most(web), &impact, error))
		return false;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		doc_set_bool(entry, choices[i].key, choices[i].action == choice->action);
	doc_set_text(entry, "value", photo_action_name(choice->action));
	doc_set_text(entry, "label", choice->label);
	doc_set_bool(entry, "is_selected",
	    choice->action == (chosen == PHOTO_ACTION_NONE ? PHOTO_ACTION_ORPHAN : chosen));
	set_impact(web, entry, &impact);
	doc_push(list, entry);
	*is_partial = *is_partial || impact.is_partial;
	return true;
}

static bool set_choices(struct web *web, struct doc *page, bool has_choice, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct deletion_impact impact;
	bool is_partial = false;

	/* An album's list of photos waits for the restore, and nothing else goes. */
	if (!has_choice && !acts_impact(web, PHOTO_ACTION_NONE, IMPACT_ALL, &impact, error))
		return false;
	for (size_t i = 0; has_choice && i < sizeof(choices) / sizeof(choices[0]); i++)
		if (!push_choice(web, list, &choices[i], &is_partial, error))
			return false;
	doc_set(page, "choices", list);
	doc_set_bool(page, "has_choice", has_choice);
	doc_set_bool(page, "is_partial", is_partial);
	return true;
}

static bool set_until(struct web *web, struct doc *page, struct error *error)
{
	struct deletion_windows windows;
	enum db_result result =
	    deletion_windows(web->domain->db, web->arena, &web->actor.organization_id, &windows);

	if (result != DB_OK)
		return db_fail(result, error);
	show_time(web, page, "until", web->now_us + windows.container_recovery_us);
	show_time(web, page, "archive_until", web->now_us + windows.archive_retention_us);
	return true;
}

bool page_container_delete(struct web *web, struct error *error)
{
	const struct place *place = web->subject;
	const struct container_words *kind = &words[place->kind];
	struct doc *page =
	    page_begin(web, arena_join(web->arena, "Delete “", place->name, "”?", NULL));

	if (!set_choices(web, page, kind->has_choice, error) || !set_until(web, page, error))
		return false;
	doc_set(page, "place", present_place(web, place, NULL));
	doc_set_text(page, "kind", kind->word);
	doc_set_bool(page, "is_site", place->kind == PLACE_SITE);
	doc_set_text(page, "list_url", kind->list);
	doc_set_text(page, "action",
	    http_url_build(web->arena, arena_join(web->arena, kind->list, "/{id}/delete", NULL),
		HTTP_PAIRS({"id", present_id(web, &place->id)}), HTTP_NO_PAIRS));
	doc_set_text(page, "confirmation", input_text(web, "confirmation"));
	doc_set_text(page, "reason", input_text(web, "reason"));
	return page_send(web, web_form_status(web), "container_delete", page, error);
}

bool page_container_delete_send(struct web *web, struct error *error)
{
	const struct place *place = web->subject;
	struct deletion deletion;

	return acts_delete_container(web, &deletion, error) &&
	       redirect_to(web, http_url_build(web->arena, "/trash/{id}",
				    HTTP_PAIRS({"id", present_id(web, &deletion.id)}),
				    HTTP_PAIRS({"done", words[place->kind].done},
					{"act", present_id(web, &deletion.act_id)})));
}
