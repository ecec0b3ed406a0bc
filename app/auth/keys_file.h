/* keys_file.h - one generation of keys and its file. */
#ifndef LETHE_APP_AUTH_KEYS_FILE_H
#define LETHE_APP_AUTH_KEYS_FILE_H

#include <auth/paseto.h>
#include <base/error.h>
#include <stdbool.h>

#define GENERATION_MAX       9999
#define GENERATION_NAME_SIZE 9 /* "0001.key" and the NUL */

struct generation {
	struct paseto_secret_key secret;
	struct paseto_local_key local;
};

/* The number in a name like "0001.key". 0 if the name does not end with ".key"; -1 if it does but
 * is not of this form. */
int generation_number(const char *name);

/* Write the name of a generation's file. */
void generation_name(int number, char out[GENERATION_NAME_SIZE]);

/* Read and check the file `name` in `folder`, an open one; `path` is the folder's, for messages. */
bool generation_read(int folder, const char *path, const char *name, struct generation *keys_r,
    struct error *error) __attribute__((warn_unused_result));

/* Write new keys as that file, whole or not at all, and onto the disk. */
bool generation_write(int folder, const char *path, const char *name, struct error *error)
    __attribute__((warn_unused_result));

#endif
