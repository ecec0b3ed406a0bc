/* albums.h - looking into an album. */
#ifndef LETHE_DOMAIN_ALBUMS_H
#define LETHE_DOMAIN_ALBUMS_H

#include <auth/policy.h>
#include <domain/domain.h>
#include <store/albums.h>
#include <store/places.h>

struct album_page {
	struct photo *items; /* in the album's order */
	size_t count;
	struct album_place next; /* none: there is no further page */
	bool is_cut;             /* fewer than asked for, since so many places were looked at */
};

/* The live photos of a live album (as places_find gives it) that the actor sees, by the same rule
 * as photos_list: published ones, their own, all of admins. In the album's order, at most `limit`
 * (1 to 200; 0: 50), from behind `after` (none: from the first). No more than domain_look_rows
 * places are looked at for a page: where the actor sees few of them it is short and `next` goes on.
 * Errors: invalid ("limit"); forbidden for visitors. */
bool albums_photos(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct place *album, unsigned limit, const struct album_place *after,
    struct album_page *page_r, struct error *error) __attribute__((warn_unused_result));

/* How many these are: counted up to `most` (a count above it says that there are more) among the
 * first domain_look_rows places; `more_r` where there may be more. */
bool albums_count(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct place *album, unsigned most, int64_t *count_r, bool *more_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
