/* civil.h - microseconds since 1970 as the fields of a proleptic Gregorian date in UTC, and back.
 */
#ifndef LETHE_DB_CIVIL_H
#define LETHE_DB_CIVIL_H

#include <mysql.h>
#include <stdint.h>

/* Split a time (negative ones too) into the fields that libmariadb sends for DATETIME(6). */
void civil_from_us(int64_t time_us, MYSQL_TIME *civil_r);

/* The time of such fields. Months and days beyond their range are not checked: the server did. */
int64_t civil_to_us(const MYSQL_TIME *civil);

#endif
