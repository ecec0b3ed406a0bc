/* demo_test.c - the demonstration holds something in every state that a page shows. */
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <auth/password.h>
#include <domain/demo.h>
#include <storage/check.h>
#include <store/users.h>
#include <string.h>

/* What must be there: a query and how many it finds at least. */
#define AT_LEAST(name, sql) DB_STATEMENT(name, "SELECT COUNT(*) FROM " sql)
#define ALDER               " organization_id = (SELECT id FROM organizations WHERE name LIKE 'Alder%')"

AT_LEAST(EXPORTS_READY, "exports WHERE state = 'ready'");
AT_LEAST(EXPORTS_EXPIRED, "exports WHERE state = 'expired'");
AT_LEAST(EXPORTS_DISCARDED, "exports WHERE state = 'discarded'");
AT_LEAST(ORGANIZATIONS, "organizations");
AT_LEAST(WEBHOOKS_IN_STATES, "(SELECT DISTINCT state FROM webhook_outbox WHERE" ALDER ") t");
AT_LEAST(LEAVING, "users WHERE deletion_status = 'SCHEDULED'");
AT_LEAST(ASKING, "users WHERE deletion_status = 'REQUESTED'");
AT_LEAST(FORMER, "users WHERE deletion_status = 'DELETED' AND deleted_at IS NOT NULL");
AT_LEAST(APPROVED_CLAIM,
    "site_claims c JOIN users u ON u.id = c.user_id JOIN sites s ON s.id = c.site_id"
    " WHERE c.state = 'approved' AND u.email = 'shop@alder.example' AND s.name = 'Alder Farm "
    "Shop'");
AT_LEAST(PENDING_CLAIM, "site_claims WHERE state = 'pending'");
AT_LEAST(VISITOR_PHOTOS,
    "photos p JOIN sites s ON s.id = p.site_id WHERE s.name = 'Alder Farm Shop'"
    " AND p.submitter_email = 'visitor@mail.example' AND p.uploader_id IS NULL"
    " AND p.deleted_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM deletion_requests r WHERE r.photo_id = p.id)");
AT_LEAST(VISITOR_ACCOUNT, "users WHERE email = 'visitor@mail.example'");
AT_LEAST(ADAS_SUBMISSIONS,
    "photos p JOIN users u ON u.id = p.uploader_id WHERE p.site_id IS NOT NULL"
    " AND u.email = 'ada@alder.example' AND p.submitter_email = u.email");
AT_LEAST(ADAS_DERIVATIVES, "photos p JOIN users u ON u.id = p.uploader_id"
			   " WHERE p.original_id IS NOT NULL AND p.deleted_at IS NULL"
			   " AND u.email = 'ada@alder.example'");
AT_LEAST(BENS_DERIVATIVES, "photos p JOIN users u ON u.id = p.uploader_id"
			   " WHERE p.original_id IS NOT NULL AND u.email = 'ben@alder.example'");
AT_LEAST(PROJECTS, "projects WHERE deleted_at IS NULL AND" ALDER);
AT_LEAST(ALBUMS, "albums WHERE deleted_at IS NULL AND" ALDER);
AT_LEAST(TAGGED, "photo_tags");
AT_LEAST(IN_ALBUMS, "album_photos");
AT_LEAST(SHARES_LIVE, "photo_shares WHERE revoked_at IS NULL");
AT_LEAST(SHARES_REVOKED, "photo_shares WHERE revoked_at IS NOT NULL");
AT_LEAST(EVENTS, "events");
AT_LEAST(ROLE_REQUESTS_PENDING, "role_requests WHERE state = 'pending'");
AT_LEAST(ROLE_REQUESTS_APPROVED, "role_requests WHERE state = 'approved'");
AT_LEAST(NOTES, "photo_notes");
AT_LEAST(AI_RESULTS, "ai_processing_results");
AT_LEAST(GENERATIONS_OPEN, "generations WHERE finished_at IS NULL");
AT_LEAST(GENERATIONS_DONE, "generations WHERE finished_at IS NOT NULL");
AT_LEAST(QUESTS_FEW, "(SELECT publishing_status FROM quests WHERE deleted_at IS NULL GROUP BY"
		     " publishing_status HAVING COUNT(*) >= 3) t");
AT_LEAST(ADVENTURES_FEW, "(SELECT publishing_status FROM adventures WHERE deleted_at IS NULL"
			 " GROUP BY publishing_status HAVING COUNT(*) >= 3) t");
AT_LEAST(CARDS, "quest_content_cards");
AT_LEAST(SUBMISSIONS, "activity_submissions");
AT_LEAST(SEQUENCES, "adventure_sequences");
AT_LEAST(ASSETS, "files WHERE part = 'asset'");
AT_LEAST(THUMBNAILS, "files WHERE part = 'thumbnail'");
AT_LEAST(PHOTOS_PENDING, "photos WHERE status = 'pending'");
AT_LEAST(PHOTOS_REJECTED, "photos WHERE status = 'rejected'");
AT_LEAST(PHOTOS_REQUESTED, "photos WHERE status = 'deletion_requested'");
AT_LEAST(PHOTOS_ARCHIVED, "photos WHERE shelf = 1");
AT_LEAST(TRASH_BY_OWNER, "deletions WHERE state = 'trashed' AND origin = 'owner'");
AT_LEAST(TRASH_BY_ADMIN, "deletions WHERE state = 'trashed' AND origin = 'admin'");
AT_LEAST(TRASH_BY_REQUEST, "deletions WHERE state = 'trashed' AND origin = 'request'");
AT_LEAST(TRASH_WITH_DERIVATIVES, "deletions WHERE state = 'trashed' AND photo_count > 1");
AT_LEAST(TRASH_BULK, "(SELECT act_id FROM deletions WHERE state = 'trashed' GROUP BY act_id"
		     " HAVING COUNT(*) = 3) t");
AT_LEAST(DELETIONS_RESTORED, "deletions WHERE state = 'restored'");
AT_LEAST(DELETIONS_PURGED, "deletions WHERE state = 'purged'");
AT_LEAST(CONTENT_PURGED, "deletions WHERE state = 'purged' AND kind = 'quest' AND mode = 'hard'");
AT_LEAST(REQUESTS_PENDING, "deletion_requests WHERE status = 'pending'");
AT_LEAST(REQUESTS_REJECTED, "deletion_requests WHERE status = 'rejected'");
AT_LEAST(REQUESTS_APPROVED, "deletion_requests r JOIN deletions d ON d.id = r.deletion_id"
			    " WHERE r.status = 'approved'");
AT_LEAST(CLEANUPS_FAILED, "storage_cleanup_queue WHERE state = 'failed'");
AT_LEAST(CLEANUPS_WAITING, "storage_cleanup_queue WHERE state = 'waiting'");
AT_LEAST(AUDIT_ENTRIES, "audit_log");

static const struct need {
	const struct db_statement *statement;
	int64_t least;
} NEEDS[] = {
    {&ORGANIZATIONS, 2},
    {&WEBHOOKS_IN_STATES, 3},
    {&LEAVING, 1},
    {&ASKING, 1},
    {&FORMER, 1},
    {&APPROVED_CLAIM, 1},
    {&PENDING_CLAIM, 1},
    {&VISITOR_PHOTOS, 2},
    {&ADAS_SUBMISSIONS, 3},
    {&ADAS_DERIVATIVES, 1},
    {&BENS_DERIVATIVES, 1},
    {&PROJECTS, 2},
    {&ALBUMS, 2},
    {&TAGGED, 20},
    {&IN_ALBUMS, 6},
    {&SHARES_LIVE, 2},
    {&SHARES_REVOKED, 1},
    {&EVENTS, 3},
    {&ROLE_REQUESTS_PENDING, 1},
    {&ROLE_REQUESTS_APPROVED, 1},
    {&NOTES, 4},
    {&AI_RESULTS, 4},
    {&GENERATIONS_OPEN, 1},
    {&GENERATIONS_DONE, 4},
    {&QUESTS_FEW, 3},
    {&ADVENTURES_FEW, 3},
    {&CARDS, 27},
    {&SUBMISSIONS, 6},
    {&SEQUENCES, 27},
    {&ASSETS, 18},
    {&THUMBNAILS, 30},
    {&PHOTOS_PENDING, 1},
    {&PHOTOS_REJECTED, 1},
    {&PHOTOS_REQUESTED, 3},
    {&PHOTOS_ARCHIVED, 3},
    {&TRASH_BY_OWNER, 5},
    {&TRASH_BY_ADMIN, 1},
    {&TRASH_BY_REQUEST, 1},
    {&TRASH_WITH_DERIVATIVES, 1},
    {&TRASH_BULK, 1},
    {&DELETIONS_RESTORED, 2},
    {&DELETIONS_PURGED, 3},
    {&CONTENT_PURGED, 1},
    {&REQUESTS_PENDING, 3},
    {&REQUESTS_REJECTED, 1},
    {&REQUESTS_APPROVED, 1},
    {&CLEANUPS_FAILED, 1},
    {&CLEANUPS_WAITING, 1},
    {&EXPORTS_READY, 1},
    {&EXPORTS_EXPIRED, 1},
    {&EXPORTS_DISCARDED, 1},
    {&AUDIT_ENTRIES, 100},
};

DB_STATEMENT(
    OVERDUE, "SELECT COUNT(*) FROM deletion_requests WHERE status = 'pending' AND due_at <= ?");
DB_STATEMENT(CLOSING, "SELECT COUNT(*) FROM deletions WHERE state = 'trashed' AND recover_until > ?"
		      " AND recover_until < ?");
DB_STATEMENT(
    CLOSED, "SELECT COUNT(*) FROM deletions WHERE state = 'trashed' AND recover_until <= ?");
DB_STATEMENT(FUTURE, "SELECT COUNT(*) FROM audit_log WHERE at > ?");
DB_STATEMENT(ENDED_SHARES, "SELECT COUNT(*) FROM photo_shares WHERE expires_at <= ?");

static int start(void **state)
{
	struct error error = {0};

	(void)scene_start(state);
	world->clock.fixed_us = clock_now_us(&clock_system);
	if (!demo_load(&world->domain, &error)) {
		print_error("%s: %s %s\n", error.code, error.message, error.field);
		return 1;
	}
	return 0;
}

static int64_t number_at(
    const struct db_statement *statement, const struct db_value *values, size_t count)
{
	struct db_rows rows = {0};

	assert_int_equal(db_query(world->db, world->arena, statement, values, count, &rows), DB_OK);
	return db_int(&rows, 0, 0);
}

static void something_is_in_every_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(NEEDS) / sizeof(NEEDS[0]); i++) {
		int64_t found = world_number(world, NEEDS[i].statement);

		if (found < NEEDS[i].least) {
			fail_msg("%s: %lld, not %lld", NEEDS[i].statement->name, (long long)found,
			    (long long)NEEDS[i].least);
		}
	}
	assert_int_equal(world_number(world, &VISITOR_ACCOUNT), 0);
}

static void times_stand_as_the_pages_need_them(void **state)
{
	const int64_t now_us = world->clock.fixed_us;

	(void)state;
	assert_int_equal(number_at(&OVERDUE, DB_VALUES(db_bind_time(now_us))), 1);
	assert_int_equal(number_at(&CLOSING, DB_VALUES(db_bind_time(now_us),
						 db_bind_time(now_us + 900 * CLOCK_SECOND_US))),
	    1);
	assert_int_equal(number_at(&CLOSED, DB_VALUES(db_bind_time(now_us))), 0);
	assert_int_equal(number_at(&FUTURE, DB_VALUES(db_bind_time(now_us))), 0);
	assert_int_equal(number_at(&ENDED_SHARES, DB_VALUES(db_bind_time(now_us))), 1);
}

static const struct account {
	const char *email;
	enum user_role role;
} ACCOUNTS[] = {
    {"platform@lethe.example", USER_PLATFORM_ADMIN},
    {"admin@alder.example", USER_ADMIN},
    {"admin2@alder.example", USER_ADMIN},
    {"ada@alder.example", USER_MEMBER},
    {"ben@alder.example", USER_MEMBER},
    {"shop@alder.example", USER_MEMBER},
    {"creator@alder.example", USER_MEMBER},
    {"admin@birch.example", USER_ADMIN},
    {"mia@birch.example", USER_MEMBER},
};

static void the_accounts_are_those_of_the_specification(void **state)
{
	struct password_hasher *hasher = password_hasher_create(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(ACCOUNTS) / sizeof(ACCOUNTS[0]); i++) {
		struct user user = {0};

		assert_int_equal(
		    users_find_by_email(world->db, world->arena, ACCOUNTS[i].email, &user), DB_OK);
		assert_int_equal(user.role, ACCOUNTS[i].role);
		assert_int_equal(
		    password_verify(hasher, user.password_hash, "lethe-demo-1"), PASSWORD_RIGHT);
	}
	password_hasher_destroy(&hasher);
}

static void tell(void *context, enum check_finding finding, const char *key)
{
	(void)context;
	print_error("finding %d: %s\n", finding, key);
}

static void every_row_has_its_object_and_every_object_its_row(void **state)
{
	struct check_options options = {.digests = true};
	struct check_report report;
	struct error error = {0};

	(void)state;
	assert_true(storage_check(
	    world->db, &world->clock, world->storage, &options, tell, NULL, &report, &error));
	assert_int_equal(report.objects, report.rows);
	assert_int_equal(
	    report.without_row + report.without_object + report.damaged + report.young, 0);
	assert_int_equal(world_staged(world), 0);
}

static void a_database_that_is_not_empty_is_refused(void **state)
{
	struct error error = {0};
	int64_t entries = world_number(world, &AUDIT_ENTRIES);

	(void)state;
	assert_false(demo_load(&world->domain, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "not_empty");
	assert_int_equal(world_number(world, &AUDIT_ENTRIES), entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(something_is_in_every_state),
	    cmocka_unit_test(times_stand_as_the_pages_need_them),
	    cmocka_unit_test(the_accounts_are_those_of_the_specification),
	    cmocka_unit_test(every_row_has_its_object_and_every_object_its_row),
	    cmocka_unit_test(a_database_that_is_not_empty_is_refused),
	};

	return cmocka_run_group_tests_name("demo", tests, start, scene_stop);
}
