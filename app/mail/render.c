/* render.c - templates of mails, and what they make of the values. */
#include "render.h"

#include <base/folder.h>
#include <base/text.h>
#include <errno.h>
#include <sys/stat.h>

#define ENDING ".mustache"
#define FOLDER "mail/"

struct loading {
	struct mustache_set *set;
	bool replaces_only; /* the operator's folder: a name we do not have is a mistake */
};

static bool add_template(void *context, const char *name, const char *path, const char *text,
    size_t length, struct error *error)
{
	const struct loading *loading = context;
	struct arena *scratch = arena_create();
	const char *full = arena_join(scratch, FOLDER, name, NULL);
	bool ok;

	if (loading->replaces_only && !mustache_set_find(loading->set, full))
		ok = error_set(error, ERROR_INVALID, "invalid_template",
		    "%s: there is no template of that name to replace", path);
	else
		ok = mustache_set_add(loading->set, full, text, length, error);
	arena_destroy(&scratch);
	return ok;
}

/* The folder of mails below `root`; one's own need not have it. */
static bool load_folder(
    struct mustache_set *set, const char *root, bool replaces_only, struct error *error)
{
	struct loading loading = {set, replaces_only};
	struct arena *scratch = arena_create();
	const char *folder = arena_join(scratch, root, "/mail", NULL);
	struct stat status;
	bool absent = replaces_only && stat(folder, &status) < 0 && errno == ENOENT;
	bool ok = absent || folder_read_texts(
				folder, ENDING, MUSTACHE_SIZE_MAX, add_template, &loading, error);

	arena_destroy(&scratch);
	return ok;
}

/* Say whose mistake it is: the operator's. */
static bool blame_own(struct error *error)
{
	const struct error found = *error;

	return error_set(error, found.kind, found.code, "LETHE_TEMPLATES: %s", found.message);
}

/* What is linked with one's own templates fails for their mistakes alone. */
static bool load_own(struct mustache_set *set, const struct config *config, struct error *error)
{
	bool is_own = config->templates[0] != '\0';

	return ((!is_own || load_folder(set, config->templates, true, error)) &&
		   mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, error)) ||
	       (is_own && blame_own(error));
}

struct mustache_set *mail_load_templates(const struct config *config, struct error *error)
{
	struct mustache_set *set = mustache_set_create();
	struct arena *scratch = arena_create();
	const char *ours = arena_join(scratch, config->share, "/templates", NULL);
	bool ok = load_folder(set, ours, false, error) && load_own(set, config, error);

	arena_destroy(&scratch);
	if (!ok)
		mustache_set_destroy(&set);
	return set;
}

static bool render_part(const struct mustache_set *set, struct arena *arena, const char *name,
    const char *part, const struct doc *root, const char **text_r, struct error *error)
{
	const struct mustache_template *template =
	    mustache_set_find(set, arena_join(arena, FOLDER, name, part, NULL));
	struct buf out = {0};

	if (!template)
		return error_set(error, ERROR_INTERNAL, "no_template",
		    "There is no mail template %s%s.", name, part);
	if (!mustache_render(template, root, &out, error))
		return false;
	*text_r = arena_copy(arena, out.data ? out.data : "", out.length);
	buf_free(&out);
	return true;
}

/* One line of at most MAIL_SUBJECT_MAX code points. */
static const char *make_subject(struct arena *arena, const char *text)
{
	char *subject = text_trim(arena, text);
	size_t points = 0;

	for (char *at = subject; *at; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
		if (((unsigned char)*at & 0xc0) != 0x80 && points++ == MAIL_SUBJECT_MAX)
			*at = '\0';
		if (!*at)
			break;
	}
	return subject;
}

static void set_surroundings(
    struct doc *root, const struct config *config, const char *recipient, const char *unsubscribe)
{
	struct doc *contacts = doc_object(root->arena);

	doc_set_text(contacts, "privacy", config->contact_privacy);
	doc_set_text(contacts, "support", config->contact_support);
	doc_set_text(contacts, "general", config->contact_general);
	doc_set(root, "contacts", contacts);
	doc_set_text(root, "base_url", config->base_url);
	doc_set_text(root, "recipient", recipient);
	doc_set_text(root, "unsubscribe_url",
	    unsubscribe ? arena_join(root->arena, config->base_url, unsubscribe, NULL) : NULL);
}

bool mail_render(const struct mustache_set *set, const struct config *config, struct arena *arena,
    const char *name, const char *recipient, const char *unsubscribe, const char *data,
    struct mail_words *words_r, struct error *error)
{
	struct doc *root;

	if (!mail_read_values(arena, data, &root, error))
		return false;
	set_surroundings(root, config, recipient, unsubscribe);
	if (!render_part(set, arena, name, ".subject", root, &words_r->subject, error) ||
	    !render_part(set, arena, name, ".txt", root, &words_r->text, error) ||
	    !render_part(set, arena, name, ".html", root, &words_r->html, error))
		return false;
	words_r->subject = make_subject(arena, words_r->subject);
	return true;
}
