/* buf.h - a growing run of bytes on the heap, for output whose size is not known beforehand. */
#ifndef LETHE_BASE_BUF_H
#define LETHE_BASE_BUF_H

#include <stddef.h>

/* `data` holds `length` bytes followed by a NUL that is not counted, or is NULL while empty.
 * A zeroed struct is an empty buffer. */
struct buf {
	char *data;
	size_t length;
	size_t capacity;
};

/* Append; running out of memory ends the process. */
void buf_append(struct buf *buf, const char *bytes, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Make room for `more` further bytes, so that appends up to there do not move the data. */
void buf_reserve(struct buf *buf, size_t more);

/* Empty the buffer and keep its memory. */
void buf_clear(struct buf *buf);

/* Free the memory; the buffer is empty and can be used again. */
void buf_free(struct buf *buf);

#endif
