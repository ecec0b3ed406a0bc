/* exports_race_test.c - two who ask for the same export, two workers at the same one. */
#include "../support/archives.h"
#include "../support/exporting.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/exports.h>
#include <pthread.h>

DB_STATEMENT(test_race_rows, "SELECT COUNT(*) FROM exports");
DB_STATEMENT(test_race_jobs, "SELECT COUNT(*) FROM jobs");

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	return 0;
}

/* --- asking ----------------------------------------------------------------------------------- */

struct asking {
	struct domain domain;
	struct actor actor;
	bool asked;
	struct error error;
};

static void *ask(void *context)
{
	struct asking *c = context;
	struct arena *arena = arena_create();
	struct export_row row;

	c->asked = exports_request(&c->domain, &c->actor, arena, &row, &c->error);
	arena_destroy(&arena);
	return NULL;
}

/* A double click, over two connections. */
static void two_who_ask_get_one(void **state)
{
	struct asking asking[2] = {0};
	struct auth auth;
	struct db *second;
	pthread_t thread;

	(void)state;
	asking[0].domain = world->domain;
	asking[1].domain = world_second_domain(world, &second);
	people_authorize_other(world, &asking[1].domain, &auth);
	for (int i = 0; i < 2; i++)
		asking[i].actor = people_proven(world, &ada);
	assert_int_equal(pthread_create(&thread, NULL, ask, &asking[1]), 0);
	(void)ask(&asking[0]);
	pthread_join(thread, NULL);
	db_close(&second);
	assert_int_equal(asking[0].asked + asking[1].asked, 1);
	assert_string_equal(asking[asking[0].asked].error.code, "export_pending");
	assert_int_equal(world_number(world, &test_race_rows), 1);
	assert_int_equal(world_number(world, &test_race_jobs), 1);
}

/* --- making ----------------------------------------------------------------------------------- */

/* A worker that comes by while another one makes the export. */
struct second {
	struct domain domain;
	unsigned visits;
	struct exports_report early, late;
};

static void work_too(struct second *second, struct exports_report *report)
{
	static const struct exports_limits limits = {0};
	struct arena *arena = arena_create();
	struct error error = {0};

	if (!exports_continue(&second->domain, arena, &limits, report, &error))
		fail_msg("%s", error.code);
	arena_destroy(&arena);
}

/* At first the lease is the other's; then it has run out, as if they were dead. */
static void come_by(void *context)
{
	struct second *second = context;

	if (second->visits++ > 0)
		return;
	work_too(second, &second->early);
	assert_true(world_staged(world) > 0); /* and what is being made is left alone */
	world->clock.fixed_us += HOUR_US;
	work_too(second, &second->late);
}

static void a_worker_who_lost_its_lease_makes_nothing(void **state)
{
	struct second second = {0};
	const struct exports_limits limits = {.meanwhile = come_by, .context = &second};
	struct export_row row;
	struct file file;
	struct db *db;

	(void)state;
	for (int i = 0; i < 3; i++)
		(void)world_photo(world, &ada, "Mine", NULL, NULL);
	second.domain = world_second_domain(world, &db);
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(exporting_work(world, &limits).made, 0);
	db_close(&db);
	assert_int_equal(second.early.made + second.early.put_off, 0);
	assert_int_equal(second.late.made, 1);
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "");
	assert_int_equal(
	    taken_verify(arena_printf(world->arena, "%s/%s", world->folder, file.storage_key)), 0);
	assert_int_equal(people_mails(world, "export_ready"), 1);
	assert_int_equal(world_number(world, &test_race_jobs), 0);
	assert_int_equal(world_staged(world), 0);
	(void)exporting_clean(world);
	assert_int_equal(world_objects(world), 4);
}

/* However many wait, other work has its turn between them. */
static void a_round_ends_after_the_one_in_hand(void **state)
{
	const struct exports_limits limits = {.round_us = 1};
	const struct actor *const people[] = {&ada, &ben, &admin, &stranger};
	struct export_row row;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(exporting_ask(world, people[i], &row), "");
	assert_int_equal(exporting_work(world, &limits).made, 1);
	assert_int_equal(exporting_work(world, &limits).made, 1);
	assert_int_equal(exporting_work(world, NULL).made, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(two_who_ask_get_one, set_up),
	    cmocka_unit_test_setup(a_worker_who_lost_its_lease_makes_nothing, set_up),
	    cmocka_unit_test_setup(a_round_ends_after_the_one_in_hand, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
