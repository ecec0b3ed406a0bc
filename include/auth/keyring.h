/* keyring.h - the key folder and the database belong together.
 *
 * A machine that starts with keys its database does not know would sign what no other machine
 * accepts, so it does not start. */
#ifndef LETHE_AUTH_KEYRING_H
#define LETHE_AUTH_KEYRING_H

#include <base/arena.h>
#include <base/error.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

struct keys;

/* Load the keys of `folder` for the database. With `create` (`lethe migrate`, as the owner) a
 * database without any key gets new ones, made in the folder if it has none yet and entered in
 * signing_keys. Refused (invalid, field LETHE_KEYS): a key of the folder that the database does not
 * know, a folder without keys beside a database that has some, a database without keys unless
 * `create`; and what keys_load refuses. The caller frees the keys with keys_free. */
bool keyring_open(struct db *db, const char *folder, bool create, int64_t now_us,
    struct keys **keys_r, struct error *error) __attribute__((warn_unused_result));

#endif
