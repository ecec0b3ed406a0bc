/* photos_archive.h - archiving as one act among several. */
#ifndef LETHE_DOMAIN_PHOTOS_ARCHIVE_H
#define LETHE_DOMAIN_PHOTOS_ARCHIVE_H

#include <domain/photos.h>

/* Archive one photo as part of the batch `batch_id`; `rows_r` counts it and what went along. */
bool photos_archive_in_batch(const struct domain *domain, const struct actor *actor,
    const struct id *photo_id, const char *reason, const struct id *batch_id, int64_t *rows_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
