/* archives.h - what is in an export's file. */
#ifndef LETHE_TESTS_ARCHIVES_H
#define LETHE_TESTS_ARCHIVES_H

#include <stdbool.h>
#include <stddef.h>

struct taken_file {
	char *name;
	char *bytes; /* followed by a NUL */
	size_t length;
};

struct taken {
	struct taken_file *files;
	size_t count;
};

/* Read a ZIP whole, as a stream; the program ends where it is none. */
void taken_read(struct taken *taken, const char *path);
void taken_free(struct taken *taken);

/* The first file whose name contains a text; NULL: there is none. */
const struct taken_file *taken_find(const struct taken *taken, const char *name);

/* Whether any document says a text. */
bool taken_says(const struct taken *taken, const char *text);

/* BLAKE2b-256 of a file. */
void taken_digest(const struct taken_file *file, unsigned char digest_r[32]);

/* Have Python's zipfile check it, and read every document as JSON: 0 if all is well. Also unzip,
 * where there is one. */
int taken_verify(const char *path);

#endif
