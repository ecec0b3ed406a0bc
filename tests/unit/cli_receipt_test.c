/* cli_receipt_test.c - lethe receipt verify: a verdict and an exit status, without a database. */
#include "../support/program.h"

#include <auth/keys.h>
#include <auth/receipt.h>
#include <base/config.h>
#include <cli/cli.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct config config;
static char root[] = "/tmp/lethe-cli-receipt-XXXXXX";
static const char *token;
static struct receipt_key *ring;
static char *output, *complaint;

static int start(void **state)
{
	struct receipt receipt = {.issuer = "https://lethe.test",
	    .deletion_id = "01890000-0000-7000-8000-000000000001",
	    .kind = "user",
	    .mode = "soft",
	    .origin = "account",
	    .counts = {{"photo", 12}, {"user", 1}},
	    .count_count = 2,
	    .bytes = 4096,
	    .deleted_at_us = INT64_C(1769000000000000),
	    .purged_at_us = INT64_C(1769000001000000)};
	const struct keys *keys;
	struct error error = {0};

	(void)state;
	arena = arena_create();
	if (!mkdtemp(root))
		return -1;
	config.keys = arena_printf(arena, "%s/keys", root);
	if (!keys_create(config.keys, &error))
		return -1;
	keys = keys_load(config.keys, arena, &error);
	(void)receipt_keys_of(keys, arena, &ring);
	token = receipt_sign(keys, arena, &receipt);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	free(output);
	free(complaint);
	output = complaint = NULL;
	return 0;
}

static int stop(void **state)
{
	(void)forget(state);
	program_remove_folder(root);
	arena_destroy(&arena);
	return 0;
}

/* Run `lethe receipt` with these words (NULL ends them), `input` on standard input. */
static int run(const char *input, const char *first, ...)
{
	char *words[16];
	size_t size = 0;
	int count = 0;
	struct cli cli = {.config = &config, .clock = &clock_system, .arena = arena};
	va_list rest;

	forget(NULL);
	cli.in = tmpfile();
	assert_non_null(cli.in);
	assert_true(fputs(input, cli.in) >= 0);
	rewind(cli.in);
	cli.out = open_memstream(&output, &size);
	cli.err = open_memstream(&complaint, &size);
	va_start(rest, first);
	for (const char *word = first; word; word = va_arg(rest, const char *))
		words[count++] = arena_dup(arena, word);
	va_end(rest);
	words[count] = NULL;
	int status = cli_receipt(&cli, count, words);
	fclose(cli.in);
	fclose(cli.out);
	fclose(cli.err);
	return status;
}

static const char *write_file(const char *name, const char *text, size_t length)
{
	const char *path = arena_printf(arena, "%s/%s", root, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	fclose(file);
	return path;
}

static void a_valid_one_is_told(void **state)
{
	(void)state;
	assert_int_equal(run(token, "verify", NULL), CLI_OK);
	assert_non_null(strstr(output, "The receipt is valid.\n"));
	assert_non_null(strstr(output, "issued by    https://lethe.test\n"));
	assert_non_null(strstr(output, "kind         user\n"));
	assert_null(strstr(output, "item "));
	assert_non_null(strstr(output, "purged at    2026-01-21T12:53:21.000000Z\n"));
	assert_non_null(strstr(output, "photo        12\n"));
	assert_non_null(strstr(output, ring[0].id));
	assert_string_equal(complaint, "");
	/* From a file, as it is downloaded. */
	const char *text = arena_join(arena, token, "\n", NULL);
	assert_int_equal(run("", "verify", write_file("good", text, strlen(text)), NULL), CLI_OK);
	assert_int_equal(run(token, "verify", "-", NULL), CLI_OK);
}

static void an_invalid_one_is_told(void **state)
{
	char *changed = arena_dup(arena, token);

	(void)state;
	changed[40] = changed[40] == 'A' ? 'B' : 'A';
	assert_int_equal(run(changed, "verify", NULL), CLI_FAILED);
	assert_string_equal(output, "");
	assert_non_null(strstr(complaint, "NOT valid"));
	assert_int_equal(run("", "verify", NULL), CLI_FAILED);
	assert_int_equal(run("hello", "verify", NULL), CLI_FAILED);
	/* A text that goes on behind a NUL, and one without end. */
	char *behind = arena_alloc(arena, strlen(token) + 3);
	memcpy(behind, token, strlen(token) + 1);
	memcpy(behind + strlen(token) + 1, "x", 2);
	assert_int_equal(
	    run("", "verify", write_file("nul", behind, strlen(token) + 2), NULL), CLI_FAILED);
	char *long_text = arena_alloc(arena, 100000);
	memset(long_text, ' ', 100000);
	memcpy(long_text, token, strlen(token));
	assert_int_equal(
	    run("", "verify", write_file("long", long_text, 100000), NULL), CLI_FAILED);
	assert_int_equal(run("", "verify", "/nonexistent/receipt", NULL), CLI_FAILED);
	assert_non_null(strstr(complaint, "cannot be read"));
}

/* Offline, with nothing but the key's text. */
static void a_key_is_enough(void **state)
{
	const char *other = "k4.public.Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHwBBXQ4gsaI";
	const char *folder = config.keys;

	(void)state;
	config.keys = "/nonexistent/keys";
	assert_int_equal(run(token, "verify", "--key", ring[0].text, NULL), CLI_OK);
	assert_int_equal(run(token, "verify", "--key", other, "--key", ring[0].text, NULL), CLI_OK);
	assert_int_equal(run(token, "verify", "--key", other, NULL), CLI_FAILED);
	assert_non_null(strstr(complaint, ring[0].id));
	assert_int_equal(run(token, "verify", NULL), CLI_FAILED);
	config.keys = folder;
}

static void a_wrong_call_is_explained(void **state)
{
	(void)state;
	assert_int_equal(run(token, NULL), CLI_USAGE);
	assert_int_equal(run(token, "show", NULL), CLI_USAGE);
	assert_int_equal(run(token, "verify", "--key", NULL), CLI_USAGE);
	assert_int_equal(run(token, "verify", "--key", "k4.public.x", NULL), CLI_USAGE);
	assert_non_null(strstr(complaint, "k4.public.x"));
	assert_int_equal(run(token, "verify", "--all", NULL), CLI_USAGE);
	assert_int_equal(run(token, "verify", "a", "b", NULL), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_valid_one_is_told),
	    cmocka_unit_test(an_invalid_one_is_told),
	    cmocka_unit_test(a_key_is_enough),
	    cmocka_unit_test(a_wrong_call_is_explained),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
