/* deletions.h - what the acts on deletions share. Every function here runs in the caller's
 * transaction, under the lock of the deletion's row (or of the item, while there is no deletion).
 */
#ifndef LETHE_DOMAIN_DELETIONS_PRIVATE_H
#define LETHE_DOMAIN_DELETIONS_PRIVATE_H

#include <auth/policy.h>
#include <domain/cascade.h>
#include <domain/deletions.h>
#include <domain/lifecycle.h>
#include <domain/purge.h>

/* What a person has left in another organisation than their own; none, none: their own. */
struct elsewhere {
	struct id person;
	struct id tenant;
};

/* Where a marking stands between two steps; zeroed at its start. It lives in memory alone: a
 * marking that starts anew finds what is marked and goes on behind it. */
struct marking {
	size_t relation;
	unsigned band; /* of what the root itself holds */
	struct id at;  /* the last parent done; of what the root holds the lowest id done */
	bool again;    /* children became parents themselves: pass once more */
	struct elsewhere place; /* of an account or an organisation */
	bool begun;             /* of an organisation: what is elsewhere has been looked for */
};

/* Where a restoring stands, likewise. */
struct unmarking {
	bool begun; /* what comes before the marks is done */
	size_t table;
	struct id after;
	struct id tenant; /* another organisation that has things of theirs */
	int64_t left;     /* rows, with accounts on their way out */
};

/* How far what a container holds has been counted, likewise. */
struct counting {
	size_t relation;
	unsigned band;
	struct id at; /* the lowest id counted of the band */
	bool done;
};

/* Where the work on a deletion stands between two turns; zeroed at its start. */
struct background_place {
	struct counting counting;
	int64_t counted_from, counted; /* rows done when the counting began; counted since */
	struct marking marking;
	struct unmarking unmarking;
	int64_t progress; /* of the deletion's row then: another now means somebody else went on */
};

/* True for kinds that hold little: their deletion is counted as a whole beforehand. */
bool deletion_is_small(enum item_kind kind);

/* A deletion as the statements on rows in one organisation take it: its own, or (not none) another
 * one, where an account has left something. Only for its ids. */
struct deletion deletion_in(const struct deletion *deletion, const struct id *tenant);
/* The same as of the account of the person, where it is not in its own. */
struct deletion deletion_of_person(const struct deletion *deletion, const struct elsewhere *place);

/* The next organisation besides its own that has something of a deleted account, or of the people
 * of a deleted organisation, after `tenant` (none: the first), which it takes the place of.
 * DB_NONE: there is none; so of all other kinds. */
enum db_result deletion_next_tenant(struct db *db, struct arena *arena,
    const struct deletion *deletion, struct id *tenant) __attribute__((warn_unused_result));

/* The same, one person after the other: the next place after that one (zeroed: the first). */
enum db_result deletion_next_elsewhere(struct db *db, struct arena *arena,
    const struct deletion *deletion, struct elsewhere *place) __attribute__((warn_unused_result));

/* Add to an impact what is live in all these places. */
enum db_result deletion_add_elsewhere(struct db *db, struct arena *arena,
    const struct deletion *deletion, int64_t most, struct deletion_impact *impact)
    __attribute__((warn_unused_result));

/* How the lifecycle calls a deletion's state, and who acts. */
enum lifecycle_state deletion_lifecycle(const struct deletion *deletion);
enum lifecycle_actor lifecycle_actor_of(const struct actor *actor);

/* True while the window is open: before recover_until, not at it. */
bool deletion_is_open(const struct deletion *deletion, int64_t now_us);

/* The sum of all counts. */
int64_t deletion_total(const struct deletion *deletion);

/* Ask the lifecycle and move the row's state accordingly; `total` is the rows there are to handle
 * in the new state. */
bool deletion_advance(struct db_tx *tx, struct deletion *deletion, enum lifecycle_act act,
    enum lifecycle_actor actor, int64_t now_us, int64_t total, struct error *error)
    __attribute__((warn_unused_result));

/* Write "<kind>.<verb>" (or the whole `action`, where there is a dot in it) about an item, with
 * what the deletion says of itself. */
bool deletion_audit(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct deletion *deletion, const char *action, const struct id *item_id,
    const char *reason, struct error *error) __attribute__((warn_unused_result));

/* Check a reason and make a blank one NULL. */
bool deletion_reason(const char **reason, struct error *error) __attribute__((warn_unused_result));

/* What policy needs to know of an item and of a deletion. */
struct policy_subject root_subject(enum item_kind kind, const struct root_item *item);
struct policy_subject deletion_subject(const struct deletion *deletion);

/* Say that an item is deleted, and by which deletion. */
bool refuse_deleted(const struct id *deletion_id, struct error *error);

/* Say that a deletion that is still marking stands in the way. */
bool refuse_marking(const struct id *deletion_id, struct error *error);

/* The answer for an item or a deletion that is not there. */
bool fail_find(enum db_result result, const char *what, struct error *error);

/* Begin the deletion that `deletion` describes (id, organisation, act, item, origin, mode, times):
 * insert it, mark the root and as much with it as fits a step, write the audit entry. A hard one is
 * left in the state purging, or marking where it is larger than a step. `only_archived`: the root
 * must be archived still; DB_NONE of the mark is told by `gone_r`, with no error set. */
bool deletion_begin(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    struct deletion *deletion, bool only_archived, bool *gone_r, struct error *error)
    __attribute__((warn_unused_result));

/* Mark at most `budget` rows more; `done_r` once nothing is left. With `whole` parents are not
 * taken in ranges, for a deletion known to be small. */
bool marking_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct marking *marking, bool whole, int64_t budget, bool *done_r, struct error *error)
    __attribute__((warn_unused_result));

/* Mark at most `budget` rows of what the people of an organisation have left elsewhere: nothing
 * else tells readers there that it is deleted. */
bool marking_elsewhere(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    int64_t budget, struct error *error) __attribute__((warn_unused_result));

/* marking → trashed, and on to purging where the deletion is hard. */
bool marking_finish(struct db_tx *tx, struct deletion *deletion, int64_t now_us,
    struct error *error) __attribute__((warn_unused_result));

/* What a restore has left with accounts on their way out, by table, and its bytes. */
struct hidden_rows {
	int64_t rows[MARK_TABLE_COUNT];
	int64_t bytes;
};

/* Before the marks of a deletion are cleared: what of its rows in (after, upto] of a table is
 * somebody's whose account is on its way out bears that account's deletion instead, which counts
 * it. So it stays hidden as the rest of theirs, and comes back where they stay. Added to `hidden`.
 */
enum db_result leaving_keep(struct db_tx *tx, const struct deletion *deletion,
    enum mark_table table, const struct id *after, const struct id *upto,
    struct hidden_rows *hidden) __attribute__((warn_unused_result));
/* The same for one photo and its details. */
enum db_result leaving_keep_photo(struct db_tx *tx, const struct deletion *deletion,
    const struct id *photo_id, struct hidden_rows *hidden) __attribute__((warn_unused_result));

/* Undo at most `budget` effects and marks; `done_r` once none is left. */
bool restoring_step(struct db_tx *tx, struct deletion *deletion, struct unmarking *unmarking,
    int64_t budget, bool *done_r, struct error *error) __attribute__((warn_unused_result));

/* Use up the re-authentication that allowed the act, if there was one; forbidden "reauth_required"
 * if it was used before. */
bool deletion_spend_reauth(struct db_tx *tx, const struct actor *actor, struct error *error)
    __attribute__((warn_unused_result));

/* The organisation in which an actor finds a deletion: the one acted in, or (platform admins) that
 * of the deletion where it is an organisation's own. */
void deletion_scope(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *deletion_id, struct id *organization_r);

/* Once a deletion of kind user is being undone, the account's row says that it is not on its way
 * out any more; nothing for other kinds. */
bool account_stays(struct db_tx *tx, const struct deletion *deletion, struct error *error)
    __attribute__((warn_unused_result));

/* Restore all of a deletion whose row is locked, in the caller's transaction, as the lifecycle and
 * the window allow; more than step_rows rows in the background. Audit. */
bool deletion_undo(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    struct deletion *deletion, struct error *error) __attribute__((warn_unused_result));

/* Whether the organisation of that root may be deleted by the actor: conflict "holds_actor" or
 * "last_platform_admin". */
bool deletion_check_organization(struct db_tx *tx, const struct actor *actor,
    const struct root_item *item, struct error *error) __attribute__((warn_unused_result));

/* Count rows by the table they were marked in. */
void count_marks(struct deletion *deletion, const int64_t rows[MARK_TABLE_COUNT], int64_t sign);

/* Tell a test that a step has committed. */
void domain_after_step(const struct domain *domain, const char *name);

/* Go on with one deletion that is in the state given (marking or restoring), from where it stands
 * to the end or as far as the limits let, unless another worker is at it; `steps` is counted up
 * within the limits. */
bool background_turn(const struct domain *domain, const struct deletion_due *due,
    struct background_place *place, const struct purge_limits *limits, unsigned *steps,
    struct error *error) __attribute__((warn_unused_result));

/* Finish marking one deletion, likewise. */
bool background_mark(const struct domain *domain, const struct id *deletion_id,
    const struct purge_limits *limits, unsigned *steps_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
