/* claims.h - who says that a site is theirs (table site_claims). */
#ifndef LETHE_STORE_CLAIMS_H
#define LETHE_STORE_CLAIMS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <stdint.h>

/* In the order of the column. */
enum claim_state { CLAIM_PENDING, CLAIM_APPROVED, CLAIM_REJECTED, CLAIM_STATE_COUNT };

/* One claim: one per site and person, decided anew where it is made or decided again. Texts belong
 * to the arena of the call. */
struct claim {
	struct id id;
	struct id organization_id;
	struct id site_id;
	struct id user_id;
	enum claim_state state;
	struct id decided_by; /* none until decided */
	int64_t decided_at_us;
	int64_t created_at_us;

	/* Filled by the lists alone. */
	const char *site_name;
	const char *user_name;
	const char *user_email;
	const char *decider_name; /* or NULL */
};

const char *claim_state_name(enum claim_state state);

/* Lock a claim of the organisation by its id, or the one that a person has on a site. DB_NONE:
 * there is none. */
enum db_result store_claim_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *claim_id, struct claim *claim_r) __attribute__((warn_unused_result));
enum db_result store_claim_lock_own(struct db_tx *tx, const struct id *organization_id,
    const struct id *site_id, const struct id *user_id, struct claim *claim_r)
    __attribute__((warn_unused_result));

/* Whether there is such a claim on a site: DB_NONE if not. */
enum db_result store_claim_exists(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *site_id, const struct id *claim_id)
    __attribute__((warn_unused_result));

/* Insert a pending one. DB_CONFLICT: the person has one on that site. */
enum db_result store_claim_insert(struct db_tx *tx, const struct claim *claim)
    __attribute__((warn_unused_result));

/* Store state, decided_by and decided_at_us as they stand in `claim`, whose row is locked. */
enum db_result store_claim_set(struct db_tx *tx, const struct claim *claim)
    __attribute__((warn_unused_result));

/* Which claims a list shows: of live people on live sites, newest first. */
struct claims_query {
	struct id organization_id;
	enum claim_state state;
	struct id before; /* the cursor; none: from the newest */
	unsigned limit;
};
struct claim_rows {
	struct claim *items;
	size_t count;
};
enum db_result store_claims_list(
    struct db *db, struct arena *arena, const struct claims_query *query, struct claim_rows *rows_r)
    __attribute__((warn_unused_result));

/* How many pending ones an organisation's list holds, counted up to `limit`. */
enum db_result store_claims_pending(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t limit, int64_t *count_r)
    __attribute__((warn_unused_result));

/* A person's claims in an organisation, newest first, at most 1,000. */
enum db_result store_claims_of_user(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *user_id, struct claim_rows *rows_r)
    __attribute__((warn_unused_result));

#endif
