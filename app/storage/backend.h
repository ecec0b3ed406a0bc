/* backend.h - what a kind of storage has to offer. Staging is the same for all of them. */
#ifndef LETHE_STORAGE_BACKEND_H
#define LETHE_STORAGE_BACKEND_H

#include <base/arena.h>
#include <base/buf.h>
#include <sodium.h>
#include <storage/storage.h>

struct storage_backend {
	/* Make the staged file (synced, at `path`) the object `key`; `path` is gone or useless
	 * then. */
	bool (*put)(
	    const struct storage *storage, const char *path, const char *key, struct error *error);
	bool (*remove)(const struct storage *storage, const char *key, struct error *error);
	bool (*exists)(const struct storage *storage, const char *key, bool *exists_r,
	    uint64_t *bytes_r, struct error *error);
	bool (*digest)(const struct storage *storage, const char *key,
	    unsigned char digest_r[STORAGE_DIGEST_SIZE], struct error *error);
	/* Append the bytes of an object of at most `limit` bytes. */
	bool (*read)(const struct storage *storage, const char *key, uint64_t limit,
	    struct buf *bytes, struct error *error);
	/* Give the bytes of an object to `fn`, piece by piece. */
	bool (*pass)(const struct storage *storage, const char *key, storage_piece_fn fn,
	    void *context, struct error *error);
	bool (*list)(
	    const struct storage *storage, storage_list_fn fn, void *context, struct error *error);
};

struct storage {
	struct arena *arena; /* holds the struct itself */
	const struct storage_backend *backend;
	const char *folder; /* of the local backend */
	const char *tmp;    /* where uploads are staged */
};

extern const struct storage_backend storage_backend_folder;

/* Log the failed call and turn errno into an error; returns false. */
bool storage_fail(const char *call, int code, struct error *error);

/* BLAKE2b-256 of what is left to read from `fd`; false with errno. */
bool storage_digest_fd(int fd, unsigned char digest_r[STORAGE_DIGEST_SIZE]);

/* The time an object was made, from the id in its key. */
int64_t storage_key_time_us(const char *key);

#endif
