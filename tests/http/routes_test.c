/* routes_test.c - every route as every role, and that no route is without its row here. */
#include "../../app/web/route.h"
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Who sends the request: its owner is ADA (of content CREATOR), the others are ROLES in order. */
#define OWNER PERSON_COUNT
static const enum person roles[] = {VISITOR, OWNER, BEN, ADMIN, PLATFORM, MIA, BIRCH_ADMIN};
#define ROLE_COUNT (sizeof(roles) / sizeof(roles[0]))

/* What a row's path speaks of: made anew for each request where the request may change it. */
enum thing {
	NOTHING,
	LIVE,       /* a photo */
	ARCHIVED,   /* an archived photo */
	TRASHED,    /* a deleted photo */
	DELETION,   /* the deletion of a photo */
	ACT,        /* the act_id of that */
	SHARED,     /* a photo and, as second, its share */
	LINK,       /* the token of a share */
	GENERATION, /* one that has been started */
	QUEST,      /* an archived quest */
	DRAFT,      /* a quest that is not archived */
	CLEANUP,    /* a failed row of the cleanup queue */
	WEBHOOK,    /* a subscription to events */
	UNSENT,     /* a delivery to it that failed */
	PROJECT,    /* a project called Place, as the next three */
	SITE,
	ALBUM,
	ORGANIZATION,      /* another one */
	ORGANIZATION_GONE, /* one that is in the trash */
	ALDER,             /* the organisation of the owner */
	USER,              /* another account of the owner's organisation */
	USER_GONE,         /* one that an admin deleted */
	CLAIM,             /* a site and, as second, the owner's claim on it */
	SUBMITTED,         /* a photo of the owner's on a site */
	REQUESTED,         /* the owner's pending request for the deletion of one */
};

enum sort { QUERY, FORM, FILE_FORM, JSON, FILE_API };

struct row {
	enum http_method method;
	const char *pattern;
	enum sort sort;
	const char *path; /* where it is not the pattern; $ is the thing, ^ the second one */
	const char *body; /* likewise */
	enum thing thing;
	const char *purpose; /* with a re-auth token for it */
	int expected[ROLE_COUNT];
};

/* Statuses: visitor, owner, other member, admin, platform admin (acting for the organisation),
 * member and admin of another organisation. */
#define ALL(status_)                                                                               \
	{                                                                                          \
		status_, status_, status_, status_, status_, status_, status_                      \
	}
#define SIGNED_IN(visitor_, status_)                                                               \
	{                                                                                          \
		visitor_, status_, status_, status_, status_, status_, status_                     \
	}
#define MEMBERS(visitor_, status_)                                                                 \
	{                                                                                          \
		visitor_, status_, status_, status_, status_, 404, 404                             \
	}
#define OWN(visitor_, status_)                                                                     \
	{                                                                                          \
		visitor_, status_, 403, status_, status_, 404, 404                                 \
	}
#define HIDDEN(visitor_, status_)                                                                  \
	{                                                                                          \
		visitor_, status_, 404, status_, status_, 404, 404                                 \
	}
#define CREATORS(visitor_, status_)                                                                \
	{                                                                                          \
		visitor_, status_, 403, 403, 403, 404, 404                                         \
	}
#define ADMINS(visitor_, status_)                                                                  \
	{                                                                                          \
		visitor_, 403, 403, status_, status_, 403, status_                                 \
	}
#define ADMINS_OWN(visitor_, status_)                                                              \
	{                                                                                          \
		visitor_, 403, 403, status_, status_, 403, 404                                     \
	}

#define ADMINS_ONLY(visitor_, status_)                                                             \
	{                                                                                          \
		visitor_, 403, 403, status_, status_, 404, 404                                     \
	}
#define PLATFORM_ONLY(visitor_, status_)                                                           \
	{                                                                                          \
		visitor_, 403, 403, 403, status_, 403, 403                                         \
	}
#define PLATFORM_ITEM(visitor_, status_)                                                           \
	{                                                                                          \
		visitor_, 404, 404, 404, status_, 404, 404                                         \
	}

#define GET    HTTP_GET
#define POST   HTTP_POST
#define PATCH  HTTP_PATCH
#define DELETE HTTP_DELETE
#define ACT_ID "01890000-0000-7000-8000-000000000000" /* of nobody's act */

/* clang-format off */
static const struct row rows[] = {
    /* identity; what succeeds there is in identity_test.c */
    {GET, "/login", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(200, 303)},
    {POST, "/login", FORM, NULL, "email=a%40b.example&password=x", NOTHING, NULL, ALL(403)},
    {POST, "/sso", FORM, NULL, "token=v4.public.x", NOTHING, NULL, ALL(401)},
    {GET, "/reauth", QUERY, "/reauth?act=" ACT_ID, NULL, NOTHING, NULL, SIGNED_IN(303, 410)},
    {POST, "/reauth", FORM, NULL, "act=" ACT_ID "&password=x", NOTHING, NULL, SIGNED_IN(401, 410)},
    {POST, "/api/tokens", JSON, NULL, "{'email': 'ada@alder.example', 'password': 'lethe-demo-1'}", NOTHING, NULL, ALL(201)},
    {POST, "/api/reauth", JSON, NULL, "{'password': 'lethe-demo-1', 'purpose': 'account.delete'}", NOTHING, NULL, SIGNED_IN(401, 201)},

    /* one's own account, and what everybody may read; what succeeds is in account_test.c */
    {GET, "/account", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/account/name", FORM, NULL, "display_name=", NOTHING, NULL, SIGNED_IN(401, 400)},
    {POST, "/account/notices", FORM, NULL, "retention=true&requests=true", NOTHING, NULL, SIGNED_IN(401, 303)},
    {POST, "/account/sessions/end", FORM, NULL, "", NOTHING, NULL, SIGNED_IN(401, 303)},
    {POST, "/account/sessions/{id}/end", FORM, "/account/sessions/" ACT_ID "/end", "", NOTHING, NULL, SIGNED_IN(401, 404)},
    {GET, "/account/export", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/account/export", FORM, NULL, "", NOTHING, NULL, SIGNED_IN(401, 303)},
    {GET, "/account/exports/{id}/file", QUERY, "/account/exports/" ACT_ID "/file", NULL, NOTHING, NULL, SIGNED_IN(303, 404)},
    {GET, "/account/delete", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/account/delete", FORM, NULL, "phrase=no", NOTHING, NULL, SIGNED_IN(401, 400)},
    {GET, "/account/deletion", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/account/deletion/cancel", FORM, NULL, "", NOTHING, NULL, SIGNED_IN(401, 409)},
    {GET, "/account/confirm/{token}", QUERY, "/account/confirm/v4.local.x", NULL, NOTHING, NULL, ALL(404)},
    {POST, "/account/confirm/{token}", FORM, "/account/confirm/v4.local.x", "", NOTHING, NULL, ALL(403)},
    {GET, "/account/cancel/{token}", QUERY, "/account/cancel/v4.local.x", NULL, NOTHING, NULL, ALL(404)},
    {POST, "/account/cancel/{token}", FORM, "/account/cancel/v4.local.x", "", NOTHING, NULL, ALL(403)},
    {GET, "/receipts", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {POST, "/receipts", FILE_FORM, NULL, NULL, NOTHING, NULL, ALL(403)},
    {GET, "/help", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {GET, "/privacy", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {GET, "/notices/{token}", QUERY, "/notices/v4.local.x", NULL, NOTHING, NULL, ALL(404)},
    {POST, "/notices/{token}", FORM, "/notices/v4.local.x", "", NOTHING, NULL, ALL(404)},

    /* library */
    {GET, "/", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/upload", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/upload", FILE_FORM, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 303)},
    {GET, "/photos/delete", QUERY, "/photos/delete?ids=$", NULL, LIVE, NULL, SIGNED_IN(303, 200)},
    {POST, "/photos/delete", FORM, NULL, "ids=$", LIVE, NULL, {401, 303, 409, 303, 303, 409, 409}},
    {POST, "/photos/restore", FORM, NULL, "ids=$", ARCHIVED, NULL, {401, 303, 409, 303, 303, 409, 409}},
    {GET, "/photos/archive", QUERY, "/photos/archive?ids=$", NULL, LIVE, NULL, SIGNED_IN(303, 200)},
    {POST, "/photos/archive", FORM, NULL, "ids=$", LIVE, NULL, {401, 303, 409, 303, 303, 409, 409}},
    {POST, "/api/photos", FILE_API, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 201)},
    {GET, "/api/photos", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/photos/bulk-archive", JSON, NULL, "{'ids': ['$']}", LIVE, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/photos/bulk-delete", JSON, NULL, "{'ids': ['$']}", LIVE, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/photos/bulk-restore", JSON, NULL, "{'ids': ['$']}", TRASHED, NULL, SIGNED_IN(401, 200)},

    {POST, "/api/photos/bulk-archive", JSON, NULL, "{'criteria': {'date_range': {'end': '2001-01-01'}}}", NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/api/photos/deletion-requests", QUERY, "/api/photos/deletion-requests?type=recoverable", NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/photos/deletion-requests/cleanup", JSON, NULL, NULL, NOTHING, NULL, ADMINS(401, 202)},

    /* one photo */
    {GET, "/photos/{id}", QUERY, NULL, NULL, LIVE, NULL, MEMBERS(303, 200)},
    {GET, "/photos/{id}/file", QUERY, NULL, NULL, LIVE, NULL, MEMBERS(303, 200)},
    {GET, "/photos/{id}/thumbnail", QUERY, NULL, NULL, LIVE, NULL, MEMBERS(303, 200)},
    {GET, "/photos/{id}/delete", QUERY, NULL, NULL, LIVE, NULL, OWN(303, 200)},
    {POST, "/photos/{id}/delete", FORM, NULL, "", LIVE, NULL, OWN(401, 303)},
    {GET, "/photos/{id}/archive", QUERY, NULL, NULL, LIVE, NULL, OWN(303, 200)},
    {POST, "/photos/{id}/archive", FORM, NULL, "", LIVE, NULL, OWN(401, 303)},
    {POST, "/photos/{id}/status", FORM, NULL, "status=rejected&reason=Why", LIVE, NULL, {401, 403, 403, 303, 303, 404, 404}},
    {POST, "/photos/{id}/restore", FORM, NULL, "", TRASHED, NULL, HIDDEN(401, 303)},
    {GET, "/photos/{id}/permanent", QUERY, NULL, NULL, ARCHIVED, NULL, {303, 403, 404, 200, 200, 404, 404}},
    {POST, "/photos/{id}/permanent", FORM, NULL, "confirm_text=DELETE", ARCHIVED, NULL, {401, 403, 404, 303, 303, 404, 404}},
    {POST, "/photos/{id}/shares", FORM, NULL, "days=3", LIVE, NULL, OWN(401, 200)},
    {POST, "/photos/{id}/shares/{share_id}/revoke", FORM, NULL, "", SHARED, NULL, OWN(401, 303)},
    {GET, "/api/photos/{id}", QUERY, NULL, NULL, LIVE, NULL, MEMBERS(401, 200)},
    {GET, "/api/photos/{id}/file", QUERY, NULL, NULL, LIVE, NULL, MEMBERS(401, 200)},
    {PATCH, "/api/photos/{id}", JSON, NULL, "{'action': 'recover'}", TRASHED, NULL, {401, 403, 404, 200, 200, 404, 404}},
    {DELETE, "/api/photos/{id}", JSON, NULL, "{'reason': 'Why'}", LIVE, NULL, OWN(401, 200)},
    {POST, "/api/photos/{id}/archive", JSON, NULL, "{'reason': 'Why'}", LIVE, NULL, OWN(401, 200)},
    {POST, "/api/photos/{id}/restore", JSON, NULL, NULL, TRASHED, NULL, HIDDEN(401, 200)},
    {DELETE, "/api/photos/{id}/permanent", JSON, NULL, "{'confirm_text': 'DELETE'}", TRASHED, "photo.permanent", {401, 403, 404, 200, 200, 404, 404}},
    {POST, "/api/photos/{id}/shares", JSON, NULL, NULL, LIVE, NULL, OWN(401, 201)},
    {DELETE, "/api/photos/{id}/shares/{share_id}", QUERY, NULL, NULL, SHARED, NULL, OWN(401, 204)},
    {POST, "/api/photos/{id}/generations", JSON, NULL, NULL, LIVE, NULL, OWN(401, 201)},
    {POST, "/api/generations/{id}/result", FILE_API, NULL, NULL, GENERATION, NULL, OWN(401, 201)},

    /* shared photos: whoever has the link */
    {GET, "/s/{token}", QUERY, NULL, NULL, LINK, NULL, ALL(200)},
    {GET, "/s/{token}/file", QUERY, NULL, NULL, LINK, NULL, ALL(200)},

    /* places */
    {GET, "/api/projects", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {GET, "/api/sites", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {GET, "/api/albums", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {GET, "/api/tags", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {GET, "/api/organizations", QUERY, NULL, NULL, NOTHING, NULL, {401, 403, 403, 403, 200, 403, 403}},

    /* containers */
    {GET, "/api/projects/{id}/impact", QUERY, NULL, NULL, PROJECT, NULL, ADMINS_ONLY(401, 200)},
    {GET, "/api/sites/{id}/impact", QUERY, "/api/sites/$/impact?photo_action=delete", NULL, SITE, NULL, ADMINS_ONLY(401, 200)},
    {GET, "/api/albums/{id}/impact", QUERY, NULL, NULL, ALBUM, NULL, OWN(401, 200)},
    {GET, "/api/organizations/{id}/impact", QUERY, NULL, NULL, ORGANIZATION, NULL, PLATFORM_ITEM(401, 200)},
    {DELETE, "/api/projects/{id}", JSON, NULL, "{'photo_action': 'archive', 'confirmation': 'Place', 'reason': 'Why'}", PROJECT, NULL, ADMINS_ONLY(401, 200)},
    {DELETE, "/api/sites/{id}", JSON, NULL, "{'confirmation': 'Place'}", SITE, NULL, ADMINS_ONLY(401, 200)},
    {DELETE, "/api/albums/{id}", JSON, NULL, NULL, ALBUM, NULL, OWN(401, 200)},
    {DELETE, "/api/organizations/{id}", JSON, NULL, "{'confirmation': 'Place'}", ORGANIZATION, "organization.delete", PLATFORM_ITEM(401, 200)},
    {POST, "/api/organizations/{id}/restore", JSON, NULL, NULL, ORGANIZATION_GONE, NULL, PLATFORM_ITEM(401, 200)},
    {GET, "/choose/projects", QUERY, "/choose/projects?for=upload", NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/choose/sites", QUERY, "/choose/sites?for=library&q=x", NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/albums", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/albums/{id}", QUERY, NULL, NULL, ALBUM, NULL, MEMBERS(303, 200)},
    {GET, "/albums/{id}/delete", QUERY, NULL, NULL, ALBUM, NULL, OWN(303, 200)},
    {POST, "/albums/{id}/delete", FORM, NULL, "", ALBUM, NULL, OWN(401, 303)},
    {GET, "/sites", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/sites/{id}/claims", FORM, NULL, "", SITE, NULL, MEMBERS(401, 303)},
    {POST, "/api/sites/{id}/claims", JSON, NULL, NULL, SITE, NULL, MEMBERS(401, 201)},
    {PATCH, "/api/sites/{id}/claims/{claim_id}", JSON, NULL, "{'decision': 'approve'}", CLAIM, NULL, ADMINS_ONLY(401, 200)},

    /* trash */
    {GET, "/trash", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/trash/restore", FORM, NULL, "ids=$", DELETION, NULL, HIDDEN(401, 303)},
    {POST, "/trash/undo", FORM, NULL, "act_id=$", ACT, NULL, {401, 303, 404, 404, 404, 404, 404}},
    {GET, "/trash/{id}", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(303, 200)},
    {POST, "/trash/{id}/restore", FORM, NULL, "", DELETION, NULL, HIDDEN(401, 303)},
    {GET, "/trash/{id}/receipt", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(303, 409)},
    {GET, "/api/deletions/{id}/receipt", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(401, 409)},
    {GET, "/api/deletions", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {GET, "/api/deletions/{id}", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(401, 200)},
    {POST, "/api/deletions/{id}/restore", JSON, NULL, NULL, DELETION, NULL, HIDDEN(401, 200)},

    /* requests for deletion; the visitor's way is in request_pages_test.c */
    {GET, "/requests", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/requests/new", QUERY, "/requests/new?photo=$", NULL, SUBMITTED, NULL, OWN(303, 200)},
    {POST, "/requests/new", FORM, NULL, "photo=$&reason=Please+remove+it", SUBMITTED, NULL, OWN(401, 303)},
    {GET, "/requests/{id}", QUERY, NULL, NULL, REQUESTED, NULL, HIDDEN(303, 200)},
    {POST, "/requests/{id}/cancel", FORM, NULL, "", REQUESTED, NULL, {401, 303, 404, 403, 403, 404, 404}},
    {GET, "/admin/requests", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/requests/approve", QUERY, "/admin/requests/approve?ids=$", NULL, REQUESTED, NULL, ADMINS_OWN(303, 200)},
    {POST, "/admin/requests/approve", FORM, NULL, "ids=$", REQUESTED, NULL, ADMINS_OWN(401, 303)},
    {GET, "/admin/requests/reject", QUERY, "/admin/requests/reject?ids=$", NULL, REQUESTED, NULL, ADMINS_OWN(303, 200)},
    {POST, "/admin/requests/reject", FORM, NULL, "ids=$&reason=No", REQUESTED, NULL, ADMINS_OWN(401, 303)},
    {GET, "/removal", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {POST, "/removal", FORM, NULL, "email=a%40b.example", NOTHING, NULL, ALL(403)},
    {GET, "/removal/{token}", QUERY, "/removal/v4.local.x", NULL, NOTHING, NULL, ALL(404)},
    {POST, "/removal/{token}", FORM, "/removal/v4.local.x", "reason=x", NOTHING, NULL, ALL(403)},
    {POST, "/removal/{token}/cancel", FORM, "/removal/v4.local.x/cancel", "", NOTHING, NULL, ALL(403)},
    {GET, "/removal/{token}/photos/{id}/thumbnail", QUERY, "/removal/v4.local.x/photos/" ACT_ID "/thumbnail", NULL, NOTHING, NULL, ALL(404)},

    /* content: its creator's alone */
    {GET, "/content", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/content/{type}/{id}/archive", FORM, "/content/quests/$/archive", "", DRAFT, NULL, CREATORS(401, 303)},
    {POST, "/content/{type}/{id}/restore", FORM, "/content/quests/$/restore", "", QUEST, NULL, CREATORS(401, 303)},
    {GET, "/content/{type}/{id}/permanent", QUERY, "/content/quests/$/permanent", NULL, QUEST, NULL, CREATORS(303, 200)},
    {POST, "/content/{type}/{id}/permanent", FORM, "/content/quests/$/permanent", "confirm_text=DELETE", QUEST, NULL, CREATORS(401, 303)},
    {GET, "/api/creator/content", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/creator/archive", JSON, NULL, "{'content_id': '$', 'content_type': 'quests'}", DRAFT, NULL, CREATORS(401, 200)},
    {POST, "/api/creator/restore", JSON, NULL, "{'content_id': '$', 'content_type': 'quests'}", QUEST, NULL, CREATORS(401, 200)},
    {DELETE, "/api/creator/permanent-delete", JSON, NULL, "{'content_id': '$', 'content_type': 'quests', 'confirm_text': 'DELETE'}", QUEST, NULL, CREATORS(401, 200)},
    {DELETE, "/api/creator/delete-content", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 410)},

    /* admin */
    {GET, "/admin", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/photos", QUERY, "/admin/photos?includeDeleted=true&status=pending", NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/photos/archive", QUERY, "/admin/photos/archive?to=2001-01-01", NULL, NOTHING, NULL, ADMINS(303, 200)},
    {POST, "/admin/photos/archive", FORM, NULL, "to=2001-01-01", NOTHING, NULL, ADMINS(401, 303)},
    {GET, "/admin/projects", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/projects/{id}/delete", QUERY, NULL, NULL, PROJECT, NULL, ADMINS_ONLY(303, 200)},
    {POST, "/admin/projects/{id}/delete", FORM, NULL, "photo_action=orphan&confirmation=Place", PROJECT, NULL, ADMINS_ONLY(401, 303)},
    {GET, "/admin/sites", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/sites/{id}/delete", QUERY, NULL, NULL, SITE, NULL, ADMINS_ONLY(303, 200)},
    {POST, "/admin/sites/{id}/delete", FORM, NULL, "photo_action=delete&confirmation=Place", SITE, NULL, ADMINS_ONLY(401, 303)},
    {POST, "/admin/sites/{id}/claims/{claim_id}", FORM, NULL, "decision=reject", CLAIM, NULL, ADMINS_ONLY(401, 303)},
    {GET, "/admin/users", QUERY, "/admin/users?includeDeleted=true&state=leaving&q=a", NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/users/delete", QUERY, "/admin/users/delete?ids=$", NULL, USER, NULL, ADMINS(303, 200)},
    {POST, "/admin/users/delete", FORM, NULL, "ids=$", USER, NULL, ADMINS(401, 200)},
    {GET, "/admin/users/{uid}", QUERY, NULL, NULL, USER, NULL, ADMINS_OWN(303, 200)},
    {POST, "/admin/users/{uid}/role", FORM, NULL, "role=admin", USER, NULL, ADMINS_OWN(401, 303)},
    {POST, "/admin/users/{uid}/restore", FORM, NULL, "", USER_GONE, NULL, ADMINS_OWN(401, 303)},
    {GET, "/admin/users/{uid}/delete", QUERY, NULL, NULL, USER, NULL, ADMINS_OWN(303, 200)},
    {POST, "/admin/users/{uid}/delete", FORM, NULL, "reason=Why", USER, NULL, ADMINS_OWN(401, 303)},
    {GET, "/admin/recover", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/settings", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {POST, "/admin/settings", FORM, NULL, "photo_recovery_s=4&photo_recovery_s_unit=hours&container_recovery_s=7&container_recovery_s_unit=days&archive_retention_s=30&archive_retention_s_unit=days&account_grace_s=14&account_grace_s_unit=days&audit_retention_months=12&self_deletion=true&admin_deletion=true", NOTHING, NULL, ADMINS(401, 303)},
    {GET, "/admin/organizations", QUERY, NULL, NULL, NOTHING, NULL, PLATFORM_ONLY(303, 200)},
    {POST, "/admin/organizations/act", FORM, NULL, "organization_id=$", ALDER, NULL, PLATFORM_ONLY(401, 303)},
    {GET, "/admin/organizations/{id}/delete", QUERY, "/admin/organizations/$/delete?step=name", NULL, ORGANIZATION, NULL, PLATFORM_ITEM(303, 200)},
    {POST, "/admin/organizations/{id}/delete", FORM, NULL, "confirmation=Place", ORGANIZATION, NULL, PLATFORM_ITEM(401, 303)},
    {POST, "/admin/organizations/{id}/restore", FORM, NULL, "", ORGANIZATION_GONE, NULL, PLATFORM_ITEM(401, 303)},
    {POST, "/api/me/delete", JSON, NULL, "{'phrase': 'delete my acount'}", NOTHING, NULL, SIGNED_IN(401, 400)},
    {POST, "/api/me/export", JSON, NULL, "{}", NOTHING, NULL, SIGNED_IN(401, 403)},
    {GET, "/api/me/exports/{id}", QUERY, "/api/me/exports/" ACT_ID, NULL, NOTHING, NULL, SIGNED_IN(401, 404)},
    {GET, "/api/me/exports/{id}/file", QUERY, "/api/me/exports/" ACT_ID "/file", NULL, NOTHING, NULL, SIGNED_IN(401, 404)},
    {GET, "/api/me/deletion-status", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/me/deletion-cancel", JSON, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 409)},
    {GET, "/api/admin/users", QUERY, "/api/admin/users?includeDeleted=true", NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/admin/users/bulk-delete", JSON, NULL, "{'ids': ['$']}", USER, NULL, ADMINS(401, 200)},
    {GET, "/api/admin/users/{uid}", QUERY, NULL, NULL, USER, NULL, ADMINS_OWN(401, 200)},
    {PATCH, "/api/admin/users/{uid}", JSON, NULL, "{'role': 'admin'}", USER, NULL, ADMINS_OWN(401, 200)},
    {DELETE, "/api/admin/users/{uid}", JSON, NULL, NULL, USER, NULL, ADMINS_OWN(401, 204)},
    {POST, "/api/admin/users/{uid}/restore", JSON, NULL, NULL, USER_GONE, NULL, ADMINS_OWN(401, 200)},
    {GET, "/api/admin/users/{uid}/impact", QUERY, NULL, NULL, USER, NULL, ADMINS_OWN(401, 200)},
    {GET, "/api/admin/settings", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {PATCH, "/api/admin/settings", JSON, NULL, "{'self_deletion': true}", NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/admin/webhooks", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {POST, "/admin/webhooks", FORM, NULL, "url=https%3A%2F%2Fhost.example%2Fhook&events=photo.deleted&events=photo.purged", NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/admin/webhooks/{id}/delete", FORM, NULL, "", WEBHOOK, NULL, ADMINS_OWN(401, 303)},
    {POST, "/admin/webhooks/{id}/test", FORM, NULL, "", WEBHOOK, NULL, ADMINS_OWN(401, 303)},
    {POST, "/admin/webhooks/deliveries/{id}/retry", FORM, NULL, "", UNSENT, NULL, ADMINS_OWN(401, 303)},
    {GET, "/api/admin/webhooks", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/admin/webhooks", JSON, NULL, "{'url': 'https://host.example/hook', 'events': ['photo.deleted']}", NOTHING, NULL, ADMINS(401, 201)},
    {DELETE, "/api/admin/webhooks/{id}", JSON, NULL, NULL, WEBHOOK, NULL, ADMINS_OWN(401, 204)},
    {POST, "/api/admin/webhooks/{id}/test", JSON, NULL, NULL, WEBHOOK, NULL, ADMINS_OWN(401, 202)},
    {GET, "/api/admin/webhooks/deliveries", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/admin/webhooks/deliveries/{id}/retry", JSON, NULL, NULL, UNSENT, NULL, ADMINS_OWN(401, 200)},
    {GET, "/admin/audit", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/audit/export", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/storage", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {POST, "/admin/storage/{id}/retry", FORM, NULL, "", CLEANUP, NULL, ADMINS_ONLY(401, 303)},
    {GET, "/api/admin/stats", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/api/admin/audit", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/api/admin/storage-cleanup", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/admin/storage-cleanup/{id}/retry", JSON, NULL, NULL, CLEANUP, NULL, ADMINS_ONLY(401, 200)},

    /* system */
    {GET, "/api/openapi.json", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {GET, "/live", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 204)},
    {GET, "/healthz", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {GET, "/readyz", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {GET, "/metrics", QUERY, NULL, NULL, NOTHING, NULL, ALL(404)},

    /* it ends the sessions, so it comes last */
    {POST, "/logout", FORM, NULL, "", NOTHING, NULL, SIGNED_IN(401, 303)},
};
/* clang-format on */

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

/* --- things -------------------------------------------------------------------------------- */

struct things {
	const char *first, *second;
};

static const char *start_generation(struct site *site, const char *photo)
{
	const struct http_answer *answer =
	    site_api(site, ADA, "POST /api/photos/%s/generations", photo);

	EXPECT(answer, 201, NULL);
	return http_answer_text(answer, "generation_id");
}

static const char *add_cleanup(struct site *site)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, state, attempts,"
	    " next_attempt_at, created_at) VALUES (" UUID ", " UUID
	    ", '%s', 'failed', 10, '2026-01-01', '2026-01-01')",
	    id, site_organization_id(site, ADA), site_new_key(site));
	return id;
}

/* For events that nothing here makes. */
static const char *add_webhook(struct site *site, bool is_delivery)
{
	const char *id = site_new_id(site), *alder = site_organization_id(site, ADA);

	if (is_delivery)
		site_sql(site,
		    "INSERT INTO webhook_outbox (id, organization_id, subscription_id, event,"
		    " payload, state, attempts, next_attempt_at, created_at, settled_at) VALUES"
		    " (" UUID ", " UUID ", " UUID ", 'photo.deleted', '{}', 'failed', 14,"
		    " '2026-01-01', '2026-01-01', '2999-01-01')",
		    id, alder, id);
	else
		site_sql(site,
		    "INSERT INTO webhook_subscriptions (id, organization_id, url, secret, events,"
		    " created_at) VALUES (" UUID ", " UUID ", 'https://host.example',"
		    " REPEAT('s', 32), 'organization.restored', '2026-01-01')",
		    id, alder);
	return id;
}

static struct things make_photo_thing(struct site *site, enum thing thing)
{
	struct things made = {.first = site_photo(site, ADA, "A photo")};
	const char *deletion;

	if (thing == ARCHIVED)
		site_archive(site, ADA, made.first);
	else if (thing == SHARED)
		(void)site_share(site, ADA, made.first, &made.second);
	else if (thing == LINK)
		made.first = site_share(site, ADA, made.first, NULL);
	else if (thing == GENERATION)
		made.first = start_generation(site, made.first);
	if (thing != TRASHED && thing != DELETION && thing != ACT)
		return made;
	deletion = site_delete(site, ADA, made.first);
	if (thing == DELETION)
		made.first = deletion;
	if (thing == ACT)
		made.first = http_answer_text(
		    site_api(site, ADA, "GET /api/deletions/%s", deletion), "act_id");
	return made;
}

static const char *add_organization(struct site *site)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO organizations (id, name, created_at) VALUES (" UUID
	    ", 'Place', '2026-01-01')",
	    id);
	return id;
}

static struct things delete_organization(struct site *site)
{
	const char *id = add_organization(site);
	const char *header = arena_printf(site_arena(site), "X-Reauth-Token: %s",
	    site_reauth(site, PLATFORM, "organization.delete", id));

	EXPECT(site_api_with(site, PLATFORM, header, "{'confirmation': 'Place'}",
		   "DELETE /api/organizations/%s", id),
	    200, NULL);
	return (struct things){id, NULL};
}

static struct things make_user(struct site *site, enum thing thing)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, created_at) VALUES"
	    " (" UUID ", " UUID ", '%s@alder.example', 'Somebody', 'member', '2026-01-01')",
	    id, site_organization_id(site, ADA), id);
	if (thing == USER_GONE)
		EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", id), 204, NULL);
	return (struct things){id, NULL};
}

static struct things make_claim(struct site *site)
{
	const char *place = site_place(site, ADMIN, "sites", "Place");
	const struct http_answer *answer = site_api(site, ADA, "POST /api/sites/%s/claims", place);

	EXPECT(answer, 201, NULL);
	return (struct things){place, http_answer_text(answer, "id")};
}

static struct things make_place(struct site *site, enum thing thing)
{
	switch (thing) {
	case PROJECT:
		return (struct things){site_place(site, ADMIN, "projects", "Place"), NULL};
	case SITE:
		return (struct things){site_place(site, ADMIN, "sites", "Place"), NULL};
	case ALBUM:
		return (struct things){site_place(site, ADA, "albums", "Place"), NULL};
	case ORGANIZATION:
		return (struct things){add_organization(site), NULL};
	case ORGANIZATION_GONE:
		return delete_organization(site);
	case ALDER:
		return (struct things){site_organization_id(site, ADA), NULL};
	case USER:
	case USER_GONE:
		return make_user(site, thing);
	default:
		return make_claim(site);
	}
}

/* As others see it: approved. */
static struct things make_request(struct site *site, enum thing thing)
{
	const char *place = site_place(site, ADMIN, "sites", "Place");
	const char *photo = site_photo_in(site, ADA, "A photo", "site_id", place);

	site_sql(site, "UPDATE photos SET status = 'approved' WHERE id = " UUID, photo);
	if (thing == SUBMITTED)
		return (struct things){photo, NULL};
	site_forgive_rates(site);
	EXPECT(site_form(site, ADA,
		   arena_printf(site_arena(site), "photo=%s&reason=Please+remove+it", photo),
		   "POST /requests/new"),
	    303, NULL);
	return (struct things){site_request_on(site, photo), NULL};
}

static struct things make_thing(struct site *site, enum thing thing)
{
	switch (thing) {
	case NOTHING:
		return (struct things){NULL, NULL};
	case QUEST:
		return (struct things){site_content(site, CREATOR, "quests", "archived"), NULL};
	case DRAFT:
		return (struct things){site_content(site, CREATOR, "quests", "draft"), NULL};
	case CLEANUP:
		return (struct things){add_cleanup(site), NULL};
	case WEBHOOK:
	case UNSENT:
		return (struct things){add_webhook(site, thing == UNSENT), NULL};
	case SUBMITTED:
	case REQUESTED:
		return make_request(site, thing);
	default:
		return thing >= PROJECT ? make_place(site, thing) : make_photo_thing(site, thing);
	}
}

/* Put the things where `$` and `^` stand, or where the first and second capture of a pattern do. */
static const char *fill(struct site *site, const char *text, const struct things *things)
{
	const char *values[] = {things->first, things->second};
	const char *filled = "";
	bool is_second = false;

	for (const char *c = text; *c; c++) {
		if (*c == '$' || *c == '^') {
			filled = arena_printf(site_arena(site), "%s%s", filled, values[*c == '^']);
		} else if (*c == '{' && text[0] == '/') {
			filled = arena_printf(site_arena(site), "%s%s", filled, values[is_second]);
			is_second = true;
			c += strcspn(c, "}");
		} else {
			filled = arena_printf(site_arena(site), "%s%c", filled, *c);
		}
	}
	return filled;
}

/* --- requests ------------------------------------------------------------------------------ */

static const char *method_name(enum http_method method)
{
	return method == GET     ? "GET"
	       : method == POST  ? "POST"
	       : method == PATCH ? "PATCH"
				 : "DELETE";
}

static bool is_api(const struct row *row)
{
	return strncmp(row->pattern, "/api/", 5) == 0;
}

/* A platform admin says on each request, or in the session, for which organisation. */
static const char *choose_organization(struct site *site, const char *path)
{
	return arena_printf(site_arena(site), "%s%corganization_id=%s", path,
	    strchr(path, '?') ? '&' : '?', site_organization_id(site, ADA));
}

static void act_for_organization(struct site *site)
{
	(void)site_cookie(site, PLATFORM);
	site_sql(site,
	    "UPDATE sessions SET acting_organization_id = " UUID " WHERE user_id = " UUID,
	    site_organization_id(site, ADA), site_user_id(site, PLATFORM));
}

static const struct http_answer *send_file_form(
    struct site *site, enum person who, const char *path)
{
	const char *headers[2] = {NULL};
	struct http_call call = {
	    .method = "POST", .path = path, .type = SITE_MULTIPART_TYPE, .headers = headers};

	if (who != VISITOR)
		headers[0] = arena_printf(site_arena(site), "Cookie: %s", site_cookie(site, who));
	call.body = site_multipart(site,
	    PARTS(site_file_part(site),
		{.name = "csrf", .bytes = who == VISITOR ? "x" : site_csrf(site, who)}),
	    &call.length);
	return http_client_send(site_client(site), &call);
}

static const struct http_answer *send_api(
    struct site *site, const struct row *row, enum person who, const char *path, const char *body)
{
	if (who == PLATFORM)
		path = choose_organization(site, path);
	if (row->sort == FILE_API)
		return site_send_parts(site, who, path, PARTS(site_file_part(site)));
	return site_api_with(site, who, NULL, body, "%s %s", method_name(row->method), path);
}

static const struct http_answer *send_with_reauth(struct site *site, const struct row *row,
    enum person who, const struct things *things, const char *path, const char *body)
{
	const char *header = NULL;

	if (who != VISITOR)
		header = arena_printf(site_arena(site), "X-Reauth-Token: %s",
		    site_reauth(site, who, row->purpose, things->first));
	if (who == PLATFORM)
		path = choose_organization(site, path);
	return site_api_with(site, who, header, body, "%s %s", method_name(row->method), path);
}

static const struct http_answer *send_row(
    struct site *site, const struct row *row, enum person who, const struct things *things)
{
	const char *path = fill(site, row->path ? row->path : row->pattern, things);
	const char *body = row->body ? fill(site, row->body, things) : NULL;

	if (row->purpose)
		return send_with_reauth(site, row, who, things, path, body);
	if (is_api(row))
		return send_api(site, row, who, path, body);
	if (row->sort == FILE_FORM)
		return send_file_form(site, who, path);
	if (row->sort == FORM)
		return site_form(site, who, body, "%s %s", method_name(row->method), path);
	return site_page(site, who, "%s %s", method_name(row->method), path);
}

static enum person person_of(const struct row *row, enum person role)
{
	if (role != OWNER)
		return role;
	return row->thing == QUEST || row->thing == DRAFT ? CREATOR : ADA;
}

/* --- tests --------------------------------------------------------------------------------- */

static void check_row(struct site *site, const struct row *row)
{
	struct things things = make_thing(site, row->thing);

	for (size_t i = 0; i < ROLE_COUNT; i++) {
		const struct http_answer *answer =
		    send_row(site, row, person_of(row, roles[i]), &things);
		if (answer->status != row->expected[i]) {
			print_error("%s %s as role %zu: %s: %ld, not %d\n%.600s\n",
			    method_name(row->method), row->pattern, i, answer->request,
			    answer->status, row->expected[i], answer->body);
			fail();
		}
		/* What changed it has to be done to another one next time. */
		if (row->method != GET && answer->status < 400)
			things = make_thing(site, row->thing);
	}
}

static void check_rows(struct site *site, bool of_api)
{
	act_for_organization(site);
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (is_api(&rows[i]) == of_api)
			check_row(site, &rows[i]);
}

static void test_pages_by_role(void **state)
{
	check_rows(*state, false);
	site_sign_out_all(*state);
}

static void test_api_by_role(void **state)
{
	check_rows(*state, true);
}

/* An admin of another organisation who names this one is still a stranger. */
static void test_other_organization_by_parameter(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");

	EXPECT(site_api(site, BIRCH_ADMIN, "GET /api/photos/%s?organization_id=%s", photo,
		   site_organization_id(site, ADA)),
	    404, "not_found");
	EXPECT(site_api(site, BIRCH_ADMIN, "GET /api/photos?organization_id=%s",
		   site_organization_id(site, ADA)),
	    404, "not_found");
	EXPECT_FIELD(site_api(site, PLATFORM, "GET /api/photos?organization_id=x"), 400,
	    "invalid_input", "organization_id");
	EXPECT(site_api(site, PLATFORM, "GET /api/photos?organization_id=%s", site_new_id(site)),
	    404, "not_found");
	EXPECT(site_api(site, PLATFORM, "GET /api/admin/stats?organization_id=%s", photo), 404,
	    "not_found");
	EXPECT(site_api(site, PLATFORM, "GET /api/photos?organization_id=%s",
		   site_organization_id(site, BIRCH_ADMIN)),
	    200, NULL);
}

static const struct row *find_row(const struct web_route *route)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].method == route->method && strcmp(rows[i].pattern, route->pattern) == 0)
			return &rows[i];
	return NULL;
}

static bool has_route(const struct row *row)
{
	for (size_t i = 0; i < web_route_count; i++)
		if (row->method == web_routes[i].method &&
		    strcmp(row->pattern, web_routes[i].pattern) == 0)
			return true;
	return false;
}

static void test_every_route_has_a_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++)
		if (!find_row(&web_routes[i]))
			fail_msg("%s %s has no row in this file", method_name(web_routes[i].method),
			    web_routes[i].pattern);
	for (size_t i = 0; i < ROW_COUNT; i++)
		assert_true(has_route(&rows[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_route_has_a_row),
	    SITE_TEST(test_pages_by_role),
	    SITE_TEST(test_api_by_role),
	    SITE_TEST(test_other_organization_by_parameter),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
