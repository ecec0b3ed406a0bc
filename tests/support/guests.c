/* guests.c - people of the owner's organisation who come and go. */
#include "guests.h"

#include "request_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

const struct http_answer *guest_send(
    struct site *site, const struct guest *guest, const char *path, const char *fields)
{
	const char *const headers[] = {
	    guest->cookie, fields ? "Content-Type: application/x-www-form-urlencoded" : NULL, NULL};
	struct http_call call = {.method = "GET", .path = path, .headers = headers};

	if (fields) {
		call.method = "POST";
		call.body = forms_text(site, "csrf=%s&%s", guest->csrf, fields);
		call.length = strlen(call.body);
	}
	return http_client_send(site_client(site), &call);
}

static const char *csrf_of(struct site *site, const struct http_answer *answer)
{
	const char *field = strstr(answer->body, "name=\"csrf\" value=\"");

	assert_non_null(field);
	field += strlen("name=\"csrf\" value=\"");
	return forms_text(site, "%.*s", (int)strcspn(field, "\""), field);
}

struct guest guest_make(struct site *site, const char *role)
{
	struct guest made = {.id = site_new_id(site)};
	const char *cookie;

	made.email = forms_text(site, "%s@alder.example", made.id);
	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, password_hash,"
	    " created_at) SELECT " UUID ", organization_id, '%s', 'Gus Guest', '%s', password_hash,"
	    " created_at FROM users WHERE email = '%s'",
	    made.id, made.email, role, site_email(ADA));
	site_forgive_rates(site);
	cookie = site_sign_in(site, made.email, SITE_PASSWORD, NULL, NULL);
	assert_non_null(cookie);
	made.cookie = forms_text(site, "Cookie: %s", cookie);
	made.csrf = csrf_of(site, guest_send(site, &made, "/account", NULL));
	return made;
}

void guest_event(struct site *site, const char *user)
{
	site_sql(site,
	    "INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)"
	    " SELECT id, organization_id, 'Fair <1>', '2027-06-01', id, created_at FROM users"
	    " WHERE id = " UUID,
	    user);
}

const char *guest_status(struct site *site, const char *user)
{
	return site_text(site, "SELECT deletion_status FROM users WHERE id = " UUID, user);
}

const struct http_answer *guest_leave(
    struct site *site, const struct guest *guest, const char *fields)
{
	const char *way = forms_location(site, guest_send(site, guest, "/account/delete", fields));

	assert_true(strncmp(way, "/reauth?act=", 12) == 0);
	return guest_send(
	    site, guest, "/reauth", forms_text(site, "act=%s&password=" SITE_PASSWORD, way + 12));
}

void guest_expect_texts(const struct http_answer *answer, const char *const texts[])
{
	for (size_t i = 0; texts[i]; i++)
		if (!forms_shows(answer, texts[i]))
			fail_msg("%s: \"%s\" is not on the page", answer->request, texts[i]);
}
