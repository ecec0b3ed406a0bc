/* id_test.c - UUIDv7: their bits, their order, their text. */
#include <base/clock.h>
#include <base/id.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22Z. */
#define EXAMPLE_US INT64_C(1645557742000000)

static void carries_the_time(void **state)
{
	(void)state;
	struct id id = id_generate(EXAMPLE_US);
	static const unsigned char start[] = {0x01, 0x7F, 0x22, 0xE2, 0x79, 0xB0, 0x70, 0x00};
	assert_memory_equal(id.bytes, start, sizeof(start));
	assert_int_equal(id.bytes[8] & 0xC0, 0x80);
	assert_int_equal(id_time_us(&id), EXAMPLE_US);
	/* 999 µs of the millisecond are 4091 of 4096 parts, and 500 µs 2048. */
	id = id_generate(EXAMPLE_US + 999);
	assert_int_equal(id.bytes[6], 0x7F);
	assert_int_equal(id.bytes[7], 0xFB);
	assert_int_equal(id_time_us(&id), EXAMPLE_US);
	id = id_generate(EXAMPLE_US + 500);
	assert_int_equal(id.bytes[6], 0x78);
	assert_int_equal(id.bytes[7], 0x00);
}

static void orders_by_the_microsecond(void **state)
{
	(void)state;
	for (int64_t us = EXAMPLE_US; us < EXAMPLE_US + 2500; us++) {
		struct id earlier = id_generate(us);
		struct id floor = id_floor(us + 1);
		struct id later = id_generate(us + 1);
		assert_true(memcmp(earlier.bytes, floor.bytes, 16) < 0);
		assert_true(memcmp(floor.bytes, later.bytes, 16) <= 0);
	}
}

static void floors_with_all_random_bits_clear(void **state)
{
	(void)state;
	char text[ID_TEXT_SIZE];
	struct id floor = id_floor(EXAMPLE_US);
	id_format(&floor, text);
	assert_string_equal(text, "017f22e2-79b0-7000-8000-000000000000");
	floor = id_floor(-5);
	id_format(&floor, text);
	assert_string_equal(text, "00000000-0000-7000-8000-000000000000");
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

static void never_repeats(void **state)
{
	(void)state;
	enum { COUNT = 20000 };
	struct id *ids = calloc(COUNT, sizeof(*ids));
	unsigned char ones[16] = {0};
	unsigned char zeros[16] = {0};
	assert_non_null(ids);
	for (int i = 0; i < COUNT; i++) {
		ids[i] = id_generate(EXAMPLE_US);
		for (int j = 0; j < 16; j++) {
			ones[j] |= ids[i].bytes[j];
			zeros[j] |= (unsigned char)~ids[i].bytes[j];
		}
	}
	/* Each of the 62 bits is seen both set and clear. */
	assert_int_equal(ones[8], 0xBF);
	assert_int_equal(zeros[8], 0x7F);
	for (int j = 9; j < 16; j++) {
		assert_int_equal(ones[j], 0xFF);
		assert_int_equal(zeros[j], 0xFF);
	}
	qsort(ids, COUNT, sizeof(*ids), compare);
	for (int i = 1; i < COUNT; i++)
		assert_false(id_equal(&ids[i - 1], &ids[i]));
	free(ids);
}

static void reads_and_writes_text(void **state)
{
	(void)state;
	struct id id;
	char text[ID_TEXT_SIZE];
	assert_true(id_parse("017F22E2-79b0-7cc3-98C4-dc0c0c07398f", &id));
	assert_int_equal(id.bytes[0], 0x01);
	assert_int_equal(id.bytes[15], 0x8F);
	id_format(&id, text);
	assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	assert_true(id_parse("919108f7-52d1-4320-9bac-f847db4148a8", &id)); /* version 4 */
	assert_true(id_parse("00000000-0000-0000-0000-000000000000", &id));
	assert_true(id_is_none(&id));
}

static void refuses_other_texts(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "0", "017f22e279b07cc398c4dc0c0c07398f",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
	    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
	    "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
	    " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct id id = {{7}};
		if (id_parse(texts[i], &id))
			fail_msg("\"%s\" is accepted", texts[i]);
		assert_int_equal(id.bytes[0], 7);
	}
}

static void compares(void **state)
{
	(void)state;
	struct id id = id_none;
	assert_true(id_is_none(&id));
	id.bytes[15] = 1;
	assert_false(id_is_none(&id));
	assert_false(id_equal(&id, &id_none));
	struct id same = id;
	assert_true(id_equal(&id, &same));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(carries_the_time),
	    cmocka_unit_test(orders_by_the_microsecond),
	    cmocka_unit_test(floors_with_all_random_bits_clear),
	    cmocka_unit_test(never_repeats),
	    cmocka_unit_test(reads_and_writes_text),
	    cmocka_unit_test(refuses_other_texts),
	    cmocka_unit_test(compares),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
