/* demo.h - rows that in real life come from the host application or from acts of later days, and
 * that the demonstration alone writes. */
#ifndef LETHE_STORE_DEMO_H
#define LETHE_STORE_DEMO_H

#include <db/db.h>
#include <store/content.h>

/* True in `empty_r` if the database holds no organisation. */
enum db_result store_demo_is_empty(struct db *db, struct arena *arena, bool *empty_r)
    __attribute__((warn_unused_result));

/* A user's claim on a site: pending where `decided_by` is none, else approved then. */
struct demo_claim {
	struct id id;
	struct id organization_id;
	struct id site_id;
	struct id user_id;
	struct id decided_by;
	int64_t at_us;
};
enum db_result store_demo_claim(struct db_tx *tx, const struct demo_claim *claim)
    __attribute__((warn_unused_result));

/* A quest or adventure, draft or published. */
enum db_result store_demo_content(struct db_tx *tx, const struct content *content)
    __attribute__((warn_unused_result));

/* What belongs to something: which columns are used depends on the kind. */
enum demo_part {
	DEMO_CARD,         /* of the quest `owner_id`: position, text */
	DEMO_SUBMISSION,   /* to the quest `owner_id`, by `user_id`: text */
	DEMO_SEQUENCE,     /* of the adventure `owner_id`: position, text */
	DEMO_NOTE,         /* on the photo `owner_id`, by `user_id`: text */
	DEMO_AI_RESULT,    /* on the photo `owner_id`, of model `name`: text is JSON */
	DEMO_EVENT,        /* of `user_id`: text is its title, `when_us` its start */
	DEMO_ROLE_REQUEST, /* of the uid `name`: text is the role; decided at `when_us`, or pending
			    */
	DEMO_PART_COUNT,
};
struct demo_row {
	struct id id;
	struct id organization_id;
	struct id owner_id;
	struct id user_id;
	unsigned position;
	const char *name;
	const char *text;
	int64_t when_us;
	int64_t at_us; /* when it was made */
};
enum db_result store_demo_part(struct db_tx *tx, enum demo_part part, const struct demo_row *row)
    __attribute__((warn_unused_result));

/* A request to delete a photo. One that is pending makes the photo's status deletion_requested. */
struct demo_request {
	struct id id;
	struct id organization_id;
	struct id photo_id;
	struct id site_id;
	struct id requester_id; /* none for a visitor */
	const char *requester_email;
	const char *requester_role; /* the words of the column */
	const char *reason;
	const char *status;
	struct id deletion_id;
	int64_t requested_at_us;
	int64_t due_at_us;
	int64_t reviewed_at_us;
	struct id reviewed_by;
	const char *rejection_reason;
};
enum db_result store_demo_request(struct db_tx *tx, const struct demo_request *request)
    __attribute__((warn_unused_result));

#endif
