/* edge.c - FastCGI: the only file that knows libfcgi.
 *
 * libfcgi would block in accept(2), and in read(2) on a connection that the gateway keeps open,
 * with no way to call it back. So connections are accepted here and handed to it, and a thread
 * waits for the next request in poll(2), together with the descriptor that says "stop". libfcgi is
 * left with what it does well: the protocol of one request. Its own listening socket is -1, which
 * makes FCGX_Accept_r return instead of accepting once a connection has ended. */
#include "crew.h"
#include "exchange.h"
#include "listener.h"
#include <base/log.h>
#include <errno.h>
#include <fcgiapp.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG_DEFAULT 64
#define THREADS_DEFAULT 8
#define DRAIN_BYTES     (64 * 1024 * 1024) /* of a body that nobody read; more ends the connection */
#define MALLOC_ARENAS   2                  /* one per thread would multiply what is kept */
#define MALLOC_KEEP     (1024 * 1024) /* of each: what a request needs is not asked of the kernel */

/* One server while it runs. It is on the heap: threads may outlive http_serve if they hang. */
struct edge {
	struct http_server server;
	struct listener listener;
	int stop_fd; /* readable once the server is to stop */
	struct crew crew;
	int started;
	bool is_stuck; /* threads still run: nothing of this may be freed */
	pthread_t *threads;
};

/* One thread of it. */
struct worker {
	struct edge *edge;
	FCGX_Request fcgi;
	struct exchange exchange;
	void *thread; /* the caller's context */
};

static void drop_connection(struct worker *worker)
{
	if (worker->fcgi.ipcFd >= 0)
		close(worker->fcgi.ipcFd);
	worker->fcgi.ipcFd = -1;
}

/* Hand libfcgi an open connection. It closes what it takes for a finished, unkept one first. */
static bool take_connection(struct worker *worker)
{
	int fd = listener_accept(&worker->edge->listener, HTTP_SERVER_IO_S);
	if (fd < 0)
		return false;
	worker->fcgi.ipcFd = fd;
	worker->fcgi.keepConnection = 1;
	return true;
}

/* What has happened on the thread's connection, or 0 if the server is to stop. */
static short wait_on_connection(const struct worker *worker)
{
	struct pollfd waits[] = {
	    {.fd = worker->fcgi.ipcFd, .events = POLLIN},
	    {.fd = worker->edge->stop_fd, .events = POLLIN},
	};
	while (poll(waits, 2, -1) < 0 && errno == EINTR)
		continue;
	return waits[0].revents;
}

/* Wait until a request arrives on the thread's connection, or a new connection is made. False once
 * the server stops; a request that has arrived by then is still served. One whose gateway has hung
 * up meanwhile is not: nobody waits for its answer, and others do. */
static bool wait_for_request(struct worker *worker)
{
	while (worker->fcgi.ipcFd >= 0 || take_connection(worker)) {
		short events = wait_on_connection(worker);
		if (events && !(events & POLLHUP))
			return true;
		drop_connection(worker);
		if (!events)
			return false;
	}
	return false;
}

/* A http_body's read, from libfcgi's stream. */
static bool read_body(void *context, char *bytes, size_t size, size_t *read_r)
{
	FCGX_Stream *stream = context;
	int most = size > 1024 * 1024 ? 1024 * 1024 : (int)size;
	int got = FCGX_GetStr(bytes, most, stream);
	*read_r = got > 0 ? (size_t)got : 0;
	return FCGX_GetError(stream) == 0;
}

/* Read what is left of the body: records that stayed unread would be taken for the beginning of the
 * connection's next request. */
static void drain_body(FCGX_Request *fcgi)
{
	char bytes[8192];
	for (int left = DRAIN_BYTES; left > 0; left -= (int)sizeof(bytes))
		if (FCGX_GetStr(bytes, sizeof(bytes), fcgi->in) < (int)sizeof(bytes))
			return;
	fcgi->keepConnection = 0;
}

/* A http_write_fn over libfcgi's stream. */
static bool write_piece(void *sink, const char *bytes, size_t length)
{
	FCGX_Stream *out = sink;
	return FCGX_PutStr(bytes, (int)length, out) >= 0;
}

/* Make and send a streamed body. One that ends early must not look whole. */
static void send_stream(struct worker *worker)
{
	struct exchange *exchange = &worker->exchange;
	if (exchange->stream(exchange->stream_context, write_piece, worker->fcgi.out))
		return;
	log_event(LOG_WARNING, "stream_cut");
	shutdown(worker->fcgi.ipcFd, SHUT_RDWR);
	worker->fcgi.keepConnection = 0;
}

/* Send the answer. A client that has gone away is no error: libfcgi then drops the rest. */
static void send_answer(struct worker *worker)
{
	struct exchange *exchange = &worker->exchange;
	FCGX_Stream *out = worker->fcgi.out;
	FCGX_PutStr(exchange->head.data, (int)exchange->head.length, out);
	if (exchange->has_body && exchange->stream)
		send_stream(worker);
	else if (exchange->has_body)
		FCGX_PutStr(exchange->body.data, (int)exchange->body.length, out);
}

/* True if the gateway has already sent more on a kept connection. */
static bool has_more(const struct worker *worker)
{
	struct pollfd wait = {.fd = worker->fcgi.ipcFd, .events = POLLIN};
	return poll(&wait, 1, 0) > 0;
}

/* End the request. Where another connection waits for a thread, it comes before this one is kept:
 * else, with more connections than threads, some would be served for ever and others never. Looked
 * up before the gateway hears of the end, so that it can hardly have chosen this connection again;
 * a request that it sends nevertheless is lost, so nothing is dropped while a thread is idle. */
static void finish_request(struct worker *worker)
{
	bool is_short = listener_is_short(&worker->edge->listener);
	FCGX_Finish_r(&worker->fcgi);
	if (is_short && worker->fcgi.ipcFd >= 0 && !has_more(worker))
		drop_connection(worker);
}

static void serve_request(struct worker *worker)
{
	FCGX_Request *fcgi = &worker->fcgi;
	struct http_body body = {.length = -1, .read = read_body, .context = fcgi->in};
	exchange_run(&worker->exchange, &worker->edge->server, worker->thread,
	    (const char *const *)fcgi->envp, &body);
	send_answer(worker);
	drain_body(fcgi);
	finish_request(worker);
	exchange_reset(&worker->exchange);
}

static void serve_requests(struct worker *worker)
{
	FCGX_InitRequest(&worker->fcgi, -1, 0);
	worker->fcgi.ipcFd = -1;
	exchange_open(&worker->exchange);
	while (wait_for_request(worker))
		if (FCGX_Accept_r(&worker->fcgi) >= 0)
			serve_request(worker);
	exchange_close(&worker->exchange);
}

static void *run_worker(void *context)
{
	struct edge *edge = context;
	struct worker *worker = calloc(1, sizeof(*worker));
	struct error error = {0};
	if (!worker) {
		error_set(&error, ERROR_UNAVAILABLE, "threads_failed", "Out of memory.");
		crew_report_failed(&edge->crew, &error);
	} else {
		worker->edge = edge;
		if (edge->server.thread_open(edge->server.context, &worker->thread, &error)) {
			crew_report_opened(&edge->crew);
			serve_requests(worker);
			edge->server.thread_close(worker->thread);
		} else {
			crew_report_failed(&edge->crew, &error);
		}
	}
	free(worker);
	crew_report_finished(&edge->crew);
	return NULL;
}

static bool start_threads(struct edge *edge, struct error *error)
{
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	int result = pthread_attr_setstacksize(&attributes, edge->server.stack_bytes);
	while (result == 0 && edge->started < edge->server.threads) {
		result =
		    pthread_create(&edge->threads[edge->started], &attributes, run_worker, edge);
		edge->started += result == 0;
	}
	pthread_attr_destroy(&attributes);
	if (result != 0)
		return error_set(error, ERROR_UNAVAILABLE, "threads_failed",
		    "Cannot start %d threads: %s.", edge->server.threads, strerror(result));
	return crew_wait_opened(&edge->crew, edge->started, error);
}

static int join_thread(pthread_t thread)
{
	return pthread_join(thread, NULL);
}

/* Stop: wake who waits, and let who works finish. False if that takes too long. */
static bool stop_threads(struct edge *edge)
{
	uint64_t one = 1;
	if (write(edge->stop_fd, &one, sizeof(one)) < 0)
		log_event(LOG_ERROR, "stop_failed", log_text("reason", strerror(errno)));
	listener_shutdown(&edge->listener);
	bool is_done = crew_wait_finished(&edge->crew, edge->started, edge->server.stop_s);
	for (int i = 0; i < edge->started; i++)
		(is_done ? join_thread : pthread_detach)(edge->threads[i]);
	return is_done;
}

static struct edge *create_edge(const struct http_server *server)
{
	struct edge *edge = calloc(1, sizeof(*edge));
	if (!edge)
		return NULL;
	edge->server = *server;
	if (edge->server.backlog == 0)
		edge->server.backlog = BACKLOG_DEFAULT;
	if (edge->server.threads == 0)
		edge->server.threads = THREADS_DEFAULT;
	if (edge->server.stack_bytes == 0)
		edge->server.stack_bytes = HTTP_SERVER_STACK_BYTES;
	if (edge->server.stop_s == 0)
		edge->server.stop_s = HTTP_SERVER_STOP_S;
	edge->listener.fd = -1;
	edge->stop_fd = eventfd(0, EFD_CLOEXEC);
	edge->threads = calloc((size_t)edge->server.threads, sizeof(pthread_t));
	crew_init(&edge->crew);
	return edge;
}

static void destroy_edge(struct edge *edge)
{
	listener_close(&edge->listener);
	if (edge->stop_fd >= 0)
		close(edge->stop_fd);
	crew_destroy(&edge->crew);
	free(edge->threads);
	free(edge);
}

/* Open, start, wait for a signal of `signals`, stop. */
static bool run_edge(struct edge *edge, const sigset_t *signals, struct error *error)
{
	int signal_number = 0;
	if (!edge->threads || edge->stop_fd < 0 || FCGX_Init() != 0)
		return error_set(
		    error, ERROR_UNAVAILABLE, "threads_failed", "The server cannot be set up.");
	if (!listener_open(edge->server.socket_path, edge->server.backlog, &edge->listener, error))
		return false;
	bool is_good = start_threads(edge, error);
	if (is_good) {
		log_event(LOG_INFO, "serving", log_int("threads", edge->started));
		sigwait(signals, &signal_number);
		log_event(LOG_INFO, "stopping", log_int("signal", signal_number));
	}
	edge->is_stuck = !stop_threads(edge);
	if (edge->is_stuck)
		return error_set(error, ERROR_INTERNAL, "stop_timeout",
		    "Requests were not finished within %d seconds.", edge->server.stop_s);
	return is_good;
}

bool http_serve(const struct http_server *server, struct error *error)
{
	sigset_t signals, former;
	struct error local = {0};
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	/* Blocked before any thread starts, so that all of them inherit it. */
	pthread_sigmask(SIG_BLOCK, &signals, &former);
	signal(SIGPIPE, SIG_IGN);
	mallopt(M_ARENA_MAX, MALLOC_ARENAS);
	mallopt(M_TRIM_THRESHOLD, MALLOC_KEEP);
	mallopt(M_MMAP_THRESHOLD, MALLOC_KEEP);
	struct edge *edge = create_edge(server);
	if (!edge)
		return error_set(error, ERROR_UNAVAILABLE, "threads_failed", "Out of memory.");
	bool is_good = run_edge(edge, &signals, &local);
	if (!edge->is_stuck)
		destroy_edge(edge);
	/* A second signal while stopping must not end what the caller has yet to close. */
	while (sigtimedwait(&signals, NULL, &(struct timespec){0}) > 0)
		continue;
	pthread_sigmask(SIG_SETMASK, &former, NULL);
	if (!is_good && error)
		*error = local;
	return is_good;
}
