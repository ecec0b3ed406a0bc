/* json.h - JSON bodies (RFC 8259). jansson is used for what comes in only. */
#ifndef LETHE_HTTP_JSON_H
#define LETHE_HTTP_JSON_H

#include <http/request.h>
#include <jansson.h>

#define HTTP_JSON_MAX_BYTES  (1024 * 1024)
#define HTTP_JSON_MAX_DEPTH  16
#define HTTP_JSON_MAX_VALUES 16384

/* Parse an object. The caller owns `*json_r` (json_decref). Refused as invalid "invalid_json":
 * anything but one object, a name given twice, not UTF-8, NUL (also escaped), nesting deeper than
 * 16, more than 16,384 values. The message gives the line and column. */
bool http_json_parse(const char *bytes, size_t length, json_t **json_r, struct error *error)
    __attribute__((warn_unused_result));

/* Read the request's body as a JSON object, which the request owns: do not decref it. An absent
 * body gives NULL and true. Content-Type must be application/json, with charset=utf-8 or none,
 * else invalid "unsupported_content_type". More than 1 MiB is too_large. */
bool http_json_read(struct http_request *request, const json_t **json_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
