/* keyring.h - the key folder and the database belong together.
 *
 * A machine that starts with keys its database does not know would sign what no other machine
 * accepts, so it does not start. */
#ifndef LETHE_AUTH_KEYRING_H
#define LETHE_AUTH_KEYRING_H

#include <base/arena.h>
#include <base/error.h>
#include <stdbool.h>
#include <stdint.h>

struct db;
struct keys;

/* Load the keys of `folder` for the database, into `arena`, which must outlive them. With `create`
 * (`lethe migrate`, as the owner) a database that knows no key is given the folder's, which are
 * made if the folder has none; one that knows them is given the public halves it lacks. Refused
 * (invalid, field LETHE_KEYS): a key of the folder that the database does not know; a database that
 * knows none, without `create`; and whatever keys_load refuses, such as a folder without keys. NULL
 * with `error` then, or when the store is unavailable.
 */
const struct keys *keyring_open(struct db *db, const char *folder, bool create, int64_t now_us,
    struct arena *arena, struct error *error) __attribute__((warn_unused_result));

/* Add a generation of keys to the folder and tell the database, as the owner. Machines use it from
 * their next start on. False with `error` as keyring_open and keys_rotate. */
bool keyring_rotate(struct db *db, const char *folder, int64_t now_us, struct arena *arena,
    struct error *error) __attribute__((warn_unused_result));

#endif
