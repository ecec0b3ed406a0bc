/* accounts.c - the API of accounts: one's own, and those that an admin has in hand. */
#include "../acts_accounts.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#define PAGE_SIZE 50

bool api_me_delete(struct web *web, struct error *error)
{
	struct account_status status;

	return acts_leave(web, &status, error) &&
	       api_answer(web, present_account_status(web, &status));
}

bool api_me_deletion_status(struct web *web, struct error *error)
{
	struct account_status status;

	return accounts_status(web->domain, &web->actor, web->arena, &status, error) &&
	       api_answer(web, present_account_status(web, &status));
}

bool api_me_deletion_cancel(struct web *web, struct error *error)
{
	struct account_status status;

	return accounts_cancel(web->domain, &web->actor, web->arena, &status, error) &&
	       api_answer(web, present_account_status(web, &status));
}

bool api_user_list(struct web *web, struct error *error)
{
	struct users_query query = {
	    .include_deleted = input_bool(web, "includeDeleted"),
	    .by_role = input_get(web, "role")->present,
	    .role = (enum user_role)input_integer(web, "role", USER_MEMBER),
	    .text = input_text(web, "q"),
	    .before = *input_id(web, "cursor"),
	    .limit = (unsigned)input_integer(web, "limit", PAGE_SIZE),
	};
	struct user *users;
	size_t count;
	bool more;

	return accounts_list_users(
		   web->domain, &web->actor, web->arena, &query, &users, &count, &more, error) &&
	       api_answer(web, present_users(web, users, count, more));
}

bool api_user_get(struct web *web, struct error *error)
{
	(void)error;
	return api_answer(web, present_user(web, web->subject));
}

bool api_user_change(struct web *web, struct error *error)
{
	struct user user;

	return accounts_set_role(web->domain, &web->actor, web->arena, &web->subject_id,
		   (enum user_role)input_integer(web, "role", USER_MEMBER), &user, error) &&
	       api_answer(web, present_user(web, &user));
}

bool api_event_change(struct web *web, struct error *error)
{
	struct doc *doc = doc_object(web->arena);
	struct account_event event;

	if (!acts_settle_event(web, input_integer(web, "action", 0) == 0, &event, error))
		return false;
	doc_set_id(doc, "id", &event.id);
	doc_set_text(doc, "title", event.title);
	doc_set_time(doc, "starts_at", event.starts_at_us);
	doc_set_id(doc, "created_by", &event.owner_id);
	return api_answer(web, doc);
}

bool api_user_delete(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_user(web, &deletion, error) && answer_empty(web, 204);
}

bool api_user_bulk_delete(struct web *web, struct error *error)
{
	struct act_result *results;
	struct bulk_result bulk = {0};

	if (!acts_delete_users(web, &results, &bulk.count, error))
		return false;
	bulk.items = arena_array(web->arena, bulk.count, sizeof(*bulk.items));
	for (size_t i = 0; i < bulk.count; i++) {
		bulk.items[i] = (struct bulk_item){.id = results[i].id,
		    .changed = results[i].changed,
		    .code = results[i].changed ? NULL : results[i].code};
		bulk.changed += results[i].changed;
		bulk.skipped += !results[i].changed;
	}
	return api_answer(web, present_bulk(web, &bulk));
}

bool api_user_restore(struct web *web, struct error *error)
{
	struct user user;

	return accounts_restore_user(
		   web->domain, &web->actor, web->arena, &web->subject_id, &user, error) &&
	       api_answer(web, present_user(web, &user));
}

bool api_user_impact(struct web *web, struct error *error)
{
	struct deletion_impact impact;

	return accounts_impact(web->domain, &web->actor, web->arena, &web->subject_id, IMPACT_ALL,
		   &impact, error) &&
	       api_answer(web, present_impact(web, &impact, IMPACT_ALL));
}
