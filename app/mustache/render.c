/* render.c - walks a compiled template and writes what it gives.
 *
 * All state of a rendering is in struct renderer on the stack of mustache_render: templates are
 * only read, so that threads can share them. Scopes and replacements are chains through the stack
 * frames of the functions that opened them. */
#include "template.h"

#include <string.h>

/* A value in whose members names are looked up. */
struct scope {
	const struct doc *value;
	const struct scope *outer;
};

/* A parent being rendered: the blocks in it replace those of its template. */
struct frame {
	const struct node *parent;
	const struct frame *outer;
};

struct renderer {
	const struct mustache_template *template; /* the one being rendered, for messages */
	struct buf *out;
	struct error *error;
	const struct scope *scope;
	const struct frame *frames;
	struct buf indent;   /* indentation of all that is open */
	size_t indent_start; /* from here on it is in force */
	bool line_start;     /* the next text begins a line; only kept while there is indentation */
	uint32_t depth;
	uint32_t steps;      /* that may still be taken */
	size_t length_limit; /* of `out` */
};

static bool render_nodes(
    struct renderer *renderer, const struct node *node, const struct node *end);

static bool limit_error(struct renderer *renderer, const char *what)
{
	return error_set(renderer->error, ERROR_INTERNAL, "template_limit",
	    "Rendering the template \"%.80s\" %s.", renderer->template->source.name, what);
}

/* Indentation. */

static bool is_indenting(const struct renderer *renderer)
{
	return renderer->indent.length > renderer->indent_start;
}

/* Write the indentation if a line begins here. */
static void begin_line(struct renderer *renderer)
{
	if (!is_indenting(renderer) || !renderer->line_start)
		return;
	buf_append(renderer->out, renderer->indent.data + renderer->indent_start,
	    renderer->indent.length - renderer->indent_start);
	renderer->line_start = false;
}

/* Add to the indentation, at the beginning of a line or in the middle of it. */
static void push_indent(struct renderer *renderer, const struct node *node, bool line_start)
{
	if (line_start || !is_indenting(renderer))
		renderer->line_start = line_start;
	buf_append(&renderer->indent, node->text, node->length);
}

static void pop_indent(struct renderer *renderer, size_t start, size_t length)
{
	renderer->indent_start = start;
	renderer->indent.length = length;
}

static void write_indented(struct renderer *renderer, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *next = newline == NULL ? end : newline + 1;

		if (text[0] != '\n' && text[0] != '\r')
			begin_line(renderer);
		buf_append(renderer->out, text, (size_t)(next - text));
		renderer->line_start = newline != NULL;
		text = next;
	}
}

/* Names and values. */

static const struct doc *find_member(const struct doc *value, const struct name *name)
{
	return doc_find(value, name->text, name->length, name->hash);
}

/* What a node's name stands for, or NULL. Only the first part of a dotted name looks outward. */
static const struct doc *resolve(const struct renderer *renderer, const struct node *node)
{
	const struct scope *scope = renderer->scope;
	const struct doc *value;

	if (node->name_count == 0)
		return scope->value;
	do {
		value = find_member(scope->value, &node->names[0]);
		scope = scope->outer;
	} while (value == NULL && scope != NULL);
	for (uint32_t i = 1; i < node->name_count && value != NULL; i++)
		value = find_member(value, &node->names[i]);
	return value;
}

static bool is_true(const struct doc *value)
{
	if (value == NULL)
		return false;
	switch (value->type) {
	case DOC_NULL:
		return false;
	case DOC_BOOL:
		return value->as.boolean;
	case DOC_INT:
		return value->as.integer != 0;
	case DOC_TEXT:
		return value->as.text.length > 0;
	case DOC_LIST:
		return value->as.list.count > 0;
	case DOC_OBJECT:
		return true;
	}
	return false;
}

static void write_integer(struct buf *out, int64_t value)
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[24];
	size_t start = sizeof(digits);

	do {
		digits[--start] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		digits[--start] = '-';
	buf_append(out, digits + start, sizeof(digits) - start);
}

static bool render_value(struct renderer *renderer, const struct node *node)
{
	const struct doc *value = resolve(renderer, node);

	if (value == NULL)
		return true;
	begin_line(renderer);
	if (value->type == DOC_TEXT && node->kind == NODE_VALUE)
		escape_html(renderer->out, value->as.text.data, value->as.text.length);
	else if (value->type == DOC_TEXT)
		buf_append(renderer->out, value->as.text.data, value->as.text.length);
	else if (value->type == DOC_INT)
		write_integer(renderer->out, value->as.integer);
	else if (value->type == DOC_BOOL)
		buf_puts(renderer->out, value->as.boolean ? "true" : "false");
	return true;
}

static bool render_text(struct renderer *renderer, const struct node *node)
{
	if (is_indenting(renderer))
		write_indented(renderer, node->text, node->length);
	else
		buf_append(renderer->out, node->text, node->length);
	return true;
}

/* Sections. */

static bool render_inside(struct renderer *renderer, const struct node *node)
{
	return render_nodes(renderer, node + 1, node + node->size);
}

static bool render_in_scope(
    struct renderer *renderer, const struct node *node, const struct doc *value)
{
	struct scope scope = {value, renderer->scope};
	bool rendered;

	renderer->scope = &scope;
	rendered = render_inside(renderer, node);
	renderer->scope = scope.outer;
	return rendered;
}

static bool render_section(struct renderer *renderer, const struct node *node)
{
	const struct doc *value = resolve(renderer, node);

	if (!is_true(value))
		return true;
	if (value->type != DOC_LIST)
		return render_in_scope(renderer, node, value);
	for (uint32_t i = 0; i < value->as.list.count; i++) {
		if (!render_in_scope(renderer, node, value->as.list.items[i]))
			return false;
	}
	return true;
}

static bool render_inverted(struct renderer *renderer, const struct node *node)
{
	return is_true(resolve(renderer, node)) || render_inside(renderer, node);
}

/* Templates in templates. */

static const struct mustache_template *find_target(
    const struct renderer *renderer, const struct node *node)
{
	const struct doc *value;

	if (!node->dynamic)
		return node->target;
	value = resolve(renderer, node);
	if (value == NULL || value->type != DOC_TEXT)
		return NULL;
	return set_find(renderer->template->set, value->as.text.data, value->as.text.length,
	    doc_hash(value->as.text.data, value->as.text.length));
}

static bool render_partial(struct renderer *renderer, const struct node *node)
{
	const struct mustache_template *target = find_target(renderer, node);
	const struct mustache_template *template = renderer->template;
	size_t start = renderer->indent_start, length = renderer->indent.length;
	bool rendered;

	if (target == NULL)
		return true;
	if (node->standalone) {
		push_indent(renderer, node, true);
	} else {
		/* Indentation is for the lines of the template that has the tag, not for those of
		 * one in the middle of such a line. */
		begin_line(renderer);
		renderer->indent_start = length;
	}
	renderer->template = target;
	rendered = render_nodes(renderer, target->nodes, target->nodes + target->node_count);
	renderer->template = template;
	pop_indent(renderer, start, length);
	renderer->line_start = node->standalone;
	return rendered;
}

static bool render_parent(struct renderer *renderer, const struct node *node)
{
	struct frame frame = {node, renderer->frames};
	bool rendered;

	renderer->frames = &frame;
	rendered = render_partial(renderer, node);
	renderer->frames = frame.outer;
	return rendered;
}

/* The block in a parent that replaces those of that name, or NULL. */
static const struct node *find_block(const struct node *parent, const struct name *name)
{
	const struct node *end = parent + parent->size;

	for (const struct node *node = parent + 1; node < end; node += node->size) {
		const struct name *other = node->names;

		if (other->hash == name->hash && other->length == name->length &&
		    memcmp(other->text, name->text, name->length) == 0)
			return node;
	}
	return NULL;
}

/* The outermost replacement of a block, and the frame it comes from. */
static const struct node *find_replacement(
    const struct renderer *renderer, const struct node *block, const struct frame **frame_r)
{
	const struct node *replacement = NULL;

	for (const struct frame *frame = renderer->frames; frame != NULL; frame = frame->outer) {
		const struct node *node = find_block(frame->parent, &block->names[0]);

		if (node != NULL) {
			replacement = node;
			*frame_r = frame;
		}
	}
	return replacement;
}

static bool render_block(struct renderer *renderer, const struct node *node)
{
	const struct frame *frames = renderer->frames, *frame = NULL;
	const struct node *replacement = find_replacement(renderer, node, &frame);
	size_t start = renderer->indent_start, length = renderer->indent.length;
	bool rendered;

	if (replacement == NULL)
		return render_inside(renderer, node);
	/* The replacement's own blocks belong to the template it stands in, so only those who
	 * include that template can replace them. */
	renderer->frames = frame->outer;
	push_indent(renderer, node, node->standalone);
	rendered = render_inside(renderer, replacement);
	pop_indent(renderer, start, length);
	if (node->ends_line)
		renderer->line_start = true;
	renderer->frames = frames;
	return rendered;
}

typedef bool render_function(struct renderer *renderer, const struct node *node);

static render_function *const render_functions[] = {
    [NODE_TEXT] = render_text,
    [NODE_VALUE] = render_value,
    [NODE_RAW] = render_value,
    [NODE_SECTION] = render_section,
    [NODE_INVERTED] = render_inverted,
    [NODE_PARTIAL] = render_partial,
    [NODE_PARENT] = render_parent,
    [NODE_BLOCK] = render_block,
};

static bool render_nodes(struct renderer *renderer, const struct node *node, const struct node *end)
{
	if (renderer->depth == MUSTACHE_DEPTH_MAX)
		return limit_error(renderer, "goes too deep: does it include itself?");
	renderer->depth++;
	for (; node < end; node += node->size) {
		if (renderer->steps == 0 || renderer->out->length > renderer->length_limit)
			return limit_error(renderer, "gives too much output");
		renderer->steps--;
		if (!render_functions[node->kind](renderer, node))
			return false;
	}
	renderer->depth--;
	return true;
}

bool mustache_render(const struct mustache_template *template, const struct doc *root,
    struct buf *out, struct error *error)
{
	struct scope scope = {root, NULL};
	struct renderer renderer = {.template = template,
	    .out = out,
	    .error = error,
	    .scope = &scope,
	    .steps = MUSTACHE_STEPS_MAX,
	    .length_limit = out->length + MUSTACHE_OUTPUT_MAX};
	size_t before = out->length;
	bool rendered;

	if (!template->set->linked)
		return error_set(error, ERROR_INTERNAL, "template_not_linked",
		    "The template \"%.80s\" was not linked.", template->source.name);
	rendered = render_nodes(&renderer, template->nodes, template->nodes + template->node_count);
	buf_free(&renderer.indent);
	if (!rendered && out->data != NULL) {
		out->length = before;
		out->data[before] = '\0';
	}
	return rendered;
}
