/* photos_bulk.c - one act on many photos: each in its own transaction, one result for each.
 *
 * Ids are taken oldest first, whatever their order in the question: an original is older than what
 * was generated from it, so that derivatives go with it rather than before it, and an undo finds
 * the original in its place. */
#include "photos.h"
#include "photos_archive.h"

#include <domain/deletions.h>
#include <stdlib.h>
#include <string.h>

struct bulk;

/* Do it to one photo; `rows_r` counts the rows changed. */
typedef bool (*bulk_fn)(
    struct bulk *bulk, const struct id *photo_id, int64_t *rows_r, struct error *error);
/* Whether a photo that was refused had gone along with its original, as it is now. */
typedef bool (*along_fn)(const struct bulk *bulk, const struct photo *photo);

struct bulk {
	const struct domain *domain;
	const struct actor *actor;
	struct arena *arena;   /* of the results */
	struct arena *scratch; /* of one item */
	const char *reason;
	bulk_fn run;
	along_fn went_along;
	struct bulk_item **order; /* oldest id first */
	struct bulk_result *result;
};

static bool delete_one(
    struct bulk *bulk, const struct id *photo_id, int64_t *rows_r, struct error *error)
{
	struct deletion deletion;
	const struct deletion_act act = {
	    .kind = ITEM_PHOTO,
	    .item_id = *photo_id,
	    .reason = bulk->reason,
	    .origin = ORIGIN_BY_ACTOR,
	    .act_id = bulk->result->act_id,
	};

	if (!deletions_delete(bulk->domain, bulk->actor, bulk->scratch, &act, &deletion, error)) {
		return false;
	}
	*rows_r = deletion.counts[COUNT_PHOTO];
	return true;
}

static bool archive_one(
    struct bulk *bulk, const struct id *photo_id, int64_t *rows_r, struct error *error)
{
	return photos_archive_in_batch(bulk->domain, bulk->actor, photo_id, bulk->reason,
	    &bulk->result->act_id, rows_r, error);
}

static bool restore_one(
    struct bulk *bulk, const struct id *photo_id, int64_t *rows_r, struct error *error)
{
	struct photo photo;

	*rows_r = 1;
	return photos_restore(
	    bulk->domain, bulk->actor, bulk->scratch, photo_id, bulk->reason, &photo, error);
}

static bool deleted_along(const struct bulk *bulk, const struct photo *photo)
{
	(void)bulk;
	return photo->deleted_at_us != 0 && id_equal(&photo->deletion_item_id, &photo->original_id);
}

static bool archived_along(const struct bulk *bulk, const struct photo *photo)
{
	return id_equal(&photo->archive_batch_id, &bulk->result->act_id);
}

static bool restored_along(const struct bulk *bulk, const struct photo *photo)
{
	(void)bulk;
	return photo->deleted_at_us == 0 && photo->archived_at_us == 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct bulk_item *const *left = a;
	const struct bulk_item *const *right = b;

	return memcmp((*left)->id.bytes, (*right)->id.bytes, sizeof((*left)->id.bytes));
}

static bool was_changed(const struct bulk *bulk, const struct id *id)
{
	const struct bulk_item key = {.id = *id};
	const struct bulk_item *const key_pointer = &key;
	struct bulk_item *const *found = bsearch(
	    &key_pointer, bulk->order, bulk->result->count, sizeof(*bulk->order), compare_items);

	return found && (*found)->changed;
}

/* A conflict that this very act brought about is none: the photo went along with its original. */
static bool is_ours(struct bulk *bulk, const struct id *photo_id, const struct error *why)
{
	struct photo photo;

	return why->kind == ERROR_CONFLICT &&
	       store_photo_find(bulk->domain->db, bulk->scratch, &bulk->actor->organization_id,
		   photo_id, &bulk->actor->user_id, &photo) == DB_OK &&
	       was_changed(bulk, &photo.original_id) && bulk->went_along(bulk, &photo);
}

static void skip(struct bulk *bulk, struct bulk_item *item, const char *code, const char *message)
{
	item->code = arena_dup(bulk->arena, code);
	item->message = arena_dup(bulk->arena, message);
	bulk->result->skipped++;
}

static void change(struct bulk *bulk, struct bulk_item *item, int64_t rows)
{
	item->changed = true;
	bulk->result->changed++;
	bulk->result->rows += rows;
}

/* False where the store itself is out of reach: no use in going on. */
static bool run_item(struct bulk *bulk, struct bulk_item *item, struct error *why)
{
	int64_t rows = 0;

	arena_reset(bulk->scratch);
	error_clear(why);
	if (bulk->run(bulk, &item->id, &rows, why)) {
		change(bulk, item, rows);
		return true;
	}
	if (why->kind == ERROR_UNAVAILABLE || why->kind == ERROR_INTERNAL) {
		return false;
	}
	if (is_ours(bulk, &item->id, why)) {
		change(bulk, item, 0);
	} else {
		skip(bulk, item, why->code, why->message);
	}
	return true;
}

static bool run_items(struct bulk *bulk, struct error *error)
{
	struct bulk_result *result = bulk->result;
	struct error why = {0};
	bool reachable = true;

	for (size_t i = 0; i < result->count; i++) {
		struct bulk_item *item = bulk->order[i];

		if (i > 0 && id_equal(&item->id, &bulk->order[i - 1]->id)) {
			skip(bulk, item, "repeated", "This id was given more than once.");
			continue;
		}
		reachable = reachable && run_item(bulk, item, &why);
		if (!reachable && result->changed + result->skipped == 0) {
			if (error) {
				*error = why;
			}
			return false;
		}
		if (!reachable) {
			skip(bulk, item, why.code, why.message);
		}
	}
	return true;
}

static bool run(struct bulk *bulk, const struct id *ids, size_t count, struct bulk_result *result,
    struct error *error)
{
	bool ok = false;

	if (count < 1 || count > BULK_MAX_ITEMS) {
		return error_set_field(error, "ids", "invalid_count",
		    "Between 1 and %d ids are needed.", BULK_MAX_ITEMS);
	}
	if (!photos_reason(bulk->arena, bulk->reason, &bulk->reason, error)) {
		return false;
	}
	*result = (struct bulk_result){
	    .act_id = deletions_new_act(bulk->domain),
	    .items = arena_array(bulk->arena, count, sizeof(*result->items)),
	    .count = count,
	};
	bulk->result = result;
	bulk->order = arena_array(bulk->arena, count, sizeof(struct bulk_item *));
	for (size_t i = 0; i < count; i++) {
		result->items[i].id = ids[i];
		bulk->order[i] = &result->items[i];
	}
	qsort(bulk->order, count, sizeof(struct bulk_item *), compare_items);
	bulk->scratch = arena_create();
	ok = run_items(bulk, error);
	arena_destroy(&bulk->scratch);
	if (result->changed == 0) {
		result->act_id = id_none;
	}
	return ok;
}

bool photos_bulk_delete(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *ids, size_t count, const char *reason, struct bulk_result *result_r,
    struct error *error)
{
	struct bulk bulk = {.domain = domain,
	    .actor = actor,
	    .arena = arena,
	    .reason = reason,
	    .run = delete_one,
	    .went_along = deleted_along};

	return run(&bulk, ids, count, result_r, error);
}

bool photos_bulk_archive(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *ids, size_t count, const char *reason,
    struct bulk_result *result_r, struct error *error)
{
	struct bulk bulk = {.domain = domain,
	    .actor = actor,
	    .arena = arena,
	    .reason = reason,
	    .run = archive_one,
	    .went_along = archived_along};

	return run(&bulk, ids, count, result_r, error);
}

bool photos_bulk_restore(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *ids, size_t count, const char *reason,
    struct bulk_result *result_r, struct error *error)
{
	struct bulk bulk = {.domain = domain,
	    .actor = actor,
	    .arena = arena,
	    .reason = reason,
	    .run = restore_one,
	    .went_along = restored_along};

	return run(&bulk, ids, count, result_r, error);
}
