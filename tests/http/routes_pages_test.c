/* routes_pages_test.c - every page and form as every role, and that none is without its row here.
 */
#include "../support/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* clang-format off */
static const struct route_row rows[] = {
    /* identity; what succeeds there is in identity_test.c */
    {GET, "/login", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(200, 303)},
    {POST, "/login", FORM, NULL, "email=a%40b.example&password=x", NOTHING, NULL, ALL(403)},
    {GET, "/logout", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/sso", FORM, NULL, "token=v4.public.x", NOTHING, NULL, ALL(401)},
    {GET, "/reauth", QUERY, "/reauth?act=" ACT_ID, NULL, NOTHING, NULL, SIGNED_IN(303, 410)},
    {POST, "/reauth", FORM, NULL, "act=" ACT_ID "&password=x", NOTHING, NULL, SIGNED_IN(401, 410)},

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

    /* shared photos: whoever has the link */
    {GET, "/s/{token}", QUERY, NULL, NULL, LINK, NULL, ALL(200)},
    {GET, "/s/{token}/file", QUERY, NULL, NULL, LINK, NULL, ALL(200)},

    /* containers */
    {GET, "/choose/projects", QUERY, "/choose/projects?for=upload", NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/choose/sites", QUERY, "/choose/sites?for=library&q=x", NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/albums", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {GET, "/albums/{id}", QUERY, NULL, NULL, ALBUM, NULL, MEMBERS(303, 200)},
    {GET, "/albums/{id}/delete", QUERY, NULL, NULL, ALBUM, NULL, OWN(303, 200)},
    {POST, "/albums/{id}/delete", FORM, NULL, "", ALBUM, NULL, OWN(401, 303)},
    {GET, "/sites", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/sites/{id}/claims", FORM, NULL, "", SITE, NULL, MEMBERS(401, 303)},

    /* trash */
    {GET, "/trash", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 200)},
    {POST, "/trash/restore", FORM, NULL, "ids=$", DELETION, NULL, HIDDEN(401, 303)},
    {POST, "/trash/undo", FORM, NULL, "act_id=$", ACT, NULL, {401, 303, 404, 404, 404, 404, 404}},
    {GET, "/trash/{id}", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(303, 200)},
    {POST, "/trash/{id}/restore", FORM, NULL, "", DELETION, NULL, HIDDEN(401, 303)},
    {GET, "/trash/{id}/receipt", QUERY, NULL, NULL, DELETION, NULL, HIDDEN(303, 409)},

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
    {GET, "/events/{id}", QUERY, NULL, NULL, EVENT, NULL, {303, 200, 404, 200, 200, 404, 404}},
    {POST, "/events/{id}", FORM, NULL, "events=anonymize", EVENT, NULL, {401, 303, 404, 303, 303, 404, 404}},
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
    {GET, "/admin/webhooks", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {POST, "/admin/webhooks", FORM, NULL, "url=https%3A%2F%2Fhost.example%2Fhook&events=photo.deleted&events=photo.purged", NOTHING, NULL, ADMINS(401, 200)},
    {POST, "/admin/webhooks/{id}/delete", FORM, NULL, "", WEBHOOK, NULL, ADMINS_OWN(401, 303)},
    {POST, "/admin/webhooks/{id}/test", FORM, NULL, "", WEBHOOK, NULL, ADMINS_OWN(401, 303)},
    {POST, "/admin/webhooks/deliveries/{id}/retry", FORM, NULL, "", UNSENT, NULL, ADMINS_OWN(401, 303)},
    {GET, "/admin/audit", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/audit/export", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {GET, "/admin/storage", QUERY, NULL, NULL, NOTHING, NULL, ADMINS(303, 200)},
    {POST, "/admin/storage/{id}/retry", FORM, NULL, "", CLEANUP, NULL, ADMINS_ONLY(401, 303)},

    /* system */
    {GET, "/live", QUERY, NULL, NULL, NOTHING, NULL, SIGNED_IN(303, 204)},
    {GET, "/healthz", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {GET, "/readyz", QUERY, NULL, NULL, NOTHING, NULL, ALL(200)},
    {GET, "/metrics", QUERY, NULL, NULL, NOTHING, NULL, ALL(404)},

    /* it ends the sessions, so it comes last */
    {POST, "/logout", FORM, NULL, "", NOTHING, NULL, SIGNED_IN(401, 303)},
};
/* clang-format on */

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void test_every_route_has_a_row(void **state)
{
	(void)state;
	routes_check_complete(rows, ROW_COUNT, false);
}

static void test_by_role(void **state)
{
	routes_check(*state, rows, ROW_COUNT);
	site_sign_out_all(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_route_has_a_row),
	    SITE_TEST(test_by_role),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
