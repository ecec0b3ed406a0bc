/* script.c - read files of SQL and cut them into statements. */
#include "script.h"

#include <base/buf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_LENGTH 4 /* of the digits a name begins with */

static int is_script(const struct dirent *entry)
{
	const char *name = entry->d_name;
	size_t length = strlen(name);

	return strspn(name, "0123456789") == NUMBER_LENGTH && name[NUMBER_LENGTH] == '_' &&
	       strcmp(name + length - 4, ".sql") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_file(const char *path, struct buf *buf)
{
	char piece[8192];
	size_t length;
	bool read;
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return false;
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_append(buf, piece, length);
	read = ferror(file) == 0;
	fclose(file);
	return read;
}

static bool load(const char *folder, const char *name, struct arena *arena, struct script *script_r)
{
	struct buf buf = {0};
	bool read = read_file(arena_printf(arena, "%s/%s", folder, name), &buf);

	if (read) {
		script_r->name = arena_dup(arena, name);
		script_r->text = arena_copy(arena, buf.data ? buf.data : "", buf.length);
		script_r->length = buf.length;
	}
	buf_free(&buf);
	return read;
}

static bool load_all(const char *folder, struct dirent **entries, size_t count, struct arena *arena,
    struct script *scripts, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (i > 0 && strncmp(name, entries[i - 1]->d_name, NUMBER_LENGTH) == 0)
			return error_set(error, ERROR_INTERNAL, "migration_folder",
			    "%s and %s have the same number.", entries[i - 1]->d_name, name);
		if (!load(folder, name, arena, &scripts[i]))
			return error_set(error, ERROR_INTERNAL, "migration_folder",
			    "%s/%s cannot be read: %s.", folder, name, strerror(errno));
	}
	return true;
}

bool script_load_folder(
    const char *folder, struct arena *arena, struct script_list *list_r, struct error *error)
{
	struct dirent **entries = NULL;
	int found = scandir(folder, &entries, is_script, by_name);
	bool loaded;

	if (found < 0)
		return error_set(error, ERROR_INTERNAL, "migration_folder",
		    "The folder of migrations %s cannot be read: %s.", folder, strerror(errno));
	list_r->count = (size_t)found;
	list_r->items = arena_array(arena, list_r->count, sizeof(*list_r->items));
	loaded = load_all(folder, entries, list_r->count, arena, list_r->items, error);
	for (int i = 0; i < found; i++)
		free(entries[i]);
	free(entries);
	return loaded;
}

void script_digest(
    const struct script *script, size_t length, unsigned char digest[SCRIPT_DIGEST_SIZE])
{
	crypto_generichash(
	    digest, SCRIPT_DIGEST_SIZE, (const unsigned char *)script->text, length, NULL, 0);
}

static bool begins_comment(const char *at)
{
	return at[0] == '-' && at[1] == '-' && (at[2] == '\0' || isspace((unsigned char)at[2]));
}

static bool ends_line(const char *at)
{
	at += strspn(at, " \t\r");
	return *at == '\n' || *at == '\0';
}

/* The position after a text in quotes that begins at `at`; a doubled quote is two texts in a row.
 */
static const char *skip_quoted(const char *at)
{
	char quote = *at++;

	while (*at != '\0' && *at != quote)
		at += at[0] == '\\' && at[1] != '\0' && quote != '`' ? 2 : 1;
	return *at == '\0' ? at : at + 1;
}

static const char *skip_blank(const char *at)
{
	for (;;) {
		at += strspn(at, " \t\r\n");
		if (!begins_comment(at))
			return at;
		at += strcspn(at, "\n");
	}
}

/* The semicolon that ends the statement at `at`, or NULL. */
static const char *find_end(const char *at)
{
	while (*at != '\0') {
		if (*at == '\'' || *at == '"' || *at == '`')
			at = skip_quoted(at);
		else if (begins_comment(at))
			at += strcspn(at, "\n");
		else if (*at == ';' && ends_line(at + 1))
			return at;
		else
			at++;
	}
	return NULL;
}

static int count_lines(const char *text, const char *end)
{
	int line = 1;

	for (; text < end; text++)
		line += *text == '\n';
	return line;
}

bool script_next(const struct script *script, size_t begin, struct arena *arena,
    struct script_statement *statement_r)
{
	const char *first = skip_blank(script->text + begin);
	const char *end;

	*statement_r = (struct script_statement){
	    .begin = begin, .end = script->length, .line = count_lines(script->text, first)};
	if (*first == '\0')
		return true;
	end = find_end(first);
	if (end == NULL)
		return false;
	statement_r->sql = arena_copy(arena, first, (size_t)(end - first));
	statement_r->end = (size_t)(end + 1 - script->text);
	return true;
}
