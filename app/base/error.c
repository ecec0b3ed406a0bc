/* error.c - filling in what went wrong. */
#include <base/error.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Copy as much of `text` as fits, never ending within a UTF-8 sequence. */
static void copy_text(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);
	if (length >= size) {
		length = size - 1;
		while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
			length--;
	}
	memcpy(out, text, length);
	out[length] = '\0';
}

static void set_message(struct error *error, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void set_message(struct error *error, const char *format, va_list args)
{
	/* One byte more than the message holds, so that copy_text sees where a sequence is cut. */
	char text[sizeof(error->message) + 1];
	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	copy_text(error->message, sizeof(error->message), text);
}

void error_clear(struct error *error)
{
	if (error)
		memset(error, 0, sizeof(*error));
}

bool error_set(struct error *error, enum error_kind kind, const char *code, const char *format, ...)
{
	if (!error)
		return false;
	struct error fresh = {.kind = kind};
	va_list args;
	va_start(args, format);
	set_message(&fresh, format, args);
	va_end(args);
	copy_text(fresh.code, sizeof(fresh.code), code);
	*error = fresh;
	return false;
}

bool error_set_field(
    struct error *error, const char *field, const char *code, const char *format, ...)
{
	if (!error)
		return false;
	struct error fresh = {.kind = ERROR_INVALID};
	va_list args;
	va_start(args, format);
	set_message(&fresh, format, args);
	va_end(args);
	copy_text(fresh.code, sizeof(fresh.code), code);
	copy_text(fresh.field, sizeof(fresh.field), field);
	*error = fresh;
	return false;
}

void error_set_reference(struct error *error, const char *name, const char *value)
{
	if (!error)
		return;
	copy_text(error->reference_name, sizeof(error->reference_name), name);
	copy_text(error->reference, sizeof(error->reference), value);
}
