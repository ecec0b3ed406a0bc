/* erasure_private.h - what the purge asks of the erasure of accounts. All of it runs in a step's
 * transaction but erasure_ask_identity. */
#ifndef LETHE_DOMAIN_ERASURE_PRIVATE_H
#define LETHE_DOMAIN_ERASURE_PRIVATE_H

#include "deletions.h"

#include <domain/erasure.h>
#include <domain/identity_provider.h>

#define IDENTITY_UID_SIZE 513 /* bytes of 128 characters */

/* Where the erasure of one person stands; zeroed at its start. In memory alone. */
struct erasing {
	struct id user_id; /* whose; none: of an organisation, the next one is to be found */
	size_t stage;
	struct id tenant; /* none: their own; the organisation whose words are gone through */
	bool abroad;      /* all have been */
	char identity_uid[IDENTITY_UID_SIZE]; /* not empty: the provider is to be asked now */
	bool waits; /* for a worker that knows the provider, or for a deletion of their own */
};

/* Before anything of a self-scheduled account goes: its row is marked, so that nobody signs in with
 * it. `may_r` is false where that would leave the organisation (or the installation) without an
 * admin: it waits. */
bool erasure_begin(struct db_tx *tx, const struct domain *domain, const struct deletion *deletion,
    bool *may_r, struct error *error) __attribute__((warn_unused_result));

/* Make what of the user's another deletion has in the trash this deletion's. `waits_r`: that one is
 * being restored or purged, which is waited for. */
bool erasure_adopt_step(struct db_tx *tx, struct deletion *deletion, int64_t budget, bool *done_r,
    bool *waits_r, struct error *error) __attribute__((warn_unused_result));

/* Take the name from at most a few photos that are kept, which the deletion's counts lose; nothing
 * where photos are deleted. */
bool erasure_keep_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    bool *done_r, struct error *error) __attribute__((warn_unused_result));

/* Run the stages for the person, at most `budget` rows, which are taken off it. `done_r`: nothing
 * is left, and the provider (if there is one) has forgotten them. */
bool erasure_step(struct db_tx *tx, const struct domain *domain, const struct deletion *deletion,
    struct erasing *erasing, int64_t *budget, bool *done_r, struct error *error)
    __attribute__((warn_unused_result));

/* The end of one person: the last mail, what else is due then, and the row. */
bool erasure_finish(struct db_tx *tx, const struct domain *domain, const struct deletion *deletion,
    const struct id *user_id, struct error *error) __attribute__((warn_unused_result));

/* The same for all of an organisation, one after another, each in a step of their own: what names
 * them is looked for in all that the organisation has. For whoever has left something in other
 * organisations a deletion of kind user begins, which takes the user off this one's counts, and
 * which is waited for (erasing->waits). */
bool erasure_people_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct erasing *erasing, int64_t *budget, bool *done_r, struct error *error)
    __attribute__((warn_unused_result));

/* Whether the provider is to be asked about the person: `erasing` says so then, or that it has to
 * wait for a worker who can. `done_r`: it is not. An identity that another live account has by now
 * is that one's, and stays. */
bool erasure_next_identity(struct db_tx *tx, const struct domain *domain, const struct user *user,
    struct erasing *erasing, bool *done_r, struct error *error) __attribute__((warn_unused_result));

/* Ask the provider, as erasing->identity_uid says, and note its answer. `later_r`: it is to be
 * asked again later; the deletion is put off. */
bool erasure_ask_identity(const struct domain *domain, const struct deletion *deletion,
    struct erasing *erasing, bool *later_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
