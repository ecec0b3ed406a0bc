/* exports_many_test.c - an export of more files than the older form of archives can count (65,535):
 * its directory is then ZIP64's, and programs that are not ours read all of it. */
#include "../support/archives.h"
#include "../support/exporting.h"
#include "../support/memory.h"
#include "../support/program.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PHOTOS     65600
#define NAMES_MOST 40000       /* of one file: file systems bound them */
#define MOST_KIB   (48 * 1024) /* to grow by: the directory, 200 bytes for each file */
#define CONTENT    "tiny"

/* The i-th object's id; all in the folder "ab/cd". */
static struct id object_id(unsigned i)
{
	char text[ID_TEXT_SIZE];
	struct id id;

	snprintf(text, sizeof(text), "01900000-0000-7000-8000-%08xabcd", i);
	assert_true(id_parse(text, &id));
	return id;
}

/* One file by many names; another one where these are too many. */
static void make_objects(void)
{
	char path[200], first[200] = "", key[STORAGE_KEY_SIZE];

	snprintf(path, sizeof(path), "%s/ab", world->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	strcat(path, "/cd");
	assert_int_equal(mkdir(path, 0700), 0);
	for (unsigned i = 1; i <= PHOTOS; i++) {
		struct id id = object_id(i);

		storage_key_make(&id, key);
		snprintf(path, sizeof(path), "%s/%s", world->folder, key);
		if (i % NAMES_MOST == 1) {
			int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);

			assert_true(fd >= 0 && write(fd, CONTENT, strlen(CONTENT)) > 0);
			close(fd);
			strcpy(first, path);
		} else {
			assert_int_equal(link(first, path), 0);
		}
	}
}

static void make_rows(void)
{
	trash_sql(world,
	    "INSERT INTO photos (id, organization_id, uploader_id, title, status, bytes,"
	    " created_at) SELECT UNHEX(CONCAT('01900000000070008000', LPAD(HEX(seq), 8, '0'),"
	    " 'abcd')), %s, %s, 'Tiny', 'approved', %zu, '2026-01-01' FROM seq_1_to_%d",
	    trash_hex(world, &ada.organization_id), trash_hex(world, &ada.user_id), strlen(CONTENT),
	    PHOTOS);
	trash_sql(world,
	    "INSERT INTO files (id, organization_id, owner_kind, owner_id, part, storage_key,"
	    " content_type, bytes, digest, created_at) SELECT id, organization_id, 'photo', id,"
	    " 'original', CONCAT('ab/cd/', LOWER(CONCAT_WS('-', SUBSTR(HEX(id), 1, 8),"
	    " SUBSTR(HEX(id), 9, 4), SUBSTR(HEX(id), 13, 4), SUBSTR(HEX(id), 17, 4),"
	    " SUBSTR(HEX(id), 21)))), 'image/png', bytes, UNHEX(REPEAT('0', 64)), created_at"
	    " FROM photos");
}

/* How many files python's zipfile finds, each whole. */
static long count_entries(const char *path)
{
	static const char script[] = "import sys, zipfile\n"
				     "z = zipfile.ZipFile(sys.argv[1])\n"
				     "assert z.testzip() is None\n"
				     "print(len(set(z.namelist())))";
	char output[64] = "";

	assert_int_equal(program_run((const char *const[]){"python3", "-c", script, path, NULL},
			     output, sizeof(output)),
	    0);
	return atol(output);
}

/* The archive ends in ZIP64's record of where the directory is (APPNOTE.TXT 4.3.15). */
static bool is_zip64(const char *path)
{
	char end[20 + 22] = "";
	FILE *file = fopen(path, "r");
	bool ok = file && fseek(file, -(long)sizeof(end), SEEK_END) == 0 &&
		  fread(end, sizeof(end), 1, file) == 1;

	if (file)
		fclose(file);
	return ok && memcmp(end, "PK\6\7", 4) == 0;
}

static void more_files_than_the_older_form_counts(void **state)
{
	const char *path;
	long before;

	(void)state;
	scene_people();
	people_authorize(world);
	make_objects();
	make_rows();
	before = memory_peak_kib();
	(void)exporting_make(world, &ada, &path);
	assert_true(memory_grew_less(before, MOST_KIB));
	assert_true(is_zip64(path));
	/* The documents of photos and of files, and README.txt. */
	assert_int_equal(count_entries(path), PHOTOS + (long)export_section_count() + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(more_files_than_the_older_form_counts),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
