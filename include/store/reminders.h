/* reminders.h - archived photos whose owner is to be told that their retention ends. */
#ifndef LETHE_STORE_REMINDERS_H
#define LETHE_STORE_REMINDERS_H

#include <db/db.h>

/* Which photos of an organisation: archived, not deleted, nobody told yet, to be purged after
 * `after_us` and not after `until_us`. */
struct reminder_range {
	struct id organization_id;
	int64_t after_us;
	int64_t until_us;
	int64_t archived_until_us; /* for reminder_mark: archived not after this */
};

/* A photo as a reminder names it. */
struct reminder_photo {
	struct id id;
	const char *title; /* or NULL */
	int64_t purge_after_us;
};

/* Owners of such photos who can be told: live, of a live organisation, with an address, and wanting
 * to know. Ids above `after` (none: all) in their order, at most `limit`. */
enum db_result reminder_owners(struct db *db, struct arena *arena,
    const struct reminder_range *range, const struct id *after, unsigned limit, struct id **ids_r,
    size_t *count_r) __attribute__((warn_unused_result));

/* Of an owner's such photos those to be named, soonest purged first, at most `limit`, and how many
 * there are in all. A derivative that was archived with its original goes without saying. DB_OK
 * also where there are none. */
enum db_result reminder_photos(struct db *db, struct arena *arena,
    const struct reminder_range *range, const struct id *owner_id, unsigned limit,
    struct reminder_photo **photos_r, size_t *count_r, int64_t *total_r)
    __attribute__((warn_unused_result));

/* How many archived photos of an owner bear that the owner was told at `at_us`. */
enum db_result reminder_told(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *owner_id, int64_t at_us, int64_t *count_r) __attribute__((warn_unused_result));

/* Note on at most `limit` of an owner's such photos, derivatives included, that the owner was told
 * at `now_us`; one that was restored meanwhile is passed over. `marked_r` counts those looked at:
 * as many as `limit` while there may be more. For who has locked the owner. */
enum db_result reminder_mark(struct db_tx *tx, const struct reminder_range *range,
    const struct id *owner_id, int64_t now_us, unsigned limit, uint64_t *marked_r)
    __attribute__((warn_unused_result));

#endif
