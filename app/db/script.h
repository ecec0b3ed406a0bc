/* script.h - the files of a folder of migrations, and the statements in them. */
#ifndef LETHE_DB_SCRIPT_H
#define LETHE_DB_SCRIPT_H

#include <base/arena.h>
#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>

#define SCRIPT_DIGEST_SIZE 32

/* A file NNNN_name.sql, whole. */
struct script {
	const char *name;
	const char *text; /* NUL-terminated */
	size_t length;
};

struct script_list {
	struct script *items; /* by name */
	size_t count;
};

/* Read all files of `folder` named by four digits, `_`, anything, `.sql`; other files are passed
 * over. False with `error` (internal, "migration_folder") if one cannot be read or two have one
 * number. */
bool script_load_folder(const char *folder, struct arena *arena, struct script_list *list_r,
    struct error *error) __attribute__((warn_unused_result));

/* BLAKE2b (RFC 7693) with 32 bytes of the first `length` bytes of the file. */
void script_digest(
    const struct script *script, size_t length, unsigned char digest[SCRIPT_DIGEST_SIZE]);

/* One statement of a file. */
struct script_statement {
	const char *sql; /* without its semicolon; NULL at the end of the file */
	size_t begin;    /* where it begins, after the one before it */
	size_t end;      /* where the next one begins */
	int line;        /* of its first word, from 1 */
};

/* The statement that begins at `begin`, up to a semicolon at the end of a line, outside of quotes
 * and comments ("--" and what follows on the line). False if a last statement has no semicolon. */
bool script_next(const struct script *script, size_t begin, struct arena *arena,
    struct script_statement *statement_r) __attribute__((warn_unused_result));

#endif
