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
	return accounts_may_delete(&web->actor, web->subject, error);
}

/* Only what is hard, and at once, needs the proof. */
bool waive_user_delete(const struct web *web)
{
	return !acts_is_hard(web);
}

bool check_phrase(struct web *web, struct error *error)
{
	return accounts_check_phrase(web->domain, &web->actor, input_text(web, "phrase"), error);
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
