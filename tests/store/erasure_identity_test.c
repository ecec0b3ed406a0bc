/* erasure_identity_test.c - the end of an erasure at the identity provider: after everything else,
 * again and again until it has removed the user, and nobody else waits for that. */
#include "../support/containers.h"
#include "../support/google.h"
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/log.h>
#include <domain/erasure.h>
#include <domain/purge.h>
#include <identity/identity.h>
#include <stdio.h>
#include <store/jobs.h>
#include <string.h>

DB_STATEMENT(identity_known, "SELECT COUNT(*) FROM users WHERE identity_uid IS NOT NULL");
DB_STATEMENT(identity_jobs, "SELECT COUNT(*) FROM jobs");
DB_STATEMENT(identity_reasons,
    "SELECT COUNT(*) FROM jobs WHERE last_error LIKE '%-uid%' OR last_error LIKE '%alder%'");
DB_STATEMENT(identity_leases, "SELECT COUNT(*) FROM jobs WHERE lease_owner IS NOT NULL");

static struct identity_service *service;
static struct config config;
static struct actor platform;
static struct account_status status;
static struct error error;

static int start(void **state)
{
	(void)scene_start(state);
	google_start();
	log_set_level(LOG_ERROR);
	return 0;
}

static int stop(void **state)
{
	google_stop();
	return scene_stop(state);
}

static void open_provider(void)
{
	struct identity_options options = {.clock = &world->clock, .timeout_ms = 20000};

	config = google_config(world->arena);
	service = identity_service_open(&config, &options, &error);
	assert_non_null(service);
	world->domain.identity = identity_service_provider(service);
}

static void know(const struct actor *actor, const char *uid)
{
	trash_sql(world, "UPDATE users SET identity_uid = '%s' WHERE id = %s", uid,
	    trash_hex(world, &actor->user_id));
	google_add(uid);
}

static int set_up(void **state)
{
	struct id home;

	(void)state;
	scene_people();
	google_clear();
	people_authorize(world);
	home = world_organization(world, "Installation");
	platform = world_user(world, &home, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	know(&ada, "ada-uid");
	open_provider();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	identity_service_close(&service);
	world->domain.identity = NULL;
	return 0;
}

static struct id leave(const struct actor *actor)
{
	struct actor proven;

	world->clock.fixed_us++;
	proven = people_proven(world, actor);
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	return status.deletion_id;
}

static void pass_grace(void)
{
	world->clock.fixed_us = status.scheduled_for_us;
}

static enum deletion_state state_of(const struct id *deletion_id)
{
	return trash_find(world, deletion_id).state;
}

static bool waits(const struct id *deletion_id, struct erasure_wait *wait_r)
{
	bool is_waiting;

	assert_true(
	    erasure_waits(&world->domain, world->arena, deletion_id, &is_waiting, wait_r, &error));
	return is_waiting;
}

static void expect_waiting(const struct id *deletion_id, const char *why, unsigned attempts)
{
	struct erasure_wait wait;

	assert_int_equal(state_of(deletion_id), DELETION_PURGING);
	assert_true(waits(deletion_id, &wait));
	assert_string_equal(wait.why, why);
	assert_int_equal(wait.attempts, attempts);
	assert_int_equal(world_number(world, &identity_known), 1);
	assert_int_equal(world_number(world, &identity_reasons), 0);
	assert_int_equal(people_mails(world, "account_erased"), 0);
}

static void expect_erased(const struct id *deletion_id)
{
	struct erasure_wait wait;

	assert_int_equal(state_of(deletion_id), DELETION_PURGED);
	assert_false(google_has("ada-uid"));
	assert_false(waits(deletion_id, &wait));
	assert_int_equal(world_number(world, &identity_known), 0);
	assert_int_equal(world_number(world, &identity_jobs), 0);
	assert_int_equal(people_mails(world, "account_erased"), 1);
}

static void it_is_told_at_the_end(void **state)
{
	struct id id, photo;

	(void)state;
	photo = world_photo(world, &ada, "Mine", NULL, NULL);
	id = leave(&ada);
	world->clock.fixed_us = status.scheduled_for_us - 1;
	(void)trash_purge(world);
	assert_int_equal(google_count(""), 0);
	pass_grace();
	google_set("delete", "503");
	(void)trash_purge(world);
	/* What is theirs has gone before, and the receipt waits. */
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_false(trash_is_live(world, &photo));
	expect_waiting(&id, "identity_http_503", 1);
	google_set("delete", NULL);
	world->clock.fixed_us += HOUR_US;
	(void)trash_purge(world);
	expect_erased(&id);
}

/* At the microsecond: 5 seconds, 10, 20, … an hour. */
static void it_is_asked_again_with_growing_pauses(void **state)
{
	int64_t pause_us = JOB_PAUSE_S * CLOCK_SECOND_US;
	struct erasure_wait wait;
	int64_t first_us;
	struct id id = leave(&ada);

	(void)state;
	pass_grace();
	first_us = world->clock.fixed_us;
	google_set("delete", "503");
	for (unsigned asked = 1; asked < 13; asked++) {
		(void)trash_purge(world);
		expect_waiting(&id, "identity_http_503", asked);
		assert_int_equal(google_count("delete 503"), asked);
		assert_true(waits(&id, &wait));
		assert_int_equal(wait.since_us, first_us);
		assert_int_equal(wait.next_us, world->clock.fixed_us + pause_us);
		world->clock.fixed_us = wait.next_us - 1;
		(void)trash_purge(world);
		assert_int_equal(google_count("delete 503"), asked);
		world->clock.fixed_us++;
		pause_us =
		    pause_us * 2 < JOB_PAUSE_MAX_S * CLOCK_SECOND_US ? pause_us * 2 : HOUR_US;
	}
	google_set("delete", NULL);
	(void)trash_purge(world);
	expect_erased(&id);
}

static void each_way_of_failing_ends_well(void **state)
{
	static const char *const ways[][3] = {
	    {"delete", "429 RESOURCE_EXHAUSTED", "identity_http_429 RESOURCE_EXHAUSTED"},
	    {"delete", "500", "identity_http_500"},
	    {"delete", "hangup", "identity_unreachable"},
	    {"deaf", "yes", "identity_http_401 UNAUTHENTICATED"},
	    {"token", "400 invalid_grant", "identity_token_http_400 invalid_grant"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct id id;

		tear_down(NULL);
		set_up(NULL);
		id = leave(&ada);
		pass_grace();
		google_set(ways[i][0], ways[i][1]);
		(void)trash_purge(world);
		expect_waiting(&id, ways[i][2], 1);
		google_set(ways[i][0], NULL);
		world->clock.fixed_us += HOUR_US;
		(void)trash_purge(world);
		expect_erased(&id);
	}
}

static void who_is_not_there_is_erased(void **state)
{
	struct id id = leave(&ada);

	(void)state;
	google_clear();
	pass_grace();
	(void)trash_purge(world);
	expect_erased(&id);
	assert_int_equal(google_count("delete absent"), 1);
}

/* Others are erased in the same round, and those who are known there do not each ask one that is
 * away. */
static void nobody_else_waits(void **state)
{
	struct actor carl = world_user(world, &alder, "carl@alder.example", ROLE_MEMBER);
	struct id of_ada, of_ben, of_carl;

	(void)state;
	know(&carl, "carl-uid");
	of_ada = leave(&ada);
	of_carl = leave(&carl);
	of_ben = leave(&ben);
	pass_grace();
	google_set("delete", "503");
	(void)trash_purge(world);
	assert_int_equal(state_of(&of_ada), DELETION_PURGING);
	assert_int_equal(state_of(&of_carl), DELETION_PURGING);
	assert_int_equal(state_of(&of_ben), DELETION_PURGED);
	assert_int_equal(google_count("delete 503"), 1);
	google_set("delete", NULL);
	world->clock.fixed_us += HOUR_US;
	(void)trash_purge(world);
	assert_int_equal(state_of(&of_ada), DELETION_PURGED);
	assert_int_equal(state_of(&of_carl), DELETION_PURGED);
	assert_false(google_has("carl-uid"));
}

/* What takes more than a step is leased meanwhile, and is left alone as long. */
static void a_large_erasure_is_left_alone_too(void **state)
{
	struct id id, photo = world_photo(world, &ada, "Mine", NULL, NULL);

	(void)state;
	for (int i = 0; i < 12; i++)
		trash_note(world, &ada, &photo);
	id = leave(&ada);
	pass_grace();
	world->domain.step_rows = 4;
	trash_continue(world);
	google_set("delete", "503");
	(void)trash_purge(world);
	expect_waiting(&id, "identity_http_503", 1);
	assert_int_equal(world_number(world, &identity_leases), 0);
	google_set("delete", NULL);
	world->clock.fixed_us += JOB_PAUSE_S * CLOCK_SECOND_US - 1;
	(void)trash_purge(world);
	assert_int_equal(google_count("delete"), 1);
	world->clock.fixed_us++;
	(void)trash_purge(world);
	expect_erased(&id);
}

/* Each of its people; one that waits does not begin anew with those who are done. */
static void all_of_an_organisation_are_removed(void **state)
{
	struct deletion deletion;
	struct erasure_wait wait;

	(void)state;
	know(&ben, "ben-uid");
	know(&admin, "admin-uid");
	know(&platform, "platform-uid");
	assert_string_equal(containers_delete(world, &platform, ITEM_ORGANIZATION, &alder,
				PHOTO_ACTION_NONE, "Alder", &deletion),
	    "");
	world->clock.fixed_us = deletion.recover_until_us;
	trash_continue(world);
	google_set("delete", "503");
	(void)trash_purge(world);
	assert_int_equal(state_of(&deletion.id), DELETION_PURGING);
	assert_true(waits(&deletion.id, &wait));
	assert_int_equal(google_count("delete 503"), 1);
	google_set("delete", NULL);
	world->clock.fixed_us += HOUR_US;
	(void)trash_purge(world);
	assert_int_equal(state_of(&deletion.id), DELETION_PURGED);
	assert_int_equal(google_count("delete 200"), 3);
	assert_true(google_has("platform-uid"));
	assert_int_equal(world_number(world, &identity_known), 1);
	assert_int_equal(world_number(world, &identity_jobs), 0);
}

/* Who came back under the same identity keeps it; it goes with that account. */
static void the_identity_of_a_live_account_stays(void **state)
{
	struct actor again = world_user(world, &alder, "ada.again@alder.example", ROLE_MEMBER);
	struct deletion deletion;

	(void)state;
	assert_string_equal(people_delete(world, &admin, &ada, false, NULL, &deletion), "");
	know(&again, "ada-uid");
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
	assert_int_equal(state_of(&deletion.id), DELETION_PURGED);
	assert_true(google_has("ada-uid"));
	assert_int_equal(google_count(""), 0);
	(void)leave(&again);
	pass_grace();
	(void)trash_purge(world);
	assert_int_equal(state_of(&status.deletion_id), DELETION_PURGED);
	assert_false(google_has("ada-uid"));
}

/* --- two workers ---------------------------------------------------------------------------- */

static enum identity_outcome gone(
    void *context, const struct identity_subject *subject, char *why, size_t size)
{
	(void)context;
	(void)subject;
	(void)why;
	(void)size;
	return IDENTITY_ABSENT;
}

/* Before the answer comes, another worker has its own, and ends the erasure. */
static enum identity_outcome late(
    void *context, const struct identity_subject *subject, char *why, size_t size)
{
	static const struct identity_provider quick = {"quick", gone, NULL};
	struct db *db;
	struct domain other = world_second_domain(world, &db);
	struct arena *arena = arena_create();
	struct purge_report report;
	struct auth auth;

	(void)subject;
	people_authorize_other(world, &other, &auth);
	other.identity = &quick;
	assert_true(purge_due(&other, arena, NULL, &report, &error));
	arena_destroy(&arena);
	db_close(&db);
	snprintf(why, size, "identity_timeout");
	return *(enum identity_outcome *)context;
}

static void what_another_worker_has_ended_is_left(void **state)
{
	enum identity_outcome outcomes[] = {IDENTITY_RETRY, IDENTITY_DONE, IDENTITY_ABSENT};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct identity_provider slow = {"slow", late, &outcomes[i]};
		struct id id;

		tear_down(NULL);
		set_up(NULL);
		google_clear();
		world->domain.identity = &slow;
		id = leave(&ada);
		pass_grace();
		(void)trash_purge(world);
		expect_erased(&id);
		assert_int_equal(trash_entries(world, "account.erase"), 1);
	}
}

/* The operator gave up on it. */
static void without_a_provider_the_erasure_ends(void **state)
{
	struct id id = leave(&ada);

	(void)state;
	pass_grace();
	google_set("delete", "503");
	(void)trash_purge(world);
	expect_waiting(&id, "identity_http_503", 1);
	world->domain.identity = &identity_provider_none;
	world->clock.fixed_us += HOUR_US;
	(void)trash_purge(world);
	assert_int_equal(state_of(&id), DELETION_PURGED);
	assert_true(google_has("ada-uid"));
	assert_int_equal(world_number(world, &identity_known), 0);
}

#define CASE(function_) cmocka_unit_test_setup_teardown(function_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(it_is_told_at_the_end),
	    CASE(it_is_asked_again_with_growing_pauses),
	    CASE(each_way_of_failing_ends_well),
	    CASE(who_is_not_there_is_erased),
	    CASE(nobody_else_waits),
	    CASE(a_large_erasure_is_left_alone_too),
	    CASE(all_of_an_organisation_are_removed),
	    CASE(the_identity_of_a_live_account_stays),
	    CASE(what_another_worker_has_ended_is_left),
	    CASE(without_a_provider_the_erasure_ends),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
