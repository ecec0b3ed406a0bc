/* deletion_elsewhere.c - in what organisations besides its own a deletion has something: that of an
 * account where its owner has left things, that of an organisation where its people have. */
#include "deletions.h"

#include <store/accounts.h>
#include <string.h>

struct deletion deletion_in(const struct deletion *deletion, const struct id *tenant)
{
	struct deletion scope = *deletion;

	if (!id_is_none(tenant)) {
		scope.organization_id = *tenant;
	}
	return scope;
}

struct deletion deletion_of_person(const struct deletion *deletion, const struct elsewhere *place)
{
	struct deletion scope = deletion_in(deletion, &place->tenant);

	if (!id_is_none(&place->tenant)) {
		scope.kind = ITEM_USER;
		scope.item_id = place->person;
	}
	return scope;
}

/* The next person of an organisation who may have left something elsewhere. */
static enum db_result next_person(
    struct db *db, struct arena *arena, const struct deletion *deletion, struct elsewhere *place)
{
	place->tenant = id_none;
	return account_next_traveller(
	    db, arena, &deletion->organization_id, &place->person, &place->person);
}

enum db_result deletion_next_elsewhere(
    struct db *db, struct arena *arena, const struct deletion *deletion, struct elsewhere *place)
{
	bool first = id_is_none(&place->person);
	enum db_result result = DB_OK;

	if (deletion->kind != ITEM_USER && deletion->kind != ITEM_ORGANIZATION) {
		return DB_NONE;
	}
	if (first && deletion->kind == ITEM_USER) {
		place->person = deletion->item_id;
	} else if (first) {
		result = next_person(db, arena, deletion, place);
	}
	while (result == DB_OK) {
		result = account_next_tenant(
		    db, arena, &place->person, &place->tenant, false, &place->tenant);
		if (result != DB_NONE || deletion->kind == ITEM_USER) {
			return result;
		}
		result = next_person(db, arena, deletion, place);
	}
	return result;
}

static bool is_before(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) < 0;
}

enum db_result deletion_next_tenant(
    struct db *db, struct arena *arena, const struct deletion *deletion, struct id *tenant)
{
	struct elsewhere place = {0};
	struct id found = id_none;
	enum db_result result;

	if (deletion->kind == ITEM_USER) {
		return account_next_tenant(db, arena, &deletion->item_id, tenant, false, tenant);
	}
	if (deletion->kind != ITEM_ORGANIZATION) {
		return DB_NONE;
	}
	while ((result = next_person(db, arena, deletion, &place)) == DB_OK) {
		struct id next = *tenant;

		result = account_next_tenant(db, arena, &place.person, &next, false, &next);
		if (result == DB_OK && (id_is_none(&found) || is_before(&next, &found))) {
			found = next;
		}
		if (result > DB_NONE) {
			return result;
		}
	}
	if (result == DB_NONE && !id_is_none(&found)) {
		*tenant = found;
		return DB_OK;
	}
	return result;
}

enum db_result deletion_add_elsewhere(struct db *db, struct arena *arena,
    const struct deletion *deletion, int64_t most, struct deletion_impact *impact)
{
	struct elsewhere place = {0};
	enum db_result result;

	while ((result = deletion_next_elsewhere(db, arena, deletion, &place)) == DB_OK) {
		struct deletion_impact more;

		result = account_impact(db, arena, &place.tenant, &place.person, most, &more);
		if (result != DB_OK) {
			return result;
		}
		for (int i = 0; i < COUNT_KIND_COUNT; i++) {
			impact->counts[i] += more.counts[i];
			impact->more[i] = impact->more[i] || more.more[i];
		}
		impact->bytes += more.bytes;
		impact->more_bytes = impact->more_bytes || more.more_bytes;
		impact->is_partial = impact->is_partial || more.is_partial;
	}
	return result == DB_NONE ? DB_OK : result;
}
