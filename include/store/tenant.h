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

/* A deletion of another organisation, or of an account of there, that is not settled and has marked
 * rows in this one: what a platform admin of there has left here. DB_NONE: there is none. */
enum db_result tenant_foreign_deletion(struct db *db, struct arena *arena,
    const struct deletion *deletion, struct id *deletion_r) __attribute__((warn_unused_result));

/* Let at most `limit` rows of the organisation of `to` that bear the mark of `from` bear that of
 * `to`. How many there were of each table, and the bytes of their files. Both rows are locked. */
enum db_result tenant_take_over(struct db_tx *tx, const struct deletion *from,
    const struct deletion *to, int64_t limit, int64_t rows_r[MARK_TABLE_COUNT], int64_t *bytes_r)
    __attribute__((warn_unused_result));

#endif
