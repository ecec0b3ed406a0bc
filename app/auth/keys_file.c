/* keys_file.c - reading and writing one file of keys. */
#include "keys_file.h"
#include <auth/paserk.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two lines, each ending with a newline; the sizes count the NUL where the newline stands. */
#define FILE_SIZE (PASERK_SECRET_SIZE + PASERK_LOCAL_SIZE)

int generation_number(const char *name)
{
	size_t length = strlen(name);
	if (length < 4 || strcmp(name + length - 4, ".key") != 0 || name[0] == '.')
		return 0;
	int number = 0;
	for (size_t i = 0; i < 4; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		number = number * 10 + (name[i] - '0');
	}
	return length == GENERATION_NAME_SIZE - 1 && number > 0 ? number : -1;
}

void generation_name(int number, char out[GENERATION_NAME_SIZE])
{
	char text[24];
	snprintf(text, sizeof(text), "%04d.key", number);
	memcpy(out, text, GENERATION_NAME_SIZE - 1);
	out[GENERATION_NAME_SIZE - 1] = '\0';
}

static bool report(struct error *error, const char *path, const char *name, const char *problem)
{
	return error_set(
	    error, ERROR_INTERNAL, "keys_unusable", "The key file %s/%s %s.", path, name, problem);
}

static bool report_errno(struct error *error, const char *path, const char *name, const char *act)
{
	char problem[128];
	snprintf(problem, sizeof(problem), "cannot be %s: %s", act, strerrordesc_np(errno));
	return report(error, path, name, problem);
}

/* Read up to `size` bytes; -1 on failure. */
static ssize_t read_all(int file, char *out, size_t size)
{
	size_t length = 0;
	while (length < size) {
		ssize_t got = read(file, out + length, size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

/* Take the two lines apart, in place. */
static bool parse_lines(char *text, size_t length, struct generation *keys_r)
{
	if (length != FILE_SIZE || text[PASERK_SECRET_SIZE - 1] != '\n' ||
	    text[FILE_SIZE - 1] != '\n')
		return false;
	text[PASERK_SECRET_SIZE - 1] = '\0';
	text[FILE_SIZE - 1] = '\0';
	return paserk_parse_secret(text, &keys_r->secret) &&
	       paserk_parse_local(text + PASERK_SECRET_SIZE, &keys_r->local);
}

static bool read_open_file(
    int file, const char *path, const char *name, struct generation *keys_r, struct error *error)
{
	struct stat status;
	if (fstat(file, &status) != 0)
		return report_errno(error, path, name, "read");
	if (!S_ISREG(status.st_mode))
		return report(error, path, name, "is not a file");
	if (status.st_mode & 077)
		return report(error, path, name, "is open to others than its owner; set mode 0600");
	char text[FILE_SIZE + 1];
	ssize_t length = read_all(file, text, sizeof(text));
	if (length < 0)
		return report_errno(error, path, name, "read");
	bool ok = parse_lines(text, (size_t)length, keys_r);
	sodium_memzero(text, sizeof(text));
	return ok || report(error, path, name,
			 "is malformed; it must hold a k4.secret and a k4.local line");
}

bool generation_read(
    int folder, const char *path, const char *name, struct generation *keys_r, struct error *error)
{
	/* Not blocking, lest a pipe by that name hold up the start. */
	int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return report_errno(error, path, name, "opened");
	bool ok = read_open_file(file, path, name, keys_r, error);
	close(file);
	return ok;
}

/* New keys as the two lines of a file. */
static void format_new(char text[FILE_SIZE])
{
	struct generation keys;
	struct paseto_public_key half;
	crypto_sign_keypair(half.bytes, keys.secret.bytes);
	randombytes_buf(keys.local.bytes, sizeof(keys.local.bytes));
	paserk_format_secret(&keys.secret, text);
	paserk_format_local(&keys.local, text + PASERK_SECRET_SIZE);
	text[PASERK_SECRET_SIZE - 1] = '\n';
	text[FILE_SIZE - 1] = '\n';
	sodium_memzero(&keys, sizeof(keys));
}

/* A file this small is written in one piece or not at all. */
static bool write_temporary(int folder, const char *temporary)
{
	int file =
	    openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0)
		return false;
	char text[FILE_SIZE];
	format_new(text);
	bool ok = fchmod(file, 0600) == 0 && write(file, text, FILE_SIZE) == FILE_SIZE &&
		  fsync(file) == 0;
	sodium_memzero(text, sizeof(text));
	return close(file) == 0 && ok;
}

bool generation_write(int folder, const char *path, const char *name, struct error *error)
{
	char temporary[GENERATION_NAME_SIZE + 5];
	snprintf(temporary, sizeof(temporary), ".%s.new", name);
	if (write_temporary(folder, temporary) && renameat(folder, temporary, folder, name) == 0 &&
	    fsync(folder) == 0)
		return true;
	report_errno(error, path, name, "written");
	(void)unlinkat(folder, temporary, 0);
	return false;
}
