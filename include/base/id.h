/* id.h - UUIDv7 ids (RFC 9562, section 5.7): ordered by the time they were made. */
#ifndef LETHE_BASE_ID_H
#define LETHE_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

struct id {
	unsigned char bytes[16];
};

#define ID_TEXT_SIZE 37 /* 36 characters and the NUL */

/* A new id made at `now_us`: 48 bits of milliseconds, 12 bits of the rest of the millisecond
 * (method 3 of section 6.2), 62 random bits. */
struct id id_generate(int64_t now_us) __attribute__((warn_unused_result));

/* The smallest id that could have been made at `time_us`; for ranges by time. */
struct id id_floor(int64_t time_us) __attribute__((warn_unused_result));

/* The time an id was made, to the millisecond. */
int64_t id_time_us(const struct id *id);

/* Parse the 36-character form, either case, any UUID version. False if it is not one. */
bool id_parse(const char *text, struct id *id_r) __attribute__((warn_unused_result));

/* Write the lower-case 36-character form. */
void id_format(const struct id *id, char out[ID_TEXT_SIZE]);

/* The all-zero id stands for "none". */
extern const struct id id_none;
bool id_is_none(const struct id *id);
bool id_equal(const struct id *a, const struct id *b);

#endif
