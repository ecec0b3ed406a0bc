/* imports.c - a folder of images, taken in by the operator. */
#include <base/text.h>
#include <domain/audit.h>
#include <domain/imports.h>
#include <domain/photos.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <store/places.h>
#include <store/users.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct import {
	const struct domain *domain;
	const struct imports_options *options;
	struct actor actor; /* the owner: the photos are theirs */
	struct id project_id;
	imports_fn fn;
	void *context;
	struct imports_report *report;
	struct arena *arena; /* of one file */
};

static void tell(
    struct import *import, enum imports_outcome outcome, const char *path, const char *why)
{
	const unsigned lead = (unsigned)strlen(import->options->folder);
	const char *shown = path + lead + (path[lead] == '/');
	unsigned *const counts[] = {
	    [IMPORTS_ADDED] = &import->report->added,
	    [IMPORTS_STORED] = &import->report->stored,
	    [IMPORTS_IN_TRASH] = &import->report->in_trash,
	    [IMPORTS_REFUSED] = &import->report->refused,
	};

	*counts[outcome] += 1;
	if (import->fn) {
		import->fn(import->context, outcome, shown, why);
	}
}

/* The owner acts in all of it: what is imported is as if they had uploaded it. */
static bool find_owner(struct import *import, struct arena *arena, struct error *error)
{
	const char *email = text_normalize_email(arena, import->options->owner);
	struct user user = {0};
	enum db_result result =
	    email ? users_find_by_email(import->domain->db, arena, email, &user) : DB_NONE;
	char *uid = arena_alloc(arena, ID_TEXT_SIZE);

	if (result == DB_NONE) {
		return error_set_field(error, "owner", "unknown",
		    "There is no user with the address %s.", import->options->owner);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	id_format(&user.id, uid);
	import->actor = (struct actor){
	    .role = ROLE_MEMBER,
	    .user_id = user.id,
	    .organization_id = user.organization_id,
	    .uid = uid,
	};
	return true;
}

static bool insert_project(struct db_tx *tx, void *context, struct error *error)
{
	struct import *import = context;
	const struct place place = {
	    .kind = PLACE_PROJECT,
	    .id = import->project_id,
	    .organization_id = import->actor.organization_id,
	    .name = import->options->project,
	    .created_by = import->actor.user_id,
	    .created_at_us = clock_now_us(import->domain->clock),
	};
	enum db_result result = store_place_insert(tx, &place);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return audit_write(tx, import->domain, &import->actor,
	    &(struct audit_event){
		.action = "project.create", .kind = "project", .item_id = place.id},
	    error);
}

static bool find_project(struct import *import, struct arena *arena, struct error *error)
{
	const char *name = import->options->project;
	struct place place = {0};
	enum db_result result = DB_OK;

	if (!name || text_is_blank(name)) {
		return true;
	}
	if (text_length(name) > 200) {
		return error_set_field(error, "project", "too_long",
		    "The name of a project has at most 200 characters.");
	}
	result = store_project_by_name(
	    import->domain->db, arena, &import->actor.organization_id, name, &place);
	import->project_id = place.id;
	if (result != DB_NONE) {
		return result == DB_OK || db_fail(result, error);
	}
	import->project_id = id_generate(clock_now_us(import->domain->clock));
	return db_transaction(import->domain->db, insert_project, import, error);
}

/* Copy a file into a stage. A file that cannot be read is refused; the storage's own failures end
 * the import. */
static bool copy_file(int fd, struct storage_stage *stage, struct arena *arena, struct error *error)
{
	const size_t size = 65536;
	char *chunk = arena_alloc(arena, size);
	ssize_t got = 0;

	while ((got = read(fd, chunk, size)) > 0) {
		if (!storage_stage_write(stage, chunk, (size_t)got, error)) {
			return false;
		}
	}
	return got == 0 || error_set_field(error, "file", "unreadable", "The file cannot be read.");
}

static struct storage_stage *stage_file(
    struct import *import, const char *path, struct error *error)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct storage_stage *stage = NULL;

	if (fd < 0) {
		error_set_field(error, "file", "unreadable", "The file cannot be read.");
		return NULL;
	}
	stage = storage_stage(import->domain->storage, PHOTOS_MAX_BYTES, error);
	if (stage && !copy_file(fd, stage, import->arena, error)) {
		storage_discard(&stage);
	}
	close(fd);
	return stage;
}

/* The name without folders and extension, cut to what a title holds. Not all names are text. */
static const char *title_of(struct arena *arena, const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *dot = strrchr(name, '.');
	char *title = arena_copy(arena, name, dot > name ? (size_t)(dot - name) : strlen(name));

	if (!text_is_utf8(title, strlen(title))) {
		return NULL;
	}
	while (text_length(title) > PHOTOS_MAX_TITLE) {
		size_t end = strlen(title) - 1;

		while (end > 0 && ((unsigned char)title[end] & 0xc0) == 0x80) {
			end--;
		}
		title[end] = '\0';
	}
	return title;
}

/* True in `known_r` if the organisation has that very file, which is then told. */
static bool is_known(struct import *import, const struct storage_stage *stage, const char *path,
    bool *known_r, struct error *error)
{
	unsigned char digest[STORAGE_DIGEST_SIZE];
	struct id photo = id_none;
	bool deleted = false;
	enum db_result result = DB_ERROR;

	storage_stage_digest(stage, digest);
	result = store_file_by_digest(import->domain->db, import->arena,
	    &import->actor.organization_id, digest, &photo, &deleted);
	*known_r = result == DB_OK;
	if (result == DB_OK) {
		tell(import, deleted ? IMPORTS_IN_TRASH : IMPORTS_STORED, path,
		    deleted ? "It is in the trash: restore it there." : NULL);
	}
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* Whether a failure is this file's alone. */
static bool is_refusal(const struct error *error)
{
	return error->kind == ERROR_INVALID || error->kind == ERROR_TOO_LARGE;
}

static bool add_file(
    struct import *import, struct storage_stage **stage, const char *path, struct error *error)
{
	struct photos_upload upload = {
	    .original = *stage,
	    .title = title_of(import->arena, path),
	    .project_id = import->project_id,
	};
	struct photo photo;

	*stage = NULL;
	if (!photos_add(import->domain, &import->actor, import->arena, &upload, &photo, error)) {
		return false;
	}
	tell(import, IMPORTS_ADDED, path, NULL);
	return true;
}

static bool import_file(struct import *import, const char *path, struct error *error)
{
	struct error why = {0};
	struct storage_stage *stage = NULL;
	bool known = false;
	bool ok = false;

	arena_reset(import->arena);
	stage = stage_file(import, path, &why);
	ok = stage && is_known(import, stage, path, &known, &why) &&
	     (known || add_file(import, &stage, path, &why));
	storage_discard(&stage);
	if (!ok && is_refusal(&why)) {
		tell(import, IMPORTS_REFUSED, path, why.message);
		return true;
	}
	if (!ok && error) {
		*error = why;
	}
	return ok;
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool walk(struct import *import, FTS *tree, struct error *error)
{
	const FTSENT *entry = NULL;

	while ((entry = fts_read(tree))) {
		switch (entry->fts_info) {
		case FTS_F:
			if (!import_file(import, entry->fts_path, error)) {
				return false;
			}
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			tell(import, IMPORTS_REFUSED, entry->fts_path, "It cannot be read.");
			break;
		default: /* folders, links and what else is no file */
			break;
		}
	}
	return true;
}

static bool run(struct import *import, struct error *error)
{
	char *const roots[] = {arena_dup(import->arena, import->options->folder), NULL};
	struct stat facts;
	FTS *tree = NULL;
	bool ok = false;

	if (stat(roots[0], &facts) != 0 || !S_ISDIR(facts.st_mode)) {
		return error_set_field(
		    error, "folder", "not_a_folder", "%s is not a folder.", roots[0]);
	}
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, compare_names);
	if (!tree) {
		return error_set(
		    error, ERROR_INTERNAL, "walk_failed", "The folder cannot be walked.");
	}
	ok = walk(import, tree, error);
	fts_close(tree);
	return ok;
}

bool imports_run(const struct domain *domain, const struct imports_options *options, imports_fn fn,
    void *context, struct imports_report *report_r, struct error *error)
{
	struct arena *arena = arena_create();
	struct import import = {
	    .domain = domain,
	    .options = options,
	    .fn = fn,
	    .context = context,
	    .report = report_r,
	    .arena = arena_create(),
	};
	bool ok = false;

	*report_r = (struct imports_report){0};
	ok = find_owner(&import, arena, error) && find_project(&import, arena, error) &&
	     run(&import, error);
	arena_destroy(&import.arena);
	arena_destroy(&arena);
	return ok;
}
