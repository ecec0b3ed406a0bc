/* http_multipart_test.c - uploads, split at every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/buf.h>
#include <http/multipart.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Writes down what the parser says, as one text. */
struct record {
	struct buf text;
	bool refuses_data;
	size_t bytes; /* of file data */
};

static bool on_begin(void *context, const struct http_part *part, struct error *error)
{
	struct record *record = context;
	(void)error;
	buf_printf(&record->text, "[%s|%s|%s|", part->name, part->filename, part->content_type);
	return true;
}

static bool on_data(void *context, const char *bytes, size_t length, struct error *error)
{
	struct record *record = context;
	if (record->refuses_data)
		return error_set(error, ERROR_CONFLICT, "refused", "No.");
	record->bytes += length;
	if (record->text.length < 10000)
		buf_append(&record->text, bytes, length);
	return true;
}

static bool on_end(void *context, struct error *error)
{
	(void)error;
	buf_puts(&((struct record *)context)->text, "]");
	return true;
}

static struct http_multipart *create(
    struct arena *arena, const char *boundary, int64_t file_bytes, struct record *record)
{
	struct http_multipart_limits limits = {file_bytes, 1000000};
	struct http_multipart_sink sink = {on_begin, on_data, on_end, record};
	return http_multipart_create(arena, boundary, &limits, &sink, NULL);
}

/* Parse a body given in two pieces, split at `split`; then the record has files, fields, errors. */
static void parse_split(
    struct record *record, const char *body, size_t length, size_t split, int64_t file_bytes)
{
	struct arena *arena = arena_create();
	struct http_multipart *parser = create(arena, "B-1", file_bytes, record);
	struct error error = {0};
	struct http_pairs fields = {0};
	assert_non_null(parser);
	buf_clear(&record->text);
	/* A copy of the exact size of each piece, so that reading beyond it would be seen. */
	char *first = malloc(split + 1), *second = malloc(length - split + 1);
	memcpy(first, body, split);
	memcpy(second, body + split, length - split);
	if (http_multipart_push(parser, first, split, &error) &&
	    http_multipart_push(parser, second, length - split, &error) &&
	    http_multipart_finish(parser, &fields, &error))
		for (size_t i = 0; i < fields.count; i++)
			buf_printf(
			    &record->text, "%s=%s;", fields.items[i].name, fields.items[i].value);
	if (error.kind != ERROR_NONE)
		buf_printf(&record->text, "!%s:%s", error.code, error.field);
	free(first);
	free(second);
	arena_destroy(&arena);
}

/* Parse a body split at every place: always the same comes out. */
static void assert_parses(const char *body, size_t length, int64_t file_bytes, const char *expected)
{
	struct record record = {0};
	for (size_t split = 0; split <= length; split++) {
		parse_split(&record, body, length, split, file_bytes);
		assert_string_equal(record.text.data ? record.text.data : "", expected);
	}
	buf_free(&record.text);
}

#define FIELD(name) "--B-1\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_PART(name, filename)                                                                  \
	"--B-1\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"" filename         \
	"\"\r\nContent-Type: image/png\r\n\r\n"
#define END "\r\n--B-1--\r\n"

static const struct {
	const char *body, *expected;
} cases[] = {
    {"--B-1--", ""},
    {"--B-1--\r\n", ""},
    {"\r\n--B-1--\r\n", ""},
    {"preamble\r\n--B-1--\r\nepilogue --B-1\r\n", ""},
    {"--B-\r\n--B-1--", ""},
    {FIELD("a") "1" END, "a=1;"},
    {FIELD("a") END, "a=;"},
    {FIELD("a") "1\r\n" FIELD("a") "2" END, "a=1;a=2;"},
    {FIELD("a") "x\r\n--B-\r\n--\r\n-\r\r\n\n--B-1 \r\n--B-2" END,
	"a=x\n--B-\n--\n-\r\n\n--B-1 \n--B-2;"},
    {FIELD("a") "\r\r\r\n" END, "a=\r\r\n;"},
    {FIELD("a") "\r\n\r\n--B-1--", "a=\n;"},
    {"--B-1 \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1" END, "a=1;"},
    {"--B-1\r\ncontent-disposition:form-data;name=a\r\nX-Other: y\r\n\r\n1" END, "a=1;"},
    {"--B-1\r\nContent-Transfer-Encoding: binary\r\nContent-Disposition: form-data; "
     "name=\"a\\\"b\\\\c\\d\"\r\n\r\n1" END,
	"a\"b\\c\\d=1;"},
    {FIELD("\xC3\xA9") "\xC3\xA9" END, "\xC3\xA9=\xC3\xA9;"},
    {FILE_PART("f", "x.png") "data" END, "[f|x.png|image/png|data]"},
    {FILE_PART("f", "x.png") END, "[f|x.png|image/png|]"},
    {FILE_PART("f", "") END, ""},
    {FILE_PART("f", "") "d" END, "[f||image/png|d]"},
    {FILE_PART("f", "../../etc/x") "d" END, "[f|../../etc/x|image/png|d]"},
    {FILE_PART("f", "C:\\a;b.png") "d" END, "[f|C:\\a;b.png|image/png|d]"},
    {"--B-1\r\nContent-Disposition: form-data; name=f; filename*=utf-8''x\r\n\r\n1" END, "f=1;"},
    {FIELD("a") "1\r\n" FILE_PART("f", "x") "\r\n--B-0\r\n" END "--B-1",
	"[f|x|image/png|\r\n--B-0\r\n]a=1;"},
    {FILE_PART("f", "x") "0123456789" END, "[f|x|image/png|0123456789]"},

    {"", "!body_truncated:"},
    {"--B-1", "!body_truncated:"},
    {"--B-1-", "!body_truncated:"},
    {"--B-1\r\n", "!body_truncated:"},
    {"nothing of it", "!body_truncated:"},
    {FIELD("a") "1", "!body_truncated:"},
    {FIELD("a") "1\r\n--B-1", "!body_truncated:"},
    {FIELD("a") "1\r\n--B-1\r\nContent-Disp", "!body_truncated:"},
    {"--B-1x\r\n", "!invalid_multipart:"},
    {"--B-1\rx", "!invalid_multipart:"},
    {"--B-1-x", "!invalid_multipart:"},
    {"--B-1\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Type: a/b\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: attachment; name=a\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; "
     "name=b\r\n\r\n1" END,
	"!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: "
     "base64\r\n\r\n1" END,
	"!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data; name=a\x01\r\n\r\n1" END, "!invalid_multipart:"},
    {"--B-1\r\nContent-Disposition: form-data; name=a\n\r\n\r\n1" END, "!invalid_multipart:"},
    {FIELD("\xff") "1" END, "!invalid_multipart:"},
    {FIELD("a") "\xff" END, "!invalid_multipart:a"},
};

static void parses_however_it_is_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_parses(cases[i].body, strlen(cases[i].body), 10, cases[i].expected);
	static const char nul[] = FIELD("a") "1\0002" END;
	assert_parses(nul, sizeof(nul) - 1, 10, "!invalid_multipart:a");
	static const char nul_name[] = FIELD("a\0b") "1" END;
	assert_parses(nul_name, sizeof(nul_name) - 1, 10, "!invalid_multipart:");
}

static void file_has_a_limit(void **state)
{
	(void)state;
	static const char body[] = FILE_PART("f", "x") "01234567890" END;
	struct record record = {0};
	parse_split(&record, body, sizeof(body) - 1, 0, 10);
	assert_string_equal(record.text.data, "!file_too_large:f");
	parse_split(&record, body, sizeof(body) - 1, 0, 11);
	assert_string_equal(record.text.data, "[f|x|image/png|01234567890]");
	buf_free(&record.text);
}

static void sink_may_refuse(void **state)
{
	(void)state;
	static const char body[] = FILE_PART("f", "x") "d" END;
	struct record record = {.refuses_data = true};
	parse_split(&record, body, sizeof(body) - 1, 5, 10);
	assert_string_equal(record.text.data, "[f|x|image/png|!refused:");
	buf_free(&record.text);
}

/* A body with one field of `length` bytes: the error's code, or "". */
static const char *field_of(size_t length)
{
	static struct error error;
	struct arena *arena = arena_create();
	struct http_pairs fields;
	struct record record = {0};
	struct http_multipart *parser = create(arena, "B-1", 1, &record);
	error_clear(&error);
	if (http_multipart_push(parser, FIELD("a"), strlen(FIELD("a")), &error)) {
		while (length > 0 && http_multipart_push(parser, "x", 1, &error))
			length--;
		if (length == 0 && http_multipart_push(parser, END, strlen(END), &error))
			assert_true(http_multipart_finish(parser, &fields, &error));
	}
	arena_destroy(&arena);
	return error.code;
}

static void field_has_a_limit(void **state)
{
	(void)state;
	assert_string_equal(field_of(HTTP_MULTIPART_MAX_FIELD), "");
	assert_string_equal(field_of(HTTP_MULTIPART_MAX_FIELD + 1), "field_too_large");
}

static void parts_have_a_limit(void **state)
{
	(void)state;
	struct buf body = {0};
	struct record record = {0};
	for (int i = 0; i < HTTP_MULTIPART_MAX_PARTS; i++)
		buf_puts(&body, FIELD("a") "\r\n");
	size_t length = body.length;
	buf_puts(&body, "--B-1--");
	parse_split(&record, body.data, body.length, 7, 10);
	assert_null(strchr(record.text.data, '!'));
	body.length = length;
	buf_puts(&body, FIELD("a") END);
	parse_split(&record, body.data, body.length, 7, 10);
	assert_string_equal(record.text.data, "!invalid_multipart:");
	buf_free(&body);
	buf_free(&record.text);
}

static void header_block_has_a_limit(void **state)
{
	(void)state;
	static const char head[] = "Content-Disposition: form-data; name=a\r\nX: ";
	for (int extra = 0; extra < 2; extra++) {
		struct buf body = {0};
		struct record record = {0};
		buf_printf(&body, "--B-1\r\n%s", head);
		size_t more = HTTP_MULTIPART_MAX_HEADERS - strlen(head) - 4 + (size_t)extra;
		for (size_t i = 0; i < more; i++)
			buf_putc(&body, 'x');
		buf_puts(&body, "\r\n\r\n1" END);
		parse_split(&record, body.data, body.length, 100, 10);
		assert_string_equal(record.text.data, extra ? "!invalid_multipart:" : "a=1;");
		buf_free(&body);
		buf_free(&record.text);
	}
}

static void body_has_a_limit(void **state)
{
	(void)state;
	struct arena *arena = arena_create();
	struct record record = {0};
	struct error error = {0};
	struct http_multipart *parser = create(arena, "B-1", 10, &record);
	char *bytes = calloc(1, 1000000);
	assert_true(http_multipart_push(parser, bytes, 1000000, &error));
	assert_false(http_multipart_push(parser, bytes, 1, &error));
	assert_int_equal(error.kind, ERROR_TOO_LARGE);
	assert_string_equal(error.code, "body_too_large");
	free(bytes);
	arena_destroy(&arena);
}

static void boundary_has_rules(void **state)
{
	(void)state;
	struct arena *arena = arena_create();
	struct record record = {0};
	char longest[HTTP_MULTIPART_MAX_BOUNDARY + 2] = {0};
	memset(longest, 'b', HTTP_MULTIPART_MAX_BOUNDARY);
	assert_non_null(create(arena, longest, 1, &record));
	longest[HTTP_MULTIPART_MAX_BOUNDARY] = 'b';
	assert_null(create(arena, longest, 1, &record));
	assert_non_null(create(arena, "a b'()+_,-./:=?", 1, &record));
	static const char *const bad[] = {"", "a ", "a\r", "a\"", "\xC3\xA9", "a;b"};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_null(create(arena, bad[i], 1, &record));
	assert_null(create(arena, NULL, 1, &record));
	arena_destroy(&arena);
}

static bool read_text(void *context, char *bytes, size_t size, size_t *read_r)
{
	const char **text = context;
	*read_r = strnlen(*text, size < 7 ? size : 7);
	memcpy(bytes, *text, *read_r);
	*text += *read_r;
	return true;
}

/* Read a request of that type and body: the code of the error, or "". */
static const char *read_request(const char *type, const char *body, size_t promised)
{
	static struct error error;
	struct arena *arena = arena_create();
	struct clock clock = clock_fixed(CLOCK_DAY_US);
	struct http_request *request;
	struct http_body source = {.read = read_text, .context = &body};
	struct record record = {0};
	struct http_multipart_limits limits = {10, 500};
	struct http_multipart_sink sink = {on_begin, on_data, on_end, &record};
	struct http_pairs fields;
	const char *params[] = {"REQUEST_URI=/", arena_printf(arena, "CONTENT_TYPE=%s", type),
	    arena_printf(arena, "CONTENT_LENGTH=%zu", promised), NULL};
	assert_true(http_request_read(arena, &clock, params, &source, &request, NULL));
	error_clear(&error);
	bool is_good = http_multipart_read(request, &limits, &sink, &fields, &error);
	assert_int_equal(is_good, error.kind == ERROR_NONE);
	if (is_good)
		assert_int_equal(fields.count, 1);
	buf_free(&record.text);
	arena_destroy(&arena);
	return error.code;
}

static void reads_requests(void **state)
{
	(void)state;
	static const char body[] = FIELD("a") "1" END;
	size_t length = sizeof(body) - 1;
	static const char type[] = "multipart/form-data; boundary=B-1";
	assert_string_equal(read_request(type, body, length), "");
	assert_string_equal(
	    read_request("Multipart/Form-Data; charset=utf-8; Boundary=\"B-1\"", body, length), "");
	assert_string_equal(read_request(type, body, length + 1), "body_truncated");
	assert_string_equal(read_request(type, body, length - 5), "body_truncated");
	assert_string_equal(read_request(type, body, 501), "body_too_large");
	assert_string_equal(read_request("multipart/form-data", body, length), "invalid_multipart");
	assert_string_equal(read_request("multipart/mixed; boundary=B-1", body, length),
	    "unsupported_content_type");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parses_however_it_is_split),
	    cmocka_unit_test(file_has_a_limit),
	    cmocka_unit_test(sink_may_refuse),
	    cmocka_unit_test(field_has_a_limit),
	    cmocka_unit_test(parts_have_a_limit),
	    cmocka_unit_test(header_block_has_a_limit),
	    cmocka_unit_test(body_has_a_limit),
	    cmocka_unit_test(boundary_has_rules),
	    cmocka_unit_test(reads_requests),
	};
	return cmocka_run_group_tests_name("http_multipart", tests, NULL, NULL);
}
