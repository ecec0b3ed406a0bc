/* places.h - what photos are in: projects, sites and albums; and the list of organisations. */
#ifndef LETHE_STORE_PLACES_H
#define LETHE_STORE_PLACES_H

#include <db/db.h>

enum place_kind {
	PLACE_PROJECT,
	PLACE_SITE,
	PLACE_ALBUM,
	PLACE_ORGANIZATION,
	PLACE_TAG,
	PLACE_KIND_COUNT
};

/* One of them. Ids are none and texts NULL where there is nothing. */
struct place {
	enum place_kind kind;
	struct id id;
	struct id organization_id;
	const char *name;
	const char *slug; /* of sites */
	struct id created_by;
	int64_t created_at_us;
	int64_t deleted_at_us;
	struct id deletion_id;
};

struct place_rows {
	struct place *items;
	size_t count;
};

/* The live ones of an organisation (of organisations: all live ones), newest first, ids below
 * `before` (none: from the newest), at most `limit` (1 to 201). */
enum db_result store_places_list(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *before, unsigned limit,
    struct place_rows *rows_r) __attribute__((warn_unused_result));

/* The same of live projects, sites, albums or organisations, by name (as people of most languages
 * sort them), behind the one whose id is `after` (none, or gone for good: from the first). */
enum db_result store_places_by_name(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *after, unsigned limit,
    struct place_rows *rows_r) __attribute__((warn_unused_result));

/* The same of live projects or sites whose name contains a text, in any case. */
enum db_result store_places_search(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const char *name, const struct id *before, unsigned limit,
    struct place_rows *rows_r) __attribute__((warn_unused_result));

/* One of the organisation's, deleted or not. */
enum db_result store_place_find(struct db *db, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *place_id, struct place *place_r)
    __attribute__((warn_unused_result));

/* The same with its row locked (LOCK IN SHARE MODE) until the transaction ends, so that it is not
 * deleted meanwhile; projects, sites, albums and organisations. */
enum db_result store_place_lock(struct db_tx *tx, struct arena *arena, enum place_kind kind,
    const struct id *organization_id, const struct id *place_id, struct place *place_r)
    __attribute__((warn_unused_result));

/* The oldest live project of that name. */
enum db_result store_project_by_name(struct db *db, struct arena *arena,
    const struct id *organization_id, const char *name, struct place *place_r)
    __attribute__((warn_unused_result));

/* Insert a project, site or album: id, organization_id, name, slug, created_by, created_at_us. */
enum db_result store_place_insert(struct db_tx *tx, const struct place *place)
    __attribute__((warn_unused_result));

#endif
