/* user_args.h - what the commands of `lethe user` share: arguments, complaints, the audit entry. */
#ifndef LETHE_CLI_USER_ARGS_H
#define LETHE_CLI_USER_ARGS_H

#include <cli/cli.h>

#include <auth/password.h>
#include <base/error.h>
#include <store/users.h>

enum user_option {
	USER_OPTION_ORG,
	USER_OPTION_ROLE,
	USER_OPTION_NAME,
	USER_OPTION_UID,
	USER_OPTION_COUNT,
};

/* What was given: the words without a dash, and the options' values (NULL: not given). */
struct user_args {
	const char *words[2];
	int word_count;
	const char *options[USER_OPTION_COUNT];
	bool deleted; /* --deleted */
};

/* One command. Its function gets exactly `words` words and no other options than `options`. */
struct user_command {
	const char *name;
	int words;
	const char *missing; /* says which word is not there */
	unsigned options;    /* bits 1 << enum user_option */
	bool deleted;        /* takes --deleted */
	int (*run)(struct cli *cli, const struct user_args *args);
};

int user_add(struct cli *cli, const struct user_args *args);
int user_list(struct cli *cli, const struct user_args *args);
int user_password(struct cli *cli, const struct user_args *args);
int user_role(struct cli *cli, const struct user_args *args);
int user_uid(struct cli *cli, const struct user_args *args);

/* Say what is wrong with which argument (NULL: none in particular); CLI_USAGE. */
int user_complain(struct cli *cli, const char *what, const char *argument);

/* Say why it did not work; CLI_FAILED. */
int user_fail(struct cli *cli, const struct error *error);

/* Read the arguments of a command; argv[0] is its name. */
int user_args_read(struct cli *cli, const struct user_command *command, int argc, char **argv,
    struct user_args *args_r);

/* Check one of them; CLI_OK, or CLI_USAGE after saying what is wrong. */
int user_args_email(struct cli *cli, const char *text, const char **email_r);
int user_args_role(struct cli *cli, const char *text, enum user_role *role_r);
int user_args_name(struct cli *cli, const char *option, const char *text, const char **name_r);

/* What the identity provider calls somebody. */
int user_args_uid(struct cli *cli, const char *text, const char **uid_r);

/* Hash the password on the first line of the command's input. */
bool user_read_hash(struct cli *cli, char hash_r[PASSWORD_HASH_SIZE], struct error *error);

/* Write what the operator did to a user. */
bool user_write_audit(struct db_tx *tx, const struct user *user, const char *action, int64_t now_us,
    struct error *error);

#endif
