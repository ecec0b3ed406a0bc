/* acts.c - what a page's form and its API twin do alike. */
#include "acts.h"

#include "input.h"
#include "show.h"
#include "upload.h"

#include <auth/auth.h>
#include <domain/content.h>
#include <domain/deletions.h>
#include <string.h>

#define LIST_LIMIT 50

struct auth_caller acts_caller(const struct web *web)
{
	return (struct auth_caller){
	    .ip = web->request->remote_address,
	    .user_agent = http_header(web->request, "User-Agent"),
	    .request_id = web->request->id,
	};
}

/* Split at commas; photos_add trims and drops what is empty. */
static size_t split_tags(struct web *web, const char *text, const char ***tags_r)
{
	size_t count = 1;
	char *copy = arena_dup(web->arena, text);
	char *rest = copy;
	size_t n = 0;

	for (const char *c = text; *c; c++)
		count += *c == ',';
	*tags_r = arena_array(web->arena, count, sizeof(**tags_r));
	for (char *tag; (tag = strsep(&rest, ","));)
		(*tags_r)[n++] = tag;
	return n;
}

bool acts_add_photo(struct web *web, struct photo *photo_r, struct error *error)
{
	struct upload upload;
	struct photos_upload adding = {0};
	const char **tags = NULL;
	const char *tag_text;
	bool ok;

	if (!upload_read(web, true, &upload, error))
		return false;
	tag_text = input_text(web, "tags");
	adding.original = upload.file;
	adding.thumbnail = upload.thumbnail;
	adding.title = input_text(web, "title");
	adding.description = input_text(web, "description");
	adding.project_id = *input_id(web, "project_id");
	adding.site_id = *input_id(web, "site_id");
	adding.tag_count = tag_text ? split_tags(web, tag_text, &tags) : 0;
	adding.tags = tags;
	ok = photos_add(web->domain, &web->actor, web->arena, &adding, photo_r, error);
	return ok;
}

bool acts_list_photos(struct web *web, struct photos_page *page_r, struct error *error)
{
	struct photos_query query = {
	    .include_archived = input_bool(web, "include_archived"),
	    .include_deleted = input_bool(web, "includeDeleted"),
	    .mine = input_bool(web, "mine"),
	    .project_id = *input_id(web, "project_id"),
	    .site_id = *input_id(web, "site_id"),
	    .tag = input_text(web, "tag"),
	    .by_status = input_get(web, "status")->present,
	    .status = (enum photo_status)input_get(web, "status")->integer,
	    .limit = (unsigned)input_integer(web, "limit", PHOTOS_DEFAULT_LIMIT),
	    .before = *input_id(web, "cursor"),
	};

	return photos_list(web->domain, &web->actor, web->arena, &query, page_r, error);
}

struct audit_query acts_audit_query(const struct web *web)
{
	return (struct audit_query){
	    .from_us = input_integer(web, "from", 0),
	    .to_us = input_integer(web, "to", 0),
	    .actor = input_text(web, "actor"),
	    .action = input_text(web, "action"),
	    .kind = input_text(web, "kind"),
	    .item_id = *input_id(web, "item_id"),
	    .after = *input_id(web, "cursor"),
	    .limit = (unsigned)input_integer(web, "limit", LIST_LIMIT),
	};
}

bool acts_delete_photo(struct web *web, struct deletion *deletion_r, struct error *error)
{
	struct deletion_act act = {
	    .kind = ITEM_PHOTO,
	    .item_id = web->subject_id,
	    .reason = input_text(web, "reason"),
	    .origin = ORIGIN_BY_ACTOR,
	};

	return deletions_delete(web->domain, &web->actor, web->arena, &act, deletion_r, error);
}

bool acts_set_windows(struct web *web, struct doc *page, struct error *error)
{
	struct deletion_windows windows;
	enum db_result result =
	    deletion_windows(web->domain->db, web->arena, &web->actor.organization_id, &windows);

	if (result != DB_OK)
		return db_fail(result, error);
	doc_set_text(page, "window_words",
	    windows.photo_recovery_us == 0 ? NULL
					   : show_duration(web->arena, windows.photo_recovery_us));
	doc_set_text(
	    page, "retention_words", show_duration(web->arena, windows.archive_retention_us));
	return true;
}

bool acts_restore_photo(struct web *web, struct photo *photo_r, struct error *error)
{
	return photos_restore(web->domain, &web->actor, web->arena, &web->subject_id,
	    input_text(web, "reason"), photo_r, error);
}

bool acts_delete_forever(
    struct web *web, enum item_kind kind, struct deletion *deletion_r, struct error *error)
{
	return deletions_delete_forever(web->domain, &web->actor, web->arena, kind,
	    &web->subject_id, input_text(web, "reason"), deletion_r, error);
}

static bool list_kind(struct web *web, enum item_kind kind, unsigned limit,
    struct content_page *page_r, struct error *error)
{
	const struct web_value *status = input_get(web, "status");
	struct content_query query = {
	    .kind = kind,
	    .any_status = !status->present,
	    .status = (enum content_status)status->integer,
	    .after = *input_id(web, "cursor"),
	    .limit = limit,
	};

	return content_list(web->domain, &web->actor, web->arena, &query, page_r, error);
}

static bool is_newer(const struct content *a, const struct content *b)
{
	return memcmp(a->id.bytes, b->id.bytes, sizeof(a->id.bytes)) > 0;
}

/* The newest `limit` of two pages that are each newest first. */
static void merge(struct web *web, const struct content_page *a, const struct content_page *b,
    unsigned limit, struct content_page *page_r)
{
	size_t i = 0;
	size_t j = 0;

	page_r->items = arena_array(web->arena, limit + 1, sizeof(*page_r->items));
	page_r->count = 0;
	while (page_r->count < limit && (i < a->count || j < b->count)) {
		bool from_a =
		    j >= b->count || (i < a->count && is_newer(&a->items[i], &b->items[j]));
		page_r->items[page_r->count++] = from_a ? a->items[i++] : b->items[j++];
	}
	page_r->more = a->more || b->more || i < a->count || j < b->count;
}

bool acts_list_content(struct web *web, struct content_page *page_r, struct error *error)
{
	const struct web_value *type = input_get(web, "content_type");
	unsigned limit = (unsigned)input_integer(web, "limit", PHOTOS_DEFAULT_LIMIT);
	struct content_page quests = {0};
	struct content_page adventures = {0};

	if ((!type->present || type->integer == 0) &&
	    !list_kind(web, ITEM_QUEST, limit, &quests, error))
		return false;
	if ((!type->present || type->integer == 1) &&
	    !list_kind(web, ITEM_ADVENTURE, limit, &adventures, error))
		return false;
	merge(web, &quests, &adventures, limit, page_r);
	return true;
}

bool acts_restore_deletion(struct web *web, struct deletion *deletion_r, struct error *error)
{
	const struct web_value *items = input_get(web, "items");
	struct restore_choice choice = {
	    .without_container = input_bool(web, "without_container"),
	    .items = items->present ? items->ids : NULL,
	    .item_count = items->count,
	};

	return deletions_restore(
	    web->domain, &web->actor, web->arena, &web->subject_id, &choice, deletion_r, error);
}
