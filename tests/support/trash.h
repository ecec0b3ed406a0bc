/* trash.h - what tests of deleting and purging need beside a world: details of photos, content with
 * its parts, acts in one line, and what the tables hold then. */
#ifndef LETHE_TESTS_TRASH_H
#define LETHE_TESTS_TRASH_H

#include "world.h"

#include <domain/deletions.h>
#include <domain/purge.h>
#include <store/content.h>

#define HOUR_US (INT64_C(3600) * 1000000)

/* A note, an AI result, a tag, a share (its token's hash is `seed` repeated) of a photo. */
void trash_note(struct world *world, const struct actor *author, const struct id *photo_id);
void trash_ai_result(struct world *world, const struct actor *actor, const struct id *photo_id);
void trash_tag(
    struct world *world, const struct actor *actor, const struct id *photo_id, const char *name);
void trash_share(
    struct world *world, const struct actor *actor, const struct id *photo_id, unsigned char seed);

/* A place in an album; a pending request, with the status it found. */
void trash_place(struct world *world, const struct id *album_id, const struct id *photo_id);
struct id trash_request(
    struct world *world, const struct actor *actor, const struct id *photo_id, const char *before);

/* A quest with cards and submissions, or an adventure with sequences, in that status; with one file
 * of 100 bytes. */
struct id trash_content(struct world *world, const struct actor *creator, enum item_kind kind,
    const char *status, unsigned parts);

/* How many rows of a table meet a condition, by a connection that has nothing cached. */
int64_t trash_number(struct world *world, const char *table, const char *where);

/* Delete, restore, delete forever. The code of the refusal, or "" where it succeeded; a deletion
 * that was made or changed in `deletion_r` (may be NULL). */
const char *trash_delete(struct world *world, const struct actor *actor, const struct id *photo_id,
    struct deletion *deletion_r);
const char *trash_restore(struct world *world, const struct actor *actor,
    const struct id *deletion_id, struct deletion *deletion_r);
const char *trash_restore_items(struct world *world, const struct actor *actor,
    const struct id *deletion_id, const struct id *items, size_t count, bool without_container,
    struct deletion *deletion_r);
const char *trash_forever(struct world *world, const struct actor *actor, enum item_kind kind,
    const struct id *item_id, struct deletion *deletion_r);

/* A photo of theirs that they delete: the deletion. */
struct id trash_deleted_photo(struct world *world, const struct actor *actor);

/* The last refusal in full. */
const struct error *trash_error(void);

/* Run the worker's two rounds until nothing is left. */
struct purge_report trash_purge(struct world *world);
void trash_continue(struct world *world);

/* The deletion as it stands. */
struct deletion trash_find(struct world *world, const struct id *deletion_id);

/* Rows of a table (photos, photo_notes, …) that bear the deletion's id (none: that are there, all
 * told); rows that are live. */
int64_t trash_marked(struct world *world, const char *table, const struct id *deletion_id);
int64_t trash_rows(struct world *world, const char *table);
int64_t trash_live(struct world *world, const char *table);

/* Whether a photo is live; the deletion it bears; how many entries of an action the trail has. */
bool trash_is_live(struct world *world, const struct id *photo_id);
struct id trash_mark_of(struct world *world, const struct id *photo_id);
int64_t trash_entries(struct world *world, const char *action);

/* A photo of Ada's with one of everything, and its derivative; and that of no photo anything is
 * left but the record (the program ends otherwise). */
struct id trash_furnished(struct world *world, const struct actor *ada, const struct actor *ben);
void trash_expect_nothing_left(struct world *world);

/* Run any SQL as the owner, for what no act of the program does. */
void trash_sql(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A photo's id as SQL writes it: X'…'; in the world's arena. */
const char *trash_hex(struct world *world, const struct id *id);

#endif
