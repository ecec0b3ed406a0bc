/* webhook_acts_test.c - every event of the list comes of the act that it is named for, and no act
 * puts a name, an address or a word of anybody's into one. */
#include "../support/asking.h"
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/content.h>
#include <domain/webhooks.h>
#include <string.h>

#define SECRET "Xanthippe"

static struct error error;
static uint64_t seen; /* events that a test looked for, and found */

static int set_up(void **state)
{
	struct webhook webhook;
	const char *secret;

	(void)state;
	asking_people();
	trash_sql(world, "UPDATE users SET display_name = '" SECRET "'");
	assert_true(webhooks_create(&world->domain, &cast.admin, world->arena,
	    "https://host.example/hook", webhook_events_all(), &webhook, &secret, &error));
	return 0;
}

static int64_t count(const char *condition)
{
	const struct db_statement statement = {"test_acts",
	    arena_printf(world->arena, "SELECT COUNT(*) FROM webhook_outbox WHERE %s", condition)};
	struct db *owner = test_database_connect(world->database, TEST_OWNER);
	struct db_rows rows = {0};
	int64_t number;

	assert_int_equal(db_query(owner, world->arena, &statement, DB_NO_VALUES, &rows), DB_OK);
	number = db_int(&rows, 0, 0);
	db_close(&owner);
	return number;
}

static void expect(const char *event, int64_t times)
{
	int64_t there = count(arena_printf(world->arena, "event = '%s'", event));

	if (there != times)
		fail_msg("%s: %lld, not %lld", event, (long long)there, (long long)times);
	for (size_t i = 0; times > 0 && webhook_events[i]; i++)
		seen |= (uint64_t)(strcmp(webhook_events[i], event) == 0) << i;
}

static void pass_window(const struct deletion *deletion)
{
	world->clock.fixed_us = deletion->recover_until_us;
	(void)trash_purge(world);
}

/* --- photos ------------------------------------------------------------------------------------
 */

static void photos_are_told_of(void **state)
{
	struct id photo = world_photo(world, &cast.ada, SECRET, NULL, NULL);
	struct deletion deletion;
	struct photo now;

	(void)state;
	assert_true(photos_archive(
	    &world->domain, &cast.ada, world->arena, &photo, SECRET " tidies", &now, &error));
	expect("photo.archived", 1);
	assert_true(
	    photos_unarchive(&world->domain, &cast.ada, world->arena, &photo, NULL, &now, &error));
	expect("photo.restored", 1);
	assert_string_equal(trash_delete(world, &cast.ada, &photo, &deletion), "");
	expect("photo.deleted", 1);
	assert_string_equal(trash_restore(world, &cast.ada, &deletion.id, NULL), "");
	expect("photo.restored", 2);
	assert_string_equal(trash_delete(world, &cast.ada, &photo, &deletion), "");
	pass_window(&deletion);
	expect("photo.purged", 1);
	/* At the end of a retention, too. */
	photo = world_photo(world, &cast.ada, SECRET, NULL, NULL);
	assert_true(
	    photos_archive(&world->domain, &cast.ada, world->arena, &photo, NULL, &now, &error));
	world->clock.fixed_us = now.purge_after_us;
	(void)trash_purge(world);
	(void)trash_purge(world);
	expect("photo.purged", 2);
}

static void decisions_are_told_of(void **state)
{
	struct id kept = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct id gone = asking_photo(world, &cast.ada, &cast.site, NULL);

	(void)state;
	assert_string_equal(asking_ask(world, &cast.ada, &kept, NULL), "");
	assert_string_equal(asking_ask(world, &cast.shop, &gone, NULL), "");
	expect("request.decided", 0);
	assert_string_equal(asking_review(world, &cast.admin, &kept, false, NULL), "");
	expect("request.decided", 1);
	assert_int_equal(count("payload LIKE '%\"decision\":\"rejected\"%'"), 1);
	assert_string_equal(asking_review(world, &cast.admin, &gone, true, NULL), "");
	expect("request.decided", 2);
	assert_int_equal(count("payload LIKE '%\"decision\":\"approved\"%'"), 1);
	expect("photo.deleted", 1);
	assert_int_equal(count("payload LIKE '%" REASON "%'"), 0);
}

/* --- places, content ---------------------------------------------------------------------------
 */

static void containers_are_told_of(void **state)
{
	static const struct {
		enum item_kind kind;
		int place;
		const char *name;
	} rows[] = {{ITEM_ALBUM, PLACE_ALBUM, "album"}, {ITEM_PROJECT, PLACE_PROJECT, "project"},
	    {ITEM_SITE, PLACE_SITE, "site"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct id id = world_place(world, &cast.admin, rows[i].place, SECRET);
		enum photo_action action =
		    rows[i].kind == ITEM_ALBUM ? PHOTO_ACTION_NONE : PHOTO_ACTION_ORPHAN;
		struct deletion deletion;

		for (int k = 0; k < 2; k++) {
			assert_string_equal(containers_delete(world, &cast.admin, rows[i].kind, &id,
						action, SECRET, &deletion),
			    "");
			expect(arena_printf(world->arena, "%s.deleted", rows[i].name), k + 1);
			if (k == 0)
				assert_string_equal(
				    trash_restore(world, &cast.admin, &deletion.id, NULL), "");
			expect(arena_printf(world->arena, "%s.restored", rows[i].name), 1);
		}
		pass_window(&deletion);
		expect(arena_printf(world->arena, "%s.purged", rows[i].name), 1);
	}
}

static void content_is_told_of(void **state)
{
	static const struct {
		enum item_kind kind;
		const char *name;
	} rows[] = {{ITEM_QUEST, "quest"}, {ITEM_ADVENTURE, "adventure"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct id id = trash_content(world, &cast.ada, rows[i].kind, "published", 2);
		struct content now;

		for (int k = 0; k < 2; k++) {
			assert_true(content_archive(&world->domain, &cast.ada, world->arena,
			    rows[i].kind, &id, SECRET " tidies", &now, &error));
			expect(arena_printf(world->arena, "%s.archived", rows[i].name), k + 1);
			if (k == 0)
				assert_true(content_restore(&world->domain, &cast.ada, world->arena,
				    rows[i].kind, &id, &now, &error));
			expect(arena_printf(world->arena, "%s.restored", rows[i].name), 1);
		}
		assert_string_equal(trash_forever(world, &cast.ada, rows[i].kind, &id, NULL), "");
		(void)trash_purge(world);
		expect(arena_printf(world->arena, "%s.deleted", rows[i].name), 1);
		expect(arena_printf(world->arena, "%s.purged", rows[i].name), 1);
	}
}

/* --- people ------------------------------------------------------------------------------------
 */

static void accounts_are_told_of(void **state)
{
	struct account_choices choices = {.reason = SECRET " had enough"};
	struct actor proven = people_proven(world, &cast.ada);
	struct account_status status;
	struct deletion deletion;
	struct user user;

	(void)state;
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	expect("account.scheduled", 1);
	assert_string_equal(people_cancel(world, &cast.ada), "");
	expect("account.cancelled", 1);
	proven = people_proven(world, &cast.ada);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	expect("account.erased", 1);
	assert_string_equal(
	    people_delete(world, &cast.admin, &cast.ben, false, &choices, &deletion), "");
	expect("user.deleted", 1);
	assert_true(accounts_restore_user(
	    &world->domain, &cast.admin, world->arena, &cast.ben.user_id, &user, &error));
	expect("user.restored", 1);
	assert_string_equal(
	    people_delete(world, &cast.admin, &cast.ben, true, &choices, &deletion), "");
	(void)trash_purge(world);
	expect("user.deleted", 2);
	expect("account.erased", 2);
}

static void organizations_are_told_of(void **state)
{
	struct actor proven = people_proven(world, &cast.platform);
	struct deletion deletion;

	(void)state;
	proven.organization_id = cast.alder;
	assert_string_equal(containers_delete(world, &proven, ITEM_ORGANIZATION, &cast.alder,
				PHOTO_ACTION_NONE, "Alder", &deletion),
	    "");
	expect("organization.deleted", 1);
	assert_string_equal(trash_restore(world, &proven, &deletion.id, NULL), "");
	expect("organization.restored", 1);
}

/* No other is there, and none says anything about anybody. */
static int look_around(void **state)
{
	(void)state;
	assert_true(count("TRUE") > 0);
	assert_int_equal(count("payload LIKE '%" SECRET "%'"), 0);
	assert_int_equal(count("payload LIKE '%@%'"), 0);
	assert_int_equal(count("payload LIKE '%Alder%'"), 0);
	for (size_t i = 0; webhook_events[i]; i++)
		trash_sql(
		    world, "DELETE FROM webhook_outbox WHERE event = '%s'", webhook_events[i]);
	assert_int_equal(count("TRUE"), 0);
	return 0;
}

static void every_event_was_looked_for(void **state)
{
	(void)state;
	for (size_t i = 0; webhook_events[i]; i++)
		if (!(seen >> i & 1))
			fail_msg("%s", webhook_events[i]);
}

#define ACTS(test_) cmocka_unit_test_setup_teardown(test_, set_up, look_around)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ACTS(photos_are_told_of),
	    ACTS(decisions_are_told_of),
	    ACTS(containers_are_told_of),
	    ACTS(content_is_told_of),
	    ACTS(accounts_are_told_of),
	    ACTS(organizations_are_told_of),
	    cmocka_unit_test(every_event_was_looked_for),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
