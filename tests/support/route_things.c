/* route_things.c - what paths of routes speak of, made anew through the API, or as rows. */
#include "routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

static struct route_things make_photo_thing(struct site *site, enum route_thing thing)
{
	struct route_things made = {.first = site_photo(site, ADA, "A photo")};
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

static struct route_things delete_organization(struct site *site)
{
	const char *id = add_organization(site);
	const char *header = arena_printf(site_arena(site), "X-Reauth-Token: %s",
	    site_reauth(site, PLATFORM, "organization.delete", id));

	EXPECT(site_api_with(site, PLATFORM, header, "{'confirmation': 'Place'}",
		   "DELETE /api/organizations/%s", id),
	    200, NULL);
	return (struct route_things){id, NULL};
}

static struct route_things make_user(struct site *site, enum route_thing thing)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, role, created_at) VALUES"
	    " (" UUID ", " UUID ", '%s@alder.example', 'Somebody', 'member', '2026-01-01')",
	    id, site_organization_id(site, ADA), id);
	if (thing == USER_GONE)
		EXPECT(site_api(site, ADMIN, "DELETE /api/admin/users/%s", id), 204, NULL);
	return (struct route_things){id, NULL};
}

static struct route_things make_event(struct site *site)
{
	const char *id = site_new_id(site);

	site_sql(site,
	    "INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)"
	    " SELECT " UUID ", organization_id, 'An event', '2027-06-01', id, created_at FROM users"
	    " WHERE id = " UUID,
	    id, site_user_id(site, ADA));
	return (struct route_things){id, NULL};
}

static struct route_things make_claim(struct site *site)
{
	const char *place = site_place(site, ADMIN, "sites", "Place");
	const struct http_answer *answer = site_api(site, ADA, "POST /api/sites/%s/claims", place);

	EXPECT(answer, 201, NULL);
	return (struct route_things){place, http_answer_text(answer, "id")};
}

static struct route_things make_place(struct site *site, enum route_thing thing)
{
	switch (thing) {
	case PROJECT:
		return (struct route_things){site_place(site, ADMIN, "projects", "Place"), NULL};
	case SITE:
		return (struct route_things){site_place(site, ADMIN, "sites", "Place"), NULL};
	case ALBUM:
		return (struct route_things){site_place(site, ADA, "albums", "Place"), NULL};
	case ORGANIZATION:
		return (struct route_things){add_organization(site), NULL};
	case ORGANIZATION_GONE:
		return delete_organization(site);
	case ALDER:
		return (struct route_things){site_organization_id(site, ADA), NULL};
	case USER:
	case USER_GONE:
		return make_user(site, thing);
	case EVENT:
		return make_event(site);
	default:
		return make_claim(site);
	}
}

/* As others see it: approved. */
static struct route_things make_request(struct site *site, enum route_thing thing)
{
	const char *place = site_place(site, ADMIN, "sites", "Place");
	const char *photo = site_photo_in(site, ADA, "A photo", "site_id", place);

	site_sql(site, "UPDATE photos SET status = 'approved' WHERE id = " UUID, photo);
	if (thing == SUBMITTED)
		return (struct route_things){photo, NULL};
	site_forgive_rates(site);
	EXPECT(site_form(site, ADA,
		   arena_printf(site_arena(site), "photo=%s&reason=Please+remove+it", photo),
		   "POST /requests/new"),
	    303, NULL);
	return (struct route_things){site_request_on(site, photo), NULL};
}

struct route_things route_make(struct site *site, enum route_thing thing)
{
	switch (thing) {
	case NOTHING:
		return (struct route_things){NULL, NULL};
	case QUEST:
		return (struct route_things){
		    site_content(site, CREATOR, "quests", "archived"), NULL};
	case DRAFT:
		return (struct route_things){site_content(site, CREATOR, "quests", "draft"), NULL};
	case CLEANUP:
		return (struct route_things){add_cleanup(site), NULL};
	case WEBHOOK:
	case UNSENT:
		return (struct route_things){add_webhook(site, thing == UNSENT), NULL};
	case SUBMITTED:
	case REQUESTED:
		return make_request(site, thing);
	default:
		return thing >= PROJECT ? make_place(site, thing) : make_photo_thing(site, thing);
	}
}
