/* albums.c - looking into an album. */
#include "photos.h"

#include <domain/albums.h>
#include <store/tags.h>

static struct album_filter filter_of(
    const struct domain *domain, const struct actor *actor, const struct place *album)
{
	return (struct album_filter){
	    .organization_id = actor->organization_id,
	    .album_id = album->id,
	    .viewer_id = actor->user_id,
	    .ranges = photos_ranges(actor, &(struct photos_query){0}),
	    .look = domain_look_rows(domain),
	};
}

/* One row more than asked for says whether there is a further page; so do places not looked at. */
static void cut_page(const struct album_rows *rows, unsigned limit, struct album_page *page_r)
{
	page_r->items = rows->photos.items;
	page_r->count = rows->photos.count;
	page_r->next = rows->looked;
	page_r->is_cut = page_r->count < limit && !id_is_none(&rows->looked.photo_id);
	if (page_r->count > limit) {
		page_r->count = limit;
		page_r->next = rows->places[limit - 1];
	}
}

bool albums_photos(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct place *album, unsigned limit, const struct album_place *after,
    struct album_page *page_r, struct error *error)
{
	const unsigned wanted = limit ? limit : PHOTOS_DEFAULT_LIMIT;
	struct album_filter filter = filter_of(domain, actor, album);
	struct album_rows rows;
	enum db_result result;

	*page_r = (struct album_page){0};
	if (!photos_check_query(actor, &(struct photos_query){.limit = limit}, error)) {
		return false;
	}
	filter.after = *after;
	filter.limit = wanted + 1;
	result = store_album_photos(domain->db, arena, &filter, &rows);
	cut_page(&rows, wanted, page_r);
	if (result == DB_OK) {
		result = store_photo_details(domain->db, arena, page_r->items, page_r->count);
	}
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool albums_count(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct place *album, unsigned most, int64_t *count_r, bool *more_r, struct error *error)
{
	struct album_filter filter = filter_of(domain, actor, album);
	enum db_result result;

	*count_r = 0;
	*more_r = false;
	if (!photos_check_query(actor, &(struct photos_query){0}, error)) {
		return false;
	}
	filter.limit = most;
	result = store_album_count(domain->db, arena, &filter, count_r, more_r);
	return result == DB_OK || db_fail(result, error);
}
