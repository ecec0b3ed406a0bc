/* shares.h - links that show one photo to anybody. Only the hash of a link's token is stored. */
#ifndef LETHE_STORE_SHARES_H
#define LETHE_STORE_SHARES_H

#include <db/db.h>

#define SHARE_HASH_SIZE 32

struct share {
	struct id id;
	struct id organization_id;
	struct id photo_id;
	struct id created_by;
	int64_t created_at_us;
	int64_t expires_at_us; /* 0: no end */
	int64_t revoked_at_us; /* 0: not revoked */
};

struct share_rows {
	struct share *items;
	size_t count;
};

enum db_result store_share_insert(struct db_tx *tx, const struct share *share,
    const unsigned char token_hash[SHARE_HASH_SIZE]) __attribute__((warn_unused_result));

/* The share whose token has that hash. DB_NONE where there is none. */
enum db_result store_share_find(struct db *db, struct arena *arena,
    const unsigned char token_hash[SHARE_HASH_SIZE], struct share *share_r)
    __attribute__((warn_unused_result));

/* The share of that id. */
enum db_result store_share_by_id(struct db *db, struct arena *arena, const struct id *share_id,
    struct share *share_r) __attribute__((warn_unused_result));

/* DB_OK if the hash is that of a share whose photo was purged. */
enum db_result store_share_is_dead(struct db *db, struct arena *arena,
    const unsigned char token_hash[SHARE_HASH_SIZE]) __attribute__((warn_unused_result));

/* One share of a photo, by its id. */
enum db_result store_share_of_photo(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, const struct id *share_id,
    struct share *share_r) __attribute__((warn_unused_result));

/* The shares of a photo, newest first, at most 200. */
enum db_result store_shares_list(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, struct share_rows *rows_r)
    __attribute__((warn_unused_result));

/* Revoke one; DB_NONE if it is revoked already or not there. */
enum db_result store_share_revoke(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct id *share_id, int64_t now_us)
    __attribute__((warn_unused_result));

/* Revoke those of a photo and of its derivatives in that archive batch. */
enum db_result store_shares_revoke_archived(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct id *batch_id, int64_t now_us, uint64_t *changed_r)
    __attribute__((warn_unused_result));

#endif
