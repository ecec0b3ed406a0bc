/* server.h - the FastCGI edge: a unix socket, a fixed number of threads, one request at a time
 * each.
 *
 * Nothing survives from one request to the next but what the thread's own context keeps.
 *
 * A thread stays with a connection that the gateway keeps, so there must be more threads than the
 * gateway keeps connections. Where connections wait nevertheless, a thread that has answered a
 * request closes its own and takes the one that waits: nobody starves. */
#ifndef LETHE_HTTP_SERVER_H
#define LETHE_HTTP_SERVER_H

#include <base/clock.h>
#include <base/error.h>
#include <http/request.h>
#include <http/response.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HTTP_SERVER_STACK_BYTES (1024 * 1024) /* instrumented frames are larger */
#else
#define HTTP_SERVER_STACK_BYTES (256 * 1024)
#endif
#define HTTP_SERVER_STOP_S 9
#define HTTP_SERVER_IO_S   8 /* a peer that stalls inside a request for so long is given up */

/* What to serve. Zero in a number means its default. */
struct http_server {
	const char *socket_path; /* at most 107 bytes; made with mode 0660 */
	int backlog;             /* default 64; small, so that overload is refused at once */
	int threads;             /* default 8; must exceed nginx's worker_processes * keepalive */
	size_t stack_bytes;      /* of each thread; default 256 KiB */
	int stop_s;              /* seconds to finish requests in hand; default 9 */
	const struct clock *clock;
	void *context; /* given to thread_open; shared by all threads */

	/* Make one thread's context, called in that thread; never NULL, or false with `error`,
	 * which ends the start. Connect lazily: a store out of reach must not end the start. */
	bool (*thread_open)(void *context, void **thread_r, struct error *error);

	/* Answer a request. Whatever it puts into the arena goes when it has been answered. */
	void (*handle)(void *thread, struct http_request *request, struct http_response *response);

	/* Answer a request that was refused before (`error` says why), or whose answer was broken
	 * (error internal). `request->path` may be "". May be NULL: a plain text is sent. */
	void (*refuse)(void *thread, struct http_request *request, const struct error *error,
	    struct http_response *response);

	/* Free a thread's context, called in that thread. */
	void (*thread_close)(void *thread);
};

/* Serve until SIGTERM or SIGINT. The signals are blocked in all threads and taken here; SIGPIPE is
 * ignored. A stale socket file is replaced; one that a living server answers on is refused.
 * On a signal: stop accepting, close idle connections, finish the requests in hand, return true.
 * False with `error`: unavailable "socket_failed" or "threads_failed" if it could not start;
 * internal "stop_timeout" if requests were not finished in time: then threads still run, and the
 * caller should leave the process without freeing what they use. */
bool http_serve(const struct http_server *server, struct error *error)
    __attribute__((warn_unused_result));

#endif
