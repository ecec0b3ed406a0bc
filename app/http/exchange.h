/* exchange.h - one request answered, apart from how its bytes travel; private to the layer. */
#ifndef LETHE_APP_HTTP_EXCHANGE_H
#define LETHE_APP_HTTP_EXCHANGE_H

#include <http/server.h>

/* What a thread keeps for its requests: memory to use again, and nothing of any request. */
struct exchange {
	struct arena *arena;
	struct buf head;
	struct buf body;
	bool has_body;         /* of the answer: `body`, or what `stream` makes, is to be sent */
	http_stream_fn stream; /* or NULL */
	void *stream_context;
};

void exchange_open(struct exchange *exchange);
void exchange_close(struct exchange *exchange);

/* Read the request from its parameters, have it answered, and leave the answer in `head` and
 * `body` until the next call. */
void exchange_run(struct exchange *exchange, const struct http_server *server, void *thread,
    const char *const *params, const struct http_body *body);

/* Forget the request and give back what it used beyond the ordinary. */
void exchange_reset(struct exchange *exchange);

#endif
