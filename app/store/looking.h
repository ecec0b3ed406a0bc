/* looking.h - how far down an index a list or a count looks, where not every row of it fits.
 *
 * A list of what is rare among many would look at all of them. Instead it looks at so many and says
 * where it stopped, for the next page to go on. */
#ifndef LETHE_STORE_LOOKING_H
#define LETHE_STORE_LOOKING_H

#include <db/db.h>
#include <store/photos.h>

/* Each finds the last of the newest `look` photos of a range of an index below `before` (none: from
 * the newest), in floor_r; none (and DB_OK) where there are no more than these, or `look` is 0.
 * Only the index is read. */
enum db_result look_at_tag(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *tag_id, const struct id *before, unsigned look, struct id *floor_r)
    __attribute__((warn_unused_result));
enum db_result look_at_status(struct db *db, struct arena *arena, const struct id *organization_id,
    enum photo_status status, const struct id *before, unsigned look, struct id *floor_r)
    __attribute__((warn_unused_result));
/* Of one shelf (a number from 0, as in struct photo_ranges). */
enum db_result look_at_project(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *project_id, int shelf, const struct id *before, unsigned look,
    struct id *floor_r) __attribute__((warn_unused_result));
enum db_result look_at_site(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *site_id, int shelf, const struct id *before, unsigned look, struct id *floor_r)
    __attribute__((warn_unused_result));
enum db_result look_at_shelf(struct db *db, struct arena *arena, const struct id *organization_id,
    int shelf, bool published, const struct id *before, unsigned look, struct id *floor_r)
    __attribute__((warn_unused_result));
enum db_result look_at_own(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *uploader_id, int shelf, bool published, const struct id *before, unsigned look,
    struct id *floor_r) __attribute__((warn_unused_result));

/* Raise a floor to another, where that is higher: what is looked at of several ranges is whole down
 * to the highest. */
void look_raise(struct id *floor, const struct id *other);

#endif
