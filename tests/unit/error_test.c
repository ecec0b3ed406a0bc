/* error_test.c - errors are filled whole, cut cleanly, and may be NULL. */
#include <base/error.h>
#include <base/text.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void fills_kind_code_and_message(void **state)
{
	(void)state;
	struct error error = {.kind = ERROR_GONE, .field = "old", .retry_after_s = 3};
	assert_false(error_set(&error, ERROR_CONFLICT, "already_deleted", "%d of %s", 3, "them"));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "already_deleted");
	assert_string_equal(error.message, "3 of them");
	assert_string_equal(error.field, "");
	assert_int_equal(error.retry_after_s, 0);
}

static void names_the_field(void **state)
{
	(void)state;
	struct error error = {0};
	assert_false(error_set_field(&error, "title", "title_too_long", "At most %d.", 200));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.field, "title");
	assert_string_equal(error.code, "title_too_long");
	assert_string_equal(error.message, "At most 200.");
}

static void adds_a_reference(void **state)
{
	(void)state;
	struct error error = {0};
	error_set(&error, ERROR_CONFLICT, "pending", "Pending.");
	error_set_reference(&error, "request_id", "01890a5d-ac96-774b-bcce-b302099a8057");
	assert_string_equal(error.reference_name, "request_id");
	assert_string_equal(error.reference, "01890a5d-ac96-774b-bcce-b302099a8057");
	assert_string_equal(error.code, "pending");
	error_clear(&error);
	assert_int_equal(error.kind, ERROR_NONE);
	assert_string_equal(error.reference, "");
	assert_string_equal(error.message, "");
}

static void cuts_between_code_points(void **state)
{
	(void)state;
	struct error error = {0};
	char text[1000];
	/* Every position of the cut within a three-byte sequence. */
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\xE2\x82\xAC", 4);
		error_set(&error, ERROR_INTERNAL, "long", "%s", text);
		size_t length = strlen(error.message);
		assert_true(length < sizeof(error.message) && length + 3 >= sizeof(error.message));
		assert_true(text_is_utf8(error.message, length));
	}
	memset(text, 'n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set_field(&error, text, text, "Long.");
	assert_int_equal(strlen(error.field), sizeof(error.field) - 1);
	assert_int_equal(strlen(error.code), sizeof(error.code) - 1);
}

static void takes_its_own_texts_as_arguments(void **state)
{
	(void)state;
	struct error error = {0};
	error_set(&error, ERROR_INVALID, "first", "first message");
	error_set_field(&error, error.code, error.code, "again: %s", error.message);
	assert_string_equal(error.message, "again: first message");
	assert_string_equal(error.code, "first");
	assert_string_equal(error.field, "first");
}

static void passes_over_null(void **state)
{
	(void)state;
	assert_false(error_set(NULL, ERROR_INVALID, "code", "message"));
	assert_false(error_set_field(NULL, "field", "code", "message"));
	error_set_reference(NULL, "name", "value");
	error_clear(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fills_kind_code_and_message),
	    cmocka_unit_test(names_the_field),
	    cmocka_unit_test(adds_a_reference),
	    cmocka_unit_test(cuts_between_code_points),
	    cmocka_unit_test(takes_its_own_texts_as_arguments),
	    cmocka_unit_test(passes_over_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
