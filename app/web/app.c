/* app.c - the web layer put together: templates, router, counters, and each thread's part. */
#include "gate.h"
#include "templates.h"
#include "thread.h"
#include "web.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int64_t newest_in(const char *folder)
{
	DIR *files = opendir(folder);
	int64_t newest = 0;
	struct stat status;

	if (!files)
		return 0;
	for (struct dirent *file; (file = readdir(files));)
		if (fstatat(dirfd(files), file->d_name, &status, 0) == 0 &&
		    status.st_mtime > newest)
			newest = status.st_mtime;
	closedir(files);
	return newest;
}

/* Static files are kept by browsers for long, so their addresses carry the time of the newest. */
static const char *static_version(const struct config *config, struct arena *arena)
{
	static const char *const folders[] = {"css", "js", "images"};
	int64_t newest = 0;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int64_t time =
		    newest_in(arena_printf(arena, "%s/static/%s", config->share, folders[i]));
		newest = time > newest ? time : newest;
	}
	return arena_printf(arena, "%llx", (unsigned long long)newest);
}

static struct http_router *make_router(struct arena *arena, struct error *error)
{
	struct http_route *routes = arena_array(arena, web_route_count, sizeof(*routes));

	for (size_t i = 0; i < web_route_count; i++)
		routes[i] = (struct http_route){
		    .method = web_routes[i].method, .pattern = web_routes[i].pattern, .index = i};
	return http_router_create(arena, routes, web_route_count, error);
}

struct web_app *web_create(struct arena *arena, const struct web_parts *parts, struct error *error)
{
	struct web_app *app = arena_alloc(arena, sizeof(*app));

	app->parts = *parts;
	app->arena = arena;
	app->started_us = clock_now_us(parts->clock);
	app->version = static_version(parts->config, arena);
	app->counters = arena_array(arena, web_route_count + 1, sizeof(*app->counters));
	app->router = make_router(arena, error);
	app->templates = app->router ? templates_load(parts->config, arena, error) : NULL;
	return app->templates ? app : NULL;
}

void web_destroy(struct web_app **app)
{
	if (!*app)
		return;
	mustache_set_destroy(&(*app)->templates);
	*app = NULL;
}

bool web_thread_open(void *app, void **thread_r, struct error *error)
{
	struct web_thread *thread = calloc(1, sizeof(*thread));

	if (!thread)
		return error_set(error, ERROR_INTERNAL, "out_of_memory", "Out of memory.");
	thread->app = app;
	*thread_r = thread;
	return true;
}

bool thread_connect(struct web_thread *thread, struct error *error)
{
	const struct web_parts *parts = &thread->app->parts;

	if (thread->domain.db)
		return true;
	if (!domain_open(&thread->domain, parts->config, parts->clock, parts->storage, error))
		return false;
	thread->domain.auth = &thread->auth;
	return auth_open(&thread->auth, parts->config, thread->domain.db, parts->clock, parts->keys,
	    parts->hasher, error);
}

void web_thread_close(void *context)
{
	struct web_thread *thread = context;

	domain_close(&thread->domain);
	free(thread);
}

static struct web *web_begin(
    struct web_thread *thread, struct http_request *request, struct http_response *response)
{
	struct web *web = arena_alloc(request->arena, sizeof(*web));

	web->thread = thread;
	web->app = thread->app;
	web->auth = &thread->auth;
	web->domain = &thread->domain;
	web->request = request;
	web->response = response;
	web->arena = request->arena;
	web->now_us = clock_now_us(thread->app->parts.clock);
	web->is_api = strncmp(request->path, "/api/", 5) == 0;
	web->actor =
	    (struct actor){.role = ROLE_VISITOR, .uid = "visitor", .request_id = request->id};
	return web;
}

/* Account for the answer, and let other origins read it where they may. */
static void web_end(struct web *web, int64_t begun_us)
{
	size_t index = web->route ? (size_t)(web->route - web_routes) : web_route_count;
	struct web_counter *counter = &web->app->counters[index];
	const char *origin = http_header(web->request, "Origin");
	int class = web->response->status / 100;

	if (web->is_api && origin && config_allows_origin(web->app->parts.config, origin)) {
		http_response_header(web->response, "Access-Control-Allow-Origin", origin);
		http_response_header(
		    web->response, "Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
	}
	if (web->is_api)
		http_response_header(web->response, "Vary", "Origin");
	atomic_fetch_add(&counter->by_class[class >= 1 && class <= 5 ? class : 0], 1);
	atomic_fetch_add(&counter->microseconds, (uint_fast64_t)(clock_monotonic_us() - begun_us));
}

void web_handle(void *context, struct http_request *request, struct http_response *response)
{
	int64_t begun_us = clock_monotonic_us();
	struct web *web = web_begin(context, request, response);
	struct error error = {0};

	if (!gate_run(web, &error))
		web_fail(web, &error);
	web_end(web, begun_us);
}

void web_refuse(void *context, struct http_request *request, const struct error *error,
    struct http_response *response)
{
	struct web *web = web_begin(context, request, response);

	if (strncmp(request->raw_path, "/api/", 5) == 0)
		web->is_api = true; /* though the path could not be read */
	web_fail(web, error);
	web_end(web, clock_monotonic_us());
}
