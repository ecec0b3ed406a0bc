/* accounts_admin_test.c - accounts in the hands of admins: deleted, given back, in another role;
 * and that nobody locks an organisation out. */
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static struct actor second, platform;
static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	second = world_user(world, &alder, "second@alder.example", ROLE_ADMIN);
	platform = world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	return 0;
}

static const char *restore(const struct actor *actor, const struct actor *user)
{
	struct user found;

	error_clear(&error);
	return accounts_restore_user(
		   &world->domain, actor, world->arena, &user->user_id, &found, &error)
		   ? ""
		   : error.code;
}

static const char *appoint(const struct actor *actor, const struct actor *user, enum user_role role)
{
	struct user found;

	error_clear(&error);
	return accounts_set_role(
		   &world->domain, actor, world->arena, &user->user_id, role, &found, &error)
		   ? ""
		   : error.code;
}

static bool sees(const struct actor *actor, const struct id *photo_id)
{
	struct photo photo;

	return photos_find(&world->domain, actor, world->arena, photo_id, &photo, &error) &&
	       photo.deleted_at_us == 0;
}

static void a_soft_one_can_be_taken_back(void **state)
{
	struct id photo = world_photo(world, &ada, "A", NULL, NULL);
	struct deletion deletion;

	(void)state;
	(void)people_session(world, &ada);
	assert_string_equal(people_delete(world, &admin, &ada, false, NULL, &deletion), "");
	assert_int_equal(deletion.kind, ITEM_USER);
	assert_int_equal(deletion.origin, ORIGIN_ADMIN);
	assert_true(deletion.recover_until_us == world->clock.fixed_us + 7 * DAY_US);
	assert_int_equal(people_sessions(world, &ada), 0);
	assert_int_equal(trash_entries(world, "user.delete"), 1);
	assert_false(sees(&ben, &photo));
	assert_string_equal(
	    people_delete(world, &admin, &ada, false, NULL, NULL), "already_deleted");
	assert_string_equal(people_error()->reference_name, "deletion_id");
	world->clock.fixed_us = deletion.recover_until_us - 1;
	assert_string_equal(restore(&admin, &ada), "");
	assert_true(sees(&ben, &photo));
	assert_int_equal(trash_entries(world, "user.restore"), 1);
	assert_string_equal(restore(&admin, &ada), "not_deleted");
	assert_int_equal(people_status(world, &ada).status, USER_DELETION_NONE);
}

static void the_window_closes_to_the_microsecond(void **state)
{
	struct deletion deletion;

	(void)state;
	assert_string_equal(people_delete(world, &admin, &ada, false, NULL, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	assert_string_equal(restore(&admin, &ada), "window_closed");
	assert_int_equal(trash_purge(world).counts[COUNT_USER], 1);
	assert_string_equal(restore(&admin, &ada), "not_found");
}

static void a_hard_one_goes_at_once(void **state)
{
	struct deletion deletion;

	(void)state;
	(void)world_photo(world, &ada, "A", NULL, NULL);
	assert_string_equal(people_delete(world, &admin, &ada, true, NULL, &deletion), "");
	assert_int_equal(deletion.mode, MODE_HARD);
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGED);
	assert_int_equal(trash_rows(world, "photos"), 0);
	/* One in the trash, too. */
	assert_string_equal(people_delete(world, &admin, &ben, false, NULL, &deletion), "");
	assert_string_equal(people_delete(world, &admin, &ben, true, NULL, NULL), "");
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGED);
	assert_string_equal(people_delete(world, &admin, &ben, true, NULL, NULL), "not_found");
}

static void nobody_deletes_themselves(void **state)
{
	(void)state;
	assert_string_equal(
	    people_delete(world, &admin, &admin, false, NULL, NULL), "self_deletion");
	assert_int_equal(people_error()->kind, ERROR_INVALID);
	assert_string_equal(
	    people_delete(world, &admin, &admin, true, NULL, NULL), "self_deletion");
}

static void the_last_admin_stays(void **state)
{
	struct actor lethe = actor_system("operator", &alder);

	(void)state;
	assert_string_equal(people_delete(world, &admin, &second, false, NULL, NULL), "");
	assert_string_equal(
	    people_delete(world, &platform, &admin, false, NULL, NULL), "last_admin");
	assert_string_equal(
	    people_delete(world, &platform, &admin, true, NULL, NULL), "last_admin");
	assert_string_equal(people_delete(world, &lethe, &admin, false, NULL, NULL), "last_admin");
	assert_string_equal(appoint(&admin, &admin, USER_MEMBER), "last_admin");
	assert_string_equal(restore(&admin, &second), "");
	assert_string_equal(appoint(&admin, &admin, USER_MEMBER), "");
	assert_int_equal(trash_entries(world, "user.role"), 1);
	assert_string_equal(appoint(&second, &second, USER_MEMBER), "last_admin");
}

static void platform_admins_are_their_own_affair(void **state)
{
	struct actor other = world_user(world, &alder, "other@lethe.example", ROLE_PLATFORM_ADMIN);

	(void)state;
	assert_string_equal(people_delete(world, &admin, &other, false, NULL, NULL), "forbidden");
	assert_string_equal(appoint(&admin, &ada, USER_PLATFORM_ADMIN), "forbidden");
	assert_string_equal(appoint(&admin, &other, USER_MEMBER), "forbidden");
	assert_string_equal(people_delete(world, &platform, &other, false, NULL, NULL), "");
	assert_string_equal(appoint(&platform, &platform, USER_MEMBER), "last_platform_admin");
	assert_string_equal(appoint(&platform, &ada, USER_PLATFORM_ADMIN), "");
	assert_string_equal(appoint(&platform, &platform, USER_MEMBER), "");
}

static const char *undo(
    const struct actor *actor, const struct id *deletion_id, const struct restore_choice *choice)
{
	struct deletion deletion;

	error_clear(&error);
	return deletions_restore(
		   &world->domain, actor, world->arena, deletion_id, choice, &deletion, &error)
		   ? ""
		   : error.code;
}

/* Neither is there a way around that through the trash, for whoever deleted the account while they
 * were a platform admin themselves. */
static void their_deletions_are_too(void **state)
{
	struct actor other = world_user(world, &alder, "other@lethe.example", ROLE_PLATFORM_ADMIN);
	struct actor within = platform, demoted;
	struct id photo = world_photo(world, &other, "A", NULL, NULL);
	struct restore_choice one = {.items = &photo, .item_count = 1};
	struct act_result *results;
	struct deletion deletion, found;
	size_t count;

	(void)state;
	within.organization_id = alder;
	demoted = within;
	demoted.role = ROLE_ADMIN;
	assert_string_equal(people_delete(world, &within, &other, false, NULL, &deletion), "");
	assert_true(deletion.of_platform_admin);
	assert_string_equal(undo(&admin, &deletion.id, NULL), "forbidden");
	assert_string_equal(undo(&admin, &deletion.id, &one), "forbidden");
	assert_false(deletions_find_to_restore(
	    &world->domain, &admin, world->arena, &deletion.id, &found, &error));
	assert_string_equal(error.code, "forbidden");
	assert_true(
	    deletions_find(&world->domain, &admin, world->arena, &deletion.id, &found, &error));
	assert_true(deletions_restore_act(
	    &world->domain, &demoted, world->arena, &deletion.act_id, &results, &count, &error));
	assert_int_equal(count, 1);
	assert_string_equal(results[0].code, "forbidden");
	assert_string_equal(undo(&within, &deletion.id, NULL), "");
	/* Of anybody else's account the trash is an admin's affair as ever. */
	assert_string_equal(people_delete(world, &within, &second, false, NULL, &deletion), "");
	assert_false(deletion.of_platform_admin);
	assert_string_equal(undo(&admin, &deletion.id, NULL), "");
}

static void others_learn_nothing(void **state)
{
	struct user user;

	(void)state;
	assert_string_equal(people_delete(world, &stranger, &ada, false, NULL, NULL), "not_found");
	assert_string_equal(people_delete(world, &ben, &ada, false, NULL, NULL), "not_found");
	assert_string_equal(appoint(&stranger, &ada, USER_ADMIN), "not_found");
	assert_string_equal(people_delete(world, &admin, &ada, false, NULL, NULL), "");
	assert_string_equal(restore(&stranger, &ada), "not_found");
	assert_string_equal(restore(&ben, &ada), "not_found");
	trash_sql(world, "UPDATE users SET identity_uid = 'uid-of-ben' WHERE id = %s",
	    trash_hex(world, &ben.user_id));
	assert_true(
	    accounts_find_user(&world->domain, &admin, world->arena, "uid-of-ben", &user, &error));
	assert_true(id_equal(&user.id, &ben.user_id));
	assert_false(accounts_find_user(
	    &world->domain, &stranger, world->arena, "uid-of-ben", &user, &error));
	assert_string_equal(error.code, "not_found");
	assert_false(
	    accounts_find_user(&world->domain, &admin, world->arena, "nobody", &user, &error));
}

static void an_address_that_was_taken_is_named(void **state)
{
	(void)state;
	assert_string_equal(people_delete(world, &admin, &ada, false, NULL, NULL), "");
	(void)world_user(world, &alder, "ada@alder.example", ROLE_MEMBER);
	assert_string_equal(restore(&admin, &ada), "email_taken");
	assert_string_equal(error.reference_name, "user_id");
}

static void events_block_where_that_was_chosen(void **state)
{
	struct account_choices choices = {.events = EVENTS_BLOCK};

	(void)state;
	(void)people_event(world, &ada, "Fair");
	assert_string_equal(
	    people_delete(world, &admin, &ada, false, &choices, NULL), "blocking_events");
	assert_string_equal(
	    people_delete(world, &admin, &ada, true, &choices, NULL), "blocking_events");
	choices = (struct account_choices){.events = EVENTS_TRANSFER, .transfer_to = ben.user_id};
	assert_string_equal(people_delete(world, &admin, &ada, false, &choices, NULL), "");
}

static void several_at_once_each_for_itself(void **state)
{
	struct account_choices choices = {.reason = "Tidying"};
	struct id ids[5] = {ada.user_id, admin.user_id, stranger.user_id, ada.user_id, ben.user_id};
	static const char *const codes[5] = {
	    "", "self_deletion", "not_found", "already_deleted", ""};
	struct act_result *results;

	(void)state;
	assert_true(accounts_delete_users(
	    &world->domain, &admin, world->arena, ids, 5, &choices, &results, &error));
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(results[i].code, codes[i]);
		assert_int_equal(results[i].changed, codes[i][0] == '\0');
		assert_true(id_equal(&results[i].id, &ids[i]));
	}
	assert_int_equal(trash_live(world, "users"), 4);
}

static void the_switch_turns_it_off(void **state)
{
	(void)state;
	trash_sql(world, "UPDATE organizations SET admin_deletion = 0");
	assert_string_equal(
	    people_delete(world, &admin, &ada, false, NULL, NULL), "admin_deletion_off");
	assert_int_equal(people_error()->kind, ERROR_FORBIDDEN);
}

static void one_who_is_leaving_keeps_their_role(void **state)
{
	struct actor proven = people_proven(world, &ada);
	struct account_status status;

	(void)state;
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	assert_string_equal(appoint(&admin, &ada, USER_ADMIN), "account_scheduled");
	assert_string_equal(
	    people_delete(world, &admin, &ada, false, NULL, NULL), "already_deleted");
	assert_string_equal(people_delete(world, &admin, &ada, true, NULL, NULL), "");
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
}

static void lists_are_filtered(void **state)
{
	struct users_query query = {.limit = 50};
	struct user *users;
	size_t count;
	bool more;

	(void)state;
	assert_string_equal(people_delete(world, &admin, &ada, false, NULL, NULL), "");
	assert_true(accounts_list_users(
	    &world->domain, &admin, world->arena, &query, &users, &count, &more, &error));
	assert_int_equal(count, 3);
	query.include_deleted = true;
	assert_true(accounts_list_users(
	    &world->domain, &admin, world->arena, &query, &users, &count, &more, &error));
	assert_int_equal(count, 4);
	query.by_role = true;
	query.role = USER_ADMIN;
	assert_true(accounts_list_users(
	    &world->domain, &admin, world->arena, &query, &users, &count, &more, &error));
	assert_int_equal(count, 2);
	query = (struct users_query){.text = "BEN@", .limit = 1};
	assert_true(accounts_list_users(
	    &world->domain, &admin, world->arena, &query, &users, &count, &more, &error));
	assert_int_equal(count, 1);
	assert_false(more);
	assert_false(accounts_list_users(
	    &world->domain, &ben, world->arena, &query, &users, &count, &more, &error));
	assert_string_equal(error.code, "forbidden");
}

/* Two admins who delete each other in the same instant: one stays. */
struct duel {
	struct domain domain;
	struct actor actor;
	struct id target;
	pthread_barrier_t *barrier;
	bool done;
	char code[48];
};

static void *strike(void *context)
{
	struct duel *duel = context;
	struct account_deletion act = {.user_id = duel->target};
	struct arena *arena = arena_create();
	struct deletion deletion;
	struct error why = {0};

	pthread_barrier_wait(duel->barrier);
	duel->done =
	    accounts_delete_user(&duel->domain, &duel->actor, arena, &act, &deletion, &why);
	memcpy(duel->code, why.code, sizeof(duel->code));
	arena_destroy(&arena);
	return NULL;
}

static void two_who_delete_each_other_leave_one(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		pthread_barrier_t barrier;
		struct db *dbs[2];
		struct auth auths[2];
		struct duel duels[2] = {{.actor = admin, .target = second.user_id},
		    {.actor = second, .target = admin.user_id}};
		pthread_t threads[2];

		pthread_barrier_init(&barrier, NULL, 2);
		for (size_t k = 0; k < 2; k++) {
			duels[k].domain = world_second_domain(world, &dbs[k]);
			people_authorize_other(world, &duels[k].domain, &auths[k]);
			duels[k].barrier = &barrier;
			assert_int_equal(pthread_create(&threads[k], NULL, strike, &duels[k]), 0);
		}
		for (size_t k = 0; k < 2; k++) {
			pthread_join(threads[k], NULL);
			db_close(&dbs[k]);
		}
		pthread_barrier_destroy(&barrier);
		assert_int_equal(duels[0].done + duels[1].done, 1);
		assert_string_equal(duels[duels[0].done ? 1 : 0].code, "last_admin");
		assert_string_equal(
		    duels[0].done ? restore(&admin, &second) : restore(&second, &admin), "");
	}
}

DB_STATEMENT(admin_comes_back, "UPDATE users SET deletion_status = 'CANCELED', leaving_id = NULL"
			       " WHERE id = ?");
DB_STATEMENT(admin_goes, "UPDATE users SET deletion_status = 'SCHEDULED' WHERE id = ?");
DB_STATEMENT(waiting_for_a_lock, "SELECT COUNT(*) FROM information_schema.PROCESSLIST"
				 " WHERE COMMAND = 'Execute' AND INFO LIKE '%FOR UPDATE%'"
				 " AND ID <> CONNECTION_ID()");

/* Held until whoever strikes waits for it. */
static bool run_change_of_mind(struct db_tx *tx, void *context, struct error *why)
{
	pthread_barrier_t *barrier = context;

	(void)why;
	assert_int_equal(
	    db_exec(tx->db, &admin_comes_back, DB_VALUES(db_bind_id(&second.user_id)), NULL),
	    DB_OK);
	assert_int_equal(
	    db_exec(tx->db, &admin_goes, DB_VALUES(db_bind_id(&admin.user_id)), NULL), DB_OK);
	pthread_barrier_wait(barrier);
	for (int i = 0; i < 500; i++) {
		struct db_rows rows = {0};

		assert_int_equal(
		    db_query(tx->db, tx->arena, &waiting_for_a_lock, DB_NO_VALUES, &rows), DB_OK);
		if (db_int(&rows, 0, 0) > 0) {
			return true;
		}
		usleep(10 * 1000);
	}
	return true; /* it comes after all this, then, and must be refused as well */
}

/* An admin who is leaving stays after all, and the other one leaves, while a platform admin is
 * about to delete the first: the organisation keeps one. */
static void who_comes_back_is_the_last_admin_again(void **state)
{
	struct actor proven = people_proven(world, &second);
	pthread_barrier_t barrier;
	struct db *db;
	struct auth auth;
	struct duel duel = {.actor = platform, .target = second.user_id, .barrier = &barrier};
	pthread_t thread;

	(void)state;
	assert_string_equal(people_leave(world, &proven, NULL, &(struct account_status){0}), "");
	duel.domain = world_second_domain(world, &db);
	people_authorize_other(world, &duel.domain, &auth);
	pthread_barrier_init(&barrier, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, strike, &duel), 0);
	assert_true(db_transaction(world->db, run_change_of_mind, &barrier, &error));
	pthread_join(thread, NULL);
	db_close(&db);
	pthread_barrier_destroy(&barrier);
	assert_false(duel.done);
	assert_string_equal(duel.code, "last_admin");
}

/* Who is in the trash with an organisation, marked or not yet, looks after nothing. */
static void a_platform_admin_in_the_trash_is_none(void **state)
{
	struct id cedar = world_organization(world, "Cedar");
	struct actor other = world_user(world, &cedar, "other@cedar.example", ROLE_PLATFORM_ADMIN);

	(void)state;
	trash_sql(world, "UPDATE organizations SET deleted_at = '2026-01-01' WHERE id = %s",
	    trash_hex(world, &cedar));
	assert_string_equal(appoint(&platform, &platform, USER_MEMBER), "last_platform_admin");
	trash_sql(world, "UPDATE organizations SET deleted_at = NULL");
	assert_string_equal(appoint(&other, &platform, USER_MEMBER), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_soft_one_can_be_taken_back, set_up),
	    cmocka_unit_test_setup(the_window_closes_to_the_microsecond, set_up),
	    cmocka_unit_test_setup(a_hard_one_goes_at_once, set_up),
	    cmocka_unit_test_setup(nobody_deletes_themselves, set_up),
	    cmocka_unit_test_setup(the_last_admin_stays, set_up),
	    cmocka_unit_test_setup(platform_admins_are_their_own_affair, set_up),
	    cmocka_unit_test_setup(their_deletions_are_too, set_up),
	    cmocka_unit_test_setup(others_learn_nothing, set_up),
	    cmocka_unit_test_setup(an_address_that_was_taken_is_named, set_up),
	    cmocka_unit_test_setup(events_block_where_that_was_chosen, set_up),
	    cmocka_unit_test_setup(several_at_once_each_for_itself, set_up),
	    cmocka_unit_test_setup(the_switch_turns_it_off, set_up),
	    cmocka_unit_test_setup(one_who_is_leaving_keeps_their_role, set_up),
	    cmocka_unit_test_setup(lists_are_filtered, set_up),
	    cmocka_unit_test_setup(two_who_delete_each_other_leave_one, set_up),
	    cmocka_unit_test_setup(who_comes_back_is_the_last_admin_again, set_up),
	    cmocka_unit_test_setup(a_platform_admin_in_the_trash_is_none, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
