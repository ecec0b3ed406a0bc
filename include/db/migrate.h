/* migrate.h - bring a database to the schema of sql/NNNN_name.sql, each file once, in order. */
#ifndef LETHE_DB_MIGRATE_H
#define LETHE_DB_MIGRATE_H

#include <base/error.h>
#include <db/db.h>

/* Apply the files of `folder` that `schema_migrations` does not list yet, in the order of their
 * names (NNNN_name.sql; other files are passed over); statements end with a semicolon at the end of
 * a line. A named lock (GET_LOCK, of this server) keeps two migrations apart: the second waits. A
 * file that changed since it was applied (by BLAKE2b digest), one missing, or a new one before an
 * applied one is refused (conflict: "migration_changed", "migration_missing", "migration_order"). A
 * statement that fails is named by file, number and line ("migration_failed", internal), with the
 * server's words; statements before it stay applied and noted, and the next run goes on with it.
 * Not to be used inside a transaction. The connection is made anew at the beginning and at the end.
 * `applied_r` (may be NULL) counts the files that are new; it is set on failure too. */
bool migrate_run(struct db *db, const char *folder, int64_t now_us, int *applied_r,
    struct error *error) __attribute__((warn_unused_result));

/* True if the database has exactly the migrations of `folder`; else `error` as above, or conflict
 * "migration_pending". Needs no more than SELECT on schema_migrations. */
bool migrate_check(struct db *db, const char *folder, struct error *error)
    __attribute__((warn_unused_result));

#endif
