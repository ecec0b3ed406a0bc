/* keyring.h - the ids of the keys that belong to this database (table signing_keys). */
#ifndef LETHE_STORE_KEYRING_H
#define LETHE_STORE_KEYRING_H

#include <db/db.h>
#include <stdint.h>

enum keyring_purpose { KEYRING_PUBLIC, KEYRING_LOCAL };

/* Enter a key id (PASERK k4.pid or k4.lid). DB_CONFLICT: it is there already. */
enum db_result keyring_insert(struct db *db, const char *key_id, enum keyring_purpose purpose,
    int64_t now_us) __attribute__((warn_unused_result));

/* All key ids, in `arena`. DB_NONE: the database is new. */
enum db_result keyring_list(struct db *db, struct arena *arena, const char ***ids_r,
    size_t *count_r) __attribute__((warn_unused_result));

#endif
