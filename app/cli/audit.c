/* audit.c - lethe audit export: the trail of all organisations, or of one. */
#include <cli/cli.h>

#include <domain/audit.h>
#include <store/organizations.h>
#include <string.h>

#define USAGE                                                                                      \
	"lethe audit export [--format csv|jsonl] [--from TIME] [--to TIME]"                        \
	" [--org NAME | --organization ID]\n"                                                      \
	"  TIME: as in 2026-02-03T04:05:06Z; without an organisation: of all of them"

struct options {
	const char *format, *from, *to, *name, *organization;
};

static bool read_options(int argc, char **argv, struct options *options_r)
{
	*options_r = (struct options){.format = "csv"};
	for (int i = 0; i + 1 < argc; i += 2) {
		const char **slot = strcmp(argv[i], "--format") == 0 ? &options_r->format
				    : strcmp(argv[i], "--from") == 0 ? &options_r->from
				    : strcmp(argv[i], "--to") == 0   ? &options_r->to
				    : strcmp(argv[i], "--org") == 0  ? &options_r->name
				    : strcmp(argv[i], "--organization") == 0
					? &options_r->organization
					: NULL;
		if (!slot)
			return false;
		*slot = argv[i + 1];
	}
	return argc % 2 == 0 && !(options_r->name && options_r->organization) &&
	       (strcmp(options_r->format, "csv") == 0 || strcmp(options_r->format, "jsonl") == 0);
}

static bool write_out(const char *bytes, size_t length, void *context)
{
	struct cli *cli = context;

	return fwrite(bytes, 1, length, cli->out) == length;
}

static bool find_organization(
    struct cli *cli, const char *name, struct id *id_r, struct error *error)
{
	enum db_result result = organizations_find_by_name(cli->db, cli->arena, name, id_r);

	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "There is no organisation called \"%s\".", name);
	return result == DB_OK || db_fail(result, error);
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
	if (options.name && !find_organization(cli, options.name, &query.organization_id, &error))
		return cli_fail(cli, &error);
	query.everywhere = id_is_none(&query.organization_id);
	actor = actor_system("operator", &query.organization_id);
	if (!audit_export(&domain, &actor, &query,
		strcmp(options.format, "csv") == 0 ? AUDIT_CSV : AUDIT_JSON_LINES, write_out, cli,
		&error))
		return cli_fail(cli, &error);
	return CLI_OK;
}
