/* paserk.h - PASERK: keys and their ids as text, for version 4.
 *
 * The standard: https://github.com/paseto-standard/paserk, types public, secret, local, pid, lid.
 */
#ifndef LETHE_AUTH_PASERK_H
#define LETHE_AUTH_PASERK_H

#include <auth/paseto.h>
#include <stdbool.h>

/* Sizes with the NUL. */
#define PASERK_PUBLIC_SIZE 54 /* "k4.public." and 43 characters */
#define PASERK_SECRET_SIZE 97 /* "k4.secret." and 86 */
#define PASERK_LOCAL_SIZE  53 /* "k4.local." and 43 */
#define PASERK_ID_SIZE     52 /* "k4.pid." or "k4.lid." and 44 */

/* Write a key as text; the caller wipes secret ones. */
void paserk_format_public(const struct paseto_public_key *key, char out[PASERK_PUBLIC_SIZE]);
void paserk_format_secret(const struct paseto_secret_key *key, char out[PASERK_SECRET_SIZE]);
void paserk_format_local(const struct paseto_local_key *key, char out[PASERK_LOCAL_SIZE]);

/* Read a key. False if the text is of another type, version or length, or not strict base64url;
 * a secret key also if its public half does not belong to its seed, a public key if it is not a
 * point that signatures can be checked with. */
bool paserk_parse_public(const char *text, struct paseto_public_key *key_r)
    __attribute__((warn_unused_result));
bool paserk_parse_secret(const char *text, struct paseto_secret_key *key_r)
    __attribute__((warn_unused_result));
bool paserk_parse_local(const char *text, struct paseto_local_key *key_r)
    __attribute__((warn_unused_result));

/* The id of a key: "k4.pid." or "k4.lid." and its BLAKE2b digest of 33 bytes; safe to publish. */
void paserk_public_id(const struct paseto_public_key *key, char out[PASERK_ID_SIZE]);
void paserk_local_id(const struct paseto_local_key *key, char out[PASERK_ID_SIZE]);

#endif
