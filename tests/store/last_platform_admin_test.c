/* last_platform_admin_test.c - of two who at the same moment take each other's place as platform
 * admin, one by deleting the other's organisation, one stays. */
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

DB_STATEMENT(waiting_for_a_lock,
    "SELECT COUNT(*) FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p"
    " ON p.ID = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.DB = DATABASE()");
DB_STATEMENT(organization_goes, "UPDATE organizations SET deleted_at = '2026-01-21' WHERE id = ?");
DB_STATEMENT(platform_admin_is_locked, "SELECT id FROM users WHERE id = ? FOR UPDATE");
DB_STATEMENT(live_platform_admins,
    "SELECT COUNT(*) FROM users u JOIN organizations o ON o.id = u.organization_id"
    " WHERE u.role = 'platform_admin' AND u.deleted_at IS NULL AND o.deleted_at IS NULL");

/* One at home in Birch, whose organisation is about to be deleted by one who is elsewhere. */
static struct actor first, other;

struct demotion {
	struct domain domain;
	struct auth auth;
	pthread_t thread;
	struct error error;
	bool done;
};

static int set_up(void **state)
{
	struct id home;

	(void)state;
	scene_people();
	people_authorize(world);
	first = world_user(world, &birch, "first@lethe.example", ROLE_PLATFORM_ADMIN);
	/* Theirs is the first row to be locked, in whatever order that is done. */
	world->clock.fixed_us += 1000000;
	home = world_organization(world, "Installation");
	other = world_user(world, &home, "other@lethe.example", ROLE_PLATFORM_ADMIN);
	return 0;
}

static void *demote(void *context)
{
	struct demotion *demotion = context;
	struct arena *arena = arena_create();
	struct user user;

	demotion->done = accounts_set_role(
	    &demotion->domain, &first, arena, &other.user_id, USER_MEMBER, &user, &demotion->error);
	arena_destroy(&arena);
	return NULL;
}

/* What the deletion of a large organisation locks and changes: its own row, and the platform admins
 * who are left. Held until whoever dismisses one of these waits for it. */
static bool delete_and_wait(struct db_tx *tx, void *context, struct error *error)
{
	struct demotion *demotion = context;
	struct db *watch = test_database_connect(world->database, TEST_OWNER);
	struct db_rows locked;
	int64_t waiting = 0;

	(void)error;
	assert_int_equal(
	    db_exec(tx->db, &organization_goes, DB_VALUES(db_bind_id(&birch)), NULL), DB_OK);
	assert_int_equal(db_query(tx->db, tx->arena, &platform_admin_is_locked,
			     DB_VALUES(db_bind_id(&other.user_id)), &locked),
	    DB_OK);
	assert_int_equal(pthread_create(&demotion->thread, NULL, demote, demotion), 0);
	for (int i = 0; i < 75 && waiting == 0; i++) {
		struct db_rows rows = {0};

		assert_int_equal(
		    db_query(watch, tx->arena, &waiting_for_a_lock, DB_NO_VALUES, &rows), DB_OK);
		waiting = db_int(&rows, 0, 0);
		usleep(200 * 1000); /* the server looks anew only after 100 ms without a look */
	}
	db_close(&watch);
	return true; /* if it comes after all this, it must be refused as well */
}

/* The worker marks the people of a large organisation later: its own row says that they are gone.
 */
static void who_deletes_an_organization_is_the_last(void **state)
{
	struct demotion demotion = {0};
	struct db *db;
	struct error error = {0};

	(void)state;
	demotion.domain = world_second_domain(world, &db);
	people_authorize_other(world, &demotion.domain, &demotion.auth);
	assert_true(db_transaction(world->db, delete_and_wait, &demotion, &error));
	pthread_join(demotion.thread, NULL);
	db_close(&db);
	assert_false(demotion.done);
	assert_string_equal(demotion.error.code, "last_platform_admin");
	assert_int_equal(world_number(world, &live_platform_admins), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(who_deletes_an_organization_is_the_last, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
