/* strip.h - pictures without what their files say besides the picture. */
#ifndef LETHE_DOMAIN_STRIP_H
#define LETHE_DOMAIN_STRIP_H

#include <base/buf.h>
#include <stdbool.h>
#include <stddef.h>

/* Append to `out` the picture of `length` bytes of that content type (image/jpeg, image/png,
 * image/webp, image/gif) without its embedded metadata: Exif, XMP, IPTC, comments, times,
 * thumbnails and whatever else is not needed to show it; colour profiles and animation stay, and of
 * a JPEG's Exif the orientation alone (ITU-T T.81, Exif 2.32; ISO/IEC 15948; RFC 9649; GIF89a).
 * What follows the end of the picture is left out. False where the bytes are not a whole picture of
 * that type; `out` may hold a part of it then. */
bool strip_metadata(const char *content_type, const unsigned char *bytes, size_t length,
    struct buf *out) __attribute__((warn_unused_result));

#endif
