/* templates.c - the templates of pages, from our folder and over it the operator's. */
#include "templates.h"

#include <base/folder.h>

#define ENDING ".mustache"

struct loading {
	struct mustache_set *set;
	bool replaces_only; /* the operator's folder: a name we do not have is a mistake */
};

static bool add_template(void *context, const char *name, const char *path, const char *text,
    size_t length, struct error *error)
{
	const struct loading *loading = context;

	if (loading->replaces_only && !mustache_set_find(loading->set, name))
		return error_set(error, ERROR_INVALID, "invalid_template",
		    "%s: there is no template of that name to replace", path);
	return mustache_set_add(loading->set, name, text, length, error);
}

static bool load_folder(struct loading *loading, const char *folder, struct error *error)
{
	return folder_read_texts(folder, ENDING, MUSTACHE_SIZE_MAX, add_template, loading, error);
}

/* Say whose mistake it is: the operator's. */
static bool blame_own(struct error *error)
{
	const struct error found = *error;

	return error_set(error, found.kind, found.code, "LETHE_TEMPLATES: %s", found.message);
}

/* What is linked with one's own templates fails for their mistakes alone. */
static bool load_own(struct loading *own, const struct config *config, struct error *error)
{
	bool is_own = config->templates[0] != '\0';

	return ((!is_own || load_folder(own, config->templates, error)) &&
		   mustache_set_link(own->set, MUSTACHE_MISSING_IS_ERROR, error)) ||
	       (is_own && blame_own(error));
}

struct mustache_set *templates_load(
    const struct config *config, struct arena *arena, struct error *error)
{
	struct mustache_set *set = mustache_set_create();
	struct loading ours = {.set = set};
	struct loading own = {.set = set, .replaces_only = true};

	if (load_folder(&ours, arena_join(arena, config->share, "/templates", NULL), error) &&
	    load_own(&own, config, error))
		return set;
	mustache_set_destroy(&set);
	return NULL;
}
