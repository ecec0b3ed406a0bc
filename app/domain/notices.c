/* notices.c - people's choices of notices, and the links that end them. */
#include <auth/link.h>
#include <domain/audit.h>
#include <domain/notices.h>
#include <store/users.h>

#define PATH "/notices/"

static const struct {
	const char *name, *purpose;
} notices[NOTICE_COUNT] = {
    [NOTICE_RETENTION] = {"retention", "notices.retention"},
    [NOTICE_REQUESTS] = {"requests", "notices.requests"},
};

const char *notice_name(enum notice notice)
{
	return notices[notice].name;
}

static struct notices choices_of(const struct user *user)
{
	return (struct notices){.wanted = {
				    [NOTICE_RETENTION] = user->notify_retention,
				    [NOTICE_REQUESTS] = user->notify_requests,
				}};
}

static bool is_there(enum db_result result, const struct user *user, struct error *error)
{
	if (result == DB_NONE || (result == DB_OK && user->deleted_us != 0))
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such account any more.");
	return result == DB_OK || db_fail(result, error);
}

bool notices_get(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct notices *notices_r, struct error *error)
{
	struct user user;
	enum db_result result = users_find(domain->db, arena, &actor->user_id, &user);

	if (!is_there(result, &user, error))
		return false;
	*notices_r = choices_of(&user);
	return true;
}

/* --- changing ------------------------------------------------------------------------------ */

struct changing {
	const struct domain *domain;
	const struct actor *actor;
	struct notices notices;
	int only; /* the one that a link ends, or -1 */
};

static bool note(struct doc *details, const struct notices *before, const struct notices *now)
{
	bool changed = false;

	for (size_t i = 0; i < NOTICE_COUNT; i++) {
		if (before->wanted[i] == now->wanted[i])
			continue;
		doc_set_bool(details, notices[i].name, now->wanted[i]);
		doc_set_bool(details, arena_join(details->arena, notices[i].name, "_before", NULL),
		    before->wanted[i]);
		changed = true;
	}
	return changed;
}

static bool run_change(struct db_tx *tx, void *context, struct error *error)
{
	const struct changing *c = context;
	struct doc *details = doc_object(tx->arena);
	struct notices before, now = c->notices;
	struct user user;
	struct actor actor = *c->actor;
	enum db_result result = users_lock(tx, &actor.user_id, &user);

	if (!is_there(result, &user, error))
		return false;
	before = choices_of(&user);
	if (c->only >= 0) {
		now = before;
		now.wanted[c->only] = false;
		doc_set_bool(details, "by_link", true);
	}
	if (!note(details, &before, &now))
		return true;
	/* One's own account, whomever a platform admin acts for. */
	actor.organization_id = user.organization_id;
	result = users_set_notices(
	    tx, &user.id, now.wanted[NOTICE_REQUESTS], now.wanted[NOTICE_RETENTION]);
	return (result == DB_OK || db_fail(result, error)) &&
	       audit_write(tx, c->domain, &actor,
		   &(struct audit_event){.action = "user.notices",
		       .kind = "user",
		       .item_id = user.id,
		       .details = details},
		   error);
}

bool notices_change(const struct domain *domain, const struct actor *actor,
    const struct notices *chosen, struct error *error)
{
	struct changing context = {domain, actor, *chosen, -1};

	return db_transaction(domain->db, run_change, &context, error);
}

/* --- links --------------------------------------------------------------------------------- */

const char *notices_path(
    const struct domain *domain, struct arena *arena, const struct id *user_id, enum notice notice)
{
	struct link link = {
	    .purpose = notices[notice].purpose,
	    .item = *user_id,
	    .expires_us = clock_now_us(domain->clock) + NOTICES_LINK_US,
	};
	struct error ignored = {0};
	const char *token;

	if (!domain->auth || !link_issue(domain->auth, arena, &link, &token, &ignored))
		return NULL;
	return arena_join(arena, PATH, token, NULL);
}

/* Links of several purposes lead to one page: the first that opens it says which. */
static bool open_link(const struct domain *domain, struct arena *arena, const char *token,
    enum notice *notice_r, struct id *user_id_r, struct error *error)
{
	struct link link;

	if (!domain->auth)
		return error_set(
		    error, ERROR_INTERNAL, "no_keys", "Links cannot be opened without keys.");
	for (int i = 0; i < NOTICE_COUNT; i++) {
		error_clear(error);
		*notice_r = (enum notice)i;
		if (link_open(domain->auth, arena, token, notices[i].purpose, &link, error)) {
			*user_id_r = link.item;
			return true;
		}
		if (error->kind != ERROR_NOT_FOUND)
			return false;
	}
	return false;
}

static bool tell_gone(struct error *error)
{
	return error_set(
	    error, ERROR_GONE, "account_gone", "This account is gone, and gets no more mail.");
}

bool notices_open(const struct domain *domain, struct arena *arena, const char *token,
    struct notices_link *link_r, struct error *error)
{
	struct user user;
	struct id user_id;
	enum notice notice = NOTICE_RETENTION;
	enum db_result result;

	if (!open_link(domain, arena, token, &notice, &user_id, error))
		return false;
	result = users_find(domain->db, arena, &user_id, &user);
	if (result == DB_NONE || (result == DB_OK && user.deleted_us != 0))
		return tell_gone(error);
	if (result != DB_OK)
		return db_fail(result, error);
	*link_r = (struct notices_link){notice, choices_of(&user).wanted[notice], user.email};
	return true;
}

bool notices_end(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct notices_link *link_r, struct error *error)
{
	struct actor actor = {.role = ROLE_MEMBER, .request_id = request_id};
	struct changing context = {.domain = domain, .actor = &actor};
	char uid[ID_TEXT_SIZE];
	enum notice notice = NOTICE_RETENTION;

	if (!open_link(domain, arena, token, &notice, &actor.user_id, error))
		return false;
	id_format(&actor.user_id, uid);
	actor.uid = uid;
	context.only = (int)notice;
	if (!db_transaction(domain->db, run_change, &context, error))
		return error->kind == ERROR_NOT_FOUND ? tell_gone(error) : false;
	return notices_open(domain, arena, token, link_r, error);
}
