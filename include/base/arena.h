/* arena.h - memory that is freed all at once.
 *
 * One request, one arena, one destructor: whatever a request makes lives in its
 * arena, so that no path can leak and no path has to free. */
#ifndef LETHE_BASE_ARENA_H
#define LETHE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new, empty arena. Never NULL: running out of memory ends the process. */
struct arena *arena_create(void) __attribute__((warn_unused_result));

/* Free the arena and everything in it, and null the handle. NULL is fine. */
void arena_destroy(struct arena **arena);

/* Forget everything in the arena, keeping a bounded amount of its memory for the next use. */
void arena_reset(struct arena *arena);

/* `size` bytes, zeroed, aligned for any type; owned by the arena. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((warn_unused_result, malloc));

/* The array form of arena_alloc; an overflowing product ends the process. */
void *arena_array(struct arena *arena, size_t count, size_t size)
    __attribute__((warn_unused_result, malloc));

/* A NUL-terminated copy of `length` bytes of `text`. */
char *arena_copy(struct arena *arena, const char *text, size_t length)
    __attribute__((warn_unused_result));

/* A copy of a NUL-terminated text; NULL stays NULL. */
char *arena_dup(struct arena *arena, const char *text) __attribute__((warn_unused_result));

/* The texts one after the other, up to a NULL; quicker than arena_printf. */
char *arena_join(struct arena *arena, const char *first, ...)
    __attribute__((warn_unused_result, sentinel));

/* A formatted text, as by printf(3). */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((warn_unused_result, format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((warn_unused_result, format(printf, 2, 0)));

#endif
