/* purge_extend.c - lethe purge extend: more time to restore what is not purged yet. */
#include "purge_extend.h"

#include <domain/purge.h>
#include <stdlib.h>
#include <store/organizations.h>
#include <string.h>

#define USAGE                                                                                      \
	"lethe purge extend --by DURATION | --until TIME [--org NAME | --deletion ID]\n"           \
	"  DURATION: a number and s, m, h or d, e.g. 12h; TIME: as in 2026-02-03T04:05:06Z"

/* A number and its unit. */
static bool parse_duration(const char *text, int64_t *us_r)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end = NULL;
	long count = strtol(text, &end, 10);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (end != text && end[0] == units[i].unit && end[1] == '\0' && count > 0 &&
		    count <= 3650L * 86400) {
			*us_r = count * units[i].seconds * CLOCK_SECOND_US;
			return true;
		}
	return false;
}

/* False if there is no such organisation; said on `err`. */
static bool find_organization(struct cli *cli, const char *name, struct id *id_r)
{
	struct error error = {0};
	enum db_result result = id_parse(name, id_r)
				    ? DB_OK
				    : organizations_find_by_name(cli->db, cli->arena, name, id_r);

	if (result == DB_OK)
		return true;
	if (result == DB_NONE)
		error_set(
		    &error, ERROR_NOT_FOUND, "not_found", "There is no organisation of that name.");
	else
		(void)!db_fail(result, &error);
	(void)cli_fail(cli, &error);
	return false;
}

/* One option with its value. CLI_OK, or what the command ends with. */
static int read_option(
    struct cli *cli, const char *name, const char *value, struct purge_extension *extension)
{
	if (strcmp(name, "--by") == 0)
		return parse_duration(value, &extension->by_us) ? CLI_OK : cli_usage(cli, USAGE);
	if (strcmp(name, "--until") == 0)
		return clock_parse(value, &extension->until_us) ? CLI_OK : cli_usage(cli, USAGE);
	if (strcmp(name, "--deletion") == 0)
		return id_parse(value, &extension->deletion_id) ? CLI_OK : cli_usage(cli, USAGE);
	if (strcmp(name, "--org") == 0)
		return find_organization(cli, value, &extension->organization_id) ? CLI_OK
										  : CLI_FAILED;
	return cli_usage(cli, USAGE);
}

int cli_purge_extend(struct cli *cli, int argc, char **argv)
{
	struct domain domain = cli_domain(cli, NULL);
	struct actor actor = actor_system("operator", &id_none);
	struct purge_extension extension = {0};
	struct error error = {0};
	int64_t count;

	if (argc % 2 != 0)
		return cli_usage(cli, USAGE);
	for (int i = 0; i < argc; i += 2) {
		int status = read_option(cli, argv[i], argv[i + 1], &extension);
		if (status != CLI_OK)
			return status;
	}
	/* One of the two ways, and one of the two narrowings at most. */
	if ((extension.by_us == 0) == (extension.until_us == 0) ||
	    (!id_is_none(&extension.deletion_id) && !id_is_none(&extension.organization_id)))
		return cli_usage(cli, USAGE);
	if (!purge_extend(&domain, &actor, &extension, &count, &error))
		return cli_fail(cli, &error);
	fprintf(cli->out, "The windows of %lld deletion(s) end later now.\n", (long long)count);
	return CLI_OK;
}
