/* layout.c - pairs the tags of a template and finds those that stand alone on their lines. */
#include "token.h"

#include <mustache/mustache.h>
#include <string.h>

#define SHOWN_MAX 60 /* bytes of a name shown in a message */

static int name_length(const struct token *token)
{
	return token->to - token->from < SHOWN_MAX ? (int)(token->to - token->from) : SHOWN_MAX;
}

static bool opens(enum token_kind kind)
{
	return kind == TOKEN_SECTION || kind == TOKEN_INVERTED || kind == TOKEN_PARENT ||
	       kind == TOKEN_BLOCK;
}

/* True if `close` names what `open` opened. */
static bool names_match(
    const struct source *source, const struct token *open, const struct token *close)
{
	/* A close has lost its star; one that is part of a section's name is still there. */
	uint32_t from = close->dynamic && !open->dynamic ? open->from + 1 : open->from;

	if (open->dynamic && !close->dynamic)
		return false;
	if (from != open->from && source->text[open->from] != '*')
		return false;
	return open->to - from == close->to - close->from &&
	       memcmp(source->text + from, source->text + close->from, open->to - from) == 0;
}

/* In a parent only what replaces a block has a meaning. */
static bool check_place(const struct source *source, const struct token_list *tokens,
    const struct token *token, uint32_t outer, struct error *error)
{
	if (outer == TOKEN_NONE || tokens->items[outer].kind != TOKEN_PARENT)
		return true;
	if (token->kind == TOKEN_BLOCK || token->kind == TOKEN_TEXT ||
	    token->kind == TOKEN_COMMENT || token->kind == TOKEN_DELIMITERS)
		return true;
	return source_error(source, token->start, error,
	    "only blocks may stand directly in the parent \"%.*s\", not \"%.*s\"",
	    name_length(&tokens->items[outer]), source->text + tokens->items[outer].from,
	    name_length(token), source->text + token->from);
}

static bool pair_close(const struct source *source, struct token_list *tokens, uint32_t index,
    uint32_t open, struct error *error)
{
	struct token *close = &tokens->items[index];

	if (open == TOKEN_NONE)
		return source_error(source, close->start, error,
		    "\"%.*s\" is closed but was never opened", name_length(close),
		    source->text + close->from);
	if (!names_match(source, &tokens->items[open], close))
		return source_error(source, close->start, error,
		    "\"%.*s\" is closed where \"%.*s\" is open", name_length(close),
		    source->text + close->from, name_length(&tokens->items[open]),
		    source->text + tokens->items[open].from);
	close->match = open;
	tokens->items[open].match = index;
	return true;
}

bool token_pair(const struct source *source, struct token_list *tokens, struct error *error)
{
	uint32_t open = TOKEN_NONE, depth = 0;

	for (uint32_t i = 0; i < tokens->count; i++) {
		struct token *token = &tokens->items[i];

		if (token->kind == TOKEN_CLOSE) {
			if (!pair_close(source, tokens, i, open, error))
				return false;
			open = tokens->items[open].outer;
			depth--;
			continue;
		}
		if (!check_place(source, tokens, token, open, error))
			return false;
		if (!opens(token->kind))
			continue;
		if (++depth > MUSTACHE_NESTING_MAX)
			return source_error(source, token->start, error,
			    "tags are nested more than %d deep", MUSTACHE_NESTING_MAX);
		token->outer = open;
		open = i;
	}
	if (open != TOKEN_NONE)
		return source_error(source, tokens->items[open].start, error,
		    "\"%.*s\" is opened but never closed", name_length(&tokens->items[open]),
		    source->text + tokens->items[open].from);
	return true;
}

bool token_is_replacement(const struct token_list *tokens, const struct token *token)
{
	return token->kind == TOKEN_BLOCK && token->outer != TOKEN_NONE &&
	       tokens->items[token->outer].kind == TOKEN_PARENT;
}

/* True if only blanks stand before the token on its line. */
static bool is_blank_before(const struct source *source, const struct token *token)
{
	uint32_t line;

	return source_begins_line(source, token->start, &line);
}

/* Take the blanks on the token's line before it out of the text before it. */
static void trim_before(const struct source *source, struct token_list *tokens, uint32_t index)
{
	struct token *text = index == 0 ? NULL : &tokens->items[index - 1];

	if (text == NULL || text->kind != TOKEN_TEXT)
		return;
	while (text->to > text->from &&
	       (source->text[text->to - 1] == ' ' || source->text[text->to - 1] == '\t'))
		text->to--;
}

/* Take the rest of the token's line out of the text after it. */
static void trim_after(struct token_list *tokens, uint32_t index, uint32_t line)
{
	struct token *text = index + 1 == tokens->count ? NULL : &tokens->items[index + 1];

	if (text != NULL && text->kind == TOKEN_TEXT)
		text->from = line;
}

/* A tag by itself. */
static void trim_single(const struct source *source, struct token_list *tokens, uint32_t index)
{
	struct token *token = &tokens->items[index];
	uint32_t line = source_next_line(source, token->end);

	if (line == TOKEN_NONE || !is_blank_before(source, token))
		return;
	token->standalone = true;
	token->line_start = true;
	trim_before(source, tokens, index);
	trim_after(tokens, index, line);
}

/* A parent is alone if nothing stands before its opening or after its closing tag, be they on one
 * line or several: what is between them is not text. */
static void trim_parent(const struct source *source, struct token_list *tokens, uint32_t index)
{
	struct token *token = &tokens->items[index];
	uint32_t line = source_next_line(source, tokens->items[token->match].end);

	if (line == TOKEN_NONE || !is_blank_before(source, token))
		return;
	token->standalone = true;
	trim_before(source, tokens, index);
	trim_after(tokens, token->match, line);
}

/* What surrounds a replacement is not text, so each of its tags counts as alone as soon as nothing
 * stands beside it on the inside. */
static void trim_replacement(const struct source *source, struct token_list *tokens, uint32_t index)
{
	struct token *token = &tokens->items[index];
	uint32_t line = source_next_line(source, token->end);

	if (line != TOKEN_NONE) {
		token->line_start = true;
		trim_after(tokens, index, line);
	}
	if (is_blank_before(source, &tokens->items[token->match]))
		trim_before(source, tokens, token->match);
}

void token_trim(const struct source *source, struct token_list *tokens)
{
	for (uint32_t i = 0; i < tokens->count; i++) {
		const struct token *token = &tokens->items[i];
		const struct token *open =
		    token->kind == TOKEN_CLOSE ? &tokens->items[token->match] : token;

		if (token->kind == TOKEN_TEXT || token->kind == TOKEN_VALUE ||
		    token->kind == TOKEN_RAW)
			continue;
		if (token->kind == TOKEN_PARENT)
			trim_parent(source, tokens, i);
		else if (token->kind == TOKEN_BLOCK && token_is_replacement(tokens, token))
			trim_replacement(source, tokens, i);
		else if (open->kind != TOKEN_PARENT && !token_is_replacement(tokens, open))
			trim_single(source, tokens, i);
	}
}
