/* keys.h - the folder of keys that sign and seal Lethe's tokens.
 *
 * The folder (mode 0700) holds one file (mode 0600) for each generation, NNNN.key, numbered from
 * 0001: two lines, an Ed25519 key that signs (PASERK k4.secret) and a symmetric one that seals
 * (k4.local). The newest generation makes tokens, all of them are accepted: a rotation adds a
 * generation, and the operator removes the oldest once nothing made with it can be valid. Machines
 * that share a database share the folder. Other files in it are passed over. */
#ifndef LETHE_AUTH_KEYS_H
#define LETHE_AUTH_KEYS_H

#include <auth/paserk.h>
#include <auth/paseto.h>
#include <base/arena.h>
#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>

struct keys;

/* The two kinds of keys, as the column signing_keys.purpose names them. */
enum key_purpose { KEY_PUBLIC, KEY_LOCAL };

/* Make the folder (not its parents) if need be, and the first generation in it. For a new database
 * only: a folder that has keys already is refused (conflict, "keys_exist"). The file appears whole
 * or not at all, and is on the disk when this returns. */
bool keys_create(const char *folder, struct error *error) __attribute__((warn_unused_result));

/* Add a generation to a folder that has one. Processes use it from their next start on. */
bool keys_rotate(const char *folder, struct error *error) __attribute__((warn_unused_result));

/* Read all generations into the arena, which must outlive the keys. Threads may share them. NULL
 * with `error` that names the folder or the file if one is missing, can be read by others than its
 * owner (its mode has bits of 077), or is malformed. Sets libsodium up. */
const struct keys *keys_load(const char *folder, struct arena *arena, struct error *error)
    __attribute__((warn_unused_result));

/* How many keys there are, of both kinds, and each one's id (PASERK k4.pid or k4.lid) and kind, to
 * compare with the database's table signing_keys; the oldest generation first. */
size_t keys_count(const struct keys *keys);
const char *keys_id(const struct keys *keys, size_t index);
enum key_purpose keys_purpose(const struct keys *keys, size_t index);

/* The public half of a key that signs; NULL of one that seals. */
const struct paseto_public_key *keys_public(const struct keys *keys, size_t index);

/* Make a token of `payload` with the newest key: v4.public, or v4.local. Its footer is
 * {"kid":"<id of the key>"}. The token is in the arena. */
char *keys_sign(const struct keys *keys, struct arena *arena, const char *payload,
    const char *assertion) __attribute__((warn_unused_result));
char *keys_seal(const struct keys *keys, struct arena *arena, const char *payload,
    const char *assertion) __attribute__((warn_unused_result));

/* True if `token` was made so by one of the keys, the one its footer names; gives the payload, in
 * the arena. The assertion (NULL: none) must be the one it was made with. */
bool keys_verify(const struct keys *keys, struct arena *arena, const char *token,
    const char *assertion, struct paseto_part *payload_r) __attribute__((warn_unused_result));
bool keys_open(const struct keys *keys, struct arena *arena, const char *token,
    const char *assertion, struct paseto_part *payload_r) __attribute__((warn_unused_result));

#define KEYS_DIGEST_SIZE 32

/* A keyed digest of an identifier, such as an address, so that what is counted or compared need not
 * be stored: BLAKE2b-256 of `text` under a key derived (crypto_kdf) from the oldest symmetric key
 * and `context`, exactly 8 characters that name the use. The same until that generation is removed.
 */
void keys_digest(const struct keys *keys, const char *context, const char *text,
    unsigned char digest_r[KEYS_DIGEST_SIZE]);

#endif
