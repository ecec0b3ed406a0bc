/* form.h - application/x-www-form-urlencoded bodies (WHATWG URL standard, section 5). */
#ifndef LETHE_HTTP_FORM_H
#define LETHE_HTTP_FORM_H

#include <http/request.h>

#define HTTP_FORM_MAX_BYTES  (1024 * 1024)
#define HTTP_FORM_MAX_FIELDS 4096 /* bulk forms carry 1,000 ids */

/* Split `name=value&…` into pairs in the arena, in order, names may repeat; '+' is a blank; a
 * name alone has the value ""; a line break of a value (CR LF) is one LF. `field` names the input
 * in errors. Refused as invalid with `code`: malformed percent-encoding, not UTF-8, NUL, more than
 * `limit` pairs. */
bool http_form_parse(struct arena *arena, const char *bytes, size_t length, size_t limit,
    const char *code, struct http_pairs *pairs_r, struct error *error)
    __attribute__((warn_unused_result));

/* Read the request's body as a form. An absent body is an empty form. Another content type is
 * invalid "unsupported_content_type"; a malformed form "invalid_form"; more than 1 MiB too_large.
 */
bool http_form_read(struct http_request *request, struct http_pairs *fields_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
