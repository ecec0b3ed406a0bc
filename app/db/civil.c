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
	struct clock_fields fields;

	clock_split(time_us, &fields);
	memset(civil_r, 0, sizeof(*civil_r));
	civil_r->year = (unsigned)fields.year;
	civil_r->month = (unsigned)fields.month;
	civil_r->day = (unsigned)fields.day;
	civil_r->hour = (unsigned)fields.hour;
	civil_r->minute = (unsigned)fields.minute;
	civil_r->second = (unsigned)fields.second;
	civil_r->second_part = (unsigned long)fields.microsecond;
	civil_r->time_type = MYSQL_TIMESTAMP_DATETIME;
}

int64_t civil_to_us(const MYSQL_TIME *civil)
{
	int64_t seconds = days_of_date(civil) * SECONDS_PER_DAY + (int64_t)civil->hour * 3600 +
			  (int64_t)civil->minute * 60 + (int64_t)civil->second;

	return seconds * CLOCK_SECOND_US + (int64_t)civil->second_part;
}
