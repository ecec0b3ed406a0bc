/* lexer.c - cuts a template's text into tags and the text between them. */
#include "token.h"

#include <string.h>

#define TOKENS_FIRST 64
#define SHOWN_MAX    60 /* bytes of a name shown in a message */

/* A run of bytes that belongs to someone else. */
struct slice {
	const char *data;
	size_t length;
};

struct lexer {
	const struct source *source;
	struct token_list *tokens;
	struct error *error;
	uint32_t at; /* how far the text has been read */
	struct slice open, close;
};

/* How a tag is told by its first byte. */
struct sigil {
	char byte;
	enum token_kind kind;
};

static const struct sigil sigils[] = {
    {'#', TOKEN_SECTION},
    {'^', TOKEN_INVERTED},
    {'/', TOKEN_CLOSE},
    {'>', TOKEN_PARTIAL},
    {'<', TOKEN_PARENT},
    {'$', TOKEN_BLOCK},
    {'&', TOKEN_RAW},
    {'{', TOKEN_RAW},
    {'!', TOKEN_COMMENT},
    {'=', TOKEN_DELIMITERS},
};

static int shown(size_t length)
{
	return length < SHOWN_MAX ? (int)length : SHOWN_MAX;
}

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The first place of `wanted` from `from` on, or TOKEN_NONE. */
static uint32_t find(const struct source *source, uint32_t from, struct slice wanted)
{
	const char *place =
	    memmem(source->text + from, source->length - from, wanted.data, wanted.length);

	return place == NULL ? TOKEN_NONE : (uint32_t)(place - source->text);
}

static void push_token(struct token_list *tokens, const struct token *token)
{
	if (tokens->count == tokens->capacity) {
		uint32_t capacity = tokens->capacity == 0 ? TOKENS_FIRST : tokens->capacity * 2;
		struct token *items = arena_array(tokens->arena, capacity, sizeof(*items));

		if (tokens->count > 0)
			memcpy(items, tokens->items, tokens->count * sizeof(*items));
		tokens->items = items;
		tokens->capacity = capacity;
	}
	tokens->items[tokens->count++] = *token;
}

static void push_text(struct lexer *lexer, uint32_t start, uint32_t end)
{
	struct token token = {.kind = TOKEN_TEXT,
	    .start = start,
	    .end = end,
	    .from = start,
	    .to = end,
	    .match = TOKEN_NONE,
	    .outer = TOKEN_NONE};

	if (start < end)
		push_token(lexer->tokens, &token);
}

/* Narrow [from, to) to what is between white space. */
static void trim(const struct source *source, uint32_t *from, uint32_t *to)
{
	while (*from < *to && is_space(source->text[*from]))
		(*from)++;
	while (*to > *from && is_space(source->text[*to - 1]))
		(*to)--;
}

/* Read the next word of [*from, to) and step over it and the white space behind it. */
static struct slice read_word(const struct source *source, uint32_t *from, uint32_t to)
{
	struct slice word = {source->text + *from, 0};

	while (*from < to && !is_space(source->text[*from])) {
		word.length++;
		(*from)++;
	}
	while (*from < to && is_space(source->text[*from]))
		(*from)++;
	return word;
}

/* {{=OPEN CLOSE=}}, with [from, to) what is between the equals signs. */
static bool set_delimiters(struct lexer *lexer, const struct token *token)
{
	uint32_t from = token->from;
	struct slice open = read_word(lexer->source, &from, token->to);
	struct slice close = read_word(lexer->source, &from, token->to);

	if (open.length == 0 || close.length == 0 || from < token->to)
		return source_error(lexer->source, token->start, lexer->error,
		    "a delimiter tag holds two delimiters with a blank between them");
	if (memchr(open.data, '=', open.length) != NULL ||
	    memchr(close.data, '=', close.length) != NULL)
		return source_error(lexer->source, token->start, lexer->error,
		    "a delimiter cannot contain an equals sign");
	lexer->open = open;
	lexer->close = close;
	return true;
}

/* The star before a name that is to be looked up. */
static void read_star(const struct source *source, struct token *token)
{
	if ((token->kind != TOKEN_PARTIAL && token->kind != TOKEN_PARENT &&
		token->kind != TOKEN_CLOSE) ||
	    token->from == token->to || source->text[token->from] != '*')
		return;
	token->dynamic = true;
	token->from++;
	trim(source, &token->from, &token->to);
}

static bool check_name(const struct lexer *lexer, const struct token *token)
{
	const char *name = lexer->source->text + token->from;
	uint32_t length = token->to - token->from;

	if (length == 0)
		return source_error(
		    lexer->source, token->start, lexer->error, "the tag holds no name");
	for (uint32_t i = 0; i < length; i++) {
		if (is_space(name[i]))
			return source_error(lexer->source, token->start, lexer->error,
			    "the name \"%.*s\" has a blank in it", shown(length), name);
	}
	return true;
}

/* What stands before the closing delimiter of a tag that needs more than that delimiter. */
static const char *closing_prefix(const struct source *source, const struct token *token)
{
	if (token->kind == TOKEN_DELIMITERS)
		return "=";
	if (token->kind == TOKEN_RAW && source->text[token->from - 1] == '{')
		return "}";
	return "";
}

/* Find the end of the tag whose content begins at token->from; sets `to` and `end`. */
static bool find_end(const struct lexer *lexer, struct token *token)
{
	const char *prefix = closing_prefix(lexer->source, token);
	uint32_t place = find(lexer->source, token->from, lexer->close);

	/* In "{{{x}}}" the first "}}" is not yet the end. */
	while (place != TOKEN_NONE && prefix[0] != '\0' &&
	       (place == token->from || lexer->source->text[place - 1] != prefix[0]))
		place = find(lexer->source, place + 1, lexer->close);
	if (place == TOKEN_NONE)
		return source_error(lexer->source, token->start, lexer->error,
		    "the tag is never closed by \"%s%.*s\"", prefix, shown(lexer->close.length),
		    lexer->close.data);
	token->to = prefix[0] == '\0' ? place : place - 1;
	token->end = place + (uint32_t)lexer->close.length;
	return true;
}

/* Read the tag whose opening delimiter is at `start`. */
static bool read_tag(struct lexer *lexer, uint32_t start)
{
	const struct source *source = lexer->source;
	struct token token = {.kind = TOKEN_VALUE,
	    .start = start,
	    .from = start + (uint32_t)lexer->open.length,
	    .match = TOKEN_NONE,
	    .outer = TOKEN_NONE};

	token.from = source_skip_blanks(source, token.from);
	for (size_t i = 0; i < sizeof(sigils) / sizeof(sigils[0]); i++) {
		if (token.from < source->length && source->text[token.from] == sigils[i].byte) {
			token.kind = sigils[i].kind;
			token.from++;
			break;
		}
	}
	if (!find_end(lexer, &token))
		return false;
	trim(source, &token.from, &token.to);
	read_star(source, &token);
	if (token.kind == TOKEN_DELIMITERS) {
		if (!set_delimiters(lexer, &token))
			return false;
	} else if (token.kind != TOKEN_COMMENT && !check_name(lexer, &token)) {
		return false;
	}
	push_token(lexer->tokens, &token);
	lexer->at = token.end;
	return true;
}

bool token_scan(const struct source *source, struct token_list *tokens, struct error *error)
{
	struct lexer lexer = {.source = source,
	    .tokens = tokens,
	    .error = error,
	    .open = {"{{", 2},
	    .close = {"}}", 2}};

	for (;;) {
		uint32_t start = find(source, lexer.at, lexer.open);

		if (start == TOKEN_NONE)
			break;
		push_text(&lexer, lexer.at, start);
		if (!read_tag(&lexer, start))
			return false;
	}
	push_text(&lexer, lexer.at, source->length);
	return true;
}
