/* agent.c - names of browsers and systems, by what is in a User-Agent. */
#include "agent.h"

#include <string.h>

#define WORDS_MAX 60

struct mark {
	const char *piece, *name;
};

/* Most claim to be others too: the first that fits is it. */
static const struct mark browsers[] = {
    {"Edg", "Edge"},
    {"OPR/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"},
    {"FxiOS/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Version/", "Safari"},
    {"curl/", "curl"},
};

static const struct mark systems[] = {
    {"iPhone", "iPhone"},
    {"iPad", "iPad"},
    {"Android", "Android"},
    {"Windows", "Windows"},
    {"CrOS", "ChromeOS"},
    {"Mac OS X", "macOS"},
    {"Linux", "Linux"},
};

static const char *find(const struct mark *marks, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, marks[i].piece))
			return marks[i].name;
	return NULL;
}

/* At most so many bytes, of whole characters. */
static const char *cut(struct arena *arena, const char *text)
{
	size_t length = strlen(text);

	if (length <= WORDS_MAX)
		return text;
	for (length = WORDS_MAX; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
		length--;
	return arena_join(arena, arena_copy(arena, text, length), "…", NULL);
}

const char *agent_words(struct arena *arena, const char *user_agent)
{
	const char *browser, *system;

	if (!user_agent || !*user_agent)
		return "Unknown browser";
	browser = find(browsers, sizeof(browsers) / sizeof(browsers[0]), user_agent);
	system = find(systems, sizeof(systems) / sizeof(systems[0]), user_agent);
	if (!browser)
		return cut(arena, user_agent);
	return system ? arena_join(arena, browser, " on ", system, NULL) : browser;
}
