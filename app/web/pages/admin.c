/* admin.c - the audit trail and the storage cleanup queue. */
#include "../acts.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <domain/audit.h>
#include <domain/storage_queue.h>
#include <http/url.h>

#define PAGE_ROWS 50

static const char *audit_url(
    struct web *web, const char *pattern, const char *cursor, const char *format)
{
	return http_url_build(web->arena, pattern, HTTP_NO_PAIRS,
	    HTTP_PAIRS({"from", input_text(web, "from")}, {"to", input_text(web, "to")},
		{"actor", input_text(web, "actor")}, {"action", input_text(web, "action")},
		{"kind", input_text(web, "kind")}, {"item_id", input_text(web, "item_id")},
		{"cursor", cursor}, {"format", format}));
}

/* As they came: after a refusal the fields are as they were filled in. */
static void set_filters(struct web *web, struct doc *page)
{
	static const char *const names[] = {"from", "to", "actor", "action", "kind", "item_id"};
	struct doc *filters = doc_object(web->arena);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		doc_set_text(filters, names[i], http_query(web->request, names[i]));
	doc_set(page, "filters", filters);
	doc_set_text(page, "csv_url", audit_url(web, "/admin/audit/export", NULL, "csv"));
	doc_set_text(page, "jsonl_url", audit_url(web, "/admin/audit/export", NULL, "jsonl"));
}

bool page_audit(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Audit trail");
	struct doc *items = doc_list(web->arena);
	struct audit_query query = acts_audit_query(web);
	struct audit_page rows = {0};

	if (!chrome_live(web, page, error) ||
	    (!web->form_error &&
		!audit_list(web->domain, &web->actor, web->arena, &query, &rows, error)))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_audit_entry(web, &rows.items[i]));
	set_filters(web, page);
	doc_set(page, "items", items);
	doc_set_bool(page, "is_empty", rows.count == 0);
	page_pager(web, page, audit_url(web, "/admin/audit", NULL, NULL),
	    rows.more ? audit_url(web, "/admin/audit",
			    present_id(web, &rows.items[rows.count - 1].id), NULL)
		      : NULL);
	return page_send(web, web_form_status(web), "audit", page, error);
}

/* An export in the making, for the edge to stream. */
struct export_stream {
	struct web *web;
	struct audit_query query;
	enum audit_format format;
	http_write_fn write;
	void *sink;
};

static bool pass_on(const char *bytes, size_t length, void *context)
{
	struct export_stream *stream = context;

	return stream->write(stream->sink, bytes, length);
}

static bool make_export(void *context, http_write_fn write, void *sink)
{
	struct export_stream *stream = context;
	struct error error = {0};

	stream->write = write;
	stream->sink = sink;
	return audit_export(stream->web->domain, &stream->web->actor, &stream->query,
	    stream->format, pass_on, stream, &error);
}

bool page_audit_export(struct web *web, struct error *error)
{
	struct export_stream *stream = arena_alloc(web->arena, sizeof(*stream));
	bool is_csv = input_get(web, "format")->integer == 0;

	(void)error;
	stream->web = web;
	stream->query = acts_audit_query(web);
	stream->format = is_csv ? AUDIT_CSV : AUDIT_JSON_LINES;
	http_response_begin(web->response, 200,
	    is_csv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8");
	http_response_header(web->response, "Content-Disposition",
	    is_csv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.jsonl\"");
	http_response_stream(web->response, make_export, stream);
	answer_secure(web);
	return true;
}

bool page_storage(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Storage");
	struct doc *items = doc_list(web->arena);
	struct storage_queue_cursor cursor = {
	    .waiting = input_bool(web, "waiting"), .before = *input_id(web, "cursor")};
	struct storage_queue_page rows;

	if (!chrome_live(web, page, error) || !storage_queue_list(web->domain, &web->actor,
						  web->arena, &cursor, PAGE_ROWS, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(items, present_queue_item(web, &rows.items[i]));
	doc_set(page, "items", items);
	doc_set_bool(page, "is_empty", rows.count == 0);
	doc_set_text(page, "failed", show_number(web->arena, rows.counts.failed));
	doc_set_text(page, "waiting", show_number(web->arena, rows.counts.waiting));
	doc_set_bool(page, "failed_more", rows.counts.failed_more);
	doc_set_bool(page, "waiting_more", rows.counts.waiting_more);
	doc_set_bool(page, "size_more", rows.counts.bytes_more);
	doc_set_text(page, "size", show_bytes(web->arena, rows.counts.bytes));
	doc_set_bool(page, "has_failed", rows.counts.failed > 0);
	page_pager(web, page, "/admin/storage",
	    rows.more ? http_url_build(web->arena, "/admin/storage", HTTP_NO_PAIRS,
			    HTTP_PAIRS({"waiting", rows.next.waiting ? "true" : NULL},
				{"cursor", present_id(web, &rows.next.before)}))
		      : NULL);
	return page_send(web, 200, "storage", page, error);
}

bool page_storage_retry_send(struct web *web, struct error *error)
{
	struct id item;

	return web_path_id(web, "id", &item, error) &&
	       storage_queue_retry(web->domain, &web->actor, web->arena, &item, error) &&
	       redirect_to(web, "/admin/storage?done=retried");
}
