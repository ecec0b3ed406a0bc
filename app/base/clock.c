/* clock.c - the machine's clock, a fixed one, and times as RFC 3339 texts. */
#include <base/clock.h>
#include <stdio.h>
#include <time.h>

#define SECONDS_PER_DAY    86400
#define DAYS_PER_ERA       146097 /* 400 years */
#define DAYS_0000_MAR_1970 719468 /* from 0000-03-01 to 1970-01-01 */

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

static int64_t divide_floor(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/* Fill year, month and day from the days since 1970-01-01. Years are counted from March, so that
 * the leap day is the last of its year and the days before a month follow from a straight line:
 * (153 * month + 2) / 5 with March as month 0. */
static void split_date(int64_t days, struct clock_fields *fields)
{
	int64_t shifted = days + DAYS_0000_MAR_1970;
	int64_t era = divide_floor(shifted, DAYS_PER_ERA);
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				  day_of_era / (DAYS_PER_ERA - 1)) /
			      365;
	int64_t day_of_year =
	    day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	fields->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	fields->month = (int)(month < 10 ? month + 3 : month - 9);
	fields->year = era * 400 + year_of_era + (month >= 10);
}

void clock_split(int64_t time_us, struct clock_fields *fields_r)
{
	int64_t seconds = divide_floor(time_us, CLOCK_SECOND_US);
	int64_t days = divide_floor(seconds, SECONDS_PER_DAY);
	int64_t second_of_day = seconds - days * SECONDS_PER_DAY;

	split_date(days, fields_r);
	fields_r->hour = (int)(second_of_day / 3600);
	fields_r->minute = (int)(second_of_day / 60 % 60);
	fields_r->second = (int)(second_of_day % 60);
	fields_r->microsecond =
	    (int)((time_us % CLOCK_SECOND_US + CLOCK_SECOND_US) % CLOCK_SECOND_US);
}

/* Write `digits` digits of a number that has no more, and what follows them; returns the end. */
static char *write_number(char *out, int digits, int number, char after)
{
	for (int i = digits - 1; i >= 0; i--) {
		out[i] = (char)('0' + number % 10);
		number /= 10;
	}
	out[digits] = after;
	return out + digits + 1;
}

void clock_format(int64_t time_us, char out[CLOCK_TEXT_SIZE])
{
	struct clock_fields fields;

	clock_split(time_us, &fields);
	if (fields.year >= 0 && fields.year <= 9999)
		out = write_number(out, 4, (int)fields.year, '-');
	else /* a sign and six digits are all that 64 bits of microseconds hold */
		out += snprintf(out, 9, "%04d-", (int)fields.year);
	out = write_number(out, 2, fields.month, '-');
	out = write_number(out, 2, fields.day, 'T');
	out = write_number(out, 2, fields.hour, ':');
	out = write_number(out, 2, fields.minute, ':');
	out = write_number(out, 2, fields.second, '.');
	*write_number(out, 6, fields.microsecond, 'Z') = '\0';
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
