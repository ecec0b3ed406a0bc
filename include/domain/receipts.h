/* receipts.h - receipts of what was purged (auth/receipt.h says what one is).
 *
 * A deletion's receipt is signed in the transaction that settles it as purged, kept in its record,
 * and goes with that after the audit retention. Where no key was at hand then (domain->auth is
 * NULL), or the record is older than receipts are, it is made of the record when it is asked for;
 * nothing is stored by that, and while the key is the same so is the receipt. */
#ifndef LETHE_DOMAIN_RECEIPTS_H
#define LETHE_DOMAIN_RECEIPTS_H

#include <auth/receipt.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/deletions.h>

/* Make the receipt of a deletion whose counts and bytes are final, as of `purged_at_us`: the text,
 * in the arena; NULL where domain->auth is NULL. */
const char *receipts_issue(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, int64_t purged_at_us);

/* The receipt for one person whose account goes with the organisation that `deletion` is of: it
 * speaks of the account alone, under the organisation's deletion. NULL as above. */
const char *receipts_issue_person(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, int64_t purged_at_us);

/* The receipt of a deletion that deletions_find gave, in the arena. Errors: conflict "not_purged"
 * (deletion_id) while it is not purged; unavailable. */
bool receipts_get(const struct domain *domain, struct arena *arena, const struct deletion *deletion,
    const char **receipt_r, struct error *error) __attribute__((warn_unused_result));

/* The keys that receipts of this installation are verified with: those of the folder, the newest
 * first, then those that are gone from it. Reads no other table than that of keys. */
bool receipts_keys(const struct domain *domain, struct arena *arena, struct receipt_key **keys_r,
    size_t *count_r, struct error *error) __attribute__((warn_unused_result));

#endif
