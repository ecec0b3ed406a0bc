/* tags.h - words on photos, and photos in albums. */
#ifndef LETHE_STORE_TAGS_H
#define LETHE_STORE_TAGS_H

#include <db/db.h>
#include <store/photos.h>

/* The organisation's tag of that exact name. */
enum db_result store_tag_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const char *name, struct id *tag_r) __attribute__((warn_unused_result));

/* The same, made where it does not exist yet; safe against another who makes it at once. */
enum db_result store_tag_ensure(struct db_tx *tx, struct arena *arena,
    const struct id *organization_id, const char *name, int64_t now_us, struct id *tag_r)
    __attribute__((warn_unused_result));

enum db_result store_photo_tag_add(struct db_tx *tx, const struct id *photo_id,
    const struct id *tag_id) __attribute__((warn_unused_result));

/* Fill tags, album_ids and album_names of photos just read, by one statement each for every 200 of
 * them. */
enum db_result store_photo_details(struct db *db, struct arena *arena, struct photo *photos,
    size_t count) __attribute__((warn_unused_result));

/* Put a photo at a place in an album. */
enum db_result store_album_photo_add(struct db_tx *tx, const struct id *album_id,
    const struct id *photo_id, unsigned position) __attribute__((warn_unused_result));

#endif
