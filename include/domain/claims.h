/* claims.h - claims on sites: a member says that a site is theirs, an admin decides. An approved
 * claim makes a site owner. */
#ifndef LETHE_DOMAIN_CLAIMS_H
#define LETHE_DOMAIN_CLAIMS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <stdbool.h>
#include <store/claims.h>

/* Claim a live site of one's own organisation. One that was rejected may be claimed again, which
 * makes the same claim pending anew. Audit: claim.create, on the site. Errors: not_found; forbidden
 * "not_a_member" for a platform admin who acts for another organisation; conflict "already_claimed"
 * while a claim is pending or approved, "container_deleted" with the deletion_id. */
bool claims_make(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *site_id, struct claim *claim_r, struct error *error)
    __attribute__((warn_unused_result));

/* Approve or reject a claim on that site: admins. A decision can be changed later: rejecting an
 * approved claim takes the site's owner their right. Audit: claim.approve, claim.reject, on the
 * site. Errors: forbidden; not_found; conflict "already_decided" where the same decision stands. */
bool claims_decide(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *site_id, const struct id *claim_id, bool approve, struct claim *claim_r,
    struct error *error) __attribute__((warn_unused_result));

/* A page of the organisation's claims in one state, newest first: admins. `limit` 1 to 200. */
struct claims_page {
	struct claim *items;
	size_t count;
	struct id next; /* none: there is no further page */
};
bool claims_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum claim_state state, const struct id *before, unsigned limit, struct claims_page *page_r,
    struct error *error) __attribute__((warn_unused_result));

#define CLAIMS_COUNTED 100 /* claims_pending counts no further */

/* How many claims wait for a decision, up to CLAIMS_COUNTED: admins. */
bool claims_pending(const struct domain *domain, const struct actor *actor, struct arena *arena,
    int64_t *count_r, struct error *error) __attribute__((warn_unused_result));

/* The actor's own claims in the organisation acted in. */
bool claims_own(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct claim_rows *rows_r, struct error *error) __attribute__((warn_unused_result));

#endif
