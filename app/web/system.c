/* system.c - for operators and scripts: health, readiness, metrics, and whether a page is true. */
#include "answer.h"
#include "chrome.h"
#include "handlers.h"

#include <domain/purge.h>
#include <http/router.h>
#include <store/metrics.h>
#include <store/queue.h>
#include <store/requests.h>

static bool send_state(struct web *web, int status, const char *state)
{
	struct doc *answer = doc_object(web->arena);

	web->is_api = true;
	doc_set_text(answer, "status", state);
	return api_send(web, status, answer);
}

bool system_health(struct web *web, struct error *error)
{
	(void)error;
	return send_state(web, 200, "up");
}

/* The store answers and has the schema that this program was built for. */
bool system_ready(struct web *web, struct error *error)
{
	web->is_api = true;
	if (!thread_connect(web->thread, error))
		return false;
	if (domain_is_ready(web->domain, web->app->parts.config, error))
		return send_state(web, 200, "ready");
	if (error->kind == ERROR_UNAVAILABLE)
		return false;
	return error_set(error, ERROR_UNAVAILABLE, "schema_mismatch",
	    "The database does not have this program's schema; run `lethe migrate`.");
}

bool system_live(struct web *web, struct error *error)
{
	const char *etag = NULL;

	if (!chrome_revision(web, &etag, error))
		return false;
	if (http_etag_matches(http_header(web->request, "If-None-Match"), etag)) {
		http_response_not_modified(web->response, etag);
		answer_secure(web);
		return true;
	}
	http_response_header(web->response, "ETag", etag);
	return answer_empty(web, 204);
}

static void put_help(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Acts are told apart by their routes: a deletion is DELETE /api/photos/{id} with class 2xx. */
static void put_routes(const struct web_app *app, struct buf *out)
{
	put_help(out, "lethe_http_requests_total", "counter",
	    "Requests answered, by route and class of status.");
	for (size_t i = 0; i <= web_route_count; i++) {
		const struct web_route *route = i < web_route_count ? &web_routes[i] : NULL;
		for (int class = 1; class <= 5; class ++) {
			uint_fast64_t count = atomic_load(&app->counters[i].by_class[class]);
			if (count == 0)
				continue;
			buf_printf(out,
			    "lethe_http_requests_total{method=\"%s\",route=\"%s\",class=\"%dxx\"} "
			    "%llu\n",
			    route ? http_method_name(route->method) : "other",
			    route ? route->pattern : "none", class, (unsigned long long)count);
		}
	}
	put_help(
	    out, "lethe_http_request_seconds_total", "counter", "Time spent answering, by route.");
	for (size_t i = 0; i < web_route_count; i++) {
		uint_fast64_t us = atomic_load(&app->counters[i].microseconds);
		if (us > 0)
			buf_printf(out,
			    "lethe_http_request_seconds_total{method=\"%s\",route=\"%s\"} %.6f\n",
			    http_method_name(web_routes[i].method), web_routes[i].pattern,
			    (double)us / 1e6);
	}
}

/* Counted along an index that holds what waits; more than that is no longer a queue. */
#define COUNTED_MOST 10000

/* Of the installation; those of one name follow each other. */
static const struct {
	const char *name, *label, *type, *help; /* help: of the first of a name */
	enum metric metric;
} figures[] = {
    {"lethe_mails", "{state=\"waiting\"}", "gauge",
	"Mails to be sent, and given up, as far as 10,000 of each.", METRIC_MAILS_WAITING},
    {"lethe_mails", "{state=\"failed\"}", NULL, NULL, METRIC_MAILS_FAILED},
    {"lethe_webhooks", "{state=\"waiting\"}", "gauge",
	"Deliveries to webhooks to be made, and given up, likewise.", METRIC_WEBHOOKS_WAITING},
    {"lethe_webhooks", "{state=\"failed\"}", NULL, NULL, METRIC_WEBHOOKS_FAILED},
    {"lethe_jobs", "", "gauge", "Jobs of the worker, likewise.", METRIC_JOBS_WAITING},
    {"lethe_deletions_at_work", "{state=\"marking\"}", "gauge",
	"Deletions that the worker marks, restores or purges, likewise.", METRIC_DELETIONS_MARKING},
    {"lethe_deletions_at_work", "{state=\"restoring\"}", NULL, NULL, METRIC_DELETIONS_RESTORING},
    {"lethe_deletions_at_work", "{state=\"purging\"}", NULL, NULL, METRIC_DELETIONS_PURGING},
    {"lethe_overdue_seconds", "{work=\"mail\"}", "gauge",
	"For how long the oldest work that could be done waits: it grows while no worker runs.",
	METRIC_MAILS_OVERDUE},
    {"lethe_overdue_seconds", "{work=\"webhook\"}", NULL, NULL, METRIC_WEBHOOKS_OVERDUE},
    {"lethe_overdue_seconds", "{work=\"job\"}", NULL, NULL, METRIC_JOBS_OVERDUE},
    {"lethe_overdue_seconds", "{work=\"purge\"}", NULL, NULL, METRIC_PURGES_OVERDUE},
    {"lethe_overdue_seconds", "{work=\"identity\"}", NULL, NULL, METRIC_IDENTITIES_OVERDUE},
    {"lethe_deleted_total", "", "counter", "Deletions that were made, by full hours.",
	METRIC_DELETED},
    {"lethe_restored_total", "", "counter", "Deletions that were restored, by full hours.",
	METRIC_RESTORED},
    {"lethe_purged_total", "", "counter", "Deletions that were purged, by full hours.",
	METRIC_PURGED},
    {"lethe_reclaimed_bytes_total", "", "counter", "What purging freed, by full hours.",
	METRIC_RECLAIMED_BYTES},
};

static bool put_figures(struct web *web, struct buf *out, struct error *error)
{
	int64_t values[METRIC_COUNT];

	if (metrics_read(web->domain->db, web->arena, web->now_us, COUNTED_MOST, values) != DB_OK)
		return error_set(
		    error, ERROR_UNAVAILABLE, "store_unavailable", "The store cannot be reached.");
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (figures[i].help)
			put_help(out, figures[i].name, figures[i].type, figures[i].help);
		buf_printf(out, "%s%s %lld\n", figures[i].name, figures[i].label,
		    (long long)values[figures[i].metric]);
	}
	return true;
}

static bool put_requests(struct web *web, struct buf *out, struct error *error)
{
	struct request_counts counts;

	if (store_requests_count(
		web->domain->db, web->arena, &id_none, web->now_us, COUNTED_MOST, &counts) != DB_OK)
		return error_set(
		    error, ERROR_UNAVAILABLE, "store_unavailable", "The store cannot be reached.");
	put_help(out, "lethe_requests_pending", "gauge", "Requests for deletion to be decided.");
	buf_printf(out, "lethe_requests_pending %lld\n", (long long)counts.pending);
	put_help(
	    out, "lethe_requests_overdue", "gauge", "Requests for deletion past their due date.");
	buf_printf(out, "lethe_requests_overdue %lld\n", (long long)counts.overdue);
	return true;
}

static bool put_store(struct web *web, struct buf *out, struct error *error)
{
	struct queue_counts counts;
	struct installation installation;

	if (store_queue_counts(web->domain->db, web->arena, &id_none, &counts) != DB_OK)
		return error_set(
		    error, ERROR_UNAVAILABLE, "store_unavailable", "The store cannot be reached.");
	if (!purge_status(web->domain, web->arena, &installation, error))
		return false;
	put_help(out, "lethe_storage_cleanup", "gauge",
	    "Objects in the storage cleanup queue, as far as 10,000 of each state.");
	buf_printf(
	    out, "lethe_storage_cleanup{state=\"waiting\"} %lld\n", (long long)counts.waiting);
	buf_printf(out, "lethe_storage_cleanup{state=\"failed\"} %lld\n", (long long)counts.failed);
	if (!put_requests(web, out, error) || !put_figures(web, out, error))
		return false;
	put_help(out, "lethe_purge_paused", "gauge", "1 while purging is paused.");
	buf_printf(out, "lethe_purge_paused %d\n", installation.purge_paused_at_us != 0);
	return true;
}

bool system_metrics(struct web *web, struct error *error)
{
	struct buf *out = web->response->body;

	http_response_begin(web->response, 200, "text/plain; version=0.0.4; charset=utf-8");
	put_help(out, "lethe_up_since_seconds", "gauge", "When this process started.");
	buf_printf(out, "lethe_up_since_seconds %.3f\n", (double)web->app->started_us / 1e6);
	put_routes(web->app, out);
	put_help(out, "lethe_store_up", "gauge", "1 while the store answers.");
	if (thread_connect(web->thread, error) && put_store(web, out, error))
		buf_puts(out, "lethe_store_up 1\n");
	else
		buf_puts(out, "lethe_store_up 0\n");
	error_clear(error);
	answer_secure(web);
	return true;
}
