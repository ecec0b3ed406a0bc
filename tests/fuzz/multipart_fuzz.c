/* multipart_fuzz.c - uploads: any bytes, split at a place the bytes choose, give the same twice. */
#include <base/buf.h>
#include <http/multipart.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_begin(void *context, const struct http_part *part, struct error *error)
{
	(void)error;
	buf_printf(context, "[%s|%s|%s|", part->name, part->filename, part->content_type);
	return true;
}

static bool on_data(void *context, const char *bytes, size_t length, struct error *error)
{
	(void)error;
	buf_append(context, bytes, length);
	return true;
}

static bool on_end(void *context, struct error *error)
{
	(void)error;
	buf_putc(context, ']');
	return true;
}

/* Parse in pieces of at most `piece` bytes and write down what came out. */
static void parse(const char *bytes, size_t length, size_t piece, struct buf *out)
{
	struct arena *arena = arena_create();
	struct http_multipart_limits limits = {1000, 100000};
	struct http_multipart_sink sink = {on_begin, on_data, on_end, out};
	struct http_multipart *parser = http_multipart_create(arena, "b", &limits, &sink, NULL);
	struct http_pairs fields;
	bool is_good = true;
	for (size_t at = 0; at < length && is_good; at += piece)
		is_good = http_multipart_push(
		    parser, bytes + at, length - at < piece ? length - at : piece, NULL);
	is_good = is_good && http_multipart_finish(parser, &fields, NULL);
	/* How much of a file went out before a refusal depends on the pieces; that it was does not.
	 */
	if (!is_good)
		buf_clear(out);
	for (size_t i = 0; is_good && i < fields.count; i++)
		buf_printf(out, "%s=%s;", fields.items[i].name, fields.items[i].value);
	buf_putc(out, is_good ? '+' : '!');
	arena_destroy(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = {0}, pieces = {0};
	if (size == 0)
		return 0;
	parse((const char *)data + 1, size - 1, SIZE_MAX / 2, &whole);
	parse((const char *)data + 1, size - 1, (size_t)data[0] % 80 + 1, &pieces);
	if (whole.length != pieces.length || memcmp(whole.data, pieces.data, whole.length) != 0)
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
