/* response.c - collecting an answer and writing its head. */
#include "request.h"
#include <http/response.h>
#include <string.h>
#include <strings.h>

/* What the edge writes itself, or what has a function of its own. */
static const char *const reserved[] = {"Status", "Content-Length", "X-Request-Id", "Set-Cookie"};

void http_response_init(struct http_response *response, struct arena *arena, struct buf *body)
{
	buf_clear(body);
	*response = (struct http_response){.arena = arena, .status = 200, .body = body};
}

static void break_response(struct http_response *response, const char *why)
{
	if (!response->broken)
		response->broken = why;
}

static bool is_reserved(const char *name)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcasecmp(reserved[i], name) == 0)
			return true;
	return false;
}

/* CR or LF would let a value end its header and begin another. */
static bool is_header_value(const char *value)
{
	for (const unsigned char *byte = (const unsigned char *)value; *byte; byte++)
		if ((*byte < 0x20 && *byte != '\t') || *byte == 0x7f)
			return false;
	return true;
}

/* The place of a header, or NULL. */
static struct http_pair *find_header(struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (strcasecmp(response->headers[i].name, name) == 0)
			return &response->headers[i];
	return NULL;
}

static void remove_header(struct http_response *response, struct http_pair *header)
{
	struct http_pair *last = &response->headers[--response->header_count];
	memmove(header, header + 1, (size_t)(last - header) * sizeof(*header));
}

static void append_header(struct http_response *response, const char *name, const char *value)
{
	if (response->header_count == HTTP_RESPONSE_MAX_HEADERS) {
		break_response(response, "too many headers");
		return;
	}
	response->headers[response->header_count++] =
	    (struct http_pair){arena_dup(response->arena, name), value};
}

void http_response_header(struct http_response *response, const char *name, const char *value)
{
	struct http_pair *former = find_header(response, name);
	if (!is_token(name, strlen(name)) || is_reserved(name)) {
		break_response(response, "header name");
	} else if (value && !is_header_value(value)) {
		break_response(response, "header value");
	} else if (!value) {
		if (former)
			remove_header(response, former);
	} else if (former) {
		former->value = arena_dup(response->arena, value);
	} else {
		append_header(response, name, arena_dup(response->arena, value));
	}
}

const char *http_response_get(const struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (strcasecmp(response->headers[i].name, name) == 0)
			return response->headers[i].value;
	return NULL;
}

/* Remove the Set-Cookie header of that cookie, if there is one. */
static void remove_cookie(struct http_response *response, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < response->header_count; i++) {
		struct http_pair *header = &response->headers[i];
		if (strcmp(header->name, "Set-Cookie") == 0 &&
		    strncmp(header->value, name, length) == 0 && header->value[length] == '=') {
			remove_header(response, header);
			return;
		}
	}
}

static bool is_cookie_path(const char *path)
{
	return path[0] == '/' && is_header_value(path) && !strchr(path, ';');
}

void http_response_cookie(struct http_response *response, const struct http_set_cookie *cookie)
{
	const char *path = cookie->path ? cookie->path : "/";
	if (!is_token(cookie->name, strlen(cookie->name)) ||
	    !is_cookie_value(cookie->value, strlen(cookie->value)) || !is_cookie_path(path)) {
		break_response(response, "cookie");
		return;
	}
	const char *age = cookie->max_age_s < 0 ? ""
						: arena_printf(response->arena, "; Max-Age=%lld",
						      (long long)cookie->max_age_s);
	remove_cookie(response, cookie->name);
	append_header(response, "Set-Cookie",
	    arena_printf(response->arena, "%s=%s; Path=%s%s; HttpOnly; SameSite=Lax%s",
		cookie->name, cookie->value, path, age, cookie->is_secure ? "; Secure" : ""));
}

void http_response_redirect(struct http_response *response, const char *location)
{
	response->status = 303;
	buf_clear(response->body);
	http_response_header(response, "Content-Type", NULL);
	http_response_header(response, "Location", location);
}

void http_response_not_modified(struct http_response *response, const char *etag)
{
	response->status = 304;
	buf_clear(response->body);
	http_response_header(response, "Content-Type", NULL);
	http_response_header(response, "ETag", etag);
}

void http_response_begin(struct http_response *response, int status, const char *content_type)
{
	response->status = status;
	buf_clear(response->body);
	http_response_header(response, "Content-Type", content_type);
}

static bool is_bodiless(int status)
{
	return status == 204 || status == 304;
}

void http_response_write_head(
    const struct http_response *response, const char *request_id, struct buf *out)
{
	buf_printf(
	    out, "Status: %d %s\r\n", response->status, http_status_phrase(response->status));
	for (size_t i = 0; i < response->header_count; i++) {
		buf_puts(out, response->headers[i].name);
		buf_puts(out, ": ");
		buf_puts(out, response->headers[i].value);
		buf_puts(out, "\r\n");
	}
	buf_printf(out, "X-Request-Id: %s\r\n", request_id);
	if (!is_bodiless(response->status) && !response->stream)
		buf_printf(out, "Content-Length: %zu\r\n", response->body->length);
	buf_puts(out, "\r\n");
}

void http_response_stream(struct http_response *response, http_stream_fn stream, void *context)
{
	response->stream = stream;
	response->stream_context = context;
}

bool http_response_has_body(const struct http_response *response, enum http_method method)
{
	return method != HTTP_HEAD && !is_bodiless(response->status) &&
	       (response->stream || response->body->length > 0);
}
