/* id.c - UUID version 7: making, reading and writing. */
#include <base/id.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

const struct id id_none = {{0}};

/* Without randomness ids would repeat: there is nothing sensible to go on with. */
static void fill_random(void *out, size_t length)
{
	ssize_t got;
	do
		got = getrandom(out, length, 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)length)
		abort();
}

/* Set the time, the version and the variant; the 62 other bits are left as they are. */
static void set_time(struct id *id, int64_t time_us)
{
	uint64_t micros = time_us < 0 ? 0 : (uint64_t)time_us;
	uint64_t millis = micros / 1000;
	unsigned fraction = (unsigned)(micros % 1000 * 4096 / 1000);
	for (int i = 0; i < 6; i++)
		id->bytes[i] = (unsigned char)(millis >> (40 - 8 * i));
	id->bytes[6] = (unsigned char)(0x70 | fraction >> 8);
	id->bytes[7] = (unsigned char)fraction;
	id->bytes[8] = (unsigned char)(0x80 | (id->bytes[8] & 0x3F));
}

struct id id_generate(int64_t now_us)
{
	struct id id = id_none;
	fill_random(id.bytes + 8, 8);
	set_time(&id, now_us);
	return id;
}

struct id id_floor(int64_t time_us)
{
	struct id id = id_none;
	set_time(&id, time_us);
	return id;
}

int64_t id_time_us(const struct id *id)
{
	uint64_t millis = 0;
	for (int i = 0; i < 6; i++)
		millis = millis << 8 | id->bytes[i];
	return (int64_t)(millis * 1000);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Where the text form has its dashes, counted in bytes of the id. */
static bool dash_before(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool id_parse(const char *text, struct id *id_r)
{
	struct id id;
	for (int i = 0; i < 16; i++) {
		if (dash_before(i) && *text++ != '-')
			return false;
		int high = hex_value(text[0]);
		int low = high < 0 ? -1 : hex_value(text[1]);
		if (low < 0)
			return false;
		id.bytes[i] = (unsigned char)(high << 4 | low);
		text += 2;
	}
	if (*text != '\0')
		return false;
	*id_r = id;
	return true;
}

void id_format(const struct id *id, char out[ID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < 16; i++) {
		if (dash_before(i))
			*out++ = '-';
		*out++ = digits[id->bytes[i] >> 4];
		*out++ = digits[id->bytes[i] & 15];
	}
	*out = '\0';
}

bool id_is_none(const struct id *id)
{
	return id_equal(id, &id_none);
}

bool id_equal(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
