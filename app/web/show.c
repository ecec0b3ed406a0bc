/* show.c - times, sizes and counts in words. */
#include "show.h"

#include <base/clock.h>
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

/* A number of few digits: of a date, or of a largest unit. */
static const char *plain(struct arena *arena, int64_t number)
{
	char digits[20];
	size_t start = sizeof(digits);

	do {
		digits[--start] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return arena_copy(arena, digits + start, sizeof(digits) - start);
}

const char *show_number(struct arena *arena, int64_t number)
{
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char digits[32];
	size_t start = sizeof(digits);
	size_t count = 0;

	do {
		if (count > 0 && count % 3 == 0)
			digits[--start] = ',';
		digits[--start] = (char)('0' + rest % 10);
		rest /= 10;
		count++;
	} while (rest > 0);
	if (number < 0)
		digits[--start] = '-';
	return arena_copy(arena, digits + start, sizeof(digits) - start);
}

const char *show_count(struct arena *arena, int64_t count, const char *singular, const char *plural)
{
	return arena_join(
	    arena, show_number(arena, count), " ", count == 1 ? singular : plural, NULL);
}

const char *show_sentence(struct arena *arena, const char *words)
{
	char *sentence = arena_dup(arena, words);

	if (*sentence >= 'a' && *sentence <= 'z')
		*sentence = (char)(*sentence - 'a' + 'A');
	return sentence;
}

const char *show_bytes(struct arena *arena, int64_t bytes)
{
	static const char *const names[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
	double value = (double)bytes;
	size_t i = 0;
	int64_t tenths;

	while (value >= 999.5 && i + 1 < sizeof(names) / sizeof(names[0])) {
		value /= 1000;
		i++;
	}
	if (i == 0)
		return show_count(arena, bytes, "byte", "bytes");
	if (value >= 9.95)
		return arena_join(arena, plain(arena, (int64_t)(value + 0.5)), " ", names[i], NULL);
	tenths = (int64_t)(value * 10 + 0.5);
	return arena_join(
	    arena, plain(arena, tenths / 10), ".", plain(arena, tenths % 10), " ", names[i], NULL);
}

const char *show_message(struct arena *arena, const struct error *error)
{
	size_t length = strlen(error->field);
	char *words;

	if (length == 0 || strncmp(error->message, error->field, length) != 0)
		return error->message;
	words = arena_dup(arena, error->message);
	if (words[0] >= 'a' && words[0] <= 'z')
		words[0] = (char)(words[0] - 'a' + 'A');
	for (size_t i = 0; i < length; i++)
		if (words[i] == '_')
			words[i] = ' ';
	return words;
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
		return arena_join(arena, plain(arena, whole), " ",
		    whole == 1 ? units[i].singular : units[i].plural, NULL);
	return arena_join(arena, plain(arena, whole), " ", units[i].brief, " ", plain(arena, rest),
	    " ", units[i + 1].brief, NULL);
}

static const char *relative(struct arena *arena, int64_t from_us, int64_t time_us)
{
	int64_t distance = time_us > from_us ? time_us - from_us : from_us - time_us;
	const struct unit *unit = &units[largest_unit(distance)];
	int64_t whole = distance / unit->us;
	const char *name = whole == 1 ? unit->singular : unit->plural;

	if (distance < 10 * CLOCK_SECOND_US)
		return time_us >= from_us + CLOCK_SECOND_US ? "in a moment" : "just now";
	if (time_us > from_us)
		return arena_join(arena, "in ", plain(arena, whole), " ", name, NULL);
	return arena_join(arena, plain(arena, whole), " ", name, " ago", NULL);
}

static const char months[][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const char *show_day(struct arena *arena, int64_t time_us)
{
	struct clock_fields at;

	clock_split(time_us, &at);
	return arena_join(arena, plain(arena, at.day), " ", months[at.month - 1], NULL);
}

/* "3 Feb 2026, 04:05 UTC" */
static const char *exact(struct arena *arena, int64_t time_us)
{
	struct clock_fields at;
	char time[] = ", 00:00 UTC";

	clock_split(time_us, &at);
	time[2] = (char)('0' + at.hour / 10);
	time[3] = (char)('0' + at.hour % 10);
	time[5] = (char)('0' + at.minute / 10);
	time[6] = (char)('0' + at.minute % 10);
	return arena_join(arena, plain(arena, at.day), " ", months[at.month - 1], " ",
	    plain(arena, at.year), time, NULL);
}

static struct doc *time_object(struct web *web, int64_t time_us)
{
	struct doc *time = doc_object(web->arena);
	char *iso = arena_alloc(web->arena, CLOCK_TEXT_SIZE);

	clock_format(time_us, iso);
	doc_set_text(time, "iso", iso);
	doc_set_text(time, "exact", exact(web->arena, time_us));
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
	    left_us <= 0
		? "window closed"
		: arena_join(web->arena, show_duration(web->arena, left_us), " left", NULL));
	doc_set_bool(time, "is_close", left_us > 0 && left_us < HOUR_US);
	doc_set_bool(time, "is_over", left_us <= 0);
	doc_set(object, key, time);
}
