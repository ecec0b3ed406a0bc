/* erasure_test.c - what is left of an account once it is erased: nothing that names the person. */
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/identity_provider.h>
#include <storage/cleanup.h>
#include <store/accounts.h>
#include <store/mail.h>
#include <store/places.h>
#include <string.h>

#define SECRET  "Xanthippe" /* in all that the person wrote, and their name */
#define ADDRESS "xanthippe@alder.example"

static struct account_status status;
static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	world->domain.identity = NULL;
	trash_sql(world, "UPDATE users SET email = '" ADDRESS "', display_name = '" SECRET
			 "', bio = '" SECRET "' WHERE email = 'ada@alder.example'");
	return 0;
}

static void leave(const struct account_choices *choices)
{
	struct actor proven;

	world->clock.fixed_us++;
	proven = people_proven(world, &ada);
	assert_string_equal(people_leave(world, &proven, choices, &status), "");
}

static void pass_grace(void)
{
	world->clock.fixed_us = status.scheduled_for_us;
}

DB_STATEMENT(erasure_users, "SELECT COUNT(*) FROM users WHERE id = ?");
DB_STATEMENT(erasure_columns_of,
    "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA ="
    " DATABASE() AND DATA_TYPE IN ('varchar', 'char', 'text', 'mediumtext', 'longtext',"
    " 'varbinary', 'blob') ORDER BY TABLE_NAME, COLUMN_NAME");

static bool is_there(const struct actor *actor)
{
	struct db_rows rows = {0};

	assert_int_equal(db_query(world->db, world->arena, &erasure_users,
			     DB_VALUES(db_bind_id(&actor->user_id)), &rows),
	    DB_OK);
	return db_int(&rows, 0, 0) > 0;
}

/* How many cells of all tables have the text in them, in any case. */
static int64_t found_in_tables(const char *text)
{
	struct db *owner = test_database_connect(world->database, TEST_OWNER);
	struct db_rows columns = {0};
	int64_t found = 0;

	assert_int_equal(
	    db_query(owner, world->arena, &erasure_columns_of, DB_NO_VALUES, &columns), DB_OK);
	assert_true(columns.count > 50);
	for (size_t i = 0; i < columns.count; i++) {
		struct db_statement statement = {"erasure_search",
		    arena_printf(world->arena,
			"SELECT COUNT(*) FROM %s WHERE INSTR(LOWER(CONVERT(%s USING utf8mb4)),"
			" LOWER('%s')) > 0",
			db_text(&columns, i, 0), db_text(&columns, i, 1), text)};
		struct db *fresh = test_database_connect(world->database, TEST_OWNER);
		struct db_rows rows = {0};

		assert_int_equal(
		    db_query(fresh, world->arena, &statement, DB_NO_VALUES, &rows), DB_OK);
		if (db_int(&rows, 0, 0) > 0) {
			print_message("%s.%s has %s\n", db_text(&columns, i, 0),
			    db_text(&columns, i, 1), text);
		}
		found += db_int(&rows, 0, 0);
		db_close(&fresh);
	}
	db_close(&owner);
	return found;
}

/* Send what waits, as the worker does, and forget what is to be forgotten. */
static void send_mails(void)
{
	trash_sql(world, "UPDATE mail_outbox SET attempts = 1 WHERE state = 'waiting'");
	for (;;) {
		struct db_rows rows = {0};
		static const struct db_statement waiting = {"erasure_waiting",
		    "SELECT id FROM mail_outbox WHERE state = 'waiting' LIMIT 1"};
		struct mail_claim claim = {.attempt = 1};
		struct mail_outcome outcome = {.state = MAIL_SENT,
		    .at_us = world->clock.fixed_us,
		    .body_until_us = world->clock.fixed_us + DAY_US};

		if (db_query(world->db, world->arena, &waiting, DB_NO_VALUES, &rows) != DB_OK) {
			return;
		}
		claim.id = db_id(&rows, 0, 0);
		assert_int_equal(mails_settle(world->db, &claim, &outcome), DB_OK);
	}
}

/* What waits to be decided of it: a role, requests by the account and by its address alone, and the
 * notice that one was made. */
static void ask_for(const struct id *theirs)
{
	trash_sql(world,
	    "INSERT INTO role_requests (id, organization_id, requester_uid, requested_role, state,"
	    " created_at) VALUES (UNHEX(MD5('r')), %s, HEX(%s), 'admin', 'pending', '2026-01-01')",
	    trash_hex(world, &alder), trash_hex(world, &ada.user_id));
	(void)trash_request(world, &ada, theirs, "approved");
	trash_sql(world, "UPDATE deletion_requests SET reason = '" SECRET " asks'");
	trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE id = %s",
	    trash_hex(world, theirs));
	trash_sql(world,
	    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_email,"
	    " requester_role, reason, status, photo_status_before, requested_at, due_at)"
	    " VALUES (UNHEX(MD5('q')), %s, UNHEX(MD5('p')), '" ADDRESS "', 'visitor', '" SECRET
	    "', 'rejected', 'approved', '2026-01-01', '2026-01-29')",
	    trash_hex(world, &birch));
	trash_sql(world,
	    "INSERT INTO mail_outbox (id, organization_id, recipient, author_id, template, data, "
	    "state,"
	    " next_attempt_at, created_at) VALUES (UNHEX(MD5('m')), %s, 'admin@alder.example', %s,"
	    " 'request_new', '{\"requester\":\"" SECRET "\"}', 'waiting', '2026-01-01',"
	    " '2026-01-01')",
	    trash_hex(world, &alder), trash_hex(world, &ada.user_id));
}

/* A full life: everything a person can leave behind. */
static void live(struct id photos[4])
{
	struct id project = world_place(world, &ada, PLACE_PROJECT, "Harvest");
	struct id site = world_place(world, &ada, PLACE_SITE, "shop");
	struct id album = world_place(world, &ada, PLACE_ALBUM, SECRET " album");
	struct id theirs = world_photo(world, &ben, "Ben's", NULL, NULL);
	struct id quest = trash_content(world, &ben, ITEM_QUEST, "published", 1);

	photos[0] = world_photo(world, &ada, SECRET " one", &project, NULL);
	photos[1] = world_photo(world, &ada, SECRET " two", NULL, &site);
	photos[2] = world_photo(world, &ada, SECRET " deleted", NULL, NULL);
	photos[3] = world_photo(world, &ada, SECRET " archived", NULL, NULL);
	(void)world_derivative(world, &ada, &photos[0]);
	trash_place(world, &album, &theirs);
	trash_sql(world, "UPDATE photos SET description = '" SECRET "', submitter_name = '" SECRET
			 "', submitter_email = '" ADDRESS "' WHERE title LIKE '" SECRET "%%'");
	trash_note(world, &ada, &theirs);
	trash_note(world, &ben, &photos[0]);
	trash_sql(world, "UPDATE photo_notes SET body = '" SECRET "'");
	trash_ai_result(world, &ada, &photos[0]);
	trash_share(world, &ada, &photos[0], 7);
	(void)trash_content(world, &ada, ITEM_QUEST, "published", 2);
	(void)trash_content(world, &ada, ITEM_ADVENTURE, "archived", 2);
	trash_sql(world,
	    "INSERT INTO activity_submissions (id, organization_id, quest_id, user_id, body,"
	    " created_at) VALUES (UNHEX(MD5('s')), %s, %s, %s, '" SECRET "', '2026-01-01')",
	    trash_hex(world, &alder), trash_hex(world, &quest), trash_hex(world, &ada.user_id));
	(void)people_event(world, &ada, "Fair");
	ask_for(&theirs);
	(void)people_session(world, &ada);
	assert_string_equal(trash_delete(world, &ada, &photos[2], NULL), "");
	trash_sql(world, "UPDATE deletions SET reason = '" SECRET " said so'");
	trash_sql(world,
	    "INSERT INTO archive_batches (id, organization_id, created_by, reason, created_at)"
	    " VALUES (UNHEX(MD5('b')), %s, %s, '" SECRET " tidies', '2026-01-01')",
	    trash_hex(world, &alder), trash_hex(world, &ada.user_id));
	trash_sql(world,
	    "UPDATE photos SET archived_at = '2026-01-02', purge_after = '2027-01-02',"
	    " archive_reason = '" SECRET " tidies', archive_batch_id = UNHEX(MD5('b'))"
	    " WHERE id = %s",
	    trash_hex(world, &photos[3]));
}

static void nothing_is_found(void)
{
	send_mails();
	assert_int_equal(found_in_tables(SECRET), 0);
	assert_int_equal(found_in_tables(ADDRESS), 0);
}

static void nothing_is_left_of_a_life(void **state)
{
	struct account_choices choices = {.reason = SECRET " had enough"};
	struct id photos[4];

	(void)state;
	live(photos);
	leave(&choices);
	assert_true(found_in_tables(SECRET) > 10);
	world->clock.fixed_us = status.scheduled_for_us - 1;
	assert_int_equal(trash_purge(world).counts[COUNT_USER], 0);
	pass_grace();
	(void)trash_purge(world);
	assert_int_equal(trash_entries(world, "account.erase"), 1);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_int_equal(trash_rows(world, "photo_notes"), 0);
	assert_int_equal(trash_rows(world, "quests"), 1);
	assert_int_equal(trash_rows(world, "events"), 1);
	assert_int_equal(trash_rows(world, "role_requests"), 1);
	assert_int_equal(trash_rows(world, "projects"), 1);
	assert_int_equal(people_sessions(world, &ada), 0);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
	assert_int_equal(people_mails(world, "account_erased"), 1);
	nothing_is_found();
	assert_false(is_there(&ada));
}

static void kept_photos_lose_their_name(void **state)
{
	struct account_choices choices = {.keep_photos = true};
	struct photo photo;
	struct id photos[4];
	unsigned objects;

	(void)state;
	live(photos);
	objects = world_objects(world);
	leave(&choices);
	pass_grace();
	(void)trash_purge(world);
	nothing_is_found();
	assert_true(photos_find(&world->domain, &ben, world->arena, &photos[0], &photo, &error));
	assert_null(photo.title);
	assert_null(photo.description);
	assert_true(id_is_none(&photo.uploader_id));
	assert_true(photo.deleted_at_us == 0);
	/* What they had deleted themselves goes; what was archived stays so. */
	assert_false(photos_find(&world->domain, &admin, world->arena, &photos[2], &photo, &error));
	assert_true(photos_find(&world->domain, &admin, world->arena, &photos[3], &photo, &error));
	assert_true(photo.archived_at_us != 0);
	assert_int_equal(trash_rows(world, "photos"), 5);
	assert_true(trash_rows(world, "storage_cleanup_queue") > 0);
	assert_true(world_objects(world) >= objects);
	assert_false(is_there(&ada));
}

struct searching {
	unsigned objects, found;
};

static bool search_object(void *context, const char *key, uint64_t bytes, int64_t modified_us)
{
	struct searching *searching = context;
	struct buf content = {0};

	(void)bytes;
	(void)modified_us;
	assert_true(storage_read(world->storage, key, 1 << 20, &content, &error));
	searching->objects++;
	searching->found += memmem(content.data, content.length, SECRET, strlen(SECRET)) != NULL;
	buf_free(&content);
	return true;
}

static struct searching search_files(void)
{
	struct searching searching = {0};

	assert_true(storage_list(world->storage, search_object, &searching, &error));
	return searching;
}

/* What a camera or a program wrote into the file goes, and the file that had it. */
static void files_lose_what_they_say(void **state)
{
	struct account_choices choices = {.keep_photos = true};
	struct photos_upload upload = {.original = world_picture(world), .title = SECRET};
	struct cleanup_report report;
	struct photo photo;

	(void)state;
	assert_true(storage_stage_write(upload.original, SECRET, strlen(SECRET), &error));
	assert_true(photos_add(&world->domain, &ada, world->arena, &upload, &photo, &error));
	assert_int_equal(search_files().found, 1);
	leave(&choices);
	pass_grace();
	(void)trash_purge(world);
	assert_true(
	    storage_cleanup_run(world->db, &world->clock, world->storage, 100, &report, &error));
	assert_int_equal(report.removed, 1);
	assert_int_equal(search_files().objects, 1);
	assert_int_equal(search_files().found, 0);
	assert_true(photos_find(&world->domain, &ben, world->arena, &photo.id, &photo, &error));
	assert_true(photo.bytes > 0 && photo.deleted_at_us == 0);
}

/* An image whose file is gone cannot be kept without what it says. */
static void what_cannot_be_stripped_goes(void **state)
{
	struct account_choices choices = {.keep_photos = true};
	struct id photo = world_photo(world, &ada, SECRET, NULL, NULL);

	(void)state;
	trash_sql(world, "UPDATE files SET content_type = 'image/jpeg' WHERE owner_id = %s",
	    trash_hex(world, &photo));
	leave(&choices);
	pass_grace();
	(void)trash_purge(world);
	assert_int_equal(trash_rows(world, "photos"), 0);
	nothing_is_found();
}

/* What an admin has in the trash of a project goes with its uploader, out of that deletion. */
static void what_is_in_the_trash_of_others_goes_too(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Harvest");
	struct id mine = world_photo(world, &ada, SECRET, &project, NULL);
	struct id theirs = world_photo(world, &ben, "Ben's", &project, NULL);
	struct deletion_act act = {.kind = ITEM_PROJECT,
	    .item_id = project,
	    .photo_action = PHOTO_ACTION_DELETE,
	    .origin = ORIGIN_BY_ACTOR,
	    .confirmation = "Harvest"};
	struct deletion deletion;

	(void)state;
	trash_note(world, &ada, &mine);
	leave(NULL);
	assert_string_equal(people_cancel(world, &ada), "");
	world->clock.fixed_us += 13 * DAY_US;
	assert_true(
	    deletions_delete(&world->domain, &admin, world->arena, &act, &deletion, &error));
	trash_sql(world, "UPDATE organizations SET account_grace_s = 3600");
	leave(NULL);
	pass_grace();
	(void)trash_purge(world);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 1);
	assert_int_equal(trash_marked(world, "photos", &deletion.id), 1);
	assert_true(id_equal(&deletion.id, &(struct id){0}) == false);
	nothing_is_found();
	assert_string_equal(trash_restore(world, &admin, &deletion.id, NULL), "");
	assert_true(trash_is_live(world, &theirs));
	assert_int_equal(trash_rows(world, "photos"), 1);
}

/* What they had put in the trash themselves is not given back by keeping the rest. */
static void what_they_deleted_is_not_kept(void **state)
{
	struct account_choices choices = {.keep_photos = true};
	struct id kept = world_photo(world, &ada, "Kept", NULL, NULL);
	struct id deleted = world_photo(world, &ada, SECRET, NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &deleted, &deletion), "");
	trash_sql(world, "UPDATE deletions SET recover_until = '2030-01-01'");
	leave(&choices);
	pass_grace();
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGED);
	assert_int_equal(trash_rows(world, "photos"), 1);
	assert_true(trash_is_live(world, &kept));
	nothing_is_found();
}

DB_STATEMENT(erasure_heir, "SELECT COUNT(*) FROM events WHERE created_by = ?");

static int64_t events_of(const struct actor *actor)
{
	struct db_rows rows = {0};

	assert_int_equal(db_query(world->db, world->arena, &erasure_heir,
			     DB_VALUES(db_bind_id(&actor->user_id)), &rows),
	    DB_OK);
	return db_int(&rows, 0, 0);
}

static void events_are_handed_over(void **state)
{
	struct account_choices choices = {.events = EVENTS_TRANSFER, .transfer_to = ben.user_id};

	(void)state;
	(void)people_event(world, &ada, "Fair");
	leave(&choices);
	assert_int_equal(events_of(&ada), 1);
	pass_grace();
	(void)trash_purge(world);
	assert_int_equal(events_of(&ben), 1);
	assert_int_equal(trash_rows(world, "events"), 1);
}

static void an_heir_who_left_inherits_nothing(void **state)
{
	struct account_choices choices = {.events = EVENTS_TRANSFER, .transfer_to = ben.user_id};
	struct deletion deletion;

	(void)state;
	(void)people_event(world, &ada, "Fair");
	leave(&choices);
	world->clock.fixed_us = status.scheduled_for_us - HOUR_US;
	assert_string_equal(people_delete(world, &admin, &ben, false, NULL, &deletion), "");
	pass_grace();
	(void)trash_purge(world);
	assert_int_equal(events_of(&ben), 0);
	assert_int_equal(trash_rows(world, "events"), 1);
}

/* A tombstone stays where something kept points at it. */
static void a_tombstone_stays_for_what_is_kept(void **state)
{
	struct id photo = world_photo(world, &ben, "Ben's", NULL, NULL);
	struct actor second = world_user(world, &alder, "second@alder.example", ROLE_ADMIN);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &second, &photo, &deletion), "");
	assert_string_equal(people_delete(world, &admin, &second, true, NULL, NULL), "");
	(void)trash_purge(world);
	assert_true(is_there(&second));
	assert_int_equal(found_in_tables("second@alder.example"), 1); /* the last mail */
	send_mails();
	assert_int_equal(found_in_tables("second@alder.example"), 0);
	assert_int_equal(found_in_tables("Deleted User"), 1);
}

static unsigned asked;
static enum identity_outcome answer;

static enum identity_outcome ask(
    void *context, const struct identity_subject *subject, char *why, size_t size)
{
	(void)context;
	(void)why;
	(void)size;
	assert_string_equal(subject->uid, "provider-" SECRET);
	asked++;
	return answer;
}

static void the_provider_is_asked_until_it_has_forgotten(void **state)
{
	static const struct identity_provider provider = {"test", ask, NULL};

	(void)state;
	trash_sql(world, "UPDATE users SET identity_uid = 'provider-" SECRET "' WHERE id = %s",
	    trash_hex(world, &ada.user_id));
	world->domain.identity = &provider;
	asked = 0;
	answer = IDENTITY_RETRY;
	leave(NULL);
	pass_grace();
	/* Who knows no provider leaves that to the worker. */
	world->domain.identity = NULL;
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGING);
	world->domain.identity = &provider;
	(void)trash_purge(world);
	assert_int_equal(asked, 1);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGING);
	assert_int_equal(people_mails(world, "account_erased"), 0);
	world->clock.fixed_us += HOUR_US;
	answer = IDENTITY_ABSENT;
	(void)trash_purge(world);
	assert_int_equal(asked, 2);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
	nothing_is_found();
}

static void the_last_admin_waits(void **state)
{
	struct actor second = world_user(world, &alder, "second@alder.example", ROLE_ADMIN);
	struct actor proven = people_proven(world, &admin);

	(void)state;
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	/* By the operator, past the rules. */
	trash_sql(world, "UPDATE users SET role = 'member' WHERE id = %s",
	    trash_hex(world, &second.user_id));
	pass_grace();
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_TRASHED);
	assert_true(is_there(&admin));
	trash_sql(world, "UPDATE users SET role = 'admin' WHERE id = %s",
	    trash_hex(world, &second.user_id));
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
	assert_false(is_there(&admin));
}

/* Stopped after every step, and begun anew: the end is the same. */
static void it_goes_on_after_a_stop_at_each_step(void **state)
{
	struct account_choices kept = {.keep_photos = true};

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		struct purge_limits limits = {.max_steps = 1};
		struct purge_report report;
		struct id photos[4];
		int rounds = 0;

		if (keep) {
			set_up(NULL);
		}
		live(photos);
		world->domain.step_rows = 3;
		leave(keep ? &kept : NULL);
		trash_continue(world);
		pass_grace();
		do {
			assert_true(
			    purge_due(&world->domain, world->arena, &limits, &report, &error));
			rounds++;
		} while (rounds < 300 &&
			 trash_find(world, &status.deletion_id).state != DELETION_PURGED);
		assert_true(rounds > 5 && rounds < 300);
		(void)trash_purge(world);
		nothing_is_found();
		assert_int_equal(trash_rows(world, "photos"), keep ? 5 : 1);
		assert_int_equal(people_mails(world, "account_erased"), 1);
	}
}

static void an_organization_takes_its_people_along(void **state)
{
	struct actor platform =
	    world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	struct deletion_act act = {.kind = ITEM_ORGANIZATION,
	    .item_id = alder,
	    .origin = ORIGIN_BY_ACTOR,
	    .confirmation = "Alder"};
	struct deletion deletion;
	struct purge_limits one_step = {.max_steps = 1};
	struct purge_report report;
	struct id photos[4];
	int64_t before = 0, erased;

	(void)state;
	live(photos);
	leave(NULL);
	assert_true(
	    deletions_delete(&world->domain, &platform, world->arena, &act, &deletion, &error));
	trash_continue(world);
	world->clock.fixed_us = deletion.recover_until_us;
	do {
		assert_true(purge_due(&world->domain, world->arena, &one_step, &report, &error));
		erased = people_mails(world, "account_erased");
		assert_in_range(erased - before, 0, 1);
		before = erased;
	} while (report.unfinished || report.waiting);
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_PURGED);
	nothing_is_found();
	assert_int_equal(found_in_tables("ben@alder.example"), 0);
	assert_int_equal(people_mails(world, "account_erased"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(nothing_is_left_of_a_life, set_up),
	    cmocka_unit_test_setup(kept_photos_lose_their_name, set_up),
	    cmocka_unit_test_setup(files_lose_what_they_say, set_up),
	    cmocka_unit_test_setup(what_cannot_be_stripped_goes, set_up),
	    cmocka_unit_test_setup(what_is_in_the_trash_of_others_goes_too, set_up),
	    cmocka_unit_test_setup(what_they_deleted_is_not_kept, set_up),
	    cmocka_unit_test_setup(events_are_handed_over, set_up),
	    cmocka_unit_test_setup(an_heir_who_left_inherits_nothing, set_up),
	    cmocka_unit_test_setup(a_tombstone_stays_for_what_is_kept, set_up),
	    cmocka_unit_test_setup(the_provider_is_asked_until_it_has_forgotten, set_up),
	    cmocka_unit_test_setup(the_last_admin_waits, set_up),
	    cmocka_unit_test_setup(it_goes_on_after_a_stop_at_each_step, set_up),
	    cmocka_unit_test_setup(an_organization_takes_its_people_along, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
