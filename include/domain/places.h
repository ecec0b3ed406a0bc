/* places.h - lists of projects, sites, albums, tags and organisations. */
#ifndef LETHE_DOMAIN_PLACES_H
#define LETHE_DOMAIN_PLACES_H

#include <auth/actor.h>
#include <auth/policy.h>
#include <domain/domain.h>
#include <store/places.h>

struct places_page {
	struct place *items; /* newest first */
	size_t count;
	struct id next; /* none: there is no further page */
};

/* The live ones of the actor's organisation; organisations: all live ones, platform admins alone.
 * `limit` 1 to 200 (0: 50; invalid "limit" otherwise), `before` the cursor. forbidden for visitors.
 */
bool places_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, unsigned limit, const struct id *before, struct places_page *page_r,
    struct error *error) __attribute__((warn_unused_result));

/* The same by name, behind the one whose id is `after` (none: from the first); not of tags. */
bool places_by_name(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, unsigned limit, const struct id *after, struct places_page *page_r,
    struct error *error) __attribute__((warn_unused_result));

/* The same of those (projects or sites) whose name contains a text, in any case; NULL: of all. */
bool places_search(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, const char *name, unsigned limit, const struct id *before,
    struct places_page *page_r, struct error *error) __attribute__((warn_unused_result));

/* One of them, live; another tenant's, unknown or deleted: not_found. */
bool places_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, const struct id *place_id, struct place *place_r, struct error *error)
    __attribute__((warn_unused_result));

/* What policy needs to know of a project, site, album or organisation (tags have no policy). Who
 * deleted it is not in its row, and left none. */
struct policy_subject places_policy_subject(const struct place *place);

#endif
