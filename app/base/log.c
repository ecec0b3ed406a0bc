/* log.c - JSON lines on standard error. */
#include "utf8.h"
#include <base/clock.h>
#include <base/log.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a pipe takes in one piece (PIPE_BUF), so that lines of several processes do not mix. */
#define LINE_SIZE 4096
#define LINE_TAIL 4 /* kept free for what closes a string and the line: `"}` and a newline */
#define VALUE_MAX 1500

static enum log_level lowest_level = LOG_INFO;
static _Thread_local char request[65]; /* ids have at most 64 characters */

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARNING] = "warning",
    [LOG_ERROR] = "error",
};

struct line {
	char data[LINE_SIZE];
	size_t length;
};

void log_set_level(enum log_level level)
{
	lowest_level = level;
}

void log_set_request(const char *request_id)
{
	snprintf(request, sizeof(request), "%s", request_id ? request_id : "");
}

static size_t space_left(const struct line *line)
{
	return LINE_SIZE - LINE_TAIL - line->length;
}

static void put(struct line *line, const char *bytes, size_t length)
{
	memcpy(line->data + line->length, bytes, length);
	line->length += length;
}

/* Write the code point of `length` bytes at `text` as a JSON string holds it, into `out` of at
 * least 7 bytes; bytes that are no code point (length 0) become U+FFFD. */
static size_t escape_point(const char *text, size_t length, char *out)
{
	unsigned char first = (unsigned char)*text;
	if (length == 0) {
		memcpy(out, "\xEF\xBF\xBD", 3);
		return 3;
	}
	if (length == 1 && (first < 0x20 || first == 0x7F))
		return (size_t)snprintf(out, 7, "\\u%04x", first);
	size_t at = 0;
	if (first == '"' || first == '\\')
		out[at++] = '\\';
	memcpy(out + at, text, length);
	return at + length;
}

/* Append a quoted string, cut where it or the line grows too long. */
static void put_string(struct line *line, const char *text)
{
	size_t length = strlen(text);
	size_t start = line->length;
	put(line, "\"", 1);
	for (size_t at = 0; at < length;) {
		uint32_t point = 0;
		size_t step = utf8_decode(text + at, length - at, &point);
		char escaped[8];
		size_t size = escape_point(text + at, step, escaped);
		if (size + 1 > space_left(line) || line->length - start + size > VALUE_MAX)
			break;
		put(line, escaped, size);
		at += step ? step : 1;
	}
	put(line, "\"", 1);
}

/* Append a member if its name and a little of its value fit. */
static void put_member(struct line *line, const char *name, const char *text, int64_t number)
{
	if (strlen(name) + 40 > space_left(line))
		return;
	put(line, line->length ? "," : "{", 1);
	put_string(line, name);
	put(line, ":", 1);
	if (text) {
		put_string(line, text);
		return;
	}
	char digits[24];
	put(line, digits, (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)number));
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
	if (level < lowest_level)
		return;
	struct line line = {.length = 0};
	char now[CLOCK_TEXT_SIZE];
	clock_format(clock_now_us(&clock_system), now);
	put_member(&line, "time", now, 0);
	put_member(&line, "level", level_names[level], 0);
	put_member(&line, "event", event, 0);
	if (request[0])
		put_member(&line, "request_id", request, 0);
	for (; fields && fields->name; fields++)
		put_member(&line, fields->name, fields->text, fields->number);
	put(&line, "}\n", 2);
	/* A log that cannot be written has nowhere to be reported. */
	ssize_t written = write(STDERR_FILENO, line.data, line.length);
	(void)written;
}
