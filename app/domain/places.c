/* places.c - lists of projects, sites, albums, tags and organisations. */
#include <domain/places.h>

#define MAX_LIMIT     200
#define DEFAULT_LIMIT 50

static bool check_list(
    const struct actor *actor, enum place_kind kind, unsigned limit, struct error *error)
{
	if (actor->role == ROLE_VISITOR) {
		return error_set(
		    error, ERROR_UNAUTHENTICATED, "not_signed_in", "Please sign in first.");
	}
	if (kind == PLACE_ORGANIZATION && actor->role != ROLE_PLATFORM_ADMIN &&
	    actor->role != ROLE_SYSTEM) {
		return error_set(error, ERROR_FORBIDDEN, "platform_admins_only",
		    "Only platform admins see the list of organisations.");
	}
	if (limit > MAX_LIMIT) {
		return error_set_field(
		    error, "limit", "invalid_limit", "The limit is a number from 1 to 200.");
	}
	return true;
}

bool places_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, unsigned limit, const struct id *before, struct places_page *page_r,
    struct error *error)
{
	return places_search(domain, actor, arena, kind, NULL, limit, before, page_r, error);
}

static bool cut_page(enum db_result result, const struct place_rows *rows, unsigned wanted,
    struct places_page *page_r, struct error *error)
{
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	page_r->items = rows->items;
	page_r->count = rows->count;
	if (rows->count > wanted) {
		page_r->count = wanted;
		page_r->next = rows->items[wanted - 1].id;
	}
	return true;
}

bool places_by_name(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, unsigned limit, const struct id *after, struct places_page *page_r,
    struct error *error)
{
	const unsigned wanted = limit ? limit : DEFAULT_LIMIT;
	struct place_rows rows = {0};

	*page_r = (struct places_page){0};
	return check_list(actor, kind, limit, error) &&
	       cut_page(store_places_by_name(domain->db, arena, kind, &actor->organization_id,
			    after, wanted + 1, &rows),
		   &rows, wanted, page_r, error);
}

bool places_search(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, const char *name, unsigned limit, const struct id *before,
    struct places_page *page_r, struct error *error)
{
	const unsigned wanted = limit ? limit : DEFAULT_LIMIT;
	struct place_rows rows = {0};
	enum db_result result = DB_OK;

	*page_r = (struct places_page){0};
	if (!check_list(actor, kind, limit, error)) {
		return false;
	}
	before = before ? before : &id_none;
	result = name ? store_places_search(domain->db, arena, kind, &actor->organization_id, name,
			    before, wanted + 1, &rows)
		      : store_places_list(domain->db, arena, kind, &actor->organization_id, before,
			    wanted + 1, &rows);
	return cut_page(result, &rows, wanted, page_r, error);
}

/* A member sees of the organisations their own. */
static bool may_see(const struct actor *actor, enum place_kind kind, const struct id *place_id)
{
	return actor->role != ROLE_VISITOR &&
	       (kind != PLACE_ORGANIZATION || actor->role >= ROLE_PLATFORM_ADMIN ||
		   id_equal(place_id, &actor->organization_id));
}

bool places_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    enum place_kind kind, const struct id *place_id, struct place *place_r, struct error *error)
{
	enum db_result result = DB_NONE;

	if (may_see(actor, kind, place_id)) {
		result = store_place_find(
		    domain->db, arena, kind, &actor->organization_id, place_id, place_r);
	}
	if (result == DB_NONE || (result == DB_OK && place_r->deleted_at_us != 0)) {
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "There is nothing of that name, or it is not for you to see.");
	}
	return result == DB_OK || db_fail(result, error);
}

struct policy_subject places_policy_subject(const struct place *place)
{
	static const enum policy_kind kinds[PLACE_KIND_COUNT] = {
	    [PLACE_PROJECT] = POLICY_PROJECT,
	    [PLACE_SITE] = POLICY_SITE,
	    [PLACE_ALBUM] = POLICY_ALBUM,
	    [PLACE_ORGANIZATION] = POLICY_ORGANIZATION,
	};

	return (struct policy_subject){
	    .kind = kinds[place->kind],
	    .organization_id = place->organization_id,
	    .owner_id = place->created_by,
	    .deleted = place->deleted_at_us != 0,
	};
}
