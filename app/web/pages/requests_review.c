/* requests_review.c - the admins' queue of removal requests, and deciding them.
 *
 * A decision is about a photo: it settles all that is pending on it. The queue shows a photo once
 * on a page, by the request that is due first, and says how many more asked. */
#include "request_view.h"

#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <auth/policy.h>
#include <http/url.h>

#define QUEUE "/admin/requests"

/* --- the queue ------------------------------------------------------------------------------ */

/* How many who asked for the same photo are shown; the page of a request lists all. */
#define GROUP_MOST 5

/* Requests that are shown by their photos, and what else a photo's row needs. */
struct review {
	const struct requests_page *rows;
	struct photos_page photos;
	struct request_rows own; /* what the viewer has asked for: another admin approves it */
	bool reads_others;       /* also those who asked for a photo and are not among the rows */
};

static bool open_review(struct web *web, const struct requests_page *rows, bool reads_others,
    struct review *review_r, struct error *error)
{
	*review_r = (struct review){.rows = rows, .reads_others = reads_others};
	return request_view_photos(web, rows->items, rows->count, &review_r->photos, error) &&
	       requests_own_all(web->domain, &web->actor, web->arena,
		   web->session ? web->session->email : NULL, &review_r->own, error);
}

static bool has_asked(const struct review *review, const struct id *photo_id)
{
	for (size_t i = 0; i < review->own.count; i++)
		if (id_equal(&review->own.items[i].photo_id, photo_id))
			return true;
	return false;
}

static void add_to_group(struct request_rows *group, const struct request *requests, size_t count)
{
	for (size_t i = 0; i < count && group->count < GROUP_MOST; i++)
		if (id_equal(&requests[i].photo_id, &group->items[0].photo_id) &&
		    !id_equal(&requests[i].id, &group->items[0].id))
			group->items[group->count++] = requests[i];
}

/* Some of those who wait for a decision on the photo of rows[first], that one first. */
static bool find_group(struct web *web, const struct review *review, size_t first,
    struct request_rows *group_r, struct error *error)
{
	const struct request *leader = &review->rows->items[first];
	struct request_rows others;

	group_r->items = arena_array(web->arena, GROUP_MOST, sizeof(*leader));
	group_r->items[0] = *leader;
	group_r->count = 1;
	if (!review->reads_others || leader->other_pending == 0) {
		add_to_group(group_r, leader, review->rows->count - first);
		return true;
	}
	if (!requests_few(web->domain, &web->actor, web->arena, &leader->photo_id, GROUP_MOST,
		&others, error))
		return false;
	add_to_group(group_r, others.items, others.count);
	return true;
}

static bool is_led(const struct requests_page *rows, size_t i)
{
	for (size_t earlier = 0; earlier < i; earlier++)
		if (id_equal(&rows->items[earlier].photo_id, &rows->items[i].photo_id))
			return true;
	return false;
}

static void set_unshown(
    struct web *web, struct doc *entry, const struct request *leader, size_t shown)
{
	int64_t left = (int64_t)leader->other_pending + 1 - (int64_t)shown;

	doc_set_text(entry, "unshown_words",
	    left > 0 ? show_count(web->arena, left, "more person", "more people") : NULL);
}

static bool push_group(struct web *web, struct doc *list, const struct review *review, size_t first,
    bool *is_own_r, struct error *error)
{
	const struct request *leader = &review->rows->items[first];
	struct doc *entry = request_view(web, leader, &review->photos);
	struct doc *asked = doc_list(web->arena);
	struct request_rows group;

	if (!find_group(web, review, first, &group, error))
		return false;
	for (size_t i = 0; i < group.count; i++)
		doc_push(asked, request_view(web, &group.items[i], &review->photos));
	*is_own_r = has_asked(review, &leader->photo_id);
	doc_set(entry, "group", asked);
	set_unshown(web, entry, leader, group.count);
	doc_set_bool(entry, "is_own", *is_own_r);
	doc_set_bool(entry, "can_approve", !*is_own_r);
	doc_push(list, entry);
	return true;
}

static bool set_rows(
    struct web *web, struct doc *page, const struct requests_page *rows, struct error *error)
{
	bool is_pending = request_view_status(web) == REQUEST_PENDING;
	struct doc *list = doc_list(web->arena);
	struct review review;

	if (!open_review(web, rows, false, &review, error))
		return false;
	for (size_t i = 0; i < rows->count; i++) {
		bool is_own;
		if (!is_pending)
			doc_push(list, request_view(web, &rows->items[i], &review.photos));
		else if (!is_led(rows, i) && !push_group(web, list, &review, i, &is_own, error))
			return false;
	}
	doc_set(page, "requests", list);
	return true;
}

bool page_review(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Requests to decide");
	struct requests_page rows;
	struct requests_query query = {
	    .scope = REQUESTS_ALL,
	    .status = request_view_status(web),
	    .after_us = input_integer(web, "after", 0),
	    .after_id = *input_id(web, "cursor"),
	    .limit = REQUEST_PAGE_ROWS,
	};

	if (!chrome_live(web, page, error) ||
	    !requests_list(web->domain, &web->actor, web->arena, &query, &rows, error) ||
	    !set_rows(web, page, &rows, error))
		return false;
	doc_set(page, "statuses", request_view_tabs(web, QUEUE, NULL, query.status));
	doc_set_bool(page, "is_pending", query.status == REQUEST_PENDING);
	request_view_pager(web, page, QUEUE, NULL, &rows);
	return page_send(web, 200, "requests_review", page, error);
}

/* --- deciding ------------------------------------------------------------------------------- */

/* The requests that were selected, those that are gone left out. */
static bool load_selection(struct web *web, struct requests_page *rows_r, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");

	*rows_r = (struct requests_page){
	    .items = arena_array(web->arena, ids->count + 1, sizeof(struct request))};
	for (size_t i = 0; i < ids->count; i++) {
		if (requests_find(web->domain, &web->actor, web->arena, &ids->ids[i],
			&rows_r->items[rows_r->count], error))
			rows_r->count++;
		else if (error->kind != ERROR_NOT_FOUND)
			return false;
		error_clear(error);
	}
	return rows_r->count > 0 ||
	       error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such request.");
}

/* Those that this admin can decide now; the others are listed with what stands in the way. */
static bool set_selection(
    struct web *web, struct doc *page, const struct requests_page *rows, struct error *error)
{
	struct doc *open = doc_list(web->arena);
	struct doc *closed = doc_list(web->arena);
	struct review review;
	size_t own = 0;

	if (!open_review(web, rows, true, &review, error))
		return false;
	for (size_t i = 0; i < rows->count; i++) {
		bool is_own = false;
		if (is_led(rows, i))
			continue;
		if (rows->items[i].status != REQUEST_PENDING)
			doc_push(closed, request_view(web, &rows->items[i], &review.photos));
		else if (!push_group(web, open, &review, i, &is_own, error))
			return false;
		own += is_own;
	}
	doc_set(page, "requests", open);
	doc_set_bool(page, "has_own", own > 0);
	doc_set_bool(page, "has_approvable", open->as.list.count > own);
	doc_set(page, "closed", closed);
	doc_set_bool(page, "has_closed", closed->as.list.count > 0);
	doc_set_bool(page, "has_open", open->as.list.count > 0);
	doc_set_text(page, "count_words",
	    show_count(web->arena, (int64_t)open->as.list.count, "photo", "photos"));
	doc_set_bool(page, "is_one", open->as.list.count == 1);
	return true;
}

/* Until when it could be recovered, were it approved now. */
static bool set_window(struct web *web, struct doc *page, struct error *error)
{
	struct deletion_windows windows;
	enum db_result result =
	    deletion_windows(web->domain->db, web->arena, &web->actor.organization_id, &windows);

	if (result != DB_OK)
		return db_fail(result, error);
	show_time(web, page, "until",
	    windows.photo_recovery_us ? web->now_us + windows.photo_recovery_us : 0);
	return acts_set_windows(web, page, error);
}

static bool show_decision(struct web *web, const char *title, const char *name, struct error *error)
{
	struct doc *page = page_begin(web, title);
	struct requests_page rows;

	if (!load_selection(web, &rows, error) || !set_selection(web, page, &rows, error) ||
	    !set_window(web, page, error))
		return false;
	doc_set_text(page, "reason", input_text(web, "reason"));
	doc_set_text(page, "next",
	    web->form ? next_or(web, QUEUE)
		      : http_url_local(http_query(web->request, "next"), QUEUE));
	return page_send(web, web_form_status(web), name, page, error);
}

bool page_approve(struct web *web, struct error *error)
{
	return show_decision(web, "Approve", "requests_approve", error);
}

bool page_reject(struct web *web, struct error *error)
{
	return show_decision(web, "Reject", "requests_reject", error);
}

/* Where not everything went as asked: what became of each. */
static bool tell_each(struct web *web, const struct bulk_result *result, bool approve,
    const struct requests_page *rows, struct error *error)
{
	struct doc *page = page_begin(web, approve ? "Approving" : "Rejecting");
	struct doc *list = doc_list(web->arena);
	struct photos_page photos;

	if (!request_view_photos(web, rows->items, rows->count, &photos, error))
		return false;
	for (size_t i = 0; i < result->count; i++) {
		const struct bulk_item *item = &result->items[i];
		size_t at = 0;
		struct doc *entry;
		while (at < rows->count && !id_equal(&rows->items[at].id, &item->id))
			at++;
		entry = at < rows->count ? request_view(web, &rows->items[at], &photos)
					 : doc_object(web->arena);
		doc_set_bool(entry, "is_known", at < rows->count);
		doc_set_bool(entry, "is_changed", item->changed);
		doc_set_text(entry, "message", item->message);
		doc_push(list, entry);
	}
	doc_set(page, "results", list);
	doc_set_bool(page, "is_approval", approve);
	doc_set_text(page, "changed_words",
	    show_count(web->arena, (int64_t)result->changed, "request", "requests"));
	doc_set_bool(page, "has_changed", result->changed > 0);
	doc_set_text(page, "next", next_or(web, QUEUE));
	return page_send(web, result->changed ? 200 : 409, "requests_decided", page, error);
}

static bool decide(struct web *web, bool approve, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;
	struct requests_page rows;

	if (!requests_bulk_review(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		approve, input_text(web, "reason"), &result, error))
		return false;
	if (result.skipped > 0)
		return load_selection(web, &rows, error) &&
		       tell_each(web, &result, approve, &rows, error);
	return redirect_to(
	    web, http_url_build(web->arena, next_or(web, QUEUE), HTTP_NO_PAIRS,
		     HTTP_PAIRS({"done", approve ? "request_approved" : "request_rejected"},
			 {"n", arena_printf(web->arena, "%zu", result.changed)},
			 {"act", approve ? present_id(web, &result.act_id) : NULL})));
}

bool page_approve_send(struct web *web, struct error *error)
{
	return decide(web, true, error);
}

bool page_reject_send(struct web *web, struct error *error)
{
	return decide(web, false, error);
}
