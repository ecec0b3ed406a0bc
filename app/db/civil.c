/* civil.c - calendar arithmetic without the C library's time zones and locales.
 *
 * Years are counted from March, so that the leap day is the last of its year and the days before a
 * month follow from a straight line: (153 * month + 2) / 5 with March as month 0. */
#include "civil.h"

#include <base/clock.h>
#include <string.h>

#define DAYS_PER_ERA       146097 /* 400 years */
#define DAYS_0000_MAR_1970 719468 /* from 0000-03-01 to 1970-01-01 */
#define SECONDS_PER_DAY    86400

static int64_t divide_floor(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/* Fill year, month and day from the days since 1970-01-01. */
static void set_date(int64_t days, MYSQL_TIME *civil)
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

	civil->day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
	civil->month = (unsigned)(month < 10 ? month + 3 : month - 9);
	civil->year = (unsigned)(era * 400 + year_of_era + (month >= 10));
}

static int64_t days_of_date(const MYSQL_TIME *civil)
{
	int64_t month = (int64_t)civil->month + (civil->month > 2 ? -3 : 9);
	int64_t year = (int64_t)civil->year - (civil->month <= 2);
	int64_t era = divide_floor(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * month + 2) / 5 + (int64_t)civil->day - 1;

	return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - DAYS_0000_MAR_1970;
}

void civil_from_us(int64_t time_us, MYSQL_TIME *civil_r)
{
	int64_t seconds = divide_floor(time_us, CLOCK_SECOND_US);
	int64_t days = divide_floor(seconds, SECONDS_PER_DAY);
	int64_t second_of_day = seconds - days * SECONDS_PER_DAY;

	memset(civil_r, 0, sizeof(*civil_r));
	set_date(days, civil_r);
	civil_r->hour = (unsigned)(second_of_day / 3600);
	civil_r->minute = (unsigned)(second_of_day / 60 % 60);
	civil_r->second = (unsigned)(second_of_day % 60);
	civil_r->second_part = (unsigned long)(time_us - seconds * CLOCK_SECOND_US);
	civil_r->time_type = MYSQL_TIMESTAMP_DATETIME;
}

int64_t civil_to_us(const MYSQL_TIME *civil)
{
	int64_t seconds = days_of_date(civil) * SECONDS_PER_DAY + (int64_t)civil->hour * 3600 +
			  (int64_t)civil->minute * 60 + (int64_t)civil->second;

	return seconds * CLOCK_SECOND_US + (int64_t)civil->second_part;
}
