/* uploads.h - files on their way in: staged first, looked at, then handed to photos_add or
 * generation_finish, or discarded. */
#ifndef LETHE_DOMAIN_UPLOADS_H
#define LETHE_DOMAIN_UPLOADS_H

#include <domain/domain.h>

struct storage_stage;

enum upload_part { UPLOAD_FILE, UPLOAD_THUMBNAIL, UPLOAD_PART_COUNT };

/* Begin a file, with the limit of its part. NULL with `error` (unavailable). */
struct storage_stage *uploads_begin(const struct domain *domain, enum upload_part part,
    struct error *error) __attribute__((warn_unused_result));

/* Append bytes. False: too_large "file_too_large" with the part's name as field, or unavailable;
 * then it can only be discarded. */
bool uploads_write(struct storage_stage *stage, enum upload_part part, const char *bytes,
    size_t length, struct error *error) __attribute__((warn_unused_result));

/* Forget it and null the handle. NULL is fine. */
void uploads_discard(struct storage_stage **stage);

#endif
