/* storage_queue.c - the storage cleanup queue as admins see it. */
#include <domain/audit.h>
#include <domain/storage_queue.h>

#define MAX_LIMIT     200
#define DEFAULT_LIMIT 50

static bool check_actor(const struct actor *actor, struct error *error)
{
	return actor_is_admin(actor) || actor->role == ROLE_SYSTEM ||
	       error_set(error, ERROR_FORBIDDEN, "admins_only", "Only admins see this.");
}

static bool fine(enum db_result result, struct error *error)
{
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* Read one part of the list behind what the page holds already. */
static bool read_part(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct storage_queue_cursor *cursor, unsigned limit, struct storage_queue_page *page,
    struct error *error)
{
	struct queue_rows rows = {0};

	if (!fine(store_queue_list(domain->db, arena, &actor->organization_id, !cursor->waiting,
		      &cursor->before, limit + 1 - (unsigned)page->count, &rows),
		error)) {
		return false;
	}
	for (size_t i = 0; i < rows.count; i++) {
		page->items[page->count++] = rows.items[i];
	}
	return true;
}

static void cut_page(struct storage_queue_page *page, unsigned limit)
{
	if (page->count > limit) {
		const struct queue_item *last = &page->items[limit - 1];

		page->count = limit;
		page->more = true;
		page->next =
		    (struct storage_queue_cursor){.waiting = !last->failed, .before = last->id};
	}
}

bool storage_queue_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct storage_queue_cursor *cursor, unsigned limit, struct storage_queue_page *page_r,
    struct error *error)
{
	const unsigned wanted = limit ? limit : DEFAULT_LIMIT;
	struct storage_queue_cursor from = cursor ? *cursor : (struct storage_queue_cursor){0};

	*page_r = (struct storage_queue_page){0};
	if (!check_actor(actor, error)) {
		return false;
	}
	if (limit > MAX_LIMIT) {
		return error_set_field(
		    error, "limit", "invalid_limit", "The limit is a number from 1 to 200.");
	}
	page_r->items = arena_array(arena, (size_t)wanted + 1, sizeof(*page_r->items));
	if (!fine(store_queue_counts(domain->db, arena, &actor->organization_id, &page_r->counts),
		error) ||
	    !read_part(domain, actor, arena, &from, wanted, page_r, error)) {
		return false;
	}
	if (!from.waiting && page_r->count <= wanted) {
		from = (struct storage_queue_cursor){.waiting = true};
		if (!read_part(domain, actor, arena, &from, wanted, page_r, error)) {
			return false;
		}
	}
	cut_page(page_r, wanted);
	return true;
}

struct retry {
	const struct domain *domain;
	const struct actor *actor;
	struct id item_id;
};

static bool run_retry(struct db_tx *tx, void *context, struct error *error)
{
	const struct retry *retry = context;
	enum db_result result = store_queue_retry(tx, &retry->actor->organization_id,
	    &retry->item_id, clock_now_us(retry->domain->clock));

	if (result == DB_NONE) {
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "It is not in the queue any more: it was removed meanwhile.");
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return audit_write(tx, retry->domain, retry->actor,
	    &(struct audit_event){
		.action = "storage.retry", .kind = "file", .item_id = retry->item_id},
	    error);
}

bool storage_queue_retry(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *item_id, struct error *error)
{
	struct retry retry = {.domain = domain, .actor = actor, .item_id = *item_id};

	(void)arena;
	return check_actor(actor, error) && db_transaction(domain->db, run_retry, &retry, error);
}
