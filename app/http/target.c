/* target.c - the request target: a path that is safe to compare, and the query. */
#include "request.h"
#include <http/form.h>
#include <http/url.h>
#include <string.h>
#include <strings.h>

static bool has_control(const char *text)
{
	for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
		if (*byte < 0x20 || *byte == 0x7f)
			return true;
	return false;
}

/* True if a segment of the path is "." or "..". */
static bool has_dot_segment(const char *path)
{
	while (*path == '/') {
		size_t length = strcspn(path + 1, "/");
		if (length == 1 && path[1] == '.')
			return true;
		if (length == 2 && path[1] == '.' && path[2] == '.')
			return true;
		path += 1 + length;
	}
	return false;
}

static bool fail_path(struct error *error)
{
	return error_set(
	    error, ERROR_INVALID, "invalid_path", "The address is not one that can be read.");
}

/* An encoded slash would make two paths look alike once they are decoded. */
static bool has_encoded_slash(const char *raw)
{
	for (const char *at = strchr(raw, '%'); at; at = strchr(at + 1, '%'))
		if (strncasecmp(at, "%2f", 3) == 0)
			return true;
	return false;
}

static bool read_path(struct http_request *request, const char *raw, struct error *error)
{
	if (raw[0] != '/')
		return fail_path(error);
	request->raw_path = raw;
	if (has_encoded_slash(raw))
		return fail_path(error);
	const char *path = http_url_decode(request->arena, raw, strlen(raw), false);
	if (!path || has_control(path) || has_dot_segment(path))
		return fail_path(error);
	request->path = path;
	return true;
}

bool target_read(struct http_request *request, const char *target, struct error *error)
{
	if (strlen(target) > HTTP_MAX_TARGET)
		return error_set(error, ERROR_TOO_LARGE, "uri_too_long",
		    "The address is longer than %d bytes.", HTTP_MAX_TARGET);
	size_t length = strcspn(target, "?");
	if (!read_path(request, arena_copy(request->arena, target, length), error))
		return false;
	if (target[length] != '?')
		return true;
	const char *query = target + length + 1;
	return http_form_parse(request->arena, query, strlen(query), HTTP_MAX_QUERY_PARAMS,
	    "invalid_query", &request->query, error);
}
