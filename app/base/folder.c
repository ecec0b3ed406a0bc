/* folder.c - a walk over the texts in a folder. */
#include <base/arena.h>
#include <base/folder.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct walk {
	struct arena *arena; /* of names */
	const char *root;
	const char *ending;
	size_t max_bytes;
	folder_text_fn visit;
	void *context;
};

static bool refuse(const char *path, const char *what, struct error *error)
{
	return error_set(error, ERROR_INVALID, "unreadable_file", "%s: %s", path, what);
}

/* One byte more than is allowed is asked for, to see that there is none. */
static bool read_text(const struct walk *walk, struct arena *arena, const char *path, char **text_r,
    size_t *length_r, struct error *error)
{
	FILE *file = fopen(path, "rb");
	bool failed;

	if (!file)
		return refuse(path, strerror(errno), error);
	*text_r = arena_alloc(arena, walk->max_bytes + 2);
	*length_r = fread(*text_r, 1, walk->max_bytes + 1, file);
	failed = ferror(file) != 0;
	fclose(file);
	if (failed)
		return refuse(path, "cannot be read", error);
	return *length_r <= walk->max_bytes || refuse(path, "is too large", error);
}

static bool visit_file(
    const struct walk *walk, const char *name, const char *path, struct error *error)
{
	struct arena *scratch = arena_create();
	char *text = NULL;
	size_t length = 0;
	bool ok = read_text(walk, scratch, path, &text, &length, error) &&
		  walk->visit(walk->context, name, path, text, length, error);

	arena_destroy(&scratch);
	return ok;
}

static bool walk_folder(const struct walk *walk, const char *below, struct error *error);

static bool visit_entry(
    const struct walk *walk, const char *below, const char *entry, struct error *error)
{
	const char *inside = *below ? arena_join(walk->arena, below, "/", entry, NULL)
				    : arena_dup(walk->arena, entry);
	const char *path = arena_join(walk->arena, walk->root, "/", inside, NULL);
	size_t length = strlen(inside);
	size_t ending = strlen(walk->ending);
	struct stat status;

	if (entry[0] == '.')
		return true;
	if (stat(path, &status) < 0)
		return refuse(path, strerror(errno), error);
	if (S_ISDIR(status.st_mode))
		return walk_folder(walk, inside, error);
	if (length <= ending || strcmp(inside + length - ending, walk->ending) != 0)
		return true;
	return visit_file(walk, arena_copy(walk->arena, inside, length - ending), path, error);
}

static bool walk_folder(const struct walk *walk, const char *below, struct error *error)
{
	const char *path =
	    *below ? arena_join(walk->arena, walk->root, "/", below, NULL) : walk->root;
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool ok = true;

	if (!folder)
		return refuse(path, strerror(errno), error);
	while (ok && (entry = readdir(folder)))
		ok = visit_entry(walk, below, entry->d_name, error);
	closedir(folder);
	return ok;
}

bool folder_read_texts(const char *folder, const char *ending, size_t max_bytes,
    folder_text_fn visit, void *context, struct error *error)
{
	struct walk walk = {
	    .arena = arena_create(),
	    .root = folder,
	    .ending = ending,
	    .max_bytes = max_bytes,
	    .visit = visit,
	    .context = context,
	};
	bool ok = walk_folder(&walk, "", error);

	arena_destroy(&walk.arena);
	return ok;
}
