/* cli.h - what an operator's command works with. */
#ifndef LETHE_CLI_CLI_H
#define LETHE_CLI_CLI_H

#include <base/arena.h>
#include <base/clock.h>
#include <base/config.h>
#include <db/db.h>
#include <stdio.h>

struct keys;

/* Borrowed parts; a command owns none of them. */
struct cli {
	const struct config *config;
	struct db *db;
	const struct clock *clock;
	struct arena *arena;
	const struct keys *keys;
	FILE *in;
	FILE *out;
	FILE *err;
};

/* Exit statuses of commands. */
enum cli_status { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* lethe user add|list|password|role; argv[0] is the word after "user". */
int cli_user(struct cli *cli, int argc, char **argv);

#endif
