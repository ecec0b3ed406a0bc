/* storage.c - lethe storage check [--repair] [--digests]. */
#include <cli/cli.h>

#include <storage/check.h>
#include <string.h>

#define USAGE "lethe storage check [--repair] [--digests]"

static const char *const findings[] = {
    [CHECK_OBJECT_WITHOUT_ROW] = "object without a row",
    [CHECK_ROW_WITHOUT_OBJECT] = "row without its object",
    [CHECK_WRONG_SIZE] = "object of another size than its row says",
    [CHECK_WRONG_DIGEST] = "object of another digest than its row says",
};

static void tell(void *context, enum check_finding finding, const char *key)
{
	struct cli *cli = context;

	fprintf(cli->out, "%s: %s\n", key, findings[finding]);
}

static bool read_options(int argc, char **argv, struct check_options *options_r)
{
	*options_r = (struct check_options){0};
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--repair") == 0)
			options_r->repair = true;
		else if (strcmp(argv[i], "--digests") == 0)
			options_r->digests = true;
		else
			return false;
	}
	return true;
}

static int print_report(struct cli *cli, const struct check_report *report)
{
	fprintf(cli->out, "%u objects, %u rows\n", report->objects, report->rows);
	fprintf(cli->out, "%u objects without a row (%u queued), %u young ones left alone\n",
	    report->without_row, report->queued, report->young);
	fprintf(cli->out, "%u rows without their object, %u damaged objects\n",
	    report->without_object, report->damaged);
	fprintf(cli->out, "%u stale temporary files (%u removed)\n", report->stale, report->swept);
	return report->without_object + report->damaged + (report->without_row - report->queued) +
			   (report->stale - report->swept) ==
		       0
		   ? CLI_OK
		   : CLI_FAILED;
}

int cli_storage(struct cli *cli, int argc, char **argv)
{
	struct check_options options;
	struct check_report report = {0};
	struct error error = {0};
	struct storage *storage;
	bool ok;

	if (argc < 1 || strcmp(argv[0], "check") != 0 ||
	    !read_options(argc - 1, argv + 1, &options))
		return cli_usage(cli, USAGE);
	storage = storage_open_folder(cli->config->storage, &error);
	if (!storage)
		return cli_fail(cli, &error);
	ok = storage_check(cli->db, cli->clock, storage, &options, tell, cli, &report, &error);
	storage_close(&storage);
	return ok ? print_report(cli, &report) : cli_fail(cli, &error);
}
