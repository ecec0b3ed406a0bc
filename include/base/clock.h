/* clock.h - the time, injected, so that a test can stand at exactly four hours.
 *
 * Times are int64_t microseconds since 1970-01-01T00:00:00Z, named *_us. Zero means "no time":
 * nothing in Lethe happened in 1970. */
#ifndef LETHE_BASE_CLOCK_H
#define LETHE_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND_US INT64_C(1000000)
#define CLOCK_DAY_US    (INT64_C(86400) * CLOCK_SECOND_US)

/* Where the time comes from. `now_us` may be called from any thread. */
struct clock {
	int64_t (*now_us)(const struct clock *clock);
	int64_t fixed_us; /* of a fixed clock; a test sets it forward */
};

/* The machine's clock (CLOCK_REALTIME, so that faketime moves it). */
extern const struct clock clock_system;

/* A clock that stands at `now_us`. */
struct clock clock_fixed(int64_t now_us);

int64_t clock_now_us(const struct clock *clock);

/* Microseconds that never run backwards, for measuring a duration. */
int64_t clock_monotonic_us(void);

/* A time as the fields of a proleptic Gregorian date and a time of day in UTC. */
struct clock_fields {
	int64_t year;   /* astronomical: 0 is 1 BC */
	int month, day; /* from 1 */
	int hour, minute, second;
	int microsecond;
};

/* Split a time into its fields, negative times too. Knows neither time zones nor locales, so it is
 * quick and takes no lock. */
void clock_split(int64_t time_us, struct clock_fields *fields_r);

/* RFC 3339 in UTC with microseconds, "2026-02-03T04:05:06.000007Z"; `out` holds CLOCK_TEXT_SIZE. */
#define CLOCK_TEXT_SIZE 32
void clock_format(int64_t time_us, char out[CLOCK_TEXT_SIZE]);

/* Parse RFC 3339 (any offset, 0 to 6 decimals) or a plain date "2026-02-03" as its first instant.
 * False if the text is neither, or the date does not exist. */
bool clock_parse(const char *text, int64_t *time_us_r) __attribute__((warn_unused_result));

#endif
