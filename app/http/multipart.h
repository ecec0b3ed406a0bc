/* multipart.h - the header block of one part; private to the layer. */
#ifndef LETHE_APP_HTTP_MULTIPART_H
#define LETHE_APP_HTTP_MULTIPART_H

#include <http/multipart.h>

/* Read a part's header block (RFC 7578, 4.2 to 4.8): `length` bytes of lines that each end with
 * CRLF. `part_r->filename` is NULL for a part that is not a file. Invalid "invalid_multipart"
 * unless there is exactly one Content-Disposition of form-data with a name, at most one
 * Content-Type, no transfer encoding that changes bytes, and all of it is UTF-8 without control
 * characters. */
bool part_read_headers(struct arena *arena, const char *block, size_t length,
    struct http_part *part_r, struct error *error);

/* Set invalid "invalid_multipart"; returns false. */
bool multipart_fail(struct error *error, const char *what);

#endif
