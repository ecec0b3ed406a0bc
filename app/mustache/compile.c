/* compile.c - makes a template's nodes of its tokens. */
#include "template.h"

#include <string.h>

/* One more for the template itself, which is what the outermost nodes are in. */
#define LEVELS_MAX (MUSTACHE_NESTING_MAX + 1)

/* What is open while nodes are added. */
struct level {
	uint32_t node;
	bool is_parent;      /* whose text is ignored */
	const char *outdent; /* blanks taken off the beginning of each line */
	uint32_t outdent_length;
};

struct compiler {
	const struct source *source;
	const struct token_list *tokens;
	struct arena *arena;
	struct node *nodes;
	uint32_t count;
	char *text;   /* room for all text; texts are cut from its beginning */
	bool in_text; /* the last node is a text that may still grow */
	struct level levels[LEVELS_MAX];
	uint32_t depth; /* index of the innermost level */
};

static const enum node_kind node_kinds[] = {
    [TOKEN_TEXT] = NODE_TEXT,
    [TOKEN_VALUE] = NODE_VALUE,
    [TOKEN_RAW] = NODE_RAW,
    [TOKEN_SECTION] = NODE_SECTION,
    [TOKEN_INVERTED] = NODE_INVERTED,
    [TOKEN_PARTIAL] = NODE_PARTIAL,
    [TOKEN_PARENT] = NODE_PARENT,
    [TOKEN_BLOCK] = NODE_BLOCK,
};

/* How many bytes of the line that begins at `line` the current outdent takes off. */
static uint32_t outdent_at(const struct compiler *compiler, uint32_t line)
{
	const struct level *level = &compiler->levels[compiler->depth];
	uint32_t length = 0;

	while (length < level->outdent_length && line + length < compiler->source->length &&
	       compiler->source->text[line + length] == level->outdent[length])
		length++;
	return length;
}

static struct node *add_node(struct compiler *compiler, const struct token *token)
{
	struct node *node = &compiler->nodes[compiler->count++];

	node->kind = node_kinds[token->kind];
	node->offset = token->start;
	node->size = 1;
	node->standalone = token->standalone;
	compiler->in_text = false;
	return node;
}

static void append_text(
    struct compiler *compiler, const struct token *token, uint32_t from, uint32_t to)
{
	struct node *node;

	if (from >= to)
		return;
	if (compiler->in_text) {
		node = &compiler->nodes[compiler->count - 1];
	} else {
		node = add_node(compiler, token);
		node->text = compiler->text;
		compiler->in_text = true;
	}
	memcpy(compiler->text, compiler->source->text + from, to - from);
	compiler->text += to - from;
	node->length += to - from;
}

/* A text, line by line without the outdent. */
static void add_text(struct compiler *compiler, const struct token *token)
{
	const char *text = compiler->source->text;
	uint32_t at = token->from;

	while (at < token->to) {
		const char *newline = memchr(text + at, '\n', token->to - at);
		uint32_t end = newline == NULL ? token->to : (uint32_t)(newline - text) + 1;

		if (at == 0 || text[at - 1] == '\n')
			at += outdent_at(compiler, at);
		append_text(compiler, token, at, end);
		at = end;
	}
}

static void set_name(struct name *name, const char *text, uint32_t length)
{
	name->text = text;
	name->length = length;
	name->hash = doc_hash(text, length);
}

static void set_plain_name(struct compiler *compiler, struct node *node, const struct token *token)
{
	struct name *name = arena_alloc(compiler->arena, sizeof(*name));

	set_name(name, compiler->source->text + token->from, token->to - token->from);
	node->names = name;
	node->name_count = 1;
}

static bool set_dotted_name(
    struct compiler *compiler, struct node *node, const struct token *token, struct error *error)
{
	const char *text = compiler->source->text + token->from;
	uint32_t length = token->to - token->from, count = 1, part = 0;
	struct name *names;

	if (length == 1 && text[0] == '.')
		return true;
	for (uint32_t i = 0; i < length; i++)
		count += text[i] == '.';
	names = arena_array(compiler->arena, count, sizeof(*names));
	for (uint32_t i = 0, from = 0; i <= length; i++) {
		if (i < length && text[i] != '.')
			continue;
		if (i == from)
			return source_error(compiler->source, token->start, error,
			    "the name \"%.*s\" has an empty part", length < 60 ? (int)length : 60,
			    text);
		set_name(&names[part++], text + from, i - from);
		from = i + 1;
	}
	node->names = names;
	node->name_count = count;
	return true;
}

/* If only blanks stand before `to` on its line, they are the indentation, without the outdent. */
static void set_indentation(struct compiler *compiler, struct node *node, uint32_t to)
{
	uint32_t from;

	if (!source_begins_line(compiler->source, to, &from))
		return;
	from += outdent_at(compiler, from);
	node->text = compiler->source->text + from;
	node->length = to - from;
}

/* Where the first line inside of a block that is not empty has its first word; where there is none,
 * the closing tag stands. */
static uint32_t first_word(const struct compiler *compiler, const struct token *open)
{
	uint32_t close = compiler->tokens->items[open->match].start;
	uint32_t word, line = open->end;

	do {
		word = line;
		line = source_next_line(compiler->source, word);
	} while (line <= close);
	return source_skip_blanks(compiler->source, word);
}

/* Where a block is expanded its lines get the indentation of what stands there: of its default
 * content, or where there is none, of the tag itself. */
static void set_block_indentation(
    struct compiler *compiler, struct node *node, const struct token *token)
{
	uint32_t word = first_word(compiler, token);
	bool is_empty = word == compiler->tokens->items[token->match].start;

	node->ends_line = compiler->tokens->items[token->match].standalone;
	set_indentation(compiler, node, token->standalone && !is_empty ? word : token->start);
}

/* What is added from now on is in the node just added. */
static void open_level(struct compiler *compiler, const struct token *token)
{
	struct level *level = &compiler->levels[compiler->depth + 1];

	*level = compiler->levels[compiler->depth];
	level->node = compiler->count - 1;
	level->is_parent = token->kind == TOKEN_PARENT;
	if (token_is_replacement(compiler->tokens, token)) {
		uint32_t word = first_word(compiler, token), line = word;

		if (token->line_start && source_begins_line(compiler->source, word, &line))
			level->outdent = compiler->source->text + line;
		level->outdent_length = word - line;
	}
	compiler->depth++;
}

static void close_level(struct compiler *compiler)
{
	uint32_t node = compiler->levels[compiler->depth--].node;

	compiler->nodes[node].size = compiler->count - node;
	compiler->in_text = false;
}

static bool add_value(struct compiler *compiler, const struct token *token, struct error *error)
{
	return set_dotted_name(compiler, add_node(compiler, token), token, error);
}

static bool add_section(struct compiler *compiler, const struct token *token, struct error *error)
{
	struct node *node = add_node(compiler, token);

	open_level(compiler, token);
	return set_dotted_name(compiler, node, token, error);
}

/* A partial, or the beginning of a parent. */
static bool add_template(struct compiler *compiler, const struct token *token, struct error *error)
{
	struct node *node = add_node(compiler, token);

	node->dynamic = token->dynamic;
	if (token->standalone)
		set_indentation(compiler, node, token->start);
	if (token->kind == TOKEN_PARENT)
		open_level(compiler, token);
	if (token->dynamic)
		return set_dotted_name(compiler, node, token, error);
	set_plain_name(compiler, node, token);
	return true;
}

static void add_block(struct compiler *compiler, const struct token *token)
{
	struct node *node = add_node(compiler, token);

	set_plain_name(compiler, node, token);
	set_block_indentation(compiler, node, token);
	open_level(compiler, token);
}

static bool add_token(struct compiler *compiler, const struct token *token, struct error *error)
{
	const struct level *level = &compiler->levels[compiler->depth];

	switch (token->kind) {
	case TOKEN_TEXT:
		if (!level->is_parent)
			add_text(compiler, token);
		return true;
	case TOKEN_VALUE:
	case TOKEN_RAW:
		return add_value(compiler, token, error);
	case TOKEN_SECTION:
	case TOKEN_INVERTED:
		return add_section(compiler, token, error);
	case TOKEN_PARTIAL:
	case TOKEN_PARENT:
		return add_template(compiler, token, error);
	case TOKEN_BLOCK:
		add_block(compiler, token);
		return true;
	case TOKEN_CLOSE:
		close_level(compiler);
		return true;
	case TOKEN_COMMENT:
	case TOKEN_DELIMITERS:
		return true;
	}
	return true;
}

bool template_compile(struct mustache_template *template, const struct source *source,
    struct arena *arena, struct arena *scratch, struct error *error)
{
	struct token_list tokens = {.arena = scratch};
	struct compiler compiler = {.source = source, .tokens = &tokens, .arena = arena};

	if (!token_scan(source, &tokens, error) || !token_pair(source, &tokens, error))
		return false;
	token_trim(source, &tokens);
	compiler.nodes = arena_array(arena, tokens.count, sizeof(*compiler.nodes));
	compiler.text = arena_alloc(arena, source->length);
	for (uint32_t i = 0; i < tokens.count; i++) {
		if (!add_token(&compiler, &tokens.items[i], error))
			return false;
	}
	template->source = *source;
	template->nodes = compiler.nodes;
	template->node_count = compiler.count;
	return true;
}
