/* admin.c - the API of admins: audit trail, storage cleanup queue. */
#include "../acts.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/audit.h>
#include <domain/storage_queue.h>
#include <string.h>

#define LIST_LIMIT 50

bool api_audit_list(struct web *web, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct audit_page page;
	struct audit_query query = acts_audit_query(web);

	if (!audit_list(web->domain, &web->actor, web->arena, &query, &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		doc_push(items, present_audit_entry(web, &page.items[i]));
	return api_answer(
	    web, present_list(web, items,
		     page.more && page.count ? &page.items[page.count - 1].id : &id_none));
}

/* The queue goes on in one of its two parts, so its cursor names the part: "w<id>" or "f<id>". */
static bool read_cursor(
    const struct web *web, struct storage_queue_cursor *cursor_r, struct error *error)
{
	const char *text = input_text(web, "cursor");

	*cursor_r = (struct storage_queue_cursor){0};
	if (!text)
		return true;
	cursor_r->waiting = text[0] == 'w';
	if ((text[0] == 'w' || text[0] == 'f') &&
	    (text[1] == '\0' || id_parse(text + 1, &cursor_r->before)))
		return true;
	return error_set_field(
	    error, "cursor", "invalid_input", "cursor must be one that a list gave.");
}

bool api_storage_list(struct web *web, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct doc *list = doc_object(web->arena);
	struct storage_queue_cursor cursor;
	struct storage_queue_page page;
	const char *before;

	if (!read_cursor(web, &cursor, error) ||
	    !storage_queue_list(web->domain, &web->actor, web->arena, &cursor,
		(unsigned)input_integer(web, "limit", LIST_LIMIT), &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		doc_push(items, present_queue_item(web, &page.items[i]));
	before = present_id(web, &page.next.before);
	doc_set(list, "items", items);
	doc_set_text(list, "next",
	    page.more ? arena_printf(
			    web->arena, "%c%s", page.next.waiting ? 'w' : 'f', before ? before : "")
		      : NULL);
	return api_answer(web, list);
}

bool api_storage_retry(struct web *web, struct error *error)
{
	struct doc *answer = doc_object(web->arena);
	struct id item;

	if (!web_path_id(web, "id", &item, error) ||
	    !storage_queue_retry(web->domain, &web->actor, web->arena, &item, error))
		return false;
	doc_set_id(answer, "id", &item);
	doc_set_text(answer, "state", "waiting");
	return api_answer(web, answer);
}
