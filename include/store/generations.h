/* generations.h - derivatives under way. */
#ifndef LETHE_STORE_GENERATIONS_H
#define LETHE_STORE_GENERATIONS_H

#include <db/db.h>

struct generation {
	struct id id;
	struct id organization_id;
	struct id original_id; /* none once it is purged */
	struct id started_by;
	int64_t created_at_us;
	int64_t finished_at_us; /* 0: under way */
};

enum db_result store_generation_insert(struct db_tx *tx, const struct generation *generation)
    __attribute__((warn_unused_result));

enum db_result store_generation_find(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *generation_id,
    struct generation *generation_r) __attribute__((warn_unused_result));

/* Mark it finished; DB_NONE if it is already (compare-and-set). */
enum db_result store_generation_finish(struct db_tx *tx, const struct generation *generation,
    int64_t now_us) __attribute__((warn_unused_result));

#endif
