/* site_things.c - photos, derivatives, shares, quests, projects: what tests work on. */
#include "site_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Whole pictures of one pixel; what is appended to one makes it another. */
static const unsigned char jpeg[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0,
    0, 1, 0, 1, 0, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x7f, 0xff, 0xd9};
static const unsigned char png[] = {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 'I',
    'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a,
    'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0,
    0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
static const unsigned char gif[] = {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0,
    0xff, 0xff, 0xff, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b};
static const unsigned char webp[] = {'R', 'I', 'F', 'F', 26, 0, 0, 0, 'W', 'E', 'B', 'P', 'V', 'P',
    '8', 'L', 13, 0, 0, 0, 0x2f, 0, 0, 0, 0x10, 7, 0x10, 0x11, 0x11, 0x88, 0x88, 0xfe, 7, 0};

static const struct {
	const unsigned char *bytes;
	size_t length;
	size_t at; /* where the bytes that differ go */
} pictures[PICTURE_COUNT] = {
    [PICTURE_JPEG] = {jpeg, sizeof(jpeg), sizeof(jpeg)},
    [PICTURE_PNG] = {png, sizeof(png), sizeof(png)},
    [PICTURE_GIF] = {gif, sizeof(gif), 13}, /* into the colours */
    [PICTURE_WEBP] = {webp, sizeof(webp), sizeof(webp)},
};

const unsigned char *site_picture(struct site *site, enum picture type, size_t *length_r)
{
	unsigned char mark[6] = {0};
	unsigned pid = (unsigned)getpid();
	size_t at = pictures[type].at;
	size_t length = pictures[type].length;
	bool is_inside = at < length;
	unsigned char *bytes = arena_alloc(site_arena(site), length + sizeof(mark));

	site->pictures++;
	for (size_t i = 0; i < 3; i++) {
		mark[i] = (unsigned char)(site->pictures >> (8 * i));
		mark[3 + i] = (unsigned char)(pid >> (8 * i));
	}
	memcpy(bytes, pictures[type].bytes, length);
	memcpy(bytes + at, mark, sizeof(mark));
	*length_r = is_inside ? length : length + sizeof(mark);
	return bytes;
}

struct site_part site_file_part(struct site *site)
{
	struct site_part part = {.name = "file", .filename = "pixel.png"};

	part.bytes = site_picture(site, PICTURE_PNG, &part.length);
	return part;
}

const char *site_photo_in(
    struct site *site, enum person who, const char *title, const char *field, const char *value)
{
	const struct site_part parts[] = {
	    site_file_part(site), {.name = "title", .bytes = title}, {field, NULL, value, 0}};
	const struct http_answer *answer =
	    site_send_parts(site, who, "/api/photos", parts, field ? 3 : 2);

	EXPECT(answer, 201, NULL);
	return http_answer_text(answer, "id");
}

const char *site_photo(struct site *site, enum person who, const char *title)
{
	return site_photo_in(site, who, title, NULL, NULL);
}

const char *site_derivative(struct site *site, enum person who, const char *photo)
{
	const struct http_answer *answer =
	    site_api(site, who, "POST /api/photos/%s/generations", photo);
	const char *path;

	EXPECT(answer, 201, NULL);
	path = arena_printf(site_arena(site), "/api/generations/%s/result",
	    http_answer_text(answer, "generation_id"));
	answer = site_send_parts(site, who, path, PARTS(site_file_part(site)));
	EXPECT(answer, 201, NULL);
	return http_answer_text(answer, "id");
}

const char *site_delete(struct site *site, enum person who, const char *photo)
{
	const struct http_answer *answer = site_api(site, who, "DELETE /api/photos/%s", photo);

	EXPECT(answer, 200, NULL);
	return http_answer_text(answer, "deletion_id");
}

void site_archive(struct site *site, enum person who, const char *photo)
{
	EXPECT(site_api(site, who, "POST /api/photos/%s/archive", photo), 200, NULL);
}

const char *site_share(struct site *site, enum person who, const char *photo, const char **id_r)
{
	const struct http_answer *answer = site_api(site, who, "POST /api/photos/%s/shares", photo);

	EXPECT(answer, 201, NULL);
	if (id_r)
		*id_r = http_answer_text(answer, "id");
	return http_answer_text(answer, "token");
}

const char *site_reauth(struct site *site, enum person who, const char *purpose, const char *item)
{
	const char *body = arena_printf(site_arena(site),
	    "{'password': '%s', 'purpose': '%s'%s%s%s}", SITE_PASSWORD, purpose,
	    item ? ", 'item': '" : "", item ? item : "", item ? "'" : "");
	const struct http_answer *answer = site_api_json(site, who, body, "POST /api/reauth");

	EXPECT(answer, 201, NULL);
	return http_answer_text(answer, "reauth_token");
}

static void add_detail(struct site *site, enum person who, const char *table, const char *column,
    const char *extra, const char *item)
{
	site_sql(site,
	    "INSERT INTO %s (id, organization_id, %s, %s, body, created_at)"
	    " VALUES (" UUID ", " UUID ", " UUID ", 0, 'text', '2026-01-01')",
	    table, column, extra, site_new_id(site), site_organization_id(site, who), item);
}

const char *site_content(
    struct site *site, enum person who, const char *type, const char *publishing_status)
{
	bool is_archived = strcmp(publishing_status, "archived") == 0;
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO %s (id, organization_id, creator_id, title, publishing_status,"
	    " status_before_archive, archived_at, created_at) VALUES (" UUID ", " UUID ", " UUID
	    ", 'A test', '%s', %s, %s, '2026-01-01')",
	    type, id, site_organization_id(site, who), site_user_id(site, who), publishing_status,
	    is_archived ? "'draft'" : "NULL", is_archived ? "'2026-01-02'" : "NULL");
	if (strcmp(type, "quests") == 0) {
		add_detail(site, who, "quest_content_cards", "quest_id", "position", id);
		site_sql(site,
		    "INSERT INTO activity_submissions (id, organization_id, quest_id, body,"
		    " created_at) VALUES (" UUID ", " UUID ", " UUID ", 'text', '2026-01-01')",
		    site_new_id(site), site_organization_id(site, who), id);
	} else {
		add_detail(site, who, "adventure_sequences", "adventure_id", "position", id);
	}
	return id;
}

const char *site_place(struct site *site, enum person who, const char *table, const char *name)
{
	bool is_site = strcmp(table, "sites") == 0;
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO %s (id, organization_id, name, created_by, created_at%s)"
	    " VALUES (" UUID ", " UUID ", '%s', " UUID ", '2026-01-01'%s%s%s)",
	    table, is_site ? ", slug" : "", id, site_organization_id(site, who), name,
	    site_user_id(site, who), is_site ? ", '" : "", is_site ? id : "", is_site ? "'" : "");
	return id;
}

const char *site_request_on(struct site *site, const char *photo)
{
	const char *hex = site_text(site,
	    "SELECT LOWER(HEX(id)) FROM deletion_requests WHERE photo_id = " UUID
	    " ORDER BY id DESC LIMIT 1",
	    photo);

	assert_non_null(hex);
	return arena_printf(
	    site_arena(site), "%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}
