/* storage_test.c - objects in a folder, and how long a failed removal waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <storage/cleanup.h>
#include <storage/storage.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char folder[64];
	struct storage *storage;
};

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *place)
{
	(void)facts;
	(void)type;
	(void)place;
	return remove(path);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	char folder[80];

	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/lethe-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(folder, sizeof(folder), "%s/objects", fixture->folder);
	fixture->storage = storage_open_folder(folder, NULL);
	assert_non_null(fixture->storage);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	storage_close(&fixture->storage);
	assert_null(fixture->storage);
	nftw(fixture->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(fixture);
	return 0;
}

static struct storage_stage *stage(struct fixture *fixture, const char *text, uint64_t limit)
{
	struct storage_stage *stage = storage_stage(fixture->storage, limit, NULL);

	assert_non_null(stage);
	assert_true(storage_stage_write(stage, text, strlen(text), NULL));
	return stage;
}

static struct storage_object store(struct fixture *fixture, const char *text, int64_t at_us)
{
	struct storage_stage *staged = stage(fixture, text, 1000);
	struct storage_object object = {0};
	struct id id = id_generate(at_us);

	assert_true(storage_commit(&staged, &id, &object, NULL));
	assert_null(staged);
	return object;
}

struct listing {
	unsigned count;
	char key[STORAGE_KEY_SIZE];
	uint64_t bytes;
	int64_t modified_us;
};

static bool note(void *context, const char *key, uint64_t bytes, int64_t modified_us)
{
	struct listing *listing = context;

	listing->count++;
	snprintf(listing->key, sizeof(listing->key), "%s", key);
	listing->bytes = bytes;
	listing->modified_us = modified_us;
	return listing->count < 3;
}

static unsigned stale(struct fixture *fixture)
{
	unsigned count = 0;

	assert_true(storage_count_stale(fixture->storage, INT64_MAX, &count, NULL));
	return count;
}

static void an_object_is_stored_whole(void **state)
{
	struct fixture *fixture = *state;
	struct storage_object object = store(fixture, "water", 1769000000123000);
	unsigned char expected[STORAGE_DIGEST_SIZE];
	unsigned char digest[STORAGE_DIGEST_SIZE];
	struct listing listing = {0};
	bool exists = false;
	uint64_t bytes = 0;

	crypto_generichash(expected, sizeof(expected), (const unsigned char *)"water", 5, NULL, 0);
	assert_int_equal(object.bytes, 5);
	assert_memory_equal(object.digest, expected, sizeof(expected));
	assert_true(storage_read_digest(fixture->storage, object.key, digest, NULL));
	assert_memory_equal(digest, expected, sizeof(expected));
	assert_true(storage_exists(fixture->storage, object.key, &exists, &bytes, NULL));
	assert_true(exists);
	assert_int_equal(bytes, 5);
	assert_true(storage_list(fixture->storage, note, &listing, NULL));
	assert_int_equal(listing.count, 1);
	assert_string_equal(listing.key, object.key);
	assert_int_equal(listing.bytes, 5);
	assert_int_equal(listing.modified_us, 1769000000123000);
	assert_int_equal(stale(fixture), 0);
}

static void a_removed_object_is_gone_and_an_absent_one_counts_as_removed(void **state)
{
	struct fixture *fixture = *state;
	struct storage_object object = store(fixture, "water", 1);
	unsigned char digest[STORAGE_DIGEST_SIZE];
	struct error error = {0};
	bool exists = true;

	assert_true(storage_remove(fixture->storage, object.key, NULL));
	assert_true(storage_exists(fixture->storage, object.key, &exists, NULL, NULL));
	assert_false(exists);
	assert_true(storage_remove(fixture->storage, object.key, NULL));
	assert_false(storage_read_digest(fixture->storage, object.key, digest, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

static void a_discarded_stage_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct storage_stage *staged = stage(fixture, "water", 5);

	assert_int_equal(stale(fixture), 1);
	assert_int_equal(storage_stage_bytes(staged), 5);
	storage_discard(&staged);
	assert_null(staged);
	storage_discard(&staged);
	assert_int_equal(stale(fixture), 0);
}

static void more_than_the_limit_is_too_large(void **state)
{
	struct fixture *fixture = *state;
	struct storage_stage *staged = stage(fixture, "water", 5);
	struct error error = {0};

	assert_false(storage_stage_write(staged, "s", 1, &error));
	assert_int_equal(error.kind, ERROR_TOO_LARGE);
	assert_int_equal(storage_stage_bytes(staged), 5);
	storage_discard(&staged);
}

static void the_digest_of_a_stage_can_be_asked_on_the_way(void **state)
{
	struct fixture *fixture = *state;
	struct storage_stage *staged = stage(fixture, "wa", 5);
	unsigned char first[STORAGE_DIGEST_SIZE];
	unsigned char expected[STORAGE_DIGEST_SIZE];

	storage_stage_digest(staged, first);
	crypto_generichash(expected, sizeof(expected), (const unsigned char *)"wa", 2, NULL, 0);
	assert_memory_equal(first, expected, sizeof(expected));
	assert_true(storage_stage_write(staged, "ter", 3, NULL));
	storage_stage_digest(staged, first);
	crypto_generichash(expected, sizeof(expected), (const unsigned char *)"water", 5, NULL, 0);
	assert_memory_equal(first, expected, sizeof(expected));
	storage_discard(&staged);
}

static void an_object_is_never_overwritten(void **state)
{
	struct fixture *fixture = *state;
	struct storage_stage *first = stage(fixture, "water", 10);
	struct storage_stage *second = stage(fixture, "fire", 10);
	struct storage_object object = {0};
	struct id id = id_generate(1);
	uint64_t bytes = 0;
	bool exists = false;

	assert_true(storage_commit(&first, &id, &object, NULL));
	assert_false(storage_commit(&second, &id, &object, NULL));
	assert_null(second);
	assert_true(storage_exists(fixture->storage, object.key, &exists, &bytes, NULL));
	assert_int_equal(bytes, 5);
	assert_int_equal(stale(fixture), 0);
}

static void only_keys_of_our_making_are_touched(void **state)
{
	struct fixture *fixture = *state;
	static const char *const wrong[] = {"", "../../etc/passwd", "ab/cd/../../x",
	    "ab/cd/01890000-0000-7000-8000-0000000000ef",
	    "AB/CD/01890000-0000-7000-8000-00000000ABCD",
	    "ab/cd/01890000-0000-7000-8000-00000000abcd.png"};
	struct error error = {0};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(storage_key_valid(wrong[i]));
		assert_false(storage_remove(fixture->storage, wrong[i], &error));
		assert_int_equal(error.kind, ERROR_INTERNAL);
	}
	assert_true(storage_key_valid("ab/cd/01890000-0000-7000-8000-00000000abcd"));
}

static void a_listing_leaves_out_what_is_not_ours_and_can_be_ended(void **state)
{
	struct fixture *fixture = *state;
	struct listing listing = {0};
	char path[160];

	store(fixture, "a", 1);
	snprintf(path, sizeof(path), "%s/objects/readme.txt", fixture->folder);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_true(storage_list(fixture->storage, note, &listing, NULL));
	assert_int_equal(listing.count, 1);
	for (int i = 0; i < 5; i++) {
		store(fixture, "b", 1);
	}
	listing.count = 0;
	assert_true(storage_list(fixture->storage, note, &listing, NULL));
	assert_int_equal(listing.count, 3);
}

static void the_address_for_nginx(void **state)
{
	char href[STORAGE_HREF_SIZE];

	(void)state;
	storage_href("ab/cd/01890000-0000-7000-8000-00000000abcd", href);
	assert_string_equal(href, "/internal/files/ab/cd/01890000-0000-7000-8000-00000000abcd");
}

static void stale_temporary_files_are_swept(void **state)
{
	struct fixture *fixture = *state;
	struct storage_stage *staged = stage(fixture, "water", 5);
	const struct timespec times[2] = {{1000, 0}, {1000, 0}};
	unsigned count = 9;

	assert_int_equal(utimensat(AT_FDCWD, storage_stage_path(staged), times, 0), 0);
	assert_true(storage_sweep(fixture->storage, 1000 * CLOCK_SECOND_US, &count, NULL));
	assert_int_equal(count, 0);
	assert_int_equal(stale(fixture), 1);
	assert_true(storage_sweep(fixture->storage, 1000 * CLOCK_SECOND_US + 1, &count, NULL));
	assert_int_equal(count, 1);
	assert_int_equal(stale(fixture), 0);
	storage_discard(&staged);
}

static void a_folder_that_cannot_be_made_is_unavailable(void **state)
{
	struct error error = {0};

	(void)state;
	assert_null(storage_open_folder("/proc/lethe", &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "storage_unavailable");
}

/* /dev/full stands for a disk without room: its writes fail with ENOSPC. */
static void a_full_disk_is_said_to_be_full(void **state)
{
	struct fixture *fixture = *state;
	struct storage_stage *staged = storage_stage(fixture->storage, 5, NULL);
	struct error error = {0};
	int full = open("/dev/full", O_WRONLY);
	char path[64];
	bool replaced = false;

	assert_true(full >= 0);
	/* The stage's descriptor is the one that leads to its file. */
	for (int fd = 3; fd < 64 && !replaced; fd++) {
		char target[160] = "";

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (readlink(path, target, sizeof(target) - 1) > 0 &&
		    strcmp(target, storage_stage_path(staged)) == 0) {
			replaced = dup2(full, fd) == fd;
		}
	}
	close(full);
	assert_true(replaced);
	assert_false(storage_stage_write(staged, "water", 5, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "storage_full");
	storage_discard(&staged);
	assert_int_equal(stale(fixture), 0);
}

static void waiting_doubles_from_a_minute_to_a_day(void **state)
{
	static const int64_t minutes[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440};

	(void)state;
	for (unsigned i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		assert_int_equal(cleanup_wait_us(i + 1), minutes[i] * 60 * CLOCK_SECOND_US);
	}
	assert_int_equal(cleanup_wait_us(4000000000U), CLOCK_DAY_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_object_is_stored_whole, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_removed_object_is_gone_and_an_absent_one_counts_as_removed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_discarded_stage_leaves_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(more_than_the_limit_is_too_large, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_digest_of_a_stage_can_be_asked_on_the_way, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_object_is_never_overwritten, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(only_keys_of_our_making_are_touched, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_listing_leaves_out_what_is_not_ours_and_can_be_ended, set_up, tear_down),
	    cmocka_unit_test(the_address_for_nginx),
	    cmocka_unit_test_setup_teardown(stale_temporary_files_are_swept, set_up, tear_down),
	    cmocka_unit_test(a_folder_that_cannot_be_made_is_unavailable),
	    cmocka_unit_test_setup_teardown(a_full_disk_is_said_to_be_full, set_up, tear_down),
	    cmocka_unit_test(waiting_doubles_from_a_minute_to_a_day),
	};

	return cmocka_run_group_tests_name("storage", tests, NULL, NULL);
}
