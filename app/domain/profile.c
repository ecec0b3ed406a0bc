/* profile.c - people's own name. */
#include <base/text.h>
#include <domain/audit.h>
#include <domain/profile.h>
#include <store/users.h>
#include <string.h>

struct renaming {
	const struct domain *domain;
	const struct actor *actor;
	const char *name;
};

static bool refuse(struct error *error, const char *code, const char *message)
{
	return error_set_field(error, "display_name", code, "%s", message);
}

static bool check(const char *name, struct error *error)
{
	if (!*name)
		return refuse(error, "missing", "Please give a name.");
	if (text_length(name) > PROFILE_NAME_MAX)
		return refuse(error, "too_long", "The name is longer than 200 characters.");
	for (const char *at = name; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return refuse(error, "invalid_input", "The name must be on one line.");
	return true;
}

static bool run_rename(struct db_tx *tx, void *context, struct error *error)
{
	const struct renaming *r = context;
	const char *name = text_trim(tx->arena, r->name ? r->name : "");
	struct actor actor = *r->actor;
	struct user user;
	enum db_result result;

	if (!check(name, error))
		return false;
	result = users_lock(tx, &actor.user_id, &user);
	if (result == DB_NONE || (result == DB_OK && user.deleted_us != 0))
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such account any more.");
	if (result == DB_OK && strcmp(user.display_name, name) == 0)
		return true;
	if (result == DB_OK)
		result = users_set_display_name(tx, &user.id, name);
	/* One's own account, whomever a platform admin acts for. */
	actor.organization_id = user.organization_id;
	return (result == DB_OK || db_fail(result, error)) &&
	       audit_write(tx, r->domain, &actor,
		   &(struct audit_event){
		       .action = "user.rename", .kind = "user", .item_id = user.id},
		   error);
}

bool profile_rename(
    const struct domain *domain, const struct actor *actor, const char *name, struct error *error)
{
	struct renaming context = {domain, actor, name};

	return db_transaction(domain->db, run_rename, &context, error);
}
