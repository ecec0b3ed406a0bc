/* receipt.c - lethe receipt verify: is it ours, and what does it say. Needs no database. */
#include <cli/cli.h>

#include <auth/keys.h>
#include <auth/receipt.h>
#include <errno.h>
#include <string.h>

#define USAGE                                                                                      \
	"lethe receipt verify [--key k4.public.…]… [FILE]\n"                                   \
	"  without FILE the receipt is read from standard input; without --key it is held\n"       \
	"  against the keys in LETHE_KEYS"
#define KEYS_MAX 100

/* What the command was called with. */
struct request {
	struct receipt_key keys[KEYS_MAX];
	size_t key_count;
	const char *file; /* NULL: standard input */
};

static bool take_key(struct cli *cli, struct request *request, const char *text)
{
	if (request->key_count < KEYS_MAX &&
	    receipt_key_parse(text, &request->keys[request->key_count])) {
		request->key_count++;
		return true;
	}
	fprintf(cli->err, "lethe: %s is not a public key (k4.public.…).\n", text);
	return false;
}

static int read_arguments(struct cli *cli, int argc, char **argv, struct request *request)
{
	if (argc < 1 || strcmp(argv[0], "verify") != 0)
		return cli_usage(cli, USAGE);
	for (int i = 1; i < argc; i++) {
		bool is_key = strcmp(argv[i], "--key") == 0;
		if (is_key && i + 1 < argc) {
			if (!take_key(cli, request, argv[++i]))
				return CLI_USAGE;
		} else if (is_key || request->file || (argv[i][0] == '-' && argv[i][1] != '\0')) {
			return cli_usage(cli, USAGE);
		} else {
			request->file = argv[i];
		}
	}
	return CLI_OK;
}

/* The text of the file; NULL if it cannot be read or is no text of a receipt's length. */
static const char *read_text(struct cli *cli, const char *path)
{
	bool is_file = path && strcmp(path, "-") != 0;
	FILE *file = is_file ? fopen(path, "re") : cli->in;
	char *text = arena_alloc(cli->arena, RECEIPT_TEXT_MAX + 2);
	size_t length;

	if (!file) {
		fprintf(cli->err, "lethe: %s cannot be read: %s.\n", path, strerrordesc_np(errno));
		return NULL;
	}
	length = fread(text, 1, RECEIPT_TEXT_MAX + 1, file);
	text[length] = '\0';
	if (is_file)
		fclose(file);
	if (length > RECEIPT_TEXT_MAX || strlen(text) != length) {
		fprintf(cli->err, "lethe: %s\n", receipt_verdict_words(RECEIPT_MALFORMED));
		return NULL;
	}
	return text;
}

static void print_time(struct cli *cli, const char *name, int64_t time_us)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time_us, text);
	fprintf(cli->out, "%s%s\n", name, text);
}

static void print_receipt(
    struct cli *cli, const struct receipt *receipt, const struct receipt_key *key)
{
	fprintf(cli->out, "The receipt is valid.\n");
	fprintf(cli->out, "issued by    %s\n", receipt->issuer);
	fprintf(cli->out, "signed with  %s\n", key->id);
	fprintf(cli->out, "deletion     %s\n", receipt->deletion_id);
	fprintf(cli->out, "kind         %s\n", receipt->kind);
	if (receipt->item_id)
		fprintf(cli->out, "item         %s\n", receipt->item_id);
	fprintf(cli->out, "mode         %s\n", receipt->mode);
	fprintf(cli->out, "origin       %s\n", receipt->origin);
	print_time(cli, "deleted at   ", receipt->deleted_at_us);
	print_time(cli, "purged at    ", receipt->purged_at_us);
	fprintf(cli->out, "bytes        %lld\n", (long long)receipt->bytes);
	for (size_t i = 0; i < receipt->count_count; i++)
		fprintf(cli->out, "%-12s %lld\n", receipt->counts[i].kind,
		    (long long)receipt->counts[i].count);
}

static int judge(struct cli *cli, const char *text, const struct receipt_key *keys, size_t count)
{
	struct receipt receipt = {0};
	const char *key_id = NULL;
	size_t key = 0;
	enum receipt_verdict verdict =
	    receipt_verify(cli->arena, text, keys, count, &receipt, &key, &key_id);

	if (verdict == RECEIPT_VALID) {
		print_receipt(cli, &receipt, &keys[key]);
		return CLI_OK;
	}
	fprintf(cli->err, "The receipt is NOT valid. %s\n", receipt_verdict_words(verdict));
	if (verdict == RECEIPT_UNKNOWN_KEY && key_id)
		fprintf(cli->err,
		    "It names the key %s. The page /receipts lists the keys of an installation,\n"
		    "those that were replaced too; give one with --key.\n",
		    key_id);
	return CLI_FAILED;
}

int cli_receipt(struct cli *cli, int argc, char **argv)
{
	struct request *request = arena_alloc(cli->arena, sizeof(*request));
	struct error error = {0};
	const char *text;
	int status;

	memset(request, 0, sizeof(*request));
	status = read_arguments(cli, argc, argv, request);
	if (status != CLI_OK)
		return status;
	text = read_text(cli, request->file);
	if (!text)
		return CLI_FAILED;
	if (request->key_count > 0)
		return judge(cli, text, request->keys, request->key_count);
	const struct keys *keys = keys_load(cli->config->keys, cli->arena, &error);
	struct receipt_key *own;
	if (!keys)
		return cli_fail(cli, &error);
	size_t count = receipt_keys_of(keys, cli->arena, &own);
	return judge(cli, text, own, count);
}
