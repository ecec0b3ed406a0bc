/* buf_test.c - a growing run of bytes. */
#include <base/buf.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_zeroed_is_empty(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_append(&buf, "", 0);
	buf_append(&buf, NULL, 0);
	buf_clear(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.length, 0);
	buf_free(&buf);
}

static void test_appends_bytes(void **state)
{
	struct buf buf = {0};

	(void)state;
	buf_append(&buf, "a\0b", 3);
	buf_puts(&buf, "cd");
	buf_putc(&buf, 'e');
	buf_printf(&buf, "%d%s", 42, "!");
	buf_printf(&buf, "%s", "");
	assert_int_equal(buf.length, 9);
	assert_memory_equal(buf.data, "a\0bcde42!", 10);
	buf_free(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.capacity, 0);
}

static void test_always_terminated(void **state)
{
	struct buf buf = {0};

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		buf_putc(&buf, (char)('a' + i % 26));
		assert_int_equal(buf.length, i + 1);
		assert_int_equal(buf.data[i + 1], '\0');
	}
	for (size_t i = 0; i < 3000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	buf_clear(&buf);
	assert_string_equal(buf.data, "");
	buf_free(&buf);
}

static void test_reserve_holds_still(void **state)
{
	struct buf buf = {0};
	const char *data;

	(void)state;
	buf_reserve(&buf, 10000);
	assert_string_equal(buf.data, "");
	data = buf.data;
	for (int i = 0; i < 10000; i++)
		buf_putc(&buf, 'x');
	assert_ptr_equal(buf.data, data);
	buf_clear(&buf);
	assert_ptr_equal(buf.data, data);
	buf_free(&buf);
}

static void test_grows_by_a_factor(void **state)
{
	struct buf buf = {0};
	size_t moves = 0, capacity = 0;

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		buf_putc(&buf, 'x');
		if (buf.capacity != capacity)
			moves++;
		capacity = buf.capacity;
	}
	assert_true(moves < 40);
	buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_zeroed_is_empty),
	    cmocka_unit_test(test_appends_bytes),
	    cmocka_unit_test(test_always_terminated),
	    cmocka_unit_test(test_reserve_holds_still),
	    cmocka_unit_test(test_grows_by_a_factor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
