/* secret_test.c - random tokens, and the hashes by which the store knows them. */
#include <auth/secret.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))

static void makes_another_token_each_time(void **state)
{
	(void)state;
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char last[SECRET_TEXT_SIZE] = "";
	for (int i = 0; i < 200; i++) {
		char text[SECRET_TEXT_SIZE];
		struct secret_hash hash;
		secret_generate(text);
		assert_int_equal(strlen(text), SECRET_TEXT_SIZE - 1);
		assert_int_equal(strspn(text, alphabet), SECRET_TEXT_SIZE - 1);
		assert_string_not_equal(text, last);
		assert_true(secret_hash(text, &hash));
		memcpy(last, text, sizeof(last));
	}
}

static void hashes_with_blake2b(void **state)
{
	(void)state;
	/* BLAKE2b-256 of 32 zero bytes, by another implementation. */
	static const unsigned char expected[SECRET_SIZE] = {0x89, 0xEB, 0x0D, 0x6A, 0x8A, 0x69,
	    0x1D, 0xAE, 0x2C, 0xD1, 0x5E, 0xD0, 0x36, 0x99, 0x31, 0xCE, 0x0A, 0x94, 0x9E, 0xCA,
	    0xFA, 0x5C, 0x3F, 0x93, 0xF8, 0x12, 0x18, 0x33, 0x64, 0x6E, 0x15, 0xC3};
	struct secret_hash hash;
	assert_true(secret_hash("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &hash));
	assert_memory_equal(hash.bytes, expected, SECRET_SIZE);
}

static void writes_and_reads_texts(void **state)
{
	(void)state;
	unsigned char bytes[SECRET_SIZE];
	unsigned char back[SECRET_SIZE];
	char text[SECRET_TEXT_SIZE];
	for (int i = 0; i < SECRET_SIZE; i++)
		bytes[i] = (unsigned char)(0xFB - i);
	secret_format(bytes, text);
	assert_string_equal(text, "-_r5-Pf29fTz8vHw7-7t7Ovq6ejn5uXk4-Lh4N_e3dw");
	assert_true(secret_parse(text, back));
	assert_true(secret_equal(bytes, back));
	back[31] ^= 0x80;
	assert_false(secret_equal(bytes, back));
}

static void refuses_other_texts(void **state)
{
	(void)state;
	static const char *const texts[] = {NULL, "", "A",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",   /* 42 */
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* 44 */
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", /* bits that mean nothing */
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct secret_hash hash;
		assert_false(secret_hash(texts[i], &hash));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(makes_another_token_each_time),
	    cmocka_unit_test(hashes_with_blake2b),
	    cmocka_unit_test(writes_and_reads_texts),
	    cmocka_unit_test(refuses_other_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
