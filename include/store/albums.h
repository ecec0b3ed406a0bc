/* albums.h - the photos of an album, in its order. */
#ifndef LETHE_STORE_ALBUMS_H
#define LETHE_STORE_ALBUMS_H

#include <db/db.h>
#include <store/photos.h>

/* A place in an album's order: by position, and those of one position by id. */
struct album_place {
	int64_t position;
	struct id photo_id; /* none: before the first */
};

/* Which photos of an album a reader asks for. */
struct album_filter {
	struct id organization_id;
	struct id album_id;
	struct id viewer_id;
	struct photo_ranges ranges; /* which of them the viewer sees */
	struct album_place after;
	unsigned limit; /* rows at most */
	unsigned look;  /* places looked at at most, whether the viewer sees them or not; 0: all */
};

/* The next of them. Tags and albums are not read: see store_photo_details. */
struct album_rows {
	struct photo_rows photos;
	struct album_place *places; /* one for each photo */
	struct album_place looked; /* the last place looked at; none: the album's end was reached */
};
enum db_result store_album_photos(struct db *db, struct arena *arena,
    const struct album_filter *filter, struct album_rows *rows_r)
    __attribute__((warn_unused_result));

/* How many they are, from the first on: up to `limit` of them, among the first `look` places.
 * `more_r`: there may be more. */
enum db_result store_album_count(struct db *db, struct arena *arena,
    const struct album_filter *filter, int64_t *count_r, bool *more_r)
    __attribute__((warn_unused_result));

#endif
