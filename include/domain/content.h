/* content.h - quests and adventures of creators: listing, archiving, restoring from the archive.
 * Deleting them forever is deletions_delete_forever. */
#ifndef LETHE_DOMAIN_CONTENT_H
#define LETHE_DOMAIN_CONTENT_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/content.h>

/* One page of the actor's own content; the query's organisation and creator are set from the
 * actor. `limit` is 1 to 200. Errors: unavailable. */
bool content_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct content_query *query, struct content_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* One quest or adventure. Errors: not_found where the organisation has none, or it is deleted;
 * forbidden where it is someone else's. */
bool content_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *id, struct content *content_r, struct error *error)
    __attribute__((warn_unused_result));

/* Archive a draft or published one; `reason` may be NULL. Audit: quest.archive, adventure.archive.
 * Errors: as content_find; conflict "already_archived". */
bool content_archive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *id, const char *reason, struct content *content_r,
    struct error *error) __attribute__((warn_unused_result));

/* Give an archived one its former publishing status. Audit: quest.restore, adventure.restore.
 * Errors: as content_find; conflict "not_archived". */
bool content_restore(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum item_kind kind, const struct id *id, struct content *content_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
