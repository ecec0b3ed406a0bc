/* stage.c - objects in the making: a temporary file, digested and counted as it grows. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend.h"

struct storage_stage {
	struct arena *arena; /* holds the struct itself */
	const struct storage *storage;
	char *path;
	int fd;
	uint64_t limit;
	uint64_t bytes;
	crypto_generichash_state *state;
};

/* libsodium wants its state on a boundary of 64 bytes. */
static crypto_generichash_state *make_state(struct arena *arena)
{
	const size_t boundary = _Alignof(crypto_generichash_state);
	uintptr_t place =
	    (uintptr_t)arena_alloc(arena, sizeof(crypto_generichash_state) + boundary);

	return (crypto_generichash_state *)((place + boundary - 1) / boundary * boundary);
}

#define ITEM_PREFIX "item-"

/* `name` is that of the temporary file, but for its end, which mkostemp makes. */
static struct storage_stage *open_stage(
    const struct storage *storage, const char *name, uint64_t limit, struct error *error)
{
	struct arena *arena = arena_create();
	struct storage_stage *stage = arena_alloc(arena, sizeof(*stage));

	stage->arena = arena;
	stage->storage = storage;
	stage->limit = limit;
	stage->path = arena_printf(arena, "%s/%s-XXXXXX", storage->tmp, name);
	stage->fd = mkostemp(stage->path, O_CLOEXEC);
	if (stage->fd < 0) {
		storage_fail("mkostemp", errno, error);
		arena_destroy(&arena);
		return NULL;
	}
	stage->state = make_state(arena);
	crypto_generichash_init(stage->state, NULL, 0, STORAGE_DIGEST_SIZE);
	return stage;
}

struct storage_stage *storage_stage(
    const struct storage *storage, uint64_t limit, struct error *error)
{
	return open_stage(storage, "upload", limit, error);
}

struct storage_stage *storage_stage_item(
    const struct storage *storage, const struct id *item, uint64_t limit, struct error *error)
{
	char name[sizeof(ITEM_PREFIX) + ID_TEXT_SIZE] = ITEM_PREFIX;

	id_format(item, name + strlen(ITEM_PREFIX));
	return open_stage(storage, name, limit, error);
}

static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t wrote = write(fd, bytes, length);

		if (wrote < 0 && errno == EINTR) {
			continue;
		}
		if (wrote < 0) {
			return false;
		}
		bytes += wrote;
		length -= (size_t)wrote;
	}
	return true;
}

bool storage_stage_write(
    struct storage_stage *stage, const void *bytes, size_t length, struct error *error)
{
	if (length > stage->limit - stage->bytes) {
		return error_set(error, ERROR_TOO_LARGE, "file_too_large",
		    "The file is larger than %llu MiB.",
		    (unsigned long long)(stage->limit / (1024 * 1024)));
	}
	if (!write_all(stage->fd, bytes, length)) {
		return storage_fail("write", errno, error);
	}
	crypto_generichash_update(stage->state, bytes, length);
	stage->bytes += length;
	return true;
}

bool storage_stage_sync(const struct storage_stage *stage, struct error *error)
{
	return fsync(stage->fd) == 0 || storage_fail("fsync", errno, error);
}

uint64_t storage_stage_bytes(const struct storage_stage *stage)
{
	return stage->bytes;
}

void storage_stage_digest(
    const struct storage_stage *stage, unsigned char digest_r[STORAGE_DIGEST_SIZE])
{
	crypto_generichash_state state = *stage->state;

	crypto_generichash_final(&state, digest_r, STORAGE_DIGEST_SIZE);
}

const char *storage_stage_path(const struct storage_stage *stage)
{
	return stage->path;
}

bool storage_commit(struct storage_stage **stage, const struct id *id,
    struct storage_object *object_r, struct error *error)
{
	struct storage_stage *staged = *stage;
	bool ok = false;

	storage_key_make(id, object_r->key);
	object_r->bytes = staged->bytes;
	storage_stage_digest(staged, object_r->digest);
	if (fsync(staged->fd) == 0) {
		ok = staged->storage->backend->put(
		    staged->storage, staged->path, object_r->key, error);
	} else {
		storage_fail("fsync", errno, error);
	}
	storage_discard(stage);
	return ok;
}

void storage_discard(struct storage_stage **stage)
{
	struct arena *arena = NULL;

	if (!stage || !*stage) {
		return;
	}
	arena = (*stage)->arena;
	close((*stage)->fd);
	unlink((*stage)->path); /* gone already after a commit */
	arena_destroy(&arena);
	*stage = NULL;
}

/* Handle one temporary file; true if it is stale (and, where asked, removed). */
static bool sweep_one(int folder, const char *name, int64_t before_us, bool remove)
{
	struct stat facts;
	int64_t modified_us = 0;

	if (fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(facts.st_mode)) {
		return false;
	}
	modified_us =
	    (int64_t)facts.st_mtim.tv_sec * 1000000 + (int64_t)facts.st_mtim.tv_nsec / 1000;
	return modified_us < before_us && (!remove || unlinkat(folder, name, 0) == 0);
}

static bool sweep(const struct storage *storage, int64_t before_us, bool remove, unsigned *count_r,
    struct error *error)
{
	DIR *folder = opendir(storage->tmp);
	const struct dirent *entry = NULL;

	*count_r = 0;
	if (!folder) {
		return storage_fail("opendir", errno, error);
	}
	while ((entry = readdir(folder))) {
		*count_r += sweep_one(dirfd(folder), entry->d_name, before_us, remove);
	}
	closedir(folder);
	return true;
}

bool storage_sweep(
    const struct storage *storage, int64_t before_us, unsigned *removed_r, struct error *error)
{
	return sweep(storage, before_us, true, removed_r, error);
}

bool storage_count_stale(
    const struct storage *storage, int64_t before_us, unsigned *count_r, struct error *error)
{
	return sweep(storage, before_us, false, count_r, error);
}

/* The item that a temporary file is of; false: of none. */
static bool item_of(const char *name, struct id *item_r)
{
	char text[ID_TEXT_SIZE] = "";

	if (strncmp(name, ITEM_PREFIX, strlen(ITEM_PREFIX)) != 0 ||
	    strlen(name) < strlen(ITEM_PREFIX) + ID_TEXT_SIZE) {
		return false;
	}
	memcpy(text, name + strlen(ITEM_PREFIX), ID_TEXT_SIZE - 1);
	return id_parse(text, item_r);
}

bool storage_sweep_items(
    const struct storage *storage, storage_keep_fn keep, void *context, struct error *error)
{
	DIR *folder = opendir(storage->tmp);
	const struct dirent *entry = NULL;
	struct id item;

	if (!folder) {
		return storage_fail("opendir", errno, error);
	}
	while ((entry = readdir(folder))) {
		if (item_of(entry->d_name, &item) && !keep(context, &item)) {
			unlinkat(dirfd(folder), entry->d_name, 0);
		}
	}
	closedir(folder);
	return true;
}
