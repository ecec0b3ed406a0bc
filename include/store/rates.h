/* rates.h - what rate limits count (table rate_hits). Buckets are keyed hashes: see auth/rate.h. */
#ifndef LETHE_STORE_RATES_H
#define LETHE_STORE_RATES_H

#include <base/id.h>
#include <db/db.h>
#include <stdint.h>

#define RATES_BUCKET_BYTES 32

/* Add a hit `id` to a bucket of RATES_BUCKET_BYTES bytes. */
enum db_result rates_add(struct db *db, const struct id *id, const unsigned char *bucket,
    int64_t now_us) __attribute__((warn_unused_result));

/* The time of the `nth` newest hit (from 1) of the bucket that is later than `since_us`, leaving
 * out the hit `except`. DB_NONE: there are fewer than that. */
enum db_result rates_nth(struct db *db, struct arena *arena, const unsigned char *bucket,
    int64_t since_us, const struct id *except, unsigned nth, int64_t *at_us_r)
    __attribute__((warn_unused_result));

/* Take a hit back. DB_NONE: it is gone already. */
enum db_result rates_remove(struct db *db, const struct id *id) __attribute__((warn_unused_result));

/* Remove at most `limit` hits made before `before_us`. DB_NONE: there was none. */
enum db_result rates_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
    __attribute__((warn_unused_result));

#endif
