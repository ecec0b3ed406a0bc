/* requests.c - the API of requests for deletion. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/requests.h>

static bool list_recoverable(struct web *web, struct error *error)
{
	struct photos_page page;
	const struct photos_query query = {
	    .limit = (unsigned)input_integer(web, "limit", REQUESTS_DEFAULT_LIMIT),
	    .before = *input_id(web, "cursor"),
	};

	return requests_recoverable(web->domain, &web->actor, web->arena, &query, &page, error) &&
	       api_answer(web, present_photos(web, &page));
}

static bool list_pending(struct web *web, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	struct requests_page page;
	const struct requests_query query = {
	    .scope = actor_is_admin(&web->actor) ? REQUESTS_ALL : REQUESTS_ON_SITES,
	    .status = REQUEST_PENDING,
	    .after_id = *input_id(web, "cursor"),
	    .limit = (unsigned)input_integer(web, "limit", REQUESTS_DEFAULT_LIMIT),
	};

	if (!requests_list(web->domain, &web->actor, web->arena, &query, &page, error))
		return false;
	for (size_t i = 0; i < page.count; i++)
		doc_push(items, present_request(web, &page.items[i]));
	return api_answer(web, present_list(web, items, &page.next_id));
}

/* The choices of type are in this order. */
bool api_request_list(struct web *web, struct error *error)
{
	return (input_get(web, "type")->integer == 1 ? list_recoverable : list_pending)(web, error);
}

bool api_request_make(struct web *web, struct error *error)
{
	struct request request;

	return requests_create(web->domain, &web->actor, web->arena, &web->subject_id,
		   input_text(web, "reason"), web->request->remote_address, &request, error) &&
	       api_send(web, 201, present_request(web, &request));
}

static bool answer_photo(struct web *web, struct error *error)
{
	struct photo photo;

	return photos_find(web->domain, &web->actor, web->arena, &web->subject_id, &photo, error) &&
	       api_answer(web, present_photo(web, &photo));
}

bool api_request_review(struct web *web, struct error *error)
{
	const struct web_value *decision = input_get(web, "decision");
	const struct request_decision decided = {
	    .photo_id = web->subject_id,
	    .approve = decision->integer == 0,
	    .reason = input_text(web, "reason"),
	};
	struct request_outcome outcome;

	if (!decision->present)
		return error_set_field(error, "decision", "missing", "decision is missing.");
	return requests_review(web->domain, &web->actor, web->arena, &decided, &outcome, error) &&
	       answer_photo(web, error);
}

bool api_request_cancel(struct web *web, struct error *error)
{
	struct request request;

	return requests_cancel_on_photo(
		   web->domain, &web->actor, web->arena, &web->subject_id, &request, error) &&
	       answer_photo(web, error);
}
