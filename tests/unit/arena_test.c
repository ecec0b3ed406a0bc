/* arena_test.c - memory that is freed all at once. */
#include "../support/memory.h"

#include <base/arena.h>

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#if MEMORY_IS_SANITIZED
#include <sanitizer/asan_interface.h>
#endif

static void test_alloc_zeroes_and_aligns(void **state)
{
	struct arena *arena = arena_create();

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *memory = arena_alloc(arena, size);

		assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
	arena_destroy(&arena);
	assert_null(arena);
	arena_destroy(&arena);
}

static void test_values_do_not_overlap(void **state)
{
	struct arena *arena = arena_create();
	unsigned char *values[400];

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		values[i] = arena_alloc(arena, 700 + i * 13);
		memset(values[i], (int)(i % 251), 700 + i * 13);
	}
	for (size_t i = 0; i < 400; i++) {
		assert_int_equal(values[i][0], i % 251);
		assert_int_equal(values[i][700 + i * 13 - 1], i % 251);
	}
	arena_destroy(&arena);
}

static void test_large_value_keeps_current_chunk(void **state)
{
	struct arena *arena = arena_create();
	char *before = arena_alloc(arena, 16);
	char *large = arena_alloc(arena, 5u << 20);
	char *after = arena_alloc(arena, 16);

	(void)state;
	large[(5u << 20) - 1] = 1;
	assert_ptr_equal(after, before + 16);
	arena_destroy(&arena);
}

static void test_reset_zeroes_again(void **state)
{
	struct arena *arena = arena_create();

	(void)state;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 300; i++) {
			unsigned char *memory = arena_alloc(arena, 4000);

			assert_int_equal(memory[0] | memory[3999], 0);
			memset(memory, 0xaa, 4000);
		}
		arena_reset(arena);
	}
	arena_destroy(&arena);
}

#if !MEMORY_IS_SANITIZED
static size_t allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void test_reset_keeps_little(void **state)
{
	size_t before = allocated();
	struct arena *arena = arena_create();

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 3000; i++)
			memset(arena_alloc(arena, 1000 + i), 1, 1000 + i);
		assert_true(allocated() - before > 3000000);
		arena_reset(arena);
		assert_true(allocated() - before < 65 * 1024 + 4096);
		assert_true(allocated() - before > 32 * 1024);
	}
	arena_destroy(&arena);
	assert_true(allocated() <= before);
}
#else
static void test_poisons_what_is_not_handed_out(void **state)
{
	struct arena *arena = arena_create();
	char *memory = arena_alloc(arena, 21);

	(void)state;
	assert_false(__asan_address_is_poisoned(memory + 20));
	assert_true(__asan_address_is_poisoned(memory + 21 + 3));
	assert_true(__asan_address_is_poisoned(memory + 64));
	arena_reset(arena);
	assert_true(__asan_address_is_poisoned(memory));
	arena_destroy(&arena);
}
#endif

static void test_copy_and_dup(void **state)
{
	struct arena *arena = arena_create();
	char source[] = "abc\0def";
	char *copy = arena_copy(arena, source, 7);
	char *dup = arena_dup(arena, source);

	(void)state;
	source[0] = 'x';
	assert_memory_equal(copy, "abc\0def", 8);
	assert_string_equal(dup, "abc");
	assert_null(arena_dup(arena, NULL));
	assert_string_equal(arena_copy(arena, NULL, 0), "");
	arena_destroy(&arena);
}

static void test_join(void **state)
{
	struct arena *arena = arena_create();

	(void)state;
	assert_string_equal(arena_join(arena, "a", "", "bc", " ", "d", NULL), "abc d");
	assert_string_equal(arena_join(arena, "", NULL), "");
	arena_destroy(&arena);
}

static void test_printf_of_any_length(void **state)
{
	struct arena *arena = arena_create();

	(void)state;
	for (int length = 250; length < 260; length++)
		assert_int_equal(strlen(arena_printf(arena, "%*d", length, 7)), length);
	assert_string_equal(arena_printf(arena, "%s-%d", "a", 12), "a-12");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	arena_destroy(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_zeroes_and_aligns),
		cmocka_unit_test(test_values_do_not_overlap),
		cmocka_unit_test(test_large_value_keeps_current_chunk),
		cmocka_unit_test(test_reset_zeroes_again),
#if !MEMORY_IS_SANITIZED
		cmocka_unit_test(test_reset_keeps_little),
#else
		cmocka_unit_test(test_poisons_what_is_not_handed_out),
#endif
		cmocka_unit_test(test_copy_and_dup),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_printf_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
