/* album.c - an album with its photos, in its order. */
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <auth/policy.h>
#include <domain/albums.h>
#include <http/url.h>

#define COUNTED 1000

/* The place in the order behind which a page begins; none: the album's first page. */
static const char *album_url(struct web *web, const struct album_place *after)
{
	const char *position = arena_printf(web->arena, "%lld", (long long)after->position);
	bool first = id_is_none(&after->photo_id);

	return http_url_build(web->arena, "/albums/{id}",
	    HTTP_PAIRS({"id", present_id(web, &web->subject_id)}),
	    HTTP_PAIRS({"after", first ? NULL : position},
		{"cursor", first ? NULL : present_id(web, &after->photo_id)}));
}

static bool set_photos(struct web *web, struct doc *page, struct error *error)
{
	const struct album_place first = {0};
	const struct album_place after = {
	    .position = input_integer(web, "after", -1), .photo_id = *input_id(web, "cursor")};
	struct photos_page photos = {0};
	struct album_page album;

	if (!albums_photos(
		web->domain, &web->actor, web->arena, web->subject, 0, &after, &album, error))
		return false;
	photos.items = album.items;
	photos.count = album.count;
	photos.is_cut = album.is_cut;
	doc_set(page, "photos", present_photos(web, &photos));
	page_pager(web, page, album_url(web, &first),
	    id_is_none(&album.next.photo_id) ? NULL : album_url(web, &album.next));
	return true;
}

static bool set_album(struct web *web, struct doc *page, struct error *error)
{
	const struct place *place = web->subject;
	struct policy_subject subject = places_policy_subject(place);
	struct doc *album = present_place(web, place, NULL);
	const char *words;
	int64_t count;
	bool more;

	if (!albums_count(
		web->domain, &web->actor, web->arena, place, COUNTED, &count, &more, error))
		return false;
	words = present_counted(web, count, more, COUNTED, "photo", "photos");
	doc_set_text(
	    album, "count_words", count == 0 && !more ? NULL : show_sentence(web->arena, words));
	show_time(web, album, "created", place->created_at_us);
	doc_set_bool(album, "is_mine",
	    !id_is_none(&web->actor.user_id) && id_equal(&place->created_by, &web->actor.user_id));
	doc_set_bool(album, "can_delete", policy_allows(&web->actor, POLICY_DELETE, &subject));
	doc_set(page, "album", album);
	return true;
}

bool page_album(struct web *web, struct error *error)
{
	const struct place *place = web->subject;
	struct doc *page = page_begin(web, place->name);

	return chrome_live(web, page, error) && set_album(web, page, error) &&
	       set_photos(web, page, error) && page_send(web, 200, "album", page, error);
}
