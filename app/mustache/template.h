/* template.h - a compiled template. Private to app/mustache. */
#ifndef LETHE_MUSTACHE_TEMPLATE_H
#define LETHE_MUSTACHE_TEMPLATE_H

#include "token.h"

#include <mustache/mustache.h>

enum node_kind {
	NODE_TEXT,
	NODE_VALUE,
	NODE_RAW,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_PARTIAL,
	NODE_PARENT,
	NODE_BLOCK,
};

/* A name as it is looked up: its bytes are not NUL-terminated. */
struct name {
	const char *text;
	uint32_t length;
	uint32_t hash;
};

/* A step of rendering. Nodes lie in the order of the template; what is inside of a node follows it
 * at once, and `size` leads past it. */
struct node {
	enum node_kind kind;
	bool dynamic;        /* of a partial or parent: `names` leads to a member that names it */
	bool standalone;     /* it stands alone on its line and what it renders begins a line */
	bool ends_line;      /* of a block: its closing tag stands alone on its line */
	uint32_t size;       /* of the node with all that is in it, at least 1 */
	uint32_t offset;     /* where in the source, for messages */
	uint32_t name_count; /* 0 for the name "." */
	uint32_t length;     /* of `text` */
	const char *text;    /* the text; of partials, parents and blocks the indentation */
	const struct name *names;               /* the parts of a dotted name; otherwise one */
	const struct mustache_template *target; /* of a partial or parent, once linked */
};

struct mustache_template {
	const struct mustache_set *set;
	struct source source;
	uint32_t hash; /* of the name */
	struct node *nodes;
	uint32_t node_count;
};

struct mustache_set {
	struct arena *arena;
	struct mustache_template **templates;
	size_t count, capacity;
	bool linked;
};

/* Compile `source`, whose text and name live as long as the template, into `template`; everything
 * it holds is in `arena`, what is only needed meanwhile in `scratch`. False with the error set. */
bool template_compile(struct mustache_template *template, const struct source *source,
    struct arena *arena, struct arena *scratch, struct error *error)
    __attribute__((warn_unused_result));

/* The template of that name, or NULL. */
const struct mustache_template *set_find(
    const struct mustache_set *set, const char *name, size_t length, uint32_t hash);

/* Append `text` with what HTML gives a meaning escaped. */
void escape_html(struct buf *out, const char *text, size_t length);

#endif
