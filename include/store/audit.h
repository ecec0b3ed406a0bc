/* audit.h - the rows of audit_log and audit_reasons. Inserted and read, never changed. */
#ifndef LETHE_STORE_AUDIT_H
#define LETHE_STORE_AUDIT_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

/* One entry with its reason. When read, texts belong to the arena of the call. */
struct audit_entry {
	struct id id;              /* to insert: none; it is made from the time */
	struct id organization_id; /* none: the installation */
	int64_t at_us;
	const char *actor;      /* user id as text, or "worker", "operator", "visitor" */
	const char *action;     /* e.g. "photo.delete" */
	const char *kind;       /* or NULL */
	struct id item_id;      /* or none */
	const char *mode;       /* "soft", "hard" or NULL */
	const char *details;    /* a JSON object: ids, numbers, choices; NULL inserts {} */
	const char *request_id; /* or NULL */
	const char *reason;     /* free text, kept apart; or NULL */
};

/* Write one entry (and its reason, where there is one) in the transaction of what it tells of. */
enum db_result audit_insert(struct db_tx *tx, const struct audit_entry *entry)
    __attribute__((warn_unused_result));

/* Which entries a page shows; every member but the organisation may be empty. Newest first. */
struct audit_query {
	struct id organization_id; /* none: the installation's own entries */
	bool everywhere;           /* instead: of all organisations, by time alone */
	int64_t from_us;           /* at or after */
	int64_t to_us;             /* before; 0: no end */
	const char *actor;
	const char *action;
	const char *kind;
	struct id item_id;
	struct id after; /* the last id of the page before; none: the first page */
	unsigned limit;
};

struct audit_page {
	struct audit_entry *items; /* `count` of them, in the arena */
	size_t count;
	bool more;
};

/* Read a page. DB_OK also when it is empty. */
enum db_result audit_read_page(struct db *db, struct arena *arena, const struct audit_query *query,
    struct audit_page *page_r) __attribute__((warn_unused_result));

/* The ids of the newest `limit` entries of an organisation. */
enum db_result audit_newest(struct db *db, struct arena *arena, const struct id *organization_id,
    unsigned limit, struct id **ids_r, size_t *count_r) __attribute__((warn_unused_result));

#endif
