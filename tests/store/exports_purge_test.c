/* exports_purge_test.c - exports and purges: what is removed is in none. */
#include "../support/archives.h"
#include "../support/containers.h"
#include "../support/exporting.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/exports.h>
#include <string.h>

DB_STATEMENT(test_purged_files, "SELECT COUNT(*) FROM files WHERE owner_kind = 'export'");

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
	row = exporting_make(world, &ada, NULL);
	other = exporting_make(world, &ben, NULL);
	purge_now(&theirs, &ben);
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "");
	assert_string_equal(exporting_fetch(world, &ben, &other.id, &file), "export_discarded");
	assert_int_equal(exporting_error()->kind, ERROR_GONE);
	/* In the trash it is not gone yet. */
	assert_string_equal(trash_delete(world, &ada, &mine, NULL), "");
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "");
	purge_now(&noted, &ben);
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "export_discarded");
	row = exporting_look(world, &ada, &row.id);
	assert_int_equal(row.state, EXPORT_DISCARDED);
	assert_int_equal(row.settled_us, world->clock.fixed_us);
	assert_int_equal(world_number(world, &test_purged_files), 0);
	(void)exporting_clean(world);
	assert_int_equal(world_objects(world), 0);
}

static void a_purge_of_content_discards_too(void **state)
{
	struct id quest;
	struct export_row row;
	struct file file;

	(void)state;
	quest = trash_content(world, &ada, ITEM_QUEST, "archived", 2);
	row = exporting_make(world, &ada, NULL);
	assert_string_equal(trash_forever(world, &ada, ITEM_QUEST, &quest, NULL), "");
	(void)trash_purge(world);
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "export_discarded");
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
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(exporting_work(world, &limits).made, 1);
	assert_string_equal(exporting_fetch(world, &ada, &row.id, &file), "");
	taken_read(&taken, arena_printf(world->arena, "%s/%s", world->folder, file.storage_key));
	assert_false(has(&taken, "/photos.json", text_of(&spoiler.photo)));
	taken_free(&taken);
	assert_int_equal(world_staged(world), 0);
	(void)exporting_clean(world);
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
	assert_string_equal(exporting_ask(world, &ada, &row), "");
	assert_int_equal(exporting_work(world, &limits).put_off, 1);
	assert_int_equal(exporting_look(world, &ada, &row.id).state, EXPORT_PENDING);
	assert_int_equal(exporting_work(world, NULL).made, 0); /* not at once */
	world->clock.fixed_us += HOUR_US;
	assert_int_equal(exporting_work(world, NULL).made, 1);
}

static void expect_discarded(const struct actor *actor, const struct export_row *row)
{
	struct file file;

	assert_string_equal(exporting_fetch(world, actor, &row->id, &file), "export_discarded");
}

/* What somebody did with another's photo is in their export, too. */
static void a_purge_of_anothers_discards_where_it_took_part(void **state)
{
	struct id shared, placed, album;
	struct export_row row;

	(void)state;
	shared = world_photo(world, &ben, "Shared", NULL, NULL);
	placed = world_photo(world, &ben, "Placed", NULL, NULL);
	album = world_place(world, &ada, PLACE_ALBUM, "Album");
	trash_share(world, &ada, &shared, 7);
	trash_sql(world, "UPDATE photo_shares SET created_by = %s", trash_hex(world, &ada.user_id));
	trash_place(world, &album, &placed);
	row = exporting_make(world, &ada, NULL);
	purge_now(&shared, &ben);
	expect_discarded(&ada, &row);
	row = exporting_make(world, &ada, NULL);
	purge_now(&placed, &ben);
	expect_discarded(&ada, &row);
}

/* Of what the admins made, who made it. */
static void a_purge_of_a_place_discards_its_makers(void **state)
{
	static const struct {
		enum item_kind kind;
		int place;
	} rows[] = {{ITEM_PROJECT, PLACE_PROJECT}, {ITEM_SITE, PLACE_SITE}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct id id = world_place(world, &ada, rows[i].place, "harvest");
		struct export_row row = exporting_make(world, &ada, NULL);
		struct deletion deletion;

		assert_string_equal(containers_delete(world, &admin, rows[i].kind, &id,
					PHOTO_ACTION_ORPHAN, "harvest", &deletion),
		    "");
		world->clock.fixed_us = deletion.recover_until_us;
		(void)trash_purge(world);
		expect_discarded(&ada, &row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_purge_discards_what_contains_what_it_removed, set_up),
	    cmocka_unit_test_setup(a_purge_of_content_discards_too, set_up),
	    cmocka_unit_test_setup(what_is_purged_meanwhile_is_not_in_it, set_up),
	    cmocka_unit_test_setup(one_that_is_always_spoiled_is_put_off, set_up),
	    cmocka_unit_test_setup(a_purge_of_anothers_discards_where_it_took_part, set_up),
	    cmocka_unit_test_setup(a_purge_of_a_place_discards_its_makers, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
