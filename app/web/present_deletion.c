/* present_deletion.c - deletions as documents. */
#include "present.h"
#include "show.h"

#include <http/url.h>
#include <string.h>

/* What a person calls the things that are counted. */
static const struct {
	const char *singular, *plural;
} count_words[COUNT_KIND_COUNT] = {
    [COUNT_PHOTO] = {"photo", "photos"},
    [COUNT_NOTE] = {"note", "notes"},
    [COUNT_AI_RESULT] = {"AI result", "AI results"},
    [COUNT_ALBUM] = {"album", "albums"},
    [COUNT_PROJECT] = {"project", "projects"},
    [COUNT_SITE] = {"site", "sites"},
    [COUNT_QUEST] = {"quest", "quests"},
    [COUNT_CARD] = {"card", "cards"},
    [COUNT_SUBMISSION] = {"submission", "submissions"},
    [COUNT_ADVENTURE] = {"adventure", "adventures"},
    [COUNT_SEQUENCE] = {"sequence", "sequences"},
    [COUNT_EVENT] = {"event", "events"},
    [COUNT_USER] = {"person", "people"},
    [COUNT_ORGANIZATION] = {"organisation", "organisations"},
};

static const char *const kind_words[ITEM_KIND_COUNT] = {
    [ITEM_PHOTO] = "Photo",
    [ITEM_ALBUM] = "Album",
    [ITEM_PROJECT] = "Project",
    [ITEM_SITE] = "Site",
    [ITEM_QUEST] = "Quest",
    [ITEM_ADVENTURE] = "Adventure",
    [ITEM_EVENT] = "Event",
    [ITEM_USER] = "Account",
    [ITEM_ORGANIZATION] = "Organisation",
};

static const char *const state_words[DELETION_STATE_COUNT] = {
    [DELETION_MARKING] = "Being deleted",
    [DELETION_TRASHED] = "In the trash",
    [DELETION_RESTORING] = "Being restored",
    [DELETION_RESTORED] = "Restored",
    [DELETION_PURGING] = "Being deleted forever",
    [DELETION_PURGED] = "Deleted forever",
};

/* By enum deletion_origin: why it was deleted. */
static const char *const origin_words[ORIGIN_COUNT] = {
    [ORIGIN_OWNER] = "Its owner deleted it",
    [ORIGIN_ADMIN] = "An admin deleted it",
    [ORIGIN_REQUEST] = "Somebody asked for it, and an admin agreed",
    [ORIGIN_ACCOUNT] = "The person wanted their account erased",
    [ORIGIN_CONTAINER] = "It went with what it was part of",
    [ORIGIN_RETENTION] = "Its time in the archive was over",
};

const char *present_kind_word(enum item_kind kind)
{
	return kind_words[kind];
}

const char *present_origin_words(const char *origin)
{
	for (size_t i = 0; i < ORIGIN_COUNT; i++)
		if (strcmp(origin, deletion_origin_name((enum deletion_origin)i)) == 0)
			return origin_words[i];
	return origin;
}

struct doc *present_counts(struct web *web, const int64_t *all)
{
	struct doc *counts = doc_object(web->arena);

	for (size_t i = 0; i < COUNT_KIND_COUNT; i++)
		if (all[i] > 0)
			doc_set_int(counts, count_kind_name((enum count_kind)i), all[i]);
	return counts;
}

const char *present_counted(struct web *web, int64_t count, bool more, int64_t most,
    const char *singular, const char *plural)
{
	const char *words =
	    show_count(web->arena, more && count > most ? most : count, singular, plural);

	if (!more)
		return words;
	return arena_join(web->arena, count > most ? "more than " : "at least ", words, NULL);
}

/* `impact`: what may be more than its count; NULL: nothing. */
static const char *words_of(
    struct web *web, const struct deletion_impact *impact, const int64_t *counts, int64_t most)
{
	const char *words = NULL;

	for (size_t i = 0; i < COUNT_KIND_COUNT; i++) {
		const char *one;
		if (counts[i] == 0)
			continue;
		one = present_counted(web, counts[i], impact && impact->more[i], most,
		    count_words[i].singular, count_words[i].plural);
		words = words ? arena_printf(web->arena, "%s, %s", words, one) : one;
	}
	return words ? words : "nothing";
}

const char *present_counts_words(struct web *web, const int64_t *counts)
{
	return words_of(web, NULL, counts, 0);
}

const char *present_impact_words(
    struct web *web, const struct deletion_impact *impact, const int64_t *counts, int64_t most)
{
	return show_sentence(web->arena, words_of(web, impact, counts, most));
}

/* Photos that a project's or site's deletion archived or left in the library are not in the trash.
 */
static bool leaves_photos(const struct deletion *deletion)
{
	return (deletion->kind == ITEM_PROJECT || deletion->kind == ITEM_SITE) &&
	       deletion->photo_action != PHOTO_ACTION_DELETE;
}

static void set_counts(struct web *web, struct doc *doc, const struct deletion *deletion)
{
	int64_t counts[COUNT_KIND_COUNT];
	bool leaves = leaves_photos(deletion) && deletion->counts[COUNT_PHOTO] > 0;
	const char *photos =
	    show_count(web->arena, deletion->counts[COUNT_PHOTO], "photo", "photos");

	for (size_t i = 0; i < COUNT_KIND_COUNT; i++)
		counts[i] = leaves && i == COUNT_PHOTO ? 0 : deletion->counts[i];
	doc_set_text(doc, "counts_words", present_counts_words(web, counts));
	doc_set_text(doc, "left_words",
	    !leaves ? NULL
		    : arena_join(web->arena, photos,
			  deletion->photo_action == PHOTO_ACTION_ARCHIVE ? " archived"
									 : " kept in the library",
			  NULL));
	doc_set_bool(doc, "is_archiving", deletion->photo_action == PHOTO_ACTION_ARCHIVE);
	doc_set_bool(doc, "leaves_photos", leaves);
}

/* How much there is may be unknown until the worker has counted it. */
static void set_progress(struct web *web, struct doc *doc, const struct deletion *deletion)
{
	bool has_total = deletion->progress_total > 0;

	doc_set_bool(doc, "is_working",
	    deletion->state == DELETION_MARKING || deletion->state == DELETION_RESTORING ||
		deletion->state == DELETION_PURGING);
	doc_set_bool(doc, "has_total", has_total);
	doc_set_text(doc, "progress_words",
	    !has_total ? "has begun"
		       : arena_join(web->arena, show_number(web->arena, deletion->progress_done),
			     " of ", show_number(web->arena, deletion->progress_total), NULL));
}

/* Who has left by their own wish is nobody to name beside themselves. */
static const char *initiator_word(const struct deletion *deletion)
{
	if (deletion->kind == ITEM_USER && id_equal(&deletion->item_id, &deletion->initiator_id)) {
		return "themselves";
	}
	return deletion->initiator_name ? deletion->initiator_name : "Lethe";
}

static void set_view(struct web *web, struct doc *doc, const struct deletion *deletion)
{
	const char *id = present_id(web, &deletion->id);
	const char *item = present_id(web, &deletion->item_id);
	bool open = (deletion->state == DELETION_MARKING || deletion->state == DELETION_TRASHED) &&
		    deletion->recover_until_us > web->now_us;
	/* Whoever is leaving takes that back themselves, on the page of their own account. */
	bool is_leaving = deletion->kind == ITEM_USER && deletion->origin == ORIGIN_ACCOUNT;
	bool is_guarded =
	    deletion->of_platform_admin && web->actor.role != ROLE_PLATFORM_ADMIN && !is_leaving;

	doc_set_text(doc, "name", deletion->label ? deletion->label : kind_words[deletion->kind]);
	doc_set_text(doc, "kind_word", kind_words[deletion->kind]);
	doc_set_text(doc, "state_word", state_words[deletion->state]);
	doc_set_text(doc, "url",
	    http_url_build(web->arena, "/trash/{id}", HTTP_PAIRS({"id", id}), HTTP_NO_PAIRS));
	doc_set_text(doc, "thumbnail_url",
	    deletion->has_picture ? http_url_build(web->arena, "/photos/{id}/thumbnail",
					HTTP_PAIRS({"id", item}), HTTP_NO_PAIRS)
				  : NULL);
	doc_set_text(doc, "initiator_name", initiator_word(deletion));
	doc_set_text(doc, "part_of", deletion->part_of);
	set_counts(web, doc, deletion);
	doc_set_text(doc, "size", show_bytes(web->arena, deletion->bytes));
	doc_set_bool(doc, "can_restore", open && !is_leaving && !is_guarded);
	doc_set_bool(doc, "is_leaving", open && is_leaving);
	doc_set_bool(doc, "is_guarded", open && is_guarded);
	doc_set_bool(doc, "can_delete_forever",
	    deletion->kind == ITEM_PHOTO && actor_is_admin(&web->actor) &&
		deletion->state == DELETION_TRASHED);
	set_progress(web, doc, deletion);
	doc_set_bool(doc, "is_purged", deletion->state == DELETION_PURGED);
	show_time(web, doc, "deleted", deletion->deleted_at_us);
	show_left(web, doc, "window", open ? deletion->recover_until_us : 0);
	show_time(web, doc, "settled", deletion->settled_at_us);
}

static struct doc *progress_of(struct web *web, const struct deletion *deletion)
{
	struct doc *progress = doc_object(web->arena);

	doc_set_int(progress, "done", deletion->progress_done);
	doc_set_int(progress, "total", deletion->progress_total);
	return progress;
}

struct doc *present_deletion(struct web *web, const struct deletion *deletion)
{
	struct doc *doc = doc_object(web->arena);

	doc_reserve(doc, web->is_api ? 15 : 34);
	doc_set_id(doc, "id", &deletion->id);
	doc_set_id(doc, "act_id", &deletion->act_id);
	doc_set_text(doc, "kind", item_kind_name(deletion->kind));
	doc_set_id(doc, "item_id", &deletion->item_id);
	doc_set_text(doc, "label", deletion->label);
	doc_set_text(doc, "origin", deletion_origin_name(deletion->origin));
	doc_set_text(doc, "mode", deletion_mode_name(deletion->mode));
	doc_set_text(doc, "state", deletion_state_name(deletion->state));
	doc_set_text(doc, "reason", deletion->reason);
	doc_set_id(doc, "deleted_by", &deletion->initiator_id);
	doc_set_time(doc, "deleted_at", deletion->deleted_at_us);
	doc_set_time(doc, "recover_until", deletion->recover_until_us);
	doc_set(doc, "counts", present_counts(web, deletion->counts));
	doc_set_int(doc, "bytes", deletion->bytes);
	doc_set(doc, "progress", progress_of(web, deletion));
	if (!web->is_api) {
		doc_page_only(doc);
		set_view(web, doc, deletion);
	}
	return doc;
}

struct doc *present_deleted(struct web *web, const struct deletion *deletion)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "deletion_id", &deletion->id);
	if (deletion->mode == MODE_SOFT)
		doc_set_time(doc, "recover_until", deletion->recover_until_us);
	doc_set(doc, "counts", present_counts(web, deletion->counts));
	return doc;
}
