/* acts_accounts.c - what pages and API do with accounts. */
#include "acts_accounts.h"
#include "input.h"
#include "present.h"

#include <base/text.h>
#include <string.h>

#define BLOCKING_LISTED 50

/* Pages take an address where there are too many people to choose from. One that is nobody's in the
 * organisation leaves the choice open, which is refused as any other: nobody learns who has an
 * account elsewhere. */
static struct id heir_of(const struct web *web, const struct id *organization_id)
{
	const char *address = input_text(web, "transfer_address");
	struct user user;

	if (!id_is_none(input_id(web, "transfer_to")) || !address || text_is_blank(address) ||
	    users_find_by_email(web->domain->db, web->arena,
		text_normalize_email(web->arena, address), &user) != DB_OK ||
	    !id_equal(&user.organization_id, organization_id))
		return *input_id(web, "transfer_to");
	return user.id;
}

struct account_choices acts_account_choices(const struct web *web, const struct id *organization_id)
{
	return (struct account_choices){
	    .keep_photos = input_integer(web, "photos", 0) == 1,
	    .events = (enum account_events)input_integer(web, "events", EVENTS_ANONYMIZE),
	    .transfer_to = heir_of(web, organization_id),
	    .reason = input_text(web, "reason"),
	};
}

bool acts_is_hard(const struct web *web)
{
	return input_integer(web, "mode", 0) == 1;
}

/* What stands in the way, in the problem document and on the page. */
static bool list_blocking(struct web *web, const struct id *user_id, struct error *error)
{
	struct account_event *events;
	struct error ignored = {0};
	int64_t total;
	size_t count;

	if (strcmp(error->code, "blocking_events") == 0 &&
	    accounts_blocking_events(web->domain, &web->actor, web->arena, user_id, BLOCKING_LISTED,
		&events, &count, &total, &ignored))
		web->blocking = present_events(web, events, count);
	return false;
}

bool acts_leave(struct web *web, struct account_status *status_r, struct error *error)
{
	struct account_choices choices = acts_account_choices(web, &web->actor.organization_id);

	return accounts_schedule(web->domain, &web->actor, web->arena, &choices, status_r, error) ||
	       list_blocking(web, &id_none, error);
}

bool acts_delete_user(struct web *web, struct deletion *deletion_r, struct error *error)
{
	const struct user *user = web->subject;
	struct account_deletion act = {
	    .user_id = web->subject_id,
	    .hard = acts_is_hard(web),
	    .choices = acts_account_choices(web, &user->organization_id),
	};

	return accounts_delete_user(
		   web->domain, &web->actor, web->arena, &act, deletion_r, error) ||
	       list_blocking(web, &web->subject_id, error);
}

bool acts_delete_users(
    struct web *web, struct act_result **results_r, size_t *count_r, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct account_choices choices = acts_account_choices(web, &web->actor.organization_id);

	*count_r = ids->count;
	return accounts_delete_users(
	    web->domain, &web->actor, web->arena, ids->ids, ids->count, &choices, results_r, error);
}

bool acts_settle_event(
    struct web *web, bool anonymize, struct account_event *event_r, struct error *error)
{
	const struct account_event *event = web->subject;
	struct id heir = anonymize ? id_none : heir_of(web, &event->organization_id);

	if (!anonymize && id_is_none(&heir))
		return accounts_refuse_heir(error);
	return accounts_settle_event(
	    web->domain, &web->actor, web->arena, &web->subject_id, &heir, event_r, error);
}
