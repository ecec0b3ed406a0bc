/* form_fuzz.c - forms, queries, paths, JSON bodies and URL round trips with any bytes. */
#include <base/text.h>
#include <http/form.h>
#include <http/json.h>
#include <http/url.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a form gives is text, and survives being encoded and parsed again. */
static void check_form(struct arena *arena, const char *bytes, size_t length)
{
	struct http_pairs pairs;
	if (!http_form_parse(arena, bytes, length, 100, "bad", &pairs, NULL))
		return;
	for (size_t i = 0; i < pairs.count; i++) {
		const char *value = pairs.items[i].value;
		const char *encoded = http_url_encode(arena, value);
		if (!text_is_utf8(value, strlen(value)) ||
		    !text_is_utf8(pairs.items[i].name, strlen(pairs.items[i].name)) ||
		    strcmp(http_url_decode(arena, encoded, strlen(encoded), true), value) != 0)
			abort();
	}
}

/* A path that is let through has no dot segment and no control character. */
static void check_target(struct arena *arena, const char *bytes, size_t length)
{
	struct clock clock = clock_fixed(CLOCK_DAY_US);
	struct http_request *request;
	const char *params[] = {
	    arena_printf(arena, "REQUEST_URI=%s", arena_copy(arena, bytes, length)), NULL};
	if (!http_request_read(arena, &clock, params, NULL, &request, NULL))
		return;
	if (request->path[0] != '/' || strstr(request->path, "/../") ||
	    strpbrk(request->path, "\r\n\t\x7f") ||
	    !text_is_utf8(request->path, strlen(request->path)))
		abort();
	(void)http_url_local(request->path, "/");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	json_t *json;
	check_form(arena, (const char *)data, size);
	check_target(arena, (const char *)data, size);
	if (http_json_parse((const char *)data, size, &json, NULL))
		json_decref(json);
	arena_destroy(&arena);
	return 0;
}
