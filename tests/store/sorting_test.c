/* sorting_test.c - lists by name: whole over all their pages, each item once, none of others. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/accounts.h>
#include <domain/places.h>
#include <store/users.h>
#include <string.h>

#define LIMIT 3

/* Of equal names, in any case, the older one stands first. */
static const char *const names[] = {"pear", "Apple", "apple", "Quince", "apple", "fig", "Pear"};
static const int sorted[] = {1, 2, 4, 5, 0, 6, 3};
#define NAMES (sizeof(names) / sizeof(names[0]))

DB_STATEMENT(sorting_delete_project, "UPDATE projects SET deleted_at = created_at WHERE id = ?");
DB_STATEMENT(sorting_delete_user, "UPDATE users SET deleted_at = created_at WHERE id = ?");
DB_STATEMENT(sorting_name_user, "UPDATE users SET display_name = ? WHERE id = ?");
DB_STATEMENT(sorting_explain_projects,
    "EXPLAIN SELECT id FROM projects FORCE INDEX (name) WHERE organization_id = ?"
    " AND deleted_at IS NULL AND name >= 'a' AND (name > 'a' OR id > '') ORDER BY name, id"
    " LIMIT 3");
DB_STATEMENT(sorting_explain_users,
    "EXPLAIN SELECT u.id FROM users u FORCE INDEX (live_name) WHERE u.organization_id = ?"
    " AND u.deleted_at IS NULL AND u.display_name >= 'a' AND (u.display_name > 'a' OR u.id > '')"
    " ORDER BY u.display_name, u.id LIMIT 3");

static struct id ids[NAMES];

static int set_up(void **state)
{
	(void)state;
	world_clear(world);
	alder = world_organization(world, "Alder");
	birch = world_organization(world, "Birch");
	admin = world_user(world, &alder, "admin@alder.example", ROLE_ADMIN);
	stranger = world_user(world, &birch, "admin@birch.example", ROLE_ADMIN);
	return 0;
}

static void run(const struct db_statement *statement, const struct id *id)
{
	assert_int_equal(db_exec(world->db, statement, DB_VALUES(db_bind_id(id)), NULL), DB_OK);
}

static void make_projects(void)
{
	struct id deleted;

	for (size_t i = 0; i < NAMES; i++) {
		world->clock.fixed_us += 1000;
		ids[i] = world_place(world, &admin, PLACE_PROJECT, names[i]);
	}
	deleted = world_place(world, &admin, PLACE_PROJECT, "grape");
	run(&sorting_delete_project, &deleted);
	(void)world_place(world, &stranger, PLACE_PROJECT, "guava");
}

static void places_by_name_come_in_order(void **state)
{
	struct places_page page = {0};
	struct id after = id_none;
	size_t at = 0;

	(void)state;
	make_projects();
	do {
		struct error error = {0};

		assert_true(places_by_name(&world->domain, &admin, world->arena, PLACE_PROJECT,
		    LIMIT, &after, &page, &error));
		assert_in_range(page.count, 1, LIMIT);
		for (size_t i = 0; i < page.count; i++) {
			assert_true(at < NAMES);
			assert_true(id_equal(&page.items[i].id, &ids[sorted[at++]]));
		}
		after = page.next;
	} while (!id_is_none(&after));
	assert_int_equal(at, NAMES);
}

/* A page goes on behind what was deleted meanwhile, and from the first behind what is gone. */
static void a_place_that_goes_breaks_no_list(void **state)
{
	struct places_page page = {0};
	struct error error = {0};
	struct id gone;

	(void)state;
	make_projects();
	run(&sorting_delete_project, &ids[5]);
	assert_true(places_by_name(
	    &world->domain, &admin, world->arena, PLACE_PROJECT, LIMIT, &ids[5], &page, &error));
	assert_true(id_equal(&page.items[0].id, &ids[0]));
	gone = id_generate(world->clock.fixed_us);
	assert_true(places_by_name(
	    &world->domain, &admin, world->arena, PLACE_PROJECT, LIMIT, &gone, &page, &error));
	assert_true(id_equal(&page.items[0].id, &ids[1]));
}

static void people_by_name_come_in_order(void **state)
{
	static const char *const expected[] = {"admin", "apple", "fig", "Fig", "pear"};
	const struct users_query first = {.by_name = true, .limit = 2};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		static const char *const people[] = {"pear", "fig", "grape", "Fig", "apple"};
		struct actor one;

		world->clock.fixed_us += 1000;
		one = world_user(world, &alder, arena_printf(world->arena, "u%zu@alder.example", i),
		    ROLE_MEMBER);

		assert_int_equal(
		    db_exec(world->db, &sorting_name_user,
			DB_VALUES(db_bind_text(people[i]), db_bind_id(&one.user_id)), NULL),
		    DB_OK);
		if (i == 2)
			run(&sorting_delete_user, &one.user_id);
	}
	assert_true(db_exec(world->db, &sorting_name_user,
			DB_VALUES(db_bind_text("admin"), db_bind_id(&admin.user_id)),
			NULL) <= DB_NONE); /* it may be so called already */
	for (int deleted = 0; deleted < 2; deleted++) {
		struct users_query query = first;
		struct error error = {0};
		struct user *users;
		size_t count, at = 0;
		bool more = true;

		for (query.include_deleted = deleted; more; query.before = users[count - 1].id) {
			assert_true(accounts_list_users(&world->domain, &admin, world->arena,
			    &query, &users, &count, &more, &error));
			assert_in_range(count, 1, 2);
			for (size_t i = 0; i < count; i++) {
				if (deleted && strcmp(users[i].display_name, "grape") == 0)
					continue;
				assert_true(at < 5);
				assert_string_equal(users[i].display_name, expected[at++]);
			}
		}
		assert_int_equal(at, 5);
	}
}

/* Where somebody of another organisation would stand says what they are called. */
static void a_stranger_is_no_place_to_go_on_from(void **state)
{
	struct users_query query = {.by_name = true, .limit = 2, .before = stranger.user_id};
	struct error error = {0};
	struct user *users;
	size_t count;
	bool more;

	(void)state;
	assert_true(
	    db_exec(world->db, &sorting_name_user,
		DB_VALUES(db_bind_text("zebra"), db_bind_id(&stranger.user_id)), NULL) <= DB_NONE);
	assert_true(accounts_list_users(
	    &world->domain, &admin, world->arena, &query, &users, &count, &more, &error));
	assert_int_equal(count, 1);
	assert_true(id_equal(&users[0].id, &admin.user_id));
}

/* However many there are: nothing is sorted. */
static void no_list_is_sorted(void **state)
{
	static const struct db_statement *const statements[] = {
	    &sorting_explain_projects, &sorting_explain_users};

	(void)state;
	make_projects();
	for (size_t i = 0; i < 2; i++) {
		struct db_rows rows = {0};

		assert_int_equal(db_query(world->db, world->arena, statements[i],
				     DB_VALUES(db_bind_id(&alder)), &rows),
		    DB_OK);
		assert_null(strstr(db_text(&rows, 0, rows.columns - 1), "filesort"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(places_by_name_come_in_order, set_up),
	    cmocka_unit_test_setup(a_place_that_goes_breaks_no_list, set_up),
	    cmocka_unit_test_setup(people_by_name_come_in_order, set_up),
	    cmocka_unit_test_setup(a_stranger_is_no_place_to_go_on_from, set_up),
	    cmocka_unit_test_setup(no_list_is_sorted, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
