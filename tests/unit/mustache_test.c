/* mustache_test.c - what templates give. The specification's own cases are in tests/spec. */
#include "../support/test_doc.h"

#include <mustache/mustache.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A main template, a document and what they give, with up to three templates named a, b and c. */
struct example {
	const char *template;
	const char *data;
	const char *expected;
	const char *others[3];
};

static void check(const struct example *example)
{
	static const char *const names[] = {"a", "b", "c"};
	struct mustache_set *set = mustache_set_create();
	struct arena *arena = arena_create();
	struct error error = {0};
	struct buf out = {0};

	for (size_t i = 0; i < 3 && example->others[i] != NULL; i++) {
		if (!mustache_set_add(
			set, names[i], example->others[i], strlen(example->others[i]), &error))
			fail_msg("%s", error.message);
	}
	if (!mustache_set_add(set, "main", example->template, strlen(example->template), &error) ||
	    !mustache_set_link(set, MUSTACHE_MISSING_IS_EMPTY, &error))
		fail_msg("%s", error.message);
	buf_puts(&out, "^");
	if (!mustache_render(
		mustache_set_find(set, "main"), test_doc_parse(arena, example->data), &out, &error))
		fail_msg("%s", error.message);
	if (strcmp(out.data + 1, example->expected) != 0)
		fail_msg("%s\ngave     [%s]\ninstead of [%s]", example->template, out.data + 1,
		    example->expected);
	buf_free(&out);
	arena_destroy(&arena);
	mustache_set_destroy(&set);
}

static void check_all(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&examples[i]);
}

#define CHECK(...)                                                                                 \
	do {                                                                                       \
		static const struct example examples[] = {__VA_ARGS__};                            \
		(void)state;                                                                       \
		check_all(examples, sizeof(examples) / sizeof(examples[0]));                       \
	} while (0)

static void test_values(void **state)
{
	CHECK({"{{x}}", "{'x':-42}", "-42", {0}},
	    {"{{x}} {{y}}", "{'x':-9223372036854775808,'y':9223372036854775807}",
		"-9223372036854775808 9223372036854775807", {0}},
	    {"{{x}}{{y}}", "{'x':true,'y':false}", "truefalse", {0}},
	    {"[{{x}}{{y}}{{z}}{{l}}{{o}}]", "{'x':null,'z':'','l':[1],'o':{'a':1}}", "[]", {0}},
	    {"", "{}", "", {0}}, {"plain { } }} text", "{}", "plain { } }} text", {0}},
	    {"{{ x }}{{\tx\n}}", "{'x':1}", "11", {0}}, {"{{.}}", "7", "7", {0}});
}

static void test_escaping(void **state)
{
	CHECK({"{{x}}", "{'x':'<a href=\\u0022?b&c\\u0022 d=\\u0027e\\u0027>'}",
		  "&lt;a href=&quot;?b&amp;c&quot; d=&#39;e&#39;&gt;", {0}},
	    {"{{{x}}}{{&x}}{{& x }}{{{ x }}}", "{'x':'<&>'}", "<&><&><&><&>", {0}},
	    {"{{x}}", "{'x':'plain \u00e9\u20ac text'}", "plain \u00e9\u20ac text", {0}},
	    {"{{x}}", "{'x':'a{{y}}','y':1}", "a{{y}}", {0}}, {"{{x}}", "{'x':'&'}", "&amp;", {0}},
	    {"{{x}}", "{'x':'a<'}", "a&lt;", {0}},
	    {"{{#l}}{{.}}{{{.}}}{{/l}}", "{'l':['<']}", "&lt;<", {0}},
	    {"<%{x}%>", "{}", "<%{x}%>", {0}},
	    {"{{=<% %>=}}<%{x}%><%&x%><%x%>", "{'x':'&'}", "&&&amp;", {0}});
}

/* What a byte becomes, one at a time. */
static void escape_slowly(const char *text, char *out)
{
	static const char *const entities[256] = {
	    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};

	for (; *text != '\0'; text++) {
		const char *entity = entities[(unsigned char)*text];

		if (entity != NULL)
			out = stpcpy(out, entity);
		else
			*out++ = *text;
	}
	*out = '\0';
}

static void render_text(const struct mustache_template *template, const char *text, struct buf *out)
{
	struct arena *arena = arena_create();
	struct error error = {0};

	buf_clear(out);
	assert_true(mustache_render(template, doc_text(arena, text), out, &error));
	arena_destroy(&arena);
}

/* Every byte at every place of a text that is read in words, with another of them behind it. */
static void test_escaping_anywhere(void **state)
{
	struct mustache_set *set = mustache_set_create();
	struct error error = {0};
	struct buf out = {0};
	char text[24], expected[160];

	(void)state;
	assert_true(mustache_set_add(set, "main", "{{.}}", 5, &error));
	assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
	for (int byte = 1; byte < 256; byte++) {
		for (size_t place = 0; place < 20; place++) {
			memset(text, 'x', 20);
			text[20] = '\0';
			text[19 - place] = '<';
			text[place] = (char)byte;
			escape_slowly(text, expected);
			render_text(mustache_set_find(set, "main"), text, &out);
			assert_string_equal(out.data, expected);
		}
	}
	buf_free(&out);
	mustache_set_destroy(&set);
}

static void test_what_is_false(void **state)
{
	CHECK({"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{}", "no", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':null}", "no", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':false}", "no", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':0}", "no", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':''}", "no", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':[]}", "no", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':true}", "yes", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':-1}", "yes", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':'0'}", "yes", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':{}}", "yes", {0}},
	    {"{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{'x':[0,null]}", "yesyes", {0}});
}

/* Only a member that is not there lets an outer one show through. */
static void test_inner_hides_outer(void **state)
{
	CHECK({"{{#in}}[{{x}}]{{/in}}", "{'x':1,'in':{'y':2}}", "[1]", {0}},
	    {"{{#in}}[{{x}}]{{/in}}", "{'x':1,'in':{'x':null}}", "[]", {0}},
	    {"{{#in}}[{{x}}]{{/in}}", "{'x':1,'in':{'x':false}}", "[false]", {0}},
	    {"{{#in}}{{#x}}shown{{/x}}{{^x}}hidden{{/x}}{{/in}}", "{'x':true,'in':{'x':false}}",
		"hidden", {0}},
	    {"{{#in}}{{#x}}shown{{/x}}{{/in}}", "{'x':[1],'in':{'x':[]}}", "", {0}},
	    {"{{#in}}[{{a.x}}]{{/in}}", "{'a':{'x':1},'in':{'a':{}}}", "[]", {0}},
	    {"{{#in}}[{{a.x}}]{{/in}}", "{'a':{'x':1},'in':{'a':null}}", "[]", {0}},
	    {"{{#l}}{{#l2}}{{x}}{{/l2}}{{/l}}", "{'x':1,'l':[{'l2':[1,2]},{'x':3,'l2':[4]}]}",
		"113", {0}});
}

static void test_names(void **state)
{
	CHECK({"{{a.b.c}}", "{'a':{'b':{'c':5}}}", "5", {0}},
	    {"{{a.b}}", "{'a.b':1,'a':{'b':2}}", "2", {0}},
	    {"{{#a.b}}{{c}}{{/a.b}}", "{'a':{'b':{'c':5}}}", "5", {0}},
	    {"{{liquid}}{{costarring}}", "{'costarring':1}", "1", {0}},
	    {"{{ab}}{{abc}}{{abcd}}", "{'abc':1}", "1", {0}},
	    {"{{\u00e9t\u00e9}}", "{'\u00e9t\u00e9':1}", "1", {0}},
	    {"{{#l}}{{#.}}{{.}}{{/.}};{{/l}}", "{'l':[[1,2],[3]]}", "12;3;", {0}});
}

static void test_comments_and_delimiters(void **state)
{
	CHECK({"a{{! x }} b {{!\nmany\nlines\n}}c", "{}", "a b c", {0}},
	    {"a\n  {{! alone }}  \nb", "{}", "a\nb", {0}},
	    {"{{=| |=}}|x||={{ }}=|{{x}}", "{'x':1}", "11", {0}},
	    {"{{= [[[ ]]] =}}[[[x]]] {{x}}", "{'x':1}", "1 {{x}}", {0}},
	    {"{{=<< >>=}}\n<<>a>>", "{'x':1}", "1<<x>>", {"{{x}}<<x>>"}},
	    {"{{#x}}{{=| |=}}|/x||x|", "{'x':1}", "1", {0}});
}

static void test_lines_of_tags_vanish(void **state)
{
	CHECK({"a\n  {{#x}}\n  b\n  {{/x}}\nc\n", "{'x':1}", "a\n  b\nc\n", {0}},
	    {"{{#x}}\r\nb\r\n{{/x}}\r\n", "{'x':1}", "b\r\n", {0}},
	    {"{{#x}} {{#x}}\nb{{/x}}\n{{/x}}", "{'x':1}", " \nb\n", {0}},
	    {"\t{{#x}}\t\n\t{{^y}}\nb\n{{/y}}{{/x}}\n", "{'x':1}", "b\n\n", {0}},
	    {"  {{x}}\n", "{'x':1}", "  1\n", {0}});
}

static void test_partials_are_indented(void **state)
{
	CHECK({"{{>a}}\n{{>a}}", "{}", "xx", {"x"}},
	    {"  {{>a}}\n", "{}", "  x\n\n  y\n", {"x\n\ny\n"}},
	    {"  {{>a}}\n", "{'v':'1\\n2'}", "  1\n2\n  z\n", {"{{v}}\nz\n"}},
	    {" {{>a}}\n", "{}", " a\n  b\n  b\n a\n", {"a\n {{>b}}\na\n", "b\nb\n"}},
	    {" {{>a}}\n", "{}", " a b\nb\n\n a\n", {"a {{>b}}\na\n", "b\nb\n"}},
	    {" {{>a}}\n", "{}", " b\nc x\n y\n", {"{{>b}} x\ny\n", "b\nc"}},
	    {" {{>a}}\n", "{'l':[1,2]}", " 1\n 2\n", {"{{#l}}\n{{.}}\n{{/l}}\n"}},
	    {"  {{>a}}\n{{>a}}", "{}", "  x\nx\n", {"x\n"}},
	    {" {{>a}}\n", "{}", " x y\n", {"{{>b}}\n{{>c}}\n", "x", "y\n"}},
	    {" {{>a}}\n", "{}", " x z\n", {"{{>b}}\nz\n", "x"}},
	    {" {{>a}}\n", "{}", " x\nz\n", {"{{>b}}z\n", "x\n"}},
	    {" {{>a}}|{{>a}}\n", "{}", " 1\n2|1\n2\n", {"1\n2"}});
}

static void test_dynamic_names(void **state)
{
	CHECK({"{{#l}}{{>*kind}};{{/l}}", "{'l':[{'kind':'a'},{'kind':'b'}]}", "one;two;",
		  {"one", "two"}},
	    {"[{{>*x}}{{>*y}}{{>*z}}]", "{'x':null,'y':'nowhere','z':[1,2]}", "[]", {"one"}},
	    {"{{<*x}}{{$t}}new{{/t}}{{/*x}}", "{'x':'a'}", "<new>", {"<{{$t}}old{{/t}}>"}},
	    {"{{<*x}}{{$t}}new{{/t}}{{/ * x }}", "{}", "", {"<{{$t}}old{{/t}}>"}},
	    {"{{#*a}}x{{/*a}}{{*a}}", "{'*a':3}", "x3", {0}});
}

#define LAYOUT                                                                                     \
	"<title>{{$title}}None{{/title}}</title>\n<main>\n  {{$main}}\n  {{/main}}\n</main>\n"

static void test_blocks(void **state)
{
	CHECK({"{{<a}}{{$title}}T{{/title}}{{$main}}\n{{#l}}\n<p>{{.}}</p>\n{{/l}}\n{{/main}}{{/"
	       "a}}\n",
		  "{'l':[1,2]}", "<title>T</title>\n<main>\n  <p>1</p>\n  <p>2</p>\n</main>\n",
		  {LAYOUT}},
	    {"{{<a}}\n  {{$main}}\n    one\n      two\n\n  three\n  {{/main}}\n{{/a}}\n", "{}",
		"<title>None</title>\n<main>\n  one\n    two\n\n  three\n</main>\n", {LAYOUT}},
	    {"{{<a}}{{$main}}x{{/main}}{{/a}}", "{}", "<title>None</title>\n<main>\n  x</main>\n",
		{LAYOUT}},
	    {"{{<a}}{{$t}}1{{/t}}{{$t}}2{{/t}}{{/a}}", "{}", "1", {"{{$t}}{{/t}}"}},
	    {"{{<a}}{{! x }}text {{=| |=}} |$t|1|/t||/a|", "{}", "1", {"{{$t}}{{/t}}"}},
	    {"{{<a}}{{$t}}[{{$t}}in{{/t}}]{{/t}}{{/a}}", "{}", "[in]", {"{{$t}}out{{/t}}"}},
	    {"{{<a}}{{$x}}X{{/x}}{{/a}}", "{}", "bX",
		{"{{<b}}{{$t}}b{{$x}}{{/x}}{{/t}}{{/b}}", "{{$t}}{{/t}}"}},
	    {"{{<a}}{{$x}}X{{/x}}{{/a}}{{>b}}", "{}", "XY", {"{{>b}}", "{{$x}}Y{{/x}}"}},
	    {"{{$ab}}1{{/ab}}{{<a}}{{$ab}}2{{/ab}}{{/a}}", "{}", "13", {"{{$abc}}3{{/abc}}"}});
}

static void test_blocks_are_indented(void **state)
{
	CHECK({"{{<a}}{{$x}}\n\t\tone\n\t\t\ttwo\n{{/x}}{{/a}}", "{}", "- one\n\ttwo\n-",
		  {"- {{$x}}{{/x}}-"}},
	    {" {{<a}}{{$x}}\n1\n2\n{{/x}}{{/a}}\n", "{}", " -\n   1\n   2\n -\n",
		{"-\n  {{$x}}\n  {{/x}}\n-\n"}},
	    {" {{<a}}{{$x}}1{{/x}}{{/a}}\n", "{}", " -\n 1 -\n", {"-\n{{$x}}\n{{/x}}\n-\n"}},
	    {"{{<a}}{{$x}}\n  {{>b}}\n    {{>b}}\n{{/x}}{{/a}}\n", "{}", " b\n   b\n",
		{" {{$x}}\n {{/x}}\n", "b\n"}},
	    {"{{<a}}\n{{$x}}\n  {{<b}}\n    {{$y}}\n      1\n        2\n    {{/y}}\n  "
	     "{{/b}}\n{{/x}}\n{{/a}}",
		"{}", "<\n1\n  2\n>\n", {"{{$x}}{{/x}}", "<\n{{$y}}\n{{/y}}\n>\n"}},
	    {"{{<a}}{{$x}}one\n  {{/x}}{{/a}}", "{}", "one\n", {"{{$x}}{{/x}}"}},
	    {"{{<a}}{{$x}}\r\n\r\n  one\r\n  two\r\n  {{/x}}{{/a}}", "{}", "\r\none\r\ntwo\r\n",
		{"{{$x}}{{/x}}"}},
	    {"{{<a}}{{$x}}\n \r one{{/x}}{{/a}}", "{}", "\r one", {"{{$x}}{{/x}}"}},
	    {"{{<a}}{{$x}}\none\n{{/x}}{{/a}}", "{}", "  one\n", {"  {{$x}}\n\n      {{/x}}\n"}},
	    {"{{<a}}{{$x}}\none\n{{/x}}{{/a}}", "{}", "  one\n", {"  {{$x}}\n{{/x}}\n"}},
	    {"{{<a}}{{$x}}\none\n{{/x}}{{/a}}", "{}", "  one\n", {"  {{$x}}\n\n{{/x}}\n"}},
	    {"{{<a}}{{$x}}\n\n{{/x}}{{/a}}", "{}", "\n", {"  {{$x}}\n{{/x}}\n"}},
	    {"{{<a}}{{$x}}\n{{v}}\n{{/x}}{{/a}}", "{'v':'1\\n2'}", "  1\n2\n",
		{"  {{$x}}\n  {{/x}}\n"}});
}

/* Only what is inside of each other counts as deep. */
static void test_many_in_a_row(void **state)
{
	struct buf text = {0}, expected = {0};
	struct example example = {.data = "{'x':[1,2]}"};

	(void)state;
	for (int i = 0; i < 300; i++) {
		buf_puts(&text, "{{#x}}{{.}}{{/x}}{{^y}}-{{/y}}");
		buf_puts(&expected, "12-");
	}
	example.template = text.data;
	example.expected = expected.data;
	check(&example);
	buf_free(&text);
	buf_free(&expected);
}

/* "costarring" and "liquid" share their hash, and so do "declinate" and "macallums". */
static void test_same_hash_is_not_same_name(void **state)
{
	struct mustache_set *set = mustache_set_create();
	struct error error = {0};

	(void)state;
	assert_true(mustache_set_add(set, "costarring", "", 0, &error));
	assert_null(mustache_set_find(set, "liquid"));
	assert_true(mustache_set_add(set, "liquid", "", 0, &error));
	assert_ptr_not_equal(
	    mustache_set_find(set, "liquid"), mustache_set_find(set, "costarring"));
	mustache_set_destroy(&set);
	CHECK({"{{<a}}{{$macallums}}1{{/macallums}}{{/a}}", "{}", "2",
		  {"{{$declinate}}2{{/declinate}}"}},
	    {"{{<a}}{{$liquid}}1{{/liquid}}{{/a}}", "{}", "2",
		{"{{$costarring}}2{{/costarring}}"}});
}

/* What is rendered goes behind what is there. */
static void test_set(void **state)
{
	struct mustache_set *set = mustache_set_create();
	struct arena *arena = arena_create();
	struct error error = {0};
	struct buf out = {0};
	char text[] = "{{>b}}1";

	(void)state;
	assert_true(mustache_set_add(set, "a", text, strlen(text), &error));
	memset(text, 'x', sizeof(text) - 1); /* it was copied */
	assert_true(mustache_set_add(set, "b", "old", 3, &error));
	assert_null(mustache_set_find(set, "c"));
	assert_null(mustache_set_find(set, ""));
	assert_false(mustache_render(mustache_set_find(set, "a"), doc_object(arena), &out, &error));
	assert_string_equal(error.code, "template_not_linked");
	assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
	assert_true(mustache_set_add(set, "b", "new", 3, &error));
	assert_false(mustache_render(mustache_set_find(set, "a"), doc_object(arena), &out, &error));
	assert_true(mustache_set_link(set, MUSTACHE_MISSING_IS_ERROR, &error));
	buf_puts(&out, "before:");
	assert_true(mustache_render(mustache_set_find(set, "a"), doc_object(arena), &out, &error));
	assert_string_equal(out.data, "before:new1");
	for (int i = 0; i < 200; i++) {
		const char *name = arena_printf(arena, "t%d", i);

		assert_true(mustache_set_add(set, name, name, strlen(name), &error));
	}
	for (int i = 0; i < 200; i++)
		assert_non_null(mustache_set_find(set, arena_printf(arena, "t%d", i)));
	buf_free(&out);
	arena_destroy(&arena);
	mustache_set_destroy(&set);
	assert_null(set);
	mustache_set_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_escaping),
	    cmocka_unit_test(test_escaping_anywhere),
	    cmocka_unit_test(test_what_is_false),
	    cmocka_unit_test(test_inner_hides_outer),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_comments_and_delimiters),
	    cmocka_unit_test(test_lines_of_tags_vanish),
	    cmocka_unit_test(test_partials_are_indented),
	    cmocka_unit_test(test_dynamic_names),
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_blocks_are_indented),
	    cmocka_unit_test(test_many_in_a_row),
	    cmocka_unit_test(test_same_hash_is_not_same_name),
	    cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
