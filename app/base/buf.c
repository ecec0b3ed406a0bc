/* buf.c - a growing run of bytes on the heap. */
#include <base/buf.h>

#include "exhausted.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST ((size_t)64)

void buf_reserve(struct buf *buf, size_t more)
{
	size_t need, capacity;
	char *data;

	/* Half the address space is out of reach anyway, and keeps the sums below from wrapping. */
	if (more >= SIZE_MAX / 4 || buf->length >= SIZE_MAX / 4)
		memory_exhausted();
	need = buf->length + more + 1;
	if (need <= buf->capacity)
		return;
	capacity = buf->capacity == 0 ? CAPACITY_FIRST : buf->capacity + buf->capacity / 2;
	if (capacity < need)
		capacity = need;
	data = realloc(buf->data, capacity);
	if (data == NULL)
		memory_exhausted();
	data[buf->length] = '\0';
	buf->data = data;
	buf->capacity = capacity;
}

void buf_append(struct buf *buf, const char *bytes, size_t length)
{
	if (length == 0)
		return;
	if (buf->capacity - buf->length <= length)
		buf_reserve(buf, length);
	memcpy(buf->data + buf->length, bytes, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char byte)
{
	buf_append(buf, &byte, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		memory_exhausted();
	if (length > 0) {
		buf_reserve(buf, (size_t)length);
		vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
		buf->length += (size_t)length;
	}
	va_end(again);
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){0};
}
