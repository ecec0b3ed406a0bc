/* users.c - the accounts of the organisation: the list, one of them, its role, the way back. */
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "account_parts.h"
#include "places.h"

#include <auth/session.h>
#include <domain/settings.h>
#include <http/url.h>
#include <store/accounts.h>
#include <string.h>

#define PAGE_ROWS  50
#define PEERS_MOST 2 /* one besides oneself is enough */

static const char *const role_labels[USER_ROLE_COUNT] = {
    [USER_MEMBER] = "Member",
    [USER_ADMIN] = "Admin",
    [USER_PLATFORM_ADMIN] = "Platform admin",
};

/* Within a sentence. */
static const char *const role_words[USER_ROLE_COUNT] = {
    [USER_MEMBER] = "member",
    [USER_ADMIN] = "admin",
    [USER_PLATFORM_ADMIN] = "platform admin",
};

/* The states to filter by, in the order of the input's choices. */
static const struct {
	const char *value, *label;
	enum user_deletion state;
} states[] = {
    {"leaving", "Leaving", USER_DELETION_SCHEDULED},
    {"asked", "Asked to leave", USER_DELETION_REQUESTED},
    {"deleted", "Deleted", USER_DELETION_DELETED},
};

#define STATE_COUNT (sizeof(states) / sizeof(states[0]))

/* --- the list ------------------------------------------------------------------------------- */

static const char *sorted_url(struct web *web, bool by_name, const char *cursor)
{
	return http_url_build(web->arena, "/admin/users", HTTP_NO_PAIRS,
	    HTTP_PAIRS({"q", input_text(web, "q")}, {"role", input_text(web, "role")},
		{"state", input_text(web, "state")},
		{"includeDeleted", input_text(web, "includeDeleted")},
		{"sort", by_name ? "name" : NULL}, {"cursor", cursor}));
}

static const char *list_url(struct web *web, const char *cursor)
{
	return sorted_url(web, places_sorts_by_name(web), cursor);
}

static const char *user_url(struct web *web, const char *pattern, const struct id *id)
{
	return http_url_build(
	    web->arena, pattern, HTTP_PAIRS({"uid", present_id(web, id)}), HTTP_NO_PAIRS);
}

static struct doc *present_option(
    struct web *web, const char *value, const char *label, bool is_selected)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_text(doc, "value", value);
	doc_set_text(doc, "label", label);
	doc_set_bool(doc, "is_selected", is_selected);
	return doc;
}

static struct doc *present_roles(struct web *web, size_t count, bool given, int64_t selected)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < count; i++)
		doc_push(list, present_option(web, user_role_name((enum user_role)i),
				   role_labels[i], given && selected == (int64_t)i));
	return list;
}

static void set_filters(struct web *web, struct doc *page)
{
	const struct web_value *role = input_get(web, "role"), *state = input_get(web, "state");
	struct doc *filters = doc_object(web->arena);
	struct doc *list = doc_list(web->arena);
	bool deleted = input_bool(web, "includeDeleted");
	const char *text = input_text(web, "q");

	for (size_t i = 0; i < STATE_COUNT; i++)
		doc_push(list, present_option(web, states[i].value, states[i].label,
				   state->present && state->integer == (int64_t)i));
	doc_set(
	    filters, "roles", present_roles(web, USER_ROLE_COUNT, role->present, role->integer));
	doc_set(filters, "states", list);
	doc_set_bool(filters, "include_deleted", deleted);
	doc_set_text(filters, "q", text);
	doc_set_bool(
	    filters, "is_set", deleted || role->present || state->present || (text && *text));
	doc_set(page, "filters", filters);
}

/* What is left of an erased account where something still points at it. */
static bool is_tombstone(const struct user *user)
{
	return user->deleted_us && !user->email && !user->password_hash && !user->identity_uid;
}

static struct doc *present_entry(struct web *web, const struct user *user)
{
	struct doc *doc = present_user(web, user);
	bool is_self = id_equal(&user->id, &web->actor.user_id);
	bool is_guarded =
	    user->role == USER_PLATFORM_ADMIN && web->actor.role != ROLE_PLATFORM_ADMIN;

	doc_set_text(
	    doc, "url", is_tombstone(user) ? NULL : user_url(web, "/admin/users/{uid}", &user->id));
	doc_set_text(doc, "role_word", role_labels[user->role]);
	doc_set_text(doc, "role_plain", role_words[user->role]);
	doc_set_bool(doc, "is_self", is_self);
	doc_set_bool(doc, "is_erased", is_tombstone(user));
	doc_set_bool(doc, "is_guarded", is_guarded);
	doc_set_bool(doc, "is_asking", user->deletion_status == USER_DELETION_REQUESTED);
	doc_set_bool(doc, "can_select",
	    !is_self && !is_guarded && !user->deleted_us &&
		user->deletion_status != USER_DELETION_SCHEDULED);
	show_left(web, doc, "left", user->deletion_scheduled_us);
	return doc;
}

/* What is marked and known elsewhere may wait for that. */
static bool set_wait(
    struct web *web, struct doc *entry, const struct user *user, struct error *error)
{
	doc_set_null(entry, "wait");
	return !user->deleted_us || !user->identity_uid || id_is_none(&user->deletion_id) ||
	       account_parts_wait(web, entry, &user->deletion_id, error);
}

static bool may_delete_here(struct web *web, bool *may_r, struct error *error)
{
	struct settings settings;

	if (!settings_get(web->domain, &web->actor, web->arena, &settings, error))
		return false;
	*may_r = settings.values[SETTING_ADMIN_DELETION] != 0;
	return true;
}

static struct users_query query_of(struct web *web)
{
	const struct web_value *state = input_get(web, "state");
	enum user_deletion wanted =
	    state->present ? states[state->integer].state : USER_DELETION_NONE;
	const char *text = input_text(web, "q");

	return (struct users_query){
	    .include_deleted = input_bool(web, "includeDeleted") || wanted == USER_DELETION_DELETED,
	    .by_role = input_get(web, "role")->present,
	    .role = (enum user_role)input_integer(web, "role", USER_MEMBER),
	    .state = wanted,
	    .text = text && *text ? text : NULL,
	    .before = *input_id(web, "cursor"),
	    .limit = PAGE_ROWS,
	    .by_name = places_sorts_by_name(web),
	};
}

bool page_users(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Accounts");
	struct doc *items = doc_list(web->arena);
	struct users_query query = query_of(web);
	struct user *users;
	size_t count;
	bool more, may_delete;

	if (!chrome_live(web, page, error) || !may_delete_here(web, &may_delete, error) ||
	    !accounts_list_users(
		web->domain, &web->actor, web->arena, &query, &users, &count, &more, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct doc *entry = present_entry(web, &users[i]);

		if (!set_wait(web, entry, &users[i], error))
			return false;
		doc_push(items, entry);
	}
	doc_set(page, "items", items);
	doc_set_bool(page, "is_empty", count == 0);
	doc_set_bool(page, "may_delete", may_delete);
	page_pager(web, page, list_url(web, NULL),
	    more ? list_url(web, present_id(web, &users[count - 1].id)) : NULL);
	set_filters(web, page);
	places_set_sort(web, page, sorted_url(web, true, NULL), sorted_url(web, false, NULL));
	return page_send(web, 200, "users", page, error);
}

/* --- one account ---------------------------------------------------------------------------- */

/* Nobody else of that role would be left; what decides is asked again by the act. */
static bool find_last(struct web *web, const struct user *user, bool *last_r, struct error *error)
{
	struct users_query query = {.by_role = true, .role = user->role, .limit = PEERS_MOST + 48};
	struct user *peers;
	size_t count, others = 0;
	enum db_result result;

	*last_r = false;
	if (user->role == USER_MEMBER || user->deleted_us)
		return true;
	if (user->role != USER_PLATFORM_ADMIN)
		query.organization_id = user->organization_id;
	result = users_list(web->domain->db, web->arena, &query, &peers, &count);
	if (result > DB_NONE)
		return db_fail(result, error);
	for (size_t i = 0; i < count; i++)
		others += !id_equal(&peers[i].id, &user->id) &&
			  peers[i].deletion_status != USER_DELETION_SCHEDULED;
	*last_r = others == 0;
	return true;
}

static bool set_state(
    struct web *web, struct doc *page, const struct user *user, struct error *error)
{
	struct deletion deletion;
	struct actor within = web->actor;

	doc_set_null(page, "deletion");
	if (id_is_none(&user->deletion_id))
		return true;
	within.organization_id = user->organization_id;
	if (!deletions_find(
		web->domain, &within, web->arena, &user->deletion_id, &deletion, error)) {
		bool is_unknown = error->kind == ERROR_NOT_FOUND;

		error_clear(error);
		return is_unknown;
	}
	doc_set(page, "deletion", present_deletion(web, &deletion));
	return true;
}

static bool set_sessions(
    struct web *web, struct doc *page, const struct user *user, struct error *error)
{
	struct session_list sessions;

	if (!session_list(web->auth, web->arena, &user->id, NULL, NULL, &sessions, error))
		return false;
	doc_set_text(page, "sessions",
	    sessions.count == 0 ? NULL
				: present_counted(web, (int64_t)sessions.count, sessions.more,
				      SESSION_LIST_ROWS, "browser", "browsers"));
	return true;
}

/* What the account has: of a deleted one its deletion tells. */
static bool set_belongings(
    struct web *web, struct doc *page, const struct user *user, struct error *error)
{
	const char *own = user_url(web, "/admin/users/{uid}", &user->id);

	if (user->deleted_us)
		return set_state(web, page, user, error);
	return account_parts_impact(web, page, &user->organization_id, &user->id, error) &&
	       account_parts_events(web, page, &user->id, own, error);
}

static void set_acts(
    struct web *web, struct doc *page, const struct user *user, bool may_delete, bool is_last)
{
	bool is_self = id_equal(&user->id, &web->actor.user_id);
	bool is_leaving = user->deletion_status == USER_DELETION_SCHEDULED && !user->deleted_us;
	bool is_guarded =
	    user->role == USER_PLATFORM_ADMIN && web->actor.role != ROLE_PLATFORM_ADMIN;

	doc_set_bool(page, "is_self", is_self);
	doc_set_bool(page, "is_last", is_last);
	doc_set_bool(page, "is_leaving", is_leaving);
	doc_set_bool(page, "is_guarded", is_guarded);
	doc_set_bool(page, "is_off", !may_delete);
	doc_set_bool(page, "can_delete",
	    may_delete && !is_self && !is_last && !is_guarded && !user->deleted_us);
	doc_set_bool(page, "can_restore",
	    user->deleted_us && !is_guarded && web->now_us < user->deletion_scheduled_us);
	doc_set_bool(page, "can_appoint", !user->deleted_us && !is_leaving && !is_guarded);
	doc_set(page, "roles",
	    present_roles(web,
		web->actor.role == ROLE_PLATFORM_ADMIN ? USER_ROLE_COUNT : USER_PLATFORM_ADMIN,
		true, input_integer(web, "role", user->role)));
}

bool page_user(struct web *web, struct error *error)
{
	const struct user *user = web->subject;
	struct doc *page = page_begin(web, user->display_name);
	struct doc *person = present_entry(web, user);
	bool may_delete, is_last;

	if (!chrome_live(web, page, error) || !may_delete_here(web, &may_delete, error) ||
	    !find_last(web, user, &is_last, error) || !set_belongings(web, page, user, error) ||
	    !set_sessions(web, page, user, error) || !set_wait(web, person, user, error))
		return false;
	doc_set(page, "person", person);
	doc_set_text(page, "url", user_url(web, "/admin/users/{uid}", &user->id));
	set_acts(web, page, user, may_delete, is_last);
	return page_send(web, web_form_status(web), "user", page, error);
}

/* Who has made themselves a member has no business on the admins' pages any more. */
bool page_user_role_send(struct web *web, struct error *error)
{
	enum user_role role = (enum user_role)input_integer(web, "role", USER_MEMBER);
	struct user user;

	if (!accounts_set_role(
		web->domain, &web->actor, web->arena, &web->subject_id, role, &user, error))
		return account_parts_explains(web, error) && page_user(web, error);
	if (id_equal(&user.id, &web->actor.user_id) && role == USER_MEMBER)
		return redirect_to(web, "/?done=role");
	return redirect_to(
	    web, http_url_build(web->arena, "/admin/users/{uid}",
		     HTTP_PAIRS({"uid", present_id(web, &user.id)}), HTTP_PAIRS({"done", "role"})));
}

bool page_user_restore_send(struct web *web, struct error *error)
{
	struct user user;

	return accounts_restore_user(
		   web->domain, &web->actor, web->arena, &web->subject_id, &user, error) &&
	       redirect_to(web, http_url_build(web->arena, "/admin/users/{uid}",
				    HTTP_PAIRS({"uid", present_id(web, &user.id)}),
				    HTTP_PAIRS({"done", "account_restored"})));
}
