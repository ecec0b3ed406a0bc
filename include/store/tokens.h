/* tokens.h - single-use tokens that were used (table spent_tokens). */
#ifndef LETHE_STORE_TOKENS_H
#define LETHE_STORE_TOKENS_H

#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

/* Use up a token in the transaction of the act it allows: of any number of transactions that spend
 * one token, one commits. `expires_us` is when the token would have run out by itself; its row is
 * kept until then. DB_OK: it was unused. DB_CONFLICT: it was used before, so the caller rolls back.
 * Another transaction that holds the same token is waited for. */
enum db_result tokens_spend(struct db_tx *tx, const struct id *token_id, int64_t expires_us)
    __attribute__((warn_unused_result));

/* DB_OK and `spent_r`; for a page that shows beforehand whether its link is still good. Only
 * tokens_spend decides. */
enum db_result tokens_is_spent(struct db *db, struct arena *arena, const struct id *token_id,
    bool *spent_r) __attribute__((warn_unused_result));

/* Remove at most `limit` rows of tokens that ran out before `now_us`. DB_NONE: there was none. */
enum db_result tokens_prune(struct db *db, int64_t now_us, unsigned limit, uint64_t *removed_r)
    __attribute__((warn_unused_result));

#endif
