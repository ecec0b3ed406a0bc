/* user_change.c - lethe user password EMAIL and lethe user role EMAIL ROLE. */
#include "user_args.h"

#include <store/sessions.h>

/* A change of one live user: a new password hash, or else a new role. */
struct change {
	const char *email;
	const char *hash;
	enum user_role role;
	int64_t now_us;
};

/* Whoever knew the old password is signed out with it. */
static enum db_result set_password(struct db_tx *tx, const struct user *user, struct change *change)
{
	enum db_result result = users_set_password(tx, &user->id, change->hash);

	if (result == DB_OK)
		result = users_set_tokens_valid_after(tx, &user->id, change->now_us);
	if (result == DB_OK)
		result = sessions_remove_all(tx, &user->id, &id_none);
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result set_role(struct db_tx *tx, struct user *user, struct change *change)
{
	enum db_result result = users_set_role(tx, &user->id, change->role);

	user->role = change->role;
	return result == DB_NONE ? DB_OK : result;
}

/* An organisation keeps an admin, and the installation a platform admin. */
static bool check_peers(
    struct db_tx *tx, const struct user *user, enum user_role role, struct error *error)
{
	bool platform = user->role == USER_PLATFORM_ADMIN;
	unsigned others = 0;

	if (user->role == USER_MEMBER || user->role == role)
		return true;
	enum db_result result = users_lock_count(
	    tx, platform ? &id_none : &user->organization_id, user->role, &user->id, &others);
	if (result != DB_OK)
		return db_fail(result, error);
	return others > 0 || error_set(error, ERROR_CONFLICT, "last_admin",
				 "%s is the last %s. Appoint another one first.", user->email,
				 platform ? "platform admin" : "admin of the organisation");
}

static bool write_change(struct db_tx *tx, void *context, struct error *error)
{
	struct change *change = context;
	struct user user;
	enum db_result result = users_find_by_email(tx->db, tx->arena, change->email, &user);

	if (result == DB_OK)
		result = users_lock(tx, &user.id, &user);
	if (result == DB_NONE || (result == DB_OK && user.deleted_us != 0))
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "There is no user with the address %s.", change->email);
	if (result == DB_OK && !change->hash && !check_peers(tx, &user, change->role, error))
		return false;
	if (result == DB_OK)
		result =
		    change->hash ? set_password(tx, &user, change) : set_role(tx, &user, change);
	if (result != DB_OK)
		return db_fail(result, error);
	return user_write_audit(
	    tx, &user, change->hash ? "user.password" : "user.role", change->now_us, error);
}

static int apply(struct cli *cli, struct change *change, const char *done)
{
	struct error error = {0};

	change->now_us = clock_now_us(cli->clock);
	if (!db_transaction(cli->db, write_change, change, &error))
		return user_fail(cli, &error);
	fprintf(cli->out, "%s %s.\n", done, change->email);
	return CLI_OK;
}

int user_password(struct cli *cli, const struct user_args *args)
{
	struct change change = {0};
	struct error error = {0};
	char hash[PASSWORD_HASH_SIZE];
	int status = user_args_email(cli, args->words[0], &change.email);

	if (status != CLI_OK)
		return status;
	if (!user_read_hash(cli, hash, &error))
		return user_fail(cli, &error);
	change.hash = hash;
	return apply(cli, &change, "Set the password, and ended the sessions, of");
}

int user_role(struct cli *cli, const struct user_args *args)
{
	struct change change = {0};
	int status = user_args_email(cli, args->words[0], &change.email);

	if (status == CLI_OK)
		status = user_args_role(cli, args->words[1], &change.role);
	return status == CLI_OK ? apply(cli, &change, "Set the role of") : status;
}
