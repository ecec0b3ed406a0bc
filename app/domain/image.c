/* image.c - what a staged file is: its type by libmagic, and whether it is all there. */
#include "image.h"

#include <base/log.h>
#include <fcntl.h>
#include <magic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The bytes of an image, as laid out in the file. */
struct bytes {
	const unsigned char *data;
	size_t length;
};

static uint32_t big_endian(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t little_endian(const unsigned char *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* The end-of-image marker (ITU-T T.81, B.1.1.3) after a scan. Looked for behind the header
 * segments, which may hold a whole picture of their own (Exif thumbnails); what follows it is no
 * concern. */
static bool jpeg_is_whole(struct bytes file)
{
	size_t at = 2;

	while (at + 4 <= file.length && file.data[at] == 0xff && file.data[at + 1] != 0xda) {
		size_t length = (size_t)file.data[at + 2] << 8 | file.data[at + 3];

		/* Any marker may be preceded by fill bytes 0xff (B.1.1.2). */
		at += file.data[at + 1] == 0xff ? 1 : 2 + length;
	}
	if (at + 4 > file.length || file.data[at] != 0xff) {
		return false;
	}
	return memmem(file.data + at, file.length - at, "\xff\xd9", 2) != NULL;
}

/* Chunks up to IEND (PNG, third edition, 5.3: length, type, data, CRC). */
static bool png_is_whole(struct bytes file)
{
	size_t at = 8;

	while (at + 12 <= file.length) {
		size_t length = big_endian(file.data + at);

		if (length > file.length - at - 12) {
			return false;
		}
		if (memcmp(file.data + at + 4, "IEND", 4) == 0) {
			return true;
		}
		at += 12 + length;
	}
	return false;
}

/* The trailer (GIF89a, 27) as the last byte, but for zeros that some programs append. */
static bool gif_is_whole(struct bytes file)
{
	size_t end = file.length;

	while (end > 0 && file.data[end - 1] == 0) {
		end--;
	}
	return end > 13 && file.data[end - 1] == 0x3b;
}

/* The RIFF header's size, which counts what follows it (RFC 9649, 2.4). */
static bool webp_is_whole(struct bytes file)
{
	return file.length >= 20 && little_endian(file.data + 4) <= file.length - 8;
}

static const struct format {
	const char *type;
	bool (*is_whole)(struct bytes file);
} FORMATS[] = {
    {"image/jpeg", jpeg_is_whole},
    {"image/png", png_is_whole},
    {"image/gif", gif_is_whole},
    {"image/webp", webp_is_whole},
};

/* The database of types is read for each file: uploads are rare, and it is not safe to share. */
static const struct format *find_format(const char *path)
{
	magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
	const char *type = magic && magic_load(magic, NULL) == 0 ? magic_file(magic, path) : NULL;
	const struct format *found = NULL;

	if (!type) {
		log_event(LOG_ERROR, "content_type_unknown",
		    log_text("cause", magic ? magic_error(magic) : "out of memory"));
	}
	for (size_t i = 0; type && i < sizeof(FORMATS) / sizeof(FORMATS[0]); i++) {
		if (strcmp(type, FORMATS[i].type) == 0) {
			found = &FORMATS[i];
		}
	}
	if (magic) {
		magic_close(magic);
	}
	return found;
}

static bool is_whole(const struct format *format, const struct storage_stage *stage)
{
	const size_t length = (size_t)storage_stage_bytes(stage);
	int fd = open(storage_stage_path(stage), O_RDONLY | O_CLOEXEC);
	void *data = fd >= 0 ? mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	bool whole = false;

	if (fd >= 0) {
		close(fd);
	}
	if (data != MAP_FAILED) {
		whole = format->is_whole((struct bytes){data, length});
		munmap(data, length);
	}
	return whole;
}

const char *image_type(const struct storage_stage *stage, const char *field, struct error *error)
{
	const struct format *format = NULL;

	if (storage_stage_bytes(stage) == 0) {
		error_set_field(error, field, "empty_file", "The file is empty.");
		return NULL;
	}
	format = find_format(storage_stage_path(stage));
	if (!format || !is_whole(format, stage)) {
		error_set_field(error, field, "invalid_image",
		    "The file is not an image that can be read: it must be a complete JPEG, PNG, "
		    "WebP or GIF.");
		return NULL;
	}
	return format->type;
}
