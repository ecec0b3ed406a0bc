/* imports_test.c - a folder taken in, again and again. */
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/deletions.h>
#include <domain/imports.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

DB_STATEMENT(PHOTO_COUNT, "SELECT COUNT(*) FROM photos");
DB_STATEMENT(IN_PROJECT, "SELECT COUNT(*) FROM photos p JOIN projects j ON j.id = p.project_id"
			 " WHERE j.name = 'Garden'");
DB_STATEMENT(PROJECT_COUNT, "SELECT COUNT(*) FROM projects");
DB_STATEMENT(TITLES, "SELECT COUNT(*) FROM photos WHERE title IN ('first', 'second.v2')");
DB_STATEMENT(OF_ADA, "SELECT COUNT(*) FROM photos p JOIN users u ON u.id = p.uploader_id"
		     " WHERE u.email = 'ada@alder.example'");

static char folder[64];

/* Write a picture, different from all others, below the folder. */
static void picture(const char *name)
{
	struct storage_stage *stage = world_picture(world);
	char path[200];
	char bytes[512];
	FILE *from = fopen(storage_stage_path(stage), "rb");
	FILE *to = NULL;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	to = fopen(path, "wb");
	assert_non_null(from);
	assert_non_null(to);
	assert_int_equal(
	    fwrite(bytes, 1, fread(bytes, 1, sizeof(bytes), from), to), storage_stage_bytes(stage));
	fclose(from);
	fclose(to);
	storage_discard(&stage);
}

static void text(const char *name, const char *content)
{
	char path[200];
	FILE *file = NULL;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static int set_up(void **state)
{
	char path[200];

	(void)state;
	scene_people();
	snprintf(folder, sizeof(folder), "/tmp/lethe-import-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/below", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	picture("first.png");
	picture("below/second.v2.png");
	text("readme.txt", "no image");
	text("empty.png", "");
	return 0;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *place)
{
	(void)facts;
	(void)type;
	(void)place;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* What was told of the files, one line each. */
static char told[2000];

static void tell(void *context, enum imports_outcome outcome, const char *path, const char *why)
{
	size_t used = strlen(told);

	(void)context;
	snprintf(told + used, sizeof(told) - used, "%d %s%s\n", (int)outcome, path,
	    why ? " because" : "");
}

static struct imports_report import_all(const char *project)
{
	struct imports_options options = {
	    .folder = folder, .owner = " Ada@Alder.example ", .project = project};
	struct imports_report report;
	struct error error = {0};

	told[0] = '\0';
	if (!imports_run(&world->domain, &options, tell, NULL, &report, &error)) {
		fail_msg("%s: %s", error.code, error.message);
	}
	assert_int_equal(world_staged(world), 0);
	return report;
}

static void a_folder_is_taken_in_whole(void **state)
{
	struct imports_report report = import_all("Garden");

	(void)state;
	assert_int_equal(report.added, 2);
	assert_int_equal(report.refused, 2);
	assert_string_equal(told,
	    "0 below/second.v2.png\n3 empty.png because\n0 first.png\n3 readme.txt because\n");
	assert_int_equal(world_number(world, &IN_PROJECT), 2);
	assert_int_equal(world_number(world, &TITLES), 2);
	assert_int_equal(world_number(world, &OF_ADA), 2);
}

static void what_is_stored_is_skipped(void **state)
{
	struct imports_report report;

	(void)state;
	import_all("Garden");
	picture("third.png");
	report = import_all("Garden");
	assert_int_equal(report.added, 1);
	assert_int_equal(report.stored, 2);
	assert_int_equal(world_number(world, &PHOTO_COUNT), 3);
	assert_int_equal(world_number(world, &PROJECT_COUNT), 1);
	assert_int_equal(world_objects(world), 3);
}

static void what_is_in_the_trash_is_told_and_left_there(void **state)
{
	struct photos_page page;
	struct deletion deletion;
	struct deletion_act act = {.kind = ITEM_PHOTO, .origin = ORIGIN_BY_ACTOR};
	struct imports_report report;

	(void)state;
	import_all(NULL);
	assert_true(photos_list(
	    &world->domain, &ada, world->arena, &(struct photos_query){0}, &page, NULL));
	act.item_id = page.items[0].id;
	assert_true(deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, NULL));
	report = import_all(NULL);
	assert_int_equal(report.stored, 1);
	assert_int_equal(report.in_trash, 1);
	assert_int_equal(report.added, 0);
}

static void the_same_file_of_another_organisation_is_taken(void **state)
{
	struct imports_options options = {.folder = folder, .owner = "mia@birch.example"};
	struct imports_report report;

	(void)state;
	import_all(NULL);
	assert_true(imports_run(&world->domain, &options, NULL, NULL, &report, NULL));
	assert_int_equal(report.added, 2);
}

static void links_are_not_followed(void **state)
{
	char target[200];
	char path[200];

	(void)state;
	snprintf(target, sizeof(target), "%s/first.png", folder);
	snprintf(path, sizeof(path), "%s/link.png", folder);
	assert_int_equal(symlink(target, path), 0);
	snprintf(path, sizeof(path), "%s/loop", folder);
	assert_int_equal(symlink(folder, path), 0);
	assert_int_equal(import_all(NULL).added, 2);
	assert_null(strstr(told, "link"));
}

static void names_that_are_no_text_give_no_title(void **state)
{
	(void)state;
	picture("\xff\xfe.png");
	assert_int_equal(import_all(NULL).added, 3);
}

static void wrong_owners_and_folders_are_named(void **state)
{
	struct imports_options options = {.folder = folder, .owner = "nobody@alder.example"};
	struct imports_report report;
	struct error error = {0};

	(void)state;
	assert_false(imports_run(&world->domain, &options, NULL, NULL, &report, &error));
	assert_string_equal(error.field, "owner");
	options = (struct imports_options){.folder = "/nowhere", .owner = "ada@alder.example"};
	assert_false(imports_run(&world->domain, &options, NULL, NULL, &report, &error));
	assert_string_equal(error.field, "folder");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_folder_is_taken_in_whole, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_stored_is_skipped, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_is_in_the_trash_is_told_and_left_there, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_same_file_of_another_organisation_is_taken, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(links_are_not_followed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		names_that_are_no_text_give_no_title, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(wrong_owners_and_folders_are_named, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("imports", tests, scene_start, scene_stop);
}
