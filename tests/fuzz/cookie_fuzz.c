/* cookie_fuzz.c - cookies and other headers: one line of input is one header. */
#include <base/text.h>
#include <http/response.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A cookie that was read could be set again, and a head never holds more lines than headers. */
static void check_cookies(struct arena *arena, const struct http_request *request)
{
	struct buf body = {0}, head = {0};
	struct http_response response;
	http_response_init(&response, arena, &body);
	for (size_t i = 0; i < request->cookies.count && i < 8; i++)
		http_response_cookie(
		    &response, &(struct http_set_cookie){.name = request->cookies.items[i].name,
				   .value = request->cookies.items[i].value});
	if (response.broken)
		abort();
	const char *accept = http_header(request, "Accept");
	http_response_header(&response, "X-Echo", accept);
	if (response.broken)
		abort();
	http_response_write_head(&response, "id", &head);
	size_t lines = 0;
	for (const char *at = head.data; (at = strchr(at, '\n')); at++)
		lines++;
	if (lines != response.header_count + 4)
		abort();
	buf_free(&body);
	buf_free(&head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"HTTP_COOKIE", "HTTP_ACCEPT", "HTTP_IF_NONE_MATCH",
	    "CONTENT_TYPE", "HTTP_HOST", "X_REQUEST_ID"};
	const char *params[8] = {"REQUEST_URI=/"};
	struct arena *arena = arena_create();
	struct clock clock = clock_fixed(CLOCK_DAY_US);
	struct http_request *request;
	char *text = arena_copy(arena, (const char *)data, size);
	char *save = NULL;
	for (size_t i = 0; i < 6; i++) {
		char *line = strtok_r(i == 0 ? text : NULL, "\n", &save);
		if (!line)
			break;
		params[i + 1] = arena_printf(arena, "%s=%s", names[i], line);
	}
	if (http_request_read(arena, &clock, params, NULL, &request, NULL)) {
		const char *type = http_header(request, "Content-Type");
		(void)http_wants_json(request);
		(void)http_etag_matches(http_header(request, "If-None-Match"), "\"a\"");
		(void)http_header_parameter(arena, type, "boundary");
		(void)http_cookie(request, "session");
		check_cookies(arena, request);
	}
	http_request_finish(&request);
	arena_destroy(&arena);
	return 0;
}
