/* routes.c - each route as each role. */
#include "routes.h"

#include "../../app/web/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

/* Its owner is ADA (of content CREATOR). */
#define OWNER PERSON_COUNT
static const enum person roles[ROUTES_ROLES] = {
    VISITOR, OWNER, BEN, ADMIN, PLATFORM, MIA, BIRCH_ADMIN};

/* Put the things where `$` and `^` stand, or where the first and second capture of a pattern do. */
static const char *fill(struct site *site, const char *text, const struct route_things *things)
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

static bool is_api(const char *pattern)
{
	return strncmp(pattern, "/api/", 5) == 0;
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

static const struct http_answer *send_api(struct site *site, const struct route_row *row,
    enum person who, const char *path, const char *body)
{
	if (who == PLATFORM)
		path = choose_organization(site, path);
	if (row->sort == FILE_API)
		return site_send_parts(site, who, path, PARTS(site_file_part(site)));
	return site_api_with(site, who, NULL, body, "%s %s", method_name(row->method), path);
}

static const struct http_answer *send_with_reauth(struct site *site, const struct route_row *row,
    enum person who, const struct route_things *things, const char *path, const char *body)
{
	const char *header = NULL;

	if (who != VISITOR)
		header = arena_printf(site_arena(site), "X-Reauth-Token: %s",
		    site_reauth(site, who, row->purpose, things->first));
	if (who == PLATFORM)
		path = choose_organization(site, path);
	return site_api_with(site, who, header, body, "%s %s", method_name(row->method), path);
}

static const struct http_answer *send_row(struct site *site, const struct route_row *row,
    enum person who, const struct route_things *things)
{
	const char *path = fill(site, row->path ? row->path : row->pattern, things);
	const char *body = row->body ? fill(site, row->body, things) : NULL;

	if (row->purpose)
		return send_with_reauth(site, row, who, things, path, body);
	if (is_api(row->pattern))
		return send_api(site, row, who, path, body);
	if (row->sort == FILE_FORM)
		return send_file_form(site, who, path);
	if (row->sort == FORM)
		return site_form(site, who, body, "%s %s", method_name(row->method), path);
	return site_page(site, who, "%s %s", method_name(row->method), path);
}

static enum person person_of(const struct route_row *row, enum person role)
{
	if (role != OWNER)
		return role;
	return row->thing == QUEST || row->thing == DRAFT ? CREATOR : ADA;
}

/* --- checks -------------------------------------------------------------------------------- */

static void check_row(struct site *site, const struct route_row *row)
{
	struct route_things things = route_make(site, row->thing);

	for (size_t i = 0; i < ROUTES_ROLES; i++) {
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
			things = route_make(site, row->thing);
	}
}

void routes_check(struct site *site, const struct route_row *rows, size_t count)
{
	act_for_organization(site);
	for (size_t i = 0; i < count; i++)
		check_row(site, &rows[i]);
}

static bool is_of(const struct web_route *route, const struct route_row *row)
{
	return row->method == route->method && strcmp(row->pattern, route->pattern) == 0;
}

static bool has_row(const struct web_route *route, const struct route_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_of(route, &rows[i]))
			return true;
	return false;
}

static bool has_route(const struct route_row *row)
{
	for (size_t i = 0; i < web_route_count; i++)
		if (is_of(&web_routes[i], row))
			return true;
	return false;
}

void routes_check_complete(const struct route_row *rows, size_t count, bool of_api)
{
	for (size_t i = 0; i < web_route_count; i++)
		if (is_api(web_routes[i].pattern) == of_api &&
		    !has_row(&web_routes[i], rows, count))
			fail_msg("%s %s has no row in this file", method_name(web_routes[i].method),
			    web_routes[i].pattern);
	for (size_t i = 0; i < count; i++)
		assert_true(is_api(rows[i].pattern) == of_api && has_route(&rows[i]));
}
