/* show.c - times, sizes and counts in words. */
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_US (60 * CLOCK_SECOND_US)
#define HOUR_US   (60 * MINUTE_US)

static const struct unit {
	int64_t us;
	const char *singular, *plural, *brief;
} units[] = {
    {365 * CLOCK_DAY_US, "year", "years", "y"},
    {30 * CLOCK_DAY_US, "month", "months", "mo"},
    {CLOCK_DAY_US, "day", "days", "d"},
    {HOUR_US, "hour", "hours", "h"},
    {MINUTE_US, "minute", "minutes", "min"},
    {CLOCK_SECOND_US, "second", "seconds", "s"},
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

const char *show_number(struct arena *arena, int64_t number)
{
	char digits[24];
	char *out = arena_alloc(arena, 32);
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)number);
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		out[n++] = digits[i];
		if (digits[i] != '-' && i + 1 < length && (length - 1 - i) % 3 == 0)
			out[n++] = ',';
	}
	return out;
}

const char *show_count(struct arena *arena, int64_t count, const char *singular, const char *plural)
{
	return arena_printf(
	    arena, "%s %s", show_number(arena, count), count == 1 ? singular : plural);
}

const char *show_bytes(struct arena *arena, int64_t bytes)
{
	static const char *const names[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
	double value = (double)bytes;
	size_t i = 0;

	while (value >= 999.5 && i + 1 < sizeof(names) / sizeof(names[0])) {
		value /= 1000;
		i++;
	}
	if (i == 0)
		return show_count(arena, bytes, "byte", "bytes");
	return arena_printf(arena, value < 9.95 ? "%.1f %s" : "%.0f %s", value, names[i]);
}

/* The largest unit that fits, at least a second. */
static size_t largest_unit(int64_t us)
{
	size_t i = 0;

	while (i + 1 < UNIT_COUNT && us < units[i].us)
		i++;
	return i;
}

const char *show_duration(struct arena *arena, int64_t duration_us)
{
	size_t i = largest_unit(duration_us);
	int64_t whole = duration_us / units[i].us;
	int64_t rest = i + 1 < UNIT_COUNT ? duration_us % units[i].us / units[i + 1].us : 0;

	if (rest == 0)
		return arena_printf(arena, "%lld %s", (long long)whole,
		    whole == 1 ? units[i].singular : units[i].plural);
	return arena_printf(arena, "%lld %s %lld %s", (long long)whole, units[i].brief,
	    (long long)rest, units[i + 1].brief);
}

static const char *relative(struct arena *arena, int64_t from_us, int64_t time_us)
{
	int64_t distance = time_us > from_us ? time_us - from_us : from_us - time_us;
	const struct unit *unit = &units[largest_unit(distance)];
	int64_t whole = distance / unit->us;
	const char *name = whole == 1 ? unit->singular : unit->plural;

	if (distance < 10 * CLOCK_SECOND_US)
		return time_us > from_us ? "in a moment" : "just now";
	if (time_us > from_us)
		return arena_printf(arena, "in %lld %s", (long long)whole, name);
	return arena_printf(arena, "%lld %s ago", (long long)whole, name);
}

/* "3 Feb 2026, 04:05 UTC" from "2026-02-03T04:05:06.000000Z". */
static const char *exact(struct arena *arena, const char *iso)
{
	static const char months[][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int month = atoi(iso + 5);

	return arena_printf(arena, "%d %s %.4s, %.5s UTC", atoi(iso + 8),
	    months[month >= 1 && month <= 12 ? month - 1 : 0], iso, iso + 11);
}

static struct doc *time_object(struct web *web, int64_t time_us)
{
	struct doc *time = doc_object(web->arena);
	char *iso = arena_alloc(web->arena, CLOCK_TEXT_SIZE);

	clock_format(time_us, iso);
	doc_set_text(time, "iso", iso);
	doc_set_text(time, "exact", exact(web->arena, iso));
	return time;
}

void show_time(struct web *web, struct doc *object, const char *key, int64_t time_us)
{
	struct doc *time;

	if (time_us == 0) {
		doc_set_null(object, key);
		return;
	}
	time = time_object(web, time_us);
	doc_set_text(time, "relative", relative(web->arena, web->now_us, time_us));
	doc_set(object, key, time);
}

void show_left(struct web *web, struct doc *object, const char *key, int64_t time_us)
{
	int64_t left_us = time_us - web->now_us;
	struct doc *time;

	if (time_us == 0) {
		doc_set_null(object, key);
		return;
	}
	time = time_object(web, time_us);
	doc_set_text(time, "relative",
	    left_us <= 0 ? "window closed"
			 : arena_printf(web->arena, "%s left", show_duration(web->arena, left_us)));
	doc_set_bool(time, "is_close", left_us > 0 && left_us < HOUR_US);
	doc_set_bool(time, "is_over", left_us <= 0);
	doc_set(object, key, time);
}
