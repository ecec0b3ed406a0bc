/* request_forms.c - photos of sites, and requests on them. */
#include "request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const char *forms_text(struct site *site, const char *format, ...)
{
	va_list arguments;
	char *buffer = arena_alloc(site_arena(site), 4096);

	va_start(arguments, format);
	vsnprintf(buffer, 4096, format, arguments);
	va_end(arguments);
	return buffer;
}

static void claim(struct site *site, const char *place, enum person who)
{
	site_sql(site,
	    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, created_at)"
	    " SELECT " UUID ", organization_id, id, " UUID
	    ", 'approved', '2026-01-01' FROM sites WHERE id = " UUID,
	    site_new_id(site), site_user_id(site, who), place);
}

/* Ada's photo on a site of the shop's, seen by all. */
const char *forms_submitted(struct site *site, const char *title)
{
	const char *place = site_place(site, ADMIN, "sites", "Market");
	const char *photo = site_photo_in(site, ADA, title, "site_id", place);

	claim(site, place, SHOP);
	site_sql(site, "UPDATE photos SET status = 'approved' WHERE id = " UUID, photo);
	site_forgive_rates(site);
	return photo;
}

const struct http_answer *forms_send(
    struct site *site, enum person who, const char *photo, const char *reason)
{
	return site_form(
	    site, who, forms_text(site, "photo=%s&reason=%s", photo, reason), "POST /requests/new");
}

const char *forms_request(struct site *site, enum person who, const char *photo)
{
	EXPECT(forms_send(site, who, photo, REASON), 303, NULL);
	return site_request_on(site, photo);
}

const char *forms_status(struct site *site, const char *request)
{
	return site_text(site, "SELECT status FROM deletion_requests WHERE id = " UUID, request);
}

bool forms_shows(const struct http_answer *answer, const char *what)
{
	return strstr(answer->body, what) != NULL;
}

const char *forms_location(struct site *site, const struct http_answer *answer)
{
	const char *to = http_answer_header(site_client(site), answer, "Location");

	EXPECT(answer, 303, NULL);
	assert_non_null(to);
	return to;
}

void forms_approve(struct site *site, const char *request)
{
	EXPECT(site_form(site, ADMIN, forms_text(site, "ids=%s", request),
		   "POST /admin/requests/approve"),
	    303, NULL);
}

void forms_restore(struct site *site, const char *request)
{
	const char *hex = site_text(site,
	    "SELECT LOWER(HEX(deletion_id)) FROM deletion_requests WHERE id = " UUID, request);

	assert_non_null(hex);
	EXPECT(site_api(site, ADMIN, "POST /api/deletions/%.8s-%.4s-%.4s-%.4s-%s/restore", hex,
		   hex + 8, hex + 12, hex + 16, hex + 20),
	    200, NULL);
}
