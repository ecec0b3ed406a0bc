/* strip.c - walking over the parts of a picture's file, and leaving out what is not the picture. */
#include <domain/strip.h>
#include <string.h>

/* What is left of a file; reading past its end fails for good. */
struct input {
	const unsigned char *at;
	size_t left;
	bool failed;
};

static const unsigned char *take(struct input *in, size_t length)
{
	const unsigned char *from = in->at;

	if (in->failed || length > in->left) {
		in->failed = true;
		return NULL;
	}
	in->at += length;
	in->left -= length;
	return from;
}

static unsigned big16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static size_t big32(const unsigned char *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

static size_t little32(const unsigned char *p)
{
	return (size_t)p[3] << 24 | (size_t)p[2] << 16 | (size_t)p[1] << 8 | p[0];
}

/* --- JPEG ---------------------------------------------------------------------------------- */

/* The orientation that an Exif segment tells (1 to 8), 0 for none. */
static unsigned exif_orientation(const unsigned char *exif, size_t length)
{
	const unsigned char *tiff = exif + 6;
	size_t size = length < 6 ? 0 : length - 6, ifd;
	unsigned count;
	bool big;

	if (size < 8 || memcmp(exif, "Exif\0\0", 6) != 0) {
		return 0;
	}
	big = tiff[0] == 'M';
	ifd = big ? big32(tiff + 4) : little32(tiff + 4);
	if (ifd > size || size - ifd < 2) {
		return 0;
	}
	count = big ? big16(tiff + ifd) : (unsigned)tiff[ifd + 1] << 8 | tiff[ifd];
	for (unsigned i = 0; i < count && size - ifd - 2 >= (size_t)12 * (i + 1); i++) {
		const unsigned char *entry = tiff + ifd + 2 + (size_t)12 * i;
		unsigned tag = big ? big16(entry) : (unsigned)entry[1] << 8 | entry[0];
		unsigned value = big ? entry[9] : entry[8];

		if (tag == 0x0112) {
			return value >= 1 && value <= 8 ? value : 0;
		}
	}
	return 0;
}

/* An Exif segment that tells the orientation and nothing else. */
static void put_orientation(struct buf *out, unsigned orientation)
{
	unsigned char segment[] = {0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0,
	    0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

	segment[29] = (unsigned char)orientation;
	buf_append(out, (const char *)segment, sizeof(segment));
}

/* JFIF (APP0), the colour profile (APP2) and Adobe's transform (APP14) are needed to show it. */
static bool keeps_segment(unsigned marker, const unsigned char *body, size_t length)
{
	if (marker == 0xe0) {
		return length >= 5 && memcmp(body, "JFIF", 5) == 0;
	}
	if (marker == 0xe2) {
		return length >= 12 && memcmp(body, "ICC_PROFILE", 12) == 0;
	}
	if (marker == 0xee) {
		return length >= 5 && memcmp(body, "Adobe", 5) == 0;
	}
	return marker != 0xfe && (marker < 0xe0 || marker > 0xef);
}

/* Entropy-coded data up to the next marker that is none of its own. */
static void copy_scan(struct input *in, struct buf *out)
{
	size_t length = 0;

	while (length + 1 < in->left) {
		unsigned next = in->at[length + 1];

		if (in->at[length] == 0xff && next != 0 && next != 0xff &&
		    !(next >= 0xd0 && next <= 0xd7)) {
			break;
		}
		length++;
	}
	buf_append(out, (const char *)in->at, length);
	(void)!take(in, length);
}

static bool strip_jpeg(struct input *in, struct buf *out)
{
	const unsigned char *start = take(in, 2);
	bool turned = false;

	if (!start || start[0] != 0xff || start[1] != 0xd8) {
		return false;
	}
	buf_append(out, (const char *)start, 2);
	for (;;) {
		const unsigned char *head = take(in, 2), *body;
		unsigned length, orientation;

		while (head && head[0] == 0xff && head[1] == 0xff && take(in, 1)) {
			head++; /* fill bytes */
		}
		if (!head || head[0] != 0xff) {
			return false;
		}
		if (head[1] == 0xd9) {
			buf_append(out, (const char *)head, 2);
			return true;
		}
		body = take(in, 2);
		length = body ? big16(body) : 0;
		if (length < 2 || !take(in, length - 2)) {
			return false;
		}
		orientation =
		    head[1] == 0xe1 && !turned ? exif_orientation(body + 2, length - 2) : 0;
		if (orientation > 1) {
			put_orientation(out, orientation);
			turned = true;
		}
		if (keeps_segment(head[1], body + 2, length - 2)) {
			buf_append(out, (const char *)head, 2);
			buf_append(out, (const char *)body, length);
		}
		if (head[1] == 0xda) {
			copy_scan(in, out);
		}
	}
}

/* --- PNG ----------------------------------------------------------------------------------- */

static bool is_one_of(const unsigned char *type, const char *const *types)
{
	for (; *types; types++) {
		if (memcmp(type, *types, 4) == 0) {
			return true;
		}
	}
	return false;
}

static bool strip_png(struct input *in, struct buf *out)
{
	static const char *const kept[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM",
	    "sRGB", "iCCP", "cICP", "bKGD", "sBIT", "pHYs", "acTL", "fcTL", "fdAT", NULL};
	const unsigned char *start = take(in, 8);

	if (!start || memcmp(start, "\x89PNG\r\n\x1a\n", 8) != 0) {
		return false;
	}
	buf_append(out, (const char *)start, 8);
	for (;;) {
		const unsigned char *head = take(in, 8);
		size_t length = head ? big32(head) : 0;

		if (!head || length > 0x7fffffff || !take(in, length + 4)) {
			return false;
		}
		if (is_one_of(head + 4, kept)) {
			buf_append(out, (const char *)head, length + 12);
		}
		if (memcmp(head + 4, "IEND", 4) == 0) {
			return true;
		}
	}
}

/* --- WebP ---------------------------------------------------------------------------------- */

#define WEBP_EXIF 0x08
#define WEBP_XMP  0x04

static bool strip_webp(struct input *in, struct buf *out)
{
	static const char *const kept[] = {
	    "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP", NULL};
	const unsigned char *start = take(in, 12);
	size_t base = out->length, rest, size;

	if (!start || memcmp(start, "RIFF", 4) != 0 || memcmp(start + 8, "WEBP", 4) != 0) {
		return false;
	}
	rest = little32(start + 4);
	if (rest < 4 || rest - 4 > in->left) {
		return false;
	}
	in->left = rest - 4;
	buf_append(out, (const char *)start, 12);
	while (in->left > 0) {
		const unsigned char *head = take(in, 8);
		size_t length = head ? little32(head + 4) : 0, padded = length + (length & 1);
		size_t at = out->length;

		if (!head || !take(in, padded)) {
			return false;
		}
		if (is_one_of(head, kept)) {
			buf_append(out, (const char *)head, padded + 8);
		}
		if (memcmp(head, "VP8X", 4) == 0 && length >= 10) {
			out->data[at + 8] = (char)(out->data[at + 8] & ~(WEBP_EXIF | WEBP_XMP));
		}
	}
	size = out->length - base - 8;
	for (size_t i = 0; i < 4; i++) {
		out->data[base + 4 + i] = (char)(size >> (8 * i) & 0xff);
	}
	return true;
}

/* --- GIF ----------------------------------------------------------------------------------- */

static size_t table_size(unsigned flags)
{
	return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* Blocks of data up to the empty one. */
static bool take_blocks(struct input *in)
{
	const unsigned char *length;

	do {
		length = take(in, 1);
	} while (length && *length > 0 && take(in, *length));
	return length && *length == 0;
}

/* Control of the next image, and of how often the whole is repeated. */
static bool keeps_extension(const unsigned char *extension)
{
	if (extension[1] == 0xf9) {
		return true;
	}
	return extension[1] == 0xff && extension[2] == 11 &&
	       (memcmp(extension + 3, "NETSCAPE2.0", 11) == 0 ||
		   memcmp(extension + 3, "ANIMEXTS1.0", 11) == 0);
}

static bool strip_gif(struct input *in, struct buf *out)
{
	const unsigned char *start = take(in, 13);

	if (!start || memcmp(start, "GIF8", 4) != 0 || !take(in, table_size(start[10]))) {
		return false;
	}
	buf_append(out, (const char *)start, (size_t)(in->at - start));
	for (;;) {
		const unsigned char *from = take(in, 1);

		if (!from) {
			return false;
		}
		if (*from == 0x3b) {
			buf_append(out, (const char *)from, 1);
			return true;
		}
		if (*from == 0x2c) {
			const unsigned char *image = take(in, 9);

			if (!image || !take(in, table_size(image[8]) + 1) || !take_blocks(in)) {
				return false;
			}
			buf_append(out, (const char *)from, (size_t)(in->at - from));
		} else {
			if (*from != 0x21 || !take(in, 1) || !take_blocks(in)) {
				return false;
			}
			if (keeps_extension(from)) {
				buf_append(out, (const char *)from, (size_t)(in->at - from));
			}
		}
	}
}

static const struct {
	const char *type;
	bool (*strip)(struct input *in, struct buf *out);
} formats[] = {
    {"image/jpeg", strip_jpeg},
    {"image/png", strip_png},
    {"image/webp", strip_webp},
    {"image/gif", strip_gif},
};

bool strip_metadata(
    const char *content_type, const unsigned char *bytes, size_t length, struct buf *out)
{
	struct input in = {.at = bytes, .left = length};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(content_type, formats[i].type) == 0) {
			return formats[i].strip(&in, out);
		}
	}
	return false;
}
