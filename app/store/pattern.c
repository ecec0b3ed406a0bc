/* pattern.c - patterns of LIKE, with ! as the escape character. */
#include "pattern.h"

#include <string.h>

const char *pattern_beginning(struct arena *arena, const char *text)
{
	char *pattern = arena_alloc(arena, 2 * strlen(text) + 2);
	char *out = pattern;

	for (; *text; text++) {
		if (strchr("%_!", *text)) {
			*out++ = '!';
		}
		*out++ = *text;
	}
	*out = '%';
	return pattern;
}

const char *pattern_containing(struct arena *arena, const char *text)
{
	return arena_join(arena, "%", pattern_beginning(arena, text), NULL);
}
