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

/* The words of the columns, as in the API. */
const char *request_status_name(enum request_status status);
const char *request_role_name(enum request_role role);
/* The status of that word; false if there is none. */
bool request_status_parse(const char *name, enum request_status *status_r)
    __attribute__((warn_unused_result));

#endif
