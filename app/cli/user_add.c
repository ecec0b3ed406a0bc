/* user_add.c - lethe user add EMAIL --org NAME --role ROLE [--name NAME] [--uid UID]. */
#include "user_args.h"

#include <store/organizations.h>
#include <string.h>

struct adding {
	struct user user;
	const char *org;
	bool founded; /* the organisation was not there */
};

static bool find_or_found(struct db_tx *tx, struct adding *adding, struct error *error)
{
	struct user *user = &adding->user;
	enum db_result result =
	    organizations_find_by_name(tx->db, tx->arena, adding->org, &user->organization_id);

	adding->founded = result == DB_NONE;
	if (adding->founded) {
		user->organization_id = id_generate(user->created_us);
		result = organizations_insert(
		    tx, &user->organization_id, adding->org, &user->id, user->created_us);
	}
	return result == DB_OK || db_fail(result, error);
}

static bool write_user(struct db_tx *tx, void *context, struct error *error)
{
	struct adding *adding = context;

	if (!find_or_found(tx, adding, error))
		return false;
	enum db_result result = users_insert(tx, &adding->user);
	if (result == DB_CONFLICT)
		return error_set_field(error, "email", "email_taken",
		    "There is a user with the address %s%s already.", adding->user.email,
		    adding->user.identity_uid ? ", or of that identity," : "");
	if (result != DB_OK)
		return db_fail(result, error);
	return user_write_audit(tx, &adding->user, "user.create", adding->user.created_us, error);
}

/* Whether the first line is empty, or there is none. */
static bool is_empty(FILE *in)
{
	int first = fgetc(in);

	return first == EOF || ungetc(first, in) == '\n';
}

static int insert_user(struct cli *cli, struct adding *adding)
{
	bool has_password = !adding->user.identity_uid || !is_empty(cli->in);
	struct error error = {0};
	char hash[PASSWORD_HASH_SIZE];

	if (has_password && !user_read_hash(cli, hash, &error))
		return user_fail(cli, &error);
	adding->user.created_us = clock_now_us(cli->clock);
	adding->user.id = id_generate(adding->user.created_us);
	adding->user.password_hash = has_password ? hash : NULL;
	if (!db_transaction(cli->db, write_user, adding, &error))
		return user_fail(cli, &error);
	if (adding->founded)
		fprintf(cli->out, "Created the organisation %s.\n", adding->org);
	fprintf(cli->out, "Created the user %s (%s) in %s.\n", adding->user.email,
	    user_role_name(adding->user.role), adding->org);
	return CLI_OK;
}

int user_add(struct cli *cli, const struct user_args *args)
{
	struct adding adding = {0};
	struct user *user = &adding.user;
	const char *name = args->options[USER_OPTION_NAME], *uid = args->options[USER_OPTION_UID];
	int status = user_args_email(cli, args->words[0], &user->email);

	if (status == CLI_OK)
		status = user_args_name(cli, "--org", args->options[USER_OPTION_ORG], &adding.org);
	if (status == CLI_OK)
		status = user_args_role(cli, args->options[USER_OPTION_ROLE], &user->role);
	if (status == CLI_OK && name)
		status = user_args_name(cli, "--name", name, &user->display_name);
	if (status == CLI_OK && uid)
		status = user_args_uid(cli, uid, &user->identity_uid);
	if (status != CLI_OK)
		return status;
	if (!name)
		user->display_name = arena_copy(cli->arena, user->email, strcspn(user->email, "@"));
	return insert_user(cli, &adding);
}
