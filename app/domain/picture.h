/* picture.h - pictures for the demonstration, painted rather than kept: real PNG files, each
 * different. */
#ifndef LETHE_DOMAIN_PICTURE_H
#define LETHE_DOMAIN_PICTURE_H

#include <storage/storage.h>

#define PICTURE_WIDTH            640
#define PICTURE_HEIGHT           480
#define PICTURE_THUMBNAIL_WIDTH  160
#define PICTURE_THUMBNAIL_HEIGHT 120
#define PICTURE_SCENES           14

enum picture_tint { PICTURE_PLAIN, PICTURE_GREY, PICTURE_WARM, PICTURE_COOL, PICTURE_TINTS };

/* What a picture shows. The same three always give the same bytes. */
struct picture {
	unsigned scene; /* below PICTURE_SCENES */
	unsigned seed;  /* the lie of the land */
	enum picture_tint tint;
};

/* Paint a picture into a new stage, as a PNG (ISO/IEC 15948) of that size, 8 bits of red, green and
 * blue. NULL with `error` as of storage_stage. */
struct storage_stage *picture_stage(const struct storage *storage, const struct picture *picture,
    unsigned width, unsigned height, struct error *error) __attribute__((warn_unused_result));

#endif
