/* extend_test.c - lengthening windows: which, by how much, and what must never be lengthened. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <cli/cli.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct actor platform;
static struct id photos[4], of_stranger;
static struct deletion deletions[4], deletion_of_stranger;

/* Four photos in the trash of one organisation and one in another's. */
static int set_up(void **state)
{
	(void)state;
	scene_people();
	platform = world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	for (int i = 0; i < 4; i++) {
		photos[i] = world_photo(world, &ada, "A photo", NULL, NULL);
		assert_string_equal(trash_delete(world, &ada, &photos[i], &deletions[i]), "");
	}
	of_stranger = world_photo(world, &stranger, "Map", NULL, NULL);
	assert_string_equal(
	    trash_delete(world, &stranger, &of_stranger, &deletion_of_stranger), "");
	return 0;
}

static const char *extend(const struct purge_extension *extension, int64_t *count)
{
	static struct error error;
	struct actor operator= actor_system("operator", &id_none);

	error_clear(&error);
	return purge_extend(&world->domain, &operator, extension, count, &error) ? "" : error.code;
}

static int64_t window_of(const struct deletion *deletion)
{
	return trash_find(world, &deletion->id).recover_until_us;
}

static void all_windows_end_later(void **state)
{
	int64_t until_us = world->clock.fixed_us + 100 * HOUR_US, count;

	(void)state;
	for (unsigned rows = 1; rows < 4; rows++) {
		set_up(NULL);
		world->domain.step_rows = rows;
		assert_string_equal(
		    extend(&(struct purge_extension){.until_us = until_us}, &count), "");
		assert_int_equal(count, 5);
		assert_int_equal(window_of(&deletions[0]), until_us);
		assert_int_equal(window_of(&deletion_of_stranger), until_us);
		assert_int_equal(trash_entries(world, "purge.extend"), 1);
		/* Never shorter. */
		assert_string_equal(
		    extend(&(struct purge_extension){.until_us = until_us - HOUR_US}, &count), "");
		assert_int_equal(count, 0);
		assert_int_equal(window_of(&deletions[0]), until_us);
	}
}

static void some_windows_end_later(void **state)
{
	int64_t before_us = deletions[0].recover_until_us, count;

	(void)state;
	assert_string_equal(
	    extend(&(struct purge_extension){.deletion_id = deletions[1].id, .by_us = HOUR_US},
		&count),
	    "");
	assert_int_equal(count, 1);
	assert_int_equal(window_of(&deletions[0]), before_us);
	assert_int_equal(window_of(&deletions[1]), before_us + HOUR_US);
	assert_string_equal(
	    extend(&(struct purge_extension){.organization_id = stranger.organization_id,
		       .by_us = HOUR_US},
		&count),
	    "");
	assert_int_equal(count, 1);
	assert_int_equal(window_of(&deletions[0]), before_us);
	assert_int_equal(window_of(&deletion_of_stranger), before_us + HOUR_US);
}

/* Paused in time, what is over is not lost: it can be restored again. */
static void a_window_that_is_over_opens_again_until_the_purge_has_begun(void **state)
{
	struct actor operator= actor_system("operator", &id_none);
	struct error error = {0};
	int64_t count;

	(void)state;
	world->clock.fixed_us = deletions[0].recover_until_us + 3 * HOUR_US;
	assert_true(purge_pause(&world->domain, &operator, & error));
	assert_string_equal(trash_restore(world, &ada, &deletions[0].id, NULL), "window_closed");
	assert_string_equal(
	    extend(&(struct purge_extension){.deletion_id = deletions[0].id, .by_us = HOUR_US},
		&count),
	    "");
	assert_int_equal(window_of(&deletions[0]), world->clock.fixed_us + HOUR_US);
	assert_true(purge_resume(&world->domain, &operator, & error));
	assert_int_equal(trash_purge(world).deletions, 4);
	assert_string_equal(trash_restore(world, &ada, &deletions[0].id, NULL), "");
	assert_string_equal(
	    extend(&(struct purge_extension){.deletion_id = deletions[1].id, .by_us = HOUR_US},
		&count),
	    "not_extended");
}

static void accounts_and_requests_are_never_extended(void **state)
{
	static const char *const sets[] = {
	    "kind = 'user'", "origin = 'account'", "origin = 'request'", "mode = 'hard'"};
	int64_t before_us = deletions[0].recover_until_us, count;

	(void)state;
	for (int i = 0; i < 4; i++) {
		trash_sql(world, "UPDATE deletions SET %s WHERE id = %s", sets[i],
		    trash_hex(world, &deletions[i].id));
		assert_string_equal(extend(&(struct purge_extension){.deletion_id = deletions[i].id,
					       .by_us = HOUR_US},
					&count),
		    "not_extended");
	}
	assert_string_equal(extend(&(struct purge_extension){.by_us = HOUR_US}, &count), "");
	assert_int_equal(count, 1);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(window_of(&deletions[i]), before_us);
	}
}

static void only_the_operator_and_platform_admins_extend(void **state)
{
	struct purge_extension extension = {.by_us = HOUR_US};
	struct error error = {0};
	int64_t count;

	(void)state;
	assert_false(purge_extend(&world->domain, &admin, &extension, &count, &error));
	assert_string_equal(error.code, "forbidden");
	assert_true(purge_extend(&world->domain, &platform, &extension, &count, &error));
	assert_int_equal(count, 5);
	extension = (struct purge_extension){.until_us = world->clock.fixed_us};
	assert_string_equal(extend(&extension, &count), "not_in_future");
	extension = (struct purge_extension){.deletion_id = ada.user_id, .by_us = HOUR_US};
	assert_string_equal(extend(&extension, &count), "not_found");
}

/* Run `lethe purge` with these words; its status, and what it said in `said`. */
static int run(const char *line, char **said)
{
	char *words[8], *copy = arena_dup(world->arena, line), *rest = NULL;
	size_t size = 0;
	int count = 0, status;
	struct cli cli = {.db = world->db, .clock = &world->clock, .arena = world->arena};

	cli.out = cli.err = open_memstream(said, &size);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		words[count++] = word;
	}
	status = cli_purge(&cli, count, words);
	fclose(cli.out);
	return status;
}

static void expect_run(const char *line, int status, const char *words)
{
	char *said = NULL;
	int ended = run(line, &said);

	if (ended != status || !strstr(said, words)) {
		fail_msg("%s: %d, %s", line, ended, said);
	}
	free(said);
}

static void the_command_says_what_it_did(void **state)
{
	char id[ID_TEXT_SIZE];
	int64_t before_us = deletions[0].recover_until_us;

	(void)state;
	id_format(&deletions[0].id, id);
	expect_run("extend --by 12h", CLI_OK, "5 deletion(s)");
	assert_int_equal(window_of(&deletions[0]), before_us + 12 * HOUR_US);
	expect_run("extend --org Alder --by 1d", CLI_OK, "4 deletion(s)");
	expect_run(arena_printf(world->arena, "extend --deletion %s --by 30m", id), CLI_OK,
	    "1 deletion(s)");
	assert_int_equal(window_of(&deletions[0]), before_us + 36 * HOUR_US + HOUR_US / 2);
	expect_run("extend --until 2027-01-01", CLI_OK, "5 deletion(s)");
	expect_run("extend --org Nobody --by 1d", CLI_FAILED, "no organisation");
	expect_run("extend --by 0h", CLI_USAGE, "usage");
	expect_run("extend --by -1h", CLI_USAGE, "usage");
	expect_run("extend --by 12", CLI_USAGE, "usage");
	expect_run("extend", CLI_USAGE, "usage");
	expect_run("extend --by", CLI_USAGE, "usage");
	expect_run("extend --by 1h --until 2027-01-01", CLI_USAGE, "usage");
	expect_run("extend --until yesterday", CLI_USAGE, "usage");
	expect_run("extend --until 2020-01-01", CLI_FAILED, "future");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(all_windows_end_later, set_up),
	    cmocka_unit_test_setup(some_windows_end_later, set_up),
	    cmocka_unit_test_setup(
		a_window_that_is_over_opens_again_until_the_purge_has_begun, set_up),
	    cmocka_unit_test_setup(accounts_and_requests_are_never_extended, set_up),
	    cmocka_unit_test_setup(only_the_operator_and_platform_admins_extend, set_up),
	    cmocka_unit_test_setup(the_command_says_what_it_did, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
