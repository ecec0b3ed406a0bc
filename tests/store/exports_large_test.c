/* exports_large_test.c - an export of a gibibyte, in bounded memory. */
#include "../support/archives.h"
#include "../support/memory.h"
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/exports.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PHOTOS   41
#define BYTES    (25 * 1024 * 1024)
#define MOST_KIB (32 * 1024) /* that the process may grow by */

static char folder[] = "/tmp/lethe-large-XXXXXX";

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *place)
{
	(void)facts;
	(void)type;
	(void)place;
	return remove(path);
}

static bool has_room(void)
{
	struct statvfs facts;

	return statvfs("/tmp", &facts) == 0 &&
	       facts.f_bavail * (unsigned long long)facts.f_frsize > 5ULL << 30;
}

/* A photo whose object is a hole in the disk. */
static void add_photo(const struct actor *actor)
{
	struct id photo = world_photo(world, actor, "Large", NULL, NULL);
	struct id object = id_generate(clock_now_us(&world->clock));
	char key[STORAGE_KEY_SIZE], path[200];
	int fd;

	storage_key_make(&object, key);
	snprintf(path, sizeof(path), "%s/%.2s", folder, key);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%.5s", folder, key);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s", folder, key);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, BYTES), 0);
	close(fd);
	trash_sql(world,
	    "UPDATE files SET storage_key = '%s', bytes = %d WHERE part = 'original'"
	    " AND owner_id = %s",
	    key, BYTES, trash_hex(world, &photo));
}

static void a_gibibyte_takes_no_more_memory(void **state)
{
	const struct exports_limits limits = {0};
	struct exports_report report;
	struct export_row row;
	struct error error = {0};
	struct storage *large;
	struct file file;
	long before;

	(void)state;
	if (!has_room()) {
		print_message("skipped: less than 5 GiB are free in /tmp\n");
		skip();
	}
	scene_people();
	assert_non_null(mkdtemp(folder));
	large = storage_open_folder(folder, &error);
	assert_non_null(large);
	for (int i = 0; i < PHOTOS; i++)
		add_photo(&ada);
	world->domain.storage = large;
	assert_true(exports_request(&world->domain, &ada, world->arena, &row, &error));
	before = memory_peak_kib();
	assert_true(exports_continue(&world->domain, world->arena, &limits, &report, &error));
	assert_int_equal(report.made, 1);
	assert_true(memory_grew_less(before, MOST_KIB));
	assert_true(exports_file(&world->domain, &ada, world->arena, &row.id, &file, &error));
	assert_true(file.bytes > (int64_t)PHOTOS * BYTES);
	assert_int_equal(
	    taken_verify(arena_printf(world->arena, "%s/%s", folder, file.storage_key)), 0);
	storage_close(&large);
	world->domain.storage = world->storage;
}

static int stop(void **state)
{
	(void)state;
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return scene_stop(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_gibibyte_takes_no_more_memory),
	};

	return cmocka_run_group_tests(tests, scene_start, stop);
}
