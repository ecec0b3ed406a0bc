/* show.h - how times, sizes and counts are put into words for people. The only place that does. */
#ifndef LETHE_WEB_SHOW_H
#define LETHE_WEB_SHOW_H

#include "web.h"

/* A time as an object: `iso` (RFC 3339), `exact` ("3 Feb 2026, 04:05 UTC"), `relative` ("in 3
 * hours", "2 days ago"). Null for no time. */
void show_time(struct web *web, struct doc *object, const char *key, int64_t time_us);

/* The time that is left until `time_us` as such an object, `relative` being "3 h 12 min left" and
 * `is_close` true in the last hour (for a colour), `is_over` once it has passed. */
void show_left(struct web *web, struct doc *object, const char *key, int64_t time_us);

/* The day of a time, in UTC and in this year or the last: "3 Feb". */
const char *show_day(struct arena *arena, int64_t time_us);

/* "1.4 MB" (powers of ten). */
const char *show_bytes(struct arena *arena, int64_t bytes);

/* "1 photo", "1,204 photos". */
const char *show_count(
    struct arena *arena, int64_t count, const char *singular, const char *plural);

/* Words to begin a sentence with. */
const char *show_sentence(struct arena *arena, const char *words);

/* A number with thousands separated: "1,000,000". */
const char *show_number(struct arena *arena, int64_t number);

/* An error's message for people: where it begins with an input's name ("confirm_text must be …"),
 * as the API says it, the name is put into words ("Confirm text must be …"). */
const char *show_message(struct arena *arena, const struct error *error);

/* A duration in the two largest units: "4 hours", "3 h 12 min", "6 d 2 h". */
const char *show_duration(struct arena *arena, int64_t duration_us);

#endif
