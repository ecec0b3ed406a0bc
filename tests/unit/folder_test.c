/* folder_test.c - reading the texts of a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/program.h"
#include <base/arena.h>
#include <base/folder.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;
static char folder[32];

static int set_up(void **state)
{
	(void)state;
	arena = arena_create();
	strcpy(folder, "/tmp/lethe-folder-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	program_remove_folder(folder);
	arena_destroy(&arena);
	return 0;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(arena_join(arena, folder, "/", name, NULL), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* What was read, by name; `refused` is the name at which the visitor gives up. */
struct seen {
	unsigned count;
	size_t bytes;
	char names[200];
	const char *refused;
};

static bool see(void *context, const char *name, const char *path, const char *text, size_t length,
    struct error *error)
{
	struct seen *seen = context;

	assert_string_equal(path, arena_join(arena, folder, "/", name, ".txt", NULL));
	assert_int_equal(strlen(text), length);
	seen->count++;
	seen->bytes += length;
	strcat(strcat(seen->names, name), " ");
	if (seen->refused && strcmp(seen->refused, name) == 0)
		return error_set(error, ERROR_INVALID, "refused", "No.");
	return true;
}

static bool read_all(struct seen *seen, size_t max_bytes, struct error *error)
{
	return folder_read_texts(folder, ".txt", max_bytes, see, seen, error);
}

static void files_of_the_ending_are_read_in_all_folders(void **state)
{
	struct seen seen = {0};
	struct error error = {0};

	(void)state;
	assert_int_equal(mkdir(arena_join(arena, folder, "/inner", NULL), 0700), 0);
	write_file("a.txt", "one");
	write_file("inner/b.txt", "seven");
	write_file("c.text", "not this");
	write_file(".hidden.txt", "nor this");
	write_file(".txt", "nor this");
	assert_true(read_all(&seen, 100, &error));
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.bytes, 8);
	assert_non_null(strstr(seen.names, "a "));
	assert_non_null(strstr(seen.names, "inner/b "));
}

static void a_file_may_be_as_large_as_allowed(void **state)
{
	struct seen seen = {0};
	struct error error = {0};

	(void)state;
	write_file("a.txt", "1234");
	assert_true(read_all(&seen, 4, &error));
	assert_false(read_all(&seen, 3, &error));
	assert_string_equal(error.code, "unreadable_file");
	assert_non_null(strstr(error.message, "/a.txt: is too large"));
	assert_int_equal(seen.count, 1);
}

static void a_refusal_ends_the_reading(void **state)
{
	struct seen seen = {.refused = "a"};
	struct error error = {0};

	(void)state;
	write_file("a.txt", "1234");
	assert_false(read_all(&seen, 100, &error));
	assert_string_equal(error.code, "refused");
}

static void what_cannot_be_read_is_named(void **state)
{
	struct seen seen = {0};
	struct error error = {0};

	(void)state;
	assert_int_equal(symlink("nowhere", arena_join(arena, folder, "/a.txt", NULL)), 0);
	assert_false(read_all(&seen, 100, &error));
	assert_non_null(strstr(error.message, "/a.txt: No such file"));
	assert_false(folder_read_texts("/nowhere", ".txt", 1, see, &seen, &error));
	assert_string_equal(error.message, "/nowhere: No such file or directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(files_of_the_ending_are_read_in_all_folders),
	    TEST(a_file_may_be_as_large_as_allowed),
	    TEST(a_refusal_ends_the_reading),
	    TEST(what_cannot_be_read_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
