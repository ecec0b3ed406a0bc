/* exports_zip.c - the archive: APPNOTE.TXT's ZIP by libarchive, streamed into a stage. */
#include "exports_private.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#define BLOCK       65536
#define SLUG_LENGTH 40

struct export_zip {
	struct arena *arena; /* holds the struct itself */
	struct storage_stage *stage;
	const char *folder;
	struct archive *archive;
	struct archive_entry *entry;
	struct error error; /* of the stage */
	bool discarded;
};

/* A failure is kept and looked at after each call: an archive that is told of it frees nothing of
 * its own any more. */
static la_ssize_t take(struct archive *archive, void *context, const void *bytes, size_t length)
{
	struct export_zip *zip = context;

	(void)archive;
	if (zip->error.kind == ERROR_NONE && !zip->discarded) {
		(void)!storage_stage_write(zip->stage, bytes, length, &zip->error);
	}
	return (la_ssize_t)length;
}

/* What the stage said, or that the archive cannot be made. */
static bool fail(const struct export_zip *zip, struct error *error)
{
	if (zip->error.kind != ERROR_NONE) {
		*error = zip->error;
		return false;
	}
	return error_set(error, ERROR_INTERNAL, "archive_failed", "The archive cannot be made.");
}

static bool ends_well(const struct export_zip *zip, bool ok, struct error *error)
{
	return (ok && zip->error.kind == ERROR_NONE) || fail(zip, error);
}

struct export_zip *export_zip_open(
    struct storage_stage *stage, const char *folder, struct error *error)
{
	struct arena *arena = arena_create();
	struct export_zip *zip = arena_alloc(arena, sizeof(*zip));

	zip->arena = arena;
	zip->stage = stage;
	zip->folder = arena_dup(arena, folder);
	zip->archive = archive_write_new();
	zip->entry = archive_entry_new();
	if (zip->archive && zip->entry &&
	    archive_write_set_format_zip(zip->archive) == ARCHIVE_OK &&
	    archive_write_set_bytes_per_block(zip->archive, BLOCK) == ARCHIVE_OK &&
	    archive_write_set_bytes_in_last_block(zip->archive, 1) == ARCHIVE_OK &&
	    archive_write_open(zip->archive, zip, NULL, take, NULL) == ARCHIVE_OK) {
		return zip;
	}
	(void)fail(zip, error);
	export_zip_discard(&zip);
	return NULL;
}

bool export_zip_file(struct export_zip *zip, const char *name, int64_t bytes, int64_t time_us,
    bool packed, struct error *error)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", zip->folder, name);
	archive_entry_clear(zip->entry);
	archive_entry_set_pathname(zip->entry, path);
	archive_entry_set_filetype(zip->entry, AE_IFREG);
	archive_entry_set_perm(zip->entry, 0644);
	archive_entry_set_size(zip->entry, bytes);
	archive_entry_set_mtime(zip->entry, time_us / CLOCK_SECOND_US, 0);
	return ends_well(zip,
	    (packed ? archive_write_zip_set_compression_deflate
		    : archive_write_zip_set_compression_store)(zip->archive) == ARCHIVE_OK &&
		archive_write_header(zip->archive, zip->entry) == ARCHIVE_OK,
	    error);
}

bool export_zip_write(struct export_zip *zip, const void *bytes, size_t length, struct error *error)
{
	return ends_well(
	    zip, archive_write_data(zip->archive, bytes, length) == (la_ssize_t)length, error);
}

bool export_zip_end(struct export_zip **zip, struct error *error)
{
	bool ok = ends_well(*zip, archive_write_close((*zip)->archive) == ARCHIVE_OK, error);

	export_zip_discard(zip);
	return ok;
}

void export_zip_discard(struct export_zip **zip)
{
	struct arena *arena;

	if (!*zip) {
		return;
	}
	arena = (*zip)->arena;
	(*zip)->discarded = true; /* what is still to be written goes nowhere */
	archive_entry_free((*zip)->entry);
	archive_write_free((*zip)->archive);
	arena_destroy(&arena);
	*zip = NULL;
}

static const char *ending(const char *content_type)
{
	static const struct {
		const char *type, *ending;
	} endings[] = {
	    {"image/jpeg", "jpg"},
	    {"image/png", "png"},
	    {"image/webp", "webp"},
	    {"image/gif", "gif"},
	};

	for (size_t i = 0; content_type && i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (strcmp(endings[i].type, content_type) == 0) {
			return endings[i].ending;
		}
	}
	return "bin";
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Letters and digits; a hyphen for each run of anything else between them, and one at the end. */
static void put_slug(const char *title, char out[SLUG_LENGTH + 2])
{
	size_t length = 0;

	for (const char *at = title ? title : ""; *at && length < SLUG_LENGTH; at++) {
		if (is_plain(*at)) {
			out[length++] = *at;
		} else if (length > 0 && out[length - 1] != '-') {
			out[length++] = '-';
		}
	}
	if (length > 0 && out[length - 1] != '-') {
		out[length++] = '-';
	}
	out[length] = '\0';
}

const char *export_zip_name(struct arena *arena, const char *folder, int64_t day_us,
    const char *title, const struct id *id, const char *content_type)
{
	char slug[SLUG_LENGTH + 2], uuid[ID_TEXT_SIZE], day[CLOCK_TEXT_SIZE] = "";

	put_slug(title, slug);
	id_format(id, uuid);
	if (day_us) {
		clock_format(day_us, day);
	}
	return arena_printf(arena, "%s/%.10s%s%s%s.%s", folder, day, day_us ? "-" : "", slug, uuid,
	    ending(content_type));
}
