/* leaving.h - the statements on rows that come back while the account of whose they are is on its
 * way out: they bear the mark of that account's deletion instead. */
#ifndef LETHE_STORE_LEAVING_H
#define LETHE_STORE_LEAVING_H

#include <store/cascade.h>

/* Rows of one table that bear a deletion's id: those with an id in (after, upto], or (`by_photo`,
 * of notes and AI results) those of the photos in that range. */
struct marked_range {
	const struct deletion *deletion; /* id and organisation */
	enum mark_table table;
	bool by_photo;
	const struct id *after, *upto;
};

/* The deletions of accounts, but the range's own, of people whose any of its rows are: their
 * photos, albums, content, notes and submissions, and what is part of these. Photos `by_photo` are
 * asked for together with their notes and AI results, which are not asked for so themselves. All
 * these people are held against beginning or ending to leave until the transaction ends. */
struct leaver {
	struct id user_id;
	struct id deletion_id;
};
enum db_result leavers_find(struct db_tx *tx, const struct marked_range *range,
    struct leaver **leavers_r, size_t *count_r) __attribute__((warn_unused_result));

/* Let what of the range is this person's bear the mark of the deletion `to`; photos get the status
 * that they would have come back with. `bytes_r` are those of its files. DB_OK also when there was
 * none. */
enum db_result leaver_take(struct db_tx *tx, const struct marked_range *range,
    const struct id *user_id, const struct deletion *to, int64_t *rows_r, int64_t *bytes_r)
    __attribute__((warn_unused_result));

#endif
