/* pattern.h - patterns of LIKE, with ! as the escape character. */
#ifndef LETHE_STORE_PATTERN_H
#define LETHE_STORE_PATTERN_H

#include <base/arena.h>

/* What begins with a text, and what contains it; the text's own wildcards stand for themselves. */
const char *pattern_beginning(struct arena *arena, const char *text);
const char *pattern_containing(struct arena *arena, const char *text);

#endif
