/* import.c - lethe import DIR --owner EMAIL [--project NAME]. */
#include <cli/cli.h>

#include <domain/imports.h>
#include <storage/storage.h>
#include <string.h>

#define USAGE "lethe import DIR --owner EMAIL [--project NAME]"

static const char *const outcomes[] = {
    [IMPORTS_ADDED] = "added",
    [IMPORTS_STORED] = "already stored",
    [IMPORTS_IN_TRASH] = "already stored, in the trash",
    [IMPORTS_REFUSED] = "refused",
};

static void tell(void *context, enum imports_outcome outcome, const char *path, const char *why)
{
	struct cli *cli = context;

	fprintf(cli->out, "%s: %s%s%s\n", path, outcomes[outcome], why ? ": " : "", why ? why : "");
}

static bool read_options(int argc, char **argv, struct imports_options *options_r)
{
	*options_r = (struct imports_options){0};
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--owner") == 0 && i + 1 < argc)
			options_r->owner = argv[++i];
		else if (strcmp(argv[i], "--project") == 0 && i + 1 < argc)
			options_r->project = argv[++i];
		else if (argv[i][0] != '-' && !options_r->folder)
			options_r->folder = argv[i];
		else
			return false;
	}
	return options_r->folder && options_r->owner;
}

int cli_import(struct cli *cli, int argc, char **argv)
{
	struct imports_options options;
	struct imports_report report = {0};
	struct error error = {0};
	struct storage *storage;
	struct domain domain;
	bool ok;

	if (!read_options(argc, argv, &options))
		return cli_usage(cli, USAGE);
	storage = storage_open_folder(cli->config->storage, &error);
	if (!storage)
		return cli_fail(cli, &error);
	domain = cli_domain(cli, storage);
	ok = imports_run(&domain, &options, tell, cli, &report, &error);
	storage_close(&storage);
	fprintf(cli->out, "%u added, %u already stored, %u in the trash, %u refused\n",
	    report.added, report.stored, report.in_trash, report.refused);
	return ok ? CLI_OK : cli_fail(cli, &error);
}
