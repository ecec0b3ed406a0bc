/* deletions.h - the rows of `deletions`: one per deleted root item with all that went with it. */
#ifndef LETHE_STORE_DELETIONS_H
#define LETHE_STORE_DELETIONS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>
#include <store/kinds.h>

/* Where a deletion stands, in the order of the column. */
enum deletion_state {
	DELETION_MARKING,
	DELETION_TRASHED,
	DELETION_RESTORING,
	DELETION_RESTORED,
	DELETION_PURGING,
	DELETION_PURGED,
	DELETION_STATE_COUNT,
};

/* Why it came about, in the order of the column. */
enum deletion_origin {
	ORIGIN_OWNER,
	ORIGIN_ADMIN,
	ORIGIN_REQUEST,
	ORIGIN_ACCOUNT,
	ORIGIN_CONTAINER,
	ORIGIN_RETENTION,
	ORIGIN_COUNT,
	ORIGIN_BY_ACTOR = ORIGIN_COUNT, /* of an act: owner or admin, as the actor is */
};

enum deletion_mode { MODE_SOFT, MODE_HARD, MODE_COUNT };

/* What was chosen for the photos of a project or site. */
enum photo_action {
	PHOTO_ACTION_NONE,
	PHOTO_ACTION_DELETE,
	PHOTO_ACTION_ARCHIVE,
	PHOTO_ACTION_ORPHAN,
	PHOTO_ACTION_COUNT,
};

/* One deletion. Texts belong to the arena of the call that filled it. */
struct deletion {
	struct id id;
	struct id organization_id;
	struct id act_id;
	enum item_kind kind;
	struct id item_id;
	const char *label; /* NULL: the item had no name, or it is purged */
	struct id owner_id;
	struct id initiator_id; /* none: the system */
	enum deletion_origin origin;
	const char *reason; /* NULL: none was given, or it is purged */
	enum deletion_mode mode;
	enum photo_action photo_action;
	enum deletion_state state;
	int64_t counts[COUNT_KIND_COUNT]; /* rows marked, the root included */
	int64_t bytes;
	int64_t progress_done; /* rows handled in the current state */
	int64_t
	    progress_total; /* rows to handle in it; 0: nothing is left to do in the background */
	int64_t deleted_at_us;
	int64_t recover_until_us;
	int64_t settled_at_us;  /* 0 until restored or purged */
	bool of_platform_admin; /* it is the account of one; as read, not of one described anew */

	/* Filled by deletion_find and deletion_page alone. */
	const char *initiator_name; /* display name; NULL: the system */
	const char *part_of; /* of a photo: the name of its project, else of its site; or NULL */
	bool has_picture;    /* a file of the item is there to be shown */

	/* Filled by a restore alone: rows that stay hidden, since their owners are leaving. */
	int64_t left_count;
};

/* The column values as words, static, and back (false if there is no such word or it is NULL). */
const char *deletion_state_name(enum deletion_state state);
const char *deletion_origin_name(enum deletion_origin origin);
const char *deletion_mode_name(enum deletion_mode mode);
const char *photo_action_name(enum photo_action action); /* NULL for PHOTO_ACTION_NONE */
bool photo_action_parse(const char *name, enum photo_action *action_r)
    __attribute__((warn_unused_result));

/* Insert the row as it stands in `deletion`. */
enum db_result deletion_insert(struct db_tx *tx, const struct deletion *deletion)
    __attribute__((warn_unused_result));

/* Read one deletion of an organisation (none: of any). DB_NONE if there is none. */
enum db_result deletion_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *id, struct deletion *deletion_r) __attribute__((warn_unused_result));

/* Read it and lock its row until the transaction ends. The three members for lists stay empty. */
enum db_result deletion_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *id, struct deletion *deletion_r) __attribute__((warn_unused_result));

/* The same without waiting: DB_NONE also where someone else holds the row. */
enum db_result deletion_lock_free(struct db_tx *tx, const struct id *id,
    struct deletion *deletion_r) __attribute__((warn_unused_result));

/* The deletion of an item that is still being restored. */
enum db_result deletion_restoring(struct db_tx *tx, const struct id *organization_id,
    const struct id *item_id, struct id *deletion_r) __attribute__((warn_unused_result));

/* Compare-and-set of the state from the one in `deletion`, which is brought up to date; progress
 * starts anew at 0 of `progress_total`. `settled_at_us` (0: none) is stored with it. DB_NONE if the
 * row's state was another. */
enum db_result deletion_move(struct db_tx *tx, struct deletion *deletion, enum deletion_state to,
    int64_t progress_total, int64_t settled_at_us) __attribute__((warn_unused_result));

/* Store counts, bytes and progress as they stand in `deletion`. */
enum db_result deletion_store_counts(struct db_tx *tx, const struct deletion *deletion)
    __attribute__((warn_unused_result));

/* Turn a deletion whose row is locked into one to be purged at once: mode hard, the window ends at
 * `now_us` unless it ended before. The state is moved by deletion_move. */
enum db_result deletion_harden(struct db_tx *tx, struct deletion *deletion, int64_t now_us)
    __attribute__((warn_unused_result));

/* purging → purged: label and reason are blanked, settled_at is `now_us`. The receipt (NULL: none
 * is at hand) is stored. */
enum db_result deletion_settle_purged(struct db_tx *tx, const struct deletion *deletion,
    const char *receipt, int64_t now_us) __attribute__((warn_unused_result));

/* The stored receipt of an organisation's deletion, in the arena; NULL if it has none. DB_NONE:
 * there is no such deletion. */
enum db_result deletion_receipt(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *id, const char **receipt_r)
    __attribute__((warn_unused_result));

/* Which deletions a list shows; newest first. */
struct deletion_query {
	struct id organization_id; /* always */
	struct id initiator_id;    /* none: everybody's */
	bool personal;             /* only photos, albums and content of the initiator's own */
	bool any_kind;
	enum item_kind kind;
	bool recoverable; /* marking or trashed and inside the window at now_us; else by `state` */
	enum deletion_state state;
	int64_t now_us;
	const char *label; /* the beginning of the label, in any case; NULL: any. Then everybody's
			    * recoverable ones of every kind, in the order of their labels */
	struct id after;   /* the last id of the page before; none: the first page */
	unsigned limit;
};

/* One page of deletions. */
struct deletion_page {
	struct deletion *items; /* `count` of them, in the arena */
	size_t count;
	bool more;
};

/* Read a page. DB_OK also when it is empty. Reads at most limit + 1 rows of an index. */
enum db_result deletion_page(struct db *db, struct arena *arena, const struct deletion_query *query,
    struct deletion_page *page_r) __attribute__((warn_unused_result));

/* What closes soonest first: recoverable deletions of an organisation, after the position
 * (`after_us`, `after_id`), 0 and none for the first page. */
enum db_result deletion_page_closing(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t now_us, int64_t after_us, const struct id *after_id,
    unsigned limit, struct deletion_page *page_r) __attribute__((warn_unused_result));

/* The deletions that organisations bear, of the whole installation, newest first, at most 1,000;
 * purged ones are not among them. */
enum db_result deletion_page_organizations(struct db *db, struct arena *arena,
    struct deletion_page *page_r) __attribute__((warn_unused_result));

/* The ids of all deletions of an act by one initiator in an organisation, oldest first. */
enum db_result deletion_ids_of_act(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *act_id, const struct id *initiator_id,
    struct id **ids_r, size_t *count_r) __attribute__((warn_unused_result));

/* A deletion in a queue of work: due at a time, with an id to break ties. */
struct deletion_due {
	struct id id;
	enum deletion_state state;
	int64_t recover_until_us;
};

/* Deletions of an organisation (none: of all) in `state` whose window ended at or before `until_us`
 * (0: regardless), in the order of (recover_until, id) after the given position (NULL: from the
 * start). Those that job_defer has put off beyond `now_us` are not among them. */
enum db_result deletion_due(struct db *db, struct arena *arena, const struct id *organization_id,
    enum deletion_state state, int64_t until_us, int64_t now_us, const struct deletion_due *after,
    unsigned limit, struct deletion_due **due_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* What a deletion did to a photo. */
enum deletion_effect { EFFECT_DELETED, EFFECT_ARCHIVED, EFFECT_ORPHANED };

/* One photo that bears a deletion's id, or that it archived or orphaned. */
struct deletion_item {
	struct id id;
	struct id original_id;
	const char *title;   /* or NULL */
	const char *part_of; /* name of its project, else of its site; or NULL */
	bool has_picture;
	enum deletion_effect effect;
};

/* Photos that bear the deletion's id, or (of a deletion with photo_action archive or orphan) that
 * it touched, newest first, after an id (none: the first page). DB_OK also when there are none. */
enum db_result deletion_item_page(struct db *db, struct arena *arena,
    const struct deletion *deletion, const struct id *after, unsigned limit,
    struct deletion_item **items_r, size_t *count_r, bool *more_r)
    __attribute__((warn_unused_result));

/* The settings of an organisation that deleting needs. */
struct deletion_windows {
	int64_t photo_recovery_us;
	int64_t container_recovery_us;
	int64_t archive_retention_us;
};

/* Read them. DB_NONE if there is no such organisation. */
enum db_result deletion_windows(struct db *db, struct arena *arena,
    const struct id *organization_id, struct deletion_windows *windows_r)
    __attribute__((warn_unused_result));

/* Sums over the deletions that deletion_due gives of all organisations, added to what stands in
 * `sums_r`. */
struct deletion_due_sums {
	int64_t deletions;
	int64_t counts[COUNT_KIND_COUNT];
	int64_t bytes;
};
enum db_result deletion_due_sums(struct db *db, struct arena *arena, enum deletion_state state,
    int64_t until_us, struct deletion_due_sums *sums_r) __attribute__((warn_unused_result));

#endif
