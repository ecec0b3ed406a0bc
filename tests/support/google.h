/* google.h - Google's side of Firebase for tests: tests/support/google.py in a folder of its own.
 * One at a time. */
#ifndef LETHE_TESTS_GOOGLE_H
#define LETHE_TESTS_GOOGLE_H

#include <base/arena.h>
#include <base/config.h>
#include <stdbool.h>

/* Start it with a new folder, a key and a service account; stop it and remove them. */
void google_start(void);
void google_stop(void);

/* Let it fall silent: connections are taken and nothing is answered until it goes on, which answers
 * what waited. */
void google_fall_silent(void);
void google_go_on(void);

/* No users, an empty inbox, and nothing out of the ordinary. */
void google_clear(void);

/* Write a file that says what is otherwise (see google.py); NULL: remove it. */
void google_set(const char *name, const char *value);

/* A user there: made; whether there is one. The uid is of letters, digits and "-". */
void google_add(const char *uid);
bool google_has(const char *uid);

/* How many requests so far were noted with this text. */
unsigned google_count(const char *text);

/* A file of its folder, the address it listens at with `path` behind it; in the arena. */
const char *google_file(struct arena *arena, const char *name);
const char *google_url(struct arena *arena, const char *path);

/* The settings that choose it; texts live in the arena. */
struct config google_config(struct arena *arena);

#endif
