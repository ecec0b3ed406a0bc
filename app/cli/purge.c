/* purge.c - lethe purge [--dry-run], pause, resume, extend. */
#include "purge_extend.h"

#include <auth/auth.h>
#include <auth/keyring.h>
#include <domain/purge.h>
#include <storage/storage.h>
#include <string.h>

#define USAGE "lethe purge [--dry-run | pause | resume | extend OPTION…]"

static void print_counts(struct cli *cli, const struct purge_report *report)
{
	for (size_t i = 0; i < COUNT_KIND_COUNT; i++)
		if (report->counts[i] > 0)
			fprintf(cli->out, "  %s: %lld\n", count_kind_name((enum count_kind)i),
			    (long long)report->counts[i]);
}

static int print_report(struct cli *cli, const struct purge_report *report, bool is_dry)
{
	if (report->paused)
		fprintf(cli->out, "Purging is paused.\n");
	fprintf(cli->out, "%s %lld deletion(s), %lld bytes\n", is_dry ? "would purge" : "purged",
	    (long long)report->deletions, (long long)report->bytes);
	print_counts(cli, report);
	if (report->archived > 0)
		fprintf(cli->out, "  archived photos past their retention: %lld, %lld bytes\n",
		    (long long)report->archived, (long long)report->archived_bytes);
	return CLI_OK;
}

static int preview(struct cli *cli, const struct domain *domain)
{
	struct purge_report report = {0};
	struct error error = {0};

	return purge_preview(domain, cli->arena, &report, &error) ? print_report(cli, &report, true)
								  : cli_fail(cli, &error);
}

/* Receipts are signed with the folder's keys. Where there are none the purge goes on all the same:
 * a receipt can be made of the record later. */
static void take_keys(struct cli *cli, struct domain *domain, struct auth *auth)
{
	struct error error = {0};
	const struct keys *keys = keyring_open(
	    cli->db, cli->config->keys, false, clock_now_us(cli->clock), cli->arena, &error);

	if (keys && auth_open(auth, cli->config, cli->db, cli->clock, keys, NULL, &error))
		domain->auth = auth;
	else
		fprintf(cli->err, "lethe: without receipts for now: %s\n", error.message);
}

static int purge(struct cli *cli, const struct domain *keyless)
{
	struct domain with_keys = *keyless, *domain = &with_keys;
	struct purge_report report = {0};
	struct purge_limits limits = {0};
	struct error error = {0};
	struct auth auth;

	take_keys(cli, domain, &auth);
	return purge_due(domain, cli->arena, &limits, &report, &error)
		   ? print_report(cli, &report, false)
		   : cli_fail(cli, &error);
}

static int pause_purge(struct cli *cli, const struct domain *domain)
{
	struct actor actor = actor_system("operator", &id_none);
	struct error error = {0};

	if (!purge_pause(domain, &actor, &error))
		return cli_fail(cli, &error);
	fprintf(cli->out, "Purging is paused on every machine.\n");
	return CLI_OK;
}

static int resume_purge(struct cli *cli, const struct domain *domain)
{
	struct actor actor = actor_system("operator", &id_none);
	struct error error = {0};

	if (!purge_resume(domain, &actor, &error))
		return cli_fail(cli, &error);
	fprintf(cli->out, "Purging goes on.\n");
	return CLI_OK;
}

static const struct {
	const char *word; /* NULL: none */
	int (*run)(struct cli *cli, const struct domain *domain);
} commands[] = {
    {NULL, purge},
    {"--dry-run", preview},
    {"pause", pause_purge},
    {"resume", resume_purge},
};

int cli_purge(struct cli *cli, int argc, char **argv)
{
	struct domain domain = cli_domain(cli, NULL);

	if (argc > 0 && strcmp(argv[0], "extend") == 0)
		return cli_purge_extend(cli, argc - 1, argv + 1);
	for (size_t i = 0; argc <= 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		const char *word = commands[i].word;
		if (argc == 0 ? !word : word && strcmp(word, argv[0]) == 0)
			return commands[i].run(cli, &domain);
	}
	return cli_usage(cli, USAGE);
}
