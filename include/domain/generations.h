/* generations.h - derivatives: a program is told to make one, and delivers it later or too late. */
#ifndef LETHE_DOMAIN_GENERATIONS_H
#define LETHE_DOMAIN_GENERATIONS_H

#include <auth/actor.h>
#include <domain/domain.h>
#include <storage/storage.h>
#include <store/photos.h>

/* Start one from a photo that is not deleted: its owner or an admin. Audit: generation.start.
 * Errors: not_found, forbidden; conflict "already_deleted". */
bool generation_start(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct id *generation_r, struct error *error)
    __attribute__((warn_unused_result));

/* Whether the actor may deliver its result, before anything of that is read; nothing is locked.
 * Where the original is deleted or gone, who started it and admins may try, and learn then that it
 * is too late. Errors: not_found (unknown, or another organisation's, or hidden), forbidden. */
bool generation_check(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *generation_id, struct error *error) __attribute__((warn_unused_result));

/* Deliver its result: the derivative, with the original's uploader, site, project, status and title
 * (an archived original's is archived too, in its batch). Once. Consumes `result` (nulled) whatever
 * happens; staged with the limit PHOTOS_MAX_BYTES. One started from a derivative becomes a
 * derivative of that one's original. Against a deletion at the same moment the original's row is
 * locked, and that of the photo it was started from: either the derivative is there before and goes
 * with it, or nothing is stored. Audit: photo.create. Errors: not_found, forbidden; invalid "file";
 * conflict "already_finished"; gone "original_deleted" where one of the two is deleted or purged by
 * then. */
bool generation_finish(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *generation_id, struct storage_stage **result, struct photo *photo_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
