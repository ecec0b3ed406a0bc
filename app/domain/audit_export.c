/* audit_export.c - the trail as CSV or JSON Lines, page by page. */
#include "audit.h"

#include <string.h>

#define EXPORT_PAGE 500

/* What an export is in the middle of. */
struct export
{
	enum audit_format format;
	audit_sink_fn sink;
	void *context;
	bool everywhere; /* each line says of which organisation it is */
	struct buf out;
	struct arena *arena; /* of the page in hand */
};

/* The last one only where entries of several organisations are together. */
static const char *const headings[] = {"id", "at", "actor", "action", "kind", "item_id", "mode",
    "reason", "details", "request_id", "organization_id"};
#define HEADING_COUNT (sizeof(headings) / sizeof(headings[0]))

/* A cell that a spreadsheet would take for a formula is made a text by an apostrophe. */
static void put_cell(struct buf *out, const char *text)
{
	bool quoted = text && strpbrk(text, ",\"\r\n") != NULL;

	if (!text || !*text) {
		return;
	}
	if (quoted) {
		buf_putc(out, '"');
	}
	if (strchr("=+-@\t\r", text[0])) {
		buf_putc(out, '\'');
	}
	for (; *text; text++) {
		if (*text == '"') {
			buf_putc(out, '"');
		}
		buf_putc(out, *text);
	}
	if (quoted) {
		buf_putc(out, '"');
	}
}

static void put_line(struct buf *out, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			buf_putc(out, ',');
		}
		put_cell(out, cells[i]);
	}
	buf_puts(out, "\r\n");
}

static void format_id(const struct id *id, char out[ID_TEXT_SIZE])
{
	out[0] = '\0';
	if (!id_is_none(id)) {
		id_format(id, out);
	}
}

static void put_csv(struct export *export, const struct audit_entry *entry)
{
	char id[ID_TEXT_SIZE], item[ID_TEXT_SIZE], organization[ID_TEXT_SIZE], at[CLOCK_TEXT_SIZE];
	const char *cells[HEADING_COUNT] = {id, at, entry->actor, entry->action, entry->kind, item,
	    entry->mode, entry->reason, entry->details, entry->request_id, organization};

	format_id(&entry->id, id);
	format_id(&entry->item_id, item);
	format_id(&entry->organization_id, organization);
	clock_format(entry->at_us, at);
	put_line(&export->out, cells, HEADING_COUNT - !export->everywhere);
}

/* The members of the API's entry. Details are JSON already, made by doc_write_json. */
static void put_json(struct export *export, const struct audit_entry *entry)
{
	struct buf *out = &export->out;
	struct doc *doc = doc_object(export->arena);

	doc_set_id(doc, "id", &entry->id);
	doc_set_time(doc, "at", entry->at_us);
	doc_set_text(doc, "actor", entry->actor);
	doc_set_text(doc, "action", entry->action);
	doc_set_text(doc, "kind", entry->kind);
	doc_set_id(doc, "item_id", &entry->item_id);
	doc_set_text(doc, "mode", entry->mode);
	doc_set_text(doc, "reason", entry->reason);
	doc_set_text(doc, "request_id", entry->request_id);
	if (export->everywhere) {
		doc_set_id(doc, "organization_id", &entry->organization_id);
	}
	doc_write_json(doc, out);
	out->length--; /* the closing brace, to add the last member */
	buf_printf(out, ",\"details\":%s}\n", entry->details);
}

static bool flush(struct export *export, struct error *error)
{
	bool taken = export->sink(export->out.data, export->out.length, export->context);

	buf_clear(&export->out);
	return taken ||
	       error_set(error, ERROR_INTERNAL, "export_stopped", "The export was stopped.");
}

static bool write_page(struct export *export, const struct audit_page *page, struct error *error)
{
	for (size_t i = 0; i < page->count; i++) {
		if (export->format == AUDIT_CSV) {
			put_csv(export, &page->items[i]);
		} else {
			put_json(export, &page->items[i]);
		}
	}
	return export->out.length == 0 || flush(export, error);
}

static bool write_pages(const struct domain *domain, struct export *export,
    struct audit_query *query, struct error *error)
{
	struct audit_page page = {.more = true};

	while (page.more) {
		enum db_result result;

		arena_reset(export->arena);
		result = audit_read_page(domain->db, export->arena, query, &page);
		if (result != DB_OK) {
			return db_fail(result, error);
		}
		if (!write_page(export, &page, error)) {
			return false;
		}
		if (page.count > 0) {
			query->after = page.items[page.count - 1].id;
		}
	}
	return true;
}

bool audit_export(const struct domain *domain, const struct actor *actor,
    const struct audit_query *query, enum audit_format format, audit_sink_fn sink, void *context,
    struct error *error)
{
	struct export export = {.format = format, .sink = sink, .context = context};
	struct audit_query own = *query;
	bool ok;

	if (!audit_check(actor, error)) {
		return false;
	}
	if (actor->role != ROLE_SYSTEM || !id_is_none(&actor->organization_id)) {
		own.organization_id = actor->organization_id;
		own.everywhere = false;
	}
	export.everywhere = own.everywhere;
	own.after = id_none;
	own.limit = EXPORT_PAGE;
	export.arena = arena_create();
	if (format == AUDIT_CSV) {
		put_line(&export.out, headings, HEADING_COUNT - !export.everywhere);
	}
	ok = write_pages(domain, &export, &own, error);
	if (ok && export.out.length > 0) {
		ok = flush(&export, error);
	}
	arena_destroy(&export.arena);
	buf_free(&export.out);
	return ok;
}
