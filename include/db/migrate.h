/* migrate.h - bring a database to the schema of sql/NNNN_name.sql, each file once, in order. */
#ifndef LETHE_DB_MIGRATE_H
#define LETHE_DB_MIGRATE_H

#include <base/error.h>
#include <db/db.h>

/* Apply the files of `folder` that `schema_migrations` does not list yet; statements end with a
 * semicolon at the end of a line. A named lock keeps two migrations apart. A file that changed since
 * it was applied (by BLAKE2b digest), or one missing, is refused. `applied_r` counts the new ones. */
bool migrate_run(struct db *db, const char *folder, int64_t now_us, int *applied_r, struct error *error)
    __attribute__((warn_unused_result));

/* True if the database has exactly the migrations of `folder`. */
bool migrate_check(struct db *db, const char *folder, struct error *error)
    __attribute__((warn_unused_result));

#endif
