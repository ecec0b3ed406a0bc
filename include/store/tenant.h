/* tenant.h - what the purge of an organisation takes besides what bears its deletion's mark. */
#ifndef LETHE_STORE_TENANT_H
#define LETHE_STORE_TENANT_H

#include <store/cascade.h>

/* True if the relation is of rows that only an organisation's purge takes. */
bool tenant_holds(enum relation relation);

/* Remove (or blank, queue, retire) at most `limit` rows of the organisation. DB_OK also when there
 * were none. */
enum db_result tenant_purge(struct db_tx *tx, enum relation relation,
    const struct deletion *deletion, int64_t limit, int64_t now_us, int64_t *rows_r)
    __attribute__((warn_unused_result));

/* Ids of at most `limit` deletions of the organisation that are not settled, but the one given. */
enum db_result tenant_deletions(struct db *db, struct arena *arena, const struct deletion *deletion,
    unsigned limit, struct id **ids_r, size_t *count_r) __attribute__((warn_unused_result));

#endif
