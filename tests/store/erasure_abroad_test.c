/* erasure_abroad_test.c - what a platform admin has left in other organisations is hidden, comes
 * back and goes with their account. */
#include "../support/containers.h"
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <store/places.h>

#define SECRET "Xanthippe"

static struct id cedar;
static struct actor platform, abroad, further;
static struct account_status status;
static struct id photos[4], theirs, album;
static struct error error;

/* Acting in two other organisations: photos (one in the trash by an admin of there, one by
 * themselves), an album, a quest, notes, reasons. */
static void live(void)
{
	struct deletion deletion;

	for (int i = 0; i < 4; i++) {
		photos[i] = world_photo(world, i == 3 ? &further : &abroad, SECRET, NULL, NULL);
	}
	theirs = world_photo(world, &ben, "Ben's", NULL, NULL);
	(void)world_derivative(world, &abroad, &photos[0]);
	trash_note(world, &abroad, &theirs);
	trash_note(world, &ben, &photos[0]);
	album = world_place(world, &abroad, PLACE_ALBUM, SECRET);
	(void)trash_content(world, &abroad, ITEM_QUEST, "published", 2);
	assert_string_equal(trash_delete(world, &admin, &photos[1], &deletion), "");
	assert_string_equal(trash_delete(world, &abroad, &photos[2], &deletion), "");
	trash_sql(world,
	    "UPDATE deletions SET recover_until = '2031-01-01', reason = '" SECRET "'"
	    " WHERE initiator_id = %s",
	    trash_hex(world, &platform.user_id));
	trash_sql(world, "UPDATE deletions SET recover_until = '2031-01-01'");
	trash_sql(world,
	    "UPDATE audit_reasons r JOIN audit_log a ON a.id = r.audit_id"
	    " SET r.reason = '" SECRET "' WHERE a.actor = '%s'",
	    platform.uid);
	trash_sql(world,
	    "INSERT INTO archive_batches (id, organization_id, created_by, reason, created_at)"
	    " VALUES (UNHEX(MD5('b')), %s, %s, '" SECRET " tidies', '2026-01-01')",
	    trash_hex(world, &cedar), trash_hex(world, &platform.user_id));
	trash_sql(world,
	    "INSERT INTO audit_log (id, organization_id, at, actor, action, details) VALUES"
	    " (UNHEX(MD5('a')), %s, '2026-01-01', '%s', 'photo.delete', '{}')",
	    trash_hex(world, &cedar), platform.uid);
	trash_sql(world,
	    "INSERT INTO audit_reasons (audit_id, organization_id, reason) VALUES"
	    " (UNHEX(MD5('a')), %s, '" SECRET " says so')",
	    trash_hex(world, &cedar));
}

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	cedar = world_organization(world, "Cedar");
	platform = world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	(void)world_user(world, &birch, "second@lethe.example", ROLE_PLATFORM_ADMIN);
	abroad = further = platform;
	abroad.organization_id = alder;
	further.organization_id = cedar;
	live();
	return 0;
}

static void leave(bool keep)
{
	struct account_choices choices = {.keep_photos = keep};
	struct actor proven;

	world->clock.fixed_us++;
	proven = people_proven(world, &platform);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	trash_continue(world);
}

static bool sees(const struct id *photo_id)
{
	struct photo photo;

	return photos_find(&world->domain, &ben, world->arena, photo_id, &photo, &error);
}

static void nothing_of_theirs_is_left(int64_t kept)
{
	assert_int_equal(trash_number(world, "users", "email = 'platform@lethe.example'"), 0);
	assert_int_equal(trash_rows(world, "photos"), 1 + kept);
	assert_int_equal(trash_number(world, "photos", "title = '" SECRET "'"), 0);
	assert_int_equal(trash_rows(world, "albums"), 0);
	assert_int_equal(trash_rows(world, "quests"), 0);
	assert_int_equal(trash_rows(world, "photo_notes"), 0);
	assert_int_equal(trash_number(world, "files", "owner_kind = 'photo'"), 1 + kept);
	assert_int_equal(
	    trash_number(world, "audit_reasons", "INSTR(reason, '" SECRET "') > 0"), 0);
	assert_int_equal(trash_number(world, "archive_batches", "reason IS NOT NULL"), 0);
	assert_int_equal(trash_number(world, "deletions",
			     "INSTR(CONCAT_WS('', label, reason), '" SECRET "') > 0"),
	    0);
	assert_true(sees(&theirs));
}

static void nothing_is_left(int64_t kept)
{
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
	nothing_of_theirs_is_left(kept);
}

static void it_is_hidden_and_comes_back(void **state)
{
	struct deletion_impact impact;
	struct deletion deletion;

	(void)state;
	assert_true(sees(&photos[0]));
	assert_true(accounts_impact(
	    &world->domain, &platform, world->arena, &id_none, IMPACT_ALL, &impact, &error));
	leave(false);
	deletion = trash_find(world, &status.deletion_id);
	assert_int_equal(impact.counts[COUNT_PHOTO], 3);
	assert_memory_equal(deletion.counts, impact.counts, sizeof(impact.counts));
	assert_int_equal(deletion.bytes, impact.bytes);
	assert_false(sees(&photos[0]));
	assert_int_equal(trash_live(world, "albums") + trash_live(world, "quests"), 0);
	assert_string_equal(people_cancel(world, &platform), "");
	trash_continue(world);
	assert_true(sees(&photos[0]));
	assert_true(trash_is_live(world, &photos[3]));
	assert_int_equal(trash_live(world, "albums") + trash_live(world, "quests"), 2);
	/* What was in the trash before is there still. */
	assert_false(trash_is_live(world, &photos[1]) || trash_is_live(world, &photos[2]));
	assert_int_equal(trash_live(world, "photo_notes"), 2);
}

static size_t listed(void)
{
	struct photos_query query = {.limit = 50};
	struct photos_page page;

	assert_true(photos_list(&world->domain, &ben, world->arena, &query, &page, &error));
	return page.count;
}

/* Before the marking has come to it. */
static void it_is_hidden_from_the_first_moment(void **state)
{
	struct actor proven = people_proven(world, &platform);

	(void)state;
	assert_int_equal(listed(), 3);
	world->domain.step_rows = 1;
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_MARKING);
	assert_true(trash_is_live(world, &photos[0]));
	assert_false(sees(&photos[0]));
	assert_int_equal(listed(), 1);
	assert_string_equal(trash_delete(world, &admin, &photos[0], NULL), "already_deleted");
	assert_string_equal(
	    containers_delete(world, &admin, ITEM_ALBUM, &album, PHOTO_ACTION_NONE, NULL, NULL),
	    "already_deleted");
	trash_continue(world);
	assert_int_equal(listed(), 1);
}

static void it_goes_with_the_account(void **state)
{
	(void)state;
	leave(false);
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	nothing_is_left(0);
}

static void it_is_kept_without_a_name(void **state)
{
	(void)state;
	leave(true);
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	/* The photo, its derivative, and the other organisation's; in the trash nothing is kept. */
	nothing_is_left(3);
}

/* Nothing else tells that Cedar has something of theirs. */
static void what_cannot_be_kept_goes(void **state)
{
	(void)state;
	trash_sql(world, "UPDATE files SET content_type = 'image/jpeg' WHERE owner_id = %s",
	    trash_hex(world, &photos[3]));
	leave(true);
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	nothing_is_left(2);
	assert_int_equal(trash_rows(world, "photos") - trash_live(world, "photos"), 0);
}

/* Also once they are no platform admin any more, in small steps, each begun anew. */
static void it_goes_by_steps(void **state)
{
	struct purge_limits limits = {.max_steps = 1};
	struct purge_report report;
	struct actor second = world_user(world, &birch, "third@lethe.example", ROLE_PLATFORM_ADMIN);
	struct user user;
	int rounds = 0;

	(void)state;
	trash_sql(world, "UPDATE users SET goes_everywhere = FALSE");
	assert_true(accounts_set_role(
	    &world->domain, &second, world->arena, &platform.user_id, USER_MEMBER, &user, &error));
	world->domain.step_rows = 3;
	leave(false);
	assert_false(sees(&photos[0]));
	world->clock.fixed_us = status.scheduled_for_us;
	do {
		assert_true(purge_due(&world->domain, world->arena, &limits, &report, &error));
		rounds++;
	} while (rounds < 300 && trash_find(world, &status.deletion_id).state != DELETION_PURGED);
	(void)trash_purge(world);
	nothing_is_left(0);
}

/* Birch, where the person is at home, is deleted, in steps of so many rows. */
static struct deletion delete_home(unsigned step_rows)
{
	struct actor third = world_user(world, &cedar, "third@lethe.example", ROLE_PLATFORM_ADMIN);
	struct deletion deletion;

	world->domain.step_rows = step_rows;
	assert_string_equal(containers_delete(world, &third, ITEM_ORGANIZATION, &birch,
				PHOTO_ACTION_NONE, "Birch", &deletion),
	    "");
	trash_continue(world);
	return trash_find(world, &deletion.id);
}

static void go_with_home(unsigned step_rows)
{
	struct deletion deletion;

	assert_int_equal(set_up(NULL), 0);
	deletion = delete_home(step_rows);
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGED);
	nothing_of_theirs_is_left(0);
	/* What others have in the trash goes by a deletion of the account, with its entry. */
	assert_int_equal(trash_entries(world, "account.erase"), 1);
	assert_int_equal(trash_number(world, "deletions",
			     "kind = 'user' AND state = 'purged' AND user_count = 1"
			     " AND label IS NULL AND receipt IS NOT NULL"),
	    1);
	assert_int_equal(trash_number(world, "deletions",
			     "kind = 'organization' AND photo_count = 3"
			     " AND user_count = 2 AND album_count = 1"),
	    1);
	assert_int_equal(
	    trash_number(world, "mail_outbox", "template = 'account_erased' AND forget"), 3);
}

static void it_goes_with_their_organization(void **state)
{
	(void)state;
	go_with_home(DOMAIN_STEP_ROWS);
	go_with_home(3);
}

static void come_back_with_home(unsigned step_rows)
{
	struct deletion_impact impact;
	struct deletion deletion;
	struct actor operator= actor_system("operator", &id_none);

	assert_int_equal(set_up(NULL), 0);
	assert_string_equal(containers_impact(world, &operator, ITEM_ORGANIZATION, &birch,
				PHOTO_ACTION_NONE, &impact),
	    "");
	(void)people_session(world, &ben);
	deletion = delete_home(step_rows);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 3);
	assert_memory_equal(deletion.counts, impact.counts, sizeof(impact.counts));
	assert_int_equal(deletion.bytes, impact.bytes);
	assert_int_equal(listed(), 1);
	assert_false(sees(&photos[0]));
	assert_int_equal(trash_live(world, "albums") + trash_live(world, "quests"), 0);
	assert_true(deletions_restore_organization(
	    &world->domain, &operator, world->arena, &birch, &deletion, &error));
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	assert_int_equal(listed(), 3);
	assert_true(trash_is_live(world, &photos[3]));
	assert_false(trash_is_live(world, &photos[1]) || trash_is_live(world, &photos[2]));
	assert_int_equal(trash_live(world, "albums") + trash_live(world, "quests"), 2);
	assert_int_equal(trash_live(world, "photo_notes"), 2);
	assert_int_equal(people_sessions(world, &ben), 1);
}

static void it_comes_back_with_their_organization(void **state)
{
	(void)state;
	come_back_with_home(DOMAIN_STEP_ROWS);
	come_back_with_home(3);
	come_back_with_home(1);
}

/* Also where the organisation is so large that all of its own is left to the worker. */
static void it_is_hidden_with_a_large_organization(void **state)
{
	struct actor third = world_user(world, &cedar, "third@lethe.example", ROLE_PLATFORM_ADMIN);
	struct deletion deletion;

	(void)state;
	for (int i = 0; i < 30; i++) {
		(void)world_user(
		    world, &birch, arena_printf(world->arena, "u%d@birch.example", i), ROLE_MEMBER);
	}
	world->domain.step_rows = 25;
	assert_string_equal(containers_delete(world, &third, ITEM_ORGANIZATION, &birch,
				PHOTO_ACTION_NONE, "Birch", &deletion),
	    "");
	assert_int_equal(deletion.state, DELETION_MARKING);
	assert_int_equal(trash_marked(world, "users", &deletion.id), 0);
	assert_int_equal(listed(), 1);
	assert_int_equal(trash_live(world, "albums") + trash_live(world, "quests"), 0);
	trash_continue(world);
	assert_int_equal(trash_marked(world, "users", &deletion.id), 33);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 3);
	assert_int_equal(deletion.counts[COUNT_USER], 33);
}

/* Their account's deletion is marking when the organisation's begins, and its grace ends first. */
static void it_goes_with_the_account_first(void **state)
{
	struct actor proven = people_proven(world, &platform);
	struct deletion deletion;

	(void)state;
	trash_sql(world, "UPDATE organizations SET account_grace_s = 86400");
	world->domain.step_rows = 1;
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	deletion = delete_home(DOMAIN_STEP_ROWS);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_true(deletion.counts[COUNT_PHOTO] > 0);
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_TRASHED);
	assert_int_equal(trash_find(world, &deletion.id).counts[COUNT_PHOTO], 0);
	nothing_is_left(0);
}

/* Alder, where most of it is, is deleted, and its window closes. */
static struct deletion delete_alder(void)
{
	struct actor third = world_user(world, &cedar, "fourth@lethe.example", ROLE_PLATFORM_ADMIN);
	struct deletion deletion;

	assert_string_equal(containers_delete(world, &third, ITEM_ORGANIZATION, &alder,
				PHOTO_ACTION_NONE, "Alder", &deletion),
	    "");
	trash_continue(world);
	world->clock.fixed_us = deletion.recover_until_us;
	return deletion;
}

/* The counts and bytes of a deletion are those of the rows that bear its mark. */
static void expect_one_photo(const struct id *deletion_id)
{
	struct deletion deletion = trash_find(world, deletion_id);

	assert_int_equal(trash_marked(world, "photos", deletion_id), 1);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 1);
	assert_int_equal(
	    deletion.counts[COUNT_NOTE], trash_marked(world, "photo_notes", deletion_id));
	assert_int_equal(
	    deletion.counts[COUNT_CARD], trash_marked(world, "quest_content_cards", deletion_id));
	assert_int_equal(deletion.counts[COUNT_ALBUM], trash_marked(world, "albums", deletion_id));
	assert_int_equal(
	    trash_number(world, "photos p LEFT JOIN deletions d ON d.id = p.deletion_id",
		"p.bytes = d.bytes"),
	    1);
}

static void go_with_alder(unsigned step_rows)
{
	struct deletion deletion;
	struct id project;
	int64_t bytes;

	assert_int_equal(set_up(NULL), 0);
	project = world_place(world, &admin, PLACE_PROJECT, "Orchard");
	(void)world_photo(world, &abroad, SECRET, &project, NULL);
	leave(false);
	bytes = trash_find(world, &status.deletion_id).bytes;
	world->domain.step_rows = step_rows;
	deletion = delete_alder();
	(void)trash_purge(world);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_PURGED);
	assert_int_equal(trash_number(world, "photos", "1 = 1"), 1); /* that of Cedar */
	assert_int_equal(trash_rows(world, "albums") + trash_rows(world, "quests"), 0);
	assert_int_equal(trash_rows(world, "photo_notes"), 0);
	/* Theirs but the one that is in Cedar, and Ben's. */
	assert_int_equal(deletion.counts[COUNT_PHOTO], 4);
	assert_true(deletion.counts[COUNT_QUEST] == 1 && deletion.counts[COUNT_CARD] == 2);
	expect_one_photo(&status.deletion_id);
	assert_true(trash_find(world, &status.deletion_id).bytes < bytes);
	assert_string_equal(people_cancel(world, &platform), "");
	trash_continue(world);
	assert_int_equal(trash_live(world, "photos"), 1);
	assert_true(trash_is_live(world, &photos[3]));
}

static void it_goes_with_where_it_is(void **state)
{
	(void)state;
	go_with_alder(DOMAIN_STEP_ROWS);
	go_with_alder(3);
	go_with_alder(1);
}

/* The same while it is in the trash of their organisation, whose window was made longer. */
static void what_their_organization_has_goes_with_where_it_is(void **state)
{
	struct actor operator= actor_system("operator", &id_none);
	struct deletion home, deletion;

	(void)state;
	home = delete_home(3);
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01' WHERE id = %s",
	    trash_hex(world, &home.id));
	deletion = delete_alder();
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGED);
	assert_int_equal(trash_number(world, "photos", "1 = 1"), 1);
	expect_one_photo(&home.id);
	assert_true(deletions_restore_organization(
	    &world->domain, &operator, world->arena, &birch, &home, &error));
	trash_continue(world);
	assert_int_equal(trash_number(world, "photos", "1 = 1"), 1);
	assert_true(trash_is_live(world, &photos[3]));
}

/* What is on its way back is waited for. */
static void it_goes_once_it_has_come_back(void **state)
{
	struct deletion deletion;

	(void)state;
	leave(false);
	deletion = delete_alder();
	world->domain.step_rows = 1;
	assert_string_equal(people_cancel(world, &platform), "");
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_RESTORING);
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGING);
	trash_continue(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_RESTORED);
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGED);
	assert_int_equal(trash_number(world, "photos", "1 = 1"), 1);
	assert_true(trash_is_live(world, &photos[3]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(it_is_hidden_and_comes_back, set_up),
	    cmocka_unit_test_setup(it_is_hidden_from_the_first_moment, set_up),
	    cmocka_unit_test_setup(it_goes_with_the_account, set_up),
	    cmocka_unit_test_setup(it_is_kept_without_a_name, set_up),
	    cmocka_unit_test_setup(what_cannot_be_kept_goes, set_up),
	    cmocka_unit_test_setup(it_goes_by_steps, set_up),
	    cmocka_unit_test(it_goes_with_their_organization),
	    cmocka_unit_test(it_comes_back_with_their_organization),
	    cmocka_unit_test_setup(it_is_hidden_with_a_large_organization, set_up),
	    cmocka_unit_test_setup(it_goes_with_the_account_first, set_up),
	    cmocka_unit_test(it_goes_with_where_it_is),
	    cmocka_unit_test_setup(what_their_organization_has_goes_with_where_it_is, set_up),
	    cmocka_unit_test_setup(it_goes_once_it_has_come_back, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
