/* content.h - the rows of `quests` and `adventures`, which have the same columns. */
#ifndef LETHE_STORE_CONTENT_H
#define LETHE_STORE_CONTENT_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>
#include <store/kinds.h>

/* In the order of the column publishing_status. */
enum content_status { CONTENT_DRAFT, CONTENT_PUBLISHED, CONTENT_ARCHIVED, CONTENT_STATUS_COUNT };

/* One quest or adventure. Texts belong to the arena of the call. */
struct content {
	enum item_kind kind; /* ITEM_QUEST or ITEM_ADVENTURE */
	struct id id;
	struct id organization_id;
	struct id creator_id;
	const char *title;
	enum content_status status;
	enum content_status status_before; /* of an archived one: what a restore gives back */
	int64_t archived_at_us;            /* 0 unless archived */
	int64_t created_at_us;
	int64_t deleted_at_us; /* 0 unless deleted */
	struct id deletion_id;
};

const char *content_status_name(enum content_status status);
bool content_status_parse(const char *name, enum content_status *status_r)
    __attribute__((warn_unused_result));

/* Read one, deleted or not. DB_NONE if the organisation has none of that kind and id. */
enum db_result content_read(struct db *db, struct arena *arena, enum item_kind kind,
    const struct id *organization_id, const struct id *id, struct content *content_r)
    __attribute__((warn_unused_result));

/* The same, and lock its row until the transaction ends. */
enum db_result content_lock(struct db_tx *tx, enum item_kind kind, const struct id *organization_id,
    const struct id *id, struct content *content_r) __attribute__((warn_unused_result));

/* draft or published → archived, the status kept aside. DB_NONE if it is neither, or deleted. */
enum db_result content_set_archived(struct db_tx *tx, const struct content *content, int64_t now_us)
    __attribute__((warn_unused_result));

/* archived → what it was before. DB_NONE if it is not archived, or deleted. */
enum db_result content_set_restored(struct db_tx *tx, const struct content *content)
    __attribute__((warn_unused_result));

/* Which content of a creator a list shows; newest first, deleted rows left out. */
struct content_query {
	enum item_kind kind;
	struct id organization_id;
	struct id creator_id;
	bool any_status;
	enum content_status status;
	struct id after; /* the last id of the page before; none: the first page */
	unsigned limit;
};

struct content_page {
	struct content *items;
	size_t count;
	bool more;
};

/* Read a page. DB_OK also when it is empty. */
enum db_result content_read_page(struct db *db, struct arena *arena,
    const struct content_query *query, struct content_page *page_r)
    __attribute__((warn_unused_result));

#endif
