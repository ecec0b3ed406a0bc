/* routes_api_test.c - every route of the API as every role, and that none is without its row here.
 */
#include "../support/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* clang-format off */
static const struct route_row rows[] = {
    /* identity; what succeeds there is in identity_test.c */
    {POST, "/api/tokens", JSON, NULL, "{'email': 'ada@alder.example', 'password': 'lethe-demo-1'}", NOTHING, NULL, ALL(201)},
    {POST, "/api/reauth", JSON, NULL, "{'password': 'lethe-demo-1', 'purpose': 'account.delete'}", NOTHING, NULL, SIGNED_IN(401, 201)},

    /* library */
    {POST, "/api/photos", FILE_API, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 201)},
    {GET, "/api/photos", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/photos/bulk-archive", JSON, NULL, "{'ids': ['$']}", LIVE, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/photos/bulk-delete", JSON, NULL, "{'ids': ['$']}", LIVE, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/photos/bulk-restore", JSON, NULL, "{'ids': ['$']}", TRASHED, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/photos/bulk-archive", JSON, NULL, "{'criteria': {'date_range': {'end': '2001-01-01'}}}", NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/api/photos/deletion-requests", QUERY, "/api/photos/deletion-requests?type=recoverable", NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/photos/deletion-requests/cleanup", JSON, NULL, NULL, NOTHING, NULL, ADMINS(401, 202)},

    /* one photo */
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
    {POST, "/api/sites/{id}/claims", JSON, NULL, NULL, SITE, NULL, MEMBERS(401, 201)},
    {PATCH, "/api/sites/{id}/claims/{claim_id}", JSON, NULL, "{'decision': 'approve'}", CLAIM, NULL, ADMINS_ONLY(401, 200)},

    /* trash */
    {GET, "/api/deletions/{id}/receipt", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(401, 409)},
    {GET, "/api/deletions", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {GET, "/api/deletions/{id}", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(401, 200)},
    {POST, "/api/deletions/{id}/restore", JSON, NULL, NULL, DELETION, NULL, HIDDEN(401, 200)},

    /* content: its creator's alone */
    {GET, "/api/creator/content", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/creator/archive", JSON, NULL, "{'content_id': '$', 'content_type': 'quests'}", DRAFT, NULL, CREATORS(401, 200)},
    {POST, "/api/creator/restore", JSON, NULL, "{'content_id': '$', 'content_type': 'quests'}", QUEST, NULL, CREATORS(401, 200)},
    {DELETE, "/api/creator/permanent-delete", JSON, NULL, "{'content_id': '$', 'content_type': 'quests', 'confirm_text': 'DELETE'}", QUEST, NULL, CREATORS(401, 200)},
    {DELETE, "/api/creator/delete-content", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 410)},

    /* admin */
    {POST, "/api/me/delete", JSON, NULL, "{'phrase': 'delete my acount'}", NOTHING, NULL, SIGNED_IN(401, 400)},
    {POST, "/api/me/export", JSON, NULL, "{}", NOTHING, NULL, SIGNED_IN(401, 403)},
    {GET, "/api/me/exports/{id}", QUERY, "/api/me/exports/" ACT_ID, NULL, NOTHING, NULL, SIGNED_IN(401, 404)},
    {GET, "/api/me/exports/{id}/file", QUERY, "/api/me/exports/" ACT_ID "/file", NULL, NOTHING, NULL, SIGNED_IN(401, 404)},
    {GET, "/api/me/deletion-status", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 200)},
    {POST, "/api/me/deletion-cancel", JSON, NULL, NULL, NOTHING, NULL, SIGNED_IN(401, 409)},
    {GET, "/api/admin/users", QUERY, "/api/admin/users?includeDeleted=true", NULL, NOTHING, NULL, ADMINS(401, 200)},
    {PATCH, "/api/events/{id}", JSON, NULL, "{'action': 'anonymize'}", EVENT, NULL, {401, 200, 404, 200, 200, 404, 404}},
    {POST, "/api/admin/users/bulk-delete", JSON, NULL, "{'ids': ['$']}", USER, NULL, ADMINS(401, 200)},
    {GET, "/api/admin/users/{uid}", QUERY, NULL, NULL, USER, NULL, ADMINS_OWN(401, 200)},
    {PATCH, "/api/admin/users/{uid}", JSON, NULL, "{'role': 'admin'}", USER, NULL, ADMINS_OWN(401, 200)},
    {DELETE, "/api/admin/users/{uid}", JSON, NULL, NULL, USER, NULL, ADMINS_OWN(401, 204)},
    {POST, "/api/admin/users/{uid}/restore", JSON, NULL, NULL, USER_GONE, NULL, ADMINS_OWN(401, 200)},
    {GET, "/api/admin/users/{uid}/impact", QUERY, NULL, NULL, USER, NULL, ADMINS_OWN(401, 200)},
    {GET, "/api/admin/settings", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {PATCH, "/api/admin/settings", JSON, NULL, "{'self_deletion': true}", NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/api/admin/webhooks", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/admin/webhooks", JSON, NULL, "{'url': 'https://host.example/hook', 'events': ['photo.deleted']}", NOTHING, NULL, ADMINS(401, 201)},
    {DELETE, "/api/admin/webhooks/{id}", JSON, NULL, NULL, WEBHOOK, NULL, ADMINS_OWN(401, 204)},
    {POST, "/api/admin/webhooks/{id}/test", JSON, NULL, NULL, WEBHOOK, NULL, ADMINS_OWN(401, 202)},
    {GET, "/api/admin/webhooks/deliveries", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/admin/webhooks/deliveries/{id}/retry", JSON, NULL, NULL, UNSENT, NULL, ADMINS_OWN(401, 200)},
    {GET, "/api/admin/stats", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/api/admin/audit", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {GET, "/api/admin/storage-cleanup", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/api/admin/storage-cleanup/{id}/retry", JSON, NULL, NULL, CLEANUP, NULL, ADMINS_ONLY(401, 200)},

    /* system */
    {GET, "/api/openapi.json", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
};
/* clang-format on */

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void test_every_route_has_a_row(void **state)
{
	(void)state;
	routes_check_complete(rows, ROW_COUNT, true);
}

static void test_by_role(void **state)
{
	routes_check(*state, rows, ROW_COUNT);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_route_has_a_row),
	    SITE_TEST(test_by_role),
	    SITE_TEST(test_other_organization_by_parameter),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
