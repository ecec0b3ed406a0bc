/* app.h - the web layer as main composes it. */
#ifndef LETHE_WEB_APP_H
#define LETHE_WEB_APP_H

#include <base/clock.h>
#include <base/config.h>
#include <base/error.h>
#include <http/request.h>
#include <http/response.h>
#include <stddef.h>

struct keys;
struct mustache_set;
struct password_hasher;
struct storage;

struct web_app;

/* What the web layer is given; all of it borrowed, shared by all threads and read-only but for the
 * hasher, which guards itself. */
struct web_parts {
	const struct config *config;
	const struct clock *clock;
	const struct keys *keys;
	const struct storage *storage;
	struct password_hasher *hasher;
};

/* Compile the templates, build the router. NULL with `error` that names the template's file, line
 * and column, or the route. `arena` must outlive the app. */
struct web_app *web_create(struct arena *arena, const struct web_parts *parts, struct error *error)
    __attribute__((warn_unused_result));

/* The callbacks of struct http_server: a thread's context (with its own connection to the store,
 * made when first needed), a request, a request refused by the edge. `app` is a struct web_app. */
bool web_thread_open(void *app, void **thread_r, struct error *error);
void web_handle(void *thread, struct http_request *request, struct http_response *response);
void web_refuse(void *thread, struct http_request *request, const struct error *error,
    struct http_response *response);
void web_thread_close(void *thread);

/* Free what lies outside the arena. */
void web_destroy(struct web_app **app);

#endif
