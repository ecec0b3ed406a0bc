/* requests.h - wishes that a photo be deleted (table deletion_requests). */
#ifndef LETHE_STORE_REQUESTS_H
#define LETHE_STORE_REQUESTS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>
#include <store/photos.h>

/* In the order of the columns. */
enum request_status {
	REQUEST_PENDING,
	REQUEST_APPROVED,
	REQUEST_REJECTED,
	REQUEST_CANCELLED,
	REQUEST_SUPERSEDED, /* the photo was deleted otherwise */
	REQUEST_STATUS_COUNT,
};
enum request_role {
	REQUESTER_ADMIN,
	REQUESTER_SHOP_OWNER,
	REQUESTER_SUBMITTER,
	REQUESTER_VISITOR,
	REQUEST_ROLE_COUNT,
};

/* One request. Ids are none, texts NULL and times 0 where there is nothing. Texts belong to the
 * arena of the call. */
struct request {
	struct id id;
	struct id organization_id;
	struct id photo_id;          /* the photo may be gone: the record outlives it */
	struct id site_id;           /* the photo's when it was asked, or none */
	struct id requester_id;      /* none for visitors */
	const char *requester_email; /* normalised; NULL once erased */
	enum request_role role;
	const char *reason; /* NULL once erased */
	enum request_status status;
	enum photo_status status_before; /* what the photo gets back; never deletion_requested */
	struct id deletion_id;           /* of an approved or superseded one */
	int64_t requested_at_us;
	int64_t due_at_us;
	int64_t reviewed_at_us; /* when it was settled, also by cancelling or superseding */
	struct id reviewed_by;  /* the admin who decided */
	const char *rejection_reason;

	/* What pages show besides. Filled by store_request_find and the lists, not by
	 * the functions that lock. */
	const char *photo_title;
	const char *site_name;
	const char *requester_name; /* display name, of a requester with an account */
	const char *reviewer_name;
	bool photo_exists;      /* its row is there: live, archived or in the trash */
	bool photo_deleted;     /* in the trash, as far as its own mark says */
	unsigned other_pending; /* pending requests on the same photo beside this one */
};

struct request_rows {
	struct request *items;
	size_t count;
};

/* Who looks: an admin sees all of the organisation's requests, others their own and those on sites
 * that they own (approved claim on a live site). */
struct request_viewer {
	struct id organization_id;
	struct id user_id;
	bool sees_all;
};

/* The words of the columns, as in the API. */
const char *request_status_name(enum request_status status);
const char *request_role_name(enum request_role role);

/* Insert a pending one: all but what comes with a decision. DB_CONFLICT: the person has a pending
 * request on the photo. */
enum db_result store_request_insert(struct db_tx *tx, const struct request *request)
    __attribute__((warn_unused_result));

/* One request that the viewer may see, with what pages show. DB_NONE: there is none. */
enum db_result store_request_find(struct db *db, struct arena *arena,
    const struct request_viewer *viewer, const struct id *request_id, struct request *request_r)
    __attribute__((warn_unused_result));

/* One request of the organisation, locked until the transaction ends. */
enum db_result store_request_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *request_id, struct request *request_r) __attribute__((warn_unused_result));

/* The pending requests on a photo, oldest first, at most 1,000, locked under the photo's lock. No
 * rows is DB_OK. */
enum db_result store_requests_lock_pending(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, struct request_rows *rows_r) __attribute__((warn_unused_result));

/* Whose request it is: by account (or none), or by address (or NULL). */
struct request_person {
	struct id user_id;
	const char *email;
};
/* The person's own pending request on a photo, among however many; locked under the photo's lock,
 * or only read. DB_NONE: they have none. */
enum db_result store_request_lock_own(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct request_person *person, struct request *request_r)
    __attribute__((warn_unused_result));
enum db_result store_request_read_own(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id,
    const struct request_person *person, struct request *request_r)
    __attribute__((warn_unused_result));

/* Pending requests of the person in all organisations, up to `limit` by account and as many by
 * address. No rows is DB_OK. */
enum db_result store_requests_of_person(struct db *db, struct arena *arena,
    const struct request_person *person, unsigned limit, struct request_rows *rows_r)
    __attribute__((warn_unused_result));

/* The request on a photo that was settled last, with what pages show. DB_NONE: nobody asked. */
enum db_result store_request_last_settled(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, struct request *request_r)
    __attribute__((warn_unused_result));

/* Store status, deletion_id, reviewed_at_us, reviewed_by and rejection_reason as they stand in
 * `request`, whose row is pending, or was superseded in this transaction. DB_NONE: it is neither.
 */
enum db_result store_request_settle(struct db_tx *tx, const struct request *request)
    __attribute__((warn_unused_result));

/* Make the photo's status deletion_requested; `withheld`: others do not see it. */
enum db_result store_request_photo(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, bool withheld) __attribute__((warn_unused_result));
/* Give a photo the status back that it had before, also where a deletion has marked it already.
 * DB_NONE: its status is another. */
enum db_result store_request_photo_back(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, enum photo_status before) __attribute__((warn_unused_result));

/* An admin who is told of new requests. */
struct request_admin {
	struct id id;
	const char *email;
	const char *name;
};
/* The live admins of an organisation who want such notices and are in no grace period, at most
 * 1,000. No rows is DB_OK. */
enum db_result store_request_admins(struct db_tx *tx, const struct id *organization_id,
    struct request_admin **admins_r, size_t *count_r) __attribute__((warn_unused_result));

/* --- lists; no rows is DB_OK --- */

/* Which requests, and where the page before ended. */
struct request_list_query {
	struct id scope_id; /* the organisation; of store_requests_on_site the site; of
			     * store_requests_own the person */
	struct id organization_id;
	enum request_status status;
	int64_t after_us; /* of pending ones and those on a site: the due_at and id behind which
			   * to go on */
	struct id after_id;
	unsigned limit;
};
/* Pending ones soonest due first, others newest first; of an organisation, of a site. */
enum db_result store_requests_list(struct db *db, struct arena *arena,
    const struct request_list_query *query, struct request_rows *rows_r)
    __attribute__((warn_unused_result));
enum db_result store_requests_on_site(struct db *db, struct arena *arena,
    const struct request_list_query *query, struct request_rows *rows_r)
    __attribute__((warn_unused_result));
/* Those of one person, of any status, newest first. */
enum db_result store_requests_own(struct db *db, struct arena *arena,
    const struct request_list_query *query, struct request_rows *rows_r)
    __attribute__((warn_unused_result));
/* Those on a photo that the viewer may see: pending ones, then others, each newest first. */
enum db_result store_requests_of_photo(struct db *db, struct arena *arena,
    const struct request_viewer *viewer, const struct id *photo_id, unsigned limit,
    struct request_rows *rows_r) __attribute__((warn_unused_result));

/* Of those that are pending on a photo of the organisation, the viewer's own first, then the
 * newest. */
enum db_result store_requests_few(struct db *db, struct arena *arena,
    const struct request_viewer *viewer, const struct id *photo_id, unsigned limit,
    struct request_rows *rows_r) __attribute__((warn_unused_result));

/* The live sites of the organisation that a person owns, at most REQUEST_SITES_MOST. */
#define REQUEST_SITES_MOST 100
enum db_result store_sites_owned(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *user_id, struct id **sites_r,
    size_t *count_r) __attribute__((warn_unused_result));

/* How many are pending, and how many of these are due at `now_us` or before, counted up to
 * `limit`; of an organisation (none: of all, uncounted beyond the index range). */
struct request_counts {
	int64_t pending;
	int64_t overdue;
};
enum db_result store_requests_count(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t now_us, int64_t limit,
    struct request_counts *counts_r) __attribute__((warn_unused_result));

/* --- what visitors reach --- */

/* The live and archived photos of all organisations that were submitted under an address, newest
 * first. */
enum db_result store_photos_submitted(struct db *db, struct arena *arena, const char *email,
    unsigned limit, struct photo_rows *rows_r) __attribute__((warn_unused_result));

/* One request of any organisation, with what pages show: for whoever has the link that names it. */
enum db_result store_request_of_visitor(struct db *db, struct arena *arena,
    const struct id *request_id, struct request *request_r) __attribute__((warn_unused_result));

/* The organisation of a photo. */
enum db_result store_photo_organization(struct db *db, struct arena *arena,
    const struct id *photo_id, struct id *organization_r) __attribute__((warn_unused_result));

/* The photos of a site that are in the trash, newest first. */
enum db_result store_photos_trashed_on_site(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *site_id, const struct id *viewer_id,
    const struct id *before, unsigned limit, struct photo_rows *rows_r)
    __attribute__((warn_unused_result));

#endif
