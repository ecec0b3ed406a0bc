/* erasure.h - the purge of an account and of everything that identifies its owner.
 *
 * A deletion of kind user is purged as any other (purge.h: selection, brake, lease, one transaction
 * of at most step_rows rows at a time), through the stages of the table in app/domain/erasure.c, in
 * their order. Nothing but the rows says how far it is: an erasure that starts anew runs through
 * all stages and finds nothing left to do in those that are done. An organisation's purge runs the
 * same stages for each of its users before it removes them; for one who has left something in other
 * organisations it begins a hard deletion of kind user, and waits for that.
 *
 * To add something that must go with an account: a statement in app/store/erasure.c that takes at
 * most `limit` rows (and gives 0 once none is left), a row in the stages, and a row per column in
 * the table below, which a test holds against information_schema. */
#ifndef LETHE_DOMAIN_ERASURE_H
#define LETHE_DOMAIN_ERASURE_H

#include <base/doc.h>
#include <base/error.h>
#include <base/id.h>
#include <db/db.h>
#include <domain/domain.h>
#include <store/deletions.h>
#include <store/users.h>

/* What an erasure does to a column that holds text, bytes or a user's id. */
enum erasure_effect {
	ERASED_ROW_GOES,  /* rows of the person are removed (queued, for files) */
	ERASED_BLANKED,   /* NULL, or a neutral word, in rows of the person that stay */
	ERASED_STRIPPED,  /* blanked in photos that are kept, which lose their other details too */
	ERASED_TOMBSTONE, /* of the user's own row: blanked where the row stays */
	ERASED_DETACHED,  /* the user's id becomes NULL or another user's */
	ERASED_KEEPS_UID, /* keeps the user's id, which names nobody once the row is gone */
	ERASED_SETTLED,   /* blanked when its deletion or request is settled, by the same erasure */
	ERASED_NOT_PERSONAL, /* ids of things, words of the program, digests, keys, names of places
			      */
	ERASED_OTHERS,       /* text of the organisation or of other people, which is theirs */
	ERASURE_EFFECT_COUNT,
};

/* One column of the schema, and why it is as it is. */
struct erasure_column {
	const char *table;
	const char *column;
	enum erasure_effect effect;
	const char *by; /* the stage that does it, or why nothing has to be done */
};

/* The table: every column of every table that can hold text, bytes or a user's id. */
const struct erasure_column *erasure_columns(size_t *count_r);

/* One account being erased. Texts live in the transaction's arena. */
struct erasure {
	const struct domain *domain;
	const struct deletion *deletion; /* of kind user, or of the organisation that takes it */
	struct user user;                /* as its row says still */
	bool keep_photos;
	int64_t now_us;
};

/* Take at most `limit` rows of a stage; `rows_r` says how many were taken, 0 once none is left. */
typedef enum db_result (*erasure_stage_fn)(
    struct db_tx *tx, const struct erasure *erasure, int64_t limit, int64_t *rows_r);

/* Work at the end of an account's erasure, in its last transaction, when everything but the user's
 * own row is gone and the deletion is about to become `purged` (its counts and bytes are final):
 * what receipts and webhooks add. `erasure->user` has the address for the last time. `mail_values`
 * is what mail account_erased (which goes to that address and is forgotten once it is sent) will
 * show: add to it. NULL where the account has no address. Rows of erasure_at_end in
 * app/domain/erasure.c. */
typedef bool (*erasure_end_fn)(
    struct db_tx *tx, const struct erasure *erasure, struct doc *mail_values, struct error *error);

/* What an erasure waits for, where that is the identity provider. Texts live in the arena. */
struct erasure_wait {
	const char *why; /* the code of its last answer: identity/identity.h */
	unsigned attempts;
	int64_t since_us; /* when it was asked first */
	int64_t next_us;  /* when it will be asked again */
};

/* Whether the purge of an account, or of an organisation, waits for the identity provider. */
bool erasure_waits(const struct domain *domain, struct arena *arena, const struct id *deletion_id,
    bool *waits_r, struct erasure_wait *wait_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
