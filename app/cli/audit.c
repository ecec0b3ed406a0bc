/* audit.c - lethe audit export [--format csv|jsonl] [--from TIME] [--to TIME] [--organization ID].
 */
#include <cli/cli.h>

#include <domain/audit.h>
#include <string.h>

#define USAGE                                                                                      \
	"lethe audit export [--format csv|jsonl] [--from TIME] [--to TIME] [--organization ID]"

struct options {
	const char *format, *from, *to, *organization;
};

static bool read_options(int argc, char **argv, struct options *options_r)
{
	*options_r = (struct options){.format = "csv"};
	for (int i = 0; i + 1 < argc; i += 2) {
		const char **slot = strcmp(argv[i], "--format") == 0 ? &options_r->format
				    : strcmp(argv[i], "--from") == 0 ? &options_r->from
				    : strcmp(argv[i], "--to") == 0   ? &options_r->to
				    : strcmp(argv[i], "--organization") == 0
					? &options_r->organization
					: NULL;
		if (!slot)
			return false;
		*slot = argv[i + 1];
	}
	return argc % 2 == 0 &&
	       (strcmp(options_r->format, "csv") == 0 || strcmp(options_r->format, "jsonl") == 0);
}

static bool write_out(const char *bytes, size_t length, void *context)
{
	struct cli *cli = context;

	return fwrite(bytes, 1, length, cli->out) == length;
}

int cli_audit(struct cli *cli, int argc, char **argv)
{
	struct domain domain = cli_domain(cli, NULL);
	struct audit_query query = {0};
	struct actor actor;
	struct error error = {0};
	struct options options;

	if (argc < 1 || strcmp(argv[0], "export") != 0 ||
	    !read_options(argc - 1, argv + 1, &options) ||
	    (options.from && !clock_parse(options.from, &query.from_us)) ||
	    (options.to && !clock_parse(options.to, &query.to_us)) ||
	    (options.organization && !id_parse(options.organization, &query.organization_id)))
		return cli_usage(cli, USAGE);
	actor = actor_system("operator", &query.organization_id);
	if (!audit_export(&domain, &actor, &query,
		strcmp(options.format, "csv") == 0 ? AUDIT_CSV : AUDIT_JSON_LINES, write_out, cli,
		&error))
		return cli_fail(cli, &error);
	return CLI_OK;
}
