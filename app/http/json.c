/* json.c - JSON bodies, bounded before jansson sees them. */
#include <http/json.h>
#include <string.h>
#include <strings.h>

/* What a first look at the text counts. */
struct outline {
	size_t depth;
	size_t deepest;
	size_t values;
};

/* The end of the string that begins with the quote at `at`; `end` if it never ends. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at : end;
}

/* Count nesting and values without parsing: jansson recurses, and a thread's stack is small. */
static struct outline outline_of(const char *bytes, size_t length)
{
	struct outline outline = {0};
	for (const char *at = bytes, *end = bytes + length; at < end; at++) {
		if (*at == '"') {
			at = skip_string(at, end);
		} else if (*at == '{' || *at == '[') {
			outline.values++;
			if (++outline.depth > outline.deepest)
				outline.deepest = outline.depth;
		} else if (*at == '}' || *at == ']') {
			outline.depth -= outline.depth > 0;
		} else if (*at == ',') {
			outline.values++;
		}
	}
	return outline;
}

bool http_json_parse(const char *bytes, size_t length, json_t **json_r, struct error *error)
{
	*json_r = NULL;
	struct outline outline = outline_of(bytes, length);
	if (outline.deepest > HTTP_JSON_MAX_DEPTH)
		return error_set(error, ERROR_INVALID, "invalid_json",
		    "The JSON is nested deeper than %d levels.", HTTP_JSON_MAX_DEPTH);
	if (outline.values > HTTP_JSON_MAX_VALUES)
		return error_set(error, ERROR_INVALID, "invalid_json",
		    "The JSON has more than %d values.", HTTP_JSON_MAX_VALUES);
	json_error_t reason;
	json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &reason);
	if (!json)
		return error_set(error, ERROR_INVALID, "invalid_json",
		    "The body is not valid JSON (line %d, column %d).", reason.line, reason.column);
	if (!json_is_object(json)) {
		json_decref(json);
		return error_set(
		    error, ERROR_INVALID, "invalid_json", "The body must be a JSON object.");
	}
	*json_r = json;
	return true;
}

/* True for application/json with no charset or UTF-8. */
static bool is_json_type(const struct http_request *request)
{
	if (!http_content_type_is(request, "application/json"))
		return false;
	const char *charset =
	    http_header_parameter(request->arena, http_header(request, "Content-Type"), "charset");
	return !charset || strcasecmp(charset, "utf-8") == 0;
}

bool http_json_read(struct http_request *request, const json_t **json_r, struct error *error)
{
	const char *bytes;
	size_t length;
	*json_r = request->json;
	if (request->json)
		return true;
	if (!http_body_read_all(request, HTTP_JSON_MAX_BYTES, &bytes, &length, error))
		return false;
	if (length == 0)
		return true;
	if (!is_json_type(request))
		return error_set(error, ERROR_INVALID, "unsupported_content_type",
		    "The body must be application/json in UTF-8.");
	if (!http_json_parse(bytes, length, &request->json, error))
		return false;
	*json_r = request->json;
	return true;
}
