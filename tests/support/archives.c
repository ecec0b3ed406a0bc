/* archives.c - what is in an export's file. */
#include "archives.h"

#include "program.h"

#include <archive.h>
#include <archive_entry.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *path)
{
	fprintf(stderr, "test archive: %s: %s\n", what, path);
	abort();
}

static void read_bytes(struct archive *archive, struct taken_file *file, const char *path)
{
	char piece[65536];
	la_ssize_t length;

	while ((length = archive_read_data(archive, piece, sizeof(piece))) > 0) {
		file->bytes = realloc(file->bytes, file->length + (size_t)length + 1);
		if (!file->bytes)
			die("memory", path);
		memcpy(file->bytes + file->length, piece, (size_t)length);
		file->length += (size_t)length;
		file->bytes[file->length] = '\0';
	}
	if (length < 0)
		die("broken", path);
	if (!file->bytes)
		file->bytes = calloc(1, 1);
}

void taken_read(struct taken *taken, const char *path)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;

	*taken = (struct taken){0};
	archive_read_support_format_zip(archive);
	if (archive_read_open_filename(archive, path, 65536) != ARCHIVE_OK)
		die("cannot be opened", path);
	while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		struct taken_file *file;

		taken->files = realloc(taken->files, (taken->count + 1) * sizeof(*taken->files));
		if (!taken->files)
			die("memory", path);
		file = &taken->files[taken->count++];
		*file = (struct taken_file){.name = strdup(archive_entry_pathname(entry))};
		read_bytes(archive, file, path);
	}
	archive_read_free(archive);
}

void taken_free(struct taken *taken)
{
	for (size_t i = 0; i < taken->count; i++) {
		free(taken->files[i].name);
		free(taken->files[i].bytes);
	}
	free(taken->files);
	*taken = (struct taken){0};
}

const struct taken_file *taken_find(const struct taken *taken, const char *name)
{
	for (size_t i = 0; i < taken->count; i++)
		if (strstr(taken->files[i].name, name))
			return &taken->files[i];
	return NULL;
}

static bool is_document(const struct taken_file *file)
{
	size_t length = strlen(file->name);

	return length > 5 && strcmp(file->name + length - 5, ".json") == 0;
}

bool taken_says(const struct taken *taken, const char *text)
{
	for (size_t i = 0; i < taken->count; i++)
		if (is_document(&taken->files[i]) && strstr(taken->files[i].bytes, text))
			return true;
	return false;
}

void taken_digest(const struct taken_file *file, unsigned char digest_r[32])
{
	crypto_generichash(digest_r, 32, (const unsigned char *)file->bytes, file->length, NULL, 0);
}

int taken_verify(const char *path)
{
	static const char script[] =
	    "import json,sys,zipfile\n"
	    "z = zipfile.ZipFile(sys.argv[1])\n"
	    "assert z.testzip() is None\n"
	    "assert len(set(z.namelist())) == len(z.namelist())\n"
	    "[json.loads(z.read(n)) for n in z.namelist() if n.endswith('.json')]";

	return program_run((const char *const[]){"python3", "-c", script, path, NULL}, NULL, 0);
}
