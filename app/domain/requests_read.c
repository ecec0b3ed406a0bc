/* requests_read.c - who sees which request: single ones, lists, counts. */
#include "requests.h"

#include <stdlib.h>
#include <string.h>

struct request_viewer request_viewer_of(const struct actor *actor)
{
	return (struct request_viewer){
	    .organization_id = actor->organization_id,
	    .user_id = actor->user_id,
	    .sees_all = actor_is_admin(actor) || actor->role == ROLE_SYSTEM,
	};
}

/* The owner of a site is told what was asked and why, not under which address. */
static void hide_addresses(const struct actor *actor, struct request *items, size_t count)
{
	const struct request_viewer viewer = request_viewer_of(actor);

	for (size_t i = 0; i < count && !viewer.sees_all; i++)
		if (!request_is_of(&items[i], &actor->user_id, NULL))
			items[i].requester_email = NULL;
}

bool requests_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *request_id, struct request *request_r, struct error *error)
{
	const struct request_viewer viewer = request_viewer_of(actor);
	enum db_result result =
	    store_request_find(domain->db, arena, &viewer, request_id, request_r);

	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such request.");
	if (result == DB_OK)
		hide_addresses(actor, request_r, 1);
	return result == DB_OK || db_fail(result, error);
}

bool requests_of_photo(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct request_rows *rows_r, struct error *error)
{
	const struct request_viewer viewer = request_viewer_of(actor);
	enum db_result result = store_requests_of_photo(
	    domain->db, arena, &viewer, photo_id, REQUESTS_MAX_LIMIT, rows_r);

	if (result == DB_OK)
		hide_addresses(actor, rows_r->items, rows_r->count);
	return result == DB_OK || db_fail(result, error);
}

bool requests_own_pending(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_id, const char *email, struct request *request_r,
    bool *is_there_r, struct error *error)
{
	const struct request_person person = {actor->user_id, email};
	enum db_result result = store_request_read_own(
	    domain->db, arena, &actor->organization_id, photo_id, &person, request_r);

	*is_there_r = result == DB_OK;
	return result <= DB_NONE || db_fail(result, error);
}

static bool administers(const struct actor *actor, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id};

	return policy_check(actor, POLICY_MODERATE, &subject, error);
}

bool requests_few(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, unsigned limit, struct request_rows *rows_r, struct error *error)
{
	const struct request_viewer viewer = request_viewer_of(actor);
	enum db_result result;

	if (!administers(actor, error))
		return false;
	result = store_requests_few(domain->db, arena, &viewer, photo_id, limit, rows_r);
	return result == DB_OK || db_fail(result, error);
}

bool requests_own_all(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const char *email, struct request_rows *rows_r, struct error *error)
{
	const struct request_person person = {actor->user_id, email};
	enum db_result result =
	    store_requests_of_person(domain->db, arena, &person, REQUESTS_MAX_LIMIT, rows_r);

	return result == DB_OK || db_fail(result, error);
}

/* The sites the actor owns; forbidden where there is none. */
static bool find_sites(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct id **sites_r, size_t *count_r, struct error *error)
{
	enum db_result result = store_sites_owned(
	    domain->db, arena, &actor->organization_id, &actor->user_id, sites_r, count_r);

	if (result != DB_OK)
		return db_fail(result, error);
	return *count_r > 0 || error_set(error, ERROR_FORBIDDEN, "no_site",
				   "Only admins and the owners of sites see these.");
}

bool requests_owns_site(const struct domain *domain, const struct actor *actor, struct arena *arena,
    bool *owns_r, struct error *error)
{
	struct id *sites;
	size_t count = 0;
	enum db_result result = store_sites_owned(
	    domain->db, arena, &actor->organization_id, &actor->user_id, &sites, &count);

	*owns_r = count > 0;
	return result == DB_OK || db_fail(result, error);
}

static int compare_ids(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int compare_due(const void *a, const void *b)
{
	const struct request *left = a;
	const struct request *right = b;

	if (left->due_at_us != right->due_at_us)
		return left->due_at_us < right->due_at_us ? -1 : 1;
	return compare_ids(&left->id, &right->id);
}

static int compare_age(const void *a, const void *b)
{
	return compare_due(b, a);
}

/* Each site's page by its index, put together: a person owns few. */
static bool list_on_sites(const struct domain *domain, const struct actor *actor,
    struct arena *arena, struct request_list_query *query, struct request_rows *rows_r,
    struct error *error)
{
	struct id *sites;
	size_t count;

	if (!find_sites(domain, actor, arena, &sites, &count, error))
		return false;
	rows_r->items = arena_array(arena, count * query->limit, sizeof(*rows_r->items));
	rows_r->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct request_rows rows;
		enum db_result result;

		query->scope_id = sites[i];
		result = store_requests_on_site(domain->db, arena, query, &rows);
		if (result != DB_OK)
			return db_fail(result, error);
		memcpy(rows_r->items + rows_r->count, rows.items, rows.count * sizeof(*rows.items));
		rows_r->count += rows.count;
	}
	qsort(rows_r->items, rows_r->count, sizeof(*rows_r->items),
	    query->status == REQUEST_PENDING ? compare_due : compare_age);
	return true;
}

static bool list_all(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct request_list_query *query, struct request_rows *rows_r, struct error *error)
{
	enum db_result result;

	if (!administers(actor, error))
		return false;
	query->scope_id = actor->organization_id;
	result = store_requests_list(domain->db, arena, query, rows_r);
	return result == DB_OK || db_fail(result, error);
}

static bool list_own(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct request_list_query *query, struct request_rows *rows_r, struct error *error)
{
	enum db_result result;

	query->scope_id = actor->user_id;
	result = store_requests_own(domain->db, arena, query, rows_r);
	return result == DB_OK || db_fail(result, error);
}

/* Where a page in the order of due times goes on, by the id of the last request before it alone. */
static bool find_position(const struct domain *domain, const struct actor *actor,
    struct arena *arena, struct request_list_query *query, struct error *error)
{
	struct request last;

	if (query->after_us || id_is_none(&query->after_id))
		return true;
	if (!requests_find(domain, actor, arena, &query->after_id, &last, error)) {
		return error && error->kind == ERROR_NOT_FOUND
			   ? error_set_field(error, "cursor", "invalid_cursor",
				 "This cursor is none that a list gave.")
			   : false;
	}
	query->after_us = last.due_at_us;
	return true;
}

static bool (*const lists[])(const struct domain *, const struct actor *, struct arena *,
    struct request_list_query *, struct request_rows *, struct error *) = {
    [REQUESTS_ALL] = list_all,
    [REQUESTS_OWN] = list_own,
    [REQUESTS_ON_SITES] = list_on_sites,
};

bool requests_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct requests_query *query, struct requests_page *page_r, struct error *error)
{
	const unsigned limit = query->limit ? query->limit : REQUESTS_DEFAULT_LIMIT;
	struct request_list_query asked = {
	    .organization_id = actor->organization_id,
	    .status = query->status,
	    .after_us = query->after_us,
	    .after_id = query->after_id,
	    .limit = limit + 1,
	};
	struct request_rows rows = {0};

	*page_r = (struct requests_page){0};
	if (limit > REQUESTS_MAX_LIMIT)
		return error_set_field(
		    error, "limit", "invalid_limit", "The limit is a number from 1 to 200.");
	if (query->scope != REQUESTS_OWN && !find_position(domain, actor, arena, &asked, error))
		return false;
	if (!lists[query->scope](domain, actor, arena, &asked, &rows, error))
		return false;
	page_r->items = rows.items;
	page_r->count = rows.count;
	if (rows.count > limit) {
		page_r->count = limit;
		page_r->next_us = rows.items[limit - 1].due_at_us;
		page_r->next_id = rows.items[limit - 1].id;
	}
	hide_addresses(actor, page_r->items, page_r->count);
	return true;
}

bool requests_pending(const struct domain *domain, const struct actor *actor, struct arena *arena,
    int64_t *pending_r, int64_t *overdue_r, struct error *error)
{
	struct request_counts counts;
	enum db_result result;

	if (!administers(actor, error))
		return false;
	result = store_requests_count(domain->db, arena, &actor->organization_id,
	    clock_now_us(domain->clock), REQUESTS_COUNTED, &counts);
	*pending_r = counts.pending;
	*overdue_r = counts.overdue;
	return result == DB_OK || db_fail(result, error);
}

static int compare_photos(const void *a, const void *b)
{
	const struct photo *left = a;
	const struct photo *right = b;

	return compare_ids(&right->id, &left->id);
}

static bool trashed_on_sites(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct photos_query *query, unsigned limit,
    struct photos_page *page_r, struct error *error)
{
	struct id *sites;
	size_t count;

	if (!find_sites(domain, actor, arena, &sites, &count, error))
		return false;
	page_r->items = arena_array(arena, count * (limit + 1), sizeof(*page_r->items));
	for (size_t i = 0; i < count; i++) {
		struct photo_rows rows;
		enum db_result result =
		    store_photos_trashed_on_site(domain->db, arena, &actor->organization_id,
			&sites[i], &actor->user_id, &query->before, limit + 1, &rows);
		if (result != DB_OK)
			return db_fail(result, error);
		if (rows.count > 0)
			memcpy(page_r->items + page_r->count, rows.items,
			    rows.count * sizeof(*rows.items));
		page_r->count += rows.count;
	}
	qsort(page_r->items, page_r->count, sizeof(*page_r->items), compare_photos);
	if (page_r->count > limit) {
		page_r->count = limit;
		page_r->next = page_r->items[limit - 1].id;
	}
	return true;
}

bool requests_recoverable(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct photos_query *query, struct photos_page *page_r,
    struct error *error)
{
	const unsigned limit = query->limit ? query->limit : REQUESTS_DEFAULT_LIMIT;
	const int64_t now_us = clock_now_us(domain->clock);
	struct photos_query trashed = {
	    .deleted_only = true, .limit = limit, .before = query->before};
	size_t kept = 0;

	*page_r = (struct photos_page){0};
	if (limit > REQUESTS_MAX_LIMIT)
		return error_set_field(
		    error, "limit", "invalid_limit", "The limit is a number from 1 to 200.");
	if (actor_is_admin(actor)
		? !photos_list(domain, actor, arena, &trashed, page_r, error)
		: !trashed_on_sites(domain, actor, arena, query, limit, page_r, error))
		return false;
	for (size_t i = 0; i < page_r->count; i++)
		if (!page_r->items[i].purging && page_r->items[i].recover_until_us > now_us)
			page_r->items[kept++] = page_r->items[i];
	page_r->count = kept;
	return true;
}
