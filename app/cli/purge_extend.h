/* purge_extend.h - the part of `lethe purge` that lengthens windows. */
#ifndef LETHE_CLI_PURGE_EXTEND_H
#define LETHE_CLI_PURGE_EXTEND_H

#include <cli/cli.h>

/* `argv` is what follows "extend". */
int cli_purge_extend(struct cli *cli, int argc, char **argv);

#endif
