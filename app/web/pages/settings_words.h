/* settings_words.h - a window or retention as pages say it. */
#ifndef LETHE_WEB_SETTINGS_WORDS_H
#define LETHE_WEB_SETTINGS_WORDS_H

#include <base/arena.h>
#include <domain/settings.h>

/* "4 hours", "30 days", "12 months": in the largest unit in which the value is whole. */
const char *settings_words(struct arena *arena, enum setting setting, int64_t value);

#endif
