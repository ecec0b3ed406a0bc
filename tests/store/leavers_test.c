/* leavers_test.c - erasures of people whose things others have deleted, restored or purged
 * meanwhile. */
#include "../support/containers.h"
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct actor second, platform;
static struct account_status status;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	second = world_user(world, &alder, "second@alder.example", ROLE_ADMIN);
	platform = world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	(void)world_user(world, &birch, "other@lethe.example", ROLE_PLATFORM_ADMIN);
	return 0;
}

static void leave(const struct actor *actor, bool keep)
{
	struct account_choices choices = {.keep_photos = keep};
	struct actor proven;

	world->clock.fixed_us++;
	proven = people_proven(world, actor);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
}

static enum deletion_state state_of(const struct id *deletion_id)
{
	return trash_find(world, deletion_id).state;
}

/* Projects, sites and the organisation itself are everybody's, whoever made them: deleted by
 * somebody else, they keep their window and their name. */
static void what_they_made_for_all_keeps_its_window(void **state)
{
	static const enum item_kind kinds[] = {ITEM_PROJECT, ITEM_SITE};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct id place, photo;
		struct deletion deletion;

		set_up(NULL);
		place = world_place(world, &second, i ? PLACE_SITE : PLACE_PROJECT, "harvest");
		photo = world_photo(world, &ben, "Ben's", i ? NULL : &place, i ? &place : NULL);
		assert_string_equal(containers_delete(world, &admin, kinds[i], &place,
					PHOTO_ACTION_DELETE, "harvest", &deletion),
		    "");
		assert_string_equal(people_delete(world, &admin, &second, true, NULL, NULL), "");
		(void)trash_purge(world);
		assert_int_equal(trash_entries(world, "account.erase"), 1);
		deletion = trash_find(world, &deletion.id);
		assert_int_equal(deletion.state, DELETION_TRASHED);
		assert_string_equal(deletion.label, "harvest");
		assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
		assert_true(trash_is_live(world, &photo));
	}
}

/* What they deleted of it themselves says still that it was not the system. */
static void what_they_deleted_for_all_was_somebody(void **state)
{
	struct id project = world_place(world, &second, PLACE_PROJECT, "Harvest");
	struct deletion deletion;

	(void)state;
	assert_string_equal(containers_delete(world, &second, ITEM_PROJECT, &project,
				PHOTO_ACTION_ORPHAN, "Harvest", &deletion),
	    "");
	assert_string_equal(people_delete(world, &admin, &second, true, NULL, NULL), "");
	(void)trash_purge(world);
	assert_int_equal(trash_entries(world, "account.erase"), 1);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_string_equal(deletion.initiator_name, "Deleted User");
}

static void delete_alder(struct deletion *deletion)
{
	assert_string_equal(containers_delete(world, &platform, ITEM_ORGANIZATION, &alder,
				PHOTO_ACTION_NONE, "Alder", deletion),
	    "");
}

static void founded_by(const struct actor *actor)
{
	trash_sql(world, "UPDATE organizations SET created_by = %s WHERE id = %s",
	    trash_hex(world, &actor->user_id), trash_hex(world, &alder));
}

/* Whoever founded it goes inside its window: it can be restored still. */
static void an_organisation_outlives_its_founder(void **state)
{
	struct deletion deletion;

	(void)state;
	founded_by(&admin);
	leave(&admin, false);
	world->clock.fixed_us = status.scheduled_for_us - DAY_US;
	delete_alder(&deletion);
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	assert_int_equal(state_of(&status.deletion_id), DELETION_PURGED);
	assert_int_equal(state_of(&deletion.id), DELETION_TRASHED);
	assert_string_equal(trash_restore(world, &platform, &deletion.id, NULL), "");
	assert_true(trash_live(world, "organizations") >= 2);
}

/* Its window closes first: its founder is erased with the others. */
static void an_organisation_takes_its_founder_along(void **state)
{
	struct deletion deletion;

	(void)state;
	founded_by(&admin);
	leave(&admin, false);
	delete_alder(&deletion);
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
	assert_int_equal(state_of(&status.deletion_id), DELETION_PURGED);
	assert_int_equal(state_of(&deletion.id), DELETION_PURGED);
}

/* Also somebody who lives elsewhere. */
static void an_organisation_outlives_a_founder_from_elsewhere(void **state)
{
	struct deletion deletion;

	(void)state;
	founded_by(&platform);
	delete_alder(&deletion);
	leave(&platform, false);
	trash_sql(world, "UPDATE deletions SET recover_until = '2031-01-01' WHERE id = %s",
	    trash_hex(world, &deletion.id));
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	assert_int_equal(state_of(&status.deletion_id), DELETION_PURGED);
	assert_int_equal(state_of(&deletion.id), DELETION_TRASHED);
}

static int64_t bytes_of(const struct id *photo_id)
{
	struct photo photo;
	struct error error = {0};

	assert_true(photos_find(&world->domain, &admin, world->arena, photo_id, &photo, &error));
	return photo.bytes;
}

/* As a photo that was restored came back before restores asked who is leaving. */
static void came_back(const struct id *photo_id)
{
	trash_sql(world, "UPDATE photos SET deleted_at = NULL, deletion_id = NULL WHERE id = %s",
	    trash_hex(world, photo_id));
}

/* What the account's deletion has not marked yet, or not any more, is counted when it goes. */
static void what_came_back_is_counted(void **state)
{
	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		struct id photo, other, quest;
		struct deletion deletion;
		int64_t bytes;

		set_up(NULL);
		photo = world_photo(world, &ada, "One", NULL, NULL);
		other = world_photo(world, &ada, "Two", NULL, NULL);
		quest = trash_content(world, &ada, ITEM_QUEST, "published", 2);
		bytes = bytes_of(&photo) + bytes_of(&other) + 100;
		assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
		leave(&ada, keep);
		came_back(&photo);
		trash_sql(world,
		    "UPDATE quests SET deleted_at = NULL, deletion_id = NULL WHERE id = %s",
		    trash_hex(world, &quest));
		trash_sql(world,
		    "UPDATE deletions SET quest_count = 0, bytes = bytes - 100 WHERE id = %s",
		    trash_hex(world, &status.deletion_id));
		world->clock.fixed_us = status.scheduled_for_us;
		(void)trash_purge(world);
		deletion = trash_find(world, &status.deletion_id);
		assert_int_equal(deletion.state, DELETION_PURGED);
		assert_int_equal(deletion.counts[COUNT_PHOTO], keep ? 0 : 2);
		assert_int_equal(deletion.counts[COUNT_QUEST], 1);
		assert_int_equal(deletion.bytes, keep ? 100 : bytes);
		assert_int_equal(trash_live(world, "photos"), keep ? 2 : 0);
	}
}

/* A record that says too little keeps no erasure from its end. */
static void a_wrong_record_holds_up_nothing(void **state)
{
	struct id photo = world_photo(world, &ada, "One", NULL, NULL);

	(void)state;
	leave(&ada, true);
	trash_sql(world, "UPDATE deletions SET bytes = 1, photo_count = 0 WHERE id = %s",
	    trash_hex(world, &status.deletion_id));
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	assert_int_equal(state_of(&status.deletion_id), DELETION_PURGED);
	assert_int_equal(trash_find(world, &status.deletion_id).bytes, 0);
	assert_true(trash_is_live(world, &photo));
}

/* The organisation's deletion has marked what the account's had not: neither waits for the other.
 */
static void an_organisation_gives_up_what_leavers_own(void **state)
{
	static const unsigned steps[] = {DOMAIN_STEP_ROWS, 2, 1};

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct deletion deletion;
		struct id photo;

		set_up(NULL);
		photo = world_photo(world, &ada, "One", NULL, NULL);
		(void)world_derivative(world, &ada, &photo);
		trash_note(world, &ben, &photo);
		(void)world_photo(world, &ben, "Ben's", NULL, NULL);
		leave(&ada, i % 2 == 1);
		came_back(&photo);
		delete_alder(&deletion);
		assert_int_equal(trash_marked(world, "photos", &deletion.id), 2);
		world->domain.step_rows = steps[i / 2];
		world->clock.fixed_us = deletion.recover_until_us;
		(void)trash_purge(world);
		assert_int_equal(state_of(&status.deletion_id), DELETION_PURGED);
		assert_int_equal(state_of(&deletion.id), DELETION_PURGED);
		assert_int_equal(trash_rows(world, "photos"), 0);
		assert_int_equal(trash_rows(world, "photo_notes"), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_they_made_for_all_keeps_its_window),
	    cmocka_unit_test_setup(what_they_deleted_for_all_was_somebody, set_up),
	    cmocka_unit_test_setup(an_organisation_outlives_its_founder, set_up),
	    cmocka_unit_test_setup(an_organisation_takes_its_founder_along, set_up),
	    cmocka_unit_test_setup(an_organisation_outlives_a_founder_from_elsewhere, set_up),
	    cmocka_unit_test(what_came_back_is_counted),
	    cmocka_unit_test_setup(a_wrong_record_holds_up_nothing, set_up),
	    cmocka_unit_test(an_organisation_gives_up_what_leavers_own),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
