/* exports_private.h - what the parts of making an export share. */
#ifndef LETHE_DOMAIN_EXPORTS_PRIVATE_H
#define LETHE_DOMAIN_EXPORTS_PRIVATE_H

#include "lease.h"

#include <domain/exports.h>
#include <storage/storage.h>

/* --- exports_zip.c: the archive (ZIP64 where it must be), written into a stage --- */

struct export_zip;

/* Begin an archive; its entries lie in `folder`. The stage stays the caller's. */
struct export_zip *export_zip_open(struct storage_stage *stage, const char *folder,
    struct error *error) __attribute__((warn_unused_result));

/* Begin a file of that many bytes; `packed`: compress it. */
bool export_zip_file(struct export_zip *zip, const char *name, int64_t bytes, int64_t time_us,
    bool packed, struct error *error) __attribute__((warn_unused_result));

/* Bytes of the file begun last: in all, exactly as many as it was to have. */
bool export_zip_write(struct export_zip *zip, const void *bytes, size_t length, struct error *error)
    __attribute__((warn_unused_result));

/* End the archive: true if it is whole. The handle is nulled. */
bool export_zip_end(struct export_zip **zip, struct error *error)
    __attribute__((warn_unused_result));

/* Give it up; NULL is fine. */
void export_zip_discard(struct export_zip **zip);

/* A name in the archive that no system stumbles over, and unique by the id: what of the title is
 * ASCII letters and digits, the id, the ending of the content type. `day_us` 0: without a day. */
const char *export_zip_name(struct arena *arena, const char *folder, int64_t day_us,
    const char *title, const struct id *id, const char *content_type);

/* --- exports_build.c --- */

/* One export being made. */
struct export_build {
	const struct domain *domain;
	const struct exports_limits *limits;
	struct lease *lease;
	struct arena *arena; /* of a page of rows */
	struct export_row row;
	struct export_person person;
	struct id object_id;
	char key[STORAGE_KEY_SIZE];
	char folder[32];
	struct storage_stage *stage;
	struct export_zip *zip;
	struct buf missing; /* names of files that could not be read */
	int64_t done;
	int64_t looked_us; /* when it last looked up, by the monotonic clock */
	bool given_up;     /* another's by now, or asked to stop */
	bool made;
	bool touched; /* by a purge, so that it is to be begun again */
};

/* Between two files: whether to go on. False without an error: it is given up. `page`: a whole page
 * is done, which is noted. */
bool export_build_look(struct export_build *build, bool page, struct error *error)
    __attribute__((warn_unused_result));

/* Make one export; the outcome stands in the build. */
bool export_build_run(const struct domain *domain, const struct exports_limits *limits,
    struct lease *lease, const struct id *id, struct export_build *build, struct error *error)
    __attribute__((warn_unused_result));

/* --- exports_contents.c --- */

/* Write everything into the archive. False with an error, or (given_up) without. */
bool export_contents_write(struct export_build *build, struct error *error)
    __attribute__((warn_unused_result));

#endif
