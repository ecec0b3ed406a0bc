/* migrate.c - lethe migrate, keys: bring the database to this program's schema, and make its first
 * keys.
 */
#include <cli/cli.h>

#include <auth/keyring.h>
#include <db/migrate.h>
#include <string.h>

int cli_migrate(struct cli *cli, int argc, char **argv)
{
	const char *folder = arena_printf(cli->arena, "%s/sql", cli->config->share);
	int64_t now_us = clock_now_us(cli->clock);
	struct error error = {0};
	int applied = 0;

	(void)argv;
	if (argc > 0)
		return cli_usage(cli, "lethe migrate");
	if (!migrate_run(cli->db, folder, now_us, &applied, &error) ||
	    !keyring_open(cli->db, cli->config->keys, true, now_us, cli->arena, &error))
		return cli_fail(cli, &error);
	fprintf(cli->out, applied ? "%d migration(s) applied.\n" : "The schema is up to date.\n",
	    applied);
	return CLI_OK;
}

int cli_keys(struct cli *cli, int argc, char **argv)
{
	struct error error = {0};

	if (argc != 1 || strcmp(argv[0], "rotate") != 0)
		return cli_usage(cli, "lethe keys rotate");
	if (!keyring_rotate(
		cli->db, cli->config->keys, clock_now_us(cli->clock), cli->arena, &error))
		return cli_fail(cli, &error);
	fprintf(cli->out, "New keys are there; restart the processes to use them.\n");
	return CLI_OK;
}
