/* user_change.c - lethe user password EMAIL, lethe user role EMAIL ROLE, lethe user uid EMAIL UID.
 */
#include "user_args.h"

#include <store/sessions.h>
#include <string.h>

/* A change of one live user. */
struct change {
	const char *action; /* of the trail */
	enum db_result (*set)(struct db_tx *tx, struct user *user, struct change *change);
	const char *email;
	const char *hash;
	enum user_role role;
	const char *uid; /* NULL: none */
	int64_t now_us;
};

/* Who came in as they did until now is signed out. */
static enum db_result sign_out(
    struct db_tx *tx, const struct user *user, const struct change *change)
{
	enum db_result result = users_set_tokens_valid_after(tx, &user->id, change->now_us);

	if (result <= DB_NONE)
		result = sessions_remove_all(tx, &user->id, &id_none);
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result set_password(struct db_tx *tx, struct user *user, struct change *change)
{
	enum db_result result = users_set_password(tx, &user->id, change->hash);

	return result == DB_OK ? sign_out(tx, user, change) : result;
}

static enum db_result set_role(struct db_tx *tx, struct user *user, struct change *change)
{
	enum db_result result = users_set_role(tx, &user->id, change->role);

	user->role = change->role;
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result set_uid(struct db_tx *tx, struct user *user, struct change *change)
{
	enum db_result result = users_set_identity(tx, &user->id, change->uid);

	return result <= DB_NONE ? sign_out(tx, user, change) : result;
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
	if (result == DB_OK && change->set == set_role &&
	    !check_peers(tx, &user, change->role, error))
		return false;
	if (result == DB_OK)
		result = change->set(tx, &user, change);
	if (result == DB_CONFLICT)
		return error_set(
		    error, ERROR_CONFLICT, "uid_taken", "Another account has that identity.");
	if (result != DB_OK)
		return db_fail(result, error);
	return user_write_audit(tx, &user, change->action, change->now_us, error);
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
	struct change change = {.action = "user.password", .set = set_password};
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
	struct change change = {.action = "user.role", .set = set_role};
	int status = user_args_email(cli, args->words[0], &change.email);

	if (status == CLI_OK)
		status = user_args_role(cli, args->words[1], &change.role);
	return status == CLI_OK ? apply(cli, &change, "Set the role of") : status;
}

int user_uid(struct cli *cli, const struct user_args *args)
{
	struct change change = {.action = "user.identity", .set = set_uid};
	int status = user_args_email(cli, args->words[0], &change.email);

	if (status == CLI_OK && strcmp(args->words[1], "-") != 0)
		status = user_args_uid(cli, args->words[1], &change.uid);
	return status == CLI_OK
		   ? apply(cli, &change, "Set the identity, and ended the sessions, of")
		   : status;
}
