/* templates.c - a walk over folders of templates. */
#include "templates.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ENDING ".mustache"

struct walk {
	struct arena *arena;
	struct mustache_set *set;
	const char *root;
	bool replaces_only; /* the operator's folder: a name we do not have is a mistake */
};

static bool refuse(const char *path, const char *what, struct error *error)
{
	return error_set(error, ERROR_INVALID, "invalid_template", "%s: %s", path, what);
}

static bool read_file(
    struct walk *walk, const char *path, char **text_r, size_t *length_r, struct error *error)
{
	FILE *file = fopen(path, "rb");
	char *text = arena_alloc(walk->arena, MUSTACHE_SIZE_MAX + 2);
	size_t length;

	if (!file)
		return refuse(path, strerror(errno), error);
	length = fread(text, 1, MUSTACHE_SIZE_MAX + 1, file);
	fclose(file);
	if (length > MUSTACHE_SIZE_MAX)
		return refuse(path, "is larger than 1 MiB", error);
	*text_r = text;
	*length_r = length;
	return true;
}

static bool add_file(struct walk *walk, const char *name, struct error *error)
{
	struct arena *scratch = arena_create();
	struct walk reading = *walk;
	char *text = NULL;
	size_t length = 0;
	const char *path = arena_printf(walk->arena, "%s/%s" ENDING, walk->root, name);
	bool ok;

	reading.arena = scratch;
	if (walk->replaces_only && !mustache_set_find(walk->set, name))
		ok = refuse(path, "there is no template of that name to replace", error);
	else
		ok = read_file(&reading, path, &text, &length, error) &&
		     mustache_set_add(walk->set, name, text, length, error);
	arena_destroy(&scratch);
	return ok;
}

static bool walk_folder(struct walk *walk, const char *below, struct error *error);

static bool add_entry(struct walk *walk, const char *below, const char *entry, struct error *error)
{
	const char *inside = *below ? arena_printf(walk->arena, "%s/%s", below, entry) : entry;
	const char *path = arena_printf(walk->arena, "%s/%s", walk->root, inside);
	size_t length = strlen(inside);
	size_t ending = strlen(ENDING);
	struct stat status;

	if (entry[0] == '.')
		return true;
	if (stat(path, &status) < 0)
		return refuse(path, strerror(errno), error);
	if (S_ISDIR(status.st_mode))
		return walk_folder(walk, inside, error);
	if (length <= ending || strcmp(inside + length - ending, ENDING) != 0)
		return true;
	return add_file(walk, arena_copy(walk->arena, inside, length - ending), error);
}

static bool walk_folder(struct walk *walk, const char *below, struct error *error)
{
	const char *path = arena_printf(walk->arena, "%s/%s", walk->root, below);
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool ok = true;

	if (!folder)
		return refuse(path, strerror(errno), error);
	while (ok && (entry = readdir(folder)))
		ok = add_entry(walk, below, arena_dup(walk->arena, entry->d_name), error);
	closedir(folder);
	return ok;
}

struct mustache_set *templates_load(
    const struct config *config, struct arena *arena, struct error *error)
{
	struct mustache_set *set = mustache_set_create();
	struct walk ours = {
	    .arena = arena,
	    .set = set,
	    .root = arena_printf(arena, "%s/templates", config->share),
	};
	struct walk own = {
	    .arena = arena, .set = set, .root = config->templates, .replaces_only = true};

	if (walk_folder(&ours, "", error) &&
	    (!config->templates[0] || walk_folder(&own, "", error)) &&
	    mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, error))
		return set;
	mustache_set_destroy(&set);
	return NULL;
}
