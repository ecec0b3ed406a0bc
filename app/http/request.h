/* request.h - the parts that a request is read with; private to the layer. */
#ifndef LETHE_APP_HTTP_REQUEST_H
#define LETHE_APP_HTTP_REQUEST_H

#include <http/request.h>

/* Read the request target (path and query) into `request`; the rules of http_request_read. */
bool target_read(struct http_request *request, const char *target, struct error *error);

/* Read all HTTP_* parameters, CONTENT_TYPE and CONTENT_LENGTH into `request`, and the cookies. */
bool headers_read(struct http_request *request, const char *const *params, struct error *error);

/* The value of a FastCGI parameter, or NULL. */
const char *param_get(const char *const *params, const char *name);

/* Read a Cookie header (RFC 6265, 4.2): pairs that are malformed are left out, and so is what
 * comes after the 64th. */
struct http_pairs cookies_parse(struct arena *arena, const char *header);

/* True for a token (RFC 9110, 5.6.2) of `length` bytes. */
bool is_token(const char *text, size_t length);

/* True for cookie octets (RFC 6265, 4.1.1). */
bool is_cookie_value(const char *text, size_t length);

#endif
