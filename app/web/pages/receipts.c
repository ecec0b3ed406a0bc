/* receipts.c - the page on which anybody verifies a receipt, and the receipt of one deletion.
 *
 * Verifying reads the keys and nothing else: not whether there ever was such a deletion. */
#include "../answer.h"
#include "../chrome.h"
#include "../gate.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <domain/receipts.h>
#include <http/multipart.h>
#include <http/url.h>
#include <string.h>

#define BODY_SLACK_BYTES 8192 /* part headers and the other fields */

/* What an upload is gathered in. */
struct sink {
	struct arena *arena;
	char *text; /* NULL: no file was chosen */
	size_t length;
	bool is_bad; /* told once it is known that the form is ours */
};

static bool begin_part(void *context, const struct http_part *part, struct error *error)
{
	struct sink *sink = context;

	if (strcmp(part->name, "file") != 0 || sink->text)
		return error_set_field(error, "file", "unknown_member", "Send one file at a time.");
	sink->text = arena_alloc(sink->arena, RECEIPT_TEXT_MAX + 1);
	return true;
}

/* The parser holds the part to its limit. */
static bool write_part(void *context, const char *bytes, size_t length, struct error *error)
{
	struct sink *sink = context;

	(void)error;
	if (memchr(bytes, '\0', length) || sink->length + length > RECEIPT_TEXT_MAX)
		sink->is_bad = true;
	if (sink->is_bad)
		return true;
	memcpy(sink->text + sink->length, bytes, length);
	sink->length += length;
	return true;
}

static bool end_part(void *context, struct error *error)
{
	struct sink *sink = context;

	(void)error;
	sink->text[sink->length] = '\0';
	return true;
}

/* The text to judge: of the file if there is one, else what was pasted. */
static bool read_body(struct web *web, const char **text_r, struct error *error)
{
	struct sink sink = {.arena = web->arena};
	const struct http_multipart_sink calls = {
	    .begin = begin_part, .data = write_part, .end = end_part, .context = &sink};
	const struct http_multipart_limits limits = {.file_bytes = RECEIPT_TEXT_MAX,
	    .total_bytes = HTTP_MULTIPART_MAX_FIELD + RECEIPT_TEXT_MAX + BODY_SLACK_BYTES};
	struct http_pairs fields = {0};

	if (!http_multipart_read(web->request, &limits, &calls, &fields, error) ||
	    !gate_check_form_token(web, &fields, error) || !input_read_fields(web, &fields, error))
		return false;
	if (sink.is_bad)
		return error_set_field(
		    error, "file", "not_text", "This file is no receipt: it is not text.");
	*text_r = sink.text ? sink.text : input_text(web, "receipt");
	if (*text_r && **text_r)
		return true;
	return error_set_field(
	    error, "receipt", "missing", "Paste a receipt, or choose the file it is in.");
}

/* What a valid receipt says, in words; kinds that this program does not know by their own. */
static void set_claims(struct web *web, struct doc *doc, const struct receipt *receipt)
{
	int64_t counts[COUNT_KIND_COUNT] = {0};
	enum item_kind kind;

	for (size_t i = 0; i < receipt->count_count; i++)
		for (size_t k = 0; k < COUNT_KIND_COUNT; k++)
			if (strcmp(count_kind_name((enum count_kind)k), receipt->counts[i].kind) ==
			    0)
				counts[k] = receipt->counts[i].count;
	doc_set_text(doc, "kind_word",
	    item_kind_parse(receipt->kind, &kind) ? present_kind_word(kind) : receipt->kind);
	doc_set_text(doc, "counts_words", present_counts_words(web, counts));
	doc_set_text(doc, "size", show_bytes(web->arena, receipt->bytes));
	doc_set_text(doc, "issuer", receipt->issuer);
	doc_set_text(doc, "deletion_id", receipt->deletion_id);
	doc_set_text(doc, "item_id", receipt->item_id);
	doc_set_bool(doc, "is_hard", strcmp(receipt->mode, "hard") == 0);
	doc_set_text(doc, "origin_words", present_origin_words(receipt->origin));
	show_time(web, doc, "deleted", receipt->deleted_at_us);
	show_time(web, doc, "purged", receipt->purged_at_us);
}

static struct doc *judge(
    struct web *web, const char *text, const struct receipt_key *keys, size_t count)
{
	struct doc *doc = doc_object(web->arena);
	struct receipt receipt = {0};
	const char *key_id = NULL;
	size_t key = 0;
	enum receipt_verdict verdict =
	    receipt_verify(web->arena, text, keys, count, &receipt, &key, &key_id);

	doc_set_bool(doc, "is_valid", verdict == RECEIPT_VALID);
	doc_set_text(doc, "words", receipt_verdict_words(verdict));
	doc_set_bool(doc, "is_unknown_key", verdict == RECEIPT_UNKNOWN_KEY);
	doc_set_text(doc, "key_id", key_id);
	if (verdict == RECEIPT_VALID)
		set_claims(web, doc, &receipt);
	return doc;
}

/* The page, with the verdict on `text` (NULL: none is asked for). */
static bool send_page(struct web *web, const char *text, struct error *error)
{
	struct doc *page = page_begin(web, "Verify a receipt");
	struct doc *list = doc_list(web->arena);
	struct receipt_key *keys;
	size_t count;

	if (!receipts_keys(web->domain, web->arena, &keys, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct doc *key = doc_object(web->arena);
		doc_set_text(key, "id", keys[i].id);
		doc_set_text(key, "text", keys[i].text);
		doc_set_bool(key, "is_current", i == 0);
		doc_push(list, key);
	}
	chrome_visitor_form(web, page, "/receipts");
	doc_set(page, "keys", list);
	doc_set_text(page, "assertion", RECEIPT_ASSERTION);
	doc_set_text(page, "receipt", input_text(web, "receipt"));
	if (text)
		doc_set(page, "verdict", judge(web, text, keys, count));
	else
		doc_set_null(page, "verdict");
	return page_send(web, web_form_status(web), "receipts", page, error);
}

bool page_receipts(struct web *web, struct error *error)
{
	return send_page(web, NULL, error);
}

bool page_receipts_send(struct web *web, struct error *error)
{
	const char *text = NULL;

	return read_body(web, &text, error) && send_page(web, text, error);
}

/* The receipt alone, as a file to keep. */
bool page_deletion_receipt(struct web *web, struct error *error)
{
	const struct deletion *deletion = web->subject;
	const char *receipt;

	if (!receipts_get(web->domain, web->arena, deletion, &receipt, error))
		return false;
	http_response_begin(web->response, 200, "text/plain; charset=utf-8");
	http_response_header(web->response, "Content-Disposition",
	    arena_printf(web->arena, "attachment; filename=\"receipt-%s.txt\"",
		present_id(web, &deletion->id)));
	buf_puts(web->response->body, receipt);
	buf_putc(web->response->body, '\n');
	answer_secure(web);
	return true;
}
