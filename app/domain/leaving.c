/* leaving.c - what comes back while its owner's account is on its way out: it stays hidden with
 * that account, and comes back with it, or goes. */
#include "deletions.h"

#include <store/leaving.h>

/* The account's deletion, in whatever organisation it is; `takes_r` is false where the account is
 * coming back by now. */
static enum db_result lock_account(
    struct db_tx *tx, const struct id *deletion_id, struct deletion *account_r, bool *takes_r)
{
	enum db_result result = deletion_find(tx->db, tx->arena, &id_none, deletion_id, account_r);

	if (result == DB_OK) {
		result = deletion_lock(tx, &account_r->organization_id, deletion_id, account_r);
	}
	*takes_r = result == DB_OK &&
		   (account_r->state == DELETION_MARKING || account_r->state == DELETION_TRASHED ||
		       account_r->state == DELETION_PURGING);
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result take(struct db_tx *tx, const struct marked_range *range,
    const struct leaver *leaver, struct hidden_rows *hidden)
{
	int64_t rows[MARK_TABLE_COUNT] = {0}, bytes = 0;
	struct deletion account;
	bool takes;
	enum db_result result = lock_account(tx, &leaver->deletion_id, &account, &takes);

	if (result != DB_OK || !takes) {
		return result;
	}
	result = leaver_take(tx, range, &leaver->user_id, &account, &rows[range->table], &bytes);
	if (result != DB_OK || rows[range->table] == 0) {
		return result;
	}
	count_marks(&account, rows, 1);
	account.bytes += bytes;
	hidden->rows[range->table] += rows[range->table];
	hidden->bytes += bytes;
	return deletion_store_counts(tx, &account);
}

static enum db_result take_range(
    struct db_tx *tx, const struct marked_range *range, struct hidden_rows *hidden)
{
	struct leaver *leavers;
	size_t count;
	enum db_result result = leavers_find(tx, range, &leavers, &count);

	for (size_t i = 0; result == DB_OK && i < count; i++) {
		result = take(tx, range, &leavers[i], hidden);
	}
	return result;
}

enum db_result leaving_keep(struct db_tx *tx, const struct deletion *deletion,
    enum mark_table table, const struct id *after, const struct id *upto,
    struct hidden_rows *hidden)
{
	const struct marked_range range = {
	    .deletion = deletion, .table = table, .after = after, .upto = upto};

	return take_range(tx, &range, hidden);
}

/* Of the photo and its details. */
static enum db_result take_photo(struct db_tx *tx, const struct marked_range *photo,
    const struct leaver *leaver, struct hidden_rows *hidden)
{
	static const enum mark_table tables[] = {MARKS_NOTES, MARKS_AI_RESULTS, MARKS_PHOTOS};
	enum db_result result = DB_OK;

	for (size_t i = 0; result == DB_OK && i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct marked_range range = *photo;

		range.table = tables[i];
		result = take(tx, &range, leaver, hidden);
	}
	return result;
}

enum db_result leaving_keep_photo(struct db_tx *tx, const struct deletion *deletion,
    const struct id *photo_id, struct hidden_rows *hidden)
{
	const struct id after = id_before(photo_id);
	const struct marked_range photo = {.deletion = deletion,
	    .table = MARKS_PHOTOS,
	    .by_photo = true,
	    .after = &after,
	    .upto = photo_id};
	struct leaver *leavers;
	size_t count;
	enum db_result result = leavers_find(tx, &photo, &leavers, &count);

	for (size_t i = 0; result == DB_OK && i < count; i++) {
		result = take_photo(tx, &photo, &leavers[i], hidden);
	}
	return result;
}
