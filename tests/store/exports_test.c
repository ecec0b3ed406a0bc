/* exports_test.c - what people take with them: what is in it and what is not, how long, and what
 * ends it. */
#include "../support/archives.h"
#include "../support/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/exports.h>
#include <stdio.h>
#include <stdlib.h>
#include <storage/check.h>
#include <storage/cleanup.h>
#include <store/mail.h>
#include <store/places.h>
#include <string.h>

DB_STATEMENT(test_exports_jobs, "SELECT COUNT(*) FROM jobs");
DB_STATEMENT(test_exports_rows, "SELECT COUNT(*) FROM exports");
DB_STATEMENT(test_exports_files, "SELECT COUNT(*) FROM files WHERE owner_kind = 'export'");
DB_STATEMENT(test_exports_queue, "SELECT COUNT(*) FROM storage_cleanup_queue");

static struct world *world;
static struct actor ada, ben, admin, stranger;
static struct error error;

static int start(void **state)
{
	(void)state;
	world = world_open();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	people_close();
	world_close(&world);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	world_people(world, &ada, &ben, &admin, &stranger);
	people_authorize(world);
	world->domain.after_step = NULL;
	return 0;
}

/* --- short ways ------------------------------------------------------------------------------ */

static const char *ask(const struct actor *actor, struct export_row *row_r)
{
	struct actor proven = people_proven(world, actor);

	error_clear(&error);
	return exports_request(&world->domain, &proven, world->arena, row_r, &error) ? ""
										     : error.code;
}

static struct exports_report work(const struct exports_limits *limits)
{
	static const struct exports_limits none = {0};
	struct exports_report report;

	error_clear(&error);
	if (!exports_continue(
		&world->domain, world->arena, limits ? limits : &none, &report, &error))
		fail_msg("%s", error.code);
	return report;
}

static struct export_row look(const struct actor *actor, const struct id *id)
{
	struct export_row row;

	assert_true(exports_get(&world->domain, actor, world->arena, id, &row, &error));
	return row;
}

static const char *fetch(const struct actor *actor, const struct id *id, struct file *file_r)
{
	error_clear(&error);
	return exports_file(&world->domain, actor, world->arena, id, file_r, &error) ? ""
										     : error.code;
}

/* An export made now, with its path in the storage. */
static struct export_row make(const struct actor *actor, const char **path_r)
{
	struct export_row row;
	struct file file;

	assert_string_equal(ask(actor, &row), "");
	assert_int_equal(work(NULL).made, 1);
	assert_string_equal(fetch(actor, &row.id, &file), "");
	if (path_r)
		*path_r = arena_printf(world->arena, "%s/%s", world->folder, file.storage_key);
	return look(actor, &row.id);
}

static unsigned clean(void)
{
	struct cleanup_report report = {0};

	assert_true(
	    storage_cleanup_run(world->db, &world->clock, world->storage, 1000, &report, &error));
	return report.removed;
}

static bool has(const struct taken *taken, const char *name, const char *text)
{
	const struct taken_file *file = taken_find(taken, name);

	return file && strstr(file->bytes, text);
}

static const char *text_of(const struct id *id)
{
	char *text = arena_alloc(world->arena, ID_TEXT_SIZE);

	id_format(id, text);
	return text;
}

/* --- what is in it ---------------------------------------------------------------------------- */

/* A life of an actor's, with a word that tells whose it is in each text. */
static void live(const struct actor *actor, const char *word, struct id photos_r[4])
{
	struct id album, quest;

	for (int i = 0; i < 3; i++)
		photos_r[i] = world_photo(
		    world, actor, arena_printf(world->arena, "%s ../%d/\\ü", word, i), NULL, NULL);
	photos_r[3] = world_derivative(world, actor, &photos_r[0]);
	trash_note(world, actor, &photos_r[0]);
	trash_ai_result(world, actor, &photos_r[0]);
	trash_tag(world, actor, &photos_r[0], arena_printf(world->arena, "tag-%s", word));
	album =
	    world_place(world, actor, PLACE_ALBUM, arena_printf(world->arena, "Album %s", word));
	trash_place(world, &album, &photos_r[0]);
	quest = trash_content(world, actor, ITEM_QUEST, "archived", 2);
	(void)trash_content(world, actor, ITEM_ADVENTURE, "published", 2);
	(void)people_event(world, actor, arena_printf(world->arena, "Event %s", word));
	(void)people_session(world, actor);
	trash_sql(world, "UPDATE quest_content_cards SET body = 'Card %s' WHERE quest_id = %s",
	    word, trash_hex(world, &quest));
	trash_sql(world, "UPDATE photo_notes SET body = 'Note %s' WHERE author_id = %s", word,
	    trash_hex(world, &actor->user_id));
	trash_sql(world,
	    "UPDATE photos SET archived_at = '2026-01-01', archive_reason = 'Away %s' WHERE id = "
	    "%s",
	    word, trash_hex(world, &photos_r[1]));
	assert_string_equal(trash_delete(world, actor, &photos_r[2], NULL), "");
	trash_sql(world, "UPDATE users SET bio = 'Bio %s' WHERE id = %s", word,
	    trash_hex(world, &actor->user_id));
}

/* Every row that names the person, of every table that has such a column: its id, as text. */
static const struct {
	const char *table, *column, *id;
} owned[] = {
    {"photos", "uploader_id", "id"},
    {"photo_notes", "author_id", "id"},
    {"albums", "created_by", "id"},
    {"quests", "creator_id", "id"},
    {"adventures", "creator_id", "id"},
    {"activity_submissions", "user_id", "id"},
    {"events", "created_by", "id"},
    {"deletions", "initiator_id", "id"},
    {"deletion_requests", "requester_id", "id"},
    {"site_claims", "user_id", "id"},
    {"sessions", "user_id", "id"},
};

DB_STATEMENT(test_exports_prepared, "SELECT id FROM test_owned_ids");

static size_t check_owned(const struct actor *actor, const struct taken *taken, bool in)
{
	size_t seen = 0;

	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		struct db_rows rows = {0};
		struct db *owner = test_database_connect(world->database, TEST_OWNER);

		trash_sql(world,
		    "CREATE OR REPLACE VIEW test_owned_ids AS SELECT id FROM %s WHERE %s = %s",
		    owned[i].table, owned[i].column, trash_hex(world, &actor->user_id));
		(void)!db_query(owner, world->arena, &test_exports_prepared, DB_NO_VALUES, &rows);
		for (size_t k = 0; k < rows.count; k++) {
			struct id id = db_id(&rows, k, 0);

			if (taken_says(taken, text_of(&id)) != in)
				fail_msg("%s %s: %s", owned[i].table, text_of(&id),
				    in ? "missing" : "another's");
			seen++;
		}
		db_close(&owner);
	}
	trash_sql(world, "DROP VIEW test_owned_ids");
	return seen;
}

static void everything_of_the_person_is_in_it_and_nothing_of_others(void **state)
{
	struct id mine[4], theirs[4];
	const char *path;
	struct taken taken;

	(void)state;
	live(&ada, "Xanthippe", mine);
	live(&ben, "Sokrates", theirs);
	trash_note(world, &ada, &theirs[0]);
	trash_note(world, &ben, &mine[0]);
	trash_sql(world, "UPDATE photo_notes SET body = 'Note Sokrates' WHERE author_id = %s",
	    trash_hex(world, &ben.user_id));
	(void)trash_request(world, &ada, &theirs[1], "approved");
	(void)make(&ada, &path);
	taken_read(&taken, path);
	assert_true(check_owned(&ada, &taken, true) > 10);
	assert_false(taken_says(&taken, "Sokrates"));
	assert_false(taken_says(&taken, "ben@alder.example"));
	assert_true(has(&taken, "profile.json", "ada@alder.example"));
	assert_true(has(&taken, "profile.json", "Bio Xanthippe"));
	assert_true(has(&taken, "quest_cards.json", "Card Xanthippe"));
	assert_true(has(&taken, "events.json", "Event Xanthippe"));
	assert_true(
	    has(&taken, "notes.json", "Note") && has(&taken, "/photos.json", "tag-Xanthippe"));
	assert_true(has(&taken, "/photos.json", "Album Xanthippe"));
	assert_true(has(&taken, "/photos.json", "\"state\":\"trash\""));
	assert_true(has(&taken, "/photos.json", "\"state\":\"archived\""));
	assert_true(has(&taken, "audit.json", "photo.delete"));
	assert_true(has(&taken, "audit.json", "export.create"));
	assert_true(has(&taken, "README.txt", "photos-in-the-trash/"));
	taken_free(&taken);
}

/* Files are there to the byte, in their folders, and names do no harm. */
static void files_are_whole(void **state)
{
	static const char *const folders[] = {
	    "/photos/", "/photos-archived/", "/photos-in-the-trash/", "/photos/"};
	struct id mine[4];
	const char *path;
	struct taken taken;

	(void)state;
	live(&ada, "Xanthippe", mine);
	(void)make(&ada, &path);
	assert_int_equal(taken_verify(path), 0);
	taken_read(&taken, path);
	for (size_t i = 0; i < taken.count; i++) {
		assert_null(strstr(taken.files[i].name, ".."));
		assert_non_null(strstr(taken.files[i].name, "lethe-export-2026-01-21/"));
		for (const char *at = taken.files[i].name; *at; at++)
			assert_true(*at > ' ' && *at < 127 && *at != '\\' && *at != ':');
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(taken.files[i].name, taken.files[k].name);
	}
	for (size_t i = 0; i < 4; i++) {
		const struct taken_file *file = taken_find(&taken, text_of(&mine[i]));
		unsigned char digest[STORAGE_DIGEST_SIZE];
		struct file stored;

		assert_non_null(file);
		assert_non_null(strstr(file->name, folders[i]));
		assert_true(has(&taken, "/photos.json", strchr(file->name, '/') + 1));
		assert_int_equal(store_file_find(world->db, world->arena, &ada.organization_id,
				     &mine[i], FILE_ORIGINAL, &stored),
		    DB_OK);
		taken_digest(file, digest);
		assert_memory_equal(digest, stored.digest, sizeof(digest));
	}
	taken_free(&taken);
}

static void a_file_that_is_missing_is_named(void **state)
{
	struct id photo;
	struct file stored;
	const char *path;
	struct taken taken;

	(void)state;
	photo = world_photo(world, &ada, "Lost", NULL, NULL);
	assert_int_equal(store_file_find(world->db, world->arena, &ada.organization_id, &photo,
			     FILE_ORIGINAL, &stored),
	    DB_OK);
	assert_true(storage_remove(world->storage, stored.storage_key, &error));
	(void)make(&ada, &path);
	taken_read(&taken, path);
	assert_true(has(&taken, "missing.txt", text_of(&photo)));
	assert_true(has(&taken, "/photos.json", "\"file\":null"));
	taken_free(&taken);
}

/* More rows than a page of anything has. */
static void pages_follow_one_another(void **state)
{
	const char *path;
	struct taken taken;

	(void)state;
	for (int i = 0; i < 120; i++)
		(void)world_photo(world, &ada, "Many", NULL, NULL);
	trash_sql(world, "UPDATE photos SET status = 'pending' WHERE MOD(CRC32(id), 3) = 0");
	for (int i = 0; i < 230; i++)
		(void)people_event(world, &ada, "Fair");
	(void)make(&ada, &path);
	taken_read(&taken, path);
	assert_int_equal(check_owned(&ada, &taken, true), 350);
	assert_int_equal(taken.count, 120 + export_section_count() + 3);
	taken_free(&taken);
}

/* --- whose, and how long -----------------------------------------------------------------------
 */

static void it_is_its_owners_alone(void **state)
{
	const struct actor *others[] = {&ben, &admin, &stranger};
	struct export_row row = {0}, seen;
	struct file file;

	(void)state;
	row = make(&ada, NULL);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(fetch(others[i], &row.id, &file), "not_found");
		assert_false(
		    exports_get(&world->domain, others[i], world->arena, &row.id, &seen, &error));
		assert_string_equal(error.code, "not_found");
	}
}

static void it_is_there_for_seven_days_to_the_microsecond(void **state)
{
	struct export_row row;
	struct file file;

	(void)state;
	row = make(&ada, NULL);
	assert_int_equal(row.expires_us - row.ready_us, 7 * CLOCK_DAY_US);
	world->clock.fixed_us = row.expires_us - 1;
	assert_string_equal(fetch(&ada, &row.id, &file), "");
	assert_int_equal(work(NULL).expired, 0);
	world->clock.fixed_us = row.expires_us;
	assert_string_equal(fetch(&ada, &row.id, &file), "export_expired");
	assert_int_equal(error.kind, ERROR_GONE);
	assert_int_equal(look(&ada, &row.id).state, EXPORT_EXPIRED);
	assert_int_equal(work(NULL).expired, 1);
	assert_string_equal(fetch(&ada, &row.id, &file), "export_expired");
	assert_int_equal(clean(), 1);
	assert_int_equal(world_objects(world), 0);
	assert_int_equal(world_number(world, &test_exports_files), 0);
	world->clock.fixed_us += EXPORTS_KEPT_US;
	(void)work(NULL);
	assert_int_equal(world_number(world, &test_exports_rows), 1);
	world->clock.fixed_us += 1;
	(void)work(NULL);
	assert_int_equal(world_number(world, &test_exports_rows), 0);
}

static void one_at_a_time_and_not_too_often(void **state)
{
	struct export_row row, other;
	struct file file;

	(void)state;
	assert_string_equal(ask(&ada, &row), "");
	assert_string_equal(ask(&ada, &other), "export_pending");
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(fetch(&ada, &row.id, &file), "export_pending");
	assert_string_equal(ask(&ben, &other), "");
	for (int i = 1; i < EXPORTS_PER_HOUR; i++) {
		(void)work(NULL);
		assert_string_equal(ask(&ada, &row), "");
	}
	(void)work(NULL);
	assert_string_equal(ask(&ada, &row), "rate_limited");
	assert_true(error.retry_after_s > 0);
	world->clock.fixed_us += HOUR_US;
	assert_string_equal(ask(&ada, &row), "");
	assert_int_equal(people_mails(world, "export_ready"), EXPORTS_PER_HOUR + 1);
}

static void a_proof_is_good_once(void **state)
{
	struct actor proven = people_proven(world, &ada);
	struct export_row row;

	(void)state;
	assert_true(exports_request(&world->domain, &proven, world->arena, &row, &error));
	(void)work(NULL);
	assert_false(exports_request(&world->domain, &proven, world->arena, &row, &error));
	assert_string_equal(error.code, "reauth_required");
	assert_int_equal(world_number(world, &test_exports_rows), 1);
}

/* --- purges ------------------------------------------------------------------------------------
 */

static void purge_now(const struct id *photo, const struct actor *actor)
{
	struct deletion deletion;

	assert_string_equal(trash_delete(world, actor, photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
}

static void a_purge_discards_what_contains_what_it_removed(void **state)
{
	struct id mine, theirs, noted;
	struct export_row row, other;
	struct file file;

	(void)state;
	mine = world_photo(world, &ada, "Mine", NULL, NULL);
	theirs = world_photo(world, &ben, "Theirs", NULL, NULL);
	noted = world_photo(world, &ben, "Noted", NULL, NULL);
	trash_note(world, &ada, &noted);
	row = make(&ada, NULL);
	other = make(&ben, NULL);
	purge_now(&theirs, &ben);
	assert_string_equal(fetch(&ada, &row.id, &file), "");
	assert_string_equal(fetch(&ben, &other.id, &file), "export_discarded");
	assert_int_equal(error.kind, ERROR_GONE);
	/* In the trash it is not gone yet. */
	assert_string_equal(trash_delete(world, &ada, &mine, NULL), "");
	assert_string_equal(fetch(&ada, &row.id, &file), "");
	purge_now(&noted, &ben);
	assert_string_equal(fetch(&ada, &row.id, &file), "export_discarded");
	row = look(&ada, &row.id);
	assert_int_equal(row.state, EXPORT_DISCARDED);
	assert_int_equal(row.settled_us, world->clock.fixed_us);
	assert_int_equal(world_number(world, &test_exports_files), 0);
	(void)clean();
	assert_int_equal(world_objects(world), 0);
}

static void a_purge_of_content_discards_too(void **state)
{
	struct id quest;
	struct export_row row;
	struct file file;

	(void)state;
	quest = trash_content(world, &ada, ITEM_QUEST, "archived", 2);
	row = make(&ada, NULL);
	assert_string_equal(trash_forever(world, &ada, ITEM_QUEST, &quest, NULL), "");
	(void)trash_purge(world);
	assert_string_equal(fetch(&ada, &row.id, &file), "export_discarded");
}

/* A purge between two steps of the making. */
static struct {
	struct id photo;
	bool every_time;
	int calls;
} spoiler;

static void spoil(void *context)
{
	(void)context;
	if (spoiler.calls++ == 0 || spoiler.every_time) {
		if (spoiler.calls > 1)
			spoiler.photo = world_photo(world, &ada, "Again", NULL, NULL);
		purge_now(&spoiler.photo, &ada);
	}
}

static void what_is_purged_meanwhile_is_not_in_it(void **state)
{
	const struct exports_limits limits = {.meanwhile = spoil};
	struct export_row row;
	struct file file;
	struct taken taken;

	(void)state;
	memset(&spoiler, 0, sizeof(spoiler));
	spoiler.photo = world_photo(world, &ada, "Spoiled", NULL, NULL);
	assert_string_equal(ask(&ada, &row), "");
	assert_int_equal(work(&limits).made, 1);
	assert_string_equal(fetch(&ada, &row.id, &file), "");
	taken_read(&taken, arena_printf(world->arena, "%s/%s", world->folder, file.storage_key));
	assert_false(has(&taken, "/photos.json", text_of(&spoiler.photo)));
	taken_free(&taken);
	assert_int_equal(world_staged(world), 0);
	(void)clean();
	assert_int_equal(world_objects(world), 1);
}

static void one_that_is_always_spoiled_is_put_off(void **state)
{
	const struct exports_limits limits = {.meanwhile = spoil};
	struct export_row row;

	(void)state;
	memset(&spoiler, 0, sizeof(spoiler));
	spoiler.every_time = true;
	spoiler.photo = world_photo(world, &ada, "Spoiled", NULL, NULL);
	assert_string_equal(ask(&ada, &row), "");
	assert_int_equal(work(&limits).put_off, 1);
	assert_int_equal(look(&ada, &row.id).state, EXPORT_PENDING);
	assert_int_equal(work(NULL).made, 0); /* not at once */
	world->clock.fixed_us += HOUR_US;
	assert_int_equal(work(NULL).made, 1);
}

/* --- ends ---------------------------------------------------------------------------------------
 */

static bool stop_at_once(void *context)
{
	int *left = context;

	return (*left)-- <= 0;
}

static void a_stop_leaves_it_for_the_next(void **state)
{
	int left = 1;
	const struct exports_limits limits = {.stop = stop_at_once, .context = &left};
	struct export_row row;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	assert_string_equal(ask(&ada, &row), "");
	assert_int_equal(work(&limits).made, 0);
	assert_int_equal(world_staged(world), 0);
	assert_int_equal(look(&ada, &row.id).state, EXPORT_PENDING);
	assert_int_equal(work(NULL).made, 1);
}

static void erase(const struct actor *actor)
{
	struct actor proven = people_proven(world, actor);
	struct account_choices choices = {0};
	struct account_status status;

	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
}

static void an_erasure_takes_exports_along(void **state)
{
	struct export_row row;

	(void)state;
	(void)make(&ada, NULL);
	assert_string_equal(ask(&ada, &row), "");
	erase(&ada);
	assert_int_equal(world_number(world, &test_exports_rows), 0);
	assert_int_equal(world_number(world, &test_exports_files), 0);
	assert_int_equal(world_number(world, &test_exports_jobs), 0);
	(void)clean();
	assert_int_equal(world_number(world, &test_exports_queue), 0);
	assert_int_equal(world_objects(world), 0);
}

static void erase_meanwhile(void *context)
{
	bool *erased = context;

	if (!*erased) {
		*erased = true;
		erase(&ada);
		(void)clean();
	}
}

static void an_erasure_meanwhile_leaves_nothing(void **state)
{
	bool erased = false;
	const struct exports_limits limits = {.meanwhile = erase_meanwhile, .context = &erased};
	struct export_row row;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	assert_string_equal(ask(&ada, &row), "");
	assert_int_equal(work(&limits).made, 0);
	(void)work(NULL);
	(void)clean();
	assert_int_equal(world_number(world, &test_exports_rows), 0);
	assert_int_equal(world_number(world, &test_exports_jobs), 0);
	assert_int_equal(world_staged(world), 0);
	assert_int_equal(world_objects(world), 0);
}

static void nobody_gets_one_from_the_trash(void **state)
{
	struct export_row row;
	struct deletion deletion;
	struct account_choices choices = {0};

	(void)state;
	assert_string_equal(ask(&ada, &row), "");
	assert_string_equal(people_delete(world, &admin, &ada, false, &choices, &deletion), "");
	assert_int_equal(work(NULL).made, 0);
	assert_int_equal(look(&ada, &row.id).state, EXPORT_DISCARDED);
	assert_int_equal(world_number(world, &test_exports_jobs), 0);
}

/* In its grace an account's export goes on, and another can be asked for. */
static void it_goes_on_in_the_grace(void **state)
{
	struct actor proven = people_proven(world, &ada);
	struct account_choices choices = {0};
	struct account_status status;
	struct export_row row;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	row = make(&ada, NULL);
	assert_int_equal(row.state, EXPORT_READY);
}

static void the_check_of_the_storage_knows_them(void **state)
{
	const struct check_options options = {.digests = true};
	struct check_report report;

	(void)state;
	(void)world_photo(world, &ada, "Mine", NULL, NULL);
	(void)make(&ada, NULL);
	world->clock.fixed_us += 2 * HOUR_US;
	assert_true(storage_check(
	    world->db, &world->clock, world->storage, &options, NULL, NULL, &report, &error));
	assert_int_equal(report.objects, 2);
	assert_int_equal(report.rows, 2);
	assert_int_equal(report.without_row + report.without_object + report.damaged, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(everything_of_the_person_is_in_it_and_nothing_of_others, set_up),
	    cmocka_unit_test_setup(files_are_whole, set_up),
	    cmocka_unit_test_setup(a_file_that_is_missing_is_named, set_up),
	    cmocka_unit_test_setup(pages_follow_one_another, set_up),
	    cmocka_unit_test_setup(it_is_its_owners_alone, set_up),
	    cmocka_unit_test_setup(it_is_there_for_seven_days_to_the_microsecond, set_up),
	    cmocka_unit_test_setup(one_at_a_time_and_not_too_often, set_up),
	    cmocka_unit_test_setup(a_proof_is_good_once, set_up),
	    cmocka_unit_test_setup(a_purge_discards_what_contains_what_it_removed, set_up),
	    cmocka_unit_test_setup(a_purge_of_content_discards_too, set_up),
	    cmocka_unit_test_setup(what_is_purged_meanwhile_is_not_in_it, set_up),
	    cmocka_unit_test_setup(one_that_is_always_spoiled_is_put_off, set_up),
	    cmocka_unit_test_setup(a_stop_leaves_it_for_the_next, set_up),
	    cmocka_unit_test_setup(an_erasure_takes_exports_along, set_up),
	    cmocka_unit_test_setup(an_erasure_meanwhile_leaves_nothing, set_up),
	    cmocka_unit_test_setup(nobody_gets_one_from_the_trash, set_up),
	    cmocka_unit_test_setup(it_goes_on_in_the_grace, set_up),
	    cmocka_unit_test_setup(the_check_of_the_storage_knows_them, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
