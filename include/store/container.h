/* container.h - the statements on what a container holds: photos of projects and sites, rows of
 * organisations. They are taken newest first, so that the first pages of lists are done soonest, in
 * ranges of one index each; a relation with several such ranges has that many bands. */
#ifndef LETHE_STORE_CONTAINER_H
#define LETHE_STORE_CONTAINER_H

#include <store/cascade.h>

/* True if the parent of the relation's rows is the root itself. */
bool container_holds(enum relation relation);

/* How many bands the relation has, for what is done with photos. */
unsigned container_bands(enum relation relation, enum photo_action action);

/* The lowest id of the next at most `count` rows of the band below `before` (none: from the top)
 * that the deletion has still to do; `last_r`: there are fewer, and `from_r` is none. */
enum db_result container_range(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *deletion, unsigned band, const struct id *before, int64_t count,
    struct id *from_r, bool *last_r) __attribute__((warn_unused_result));

/* Do to the band's rows in [from, before), about `count` of them, what the deletion does: mark
 * them; archive (into the batch of the deletion's id) or orphan photos and note that. Users' access
 * tokens end as well. DB_OK also when there were none. */
enum db_result container_apply(struct db_tx *tx, enum relation relation,
    const struct deletion *deletion, unsigned band, const struct id *from, const struct id *before,
    int64_t count, int64_t now_us, int64_t *rows_r) __attribute__((warn_unused_result));

/* The bytes of the files of the band's rows in [from, before) of an organisation or a user that
 * container_apply would mark; 0 for rows that have none. */
enum db_result container_bytes(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *deletion, unsigned band, const struct id *from, const struct id *before,
    int64_t *bytes_r) __attribute__((warn_unused_result));

/* How many rows of a band are below `before` (none: of all), of at most `limit`; it moves on to the
 * last of them. */
enum db_result container_count_band(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *deletion, unsigned band, struct id *before, int64_t limit,
    int64_t *rows_r) __attribute__((warn_unused_result));

/* How many rows there still are, in all bands together, counted up to `limit` in each. */
enum db_result container_count(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *deletion, int64_t limit, int64_t *rows_r)
    __attribute__((warn_unused_result));

/* Make the batch of what a deletion archives: id of the deletion, its initiator, `criteria` as
 * JSON, reason and end of the retention that the photos get. */
enum db_result container_batch_insert(struct db_tx *tx, const struct deletion *deletion,
    const char *criteria, const char *reason, int64_t purge_after_us)
    __attribute__((warn_unused_result));
/* Store how many photos are in it. */
enum db_result container_batch_count(struct db_tx *tx, const struct deletion *deletion,
    int64_t photos) __attribute__((warn_unused_result));

/* Undo at most `limit` effects: photos orphaned by the deletion go back where they are nowhere
 * else, photos archived by it are un-archived where they are in its batch still, and what was noted
 * goes. `rows_r` 0: none is left. */
enum db_result effects_undo(struct db_tx *tx, const struct deletion *deletion, int64_t limit,
    int64_t *rows_r) __attribute__((warn_unused_result));

/* Forget at most `limit` effects. DB_OK also when there were none. */
enum db_result effects_forget(struct db_tx *tx, const struct deletion *deletion, int64_t limit,
    int64_t *rows_r) __attribute__((warn_unused_result));

/* Cut the deletion's photos in (after, upto] loose from projects and sites that another deletion
 * has in the trash, and note that as an effect of that one: its restore puts them back. DB_OK also
 * when there were none. */
enum db_result effects_orphan_others(struct db_tx *tx, const struct deletion *deletion,
    const struct id *after, const struct id *upto) __attribute__((warn_unused_result));

/* The same for one live photo and what was made from it, e.g. when it leaves the archive. */
enum db_result effects_orphan_photo(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id) __attribute__((warn_unused_result));

/* End at most `limit` sessions of an organisation's users, marked or not; then, with none left, the
 * access tokens of at most `limit` users issued before `now_us`. `rows_r` 0: nothing is left. */
enum db_result container_end_sessions(struct db_tx *tx, const struct deletion *deletion,
    int64_t limit, int64_t *rows_r) __attribute__((warn_unused_result));

#endif
