/* user_list.c - lethe user list [--org NAME] [--deleted]. */
#include "user_args.h"

#include <store/organizations.h>

#define PAGE_ROWS 200

/* Of a page of users the names of their organisations: few, so each is asked for when it changes.
 */
struct listing {
	struct cli *cli;
	struct id organization_id;
	const char *organization;
};

static bool name_organization(struct listing *listing, const struct user *user)
{
	if (listing->organization && id_equal(&listing->organization_id, &user->organization_id))
		return true;
	listing->organization_id = user->organization_id;
	return organizations_name(listing->cli->db, listing->cli->arena, &user->organization_id,
		   &listing->organization) == DB_OK;
}

static bool print_user(struct listing *listing, const struct user *user)
{
	char uid[ID_TEXT_SIZE];

	if (!name_organization(listing, user))
		return false;
	id_format(&user->id, uid);
	fprintf(listing->cli->out, "%s\t%s\t%s\t%s\t%s%s\n", uid, user->email ? user->email : "-",
	    user_role_name(user->role), listing->organization, user->display_name,
	    user->deleted_us ? "\t(deleted)" : "");
	return true;
}

static enum db_result print_page(struct listing *listing, struct users_query *query)
{
	struct user *users = NULL;
	size_t count = 0;
	enum db_result result =
	    users_list(listing->cli->db, listing->cli->arena, query, &users, &count);

	for (size_t i = 0; result == DB_OK && i < count; i++)
		if (!print_user(listing, &users[i]))
			result = DB_ERROR;
	if (result == DB_OK)
		query->before = users[count - 1].id;
	return result;
}

int user_list(struct cli *cli, const struct user_args *args)
{
	struct users_query query = {.include_deleted = args->deleted, .limit = PAGE_ROWS};
	struct listing listing = {.cli = cli};
	const char *org = args->options[USER_OPTION_ORG];
	struct error error = {0};
	enum db_result result = DB_OK;

	if (org)
		result =
		    organizations_find_by_name(cli->db, cli->arena, org, &query.organization_id);
	if (result == DB_NONE)
		return user_complain(cli, "--org names no organisation", org);
	while (result == DB_OK)
		result = print_page(&listing, &query);
	if (result == DB_NONE)
		return CLI_OK;
	db_fail(result, &error);
	return user_fail(cli, &error);
}
