/* storage.h - objects: runs of bytes by key, in a local folder or another backend.
 *
 * An object is first staged (a temporary file on this machine, with its digest and size counted as
 * it grows), looked at, and then committed under a key of our own making; it is never overwritten.
 * Rows that name an object are written after the object, and removed before it. */
#ifndef LETHE_STORAGE_STORAGE_H
#define LETHE_STORAGE_STORAGE_H

#include <base/error.h>
#include <base/id.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORAGE_KEY_SIZE    64 /* "ab/cd/<uuid>", its NUL included */
#define STORAGE_DIGEST_SIZE 32 /* BLAKE2b-256 (RFC 7693, unkeyed) */
#define STORAGE_HREF_SIZE   96 /* "/internal/files/<key>" */

struct storage;
struct storage_stage;

/* A committed object. */
struct storage_object {
	char key[STORAGE_KEY_SIZE];
	uint64_t bytes;
	unsigned char digest[STORAGE_DIGEST_SIZE];
};

/* Open the storage in `folder` (LETHE_STORAGE), made with mode 0700 where it is missing. One handle
 * serves any number of threads. NULL with `error` (unavailable, "storage_unavailable") where the
 * folder cannot be made or written. The caller closes it. */
struct storage *storage_open_folder(const char *folder, struct error *error)
    __attribute__((warn_unused_result));

/* The same without a look at the folder, for whoever must start while it is out of reach: each use
 * of it then fails by itself, until it is back. Never NULL. */
struct storage *storage_open_unseen(const char *folder) __attribute__((warn_unused_result));

/* Close and null the handle; NULL is fine. */
void storage_close(struct storage **storage);

/* Begin an object of at most `limit` bytes. Bytes go to a temporary file that no reader sees. NULL
 * with `error` (unavailable: "storage_full" when the disk is, else "storage_unavailable"). The
 * caller ends it with storage_commit or storage_discard. */
struct storage_stage *storage_stage(const struct storage *storage, uint64_t limit,
    struct error *error) __attribute__((warn_unused_result));

/* The same for something that is made over and over until it succeeds: the temporary file bears the
 * name of the `item`, so that what a crash left of it is found (storage_sweep_items). */
struct storage_stage *storage_stage_item(const struct storage *storage, const struct id *item,
    uint64_t limit, struct error *error) __attribute__((warn_unused_result));

/* Remove the temporary files of items for which `keep` says no. */
typedef bool (*storage_keep_fn)(void *context, const struct id *item);
bool storage_sweep_items(const struct storage *storage, storage_keep_fn keep, void *context,
    struct error *error) __attribute__((warn_unused_result));

/* Append bytes. False with too_large ("file_too_large") beyond the limit, unavailable as above; the
 * stage can then only be discarded. */
bool storage_stage_write(struct storage_stage *stage, const void *bytes, size_t length,
    struct error *error) __attribute__((warn_unused_result));

/* Have the staged bytes on stable storage, so that the commit has little left to wait for. */
bool storage_stage_sync(const struct storage_stage *stage, struct error *error)
    __attribute__((warn_unused_result));

/* Bytes so far; BLAKE2b-256 of them; the temporary file, to look into. The path belongs to the
 * stage. */
uint64_t storage_stage_bytes(const struct storage_stage *stage);
void storage_stage_digest(
    const struct storage_stage *stage, unsigned char digest_r[STORAGE_DIGEST_SIZE]);
const char *storage_stage_path(const struct storage_stage *stage);

/* Make the staged bytes an object under a new key derived from `id`, on stable storage when this
 * returns. The stage is consumed (nulled) either way; after a failure nothing is left of it. */
bool storage_commit(struct storage_stage **stage, const struct id *id,
    struct storage_object *object_r, struct error *error) __attribute__((warn_unused_result));

/* Forget the staged bytes. NULL is fine. */
void storage_discard(struct storage_stage **stage);

/* Remove an object; one that is absent counts as removed. False with unavailable. */
bool storage_remove(const struct storage *storage, const char *key, struct error *error)
    __attribute__((warn_unused_result));

/* Whether an object is there, and its size (`bytes_r` may be NULL). False with unavailable where
 * that cannot be known; `exists_r` says the rest. */
bool storage_exists(const struct storage *storage, const char *key, bool *exists_r,
    uint64_t *bytes_r, struct error *error) __attribute__((warn_unused_result));

/* Digest the bytes of an object as they are stored now. False with not_found ("object_missing") or
 * unavailable. */
bool storage_read_digest(const struct storage *storage, const char *key,
    unsigned char digest_r[STORAGE_DIGEST_SIZE], struct error *error)
    __attribute__((warn_unused_result));

/* Append the bytes of an object to `bytes`. False with not_found ("object_missing"), too_large
 * ("file_too_large") beyond `limit`, or unavailable. */
struct buf;
bool storage_read(const struct storage *storage, const char *key, uint64_t limit, struct buf *bytes,
    struct error *error) __attribute__((warn_unused_result));

/* Give the bytes of an object to `fn`, piece by piece; false from it ends that, and this too, with
 * the error it has set. False as storage_read without a limit. */
typedef bool (*storage_piece_fn)(
    void *context, const void *bytes, size_t length, struct error *error);
bool storage_pass(const struct storage *storage, const char *key, storage_piece_fn fn,
    void *context, struct error *error) __attribute__((warn_unused_result));

/* Called for each object of a listing; false ends it. `modified_us` is when it was stored. */
typedef bool (*storage_list_fn)(
    void *context, const char *key, uint64_t bytes, int64_t modified_us);

/* Call `fn` for every object, in no order. Objects that come or go meanwhile may or may not be
 * seen. True when the listing ended, or `fn` ended it. */
bool storage_list(const struct storage *storage, storage_list_fn fn, void *context,
    struct error *error) __attribute__((warn_unused_result));

/* Remove temporary files last written before `before_us`; `removed_r` counts them. */
bool storage_sweep(const struct storage *storage, int64_t before_us, unsigned *removed_r,
    struct error *error) __attribute__((warn_unused_result));

/* The same without removing: how many there are. */
bool storage_count_stale(const struct storage *storage, int64_t before_us, unsigned *count_r,
    struct error *error) __attribute__((warn_unused_result));

/* Where nginx finds an object: "/internal/files/<key>", for X-Accel-Redirect. */
void storage_href(const char *key, char out[STORAGE_HREF_SIZE]);

/* The key under which storage_commit puts the object of that id. */
void storage_key_make(const struct id *id, char out[STORAGE_KEY_SIZE]);

/* True if `key` has the form of our keys, so that nothing else is ever opened or removed. */
bool storage_key_valid(const char *key) __attribute__((warn_unused_result));

#endif
