/* shares.h - links that show one photo to anybody who has them. */
#ifndef LETHE_DOMAIN_SHARES_H
#define LETHE_DOMAIN_SHARES_H

#include <auth/actor.h>
#include <domain/domain.h>
#include <store/files.h>
#include <store/photos.h>
#include <store/shares.h>

/* Make a link to a live photo, not archived: its owner or an admin. `expires_at_us` lies in the
 * future, or 0: no end. `token_r` is the link's secret, shown this once: 32 random bytes as
 * base64url. Audit: share.create. Errors: not_found, forbidden; invalid "expires_at"; conflict
 * "already_deleted", "already_archived", "not_published" (pending or rejected). */
bool share_create(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, int64_t expires_at_us, struct share *share_r, const char **token_r,
    struct error *error) __attribute__((warn_unused_result));

/* Revoke a link, for good; one that is revoked already stays so. Audit: share.revoke. Errors:
 * not_found, forbidden. */
bool share_revoke(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const struct id *share_id, struct error *error)
    __attribute__((warn_unused_result));

/* The links of a photo, newest first, dead ones included: its owner or an admin. */
bool share_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct share_rows *rows_r, struct error *error)
    __attribute__((warn_unused_result));

/* True while a link shows its photo, as far as the link itself goes. */
bool share_is_live(const struct share *share, int64_t now_us);

/* The photo a link shows, to whoever has its token. gone ("share_gone") where the link is dead:
 * revoked, expired (at expires_at it is), or its photo deleted, archived, purged, pending or
 * rejected; never saying which. not_found where the token is malformed or unknown. */
bool share_open(const struct domain *domain, struct arena *arena, const char *token,
    struct photo *photo_r, struct error *error) __attribute__((warn_unused_result));

/* A stored file of the photo a link shows, as photos_file; errors as share_open. */
bool share_file(const struct domain *domain, struct arena *arena, const char *token,
    enum file_part part, struct file *file_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
