/* cli.c - what the commands share. */
#include <cli/cli.h>

int cli_fail(struct cli *cli, const struct error *error)
{
	fprintf(cli->err, "lethe: %s\n", error->message);
	return CLI_FAILED;
}

int cli_usage(struct cli *cli, const char *usage)
{
	fprintf(cli->err, "usage: %s\n", usage);
	return CLI_USAGE;
}

struct domain cli_domain(const struct cli *cli, const struct storage *storage)
{
	return (struct domain){
	    .db = cli->db,
	    .clock = cli->clock,
	    .storage = storage,
	    .step_rows = DOMAIN_STEP_ROWS,
	};
}
