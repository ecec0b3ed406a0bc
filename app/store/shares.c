/* shares.c - links that show one photo to anybody. */
#include <store/shares.h>

#define SHARE_COLUMNS                                                                              \
	"id, organization_id, photo_id, created_by, created_at, expires_at, revoked_at"

DB_STATEMENT(SHARE_INSERT,
    "INSERT INTO photo_shares (id, organization_id, photo_id, token_hash, created_by, created_at,"
    " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(SHARE_FIND, "SELECT " SHARE_COLUMNS " FROM photo_shares WHERE token_hash = ?");
DB_STATEMENT(VISITOR_SHARE, "SELECT " SHARE_COLUMNS " FROM photo_shares WHERE id = ?");
DB_STATEMENT(SHARE_IS_DEAD, "SELECT 1 FROM dead_shares WHERE token_hash = ?");
DB_STATEMENT(SHARE_OF_PHOTO, "SELECT " SHARE_COLUMNS " FROM photo_shares WHERE id = ?"
			     " AND photo_id = ? AND organization_id = ?");
DB_STATEMENT(SHARES_LIST, "SELECT " SHARE_COLUMNS " FROM photo_shares WHERE photo_id = ?"
			  " AND organization_id = ? ORDER BY id DESC LIMIT 200");
DB_STATEMENT(SHARE_REVOKE, "UPDATE photo_shares SET revoked_at = ? WHERE id = ? AND photo_id = ?"
			   " AND organization_id = ? AND revoked_at IS NULL");
DB_STATEMENT(SHARES_REVOKE_OF_PHOTO, "UPDATE photo_shares SET revoked_at = ? WHERE photo_id = ?"
				     " AND organization_id = ? AND revoked_at IS NULL");
DB_STATEMENT(SHARES_REVOKE_OF_DERIVATIVES,
    "UPDATE photo_shares s JOIN photos p ON p.id = s.photo_id SET s.revoked_at = ?"
    " WHERE p.original_id = ? AND p.organization_id = ? AND p.archive_batch_id = ?"
    " AND s.revoked_at IS NULL");

static void read_row(const struct db_rows *rows, size_t row, struct share *share)
{
	*share = (struct share){
	    .id = db_id(rows, row, 0),
	    .organization_id = db_id(rows, row, 1),
	    .photo_id = db_id(rows, row, 2),
	    .created_by = db_id(rows, row, 3),
	    .created_at_us = db_time(rows, row, 4),
	    .expires_at_us = db_time(rows, row, 5),
	    .revoked_at_us = db_time(rows, row, 6),
	};
}

static enum db_result read_one(
    enum db_result result, const struct db_rows *rows, struct share *share_r)
{
	if (result == DB_OK) {
		read_row(rows, 0, share_r);
	}
	return result;
}

enum db_result store_share_insert(
    struct db_tx *tx, const struct share *share, const unsigned char token_hash[SHARE_HASH_SIZE])
{
	return db_exec(tx->db, &SHARE_INSERT,
	    DB_VALUES(db_bind_id(&share->id), db_bind_id(&share->organization_id),
		db_bind_id(&share->photo_id), db_bind_blob(token_hash, SHARE_HASH_SIZE),
		db_bind_id(&share->created_by), db_bind_time(share->created_at_us),
		db_bind_time(share->expires_at_us)),
	    NULL);
}

enum db_result store_share_find(struct db *db, struct arena *arena,
    const unsigned char token_hash[SHARE_HASH_SIZE], struct share *share_r)
{
	struct db_rows rows = {0};

	return read_one(db_query(db, arena, &SHARE_FIND,
			    DB_VALUES(db_bind_blob(token_hash, SHARE_HASH_SIZE)), &rows),
	    &rows, share_r);
}

enum db_result store_share_by_id(
    struct db *db, struct arena *arena, const struct id *share_id, struct share *share_r)
{
	struct db_rows rows = {0};

	return read_one(db_query(db, arena, &VISITOR_SHARE, DB_VALUES(db_bind_id(share_id)), &rows),
	    &rows, share_r);
}

enum db_result store_share_is_dead(
    struct db *db, struct arena *arena, const unsigned char token_hash[SHARE_HASH_SIZE])
{
	struct db_rows rows = {0};

	return db_query(
	    db, arena, &SHARE_IS_DEAD, DB_VALUES(db_bind_blob(token_hash, SHARE_HASH_SIZE)), &rows);
}

enum db_result store_share_of_photo(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, const struct id *share_id,
    struct share *share_r)
{
	struct db_rows rows = {0};

	return read_one(
	    db_query(db, arena, &SHARE_OF_PHOTO,
		DB_VALUES(db_bind_id(share_id), db_bind_id(photo_id), db_bind_id(organization_id)),
		&rows),
	    &rows, share_r);
}

enum db_result store_shares_list(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, struct share_rows *rows_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &SHARES_LIST,
	    DB_VALUES(db_bind_id(photo_id), db_bind_id(organization_id)), &rows);

	*rows_r = (struct share_rows){0};
	if (result != DB_OK) {
		return result;
	}
	rows_r->items = arena_array(arena, rows.count, sizeof(*rows_r->items));
	rows_r->count = rows.count;
	for (size_t i = 0; i < rows.count; i++) {
		read_row(&rows, i, &rows_r->items[i]);
	}
	return DB_OK;
}

enum db_result store_share_revoke(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct id *share_id, int64_t now_us)
{
	return db_exec(tx->db, &SHARE_REVOKE,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(share_id), db_bind_id(photo_id),
		db_bind_id(organization_id)),
	    NULL);
}

enum db_result store_shares_revoke_archived(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct id *batch_id, int64_t now_us, uint64_t *changed_r)
{
	uint64_t own = 0;
	uint64_t derived = 0;
	enum db_result result = db_exec(tx->db, &SHARES_REVOKE_OF_PHOTO,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(photo_id), db_bind_id(organization_id)),
	    &own);

	if (result != DB_OK && result != DB_NONE) {
		return result;
	}
	result = db_exec(tx->db, &SHARES_REVOKE_OF_DERIVATIVES,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(photo_id), db_bind_id(organization_id),
		db_bind_id(batch_id)),
	    &derived);
	*changed_r = own + derived;
	return result == DB_NONE && own > 0 ? DB_OK : result;
}
