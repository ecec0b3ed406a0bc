/* keys_test.c - the key folder: made once, closed to others, rotated, and what its keys make. */
#include <auth/keys.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct arena *arena;
	char root[64];   /* a folder of the test's own */
	char folder[80]; /* the key folder in it, not made yet */
	struct error error;
};

static char *path_of(struct fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->folder, name);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	if (!f)
		return -1;
	f->arena = arena_create();
	snprintf(f->root, sizeof(f->root), "/tmp/lethe-keys-XXXXXX");
	*state = f;
	if (!mkdtemp(f->root))
		return -1;
	snprintf(f->folder, sizeof(f->folder), "%s/keys", f->root);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	DIR *entries = opendir(f->folder);
	const struct dirent *entry;
	while (entries && (entry = readdir(entries)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    remove(path_of(f, entry->d_name)) != 0)
			return -1;
	}
	if (entries)
		closedir(entries);
	remove(f->folder);
	int failed = rmdir(f->root);
	arena_destroy(&f->arena);
	free(f);
	return failed;
}

static const struct keys *load(struct fixture *f)
{
	const struct keys *keys = keys_load(f->folder, f->arena, &f->error);
	if (!keys)
		fail_msg("%s", f->error.message);
	return keys;
}

static void create(struct fixture *f)
{
	if (!keys_create(f->folder, &f->error))
		fail_msg("%s", f->error.message);
}

/* Loading fails with a message that names `name` and says `problem`. */
static void check_refused(struct fixture *f, const char *name, const char *problem)
{
	error_clear(&f->error);
	assert_null(keys_load(f->folder, f->arena, &f->error));
	assert_string_equal(f->error.code, "keys_unusable");
	if (!strstr(f->error.message, name) || !strstr(f->error.message, problem))
		fail_msg("\"%s\" does not say %s, %s", f->error.message, name, problem);
}

static char *read_file(struct fixture *f, const char *name)
{
	char text[1024];
	FILE *file = fopen(path_of(f, name), "re");
	assert_non_null(file);
	size_t length = fread(text, 1, sizeof(text), file);
	fclose(file);
	return arena_copy(f->arena, text, length);
}

static void write_file(struct fixture *f, const char *name, const char *text)
{
	FILE *file = fopen(path_of(f, name), "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path_of(f, name), 0600), 0);
}

static void makes_a_closed_folder_and_file(void **state)
{
	struct fixture *f = *state;
	struct stat status;
	mode_t mask = umask(0);
	create(f);
	umask(mask);
	assert_int_equal(stat(f->folder, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_int_equal(stat(path_of(f, "0001.key"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	/* Nothing else is left behind. */
	assert_int_not_equal(access(path_of(f, ".0001.key.new"), F_OK), 0);
	char *text = read_file(f, "0001.key");
	assert_int_equal(strncmp(text, "k4.secret.", 10), 0);
	assert_int_equal(strncmp(strchr(text, '\n') + 1, "k4.local.", 9), 0);
	assert_int_equal(strlen(text), 96 + 1 + 52 + 1);
}

static void makes_other_keys_each_time(void **state)
{
	struct fixture *f = *state;
	create(f);
	char *one = read_file(f, "0001.key");
	assert_int_equal(remove(path_of(f, "0001.key")), 0);
	create(f); /* an empty folder may be there */
	char *two = read_file(f, "0001.key");
	assert_int_not_equal(strncmp(one, two, 30), 0);
	assert_string_not_equal(strchr(one, '\n'), strchr(two, '\n'));
}

static void never_replaces_keys(void **state)
{
	struct fixture *f = *state;
	create(f);
	char *before = read_file(f, "0001.key");
	assert_false(keys_create(f->folder, &f->error));
	assert_int_equal(f->error.kind, ERROR_CONFLICT);
	assert_string_equal(f->error.code, "keys_exist");
	assert_non_null(strstr(f->error.message, f->folder));
	assert_string_equal(read_file(f, "0001.key"), before);
	assert_int_equal(keys_count(load(f)), 2);
	/* A generation other than the first counts as well. */
	assert_int_equal(rename(path_of(f, "0001.key"), path_of(f, "0007.key")), 0);
	assert_false(keys_create(f->folder, &f->error));
	assert_string_equal(f->error.code, "keys_exist");
}

static void lists_ids_that_stay(void **state)
{
	struct fixture *f = *state;
	create(f);
	const struct keys *keys = load(f);
	assert_int_equal(keys_count(keys), 2);
	assert_int_equal(keys_purpose(keys, 0), KEY_PUBLIC);
	assert_int_equal(keys_purpose(keys, 1), KEY_LOCAL);
	assert_int_equal(strncmp(keys_id(keys, 0), "k4.pid.", 7), 0);
	assert_int_equal(strncmp(keys_id(keys, 1), "k4.lid.", 7), 0);
	const struct keys *again = load(f);
	assert_string_equal(keys_id(keys, 0), keys_id(again, 0));
	assert_string_equal(keys_id(keys, 1), keys_id(again, 1));
	/* They are the ids of the keys in the file. */
	char *text = read_file(f, "0001.key");
	struct paseto_secret_key secret;
	struct paseto_public_key public;
	char id[PASERK_ID_SIZE];
	*strchr(text, '\n') = '\0';
	assert_true(paserk_parse_secret(text, &secret));
	memcpy(public.bytes, secret.bytes + 32, 32);
	paserk_public_id(&public, id);
	assert_string_equal(id, keys_id(keys, 0));
}

static void makes_and_reads_tokens(void **state)
{
	struct fixture *f = *state;
	struct paseto_part payload;
	create(f);
	const struct keys *keys = load(f);
	char *token = keys_sign(keys, f->arena, "{\"sub\":\"ada\"}", NULL);
	assert_true(keys_verify(keys, f->arena, token, NULL, &payload));
	assert_string_equal(payload.bytes, "{\"sub\":\"ada\"}");
	assert_false(keys_open(keys, f->arena, token, NULL, &payload));
	assert_false(keys_verify(keys, f->arena, token, "item", &payload));
	token = keys_seal(keys, f->arena, "{\"sub\":\"ben\"}", "item");
	assert_true(keys_open(keys, f->arena, token, "item", &payload));
	assert_string_equal(payload.bytes, "{\"sub\":\"ben\"}");
	assert_false(keys_verify(keys, f->arena, token, "item", &payload));
	assert_false(keys_open(keys, f->arena, token, NULL, &payload));
	assert_false(keys_open(keys, f->arena, "", "item", &payload));
}

static void names_the_key_in_the_footer(void **state)
{
	struct fixture *f = *state;
	struct paseto_part footer;
	struct paseto_part payload;
	create(f);
	const struct keys *keys = load(f);
	char *token = keys_sign(keys, f->arena, "{}", NULL);
	assert_true(paseto_read_footer(f->arena, token, &footer));
	char *expected = arena_printf(f->arena, "{\"kid\":\"%s\"}", keys_id(keys, 0));
	assert_int_equal(footer.length, strlen(expected));
	assert_memory_equal(footer.bytes, expected, footer.length);
	/* A token without the footer is none of ours, even if the key is. */
	struct paseto_secret_key secret;
	char *text = read_file(f, "0001.key");
	*strchr(text, '\n') = '\0';
	assert_true(paserk_parse_secret(text, &secret));
	token = paseto_sign(f->arena, &secret, paseto_text("{}"), paseto_text(""), paseto_text(""));
	assert_false(keys_verify(keys, f->arena, token, NULL, &payload));
}

static void rotates(void **state)
{
	struct fixture *f = *state;
	struct paseto_part payload;
	create(f);
	const struct keys *old = load(f);
	char *signed_before = keys_sign(old, f->arena, "{}", NULL);
	char *sealed_before = keys_seal(old, f->arena, "{}", NULL);
	assert_true(keys_rotate(f->folder, &f->error));
	const struct keys *both = load(f);
	assert_int_equal(keys_count(both), 4);
	assert_string_equal(keys_id(both, 0), keys_id(old, 0));
	assert_string_equal(keys_id(both, 1), keys_id(old, 1));
	assert_string_not_equal(keys_id(both, 2), keys_id(old, 0));
	/* All verify, the newest signs. */
	assert_true(keys_verify(both, f->arena, signed_before, NULL, &payload));
	assert_true(keys_open(both, f->arena, sealed_before, NULL, &payload));
	char *signed_after = keys_sign(both, f->arena, "{}", NULL);
	char *sealed_after = keys_seal(both, f->arena, "{}", NULL);
	assert_false(keys_verify(old, f->arena, signed_after, NULL, &payload));
	assert_false(keys_open(old, f->arena, sealed_after, NULL, &payload));
	assert_true(keys_verify(both, f->arena, signed_after, NULL, &payload));
	assert_true(keys_open(both, f->arena, sealed_after, NULL, &payload));
	/* The oldest may go. */
	assert_int_equal(remove(path_of(f, "0001.key")), 0);
	const struct keys *new = load(f);
	assert_int_equal(keys_count(new), 2);
	assert_false(keys_verify(new, f->arena, signed_before, NULL, &payload));
	assert_true(keys_verify(new, f->arena, signed_after, NULL, &payload));
	assert_true(keys_rotate(f->folder, &f->error));
	assert_int_equal(access(path_of(f, "0003.key"), F_OK), 0);
}

static void rotates_only_what_has_keys(void **state)
{
	struct fixture *f = *state;
	assert_false(keys_rotate(f->folder, &f->error));
	assert_int_equal(mkdir(f->folder, 0700), 0);
	assert_false(keys_rotate(f->folder, &f->error));
	assert_non_null(strstr(f->error.message, "has no keys yet"));
	create(f);
	assert_int_equal(rename(path_of(f, "0001.key"), path_of(f, "9999.key")), 0);
	assert_false(keys_rotate(f->folder, &f->error));
	assert_non_null(strstr(f->error.message, "no number left"));
}

static void refuses_open_modes(void **state)
{
	struct fixture *f = *state;
	static const mode_t bits[] = {0001, 0004, 0010, 0020, 0040, 0077};
	create(f);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		chmod(path_of(f, "0001.key"), 0600 | bits[i]);
		check_refused(f, "keys/0001.key", "set mode 0600");
		chmod(path_of(f, "0001.key"), 0600);
		chmod(f->folder, 0700 | bits[i]);
		check_refused(f, f->folder, "set mode 0700");
		assert_false(keys_rotate(f->folder, &f->error));
		chmod(f->folder, 0700);
	}
	chmod(path_of(f, "0001.key"), 0400);
	assert_int_equal(keys_count(load(f)), 2);
}

static void refuses_missing_keys(void **state)
{
	struct fixture *f = *state;
	check_refused(f, f->folder, "No such file");
	assert_int_equal(mkdir(f->folder, 0700), 0);
	check_refused(f, f->folder, "has no keys");
	snprintf(f->folder, sizeof(f->folder), "%s/no/keys", f->root);
	assert_false(keys_create(f->folder, &f->error));
	assert_non_null(strstr(f->error.message, "cannot be made"));
	snprintf(f->folder, sizeof(f->folder), "%s/keys", f->root);
}

static void refuses_malformed_files(void **state)
{
	struct fixture *f = *state;
	create(f);
	char *good = read_file(f, "0001.key");
	size_t length = strlen(good);
	write_file(f, "0002.key", good);
	assert_int_equal(keys_count(load(f)), 4);
	for (size_t at = 0; at < length; at += 7) {
		write_file(f, "0002.key", arena_copy(f->arena, good, at));
		check_refused(f, "keys/0002.key", "is malformed");
		char *bad = arena_dup(f->arena, good);
		bad[at] = '!';
		write_file(f, "0002.key", bad);
		check_refused(f, "keys/0002.key", "is malformed");
	}
	write_file(f, "0002.key", arena_printf(f->arena, "%s\n", good));
	check_refused(f, "keys/0002.key", "is malformed");
	/* Messages never show what a key file holds. */
	assert_null(strstr(f->error.message, "k4.secret.X"));
	remove(path_of(f, "0002.key"));
	assert_int_equal(mkdir(path_of(f, "0002.key"), 0700), 0);
	check_refused(f, "keys/0002.key", "is not a file");
	remove(path_of(f, "0002.key"));
	assert_int_equal(mkfifo(path_of(f, "0002.key"), 0600), 0);
	check_refused(f, "keys/0002.key", "is not a file");
}

static void refuses_other_names(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = {
	    "1.key", "00001.key", "0000.key", "000a.key", "old.key", "00-1.key", "0001x.key"};
	create(f);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		write_file(f, names[i], "");
		check_refused(f, names[i], "is not named NNNN.key");
		remove(path_of(f, names[i]));
	}
	write_file(f, "README", "notes");
	write_file(f, ".0002.key.new", "half");
	write_file(f, ".x.key", "");
	assert_int_equal(keys_count(load(f)), 2);
}

static void continues_after_a_write_that_was_cut_short(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(mkdir(f->folder, 0700), 0);
	write_file(
	    f, ".0001.key.new", arena_printf(f->arena, "%0500d", 0)); /* longer than a key file */
	create(f);
	assert_int_equal(keys_count(load(f)), 2);
	assert_int_not_equal(access(path_of(f, ".0001.key.new"), F_OK), 0);
}

static void leaves_nothing_of_a_write_that_fails(void **state)
{
	struct fixture *f = *state;
	create(f);
	/* A folder stands where the new file would be written first. */
	assert_int_equal(mkdir(path_of(f, ".0002.key.new"), 0700), 0);
	assert_false(keys_rotate(f->folder, &f->error));
	assert_non_null(strstr(f->error.message, "0002.key cannot be written"));
	assert_int_equal(keys_count(load(f)), 2);
}

static void digests_identifiers(void **state)
{
	struct fixture *f = *state;
	unsigned char a[KEYS_DIGEST_SIZE];
	unsigned char b[KEYS_DIGEST_SIZE];
	create(f);
	const struct keys *keys = load(f);
	keys_digest(keys, "ratelimt", "ada@alder.example", a);
	keys_digest(load(f), "ratelimt", "ada@alder.example", b);
	assert_memory_equal(a, b, sizeof(a));
	keys_digest(keys, "ratelimt", "ben@alder.example", b);
	assert_memory_not_equal(a, b, sizeof(a));
	keys_digest(keys, "receipts", "ada@alder.example", b);
	assert_memory_not_equal(a, b, sizeof(a));
	/* A rotation does not change it, other keys do. */
	assert_true(keys_rotate(f->folder, &f->error));
	keys_digest(load(f), "ratelimt", "ada@alder.example", b);
	assert_memory_equal(a, b, sizeof(a));
	assert_int_equal(remove(path_of(f, "0001.key")), 0);
	keys_digest(load(f), "ratelimt", "ada@alder.example", b);
	assert_memory_not_equal(a, b, sizeof(a));
}

#define TEST(function_) cmocka_unit_test_setup_teardown(function_, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(makes_a_closed_folder_and_file),
	    TEST(makes_other_keys_each_time),
	    TEST(never_replaces_keys),
	    TEST(lists_ids_that_stay),
	    TEST(makes_and_reads_tokens),
	    TEST(names_the_key_in_the_footer),
	    TEST(rotates),
	    TEST(rotates_only_what_has_keys),
	    TEST(refuses_open_modes),
	    TEST(refuses_missing_keys),
	    TEST(refuses_malformed_files),
	    TEST(refuses_other_names),
	    TEST(continues_after_a_write_that_was_cut_short),
	    TEST(leaves_nothing_of_a_write_that_fails),
	    TEST(digests_identifiers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
