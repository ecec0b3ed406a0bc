/* photos.c - who sees which photo: the table "Who sees what", once for lists and once for single
 * photos (by policy). tests/store/photos_test.c holds one against the other. */
#include "photos.h"

#include <base/text.h>
#include <store/tags.h>

#define LIVE     1U
#define ARCHIVED 2U
#define DELETED  4U

static bool sees_all(const struct actor *actor)
{
	return actor_is_admin(actor) || actor->role == ROLE_SYSTEM;
}

struct photo_ranges photos_ranges(const struct actor *actor, const struct photos_query *query)
{
	unsigned shelves = query->archived_only ? ARCHIVED : query->deleted_only ? DELETED : LIVE;

	shelves |= query->include_archived ? ARCHIVED : 0;
	shelves |= query->include_deleted ? DELETED : 0;
	if (query->mine) {
		return (struct photo_ranges){.own = shelves};
	}
	if (sees_all(actor)) {
		return (struct photo_ranges){.all = shelves};
	}
	return (struct photo_ranges){.published = shelves & LIVE, .own = shelves};
}

struct policy_subject photos_policy_subject(const struct photo *photo)
{
	return (struct policy_subject){
	    .kind = POLICY_PHOTO,
	    .organization_id = photo->organization_id,
	    .owner_id = photo->uploader_id,
	    .deleted_by = photo->deleted_by,
	    .on_site = !id_is_none(&photo->site_id),
	    .owns_site = photo->owns_site,
	    .published = photo->status == PHOTO_APPROVED ||
			 (photo->status == PHOTO_DELETION_REQUESTED && !photo->withheld),
	    .archived = photo->archived_at_us != 0,
	    .deleted = photo->deleted_at_us != 0,
	    .purged = photo->purging,
	};
}

bool photos_check_query(
    const struct actor *actor, const struct photos_query *query, struct error *error)
{
	if (actor->role == ROLE_VISITOR) {
		return error_set(
		    error, ERROR_UNAUTHENTICATED, "not_signed_in", "Please sign in first.");
	}
	if ((query->include_deleted || query->deleted_only) && !sees_all(actor)) {
		return error_set(error, ERROR_FORBIDDEN, "admins_only",
		    "Only admins see deleted photos in lists; your own are on the trash page.");
	}
	if (query->limit > PHOTOS_MAX_LIMIT) {
		return error_set_field(
		    error, "limit", "invalid_limit", "The limit is a number from 1 to 200.");
	}
	return true;
}

/* A tag may be named by its id as well. DB_NONE: no such tag. */
static enum db_result find_tag(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const char *tag, struct id *tag_r)
{
	if (!tag || text_is_blank(tag) || id_parse(tag, tag_r)) {
		return DB_OK;
	}
	return store_tag_find(
	    domain->db, arena, &actor->organization_id, text_trim(arena, tag), tag_r);
}

/* One row more than asked for says whether there is a further page; so do rows not looked at. */
static void cut_page(struct photo_rows *rows, unsigned limit, struct photos_page *page_r)
{
	page_r->items = rows->items;
	page_r->count = rows->count;
	page_r->next = rows->looked_down_to;
	page_r->is_cut = rows->count < limit && !id_is_none(&rows->looked_down_to);
	if (rows->count > limit) {
		page_r->count = limit;
		page_r->next = rows->items[limit - 1].id;
	}
}

bool photos_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct photos_query *query, struct photos_page *page_r, struct error *error)
{
	const unsigned limit = query->limit ? query->limit : PHOTOS_DEFAULT_LIMIT;
	struct photo_filter filter = {
	    .organization_id = actor->organization_id,
	    .viewer_id = actor->user_id,
	    .ranges = photos_ranges(actor, query),
	    .project_id = query->project_id,
	    .site_id = query->site_id,
	    .by_status = query->by_status,
	    .status = query->status,
	    .before = query->before,
	    .limit = limit + 1,
	    .look = domain_look_rows(domain),
	};
	struct photo_rows rows = {0};
	enum db_result result = DB_OK;

	*page_r = (struct photos_page){0};
	if (!photos_check_query(actor, query, error)) {
		return false;
	}
	result = find_tag(domain, actor, arena, query->tag, &filter.tag_id);
	if (result == DB_OK) {
		result = store_photos_list(domain->db, arena, &filter, &rows);
		cut_page(&rows, limit, page_r);
	}
	if (result == DB_OK) {
		result = store_photo_details(domain->db, arena, page_r->items, page_r->count);
	}
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

static bool not_found(struct error *error)
{
	return error_set(error, ERROR_NOT_FOUND, "not_found",
	    "There is no such photo, or it is not for you to see.");
}

bool photos_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct photo *photo_r, struct error *error)
{
	enum db_result result = store_photo_find(
	    domain->db, arena, &actor->organization_id, photo_id, &actor->user_id, photo_r);
	struct policy_subject subject;

	if (result == DB_NONE) {
		return not_found(error);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	subject = photos_policy_subject(photo_r);
	return policy_check(actor, POLICY_SEE, &subject, error);
}

bool photos_find_for(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, enum policy_action action, struct photo *photo_r,
    struct error *error)
{
	struct policy_subject subject;

	if (!photos_find(domain, actor, arena, photo_id, photo_r, error)) {
		return false;
	}
	subject = photos_policy_subject(photo_r);
	return policy_check(actor, action, &subject, error);
}

/* Leave out of the rows what is not for the viewer. */
static void keep_visible(const struct actor *actor, struct photo_rows *rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct policy_subject subject = photos_policy_subject(&rows->items[i]);

		if (policy_allows(actor, POLICY_SEE, &subject)) {
			rows->items[kept++] = rows->items[i];
		}
	}
	rows->count = kept;
}

static const struct photo *row_of(const struct photo_rows *rows, const struct id *photo_id)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (id_equal(&rows->items[i].id, photo_id)) {
			return &rows->items[i];
		}
	}
	return NULL;
}

bool photos_find_several(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_ids, size_t count, struct photos_page *page_r,
    struct error *error)
{
	struct photo_rows rows = {0};
	enum db_result result = DB_NONE;

	*page_r = (struct photos_page){.items = arena_array(arena, count, sizeof(struct photo))};
	if (count > 0) {
		result = store_photos_find(domain->db, arena, &actor->organization_id, photo_ids,
		    count, &actor->user_id, &rows);
	}
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	keep_visible(actor, &rows);
	for (size_t i = 0; i < count; i++) {
		const struct photo *photo = row_of(&rows, &photo_ids[i]);

		if (photo) {
			page_r->items[page_r->count++] = *photo;
		}
	}
	return true;
}

bool photos_derivatives(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct photo *original, struct photos_page *page_r, struct error *error)
{
	const bool deleted = original->deleted_at_us != 0;
	struct photo_rows rows = {0};
	enum db_result result =
	    store_photo_derivatives(domain->db, arena, &actor->organization_id, &original->id,
		&actor->user_id, deleted ? DELETED : LIVE | ARCHIVED, PHOTOS_MAX_LIMIT, &rows);

	*page_r = (struct photos_page){0};
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	keep_visible(actor, &rows);
	page_r->items = rows.items;
	page_r->count = rows.count;
	return true;
}

bool photos_file_of(const struct domain *domain, struct arena *arena, const struct photo *photo,
    enum file_part part, struct file *file_r, struct error *error)
{
	enum db_result result = DB_NONE;

	if (part == FILE_THUMBNAIL) {
		result = store_file_find(
		    domain->db, arena, &photo->organization_id, &photo->id, FILE_THUMBNAIL, file_r);
	}
	if (result == DB_NONE && part != FILE_ASSET) {
		result = store_file_find(
		    domain->db, arena, &photo->organization_id, &photo->id, FILE_ORIGINAL, file_r);
	}
	if (result == DB_NONE) {
		return not_found(error);
	}
	return result == DB_OK || db_fail(result, error);
}

bool photos_file(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, enum file_part part, struct file *file_r, struct error *error)
{
	struct photo photo;

	return photos_find(domain, actor, arena, photo_id, &photo, error) &&
	       photos_file_of(domain, arena, &photo, part, file_r, error);
}
