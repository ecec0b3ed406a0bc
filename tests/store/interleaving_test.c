/* interleaving_test.c - deleting, marking, restoring and purging at the same time, by connections
 * of their own: whatever comes first, no row is left half marked. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#define PROJECTS 8
#define PHOTOS   4
#define ROUNDS   40

/* What no row may be, once nothing is under way. */
DB_STATEMENT(half_marked_photos,
    "SELECT COUNT(*) FROM photos WHERE (deleted_at IS NULL) <> (deletion_id IS NULL)");
DB_STATEMENT(marked_by_settled_deletions,
    "SELECT COUNT(*) FROM photos p JOIN deletions d ON d.id = p.deletion_id"
    " WHERE d.state IN ('restored', 'purged')");
DB_STATEMENT(projects_of_settled_deletions,
    "SELECT COUNT(*) FROM projects p JOIN deletions d ON d.id = p.deletion_id"
    " WHERE d.state IN ('restored', 'purged')");
DB_STATEMENT(live_in_deleted_projects,
    "SELECT COUNT(*) FROM photos p JOIN projects c ON c.id = p.project_id"
    " WHERE c.deleted_at IS NOT NULL AND p.deleted_at IS NULL AND p.archived_at IS NULL");
DB_STATEMENT(notes_unlike_their_photos,
    "SELECT COUNT(*) FROM photo_notes n JOIN photos p ON p.id = n.photo_id"
    " WHERE NOT (n.deletion_id <=> p.deletion_id)");
DB_STATEMENT(effects_of_settled_deletions,
    "SELECT COUNT(*) FROM deletion_effects e JOIN deletions d ON d.id = e.deletion_id"
    " WHERE d.state IN ('restored', 'purged')");
DB_STATEMENT(archived_by_restored_deletions,
    "SELECT COUNT(*) FROM photos p JOIN deletions d ON d.id = p.archive_batch_id"
    " WHERE d.state = 'restored'");
DB_STATEMENT(counts_unlike_marks,
    "SELECT COUNT(*) FROM deletions d WHERE d.kind = 'project' AND d.photo_action = 'delete'"
    " AND d.state = 'trashed' AND d.photo_count <>"
    " (SELECT COUNT(*) FROM photos p WHERE p.deletion_id = d.id)");
DB_STATEMENT(under_way, "SELECT COUNT(*) FROM deletions"
			" WHERE state IN ('marking', 'restoring', 'purging')");
DB_STATEMENT(files_lost, "SELECT (SELECT COUNT(*) FROM photos) <> (SELECT COUNT(*) FROM files)");

static struct id projects[PROJECTS], photos[PROJECTS * PHOTOS];

static void set_up(void)
{

	scene_people();
	world->domain.step_rows = 2;
	for (int i = 0; i < PROJECTS; i++) {
		char name[] = "Project 0";

		name[8] = (char)('0' + i);
		projects[i] = world_place(world, &admin, PLACE_PROJECT, name);
		for (int k = 0; k < PHOTOS; k++) {
			struct id *photo = &photos[i * PHOTOS + k];

			*photo = world_photo(world, &ada, "A photo", &projects[i], NULL);
			trash_note(world, &ada, photo);
			trash_note(world, &admin, photo);
		}
	}
}

/* One who acts, again and again. */
struct actor_thread {
	struct domain domain;
	struct db *db;
	struct clock clock;
	struct arena *arena;
	unsigned seed;
	void (*act)(struct actor_thread *self);
	pthread_t thread;
	bool broken; /* an error that is no refusal */
};

static unsigned choose(struct actor_thread *self, unsigned below)
{
	self->seed = self->seed * 1103515245U + 12345U;
	return (self->seed >> 16) % below;
}

/* Refusals are as expected here; a store that fails is not, but for one that is only busy. */
static void note_error(struct actor_thread *self, bool ok, const struct error *error)
{
	if (!ok && (error->kind == ERROR_UNAVAILABLE || error->kind == ERROR_INTERNAL) &&
	    strcmp(error->code, "store_busy") != 0 && strcmp(error->code, "store_conflict") != 0) {
		print_error("%s: %s\n", error->code, error->message);
		self->broken = true;
	}
}

static void delete_projects(struct actor_thread *self)
{
	unsigned i = choose(self, PROJECTS);
	char name[] = "Project 0";
	struct deletion deletion;
	struct error error = {0};
	struct deletion_act act = {.kind = ITEM_PROJECT,
	    .item_id = projects[i],
	    .origin = ORIGIN_BY_ACTOR,
	    .photo_action = (enum photo_action)(1 + choose(self, 3)),
	    .confirmation = name};

	name[8] = (char)('0' + i);
	note_error(self,
	    deletions_delete(&self->domain, &admin, self->arena, &act, &deletion, &error), &error);
}

static void delete_photos(struct actor_thread *self)
{
	struct deletion deletion;
	struct error error = {0};
	struct deletion_act act = {.kind = ITEM_PHOTO,
	    .item_id = photos[choose(self, PROJECTS * PHOTOS)],
	    .origin = ORIGIN_BY_ACTOR};

	note_error(self,
	    deletions_delete(&self->domain, &ada, self->arena, &act, &deletion, &error), &error);
}

static void restore_any(struct actor_thread *self)
{
	struct deletion_query query = {.recoverable = true, .any_kind = true, .limit = 20};
	struct deletion_page page;
	struct deletion deletion;
	struct error error = {0};
	struct restore_choice choice = {.without_container = choose(self, 2)};

	if (!deletions_list(&self->domain, &admin, self->arena, &query, &page, &error) ||
	    page.count == 0) {
		return;
	}
	note_error(self,
	    deletions_restore(&self->domain, &admin, self->arena,
		&page.items[choose(self, (unsigned)page.count)].id, &choice, &deletion, &error),
	    &error);
}

static void work(struct actor_thread *self)
{
	unsigned steps;
	struct error error = {0};

	note_error(self,
	    deletions_continue(&self->domain, self->arena, 1 + choose(self, 4), &steps, &error),
	    &error);
}

/* Its clock is so far ahead that every window is over for it. */
static void purge(struct actor_thread *self)
{
	struct purge_limits limits = {.max_steps = 1 + choose(self, 3)};
	struct purge_report report;
	struct error error = {0};

	self->clock.fixed_us = WORLD_START_US + 10 * CLOCK_DAY_US;
	note_error(self, purge_due(&self->domain, self->arena, &limits, &report, &error), &error);
}

static void *run(void *context)
{
	struct actor_thread *self = context;

	for (int i = 0; i < ROUNDS && !self->broken; i++) {
		arena_reset(self->arena);
		self->act(self);
	}
	return NULL;
}

static void expect_none(const struct db_statement *statement)
{
	if (world_number(world, statement) != 0) {
		fail_msg("%s: %lld", statement->name, (long long)world_number(world, statement));
	}
}

static void expect_whole(void)
{
	static const struct db_statement *const rules[] = {&half_marked_photos,
	    &marked_by_settled_deletions, &projects_of_settled_deletions, &live_in_deleted_projects,
	    &notes_unlike_their_photos, &effects_of_settled_deletions,
	    &archived_by_restored_deletions, &counts_unlike_marks, &under_way, &files_lost};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		expect_none(rules[i]);
	}
}

/* What is under way is ended, at the world's own time: purges that have begun among it. */
static void end_all(void)
{
	struct purge_report report;
	struct error error = {0};

	for (int i = 0; i < 3; i++) {
		trash_continue(world);
		assert_true(purge_due(&world->domain, world->arena, NULL, &report, &error));
	}
}

static void storm(unsigned seed, void (*const *acts)(struct actor_thread *), size_t count)
{
	struct actor_thread threads[6] = {{.broken = false}};

	for (size_t i = 0; i < count; i++) {
		threads[i].domain = world_second_domain(world, &threads[i].db);
		threads[i].clock = clock_fixed(WORLD_START_US);
		threads[i].domain.clock = &threads[i].clock;
		threads[i].arena = arena_create();
		threads[i].seed = seed * 7 + (unsigned)i;
		threads[i].act = acts[i];
		pthread_create(&threads[i].thread, NULL, run, &threads[i]);
	}
	for (size_t i = 0; i < count; i++) {
		pthread_join(threads[i].thread, NULL);
		db_close(&threads[i].db);
		arena_destroy(&threads[i].arena);
		assert_false(threads[i].broken);
	}
}

static void two_connections_leave_no_row_half_marked(void **state)
{
	static void (*const pairs[][2])(struct actor_thread *) = {
	    {delete_projects, work},
	    {restore_any, work},
	    {delete_projects, restore_any},
	    {restore_any, purge},
	    {delete_photos, work},
	    {delete_projects, delete_photos},
	    {work, work},
	    {purge, work},
	};

	(void)state;
	set_up();
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		storm((unsigned)i, pairs[i], 2);
		end_all();
		expect_whole();
	}
}

static int entries(const char *verb)
{
	return (int)trash_entries(world, arena_join(world->arena, "project.", verb, (char *)NULL)) +
	       (int)trash_entries(world, arena_join(world->arena, "photo.", verb, (char *)NULL));
}

static void neither_do_many(void **state)
{
	static void (*const all[])(struct actor_thread *) = {
	    delete_projects, delete_photos, restore_any, work, work, purge};

	(void)state;
	for (unsigned seed = 1; seed < 4; seed++) {
		set_up();
		storm(seed, all, 5); /* first nothing is purged, so that there is more to do */
		storm(seed + 10, all, 6);
		end_all();
		expect_whole();
		/* Something happened. (Whether anything was purged as well is up to the threads.)
		 */
		assert_true(trash_entries(world, "project.delete") > 4);
		assert_true(trash_entries(world, "project.restore") > 0);
		assert_true(trash_entries(world, "photo.delete") > 4);
		assert_true(trash_entries(world, "photo.restore") > 0);
		print_message("  %d deletions, %d restores, %d purges\n", entries("delete"),
		    entries("restore"), entries("purge"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_connections_leave_no_row_half_marked),
	    cmocka_unit_test(neither_do_many),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
