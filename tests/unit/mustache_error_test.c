/* mustache_error_test.c - what is no template, and what goes too far. */
#include "../support/test_doc.h"

#include <mustache/mustache.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct wrong {
	const char *template;
	const char *message;
};

static const struct wrong wrongs[] = {
    {"{{x", "t:1:1: the tag is never closed by \"}}\""},
    {"a\n  {{x}\n", "t:2:3: the tag is never closed by \"}}\""},
    {"\u00e9\u20ac{{x", "t:1:3: the tag is never closed by \"}}\""},
    {"{{{x}}", "t:1:1: the tag is never closed by \"}}}\""},
    {"{{{", "t:1:1: the tag is never closed by \"}}}\""},
    {"{{!", "t:1:1: the tag is never closed by \"}}\""},
    {"{{=| |=}} |x", "t:1:11: the tag is never closed by \"|\""},
    {"{{}}", "t:1:1: the tag holds no name"},
    {"{{  }}", "t:1:1: the tag holds no name"},
    {"{{#}}{{/}}", "t:1:1: the tag holds no name"},
    {"{{{ }}}", "t:1:1: the tag holds no name"},
    {"{{>}}", "t:1:1: the tag holds no name"},
    {"{{>*}}", "t:1:1: the tag holds no name"},
    {"{{a b}}", "t:1:1: the name \"a b\" has a blank in it"},
    {"{{> a\nb}}", "t:1:1: the name \"a\nb\" has a blank in it"},
    {"{{a..b}}", "t:1:1: the name \"a..b\" has an empty part"},
    {"{{.a}}", "t:1:1: the name \".a\" has an empty part"},
    {"{{#a.}}{{/a.}}", "t:1:1: the name \"a.\" has an empty part"},
    {"{{>*a..b}}", "t:1:1: the name \"a..b\" has an empty part"},
    {"{{=x=}}", "t:1:1: a delimiter tag holds two delimiters with a blank between them"},
    {"{{==}}", "t:1:1: a delimiter tag holds two delimiters with a blank between them"},
    {"{{=a b c=}}", "t:1:1: a delimiter tag holds two delimiters with a blank between them"},
    {"{{=}}", "t:1:1: the tag is never closed by \"=}}\""},
    {"{{=a b}}", "t:1:1: the tag is never closed by \"=}}\""},
    {"{{=a= b=}}", "t:1:1: a delimiter cannot contain an equals sign"},
    {"x\n{{#a}}", "t:2:1: \"a\" is opened but never closed"},
    {"{{<a}}{{$b}}{{/b}}", "t:1:1: \"a\" is opened but never closed"},
    {"{{/a}}", "t:1:1: \"a\" is closed but was never opened"},
    {"{{#a}}{{/a}}{{/a}}", "t:1:13: \"a\" is closed but was never opened"},
    {"{{#a}}{{#b}}{{/a}}{{/b}}", "t:1:13: \"a\" is closed where \"b\" is open"},
    {"{{#a}}{{/ab}}", "t:1:7: \"ab\" is closed where \"a\" is open"},
    {"{{#ab}}{{/a}}", "t:1:8: \"a\" is closed where \"ab\" is open"},
    {"{{#ab}}{{/*b}}", "t:1:8: \"b\" is closed where \"ab\" is open"},
    {"{{<*a}}{{/a}}", "t:1:8: \"a\" is closed where \"a\" is open"},
    {"{{<a}}{{/*a}}", "t:1:7: \"a\" is closed where \"a\" is open"},
    {"{{<a}}{{x}}{{/a}}", "t:1:7: only blocks may stand directly in the parent \"a\", not \"x\""},
    {"{{<a}}{{#x}}{{$b}}{{/b}}{{/x}}{{/a}}",
	"t:1:7: only blocks may stand directly in the parent \"a\", not \"x\""},
    {"{{<a}}{{>x}}{{/a}}", "t:1:7: only blocks may stand directly in the parent \"a\", not \"x\""},
    {"bad \xff", "t:1:1: the template is not UTF-8 text"},
};

static void test_wrong_templates(void **state)
{
	struct mustache_set *set = mustache_set_create();
	struct error error = {0};

	(void)state;
	assert_true(mustache_set_add(set, "t", "as before", 9, &error));
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		const char *text = wrongs[i].template;

		if (mustache_set_add(set, "t", text, strlen(text), &error))
			fail_msg("%s was taken for a template", text);
		assert_int_equal(error.kind, ERROR_INVALID);
		assert_string_equal(error.code, "invalid_template");
		assert_string_equal(error.message, wrongs[i].message);
		assert_false(mustache_set_add(set, "t", text, strlen(text), NULL));
	}
	assert_false(mustache_set_add(set, "t", "a\0b", 3, &error));
	assert_string_equal(error.message, "t:1:1: the template is not UTF-8 text");
	mustache_set_destroy(&set);
}

static void test_long_names_fit(void **state)
{
	struct mustache_set *set = mustache_set_create();
	struct error error = {0};
	struct buf text = {0};

	(void)state;
	buf_puts(&text, "{{#");
	for (int i = 0; i < 1000; i++)
		buf_putc(&text, 'x');
	buf_puts(&text, "}}");
	assert_false(mustache_set_add(set, "t", text.data, text.length, &error));
	assert_non_null(strstr(error.message, "is opened but never closed"));
	buf_free(&text);
	mustache_set_destroy(&set);
}

static void test_size_limit(void **state)
{
	struct mustache_set *set = mustache_set_create();
	struct error error = {0};
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < MUSTACHE_SIZE_MAX; i++)
		buf_putc(&text, ' ');
	assert_true(mustache_set_add(set, "t", text.data, text.length, &error));
	buf_putc(&text, ' ');
	assert_false(mustache_set_add(set, "t", text.data, text.length, &error));
	assert_string_equal(error.code, "invalid_template");
	buf_free(&text);
	mustache_set_destroy(&set);
}

/* `depth` sections in each other. */
static void nest(struct buf *text, int depth)
{
	buf_clear(text);
	for (int i = 0; i < depth; i++)
		buf_puts(text, "{{#x}}");
	buf_puts(text, "!");
	for (int i = 0; i < depth; i++)
		buf_puts(text, "{{/x}}");
}

static void test_nesting_limit(void **state)
{
	struct mustache_set *set = mustache_set_create();
	struct arena *arena = arena_create();
	struct error error = {0};
	struct buf text = {0}, out = {0};

	(void)state;
	nest(&text, MUSTACHE_NESTING_MAX);
	assert_true(mustache_set_add(set, "t", text.data, text.length, &error));
	assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
	assert_true(mustache_render(
	    mustache_set_find(set, "t"), test_doc_parse(arena, "{'x':1}"), &out, &error));
	assert_string_equal(out.data, "!");
	nest(&text, MUSTACHE_NESTING_MAX + 1);
	assert_false(mustache_set_add(set, "t", text.data, text.length, &error));
	assert_string_equal(error.message, "t:1:385: tags are nested more than 64 deep");
	buf_free(&out);
	buf_free(&text);
	arena_destroy(&arena);
	mustache_set_destroy(&set);
}

static void test_missing_templates(void **state)
{
	static const char *const texts[] = {"x\n {{>gone}}", "x\n {{<gone}}{{/gone}}",
	    "x\n {{#a}}{{#b}}{{/b}}{{^b}}\n {{>gone}}{{/b}}{{/a}}"};
	static const char *const messages[] = {"t:2:2: there is no template \"gone\"",
	    "t:2:2: there is no template \"gone\"", "t:3:2: there is no template \"gone\""};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct mustache_set *set = mustache_set_create();
		struct error error = {0};

		assert_true(mustache_set_add(set, "t", texts[i], strlen(texts[i]), &error));
		assert_false(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
		assert_int_equal(error.kind, ERROR_INVALID);
		assert_string_equal(error.message, messages[i]);
		assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_EMPTY, &error));
		mustache_set_destroy(&set);
	}
}

/* Thirteen loops in each other. */
static const char loops[] =
    "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}"
    "{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}";

/* Templates that would never end, or too late: an error, and nothing written. */
static void test_render_limits(void **state)
{
	static const char *const texts[] = {
	    "x{{>t}}",
	    "x{{>t}}{{>t}}",
	    " {{>t}}\n",
	    "x{{<t}}{{/t}}",
	    "{{<t}}{{$b}}{{>t}}{{/b}}{{/t}}{{$b}}{{/b}}",
	    "x{{>*name}}",
	    "{{#o}}{{>t}}{{/o}}",
	    "{{^gone}}{{>t}}{{/gone}}",
	    loops,
	};
	struct arena *arena = arena_create();
	const struct doc *root =
	    test_doc_parse(arena, "{'name':'t','o':{},'l':[1,2,3,4,5,6,7,8,9,10]}");

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct mustache_set *set = mustache_set_create();
		struct error error = {0};
		struct buf out = {0};

		assert_true(mustache_set_add(set, "t", texts[i], strlen(texts[i]), &error));
		assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
		buf_puts(&out, "before");
		assert_false(mustache_render(mustache_set_find(set, "t"), root, &out, &error));
		assert_int_equal(error.kind, ERROR_INTERNAL);
		assert_string_equal(error.code, "template_limit");
		assert_non_null(strstr(error.message, "\"t\""));
		assert_string_equal(out.data, "before");
		assert_int_equal(out.length, 6);
		buf_free(&out);
		mustache_set_destroy(&set);
	}
	arena_destroy(&arena);
}

static void test_output_limit(void **state)
{
	static const char text[] = "{{#l}}{{#l}}{{#l}}{{{x}}}{{/l}}{{/l}}{{/l}}";
	struct mustache_set *set = mustache_set_create();
	struct arena *arena = arena_create();
	struct doc *root = doc_object(arena), *list = doc_list(arena);
	struct error error = {0};
	struct buf out = {0};
	char *value = arena_alloc(arena, 100001);

	(void)state;
	memset(value, 'x', 100000);
	for (int i = 0; i < 10; i++)
		doc_push(list, root);
	doc_set(root, "l", list);
	doc_set_text(root, "x", value);
	assert_true(mustache_set_add(set, "t", text, sizeof(text) - 1, &error));
	assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
	assert_false(mustache_render(mustache_set_find(set, "t"), root, &out, &error));
	assert_string_equal(error.code, "template_limit");
	assert_true(out.capacity < 2 * MUSTACHE_OUTPUT_MAX);
	assert_int_equal(out.length, 0);
	buf_free(&out);
	arena_destroy(&arena);
	mustache_set_destroy(&set);
}

/* What the threads of the next test share: only the set. */
static void *render_often(void *set)
{
	struct arena *arena = arena_create();
	const struct doc *root = test_doc_parse(arena, "{'l':[{'x':'<1>'},{'x':'<2>'}],'p':'b'}");
	struct error error = {0};
	struct buf out = {0};
	void *failed = NULL;

	for (int i = 0; i < 2000; i++) {
		buf_clear(&out);
		if (!mustache_render(mustache_set_find(set, "a"), root, &out, &error) ||
		    strcmp(out.data, "T:\n  &lt;1&gt;\n  &lt;2&gt;\n") != 0)
			failed = set;
	}
	buf_free(&out);
	arena_destroy(&arena);
	return failed;
}

static void test_many_threads(void **state)
{
	static const char a[] = "{{<c}}{{$t}}T{{/t}}{{$m}}\n{{#l}}\n{{>*p}}\n{{/l}}\n{{/m}}{{/c}}";
	static const char c[] = "{{$t}}{{/t}}:\n  {{$m}}\n  {{/m}}\n";
	struct mustache_set *set = mustache_set_create();
	struct error error = {0};
	pthread_t threads[4];

	(void)state;
	assert_true(mustache_set_add(set, "a", a, sizeof(a) - 1, &error));
	assert_true(mustache_set_add(set, "b", "{{x}}\n", 6, &error));
	assert_true(mustache_set_add(set, "c", c, sizeof(c) - 1, &error));
	assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, render_often, set), 0);
	for (int i = 0; i < 4; i++) {
		void *failed = set;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	mustache_set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_wrong_templates),
	    cmocka_unit_test(test_long_names_fit),
	    cmocka_unit_test(test_size_limit),
	    cmocka_unit_test(test_nesting_limit),
	    cmocka_unit_test(test_missing_templates),
	    cmocka_unit_test(test_render_limits),
	    cmocka_unit_test(test_output_limit),
	    cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
