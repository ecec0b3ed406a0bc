/* users_delete.c - an admin deletes accounts: one, soft or hard, or several at once. */
#include "../acts_accounts.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "account_parts.h"
#include "proof.h"

#include <base/text.h>
#include <domain/settings.h>
#include <http/url.h>
#include <string.h>

/* --- one ------------------------------------------------------------------------------------ */

bool check_user_name(struct web *web, struct error *error)
{
	const struct user *user = web->subject;
	const char *typed = input_text(web, "confirmation");

	if (!acts_is_hard(web) || (typed && strcmp(text_trim(web->arena, typed),
						text_trim(web->arena, user->display_name)) == 0))
		return check_user_delete(web, error);
	return error_set_field(error, "confirmation", "wrong_confirmation",
	    "To delete this account at once, type the name of its owner exactly as it is shown.");
}

static bool refuse_where_off(struct web *web, struct error *error)
{
	struct settings settings;

	if (!settings_get(web->domain, &web->actor, web->arena, &settings, error))
		return false;
	return settings.values[SETTING_ADMIN_DELETION] != 0 ||
	       error_set(error, ERROR_FORBIDDEN, "admin_deletion_off",
		   "Admins cannot delete accounts here.");
}

static bool set_window(
    struct web *web, struct doc *page, const struct id *organization_id, struct error *error)
{
	struct deletion_windows windows;
	enum db_result result =
	    deletion_windows(web->domain->db, web->arena, organization_id, &windows);

	if (result != DB_OK)
		return db_fail(result, error);
	doc_set_text(
	    page, "window_words", show_duration(web->arena, windows.container_recovery_us));
	show_time(web, page, "until", web->now_us + windows.container_recovery_us);
	return true;
}

static void set_refusal(struct web *web, struct doc *page)
{
	const char *code = web->form_error ? web->form_error->code : "";

	doc_set_bool(page, "is_blocked", strcmp(code, "blocking_events") == 0);
	doc_set_bool(page, "is_last_admin",
	    strcmp(code, "last_admin") == 0 || strcmp(code, "last_platform_admin") == 0);
}

bool page_user_delete(struct web *web, struct error *error)
{
	const struct user *user = web->subject;
	bool is_leaving = user->deletion_status == USER_DELETION_SCHEDULED;
	struct doc *page = page_begin(
	    web, arena_join(web->arena, "Delete the account of ", user->display_name, "?", NULL));
	const char *base = http_url_build(web->arena, "/admin/users/{uid}/delete",
	    HTTP_PAIRS({"uid", present_id(web, &user->id)}), HTTP_NO_PAIRS);
	const char *next = arena_join(web->arena, base, "?events=block", NULL);

	if (!refuse_where_off(web, error) ||
	    !set_window(web, page, &user->organization_id, error) ||
	    !account_parts_impact(web, page, &user->organization_id, &user->id, error) ||
	    !account_parts_choices(web, page, &user->organization_id, &user->id, error) ||
	    !account_parts_events(web, page, &user->id, next, error) ||
	    !proof_set(web, page, NULL, error))
		return false;
	doc_set(page, "person", present_user(web, user));
	doc_set_text(page, "base", base);
	doc_set_text(page, "url",
	    http_url_build(web->arena, "/admin/users/{uid}",
		HTTP_PAIRS({"uid", present_id(web, &user->id)}), HTTP_NO_PAIRS));
	doc_set_bool(page, "is_hard", acts_is_hard(web) || is_leaving);
	doc_set_bool(page, "is_leaving", is_leaving);
	doc_set_text(page, "confirmation", input_text(web, "confirmation"));
	set_refusal(web, page);
	return page_send(web, web_form_status(web), "user_delete", page, error);
}

bool page_user_delete_send(struct web *web, struct error *error)
{
	struct deletion deletion;

	if (!acts_delete_user(web, &deletion, error))
		return account_parts_explains(web, error) && page_user_delete(web, error);
	if (acts_is_hard(web))
		return redirect_to(web, "/admin/users?done=account_erased");
	return redirect_to(web, http_url_build(web->arena, "/admin/users/{uid}",
				    HTTP_PAIRS({"uid", present_id(web, &web->subject_id)}),
				    HTTP_PAIRS({"done", "account_deleted"},
					{"act", present_id(web, &deletion.act_id)})));
}

/* --- several -------------------------------------------------------------------------------- */

/* Refusals in words, by their codes. */
static const struct {
	const char *code, *words;
} reasons[] = {
    {"self_deletion", "Not deleted: this is your own account."},
    {"last_admin", "Not deleted: this is the last admin. Appoint another one first."},
    {"last_platform_admin",
	"Not deleted: this is the last platform admin. Appoint another one first."},
    {"blocking_events",
	"Not deleted: events stand in the way. Hand them over, or take the name off them."},
    {"already_deleted", "Not deleted: it is on its way out already."},
    {"not_found", "Not deleted: there is no such account here."},
    {"admin_deletion_off", "Not deleted: admins cannot delete accounts here."},
    {"invalid_transfer", "Not deleted: there is nobody left to take the events over."},
    {"still_restoring", "Not deleted: it is still being restored. Try again in a moment."},
    {"forbidden", "Not deleted: this is a platform admin, whom only another one may delete."},
};

static const char *reason_words(const char *code)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].code, code) == 0)
			return reasons[i].words;
	return "Not deleted.";
}

/* Who was chosen; what is not an account of this organisation's is left out. */
static struct doc *present_chosen(struct web *web)
{
	const struct web_value *ids = input_get(web, "ids");
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < ids->count; i++) {
		struct error ignored = {0};
		struct user user;

		if (accounts_find_user(web->domain, &web->actor, web->arena,
			present_id(web, &ids->ids[i]), &user, &ignored))
			doc_push(list, present_user(web, &user));
	}
	return list;
}

bool page_users_delete(struct web *web, struct error *error)
{
	struct doc *list = present_chosen(web);
	uint32_t count = list->as.list.count;
	const char *words = show_count(web->arena, count, "account", "accounts");
	struct doc *page = page_begin(web, arena_join(web->arena, "Delete ", words, "?", NULL));
	const struct id *organization_id = &web->actor.organization_id;

	if (!refuse_where_off(web, error) || !set_window(web, page, organization_id, error) ||
	    !account_parts_choices(web, page, organization_id, &id_none, error))
		return false;
	doc_set(page, "people", list);
	doc_set_bool(page, "is_empty", count == 0);
	doc_set_bool(page, "is_one", count == 1);
	return page_send(web, web_form_status(web), "users_delete", page, error);
}

static struct doc *present_result(struct web *web, const struct act_result *result)
{
	struct doc *doc = doc_object(web->arena);
	struct error ignored = {0};
	struct user user;
	bool is_known = accounts_find_user(
	    web->domain, &web->actor, web->arena, present_id(web, &result->id), &user, &ignored);

	doc_set_text(doc, "name", is_known ? user.display_name : "An account that is not here");
	doc_set_text(doc, "email", is_known ? user.email : NULL);
	doc_set_text(doc, "url",
	    is_known ? http_url_build(web->arena, "/admin/users/{uid}",
			   HTTP_PAIRS({"uid", present_id(web, &result->id)}), HTTP_NO_PAIRS)
		     : NULL);
	doc_set_bool(doc, "is_changed", result->changed);
	doc_set_bool(doc, "is_blocked", strcmp(result->code, "blocking_events") == 0);
	doc_set_text(doc, "words", result->changed ? NULL : reason_words(result->code));
	return doc;
}

/* Answered without a redirect: what became of each is told once. */
bool page_users_delete_send(struct web *web, struct error *error)
{
	struct doc *page, *list = doc_list(web->arena);
	struct act_result *results;
	size_t count, changed = 0;

	if (!refuse_where_off(web, error) || !acts_delete_users(web, &results, &count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		changed += results[i].changed;
		doc_push(list, present_result(web, &results[i]));
	}
	page = page_begin(web, "What became of each");
	if (!set_window(web, page, &web->actor.organization_id, error))
		return false;
	doc_set(page, "results", list);
	doc_set_text(page, "changed_words",
	    show_count(web->arena, (int64_t)changed, "account is", "accounts are"));
	doc_set_bool(page, "has_changed", changed > 0);
	doc_set_bool(page, "has_skipped", changed < count);
	return page_send(web, 200, "users_deleted", page, error);
}
