/* url.c - percent-encoding (RFC 3986) and the making of URLs. */
#include <base/log.h>
#include <base/text.h>
#include <http/url.h>
#include <string.h>

static bool is_unreserved(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
	       byte == '~';
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* The byte that "%XX" at `text` stands for, or -1 if it is malformed. */
static int decode_triplet(const char *text, size_t length)
{
	if (length < 3)
		return -1;
	int high = hex_digit(text[1]);
	int low = hex_digit(text[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

char *http_url_decode(struct arena *arena, const char *bytes, size_t length, bool is_form)
{
	char *out = arena_copy(arena, bytes, length);
	size_t used = 0;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '%') {
			int byte = decode_triplet(bytes + i, length - i);
			if (byte < 0)
				return NULL;
			out[used++] = (char)byte;
			i += 2;
		} else {
			out[used++] = is_form && bytes[i] == '+' ? ' ' : bytes[i];
		}
	}
	out[used] = '\0';
	return text_is_utf8(out, used) ? out : NULL;
}

/* Write `text` encoded at `out`, which holds three bytes for each of its own; returns the end. */
static char *encode_into(char *out, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++) {
		if (is_unreserved(*byte)) {
			*out++ = (char)*byte;
		} else {
			*out++ = '%';
			*out++ = digits[*byte >> 4];
			*out++ = digits[*byte & 15];
		}
	}
	return out;
}

char *http_url_encode(struct arena *arena, const char *text)
{
	char *out = arena_array(arena, strlen(text) + 1, 3);
	*encode_into(out, text) = '\0';
	return out;
}

/* The value of the capture whose name is `length` bytes at `name`, or NULL. */
static const char *find_capture(const struct http_pair *captures, const char *name, size_t length)
{
	for (; captures->name; captures++)
		if (strlen(captures->name) == length && memcmp(captures->name, name, length) == 0)
			return captures->value;
	return NULL;
}

/* Room for the whole URL, encoded at worst. */
static size_t measure_pairs(const struct http_pair *pairs)
{
	size_t size = 0;
	for (; pairs->name; pairs++)
		if (pairs->value)
			size += 3 * (strlen(pairs->name) + strlen(pairs->value)) + 2;
	return size;
}

/* How many bytes a pattern may need: a capture may be named more than once. */
static size_t measure_pattern(const char *pattern, const struct http_pair *captures)
{
	size_t size = strlen(pattern) + 1;
	for (const char *brace = strchr(pattern, '{'); brace; brace = strchr(brace + 1, '{'))
		size += measure_pairs(captures);
	return size;
}

/* Fill the captures of a pattern in at `out`; the end, or NULL if one has no value. */
static char *fill_pattern(char *out, const char *pattern, const struct http_pair *captures)
{
	while (*pattern) {
		const char *end = *pattern == '{' ? strchr(pattern, '}') : NULL;
		if (!end) {
			*out++ = *pattern++;
			continue;
		}
		const char *value =
		    find_capture(captures, pattern + 1, (size_t)(end - pattern - 1));
		if (!value || !*value)
			return NULL;
		out = encode_into(out, value);
		pattern = end + 1;
	}
	return out;
}

static char *append_query(char *out, char separator, const struct http_pair *query)
{
	for (; query->name; query++) {
		if (!query->value)
			continue;
		*out++ = separator;
		out = encode_into(out, query->name);
		*out++ = '=';
		out = encode_into(out, query->value);
		separator = '&';
	}
	return out;
}

char *http_url_build(struct arena *arena, const char *pattern, const struct http_pair *captures,
    const struct http_pair *query)
{
	char *url =
	    arena_alloc(arena, measure_pattern(pattern, captures) + measure_pairs(query) + 1);
	char *end = fill_pattern(url, pattern, captures);
	if (!end) {
		log_event(LOG_ERROR, "url_capture_missing", log_text("pattern", pattern));
		return arena_dup(arena, "/");
	}
	*append_query(end, strchr(pattern, '?') ? '&' : '?', query) = '\0';
	return url;
}

const char *http_url_local(const char *path, const char *fallback)
{
	if (!path || path[0] != '/' || path[1] == '/' || path[1] == '\\')
		return fallback;
	for (const unsigned char *byte = (const unsigned char *)path; *byte; byte++)
		if (*byte <= ' ' || *byte >= 0x7f)
			return fallback;
	return path;
}
