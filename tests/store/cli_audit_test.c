/* cli_audit_test.c - lethe audit export: of one organisation, and of all of them. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <cli/cli.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *output, *complaint;

/* A deletion in each of two organisations. */
static int set_up(void **state)
{
	struct id photo;

	(void)state;
	scene_people();
	photo = world_photo(world, &ada, "river", NULL, NULL);
	assert_string_equal(trash_delete(world, &ada, &photo, NULL), "");
	photo = world_photo(world, &stranger, "hill", NULL, NULL);
	assert_string_equal(trash_delete(world, &stranger, &photo, NULL), "");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(output);
	free(complaint);
	output = complaint = NULL;
	return 0;
}

static int run(int argc, const char *const *argv)
{
	size_t size = 0;
	struct cli cli = {.db = world->db, .clock = &world->clock, .arena = world->arena};
	int status;

	tear_down(NULL);
	cli.out = open_memstream(&output, &size);
	cli.err = open_memstream(&complaint, &size);
	status = cli_audit(&cli, argc, (char **)(void *)argv);
	fclose(cli.out);
	fclose(cli.err);
	return status;
}
#define RUN(...)                                                                                   \
	run(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *[]){__VA_ARGS__})

static bool tells_of(const struct actor *actor)
{
	char id[ID_TEXT_SIZE];

	id_format(&actor->user_id, id);
	return strstr(output, arena_printf(world->arena, "\"actor\":\"%s\"", id)) != NULL;
}

static bool names(const struct actor *actor)
{
	char id[ID_TEXT_SIZE];

	id_format(&actor->organization_id, id);
	return strstr(output, arena_printf(world->arena, "\"organization_id\":\"%s\"", id)) != NULL;
}

static void without_an_organisation_it_is_of_all(void **state)
{
	(void)state;
	assert_int_equal(RUN("export", "--format", "jsonl"), CLI_OK);
	assert_true(tells_of(&ada) && tells_of(&stranger));
	assert_true(names(&ada) && names(&stranger));
	assert_int_equal(RUN("export"), CLI_OK);
	assert_non_null(strstr(output, ",request_id,organization_id\r\n"));
}

static void of_one_it_is_of_that_alone(void **state)
{
	char id[ID_TEXT_SIZE];

	(void)state;
	id_format(&ada.organization_id, id);
	assert_int_equal(RUN("export", "--format", "jsonl", "--organization", id), CLI_OK);
	assert_true(tells_of(&ada) && !tells_of(&stranger) && !names(&ada));
	assert_int_equal(RUN("export", "--org", "Alder", "--format", "jsonl"), CLI_OK);
	assert_true(tells_of(&ada) && !tells_of(&stranger));
	assert_int_equal(RUN("export", "--org", "Alder"), CLI_OK);
	assert_non_null(strstr(output, ",request_id\r\n"));
}

static void times_bound_it(void **state)
{
	char now[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format(world->clock.fixed_us + CLOCK_SECOND_US, now);
	assert_int_equal(RUN("export", "--format", "jsonl", "--from", now), CLI_OK);
	assert_string_equal(output, "");
	assert_int_equal(RUN("export", "--format", "jsonl", "--to", now), CLI_OK);
	assert_true(tells_of(&ada) && tells_of(&stranger));
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	assert_int_equal(RUN("export", "--org", "Nobody"), CLI_FAILED);
	assert_non_null(strstr(complaint, "no organisation called \"Nobody\""));
	assert_int_equal(RUN("export", "--org", "Alder", "--organization", "x"), CLI_USAGE);
	assert_int_equal(RUN("export", "--from", "yesterday"), CLI_USAGE);
	assert_int_equal(RUN("export", "--format"), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		without_an_organisation_it_is_of_all, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(of_one_it_is_of_that_alone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(times_bound_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
