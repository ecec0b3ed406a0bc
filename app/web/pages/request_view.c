/* request_view.c - a removal request as pages show it. */
#include "request_view.h"

#include "../answer.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <base/clock.h>
#include <http/url.h>
#include <string.h>

static const struct {
	const char *label, *word, *badge;
} statuses[REQUEST_STATUS_COUNT] = {
    [REQUEST_PENDING] = {"Waiting", "Waiting for a decision", "badge--warning"},
    [REQUEST_APPROVED] = {"Approved", "Approved", "badge--good"},
    [REQUEST_REJECTED] = {"Rejected", "Rejected", "badge--danger"},
    [REQUEST_CANCELLED] = {"Taken back", "Taken back", NULL},
    [REQUEST_SUPERSEDED] = {"Deleted otherwise", "Deleted otherwise", NULL},
};

static const char *const role_words[REQUEST_ROLE_COUNT] = {
    [REQUESTER_ADMIN] = "admin",
    [REQUESTER_SHOP_OWNER] = "owner of the site",
    [REQUESTER_SUBMITTER] = "submitted the photo",
    [REQUESTER_VISITOR] = "visitor",
};

bool request_view_photos(struct web *web, const struct request *requests, size_t count,
    struct photos_page *photos_r, struct error *error)
{
	struct id *ids = arena_array(web->arena, count + 1, sizeof(*ids));
	size_t wanted = 0;

	for (size_t i = 0; i < count; i++) {
		size_t seen = 0;
		while (seen < wanted && !id_equal(&ids[seen], &requests[i].photo_id))
			seen++;
		if (seen == wanted && requests[i].photo_exists)
			ids[wanted++] = requests[i].photo_id;
	}
	return photos_find_several(
	    web->domain, &web->actor, web->arena, ids, wanted, photos_r, error);
}

static const struct photo *photo_of(const struct photos_page *photos, const struct request *request)
{
	for (size_t i = 0; i < photos->count; i++)
		if (id_equal(&photos->items[i].id, &request->photo_id))
			return &photos->items[i];
	return NULL;
}

bool request_view_is_own(const struct web *web, const struct request *request)
{
	if (!id_is_none(&request->requester_id))
		return id_equal(&request->requester_id, &web->actor.user_id);
	return web->session && request->requester_email &&
	       strcmp(request->requester_email, web->session->email) == 0;
}

/* "12 d 3 h left", or how long it is overdue: in words, not by a colour alone. */
static void set_due(struct web *web, struct doc *doc, const struct request *request)
{
	int64_t left_us = request->due_at_us - web->now_us;
	bool is_pending = request->status == REQUEST_PENDING;

	show_time(web, doc, "due", request->due_at_us);
	doc_set_bool(doc, "is_overdue", is_pending && left_us <= 0);
	doc_set_text(doc, "left_words",
	    !is_pending ? NULL
	    : left_us > 0
		? arena_join(web->arena, show_duration(web->arena, left_us), " left", NULL)
		: arena_join(web->arena, "Overdue by ", show_duration(web->arena, -left_us), NULL));
}

static void set_requester(struct web *web, struct doc *doc, const struct request *request)
{
	const char *name =
	    request->requester_name ? request->requester_name : request->requester_email;

	doc_set_bool(doc, "is_mine", request_view_is_own(web, request));
	doc_set_text(doc, "requester",
	    name                                 ? name
	    : request->role == REQUESTER_VISITOR ? "A visitor"
						 : "Somebody whose account was erased");
	doc_set_text(doc, "requester_email",
	    actor_is_admin(&web->actor) && request->requester_name ? request->requester_email
								   : NULL);
	doc_set_text(doc, "role_word", role_words[request->role]);
}

static void set_photo(
    struct web *web, struct doc *doc, const struct request *request, const struct photo *photo)
{
	const struct http_pair captures[] = {
	    {"id", present_id(web, &request->photo_id)}, {NULL, NULL}};
	const char *title = photo ? photo->title : request->photo_title;

	doc_set_id(doc, "photo_id", &request->photo_id);
	doc_set_text(doc, "name",
	    title && *title                  ? title
	    : photo || request->photo_exists ? "Untitled photo"
					     : "A photo that is gone");
	doc_set_text(doc, "site_name", request->site_name);
	doc_set_text(doc, "photo_url",
	    photo ? http_url_build(web->arena, "/photos/{id}", captures, HTTP_NO_PAIRS) : NULL);
	doc_set_text(doc, "thumbnail_url",
	    photo ? http_url_build(web->arena, "/photos/{id}/thumbnail", captures, HTTP_NO_PAIRS)
		  : NULL);
}

void request_view_set_photo_state(struct doc *doc, const struct request *request)
{
	bool was_deleted =
	    request->status == REQUEST_APPROVED || request->status == REQUEST_SUPERSEDED;

	doc_set_bool(
	    doc, "is_restored", was_deleted && request->photo_exists && !request->photo_deleted);
	doc_set_bool(doc, "is_purged", was_deleted && !request->photo_exists);
}

static void set_state(struct web *web, struct doc *doc, const struct request *request)
{
	bool is_pending = request->status == REQUEST_PENDING;

	doc_set_text(doc, "status", request_status_name(request->status));
	doc_set_text(doc, "status_word", statuses[request->status].word);
	doc_set_text(doc, "status_label", statuses[request->status].label);
	doc_set_text(doc, "badge_class", statuses[request->status].badge);
	doc_set_bool(doc, "is_pending", is_pending);
	doc_set_bool(doc, "is_approved", request->status == REQUEST_APPROVED);
	doc_set_bool(doc, "is_rejected", request->status == REQUEST_REJECTED);
	request_view_set_photo_state(doc, request);
	doc_set_text(doc, "reviewer_name", request->reviewer_name);
	doc_set_text(doc, "rejection_reason", request->rejection_reason);
	doc_set_text(doc, "deletion_id",
	    actor_is_admin(&web->actor) && !id_is_none(&request->deletion_id)
		? present_id(web, &request->deletion_id)
		: NULL);
	doc_set_bool(
	    doc, "can_cancel", is_pending && id_equal(&request->requester_id, &web->actor.user_id));
}

struct doc *request_view(
    struct web *web, const struct request *request, const struct photos_page *photos)
{
	struct doc *doc = doc_object(web->arena);
	const char *id = present_id(web, &request->id);

	doc_set_text(doc, "id", id);
	doc_set_text(doc, "url",
	    http_url_build(web->arena, "/requests/{id}", HTTP_PAIRS({"id", id}), HTTP_NO_PAIRS));
	doc_set_text(doc, "reason", request->reason);
	show_time(web, doc, "asked", request->requested_at_us);
	show_time(web, doc, "decided", request->reviewed_at_us);
	doc_set_text(doc, "others_words",
	    request->other_pending == 0
		? NULL
		: show_count(web->arena, request->other_pending, "more request", "more requests"));
	set_photo(web, doc, request, photo_of(photos, request));
	set_requester(web, doc, request);
	set_state(web, doc, request);
	set_due(web, doc, request);
	return doc;
}

enum request_status request_view_status(const struct web *web)
{
	return (enum request_status)input_integer(web, "status", REQUEST_PENDING);
}

static const char *status_url(
    struct web *web, const char *path, const char *tab, enum request_status status)
{
	return http_url_build(web->arena, path, HTTP_NO_PAIRS,
	    HTTP_PAIRS({"tab", tab},
		{"status", status == REQUEST_PENDING ? NULL : request_status_name(status)}));
}

struct doc *request_view_tabs(
    struct web *web, const char *path, const char *tab, enum request_status current)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < REQUEST_STATUS_COUNT; i++) {
		struct doc *entry = doc_object(web->arena);
		doc_set_text(entry, "label", statuses[i].label);
		doc_set_text(entry, "url", status_url(web, path, tab, (enum request_status)i));
		doc_set_bool(entry, "is_current", i == (size_t)current);
		doc_push(list, entry);
	}
	return list;
}

void request_view_pager(struct web *web, struct doc *page, const char *path, const char *tab,
    const struct requests_page *rows)
{
	const char *first = status_url(web, path, tab, request_view_status(web));
	char *after = arena_alloc(web->arena, CLOCK_TEXT_SIZE);

	clock_format(rows->next_us, after);
	doc_set_bool(page, "is_empty", rows->count == 0);
	page_pager(web, page, first,
	    id_is_none(&rows->next_id) ? NULL
				       : http_url_build(web->arena, first, HTTP_NO_PAIRS,
					     HTTP_PAIRS({"after", rows->next_us ? after : NULL},
						 {"cursor", present_id(web, &rows->next_id)})));
}
