/* openapi_test.c - the description of the API against the routes, and answers against it. */
#include "../../app/web/route.h"
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The members that the specification promises, in its words. */
static const struct {
	const char *shape, *members;
} promised[] = {
    {"photo",
	"id, organization_id, uploader_id, original_id, project_id, site_id, title, description, "
	"status, bytes, tags, album_ids, created_at, archived_at, archived_by, archive_reason, "
	"purge_after, deleted_at, deletion_id, recover_until"},
    {"deletion",
	"id, act_id, kind, item_id, label, origin, mode, state, reason, deleted_by, deleted_at, "
	"recover_until, counts, bytes, progress"},
    {"progress", "done, total"},
    {"deleted", "deletion_id, recover_until, counts"},
    {"content", "id, content_type, title, publishing_status, created_at, archived_at"},
    {"audit_entry", "id, at, actor, action, kind, item_id, mode, reason, details, request_id"},
    {"bulk_result", "items, changed, skipped"},
    {"bulk_item", "id, result, reason"},
    {"access_token", "access_token, token_type, expires_in"},
    {"reauth_token", "reauth_token, expires_in"},
    {"impact", "counts, bytes, people"},
    {"project_deleted", "deletion_id, project_id, photo_count, photo_action"},
    {"site_deleted", "deletion_id, site_id, photo_count, photo_action"},
    {"claim", "id, site_id, user_id, state, created_at, decided_by, decided_at"},
    {"request",
	"id, photo_id, requested_by, requester_email, requester_role, reason, requested_at, "
	"due_at, status, reviewed_at, reviewed_by, rejection_reason"},
    {"request_list", "items, next"},
    {"settings", "photo_recovery_s, container_recovery_s, archive_retention_s, account_grace_s, "
		 "audit_retention_months, self_deletion, admin_deletion"},
    {"cleanup_started", "unfinished, paused"},
    {"archive_batch", "batch_id, photo_count"},
    {"share", "id, token, url"},
    {"generation", "generation_id"},
    {"event", "id, title, starts_at"},
};

static json_t *document(struct site *site)
{
	const struct http_answer *answer = site_api(site, VISITOR, "GET /api/openapi.json");

	EXPECT(answer, 200, NULL);
	assert_non_null(answer->json);
	return answer->json;
}

static const char *method_key(enum http_method method)
{
	return method == HTTP_GET     ? "get"
	       : method == HTTP_POST  ? "post"
	       : method == HTTP_PATCH ? "patch"
				      : "delete";
}

static json_t *operation_of(json_t *all, const struct web_route *route)
{
	json_t *path = json_object_get(json_object_get(all, "paths"), route->pattern);

	return json_object_get(path, method_key(route->method));
}

static size_t count_operations(json_t *all)
{
	json_t *path;
	const char *name;
	size_t count = 0;

	json_object_foreach(json_object_get(all, "paths"), name, path)
	{
		count += json_object_size(path);
	}
	return count;
}

/* Every listed route and nothing else; every route of the API is listed. */
static void test_lists_exactly_the_routes(void **state)
{
	json_t *all = document(*state);
	size_t listed = 0;

	assert_string_equal(json_string_value(json_object_get(all, "openapi")), "3.1.0");
	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		bool is_api = strncmp(route->pattern, "/api/", 5) == 0;
		if (is_api && (route->flags & WEB_UNLISTED))
			fail_msg("%s is not listed", route->pattern);
		if (route->flags & WEB_UNLISTED)
			continue;
		listed++;
		if (!operation_of(all, route))
			fail_msg("%s %s is missing", method_key(route->method), route->pattern);
	}
	assert_int_equal(count_operations(all), listed);
}

static bool has_parameter(json_t *operation, const char *name, const char *place)
{
	json_t *parameter;
	size_t i;

	json_array_foreach(json_object_get(operation, "parameters"), i, parameter)
	{
		const char *found = json_string_value(json_object_get(parameter, "name"));
		const char *in = json_string_value(json_object_get(parameter, "in"));
		if (strcmp(found, name) == 0 && strcmp(in, place) == 0)
			return true;
	}
	return false;
}

static json_t *body_schema(json_t *operation, const char *type)
{
	json_t *content = json_object_get(json_object_get(operation, "requestBody"), "content");

	return json_object_get(json_object_get(content, type), "schema");
}

static void check_input(
    json_t *operation, const struct web_route *route, const struct web_input *input)
{
	bool is_multipart = route->flags & WEB_MULTIPART;
	json_t *schema =
	    body_schema(operation, is_multipart ? "multipart/form-data" : "application/json");
	json_t *properties = json_object_get(schema, "properties");

	if (input->place == IN_QUERY && !has_parameter(operation, input->name, "query"))
		fail_msg("%s: no parameter %s", route->pattern, input->name);
	if (input->place == IN_BODY && !json_object_get(properties, input->name))
		fail_msg("%s: no member %s", route->pattern, input->name);
}

static void test_describes_inputs(void **state)
{
	json_t *all = document(*state);

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		json_t *operation = operation_of(all, route);
		if (route->flags & WEB_UNLISTED)
			continue;
		for (const struct web_input *in = route->inputs; in && in->name; in++)
			check_input(operation, route, in);
		if (route->reauth && !has_parameter(operation, "X-Reauth-Token", "header"))
			fail_msg("%s: re-authentication is not described", route->pattern);
		if ((route->flags & WEB_MULTIPART) &&
		    !body_schema(operation, "multipart/form-data"))
			fail_msg("%s: its parts are not described", route->pattern);
	}
}

static json_t *schema_of(json_t *all, const char *name)
{
	json_t *schemas = json_object_get(json_object_get(all, "components"), "schemas");

	return json_object_get(schemas, name);
}

/* Members are separated by ", " in the list. */
static void check_members(json_t *properties, const char *shape, const char *members)
{
	size_t count = 0;

	for (const char *at = members; *at; count++) {
		size_t length = strcspn(at, ",");
		char name[64] = "";
		memcpy(name, at, length);
		if (!json_object_get(properties, name))
			fail_msg("%s has no %s", shape, name);
		at += length + strspn(at + length, ", ");
	}
	if (json_object_size(properties) != count)
		fail_msg("%s has %zu members, not %zu", shape, json_object_size(properties), count);
}

static void test_promised_shapes(void **state)
{
	json_t *all = document(*state);

	for (size_t i = 0; i < sizeof(promised) / sizeof(promised[0]); i++)
		check_members(json_object_get(schema_of(all, promised[i].shape), "properties"),
		    promised[i].shape, promised[i].members);
}

/* Null where there is nothing, but present; a problem names what stands in the way where it can. */
static void test_members_are_required(void **state)
{
	json_t *all = document(*state);

	for (size_t i = 0; i < sizeof(promised) / sizeof(promised[0]); i++) {
		json_t *schema = schema_of(all, promised[i].shape);
		assert_int_equal(json_array_size(json_object_get(schema, "required")),
		    json_object_size(json_object_get(schema, "properties")));
	}
	assert_int_equal(
	    json_array_size(json_object_get(schema_of(all, "problem"), "required")), 5);
	check_members(json_object_get(schema_of(all, "problem"), "properties"), "problem",
	    "type, title, status, detail, code, field, deletion_id, request_id, "
	    "site_id, user_id, events");
}

/* Every "$ref" in the document leads somewhere. */
static void check_references(json_t *all, json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, member)
		{
			check_references(all, member);
		}
		return;
	}
	json_object_foreach(value, name, member)
	{
		if (strcmp(name, "$ref") == 0) {
			const char *target = json_string_value(member);
			assert_memory_equal(target, "#/components/schemas/", 21);
			if (!schema_of(all, target + 21))
				fail_msg("%s leads nowhere", target);
		}
		check_references(all, member);
	}
}

static void test_references(void **state)
{
	json_t *all = document(*state);

	check_references(all, all);
}

/* --- answers against their shapes --------------------------------------------------------------
 */

static bool fits(json_t *all, json_t *schema, json_t *value);

static bool fits_any(json_t *all, json_t *choices, json_t *value)
{
	json_t *choice;
	size_t i;

	json_array_foreach(choices, i, choice)
	{
		if (fits(all, choice, value))
			return true;
	}
	return false;
}

static bool has_required(json_t *schema, json_t *value)
{
	json_t *name;
	size_t i;

	json_array_foreach(json_object_get(schema, "required"), i, name)
	{
		if (json_object_get(value, json_string_value(name)))
			continue;
		print_error("no member %s\n", json_string_value(name));
		return false;
	}
	return true;
}

static bool fits_object(json_t *all, json_t *schema, json_t *value)
{
	json_t *properties = json_object_get(schema, "properties");
	json_t *member;
	const char *name;

	if (!json_is_object(value) || !has_required(schema, value))
		return false;
	json_object_foreach(value, name, member)
	{
		json_t *described = json_object_get(properties, name);
		if (!properties || (described && fits(all, described, member)))
			continue;
		print_error("member %s\n", name);
		return false;
	}
	return true;
}

static bool fits_text(json_t *schema, json_t *value)
{
	const char *format = json_string_value(json_object_get(schema, "format"));
	struct id id;
	int64_t time_us;

	if (!json_is_string(value))
		return false;
	if (format && strcmp(format, "uuid") == 0)
		return id_parse(json_string_value(value), &id);
	if (format && strcmp(format, "date-time") == 0)
		return clock_parse(json_string_value(value), &time_us);
	return true;
}

static bool fits(json_t *all, json_t *schema, json_t *value)
{
	const char *target = json_string_value(json_object_get(schema, "$ref"));
	const char *type = json_string_value(json_object_get(schema, "type"));
	json_t *item;
	size_t i;

	if (target)
		return fits(all, schema_of(all, target + 21), value);
	if (json_object_get(schema, "anyOf"))
		return fits_any(all, json_object_get(schema, "anyOf"), value);
	if (!type)
		return true;
	if (strcmp(type, "null") == 0)
		return json_is_null(value);
	if (strcmp(type, "boolean") == 0)
		return json_is_boolean(value);
	if (strcmp(type, "integer") == 0)
		return json_is_integer(value);
	if (strcmp(type, "string") == 0)
		return fits_text(schema, value);
	if (strcmp(type, "object") == 0)
		return fits_object(all, schema, value);
	json_array_foreach(value, i, item)
	{
		if (!fits(all, json_object_get(schema, "items"), item))
			return false;
	}
	return json_is_array(value);
}

static void check_answer(struct site *site, const char *shape, const struct http_answer *answer)
{
	json_t *all = document(site);

	assert_non_null(answer->json);
	if (!fits(all, schema_of(all, shape), answer->json))
		fail_msg("%s is not a %s: %s", answer->request, shape, answer->body);
}

/* What the newer endpoints answer; a person claims a site once. */
static void test_container_answers_fit(void **state)
{
	struct site *site = *state;
	const char *place = site_place(site, ADMIN, "sites", "A site");
	const char *project = site_place(site, ADMIN, "projects", "A project");
	const char *name = "{'confirmation': 'A project'}";

	check_answer(site, "claim", site_api(site, ADA, "POST /api/sites/%s/claims", place));
	check_answer(site, "settings", site_api(site, ADMIN, "GET /api/admin/settings"));
	check_answer(site, "cleanup_started",
	    site_api(site, ADMIN, "POST /api/photos/deletion-requests/cleanup"));
	check_answer(site, "impact", site_api(site, ADMIN, "GET /api/projects/%s/impact", project));
	check_answer(site, "project_deleted",
	    site_api_json(site, ADMIN, name, "DELETE /api/projects/%s", project));
	check_answer(site, "site_deleted",
	    site_api_json(
		site, ADMIN, "{'confirmation': 'A site'}", "DELETE /api/sites/%s", place));
	check_answer(site, "photo_list",
	    site_api(site, ADMIN, "GET /api/photos/deletion-requests?type=recoverable"));
	check_answer(
	    site, "request_list", site_api(site, ADMIN, "GET /api/photos/deletion-requests"));
	site_forgive_rates(site);
	check_answer(site, "request",
	    site_api_json(site, ADMIN,
		"{'action': 'request_deletion', 'reason': 'It is mine to ask'}",
		"PATCH /api/photos/%s", site_photo(site, ADA, "Asked")));
}

static void test_answers_fit(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "A photo");
	const char *other = site_photo(site, ADA, "Another");
	const char *third = site_photo(site, ADA, "A third");
	const char *deletion;

	(void)site_derivative(site, ADA, photo);
	(void)site_content(site, CREATOR, "quests", "archived");
	(void)site_place(site, ADA, "projects", "A project");
	check_answer(site, "share", site_api(site, ADA, "POST /api/photos/%s/shares", photo));
	check_answer(site, "archive_batch",
	    site_api_json(site, ADA, arena_printf(site_arena(site), "{'ids': ['%s']}", other),
		"POST /api/photos/bulk-archive"));
	check_answer(site, "bulk_result",
	    site_api_json(site, ADA,
		arena_printf(site_arena(site), "{'ids': ['%s', '%s']}", third, third),
		"POST /api/photos/bulk-delete"));
	deletion = site_delete(site, ADA, photo);
	check_answer(site, "photo", site_api(site, ADA, "GET /api/photos/%s", photo));
	check_answer(site, "photo", site_api(site, ADA, "GET /api/photos/%s", other));
	check_answer(
	    site, "photo_list", site_api(site, ADA, "GET /api/photos?include_archived=true"));
	check_answer(site, "deletion_list", site_api(site, ADA, "GET /api/deletions"));
	check_answer(site, "deletion", site_api(site, ADA, "GET /api/deletions/%s", deletion));
	check_answer(site, "content_list", site_api(site, CREATOR, "GET /api/creator/content"));
	check_answer(site, "audit_list", site_api(site, ADMIN, "GET /api/admin/audit"));
	check_answer(site, "cleanup_list", site_api(site, ADMIN, "GET /api/admin/storage-cleanup"));
	check_answer(site, "place_list", site_api(site, ADA, "GET /api/projects"));
	check_answer(site, "problem", site_api(site, ADA, "GET /api/nothing"));
	check_answer(site, "health", site_api(site, VISITOR, "GET /healthz"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_lists_exactly_the_routes),
	    SITE_TEST(test_describes_inputs),
	    SITE_TEST(test_promised_shapes),
	    SITE_TEST(test_members_are_required),
	    SITE_TEST(test_references),
	    SITE_TEST(test_answers_fit),
	    SITE_TEST(test_container_answers_fit),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
