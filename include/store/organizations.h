/* organizations.h - finding and founding tenants (table organizations). */
#ifndef LETHE_STORE_ORGANIZATIONS_H
#define LETHE_STORE_ORGANIZATIONS_H

#include <base/id.h>
#include <db/db.h>
#include <stdint.h>

/* The oldest live organisation of exactly that name. */
enum db_result organizations_find_by_name(struct db *db, struct arena *arena, const char *name,
    struct id *id_r) __attribute__((warn_unused_result));

/* The name of an organisation, deleted or not; in `arena`. */
enum db_result organizations_name(struct db *db, struct arena *arena, const struct id *id,
    const char **name_r) __attribute__((warn_unused_result));

/* Add an organisation with the default settings. `created_by` may be none. */
enum db_result organizations_insert(struct db_tx *tx, const struct id *id, const char *name,
    const struct id *created_by, int64_t now_us) __attribute__((warn_unused_result));

/* How many live platform admins in no grace period belong to other live organisations than this
 * one. They and their organisations are locked until the transaction ends, so that two who would
 * delete each other's wait for one another. */
enum db_result organizations_lock_platform_admins(struct db_tx *tx,
    const struct id *organization_id, size_t *count_r) __attribute__((warn_unused_result));

#endif
