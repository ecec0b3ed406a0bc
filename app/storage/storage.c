/* storage.c - what callers see: the checks that hold for every backend, and failures as errors. */
#include <base/log.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend.h"

bool storage_fail(const char *call, int code, struct error *error)
{
	log_event(LOG_ERROR, "storage_failed", log_text("call", call),
	    log_text("cause", strerrorname_np(code)));
	if (code == ENOSPC || code == EDQUOT) {
		return error_set(error, ERROR_UNAVAILABLE, "storage_full",
		    "The storage is full. Nothing was changed; please try again later.");
	}
	return error_set(error, ERROR_UNAVAILABLE, "storage_unavailable",
	    "The storage is out of reach. Nothing was changed; please try again later.");
}

bool storage_digest_fd(int fd, unsigned char digest_r[STORAGE_DIGEST_SIZE])
{
	crypto_generichash_state state;
	unsigned char chunk[16384];
	ssize_t got = 0;

	crypto_generichash_init(&state, NULL, 0, STORAGE_DIGEST_SIZE);
	while ((got = read(fd, chunk, sizeof(chunk))) != 0) {
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return false;
		}
		crypto_generichash_update(&state, chunk, (unsigned long long)got);
	}
	crypto_generichash_final(&state, digest_r, STORAGE_DIGEST_SIZE);
	return true;
}

static bool make_folder(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

struct storage *storage_open_unseen(const char *folder)
{
	struct arena *arena = arena_create();
	struct storage *storage = arena_alloc(arena, sizeof(*storage));

	storage->arena = arena;
	storage->backend = &storage_backend_folder;
	storage->folder = arena_dup(arena, folder);
	storage->tmp = arena_printf(arena, "%s/tmp", folder);
	return storage;
}

struct storage *storage_open_folder(const char *folder, struct error *error)
{
	struct storage *storage = storage_open_unseen(folder);

	if (sodium_init() < 0 || !make_folder(storage->folder) || !make_folder(storage->tmp) ||
	    access(storage->tmp, W_OK | X_OK) != 0) {
		storage_fail("open", errno, error);
		storage_close(&storage);
		return NULL;
	}
	return storage;
}

void storage_close(struct storage **storage)
{
	struct arena *arena = storage && *storage ? (*storage)->arena : NULL;

	arena_destroy(&arena);
	if (storage) {
		*storage = NULL;
	}
}

/* A key that is not of our making can only be a fault of ours. */
static bool check_key(const char *key, struct error *error)
{
	if (storage_key_valid(key)) {
		return true;
	}
	log_event(LOG_ERROR, "storage_key_refused");
	return error_set(
	    error, ERROR_INTERNAL, "storage_key", "The stored file has no valid name.");
}

bool storage_remove(const struct storage *storage, const char *key, struct error *error)
{
	return check_key(key, error) && storage->backend->remove(storage, key, error);
}

bool storage_exists(const struct storage *storage, const char *key, bool *exists_r,
    uint64_t *bytes_r, struct error *error)
{
	uint64_t bytes = 0;

	if (!check_key(key, error) ||
	    !storage->backend->exists(storage, key, exists_r, &bytes, error)) {
		return false;
	}
	if (bytes_r) {
		*bytes_r = bytes;
	}
	return true;
}

bool storage_read_digest(const struct storage *storage, const char *key,
    unsigned char digest_r[STORAGE_DIGEST_SIZE], struct error *error)
{
	return check_key(key, error) && storage->backend->digest(storage, key, digest_r, error);
}

bool storage_read(const struct storage *storage, const char *key, uint64_t limit, struct buf *bytes,
    struct error *error)
{
	return check_key(key, error) && storage->backend->read(storage, key, limit, bytes, error);
}

bool storage_pass(const struct storage *storage, const char *key, storage_piece_fn fn,
    void *context, struct error *error)
{
	return check_key(key, error) && storage->backend->pass(storage, key, fn, context, error);
}

bool storage_list(
    const struct storage *storage, storage_list_fn fn, void *context, struct error *error)
{
	return storage->backend->list(storage, fn, context, error);
}
