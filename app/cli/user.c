/* user.c - lethe user: which commands there are. */
#include "user_args.h"

#include <string.h>

static const char USAGE[] =
    "usage: lethe user add EMAIL --org NAME --role member|admin|platform_admin [--name NAME]"
    " [--uid UID]\n"
    "       lethe user password EMAIL\n"
    "       lethe user role EMAIL member|admin|platform_admin\n"
    "       lethe user uid EMAIL UID|-\n"
    "       lethe user list [--org NAME] [--deleted]\n"
    "add and password read the password from the first line of standard input; with --uid, which is"
    " what\nthe identity provider calls the person, it may be empty: then there is none.\n";

static const struct user_command COMMANDS[] = {
    {"add", 1, "EMAIL is missing",
	1U << USER_OPTION_ORG | 1U << USER_OPTION_ROLE | 1U << USER_OPTION_NAME |
	    1U << USER_OPTION_UID,
	false, user_add},
    {"list", 0, "", 1U << USER_OPTION_ORG, true, user_list},
    {"password", 1, "EMAIL is missing", 0, false, user_password},
    {"role", 2, "EMAIL and ROLE are needed", 0, false, user_role},
    {"uid", 2, "EMAIL and UID are needed (- for none)", 0, false, user_uid},
};

static const struct user_command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++)
		if (strcmp(name, COMMANDS[i].name) == 0)
			return &COMMANDS[i];
	return NULL;
}

int cli_user(struct cli *cli, int argc, char **argv)
{
	const struct user_command *command = argc > 0 ? find_command(argv[0]) : NULL;
	struct user_args args;
	int status;

	if (!command) {
		status = user_complain(cli, argc > 0 ? "unknown command" : "a command is missing",
		    argc > 0 ? argv[0] : NULL);
		fputs(USAGE, cli->err);
		return status;
	}
	status = user_args_read(cli, command, argc, argv, &args);
	return status == CLI_OK ? command->run(cli, &args) : status;
}
