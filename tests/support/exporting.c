/* exporting.c - exports asked for, made and fetched. */
#include "exporting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <storage/cleanup.h>

static struct error error;

const char *exporting_ask(struct world *world, const struct actor *actor, struct export_row *row_r)
{
	struct actor proven = people_proven(world, actor);

	error_clear(&error);
	return exports_request(&world->domain, &proven, world->arena, row_r, &error) ? ""
										     : error.code;
}

struct exports_report exporting_work(struct world *world, const struct exports_limits *limits)
{
	static const struct exports_limits none = {0};
	struct exports_report report;

	error_clear(&error);
	if (!exports_continue(
		&world->domain, world->arena, limits ? limits : &none, &report, &error))
		fail_msg("%s", error.code);
	return report;
}

struct export_row exporting_look(
    struct world *world, const struct actor *actor, const struct id *id)
{
	struct export_row row;

	assert_true(exports_get(&world->domain, actor, world->arena, id, &row, &error));
	return row;
}

const char *exporting_fetch(
    struct world *world, const struct actor *actor, const struct id *id, struct file *file_r)
{
	error_clear(&error);
	return exports_file(&world->domain, actor, world->arena, id, file_r, &error) ? ""
										     : error.code;
}

struct export_row exporting_make(
    struct world *world, const struct actor *actor, const char **path_r)
{
	struct export_row row;
	struct file file;

	assert_string_equal(exporting_ask(world, actor, &row), "");
	assert_int_equal(exporting_work(world, NULL).made, 1);
	assert_string_equal(exporting_fetch(world, actor, &row.id, &file), "");
	if (path_r)
		*path_r = arena_printf(world->arena, "%s/%s", world->folder, file.storage_key);
	return exporting_look(world, actor, &row.id);
}

unsigned exporting_clean(struct world *world)
{
	struct cleanup_report report = {0};

	assert_true(
	    storage_cleanup_run(world->db, &world->clock, world->storage, 1000, &report, &error));
	return report.removed;
}

const struct error *exporting_error(void)
{
	return &error;
}
