/* site.c - the people of a running Lethe and what they send. */
#include "site.h"

#include "site_parts.h"

#include <base/buf.h>
#include <http/url.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const emails[PERSON_COUNT] = {
    [VISITOR] = NULL,
    [ADA] = "ada@alder.example",
    [BEN] = "ben@alder.example",
    [SHOP] = "shop@alder.example",
    [CREATOR] = "creator@alder.example",
    [ADMIN] = "admin@alder.example",
    [ADMIN2] = "admin2@alder.example",
    [PLATFORM] = "platform@lethe.example",
    [MIA] = "mia@birch.example",
    [BIRCH_ADMIN] = "admin@birch.example",
};

struct site *site_open(void)
{
	struct site *site = calloc(1, sizeof(*site));

	if (!site)
		exit(1);
	site->client = http_client_open();
	site->lasting = arena_create();
	site_store_open(site);
	return site;
}

void site_close(struct site **site)
{
	site_second_close(*site);
	site_store_close(*site);
	http_client_close(&(*site)->client);
	arena_destroy(&(*site)->lasting);
	free(*site);
	*site = NULL;
}

void site_forget(struct site *site)
{
	http_client_forget(site->client);
}

int site_group_setup(void **state)
{
	*state = site_open();
	return 0;
}

int site_group_teardown(void **state)
{
	struct site *site = *state;

	site_close(&site);
	return 0;
}

int site_test_teardown(void **state)
{
	site_forget(*state);
	return 0;
}

struct http_client *site_client(struct site *site)
{
	return site->client;
}

struct arena *site_arena(struct site *site)
{
	return http_client_arena(site->client);
}

/* --- people -------------------------------------------------------------------------------- */

const char *site_email(enum person who)
{
	return emails[who];
}

const char *site_user_id(struct site *site, enum person who)
{
	return site_text(site,
	    "SELECT "
	    "INSERT(INSERT(INSERT(INSERT(LOWER(HEX(id)),9,0,'-'),14,0,'-'),19,0,'-'),24,0,'-')"
	    " FROM users WHERE live_email = '%s'",
	    emails[who]);
}

const char *site_organization_id(struct site *site, enum person who)
{
	return site_text(site,
	    "SELECT "
	    "INSERT(INSERT(INSERT(INSERT(LOWER(HEX(organization_id)),9,0,'-'),14,0,'-'),19,0,"
	    "'-'),24,0,'-') FROM users WHERE live_email = '%s'",
	    emails[who]);
}

static const struct http_answer *send(struct site *site, const char *method, const char *path,
    const char *type, const char *body, const char *const headers[])
{
	const struct http_call call = {
	    .method = method, .path = path, .type = type, .body = body, .headers = headers};

	return http_client_send(site->client, &call);
}

const char *site_token(struct site *site, enum person who)
{
	const struct http_answer *answer;

	if (who == VISITOR)
		return NULL;
	if (!site->tokens[who]) {
		answer = site_api_json(site, VISITOR,
		    arena_printf(site_arena(site), "{'email': '%s', 'password': '%s'}", emails[who],
			SITE_PASSWORD),
		    "POST /api/tokens");
		EXPECT(answer, 201, NULL);
		site->tokens[who] =
		    arena_dup(site->lasting, http_answer_text(answer, "access_token"));
	}
	return site->tokens[who];
}

const char *site_sign_in(struct site *site, const char *email, const char *password,
    const char *old_cookie, const struct http_answer **answer_r)
{
	struct arena *arena = site_arena(site);
	const struct http_answer *answer = send(site, "GET", "/login", NULL, NULL, NULL);
	const char *cookie = http_answer_cookie(site->client, answer, "csrf");
	const char *csrf =
	    http_answer_between(site->client, answer, "name=\"csrf\" value=\"", "\"");
	const char *session;

	EXPECT(answer, 200, NULL);
	assert_non_null(cookie);
	assert_non_null(csrf);
	answer = send(site, "POST", "/login", "application/x-www-form-urlencoded",
	    arena_printf(arena, "csrf=%s&email=%s&password=%s", csrf, http_url_encode(arena, email),
		http_url_encode(arena, password)),
	    (const char *const[]){arena_printf(arena, "Cookie: csrf=%s%s%s", cookie,
				      old_cookie ? "; " : "", old_cookie ? old_cookie : ""),
		NULL});
	if (answer_r)
		*answer_r = answer;
	session = http_answer_cookie(site->client, answer, "session");
	return session && *session ? arena_printf(arena, "session=%s", session) : NULL;
}

static void begin_session(struct site *site, enum person who)
{
	const struct http_answer *answer;
	const char *cookie = site_sign_in(site, emails[who], SITE_PASSWORD, NULL, &answer);

	EXPECT(answer, 303, NULL);
	assert_non_null(cookie);
	site->cookies[who] = arena_dup(site->lasting, cookie);
	answer = send(site, "GET", "/trash", NULL, NULL,
	    (const char *const[]){arena_printf(site_arena(site), "Cookie: %s", cookie), NULL});
	EXPECT(answer, 200, NULL);
	site->csrfs[who] = arena_dup(site->lasting,
	    http_answer_between(site->client, answer, "name=\"csrf\" value=\"", "\""));
	assert_non_null(site->csrfs[who]);
}

const char *site_cookie(struct site *site, enum person who)
{
	if (who == VISITOR)
		return NULL;
	if (!site->cookies[who])
		begin_session(site, who);
	return site->cookies[who];
}

const char *site_csrf(struct site *site, enum person who)
{
	if (who == VISITOR)
		return NULL;
	(void)site_cookie(site, who);
	return site->csrfs[who];
}

void site_sign_out_all(struct site *site)
{
	memset(site->tokens, 0, sizeof(site->tokens));
	memset(site->cookies, 0, sizeof(site->cookies));
	memset(site->csrfs, 0, sizeof(site->csrfs));
}

/* --- requests ------------------------------------------------------------------------------ */

/* Split "METHOD /path". */
static const char *take_method(struct site *site, char *text, const char **path_r)
{
	char *space = strchr(text, ' ');

	assert_non_null(space);
	*path_r = space + 1;
	return arena_copy(site_arena(site), text, (size_t)(space - text));
}

static const char *double_quotes(struct site *site, const char *json)
{
	char *copy = arena_dup(site_arena(site), json);

	for (char *c = copy; c && *c; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

__attribute__((format(printf, 5, 0))) static const struct http_answer *call_api(struct site *site,
    enum person who, const char *header, const char *json, const char *format, va_list args)
{
	struct arena *arena = site_arena(site);
	const char *token = site_token(site, who);
	const char *path;
	const char *method = take_method(site, arena_vprintf(arena, format, args), &path);
	const char *headers[3] = {NULL};
	size_t count = 0;

	if (token)
		headers[count++] = arena_printf(arena, "Authorization: Bearer %s", token);
	if (header)
		headers[count++] = header;
	return send(site, method, path, json ? "application/json" : NULL, double_quotes(site, json),
	    headers);
}

const struct http_answer *site_api(struct site *site, enum person who, const char *format, ...)
{
	const struct http_answer *answer;
	va_list args;

	va_start(args, format);
	answer = call_api(site, who, NULL, NULL, format, args);
	va_end(args);
	return answer;
}

const struct http_answer *site_api_json(
    struct site *site, enum person who, const char *json, const char *format, ...)
{
	const struct http_answer *answer;
	va_list args;

	va_start(args, format);
	answer = call_api(site, who, NULL, json, format, args);
	va_end(args);
	return answer;
}

const struct http_answer *site_api_with(struct site *site, enum person who, const char *header,
    const char *json, const char *format, ...)
{
	const struct http_answer *answer;
	va_list args;

	va_start(args, format);
	answer = call_api(site, who, header, json, format, args);
	va_end(args);
	return answer;
}

__attribute__((format(printf, 4, 0))) static const struct http_answer *call_page(
    struct site *site, enum person who, const char *fields, const char *format, va_list args)
{
	struct arena *arena = site_arena(site);
	const char *cookie = site_cookie(site, who);
	const char *path;
	const char *method = take_method(site, arena_vprintf(arena, format, args), &path);
	const char *headers[3] = {"Accept: text/html", NULL};

	if (cookie)
		headers[1] = arena_printf(arena, "Cookie: %s", cookie);
	if (fields && cookie)
		fields = arena_printf(
		    arena, "csrf=%s%s%s", site_csrf(site, who), *fields ? "&" : "", fields);
	return send(site, method, path, fields ? "application/x-www-form-urlencoded" : NULL, fields,
	    headers);
}

const struct http_answer *site_page(struct site *site, enum person who, const char *format, ...)
{
	const struct http_answer *answer;
	va_list args;

	va_start(args, format);
	answer = call_page(site, who, NULL, format, args);
	va_end(args);
	return answer;
}

const struct http_answer *site_form(
    struct site *site, enum person who, const char *fields, const char *format, ...)
{
	const struct http_answer *answer;
	va_list args;

	va_start(args, format);
	answer = call_page(site, who, fields, format, args);
	va_end(args);
	return answer;
}

const char *site_multipart(
    struct site *site, const struct site_part *parts, size_t count, size_t *length_r)
{
	const char *boundary = strrchr(SITE_MULTIPART_TYPE, '=') + 1;
	struct buf body = {0};
	const char *copy;

	for (size_t i = 0; i < count; i++) {
		const struct site_part *part = &parts[i];
		buf_printf(&body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary,
		    part->name);
		if (part->filename)
			buf_printf(&body,
			    "; filename=\"%s\"\r\nContent-Type: application/octet-stream",
			    part->filename);
		buf_puts(&body, "\r\n\r\n");
		buf_append(&body, part->bytes, part->length ? part->length : strlen(part->bytes));
		buf_puts(&body, "\r\n");
	}
	buf_printf(&body, "--%s--\r\n", boundary);
	*length_r = body.length;
	copy = arena_copy(site_arena(site), body.data, body.length);
	buf_free(&body);
	return copy;
}

const struct http_answer *site_send_parts(struct site *site, enum person who, const char *path,
    const struct site_part *parts, size_t count)
{
	const char *token = site_token(site, who);
	const char *headers[2] = {NULL};
	struct http_call call = {
	    .method = "POST", .path = path, .type = SITE_MULTIPART_TYPE, .headers = headers};

	if (token)
		headers[0] = arena_printf(site_arena(site), "Authorization: Bearer %s", token);
	call.body = site_multipart(site, parts, count, &call.length);
	return http_client_send(site->client, &call);
}

const struct http_answer *site_visitor_form(
    struct site *site, const char *page, const char *path, const char *fields)
{
	struct arena *arena = site_arena(site);
	const struct http_answer *answer = send(site, "GET", page, NULL, NULL, NULL);
	const char *cookie = http_answer_cookie(site->client, answer, "csrf");
	const char *csrf =
	    http_answer_between(site->client, answer, "name=\"csrf\" value=\"", "\"");

	assert_non_null(cookie);
	assert_non_null(csrf);
	return send(site, "POST", path, "application/x-www-form-urlencoded",
	    arena_printf(arena, "csrf=%s&%s", csrf, fields),
	    (const char *const[]){arena_printf(arena, "Cookie: csrf=%s", cookie), NULL});
}
