/* request.c - making a request from FastCGI parameters, and asking it things. */
#include "request.h"
#include <base/id.h>
#include <http/json.h>
#include <string.h>
#include <strings.h>

const char *http_pairs_get(const struct http_pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (strcmp(pairs->items[i].name, name) == 0)
			return pairs->items[i].value;
	return NULL;
}

size_t http_pairs_count(const struct http_pairs *pairs, const char *name)
{
	size_t count = 0;
	for (size_t i = 0; i < pairs->count; i++)
		count += strcmp(pairs->items[i].name, name) == 0;
	return count;
}

static bool is_request_id(const char *text)
{
	size_t length =
	    strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
	return length >= 16 && length < HTTP_REQUEST_ID_SIZE && text[length] == '\0';
}

/* Take the gateway's request id, so that its log and ours agree; or make one. */
static void read_id(
    struct http_request *request, const struct clock *clock, const char *const *params)
{
	const char *given = param_get(params, "X_REQUEST_ID");
	if (given && is_request_id(given)) {
		memcpy(request->id, given, strlen(given) + 1);
		return;
	}
	struct id id = id_generate(clock_now_us(clock));
	id_format(&id, request->id);
}

static bool is_https(const char *const *params)
{
	const char *https = param_get(params, "HTTPS");
	const char *scheme = param_get(params, "REQUEST_SCHEME");
	return (https && strcasecmp(https, "on") == 0) ||
	       (scheme && strcasecmp(scheme, "https") == 0);
}

static const char *copy_param(
    struct arena *arena, const char *const *params, const char *name, const char *fallback)
{
	const char *value = param_get(params, name);
	return arena_dup(arena, value && *value ? value : fallback);
}

bool http_request_read(struct arena *arena, const struct clock *clock, const char *const *params,
    const struct http_body *body, struct http_request **request_r, struct error *error)
{
	struct http_request *request = arena_alloc(arena, sizeof(*request));
	*request_r = request;
	request->arena = arena;
	request->path = "";
	request->raw_path = "";
	request->host = "";
	request->remote_address = copy_param(arena, params, "REMOTE_ADDR", "");
	request->listener = copy_param(arena, params, "LETHE_LISTENER", "public");
	request->method = http_method_parse(copy_param(arena, params, "REQUEST_METHOD", ""));
	request->is_https = is_https(params);
	if (body)
		request->body = *body;
	read_id(request, clock, params);
	return target_read(request, copy_param(arena, params, "REQUEST_URI", ""), error) &&
	       headers_read(request, params, error);
}

void http_request_finish(struct http_request **request)
{
	if (!*request)
		return;
	json_decref((*request)->json);
	(*request)->json = NULL;
	*request = NULL;
}

const char *http_query(const struct http_request *request, const char *name)
{
	return http_pairs_get(&request->query, name);
}

/* True if `name`, as it is usually written, is the gateway's `param`: "If-None-Match" and
 * "IF_NONE_MATCH". */
static bool is_header(const char *param, const char *name)
{
	for (; *name && *param; name++, param++) {
		char byte = *name == '-' ? '_' : *name;
		if (byte >= 'a' && byte <= 'z')
			byte = (char)(byte - 'a' + 'A');
		if (byte != *param)
			return false;
	}
	return *name == *param;
}

const char *http_header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->headers.count; i++)
		if (is_header(request->headers.items[i].name, name))
			return request->headers.items[i].value;
	return NULL;
}

const char *http_cookie(const struct http_request *request, const char *name)
{
	return http_pairs_get(&request->cookies, name);
}

bool http_content_type_is(const struct http_request *request, const char *type)
{
	const char *given = http_header(request, "Content-Type");
	size_t length = strlen(type);
	if (!given || strncasecmp(given, type, length) != 0)
		return false;
	given += length;
	given += strspn(given, " \t");
	return *given == '\0' || *given == ';';
}
