/* paseto_cli.c - tokens by the command line, for paseto_interop_test.mjs.
 *
 * Each line on standard input is a command of words in hexadecimal (as any bytes may be in them),
 * the first of them plain; each answer is a line:
 *   sign SECRET PAYLOAD FOOTER ASSERTION   -> the token
 *   verify PUBLIC TOKEN ASSERTION          -> "ok PAYLOAD FOOTER" in hexadecimal, or "refused"
 * Keys are PASERK texts. An empty word is written "-". */
#include <auth/paserk.h>
#include <auth/paseto.h>
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
		if (verb && strcmp(verb, "sign") == 0)
			sign(arena, words);
		else if (verb && strcmp(verb, "verify") == 0)
			verify(arena, words);
		else
			return 2;
		arena_destroy(&arena);
	}
	free(line);
	return 0;
}
