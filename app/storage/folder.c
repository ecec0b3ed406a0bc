/* folder.c - objects as files in a local folder: folder/ab/cd/<uuid>. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend.h"

static bool object_path(const struct storage *storage, const char *key, char out[PATH_MAX])
{
	int length = snprintf(out, PATH_MAX, "%s/%s", storage->folder, key);

	if (length < 0 || length >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return false;
	}
	return true;
}

/* What a directory lists is on the disk only once the directory itself is. */
static bool sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0) {
		close(fd);
	}
	return ok;
}

/* Call `fn` for the folder of an object and for those above it, the storage's own last. */
static bool each_folder(char *path, size_t root_length, bool (*fn)(const char *path))
{
	for (char *slash = strrchr(path, '/'); slash && slash >= path + root_length;
	     slash = strrchr(path, '/')) {
		*slash = '\0';
		if (!fn(path)) {
			return false;
		}
	}
	return true;
}

static bool make_folders(const struct storage *storage, const char *key)
{
	char path[PATH_MAX];

	for (size_t length = 2; length <= 5; length += 3) {
		int wrote =
		    snprintf(path, sizeof(path), "%s/%.*s", storage->folder, (int)length, key);

		if (wrote < 0 || wrote >= PATH_MAX || (mkdir(path, 0700) != 0 && errno != EEXIST)) {
			return false;
		}
	}
	return true;
}

static bool folder_put(
    const struct storage *storage, const char *path, const char *key, struct error *error)
{
	char target[PATH_MAX];

	if (!object_path(storage, key, target) || !make_folders(storage, key)) {
		return storage_fail("mkdir", errno, error);
	}
	/* An object is never overwritten, not even by an id that comes twice. */
	if (renameat2(AT_FDCWD, path, AT_FDCWD, target, RENAME_NOREPLACE) != 0) {
		return storage_fail("rename", errno, error);
	}
	if (!each_folder(target, strlen(storage->folder), sync_folder)) {
		int code = errno;

		if (object_path(storage, key, target)) {
			unlink(target);
		}
		return storage_fail("fsync", code, error);
	}
	return true;
}

static bool folder_remove(const struct storage *storage, const char *key, struct error *error)
{
	char path[PATH_MAX];

	if (!object_path(storage, key, path)) {
		return storage_fail("unlink", errno, error);
	}
	if (unlink(path) != 0 && errno != ENOENT) {
		return storage_fail("unlink", errno, error);
	}
	return true;
}

static bool folder_exists(const struct storage *storage, const char *key, bool *exists_r,
    uint64_t *bytes_r, struct error *error)
{
	char path[PATH_MAX];
	struct stat facts = {0};

	*exists_r = object_path(storage, key, path) && stat(path, &facts) == 0;
	if (!*exists_r && errno != ENOENT) {
		return storage_fail("stat", errno, error);
	}
	*bytes_r = (uint64_t)facts.st_size;
	return true;
}

static bool folder_digest(const struct storage *storage, const char *key,
    unsigned char digest_r[STORAGE_DIGEST_SIZE], struct error *error)
{
	char path[PATH_MAX];
	int fd = object_path(storage, key, path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool ok = false;

	if (fd < 0 && errno == ENOENT) {
		return error_set(
		    error, ERROR_NOT_FOUND, "object_missing", "The stored file is missing.");
	}
	ok = fd >= 0 && storage_digest_fd(fd, digest_r);
	if (!ok) {
		storage_fail("read", errno, error);
	}
	if (fd >= 0) {
		close(fd);
	}
	return ok;
}

static bool read_all(int fd, uint64_t limit, struct buf *bytes)
{
	char piece[16384];
	uint64_t total = 0;
	ssize_t length;

	while ((length = read(fd, piece, sizeof(piece))) > 0) {
		total += (uint64_t)length;
		if (total > limit) {
			errno = EFBIG;
			return false;
		}
		buf_append(bytes, piece, (size_t)length);
	}
	return length == 0;
}

static bool folder_read(const struct storage *storage, const char *key, uint64_t limit,
    struct buf *bytes, struct error *error)
{
	char path[PATH_MAX];
	int fd = object_path(storage, key, path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool ok = fd >= 0 && read_all(fd, limit, bytes);
	int code = errno;

	if (fd >= 0) {
		close(fd);
	}
	if (!ok && (code == ENOENT || code == EFBIG)) {
		return error_set(error, code == ENOENT ? ERROR_NOT_FOUND : ERROR_TOO_LARGE,
		    code == ENOENT ? "object_missing" : "file_too_large",
		    code == ENOENT ? "The stored file is missing."
				   : "The stored file is too large.");
	}
	return ok || storage_fail("read", code, error);
}

static bool pass_all(int fd, storage_piece_fn fn, void *context, struct error *error)
{
	char piece[65536];
	ssize_t length;

	while ((length = read(fd, piece, sizeof(piece))) != 0) {
		if (length < 0 && errno == EINTR) {
			continue;
		}
		if (length < 0) {
			return storage_fail("read", errno, error);
		}
		if (!fn(context, piece, (size_t)length, error)) {
			return false;
		}
	}
	return true;
}

static bool folder_pass(const struct storage *storage, const char *key, storage_piece_fn fn,
    void *context, struct error *error)
{
	char path[PATH_MAX];
	int fd = object_path(storage, key, path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool ok;

	if (fd < 0) {
		return errno == ENOENT ? error_set(error, ERROR_NOT_FOUND, "object_missing",
					     "The stored file is missing.")
				       : storage_fail("open", errno, error);
	}
	ok = pass_all(fd, fn, context, error);
	close(fd);
	return ok;
}

/* A listing on its way through the two levels of folders. */
struct listing {
	storage_list_fn fn;
	void *context;
	bool ended; /* fn asked for no more */
	char key[STORAGE_KEY_SIZE];
};

static void list_object(struct listing *listing, int folder, const char *name)
{
	struct stat facts;

	snprintf(listing->key + 6, sizeof(listing->key) - 6, "%s", name);
	if (storage_key_valid(listing->key) &&
	    fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode)) {
		listing->ended = !listing->fn(listing->context, listing->key,
		    (uint64_t)facts.st_size, storage_key_time_us(listing->key));
	}
}

static bool is_hex_pair(const char *name)
{
	return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

/* List one folder: level 0 is the storage's own, level 2 holds the objects. A folder that vanished
 * meanwhile is no failure. */
static bool list_folder(struct listing *listing, int parent, const char *name, int level)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry = NULL;
	bool ok = true;

	if (!folder) {
		return errno == ENOENT || errno == ENOTDIR;
	}
	while (ok && !listing->ended && (entry = readdir(folder))) {
		if (level == 2) {
			list_object(listing, fd, entry->d_name);
		} else if (is_hex_pair(entry->d_name)) {
			snprintf(listing->key + 3 * level, 4, "%s/", entry->d_name);
			ok = list_folder(listing, fd, entry->d_name, level + 1);
		}
	}
	closedir(folder);
	return ok;
}

static bool folder_list(
    const struct storage *storage, storage_list_fn fn, void *context, struct error *error)
{
	struct listing listing = {.fn = fn, .context = context};

	if (access(storage->folder, R_OK | X_OK) != 0 ||
	    !list_folder(&listing, AT_FDCWD, storage->folder, 0)) {
		return storage_fail("readdir", errno, error);
	}
	return true;
}

const struct storage_backend storage_backend_folder = {
    .put = folder_put,
    .remove = folder_remove,
    .exists = folder_exists,
    .digest = folder_digest,
    .read = folder_read,
    .pass = folder_pass,
    .list = folder_list,
};
