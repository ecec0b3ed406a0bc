/* set.c - templates by name, and the links between them. */
#include "template.h"

#include <base/text.h>
#include <string.h>

struct mustache_set *mustache_set_create(void)
{
	struct arena *arena = arena_create();
	struct mustache_set *set = arena_alloc(arena, sizeof(*set));

	set->arena = arena;
	return set;
}

void mustache_set_destroy(struct mustache_set **set)
{
	struct arena *arena;

	if (*set == NULL)
		return;
	arena = (*set)->arena; /* the set lies in its own arena */
	arena_destroy(&arena);
	*set = NULL;
}

/* The place of the template of that name, or the count of them. */
static size_t find_index(
    const struct mustache_set *set, const char *name, size_t length, uint32_t hash)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		const char *other = set->templates[i]->source.name;

		if (set->templates[i]->hash == hash && strncmp(other, name, length) == 0 &&
		    other[length] == '\0')
			break;
	}
	return i;
}

const struct mustache_template *set_find(
    const struct mustache_set *set, const char *name, size_t length, uint32_t hash)
{
	size_t index = find_index(set, name, length, hash);

	return index == set->count ? NULL : set->templates[index];
}

const struct mustache_template *mustache_set_find(const struct mustache_set *set, const char *name)
{
	size_t length = strlen(name);

	return set_find(set, name, length, doc_hash(name, length));
}

static void store_template(struct mustache_set *set, struct mustache_template *template)
{
	const char *name = template->source.name;
	size_t index = find_index(set, name, strlen(name), template->hash);

	if (index == set->capacity) {
		size_t capacity = set->capacity == 0 ? 32 : set->capacity * 2;
		struct mustache_template **grown =
		    arena_array(set->arena, capacity, sizeof(struct mustache_template *));

		if (set->count > 0)
			memcpy(
			    grown, set->templates, set->count * sizeof(struct mustache_template *));
		set->templates = grown;
		set->capacity = capacity;
	}
	if (index == set->count)
		set->count++;
	set->templates[index] = template;
	set->linked = false;
}

bool mustache_set_add(struct mustache_set *set, const char *name, const char *text, size_t length,
    struct error *error)
{
	struct source source = {.name = name, .text = text, .length = 0};
	struct mustache_template *template;
	struct arena *scratch;
	bool compiled;

	if (length > MUSTACHE_SIZE_MAX)
		return source_error(
		    &source, 0, error, "the template is larger than %zu bytes", MUSTACHE_SIZE_MAX);
	if (!text_is_utf8(text, length))
		return source_error(&source, 0, error, "the template is not UTF-8 text");
	source.name = arena_dup(set->arena, name);
	source.text = arena_copy(set->arena, text, length);
	source.length = (uint32_t)length;
	template = arena_alloc(set->arena, sizeof(*template));
	template->set = set;
	template->hash = doc_hash(name, strlen(name));
	scratch = arena_create();
	compiled = template_compile(template, &source, set->arena, scratch, error);
	arena_destroy(&scratch);
	if (compiled)
		store_template(set, template);
	return compiled;
}

static bool link_node(const struct mustache_template *template, struct node *node,
    enum mustache_missing missing, struct error *error)
{
	const struct name *name = node->names;

	if ((node->kind != NODE_PARTIAL && node->kind != NODE_PARENT) || node->dynamic)
		return true;
	node->target = set_find(template->set, name->text, name->length, name->hash);
	if (node->target == NULL && missing == MUSTACHE_MISSING_IS_ERROR)
		return source_error(&template->source, node->offset, error,
		    "there is no template \"%.*s\"", name->length < 60 ? (int)name->length : 60,
		    name->text);
	return true;
}

bool mustache_set_link(struct mustache_set *set, enum mustache_missing missing, struct error *error)
{
	set->linked = false;
	for (size_t i = 0; i < set->count; i++) {
		struct mustache_template *template = set->templates[i];

		for (uint32_t k = 0; k < template->node_count; k++) {
			if (!link_node(template, &template->nodes[k], missing, error))
				return false;
		}
	}
	set->linked = true;
	return true;
}
