/* rates.c - what rate limits count. */
#include <store/rates.h>

DB_STATEMENT(RATES_ADD, "INSERT INTO rate_hits (id, bucket, at) VALUES (?, ?, ?)");
DB_STATEMENT(RATES_NTH, "SELECT at FROM rate_hits WHERE bucket = ? AND at > ? AND id <> ?"
			" ORDER BY at DESC LIMIT 1 OFFSET ?");
DB_STATEMENT(RATES_REMOVE, "DELETE FROM rate_hits WHERE id = ?");
DB_STATEMENT(RATES_PRUNE, "DELETE FROM rate_hits WHERE at < ? LIMIT ?");

enum db_result rates_add(
    struct db *db, const struct id *id, const unsigned char *bucket, int64_t now_us)
{
	return db_exec(db, &RATES_ADD,
	    DB_VALUES(
		db_bind_id(id), db_bind_blob(bucket, RATES_BUCKET_BYTES), db_bind_time(now_us)),
	    NULL);
}

enum db_result rates_nth(struct db *db, struct arena *arena, const unsigned char *bucket,
    int64_t since_us, const struct id *except, unsigned nth, int64_t *at_us_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &RATES_NTH,
	    DB_VALUES(db_bind_blob(bucket, RATES_BUCKET_BYTES), db_bind_time(since_us),
		db_bind_id(except), db_bind_int((int64_t)nth - 1)),
	    &rows);

	if (result == DB_OK)
		*at_us_r = db_time(&rows, 0, 0);
	return result;
}

enum db_result rates_remove(struct db *db, const struct id *id)
{
	return db_exec(db, &RATES_REMOVE, DB_VALUES(db_bind_id(id)), NULL);
}

enum db_result rates_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(
	    db, &RATES_PRUNE, DB_VALUES(db_bind_time(before_us), db_bind_int(limit)), removed_r);
}
