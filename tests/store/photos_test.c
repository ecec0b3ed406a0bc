/* photos_test.c - who sees which photo, and lists page by page. */
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <store/places.h>
#include <store/tags.h>
#include <string.h>

DB_STATEMENT(SET_STATUS, "UPDATE photos SET status = ? WHERE id = ?");
DB_STATEMENT(SET_ARCHIVED, "UPDATE photos SET archived_at = ? WHERE id = ?");
DB_STATEMENT(SET_DELETED, "UPDATE photos SET deleted_at = ?, deletion_id = ? WHERE id = ?");
DB_STATEMENT(ADD_DELETION,
    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, initiator_id, origin, mode,"
    " state, deleted_at, recover_until) VALUES (?, ?, ?, 'photo', ?, ?, 'owner', 'soft', ?, ?, ?)");
DB_STATEMENT(MARK_PROJECT, "UPDATE deletions SET kind = 'project' WHERE id = ?");
DB_STATEMENT(ADD_CLAIM,
    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)");

/* The people of every test. */
static struct actor platform;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	platform = world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	platform.organization_id = alder;
	return 0;
}

static void set_status(const struct id *photo, const char *status)
{
	assert_int_not_equal(db_exec(world->db, &SET_STATUS,
				 DB_VALUES(db_bind_text(status), db_bind_id(photo)), NULL),
	    DB_ERROR);
}

static void set_archived(const struct id *photo)
{
	assert_int_equal(
	    db_exec(world->db, &SET_ARCHIVED,
		DB_VALUES(db_bind_time(world->clock.fixed_us), db_bind_id(photo)), NULL),
	    DB_OK);
}

static struct id add_deletion(const struct id *item, const struct actor *by, const char *state)
{
	struct id id = id_generate(world->clock.fixed_us);

	assert_int_equal(db_exec(world->db, &ADD_DELETION,
			     DB_VALUES(db_bind_id(&id), db_bind_id(&by->organization_id),
				 db_bind_id(&id), db_bind_id(item), db_bind_id(&by->user_id),
				 db_bind_text(state), db_bind_time(world->clock.fixed_us),
				 db_bind_time(world->clock.fixed_us + 1000)),
			     NULL),
	    DB_OK);
	return id;
}

static void set_deleted(const struct id *photo, const struct id *deletion)
{
	assert_int_equal(db_exec(world->db, &SET_DELETED,
			     DB_VALUES(db_bind_time(world->clock.fixed_us), db_bind_id(deletion),
				 db_bind_id(photo)),
			     NULL),
	    DB_OK);
}

static struct photos_page list(const struct actor *actor, struct photos_query query)
{
	struct photos_page page = {0};
	struct error error = {0};

	if (!photos_list(&world->domain, actor, world->arena, &query, &page, &error)) {
		fail_msg("%s: %s", error.code, error.message);
	}
	return page;
}

static bool holds(const struct photos_page *page, const struct id *photo)
{
	for (size_t i = 0; i < page->count; i++) {
		if (id_equal(&page->items[i].id, photo)) {
			return true;
		}
	}
	return false;
}

static bool finds(const struct actor *actor, const struct id *photo)
{
	struct photo found;
	struct error error = {0};
	bool ok = photos_find(&world->domain, actor, world->arena, photo, &found, &error);

	assert_true(ok || error.kind == ERROR_NOT_FOUND);
	return ok;
}

/* The photos that stand for every state, all of ada's. */
enum {
	APPROVED,
	REQUESTED,
	PENDING,
	REJECTED,
	ARCHIVED,
	HIDDEN_ARCHIVED,
	DELETED_BY_ADA,
	DELETED_BY_ADMIN,
	STATES
};

static void make_every_state(
    struct id photos[STATES], const struct id *project, const struct id *site)
{
	struct id deletion;

	for (int i = 0; i < STATES; i++) {
		photos[i] = world_photo(world, &ada, "x", project, site);
		set_status(&photos[i], "approved");
	}
	set_status(&photos[REQUESTED], "deletion_requested");
	set_status(&photos[PENDING], "pending");
	set_status(&photos[REJECTED], "rejected");
	set_archived(&photos[ARCHIVED]);
	set_archived(&photos[HIDDEN_ARCHIVED]);
	set_status(&photos[HIDDEN_ARCHIVED], "pending");
	deletion = add_deletion(&photos[DELETED_BY_ADA], &ada, "trashed");
	set_deleted(&photos[DELETED_BY_ADA], &deletion);
	deletion = add_deletion(&photos[DELETED_BY_ADMIN], &admin, "trashed");
	set_deleted(&photos[DELETED_BY_ADMIN], &deletion);
}

/* Who is to see what: L in the list as it is, A where archived ones are asked for, D where deleted
 * ones are, + by its id; - nowhere. */
struct expectation {
	const struct actor *actor;
	const char *in_list;
	const char *by_id;
};

static const struct expectation EXPECTATIONS[] = {
    {&ada, "LLLLAA--", "+++++++-"},
    {&ben, "LL------", "++------"},
    {&admin, "LLLLAADD", "++++++++"},
    {&platform, "LLLLAADD", "++++++++"},
    {&stranger, "--------", "--------"},
};

static void check_lists(
    const struct expectation *expected, const struct id photos[STATES], struct photos_query query)
{
	const bool all = actor_is_admin(expected->actor);

	for (int archived = 0; archived < 2; archived++) {
		for (int deleted = 0; deleted < (all ? 2 : 1); deleted++) {
			struct photos_page page;

			query.include_archived = archived;
			query.include_deleted = deleted;
			page = list(expected->actor, query);
			for (int i = 0; i < STATES; i++) {
				char letter = expected->in_list[i];
				bool wanted = letter == 'L' || (letter == 'A' && archived) ||
					      (letter == 'D' && deleted);

				if (holds(&page, &photos[i]) != wanted) {
					fail_msg("state %d for %s: archived %d, deleted %d", i,
					    expected->actor->uid, archived, deleted);
				}
			}
		}
	}
}

static void check_expectations(const struct id photos[STATES], struct photos_query query)
{
	for (size_t i = 0; i < sizeof(EXPECTATIONS) / sizeof(EXPECTATIONS[0]); i++) {
		const struct expectation *expected = &EXPECTATIONS[i];

		check_lists(expected, photos, query);
		for (int k = 0; k < STATES; k++) {
			assert_int_equal(
			    finds(expected->actor, &photos[k]), expected->by_id[k] == '+');
		}
	}
}

static void who_sees_library_photos(void **state)
{
	struct id photos[STATES];

	(void)state;
	make_every_state(photos, NULL, NULL);
	check_expectations(photos, (struct photos_query){0});
}

static void who_sees_photos_of_a_project(void **state)
{
	struct id photos[STATES];
	struct id project = world_place(world, &admin, PLACE_PROJECT, "garden");
	struct id other = world_place(world, &admin, PLACE_PROJECT, "field");

	(void)state;
	make_every_state(photos, &project, NULL);
	world_photo(world, &ada, "elsewhere", &other, NULL);
	check_expectations(photos, (struct photos_query){.project_id = project});
	assert_int_equal(list(&admin, (struct photos_query){.project_id = project}).count, 4);
}

static void who_sees_photos_of_a_site(void **state)
{
	struct id photos[STATES];
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id project = world_place(world, &admin, PLACE_PROJECT, "garden");

	(void)state;
	make_every_state(photos, NULL, &site);
	world_photo(world, &ada, "elsewhere", NULL, NULL);
	check_expectations(photos, (struct photos_query){.site_id = site});
	assert_int_equal(
	    list(&admin, (struct photos_query){.site_id = site, .project_id = project}).count, 0);
}

static void tag(const struct id *photo, const char *name);

static void who_sees_photos_with_a_tag(void **state)
{
	struct id photos[STATES];

	(void)state;
	make_every_state(photos, NULL, NULL);
	world_photo(world, &ada, "without", NULL, NULL);
	for (int i = 0; i < STATES; i++) {
		tag(&photos[i], "dusk");
	}
	check_expectations(photos, (struct photos_query){.tag = " dusk"});
	assert_int_equal(list(&admin, (struct photos_query){.tag = "dusk"}).count, 4);
	assert_int_equal(list(&admin, (struct photos_query){.tag = "dawn"}).count, 0);
	assert_int_equal(list(&stranger, (struct photos_query){.tag = "dusk"}).count, 0);
}

static void mine_and_archived_only(void **state)
{
	struct id photos[STATES];
	struct photos_page page;

	(void)state;
	make_every_state(photos, NULL, NULL);
	world_photo(world, &ben, "ben's", NULL, NULL);
	page = list(&ada, (struct photos_query){.mine = true});
	assert_int_equal(page.count, 4);
	page = list(&ada, (struct photos_query){.mine = true, .include_archived = true});
	assert_int_equal(page.count, 6);
	page = list(&ben, (struct photos_query){.mine = true, .include_archived = true});
	assert_int_equal(page.count, 1);
	page = list(&admin,
	    (struct photos_query){.mine = true, .include_archived = true, .include_deleted = true});
	assert_int_equal(page.count, 0);
	page = list(&ada, (struct photos_query){.archived_only = true});
	assert_int_equal(page.count, 2);
	page = list(&admin, (struct photos_query){.archived_only = true});
	assert_int_equal(page.count, 2);
	page = list(&ben, (struct photos_query){.archived_only = true});
	assert_int_equal(page.count, 0);
}

/* "mine" of everything a member may combine has a statement; a list never comes out empty for want
 * of one. */
static void every_combination_has_its_statement(void **state)
{
	struct id photos[STATES];
	const struct actor *const actors[] = {&ada, &admin};

	(void)state;
	make_every_state(photos, NULL, NULL);
	for (unsigned bits = 0; bits < 32; bits++) {
		const struct actor *actor = actors[bits & 1];
		struct photos_query query = {
		    .mine = bits & 2,
		    .include_archived = bits & 4,
		    .archived_only = bits & 8,
		    .include_deleted = (bits & 16) && actor == &admin,
		};
		size_t expected = 0;

		if (actor == &ada || !query.mine) {
			expected += query.archived_only ? 0 : 4;
			expected += query.include_archived || query.archived_only ? 2 : 0;
			expected += query.include_deleted ? 2 : 0;
		}
		assert_int_equal(list(actor, query).count, expected);
	}
}

static void deleted_ones_in_lists_are_for_admins(void **state)
{
	struct photos_query query = {.include_deleted = true};
	struct photos_page page;
	struct error error = {0};

	(void)state;
	assert_false(photos_list(&world->domain, &ada, world->arena, &query, &page, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	query = (struct photos_query){.limit = 201};
	assert_false(photos_list(&world->domain, &ada, world->arena, &query, &page, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.field, "limit");
}

static void pages_hold_each_photo_once_newest_first(void **state)
{
	struct photos_query query = {.limit = 4};
	struct photos_page page;
	struct id last = id_none;
	size_t seen = 0;
	size_t pages = 0;

	(void)state;
	for (int i = 0; i < 21; i++) {
		struct id photo;

		world->clock.fixed_us += 1000;
		photo = world_photo(world, i % 3 ? &ada : &ben, "x", NULL, NULL);
		if (i % 4 == 0) {
			set_status(&photo, "pending");
		}
	}
	do {
		page = list(&admin, query);
		for (size_t i = 0; i < page.count; i++) {
			assert_true(id_is_none(&last) ||
				    memcmp(page.items[i].id.bytes, last.bytes, 16) < 0);
			last = page.items[i].id;
		}
		seen += page.count;
		pages++;
		query.before = page.next;
	} while (!id_is_none(&page.next));
	assert_int_equal(seen, 21);
	assert_int_equal(pages, 6);
}

/* Of a full last page nothing follows. */
static void a_full_page_without_more_has_no_next(void **state)
{
	struct photos_page page;

	(void)state;
	for (int i = 0; i < 4; i++) {
		world_photo(world, &ada, "x", NULL, NULL);
	}
	page = list(&ben, (struct photos_query){.limit = 4});
	assert_int_equal(page.count, 4);
	assert_true(id_is_none(&page.next));
	page = list(&ben, (struct photos_query){.limit = 3});
	assert_int_equal(page.count, 3);
	assert_true(id_equal(&page.next, &page.items[2].id));
}

static bool run_tag(struct db_tx *tx, void *context, struct error *error)
{
	const void *const *both = context;
	struct id tag_id;

	assert_int_equal(store_tag_ensure(tx, tx->arena, &ada.organization_id, both[1],
			     world->clock.fixed_us, &tag_id),
	    DB_OK);
	(void)error;
	return store_photo_tag_add(tx, both[0], &tag_id) == DB_OK;
}

static void tag(const struct id *photo, const char *name)
{
	const void *both[] = {photo, name};

	assert_true(db_transaction(world->db, run_tag, both, NULL));
}

static bool run_album(struct db_tx *tx, void *context, struct error *error)
{
	const struct id *const *both = context;

	(void)error;
	return store_album_photo_add(tx, both[0], both[1], 0) == DB_OK;
}

static void tags_and_albums_come_with_each_photo(void **state)
{
	struct id first = world_photo(world, &ada, "first", NULL, NULL);
	struct id second = world_photo(world, &ada, "second", NULL, NULL);
	struct id album = world_place(world, &ada, PLACE_ALBUM, "best");
	const struct id *both[] = {&album, &second};
	struct photos_page page;

	(void)state;
	tag(&first, "b");
	tag(&first, "a");
	tag(&second, "b");
	assert_true(db_transaction(world->db, run_album, both, NULL));
	page = list(&ben, (struct photos_query){.limit = 2});
	assert_int_equal(page.count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct photo *photo = &page.items[i];

		if (id_equal(&photo->id, &first)) {
			assert_int_equal(photo->tag_count, 2);
			assert_string_equal(photo->tags[0].name, "a");
			assert_string_equal(photo->tags[1].name, "b");
			assert_int_equal(photo->album_count, 0);
		} else {
			assert_int_equal(photo->tag_count, 1);
			assert_string_equal(photo->tags[0].name, "b");
			assert_int_equal(photo->album_count, 1);
			assert_true(id_equal(&photo->album_ids[0], &album));
		}
		assert_string_equal(photo->uploader_name, "ada");
	}
}

/* From the first moment a reader sees the final effect: an unmarked derivative of an original that
 * is being marked is deleted, by that deletion. */
static void a_derivative_not_marked_yet_is_deleted_already(void **state)
{
	struct id original = world_photo(world, &ada, "x", NULL, NULL);
	struct id derivative = world_derivative(world, &ada, &original);
	struct id deletion = add_deletion(&original, &ada, "marking");
	struct photo photo;

	(void)state;
	set_deleted(&original, &deletion);
	assert_false(finds(&ben, &derivative));
	assert_true(photos_find(&world->domain, &ada, world->arena, &derivative, &photo, NULL));
	assert_int_equal(photo.deleted_at_us, world->clock.fixed_us);
	assert_true(id_equal(&photo.deletion_id, &deletion));
	assert_int_equal(photo.recover_until_us, world->clock.fixed_us + 1000);
	assert_true(id_equal(&photo.deletion_item_id, &original));
	assert_int_equal(list(&ben, (struct photos_query){0}).count, 0);
	assert_int_equal(list(&ada, (struct photos_query){.mine = true}).count, 0);
}

static void what_is_being_purged_is_as_good_as_gone(void **state)
{
	struct id photo = world_photo(world, &ada, "x", NULL, NULL);
	struct id deletion = add_deletion(&photo, &ada, "purging");

	(void)state;
	set_deleted(&photo, &deletion);
	assert_false(finds(&ada, &photo));
	assert_false(finds(&admin, &photo));
}

/* In every kind of list, also while a container is being marked. */
static void what_is_being_purged_is_in_no_list(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "garden");
	struct id site = world_place(world, &admin, PLACE_SITE, "stall");
	struct id other = world_place(world, &admin, PLACE_PROJECT, "orchard");
	struct id photo = world_photo(world, &admin, "x", &project, &site);
	struct id trashed = world_photo(world, &admin, "x", &project, &site);
	struct id purging = add_deletion(&photo, &admin, "purging");
	struct id deletion = add_deletion(&trashed, &admin, "trashed");
	struct id marking = add_deletion(&other, &admin, "marking");
	const struct photos_query queries[] = {{.include_deleted = true}, {.deleted_only = true},
	    {.include_deleted = true, .mine = true},
	    {.include_deleted = true, .project_id = project},
	    {.include_deleted = true, .site_id = site}, {.include_deleted = true, .tag = "dusk"}};

	(void)state;
	tag(&photo, "dusk");
	tag(&trashed, "dusk");
	set_deleted(&photo, &purging);
	set_deleted(&trashed, &deletion);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
			struct photos_page page = list(&admin, queries[i]);

			assert_int_equal(page.count, 1);
			assert_true(id_equal(&page.items[0].id, &trashed));
		}
		assert_int_equal(
		    db_exec(world->db, &MARK_PROJECT, DB_VALUES(db_bind_id(&marking)), NULL),
		    round == 0 ? DB_OK : DB_NONE);
	}
}

static void derivatives_follow_their_original(void **state)
{
	struct id original = world_photo(world, &ada, "x", NULL, NULL);
	struct id live = world_derivative(world, &ada, &original);
	struct id gone = world_derivative(world, &ada, &original);
	struct id deletion = add_deletion(&gone, &ada, "trashed");
	struct photo photo;
	struct photos_page page;

	(void)state;
	set_deleted(&gone, &deletion);
	assert_true(photos_find(&world->domain, &ben, world->arena, &original, &photo, NULL));
	assert_true(photos_derivatives(&world->domain, &ben, world->arena, &photo, &page, NULL));
	assert_int_equal(page.count, 1);
	assert_true(id_equal(&page.items[0].id, &live));
	assert_true(id_equal(&page.items[0].original_id, &original));
}

static void a_site_owner_is_known_as_such(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id photo_id = world_photo(world, &ada, "x", NULL, &site);
	struct id claim = id_generate(1);
	struct photo photo;

	(void)state;
	set_status(&photo_id, "approved");
	assert_int_equal(
	    db_exec(world->db, &ADD_CLAIM,
		DB_VALUES(db_bind_id(&claim), db_bind_id(&ben.organization_id), db_bind_id(&site),
		    db_bind_id(&ben.user_id), db_bind_text("approved"), db_bind_time(1000)),
		NULL),
	    DB_OK);
	assert_true(photos_find(&world->domain, &ben, world->arena, &photo_id, &photo, NULL));
	assert_true(photo.owns_site);
	assert_true(list(&ben, (struct photos_query){0}).items[0].owns_site);
	assert_true(photos_find(&world->domain, &ada, world->arena, &photo_id, &photo, NULL));
	assert_false(photo.owns_site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(who_sees_library_photos, set_up),
	    cmocka_unit_test_setup(who_sees_photos_of_a_project, set_up),
	    cmocka_unit_test_setup(who_sees_photos_of_a_site, set_up),
	    cmocka_unit_test_setup(who_sees_photos_with_a_tag, set_up),
	    cmocka_unit_test_setup(mine_and_archived_only, set_up),
	    cmocka_unit_test_setup(every_combination_has_its_statement, set_up),
	    cmocka_unit_test_setup(deleted_ones_in_lists_are_for_admins, set_up),
	    cmocka_unit_test_setup(pages_hold_each_photo_once_newest_first, set_up),
	    cmocka_unit_test_setup(a_full_page_without_more_has_no_next, set_up),
	    cmocka_unit_test_setup(tags_and_albums_come_with_each_photo, set_up),
	    cmocka_unit_test_setup(a_derivative_not_marked_yet_is_deleted_already, set_up),
	    cmocka_unit_test_setup(what_is_being_purged_is_as_good_as_gone, set_up),
	    cmocka_unit_test_setup(what_is_being_purged_is_in_no_list, set_up),
	    cmocka_unit_test_setup(derivatives_follow_their_original, set_up),
	    cmocka_unit_test_setup(a_site_owner_is_known_as_such, set_up),
	};

	return cmocka_run_group_tests_name("photos", tests, scene_start, scene_stop);
}
