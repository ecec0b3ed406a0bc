/* thread.h - the process's web layer, and each thread's part of it. */
#ifndef LETHE_WEB_THREAD_H
#define LETHE_WEB_THREAD_H

#include <auth/auth.h>
#include <base/buf.h>
#include <domain/domain.h>
#include <http/router.h>
#include <mustache/mustache.h>
#include <stdatomic.h>
#include <web/app.h>

/* Answers per route and class of status, for /metrics; the one thing that threads share and write.
 */
struct web_counter {
	atomic_uint_fast64_t by_class[6];
	atomic_uint_fast64_t microseconds;
};

struct web_app {
	struct web_parts parts;
	struct arena *arena;
	struct mustache_set *templates;
	struct http_router *router;
	struct web_counter *counters; /* one per route, and one for what matches none */
	const char *version;          /* changes with the static files, for their addresses */
	int64_t started_us;
};

/* One thread's connection and what works with it. */
struct web_thread {
	struct web_app *app;
	struct domain domain; /* without a connection until the store was reached */
	struct auth auth;
};

/* Connect if that has not been done; unavailable if the store cannot be reached. */
bool thread_connect(struct web_thread *thread, struct error *error)
    __attribute__((warn_unused_result));

#endif
