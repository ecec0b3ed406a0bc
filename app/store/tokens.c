/* tokens.c - single-use tokens that were used. */
#include <store/tokens.h>

DB_STATEMENT(TOKENS_SPEND, "INSERT INTO spent_tokens (token_id, expires_at) VALUES (?, ?)");
DB_STATEMENT(TOKENS_FIND, "SELECT 1 FROM spent_tokens WHERE token_id = ?");
DB_STATEMENT(TOKENS_PRUNE, "DELETE FROM spent_tokens WHERE expires_at < ? LIMIT ?");

enum db_result tokens_spend(struct db_tx *tx, const struct id *token_id, int64_t expires_us)
{
	return db_exec(
	    tx->db, &TOKENS_SPEND, DB_VALUES(db_bind_id(token_id), db_bind_time(expires_us)), NULL);
}

enum db_result tokens_is_spent(
    struct db *db, struct arena *arena, const struct id *token_id, bool *spent_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &TOKENS_FIND, DB_VALUES(db_bind_id(token_id)), &rows);

	*spent_r = result == DB_OK;
	return result == DB_NONE ? DB_OK : result;
}

enum db_result tokens_prune(struct db *db, int64_t now_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(
	    db, &TOKENS_PRUNE, DB_VALUES(db_bind_time(now_us), db_bind_int(limit)), removed_r);
}
