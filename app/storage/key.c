/* key.c - names of objects: "ab/cd/<uuid>", made by us alone.
 *
 * The folders are the last four digits of the id, which are random; its first ones are the time,
 * and would put everything of an hour into one folder. */
#include "backend.h"

#include <stdio.h>
#include <string.h>

#define FOLDERS_LENGTH 6 /* "ab/cd/" */
#define KEY_LENGTH     (FOLDERS_LENGTH + ID_TEXT_SIZE - 1)

static void format_key(const char *uuid, char out[STORAGE_KEY_SIZE])
{
	const char *end = uuid + ID_TEXT_SIZE - 1;

	snprintf(out, STORAGE_KEY_SIZE, "%.2s/%.2s/%s", end - 4, end - 2, uuid);
}

void storage_key_make(const struct id *id, char out[STORAGE_KEY_SIZE])
{
	char uuid[ID_TEXT_SIZE];

	id_format(id, uuid);
	format_key(uuid, out);
}

bool storage_key_valid(const char *key)
{
	struct id id;
	char expected[STORAGE_KEY_SIZE];

	if (strlen(key) != KEY_LENGTH || !id_parse(key + FOLDERS_LENGTH, &id)) {
		return false;
	}
	storage_key_make(&id, expected);
	return strcmp(key, expected) == 0;
}

int64_t storage_key_time_us(const char *key)
{
	struct id id;

	return id_parse(key + FOLDERS_LENGTH, &id) ? id_time_us(&id) : 0;
}

void storage_href(const char *key, char out[STORAGE_HREF_SIZE])
{
	snprintf(out, STORAGE_HREF_SIZE, "/internal/files/%s", key);
}
