/* present_export.c - exports as documents. */
#include "present.h"
#include "show.h"

/* What has been counted is not all there is to do, and grows. */
static const char *progress_words(struct web *web, const struct export_row *row)
{
	if (row->total == 0)
		return "it begins in a moment";
	return arena_printf(web->arena, "%s of %s", show_number(web->arena, row->done),
	    show_count(web->arena, row->total, "file", "files"));
}

struct doc *present_export(struct web *web, const struct export_row *row)
{
	struct doc *doc = doc_object(web->arena), *progress = doc_object(web->arena);
	int64_t done = row->done < row->total ? row->done : row->total;

	doc_set_id(doc, "id", &row->id);
	doc_set_text(doc, "state", export_state_name(row->state));
	doc_set_int(progress, "done", done);
	doc_set_int(progress, "total", row->total);
	doc_set(doc, "progress", progress);
	if (row->ready_us)
		doc_set_int(doc, "bytes", row->bytes);
	else
		doc_set_null(doc, "bytes");
	doc_set_time(doc, "created_at", row->created_us);
	doc_set_time(doc, "ready_at", row->ready_us);
	doc_set_time(doc, "expires_at", row->expires_us);
	if (web->is_api)
		return doc;
	doc_page_only(doc);
	doc_set_bool(doc, "is_pending", row->state == EXPORT_PENDING);
	doc_set_bool(doc, "is_ready", row->state == EXPORT_READY);
	doc_set_bool(doc, "is_discarded", row->state == EXPORT_DISCARDED);
	doc_set_bool(doc, "is_expired", row->state == EXPORT_EXPIRED);
	doc_set_bool(doc, "has_total", row->total > 0);
	doc_set_text(doc, "progress_words", progress_words(web, row));
	doc_set_text(doc, "size", show_bytes(web->arena, row->bytes));
	doc_set_text(doc, "url",
	    arena_printf(web->arena, "/account/exports/%s/file", present_id(web, &row->id)));
	show_time(web, doc, "created", row->created_us);
	show_time(web, doc, "ready", row->ready_us);
	show_left(web, doc, "left", row->expires_us);
	show_time(web, doc, "settled", row->settled_us);
	return doc;
}
