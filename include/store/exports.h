/* exports.h - archives of a person's data (table exports), and the rows that go into them. */
#ifndef LETHE_STORE_EXPORTS_H
#define LETHE_STORE_EXPORTS_H

#include <base/arena.h>
#include <base/doc.h>
#include <db/db.h>
#include <store/cascade.h>
#include <store/files.h>

enum export_state { EXPORT_PENDING, EXPORT_READY, EXPORT_DISCARDED, EXPORT_EXPIRED };

struct export_row {
	struct id id;
	struct id organization_id;
	struct id user_id;
	enum export_state state;
	const char *building_key; /* or NULL */
	int64_t touched;
	int64_t done, total;
	int64_t bytes;
	int64_t created_us;
	int64_t ready_us;   /* 0: not yet */
	int64_t expires_us; /* 0: not yet */
	int64_t settled_us; /* 0: not yet */
};

/* The word of a state, as the table and the API use it. */
const char *export_state_name(enum export_state state);

/* Add a pending export from id, organization_id, user_id and created_us. DB_CONFLICT: the person
 * has one. */
enum db_result export_insert(struct db_tx *tx, const struct export_row *row)
    __attribute__((warn_unused_result));

/* The export of that id of that person; their newest. DB_NONE: there is none. */
enum db_result export_find(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *id, struct export_row *row_r) __attribute__((warn_unused_result));
enum db_result export_newest(struct db *db, struct arena *arena, const struct id *user_id,
    struct export_row *row_r) __attribute__((warn_unused_result));

/* The person's pending export. */
enum db_result export_pending(struct db *db, struct arena *arena, const struct id *user_id,
    struct export_row *row_r) __attribute__((warn_unused_result));

/* As export_find, of anybody, locking the row until the transaction ends. */
enum db_result export_lock(struct db_tx *tx, const struct id *id, struct export_row *row_r)
    __attribute__((warn_unused_result));

/* A pending export is begun (anew): its object will be `key`, nothing is done yet, and no purge has
 * touched it. The object of an earlier attempt is queued for removal. */
enum db_result export_begin(struct db_tx *tx, const struct export_row *row, const char *key,
    int64_t total, int64_t now_us) __attribute__((warn_unused_result));

/* How far the one that is made under `key` is. DB_NONE: it is no longer pending, or was begun anew
 * by someone else. */
enum db_result export_progress(struct db *db, struct arena *arena, const struct id *id,
    const char *key, int64_t done) __attribute__((warn_unused_result));

/* It is ready: from bytes, ready_us, expires_us. DB_NONE: it is no longer pending. */
enum db_result export_finish(struct db_tx *tx, const struct export_row *row)
    __attribute__((warn_unused_result));

/* Set a pending or ready export to a state that ends it; its file, or what is being made, is queued
 * for removal. DB_NONE: it is in such a state already. */
enum db_result export_settle(struct db_tx *tx, const struct export_row *row,
    enum export_state state, int64_t now_us) __attribute__((warn_unused_result));

/* Whether any export is pending or ready, so that a purge has to look at them. */
enum db_result export_any(struct db *db, struct arena *arena, bool *any_r)
    __attribute__((warn_unused_result));

/* A purge is about to remove rows of a table that bear the deletion's id and lie in (after, upto]:
 * ready exports of the people they are of, or who wrote in them, become discarded, and their files
 * are queued; pending ones are noted as touched. DB_OK also when there were none. */
enum db_result export_touch(struct db_tx *tx, enum mark_table table,
    const struct deletion *deletion, const struct id *after, const struct id *upto, int64_t now_us)
    __attribute__((warn_unused_result));

/* Ids of at most `limit` ready exports whose time is over at `now_us`. */
enum db_result exports_over(struct db *db, struct arena *arena, int64_t now_us, unsigned limit,
    struct id **ids_r, size_t *count_r) __attribute__((warn_unused_result));

/* Forget at most `limit` exports that were settled before `before_us`. DB_NONE: there were none. */
enum db_result exports_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
    __attribute__((warn_unused_result));

/* Remove at most `limit` exports of a user, their jobs and files, whatever their state; objects are
 * queued, also those that are being made. DB_OK also when there were none. */
enum db_result exports_remove(struct db_tx *tx, const struct id *user_id, int64_t limit,
    int64_t now_us, int64_t *rows_r) __attribute__((warn_unused_result));

/* --- what goes into one --- */

/* Whose rows are read. Texts are borrowed. */
struct export_person {
	struct id user_id;
	struct id organization_id;
	const char *uid;          /* the id as text */
	const char *email;        /* or NULL: nothing is found by it */
	const char *identity_uid; /* or NULL */
};

/* A document of the export: rows of one kind. */
struct export_section {
	const char *name; /* of its file, without ".json" */
	const char *what; /* a line for the README */
	bool single;      /* one object, not a list */
};
size_t export_section_count(void);
const struct export_section *export_section(size_t i);

/* A row as a document. `raw` is JSON, to be the member `raw_name` as it is; or NULL. */
struct export_item {
	struct id id;
	struct id second; /* of a row that has two, and no id of its own; else none */
	struct doc *doc;
	const char *raw_name;
	const char *raw;
};

/* The section's rows after that one (its ids alone count; zeroed: the first), at most `limit`, in
 * the order of ids; there may be more after fewer than that. DB_OK also when there are none. */
enum db_result export_section_read(struct db *db, struct arena *arena, size_t section,
    const struct export_person *person, const struct export_item *after, unsigned limit,
    struct export_item **items_r, size_t *count_r) __attribute__((warn_unused_result));

/* A stored object. */
struct export_object {
	const char *storage_key; /* or NULL: nothing is stored */
	const char *content_type;
	int64_t bytes;
};

/* A photo or content with what is stored of it. */
struct export_file {
	struct export_item item;
	const char *title; /* or NULL */
	const char *state; /* of a photo: "live", "archived" or "trash"; else its kind */
	int64_t created_us;
	struct export_object object;
	struct export_object thumbnail; /* of a photo, where there is one */
};

/* The person's photos after an id, at most EXPORT_PAGE, each with its files; tags, places in their
 * albums, their notes, AI results and shares are members of the documents. */
#define EXPORT_PAGE 50
enum db_result export_photos_read(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *after, struct export_file **photos_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Files of the person's quests and adventures, by the file's id. */
enum db_result export_assets_read(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *after, unsigned limit, struct export_file **files_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* How many of both there are. */
enum db_result export_count(struct db *db, struct arena *arena, const struct id *user_id,
    int64_t *count_r) __attribute__((warn_unused_result));

#endif
