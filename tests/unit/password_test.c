/* password_test.c - hashing, comparing, and never more than two at a time. */
#include "../support/memory.h"

#include <auth/password.h>
#include <base/clock.h>
#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
	struct error error = {0};
	*state = password_hasher_create(&error);
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	struct password_hasher *hasher = *state;
	password_hasher_destroy(&hasher);
	assert_null(hasher);
	password_hasher_destroy(&hasher);
	return 0;
}

static void tells_right_from_wrong(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	char again[PASSWORD_HASH_SIZE];
	struct error error = {0};
	assert_true(password_hash(*state, "lethe-demo-1", hash, &error));
	assert_true(password_hash(*state, "lethe-demo-1", again, &error));
	assert_string_not_equal(hash, again); /* salted */
	assert_int_equal(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
	assert_int_equal(crypto_pwhash_str_needs_rehash(hash, crypto_pwhash_OPSLIMIT_INTERACTIVE,
			     crypto_pwhash_MEMLIMIT_INTERACTIVE),
	    0);
	assert_int_equal(password_verify(*state, hash, "lethe-demo-1"), PASSWORD_RIGHT);
	assert_int_equal(password_verify(*state, hash, "lethe-demo-2"), PASSWORD_WRONG);
	assert_int_equal(password_verify(*state, hash, ""), PASSWORD_WRONG);
	assert_int_equal(password_verify(*state, hash, "Lethe-demo-1"), PASSWORD_WRONG);
	assert_int_equal(password_verify(*state, "not a hash", "lethe-demo-1"), PASSWORD_WRONG);
	assert_int_equal(password_verify(*state, "", "lethe-demo-1"), PASSWORD_WRONG);
	hash[40] = hash[40] == 'A' ? 'B' : 'A';
	assert_int_equal(password_verify(*state, hash, "lethe-demo-1"), PASSWORD_WRONG);
}

static void takes_as_long_for_nobody(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	struct error error = {0};
	assert_true(password_hash(*state, "lethe-demo-1", hash, &error));
	/* The least of several, as a ratio: nobody's must be the same work, not a short cut. */
	int64_t least_us[2] = {INT64_MAX, INT64_MAX};
	for (int i = 0; i < 10; i++) {
		int64_t start_us = clock_monotonic_us();
		assert_int_equal(
		    password_verify(*state, i % 2 ? hash : NULL, "wrong password"), PASSWORD_WRONG);
		int64_t took_us = clock_monotonic_us() - start_us;
		if (took_us < least_us[i % 2])
			least_us[i % 2] = took_us;
	}
	assert_true(least_us[0] * 2 > least_us[1]);
	assert_true(least_us[1] * 2 > least_us[0]);
}

static void bounds_new_passwords(void **state)
{
	(void)state;
	struct error error = {0};
	char text[PASSWORD_MAX + 2];
	assert_false(password_check("", &error));
	assert_string_equal(error.code, "password_too_short");
	assert_string_equal(error.field, "password");
	assert_false(password_check("123456789", &error));
	assert_true(password_check("1234567890", &error));
	/* Characters count, not bytes. */
	assert_false(password_check("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", &error));
	assert_true(password_check(
	    "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC",
	    &error));
	memset(text, 'x', sizeof(text));
	text[PASSWORD_MAX] = '\0';
	assert_true(password_check(text, &error));
	text[PASSWORD_MAX] = 'x';
	text[PASSWORD_MAX + 1] = '\0';
	assert_false(password_check(text, &error));
	assert_string_equal(error.code, "password_too_long");
	assert_false(password_check("\xFF"
				    "234567890",
	    &error));
	assert_string_equal(error.code, "password_not_text");
	assert_int_equal(error.kind, ERROR_INVALID);
}

static void refuses_a_huge_password_even_if_it_is_right(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	char text[PASSWORD_MAX + 2];
	struct error error = {0};
	memset(text, 'x', sizeof(text) - 1);
	text[PASSWORD_MAX + 1] = '\0';
	assert_true(password_hash(*state, text, hash, &error));
	assert_int_equal(password_verify(*state, hash, text), PASSWORD_WRONG);
	text[PASSWORD_MAX] = '\0';
	assert_true(password_hash(*state, text, hash, &error));
	assert_int_equal(password_verify(*state, hash, text), PASSWORD_RIGHT);
}

static void *verify_in_a_thread(void *hasher)
{
	return password_verify(hasher, NULL, "password") == PASSWORD_WRONG ? hasher : NULL;
}

/* Eight at once in a child of its own, whose peak tells how many really ran together. */
static void hashes_two_at_a_time(void **state)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		pthread_t threads[8];
		bool ok = true;
		long before_kib = memory_peak_kib();
		for (int i = 0; i < 8; i++)
			ok = pthread_create(&threads[i], NULL, verify_in_a_thread, *state) == 0 &&
			     ok;
		for (int i = 0; i < 8; i++) {
			void *result = NULL;
			pthread_join(threads[i], &result);
			ok = result == *state && ok;
		}
		long grown_kib = memory_peak_kib() - before_kib;
		if (!ok || grown_kib > 2 * 65536 + 40960) {
			dprintf(2, "ok %d, grown by %ld KiB\n", ok, grown_kib);
			_exit(1);
		}
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void says_when_memory_is_short(void **state)
{
#if MEMORY_IS_SANITIZED
	(void)state;
	print_message("skipped: the sanitizer itself needs more memory than this test leaves\n");
	skip();
#else
	char hash[PASSWORD_HASH_SIZE];
	struct error error = {0};
	assert_true(password_hash(*state, "lethe-demo-1", hash, &error));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char other[PASSWORD_HASH_SIZE];
		const struct rlimit limit = {32 << 20, 32 << 20};
		setrlimit(RLIMIT_AS, &limit);
		bool ok = password_verify(*state, hash, "lethe-demo-1") == PASSWORD_UNAVAILABLE &&
			  password_verify(*state, NULL, "lethe-demo-1") == PASSWORD_UNAVAILABLE &&
			  !password_hash(*state, "lethe-demo-1", other, &error) &&
			  error.kind == ERROR_UNAVAILABLE;
		_exit(ok ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hashes_two_at_a_time), /* first, while no memory has been used */
	    cmocka_unit_test(tells_right_from_wrong),
	    cmocka_unit_test(takes_as_long_for_nobody),
	    cmocka_unit_test(bounds_new_passwords),
	    cmocka_unit_test(refuses_a_huge_password_even_if_it_is_right),
	    cmocka_unit_test(says_when_memory_is_short),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
