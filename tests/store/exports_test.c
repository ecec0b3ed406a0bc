/* exports_test.c - what people take with them: what is in it, and what is not. */
#include "../support/archives.h"
#include "../support/exporting.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/exports.h>
#include <store/places.h>
#include <string.h>

static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	return 0;
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
	(void)exporting_make(world, &ada, &path);
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
	(void)exporting_make(world, &ada, &path);
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
	(void)exporting_make(world, &ada, &path);
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
	trash_sql(world,
	    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, owner_id,"
	    " initiator_id, origin, mode, state, deleted_at, recover_until)"
	    " SELECT UNHEX(MD5(seq)), %s, UNHEX(MD5(seq)), 'photo', UNHEX(MD5(seq)), %s, %s,"
	    " 'owner', 'soft', IF(seq MOD 3, 'restored', 'trashed'), '2026-01-01', '2026-01-02'"
	    " FROM seq_1_to_450",
	    trash_hex(world, &ada.organization_id), trash_hex(world, &ada.user_id),
	    trash_hex(world, &ada.user_id));
	(void)exporting_make(world, &ada, &path);
	taken_read(&taken, path);
	assert_int_equal(check_owned(&ada, &taken, true), 350 + 450);
	assert_int_equal(taken.count, 120 + export_section_count() + 3);
	taken_free(&taken);
}

/* More places in an album than a page has, and albums after it. */
static void pairs_follow_one_another(void **state)
{
	struct taken taken;
	const char *path;
	unsigned rows = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct id album = world_place(world, &ada, PLACE_ALBUM, "Album");

		(void)world_photo(world, &ben, "Theirs", NULL, NULL);
		for (int k = 0; k < 70; k++) {
			struct id photo = world_photo(world, &ben, "Theirs", NULL, NULL);
			trash_place(world, &album, &photo);
		}
	}
	trash_sql(world, "DELETE FROM album_photos");
	trash_sql(world, "INSERT INTO album_photos (album_id, photo_id, position)"
			 " SELECT a.id, p.id, 0 FROM albums a JOIN photos p");
	(void)exporting_make(world, &ada, &path);
	taken_read(&taken, path);
	for (const char *at = taken_find(&taken, "/album_photos.json")->bytes;
	     (at = strstr(at, "\"album_id\"")); at++)
		rows++;
	assert_int_equal(rows, 3 * 213);
	taken_free(&taken);
}

/* Small pictures that were sent along are hers as well. */
static void thumbnails_are_in_it(void **state)
{
	struct photos_upload upload = {
	    .original = world_picture(world), .thumbnail = world_picture(world), .title = "Two"};
	struct photo photo;
	struct file stored;
	struct taken taken;
	const struct taken_file *file;
	unsigned char digest[FILE_DIGEST_SIZE];
	const char *path;

	(void)state;
	assert_true(photos_add(&world->domain, &ada, world->arena, &upload, &photo, &error));
	(void)exporting_make(world, &ada, &path);
	assert_int_equal(taken_verify(path), 0);
	taken_read(&taken, path);
	assert_int_equal(store_file_find(world->db, world->arena, &ada.organization_id, &photo.id,
			     FILE_THUMBNAIL, &stored),
	    DB_OK);
	file = taken_find(&taken, "/thumbnails/");
	assert_non_null(file);
	taken_digest(file, digest);
	assert_memory_equal(digest, stored.digest, sizeof(digest));
	assert_non_null(
	    strstr(taken_find(&taken, "/photos.json")->bytes, strstr(file->name, "thumbnails/")));
	taken_free(&taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(everything_of_the_person_is_in_it_and_nothing_of_others, set_up),
	    cmocka_unit_test_setup(files_are_whole, set_up),
	    cmocka_unit_test_setup(a_file_that_is_missing_is_named, set_up),
	    cmocka_unit_test_setup(pages_follow_one_another, set_up),
	    cmocka_unit_test_setup(pairs_follow_one_another, set_up),
	    cmocka_unit_test_setup(thumbnails_are_in_it, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
