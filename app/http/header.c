/* header.c - the headers a request brings, as FastCGI parameters (RFC 3875, 4.1). */
#include "request.h"
#include <base/text.h>
#include <string.h>

/* Headers that decide something, so that a second one must not be overlooked. */
static const char *const singletons[] = {
    "AUTHORIZATION", "CONTENT_TYPE", "HOST", "ORIGIN", "X_CSRF_TOKEN", "X_REAUTH_TOKEN"};

/* Headers that old clients send in other encodings, and that decide nothing. */
static const char *const lenient[] = {"REFERER", "USER_AGENT"};

static bool is_in(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

#define IS_IN(list, name) is_in(list, sizeof(list) / sizeof((list)[0]), name)

const char *param_get(const char *const *params, const char *name)
{
	size_t length = strlen(name);
	for (; *params; params++)
		if (strncmp(*params, name, length) == 0 && (*params)[length] == '=')
			return *params + length + 1;
	return NULL;
}

static bool fail_header(struct error *error, const char *name)
{
	return error_set(error, ERROR_INVALID, "invalid_header",
	    "The request's header %.40s cannot be read.", name);
}

/* True if a value holds control characters other than tab. */
static bool has_control(const char *value)
{
	for (const unsigned char *byte = (const unsigned char *)value; *byte; byte++)
		if ((*byte < 0x20 && *byte != '\t') || *byte == 0x7f)
			return true;
	return false;
}

/* The headers that are being collected. */
struct header_list {
	struct http_pair *items;
	size_t count;
};

/* Add one header after checking it. Values are copied: the parameters go before the request does.
 */
static bool add_header(struct arena *arena, struct header_list *list, const char *name,
    const char *value, struct error *error)
{
	struct http_pairs so_far = {list->items, list->count};
	size_t length = strlen(value);
	if (length > HTTP_MAX_HEADER_VALUE || list->count == HTTP_MAX_HEADERS)
		return error_set(error, ERROR_TOO_LARGE, "header_too_large",
		    "The request's headers are too large.");
	if (has_control(value))
		return fail_header(error, name);
	if (IS_IN(singletons, name) && http_pairs_get(&so_far, name))
		return fail_header(error, name);
	if (!text_is_utf8(value, length)) {
		if (IS_IN(lenient, name) || strcmp(name, "COOKIE") == 0)
			return true;
		return fail_header(error, name);
	}
	list->items[list->count++] = (struct http_pair){name, arena_copy(arena, value, length)};
	return true;
}

/* Collect the HTTP_* parameters. A gateway computes Content-Length itself: its own wins. */
static bool collect(struct http_request *request, const char *const *params,
    struct header_list *list, struct error *error)
{
	struct arena *arena = request->arena;
	for (; *params; params++) {
		const char *equals = strchr(*params, '=');
		if (strncmp(*params, "HTTP_", 5) != 0 || !equals)
			continue;
		const char *name = arena_copy(arena, *params + 5, (size_t)(equals - *params) - 5);
		if (strcmp(name, "CONTENT_LENGTH") == 0)
			continue;
		if (strcmp(name, "COOKIE") == 0 && !request->cookies.items)
			request->cookies = cookies_parse(arena, equals + 1);
		if (!add_header(arena, list, name, equals + 1, error))
			return false;
	}
	return true;
}

/* Some gateways give the type as a parameter alone, some also as a header. */
static bool read_content_type(struct http_request *request, const char *const *params,
    struct header_list *list, struct error *error)
{
	const char *type = param_get(params, "CONTENT_TYPE");
	struct http_pairs so_far = {list->items, list->count};
	if (!type || !*type || http_pairs_get(&so_far, "CONTENT_TYPE"))
		return true;
	return add_header(request->arena, list, "CONTENT_TYPE", type, error);
}

static bool read_content_length(
    struct http_request *request, const char *const *params, struct error *error)
{
	const char *text = param_get(params, "CONTENT_LENGTH");
	if (!text || !*text)
		text = param_get(params, "HTTP_CONTENT_LENGTH");
	request->body.length = -1;
	if (!text || !*text)
		return true;
	int64_t length = 0;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || length > INT64_MAX / 100)
			return fail_header(error, "CONTENT_LENGTH");
		length = length * 10 + (*text - '0');
	}
	request->body.length = length;
	return true;
}

/* A host name, an IPv4 or a bracketed IPv6 address, with or without a port. */
static bool read_host(struct http_request *request, struct error *error)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_:[]";
	const char *host = http_pairs_get(&request->headers, "HOST");
	if (!host)
		return true;
	if (strlen(host) > 255 || host[strspn(host, allowed)])
		return fail_header(error, "HOST");
	request->host = host;
	return true;
}

bool headers_read(struct http_request *request, const char *const *params, struct error *error)
{
	struct header_list list = {
	    .items = arena_array(request->arena, HTTP_MAX_HEADERS, sizeof(*list.items))};
	if (!collect(request, params, &list, error) ||
	    !read_content_type(request, params, &list, error))
		return false;
	request->headers = (struct http_pairs){list.items, list.count};
	return read_content_length(request, params, error) && read_host(request, error);
}
