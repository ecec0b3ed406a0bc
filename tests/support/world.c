/* world.c - a database, a storage, a clock that stands, people. */
#include "world.h"

#include <dirent.h>
#include <domain/generations.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <store/organizations.h>
#include <store/places.h>
#include <store/users.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what, const struct error *error)
{
	fprintf(
	    stderr, "test world: %s: %s: %s %s\n", what, error->code, error->message, error->field);
	abort();
}

static void restore_switches(struct world *world)
{
	struct db *owner = test_database_connect(world->database, TEST_OWNER);

	if (db_run(owner, "INSERT IGNORE INTO installation (id) VALUES (1)") > DB_NONE) {
		abort();
	}
	db_close(&owner);
}

static void open_storage(struct world *world)
{
	struct error error = {0};

	/* In memory where there is such a place: every object is synced several times. */
	snprintf(world->folder, sizeof(world->folder), "/dev/shm/lethe-test-XXXXXX");
	if (!mkdtemp(world->folder)) {
		snprintf(world->folder, sizeof(world->folder), "/tmp/lethe-test-XXXXXX");
		if (!mkdtemp(world->folder)) {
			abort();
		}
	}
	world->storage = storage_open_folder(world->folder, &error);
	if (!world->storage) {
		fail("storage", &error);
	}
	world->domain.storage = world->storage;
}

struct world *world_open(void)
{
	struct world *world = calloc(1, sizeof(*world));

	if (!world) {
		abort();
	}
	world->database = test_database_open();
	world->db = test_database_connect(world->database, TEST_APP);
	world->clock = clock_fixed(WORLD_START_US);
	world->arena = arena_create();
	world->domain =
	    (struct domain){.db = world->db, .clock = &world->clock, .step_rows = DOMAIN_STEP_ROWS};
	open_storage(world);
	return world;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *place)
{
	(void)facts;
	(void)type;
	(void)place;
	return remove(path);
}

static void remove_storage(struct world *world)
{
	storage_close(&world->storage);
	nftw(world->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void world_clear(struct world *world)
{
	test_database_clear(world->database);
	restore_switches(world);
	remove_storage(world);
	open_storage(world);
	world->clock.fixed_us = WORLD_START_US;
	world->domain.step_rows = DOMAIN_STEP_ROWS;
	world->domain.after_step = NULL;
	arena_reset(world->arena);
}

void world_close(struct world **world)
{
	remove_storage(*world);
	db_close(&(*world)->db);
	arena_destroy(&(*world)->arena);
	test_database_close(&(*world)->database);
	free(*world);
	*world = NULL;
}

struct domain world_second_domain(const struct world *world, struct db **db_r)
{
	struct domain domain = world->domain;

	*db_r = test_database_connect(world->database, TEST_APP);
	domain.db = *db_r;
	return domain;
}

struct new_organization {
	struct id id;
	const char *name;
	int64_t now_us;
};

static bool insert_organization(struct db_tx *tx, void *context, struct error *error)
{
	const struct new_organization *new = context;
	enum db_result result = organizations_insert(tx, &new->id, new->name, NULL, new->now_us);

	return result == DB_OK || db_fail(result, error);
}

struct id world_organization(struct world *world, const char *name)
{
	struct new_organization new = {.id = id_generate(world->clock.fixed_us),
	    .name = name,
	    .now_us = world->clock.fixed_us};
	struct error error = {0};

	if (!db_transaction(world->db, insert_organization, &new, &error)) {
		fail("organisation", &error);
	}
	return new.id;
}

static bool insert_user(struct db_tx *tx, void *context, struct error *error)
{
	enum db_result result = users_insert(tx, context);

	return result == DB_OK || db_fail(result, error);
}

struct actor world_user(
    struct world *world, const struct id *organization_id, const char *email, enum role role)
{
	static const enum user_role roles[] = {
	    [ROLE_MEMBER] = USER_MEMBER,
	    [ROLE_ADMIN] = USER_ADMIN,
	    [ROLE_PLATFORM_ADMIN] = USER_PLATFORM_ADMIN,
	};
	struct user user = {
	    .id = id_generate(world->clock.fixed_us),
	    .organization_id = *organization_id,
	    .email = email,
	    .display_name = arena_copy(world->arena, email, strcspn(email, "@")),
	    .role = roles[role],
	    .created_us = world->clock.fixed_us,
	};
	struct error error = {0};
	char *uid = arena_alloc(world->arena, ID_TEXT_SIZE);

	if (!db_transaction(world->db, insert_user, &user, &error)) {
		fail("user", &error);
	}
	id_format(&user.id, uid);
	return (struct actor){
	    .role = role, .user_id = user.id, .organization_id = *organization_id, .uid = uid};
}

static bool insert_place(struct db_tx *tx, void *context, struct error *error)
{
	enum db_result result = store_place_insert(tx, context);

	return result == DB_OK || db_fail(result, error);
}

void world_people(struct world *world, struct actor *ada, struct actor *ben, struct actor *admin,
    struct actor *stranger)
{
	struct id alder, birch;

	world_clear(world);
	alder = world_organization(world, "Alder");
	birch = world_organization(world, "Birch");
	*ada = world_user(world, &alder, "ada@alder.example", ROLE_MEMBER);
	*ben = world_user(world, &alder, "ben@alder.example", ROLE_MEMBER);
	*admin = world_user(world, &alder, "admin@alder.example", ROLE_ADMIN);
	*stranger = world_user(world, &birch, "mia@birch.example", ROLE_ADMIN);
}

struct id world_place(
    struct world *world, const struct actor *actor, int place_kind, const char *name)
{
	struct place place = {
	    .kind = (enum place_kind)place_kind,
	    .id = id_generate(world->clock.fixed_us),
	    .organization_id = actor->organization_id,
	    .name = name,
	    .slug = name,
	    .created_by = actor->user_id,
	    .created_at_us = world->clock.fixed_us,
	};
	struct error error = {0};

	if (!db_transaction(world->db, insert_place, &place, &error)) {
		fail("place", &error);
	}
	return place.id;
}

/* One grey pixel. */
static const unsigned char PIXEL[] = {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d,
    'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0,
    0x0a, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72,
    0xb6, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};

struct storage_stage *world_stage(struct world *world, const void *bytes, size_t length)
{
	struct error error = {0};
	struct storage_stage *stage = storage_stage(world->storage, PHOTOS_MAX_BYTES, &error);

	if (!stage || !storage_stage_write(stage, bytes, length, &error)) {
		fail("stage", &error);
	}
	return stage;
}

struct storage_stage *world_picture(struct world *world)
{
	unsigned char bytes[sizeof(PIXEL) + sizeof(world->pictures)];

	memcpy(bytes, PIXEL, sizeof(PIXEL));
	world->pictures++;
	memcpy(bytes + sizeof(PIXEL), &world->pictures, sizeof(world->pictures));
	return world_stage(world, bytes, sizeof(bytes));
}

struct id world_photo(struct world *world, const struct actor *actor, const char *title,
    const struct id *project_id, const struct id *site_id)
{
	struct photos_upload upload = {
	    .original = world_picture(world),
	    .title = title,
	    .project_id = project_id ? *project_id : id_none,
	    .site_id = site_id ? *site_id : id_none,
	};
	struct photo photo;
	struct error error = {0};

	if (!photos_add(&world->domain, actor, world->arena, &upload, &photo, &error)) {
		fail("photo", &error);
	}
	return photo.id;
}

struct id world_derivative(
    struct world *world, const struct actor *actor, const struct id *original_id)
{
	struct storage_stage *stage = world_picture(world);
	struct id generation;
	struct photo photo;
	struct error error = {0};

	if (!generation_start(
		&world->domain, actor, world->arena, original_id, &generation, &error) ||
	    !generation_finish(
		&world->domain, actor, world->arena, &generation, &stage, &photo, &error)) {
		fail("derivative", &error);
	}
	return photo.id;
}

int64_t world_number(struct world *world, const struct db_statement *statement)
{
	struct db_rows rows = {0};

	if (db_query(world->db, world->arena, statement, DB_NO_VALUES, &rows) != DB_OK) {
		abort();
	}
	return db_int(&rows, 0, 0);
}

static bool count_object(void *context, const char *key, uint64_t bytes, int64_t modified_us)
{
	(void)key;
	(void)bytes;
	(void)modified_us;
	*(unsigned *)context += 1;
	return true;
}

unsigned world_objects(struct world *world)
{
	unsigned count = 0;
	struct error error = {0};

	if (!storage_list(world->storage, count_object, &count, &error)) {
		fail("list", &error);
	}
	return count;
}

unsigned world_staged(struct world *world)
{
	unsigned count = 0;
	struct error error = {0};

	if (!storage_count_stale(world->storage, INT64_MAX, &count, &error)) {
		fail("staged", &error);
	}
	return count;
}
