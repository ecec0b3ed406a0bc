/* demo.c - lethe demo: fill an empty database with something in every state. */
#include <cli/cli.h>

#include <domain/demo.h>
#include <storage/storage.h>

int cli_demo(struct cli *cli, int argc, char **argv)
{
	struct error error = {0};
	struct storage *storage;
	struct domain domain;
	bool ok;

	(void)argv;
	if (argc > 0)
		return cli_usage(cli, "lethe demo");
	storage = storage_open_folder(cli->config->storage, &error);
	if (!storage)
		return cli_fail(cli, &error);
	domain = cli_domain(cli, storage);
	ok = demo_load(&domain, &error);
	storage_close(&storage);
	if (!ok)
		return cli_fail(cli, &error);
	fprintf(cli->out, "The demo is loaded. Everybody's password is %s.\n", DEMO_PASSWORD);
	return CLI_OK;
}
