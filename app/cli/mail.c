/* mail.c - lethe mail and lethe mail retry [ID]. */
#include <cli/cli.h>

#include <store/mail.h>
#include <string.h>

#define USAGE "lethe mail [retry [ID]]"

static const char *const states[MAIL_STATE_COUNT] = {
    [MAIL_WAITING] = "waiting",
    [MAIL_SENT] = "sent",
    [MAIL_FAILED] = "failed: given up, or refused by the mail server for good",
    [MAIL_DROPPED] = "dropped: their recipient was erased",
};

static int fail(struct cli *cli, enum db_result result)
{
	struct error error = {0};

	(void)!db_fail(result, &error);
	return cli_fail(cli, &error);
}

static int print_counts(struct cli *cli)
{
	struct mail_counts counts;
	enum db_result result = mails_count(cli->db, cli->arena, clock_now_us(cli->clock), &counts);

	if (result != DB_OK)
		return fail(cli, result);
	for (size_t i = 0; i < MAIL_STATE_COUNT; i++)
		fprintf(cli->out, "%lld %s\n", (long long)counts.in_state[i], states[i]);
	fprintf(cli->out, "%lld due now\n", (long long)counts.due);
	return CLI_OK;
}

static int retry(struct cli *cli, const struct id *id)
{
	uint64_t changed = 0;
	enum db_result result = mails_retry(cli->db, id, clock_now_us(cli->clock), &changed);

	if (result > DB_NONE)
		return fail(cli, result);
	fprintf(cli->out, "%llu will be sent again.\n", (unsigned long long)changed);
	return changed > 0 || id_is_none(id) ? CLI_OK : CLI_FAILED;
}

int cli_mail(struct cli *cli, int argc, char **argv)
{
	struct id id = id_none;

	if (argc == 0)
		return print_counts(cli);
	if (argc > 2 || strcmp(argv[0], "retry") != 0 || (argc == 2 && !id_parse(argv[1], &id)))
		return cli_usage(cli, USAGE);
	return retry(cli, &id);
}
