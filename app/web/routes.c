/* routes.c - every page and every endpoint: the map of the product. */
#include "handlers.h"
#include "route.h"
#include "route_inputs.h"

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
