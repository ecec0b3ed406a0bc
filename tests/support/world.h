/* world.h - what tests of the domain need: a database, a storage, a clock that stands, people. */
#ifndef LETHE_TESTS_WORLD_H
#define LETHE_TESTS_WORLD_H

#include "database.h"

#include <auth/actor.h>
#include <domain/domain.h>
#include <domain/photos.h>

#define WORLD_START_US INT64_C(1769000000123456) /* some time in January 2026 */

struct world {
	struct test_database *database;
	struct db *db;      /* as the application */
	struct clock clock; /* fixed; a test moves it */
	struct storage *storage;
	char folder[64]; /* of the storage, removed at the end */
	struct domain domain;
	struct arena *arena;
	unsigned pictures; /* made so far: each differs */
};

/* A program's world: made once, emptied before each test. */
struct world *world_open(void) __attribute__((warn_unused_result));
void world_clear(struct world *world);
void world_close(struct world **world);

/* A second connection to the same database and storage. */
struct domain world_second_domain(const struct world *world, struct db **db_r);

struct id world_organization(struct world *world, const char *name);

/* A user without a password, and the actor that they are. */
struct actor world_user(
    struct world *world, const struct id *organization_id, const char *email, enum role role);

/* An emptied world with the usual people: in Alder the members Ada and Ben and an admin, in Birch
 * another admin. */
void world_people(struct world *world, struct actor *ada, struct actor *ben, struct actor *admin,
    struct actor *stranger);

/* A project, site or album of the organisation. */
struct id world_place(
    struct world *world, const struct actor *actor, int place_kind, const char *name);

/* A staged picture, different from all others: a PNG of one pixel. */
struct storage_stage *world_picture(struct world *world);
/* A stage of these bytes. */
struct storage_stage *world_stage(struct world *world, const void *bytes, size_t length);

/* A photo added by the actor; `project_id` and `site_id` may be NULL. */
struct id world_photo(struct world *world, const struct actor *actor, const char *title,
    const struct id *project_id, const struct id *site_id);
/* A derivative of a photo, by a generation. */
struct id world_derivative(
    struct world *world, const struct actor *actor, const struct id *original_id);

/* The first number of a query without values. */
int64_t world_number(struct world *world, const struct db_statement *statement);

/* How many objects the storage holds, staged ones not counted; how many staged files there are. */
unsigned world_objects(struct world *world);
unsigned world_staged(struct world *world);

#endif
