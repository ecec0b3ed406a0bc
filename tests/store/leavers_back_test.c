/* leavers_back_test.c - restores while people are leaving: what is theirs stays hidden with their
 * account, is counted there, and comes back with it or goes. */
#include "../../app/domain/deletions.h"
#include "../support/containers.h"
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

static struct actor platform;
static struct account_status status;
static struct furnished harvest;
static struct id bens;
static struct error error;

/* A project with everything of Ada's, and a photo of Ben's on which she has left a note. */
static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	platform = world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	(void)world_user(world, &birch, "other@lethe.example", ROLE_PLATFORM_ADMIN);
	harvest = containers_furnish(world, &admin, &ada, ITEM_PROJECT, "Harvest");
	bens = world_photo(world, &ben, "Ben's", &harvest.id, NULL);
	trash_note(world, &ada, &bens);
	trash_note(world, &ben, &bens);
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01'");
	trash_sql(
	    world, "UPDATE photos SET purge_after = '2030-01-01' WHERE purge_after IS NOT NULL");
	/* What restores do not give back: requests; what was settled before has gone. */
	trash_sql(world, "DELETE FROM deletion_requests");
	trash_sql(world, "UPDATE photos SET status = 'approved'");
	return 0;
}

static void leave(bool keep)
{
	struct account_choices choices = {.keep_photos = keep};
	struct actor proven;

	world->clock.fixed_us++;
	proven = people_proven(world, &ada);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
}

static void stay(void)
{
	assert_string_equal(people_cancel(world, &ada), "");
	trash_continue(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_RESTORED);
}

static void delete_project(struct deletion *deletion)
{
	assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &harvest.id,
				PHOTO_ACTION_DELETE, "Harvest", deletion),
	    "");
	trash_continue(world);
}

static int64_t number(const char *what, const char *where, const struct id *id)
{
	struct db_statement statement = {
	    "leavers_number", arena_printf(world->arena, "SELECT %s WHERE %s = ?", what, where)};
	struct db *fresh = test_database_connect(world->database, TEST_OWNER);
	struct db_rows rows = {0};
	int64_t found;

	assert_int_equal(
	    db_query(fresh, world->arena, &statement, DB_VALUES(db_bind_id(id)), &rows), DB_OK);
	found = db_is_null(&rows, 0, 0) ? 0 : db_int(&rows, 0, 0);
	db_close(&fresh);
	return found;
}

/* The account's deletion counts exactly what bears its mark. */
static void account_is_exact(void)
{
	static const struct {
		enum count_kind kind;
		const char *table;
	} tables[] = {{COUNT_PHOTO, "photos"}, {COUNT_NOTE, "photo_notes"},
	    {COUNT_AI_RESULT, "ai_processing_results"}, {COUNT_ALBUM, "albums"},
	    {COUNT_QUEST, "quests"}, {COUNT_CARD, "quest_content_cards"},
	    {COUNT_SUBMISSION, "activity_submissions"}, {COUNT_ADVENTURE, "adventures"},
	    {COUNT_SEQUENCE, "adventure_sequences"}};
	struct deletion account = trash_find(world, &status.deletion_id);

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		int64_t marked = trash_marked(world, tables[i].table, &account.id);

		if (account.counts[tables[i].kind] != marked) {
			fail_msg("%s: %lld counted, %lld marked", tables[i].table,
			    (long long)account.counts[tables[i].kind], (long long)marked);
		}
	}
	assert_int_equal(account.bytes,
	    number("SUM(bytes) FROM photos", "deletion_id", &account.id) +
		number("SUM(f.bytes) FROM quests q JOIN files f ON f.owner_id = q.id",
		    "q.deletion_id", &account.id) +
		number("SUM(f.bytes) FROM adventures q JOIN files f ON f.owner_id = q.id",
		    "q.deletion_id", &account.id));
}

/* Nothing of Ada's is to be seen. */
static void ada_is_hidden(void)
{
	static const char *const owned[][2] = {{"photos", "uploader_id"},
	    {"photo_notes", "author_id"}, {"albums", "created_by"}, {"quests", "creator_id"},
	    {"adventures", "creator_id"}, {"activity_submissions", "user_id"}};

	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		const char *from = arena_join(world->arena, "COUNT(*) FROM ", owned[i][0], NULL);
		const char *where =
		    arena_join(world->arena, "deleted_at IS NULL AND ", owned[i][1], NULL);

		assert_int_equal(number(from, where, &ada.user_id), 0);
	}
	assert_int_equal(number("COUNT(*) FROM photo_notes n JOIN photos p ON p.id = n.photo_id",
			     "n.deleted_at IS NULL AND p.uploader_id", &ada.user_id),
	    0);
}

static void a_project_comes_back(unsigned step_rows, bool while_marking)
{
	struct snapshot before, after;
	struct deletion deletion;

	set_up(NULL);
	before = containers_snapshot(world);
	world->domain.step_rows = step_rows;
	delete_project(&deletion);
	leave(false);
	if (!while_marking) {
		trash_continue(world);
		account_is_exact();
	}
	assert_string_equal(trash_restore(world, &admin, &deletion.id, &deletion), "");
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	assert_true(trash_is_live(world, &bens));
	assert_int_equal(
	    number("COUNT(*) FROM photo_notes", "deleted_at IS NULL AND photo_id", &bens), 1);
	assert_int_equal(trash_marked(world, "photos", &deletion.id), 0);
	ada_is_hidden();
	account_is_exact();
	if (step_rows == DOMAIN_STEP_ROWS) {
		assert_int_equal(deletion.left_count, 10);
	}
	stay();
	after = containers_snapshot(world);
	assert_null(containers_compare(&before, &after));
}

static void what_is_theirs_of_a_project_waits_for_them(void **state)
{
	(void)state;
	a_project_comes_back(DOMAIN_STEP_ROWS, false);
	a_project_comes_back(3, false);
	a_project_comes_back(1, false);
	a_project_comes_back(3, true);
	a_project_comes_back(1, true);
}

/* A photo, alone and out of a project; the status from before a request. */
static void a_photo_waits_for_its_owner(void **state)
{
	struct snapshot before = containers_snapshot(world), after;
	struct deletion one, project;
	struct id chosen[3];

	(void)state;
	(void)trash_request(world, &admin, &harvest.outside, "pending");
	trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE id = %s",
	    trash_hex(world, &harvest.outside));
	assert_string_equal(trash_delete(world, &admin, &harvest.outside, &one), "");
	delete_project(&project);
	leave(false);
	assert_string_equal(trash_restore(world, &admin, &one.id, &one), "");
	assert_int_equal(one.state, DELETION_RESTORED);
	assert_int_equal(one.left_count, 1);
	account_is_exact();
	chosen[0] = harvest.made;
	chosen[1] = harvest.photo;
	chosen[2] = bens;
	assert_string_equal(
	    trash_restore_items(world, &admin, &project.id, chosen, 3, true, &project), "");
	assert_int_equal(project.left_count, 2);
	assert_int_equal(project.counts[COUNT_PHOTO], trash_marked(world, "photos", &project.id));
	assert_int_equal(
	    project.counts[COUNT_NOTE], trash_marked(world, "photo_notes", &project.id));
	assert_int_equal(
	    project.bytes, number("SUM(bytes) FROM photos", "deletion_id", &project.id));
	assert_true(trash_is_live(world, &bens));
	ada_is_hidden();
	account_is_exact();
	stay();
	assert_true(trash_is_live(world, &harvest.outside));
	assert_true(trash_is_live(world, &harvest.photo));
	assert_true(trash_is_live(world, &harvest.made));
	assert_int_equal(
	    number("COUNT(*) FROM photos", "status = 'pending' AND id", &harvest.outside), 1);
	assert_string_equal(trash_restore(world, &admin, &project.id, NULL), "");
	trash_sql(world, "UPDATE photos SET status = 'approved'");
	after = containers_snapshot(world);
	/* Those chosen came back without the project. */
	assert_string_equal(containers_compare(&before, &after), "containers_photos");
}

static void an_album_waits_for_its_owner(void **state)
{
	struct snapshot before = containers_snapshot(world), after;
	struct deletion deletion;

	(void)state;
	assert_string_equal(containers_delete(world, &ada, ITEM_ALBUM, &harvest.album,
				PHOTO_ACTION_NONE, NULL, &deletion),
	    "");
	leave(false);
	assert_string_equal(trash_restore(world, &admin, &deletion.id, &deletion), "");
	assert_int_equal(deletion.left_count, 1);
	ada_is_hidden();
	account_is_exact();
	stay();
	after = containers_snapshot(world);
	assert_null(containers_compare(&before, &after));
}

/* The organisation was deleted while the account's deletion had not reached everything. */
static void an_organisation_comes_back(unsigned step_rows)
{
	struct snapshot before, after;
	struct deletion deletion;
	unsigned steps;

	set_up(NULL);
	(void)trash_content(world, &ada, ITEM_QUEST, "published", 3);
	before = containers_snapshot(world);
	world->domain.step_rows = step_rows;
	leave(false);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_MARKING);
	assert_true(deletions_continue(&world->domain, world->arena, 2, &steps, &error));
	assert_string_equal(containers_delete(world, &platform, ITEM_ORGANIZATION, &alder,
				PHOTO_ACTION_NONE, "Alder", &deletion),
	    "");
	trash_continue(world);
	assert_string_equal(trash_restore(world, &platform, &deletion.id, NULL), "");
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_RESTORED);
	ada_is_hidden();
	account_is_exact();
	assert_true(trash_is_live(world, &bens));
	stay();
	after = containers_snapshot(world);
	assert_null(containers_compare(&before, &after));
}

static void what_is_theirs_of_an_organisation_waits_for_them(void **state)
{
	(void)state;
	an_organisation_comes_back(5);
	an_organisation_comes_back(1);
}

/* Two who are leaving: what is both's waits for both. */
static void what_is_two_peoples_waits_for_both(void **state)
{
	struct deletion deletion;
	struct account_status of_ben;
	struct actor proven = people_proven(world, &ben);

	(void)state;
	delete_project(&deletion);
	assert_string_equal(people_leave(world, &proven, NULL, &of_ben), "");
	leave(false);
	assert_string_equal(trash_restore(world, &admin, &deletion.id, &deletion), "");
	ada_is_hidden();
	account_is_exact();
	assert_false(trash_is_live(world, &bens));
	assert_string_equal(people_cancel(world, &ben), "");
	assert_true(trash_is_live(world, &bens));
	ada_is_hidden();
	account_is_exact();
	assert_int_equal(
	    number("COUNT(*) FROM photo_notes", "deleted_at IS NULL AND photo_id", &bens), 1);
	stay();
	assert_int_equal(trash_live(world, "photo_notes"), trash_rows(world, "photo_notes"));
}

/* It goes with the account, or stays without a name. */
static void it_ends_with_the_account(void **state)
{
	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		struct deletion deletion;

		set_up(NULL);
		delete_project(&deletion);
		leave(keep);
		assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
		world->clock.fixed_us = status.scheduled_for_us;
		(void)trash_purge(world);
		deletion = trash_find(world, &status.deletion_id);
		assert_int_equal(deletion.state, DELETION_PURGED);
		assert_int_equal(number("COUNT(*) FROM photos", "uploader_id", &ada.user_id), 0);
		assert_true(trash_is_live(world, &bens));
		assert_int_equal(trash_is_live(world, &harvest.photo), keep);
		assert_int_equal(trash_live(world, "photos"), keep ? 7 : 1);
	}
}

/* A restore at the k-th step of the erasure leaves nothing over. */
struct intruder {
	struct domain domain;
	struct id deletion;
	int at, step;
};

static void restore_amid(void *context, const char *name)
{
	struct intruder *intruder = context;
	struct arena *arena;
	struct deletion deletion;
	struct error refusal = {0};

	if (strcmp(name, "purge") != 0 || intruder->step++ != intruder->at) {
		return;
	}
	arena = arena_create();
	assert_true(deletions_restore(
	    &intruder->domain, &admin, arena, &intruder->deletion, NULL, &deletion, &refusal));
	arena_destroy(&arena);
}

static void a_restore_amid_the_erasure_leaves_nothing_over(void **state)
{
	int steps = 1;

	(void)state;
	for (int at = 0; at < steps; at++) {
		struct intruder intruder = {.at = at};
		struct deletion deletion;
		struct db *db = NULL;

		set_up(NULL);
		delete_project(&deletion);
		leave(at % 2 == 1);
		intruder.domain = world_second_domain(world, &db);
		intruder.deletion = deletion.id;
		world->domain.step_rows = 3;
		trash_continue(world);
		world->domain.after_step = restore_amid;
		world->domain.after_step_context = &intruder;
		trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01' WHERE id = %s",
		    trash_hex(world, &deletion.id));
		world->clock.fixed_us = status.scheduled_for_us;
		intruder.domain.clock = &world->clock;
		(void)trash_purge(world);
		world->domain.after_step = NULL;
		steps = intruder.step > steps ? intruder.step : steps;
		(void)trash_purge(world);
		assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
		assert_int_equal(number("COUNT(*) FROM photos", "uploader_id", &ada.user_id), 0);
		assert_int_equal(
		    number("COUNT(*) FROM photos", "deletion_id", &status.deletion_id), 0);
		assert_int_equal(number("COUNT(*) FROM photo_notes", "author_id", &ada.user_id), 0);
		assert_int_equal(trash_is_live(world, &bens), intruder.step > at);
		db_close(&db);
	}
	assert_true(steps > 5);
}

/* Ada begins to leave in the moment in which a photo of hers is being restored: after it was asked
 * whether she does. */
struct departure {
	struct domain domain;
	struct auth auth;
	struct id deletion;
	pthread_t thread;
	atomic_bool over;
	bool ok;
};

static void *depart(void *context)
{
	struct departure *departure = context;
	struct arena *arena = arena_create();
	struct account_choices choices = {0};
	struct actor proven = people_proven(world, &ada);
	struct error refusal = {0};

	departure->ok =
	    accounts_schedule(&departure->domain, &proven, arena, &choices, &status, &refusal);
	departure->over = true;
	arena_destroy(&arena);
	return NULL;
}

static bool restore_amid_a_departure(struct db_tx *tx, void *context, struct error *refusal)
{
	struct departure *departure = context;
	struct hidden_rows hidden = {0};
	struct deletion deletion;
	struct id after;

	(void)refusal;
	assert_int_equal(deletion_lock(tx, &alder, &departure->deletion, &deletion), DB_OK);
	after = id_before(&deletion.item_id);
	assert_int_equal(
	    leaving_keep(tx, &deletion, MARKS_PHOTOS, &after, &deletion.item_id, &hidden), DB_OK);
	assert_int_equal(hidden.rows[MARKS_PHOTOS], 0);
	assert_int_equal(pthread_create(&departure->thread, NULL, depart, departure), 0);
	/* It waits for this to be over; if it did not, it would be through soon. */
	for (int i = 0; i < 30 && !departure->over; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	assert_int_equal(root_clear(tx, &deletion), DB_OK);
	return true;
}

static void who_leaves_amid_a_restore_is_hidden(void **state)
{
	struct departure departure = {0};
	struct deletion deletion;
	struct db *db = NULL;

	(void)state;
	assert_string_equal(trash_delete(world, &admin, &harvest.outside, &deletion), "");
	departure.deletion = deletion.id;
	departure.domain = world_second_domain(world, &db);
	people_authorize_other(world, &departure.domain, &departure.auth);
	assert_true(db_transaction(world->db, restore_amid_a_departure, &departure, &error));
	pthread_join(departure.thread, NULL);
	db_close(&db);
	assert_true(departure.ok);
	ada_is_hidden();
	account_is_exact();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_theirs_of_a_project_waits_for_them),
	    cmocka_unit_test_setup(a_photo_waits_for_its_owner, set_up),
	    cmocka_unit_test_setup(an_album_waits_for_its_owner, set_up),
	    cmocka_unit_test(what_is_theirs_of_an_organisation_waits_for_them),
	    cmocka_unit_test_setup(what_is_two_peoples_waits_for_both, set_up),
	    cmocka_unit_test_setup(who_leaves_amid_a_restore_is_hidden, set_up),
	    cmocka_unit_test(it_ends_with_the_account),
	    cmocka_unit_test(a_restore_amid_the_erasure_leaves_nothing_over),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
