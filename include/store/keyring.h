/* keyring.h - the ids of the keys that belong to this database (table signing_keys). */
#ifndef LETHE_STORE_KEYRING_H
#define LETHE_STORE_KEYRING_H

#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

enum keyring_purpose { KEYRING_PUBLIC, KEYRING_LOCAL };

/* Enter a key id (PASERK k4.pid or k4.lid), with the public half (k4.public) of one that signs,
 * else NULL. DB_CONFLICT: it is there already. */
enum db_result keyring_insert(struct db *db, const char *key_id, enum keyring_purpose purpose,
    const char *public_key, int64_t now_us) __attribute__((warn_unused_result));

/* Give a key that was entered without it its public half. DB_NONE: it has it, or is not there. */
enum db_result keyring_publish(struct db *db, const char *key_id, const char *public_key)
    __attribute__((warn_unused_result));

/* The public halves of all keys that ever signed for this database, the newest first, with their
 * ids, in `arena`. DB_OK also when there are none. */
struct keyring_public {
	const char *key_id;
	const char *public_key;
	int64_t created_at_us;
};
enum db_result keyring_publics(struct db *db, struct arena *arena, struct keyring_public **keys_r,
    size_t *count_r) __attribute__((warn_unused_result));

/* All key ids, in `arena`. DB_NONE: the database is new. */
enum db_result keyring_list(struct db *db, struct arena *arena, const char ***ids_r,
    size_t *count_r) __attribute__((warn_unused_result));

#endif
