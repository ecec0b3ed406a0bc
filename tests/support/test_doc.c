/* test_doc.c - documents for tests, written down as JSON. */
#include "test_doc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct doc *convert_object(struct arena *arena, json_t *json)
{
	struct doc *object = doc_object(arena);
	const char *key;
	json_t *value;

	json_object_foreach(json, key, value)
	{
		doc_set(object, arena_dup(arena, key), test_doc_convert(arena, value));
	}
	return object;
}

static const struct doc *convert_list(struct arena *arena, json_t *json)
{
	struct doc *list = doc_list(arena);

	for (size_t i = 0; i < json_array_size(json); i++)
		doc_push(list, test_doc_convert(arena, json_array_get(json, i)));
	return list;
}

/* A number with a fraction as the text that JavaScript would print; documents have none. */
static const char *print_real(struct arena *arena, double value)
{
	for (int digits = 1; digits < 17; digits++) {
		char *text = arena_printf(arena, "%.*g", digits, value);

		if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value))
			return text;
	}
	return arena_printf(arena, "%.17g", value);
}

const struct doc *test_doc_convert(struct arena *arena, json_t *json)
{
	struct doc *holder = doc_object(arena);

	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return convert_object(arena, json);
	case JSON_ARRAY:
		return convert_list(arena, json);
	case JSON_STRING:
		return doc_text(arena, arena_dup(arena, json_string_value(json)));
	case JSON_REAL:
		return doc_text(arena, print_real(arena, json_real_value(json)));
	case JSON_INTEGER:
		doc_set_int(holder, "", json_integer_value(json));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		doc_set_bool(holder, "", json_is_true(json));
		break;
	case JSON_NULL:
		doc_set_null(holder, "");
		break;
	}
	return doc_get(holder, "");
}

const struct doc *test_doc_parse(struct arena *arena, const char *text)
{
	json_error_t problem;
	char *quoted = arena_dup(arena, text);
	const struct doc *doc;
	json_t *json;

	for (char *quote = quoted; (quote = strchr(quote, '\'')) != NULL;)
		*quote = '"';
	json = json_loads(quoted, JSON_DECODE_ANY, &problem);
	if (json == NULL) {
		fprintf(stderr, "%s: %s\n", text, problem.text);
		abort();
	}
	doc = test_doc_convert(arena, json);
	json_decref(json);
	return doc;
}
