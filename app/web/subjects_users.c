/* subjects_users.c - the account that a path names, and what is asked before it goes. */
#include "acts_accounts.h"
#include "gate.h"
#include "handlers.h"
#include "input.h"

#include <http/router.h>

bool find_user(struct web *web, struct error *error)
{
	struct user *user = arena_alloc(web->arena, sizeof(*user));
	const char *uid = http_capture(web->match, "uid");

	web->subject = user;
	if (!accounts_find_user(web->domain, &web->actor, web->arena, uid ? uid : "", user, error))
		return false;
	web->subject_id = user->id;
	return true;
}

bool find_event(struct web *web, struct error *error)
{
	struct account_event *event = arena_alloc(web->arena, sizeof(*event));
	const char *id = http_capture(web->match, "id");

	web->subject = event;
	if (!id || !id_parse(id, &web->subject_id))
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such event.");
	return accounts_find_event(
	    web->domain, &web->actor, web->arena, &web->subject_id, event, error);
}

bool permit_user_delete(struct web *web, struct error *error)
{
	return accounts_may_delete(web->domain, &web->actor, web->arena, web->subject, error);
}

/* Only what is hard, and at once, needs the proof. */
bool waive_user_delete(const struct web *web)
{
	return !acts_is_hard(web);
}

/* Nobody proves who they are for choices that are then refused. */
static bool check_choices(struct web *web, const struct id *organization_id,
    const struct id *user_id, struct error *error)
{
	struct account_choices choices = acts_account_choices(web, organization_id);

	return accounts_may_choose(
	    web->domain, web->arena, organization_id, user_id, &choices, error);
}

bool check_user_delete(struct web *web, struct error *error)
{
	const struct user *user = web->subject;

	return check_choices(web, &user->organization_id, &user->id, error);
}

bool check_users_delete(struct web *web, struct error *error)
{
	return check_choices(web, &web->actor.organization_id, &id_none, error);
}

bool permit_leave(struct web *web, struct error *error)
{
	return accounts_may_leave(web->domain, &web->actor, web->arena, error);
}

bool check_leave(struct web *web, struct error *error)
{
	return accounts_check_phrase(web->domain, &web->actor, input_text(web, "phrase"), error) &&
	       check_choices(web, &web->actor.organization_id, &web->actor.user_id, error);
}

/* Who has no password, and brings no proof from elsewhere, confirms by mail. */
bool waive_account_delete(const struct web *web)
{
	struct account_status status;
	struct error ignored = {0};

	return !http_header(web->request, "X-Reauth-Token") &&
	       (web->is_api || !gate_is_fresh(web)) &&
	       accounts_status(web->domain, &web->actor, web->arena, &status, &ignored) &&
	       !status.has_password;
}
