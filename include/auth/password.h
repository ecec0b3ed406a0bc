/* password.h - passwords as Argon2id hashes (RFC 9106), at most two at a time.
 *
 * One hash takes 64 MiB (libsodium's interactive limits); the hasher keeps a rush of logins from
 * exhausting memory by letting the others wait. */
#ifndef LETHE_AUTH_PASSWORD_H
#define LETHE_AUTH_PASSWORD_H

#include <base/error.h>
#include <stdbool.h>

#define PASSWORD_MIN       10   /* characters */
#define PASSWORD_MAX       1024 /* bytes */
#define PASSWORD_HASH_SIZE 128  /* with the NUL */
#define PASSWORD_PARALLEL  2

struct password_hasher;

enum password_result {
	PASSWORD_RIGHT = 0,
	PASSWORD_WRONG,
	PASSWORD_UNAVAILABLE, /* there was not enough memory to tell */
};

/* Make the process's one hasher; threads share it. NULL with `error` if libsodium cannot start. */
struct password_hasher *password_hasher_create(struct error *error)
    __attribute__((warn_unused_result));

/* Free it, when no thread uses it any more, and null the handle. NULL is fine. */
void password_hasher_destroy(struct password_hasher **hasher);

/* True if a person may choose this password: UTF-8, at least PASSWORD_MIN characters and at most
 * PASSWORD_MAX bytes. Otherwise `error` names the field "password", with the code
 * password_too_short, password_too_long or password_not_text. */
bool password_check(const char *password, struct error *error) __attribute__((warn_unused_result));

/* Hash a password, waiting for a turn. `hash_r` is the modular form "$argon2id$...", ASCII.
 * False with `error` (unavailable) if there was not enough memory. */
bool password_hash(struct password_hasher *hasher, const char *password,
    char hash_r[PASSWORD_HASH_SIZE], struct error *error) __attribute__((warn_unused_result));

/* Compare a password with a hash, waiting for a turn. `hash` is NULL where there is no such user or
 * none that may sign in: that is wrong as well, and takes as long. A password of more than
 * PASSWORD_MAX bytes is wrong, at once for all. */
enum password_result password_verify(struct password_hasher *hasher, const char *hash,
    const char *password) __attribute__((warn_unused_result));

#endif
