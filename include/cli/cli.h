/* cli.h - what an operator's command works with. */
#ifndef LETHE_CLI_CLI_H
#define LETHE_CLI_CLI_H

#include <base/arena.h>
#include <base/clock.h>
#include <base/config.h>
#include <base/error.h>
#include <db/db.h>
#include <domain/domain.h>
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

/* Say why a command did not work, on `err`; CLI_FAILED. */
int cli_fail(struct cli *cli, const struct error *error);

/* Say how a command is called, on `err`; CLI_USAGE. */
int cli_usage(struct cli *cli, const char *usage);

/* What the commands work with in the domain: the operator's, over the whole installation. */
struct domain cli_domain(const struct cli *cli, const struct storage *storage);

/* Each command gets the words after its name; argv[argc] is NULL. */
int cli_migrate(struct cli *cli, int argc, char **argv);
int cli_keys(struct cli *cli, int argc, char **argv);
int cli_demo(struct cli *cli, int argc, char **argv);
int cli_import(struct cli *cli, int argc, char **argv);
int cli_purge(struct cli *cli, int argc, char **argv);
int cli_audit(struct cli *cli, int argc, char **argv);
int cli_storage(struct cli *cli, int argc, char **argv);

/* lethe mail, lethe mail retry [ID]. */
int cli_mail(struct cli *cli, int argc, char **argv);

/* lethe receipt verify: is a receipt valid (CLI_OK; else CLI_FAILED), and what does it say. Needs
 * no database: cli->db may be NULL. */
int cli_receipt(struct cli *cli, int argc, char **argv);

/* lethe user add|list|password|role; argv[0] is the word after "user". */
int cli_user(struct cli *cli, int argc, char **argv);

#endif
