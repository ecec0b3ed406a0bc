/* exchange.c - from parameters to an answer: read, handle or refuse, check, write the head. */
#include "exchange.h"
#include <base/log.h>

/* Of a body, for the next one. Threads are many, and those that are building a page are few at
 * once. */
#define KEEP_BYTES (16 * 1024)

void exchange_open(struct exchange *exchange)
{
	*exchange = (struct exchange){.arena = arena_create()};
}

void exchange_close(struct exchange *exchange)
{
	arena_destroy(&exchange->arena);
	buf_free(&exchange->head);
	buf_free(&exchange->body);
}

/* The answer where the web layer has none. */
static void refuse_plainly(const struct error *error, struct http_response *response)
{
	int status = error->kind == ERROR_INVALID     ? 400
		     : error->kind == ERROR_TOO_LARGE ? 413
						      : 500;
	http_response_begin(response, status, "text/plain; charset=utf-8");
	buf_puts(response->body, http_status_phrase(status));
	buf_putc(response->body, '\n');
}

static void refuse(const struct http_server *server, void *thread, struct http_request *request,
    const struct error *error, struct http_response *response)
{
	http_response_init(response, response->arena, response->body);
	if (server->refuse)
		server->refuse(thread, request, error, response);
	else
		refuse_plainly(error, response);
}

/* What must not be sent about this answer, or NULL. */
static const char *find_fault(const struct http_response *response)
{
	if (response->broken)
		return response->broken;
	return response->status < 200 || response->status > 599 ? "status" : NULL;
}

/* Replace an answer that must not be sent; plainly, if its replacement is no better. */
static void repair(const struct http_server *server, void *thread, struct http_request *request,
    struct http_response *response)
{
	struct error error;
	const char *fault = find_fault(response);
	if (!fault)
		return;
	log_event(LOG_ERROR, "response_broken", log_text("fault", fault));
	error_set(&error, ERROR_INTERNAL, "response_broken", "Something went wrong on our side.");
	refuse(server, thread, request, &error, response);
	if (find_fault(response)) {
		http_response_init(response, response->arena, response->body);
		refuse_plainly(&error, response);
	}
}

void exchange_run(struct exchange *exchange, const struct http_server *server, void *thread,
    const char *const *params, const struct http_body *body)
{
	struct error error = {0};
	struct http_request *request;
	struct http_response response;
	bool is_good =
	    http_request_read(exchange->arena, server->clock, params, body, &request, &error);
	log_set_request(request->id);
	http_response_init(&response, exchange->arena, &exchange->body);
	if (is_good)
		server->handle(thread, request, &response);
	else
		refuse(server, thread, request, &error, &response);
	repair(server, thread, request, &response);
	buf_clear(&exchange->head);
	http_response_write_head(&response, request->id, &exchange->head);
	exchange->has_body = http_response_has_body(&response, request->method);
	exchange->stream = response.stream;
	exchange->stream_context = response.stream_context;
	http_request_finish(&request);
}

void exchange_reset(struct exchange *exchange)
{
	log_set_request(NULL);
	arena_reset(exchange->arena);
	buf_clear(&exchange->head);
	if (exchange->body.capacity > KEEP_BYTES)
		buf_free(&exchange->body);
	buf_clear(&exchange->body);
}
