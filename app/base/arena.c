/* arena.c - memory in chunks that are freed together. */
#include <base/arena.h>

#include "exhausted.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define CHUNK_FIRST ((size_t)16 * 1024)
#define CHUNK_LAST  ((size_t)1024 * 1024)
#define KEEP_LIMIT  ((size_t)64 * 1024) /* what a reset keeps at most */
#define ALIGNMENT   _Alignof(max_align_t)

/* A run of memory; `data` is handed out from its beginning. */
struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	_Alignas(max_align_t) unsigned char data[];
};

/* Chunks before `current` are full, those after it are empty and kept from an earlier use. */
struct arena {
	struct chunk *first;
	struct chunk *current;
	size_t next_size; /* of the next ordinary chunk */
};

_Noreturn void memory_exhausted(void)
{
	fputs("out of memory\n", stderr);
	abort();
}

static struct chunk *create_chunk(size_t size)
{
	struct chunk *chunk = NULL;

	if (size <= SIZE_MAX / 2)
		chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		memory_exhausted();
	chunk->next = NULL;
	chunk->size = size;
	chunk->used = 0;
	ASAN_POISON_MEMORY_REGION(chunk->data, size);
	return chunk;
}

static void free_chunk(struct chunk *chunk)
{
	ASAN_UNPOISON_MEMORY_REGION(chunk->data, chunk->size);
	free(chunk);
}

static void grow_next_size(struct arena *arena)
{
	if (arena->next_size < CHUNK_LAST)
		arena->next_size *= 2;
}

struct arena *arena_create(void)
{
	struct arena *arena = malloc(sizeof(*arena));

	if (arena == NULL)
		memory_exhausted();
	arena->first = arena->current = create_chunk(CHUNK_FIRST);
	arena->next_size = CHUNK_FIRST * 2;
	return arena;
}

void arena_destroy(struct arena **arena)
{
	if (*arena == NULL)
		return;
	for (struct chunk *chunk = (*arena)->first, *next; chunk != NULL; chunk = next) {
		next = chunk->next;
		free_chunk(chunk);
	}
	free(*arena);
	*arena = NULL;
}

void arena_reset(struct arena *arena)
{
	struct chunk **link = &arena->first;
	size_t kept = 0;

	arena->next_size = CHUNK_FIRST;
	while (*link != NULL) {
		struct chunk *chunk = *link;

		if (kept + chunk->size > KEEP_LIMIT) {
			*link = chunk->next;
			free_chunk(chunk);
			continue;
		}
		kept += chunk->size;
		chunk->used = 0;
		ASAN_POISON_MEMORY_REGION(chunk->data, chunk->size);
		grow_next_size(arena);
		link = &chunk->next;
	}
	arena->current = arena->first;
}

static bool has_room(const struct chunk *chunk, size_t size)
{
	return chunk->size - chunk->used >= size;
}

/* A chunk with room for `size` bytes, when the current one has none. */
static struct chunk *find_chunk(struct arena *arena, size_t size)
{
	struct chunk *chunk;

	/* A large value gets a chunk of its own, so that the rest of the current one is not lost.
	 */
	if (size > arena->next_size / 2) {
		chunk = create_chunk(size);
		chunk->next = arena->first;
		arena->first = chunk;
		return chunk;
	}
	while (arena->current->next != NULL) {
		arena->current = arena->current->next;
		if (has_room(arena->current, size))
			return arena->current;
	}
	arena->current->next = create_chunk(arena->next_size);
	arena->current = arena->current->next;
	grow_next_size(arena);
	return arena->current;
}

/* As arena_alloc, but not zeroed. */
static void *take(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->current;
	size_t rounded;
	void *memory;

	if (size > SIZE_MAX / 2)
		memory_exhausted();
	rounded = (size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
	if (!has_room(chunk, rounded))
		chunk = find_chunk(arena, rounded);
	memory = chunk->data + chunk->used;
	chunk->used += rounded;
	ASAN_UNPOISON_MEMORY_REGION(memory, size);
	return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t product;

	if (__builtin_mul_overflow(count, size, &product))
		memory_exhausted();
	return arena_alloc(arena, product);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		memory_exhausted();
	copy = take(arena, length + 1);
	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_dup(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_copy(arena, text, strlen(text));
}

char *arena_join(struct arena *arena, const char *first, ...)
{
	va_list args;
	size_t length = 0;
	char *text, *end;

	va_start(args, first);
	for (const char *part = first; part != NULL; part = va_arg(args, const char *))
		length += strlen(part);
	va_end(args);
	text = end = take(arena, length + 1);
	va_start(args, first);
	for (const char *part = first; part != NULL; part = va_arg(args, const char *))
		end = stpcpy(end, part);
	va_end(args);
	*end = '\0';
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	char small[256];
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(small, sizeof(small), format, args);
	if (length < 0)
		memory_exhausted();
	if ((size_t)length < sizeof(small)) {
		text = arena_copy(arena, small, (size_t)length);
	} else {
		text = take(arena, (size_t)length + 1);
		vsnprintf(text, (size_t)length + 1, format, again);
	}
	va_end(again);
	return text;
}
