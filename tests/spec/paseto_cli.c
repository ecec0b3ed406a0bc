/* paseto_cli.c - tokens by the command line, for paseto_interop_test.mjs.
 *
 * Each line on standard input is a command of words in hexadecimal (as any bytes may be in them),
 * the first of them plain; each answer is a line:
 *   sign SECRET PAYLOAD FOOTER ASSERTION   -> the token
 *   verify PUBLIC TOKEN ASSERTION          -> "ok PAYLOAD FOOTER" in hexadecimal, or "refused"
 *   receipt FOLDER                         -> a receipt by new keys in that folder, a blank, and
 *                                             the public key
 *   id PUBLIC                              -> the id of the key
 *   judge PUBLIC RECEIPT                   -> "valid DELETION" or "invalid"
 * Keys are PASERK texts. An empty word is written "-". */
#include <auth/keys.h>
#include <auth/paserk.h>
#include <auth/paseto.h>
#include <auth/receipt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 5

static struct paseto_part decode(struct arena *arena, const char *hex)
{
	size_t size = strlen(hex);
	char *bytes = arena_alloc(arena, size + 1);
	size_t length = 0;
	if (strcmp(hex, "-") != 0 &&
	    sodium_hex2bin((unsigned char *)bytes, size, hex, size, NULL, &length, NULL) != 0)
		exit(2);
	return (struct paseto_part){.bytes = bytes, .length = length};
}

static const char *encode(struct arena *arena, struct paseto_part part)
{
	size_t size = part.length * 2 + 1;
	char *hex = arena_alloc(arena, size);
	sodium_bin2hex(hex, size, (const unsigned char *)part.bytes, part.length);
	return part.length ? hex : "-";
}

static void sign(struct arena *arena, struct paseto_part words[WORD_MAX])
{
	struct paseto_secret_key key;
	if (!paserk_parse_secret(words[1].bytes, &key))
		exit(2);
	puts(paseto_sign(arena, &key, words[2], words[3], words[4]));
}

static void verify(struct arena *arena, struct paseto_part words[WORD_MAX])
{
	struct paseto_public_key key;
	struct paseto_message message;
	if (!paserk_parse_public(words[1].bytes, &key))
		exit(2);
	if (paseto_verify(arena, &key, words[2].bytes, words[3], &message))
		printf("ok %s %s\n", encode(arena, message.payload), encode(arena, message.footer));
	else
		puts("refused");
}

static void receipt(struct arena *arena, struct paseto_part words[WORD_MAX])
{
	const struct receipt sample = {.issuer = "https://lethe.example",
	    .deletion_id = "01890000-0000-7000-8000-000000000001",
	    .kind = "user",
	    .mode = "soft",
	    .origin = "account",
	    .counts = {{"photo", 12}, {"user", 1}},
	    .count_count = 2,
	    .bytes = 4096,
	    .deleted_at_us = INT64_C(1769000000000000),
	    .purged_at_us = INT64_C(1769000001000000)};
	struct error error = {0};
	struct receipt_key *ring;
	if (!keys_create(words[1].bytes, &error))
		exit(2);
	const struct keys *keys = keys_load(words[1].bytes, arena, &error);
	if (!keys || receipt_keys_of(keys, arena, &ring) != 1)
		exit(2);
	printf("%s %s\n", receipt_sign(keys, arena, &sample), ring[0].text);
}

static void print_id(struct arena *arena, struct paseto_part words[WORD_MAX])
{
	struct receipt_key key;
	(void)arena;
	if (!receipt_key_parse(words[1].bytes, &key))
		exit(2);
	puts(key.id);
}

static void judge(struct arena *arena, struct paseto_part words[WORD_MAX])
{
	struct receipt_key key;
	struct receipt read;
	const char *key_id;
	size_t index;
	if (!receipt_key_parse(words[1].bytes, &key))
		exit(2);
	if (receipt_verify(arena, words[2].bytes, &key, 1, &read, &index, &key_id) == RECEIPT_VALID)
		printf("valid %s\n", read.deletion_id);
	else
		puts("invalid");
}

static const struct {
	const char *name;
	void (*run)(struct arena *arena, struct paseto_part words[WORD_MAX]);
} verbs[] = {
    {"sign", sign},
    {"verify", verify},
    {"receipt", receipt},
    {"id", print_id},
    {"judge", judge},
};

#define VERB_COUNT (sizeof(verbs) / sizeof(verbs[0]))

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	while (getline(&line, &size, stdin) > 0) {
		struct arena *arena = arena_create();
		struct paseto_part words[WORD_MAX] = {{.bytes = "", .length = 0}};
		char *rest = NULL;
		const char *verb = strtok_r(line, " \n", &rest);
		for (int i = 1; i < WORD_MAX; i++) {
			const char *word = strtok_r(NULL, " \n", &rest);
			words[i] = decode(arena, word ? word : "-");
		}
		size_t i = 0;
		while (i < VERB_COUNT && (!verb || strcmp(verb, verbs[i].name) != 0))
			i++;
		if (i == VERB_COUNT)
			return 2;
		verbs[i].run(arena, words);
		arena_destroy(&arena);
	}
	free(line);
	return 0;
}
