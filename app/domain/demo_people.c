/* demo_people.c - organisations, accounts, and the places photos are in. */
#include "demo.h"

#include <store/organizations.h>
#include <store/users.h>

enum { ALDER, BIRCH, ORGANIZATION_COUNT };

static const char *const ORGANIZATIONS[ORGANIZATION_COUNT] = {
    [ALDER] = "Alder Farm Collective",
    [BIRCH] = "Birch Archive",
};

static const struct person {
	int organization;
	const char *email, *name;
	enum user_role role;
} PEOPLE[] = {
    [PLATFORM] = {ALDER, "platform@lethe.example", "Petra Lund", USER_PLATFORM_ADMIN},
    [ADMIN] = {ALDER, "admin@alder.example", "Alma Reyes", USER_ADMIN},
    [ADMIN2] = {ALDER, "admin2@alder.example", "Anton Vale", USER_ADMIN},
    [ADA] = {ALDER, "ada@alder.example", "Ada Birk", USER_MEMBER},
    [BEN] = {ALDER, "ben@alder.example", "Ben Okafor", USER_MEMBER},
    [SHOP] = {ALDER, "shop@alder.example", "Sofia Marsh", USER_MEMBER},
    [CREATOR] = {ALDER, "creator@alder.example", "Cleo Winter", USER_MEMBER},
    [BIRCH_ADMIN] = {BIRCH, "admin@birch.example", "Bruno Hale", USER_ADMIN},
    [LEAVING] = {ALDER, "leaving@alder.example", "Lena Frost", USER_MEMBER},
    [ASKING] = {ALDER, "asking@alder.example", "Arne Quist", USER_MEMBER},
    [FORMER] = {ALDER, "former@alder.example", "Felix Moor", USER_MEMBER},
    [MIA] = {BIRCH, "mia@birch.example", "Mia Sand", USER_MEMBER},
};
#define PEOPLE_COUNT (sizeof(PEOPLE) / sizeof(PEOPLE[0]))

static const struct demo_location {
	enum place_kind kind;
	const char *name, *slug;
	enum demo_person by;
} PLACES[PLACE_COUNT] = {
    [ORCHARD] = {PLACE_PROJECT, "Orchard survey", NULL, ADMIN},
    [STALL_BOOK] = {PLACE_PROJECT, "Market stall book", NULL, ADMIN},
    [CATALOGUE] = {PLACE_PROJECT, "Winter catalogue", NULL, ADMIN2},
    [HERBARIUM] = {PLACE_PROJECT, "Herbarium", NULL, BIRCH_ADMIN},
    [FARM_SHOP] = {PLACE_SITE, "Alder Farm Shop", "alder-farm-shop", ADMIN},
    [TRAIL] = {PLACE_SITE, "Riverside Trail", "riverside-trail", ADMIN},
    [BEST] = {PLACE_ALBUM, "Best of the farm", NULL, ADA},
    [WALKS] = {PLACE_ALBUM, "River walks", NULL, BEN},
    [EMPTY_ALBUM] = {PLACE_ALBUM, "Harvest, to come", NULL, ADMIN},
    [OLD_PAPERS] = {PLACE_ALBUM, "Old papers", NULL, MIA},
};

static const struct claim {
	enum demo_place site;
	enum demo_person by, decided_by;
} CLAIMS[] = {
    {FARM_SHOP, SHOP, ADMIN}, {TRAIL, BEN, VISITOR}, /* nobody has decided it yet */
};

/* Everything here is one transaction: small, and of one moment. */
struct making {
	struct demo *demo;
	struct id organizations[ORGANIZATION_COUNT];
	char hashes[PEOPLE_COUNT][PASSWORD_HASH_SIZE];
};

static void name_actor(struct making *making, size_t person)
{
	static const enum role roles[] = {
	    [USER_MEMBER] = ROLE_MEMBER,
	    [USER_ADMIN] = ROLE_ADMIN,
	    [USER_PLATFORM_ADMIN] = ROLE_PLATFORM_ADMIN,
	};
	struct demo *demo = making->demo;
	char *uid = arena_alloc(demo->arena, ID_TEXT_SIZE);
	struct id id = id_generate(demo->clock.fixed_us);

	id_format(&id, uid);
	demo->people[person] = (struct actor){
	    .role = roles[PEOPLE[person].role],
	    .user_id = id,
	    .organization_id = making->organizations[PEOPLE[person].organization],
	    .uid = uid,
	};
}

static bool prepare(struct making *making, struct error *error)
{
	for (int i = 0; i < ORGANIZATION_COUNT; i++) {
		making->organizations[i] = id_generate(making->demo->clock.fixed_us);
	}
	for (size_t i = 0; i < PEOPLE_COUNT; i++) {
		name_actor(making, i);
		if (!password_hash(making->demo->hasher, DEMO_PASSWORD, making->hashes[i], error)) {
			return false;
		}
	}
	making->demo->people[VISITOR] = (struct actor){.role = ROLE_VISITOR,
	    .organization_id = making->organizations[ALDER],
	    .uid = "visitor"};
	return true;
}

static bool insert_organizations(struct db_tx *tx, struct making *making, struct error *error)
{
	const struct actor *platform = &making->demo->people[PLATFORM];

	for (int i = 0; i < ORGANIZATION_COUNT; i++) {
		struct actor actor = actor_system("operator", &making->organizations[i]);
		enum db_result result = organizations_insert(tx, &making->organizations[i],
		    ORGANIZATIONS[i], &platform->user_id, making->demo->clock.fixed_us);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		if (!demo_record(tx, making->demo, &actor, "organization.create", "organization",
			&making->organizations[i], error)) {
			return false;
		}
	}
	return true;
}

static bool insert_people(struct db_tx *tx, struct making *making, struct error *error)
{
	for (size_t i = 0; i < PEOPLE_COUNT; i++) {
		const struct actor *person = &making->demo->people[i];
		const struct user user = {
		    .id = person->user_id,
		    .organization_id = person->organization_id,
		    .email = PEOPLE[i].email,
		    .display_name = PEOPLE[i].name,
		    .role = PEOPLE[i].role,
		    /* One comes by single sign-on alone. */
		    .password_hash = i == ASKING ? NULL : making->hashes[i],
		    .created_us = making->demo->clock.fixed_us,
		};
		struct actor actor = actor_system("operator", &person->organization_id);
		enum db_result result = users_insert(tx, &user);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		if (!demo_record(
			tx, making->demo, &actor, "user.create", "user", &user.id, error)) {
			return false;
		}
	}
	return true;
}

static bool insert_places(struct db_tx *tx, struct making *making, struct error *error)
{
	static const char *const kinds[] = {
	    [PLACE_PROJECT] = "project", [PLACE_SITE] = "site", [PLACE_ALBUM] = "album"};

	for (int i = 0; i < PLACE_COUNT; i++) {
		const struct actor *by = &making->demo->people[PLACES[i].by];
		const struct place place = {
		    .kind = PLACES[i].kind,
		    .id = id_generate(making->demo->clock.fixed_us),
		    .organization_id = by->organization_id,
		    .name = PLACES[i].name,
		    .slug = PLACES[i].slug,
		    .created_by = by->user_id,
		    .created_at_us = making->demo->clock.fixed_us,
		};
		const char *kind = kinds[place.kind];
		enum db_result result = store_place_insert(tx, &place);

		making->demo->places[i] = place.id;
		if (result != DB_OK) {
			return db_fail(result, error);
		}
		if (!demo_record(tx, making->demo, by, arena_printf(tx->arena, "%s.create", kind),
			kind, &place.id, error)) {
			return false;
		}
	}
	return true;
}

static bool insert_claims(struct db_tx *tx, struct making *making, struct error *error)
{
	for (size_t i = 0; i < sizeof(CLAIMS) / sizeof(CLAIMS[0]); i++) {
		const struct demo *demo = making->demo;
		const struct actor *by = &demo->people[CLAIMS[i].by];
		const struct demo_claim claim = {
		    .id = id_generate(demo->clock.fixed_us),
		    .organization_id = by->organization_id,
		    .site_id = demo->places[CLAIMS[i].site],
		    .user_id = by->user_id,
		    .decided_by = demo->people[CLAIMS[i].decided_by].user_id,
		    .at_us = demo->clock.fixed_us,
		};
		enum db_result result = store_demo_claim(tx, &claim);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		if (!demo_record(tx, demo, by, "claim.create", "site", &claim.site_id, error)) {
			return false;
		}
	}
	return true;
}

static bool insert_all(struct db_tx *tx, void *context, struct error *error)
{
	struct making *making = context;

	return insert_organizations(tx, making, error) && insert_people(tx, making, error) &&
	       insert_places(tx, making, error) && insert_claims(tx, making, error);
}

bool demo_make_people(struct demo *demo, struct error *error)
{
	struct making *making = arena_alloc(demo->arena, sizeof(*making));

	making->demo = demo;
	demo_set_clock(demo, DAYS(60));
	return prepare(making, error) && db_transaction(demo->domain.db, insert_all, making, error);
}
