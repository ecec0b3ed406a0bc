/* uploads.c - limits of files on their way in. */
#include <domain/photos.h>
#include <domain/uploads.h>
#include <stdio.h>

static const struct {
	const char *name, *too_large;
	uint64_t limit;
} parts[UPLOAD_PART_COUNT] = {
    [UPLOAD_FILE] = {"file", "A photo can have at most 25 MiB.", PHOTOS_MAX_BYTES},
    [UPLOAD_THUMBNAIL] = {"thumbnail", "A thumbnail can have at most 2 MiB.",
	PHOTOS_THUMBNAIL_BYTES},
};

struct storage_stage *uploads_begin(
    const struct domain *domain, enum upload_part part, struct error *error)
{
	return storage_stage(domain->storage, parts[part].limit, error);
}

bool uploads_write(struct storage_stage *stage, enum upload_part part, const char *bytes,
    size_t length, struct error *error)
{
	if (storage_stage_write(stage, bytes, length, error))
		return true;
	if (error->kind == ERROR_TOO_LARGE)
		error_set(error, ERROR_TOO_LARGE, "file_too_large", "%s", parts[part].too_large);
	snprintf(error->field, sizeof(error->field), "%s", parts[part].name);
	return false;
}

void uploads_discard(struct storage_stage **stage)
{
	storage_discard(stage);
}
