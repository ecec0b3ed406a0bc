/* clock.c - the machine's clock, a fixed one, and times as RFC 3339 texts. */
#include <base/clock.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock_us(clockid_t source)
{
	struct timespec now;
	clock_gettime(source, &now);
	return (int64_t)now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

static int64_t system_now_us(const struct clock *clock)
{
	(void)clock;
	return read_clock_us(CLOCK_REALTIME);
}

static int64_t fixed_now_us(const struct clock *clock)
{
	return clock->fixed_us;
}

const struct clock clock_system = {.now_us = system_now_us};

struct clock clock_fixed(int64_t now_us)
{
	return (struct clock){.now_us = fixed_now_us, .fixed_us = now_us};
}

int64_t clock_now_us(const struct clock *clock)
{
	return clock->now_us(clock);
}

int64_t clock_monotonic_us(void)
{
	return read_clock_us(CLOCK_MONOTONIC);
}

void clock_format(int64_t time_us, char out[CLOCK_TEXT_SIZE])
{
	int64_t micros = time_us % CLOCK_SECOND_US;
	time_t seconds = time_us / CLOCK_SECOND_US;
	if (micros < 0) {
		micros += CLOCK_SECOND_US;
		seconds--;
	}
	struct tm tm;
	gmtime_r(&seconds, &tm);
	char text[96]; /* room for any int, which the compiler cannot know to be in range */
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)micros);
	memcpy(out, text, CLOCK_TEXT_SIZE - 1);
	out[CLOCK_TEXT_SIZE - 1] = '\0';
}

/* Read exactly `digits` digits at *at and step over them. */
static bool read_number(const char **at, int digits, int *value_r)
{
	int value = 0;
	for (int i = 0; i < digits; i++) {
		char c = (*at)[i];
		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*at += digits;
	*value_r = value;
	return true;
}

static bool read_char(const char **at, char expected)
{
	if (**at != expected)
		return false;
	(*at)++;
	return true;
}

/* Read "2026-02-03" into `tm`; false unless that day exists. */
static bool read_date(const char **at, struct tm *tm)
{
	int year = 0;
	int month = 0;
	int day = 0;
	if (!read_number(at, 4, &year) || !read_char(at, '-') || !read_number(at, 2, &month) ||
	    !read_char(at, '-') || !read_number(at, 2, &day))
		return false;
	*tm = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
	struct tm normal = *tm;
	(void)timegm(&normal); /* a day that does not exist falls into another month */
	return normal.tm_year == year - 1900 && normal.tm_mon == month - 1;
}

/* Read "04:05:06" into `tm`; a leap second is allowed here and judged by the caller. */
static bool read_time(const char **at, struct tm *tm)
{
	return read_number(at, 2, &tm->tm_hour) && read_char(at, ':') &&
	       read_number(at, 2, &tm->tm_min) && read_char(at, ':') &&
	       read_number(at, 2, &tm->tm_sec) && tm->tm_hour <= 23 && tm->tm_min <= 59 &&
	       tm->tm_sec <= 60;
}

/* Read an optional fraction of 1 to 6 digits. */
static bool read_fraction(const char **at, int64_t *micros_r)
{
	*micros_r = 0;
	if (!read_char(at, '.'))
		return true;
	int64_t scale = CLOCK_SECOND_US;
	while (**at >= '0' && **at <= '9' && scale > 1) {
		scale /= 10;
		*micros_r += (**at - '0') * scale;
		(*at)++;
	}
	return scale < CLOCK_SECOND_US;
}

/* Read "Z" or "+01:00", in seconds east of UTC. */
static bool read_offset(const char **at, int64_t *seconds_r)
{
	*seconds_r = 0;
	if (read_char(at, 'Z') || read_char(at, 'z'))
		return true;
	int64_t sign = **at == '-' ? -1 : 1;
	int hours = 0;
	int minutes = 0;
	if ((!read_char(at, '+') && !read_char(at, '-')) || !read_number(at, 2, &hours) ||
	    !read_char(at, ':') || !read_number(at, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*seconds_r = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool clock_parse(const char *text, int64_t *time_us_r)
{
	const char *at = text;
	struct tm tm;
	int64_t micros = 0;
	int64_t offset = 0;
	if (!read_date(&at, &tm))
		return false;
	if (*at != '\0') {
		if ((!read_char(&at, 'T') && !read_char(&at, 't')) || !read_time(&at, &tm) ||
		    !read_fraction(&at, &micros) || !read_offset(&at, &offset) || *at != '\0')
			return false;
	}
	bool leap = tm.tm_sec == 60;
	int64_t seconds = (int64_t)timegm(&tm) - offset;
	/* A leap second stands only at the end of a UTC day; it reads as the next second. */
	if (leap && seconds % 86400 != 0)
		return false;
	*time_us_r = seconds * CLOCK_SECOND_US + micros;
	return true;
}
