/* mustache_fuzz.c - any bytes as a template, rendered against one document, and against itself as
 * its own partial and parent. */
#include <mustache/mustache.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct doc *create_root(struct arena *arena)
{
	struct doc *root = doc_object(arena), *inner = doc_object(arena), *list = doc_list(arena);

	doc_set_text(root, "t", "<&\">'\nline");
	doc_set_int(root, "i", -7);
	doc_set_bool(root, "y", true);
	doc_set_bool(root, "n", false);
	doc_set_null(root, "z");
	doc_set_text(root, "p", "a");
	doc_set_text(inner, "t", "inner");
	doc_set(inner, "l", doc_list(arena));
	doc_set(root, "o", inner);
	doc_push(list, inner);
	doc_push(list, doc_text(arena, "a"));
	doc_set(root, "l", list);
	return root;
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char caller[] = " {{>a}}\n{{<a}}{{$b}}\n  {{t}}\n   {{>a}}\n{{/b}}{{/a}}";
	struct mustache_set *set = mustache_set_create();
	struct arena *arena = arena_create();
	const struct doc *root = create_root(arena);
	struct error error = {0};
	struct buf out = {0};

	require(mustache_set_add(set, "main", caller, sizeof(caller) - 1, &error));
	if (!mustache_set_add(set, "a", (const char *)data, size, &error)) {
		require(error.message[0] != '\0');
		require(mustache_set_find(set, "a") == NULL);
	} else {
		require(mustache_set_link(set, MUSTACHE_MISSING_IS_EMPTY, &error));
		if (mustache_render(mustache_set_find(set, "a"), root, &out, &error)) {
			buf_clear(&out);
			if (!mustache_render(mustache_set_find(set, "main"), root, &out, &error))
				require(out.length == 0);
		} else {
			require(out.length == 0);
		}
	}
	buf_free(&out);
	arena_destroy(&arena);
	mustache_set_destroy(&set);
	return 0;
}
