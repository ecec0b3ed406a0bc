/* routes.c - every page and every endpoint: the map of the product. */
#include "handlers.h"
#include "route.h"

#include <store/kinds.h>

/* Choices are in the order of the enums that handlers turn them into. */
static const char *const status_choices[] = {"pending", "approved", "rejected", NULL};
static const char *const patch_choices[] = {"update_status", "recover", NULL};
static const char *const kind_choices[] = {"photo", "album", "project", "site", "quest",
    "adventure", "event", "user", "organization", NULL};
static const char *const state_choices[] = {
    "marking", "trashed", "restoring", "restored", "purging", "purged", NULL};
static const char *const content_choices[] = {"quests", "adventures", NULL};
static const char *const publishing_choices[] = {"draft", "published", "archived", NULL};
static const char *const purpose_choices[] = {"account.delete", "account.export", "user.delete",
    "photo.permanent", "organization.delete", NULL};
static const char *const delete_choices[] = {"DELETE", NULL};
static const char *const tab_choices[] = {"deleted", "archived", NULL};
static const char *const format_choices[] = {"csv", "jsonl", NULL};

#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}
#define REASON                                                                                     \
	{                                                                                          \
		.name = "reason", .type = INPUT_TEXT, .max = 2000,                                 \
		.meaning = "why, in one's own words"                                               \
	}
#define LIMIT                                                                                      \
	{                                                                                          \
		.name = "limit", .type = INPUT_INTEGER, .place = IN_QUERY, .min = 1, .max = 200,   \
		.meaning = "items on a page"                                                       \
	}
#define CURSOR                                                                                     \
	{                                                                                          \
		.name = "cursor", .type = INPUT_ID, .place = IN_QUERY,                             \
		.meaning = "`next` of a list"                                                      \
	}
#define QUERY(name_, type_, meaning_)                                                              \
	{                                                                                          \
		.name = (name_), .type = (type_), .place = IN_QUERY, .meaning = (meaning_)         \
	}
#define NOTICE                                                                                     \
	QUERY("done", INPUT_TEXT, NULL), QUERY("act", INPUT_TEXT, NULL),                           \
	    QUERY("n", INPUT_TEXT, NULL)
#define IDS                                                                                        \
	{                                                                                          \
		.name = "ids", .type = INPUT_IDS, .required = true, .max = 1000,                   \
		.meaning = "1 to 1,000 photos"                                                     \
	}
#define CONFIRM                                                                                    \
	{                                                                                          \
		.name = "confirm_text", .type = INPUT_CHOICE, .required = true,                    \
		.choices = delete_choices, .meaning = "the word DELETE"                            \
	}

static const struct web_input in_token[] = {
    {.name = "email", .type = INPUT_TEXT, .required = true, .max = 254, .meaning = "address"},
    {.name = "password", .type = INPUT_TEXT, .required = true, .max = 1024, .meaning = "password"},
    END};
static const struct web_input in_login[] = {
    {.name = "email", .type = INPUT_TEXT, .required = true, .max = 254},
    {.name = "password", .type = INPUT_TEXT, .required = true, .max = 1024},
    {.name = "next", .type = INPUT_TEXT, .max = 1000}, END};
static const struct web_input in_login_page[] = {QUERY("next", INPUT_TEXT, NULL), NOTICE, END};
static const struct web_input in_sso[] = {
    {.name = "token", .type = INPUT_TEXT, .required = true, .max = 12000},
    {.name = "next", .type = INPUT_TEXT, .max = 1000}, END};
static const struct web_input in_reauth_page[] = {
    {.name = "act", .type = INPUT_ID, .place = IN_QUERY, .required = true}, END};
static const struct web_input in_reauth_send[] = {
    {.name = "act", .type = INPUT_ID, .required = true},
    {.name = "password", .type = INPUT_TEXT, .required = true, .max = 1024}, END};
static const struct web_input in_reauth[] = {
    {.name = "password",
	.type = INPUT_TEXT,
	.max = 1024,
	.meaning = "password; not needed with a fresh host token"},
    {.name = "purpose",
	.type = INPUT_CHOICE,
	.required = true,
	.choices = purpose_choices,
	.meaning = "what it is for"},
    {.name = "item", .type = INPUT_ID, .meaning = "the item, where the purpose has one"}, END};
static const struct web_input in_upload[] = {
    {.name = "title", .type = INPUT_TEXT, .max = 200, .meaning = "what people call it"},
    {.name = "description", .type = INPUT_TEXT, .max = 5000, .meaning = "free text"},
    {.name = "project_id", .type = INPUT_ID, .meaning = "project to put it in"},
    {.name = "site_id", .type = INPUT_ID, .meaning = "site to submit it to"},
    {.name = "tags", .type = INPUT_TEXT, .max = 6000, .meaning = "names, comma-separated"}, END};
static const struct web_input in_upload_page[] = {
    QUERY("project_id", INPUT_ID, NULL), QUERY("site_id", INPUT_ID, NULL), END};
static const struct web_input in_photo_list[] = {
    QUERY("include_archived", INPUT_BOOL, "archived photos too"),
    QUERY("includeDeleted", INPUT_BOOL, "deleted photos too (admins)"),
    QUERY("project_id", INPUT_ID, "of this project"), QUERY("site_id", INPUT_ID, "of this site"),
    {.name = "tag",
	.type = INPUT_TEXT,
	.place = IN_QUERY,
	.max = 100,
	.meaning = "with this tag, by name or id"},
    LIMIT, CURSOR, END};
static const struct web_input in_library[] = {QUERY("include_archived", INPUT_BOOL, NULL),
    QUERY("mine", INPUT_BOOL, NULL), QUERY("project_id", INPUT_ID, NULL),
    QUERY("site_id", INPUT_ID, NULL),
    {.name = "tag", .type = INPUT_TEXT, .place = IN_QUERY, .max = 100}, CURSOR, NOTICE, END};
static const struct web_input in_notice[] = {NOTICE, END};
static const struct web_input in_reason[] = {REASON, END};
static const struct web_input in_patch[] = {{.name = "action",
						.type = INPUT_CHOICE,
						.required = true,
						.choices = patch_choices,
						.meaning = "what to do"},
    {.name = "status",
	.type = INPUT_CHOICE,
	.choices = status_choices,
	.meaning = "of update_status"},
    REASON, END};
static const struct web_input in_forever[] = {CONFIRM, END};
static const struct web_input in_forever_page[] = {CONFIRM, REASON, END};
static const struct web_input in_bulk[] = {IDS, REASON, END};
static const struct web_input in_bulk_restore[] = {IDS, END};
static const struct web_input in_selection[] = {
    {.name = "ids", .type = INPUT_IDS, .place = IN_QUERY, .required = true, .max = 50}, END};
static const struct web_input in_share[] = {
    {.name = "expires_at", .type = INPUT_TIME, .meaning = "end of the link"}, END};
static const struct web_input in_share_page[] = {
    {.name = "days", .type = INPUT_INTEGER, .min = 1, .max = 365}, END};
static const struct web_input in_result[] = {END};
static const struct web_input in_list[] = {LIMIT, CURSOR, END};
static const struct web_input in_deletions[] = {{.name = "state",
						    .type = INPUT_CHOICE,
						    .place = IN_QUERY,
						    .choices = state_choices,
						    .meaning = "default: what can be restored"},
    {.name = "kind",
	.type = INPUT_CHOICE,
	.place = IN_QUERY,
	.choices = kind_choices,
	.meaning = "of this kind"},
    LIMIT, CURSOR, END};
static const struct web_input in_restore[] = {
    {.name = "without_container",
	.type = INPUT_BOOL,
	.meaning = "leave behind a container that is itself deleted"},
    {.name = "items", .type = INPUT_IDS, .max = 1000, .meaning = "only these photos"}, END};
static const struct web_input in_trash[] = {
    {.name = "tab", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = tab_choices},
    {.name = "kind", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = kind_choices}, CURSOR,
    NOTICE, END};
static const struct web_input in_deletion[] = {CURSOR, NOTICE, END};
static const struct web_input in_undo[] = {
    {.name = "act_id", .type = INPUT_ID, .required = true}, END};
static const struct web_input in_content_list[] = {
    {.name = "content_type",
	.type = INPUT_CHOICE,
	.place = IN_QUERY,
	.choices = content_choices,
	.meaning = "quests or adventures; default both"},
    {.name = "status",
	.type = INPUT_CHOICE,
	.place = IN_QUERY,
	.choices = publishing_choices,
	.meaning = "publishing status"},
    LIMIT, CURSOR, NOTICE, END};
static const struct web_input in_content[] = {
    {.name = "content_id", .type = INPUT_ID, .required = true, .meaning = "which one"},
    {.name = "content_type",
	.type = INPUT_CHOICE,
	.required = true,
	.choices = content_choices,
	.meaning = "quests or adventures"},
    END};
static const struct web_input in_content_forever[] = {
    {.name = "content_id", .type = INPUT_ID, .required = true, .meaning = "which one"},
    {.name = "content_type",
	.type = INPUT_CHOICE,
	.required = true,
	.choices = content_choices,
	.meaning = "quests or adventures"},
    CONFIRM, END};
#define AUDIT_FILTERS                                                                              \
	QUERY("from", INPUT_TIME, "at or after"), QUERY("to", INPUT_TIME, "before"),               \
	    QUERY("actor", INPUT_TEXT, "user id, or worker, operator, visitor"),                   \
	    QUERY("action", INPUT_TEXT, "e.g. photo.delete"),                                      \
	    QUERY("kind", INPUT_TEXT, "kind of the item"), QUERY("item_id", INPUT_ID, "the item")
static const struct web_input in_audit[] = {AUDIT_FILTERS, LIMIT, CURSOR, END};
static const struct web_input in_audit_export[] = {AUDIT_FILTERS,
    {.name = "format", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = format_choices}, END};
static const struct web_input in_storage[] = {{.name = "cursor",
						  .type = INPUT_TEXT,
						  .place = IN_QUERY,
						  .max = 40,
						  .meaning = "`next` of a list"},
    LIMIT, END};
static const struct web_input in_storage_page[] = {
    QUERY("waiting", INPUT_BOOL, NULL), CURSOR, NOTICE, END};

/* Shorthands: a page, a page's form, an endpoint. */
#define PAGE(path_, auth_, handler_, ...)                                                          \
	{                                                                                          \
		.method = HTTP_GET, .pattern = (path_), .auth = (auth_), .handle = (handler_),     \
		.flags = WEB_UNLISTED, __VA_ARGS__                                                 \
	}
#define FORM(path_, auth_, handler_, ...)                                                          \
	{                                                                                          \
		.method = HTTP_POST, .pattern = (path_), .auth = (auth_), .handle = (handler_),    \
		__VA_ARGS__                                                                        \
	}
#define API(method_, path_, auth_, handler_, status_, answer_, summary_, ...)                      \
	{                                                                                          \
		.method = (method_), .pattern = (path_), .auth = (auth_), .handle = (handler_),    \
		.status = (status_), .answer = (answer_), .summary = (summary_), __VA_ARGS__       \
	}

const struct web_route web_routes[] = {
    /* identity */
    PAGE("/login", WEB_ANYONE, page_login, .inputs = in_login_page),
    FORM("/login", WEB_ANYONE, page_login_send, .flags = WEB_VISITOR_CSRF | WEB_UNLISTED,
	.inputs = in_login, .form = page_login),
    FORM("/logout", WEB_MEMBER, page_logout_send, .flags = WEB_GRACE | WEB_UNLISTED),
    FORM("/sso", WEB_ANYONE, page_sso_send, .flags = WEB_UNLISTED | WEB_TOKEN_FORM,
	.inputs = in_sso),
    PAGE("/reauth", WEB_MEMBER, page_reauth, .inputs = in_reauth_page),
    FORM("/reauth", WEB_MEMBER, page_reauth_send, .flags = WEB_GRACE | WEB_UNLISTED,
	.inputs = in_reauth_send, .form = page_reauth),
    API(HTTP_POST, "/api/tokens", WEB_ANYONE, api_token_create, 201, "access_token",
	"Get an access token", .inputs = in_token),
    API(HTTP_POST, "/api/reauth", WEB_MEMBER, api_reauth_create, 201, "reauth_token",
	"Prove who you are, for one act", .inputs = in_reauth, .flags = WEB_GRACE),

    /* library */
    PAGE("/", WEB_MEMBER, page_library, .inputs = in_library),
    PAGE("/upload", WEB_MEMBER, page_upload, .inputs = in_upload_page),
    FORM("/upload", WEB_MEMBER, page_upload_send, .flags = WEB_MULTIPART | WEB_UNLISTED,
	.inputs = in_upload, .form = page_upload),
    PAGE("/photos/delete", WEB_MEMBER, page_photos_delete, .inputs = in_selection),
    FORM("/photos/delete", WEB_MEMBER, page_photos_delete_send, .flags = WEB_UNLISTED,
	.inputs = in_bulk),
    PAGE("/photos/archive", WEB_MEMBER, page_photos_archive, .inputs = in_selection),
    FORM("/photos/archive", WEB_MEMBER, page_photos_archive_send, .flags = WEB_UNLISTED,
	.inputs = in_bulk),
    API(HTTP_POST, "/api/photos", WEB_MEMBER, api_photo_add, 201, "photo", "Add a photo",
	.flags = WEB_MULTIPART, .inputs = in_upload),
    API(HTTP_GET, "/api/photos", WEB_MEMBER, api_photo_list, 200, "photo_list", "List photos",
	.inputs = in_photo_list),
    API(HTTP_POST, "/api/photos/bulk-archive", WEB_MEMBER, api_photo_bulk_archive, 200,
	"archive_batch", "Archive several photos", .inputs = in_bulk),
    API(HTTP_POST, "/api/photos/bulk-delete", WEB_MEMBER, api_photo_bulk_delete, 200, "bulk_result",
	"Delete several photos", .inputs = in_bulk),
    API(HTTP_POST, "/api/photos/bulk-restore", WEB_MEMBER, api_photo_bulk_restore, 200,
	"bulk_result", "Restore several photos", .inputs = in_bulk_restore),

    /* one photo */
    PAGE("/photos/{id}", WEB_MEMBER, page_photo, .find = find_photo, .inputs = in_notice),
    PAGE("/photos/{id}/file", WEB_MEMBER, file_original),
    PAGE("/photos/{id}/thumbnail", WEB_MEMBER, file_thumbnail),
    PAGE("/photos/{id}/delete", WEB_MEMBER, page_photo_delete, .find = find_photo_to_delete),
    FORM("/photos/{id}/delete", WEB_MEMBER, page_photo_delete_send, .flags = WEB_UNLISTED,
	.find = find_photo_to_delete, .inputs = in_reason, .form = page_photo_delete),
    PAGE("/photos/{id}/archive", WEB_MEMBER, page_photo_archive, .find = find_photo_to_archive),
    FORM("/photos/{id}/archive", WEB_MEMBER, page_photo_archive_send, .flags = WEB_UNLISTED,
	.find = find_photo_to_archive, .inputs = in_reason, .form = page_photo_archive),
    FORM("/photos/{id}/restore", WEB_MEMBER, page_photo_restore_send, .flags = WEB_UNLISTED,
	.find = find_photo_to_restore),
    PAGE("/photos/{id}/permanent", WEB_MEMBER, page_photo_forever,
	.find = find_photo_to_delete_forever),
    FORM("/photos/{id}/permanent", WEB_MEMBER, page_photo_forever_send, .flags = WEB_UNLISTED,
	.find = find_photo_to_delete_forever, .inputs = in_forever_page, .form = page_photo_forever,
	.reauth = "photo.permanent"),
    FORM("/photos/{id}/shares", WEB_MEMBER, page_share_send, .flags = WEB_UNLISTED,
	.find = find_photo_to_share, .inputs = in_share_page, .form = page_photo),
    FORM("/photos/{id}/shares/{share_id}/revoke", WEB_MEMBER, page_share_revoke_send,
	.flags = WEB_UNLISTED, .find = find_photo_to_share),
    API(HTTP_GET, "/api/photos/{id}", WEB_MEMBER, api_photo_get, 200, "photo", "Get a photo",
	.find = find_photo),
    API(HTTP_GET, "/api/photos/{id}/file", WEB_MEMBER, file_original, 200, "file",
	"Get a photo's bytes"),
    API(HTTP_PATCH, "/api/photos/{id}", WEB_MEMBER, api_photo_patch, 200, "photo",
	"Moderate or recover a photo", .find = find_photo_to_patch, .inputs = in_patch),
    API(HTTP_DELETE, "/api/photos/{id}", WEB_MEMBER, api_photo_delete, 200, "deleted",
	"Delete a photo", .find = find_photo_to_delete, .inputs = in_reason),
    API(HTTP_POST, "/api/photos/{id}/archive", WEB_MEMBER, api_photo_archive, 200, "photo",
	"Archive a photo", .find = find_photo_to_archive, .inputs = in_reason),
    API(HTTP_POST, "/api/photos/{id}/restore", WEB_MEMBER, api_photo_restore, 200, "photo",
	"Restore a photo from the trash or the archive", .find = find_photo_to_restore),
    API(HTTP_DELETE, "/api/photos/{id}/permanent", WEB_MEMBER, api_photo_delete_forever, 200,
	"deleted", "Delete a photo forever", .find = find_photo_to_delete_forever,
	.inputs = in_forever, .reauth = "photo.permanent"),
    API(HTTP_POST, "/api/photos/{id}/shares", WEB_MEMBER, api_share_create, 201, "share",
	"Share a photo by a link", .find = find_photo_to_share, .inputs = in_share),
    API(HTTP_DELETE, "/api/photos/{id}/shares/{share_id}", WEB_MEMBER, api_share_revoke, 204, NULL,
	"Revoke a link", .find = find_photo_to_share),
    API(HTTP_POST, "/api/photos/{id}/generations", WEB_MEMBER, api_generation_start, 201,
	"generation", "Start a generation from a photo", .find = find_photo_to_generate),
    API(HTTP_POST, "/api/generations/{id}/result", WEB_MEMBER, api_generation_result, 201, "photo",
	"Deliver a generation's result", .flags = WEB_MULTIPART, .inputs = in_result),

    /* shared photos */
    {.method = HTTP_GET,
	.pattern = "/s/{token}",
	.handle = page_shared,
	.flags = WEB_UNLISTED | WEB_NO_REFERRER},
    {.method = HTTP_GET,
	.pattern = "/s/{token}/file",
	.handle = file_shared,
	.flags = WEB_UNLISTED | WEB_NO_REFERRER},

    /* places */
    API(HTTP_GET, "/api/projects", WEB_MEMBER, api_project_list, 200, "place_list", "List projects",
	.inputs = in_list),
    API(HTTP_GET, "/api/sites", WEB_MEMBER, api_site_list, 200, "place_list", "List sites",
	.inputs = in_list),
    API(HTTP_GET, "/api/albums", WEB_MEMBER, api_album_list, 200, "place_list", "List albums",
	.inputs = in_list),
    API(HTTP_GET, "/api/tags", WEB_MEMBER, api_tag_list, 200, "place_list", "List tags",
	.inputs = in_list),
    API(HTTP_GET, "/api/organizations", WEB_PLATFORM, api_organization_list, 200, "place_list",
	"List organisations", .inputs = in_list),

    /* trash */
    PAGE("/trash", WEB_MEMBER, page_trash, .inputs = in_trash),
    FORM("/trash/undo", WEB_MEMBER, page_undo_send, .flags = WEB_UNLISTED, .inputs = in_undo),
    PAGE("/trash/{id}", WEB_MEMBER, page_deletion, .find = find_deletion, .inputs = in_deletion),
    FORM("/trash/{id}/restore", WEB_MEMBER, page_deletion_restore_send, .flags = WEB_UNLISTED,
	.find = find_deletion_to_restore, .inputs = in_restore, .form = page_deletion),
    API(HTTP_GET, "/api/deletions", WEB_MEMBER, api_deletion_list, 200, "deletion_list",
	"List deletions", .inputs = in_deletions),
    API(HTTP_GET, "/api/deletions/{id}", WEB_MEMBER, api_deletion_get, 200, "deletion",
	"Get a deletion with its progress", .find = find_deletion),
    API(HTTP_POST, "/api/deletions/{id}/restore", WEB_MEMBER, api_deletion_restore, 200, "deletion",
	"Restore a deletion, all or some of it", .find = find_deletion_to_restore,
	.inputs = in_restore),

    /* content */
    PAGE("/content", WEB_MEMBER, page_content, .inputs = in_content_list),
    FORM("/content/{type}/{id}/archive", WEB_MEMBER, page_content_archive_send,
	.flags = WEB_UNLISTED, .find = find_content),
    FORM("/content/{type}/{id}/restore", WEB_MEMBER, page_content_restore_send,
	.flags = WEB_UNLISTED, .find = find_content),
    PAGE("/content/{type}/{id}/permanent", WEB_MEMBER, page_content_forever, .find = find_content),
    FORM("/content/{type}/{id}/permanent", WEB_MEMBER, page_content_forever_send,
	.flags = WEB_UNLISTED, .find = find_content, .inputs = in_forever_page,
	.form = page_content_forever),
    API(HTTP_GET, "/api/creator/content", WEB_MEMBER, api_content_list, 200, "content_list",
	"List one's own quests and adventures", .inputs = in_content_list),
    API(HTTP_POST, "/api/creator/archive", WEB_MEMBER, api_content_archive, 200, "content",
	"Archive a quest or adventure", .inputs = in_content),
    API(HTTP_POST, "/api/creator/restore", WEB_MEMBER, api_content_restore, 200, "content",
	"Restore an archived quest or adventure", .inputs = in_content),
    API(HTTP_DELETE, "/api/creator/permanent-delete", WEB_MEMBER, api_content_delete_forever, 200,
	"deleted", "Delete an archived quest or adventure forever", .inputs = in_content_forever),
    API(HTTP_DELETE, "/api/creator/delete-content", WEB_MEMBER, api_content_delete_legacy, 410,
	NULL, "Gone; use permanent-delete", .find = api_content_delete_legacy),

    /* admin */
    PAGE("/admin/audit", WEB_ADMIN, page_audit, .inputs = in_audit, .form = page_audit),
    PAGE("/admin/audit/export", WEB_ADMIN, page_audit_export, .inputs = in_audit_export),
    PAGE("/admin/storage", WEB_ADMIN, page_storage, .inputs = in_storage_page),
    FORM("/admin/storage/{id}/retry", WEB_ADMIN, page_storage_retry_send, .flags = WEB_UNLISTED),
    API(HTTP_GET, "/api/admin/audit", WEB_ADMIN, api_audit_list, 200, "audit_list",
	"Read the audit trail", .inputs = in_audit),
    API(HTTP_GET, "/api/admin/storage-cleanup", WEB_ADMIN, api_storage_list, 200, "cleanup_list",
	"List the storage cleanup queue", .inputs = in_storage),
    API(HTTP_POST, "/api/admin/storage-cleanup/{id}/retry", WEB_ADMIN, api_storage_retry, 200,
	"cleanup_retry", "Try a failed cleanup again"),

    /* system */
    API(HTTP_GET, "/api/openapi.json", WEB_ANYONE, api_openapi, 200, "openapi", "This description"),
    PAGE("/live", WEB_MEMBER, system_live),
    API(HTTP_GET, "/healthz", WEB_ANYONE, system_health, 200, "health", "Is the process up"),
    API(HTTP_GET, "/readyz", WEB_ANYONE, system_ready, 200, "health",
	"Does the store answer, with the right schema"),
    API(HTTP_GET, "/metrics", WEB_ANYONE, system_metrics, 200, "metrics",
	"Prometheus metrics, on the loopback listener alone", .flags = WEB_METRICS),
};

const size_t web_route_count = sizeof(web_routes) / sizeof(web_routes[0]);
