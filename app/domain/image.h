/* image.h - what a staged file is, told by its content. */
#ifndef LETHE_DOMAIN_IMAGE_H
#define LETHE_DOMAIN_IMAGE_H

#include <base/error.h>
#include <storage/storage.h>

/* The content type of a staged JPEG, PNG, WebP or GIF, static. NULL with `error` (invalid, naming
 * `field`): "empty_file", or "invalid_image" where it is none of these or stops before its format
 * says that it ends. That last look follows the frame of each format (JPEG: an end-of-image marker
 * after the first scan; PNG: chunks up to IEND; GIF: its trailer at the end; WebP: the size in its
 * RIFF header); the pixels are not decoded. */
const char *image_type(const struct storage_stage *stage, const char *field, struct error *error)
    __attribute__((warn_unused_result));

#endif
