/* check.h - compare what is stored with the rows that name it. */
#ifndef LETHE_STORAGE_CHECK_H
#define LETHE_STORAGE_CHECK_H

#include <base/clock.h>
#include <base/error.h>
#include <storage/storage.h>
#include <store/files.h>

/* Objects younger than this may belong to an upload whose row is about to commit. */
#define CHECK_GRACE_US (3600 * CLOCK_SECOND_US)
/* Temporary files older than this belong to no upload any more. */
#define CHECK_STALE_US CLOCK_DAY_US

struct check_options {
	bool repair;  /* queue objects without a row, sweep stale temporary files */
	bool digests; /* read every object and compare its BLAKE2b digest too (slow) */
};

enum check_finding {
	CHECK_OBJECT_WITHOUT_ROW, /* nothing names it, and it is past the grace */
	CHECK_ROW_WITHOUT_OBJECT, /* a files row whose object is missing */
	CHECK_WRONG_SIZE,
	CHECK_WRONG_DIGEST,
};

/* Called for each finding with the storage key. */
typedef void (*check_fn)(void *context, enum check_finding finding, const char *key);

struct check_report {
	unsigned objects; /* seen */
	unsigned rows;    /* files rows seen */
	unsigned young;   /* without a row but within the grace: left alone */
	unsigned without_row;
	unsigned without_object;
	unsigned damaged; /* wrong size or digest */
	unsigned queued;  /* of those without a row, by this repair */
	unsigned stale;   /* temporary files beyond CHECK_STALE_US */
	unsigned swept;   /* of those, removed by this repair */
};

/* Compare. The age of an object is measured between the storage's own time of it and the injected
 * clock; one "from the future" counts as young. Memory does not grow with the storage. `fn` may be
 * NULL. False where storage or database fail. */
bool storage_check(struct db *db, const struct clock *clock, const struct storage *storage,
    const struct check_options *options, check_fn fn, void *context, struct check_report *report_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
