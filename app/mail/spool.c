/* spool.c - messages as files, for an installation without a mail server. */
#include "transport.h"

#include <base/arena.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(const char *folder, struct error *error)
{
	return error_set(error, ERROR_UNAVAILABLE, "spool_unwritable",
	    "The mail spool %s cannot be written: %s.", folder, strerror(errno));
}

static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

static bool write_file(const char *path, const struct buf *message)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write_all(fd, message->data, message->length) && fsync(fd) == 0;
	int reason = errno;

	if (fd >= 0 && close(fd) < 0 && ok)
		return false;
	errno = reason;
	return ok;
}

/* So that the new name outlives a crash of the machine. */
static bool sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int reason = errno;

	if (fd >= 0)
		close(fd);
	errno = reason;
	return ok;
}

bool spool_write(
    const char *folder, const struct id *id, const struct buf *message, struct error *error)
{
	struct arena *arena = arena_create();
	char name[ID_TEXT_SIZE];
	const char *part, *path;
	bool ok;

	id_format(id, name);
	part = arena_join(arena, folder, "/.", name, ".part", NULL);
	path = arena_join(arena, folder, "/", name, ".eml", NULL);
	mkdir(folder, 0700); /* where it is there already, no matter */
	ok = write_file(part, message) && rename(part, path) == 0 && sync_folder(folder);
	if (!ok) {
		refuse(folder, error);
		unlink(part);
	}
	arena_destroy(&arena);
	return ok;
}

static bool remove_file(const char *path)
{
	return unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR;
}

bool spool_remove(const char *folder, const struct id *id, struct error *error)
{
	struct arena *arena = arena_create();
	char name[ID_TEXT_SIZE];
	bool ok;

	id_format(id, name);
	ok = remove_file(arena_join(arena, folder, "/.", name, ".part", NULL)) &&
	     remove_file(arena_join(arena, folder, "/", name, ".eml", NULL));
	if (!ok)
		refuse(folder, error);
	arena_destroy(&arena);
	return ok;
}
