/* user_args.c - what the commands of `lethe user` share. */
#include "user_args.h"

#include <base/text.h>
#include <sodium.h>
#include <store/audit.h>
#include <string.h>

#define NAME_MAX_CHARACTERS 200
#define UID_MAX_CHARACTERS  128

int user_complain(struct cli *cli, const char *what, const char *argument)
{
	fprintf(
	    cli->err, "lethe user: %s%s%s\n", what, argument ? ": " : "", argument ? argument : "");
	return CLI_USAGE;
}

int user_fail(struct cli *cli, const struct error *error)
{
	fprintf(cli->err, "lethe user: %s\n", error->message);
	return CLI_FAILED;
}

/* Where an option's value goes, or NULL if this command has no such option. */
static const char **find_option(
    const struct user_command *command, struct user_args *args, const char *name)
{
	static const char *const names[USER_OPTION_COUNT] = {
	    [USER_OPTION_ORG] = "--org",
	    [USER_OPTION_ROLE] = "--role",
	    [USER_OPTION_NAME] = "--name",
	    [USER_OPTION_UID] = "--uid",
	};

	for (unsigned i = 0; i < USER_OPTION_COUNT; i++)
		if ((command->options & (1U << i)) != 0 && strcmp(name, names[i]) == 0)
			return &args->options[i];
	return NULL;
}

static int read_option(struct cli *cli, const struct user_command *command, struct user_args *args,
    int argc, char **argv, int *at)
{
	const char *name = argv[*at];
	const char **value = find_option(command, args, name);

	if (command->deleted && strcmp(name, "--deleted") == 0) {
		args->deleted = true;
		return CLI_OK;
	}
	if (!value)
		return user_complain(cli, "this command has no such option", name);
	if (*value)
		return user_complain(cli, "this option is given twice", name);
	if (++*at == argc)
		return user_complain(cli, "this option needs a value", name);
	if (!text_is_utf8(argv[*at], strlen(argv[*at])))
		return user_complain(cli, "the value of this option is not UTF-8", name);
	*value = argv[*at];
	return CLI_OK;
}

int user_args_read(struct cli *cli, const struct user_command *command, int argc, char **argv,
    struct user_args *args_r)
{
	*args_r = (struct user_args){0};
	for (int at = 1; at < argc; at++) {
		int status = CLI_OK;

		if (strncmp(argv[at], "--", 2) == 0)
			status = read_option(cli, command, args_r, argc, argv, &at);
		else if (args_r->word_count == command->words)
			status = user_complain(cli, "one argument too many", argv[at]);
		else
			args_r->words[args_r->word_count++] = argv[at];
		if (status != CLI_OK)
			return status;
	}
	if (args_r->word_count < command->words)
		return user_complain(cli, command->missing, NULL);
	return CLI_OK;
}

int user_args_email(struct cli *cli, const char *text, const char **email_r)
{
	bool is_text = text_is_utf8(text, strlen(text));

	*email_r = is_text ? text_normalize_email(cli->arena, text) : NULL;
	return *email_r ? CLI_OK : user_complain(cli, "EMAIL is not an e-mail address", text);
}

int user_args_role(struct cli *cli, const char *text, enum user_role *role_r)
{
	if (!text)
		return user_complain(
		    cli, "--role is missing: member, admin or platform_admin", NULL);
	if (!user_role_parse(text, role_r))
		return user_complain(cli, "ROLE is not member, admin or platform_admin", text);
	return CLI_OK;
}

static bool has_control(const char *text)
{
	bool control = false;

	for (const char *at = text; *at; at++)
		control |= (unsigned char)*at < 0x20 || *at == 0x7f;
	return control;
}

int user_args_uid(struct cli *cli, const char *text, const char **uid_r)
{
	if (!text_is_utf8(text, strlen(text)) || has_control(text) || text_is_blank(text) ||
	    text_length(text) > UID_MAX_CHARACTERS)
		return user_complain(
		    cli, "UID has 1 to 128 characters, on one line, and is not blank", NULL);
	*uid_r = text;
	return CLI_OK;
}

int user_args_name(struct cli *cli, const char *option, const char *text, const char **name_r)
{
	if (!text)
		return user_complain(cli, "this option is missing", option);
	if (has_control(text) || text_is_blank(text) || text_length(text) > NAME_MAX_CHARACTERS)
		return user_complain(
		    cli, "a name has 1 to 200 characters, on one line, and is not blank", option);
	*name_r = text_trim(cli->arena, text);
	return CLI_OK;
}

bool user_read_hash(struct cli *cli, char hash_r[PASSWORD_HASH_SIZE], struct error *error)
{
	char line[PASSWORD_MAX + 3] = "";
	struct password_hasher *hasher = NULL;
	bool done = fgets(line, sizeof(line), cli->in) != NULL;

	line[strcspn(line, "\r\n")] = '\0';
	if (!done || !line[0])
		done = error_set_field(error, "password", "missing_password",
		    "The password is missing: give it on standard input.");
	else
		done = password_check(line, error) &&
		       (hasher = password_hasher_create(error)) != NULL &&
		       password_hash(hasher, line, hash_r, error);
	sodium_memzero(line, sizeof(line));
	password_hasher_destroy(&hasher);
	return done;
}

bool user_write_audit(struct db_tx *tx, const struct user *user, const char *action, int64_t now_us,
    struct error *error)
{
	struct audit_entry entry = {
	    .organization_id = user->organization_id,
	    .at_us = now_us,
	    .actor = "operator",
	    .action = action,
	    .kind = "user",
	    .item_id = user->id,
	    .details = arena_printf(tx->arena, "{\"role\":\"%s\"}", user_role_name(user->role)),
	};
	enum db_result result = audit_insert(tx, &entry);

	return result == DB_OK || db_fail(result, error);
}
