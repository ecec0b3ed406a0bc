/* account_parts.c - what pages that end an account show alike. */
#include "account_parts.h"

#include "../acts_accounts.h"
#include "../acts_containers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <domain/erasure.h>
#include <http/url.h>
#include <stdlib.h>
#include <store/accounts.h>
#include <string.h>

#define HEIRS_LISTED  200 /* of more, the address of one can be given */
#define EVENTS_LISTED 50

static bool has_any(const int64_t *counts)
{
	for (size_t i = 0; i < COUNT_KIND_COUNT; i++)
		if (counts[i] > 0)
			return true;
	return false;
}

static const char *counted(
    struct web *web, int64_t count, int64_t most, const char *one, const char *many)
{
	return present_counted(web, count, count > most, most, one, many);
}

static void set_words(struct web *web, struct doc *doc, struct deletion_impact *impact,
    struct account_extras *extras, int64_t most)
{
	int64_t events = impact->counts[COUNT_EVENT], photos = impact->counts[COUNT_PHOTO];

	/* The account is what the page is about, and its events do not go. */
	impact->counts[COUNT_USER] = impact->counts[COUNT_EVENT] = 0;
	doc_set_text(doc, "words", present_impact_words(web, impact, impact->counts, most));
	doc_set_bool(doc, "is_partial", impact->is_partial);
	doc_set_bool(doc, "more_bytes", impact->more_bytes);
	doc_set_bool(doc, "is_nothing", !has_any(impact->counts));
	doc_set_text(doc, "size", show_bytes(web->arena, impact->bytes));
	doc_set_text(doc, "photos", counted(web, photos, most, "photo", "photos"));
	doc_set_bool(doc, "has_photos", photos > 0);
	doc_set_text(doc, "trashed",
	    extras->trashed_photos == 0
		? NULL
		: counted(web, extras->trashed_photos, most, "photo", "photos"));
	doc_set_text(doc, "events", show_count(web->arena, events, "event", "events"));
	doc_set_bool(doc, "has_events", events > 0);
	doc_set_text(doc, "requests",
	    extras->requests == 0 ? NULL
				  : counted(web, extras->requests, most, "request", "requests"));
}

bool account_parts_impact(struct web *web, struct doc *page, const struct id *organization_id,
    const struct id *user_id, struct error *error)
{
	const struct id *who = id_is_none(user_id) ? &web->actor.user_id : user_id;
	struct doc *doc = doc_object(web->arena);
	int64_t most = acts_count_most(web);
	struct deletion_impact impact;
	struct account_extras extras = {0};
	enum db_result result;

	if (!accounts_impact(web->domain, &web->actor, web->arena, user_id, most, &impact, error))
		return false;
	result = account_extras(web->domain->db, web->arena, organization_id, who, most, &extras);
	if (result != DB_OK)
		return db_fail(result, error);
	set_words(web, doc, &impact, &extras, most);
	doc_set(page, "impact", doc);
	return true;
}

static int by_name(const void *left, const void *right)
{
	const struct user *a = left, *b = right;

	return strcmp(a->display_name, b->display_name);
}

/* Admins tell people of one name apart by their addresses. */
static struct doc *present_heir(struct web *web, const struct user *user)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &user->id);
	doc_set_text(doc, "name", user->display_name);
	doc_set_text(doc, "email", actor_is_admin(&web->actor) ? user->email : NULL);
	doc_set_bool(doc, "is_selected", id_equal(&user->id, input_id(web, "transfer_to")));
	return doc;
}

static bool set_heirs(struct web *web, struct doc *choice, const struct id *organization_id,
    const struct id *except, struct error *error)
{
	struct users_query query = {.organization_id = *organization_id, .limit = HEIRS_LISTED + 1};
	struct doc *list = doc_list(web->arena);
	struct user *users;
	size_t count;
	enum db_result result = users_list(web->domain->db, web->arena, &query, &users, &count);

	if (result > DB_NONE)
		return db_fail(result, error);
	doc_set_bool(choice, "heirs_more", count > HEIRS_LISTED);
	if (count > 0)
		qsort(users, count, sizeof(*users), by_name);
	for (size_t i = 0; i < count; i++)
		if (!id_equal(&users[i].id, except) &&
		    users[i].deletion_status != USER_DELETION_SCHEDULED)
			doc_push(list, present_heir(web, &users[i]));
	doc_set(choice, "heirs", list);
	return true;
}

bool account_parts_choices(struct web *web, struct doc *page, const struct id *organization_id,
    const struct id *except, struct error *error)
{
	struct account_choices chosen = acts_account_choices(web, organization_id);
	struct doc *choice = doc_object(web->arena);

	doc_set_bool(choice, "keeps", chosen.keep_photos);
	doc_set_bool(choice, "is_anonymize", chosen.events == EVENTS_ANONYMIZE);
	doc_set_bool(choice, "is_transfer", chosen.events == EVENTS_TRANSFER);
	doc_set_bool(choice, "is_block", chosen.events == EVENTS_BLOCK);
	doc_set_text(choice, "address", input_text(web, "transfer_address"));
	doc_set_text(choice, "reason", input_text(web, "reason"));
	doc_set(page, "choice", choice);
	return set_heirs(web, choice, organization_id, except, error);
}

bool account_parts_events(struct web *web, struct doc *page, const struct id *user_id,
    const char *next, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct account_event *events;
	int64_t total;
	size_t count;

	if (!accounts_blocking_events(web->domain, &web->actor, web->arena, user_id, EVENTS_LISTED,
		&events, &count, &total, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct doc *event = doc_object(web->arena);

		doc_set_text(event, "title", events[i].title);
		doc_set_text(event, "url",
		    http_url_build(web->arena, "/events/{id}",
			HTTP_PAIRS({"id", present_id(web, &events[i].id)}),
			HTTP_PAIRS({"next", next})));
		show_time(web, event, "starts", events[i].starts_at_us);
		doc_push(list, event);
	}
	doc_set(page, "events", list);
	doc_set_bool(page, "has_events", count > 0);
	doc_set_text(page, "more_events",
	    total > (int64_t)count
		? show_count(web->arena, total - (int64_t)count, "more event", "more events")
		: NULL);
	return true;
}

bool account_parts_wait(
    struct web *web, struct doc *doc, const struct id *deletion_id, struct error *error)
{
	struct doc *wait = doc_object(web->arena);
	struct erasure_wait found;
	bool waits;

	doc_set_null(doc, "wait");
	if (!erasure_waits(web->domain, web->arena, deletion_id, &waits, &found, error))
		return false;
	if (!waits)
		return true;
	doc_set_text(wait, "why", found.why);
	doc_set_text(
	    wait, "attempts", show_count(web->arena, (int64_t)found.attempts, "time", "times"));
	show_time(web, wait, "since", found.since_us);
	show_time(web, wait, "next", found.next_us);
	doc_set_bool(wait, "is_due", found.next_us <= web->now_us);
	doc_set(doc, "wait", wait);
	return true;
}

bool account_parts_explains(struct web *web, struct error *error)
{
	static const char *const codes[] = {"last_admin", "last_platform_admin", "blocking_events",
	    "already_requested", "still_restoring", "account_scheduled"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(error->code, codes[i]) == 0) {
			struct error *shown = arena_alloc(web->arena, sizeof(*shown));

			*shown = *error;
			web->form_error = shown;
			error_clear(error);
			return true;
		}
	return false;
}

bool account_parts_chosen(
    struct web *web, struct doc *doc, const struct account_choices *choices, struct error *error)
{
	struct user heir;
	enum db_result result;

	doc_set_bool(doc, "keeps", choices->keep_photos);
	doc_set_bool(doc, "is_block", choices->events == EVENTS_BLOCK);
	doc_set_text(doc, "heir", NULL);
	if (choices->events != EVENTS_TRANSFER)
		return true;
	result = users_find(web->domain->db, web->arena, &choices->transfer_to, &heir);
	if (result > DB_NONE)
		return db_fail(result, error);
	doc_set_text(doc, "heir",
	    result == DB_OK && !heir.deleted_us ? heir.display_name
						: "somebody who is not here any more");
	return true;
}
