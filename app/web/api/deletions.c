/* deletions.c - the API of the trash. */
#include "../acts.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/deletions.h>
#include <domain/receipts.h>

bool api_deletion_list(struct web *web, struct error *error)
{
	const struct web_value *state = input_get(web, "state");
	const struct web_value *kind = input_get(web, "kind");
	struct doc *items = doc_list(web->arena);
	struct deletion_page page;
	struct deletion_query query = {
	    .any_kind = !kind->present,
	    .kind = (enum item_kind)kind->integer,
	    .recoverable = !state->present,
	    .state = (enum deletion_state)state->integer,
	    .after = *input_id(web, "cursor"),
	    .limit = (unsigned)input_integer(web, "limit", PHOTOS_DEFAULT_LIMIT),
	};

	if (!deletions_list(web->domain, &web->actor, web->arena, &query, &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		doc_push(items, present_deletion(web, &page.items[i]));
	return api_answer(
	    web, present_list(web, items,
		     page.more && page.count ? &page.items[page.count - 1].id : &id_none));
}

bool api_deletion_get(struct web *web, struct error *error)
{
	(void)error;
	return api_answer(web, present_deletion(web, web->subject));
}

bool api_deletion_restore(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_restore_deletion(web, &deletion, error) &&
	       api_answer(web, present_deletion(web, &deletion));
}

bool api_deletion_receipt(struct web *web, struct error *error)
{
	const struct deletion *deletion = web->subject;
	struct doc *doc = doc_object(web->arena);
	const char *receipt;

	if (!receipts_get(web->domain, web->arena, deletion, &receipt, error))
		return false;
	doc_set_id(doc, "deletion_id", &deletion->id);
	doc_set_time(doc, "purged_at", deletion->settled_at_us);
	doc_set_text(doc, "receipt", receipt);
	return api_answer(web, doc);
}
