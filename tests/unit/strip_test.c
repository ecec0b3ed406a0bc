/* strip_test.c - pictures without what their files say besides the picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/strip.h>
#include <string.h>

#define SECRET "Xanthippe"

struct bytes {
	unsigned char data[4096];
	size_t length;
};

static void put(struct bytes *b, const void *data, size_t length)
{
	memcpy(b->data + b->length, data, length);
	b->length += length;
}
#define PUT(b, ...)                                                                                \
	put(b, (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__}))

static bool has(const struct buf *out, const char *text)
{
	return out->length > 0 && memmem(out->data, out->length, text, strlen(text)) != NULL;
}

static bool strip(const char *type, const struct bytes *in, struct buf *out)
{
	buf_clear(out);
	return strip_metadata(type, in->data, in->length, out);
}

static void segment(struct bytes *b, unsigned char marker, const void *body, size_t length)
{
	PUT(b, 0xff, marker, (unsigned char)((length + 2) >> 8), (unsigned char)(length + 2));
	put(b, body, length);
}

static const unsigned char exif[] = {'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0,
    0x0f, 0x01, 2, 0, 9, 0, 0, 0, 38, 0, 0, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
    'X', 'a', 'n', 't', 'h', 'i', 'p', 'p', 'e'};

/* SOI, metadata of all kinds, a scan with stuffed bytes and a restart marker, EOI. */
static struct bytes make_jpeg(void)
{
	struct bytes b = {0};

	PUT(&b, 0xff, 0xd8);
	segment(&b, 0xe0, "JFIF\0\1\1\0\0\1\0\1\0\0", 14);
	segment(&b, 0xe1, exif, sizeof(exif));
	segment(&b, 0xe1, "http://ns.adobe.com/xap/1.0/\0" SECRET, 29 + 9);
	segment(&b, 0xed, "Photoshop 3.0\0" SECRET, 14 + 9);
	segment(&b, 0xe2, "ICC_PROFILE\0\1\1colours", 21);
	segment(&b, 0xe2, "MPF\0" SECRET, 13);
	segment(&b, 0xfe, SECRET, 9);
	segment(&b, 0xdb, "table", 5);
	segment(&b, 0xda, "scan", 4);
	PUT(&b, 1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4);
	segment(&b, 0xda, "more", 4);
	PUT(&b, 5, 6, 0xff, 0xd9);
	put(&b, SECRET, 9);
	return b;
}

static void a_jpeg_keeps_picture_profile_and_orientation(void **state)
{
	static const unsigned char scan[] = {1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4, 0xff, 0xda};
	static const unsigned char turned[] = {0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6};
	struct bytes in = make_jpeg();
	struct buf out = {0}, again = {0};

	(void)state;
	assert_true(strip("image/jpeg", &in, &out));
	assert_false(has(&out, SECRET));
	assert_true(has(&out, "JFIF"));
	assert_true(has(&out, "colours"));
	assert_true(has(&out, "table"));
	assert_non_null(memmem(out.data, out.length, scan, sizeof(scan)));
	assert_non_null(memmem(out.data, out.length, turned, sizeof(turned)));
	assert_memory_equal(out.data + out.length - 2, "\xff\xd9", 2);
	/* Nothing more is found in what is stripped already. */
	assert_true(
	    strip_metadata("image/jpeg", (const unsigned char *)out.data, out.length, &again));
	assert_int_equal(again.length, out.length);
	assert_memory_equal(again.data, out.data, out.length);
	buf_free(&out);
	buf_free(&again);
}

static void chunk(struct bytes *b, const char *type, const void *data, size_t length)
{
	PUT(b, 0, 0, (unsigned char)(length >> 8), (unsigned char)length);
	put(b, type, 4);
	put(b, data, length);
	put(b, "crc!", 4);
}

static void a_png_keeps_what_shows(void **state)
{
	struct bytes in = {0};
	struct buf out = {0};

	(void)state;
	put(&in, "\x89PNG\r\n\x1a\n", 8);
	chunk(&in, "IHDR", "0123456789abc", 13);
	chunk(&in, "tEXt", "Author\0" SECRET, 16);
	chunk(&in, "zTXt", SECRET, 9);
	chunk(&in, "iTXt", SECRET, 9);
	chunk(&in, "eXIf", SECRET, 9);
	chunk(&in, "tIME", "1234567", 7);
	chunk(&in, "gAMA", "gama", 4);
	chunk(&in, "fcTL", "frame", 5);
	chunk(&in, "IDAT", "picture", 7);
	chunk(&in, "prVt", SECRET, 9);
	chunk(&in, "IEND", "", 0);
	put(&in, SECRET, 9);
	assert_true(strip("image/png", &in, &out));
	assert_false(has(&out, SECRET));
	assert_false(has(&out, "tIME"));
	assert_true(has(&out, "gamacrc!"));
	assert_true(has(&out, "frame"));
	assert_true(has(&out, "picture"));
	assert_int_equal(out.length, 8 + 25 + 16 + 17 + 19 + 12);
	buf_free(&out);
}

static void riff(struct bytes *b, const char *type, const void *data, size_t length)
{
	put(b, type, 4);
	PUT(b, (unsigned char)length, 0, 0, 0);
	put(b, data, length);
	if (length % 2) {
		PUT(b, 0);
	}
}

static void a_webp_loses_chunks_and_flags(void **state)
{
	struct bytes in = {0};
	struct buf out = {0};

	(void)state;
	put(&in, "RIFF\0\0\0\0WEBP", 12);
	riff(&in, "VP8X", "\x3c\0\0\0\1\0\0\1\0\0", 10);
	riff(&in, "ICCP", "colours", 7);
	riff(&in, "VP8 ", "picture!!", 9);
	riff(&in, "EXIF", SECRET, 9);
	riff(&in, "XMP ", SECRET, 9);
	riff(&in, "note", SECRET, 9);
	in.data[4] = (unsigned char)(in.length - 8);
	put(&in, SECRET, 9);
	assert_true(strip("image/webp", &in, &out));
	assert_false(has(&out, SECRET));
	assert_true(has(&out, "colours"));
	assert_true(has(&out, "picture!!"));
	assert_int_equal(out.data[20], 0x30);
	assert_int_equal((unsigned char)out.data[4], out.length - 8);
	assert_int_equal(out.length, 12 + 18 + 16 + 18);
	buf_free(&out);
}

static void a_gif_keeps_its_animation(void **state)
{
	static const unsigned char end[] = {
	    0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b};
	struct bytes in = {0};
	struct buf out = {0};

	(void)state;
	put(&in, "GIF89a\1\0\1\0\x80\0\0", 13);
	put(&in, "rgbRGB", 6);
	PUT(&in, 0x21, 0xff, 11);
	put(&in, "NETSCAPE2.0", 11);
	PUT(&in, 3, 1, 0, 0, 0);
	PUT(&in, 0x21, 0xfe, 9);
	put(&in, SECRET, 9);
	PUT(&in, 0);
	PUT(&in, 0x21, 0xff, 11);
	put(&in, "XMP DataXMP", 11);
	PUT(&in, 9);
	put(&in, SECRET, 9);
	PUT(&in, 0);
	PUT(&in, 0x21, 0xf9, 4, 0, 10, 0, 0, 0);
	put(&in, end, sizeof(end));
	put(&in, SECRET, 9);
	assert_true(strip("image/gif", &in, &out));
	assert_false(has(&out, SECRET));
	assert_true(has(&out, "NETSCAPE2.0"));
	assert_int_equal(out.length, 13 + 6 + 19 + 8 + sizeof(end));
	assert_memory_equal(out.data + out.length - sizeof(end), end, sizeof(end));
	buf_free(&out);
}

/* Cut anywhere, a picture is none; and nothing is read beyond it (the sanitizers say). */
static void what_is_cut_is_refused(void **state)
{
	struct bytes whole = make_jpeg();
	struct buf out = {0};

	(void)state;
	whole.length -= 9;
	for (size_t i = 0; i < whole.length; i++) {
		buf_clear(&out);
		assert_false(strip_metadata("image/jpeg", whole.data, i, &out));
	}
	assert_true(strip("image/jpeg", &whole, &out));
	assert_false(strip("image/png", &whole, &out));
	assert_false(strip("image/webp", &whole, &out));
	assert_false(strip("image/gif", &whole, &out));
	assert_false(strip("text/plain", &whole, &out));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_jpeg_keeps_picture_profile_and_orientation),
	    cmocka_unit_test(a_png_keeps_what_shows),
	    cmocka_unit_test(a_webp_loses_chunks_and_flags),
	    cmocka_unit_test(a_gif_keeps_its_animation),
	    cmocka_unit_test(what_is_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
